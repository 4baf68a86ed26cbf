"""Reading the zones of a scenario: the fields of docs/api.md, with places where the author likes."""

from typing import Any, Final

import msgspec

from openline import units
from openline.errors import Refused
from openline.node.played.motion import Place
from openline.node.played.path import read_point
from openline.zones.door import items, mapping, number
from openline.zones.plain import zone_from_plain
from openline.zones.zone import Circle, Corridor, Polygon, Shape, Zone

KEYS: Final = {
    "circle": ("type", "centre", "radius_km"),
    "corridor": ("type", "line", "half_width_m"),
    "polygon": ("type", "outer", "holes"),
}


def read_zone(row: dict[str, Any], field: str, places: dict[str, Place], issuer: str) -> Zone:
    """One zone, version 0: the node that takes it gives the version. Raises `Refused` naming the field."""
    shape = _shape(mapping(row.get("shape"), f"{field}.shape"), f"{field}.shape", places)
    try:
        zone = zone_from_plain({**row, "shape": msgspec.to_builtins(shape)}, issuer)
    except Refused as no:
        raise Refused(field + no.field.removeprefix("zone"), no.value, no.accepted) from None
    for key in ("id", "name", "asks"):
        if not getattr(zone, key):
            raise Refused(f"{field}.{key}", None, "a text that is not empty")
    if sum(ring.offset_m == 0.0 for ring in zone.rings) != 1:
        raise Refused(f"{field}.rings", [ring.name for ring in zone.rings], "exactly one ring with offset_m = 0, the boundary")
    return zone


def _shape(row: dict[str, Any], field: str, places: dict[str, Place]) -> Shape:
    """A circle (centre, radius_km), a corridor (line, half_width_m) or a polygon (outer, holes)."""
    kind = row.get("type")
    for key in row:
        if key not in KEYS.get(str(kind), (key,)):
            raise Refused(f"{field}.{key}", row[key], "one of the keys " + ", ".join(KEYS[str(kind)]))
    if kind == "circle":
        centre = read_point(mapping(row.get("centre"), f"{field}.centre"), f"{field}.centre", places)
        radius_km = number(row.get("radius_km"), f"{field}.radius_km", 0.001, 5000.0, "kilometres")
        return Circle(centre[0], centre[1], radius_km * units.M_PER_KM)
    if kind == "corridor":
        half_width_m = number(row.get("half_width_m"), f"{field}.half_width_m", 1.0, 1e6, "metres")
        return Corridor(_points(row.get("line"), f"{field}.line", places, 2), half_width_m)
    if kind == "polygon":
        holes = items(row.get("holes", []), f"{field}.holes")
        return Polygon(
            _points(row.get("outer"), f"{field}.outer", places, 3),
            tuple(_points(hole, f"{field}.holes[{index}]", places, 3) for index, hole in enumerate(holes)),
        )
    raise Refused(f"{field}.type", kind, "circle, corridor or polygon")


def _points(value: Any, field: str, places: dict[str, Place], least: int) -> tuple[tuple[float, float], ...]:
    rows = items(value, field)
    if len(rows) < least:
        raise Refused(field, f"{len(rows)} points", f"at least {least} points")
    return tuple(read_point(mapping(row, f"{field}[{index}]"), f"{field}[{index}]", places) for index, row in enumerate(rows))
