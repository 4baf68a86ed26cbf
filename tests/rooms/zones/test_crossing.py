"""Polygons that cross themselves are refused, naming where; others are not, wherever on the globe they lie."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.zones.crossing import middle, refuse_crossings
from openline.zones.zone import EdgeRule, Group, Point, Polygon
from tests.rooms.zones.made import polygons

SQUARE = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0))
RULES: tuple[EdgeRule, ...] = ("geodesic", "lonlat")


def refusal(polygon: Polygon, rule: EdgeRule = "lonlat") -> Refused:
    with pytest.raises(Refused) as caught:
        refuse_crossings(polygon, rule, "shape")
    return caught.value


def cap(lat_deg: float) -> Polygon:
    return Polygon(tuple((lat_deg, 30.0 * i - 180.0) for i in range(12)))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("lon_deg", [0.0, 179.5, -180.0, 90.0])
@pytest.mark.parametrize("lat_deg", [0.0, 60.0, -85.0])
def test_a_bow_tie_is_refused_at_its_knot(rule: EdgeRule, lon_deg: float, lat_deg: float) -> None:
    def at(lat: float, lon: float) -> Point:
        return lat_deg + lat, math.remainder(lon_deg + lon, 360.0)

    error = refusal(Polygon((at(0, 0), at(1, 1), at(1, 0), at(0, 1))), rule)

    knot = float(error.value.split("lat ")[1].split(",")[0])
    assert knot == pytest.approx(lat_deg + 0.5, abs=0.05)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("polygon", "says"),
    [
        (Polygon(SQUARE, (((2.0, 2.0), (2.0, 3.0), (3.0, 3.0)),)), "hole lies outside"),
        (Polygon(SQUARE, (((0.5, 0.5), (0.5, 2.0), (0.9, 2.0)),)), "self-intersection"),
        (Polygon(SQUARE, (((0.1, 0.1), (0.1, 0.9), (0.9, 0.9), (0.9, 0.1)), ((0.4, 0.4), (0.4, 0.6), (0.6, 0.6)))), "nested"),
        (Polygon(SQUARE, (((0.2, 0.2), (0.2, 0.6), (0.6, 0.2)), ((0.3, 0.3), (0.3, 0.7), (0.7, 0.3)))), "intersection"),
        (Polygon(((0.0, 0.0), (0.0, 1.0), (0.0, 2.0))), ""),
        (Polygon(((90.0, 0.0), (90.0, -170.0), (90.0, 170.0))), "no area"),
        (Polygon(((0.0, 0.0), (0.0, 1.0), (0.0, 0.0), (1.0, 0.0))), ""),
    ],
)
def test_what_does_not_enclose_one_area_is_refused(polygon: Polygon, says: str, rule: EdgeRule) -> None:
    assert says in refusal(polygon, rule).value


@settings(deadline=None, max_examples=200)
@given(polygons(), st.sampled_from(RULES))
def test_star_shaped_polygons_are_accepted_anywhere(polygon: Polygon, rule: EdgeRule) -> None:
    refuse_crossings(polygon, rule, "shape")


@settings(deadline=None, max_examples=100)
@given(polygons(), st.sampled_from(RULES), st.integers(0, 8), st.integers(2, 6))
def test_a_polygon_with_two_vertices_exchanged_is_refused_or_still_simple(
    polygon: Polygon, rule: EdgeRule, at: int, step: int
) -> None:
    line = list(polygon.outer)
    i, j = at % len(line), (at + step) % len(line)
    line[i], line[j] = line[j], line[i]
    if len(line) == 3 or i == j:
        return
    crossed = Polygon(tuple(line))

    # Of a star with four or more rays, exchanging two that are not neighbours or opposite in order crosses it.
    if len(line) >= 5 and (j - i) % len(line) not in (1, len(line) - 1):
        assert refusal(crossed, rule).field == "shape"


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("lat_deg", [60.0, -75.0])
def test_a_cap_around_a_pole_is_accepted(lat_deg: float, rule: EdgeRule) -> None:
    refuse_crossings(cap(lat_deg), rule, "shape")


def test_the_faulty_part_of_a_group_is_named() -> None:
    with pytest.raises(Refused) as caught:
        refuse_crossings(Group((Polygon(SQUARE), Polygon(((0.0, 5.0), (1.0, 6.0), (1.0, 5.0), (0.0, 6.0))))), "lonlat", "shape")

    assert caught.value.field == "shape.parts[1]"


def test_an_area_beyond_one_hemisphere_is_refused() -> None:
    assert (
        "too far apart"
        in refusal(Polygon(((-5.0, -85.0), (-5.0, 0.0), (-5.0, 85.0), (5.0, 85.0), (5.0, 0.0), (5.0, -85.0)))).value
    )


def test_a_band_around_the_equator_is_refused() -> None:
    assert refusal(cap(0.0)).accepted.startswith("an area")


def test_an_edge_of_180_degrees_does_not_say_which_way_round() -> None:
    error = refusal(Polygon(((60.0, -90.0), (60.0, 90.0), (70.0, 90.0), (70.0, -90.0))))

    assert error.field == "shape.outer[0]"


def test_a_meridian_over_the_pole_is_a_geodesic_edge() -> None:
    refuse_crossings(Polygon(((80.0, -90.0), (80.0, 90.0), (70.0, 0.0))), "geodesic", "shape")


def test_the_same_vertices_may_cross_by_one_rule_and_not_by_the_other() -> None:
    # The geodesic between two points of one parallel bows poleward over a vertex just north of the straight edge.
    polygon = Polygon(((50.0, 0.0), (50.5, 20.0), (50.0, 40.0), (55.0, 20.0)))
    refuse_crossings(polygon, "geodesic", "shape")
    bowed = Polygon(((50.0, 0.0), (50.0, 40.0), (49.0, 40.0), (50.5, 20.0), (49.0, 0.0)))

    refuse_crossings(bowed, "geodesic", "shape")
    assert "intersection" in refusal(bowed, "lonlat").value


def test_many_long_edges_are_cut_into_a_bounded_number_of_pieces() -> None:
    zigzag = tuple((60.0 if i % 2 else -60.0, -30.0 + 60.0 * i / 2000) for i in range(2001))

    refuse_crossings(Polygon((*zigzag, (-70.0, 0.0))), "lonlat", "shape")


def test_the_middle_of_points_across_180_lies_across_180() -> None:
    lat_deg, lon_deg = middle(((0.0, 179.0), (0.0, -179.0)))

    assert (lat_deg, abs(lon_deg)) == pytest.approx((0.0, 180.0))
