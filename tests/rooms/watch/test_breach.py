"""Approach, entry, depth and exit, as they are true of the product; the numbers are geographiclib's, not ours."""

from math import isfinite
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.watch.world import EARTH, World, along, circle, ns, seconds

HOME = (33.5, 38.6)
ENTRY_EXIT = ("entry", "exit", "first_seen_inside")


def cross(
    world: World, centre: tuple[float, float] = HOME, radius_m: float = 10_000.0, speed_mps: float = 100.0, **more: Any
) -> None:
    """Straight through the middle from 3 km outside to 3 km outside, a fix each 10 s."""
    start_m = radius_m + 3_000.0
    for k in range(int(2 * start_m / speed_mps / 10) + 1):
        world.hear(10 * k, *along(centre, 280.0, start_m - speed_mps * 10 * k), **more)


def test_a_mover_through_the_middle_is_found_going_in_and_out_at_the_second_it_did() -> None:
    world = World(circle())
    cross(world, accuracy_m=20.0)
    entry, leave = world.findings("entry", "exit")

    assert seconds(entry.at_ns) == pytest.approx(30.0, abs=0.01)
    assert seconds(leave.at_ns) == pytest.approx(230.0, abs=0.01)
    assert EARTH.Inverse(*HOME, entry.lat_deg, entry.lon_deg)["s12"] == pytest.approx(10_000, abs=1.0)
    assert leave.deepest_m == pytest.approx(10_000, abs=20)
    assert leave.path_m == pytest.approx(20_000, abs=1.0)


def test_stated_accuracy_makes_certain_and_none_makes_probable() -> None:
    stated, unstated = World(circle()), World(circle())
    cross(stated, accuracy_m=20.0)
    cross(unstated)

    assert stated.says(*ENTRY_EXIT) == [("entry", "boundary", "certain"), ("exit", "boundary", "certain")]
    assert unstated.says(*ENTRY_EXIT) == [("entry", "boundary", "probable"), ("exit", "boundary", "probable")]


def test_an_error_circle_that_straddles_the_edge_is_possible() -> None:
    world = World(circle())
    for k, distance_m in enumerate((11_000.0, 10_150.0, 10_120.0, 10_110.0)):
        world.hear(10 * k, *along(HOME, 90.0, distance_m), accuracy_m=200.0, speed_mps=0.0)

    assert world.says() == [("entry", "boundary", "possible")]
    assert "error circle" in world.findings()[0].why[0]


def test_between_two_fixes_outside_a_pass_through_is_found_and_only_probable() -> None:
    world = World(circle(2_000.0))
    world.hear(0, *along(HOME, 270.0, 5_000.0), accuracy_m=20.0)
    world.hear(40, *along(HOME, 90.0, 5_000.0), accuracy_m=20.0)

    assert world.says(*ENTRY_EXIT) == [("entry", "boundary", "probable"), ("exit", "boundary", "probable")]
    assert [round(seconds(f.at_ns), 2) for f in world.findings(*ENTRY_EXIT)] == [12.0, 28.0]


def test_a_crossing_in_a_long_gap_is_possible_for_ever_and_says_between_when_and_when() -> None:
    world = World(circle())
    world.hear(0, *along(HOME, 270.0, 12_000.0), accuracy_m=20.0, mover_class="vehicle")
    for k in range(3):
        world.hear(300 + 10 * k, *along(HOME, 270.0, 5_000.0 - k), accuracy_m=20.0, mover_class="vehicle")
    (entry,) = world.findings("entry")

    assert entry.certainty == "possible"
    assert entry.interval_ns == (ns(0), ns(300))


def test_first_seen_inside_is_not_an_entry() -> None:
    world = World(circle())
    world.hear(0, *along(HOME, 0.0, 4_000.0), accuracy_m=20.0)
    (found,) = world.findings()

    assert (found.event, found.certainty) == ("first_seen_inside", "certain")
    assert found.depth_m == pytest.approx(6_000, abs=0.01)


def test_a_mover_on_the_edge_raises_one_alarm_not_twenty() -> None:
    world = World(circle())
    for k in range(60):
        world.hear(5 * k, *along(HOME, 90.0, 10_000.0 + (15.0 if k % 2 else -15.0)), accuracy_m=3.0, speed_mps=1.0)

    assert len(world.state.board.rises) == 1


def test_an_exit_is_said_late_but_happened_when_it_did() -> None:
    world = World(circle())
    for k in range(10):
        world.hear(10 * k, *along(HOME, 90.0, 9_950.0 + 10.0 * k), accuracy_m=5.0, speed_mps=1.0)
    (leave,) = world.findings("exit")

    assert seconds(leave.at_ns) == pytest.approx(50.0, abs=0.05)
    assert leave.seen_ns > leave.at_ns


def test_every_ring_has_an_event_of_its_own() -> None:
    rings = [
        {"name": "12 nmi", "offset_m": 22_224.0 - 10_000.0, "rule": "contact_by", "says": ""},
        {"name": "7 nmi", "offset_m": 12_964.0 - 10_000.0, "rule": "no_contact_no_entry", "says": ""},
        {"name": "boundary", "offset_m": 0.0, "rule": "boundary", "says": ""},
        {"name": "inner", "offset_m": -5_000.0, "rule": "inner", "says": ""},
    ]
    world = World(circle(rings=rings))
    for k in range(30):
        world.hear(10 * k, *along(HOME, 90.0, 25_000.0 - 1_000.0 * k), accuracy_m=5.0)
    entries = world.findings("entry")

    assert [f.ring for f in entries] == ["12 nmi", "7 nmi", "boundary", "inner"]
    assert [round(seconds(f.at_ns), 1) for f in entries] == [27.8, 120.4, 150.0, 200.0]


def test_the_approach_is_said_once_with_the_time_to_the_boundary() -> None:
    world = World(circle())
    for k in range(10):
        world.hear(10 * k, *along(HOME, 270.0, 30_000.0 - 2_000.0 * k), speed_mps=200.0, track_deg=90.0, mover_class="aircraft")
    (approach,) = world.findings("approach")

    assert approach.to_boundary_s == pytest.approx(100.0, abs=1.0)
    assert approach.earliest_s == pytest.approx(100.0, abs=1.0)


def test_a_mover_that_turns_away_in_time_is_a_near_miss_not_a_breach() -> None:
    world = World(circle())
    for k in range(30):
        distance_m = 20_000.0 - 1_000.0 * k if k < 8 else 12_000.0 + 1_000.0 * (k - 8)
        course = 90.0 if k < 8 else 270.0
        world.hear(10 * k, *along(HOME, 270.0, distance_m), speed_mps=100.0, track_deg=course, mover_class="aircraft")
    found = world.findings()

    assert [f.event for f in found] == ["approach", "averted"]
    assert found[1].deepest_m == pytest.approx(-2_000.0, abs=1.0)


def test_heading_past_the_zone_is_no_approach() -> None:
    world = World(circle())
    for k in range(20):
        place = along(along(HOME, 0.0, 15_000.0), 270.0, 20_000.0 - 2_000.0 * k)
        world.hear(10 * k, *place, speed_mps=200.0, track_deg=90.0, mover_class="aircraft")

    assert world.findings() == []


def test_a_vehicle_on_a_route_is_timed_along_the_route() -> None:
    world = World(circle())
    there = along(HOME, 270.0, 12_000.0)
    detour = along(HOME, 300.0, 14_000.0)
    world.act(0, "track.route", mover="truck", line=[list(there), list(detour), list(HOME)])
    world.hear(1, *there, mover="truck", speed_mps=10.0, mover_class="vehicle", track_deg=10.0)
    assert world.findings() == []  # 2 km as the crow flies, but far along the road: beyond the horizon of ten minutes

    for k in range(1, 80):
        world.hear(1 + 10 * k, *_on(there, detour, HOME, 100.0 * k), mover="truck", speed_mps=10.0, mover_class="vehicle")
    (approach,) = world.findings("approach")

    assert approach.by_route
    assert approach.to_boundary_s == pytest.approx(600.0, abs=11.0)
    assert approach.earliest_s is not None
    assert approach.to_boundary_s is not None
    assert approach.earliest_s < approach.to_boundary_s


def _on(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], gone_m: float) -> tuple[float, float]:
    leg = EARTH.Inverse(*a, *b)
    if gone_m <= leg["s12"]:
        return along(a, leg["azi1"], gone_m)
    return along(b, EARTH.Inverse(*b, *c)["azi1"], gone_m - leg["s12"])


BAND: dict[str, Any] = {
    "lower": {"value": 1000, "unit": "m", "datum": "amsl"},
    "upper": {"value": 3000, "unit": "m", "datum": "amsl"},
}


def test_above_the_band_is_outside_and_descending_into_it_is_an_entry() -> None:
    world = World(circle(**BAND))
    for k in range(13):
        height_m = 5_000.0 - 25.0 * 10 * k
        world.hear(
            10 * k,
            *along(HOME, 10.0 * k, 2_000.0),
            altitude_amsl_m=height_m,
            accuracy_m=20.0,
            vertical_mps=-25.0,
            speed_mps=40.0,
        )
    (entry,) = world.findings("entry")

    assert seconds(entry.at_ns) == pytest.approx(80.0, abs=0.01)
    assert world.findings("approach")[0].to_boundary_s == pytest.approx(80.0, abs=0.01)


def test_a_height_in_another_datum_is_only_possible_where_the_bound_between_datums_decides() -> None:
    far, near = World(circle(**BAND)), World(circle(**BAND))
    far.hear(0, *HOME, altitude_baro_m=11_000.0, accuracy_m=20.0)
    near.hear(0, *HOME, altitude_wgs84_m=3_050.0, accuracy_m=20.0)

    assert far.findings() == []
    assert near.says() == [("first_seen_inside", "boundary", "possible")]


def test_no_height_at_all_is_possible_not_safe() -> None:
    world = World(circle(**BAND))
    world.hear(0, *HOME, accuracy_m=20.0)

    assert world.says() == [("first_seen_inside", "boundary", "possible")]


def test_a_zone_put_around_a_mover_finds_it_at_once_and_withdrawn_lets_it_go() -> None:
    world = World()
    world.hear(0, *along(HOME, 0.0, 1_000.0), accuracy_m=20.0)
    world.act(5, "zone.put", zone=circle(), reason="test")
    world.act(9, "zone.withdraw", zone="z", reason="over")

    assert world.says() == [("first_seen_inside", "boundary", "certain"), ("exit", "boundary", "certain")]
    assert [seconds(f.at_ns) for f in world.findings()] == [5.0, 9.0]
    assert "put in force" in world.findings()[0].why[0]


def test_a_zone_made_larger_around_a_mover_finds_it_and_made_smaller_lets_it_go() -> None:
    world = World(circle(1_000.0))
    world.hear(0, *along(HOME, 0.0, 1_500.0), accuracy_m=20.0, speed_mps=0.0)
    world.act(1, "zone.put", zone=circle(2_000.0), reason="wider")
    world.act(2, "zone.put", zone=circle(1_000.0), reason="narrower")

    assert [(f.event, f.zone_version) for f in world.findings()] == [("first_seen_inside", 2), ("exit", 2)]


def test_a_zone_that_begins_by_its_hours_finds_who_is_in_it_when_it_begins() -> None:
    world = World(circle(effective="2017-05-18T09:01:00Z", expires="2017-05-18T09:02:00Z"))
    world.hear(0, *HOME, accuracy_m=20.0, speed_mps=0.0, mover_class="vehicle")
    assert world.findings() == []
    world.tick(60)
    world.tick(120)

    assert [(f.event, seconds(f.at_ns)) for f in world.findings()] == [("first_seen_inside", 60.0), ("exit", 120.0)]


def test_silence_never_ends_a_finding() -> None:
    world = World(circle())
    cross_in = [along(HOME, 270.0, 11_000.0 - 500.0 * k) for k in range(8)]
    for k, place in enumerate(cross_in):
        world.hear(5 * k, *place, accuracy_m=20.0, mover_class="aircraft")
    for minute in range(1, 200):
        world.tick(60 * minute)

    assert world.findings("exit") == []
    assert [a.state.value for a in world.state.board.alarms.values()] == ["unacknowledged"]


@pytest.mark.parametrize("centre", [(0.0, 180.0), (89.99, 10.0), (-90.0, 0.0), (60.0, -179.95), (0.0, 0.0)])
def test_the_antimeridian_and_the_poles_are_places_like_any_other(centre: tuple[float, float]) -> None:
    world = World(circle(lat_deg=centre[0], lon_deg=centre[1]))
    cross(world, centre, accuracy_m=20.0)
    found = world.findings(*ENTRY_EXIT)

    assert [f.event for f in found] == ["entry", "exit"]
    assert [seconds(f.at_ns) for f in found] == pytest.approx([30.0, 230.0], abs=0.02)


@settings(max_examples=60)
@given(
    lat=st.floats(-89, 89), lon=st.floats(-180, 180), radius_m=st.floats(300, 300_000), azimuth=st.floats(0, 360),
    speed=st.floats(20, 400), offset=st.floats(-0.9, 0.9),
)  # fmt: skip
def test_entry_lies_on_the_boundary_to_a_metre_wherever_and_however_it_is_crossed(
    lat: float, lon: float, radius_m: float, azimuth: float, speed: float, offset: float
) -> None:
    world = World(circle(radius_m, lat, lon))
    aim = along((lat, lon), azimuth + 90.0, offset * radius_m)
    start = EARTH.Direct(*aim, azimuth, -(radius_m + 30 * speed))
    for k in range(12):
        gone_m = k * speed * 10 + k * radius_m / 5
        place = EARTH.Direct(start["lat2"], start["lon2"], start["azi2"], gone_m)
        world.hear(10 * k, place["lat2"], place["lon2"], accuracy_m=1.0)
    entries = world.findings("entry")

    assert entries == [] or isfinite(entries[0].lat_deg)
    for found in entries:
        assert EARTH.Inverse(lat, lon, found.lat_deg, found.lon_deg)["s12"] == pytest.approx(radius_m, abs=1.0)


def test_a_zone_for_aircraft_says_nothing_of_vehicles_and_an_unknown_mover_may_be_an_aircraft() -> None:
    world = World(circle(applies_to=["aircraft", "north.example"]))
    for mover, mover_class in (("truck", "vehicle"), ("plane", "aircraft"), ("blip", "unknown")):
        world.hear(0, *HOME, mover=mover, mover_class=mover_class, accuracy_m=10.0)

    assert [f.mover for f in world.findings()] == ["plane", "blip"]
