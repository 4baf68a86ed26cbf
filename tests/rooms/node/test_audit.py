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
    folder: Path, lines: list[str], zones: dict[str, Any] | None = None, *more: str, name: str = "t.csv"
) -> list[dict[str, Any]]:
    (folder / "z.geojson").write_text(json.dumps(zones or zone()))
    text = "\n".join(["id,time,lat,lon,accuracy_m", *lines]).encode()
    (folder / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    out = folder / "out.ndjson"
    words = ["audit", "--zones", str(folder / "z.geojson"), "--tracks", str(folder / name), "--out", str(out)]
    assert run(words) == 0
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
