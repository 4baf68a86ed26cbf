# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.kernels import ecef
from tests.rooms.kernels.shapes import apart_m, away, azimuths_deg, many, quick, spots


@many
@given(a=spots)
def test_ecef_returns(a):
    assert apart_m(ecef.to_lat_lon(*ecef.to_ecef(*a)), a) < 1e-8


@many
@given(a=spots, azimuth_deg=azimuths_deg, distance_m=st.floats(0, ecef.EULER_M_MAX))
def test_chord_gives_the_geodesic(a, azimuth_deg, distance_m):
    b = away(*a, azimuth_deg, distance_m)
    assert ecef.geodesic_m(*ecef.to_ecef(*a), *ecef.to_ecef(*b)) == pytest.approx(distance_m, abs=1e-5)


@many
@given(a=spots, b=spots)
def test_chord_is_never_longer(a, b):
    assert math.dist(ecef.to_ecef(*a), ecef.to_ecef(*b)) <= apart_m(a, b) + 1e-8


@quick
@given(a=spots)
def test_north_is_level(a):
    up = ecef.upward(*ecef.to_ecef(*a))
    assert sum(x * y for x, y in zip(up, ecef.northward(*up), strict=True)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("lat_deg", [-60.0, 0.0, 60.0])
def test_north_leads_north(lat_deg):
    up = ecef.upward(*ecef.to_ecef(lat_deg, 30.0))
    assert ecef.northward(*up)[2] > 0.0


@quick
@given(a=spots, height_m=st.floats(-1e5, 1e6))
def test_points_come_down_onto_the_surface(a, height_m):
    raised = [x * (1 + height_m / 6.4e6) for x in ecef.to_ecef(*a)]
    assert math.dist(ecef.onto_surface(*raised), ecef.to_ecef(*a)) < 1e-6
