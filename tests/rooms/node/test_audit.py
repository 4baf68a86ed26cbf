"""`openline audit`: what it reads, what it refuses, what it finds, and that it finds the same every time."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic

from openline.cli import run
from openline.clock import from_rfc3339, to_rfc3339
from openline.errors import Refused
from openline.node.archive import read_tracks

EARTH = Geodesic.WGS84
T0 = from_rfc3339("2024-05-01T12:00:00Z")


def zone(**properties: Any) -> dict[str, Any]:
    feature = {"type": "Feature", "id": "Z", "properties": {"radius_m": 10_000} | properties}
    return {"type": "FeatureCollection", "features": [feature | {"geometry": {"type": "Point", "coordinates": [10.0, 50.0]}}]}


def rows(mover: str = "a1", every_s: int = 10, speed_mps: float = 100.0, more: str = "30") -> list[str]:
    """From 14 km west to 14 km east through the middle."""
    made = []
    for k in range(int(28_000 / speed_mps / every_s) + 1):
        there = EARTH.Direct(50.0, 10.0, 270.0, 14_000.0 - speed_mps * every_s * k)
        made.append(f"{mover},{to_rfc3339(T0 + k * every_s * 10**9)},{there['lat2']:.9f},{there['lon2']:.9f},{more}")
    return made


def audit(
    folder: Path,
    lines: list[str],
    zones: dict[str, Any] | None = None,
    *more: str,
    name: str = "t.csv",
    header_more: str = "",
) -> list[dict[str, Any]]:
    (folder / "z.geojson").write_text(json.dumps(zones or zone()))
    text = "\n".join(["id,time,lat,lon,accuracy_m" + header_more, *lines]).encode()
    (folder / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    out = folder / "out.ndjson"
    words = ["audit", "--zones", str(folder / "z.geojson"), "--tracks", str(folder / name), "--out", str(out)]
    assert run([*words, *more]) == 0
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_the_crossing_is_where_and_when_it_was_not_the_next_fix(tmp_path: Path) -> None:
    found = audit(tmp_path, rows())

    assert [f["event"] for f in found] == ["approach", "entry", "exit"]
    for one in found[1:]:
        assert EARTH.Inverse(50.0, 10.0, one["lat"], one["lon"])["s12"] == pytest.approx(10_000, abs=0.5)
    assert from_rfc3339(found[1]["time"]) - T0 == pytest.approx(40e9, abs=2e6)
    assert [f["certainty"] for f in found[1:]] == ["certain", "certain"]


def test_every_line_has_the_fields_a_program_counts_on(tmp_path: Path) -> None:
    for one in audit(tmp_path, rows()):
        assert {"mover", "zone", "ring", "event", "time", "lat", "lon", "depth_m", "certainty"} <= set(one)
        assert one["time"].endswith("Z")
        assert len(one["time"]) == len("2024-05-01T12:00:00.000Z")


def test_the_same_files_give_the_same_bytes_whatever_the_order_of_rows(tmp_path: Path) -> None:
    lines = rows() + rows("b2", every_s=7, more="")
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    audit(first, lines)
    audit(second, lines[::-1])

    assert (first / "out.ndjson").read_bytes() == (second / "out.ndjson").read_bytes()


def test_findings_are_sorted_by_time_then_mover(tmp_path: Path) -> None:
    found = audit(tmp_path, rows("b") + rows("a"))

    assert [(f["time"], f["mover"]) for f in found] == sorted((f["time"], f["mover"]) for f in found)


def test_several_files_after_one_option_are_one_archive(tmp_path: Path) -> None:
    parts = rows()
    (tmp_path / "z.geojson").write_text(json.dumps(zone()))
    for i, part in enumerate((parts[:9], parts[9:])):
        (tmp_path / f"{i}.csv").write_text("\n".join(["id,time,lat,lon,accuracy_m", *part]))
    out = tmp_path / "out.ndjson"
    files = [str(tmp_path / "0.csv"), str(tmp_path / "1.csv")]

    assert run(["audit", "--zones", str(tmp_path / "z.geojson"), "--tracks", *files, "--out", str(out)]) == 0
    assert [json.loads(line)["event"] for line in out.read_text().splitlines()] == ["approach", "entry", "exit"]


def test_gzip_ndjson_and_csv_say_the_same(tmp_path: Path) -> None:
    plain = audit(tmp_path, rows())
    packed = audit(tmp_path, rows(), None, name="t.csv.gz")
    objects = [dict(zip(("id", "time", "lat", "lon", "accuracy_m"), row.split(","), strict=True)) for row in rows()]
    lines = [json.dumps(o | {k: float(o[k]) for k in ("lat", "lon", "accuracy_m")}) for o in objects]
    (tmp_path / "t.ndjson").write_text("\n".join(lines))
    out = tmp_path / "out.ndjson"
    run(["audit", "--zones", str(tmp_path / "z.geojson"), "--tracks", str(tmp_path / "t.ndjson"), "--out", str(out)])
    json_found = [json.loads(line) for line in out.read_text().splitlines()]

    def bare(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{k: v for k, v in f.items() if k != "source"} for f in found]

    assert bare(plain) == bare(packed) == bare(json_found)


def test_a_long_gap_says_possible_and_between_when_and_when(tmp_path: Path) -> None:
    found = audit(tmp_path, [rows()[0], rows()[14]])
    (entry,) = [f for f in found if f["event"] == "entry"]

    assert entry["certainty"] == "possible"
    assert entry["interval"] == ["2024-05-01T12:00:00.000Z", "2024-05-01T12:02:20.000Z"]


def test_a_zone_that_begins_during_the_archive_begins_to_the_second(tmp_path: Path) -> None:
    found = audit(tmp_path, rows(), zone(effective="2024-05-01T12:02:03Z"))

    assert [(f["event"], f["time"]) for f in found] == [
        ("first_seen_inside", "2024-05-01T12:02:03.000Z"), ("exit", found[1]["time"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        "x,2024-05-01T12:00:00Z,91,10,", "x,2024-05-01T12:00:00Z,nan,10,", "x,1970-01-01T00:00:00Z,50,10,",
        "x,2099-12-31T00:00:00Z,50,10,", "x,2024-05-01 12:00:00,50,10,", "x,2024-05-01T12:00:00Z,50,10", "\x00\xff,1,2,3,4",
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_alone_and_named(tmp_path: Path, row: str, capsys: pytest.CaptureFixture[str]) -> None:
    clean = audit(tmp_path, rows())
    capsys.readouterr()
    spoilt = audit(tmp_path, [*rows()[:5], row, *rows()[5:]])

    assert spoilt == clean
    assert "refused: t.csv line 7" in capsys.readouterr().err


def test_files_that_are_none_are_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "z.geojson").write_text(json.dumps(zone()))
    (tmp_path / "notes.docx").write_bytes(b"PK\x03\x04")
    for tracks in (tmp_path / "missing.csv", tmp_path / "notes.docx"):
        assert run(["audit", "--zones", str(tmp_path / "z.geojson"), "--tracks", str(tracks)]) == 2
        assert "--tracks" in capsys.readouterr().err


def test_a_gzip_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress("\n".join(rows()).encode())[:-20])

    with pytest.raises(Refused, match="gzip"):
        list(read_tracks(path, {}, lambda _: None))


# ── what was not watched ─────────────────────────────────────────────────────────────────────────────────────────────


def jumping() -> list[str]:
    """13 reports of one mover: four where it is, nine spread over the world, never two of them together."""
    made = rows()[:4]
    for k in range(9):
        made.append(f"a1,{to_rfc3339(T0 + (31 + k) * 10**9)},{-40 + 10 * k},{-100 + 20 * k},30")
    return made


def test_an_audit_of_reports_mostly_set_aside_does_not_read_as_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit(tmp_path, jumping())
    said = capsys.readouterr().err

    assert "13 reports, 9 set aside as impossible jumps (1 mover): look at them" in said
    assert "set aside (jump): a1 9" in said


def test_a_program_reads_how_many_were_set_aside_of_whom_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audit(tmp_path, jumping(), None, "--json")
    summary = json.loads(capsys.readouterr().err.splitlines()[-1])

    assert (summary["set_aside"], summary["set_aside_by"]) == (9, {"jump": {"a1": 9}})
    assert summary["events"]["jump"] >= 1


def test_frozen_positions_and_two_places_at_one_moment_are_counted_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"{row},100" for row in rows()[:3]]
    at, lat, lon = lines[-1].split(",")[1:4]
    stuck = f"a1,{to_rfc3339(T0 + 25 * 10**9)},{lat},{lon},30,100"
    audit(tmp_path, [*lines, f"a1,{at},{lat},{float(lon) + 0.001},30,100", stuck], None, "--json", header_more=",speed_mps")
    summary = json.loads(capsys.readouterr().err.splitlines()[-1])

    assert summary["set_aside_by"] == {"frozen": {"a1": 1}, "late": {"a1": 1}}


def test_everything_set_aside_can_be_written_down(tmp_path: Path) -> None:
    audit(tmp_path, jumping(), None, "--events", str(tmp_path / "events.ndjson"))
    lines = [json.loads(line) for line in (tmp_path / "events.ndjson").read_text().splitlines()]

    assert len([one for one in lines if one["event"] == "set_aside" and one["kind"] == "jump"]) == 9
    assert [one["says"] for one in lines if one["event"] == "jump"]
    assert [one["time"] for one in lines] == sorted(one["time"] for one in lines)


def test_a_clean_audit_says_nothing_of_reports_set_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audit(tmp_path, [*rows(), rows()[3]])

    assert "set aside" not in capsys.readouterr().err


# ── files that are not whole ─────────────────────────────────────────────────────────────────────────────────────────


def beside_a_bad_file(folder: Path, name: str, content: bytes) -> int:
    """An audit of a good file and a bad one; its exit code. What it wrote is in `out.ndjson`."""
    (folder / "z.geojson").write_text(json.dumps(zone()))
    (folder / "good.csv").write_text("\n".join(["id,time,lat,lon,accuracy_m", *rows()]))
    (folder / name).write_bytes(content)
    files = [str(folder / "good.csv"), str(folder / name)]
    return run(["audit", "--zones", str(folder / "z.geojson"), "--tracks", *files, "--out", str(folder / "out.ndjson")])


CSV_GZ = gzip.compress("\n".join(["id,time,lat,lon,accuracy_m", *rows("b2", every_s=1)]).encode())


def large_trace() -> bytes:
    from openline.feeds.framing import DOCUMENT_BYTES_MAX

    return gzip.compress(b" " * (DOCUMENT_BYTES_MAX + 2), 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("trunc.csv.gz", CSV_GZ[:-20]),
        ("spoilt.csv.gz", CSV_GZ[:200] + b"\xff" * 50 + CSV_GZ[250:]),
        ("large.json.gz", large_trace()),
        ("cut.parquet", b"PAR1\x00\x00"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    told = beside_a_bad_file(tmp_path, name, content)
    found = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text().splitlines()]

    assert told == 1
    assert [(one["mover"], one["event"]) for one in found] == [("a1", "approach"), ("a1", "entry"), ("a1", "exit")]
    assert f"refused: {name}: the file; accepted: " in capsys.readouterr().err


# ── times without a zone ─────────────────────────────────────────────────────────────────────────────────────────────


def naive(at: str = "T12:") -> list[str]:
    return [row.replace("T12:", at).replace("Z,", ",") for row in rows()]


@pytest.mark.parametrize(("zone_name", "hour"), [("UTC", "12"), ("Europe/Paris", "14"), ("+02:00", "14")])
def test_times_without_a_zone_are_read_in_the_one_that_is_named(tmp_path: Path, zone_name: str, hour: str) -> None:
    stated = audit(tmp_path, rows())

    assert audit(tmp_path, naive(f"T{hour}:"), None, "--time-zone", zone_name) == stated


def parquet(folder: Path, hour: int) -> Path:
    import datetime as dt

    import pyarrow as pa
    import pyarrow.parquet as pq

    cells = [row.split(",") for row in rows()]
    starts = [dt.datetime.fromisoformat(cell[1].removesuffix("Z")) + dt.timedelta(hours=hour - 12) for cell in cells]
    table = {"id": ["a1"] * len(cells), "time": pa.array(starts, pa.timestamp("us"))}
    table |= {name: [float(cell[at]) for cell in cells] for at, name in ((2, "lat"), (3, "lon"), (4, "accuracy_m"))}
    pq.write_table(pa.table(table), folder / "t.parquet")
    return folder / "t.parquet"


def test_a_parquet_column_without_a_zone_is_read_in_the_one_that_is_named(tmp_path: Path) -> None:
    stated = audit(tmp_path, rows())
    out = tmp_path / "out.ndjson"
    words = ["audit", "--zones", str(tmp_path / "z.geojson"), "--tracks", str(parquet(tmp_path, 14)), "--out", str(out)]

    assert run([*words, "--time-zone", "Europe/Paris"]) == 0
    assert [json.loads(line) for line in out.read_text().splitlines()] == [one | {"source": "t.parquet"} for one in stated]


def test_the_refusal_of_a_time_without_a_zone_names_the_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "z.geojson").write_text(json.dumps(zone()))
    (tmp_path / "t.csv").write_text("\n".join(["id,time,lat,lon,accuracy_m", *naive()]))
    for path in (tmp_path / "t.csv", parquet(tmp_path, 12)):
        assert run(["audit", "--zones", str(tmp_path / "z.geojson"), "--tracks", str(path)]) == 1
        assert "--time-zone" in capsys.readouterr().err


def test_an_hour_that_came_twice_is_refused_by_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twice = "a1,2024-10-27 02:30:00,50,9,30"
    spoilt = audit(tmp_path, [twice, *naive("T14:")], None, "--time-zone", "Europe/Paris")

    assert [one["event"] for one in spoilt] == ["approach", "entry", "exit"]
    assert "refused: t.csv line 2: time '2024-10-27T02:30:00'" in capsys.readouterr().err


def test_a_zone_that_is_none_is_refused_before_anything_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "z.geojson").write_text(json.dumps(zone()))
    (tmp_path / "t.csv").write_text("\n".join(["id,time,lat,lon,accuracy_m", *naive()]))
    words = ["audit", "--zones", str(tmp_path / "z.geojson"), "--tracks", str(tmp_path / "t.csv")]

    assert run([*words, "--time-zone", "Mars/Olympus"]) == 2
    assert "Europe/Paris" in capsys.readouterr().err
