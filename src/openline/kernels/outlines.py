"""Zones as lines to draw: never used to decide anything.

Frame    latitude and longitude in degrees on WGS-84, longitude in [-180, 180]: a line across the antimeridian jumps there.
Names    outline = the boundary; offset outline = a ring drawn at a distance from it. A ring is an array (points, 2) of
         latitude and longitude, its first point not repeated.
Time     none.
Unknown  none.
Source   circles: geodesics from the centre. Other shapes at an offset: buffered by shapely in the plane of distance and
         azimuth about the zone's middle, where a circle 500 km from the middle is drawn 0.1 % too wide.
Lemmas   outline_lies_on_the_boundary · offset_outline_lies_at_the_offset
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from openline.kernels.geodesic import direct, inverse, wrap_deg

Floats = npt.NDArray[np.float64]

POINTS_MIN: Final = 8  # a circle drawn with fewer looks like something else


def _circle(lat_deg: float, lon_deg: float, radius_m: float, points_max: int) -> list[Floats]:
    if radius_m <= 0.0:
        return []
    lat, lon, _ = direct(lat_deg, lon_deg, np.linspace(0.0, 360.0, points_max, endpoint=False), radius_m)
    return [np.column_stack((lat, lon))]


def _drawn(line: Sequence[Sequence[float]], closed: bool, lonlat: bool, points_max: int) -> Floats:
    """A declared line with points between its vertices where there is room for them, and fewer vertices where there is not."""
    table = np.array([(p[0], p[1]) for p in line], dtype=np.float64)
    table = table[:: -(-len(table) // points_max)]
    ahead = np.roll(table, -1, axis=0)
    length_m, azimuth_deg, _ = inverse(table[:, 0], table[:, 1], ahead[:, 0], ahead[:, 1])
    if not closed:
        length_m[-1] = 0.0
    spare = points_max - len(table)
    shares = 1 + np.floor(spare * length_m / max(float(length_m.sum()), 1e-9)).astype(int)
    rows = []
    for i, count in enumerate(shares):
        share = np.arange(count) / count
        if lonlat:
            turn_deg = wrap_deg(ahead[i, 1] - table[i, 1])
            lon = [wrap_deg(float(x)) for x in table[i, 1] + share * turn_deg]
            rows.append(np.column_stack((table[i, 0] + share * (ahead[i, 0] - table[i, 0]), lon)))
        else:
            lat, lon_out, _ = direct(table[i, 0], table[i, 1], azimuth_deg[i], share * length_m[i])
            rows.append(np.column_stack((lat, lon_out)))
    return np.concatenate(rows)


def _buffered(rings: list[Floats], closed: bool, offset_m: float, points_max: int) -> list[Floats]:
    """The line around a drawn polygon or line at an offset."""
    import shapely  # here, because only drawing needs it and it costs a tenth of a second at start

    middle = rings[0][len(rings[0]) // 2] if not closed else rings[0].mean(axis=0)
    if closed and np.ptp(rings[0][:, 1]) > 180.0:
        middle = rings[0][0]
    flat = []
    for ring in rings:
        distance_m, azimuth_deg, _ = inverse(middle[0], middle[1], ring[:, 0], ring[:, 1])
        angle = np.radians(azimuth_deg)
        flat.append(np.column_stack((distance_m * np.sin(angle), distance_m * np.cos(angle))))
    shape = shapely.make_valid(shapely.Polygon(flat[0], flat[1:])) if closed else shapely.LineString(flat[0])
    around = shapely.buffer(shape, offset_m, quad_segs=max(4, points_max // 16))
    out = []
    for polygon in getattr(around, "geoms", [around]):
        for line in [] if polygon.is_empty else [polygon.exterior, *polygon.interiors]:
            out.append(_unflattened(line, middle, points_max))
    return out


def _unflattened(line: Any, middle: Floats, points_max: int) -> Floats:
    """A ring of the drawing plane as latitudes and longitudes, with at most `points_max` points."""
    tolerance_m = line.length / 1e5
    thin = line
    while len(thin.coords) > points_max + 1 and tolerance_m < line.length:
        thin = line.simplify(tolerance_m)
        tolerance_m *= 2.0
    xy = np.asarray(thin.coords)[:-1]
    lat, lon, _ = direct(middle[0], middle[1], np.degrees(np.arctan2(xy[:, 0], xy[:, 1])), np.hypot(xy[:, 0], xy[:, 1]))
    return np.column_stack((lat, lon))


def outline(shape: Any, edge_rule: str, offset_m: float, points_max: int) -> list[Floats]:
    """Rings (k ≤ points_max, 2) of a shape's boundary, or of the line at an offset from it; none where nothing is left."""
    points_max = max(points_max, POINTS_MIN)
    lonlat = edge_rule == "lonlat"
    if hasattr(shape, "parts"):
        return [ring for part in shape.parts for ring in outline(part, edge_rule, offset_m, points_max)]
    if hasattr(shape, "radius_m"):
        return _circle(shape.lat_deg, shape.lon_deg, shape.radius_m + offset_m, points_max)
    if hasattr(shape, "half_width_m"):
        width_m = shape.half_width_m + offset_m
        return _buffered([_drawn(shape.line, False, lonlat, points_max)], False, width_m, points_max) if width_m > 0.0 else []
    rings = [_drawn(line, True, lonlat, points_max) for line in (shape.outer, *shape.holes)]
    return rings if offset_m == 0.0 else _buffered(rings, True, offset_m, points_max)
