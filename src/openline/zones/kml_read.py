"""A KML document (OGC 07-147r2) as features, so that a property means in KML what it means in GeoJSON.

Placemark   one zone: Polygon with holes, Point or LineString with its size in ExtendedData, or a MultiGeometry of them.
Properties  `Data` or `SimpleData` by name; lists and numbers as JSON text. `name` and a TimeSpan with full times are read too.
Heights     in coordinates belong to the drawing; they are not limits, and a note says so.
Links       are never followed.
"""

import re
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from openline.errors import Refused
from openline.zones.door import json_of
from openline.zones.feature import Intake
from openline.zones.properties import KNOWN
from openline.zones.shape_geojson import VERTICES_MAX

PLACEMARKS_MAX: Final = 100_000
ELEMENTS_MAX: Final = 3_000_000  # 100,000 placemarks of 30 elements; about 500 MB of memory, for a moment
DEPTH_MAX: Final = 60  # folders, placemark, geometry; the deepest seen in the wild is under 20
VALUE_CHARS_MAX: Final = 2_000_000  # one ExtendedData value; openline_shape of 20,000 vertices takes under 1 MB
DRAWING: Final = "openline_drawing_of"
"""Marks a placemark that only draws another one's circle or corridor for programs that know no radius."""

TEXTS: Final = frozenset(
    (
        "id",
        "name",
        "issuer",
        "asks",
        "purpose",
        "edge_rule",
        "lower",
        "upper",
        "unit",
        "mile_kind",
        "datum",
        "lower_datum",
        "upper_datum",
    )
) | {"effective", "expires", "review"}
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_GEOMETRIES: Final = ("Point", "LineString", "Polygon", "MultiGeometry")
_UNREAD: Final = ("LinearRing", "Model", "Track", "MultiTrack")


def read_document(data: bytes, intake: Intake) -> None:
    """Give every placemark of a KML document to the intake. Raises `Refused`, naming the placemark by its number."""
    root = _root(data)
    count = 0
    for element in _walk(root):
        if _tag(element) == "NetworkLink":
            intake.note("kml.NetworkLink", "links are not followed; open the linked file itself")
        if _tag(element) == "Placemark":
            if count >= PLACEMARKS_MAX:
                raise Refused("kml", f"more than {PLACEMARKS_MAX} placemarks", f"at most {PLACEMARKS_MAX} placemarks")
            _placemark(element, f"placemarks[{count}]", intake)
            count += 1


class _Counting(TreeBuilder):
    """Builds the tree and gives up on one that is too big or too deep before it is in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._count = self._depth = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self._count += 1
        self._depth += 1
        if self._count > ELEMENTS_MAX:
            raise Refused("kml", f"more than {ELEMENTS_MAX} elements", f"at most {ELEMENTS_MAX} elements")
        if self._depth > DEPTH_MAX:
            raise Refused("kml", f"more than {DEPTH_MAX} levels", f"at most {DEPTH_MAX} levels")
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _root(data: bytes) -> Element:
    try:
        parser = XMLParser(target=_Counting(), forbid_dtd=True)
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise Refused("kml", type(error).__name__, "XML without a document type, entities or outside references") from None
    except (ParseError, LookupError, ValueError) as error:
        raise Refused("kml", str(error), "well-formed XML in the encoding it names") from None
    if _tag(root) != "kml":
        raise Refused("kml", _tag(root), "a KML document")
    return root


def _walk(root: Element) -> Iterator[Element]:
    """Every element in document order; placemarks are not walked into."""
    stack = [root]
    while stack:
        element = stack.pop()
        yield element
        if _tag(element) != "Placemark":
            stack += reversed(element)


def _placemark(element: Element, field: str, intake: Intake) -> None:
    properties = _properties(element, field, intake)
    if DRAWING in properties:
        return
    shapes = [child for child in element if _tag(child) in _GEOMETRIES]
    unread = [_tag(child) for child in element if _tag(child) in _UNREAD]
    if not shapes:
        intake.note(field, f"not a zone: {unread[0] if unread else 'no geometry'}")
        return
    if len(shapes) + len(unread) > 1:
        raise Refused(field, f"{len(shapes) + len(unread)} geometries", "one geometry, or a MultiGeometry")
    high = [False]
    geometry = _geometry(shapes[0], f"{field}.geometry", high)
    if high[0]:
        intake.note(f"{field}.geometry", "heights of the drawing are not vertical limits and were not read")
    feature: dict[str, Any] = {"type": "Feature", "geometry": geometry, "properties": properties}
    intake.take(feature, field)


def _properties(element: Element, field: str, intake: Intake) -> dict[str, Any]:
    """ExtendedData by name, the placemark's name, and its TimeSpan."""
    found: dict[str, Any] = {}
    for name, value in _data(element):
        if name in found and name in KNOWN:
            raise Refused(f"{field}.{name[:60]}", value, "each name once")
        found[name] = _value(name, value, f"{field}.{name[:60]}")
    for child in element:
        if _tag(child) == "name" and "name" not in found and (child.text or "").strip():
            found["name"] = (child.text or "").strip()
        if _tag(child) == "TimeSpan":
            _time_span(child, found, field, intake)
    if "id" not in found and element.get("id"):
        found["id"] = element.get("id")
    return found


def _data(element: Element) -> list[tuple[str, str]]:
    """(name, text) of every Data and SimpleData."""
    found = []
    for extended in element:
        if _tag(extended) != "ExtendedData":
            continue
        for child in extended:
            if _tag(child) == "Data":
                value = next((one.text for one in child if _tag(one) == "value"), None)
                found.append((child.get("name", ""), value or ""))
            if _tag(child) == "SchemaData":
                found += [(one.get("name", ""), one.text or "") for one in child if _tag(one) == "SimpleData"]
    return found


def _value(name: str, value: str, field: str) -> Any:
    """Text as it stands for names that mean text and for names that are not read; else the JSON it holds."""
    if len(value) > VALUE_CHARS_MAX:
        raise Refused(field, f"{len(value)} characters", f"at most {VALUE_CHARS_MAX} characters")
    if name in TEXTS or name not in KNOWN:
        return value
    return json_of(value.strip(), VALUE_CHARS_MAX * 4, field)


def _time_span(span: Element, found: dict[str, Any], field: str, intake: Intake) -> None:
    for child in span:
        name = {"begin": "effective", "end": "expires"}.get(_tag(child))
        if name is None or name in found:
            continue
        if "T" in (child.text or ""):
            found[name] = (child.text or "").strip()
        else:
            intake.note(f"{field}.TimeSpan", f"{(child.text or '')[:40]} has no time of day and was not read")


def _geometry(element: Element, field: str, high: list[bool]) -> dict[str, Any]:
    """The GeoJSON geometry of a KML one."""
    kind = _tag(element)
    if kind == "Point":
        points = _coordinates(element, field, high)
        if len(points) != 1:
            raise Refused(field, f"{len(points)} positions", "one position")
        return {"type": "Point", "coordinates": points[0]}
    if kind == "LineString":
        return {"type": "LineString", "coordinates": _coordinates(element, field, high)}
    if kind == "Polygon":
        return {"type": "Polygon", "coordinates": _boundaries(element, field, high)}
    if kind == "MultiGeometry":
        return _multiple([_geometry(child, f"{field}[{i}]", high) for i, child in enumerate(_shapes(element))])
    raise Refused(field, kind, "Point, LineString, Polygon or MultiGeometry")


def _shapes(element: Element) -> list[Element]:
    return [child for child in element if _tag(child) in (*_GEOMETRIES, *_UNREAD)]


def _multiple(geometries: list[dict[str, Any]]) -> dict[str, Any]:
    """A MultiPolygon when there are only polygons, so that halves cut along 180° are joined; else one flat collection."""
    flat = [one for geometry in geometries for one in geometry.get("geometries", _polygons(geometry))]
    if flat and all(one["type"] == "Polygon" for one in flat):
        return {"type": "MultiPolygon", "coordinates": [one["coordinates"] for one in flat]}
    return {"type": "GeometryCollection", "geometries": flat}


def _polygons(geometry: dict[str, Any]) -> list[dict[str, Any]]:
    if geometry["type"] == "MultiPolygon":
        return [{"type": "Polygon", "coordinates": one} for one in geometry["coordinates"]]
    return [geometry]


def _boundaries(polygon: Element, field: str, high: list[bool]) -> list[Any]:
    outer = [child for child in polygon if _tag(child) == "outerBoundaryIs"]
    if len(outer) != 1:
        raise Refused(f"{field}.outerBoundaryIs", f"{len(outer)} of them", "one outer boundary")
    inner = [child for child in polygon if _tag(child) == "innerBoundaryIs"]
    rings = [ring for boundary in (*outer, *inner) for ring in boundary if _tag(ring) == "LinearRing"]
    return [_coordinates(ring, f"{field}.coordinates[{index}]", high) for index, ring in enumerate(rings)]


def _coordinates(element: Element, field: str, high: list[bool]) -> list[list[float]]:
    """[lon, lat] of each tuple of a `coordinates` element; heights are dropped, and `high` remembers that there were some."""
    texts = [child.text or "" for child in element if _tag(child) == "coordinates"]
    if len(texts) != 1:
        raise Refused(f"{field}.coordinates", f"{len(texts)} of them", "one list of coordinates")
    tuples = texts[0].split(maxsplit=VERTICES_MAX + 1)
    if len(tuples) > VERTICES_MAX:
        raise Refused(field, "too many positions", f"at most {VERTICES_MAX} positions")
    points = []
    for index, one in enumerate(tuples):
        parts = one.split(",")
        if not 2 <= len(parts) <= 3 or not all(_NUMBER.fullmatch(part) for part in parts):
            raise Refused(f"{field}[{index}]", one, "longitude,latitude or longitude,latitude,height without spaces")
        high[0] = high[0] or (len(parts) == 3 and float(parts[2]) != 0.0)
        points.append([float(parts[0]), float(parts[1])])
    return points


def _tag(element: Element) -> str:
    """The local name: KML 2.0 to 2.3 and Google's extensions differ only in their namespaces."""
    return element.tag.rsplit("}", 1)[-1]
