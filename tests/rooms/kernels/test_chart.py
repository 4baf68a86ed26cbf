# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.kernels import chart
from openline.kernels.zones import ZoneIndex
from tests.rooms.kernels.shapes import (
    Circle,
    Corridor,
    Group,
    Polygon,
    Zone,
    away,
    azimuths_deg,
    quick,
    star,
    stars,
)

SQUARE = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0))
NAN = math.nan


@quick
@given(made=stars(), azimuth_deg=azimuths_deg, share=st.floats(0, 2))
def test_either_way_round_is_the_same_zone(made, azimuth_deg, share):
    ring, middle, radius_m = made
    place = away(*middle, azimuth_deg, share * radius_m)
    index = ZoneIndex([Zone(Polygon(ring), id="one"), Zone(Polygon(ring[::-1]), id="other")])
    one_m, other_m = index.signed_distance_m([0, 1], *place)
    assert one_m == pytest.approx(other_m, abs=0.006)


REFUSED = [
    ("shape.radius_m", Circle(0, 0, 0.0)),
    ("shape.radius_m", Circle(0, 0, -5.0)),
    ("shape.radius_m", Circle(0, 0, NAN)),
    ("shape.radius_m", Circle(0, 0, 9_000_001.0)),
    ("shape", Circle(91.0, 0, 1.0)),
    ("shape", Circle(NAN, 0, 1.0)),
    ("shape.half_width_m", Corridor(SQUARE, 0.0)),
    ("shape.half_width_m", Corridor(SQUARE, 1_000_001.0)),
    ("shape.line", Corridor(SQUARE[:1], 10.0)),
    ("shape.line", Corridor((SQUARE[0], SQUARE[0]), 10.0)),
    ("shape.outer", Polygon(SQUARE[:2])),
    ("shape.outer", Polygon((SQUARE[0],) * 5)),
    ("shape.outer", Polygon(((0, 0), (0, 1), (0, 2)))),
    ("shape.outer[2]", Polygon(((0, 0), (0, 1), (0, 181.0)))),
    ("shape.outer", Polygon(star(0, 0, [8_500_000.0] * 40))),
    ("shape.outer[0]", Polygon(((-45, 0), (46, 10), (0, 20)))),
    ("shape.holes[0]", Polygon(SQUARE, (((2, 2), (2, 3), (3, 3)),))),
    ("shape.holes[0]", Polygon(SQUARE, (((0.2, 0.2), (0.2, 1.4), (0.4, 0.4)),))),
    ("shape.holes[0][1]", Polygon(SQUARE, (((0.2, 0.2), (NAN, 0.4), (0.4, 0.4)),))),
    ("shape.parts", Group(())),
    ("shape.parts[1].radius_m", Group((Circle(0, 0, 1.0), Circle(0, 0, 0.0)))),
    ("shape", object()),
]


@pytest.mark.parametrize(("field", "shape"), REFUSED)
def test_shapes_beyond_a_limit_are_refused(field, shape):
    with pytest.raises(Refused) as refusal:
        chart.lay_out(shape, "geodesic")
    assert refusal.value.field == field


def test_more_vertices_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(chart, "VERTICES_MAX", 5)
    with pytest.raises(Refused, match="3 to 5 points"):
        chart.lay_out(Polygon(star(0, 0, [1000.0] * 6)), "geodesic")


def test_a_boundary_that_needs_too_many_pieces_is_refused(monkeypatch):
    monkeypatch.setattr(chart, "PIECES_MAX", 100)
    with pytest.raises(Refused, match="at most 100 pieces"):
        chart.lay_out(Polygon(((60, 0), (60, 20), (61, 20), (61, 0))), "lonlat")


def test_half_the_parallel_could_go_either_way_and_is_refused():
    with pytest.raises(Refused, match="180° of longitude"):
        chart.lay_out(Polygon(((80, -90), (80, 90), (70, 0))), "lonlat")


def test_an_unknown_edge_rule_is_refused():
    with pytest.raises(Refused, match="geodesic or lonlat"):
        chart.lay_out(Circle(0, 0, 1.0), "rhumb")


def test_chart_keeps_slots():
    """Removing a zone moves no other; its slot is empty, then given to the next."""
    index = ZoneIndex([Zone(Circle(i, i, 1e4), id=str(i)) for i in range(4)])
    index.remove("1")
    assert index.ids == ("0", None, "2", "3")
    assert index.signed_distance_m([0, 2, 3], [0, 2, 3], [0, 2, 3]).tolist() == [-1e4] * 3
    assert index.add(Zone(Circle(9, 9, 1e4), id="9")) == 1


def test_an_empty_index_has_an_empty_chart():
    assert ZoneIndex().chart.ball.shape == (0, 4)


def test_a_pole_as_a_corner_makes_no_spiral():
    """Straight in longitude and latitude from (90, 0) by (90, 90): the sides are meridians, and the corner is one point."""
    index = ZoneIndex([Zone(Polygon(((90, 0), (80, 0), (80, 90), (90, 90))), edge_rule="lonlat")])
    inside = index.signed_distance_m(0, [85, 85, 85, 89.99], [45, -45, 135, 45]) < 0
    assert inside.tolist() == [True, False, False, True]


def test_columns_of_a_chart_are_of_one_kind_however_numbers_were_written():
    whole, real = ZoneIndex([Zone(Circle(1, 2, 3))]).chart, ZoneIndex([Zone(Circle(1.0, 2.0, 3.0))]).chart
    kinds = [[column.dtype for column in one if isinstance(column, np.ndarray)] for one in (whole, real)]
    assert kinds[0] == kinds[1]
