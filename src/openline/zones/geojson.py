"""GeoJSON (RFC 7946) ⇄ zones.

Edges   straight in longitude and latitude, as RFC 7946 says, unless `properties.edge_rule` is `geodesic`.
Circle  a Point with `radius_m`, or `radius` and `unit`; a corridor is a LineString with `half_width_m`, or `width` and `unit`.
Id      the feature's id, else `properties.id`, else one made from the content (with a note).
Refused with the place named: features[3].geometry.coordinates[0][2][1].
"""

import json
import zlib
from typing import Any, Final

import msgspec

from openline.errors import Refused
from openline.zones.check import check, refuse_shape
from openline.zones.door import Note, items, mapping, moved, text
from openline.zones.properties import KNOWN, fields_of, properties_of
from openline.zones.said import measure_m, with_readings
from openline.zones.shape_geojson import Taking, geometry_of, is_cut, shape_of
from openline.zones.sizes import Size, Sizes
from openline.zones.words import KIND_NOT_STATED
from openline.zones.zone import Circle, Corridor, Group, Polygon, Shape, Zone

FEATURES_MAX: Final = 100_000
BYTES_MAX: Final = 64 * 1024 * 1024  # 100,000 circles with properties take about 40 MB
DEPTH_MAX: Final = 32  # GeoJSON needs 12


class Imported(msgspec.Struct, frozen=True):
    """What a file gave: its zones, and what a person should read about them."""

    zones: list[Zone]
    notes: list[Note]


def zones_from_geojson(document: dict[str, Any]) -> list[Zone]:
    """The zones of a FeatureCollection or a Feature. Raises `Refused`, naming the place, at the first thing it cannot take."""
    return read_geojson(document).zones


def read_geojson(document: Any, issuer: str = "") -> Imported:
    """The same with its notes; `issuer` is for features that name none."""
    kind = mapping(document, "document").get("type")
    if kind == "FeatureCollection":
        features = items(document.get("features"), "features", FEATURES_MAX)
        places = [f"features[{index}]" for index in range(len(features))]
    elif kind == "Feature":
        features, places = [document], ["feature"]
    else:
        raise Refused("type", kind, "a FeatureCollection or a Feature")
    notes: list[Note] = []
    zones: dict[str, Zone] = {}
    for number, (feature, place) in enumerate(zip(features, places, strict=True), start=1):
        zone = _zone(feature, place, issuer, number, zones, notes)
        zones[zone.id] = zone
    return Imported(list(zones.values()), notes)


def parse_geojson(data: bytes | str, issuer: str = "") -> Imported:
    """The zones of a GeoJSON file. Raises `Refused` for what is not JSON in UTF-8, too big, too deep, or says a key twice."""
    if len(data) > BYTES_MAX:
        raise Refused("file", f"{len(data)} bytes", f"at most {BYTES_MAX} bytes")
    try:
        whole = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        document = json.loads(whole, object_pairs_hook=_once, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise Refused("file", f"byte {error.start}", "UTF-8") from None
    except RecursionError:
        raise Refused("file", "nested too deep", "JSON nested as GeoJSON is") from None
    except ValueError as error:
        raise Refused("file", str(error), "JSON (RFC 8259)") from None
    return read_geojson(document, issuer)


def zones_to_geojson(zones: list[Zone]) -> dict[str, Any]:
    """A FeatureCollection that `zones_from_geojson` reads back as the same zones."""
    return {"type": "FeatureCollection", "features": [feature_of(zone) for zone in zones]}


def feature_of(zone: Zone) -> dict[str, Any]:
    """One zone as a Feature."""
    properties = properties_of({name: getattr(zone, name) for name in zone.__struct_fields__}) | size_properties(zone)
    if is_cut(zone.shape):
        properties["openline_shape"] = msgspec.to_builtins(zone.shape)
    return {"type": "Feature", "id": zone.id, "geometry": geometry_of(zone.shape), "properties": properties}


def size_properties(zone: Zone) -> dict[str, Any]:
    """What the geometry alone cannot say: a circle's radius, a corridor's width, those of a group's in their order."""
    match zone.shape:
        case Circle():
            return {"radius_m": zone.shape.radius_m}
        case Corridor():
            return {"half_width_m": zone.shape.half_width_m}
        case Group():
            sizes = [_size(part) for part in zone.shape.parts if not isinstance(part, Polygon)]
            return {"parts": sizes} if sizes else {}
    return {}


def with_sizes(zone: Zone, sizes: list[Size]) -> Zone:
    """The zone with the value and unit its size was given in; a mile whose kind nobody stated brings its rings (R2)."""
    if zone.declared.value or len(sizes) != 1 or sizes[0].unit == "m":
        return zone
    declared = msgspec.structs.replace(zone.declared, value=sizes[0].value, unit=sizes[0].unit, means=sizes[0].means)
    zone = msgspec.structs.replace(zone, declared=declared)
    return with_readings(zone) if sizes[0].unit == KIND_NOT_STATED and measure_m(zone) is not None else zone


def _zone(feature: Any, field: str, issuer: str, number: int, taken: dict[str, Zone], notes: list[Note]) -> Zone:
    if mapping(feature, field).get("type") != "Feature":
        raise Refused(f"{field}.type", feature.get("type"), "Feature")
    properties = mapping(feature.get("properties") or {}, f"{field}.properties")
    sizes = Sizes(properties, f"{field}.properties")
    shape = shape_of(feature.get("geometry"), Taking(sizes.next_m, notes), f"{field}.geometry")
    if "openline_shape" in properties:
        shape = _stated_shape(properties["openline_shape"], feature["geometry"], f"{field}.properties.openline_shape")
    fields = fields_of(properties, f"{field}.properties")
    zone_id = _id(feature, field, [fields.get("name"), shape], taken, notes)
    unknown = sorted(set(properties) - KNOWN)
    if unknown:
        notes.append(Note(f"{field}.properties", "not read: " + ", ".join(name[:60] for name in unknown[:20])))
    stated: dict[str, Any] = {"name": zone_id, "issuer": issuer, "serial": number, "version": 1, "edge_rule": "lonlat"} | fields
    zone = with_sizes(Zone(id=zone_id, shape=shape, **stated), sizes.given)
    try:
        notes += [msgspec.structs.replace(note, field=f"{field}.{note.field}") for note in check(zone, publish=False)]
    except Refused as refused:
        raise moved(refused, field) from None
    return zone


def _stated_shape(given: Any, drawn: Any, field: str) -> Shape:
    """The shape a cut geometry was drawn from; a drawing that has been changed since contradicts it."""
    try:
        shape: Shape = msgspec.convert(given, Shape)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Refused(field, str(error), "the shape this file was written with") from None
    refuse_shape(shape, field)
    if geometry_of(shape) != drawn:
        raise Refused(
            field,
            "another area than the geometry",
            "a geometry and an openline_shape that agree; without the latter the geometry is used",
        )
    return shape


def _id(feature: dict[str, Any], field: str, content: Any, taken: dict[str, Zone], notes: list[Note]) -> str:
    """The feature's id, the property's, or one made from name and shape; a repeated one is refused."""
    given = feature.get("id", (feature.get("properties") or {}).get("id"))
    if given is None:
        made = f"z-{zlib.crc32(msgspec.json.encode(content)):08x}"
        if made in taken:
            made += f"-{len(taken)}"
        notes.append(Note(f"{field}.id", f"no id stated; {made} was made from its content"))
        return made
    zone_id = str(given) if isinstance(given, int) and not isinstance(given, bool) else text(given, f"{field}.id", 200)
    if not zone_id or zone_id in taken:
        raise Refused(f"{field}.id", given, "an id that no other feature of the file has")
    return zone_id


def _size(part: Circle | Corridor) -> dict[str, float]:
    return {"radius_m": part.radius_m} if isinstance(part, Circle) else {"half_width_m": part.half_width_m}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; a key that stands twice is refused, since two readers would take two values."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise Refused("file", next(key for key in keys if keys.count(key) > 1), "each key once in an object")
    return found


def _constant(word: str) -> Any:
    raise Refused("file", word, "finite numbers")
