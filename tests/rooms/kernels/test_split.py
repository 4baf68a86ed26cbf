# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.kernels import split
from openline.kernels.ecef import to_ecef
from openline.kernels.pieces import BLOCK, nearest_on_line
from tests.rooms.kernels.shapes import along, apart_m, away, azimuths_deg, many, quick, spots, stars


def edge_pieces(a, b, lonlat):
    points, _ = split.split_line(np.array([a[0], b[0]]), np.array([a[1], b[1]]), False, lonlat, 100_000)
    return split.line_pieces(points, False)


@many
@given(a=spots, azimuth_deg=azimuths_deg, power=st.floats(0, 6.3), share=st.floats(0, 1), lonlat=st.booleans())
def test_pieces_stay_on_the_edge(a, azimuth_deg, power, share, lonlat):
    """Any point of the declared edge is within 5 mm of the pieces that stand for it."""
    b = away(*a, azimuth_deg, 10.0**power)
    lonlat = lonlat and max(abs(a[0]), abs(b[0])) < 85 and power < 5.5
    pieces, blocks = edge_pieces(a, b, lonlat)
    at, _ = along(a, b, share, lonlat)
    chord2, _, _ = nearest_on_line(pieces, blocks, 0, len(pieces), 0, *to_ecef(*at))
    assert math.sqrt(chord2) <= split.STRAY_M_MAX + 1e-5


@quick
@given(made=stars())
def test_blocks_hold_their_pieces(made):
    lat_deg, lon_deg = np.array(made[0]).T.copy()
    points, _ = split.split_line(lat_deg, lon_deg, True, False, 100_000)
    pieces, blocks = split.line_pieces(points, True)
    own = blocks[np.arange(len(pieces)) // BLOCK]
    assert (np.linalg.norm(pieces[:, :3] - own[:, :3], axis=1) <= own[:, 3]).all()
    assert (np.linalg.norm(pieces[:, 3:6] - own[:, :3], axis=1) <= own[:, 3]).all()


@quick
@given(made=stars())
def test_the_ball_holds_the_ring_and_its_middle(made):
    ring, middle, _ = made
    lat_deg, lon_deg = np.array(ring).T.copy()
    points, _ = split.split_line(lat_deg, lon_deg, True, False, 100_000)
    *centre, radius_m = split.ball_around(points)
    assert all(math.dist(centre, point) <= radius_m for point in [*points, to_ecef(*middle)])


def test_a_parallel_is_split_where_the_geodesic_need_not_be():
    straight, _ = edge_pieces((60.0, 0.0), (60.0, 1.0), True)
    geodesic, _ = edge_pieces((60.0, 0.0), (60.0, 1.0), False)
    assert len(straight) > 20 * len(geodesic)


def test_points_said_twice_count_once():
    ring = np.array([[0, 0], [0, 0], [0, 1], [1, 1], [1, 1], [0, 0]], dtype=float)
    points, _ = split.split_line(ring[:, 0].copy(), ring[:, 1].copy(), True, False, 1000)
    assert (np.linalg.norm(np.roll(points, -1, axis=0) - points, axis=1) > 1.0).all()


def test_too_fine_a_line_is_not_split_at_all():
    assert split.split_line(np.array([60.0, 60.0]), np.array([0.0, 10.0]), False, True, 50)[0].shape == (0, 3)


@pytest.mark.parametrize(("azimuth_deg", "sign"), [(-1, 1), (1, -1)])
def test_turning_says_which_way_round(azimuth_deg, sign):
    ring = [to_ecef(*away(80.0, 179.0, azimuth_deg * k * 72, 2e6)) for k in range(5)]
    assert math.copysign(1, split.turning(np.array(ring), *to_ecef(80.0, 179.0))) == sign


def test_turning_of_what_lies_behind_is_unknown():
    assert math.isnan(split.turning(np.array([to_ecef(0, 170), to_ecef(1, 171), to_ecef(2, 170)]), *to_ecef(0, 0)))


@pytest.mark.parametrize("length_m", [0.01, 1.0, 100.0])
def test_short_pieces_have_straight_sides(length_m):
    """A centimetre's edge still knows its direction: its own end lies in its plane to micrometres."""
    pieces, _ = edge_pieces((33.5, 38.6), away(33.5, 38.6, 77.0, length_m), False)
    assert abs(float(pieces[0, 6:9] @ np.array(to_ecef(*away(33.5, 38.6, 77.0, 2 * length_m))))) < 1e-5
    assert apart_m((33.5, 38.6), away(33.5, 38.6, 77.0, length_m)) == pytest.approx(length_m, abs=1e-8)
