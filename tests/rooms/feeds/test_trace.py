"""Trace files: made ones, and a real one of readsb where the `traffic` package is installed."""

import gzip
import importlib.util
import json
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from openline.clock import NS_PER_S
from openline.feeds.report import Report
from openline.feeds.trace import DETAILS_S, ROWS_MAX
from tests.rooms.feeds.samples import NOW_S, TRACE_ROW, only_refusal, only_report, read, refusals, reports, trace_json

START_NS = int(NOW_S) * NS_PER_S


def row(**over: Any) -> list[Any]:
    names = ("after", "lat", "lon", "alt", "gs", "track", "flags", "rate", "details", "type", "geom", "geom_rate")
    values = dict(zip(names, [*TRACE_ROW, None], strict=True)) | over
    return list(values.values())


def one(**over: Any) -> Report:
    return only_report(read("readsb_trace", trace_json(row(**over))))


def test_a_row_is_a_report_at_its_own_time():
    report = one()
    assert (report.mover, report.observed_ns) == ("icao:ac671b", START_NS + 1_500_000_000)


def test_heights_are_in_the_column_of_their_datum():
    report = one()
    assert (report.altitude_baro_m, report.altitude_wgs84_m) == pytest.approx((9753.6, 10309.86))


def test_flag_8_says_that_the_altitude_is_geometric():
    report = one(flags=8, geom=None)
    assert isnan(report.altitude_baro_m)
    assert report.altitude_wgs84_m == pytest.approx(9753.6)


def test_on_the_ground_the_heading_is_not_a_track():
    report = one(alt="ground")
    assert report.on_ground is True
    assert isnan(report.track_deg)


def test_accuracy_is_kept_for_a_while_after_it_was_sent_and_then_unknown():
    rows = [row(), row(after=1.5 + DETAILS_S, details=None), row(after=1.6 + DETAILS_S, details=None)]
    radii = [report.accuracy_m for report in reports(read("readsb_trace", trace_json(*rows)))]
    assert radii[:2] == [10.0, 10.0]
    assert isnan(radii[2])


def test_a_new_leg_forgets_the_callsign():
    rows = [row(), row(after=5.0, details=None), row(after=9.0, details=None, flags=2)]
    assert [report.callsign for report in reports(read("readsb_trace", trace_json(*rows)))] == ["DAL1", "DAL1", None]


def test_a_bad_row_is_refused_with_its_place_and_the_others_are_kept():
    given = read("readsb_trace", trace_json(row(), row(lat=91), [1, 2], row(after=9.0)))
    assert len(reports(given)) == 2
    assert [refusal.position for refusal in refusals(given)] == ["document 1, trace[1]", "document 1, trace[2]"]


@pytest.mark.parametrize(
    "over", [{"timestamp": 0}, {"timestamp": 4_070_908_800}, {"icao": "nothex"}, {"trace": 7}, {"trace": [7]}]
)
def test_a_trace_without_a_usable_start_or_name_is_refused_once(over: dict[str, Any]):
    given = read("readsb_trace", trace_json(TRACE_ROW, **over))
    assert len(given) == 1
    assert refusals(given) == given


def test_gzip_is_read_as_the_file_it_holds():
    data = trace_json(TRACE_ROW)
    assert read("readsb_trace", gzip.compress(data)) == read("readsb_trace", data)


def test_a_gzip_bomb_is_refused():
    assert "gzip that opens" in only_refusal(read("readsb_trace", gzip.compress(b" " * 40_000_000))).accepted


def test_a_trace_of_too_many_rows_is_refused_before_it_is_read():
    data = b'{"icao":"ac671b","timestamp":1495099800,"trace":[' + b"[]," * ROWS_MAX + b"[]]}"
    assert "rows" in only_refusal(read("readsb_trace", data)).accepted


def sample() -> bytes:
    spec = importlib.util.find_spec("traffic")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("SKIPPED: the real readsb trace was not read, because `traffic` (development dependency) is not installed")
    path = Path(spec.submodule_search_locations[0], "data", "samples", "readsb", "trace_full_ac671b.json")
    if not path.exists():
        pytest.skip(f"SKIPPED: the real readsb trace was not read, because {path.name} is not in the installed `traffic`")
    return path.read_bytes()


def test_a_real_trace_gives_every_row_and_no_refusal():
    given = read("readsb_trace", sample())
    assert refusals(given) == []
    assert len(reports(given)) == 2_500


def test_a_real_trace_is_read_as_it_was_written():
    data = sample()
    document = json.loads(data)
    for written, report in zip(document["trace"], reports(read("readsb_trace", data)), strict=True):
        assert (report.lat_deg, report.lon_deg) == (written[1], written[2])
        assert report.observed_ns == pytest.approx((document["timestamp"] + written[0]) * NS_PER_S, abs=1_000_000)
        assert (report.on_ground is True) == (written[3] == "ground")


def test_a_real_trace_names_its_flights_in_order():
    names = [report.callsign for report in reports(read("readsb_trace", sample())) if report.callsign]
    assert next(iter(names)) == "DAL1812"
    assert names[-1] == "DAL2927"


@pytest.mark.parametrize("broken", [None, 7, "row", {}, []])
def test_a_row_that_is_none_is_refused_by_itself(broken: Any):
    got = read("readsb_trace", trace_json(row(), broken, row(after=9.0)))

    assert len(reports(got)) == 2
    assert [(one.field, one.position) for one in refusals(got)] == [("trace", "document 1, trace[1]")]
