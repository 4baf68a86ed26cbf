# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.kernels.chart import lay_out
from tests.rooms.kernels.shapes import Polygon, apart_m, quick, spots, star, stars


@quick
@given(middle=spots, size_m=st.floats(100, 1e6), turn_deg=st.floats(0, 360), squeeze=st.floats(0.3, 1))
def test_a_figure_of_eight_is_refused_where_it_crosses(middle, size_m, turn_deg, squeeze):
    a, b, c, d = star(*middle, [size_m, size_m * squeeze, size_m, size_m], turn_deg)
    with pytest.raises(Refused) as refusal:
        lay_out(Polygon((a, c, b, d)), "geodesic")
    at = tuple(map(float, re.findall(r"at (-?[\d.]+), (-?[\d.]+) ", refusal.value.value)[0]))
    for ends in ((a, c), (b, d)):  # on an edge is where going by there is no way round
        assert apart_m(ends[0], at) + apart_m(at, ends[1]) - apart_m(*ends) < 0.01


@quick
@given(made=stars())
def test_star_shapes_are_simple(made):
    assert len(lay_out(Polygon(made[0]), "geodesic").pieces) == 1


TOUCHING = {
    "a corner on an edge": ((0, 0), (0, 2), (1, 2), (0, 1), (1, 0)),
    "a corner twice": ((0, 0), (0, 1), (1, 1), (0, 0), (-1, -1), (-1, 0)),
    "an edge there and back": ((0, 0), (0, 1), (1, 1), (0, 1), (-1, 0.5)),
}


@pytest.mark.parametrize("ring", TOUCHING.values(), ids=TOUCHING)
def test_a_ring_that_touches_itself_is_refused(ring):
    with pytest.raises(Refused, match="meets"):
        lay_out(Polygon(ring), "geodesic")


def test_holes_that_cross_are_refused():
    hole = ((0.2, 0.2), (0.2, 0.6), (0.6, 0.6), (0.6, 0.2))
    shifted = tuple((lat + 0.2, lon + 0.2) for lat, lon in hole)
    with pytest.raises(Refused, match="meets"):
        lay_out(Polygon(((0, 0), (0, 1), (1, 1), (1, 0)), (hole, shifted)), "geodesic")


def test_a_long_ragged_coast_is_simple():
    rng = np.random.default_rng(4)
    ring = star(20.0, 179.0, 50_000 + 20_000 * rng.random(3_000))
    assert sum(len(pieces) for pieces in lay_out(Polygon(ring), "geodesic").pieces) >= 3_000
