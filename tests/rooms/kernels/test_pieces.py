# mypy: disable-error-code="call-arg, arg-type"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
import math
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openline.kernels import pieces as kernel
from openline.kernels import split
from openline.kernels.ecef import to_ecef
from tests.rooms.kernels.shapes import along, apart_m, away, azimuths_deg, quick, stars


def ring_pieces(ring):
    lat_deg, lon_deg = np.array(ring).T.copy()
    points, _ = split.split_line(lat_deg, lon_deg, True, False, 100_000)
    return split.line_pieces(points, True)


@quick
@given(made=stars(20_000), azimuth_deg=azimuths_deg, share=st.floats(0, 2))
def test_nearest_agrees_with_a_dense_line(made, azimuth_deg, share):
    """No point of the boundary, walked in 24 steps an edge, is nearer than the nearest; and some are nearly as near."""
    ring, middle, radius_m = made
    place = away(*middle, azimuth_deg, share * radius_m)
    pieces, blocks = ring_pieces(ring)
    chord2, _, _ = kernel.nearest_on_line(pieces, blocks, 0, len(pieces), 0, *to_ecef(*place))
    ends = zip(ring, (*ring[1:], ring[0]), strict=True)
    walked_m = min(apart_m(place, along(a, b, k / 24)[0]) for a, b in ends for k in range(24))
    assert math.sqrt(chord2) <= walked_m + 0.006
    assert math.sqrt(chord2) >= walked_m - 2.5 * radius_m / 24


def crossings_of_ring(points, place, outside):
    """How often the arc from a place to one outside meets a ring: vectors only, and nothing of the kernel's."""
    count = 0
    across = np.cross(place, outside)
    for a, b in zip(points, np.roll(points, -1, axis=0), strict=True):
        side = np.cross(a, b)
        apart = (across @ a > 0) != (across @ b > 0)
        count += apart and (side @ place > 0) != (side @ outside > 0)
    return count


@quick
@given(made=stars(300_000), azimuth_deg=azimuths_deg, share=st.floats(0, 1.3))
def test_side_agrees_with_crossing_count(made, azimuth_deg, share):
    ring, middle, radius_m = made
    place: Any = np.array(to_ecef(*away(*middle, azimuth_deg, share * radius_m)))
    outside: Any = np.array(to_ecef(*away(*middle, azimuth_deg + 1.234, 3 * radius_m)))
    pieces, blocks = ring_pieces(ring)
    _, piece, part = kernel.nearest_on_line(pieces, blocks, 0, len(pieces), 0, *place)
    inside = crossings_of_ring(pieces[:, :3], place, outside) % 2 == 1
    assert kernel.left_of_ring(pieces, 0, len(pieces), piece, part, *place) == inside
