"""The 180° meridian in GeoJSON: parts cut along it are joined coming in (RFC 7946, 3.1.9), areas across it are cut going out.

Inside Openline a polygon simply runs across 180°: an edge between longitudes 179 and -179 is the short way. A seam kept as two
edges would be a boundary in the middle of the zone: wrong depths, and crossings of a line nobody declared.
"""

import math
from itertools import pairwise
from typing import Any

import shapely
import shapely.affinity
from shapely import Polygon as Plane
from shapely.geometry import MultiPolygon as Planes

from openline.zones.crossing import middle
from openline.zones.door import wrapped_lon
from openline.zones.zone import Point, Polygon

Line = tuple[Point, ...]


def joined(polygons: list[Polygon]) -> list[Polygon]:
    """The polygons with those that meet along 180° made one; the others, and their order, are left as they are."""
    west = [p for p in polygons if _reaches(p, -180.0)]
    east = [p for p in polygons if _reaches(p, 180.0)]
    if not west or not east or any(p in east for p in west):
        return polygons
    planes = [_plane(p, 0.0) for p in east] + [_plane(p, 360.0) for p in west]
    if not all(plane.is_valid for plane in planes):
        return polygons  # each is refused for itself, with its place
    union = shapely.union_all(planes)
    pieces = list(union.geoms) if isinstance(union, Planes) else [union]
    if len(pieces) >= len(west) + len(east) or not all(isinstance(piece, Plane) and piece.is_valid for piece in pieces):
        return polygons
    exact = {(lon + 360.0, lat): lon for p in west for line in (p.outer, *p.holes) for lat, lon in line if lon > -180.0}
    return [p for p in polygons if p not in west and p not in east] + [_back(piece, exact) for piece in pieces]


def without_seam(line: Line) -> Line:
    """A line that runs to a pole along one side of 180° and back along the other, without that excursion."""
    start = next((i for i, point in enumerate(line) if abs(point[1]) != 180.0 and abs(point[0]) != 90.0), None)
    if start is None:
        return line
    kept: list[Point] = []
    for point in (*line[start:], *line[:start]):
        kept.append(point)
        while len(kept) > 1 and _place(kept[-1]) == _place(kept[-2]) and abs(kept[-1][1]) == abs(kept[-2][1]) == 180.0:
            kept.pop()
        if len(kept) > 2 and _place(kept[-1]) == _place(kept[-3]) and abs(kept[-1][1]) == 180.0:
            del kept[-2:]
    return tuple(kept)


def cut(polygon: Polygon) -> list[Polygon] | None:
    """The polygon cut along 180°, edges taken as straight in longitude and latitude; None when it does not cross it."""
    rings = [_unwrapped(line) for line in (polygon.outer, *polygon.holes)]
    if all(-180.0 <= lon <= 180.0 for ring in rings for lon, _ in ring) and len(rings[0]) == len(polygon.outer) + 1:
        return None
    # A geodesic polygon may be simple on the globe and touch itself drawn straight in the plane: make_valid for the drawing.
    holes = [shapely.make_valid(_near(Plane(ring), rings[0])) for ring in rings[1:]]
    whole = shapely.make_valid(Plane(rings[0])).difference(shapely.union_all(holes))
    pieces: list[Polygon] = []
    for shift in (-360.0, 0.0, 360.0):
        band = whole.intersection(shapely.box(-180.0 + shift, -90.0, 180.0 + shift, 90.0))
        for piece in getattr(band, "geoms", [band]):
            if isinstance(piece, Plane) and not piece.is_empty:
                pieces.append(_shifted(piece, -shift))
    return pieces or None  # a geodesic sliver may have no area drawn straight: it is left whole


def _reaches(polygon: Polygon, lon_deg: float) -> bool:
    """True when the polygon has an edge along the meridian at that longitude."""
    closed = (*polygon.outer, polygon.outer[0])
    return any(a[1] == lon_deg == b[1] and a[0] != b[0] for a, b in pairwise(closed))


def _plane(polygon: Polygon, shift_deg: float) -> Any:
    return Plane(_flat(polygon.outer, shift_deg), [_flat(hole, shift_deg) for hole in polygon.holes])


def _flat(line: Line, shift_deg: float) -> list[tuple[float, float]]:
    return [(lon_deg + shift_deg, lat_deg) for lat_deg, lon_deg in line]


def _back(piece: Any, exact: dict[tuple[float, float], float]) -> Polygon:
    def line(ring: Any) -> Line:
        return tuple((lat, exact.get((lon, lat), wrapped_lon(lon))) for lon, lat in list(ring.coords)[:-1])

    return Polygon(line(piece.exterior), tuple(line(ring) for ring in piece.interiors))


def _place(point: Point) -> Point:
    """One key for one place: a pole has one longitude, and 180 and -180 are the same meridian."""
    if abs(point[0]) == 90.0:
        return point[0], 180.0
    return point[0], 180.0 if point[1] == -180.0 else point[1]


def _unwrapped(line: Line) -> list[tuple[float, float]]:
    """(lon, lat) with longitudes that run on past 180; a line around a pole is closed over that pole."""
    out = [(line[0][1], line[0][0])]
    for lat_deg, lon_deg in (*line[1:], line[0]):
        out.append((out[-1][0] + math.remainder(lon_deg - out[-1][0], 360.0), lat_deg))
    if abs(out[-1][0] - out[0][0]) > 180.0:
        pole_deg = math.copysign(90.0, middle(line)[0])
        out += [(out[-1][0], pole_deg), (out[0][0], pole_deg)]
    return out


def _near(hole: Any, outer: list[tuple[float, float]]) -> Any:
    """The hole on the same turn of the globe as the outer line."""
    middle_deg = sum(lon for lon, _ in outer) / len(outer)
    turns = round((middle_deg - hole.centroid.x) / 360.0)
    return shapely.affinity.translate(hole, 360.0 * turns)


def _shifted(piece: Any, shift_deg: float) -> Polygon:
    def line(ring: Any) -> Line:
        return tuple((lat, lon + shift_deg) for lon, lat in list(ring.coords)[:-1])

    return Polygon(line(piece.exterior), tuple(line(ring) for ring in piece.interiors))
