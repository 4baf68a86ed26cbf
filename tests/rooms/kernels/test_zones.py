# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.kernels import zones as kernel
from openline.kernels.zones import ZoneIndex, altitudes
from tests.rooms.kernels.shapes import (
    Circle,
    Corridor,
    Limit,
    Ring,
    Zone,
    apart_m,
    away,
    bearing_deg,
    lats_deg,
    lons_deg,
    many,
    quick,
    shapes,
)

TANF = (33.507, 38.618)


@many
@given(
    made=st.lists(shapes(1e6), min_size=1, max_size=4),
    ring_m=st.sampled_from([0.0, 5_000.0, -300.0]),
    places=st.lists(st.tuples(lats_deg, lons_deg), min_size=1, max_size=5),
    reach_m=st.floats(0, 2e7),
)
def test_nearby_never_misses(made, ring_m, places, reach_m):
    """Every pair whose outermost ring is within reach is among the candidates."""
    index = ZoneIndex(
        Zone(zone.shape, id=str(i), edge_rule=zone.edge_rule, rings=(Ring(), Ring(ring_m)))
        for i, (zone, _, _) in enumerate(made)
    )
    lat_deg, lon_deg = np.array(places).T
    near = set(zip(*(column.tolist() for column in index.nearby(lat_deg, lon_deg, reach_m)), strict=True))
    for slot in range(len(made)):
        within = index.signed_distance_m(slot, lat_deg, lon_deg) - max(ring_m, 0.0) <= reach_m
        assert {(mover, slot) for mover in np.flatnonzero(within).tolist()} <= near


def test_nearby_leaves_out_what_is_far():
    index = ZoneIndex(
        Zone(Circle(lat, lon, 2_000.0), id=f"{lat} {lon}") for lat in range(-80, 81, 10) for lon in range(-180, 180, 10)
    )
    mover, zone = index.nearby([30.0, 30.0], [20.0, 25.0], 10_000.0)
    assert mover.tolist() == [0]
    assert index.ids[zone[0]] == "30 20"


def test_pairs_come_in_order_of_mover_and_zone():
    index = ZoneIndex(Zone(Circle(1 - i / 10, 0.0, 2e5 if i % 2 else 1e4), id=str(i)) for i in range(8))
    mover, zone = index.nearby([0.5, math.nan, 0.6], 0.0, 1e6)
    assert mover.tolist() == [0] * 8 + [2] * 8
    assert zone.tolist() == list(range(8)) * 2


def test_an_unknown_place_is_near_nothing_and_an_unknown_reach_is_near_everything():
    index = ZoneIndex([Zone(Circle(0.0, 0.0, 1.0), id="a"), Zone(Circle(0.0, 180.0, 1.0), id="b")])
    assert index.nearby([math.nan, 5.0], [0.0, 5.0], [1e9, math.nan])[0].tolist() == [1, 1]


@quick
@given(made=st.lists(shapes(1e5), min_size=2, max_size=5), leave=st.integers(0, 4), place=st.tuples(lats_deg, lons_deg))
def test_index_after_removal_is_as_if_never_added(made, leave, place):
    listed = [Zone(zone.shape, id=str(i), edge_rule=zone.edge_rule) for i, (zone, _, _) in enumerate(made)]
    index = ZoneIndex(listed)
    gone = listed.pop(leave % len(listed))
    index.remove(gone.id)
    fresh = ZoneIndex(listed)
    for zone in listed:
        here, there = (one.signed_distance_m(one.slot(zone.id), *place)[0] for one in (index, fresh))
        assert here == there
    assert gone.id not in index
    assert len(index) == len(fresh)


@pytest.mark.parametrize(("speed_kmh", "minutes"), [(20, 84), (40, 42), (60, 28)])
def test_annex_c_times(speed_kmh, minutes):
    """A convoy on the 55 km ring bound for the middle is at 27 km after so long, by course and by the shortest way."""
    index = ZoneIndex([Zone(Circle(*TANF, 27_000.0))])
    start = away(*TANF, 315.0, 55_000.0)
    track_deg = bearing_deg(start, TANF)
    speed_mps = speed_kmh / 3.6
    assert index.first_within_s(0, *start, track_deg, speed_mps, 0.0, 7_200.0)[0] == pytest.approx(minutes * 60, abs=0.01)
    assert index.earliest_s(0, *start, speed_mps, 0.0)[0] == pytest.approx(minutes * 60, abs=0.01)


@pytest.mark.parametrize(("speed_kmh", "minutes"), [(250, 13.2), (900, 3.667)])
def test_annex_c_aircraft_times(speed_kmh, minutes):
    """From the 55 km ring to the middle."""
    index = ZoneIndex([Zone(Circle(*TANF, 0.001))])
    start = away(*TANF, 200.0, 55_000.0)
    first_s = index.first_within_s(0, *start, bearing_deg(start, TANF), speed_kmh / 3.6, 0.0, 3_600.0)[0]
    assert first_s == pytest.approx(minutes * 60, abs=0.1)


@pytest.mark.parametrize(("yards", "seconds"), [(900, 50.8), (1_200, 69.8)])
def test_annex_c_boat_times(yards, seconds):
    """At 28 knots to the 100 yard ring around a point."""
    index = ZoneIndex([Zone(Circle(26.5, 56.5, 100 * 0.9144))])
    start = away(26.5, 56.5, 45.0, yards * 0.9144)
    assert index.earliest_s(0, *start, 28 * 1852 / 3600, 0.0)[0] == pytest.approx(seconds, abs=0.05)


def test_rings_are_offsets_from_the_boundary():
    index = ZoneIndex([Zone(Circle(*TANF, 54_717.7), rings=(Ring(), Ring(20_000.0)))])
    start = away(*TANF, 90.0, 100_000.0)
    track_deg = bearing_deg(start, TANF)
    times_s = index.first_within_s(0, *start, track_deg, 10.0, [20_000.0, 0.0, -20_000.0], 1e5)
    assert times_s.tolist() == pytest.approx([2_528.23, 4_528.23, 6_528.23], abs=0.01)


@pytest.mark.parametrize(
    ("altitude_m", "inside"), [(499.0, False), (500.0, True), (1_000.0, True), (1_001.0, False), (math.nan, True)]
)
def test_contains_asks_the_band(altitude_m, inside):
    index = ZoneIndex([Zone(Circle(0.0, 0.0, 1e4), lower=Limit(500.0), upper=Limit(1_000.0))])
    assert (len(index.contains(0.0, 0.0, altitude_m)[0]) == 1) == inside


@quick
@given(
    made=st.lists(shapes(1e6), min_size=1, max_size=4), places=st.lists(st.tuples(lats_deg, lons_deg), min_size=1, max_size=6)
)
def test_contains_is_distance_at_most_zero(made, places):
    index = ZoneIndex(Zone(zone.shape, id=str(i), edge_rule=zone.edge_rule) for i, (zone, _, _) in enumerate(made))
    near = [middle for _, middle, _ in made]
    lat_deg, lon_deg = np.array([*places, *near]).T
    found = set(zip(*(column.tolist() for column in index.contains(lat_deg, lon_deg, math.nan)), strict=True))
    wanted = {
        (mover, slot)
        for slot in range(len(made))
        for mover in np.flatnonzero(index.signed_distance_m(slot, lat_deg, lon_deg) <= 0).tolist()
    }
    assert found == wanted


def test_a_zone_twice_is_refused():
    index = ZoneIndex([Zone(Circle(0, 0, 1.0))])
    with pytest.raises(Refused, match="remove it first"):
        index.add(Zone(Circle(0, 0, 2.0)))


@pytest.mark.parametrize("offset_m", [math.nan, math.inf, -2_000_001.0])
def test_a_ring_too_far_from_its_boundary_is_refused(offset_m):
    with pytest.raises(Refused) as refusal:
        ZoneIndex([Zone(Circle(0, 0, 1.0), rings=(Ring(), Ring(offset_m)))])
    assert refusal.value.field == "rings[1].offset_m"


def test_a_refused_zone_leaves_the_index_as_it_was():
    index = ZoneIndex([Zone(Circle(0, 0, 1.0))])
    with pytest.raises(Refused):
        index.add(Zone(Circle(0, 0, -1.0), id="bad"))
    assert index.ids == ("zone",)


def test_removing_what_is_not_there_is_our_mistake():
    with pytest.raises(KeyError):
        ZoneIndex().remove("nothing")


def test_a_slot_that_is_not_there_is_our_mistake():
    with pytest.raises(AssertionError):
        ZoneIndex().signed_distance_m(0, 0.0, 0.0)


@pytest.mark.parametrize(("limit", "value"), [("ZONES_MAX", 1), ("PIECES_ALL_MAX", 1)])
def test_the_index_has_limits(monkeypatch, limit, value):
    monkeypatch.setattr(kernel, limit, value)
    index = ZoneIndex([Zone(Circle(0, 0, 1.0))])
    with pytest.raises(Refused, match="up to 1 "):
        index.add(Zone(Corridor(((0, 0), (0, 1)), 10.0), id="more"))


def test_no_movers_are_no_trouble():
    index = ZoneIndex([Zone(Circle(0, 0, 1.0))])
    assert index.nearby([], [], [])[0].shape == (0,)
    assert index.signed_distance_m([], [], []).shape == (0,)
    assert index.contains([], [], [])[0].shape == (0,)


def test_no_zones_are_no_trouble():
    index = ZoneIndex()
    assert index.nearby(0.0, 0.0, 1e9)[0].shape == (0,)
    assert index.time_to_breach(0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 60.0)[0].shape == (0,)


@pytest.mark.parametrize(
    ("given_m", "row"), [(5.0, [5.0] * 4), ([5.0, 6.0], [5.0] * 4), ([[1, 2, 3, 4], [5, 6, 7, 8]], [1, 2, 3, 4])]
)
def test_altitudes_are_spread_over_the_datums(given_m, row):
    assert altitudes(given_m, 2)[0].tolist() == row


def test_the_zone_of_the_demo_is_where_it_should_be():
    """34 statute miles about at-Tanf: the ring is 54.7 km out, whichever way."""
    index = ZoneIndex([Zone(Circle(*TANF, 34 * 1609.344))])
    for azimuth_deg in range(0, 360, 30):
        place = away(*TANF, azimuth_deg, 54_717.696)
        assert apart_m(TANF, place) == pytest.approx(54_717.696, abs=1e-6)
        assert index.signed_distance_m(0, *place)[0] == pytest.approx(0.0, abs=1e-4)
