# mypy: disable-error-code="call-arg, arg-type"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.kernels import geodesic, paths
from openline.kernels.zones import ZoneIndex
from tests.rooms.kernels.shapes import Circle, Polygon, Zone, away, many, paths_past, shapes


def spans_of(index, start, track_deg, length_m, offset_m):
    row = [np.array([float(x)]) for x in (*start, track_deg, length_m, offset_m)]
    _, table = paths.path_rows(index.chart, np.zeros(1, np.int64), *row, False)
    return table


@st.composite
def situations(draw):
    zone, middle, radius_m = draw(shapes())
    offset_m = draw(
        st.sampled_from([0.0, 0.0, 1.0, 0.1 * radius_m, radius_m, -0.05 * radius_m, -1.0, 20_000.0, 50_000.0, 400_000.0])
    )
    return ZoneIndex([zone]), offset_m, *draw(paths_past(middle, radius_m))


@many
@given(situation=situations())
def test_spans_agree_with_stepping_the_true_distance(situation):
    """Walk the path in 400 steps: where the signed distance is below the offset by 5 cm is a span, and where above is none."""
    index, offset_m, start, track_deg, length_m = situation
    spans = spans_of(index, start, track_deg, length_m, offset_m)
    steps_m = np.linspace(0, length_m, 401)
    lat_deg, lon_deg, _ = geodesic.direct(*start, track_deg, steps_m)
    left_m = index.signed_distance_m(0, lat_deg, lon_deg) - offset_m
    within = ((steps_m[:, None] >= spans[:, 0]) & (steps_m[:, None] <= spans[:, 1])).any(axis=1)
    assert not (within & (left_m > 0.05)).any()
    assert not (~within & (left_m < -0.05)).any()


@many
@given(situation=situations())
def test_path_ends_at_the_ring(situation):
    index, offset_m, start, track_deg, length_m = situation
    spans = spans_of(index, start, track_deg, length_m, offset_m)
    ends_m = spans[(spans > 0) & (spans < length_m)]
    lat_deg, lon_deg, _ = geodesic.direct(*start, track_deg, ends_m) if len(ends_m) else ([], [], [])
    assert (np.abs(index.signed_distance_m(np.zeros(len(ends_m)), lat_deg, lon_deg) - offset_m) < 0.05).all()


def test_a_row_with_anything_unknown_has_no_spans():
    index = ZoneIndex([Zone(Circle(0, 0, 1e4))])
    row = [np.zeros(1), np.zeros(1), np.zeros(1), np.full(1, 1e5), np.zeros(1)]
    for unknown in range(5):
        columns = [np.full(1, np.nan) if i == unknown else column for i, column in enumerate(row)]
        first, table = paths.path_rows(index.chart, np.zeros(1, np.int64), *columns, False)
        assert first.tolist() == [0, 0]
        assert len(table) == 0


def test_many_rows_with_many_spans_find_room():
    teeth = [((0.1 if k % 4 in (1, 2) else 0.01), 0.01 * (k // 2)) for k in range(40)]
    comb = [(-0.01, 0.0), *teeth, (-0.01, 0.2)]
    index = ZoneIndex([Zone(Polygon(tuple(comb)))])
    rows = 300
    start = away(0.05, -0.05, 0.0, 0.0)
    columns = [np.full(rows, x) for x in (*start, 90.0, 40_000.0, 0.0)]
    first, table = paths.path_rows(index.chart, np.zeros(rows, np.int64), *columns, False)
    assert len(set(np.diff(first))) == 1
    assert len(table) == rows * np.diff(first)[0]
    assert np.diff(first)[0] > 5


@pytest.mark.parametrize("beside_m", [-0.5, 0.5])
def test_along_a_boundary_a_path_keeps_its_side(beside_m):
    """A mover half a metre beside a boundary of 60 km: inside all the way, or never."""
    a = (10.0, 20.0)
    b = away(*a, 70.0, 60_000.0)
    index = ZoneIndex([Zone(Polygon((a, b, away(*b, -20.0, 9_000.0), away(*a, -20.0, 9_000.0))))])
    start = away(*a, 160.0, beside_m)
    spans = spans_of(index, start, 70.0, 50_000.0, 0.0)
    assert len(spans) == (1 if beside_m < 0 else 0)
