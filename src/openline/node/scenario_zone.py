"""Reading the zones of a scenario: the fields of docs/api.md, with places where the author likes."""

from typing import Any

import msgspec

from openline import units
from openline.errors import Refused
from openline.node.scenario_motion import Place
from openline.node.scenario_path import read_point
from openline.zones.door import items, mapping, number
from openline.zones.zone import Circle, Corridor, Limit, Polygon, Zone


def read_zone(row: dict[str, Any], field: str, places: dict[str, Place]) -> Zone:
    """Version 1 of one zone. Raises `Refused` naming the field."""
    plain = dict(row)
    shape = _shape(mapping(plain.pop("shape", None), f"{field}.shape"), f"{field}.shape", places)
    limits = {
        key: _limit(mapping(plain.pop(key), f"{field}.{key}"), f"{field}.{key}") for key in ("lower", "upper") if key in plain
    }
    for key in plain:
        if key not in Zone.__struct_fields__:
            raise Refused(f"{field}.{key}", plain[key], "one of the fields of a zone in docs/api.md")
    fields: dict[str, Any] = {**plain, **limits, "version": 1, "shape": msgspec.to_builtins(shape)}
    try:
        zone = msgspec.convert(fields, Zone)
    except msgspec.ValidationError as error:
        raise Refused(field, str(error), "the fields of a zone in docs/api.md") from None
    if sum(ring.offset_m == 0.0 for ring in zone.rings) != 1:
        raise Refused(f"{field}.rings", [ring.name for ring in zone.rings], "exactly one ring with offset_m = 0, the boundary")
    return zone


def _shape(row: dict[str, Any], field: str, places: dict[str, Place]) -> msgspec.Struct:
    """A circle (centre, radius_km), a corridor (line, half_width_m) or a polygon (outer, holes)."""
    kind = row.get("type")
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


def _limit(row: dict[str, Any], field: str) -> dict[str, Any]:
    """A vertical limit with its height in metres worked out. Raises `Refused`."""
    to_m = {"m": 1.0, "ft": units.M_PER_FT, "fl": units.M_PER_FL}
    if set(row) != {"value", "unit", "datum"} or row["unit"] not in to_m or row["datum"] not in units.DATUMS:
        raise Refused(field, row, "value, unit (m, ft, fl) and datum (baro, wgs84, amsl, agl)")
    value = number(row["value"], f"{field}.value", -2000.0, 200_000.0, "a height")
    limit: dict[str, Any] = msgspec.to_builtins(Limit(value, row["unit"], row["datum"], value * to_m[row["unit"]]))
    return limit
