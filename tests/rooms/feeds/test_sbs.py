"""BaseStation lines: messages of one address are merged, and never with something old."""

from math import isnan
from typing import Any

import pytest

from openline.clock import from_rfc3339
from openline.feeds import decoder
from openline.feeds.framing import LINE_CUT
from openline.feeds.report import Report
from openline.feeds.sbs import LINE_BYTES_MAX, MOVERS_MAX
from tests.rooms.feeds.samples import HEARD_NS, SBS, only_refusal, only_report, read, refusals, reports


def msg(kind: int, at: str = "09:30:00.000", hex: str = "4CA2D6", day: str = "2017/05/18", **cells: object) -> bytes:
    names = ("callsign", "altitude", "gs", "track", "lat", "lon", "rate", "squawk", "alert", "emergency", "spi", "ground")
    rest = ",".join(str(cells.get(name, "")) for name in names)
    return f"MSG,{kind},1,1,{hex},1,{day},{at},{day},{at},{rest}\r\n".encode()


PLACE: dict[str, Any] = {"lat": 51.45735, "lon": -1.02826}


def test_messages_of_one_address_become_one_report():
    report = only_report(read("sbs", SBS))
    assert (report.mover, report.callsign) == ("icao:4ca2d6", "EIN12A")
    assert (report.altitude_baro_m, report.speed_mps, report.track_deg, report.vertical_mps) == pytest.approx(
        (11277.6, 210.048, 146.4, 0.32512), abs=1e-3
    )


def test_the_height_is_barometric_and_nothing_else():
    report = only_report(read("sbs", SBS))
    assert isnan(report.altitude_wgs84_m)
    assert isnan(report.altitude_amsl_m)


def test_accuracy_is_not_stated():
    assert isnan(only_report(read("sbs", SBS)).accuracy_m)


@pytest.mark.parametrize(
    ("zone", "observed"),
    [("UTC", "2017-05-18T09:30:00.500Z"), ("+02:00", "2017-05-18T07:30:00.500Z"), ("-0330", "2017-05-18T13:00:00.500Z")],
)
def test_the_zone_of_the_sender_is_a_setting(zone: str, observed: str):
    assert only_report(read("sbs", SBS, zone=zone)).observed_ns == from_rfc3339(observed)


def test_times_that_are_not_to_be_used_are_not_stated():
    assert only_report(read("sbs", SBS, zone="none")).observed_ns is None


def test_the_year_is_the_one_that_was_written_over_midnight_of_new_year():
    given = read("sbs", msg(3, "23:59:59.900", day="2016/12/31", **PLACE) + msg(3, "00:00:00.100", day="2017/01/01", **PLACE))
    observed = [report.observed_ns for report in reports(given)]
    assert observed == [from_rfc3339("2016-12-31T23:59:59.9Z"), from_rfc3339("2017-01-01T00:00:00.1Z")]


def test_a_speed_said_long_ago_is_not_the_speed_now():
    given = read("sbs", msg(4, "09:30:00.000", gs=400, track=90) + msg(3, "09:30:20.000", **PLACE))
    assert isnan(only_report(given).speed_mps)


def test_a_height_said_in_another_message_just_before_is_taken():
    given = read("sbs", msg(5, "09:30:00.000", altitude=3000) + msg(3, "09:30:02.000", **PLACE))
    assert only_report(given).altitude_baro_m == pytest.approx(914.4)


def test_two_addresses_are_never_merged():
    given = read("sbs", msg(1, hex="4CA2D6", callsign="ONE") + msg(3, hex="4CA2D7", **PLACE))
    assert only_report(given).callsign is None


@pytest.mark.parametrize(("cell", "on_ground"), [("0", False), ("1", True), ("-1", True), ("", None), ("x", None)])
def test_the_ground_flag_is_yes_no_or_not_stated(cell: str, on_ground: bool | None):
    assert only_report(read("sbs", msg(2, ground=cell, **PLACE))).on_ground is on_ground


def test_a_squawk_comes_from_its_own_message():
    assert only_report(read("sbs", msg(6, squawk="7700") + msg(3, **PLACE))).squawk == "7700"


def test_lines_of_other_types_and_messages_without_position_are_counted():
    fresh = decoder("sbs", "roof")
    given = fresh.receive(
        b"STA,,5,179,400AE7,10103,2008/11/28,14:58:51.153,2008/11/28,14:58:51.153,RM\r\n\r\n" + msg(8), HEARD_NS
    )
    assert given == []
    assert (fresh.counted["other_lines"], fresh.counted["without_position"]) == (1, 1)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (msg(3, lat=91, lon=0), "lat"),
        (msg(3, lat="NaN", lon=0), "lat"),
        (msg(3, lat=0, lon=181), "lon"),
        (msg(3, hex="4CA2", **PLACE), "hex"),
        (msg(9, **PLACE), "transmission type"),
        (msg(3, day="1970/01/01", **PLACE), "date and time generated"),
        (msg(3, day="2099/01/01", **PLACE), "date and time generated"),
        (msg(3, day="2017/02/30", **PLACE), "date and time generated"),
        (msg(3, at="25:00:00", **PLACE), "date and time generated"),
        (b"MSG,3,1,1,4CA2D6\r\n", "line"),
        (b"GET / HTTP/1.1\r\n", "line"),
        (b"\xff\xfe\r\n", "line"),
        (b"M" * (LINE_BYTES_MAX + 2) + b"\r\n", "line"),
    ],
)
def test_a_line_that_cannot_be_a_position_is_refused(line: bytes, field: str):
    given = read("sbs", line)
    assert reports(given) == []
    assert only_refusal(given).field == field


@pytest.mark.parametrize(
    ("cell", "value", "field"), [("altitude", 1e9, "altitude"), ("gs", -5, "ground speed"), ("track", 400, "track")]
)
def test_a_bad_value_beside_a_position_is_refused_alone(cell: str, value: object, field: str):
    given = read("sbs", msg(2, **(PLACE | {cell: value})))
    assert only_refusal(given).field == field
    assert len(reports(given)) == 1


def test_a_longitude_cut_by_a_lost_connection_is_never_taken_for_a_whole_one():
    line = msg(3, **PLACE)
    cut = line.index(b"-1.02") + 4
    given = read("sbs", line[:cut] + LINE_CUT + line)
    assert [report.lon_deg for report in reports(given)] == [-1.02826]
    assert len(refusals(given)) == 1


def test_at_the_limit_the_address_silent_longest_is_forgotten():
    fresh = decoder("sbs", "roof")
    fresh.receive(msg(1, hex="FFFFFF", callsign="OLD"), HEARD_NS)
    fresh.receive(b"".join(msg(1, hex=f"{k:06X}", callsign="NEW") for k in range(MOVERS_MAX)), HEARD_NS)
    given: list[object] = [*fresh.receive(msg(3, hex="FFFFFF", **PLACE), HEARD_NS)]
    assert [type(one) for one in given] == [Report]
    assert fresh.counted["forgotten"] >= 1
