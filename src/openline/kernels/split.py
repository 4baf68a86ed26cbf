"""Boundaries split into short arcs, each within 5 mm of the edge it stands for.

Frame    vertices in degrees on WGS-84; pieces and balls in space (`ecef`), metres.
Names    edge = what runs between two declared vertices, by one of two rules: the geodesic, or straight in longitude and
         latitude (RFC 7946), the shorter way round. Piece, ring, block as in `pieces`.
Time     none.
Unknown  refused before it comes here.
Source   the plane through the Earth's centre leaves the geodesic by 6.6 mm at 10 km, a line straight in longitude and latitude
         leaves it by metres (measured); both as the square of the length, which gives the number of pieces.
Lemmas   pieces_stay_on_the_edge · blocks_hold_their_pieces
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.ecef import Xyz, onto_surface, to_ecef, upward
from openline.kernels.geodesic import direct_one, inverse_one, wrap_deg
from openline.kernels.pieces import BLOCK, COLUMNS, LEAN

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STRAY_M_MAX: Final = 0.005  # half of the 1 cm that a boundary may be off
PIECE_M_MAX: Final = 20_000.0  # first guess where the edge needs no splitting (a meridian, the equator)
SAME_PLACE_M: Final = 0.001  # points closer than this are one point: no survey and no feed resolves a millimetre
_LOOKS_MAX: Final = 64  # midpoints looked at in one edge; the stray changes slowly along it


@jit
def _on_edge(lat_deg: float, lon_deg: float, north: float, east: float, lonlat: bool, share: float) -> tuple[float, float]:
    """The place at a share of an edge. `north`, `east`: lat and lon to go, or, on a geodesic, azimuth and distance."""
    if lonlat:
        return lat_deg + share * north, wrap_deg(lon_deg + share * east)
    if share == 0.0:
        return lat_deg, lon_deg
    to_lat_deg, to_lon_deg, _ = direct_one(lat_deg, lon_deg, north, east * share)
    return to_lat_deg, to_lon_deg


@jit
def _normal(ax_m: float, ay_m: float, az_m: float, bx_m: float, by_m: float, bz_m: float) -> Xyz:
    """A × B, as A × (B - A): of points a metre apart the plain product would leave an error of millimetres."""
    dx, dy, dz = bx_m - ax_m, by_m - ay_m, bz_m - az_m
    return ay_m * dz - az_m * dy, az_m * dx - ax_m * dz, ax_m * dy - ay_m * dx


@jit
def _stray_m(lat_deg: float, lon_deg: float, north: float, east: float, lonlat: bool, parts: int, part: int) -> float:
    """How far the middle of one of `parts` equal shares of an edge lies from the plane of the share's ends."""
    a = _on_edge(lat_deg, lon_deg, north, east, lonlat, part / parts)
    m = _on_edge(lat_deg, lon_deg, north, east, lonlat, (part + 0.5) / parts)
    b = _on_edge(lat_deg, lon_deg, north, east, lonlat, (part + 1) / parts)
    ax, ay, az = to_ecef(a[0], a[1])
    mx, my, mz = to_ecef(m[0], m[1])
    bx, by, bz = to_ecef(b[0], b[1])
    nx, ny, nz = _normal(ax, ay, az, bx, by, bz)
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    if length == 0.0:
        return math.sqrt((mx - ax) ** 2 + (my - ay) ** 2 + (mz - az) ** 2)
    return abs(mx * nx + my * ny + mz * nz) / length


@jit
def _shares(lat_deg: float, lon_deg: float, north: float, east: float, lonlat: bool, length_m: float, most: int) -> int:
    """Into how many shares an edge must be split; more than `most` when that is not enough."""
    parts = max(1, math.ceil(length_m / PIECE_M_MAX))
    if lonlat and abs(east) > 90.0:
        parts = max(parts, 8)  # a large turn about a pole can look straight in its middle
    while parts <= most:
        looks = min(parts, _LOOKS_MAX)
        worst_m = 0.0
        for look in range(looks):
            part = look * (parts - 1) // max(1, looks - 1)
            worst_m = max(worst_m, _stray_m(lat_deg, lon_deg, north, east, lonlat, parts, part))
        if worst_m <= STRAY_M_MAX:
            break
        parts = math.ceil(parts * min(8.0, max(1.05, 1.01 * math.sqrt(worst_m / STRAY_M_MAX))))
    return parts


@jit
def split_line(lat_deg: Floats, lon_deg: Floats, closed: bool, lonlat: bool, most: int) -> tuple[Floats, Ints]:
    """Points (k, 3) along a line, ends included (of a ring the start only), and for each the edge it begins or lies in.

    Points closer than a millimetre to the one before are left out. Empty when more than `most` would be needed.
    """
    points, edges = np.empty((64, 3)), np.empty(64, np.int64)
    count = 0
    vertices = lat_deg.shape[0]
    for i in range(vertices if closed else vertices - 1):
        j = (i + 1) % vertices
        length_m, azimuth_deg, _ = inverse_one(lat_deg[i], lon_deg[i], lat_deg[j], lon_deg[j])
        north, east = azimuth_deg, length_m
        if lonlat:
            north, east = lat_deg[j] - lat_deg[i], wrap_deg(lon_deg[j] - lon_deg[i])
        parts = _shares(lat_deg[i], lon_deg[i], north, east, lonlat, length_m, most)
        if count + parts > most:
            return np.empty((0, 3)), np.empty(0, np.int64)
        for part in range(parts):
            if count + 1 >= points.shape[0]:
                points, edges = _grown(points, edges)
            at = _on_edge(lat_deg[i], lon_deg[i], north, east, lonlat, part / parts)
            count = _put(points, edges, count, i, at[0], at[1])
    if not closed:
        count = _put(points, edges, count, vertices - 2, lat_deg[vertices - 1], lon_deg[vertices - 1])
    while closed and count > 1 and _apart_m(points, count - 1, 0) < SAME_PLACE_M:
        count -= 1
    return points[:count].copy(), edges[:count].copy()


@jit
def _put(points: Floats, edges: Ints, count: int, edge: int, lat_deg: float, lon_deg: float) -> int:
    """Write one point behind the `count` there are, unless it is the last one again; how many there are then."""
    points[count, 0], points[count, 1], points[count, 2] = to_ecef(lat_deg, lon_deg)
    if count > 0 and _apart_m(points, count, count - 1) < SAME_PLACE_M:
        return count
    edges[count] = edge
    return count + 1


@jit
def _grown(points: Floats, edges: Ints) -> tuple[Floats, Ints]:
    """The same points and edges with twice the room."""
    size = points.shape[0]
    more_points, more_edges = np.empty((2 * size, 3)), np.empty(2 * size, np.int64)
    for i in range(size):
        more_edges[i] = edges[i]
        for axis in range(3):
            more_points[i, axis] = points[i, axis]
    return more_points, more_edges


@jit
def _apart_m(points: Floats, i: int, j: int) -> float:
    """Straight distance between two points."""
    return math.sqrt(
        (points[i, 0] - points[j, 0]) ** 2 + (points[i, 1] - points[j, 1]) ** 2 + (points[i, 2] - points[j, 2]) ** 2
    )


@jit
def _write_piece(pieces: Floats, k: int, points: Floats, i: int, j: int) -> None:
    """Fill one row of `pieces`: the arc from point i to point j."""
    ax, ay, az = points[i, 0], points[i, 1], points[i, 2]
    bx, by, bz = points[j, 0], points[j, 1], points[j, 2]
    nx, ny, nz = _normal(ax, ay, az, bx, by, bz)
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / length, ny / length, nz / length
    ra, rb = math.sqrt(ax * ax + ay * ay + az * az), math.sqrt(bx * bx + by * by + bz * bz)
    ux, uy, uz = upward(ax + bx, ay + by, az + bz)
    pieces[k, 0], pieces[k, 1], pieces[k, 2] = ax, ay, az
    pieces[k, 3], pieces[k, 4], pieces[k, 5] = bx, by, bz
    pieces[k, 6], pieces[k, 7], pieces[k, 8] = nx, ny, nz
    pieces[k, 9], pieces[k, 10], pieces[k, 11] = (ny * az - nz * ay) / ra, (nz * ax - nx * az) / ra, (nx * ay - ny * ax) / ra
    pieces[k, 12], pieces[k, 13], pieces[k, 14] = (ny * bz - nz * by) / rb, (nz * bx - nx * bz) / rb, (nx * by - ny * bx) / rb
    pieces[k, LEAN] = ux * nx + uy * ny + uz * nz


@jit
def line_pieces(points: Floats, closed: bool) -> tuple[Floats, Floats]:
    """Pieces (n, 16) of a line and the balls (ceil(n / BLOCK), 4) around runs of them."""
    count = points.shape[0] if closed else points.shape[0] - 1
    pieces = np.empty((count, COLUMNS))
    for k in range(count):
        _write_piece(pieces, k, points, k, (k + 1) % points.shape[0])
    blocks = np.empty(((count + BLOCK - 1) // BLOCK, 4))
    for block in range(blocks.shape[0]):
        first, end = block * BLOCK, min((block + 1) * BLOCK, count)
        for axis in range(4):
            blocks[block, axis] = 0.0
        for k in range(first, end):
            for axis in range(3):
                blocks[block, axis] += 0.5 * (pieces[k, axis] + pieces[k, axis + 3]) / (end - first)
        for k in range(first, end):
            bulge_m, far_m = 0.0, 0.0
            for axis in range(3):
                bulge_m += (pieces[k, axis] - pieces[k, axis + 3]) ** 2 / (8.0 * 6.3e6)  # an arc above its chord: L² / 8R
            for start in (0, 3):
                dx, dy = pieces[k, start] - blocks[block, 0], pieces[k, start + 1] - blocks[block, 1]
                dz = pieces[k, start + 2] - blocks[block, 2]
                far_m = max(far_m, math.sqrt(dx * dx + dy * dy + dz * dz))
            blocks[block, 3] = max(blocks[block, 3], far_m + 1.1 * bulge_m + 0.001)
    return pieces, blocks


@jit
def ball_around(points: Floats) -> tuple[float, float, float, float]:
    """Centre (on the surface) and radius of a ball around points and whatever lies inside the lines through them.

    The centre steps toward the farthest point by ever less (Bădoiu and Clarkson, 2003). In less than a hemisphere a cap that
    holds an edge holds its inside; one percent is added because the Earth is not quite a sphere.
    """
    count = points.shape[0]
    cx, cy, cz = 0.0, 0.0, 0.0
    for i in range(count):
        cx, cy, cz = cx + points[i, 0] / count, cy + points[i, 1] / count, cz + points[i, 2] / count
    far2, far = 0.0, 0
    for step in range(24):
        if step > 0:
            pull = 1.0 / (step + 1.0)
            cx, cy, cz = cx + pull * (points[far, 0] - cx), cy + pull * (points[far, 1] - cy), cz + pull * (points[far, 2] - cz)
        if cx * cx + cy * cy + cz * cz < 1.0:
            cx, cy, cz = points[0, 0], points[0, 1], points[0, 2]
        cx, cy, cz = onto_surface(cx, cy, cz)
        far2 = -1.0
        for i in range(count):
            dx, dy, dz = points[i, 0] - cx, points[i, 1] - cy, points[i, 2] - cz
            if dx * dx + dy * dy + dz * dz > far2:
                far2, far = dx * dx + dy * dy + dz * dz, i
    return cx, cy, cz, 1.01 * math.sqrt(far2) + 1.0


@jit
def turning(points: Floats, cx_m: float, cy_m: float, cz_m: float) -> float:
    """Twice the area inside a ring as seen in central projection about a point (positive: its inside is to the left).

    NaN when a point of the ring is a quarter of the Earth or more away, where the projection ends.
    """
    radius = math.sqrt(cx_m * cx_m + cy_m * cy_m + cz_m * cz_m)
    ux, uy, uz = cx_m / radius, cy_m / radius, cz_m / radius
    ex, ey, ez = (-uy, ux, 0.0) if abs(uz) < 0.9 else (0.0, -uz, uy)
    size = math.sqrt(ex * ex + ey * ey + ez * ez)
    ex, ey, ez = ex / size, ey / size, ez / size
    fx, fy, fz = uy * ez - uz * ey, uz * ex - ux * ez, ux * ey - uy * ex
    area, before_u, before_v = 0.0, 0.0, 0.0
    for k in range(points.shape[0] + 1):
        i = k % points.shape[0]
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        depth = x * ux + y * uy + z * uz
        if depth <= 0.0:
            return math.nan
        u, v = (x * ex + y * ey + z * ez) / depth, (x * fx + y * fy + z * fz) / depth
        if k > 0:
            area += before_u * v - before_v * u
        before_u, before_v = u, v
    return area
