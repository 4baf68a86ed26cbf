"""Whether the rings of a polygon cross themselves or one another, and where.

Frame    pieces in space (`pieces`), metres.
Names    cross = each of two pieces has its ends on either side of the other. touch = a corner of one ring on another.
         A hole may touch its outer ring at single points; a ring may not touch itself.
Time     none.
Unknown  refused before it comes here.
Source   own; the sides are inner products with the planes' normals, good to a nanometre, so what is closer than
         `TOUCH_M` counts as touching, not crossing.
Lemmas   a_figure_of_eight_is_refused_where_it_crosses · star_shapes_are_simple
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.pieces import BLOCK, dot, gap2, nearest_on_piece

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TOUCH_M: Final = 1e-6


@jit
def pieces_cross(a: Floats, i: int, b: Floats, j: int) -> bool:
    """Whether piece i of `a` properly crosses piece j of `b`."""
    start = dot(a, i, 6, b[j, 0], b[j, 1], b[j, 2])
    end = dot(a, i, 6, b[j, 3], b[j, 4], b[j, 5])
    if not ((start > TOUCH_M and end < -TOUCH_M) or (start < -TOUCH_M and end > TOUCH_M)):
        return False
    start = dot(b, j, 6, a[i, 0], a[i, 1], a[i, 2])
    end = dot(b, j, 6, a[i, 3], a[i, 4], a[i, 5])
    if not ((start > TOUCH_M and end < -TOUCH_M) or (start < -TOUCH_M and end > TOUCH_M)):
        return False
    return dot(a, i, 0, b[j, 0], b[j, 1], b[j, 2]) > 0.0  # not on the far side of the Earth


@jit
def first_crossing(a: Floats, blocks_a: Floats, b: Floats, blocks_b: Floats, same: bool) -> tuple[int, int]:
    """The first pair of pieces of two rings that cross, or (-1, -1). With `same`, a ring against itself."""
    for block_a in range(blocks_a.shape[0]):
        x, y, z = blocks_a[block_a, 0], blocks_a[block_a, 1], blocks_a[block_a, 2]
        for block_b in range(block_a if same else 0, blocks_b.shape[0]):
            if gap2(blocks_b, block_b, 0, x, y, z) > (blocks_a[block_a, 3] + blocks_b[block_b, 3]) ** 2:
                continue
            for i in range(block_a * BLOCK, min((block_a + 1) * BLOCK, a.shape[0])):
                for j in range(block_b * BLOCK, min((block_b + 1) * BLOCK, b.shape[0])):
                    if (not same or j > i) and pieces_cross(a, i, b, j):
                        return i, j
    return -1, -1


@jit
def first_touch(pieces: Floats, blocks: Floats, edges: Ints, apart_m: float) -> tuple[int, int]:
    """The first piece of a ring within `apart_m` of a corner it does not begin or end in, and the piece that begins there."""
    count = pieces.shape[0]
    for j in range(count):
        before = j - 1 if j > 0 else count - 1
        if edges[j] == edges[before] and count > 1:
            continue  # a point between two declared corners
        x, y, z = pieces[j, 0], pieces[j, 1], pieces[j, 2]
        for block in range(blocks.shape[0]):
            if gap2(blocks, block, 0, x, y, z) > (blocks[block, 3] + apart_m) ** 2:
                continue
            for i in range(block * BLOCK, min((block + 1) * BLOCK, count)):
                if i != j and i != before and nearest_on_piece(pieces, i, x, y, z)[0] < apart_m * apart_m:
                    return i, j
    return -1, -1


@jit
def crossing_point(a: Floats, i: int, b: Floats, j: int) -> tuple[float, float, float]:
    """A point in the direction where two crossing pieces meet."""
    x = a[i, 7] * b[j, 8] - a[i, 8] * b[j, 7]
    y = a[i, 8] * b[j, 6] - a[i, 6] * b[j, 8]
    z = a[i, 6] * b[j, 7] - a[i, 7] * b[j, 6]
    if x * a[i, 0] + y * a[i, 1] + z * a[i, 2] < 0.0:
        return -x, -y, -z
    return x, y, z
