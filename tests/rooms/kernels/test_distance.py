# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.kernels.distance import CIRCLE
from openline.kernels.zones import ZoneIndex
from tests.rooms.kernels.shapes import (
    Circle,
    Corridor,
    Group,
    Polygon,
    Zone,
    along,
    apart_m,
    away,
    azimuths_deg,
    many,
    quick,
    shapes,
    spots,
    stars,
)

STRAY_M = 0.0051  # the boundary itself may be 5 mm off


def distance_m(shape, place, rule="geodesic"):
    return float(ZoneIndex([Zone(shape, edge_rule=rule)]).signed_distance_m(0, *place)[0])


@many
@given(centre=spots, radius_m=st.floats(1, 9e6), place=spots)
def test_circle_agrees_with_geographiclib(centre, radius_m, place):
    assert distance_m(Circle(*centre, radius_m), place) == pytest.approx(apart_m(centre, place) - radius_m, abs=1e-3)


@many
@given(centre=spots, radius_m=st.floats(1, 9e6), azimuth_deg=azimuths_deg, off_m=st.floats(-100, 100))
def test_circle_is_exact_at_its_edge(centre, radius_m, azimuth_deg, off_m):
    place = away(*centre, azimuth_deg, max(0.0, radius_m + off_m))
    assert distance_m(Circle(*centre, radius_m), place) == pytest.approx(max(off_m, -radius_m), abs=1e-4)


@many
@given(
    made=stars(1e6),
    edge=st.integers(0, 9),
    share=st.floats(0.01, 0.99),
    power=st.floats(-3, 6),
    left=st.booleans(),
    lonlat=st.booleans(),
)
def test_polygon_agrees_with_geographiclib(made, edge, share, power, left, lonlat):
    """Step off the boundary at right angles: that far away, or nearer to another edge; and on the side stepped to."""
    ring, middle, radius_m = made
    lonlat = lonlat and abs(middle[0]) < 70 and radius_m < 200_000
    a, b = ring[edge % len(ring)], ring[(edge + 1) % len(ring)]
    at, track_deg = along(a, b, share, lonlat)
    off_m = 10.0**power
    place = away(*at, track_deg + (-90 if left else 90), off_m)
    got_m = distance_m(Polygon(ring), place, "lonlat" if lonlat else "geodesic")
    assert abs(got_m) <= off_m * (1 + 1e-6) + STRAY_M
    if off_m < 0.001 * apart_m(a, b) * min(share, 1 - share) and off_m > 0.02:
        assert (got_m < 0) == left


@quick
@given(made=shapes(), azimuth_deg=azimuths_deg, share=st.floats(0, 3), track_deg=azimuths_deg, step_m=st.floats(0, 1e5))
def test_distance_changes_no_faster_than_the_mover(made, azimuth_deg, share, track_deg, step_m):
    zone, middle, radius_m = made
    a = away(*middle, azimuth_deg, share * radius_m)
    b = away(*a, track_deg, step_m)
    index = ZoneIndex([zone])
    before_m, after_m = index.signed_distance_m(0, [a[0], b[0]], [a[1], b[1]])
    assert abs(after_m - before_m) <= apart_m(a, b) * (1 + 1e-6) + 0.001


@quick
@given(made=stars(), azimuth_deg=azimuths_deg, share=st.floats(0, 3))
def test_group_is_the_nearest_part(made, azimuth_deg, share):
    ring, middle, radius_m = made
    parts = (Polygon(ring), Circle(*away(*middle, 10.0, radius_m), 0.4 * radius_m), Corridor(ring, 0.01 * radius_m))
    place = away(*middle, azimuth_deg, share * radius_m)
    assert distance_m(Group(parts), place) == min(distance_m(part, place) for part in parts)


@quick
@given(made=stars(50_000), share=st.floats(0, 1), azimuth_deg=azimuths_deg, off_m=st.floats(0, 5_000))
def test_corridor_is_the_line_less_its_half_width(made, share, azimuth_deg, off_m):
    line = made[0][:2]
    at, _ = along(*line, share)
    place = away(*at, azimuth_deg, off_m)
    walked_m = min(apart_m(place, along(*line, k / 40)[0]) for k in range(41))
    got_m = distance_m(Corridor(line, 700.0), place)
    assert got_m <= min(walked_m, off_m) - 700.0 + STRAY_M
    assert got_m >= walked_m - 700.0 - apart_m(*line) / 40


@quick
@given(made=stars(100_000), azimuth_deg=azimuths_deg, share=st.floats(0, 0.05))
def test_a_hole_is_outside(made, azimuth_deg, share):
    ring, middle, radius_m = made
    hole = tuple(away(*middle, -k * 72.0, 0.1 * radius_m) for k in range(5))
    assert distance_m(Polygon(ring, (hole,)), away(*middle, azimuth_deg, share * radius_m)) > 0


def test_a_hole_may_touch_its_outer_ring():
    outer, hole = ((0, 0), (0, 1), (1, 1), (1, 0)), ((0, 0.5), (0.4, 0.6), (0.4, 0.4))
    shape = Polygon(outer, (hole,))
    assert distance_m(shape, (0.2, 0.5)) > 0
    assert distance_m(shape, (0.001, 0.4)) < 0


@pytest.mark.parametrize(("lat_deg", "inside"), [(90.0, True), (85.0, True), (75.0, False)])
def test_a_ring_about_the_pole_holds_the_pole(lat_deg, inside):
    ring = tuple((80.0, lon) for lon in (-180, -135, -90, -45, 0, 45, 90, 135))
    assert (distance_m(Polygon(ring), (lat_deg, 17.0), "lonlat") < 0) == inside


@pytest.mark.parametrize("lon_deg", [179.9, -179.9, 180.0, -180.0])
def test_a_zone_across_the_antimeridian_is_one_zone(lon_deg):
    ring = ((0, 179), (0, -179), (1, -179), (1, 179))
    assert distance_m(Polygon(ring), (0.5, lon_deg)) < -50_000


@pytest.mark.parametrize("place", [(math.nan, 0.0), (0.0, math.nan), (91.0, 0.0), (0.0, math.inf)])
def test_an_unknown_place_has_no_distance(place):
    assert math.isnan(distance_m(Circle(0.0, 0.0, 1e6), place))


@quick
@given(made=shapes(50_000), azimuth_deg=azimuths_deg, share=st.floats(0, 2))
def test_plain_distance_is_the_compiled_distance(plain, made, azimuth_deg, share):
    zone, middle, radius_m = made
    place = away(*middle, azimuth_deg, share * radius_m)
    slow = plain("zones").ZoneIndex([zone])
    assert slow.signed_distance_m(0, *place)[0] == pytest.approx(ZoneIndex([zone]).signed_distance_m(0, *place)[0], abs=1e-6)


def test_the_kind_of_a_circle_is_kept():
    assert ZoneIndex([Zone(Circle(1.0, 2.0, 3.0))]).chart.kind.tolist() == [CIRCLE]


def test_far_away_is_the_geodesic_to_the_nearest_corner():
    ring = ((0, 0), (0, 1), (1, 1), (1, 0))
    place = (-40.0, -60.0)
    assert distance_m(Polygon(ring), place) == pytest.approx(apart_m(place, (0, 0)), rel=1e-3)


def test_an_empty_slot_has_no_distance():
    index = ZoneIndex([Zone(Circle(0, 0, 1e3), id="a"), Zone(Circle(1, 1, 1e3), id="b")])
    index.remove("a")
    assert np.isnan(index.signed_distance_m([0, 1], 0, 0)).tolist() == [True, False]
