"""The 180° meridian: cut going out, joined coming in."""

import math

import pytest
import shapely
from hypothesis import given, settings

from openline.zones.seam import cut, joined, without_seam
from openline.zones.zone import Polygon
from tests.rooms.zones.made import polygons

EAST = Polygon(((10.0, 170.0), (10.0, 180.0), (20.0, 180.0), (20.0, 170.0)))
WEST = Polygon(((10.0, -180.0), (10.0, -170.0), (20.0, -170.0), (20.0, -180.0)))


def plane(polygon: Polygon) -> shapely.Polygon:
    return shapely.Polygon(
        [(lon, lat) for lat, lon in polygon.outer], [[(lon, lat) for lat, lon in hole] for hole in polygon.holes]
    )


def test_two_halves_become_one_area() -> None:
    (whole,) = joined([EAST, WEST])

    assert {(round(lat), round(lon)) for lat, lon in whole.outer} >= {(10, 170), (20, 170), (10, -170), (20, -170)}


def test_parts_that_only_touch_180_at_different_latitudes_stay_apart() -> None:
    far = Polygon(tuple((lat + 40.0, lon) for lat, lon in WEST.outer))

    assert joined([EAST, far]) == [EAST, far]


def test_other_parts_are_left_as_they_are() -> None:
    other = Polygon(((0.0, 0.0), (0.0, 1.0), (1.0, 1.0)))

    assert other in joined([EAST, other, WEST])


def test_halves_with_a_hole_across_the_seam_keep_the_hole() -> None:
    east = Polygon(
        ((0.0, 170.0), (0.0, 180.0), (4.0, 180.0), (4.0, 175.0), (6.0, 175.0), (6.0, 180.0), (10.0, 180.0), (10.0, 170.0))
    )
    west = Polygon(
        (
            (0.0, -180.0),
            (0.0, -170.0),
            (10.0, -170.0),
            (10.0, -180.0),
            (6.0, -180.0),
            (6.0, -175.0),
            (4.0, -175.0),
            (4.0, -180.0),
        )
    )

    (whole,) = joined([east, west])

    assert len(whole.holes) == 1


def test_a_polygon_on_one_side_is_not_cut() -> None:
    assert cut(EAST) is None


@settings(deadline=None, max_examples=200)
@given(polygons())
def test_the_pieces_of_a_cut_polygon_have_its_area_and_stay_on_their_side(polygon: Polygon) -> None:
    pieces = cut(polygon)
    if pieces is None:
        return
    lons = [lon for piece in pieces for lon, _ in plane(piece).exterior.coords]

    def moved(line: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        return tuple((lat, math.remainder(lon - polygon.outer[0][1], 360.0)) for lat, lon in line)

    whole = plane(Polygon(moved(polygon.outer), tuple(moved(hole) for hole in polygon.holes)))
    assert all(-180.0 <= lon <= 180.0 for lon in lons)
    assert sum(plane(piece).area for piece in pieces) == pytest.approx(whole.area, rel=1e-6)


def test_a_cap_around_a_pole_is_drawn_to_the_pole() -> None:
    pieces = cut(Polygon(tuple((60.0, 30.0 * i - 170.0) for i in range(12))))

    assert pieces is not None
    assert sum(plane(piece).area for piece in pieces) == pytest.approx(360.0 * 30.0)


def test_an_excursion_to_the_pole_along_the_seam_is_taken_out() -> None:
    line = ((-60.0, -180.0), (-60.0, -90.0), (-60.0, 0.0), (-60.0, 90.0), (-60.0, 180.0), (-90.0, 180.0), (-90.0, -180.0))

    assert sorted(without_seam(line)) == [(-60.0, -90.0), (-60.0, 0.0), (-60.0, 90.0), (-60.0, 180.0)]


def test_a_corner_at_the_pole_off_the_seam_is_kept() -> None:
    line = ((0.0, 0.0), (90.0, 0.0), (90.0, 90.0), (0.0, 90.0))

    assert set(without_seam(line)) == set(line)


def test_a_long_line_to_and_fro_along_the_seam_takes_linear_time() -> None:
    to_and_fro = tuple((float(i % 2), 180.0) for i in range(20_000))

    assert len(without_seam(((0.0, 0.0), *to_and_fro))) < 5


def test_halves_that_cross_themselves_are_left_to_be_refused() -> None:
    knot = Polygon(((10.0, 170.0), (10.0, 180.0), (20.0, 180.0), (12.0, 175.0), (20.0, 170.0), (10.0, 178.0)))

    assert joined([knot, WEST]) == [knot, WEST]
