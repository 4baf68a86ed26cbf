# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.kernels.geodesic import direct, inverse, sin_cos_deg, wrap_deg
from tests.rooms.kernels.shapes import EARTH, apart_m, azimuths_deg, lats_deg, lons_deg, many, quick, spots

EXACT_M = 2e-8  # twice the largest difference seen in 24,000 pairs


def ours_m(a, b):
    return float(inverse(*a, *b)[0][0])


@many
@given(a=spots, b=spots)
def test_inverse_agrees_with_geographiclib(a, b):
    assert ours_m(a, b) == pytest.approx(apart_m(a, b), abs=EXACT_M)


@many
@given(a=spots, north_deg=st.floats(-1, 1), east_deg=st.floats(-1, 1), power=st.integers(0, 12))
def test_near_antipodal_agrees_with_geographiclib(a, north_deg, east_deg, power):
    shrink = 10.0**-power
    b = (max(-90.0, min(90.0, -a[0] + shrink * north_deg)), a[1] + 180.0 + shrink * east_deg)
    assert ours_m(a, b) == pytest.approx(apart_m(a, b), abs=EXACT_M)


@many
@given(a=spots, b=spots)
def test_azimuths_lead_from_one_to_the_other(a, b):
    """Told by where they lead: at a pole and at the antipode an azimuth may be any, if the other end fits it."""
    distance_m, azimuth_deg, onward_deg = (float(x[0]) for x in inverse(*a, *b))
    there = EARTH.Direct(*a, azimuth_deg, distance_m)
    back = EARTH.Direct(*b, onward_deg, -distance_m)
    assert apart_m((there["lat2"], there["lon2"]), b) < EXACT_M
    assert apart_m((back["lat2"], back["lon2"]), a) < EXACT_M


@many
@given(a=spots, azimuth_deg=azimuths_deg, distance_m=st.floats(-2.5e7, 2.5e7))
def test_direct_agrees_with_geographiclib(a, azimuth_deg, distance_m):
    lat_deg, lon_deg, _ = (float(x[0]) for x in direct(*a, azimuth_deg, distance_m))
    there = EARTH.Direct(*a, azimuth_deg, distance_m)
    assert apart_m((lat_deg, lon_deg), (there["lat2"], there["lon2"])) < 2 * EXACT_M


@many
@given(a=spots, azimuth_deg=azimuths_deg, distance_m=st.floats(0, 1.9e7))
def test_direct_then_inverse_returns(a, azimuth_deg, distance_m):
    lat_deg, lon_deg, _ = (float(x[0]) for x in direct(*a, azimuth_deg, distance_m))
    assert ours_m(a, (lat_deg, lon_deg)) == pytest.approx(distance_m, abs=2 * EXACT_M)


@many
@given(a=spots, b=spots)
def test_inverse_is_symmetric(a, b):
    assert ours_m(a, b) == pytest.approx(ours_m(b, a), abs=EXACT_M)


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_unknown_stays_unknown(at, value):
    row = [10.0, 20.0, 30.0, 40.0]
    row[at] = value
    assert np.isnan(inverse(*row)).all()
    assert np.isnan(direct(*row)).all()


def test_a_latitude_beyond_the_pole_is_unknown():
    assert np.isnan(inverse(90.001, 0, 0, 0)).all()


@quick
@given(lat1=lats_deg, lon1=lons_deg, lat2=lats_deg, lon2=lons_deg)
def test_compiled_equals_plain(plain, lat1, lon1, lat2, lon2):
    slow = plain("geodesic")
    assert np.allclose(inverse(lat1, lon1, lat2, lon2), slow.inverse(lat1, lon1, lat2, lon2), rtol=0, atol=EXACT_M)
    assert np.allclose(direct(lat1, lon1, lon2, 1e6), slow.direct(lat1, lon1, lon2, 1e6), rtol=0, atol=1e-12)


def test_columns_are_broadcast():
    assert inverse(0.0, 0.0, [1.0, 2.0, 3.0], 0.0)[0].shape == (3,)


@pytest.mark.parametrize("quarter", range(-8, 9))
def test_sine_and_cosine_are_exact_at_quarters(quarter):
    assert sin_cos_deg(90.0 * quarter) == (round(math.sin(quarter * math.pi / 2)), round(math.cos(quarter * math.pi / 2)))


@pytest.mark.parametrize(("angle_deg", "wrapped_deg"), [(180.0, 180.0), (-180.0, -180.0), (190.0, -170.0), (-540.5, 179.5)])
def test_longitudes_wrap(angle_deg, wrapped_deg):
    assert wrap_deg(angle_deg) == wrapped_deg


ANNEX_C = [
    ((35.336111, 40.309444), (35.2010, 40.1834), 18_900, 50),
    ((35 + 20 / 60 + 10 / 3600, 40 + 18 / 60 + 34 / 3600), (35 + 20.10 / 60, 40 + 18.34 / 60), 364, 1),
    ((35.336111, 40.309444), (40.309444, 35.336111), 704_000, 500),
    ((35.336111, 40.309444), (35.33, 40.30), 1_090, 10),
    (
        (36 + 43 / 60 + 4.91 / 3600, 68 + 51 / 60 + 43.96 / 3600),
        (36 + 43 / 60 + 4.29 / 3600, 68 + 51 / 60 + 42.62 / 3600),
        38,
        0.5,
    ),
]
"""Digits typed as if of another form: what that does to the place. Requirements, Annex C."""


@pytest.mark.parametrize(("meant", "typed", "off_m", "within_m"), ANNEX_C)
def test_annex_c_distances(meant, typed, off_m, within_m):
    assert ours_m(meant, typed) == pytest.approx(off_m, abs=within_m)
