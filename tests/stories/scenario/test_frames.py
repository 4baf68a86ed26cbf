"""The bytes of a scenario are what its feeds' decoders read: every fix comes out where and when the mover was."""

import json
from collections import Counter
from functools import cache

import pytest
from geographiclib.geodesic import Geodesic

from openline.clock import NS_PER_S
from openline.feeds import decoder
from openline.feeds.report import Report
from openline.node.played.frames import by_second, frames
from openline.node.played.motion import fix_times_ns, positions_at
from openline.node.played.scenario import load, names


@cache
def reports_of(name: str) -> list[Report]:
    scenario = load(name)
    decoders = {feed.id: decoder(feed.kind, feed.id) for feed in scenario.feeds}
    given = (one for frame in frames(scenario) for one in decoders[frame.source].receive(frame.data, frame.at_ns))
    return [one for one in given if isinstance(one, Report)]


@pytest.mark.parametrize("name", names())
def test_frames_come_in_order_of_time(name):
    times = [frame.at_ns for frame in frames(load(name))]
    assert times == sorted(times)


def test_the_same_scenario_gives_the_same_bytes():
    assert list(frames(load("airport"))) == list(frames(load("airport")))


@pytest.mark.parametrize("name", names())
def test_every_fix_of_every_mover_is_read(name):
    scenario = load(name)
    read = Counter((report.mover, report.observed_ns) for report in reports_of(name))
    fixes = {(scenario.mover_name(mover), at_ns) for mover in scenario.movers for at_ns in fix_times_ns(scenario, mover)}
    assert set(read) == fixes


@pytest.mark.parametrize("name", names())
def test_every_report_stands_where_its_mover_was(name):
    scenario = load(name)
    far = []
    for report in reports_of(name)[::37]:
        there = positions_at(scenario, report.observed_ns or 0)[report.mover]
        apart_m = Geodesic.WGS84.Inverse(report.lat_deg, report.lon_deg, there.lat_deg, there.lon_deg)["s12"]
        if apart_m > 1.0:  # SBS-1 gives five decimals of a degree
            far.append((report, apart_m))
    assert far == []


@pytest.mark.parametrize("name", names())
def test_no_report_is_from_the_future(name):
    assert [report for report in reports_of(name) if (report.observed_ns or 0) > report.heard_ns] == []


@pytest.mark.parametrize("name", names())
def test_the_stated_accuracy_arrives(name):
    scenario = load(name)
    wanted = {scenario.mover_name(mover): mover.accuracy_m for mover in scenario.movers}
    wrong = [one for one in reports_of(name) if one.accuracy_m != pytest.approx(wanted[one.mover], rel=0.01, nan_ok=True)]
    assert wrong == []


def test_barometric_and_geometric_heights_arrive_in_their_own_columns():
    report = next(one for one in reports_of("at-tanf") if one.mover == "icao:f00101")
    assert report.altitude_wgs84_m - report.altitude_baro_m == pytest.approx(425 * 0.3048)


def test_a_callsign_of_sbs_arrives():
    assert "CIVIL105" in {one.callsign for one in reports_of("at-tanf") if one.mover == "icao:f00105"}


def test_aircraft_json_is_written_every_second():
    scenario = load("airport")
    times = [frame.at_ns for frame in frames(scenario) if frame.source == "adsb"]
    assert times == list(range(scenario.start_ns, scenario.end_ns + 1, NS_PER_S))


def test_aircraft_json_on_the_wire_is_plain_json():
    frame = next(frame for frame in frames(load("airport")) if frame.source == "adsb")
    assert json.loads(frame.wire)["now"] == frame.at_ns / NS_PER_S


def test_readsb_forgets_a_position_after_a_minute():
    scenario = load("at-tanf")
    last = [json.loads(frame.wire) for frame in frames(scenario) if frame.source == "adsb"][-1]
    assert "f00031" not in {one["hex"] for one in last["aircraft"]}


def test_every_second_is_given_once_and_holds_every_frame():
    scenario = load("airport")
    seconds = list(by_second(scenario))
    assert [second_ns for second_ns, _ in seconds] == list(range(scenario.start_ns, scenario.end_ns + 1, NS_PER_S))
    assert sum(len(group) for _, group in seconds) == len(list(frames(scenario)))
