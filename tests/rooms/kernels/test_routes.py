# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.kernels.routes import Route
from openline.kernels.zones import ZoneIndex
from tests.rooms.kernels.shapes import Circle, Zone, away, azimuths_deg, bearing_deg, quick, spots


@quick
@given(
    a=spots,
    azimuth_deg=azimuths_deg,
    length_m=st.floats(1_000, 500_000),
    share=st.floats(0, 0.9),
    ahead=st.sampled_from([0.3, 0.7, 1.05, 1.5]),
)
def test_along_a_straight_route_is_as_straight_on(a, azimuth_deg, length_m, share, ahead):
    """On a route of one leg, a mover comes to a ring when one on its course does, if the route goes so far."""
    b = away(*a, azimuth_deg, length_m)
    start = away(*a, azimuth_deg, share * length_m)
    index = ZoneIndex([Zone(Circle(*away(*a, azimuth_deg, ahead * length_m), 0.1 * length_m))])
    route = Route([a[0], b[0]], [a[1], b[1]])
    track_deg = bearing_deg(start, b)
    horizon_s = (1 - share) * length_m / 20.0
    straight_s = index.first_within_s(0, *start, track_deg, 20.0, 0.0, horizon_s)[0]
    along_s = index.along_route_s(0, route, *start, 20.0, 0.0, 1e6)[0]
    assert along_s == pytest.approx(straight_s, abs=1e-3)


@quick
@given(a=spots, azimuth_deg=azimuths_deg, turn_deg=st.floats(30, 150), leg_m=st.floats(1_000, 100_000))
def test_a_bend_is_followed(a, azimuth_deg, turn_deg, leg_m):
    """Straight on the mover would miss; by the bend it comes after both legs less the radius."""
    b = away(*a, azimuth_deg, leg_m)
    c = away(*b, bearing_deg(b, a) + 180.0 + turn_deg, leg_m)
    index = ZoneIndex([Zone(Circle(*c, 0.1 * leg_m))])
    route = Route([a[0], b[0], c[0]], [a[1], b[1], c[1]])
    assert index.first_within_s(0, *a, azimuth_deg, 10.0, 0.0, 1e5)[0] == math.inf
    assert index.along_route_s(0, route, *a, 10.0, 0.0, 1e5)[0] == pytest.approx(0.19 * leg_m, rel=1e-6)


ROUTE = Route([0.0, 0.0, 1.0], [0.0, 1.0, 1.0])


def test_a_place_beside_the_route_is_put_on_it():
    along_m, off_m = ROUTE.project([0.01, 0.5], [0.5, 1.01])
    assert along_m.tolist() == pytest.approx([55_659.7, 166_606.9], abs=2.0)
    assert off_m.tolist() == pytest.approx([1_105.7, 1_113.2], abs=0.5)


def test_the_length_of_a_route_is_that_of_its_legs():
    assert ROUTE.length_m == pytest.approx(111_319.491 + 110_574.389, abs=0.01)


def test_what_lies_behind_is_not_ahead():
    index = ZoneIndex([Zone(Circle(0.0, 0.2, 5_000.0))])
    assert index.along_route_s(0, ROUTE, 0.0, [0.1, 0.2, 0.3], 10.0, 0.0, 1e5).tolist() == pytest.approx(
        [613.19, 0.0, math.inf], abs=0.01
    )


@pytest.mark.parametrize("unknown", range(5))
def test_what_is_unknown_of_a_mover_on_a_route_gives_no_time(unknown):
    index = ZoneIndex([Zone(Circle(0.5, 1.0, 5_000.0))])
    row = [math.nan if i == unknown else x for i, x in enumerate((0.0, 0.1, 10.0, 0.0, 1e5))]
    assert math.isnan(index.along_route_s(0, ROUTE, *row)[0])


@pytest.mark.parametrize("speed_mps", [0.0, 0.1])
def test_too_slow_is_not_within_the_horizon(speed_mps):
    index = ZoneIndex([Zone(Circle(0.5, 1.0, 5_000.0))])
    assert index.along_route_s(0, ROUTE, 0.0, 0.1, speed_mps, 0.0, 600.0)[0] == math.inf


@pytest.mark.parametrize(
    ("lat_deg", "lon_deg"), [([1.0], [1.0]), ([1.0, 91.0], [1.0, 2.0]), ([1.0, math.nan], [1.0, 2.0]), ([5.0, 5.0], [6.0, 6.0])]
)
def test_what_is_no_route_is_refused(lat_deg, lon_deg):
    with pytest.raises(Refused, match="route"):
        Route(lat_deg, lon_deg)
