# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.kernels import legs
from openline.kernels.chart import join, lay_out
from openline.kernels.ecef import to_ecef
from openline.kernels.geodesic import direct
from openline.kernels.zones import ZoneIndex
from tests.rooms.kernels.shapes import Corridor, Zone, away, azimuths_deg, many, quick, spots


@many
@given(a=spots, azimuth_deg=azimuths_deg, share=st.floats(0, 1))
def test_leg_stays_on_the_geodesic(a, azimuth_deg, share):
    leg = legs.leg_from(a[0], a[1], azimuth_deg)
    there = to_ecef(*away(*a, azimuth_deg, share * legs.LEG_M))
    assert math.dist(legs.leg_point(leg, share * legs.LEG_M), there) < 1e-3


def spans_near(line, start, track_deg, length_m, r_m):
    layout = lay_out(Corridor(line, 1.0), "geodesic")
    charted = join([layout], np.zeros(1), np.zeros((1, 2)), np.zeros((1, 2), dtype=np.int64))
    spans = np.empty((legs.SPANS, 2))
    leg = legs.leg_from(start[0], start[1], track_deg)
    return spans[: legs.leg_spans(charted, 0, leg, 0.0, length_m, r_m, spans, 0)]


@many
@given(
    a=spots,
    track_deg=azimuths_deg,
    to_deg=azimuths_deg,
    far_m=st.floats(0, 20_000),
    line_deg=azimuths_deg,
    line_m=st.floats(1, 60_000),
    r_m=st.floats(0.001, 9_000),
)
def test_spans_agree_with_stepping(a, track_deg, to_deg, far_m, line_deg, line_m, r_m):
    """Walk the leg in a hundred steps: within r of the line is within a span, to centimetres."""
    begin = away(*a, to_deg, far_m)
    line = (begin, away(*begin, line_deg, line_m))
    spans = spans_near(line, a, track_deg, 20_000.0, r_m)
    steps_m = np.linspace(0, 20_000.0, 101)
    lat_deg, lon_deg, _ = direct(*a, track_deg, steps_m)
    off_m = ZoneIndex([Zone(Corridor(line, 1.0))]).signed_distance_m(0, lat_deg, lon_deg) + 1.0 - r_m
    within = np.array([any(low <= step_m <= high for low, high in spans) for step_m in steps_m])
    assert not (within & (off_m > 0.02)).any()
    assert not (~within & (off_m < -0.02)).any()


@pytest.mark.parametrize(
    ("quadratic", "span"),
    [
        ((0.0, 1.0, -2.0), (2.0, 5.0)),
        ((0.0, -1.0, 2.0), (0.0, 2.0)),
        ((0.0, 0.0, 1.0), (0.0, 5.0)),
        ((-1.0, 4.0, -3.0), (1.0, 3.0)),
        ((1.0, -4.0, 3.0), (0.0, 5.0)),
        ((1.0, -1.0, -2.0), (2.0, 5.0)),
        ((1.0, -8.0, 12.0), (0.0, 2.0)),
        ((1.0, 0.0, 1.0), (0.0, 5.0)),
    ],
)
def test_where_a_quadratic_is_positive(quadratic, span):
    assert legs.positive_span(*quadratic, 5.0) == pytest.approx(span)


@pytest.mark.parametrize("quadratic", [(1.0, 0.0, -100.0), (-1.0, 0.0, -1.0), (0.0, 0.0, -1.0), (-1.0, 16.0, -63.0)])
def test_where_a_quadratic_is_nowhere_positive(quadratic):
    low, high = legs.positive_span(*quadratic, 5.0)
    assert low > high


@quick
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 10)), max_size=60))
def test_spans_are_joined_and_sorted(put):
    spans = np.empty((legs.SPANS, 2))
    count = 0
    for low, length in put:
        count = legs.put_span(spans, count, low, low + length)
    held = spans[:count]
    assert (held[1:, 0] > held[:-1, 1]).all()
    assert all(((held[:, 0] <= low) & (held[:, 1] >= low + length)).any() for low, length in put)


def test_more_spans_than_there_is_room_for_are_joined_where_they_are_nearest():
    spans = np.empty((4, 2))
    count = 0
    for low in (0.0, 10.0, 20.0, 21.0):
        count = legs.put_span(spans, count, low, low + 0.5)
    assert spans[:count].tolist() == [[0.0, 0.5], [10.0, 10.5], [20.0, 21.5]]
