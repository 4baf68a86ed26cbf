"""How far a place is from a zone's boundary, negative inside.

Frame    latitude and longitude in degrees on WGS-84; distances are geodesic, metres, heights left out.
Names    signed distance = distance to the boundary, with a minus inside. A zone is one or more parts; a part is a circle, a
         polygon (first ring outer, the rest holes, all with the inside to the left) or a corridor (line and half width).
Time     none.
Unknown  a NaN coordinate gives NaN.
Source   circles: the geodesic of `geodesic`, or its chord below `EULER_M_MAX` (8 µm). Polygons and corridors: nearest piece
         (`pieces`); from 200 km on the geodesic to the nearest point in the chord sense. Inside several parts at once the
         depth is the depth in the deepest part, which is the least the depth in their union can be.
Lemmas   circle_agrees_with_geographiclib · polygon_agrees_with_geographiclib · distance_changes_no_faster_than_the_mover ·
         group_is_the_nearest_part · corridor_is_the_line_less_its_half_width
"""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.ecef import EULER_M_MAX, geodesic_m, to_ecef, to_lat_lon
from openline.kernels.geodesic import inverse_one
from openline.kernels.pieces import AT_START, INTERIOR, foot, left_of_ring, nearest_on_line

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CIRCLE: Final = 0
POLYGON: Final = 1
CORRIDOR: Final = 2


class Chart(NamedTuple):
    """Zones laid out in columns for the kernels; a slot without a zone has no parts and a ball of NaN.

    ball      (zones, 4)   centre in space and radius (m) of a ball around everything the zone covers
    reach_m   (zones,)     how far its outermost ring lies outside the boundary
    order     (zones,)     slots by the z of their ball's centre: first all ordinary zones, then those that are wide or empty
    height_m  (zones,)     that z, in that order; inf for the wide
    ordinary               how many are ordinary
    widest_m               the largest radius and reach together of an ordinary zone
    band_m    (zones, 2)   lower and upper altitude; -inf and inf where there is no limit
    datum     (zones, 2)   which altitude column each limit is measured in (order of `units.DATUMS`)
    part_of   (zones + 1,) parts of zone z are part_of[z] … part_of[z + 1] - 1
    kind      (parts,)     CIRCLE, POLYGON or CORRIDOR
    size      (parts, 6)   lat_deg, lon_deg of the centre, radius_m or half_width_m, and the centre in space
    ring_of   (parts + 1,) rings of a part
    piece_of  (rings + 1,) pieces of a ring
    block_of  (rings + 1,) blocks of a ring
    pieces    (pieces, 16) see `pieces`
    blocks    (blocks, 4)  centre in space and radius (m)
    """

    ball: Floats
    reach_m: Floats
    order: Ints
    height_m: Floats
    ordinary: int
    widest_m: float
    band_m: Floats
    datum: Ints
    part_of: Ints
    kind: Ints
    size: Floats
    ring_of: Ints
    piece_of: Ints
    block_of: Ints
    pieces: Floats
    blocks: Floats


@jit
def between_m(
    lat_deg: float, lon_deg: float, x_m: float, y_m: float, z_m: float, to_x_m: float, to_y_m: float, to_z_m: float
) -> float:
    """Geodesic distance from a place, given both ways, to a point of the surface."""
    dx, dy, dz = to_x_m - x_m, to_y_m - y_m, to_z_m - z_m
    if dx * dx + dy * dy + dz * dz < EULER_M_MAX * EULER_M_MAX:
        return geodesic_m(x_m, y_m, z_m, to_x_m, to_y_m, to_z_m)
    to_lat_deg, to_lon_deg = to_lat_lon(to_x_m, to_y_m, to_z_m)
    distance_m, _, _ = inverse_one(lat_deg, lon_deg, to_lat_deg, to_lon_deg)
    return distance_m


@jit
def circle_m(chart: Chart, part: int, lat_deg: float, lon_deg: float, x_m: float, y_m: float, z_m: float) -> float:
    """Signed distance to a circle."""
    size = chart.size
    dx, dy, dz = size[part, 3] - x_m, size[part, 4] - y_m, size[part, 5] - z_m
    if dx * dx + dy * dy + dz * dz < EULER_M_MAX * EULER_M_MAX:
        distance_m = geodesic_m(x_m, y_m, z_m, size[part, 3], size[part, 4], size[part, 5])
    else:
        distance_m, _, _ = inverse_one(lat_deg, lon_deg, size[part, 0], size[part, 1])
    radius_m: float = size[part, 2]
    return distance_m - radius_m


@jit
def lines_m(chart: Chart, part: int, lat_deg: float, lon_deg: float, x_m: float, y_m: float, z_m: float) -> float:
    """Signed distance to a polygon (rings) or a corridor (one line)."""
    pieces = chart.pieces
    best2, best_piece, best_part = math.inf, 0, INTERIOR
    inside = chart.kind[part] == POLYGON
    for ring in range(chart.ring_of[part], chart.ring_of[part + 1]):
        first, end = chart.piece_of[ring], chart.piece_of[ring + 1]
        chord2, piece, where = nearest_on_line(pieces, chart.blocks, first, end, chart.block_of[ring], x_m, y_m, z_m)
        if chord2 < best2:
            best2, best_piece, best_part = chord2, piece, where
        inside = inside and left_of_ring(pieces, first, end, piece, where, x_m, y_m, z_m)
    if best_part == INTERIOR:
        to_x, to_y, to_z = foot(pieces, best_piece, x_m, y_m, z_m)
    else:
        column = 0 if best_part == AT_START else 3
        to_x, to_y, to_z = pieces[best_piece, column], pieces[best_piece, column + 1], pieces[best_piece, column + 2]
    distance_m = between_m(lat_deg, lon_deg, x_m, y_m, z_m, to_x, to_y, to_z)
    if chart.kind[part] == CORRIDOR:
        half_width_m: float = chart.size[part, 2]
        return distance_m - half_width_m
    return -distance_m if inside else distance_m


@jit
def part_m(chart: Chart, part: int, lat_deg: float, lon_deg: float, x_m: float, y_m: float, z_m: float) -> float:
    """Signed distance to one part of a zone."""
    if chart.kind[part] == CIRCLE:
        return circle_m(chart, part, lat_deg, lon_deg, x_m, y_m, z_m)
    return lines_m(chart, part, lat_deg, lon_deg, x_m, y_m, z_m)


@jit
def zone_m(chart: Chart, zone: int, lat_deg: float, lon_deg: float) -> float:
    """Signed distance to a zone; NaN where the place is unknown or the slot is empty."""
    if not (abs(lat_deg) <= 90.0 and math.isfinite(lon_deg)) or chart.part_of[zone] == chart.part_of[zone + 1]:
        return math.nan
    x_m, y_m, z_m = to_ecef(lat_deg, lon_deg)
    least_m = math.inf
    for part in range(chart.part_of[zone], chart.part_of[zone + 1]):
        least_m = min(least_m, part_m(chart, part, lat_deg, lon_deg, x_m, y_m, z_m))
    return least_m


@jit
def zone_rows(chart: Chart, zone: Ints, lat_deg: Floats, lon_deg: Floats, distance_m: Floats) -> None:
    """Signed distances of places to zones, row by row, into `distance_m`."""
    for i in range(zone.shape[0]):
        distance_m[i] = zone_m(chart, zone[i], lat_deg[i], lon_deg[i])


@jit
def nearby_pairs(chart: Chart, lat_deg: Floats, lon_deg: Floats, reach_m: Floats) -> tuple[Ints, Ints]:
    """Rows and zones whose balls, grown by the zone's rings and the row's reach, hold the row's place; in order of both.

    An unknown reach counts as endless; an unknown place has no pairs. Of the ordinary zones only those are looked at whose
    z is near enough.
    """
    movers, zones = np.empty(1024, np.int64), np.empty(1024, np.int64)
    count = 0
    ball, slots, ordinary = chart.ball, chart.order.shape[0], chart.ordinary
    for i in range(lat_deg.shape[0]):
        if not (abs(lat_deg[i]) <= 90.0 and math.isfinite(lon_deg[i])):
            continue
        x_m, y_m, z_m = to_ecef(lat_deg[i], lon_deg[i])
        own_m = reach_m[i] if reach_m[i] == reach_m[i] else math.inf
        if count + slots > movers.shape[0]:
            movers, zones = _longer(movers, count + slots), _longer(zones, count + slots)
        first_of_mover = count
        highest_m = z_m + (chart.widest_m + own_m)
        k = _first_at_least(chart.height_m, ordinary, z_m - (chart.widest_m + own_m))
        while k < slots:
            if k < ordinary and chart.height_m[k] > highest_m:
                k = ordinary
                continue
            zone = chart.order[k]
            k += 1
            dx, dy, dz = ball[zone, 0] - x_m, ball[zone, 1] - y_m, ball[zone, 2] - z_m
            most_m = ball[zone, 3] + chart.reach_m[zone] + own_m
            if most_m >= 0.0 and dx * dx + dy * dy + dz * dz <= most_m * most_m:
                at = count
                while at > first_of_mover and zones[at - 1] > zone:
                    zones[at] = zones[at - 1]
                    at -= 1
                zones[at] = zone
                movers[count] = i
                count += 1
    return movers[:count].copy(), zones[:count].copy()


@jit
def _first_at_least(sorted_m: Floats, end: int, least_m: float) -> int:
    """The first of `end` ascending rows that is at least a value."""
    low, high = 0, end
    while low < high:
        middle = (low + high) // 2
        if sorted_m[middle] < least_m:
            low = middle + 1
        else:
            high = middle
    return low


@jit
def _longer(column: Ints, least: int) -> Ints:
    """The same column with room for at least `least` rows."""
    longer = np.empty(max(least, 2 * column.shape[0]), np.int64)
    for i in range(column.shape[0]):
        longer[i] = column[i]
    return longer
