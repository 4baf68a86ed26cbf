# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.kernels import geodesic
from openline.kernels.zones import ZoneIndex
from tests.rooms.kernels.shapes import Circle, Limit, Zone, away, many, paths_past, quick, shapes

NAN, INF = math.nan, math.inf


@st.composite
def approaches(draw):
    """An index of one zone, a ring, and a mover: start, track, speed and horizon."""
    zone, middle, radius_m = draw(shapes())
    offset_m = draw(st.sampled_from([0.0, 0.0, 2.0, 0.3 * radius_m, -0.03 * radius_m, 30_000.0]))
    start, track_deg, length_m = draw(paths_past(middle, radius_m))
    speed_mps = draw(st.sampled_from([1.5, 15.0, 250.0]))
    return ZoneIndex([zone]), offset_m, start, track_deg, speed_mps, length_m / speed_mps


@many
@given(approach=approaches())
def test_first_within_is_on_the_ring(approach):
    index, offset_m, start, track_deg, speed_mps, horizon_s = approach
    first_s = float(index.first_within_s(0, *start, track_deg, speed_mps, offset_m, horizon_s)[0])
    if first_s == INF:
        return
    assert 0.0 <= first_s <= horizon_s * (1 + 1e-12)
    lat_deg, lon_deg, _ = geodesic.direct(*start, track_deg, first_s * speed_mps)
    left_m = float(index.signed_distance_m(0, lat_deg, lon_deg)[0]) - offset_m
    assert left_m <= 0.05
    assert first_s == 0.0 or left_m > -0.05


@many
@given(approach=approaches())
def test_never_later_than_stepping(approach):
    """No step of 300 along the way is within the ring before the time given."""
    index, offset_m, start, track_deg, speed_mps, horizon_s = approach
    first_s = float(index.first_within_s(0, *start, track_deg, speed_mps, offset_m, horizon_s)[0])
    steps_s = np.linspace(0, horizon_s, 301)
    lat_deg, lon_deg, _ = geodesic.direct(*start, track_deg, steps_s * speed_mps)
    left_m = index.signed_distance_m(0, lat_deg, lon_deg) - offset_m
    within_s = steps_s[left_m < -0.05]
    assert not len(within_s) or first_s <= within_s[0] + 0.05 / speed_mps


@many
@given(approach=approaches())
def test_no_heading_is_faster_than_the_earliest(approach):
    index, offset_m, start, track_deg, speed_mps, horizon_s = approach
    first_s = index.first_within_s(0, *start, track_deg, speed_mps, offset_m, horizon_s)
    assert index.earliest_s(0, *start, speed_mps, offset_m)[0] <= first_s[0] + 0.05 / speed_mps


BESIDE = {"lat_deg": 0.0, "lon_deg": 1.0, "track_deg": 270.0, "speed_mps": 100.0, "offset_m": 0.0, "horizon_s": 3600.0}


@pytest.mark.parametrize("name", BESIDE)
def test_unknown_is_never_safe(name):
    """Whatever is unknown of a mover outside, the time is NaN: not inf, which would mean that it stays away."""
    index = ZoneIndex([Zone(Circle(0.0, 0.0, 10_000.0))])
    assert math.isnan(index.first_within_s(0, **(BESIDE | {name: NAN}))[0])


@pytest.mark.parametrize("name", ["track_deg", "speed_mps", "horizon_s"])
def test_a_mover_within_is_within_whatever_else_is_unknown(name):
    index = ZoneIndex([Zone(Circle(0.0, 1.0, 10_000.0))])
    assert index.first_within_s(0, **(BESIDE | {name: NAN}))[0] == 0.0


@pytest.mark.parametrize(("speed_mps", "first_s"), [(0.0, INF), (100.0, 1013.19)])
def test_a_mover_at_rest_never_comes(speed_mps, first_s):
    index = ZoneIndex([Zone(Circle(0.0, 0.0, 10_000.0))])
    assert index.first_within_s(0, **(BESIDE | {"speed_mps": speed_mps}))[0] == pytest.approx(first_s, abs=0.01)


def test_a_mover_at_rest_needs_no_track():
    index = ZoneIndex([Zone(Circle(0.0, 0.0, 10_000.0))])
    assert index.first_within_s(0, **(BESIDE | {"speed_mps": 0.0, "track_deg": NAN}))[0] == INF


def test_a_horizon_without_end_is_looked_at_as_far_as_a_path_may_go():
    index = ZoneIndex([Zone(Circle(0.0, 0.0, 10_000.0))])
    assert index.first_within_s(0, **(BESIDE | {"horizon_s": INF}))[0] == pytest.approx(1013.19, abs=0.01)


def breach(zone, place, altitude_m, track_deg, speed_mps, climb_mps, horizon_s=600.0):
    """Entry and exit, or nothing."""
    index = ZoneIndex([zone])
    _, _, entry_s, exit_s = index.time_to_breach(*place, altitude_m, track_deg, speed_mps, climb_mps, horizon_s)
    return (float(entry_s[0]), float(exit_s[0])) if len(entry_s) else None


BAND = Zone(Circle(0.0, 0.0, 10_000.0), lower=Limit(1_000.0), upper=Limit(2_000.0))
OVER, BEYOND = (0.0, 0.0), away(0.0, 0.0, 90.0, 20_000.0)


@quick
@given(altitude_m=st.floats(0, 990), climb_mps=st.floats(0.1, 50), hover=st.booleans())
def test_climb_into_the_band_is_entry(altitude_m, climb_mps, hover):
    """Over the zone, from below its band: in when the altitude is, out when it is through."""
    entry_s, exit_s = breach(BAND, OVER, altitude_m, 0.0, 0.0 if hover else 0.1, climb_mps, 20_000.0)
    through_s = (2_000 - altitude_m) / climb_mps
    assert entry_s == pytest.approx((1_000 - altitude_m) / climb_mps)
    assert exit_s == (pytest.approx(through_s) if through_s <= 20_000 else INF)


@pytest.mark.parametrize(
    ("altitude_m", "climb_mps", "expected"),
    [
        (1_500.0, 0.0, (100.0, 300.0)),
        (500.0, 0.0, None),
        (2_500.0, 0.0, None),
        (500.0, 4.0, (125.0, 300.0)),
        (2_500.0, -4.0, (125.0, 300.0)),
        (1_500.0, 4.0, (100.0, 125.0)),
        (1_500.0, -4.0, (100.0, 125.0)),
        (1_500.0, 40.0, None),
        (500.0, -4.0, None),
        (500.0, 1.0, None),
        (NAN, 0.0, (100.0, 300.0)),
        (1_500.0, NAN, (100.0, 300.0)),
        (500.0, NAN, (100.0, 300.0)),
    ],
)
def test_both_ways_in_must_be_open_at_once(altitude_m, climb_mps, expected):
    """At 100 m/s the circle is crossed from 100 s to 300 s; the altitude says when of that counts. Unknown counts always."""
    assert breach(BAND, BEYOND, altitude_m, 270.0, 100.0, climb_mps) == (
        expected if expected is None else pytest.approx(expected, abs=1e-3)
    )


@pytest.mark.parametrize(
    ("place", "track_deg", "speed_mps", "entry_s"),
    [(BEYOND, NAN, 100.0, NAN), (BEYOND, 270.0, NAN, NAN), (OVER, NAN, 100.0, 0.0), (OVER, 0.0, NAN, 0.0)],
)
def test_a_breach_that_cannot_be_told_is_a_finding(place, track_deg, speed_mps, entry_s):
    assert breach(BAND, place, 1_500.0, track_deg, speed_mps, 0.0) == pytest.approx((entry_s, NAN), nan_ok=True)


def test_an_unknown_track_too_far_off_to_come_is_no_finding():
    assert breach(BAND, away(0.0, 0.0, 90.0, 80_000.0), 1_500.0, NAN, 100.0, 0.0) is None


def test_an_exit_beyond_the_horizon_is_not_given():
    assert breach(BAND, BEYOND, 1_500.0, 270.0, 100.0, 0.0, 200.0) == pytest.approx((100.0, INF), abs=1e-3)


def test_each_limit_is_read_in_its_own_datum():
    zone = Zone(Circle(0.0, 0.0, 10_000.0), lower=Limit(100.0, "agl"), upper=Limit(3_000.0, "baro"))
    index = ZoneIndex([zone])
    by_datum = [[2_900.0, NAN, NAN, 50.0], [2_900.0, NAN, NAN, 150.0], [3_100.0, NAN, NAN, 150.0], [NAN, NAN, NAN, 150.0]]
    assert index.contains([0.0] * 4, [0.0] * 4, by_datum)[0].tolist() == [1, 3]


@quick
@given(approach=approaches())
def test_plain_times_are_the_compiled_times(plain, approach):
    index, offset_m, start, track_deg, speed_mps, horizon_s = approach
    slow = plain("zones").ZoneIndex([index._zones["zone"]])
    asked = (0, *start, track_deg, speed_mps, offset_m, horizon_s)
    assert slow.first_within_s(*asked)[0] == pytest.approx(index.first_within_s(*asked)[0], abs=1e-6, nan_ok=True)
