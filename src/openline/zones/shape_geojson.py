"""Geometry of GeoJSON (RFC 7946) ⇄ shapes: a Point is a circle, a LineString a corridor, several together a group.

GeoJSON has no circle and no width: `size` gives them from the feature's properties. Rings of polygons lose their repeated last
vertex coming in and get it back going out. Parts cut along 180° are joined coming in and polygons across it are cut going out.
"""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import msgspec

from openline.errors import Refused
from openline.zones.door import Note, items, mapping, position
from openline.zones.seam import cut, joined, without_seam
from openline.zones.zone import Circle, Corridor, EdgeRule, Group, Point, Polygon, Shape

VERTICES_MAX: Final = 20_000  # of one line; a country's border at 1 km has fewer
HOLES_MAX: Final = 1_000
PARTS_MAX: Final = 1_000

Part = Circle | Polygon | Corridor


class Taking(msgspec.Struct):
    """What reading a geometry needs beside it: where sizes come from, and where notes go."""

    size: Callable[[str], float]
    """Asked with "radius" or "half_width" once for each circle and corridor in order, gives metres or raises `Refused`."""
    notes: list[Note]
    edge_rule: EdgeRule


def shape_of(geometry: Any, taking: Taking, field: str) -> Shape:
    """The shape of one GeoJSON geometry. Raises `Refused`, naming the coordinate."""
    if mapping(geometry, field).get("type") != "GeometryCollection":
        return _shape(_parts(geometry, taking, field))
    parts: list[Part] = []
    for index, one in enumerate(items(geometry.get("geometries"), f"{field}.geometries", PARTS_MAX)):
        place = f"{field}.geometries[{index}]"
        if mapping(one, place).get("type") == "GeometryCollection":
            raise Refused(f"{place}.type", "GeometryCollection", "a collection that is not within another (RFC 7946, 3.1.8)")
        parts += _parts(one, taking, place)
    if not 1 <= len(parts) <= PARTS_MAX:
        raise Refused(f"{field}.geometries", f"{len(parts)} areas", f"from 1 to {PARTS_MAX} areas")
    return _shape(parts)


def geometry_of(shape: Shape) -> dict[str, Any]:
    """The GeoJSON geometry of a shape; a circle's radius and a corridor's width are for the properties."""
    match shape:
        case Circle():
            return {"type": "Point", "coordinates": [shape.lon_deg, shape.lat_deg]}
        case Corridor():
            return {"type": "LineString", "coordinates": [_out(point) for point in shape.line]}
        case Polygon():
            pieces = cut(shape)
            if pieces is None:
                return {"type": "Polygon", "coordinates": _rings(shape)}
            return {"type": "MultiPolygon", "coordinates": [_rings(piece) for piece in pieces]}
        case Group():
            geometries = [geometry_of(part) for part in shape.parts]
            if all(one["type"] == "Polygon" for one in geometries):
                return {"type": "MultiPolygon", "coordinates": [one["coordinates"] for one in geometries]}
            return {"type": "GeometryCollection", "geometries": geometries}


def pieces_of(geometry: dict[str, Any]) -> list[tuple[str, Any]]:
    """(type, coordinates) of every point, line and polygon, however they are collected."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        return [piece for one in geometry["geometries"] for piece in pieces_of(one)]
    if kind == "MultiPolygon":
        return [("Polygon", one) for one in geometry["coordinates"]]
    return [(kind, geometry["coordinates"])]


def is_cut(shape: Shape) -> bool:
    """True when `geometry_of` has to cut the shape along 180°, so that its geometry alone does not give the shape back."""
    parts = shape.parts if isinstance(shape, Group) else (shape,)
    return any(isinstance(part, Polygon) and cut(part) is not None for part in parts)


def _shape(parts: list[Part]) -> Shape:
    return parts[0] if len(parts) == 1 else Group(tuple(parts))


def _parts(geometry: Any, taking: Taking, field: str) -> list[Part]:
    """The areas of one geometry that is not a collection."""
    kind, coordinates, field = geometry.get("type"), geometry.get("coordinates"), f"{field}.coordinates"
    if kind == "Point":
        lat_deg, lon_deg = position(coordinates, field)
        return [Circle(lat_deg, lon_deg, taking.size("radius"))]
    if kind == "LineString":
        return [Corridor(_line(coordinates, field, 2), taking.size("half_width"))]
    if kind == "Polygon":
        return [_polygon(coordinates, taking, field)]
    if kind == "MultiPolygon":
        polygons = [_polygon(one, taking, f"{field}[{i}]") for i, one in enumerate(items(coordinates, field, PARTS_MAX))]
        if not polygons:
            raise Refused(field, "an empty list", "at least one polygon")
        made = joined(polygons)
        if made != polygons:
            taking.notes.append(Note(field, "parts that meet along 180° were joined to one area (RFC 7946, 3.1.9)"))
        return [*made]
    raise Refused(
        field.removesuffix("coordinates") + "type", kind, "Point, LineString, Polygon, MultiPolygon or GeometryCollection"
    )


def _polygon(coordinates: Any, taking: Taking, field: str) -> Polygon:
    rings = items(coordinates, field, HOLES_MAX + 1)
    if not rings:
        raise Refused(field, "an empty list", "an outer line and any number of holes")
    lines = [_ring(one, taking, f"{field}[{index}]") for index, one in enumerate(rings)]
    return Polygon(lines[0], tuple(lines[1:]))


def _ring(coordinates: Any, taking: Taking, field: str) -> tuple[Point, ...]:
    line = _line(coordinates, field, 4)
    if line[0] != line[-1]:
        raise Refused(f"{field}[{len(line) - 1}]", coordinates[-1], "the first position again: a polygon's line is closed")
    if any(abs(a[1] - b[1]) >= 180.0 for a, b in pairwise(line)):
        _note_long_edges(coordinates, taking, field)
        line = (*(plain := without_seam(line[:-1])), plain[0])
    apart = tuple(point for point, after in pairwise(line) if point != after)
    if len(apart) < len(line) - 1:
        taking.notes.append(Note(field, f"{len(line) - 1 - len(apart)} repeated positions were dropped"))
    return apart


def _note_long_edges(coordinates: Any, taking: Taking, field: str) -> None:
    """RFC 7946 has every edge straight in the plane, but files that run from 179 to -179 mean the short way; say so."""
    for index in range(len(coordinates) - 1):
        (here_lon, here_lat), (there_lon, there_lat) = coordinates[index][:2], coordinates[index + 1][:2]
        across_deg = abs(here_lon - there_lon)
        if abs(here_lat) == 90.0 or abs(there_lat) == 90.0:
            continue  # at a pole every longitude is the same point
        half_turn = math.isclose(across_deg, 180.0) and taking.edge_rule == "lonlat"  # a geodesic goes over the nearer pole
        if half_turn or math.isclose(across_deg, 360.0):
            raise Refused(
                f"{field}[{index}]", f"an edge of {across_deg:g}° of longitude", "vertices between, to say which way round"
            )
        if across_deg > 180.0:
            taking.notes.append(
                Note(f"{field}[{index}]", "an edge of more than 180° of longitude was taken the short way, across 180°")
            )


def _line(coordinates: Any, field: str, least: int) -> tuple[Point, ...]:
    found = items(coordinates, field, VERTICES_MAX)
    if len(found) < least:
        raise Refused(field, f"{len(found)} positions", f"at least {least} positions")
    return tuple(position(one, f"{field}[{index}]") for index, one in enumerate(found))


def _rings(polygon: Polygon) -> list[list[list[float]]]:
    return [[_out(point) for point in (*ring, ring[0])] for ring in (polygon.outer, *polygon.holes)]


def _out(point: Point) -> list[float]:
    return [point[1], point[0]]
