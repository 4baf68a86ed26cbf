"""Geometry of GeoJSON (RFC 7946) ⇄ shapes: a Point is a circle, a LineString a corridor, several together a group.

GeoJSON has no circle and no width: `sizes` carries them from the feature's properties, one for a single geometry, one a
member for a collection. Rings of polygons lose their repeated last vertex coming in and get it back going out.
"""

from collections.abc import Callable
from typing import Any, Final

from openline.errors import Refused
from openline.zones.door import items, mapping, position
from openline.zones.zone import Circle, Corridor, Group, Point, Polygon, Shape

VERTICES_MAX: Final = 20_000  # of one zone, all lines together; a country's border at 1 km has fewer
HOLES_MAX: Final = 1_000
PARTS_MAX: Final = 1_000

Size = Callable[[str, str], float]
"""Asked with "radius" or "half_width" and the geometry's place, gives metres or raises `Refused`."""


def shape_of(geometry: Any, size: Size, field: str) -> Shape:
    """The shape of one GeoJSON geometry. Raises `Refused`, naming the coordinate."""
    kind = mapping(geometry, field).get("type")
    if kind == "GeometryCollection":
        return _collection(geometry, size, field)
    coordinates, field = geometry.get("coordinates"), f"{field}.coordinates"
    if kind == "Point":
        lat_deg, lon_deg = position(coordinates, field)
        return Circle(lat_deg, lon_deg, size("radius", field))
    if kind == "LineString":
        return Corridor(_line(coordinates, field, 2), size("half_width", field))
    if kind == "Polygon":
        return _polygon(coordinates, field)
    if kind == "MultiPolygon":
        parts = [_polygon(one, f"{field}[{i}]") for i, one in enumerate(items(coordinates, field, PARTS_MAX))]
        return _grouped(parts, field)
    raise Refused(f"{field[:-12]}.type", kind, "Point, LineString, Polygon, MultiPolygon or GeometryCollection")


def geometry_of(shape: Shape) -> dict[str, Any]:
    """The GeoJSON geometry of a shape; a circle's radius and a corridor's width are for the properties."""
    match shape:
        case Circle():
            return {"type": "Point", "coordinates": [shape.lon_deg, shape.lat_deg]}
        case Corridor():
            return {"type": "LineString", "coordinates": [_out(point) for point in shape.line]}
        case Polygon():
            return {"type": "Polygon", "coordinates": _rings(shape)}
        case Group():
            polygons = [part for part in shape.parts if isinstance(part, Polygon)]
            if len(polygons) == len(shape.parts):
                return {"type": "MultiPolygon", "coordinates": [_rings(part) for part in polygons]}
            return {"type": "GeometryCollection", "geometries": [geometry_of(part) for part in shape.parts]}


def vertices(shape: Shape) -> int:
    """How many vertices a shape has."""
    match shape:
        case Circle():
            return 1
        case Corridor():
            return len(shape.line)
        case Polygon():
            return len(shape.outer) + sum(len(hole) for hole in shape.holes)
        case Group():
            return sum(vertices(part) for part in shape.parts)


def _collection(geometry: dict[str, Any], size: Size, field: str) -> Shape:
    parts: list[Circle | Polygon | Corridor] = []
    for index, one in enumerate(items(geometry.get("geometries"), f"{field}.geometries", PARTS_MAX)):
        place = f"{field}.geometries[{index}]"
        if mapping(one, place).get("type") == "GeometryCollection":
            raise Refused(f"{place}.type", "GeometryCollection", "a collection that is not within another (RFC 7946, 3.1.8)")
        part = shape_of(one, size, place)
        parts += part.parts if isinstance(part, Group) else (part,)
    return _grouped(parts, f"{field}.geometries")


def _grouped(parts: list[Any], field: str) -> Shape:
    if not parts:
        raise Refused(field, "an empty list", "at least one area")
    if len(parts) > PARTS_MAX:
        raise Refused(field, f"{len(parts)} areas", f"at most {PARTS_MAX} areas")
    return parts[0] if len(parts) == 1 else Group(tuple(parts))


def _polygon(coordinates: Any, field: str) -> Polygon:
    rings = items(coordinates, field, HOLES_MAX + 1)
    if not rings:
        raise Refused(field, "an empty list", "an outer line and any number of holes")
    lines = [_ring(one, f"{field}[{index}]") for index, one in enumerate(rings)]
    return Polygon(lines[0], tuple(lines[1:]))


def _ring(coordinates: Any, field: str) -> tuple[Point, ...]:
    line = _line(coordinates, field, 4)
    if line[0] != line[-1]:
        raise Refused(f"{field}[{len(line) - 1}]", coordinates[-1], "the first position again: a polygon's line is closed")
    return line[:-1]


def _line(coordinates: Any, field: str, least: int) -> tuple[Point, ...]:
    found = items(coordinates, field, VERTICES_MAX)
    if len(found) < least:
        raise Refused(field, f"{len(found)} positions", f"at least {least} positions")
    return tuple(position(one, f"{field}[{index}]") for index, one in enumerate(found))


def _rings(polygon: Polygon) -> list[list[list[float]]]:
    return [[_out(point) for point in (*ring, ring[0])] for ring in (polygon.outer, *polygon.holes)]


def _out(point: Point) -> list[float]:
    return [point[1], point[0]]
