"""A GeoJSON feature ⇄ a zone; KML placemarks pass through here too, so that a property means the same in both.

Default edge rule: the format's own (docs/zones.md). Refusals name the place: features[3].geometry.coordinates[0][2][1].
"""

import zlib
from typing import Any, Final

import msgspec

from openline.errors import Refused
from openline.zones.check import check, refuse_shape
from openline.zones.door import Note, mapping, moved, text
from openline.zones.properties import KNOWN, fields_of, properties_of
from openline.zones.said import measure_m, with_readings
from openline.zones.shape_geojson import Taking, geometry_of, is_cut, pieces_of, shape_of
from openline.zones.sizes import Size, Sizes
from openline.zones.words import KIND_NOT_STATED
from openline.zones.zone import Circle, Corridor, EdgeRule, Group, Polygon, Shape, Zone

STATEMENT: Final = "Notification is not permission and guarantees nothing."
"""Stands in every file that leaves (R81)."""

NOTES_MAX: Final = 500  # of one file; nobody reads more


class Imported(msgspec.Struct, frozen=True):
    """What a file gave: its zones, and what a person should read about them."""

    zones: list[Zone]
    notes: list[Note]


class Intake:
    """Takes the features of one file, one after the other."""

    def __init__(self, edge_rule: EdgeRule, issuer: str) -> None:
        self._edge_rule, self._issuer = edge_rule, issuer
        self._zones: dict[str, Zone] = {}
        self._notes: list[Note] = []

    def take(self, feature: Any, field: str) -> None:
        """One feature; `field` is its place in the file. Raises `Refused` for the first thing it cannot take."""
        if mapping(feature, field).get("type") != "Feature":
            raise Refused(f"{field}.type", feature.get("type"), "Feature")
        properties = mapping({} if feature.get("properties") is None else feature["properties"], f"{field}.properties")
        sizes = Sizes(properties, f"{field}.properties")
        fields = fields_of(properties, f"{field}.properties")
        edge_rule = fields.setdefault("edge_rule", self._edge_rule)
        shape = shape_of(feature.get("geometry"), Taking(sizes.next_m, self._notes, edge_rule), f"{field}.geometry")
        if "openline_shape" in properties:
            shape = _stated_shape(properties["openline_shape"], feature["geometry"], f"{field}.properties.openline_shape")
        zone_id = self._id(feature, properties, field, [fields.get("name"), shape])
        # Serial and version 0: the Book gives the issuer's next ones when the zone is put in force.
        stated: dict[str, Any] = {"name": zone_id, "issuer": self._issuer, "serial": 0, "version": 0} | fields
        self._check(with_sizes(Zone(id=zone_id, shape=shape, **stated), sizes.given), field)
        if unknown := sorted(set(properties) - KNOWN):
            self.note(f"{field}.properties", "not read: " + ", ".join(name[:60] for name in unknown[:20]))

    def note(self, field: str, says: str) -> None:
        """Keep a note."""
        self._notes.append(Note(field, says))

    def done(self) -> Imported:
        """What was taken."""
        notes = self._notes[:NOTES_MAX]
        if len(self._notes) > NOTES_MAX:
            notes.append(Note("file", f"{len(self._notes) - NOTES_MAX} more notes like these"))
        return Imported(list(self._zones.values()), notes)

    def _check(self, zone: Zone, field: str) -> None:
        try:
            self._notes += [Note(f"{field}.{note.field}", note.says) for note in check(zone, publish=False)]
        except Refused as refused:
            raise moved(refused, field) from None
        self._zones[zone.id] = zone

    def _id(self, feature: dict[str, Any], properties: dict[str, Any], field: str, content: Any) -> str:
        """The feature's id, the property's, or one made from name and shape; a repeated one is refused."""
        given = feature.get("id", properties.get("id"))
        if given is None:
            made = f"z-{zlib.crc32(msgspec.json.encode(content)):08x}"
            if made in self._zones:
                made += f"-{len(self._zones)}"
            self.note(f"{field}.id", f"no id stated; {made} was made from its content")
            return made
        zone_id = str(given) if isinstance(given, int) and not isinstance(given, bool) else text(given, f"{field}.id", 200)
        if not zone_id or zone_id in self._zones:
            raise Refused(f"{field}.id", given, "an id that no other feature of the file has")
        return zone_id


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


def _stated_shape(given: Any, drawn: Any, field: str) -> Shape:
    """The shape a cut geometry was drawn from; a drawing that has been changed since contradicts it."""
    try:
        shape: Shape = msgspec.convert(given, Shape)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Refused(field, str(error), "the shape this file was written with") from None
    refuse_shape(shape, field)
    if pieces_of(geometry_of(shape)) != pieces_of(drawn):
        raise Refused(
            field,
            "another area than the geometry",
            "a geometry and an openline_shape that agree; without the latter the geometry is used",
        )
    return shape


def _size(part: Circle | Corridor) -> dict[str, float]:
    return {"radius_m": part.radius_m} if isinstance(part, Circle) else {"half_width_m": part.half_width_m}
