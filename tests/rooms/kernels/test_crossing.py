# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.kernels import crossing, geodesic
from openline.kernels.zones import ZoneIndex
from tests.rooms.kernels.shapes import (
    Circle,
    Polygon,
    Zone,
    apart_m,
    away,
    azimuths_deg,
    many,
    paths_past,
    quick,
    shapes,
    spots,
)


@st.composite
def hops(draw):
    """An index of one zone, a ring, and two fixes."""
    zone, middle, radius_m = draw(shapes())
    offset_m = draw(st.sampled_from([0.0, 0.0, 1.0, 0.2 * radius_m, -0.03 * radius_m]))
    start, track_deg, length_m = draw(paths_past(middle, radius_m))
    return ZoneIndex([zone]), offset_m, start, away(*start, track_deg, length_m)


def along_the_way(start, end, fractions):
    length_m, track_deg, _ = geodesic.inverse(*start, *end)
    return geodesic.direct(*start, track_deg, length_m * fractions)[:2]


@many
@given(hop=hops())
def test_crossings_are_on_the_ring(hop):
    index, offset_m, start, end = hop
    found = index.crossings(0, *start, *end, offset_m)
    fractions = found.fraction[0][: found.crossed[0]]
    at = along_the_way(start, end, fractions) if len(fractions) else ([], [])
    assert (np.abs(index.signed_distance_m(np.zeros(len(fractions)), *at) - offset_m) < 0.05).all()


@many
@given(hop=hops())
def test_crossings_alternate(hop):
    """In order, and as many as change the side at one end into the side at the other."""
    index, offset_m, start, end = hop
    found = index.crossings(0, *start, *end, offset_m)
    fractions = found.fraction[0]
    assert (np.diff(fractions[: found.crossed[0]]) >= 0).all()
    assert np.isnan(fractions[found.crossed[0] :]).all()
    clear = min(abs(found.before_m[0] - offset_m), abs(found.after_m[0] - offset_m)) > 0.05
    changes = (found.before_m[0] <= offset_m) != (found.after_m[0] <= offset_m)
    assert found.more[0] or not clear or found.crossed[0] % 2 == changes


@many
@given(middle=spots, radius_m=st.floats(50, 500_000), azimuth_deg=azimuths_deg, depth_m=st.floats(1, 50))
def test_a_pass_between_two_fixes_is_found(middle, radius_m, azimuth_deg, depth_m):
    """Both fixes outside, the way between them through the edge, a metre deep and more."""
    deep = away(*middle, azimuth_deg, radius_m - depth_m)
    to_middle_deg = float(geodesic.inverse(*deep, *middle)[1][0])
    start = away(*deep, to_middle_deg + 90.0, 3.0 * radius_m)
    there = geodesic.inverse(*start, *deep)
    end = away(*start, float(there[1][0]), 2.0 * float(there[0][0]))
    found = ZoneIndex([Zone(Circle(*middle, radius_m))]).crossings(0, *start, *end, 0.0)
    assert found.crossed[0] == 2
    assert found.deepest_m[0] == pytest.approx(-depth_m, abs=crossing.NARROW_M + 1e-8 * radius_m)
    assert found.deepest_fraction[0] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("depth_m", [0.1, 1.0, 5.0])
def test_a_corner_cut_between_two_fixes_is_found(depth_m):
    corner = (10.0, 20.0)
    ring = (corner, away(*corner, 100.0, 5_000.0), away(*corner, 80.0, 5_000.0))
    index = ZoneIndex([Zone(Polygon(ring))])
    past = away(*corner, 90.0, depth_m)
    found = index.crossings(0, *away(*past, 0.0, 1_000.0), *away(*past, 180.0, 1_000.0), 0.0)
    assert found.crossed[0] == 2


@many
@given(hop=hops())
def test_deepest_is_no_shallower_than_any_look(hop):
    index, offset_m, start, end = hop
    found = index.crossings(0, *start, *end, offset_m)
    looks = index.signed_distance_m(0, *along_the_way(start, end, np.linspace(0, 1, crossing.LOOKS + 1)))
    spacing_m = apart_m(start, end) / crossing.LOOKS
    slack_m = spacing_m if looks.min() < 0 else max(crossing.OUTSIDE_M, crossing.OUTSIDE_SHARE * looks.min())
    assert found.deepest_m[0] <= looks.min() + slack_m + 0.01
    at = along_the_way(start, end, found.deepest_fraction)
    assert index.signed_distance_m(0, *at)[0] == pytest.approx(found.deepest_m[0], abs=1e-3)


def test_unknown_places_cross_nothing_and_say_so():
    index = ZoneIndex([Zone(Circle(0.0, 0.0, 1e4))])
    found = index.crossings(0, [math.nan, 0.0], 0.0, 0.0, [1.0, math.nan], 0.0)
    assert found.crossed.tolist() == [0, 0]
    assert np.isnan(found.deepest_m).all()
    assert np.isnan(found.before_m).tolist() == [True, False]


def test_an_unknown_offset_crosses_nothing_and_still_tells_the_depth():
    found = ZoneIndex([Zone(Circle(0.0, 0.0, 1e4))]).crossings(0, 0.0, -1.0, 0.0, 1.0, math.nan)
    assert found.crossed[0] == 0
    assert found.deepest_m[0] == pytest.approx(-1e4, abs=0.1)


def test_a_mover_that_stays_where_it_is_crosses_nothing():
    found = ZoneIndex([Zone(Circle(0.0, 0.0, 1e4))]).crossings(0, 0.01, 0.0, 0.01, 0.0, 0.0)
    assert found.crossed[0] == 0
    assert found.deepest_m[0] == pytest.approx(found.before_m[0], abs=1e-6)
    assert found.after_m[0] == found.before_m[0]


def test_more_crossings_than_fit_are_counted_as_more():
    teeth = [((0.1 if k % 4 in (1, 2) else 0.01), 0.01 * (k // 2)) for k in range(40)]
    index = ZoneIndex([Zone(Polygon(((-0.01, 0.0), *teeth, (-0.01, 0.2))))])
    found = index.crossings(0, 0.05, -0.05, 0.05, 0.3, 0.0)
    assert found.crossed[0] == crossing.CROSSINGS_MAX
    assert found.more[0]


@quick
@given(hop=hops())
def test_plain_crossings_are_the_compiled_crossings(plain, hop):
    index, offset_m, start, end = hop
    slow = plain("zones").ZoneIndex([index._zones["zone"]])
    ours, theirs = (one.crossings(0, *start, *end, offset_m) for one in (index, slow))
    assert np.allclose(ours.fraction, theirs.fraction, rtol=0, atol=1e-9, equal_nan=True)
