"""The nearest point of a line made of short arcs, and on which side of the line a place lies.

Frame    points in space on the WGS-84 surface (`ecef`), metres.
Names    piece = the part of the surface cut by the plane through two points A, B of it and the Earth's centre; short enough
         that it stays within 5 mm of the line it stands for (`split`). n = unit normal of that plane, to the left of A → B.
         A line is a run of pieces, the end of each the start of the next; a ring is a line whose end is its start.
         block = up to `BLOCK` consecutive pieces and a ball around them, so that far pieces are passed over sixteen at a time.
Time     none.
Unknown  the callers look for NaN before they come here.
Source   own derivation: dropping a point along n onto the plane and then to the surface misses the true foot of the
         perpendicular only along the line, by (flattening · distance)·flattening, which is second order in the distance.
Lemmas   nearest_agrees_with_a_dense_line · side_agrees_with_crossing_count
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.ecef import onto_surface

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BLOCK: Final = 16  # pieces in a block; 8 to 32 measure alike
COLUMNS: Final = 16
"""Columns of a piece: A 0–2, B 3–5, n 6–8, n×A 9–11, n×B 12–14 (both unit, pointing along), 15 the vertical's lean along n."""
LEAN: Final = 15

INTERIOR: Final = 0
AT_START: Final = -1
AT_END: Final = 1


@jit
def dot(rows: Floats, row: int, column: int, x_m: float, y_m: float, z_m: float) -> float:
    """Inner product of three columns of a row with a vector."""
    product: float = rows[row, column] * x_m + rows[row, column + 1] * y_m + rows[row, column + 2] * z_m
    return product


@jit
def gap2(rows: Floats, row: int, column: int, x_m: float, y_m: float, z_m: float) -> float:
    """Squared distance from a point to the one in three columns of a row."""
    dx, dy, dz = rows[row, column] - x_m, rows[row, column + 1] - y_m, rows[row, column + 2] - z_m
    squared: float = dx * dx + dy * dy + dz * dz
    return squared


@jit
def nearest_on_piece(pieces: Floats, piece: int, x_m: float, y_m: float, z_m: float) -> tuple[float, int]:
    """Squared chord to the nearest point of one piece, and which part of the piece that is."""
    if dot(pieces, piece, 9, x_m, y_m, z_m) < 0.0:
        return gap2(pieces, piece, 0, x_m, y_m, z_m), AT_START
    if dot(pieces, piece, 12, x_m, y_m, z_m) > 0.0:
        return gap2(pieces, piece, 3, x_m, y_m, z_m), AT_END
    fx, fy, fz = foot(pieces, piece, x_m, y_m, z_m)
    dx, dy, dz = fx - x_m, fy - y_m, fz - z_m
    return dx * dx + dy * dy + dz * dz, INTERIOR


@jit
def foot(pieces: Floats, piece: int, x_m: float, y_m: float, z_m: float) -> tuple[float, float, float]:
    """The point of a piece's whole circle below (x, y, z)."""
    h = dot(pieces, piece, 6, x_m, y_m, z_m)
    return onto_surface(x_m - h * pieces[piece, 6], y_m - h * pieces[piece, 7], z_m - h * pieces[piece, 8])


@jit
def nearest_on_line(
    pieces: Floats, blocks: Floats, first: int, end: int, block: int, x_m: float, y_m: float, z_m: float
) -> tuple[float, int, int]:
    """Nearest point of the pieces [first, end), whose balls start at `block`: squared chord, piece, part of it."""
    best2, best_piece, best_part = math.inf, first, INTERIOR
    count = (end - first + BLOCK - 1) // BLOCK
    start = 0
    if count > 1:  # begin with the block that promises most, so that the others are passed over
        promise = math.inf
        for i in range(count):
            far = math.sqrt(gap2(blocks, block + i, 0, x_m, y_m, z_m)) + blocks[block + i, 3]
            if far < promise:
                promise, start = far, i
    for k in range(count):
        i = (start + k) % count
        if count > 1:
            least = math.sqrt(gap2(blocks, block + i, 0, x_m, y_m, z_m)) - blocks[block + i, 3]
            if least > 0.0 and least * least > best2:
                continue
        for piece in range(first + i * BLOCK, min(first + (i + 1) * BLOCK, end)):
            chord2, part = nearest_on_piece(pieces, piece, x_m, y_m, z_m)
            if chord2 < best2:
                best2, best_piece, best_part = chord2, piece, part
    return best2, best_piece, best_part


@jit
def left_of_ring(pieces: Floats, first: int, end: int, piece: int, part: int, x_m: float, y_m: float, z_m: float) -> bool:
    """Whether a point lies to the left of a ring, given the nearest piece and part. At a corner both its pieces are asked."""
    here = dot(pieces, piece, 6, x_m, y_m, z_m) > 0.0
    if part == INTERIOR:
        return here
    before, after = piece, piece
    if part == AT_START:
        before = piece - 1 if piece > first else end - 1
    else:
        after = piece + 1 if piece + 1 < end else first
    left_before = dot(pieces, before, 6, x_m, y_m, z_m) > 0.0
    left_after = dot(pieces, after, 6, x_m, y_m, z_m) > 0.0
    turns_left = dot(pieces, before, 6, pieces[after, 3], pieces[after, 4], pieces[after, 5]) > 0.0
    if turns_left:
        return left_before and left_after
    return left_before or left_after
