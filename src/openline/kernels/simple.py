"""Whether the rings of a polygon cross or touch themselves, or cross one another, and where.

Frame    pieces in space (`pieces`), metres.
Names    cross = each of two pieces has its ends on either side of the other. touch = an end of one lies on the other.
         A hole may touch its outer ring; a ring may not touch itself.
Time     none.
Unknown  refused before it comes here.
Source   own; the sides are inner products with the planes' normals, good to a nanometre.
Lemmas   a_figure_of_eight_is_refused_where_it_crosses · star_shapes_are_simple
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.pieces import BLOCK, dot, gap2, left_of_ring, nearest_on_line, nearest_on_piece

Floats = npt.NDArray[np.float64]

SIDE_M: Final = 1e-6  # a thousand times the rounding error of a side
TOUCH_M: Final = 1e-4  # a tenth of a millimetre: nobody draws that
OUTSIDE_M: Final = 0.01  # a hole may reach out of its outer ring by the centimetre that boundaries may be off


@jit
def pieces_cross(a: Floats, i: int, b: Floats, j: int) -> bool:
    """Whether piece i of `a` properly crosses piece j of `b`."""
    start = dot(a, i, 6, b[j, 0], b[j, 1], b[j, 2])
    end = dot(a, i, 6, b[j, 3], b[j, 4], b[j, 5])
    if not ((start > SIDE_M and end < -SIDE_M) or (start < -SIDE_M and end > SIDE_M)):
        return False
    start = dot(b, j, 6, a[i, 0], a[i, 1], a[i, 2])
    end = dot(b, j, 6, a[i, 3], a[i, 4], a[i, 5])
    if not ((start > SIDE_M and end < -SIDE_M) or (start < -SIDE_M and end > SIDE_M)):
        return False
    return dot(a, i, 0, b[j, 0], b[j, 1], b[j, 2]) > 0.0  # not on the far side of the Earth


@jit
def pieces_touch(a: Floats, i: int, b: Floats, j: int) -> bool:
    """Whether either piece's start lies on the other."""
    if nearest_on_piece(a, i, b[j, 0], b[j, 1], b[j, 2])[0] < TOUCH_M * TOUCH_M:
        return True
    return nearest_on_piece(b, j, a[i, 0], a[i, 1], a[i, 2])[0] < TOUCH_M * TOUCH_M


@jit
def first_meeting(a: Floats, blocks_a: Floats, b: Floats, blocks_b: Floats, same: bool) -> tuple[int, int]:
    """The first pair of pieces of two rings that cross, or (-1, -1).

    With `same`, of one ring that crosses or touches itself other than where one piece follows another.
    """
    count = a.shape[0]
    for block_a in range(blocks_a.shape[0]):
        x, y, z = blocks_a[block_a, 0], blocks_a[block_a, 1], blocks_a[block_a, 2]
        for block_b in range(block_a if same else 0, blocks_b.shape[0]):
            if gap2(blocks_b, block_b, 0, x, y, z) > (blocks_a[block_a, 3] + blocks_b[block_b, 3]) ** 2:
                continue
            for i in range(block_a * BLOCK, min((block_a + 1) * BLOCK, count)):
                for j in range(block_b * BLOCK, min((block_b + 1) * BLOCK, b.shape[0])):
                    if same and (j <= i + 1 or j - i == count - 1):
                        continue
                    if pieces_cross(a, i, b, j) or (same and pieces_touch(a, i, b, j)):
                        return i, j
    return -1, -1


@jit
def first_outside(outer: Floats, blocks: Floats, hole: Floats) -> int:
    """The first piece of a hole that begins outside the outer ring, or -1. On the ring is not outside."""
    for k in range(hole.shape[0]):
        x, y, z = hole[k, 0], hole[k, 1], hole[k, 2]
        chord2, piece, part = nearest_on_line(outer, blocks, 0, outer.shape[0], 0, x, y, z)
        if chord2 > OUTSIDE_M * OUTSIDE_M and not left_of_ring(outer, 0, outer.shape[0], piece, part, x, y, z):
            return k
    return -1


@jit
def crossing_point(a: Floats, i: int, b: Floats, j: int) -> tuple[float, float, float]:
    """A point in the direction where two crossing pieces meet."""
    x = a[i, 7] * b[j, 8] - a[i, 8] * b[j, 7]
    y = a[i, 8] * b[j, 6] - a[i, 6] * b[j, 8]
    z = a[i, 6] * b[j, 7] - a[i, 7] * b[j, 6]
    if x * a[i, 0] + y * a[i, 1] + z * a[i, 2] < 0.0:
        return -x, -y, -z
    return x, y, z
