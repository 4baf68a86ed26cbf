"""The columns of rows, as CSV and NDJSON carry them: a column means one thing, a bare number means nothing."""

import json
from math import isnan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.clock import EARLIEST_NS, LATEST_NS, NS_PER_US, from_rfc3339, to_rfc3339
from openline.errors import Refused
from openline.feeds import decoder, fields
from openline.feeds.framing import LINE_BYTES_MAX, LINE_CUT
from openline.feeds.report import Refusal, Report
from openline.feeds.rows import COLUMNS, RowOptions, RowReader
from tests.rooms.feeds.samples import CSV, HEARD_NS, NDJSON, only_refusal, only_report, read, refusals, reports

ROW: dict[str, Any] = {"id": "truck-1", "time": "2017-05-18T09:30:00.250Z", "lat": 33.5, "lon": 38.6}
AT_NS = from_rfc3339(str(ROW["time"]))


def as_json(row: dict[str, Any], **options: Any) -> list[Report | Refusal]:
    return read("ndjson", json.dumps(row).encode() + b"\n", **options)


def as_csv(row: dict[str, Any], **options: Any) -> list[Report | Refusal]:
    cells = ",".join("" if value is None else str(value) for value in row.values())
    return read("csv", f"{','.join(row)}\n{cells}\n".encode(), **options)


both = pytest.mark.parametrize("carried", [as_json, as_csv])


@both
def test_a_row_is_a_report_whose_mover_is_the_id_as_given(carried: Any):
    report = only_report(carried(ROW))
    assert (report.mover, report.observed_ns, report.lat_deg, report.lon_deg) == ("truck-1", AT_NS, 33.5, 38.6)


@both
def test_what_a_row_leaves_out_is_unknown(carried: Any):
    report = only_report(carried(ROW))
    assert isnan(report.accuracy_m)
    assert (report.on_ground, report.callsign, report.mover_class) == (None, None, "unknown")


@both
@pytest.mark.parametrize(
    ("column", "value", "field", "read_as"),
    [
        ("accuracy_m", 25, "accuracy_m", 25.0),
        ("vertical_accuracy_m", 30, "vertical_accuracy_m", 30.0),
        ("speed_kt", 10, "speed_mps", 5.144444),
        ("speed_mps", 10, "speed_mps", 10.0),
        ("track_deg", 360, "track_deg", 0.0),
        ("vertical_mps", -3.5, "vertical_mps", -3.5),
        ("class", "vessel", "mover_class", "vessel"),
        ("callsign", "CONVOY 1", "callsign", "CONVOY 1"),
        ("on_ground", "true", "on_ground", True),
        ("squawk", "7700", "squawk", "7700"),
        ("source", "radio", "original_source", "radio"),
    ],
)
def test_every_column_has_its_field(carried: Any, column: str, value: object, field: str, read_as: object):
    found = getattr(only_report(carried(ROW | {column: value})), field)
    assert found == (pytest.approx(read_as, abs=1e-6) if isinstance(read_as, float) else read_as)


@both
@pytest.mark.parametrize("datum", ["baro", "wgs84", "amsl", "agl"])
def test_a_height_goes_into_the_column_of_its_datum_and_no_other(carried: Any, datum: str):
    report = only_report(carried(ROW | {"altitude_ft": 1000, "datum": datum}))
    heights = {name: getattr(report, f"altitude_{name}_m") for name in ("baro", "wgs84", "amsl", "agl")}
    assert heights.pop(datum) == pytest.approx(304.8)
    assert all(isnan(height) for height in heights.values())


@both
def test_a_height_without_a_datum_is_refused_once_and_the_position_is_kept(carried: Any):
    given = carried(ROW | {"altitude_m": 500})
    assert only_refusal(given).field == "datum"
    assert isnan(only_report(given).altitude_amsl_m)


def test_heights_without_a_datum_are_counted():
    fresh = decoder("csv", "log")
    given = fresh.receive(b"id,time,lat,lon,altitude_m\n" + b"a,2017-05-18T09:30:00Z,1,2,500\n" * 5, HEARD_NS)
    assert (len(reports(given)), len(refusals(given))) == (5, 1)
    assert fresh.counted["altitude_without_datum"] == 5


@both
def test_the_operator_may_say_what_heights_are_measured_from(carried: Any):
    assert only_report(carried(ROW | {"altitude_m": 500}, datum="amsl")).altitude_amsl_m == 500.0


@both
def test_a_datum_in_the_row_is_stronger_than_the_setting(carried: Any):
    assert only_report(carried(ROW | {"altitude_m": 500, "datum": "agl"}, datum="amsl")).altitude_agl_m == 500.0


@both
@pytest.mark.parametrize("name", ["altitude", "alt", "height", "speed"])
def test_a_bare_number_is_refused_and_the_position_is_kept(carried: Any, name: str):
    given = carried(ROW | {name: 1500})
    assert only_refusal(given).field == name
    assert len(reports(given)) == 1


@both
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("lat", 91), ("lat", -90.0001), ("lon", 181), ("lat", None), ("lon", "east"), ("lat", "33,5"), ("lat", "3_3"),
        ("lat", "٣٣"),
        ("id", None), ("id", "x" * 65), ("time", None), ("time", "1970-01-01T00:00:00Z"), ("time", "2099-01-01T00:00:00Z"),
        ("time", "1999-12-31T23:59:59.999Z"), ("time", "2017-05-18T09:30:00"), ("time", "2017-05-18"), ("time", 1495099800),
        ("time", "2017-02-30T00:00:00Z"), ("time", "2017-05-18T09:30:61Z"),
    ],
)  # fmt: skip
def test_a_row_without_a_usable_id_time_or_place_is_refused_whole(carried: Any, column: str, value: object):
    given = carried(ROW | {column: value})
    assert reports(given) == []
    assert only_refusal(given).field in (column, "line")


@both
@pytest.mark.parametrize("word", ["NaN", "nan", "inf", "-inf", "Infinity", "1e999"])
def test_not_a_number_is_not_a_place(carried: Any, word: str):
    assert reports(carried(ROW | {"lat": word})) == []


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"1e999", b"-1e400"])
def test_not_a_number_in_json_is_refused(word: bytes):
    given = read("ndjson", NDJSON.replace(b"33.5", word))
    assert reports(given) == []
    assert len(refusals(given)) == 1


@both
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("speed_kt", -1), ("speed_mps", 1e6), ("track_deg", 361), ("track_deg", -1), ("accuracy_m", 0), ("accuracy_m", -5),
        ("vertical_mps", 1e5), ("class", "tank"), ("on_ground", "maybe"), ("squawk", "7780"), ("altitude_m", 1e9),
        ("speed_kt", "NaN"),
    ],
)  # fmt: skip
def test_a_bad_value_beside_a_place_is_refused_alone(carried: Any, column: str, value: object):
    given = carried(ROW | {"datum": "amsl", column: value})
    assert only_refusal(given).field == column
    assert len(reports(given)) == 1


@both
def test_two_columns_for_one_value_are_refused(carried: Any):
    given = carried(ROW | {"speed_kt": 10, "speed_mps": 5})
    assert "not both" in only_refusal(given).accepted


@both
def test_two_heights_are_refused(carried: Any):
    given = carried(ROW | {"altitude_ft": 10, "altitude_m": 5, "datum": "agl"})
    assert "not both" in only_refusal(given).accepted
    assert isnan(only_report(given).altitude_agl_m)


@both
def test_an_unknown_datum_is_refused(carried: Any):
    assert only_refusal(carried(ROW | {"altitude_m": 5, "datum": "msl"})).field == "datum"


@pytest.mark.parametrize(("form", "value"), [("unix_s", 1495099800.25), ("unix_ms", 1495099800250)])
def test_unix_times_are_read_when_the_setting_says_so(form: str, value: float):
    assert only_report(as_json(ROW | {"time": value}, time=form)).observed_ns == AT_NS


def test_a_time_without_a_zone_is_read_in_the_zone_of_the_setting():
    given = as_csv(ROW | {"time": "2017-05-18 12:30:00.250"}, zone="+03:00")
    assert only_report(given).observed_ns == AT_NS


def test_a_stated_zone_is_stronger_than_the_setting():
    assert only_report(as_csv(ROW, zone="+03:00")).observed_ns == AT_NS


def test_a_whole_number_is_an_id_in_json():
    assert only_report(as_json(ROW | {"id": 235012345})).mover == "235012345"


@settings(max_examples=200, deadline=None)
@given(
    first=st.integers(EARLIEST_NS // NS_PER_US, (LATEST_NS - 1) // NS_PER_US),
    later_s=st.integers(0, 100),
    digits=st.integers(0, 9),
    spoil=st.sampled_from(["", " ", "x", ".", "Z", ":"]),
    at=st.integers(0, 30),
)
def test_the_short_way_to_read_a_time_gives_what_the_long_way_gives(first: int, later_s: int, digits: int, spoil: str, at: int):
    reader = RowReader("log", RowOptions())
    for micros in (first, first + later_s * 1_000_000):
        words = to_rfc3339(micros * NS_PER_US, digits)
        words = words[:at] + spoil + words[at:]
        try:
            expected: int | None = fields.rfc3339(words)
        except Refused:
            expected = None
        given = reader.read(ROW | {"time": words}, HEARD_NS, "row")
        assert [getattr(one, "observed_ns", None) for one in given] == [expected]


def test_every_listed_column_is_read():
    assert set(COLUMNS) >= {
        "id",
        "time",
        "lat",
        "lon",
        "altitude_ft",
        "altitude_m",
        "datum",
        "accuracy_m",
        "speed_kt",
        "source",
    }


def test_csv_reads_quotes_zones_and_empty_cells():
    first, second = reports(read("csv", CSV))
    assert first.altitude_amsl_m == pytest.approx(457.2)
    assert first.original_source == "radio"
    assert (second.mover, second.observed_ns) == ("truck,2", from_rfc3339("2017-05-18T09:30:00Z"))


def test_csv_reads_the_last_line_without_a_line_feed():
    assert len(reports(read("csv", CSV.rstrip()))) == 2


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_a_byte_order_mark_changes_nothing(mark: bytes):
    assert read("csv", mark + CSV) == read("csv", CSV)


def test_the_order_of_columns_does_not_matter():
    given = read("csv", b"lon,lat,time,id\n38.6,33.5,2017-05-18T09:30:00.250Z,truck-1\n")
    assert (only_report(given).lat_deg, only_report(given).lon_deg) == (33.5, 38.6)


def test_a_delimiter_is_a_setting():
    assert len(reports(read("csv", CSV.replace(b'"truck,2"', b"truck 2").replace(b",", b";"), delimiter=";"))) == 2


def test_a_file_without_a_header_is_refused_once_and_its_lines_are_counted():
    fresh = decoder("csv", "log")
    given = fresh.receive(b"truck-1,2017-05-18T09:30:00Z,33.5,38.6\n" * 10, HEARD_NS)
    assert only_refusal(given).field == "header"
    assert fresh.counted["lines_without_header"] == 10


def test_a_second_header_is_taken_as_one():
    assert len(reports(read("csv", CSV + b"id,time,lat,lon\na,2017-05-18T09:30:00Z,1,2\n"))) == 3


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"a,2017-05-18T09:30:00Z,1", "cells as in the header"),
        (b"a,2017-05-18T09:30:00Z,1,2,3", "cells as in the header"),
        (b'"a,2017-05-18T09:30:00Z,1,2', "quotes"),
        (b"\xff,2017-05-18T09:30:00Z,1,2", "UTF-8"),
        (b"," * 300, "cells"),
        (b"x" * (LINE_BYTES_MAX + 1), "bytes"),
    ],
)
def test_a_line_that_is_not_a_row_is_refused_and_the_next_one_is_read(line: bytes, words: str):
    given = read("csv", b"id,time,lat,lon\n" + line + b"\na,2017-05-18T09:30:00Z,1,2\n")
    assert words in only_refusal(given).accepted
    assert only_refusal(given).position == "line 2"
    assert len(reports(given)) == 1


def test_a_column_named_twice_is_refused():
    assert "once" in only_refusal(read("csv", b"id,time,lat,lon,lat\n")).accepted


@pytest.mark.parametrize("line", [b"[1,2]", b"7", b"{", b"\xff", b'{"id":"\xff"}', b"[" * 10_000, b'{"a":' * 5_000])
def test_a_line_that_is_no_json_object_is_refused_and_the_next_one_is_read(line: bytes):
    given = read("ndjson", line + b"\n" + NDJSON)
    assert len(refusals(given)) == 1
    assert len(reports(given)) == 1


def test_a_row_cut_by_a_lost_connection_is_refused():
    given = read("csv", CSV + b"a,2017-05-18T09:30:00Z,1,2,,,,,,rad" + LINE_CUT + CSV)
    assert len(reports(given)) == 4
    assert "lost" in only_refusal(given).accepted
