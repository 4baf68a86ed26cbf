import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.kernels.zones import ZoneIndex
from tests.rooms.kernels.shapes import Circle, Corridor, Polygon, Zone, quick, shapes, star


@quick
@given(made=shapes(50_000), points_max=st.integers(64, 400))
def test_outline_lies_on_the_boundary(made, points_max):
    """To 2 % of the zone's size: it is a drawing. Parts of a group are drawn whole, also where they overlap."""
    zone, _, radius_m = made
    index = ZoneIndex([zone])
    for ring in index.outline("zone", points_max):
        off_m = index.signed_distance_m(0, ring[:, 0], ring[:, 1])
        assert len(ring) <= points_max
        assert off_m.max() < 0.02 * radius_m
        assert hasattr(zone.shape, "parts") or off_m.min() > -0.02 * radius_m


@quick
@given(made=shapes(50_000), share=st.floats(0.05, 0.5))
def test_offset_outline_lies_at_the_offset(made, share):
    zone, _, radius_m = made
    index = ZoneIndex([zone])
    offset_m = share * radius_m
    for ring in index.offset_outline("zone", offset_m, 200):
        off_m = index.signed_distance_m(0, ring[:, 0], ring[:, 1])
        assert off_m.max() < offset_m + 0.03 * radius_m
        assert hasattr(zone.shape, "parts") or off_m.min() > offset_m - 0.03 * radius_m


def test_a_circle_is_drawn_exactly():
    index = ZoneIndex([Zone(Circle(80.0, 179.0, 300_000.0))])
    (ring,) = index.offset_outline("zone", 20_000.0, 90)
    assert index.signed_distance_m(0, ring[:, 0], ring[:, 1]).tolist() == pytest.approx([20_000.0] * 90, abs=1e-4)


@pytest.mark.parametrize("shape", [Circle(0, 0, 1e3), Corridor(((0, 0), (0, 1)), 1e3), Polygon(star(0, 0, [1e3] * 8))])
def test_nothing_is_left_deeper_than_the_zone(shape):
    assert ZoneIndex([Zone(shape)]).offset_outline("zone", -2_000.0) == []


def test_a_ring_with_more_corners_than_points_is_thinned():
    (ring,) = ZoneIndex([Zone(Polygon(star(0, 0, [1e4] * 500)))]).outline("zone", 100)
    assert 50 <= len(ring) <= 100


def test_longitudes_of_an_outline_stay_in_range():
    rings = ZoneIndex([Zone(Polygon(star(10, 179.9, [1e5] * 5)))]).offset_outline("zone", 5e3)
    assert all(np.abs(ring[:, 1]).max() <= 180.0 for ring in rings)
