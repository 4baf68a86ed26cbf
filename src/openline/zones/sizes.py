"""A radius or a width from properties: `radius_m`, or `radius` with `unit`; a bare mile only with its kind (R2, R24).

{"radius_m": 55000}                                   metres, nothing to choose
{"radius": 30, "unit": "nmi"}                         any unit of docs/zones.md
{"radius": 30, "unit": "mile", "mile_kind": "nautical"}
{"radius": 30, "unit": "mile", "mile_kind": "not stated"}   the larger reading governs, every reading is watched
"""

from typing import Any, Final, Literal

import msgspec

from openline.errors import Refused
from openline.units import LENGTH_UNITS_M
from openline.zones.door import choice, items, mapping, number, text
from openline.zones.words import BARE_MILE, KIND_NOT_STATED, MILE_KINDS, unit_of

RADIUS_MAX_M: Final = 1_000_000.0  # geometry is measured exact to 900 km; a larger area is declared as a polygon
_MILE_UNIT: Final = {"statute": ("statute_mi",), "nautical": ("nmi",), "not stated": MILE_KINDS}


class Size(msgspec.Struct, frozen=True):
    """A length in metres, with the value and unit it was given in, and whether that was a radius or a width."""

    length_m: float
    value: str
    unit: str
    means: Literal["radius", "across"]


class Sizes:
    """The sizes of a feature's circles and corridors, handed out in the order of its geometries.

    One geometry takes its size from the properties; several take theirs from `properties.parts`, an entry for each of them.
    """

    def __init__(self, properties: dict[str, Any], field: str) -> None:
        self.given: list[Size] = []
        self._properties, self._field, self._asked = properties, field, 0

    def next_m(self, name: str) -> float:
        """The next size, in metres. Raises `Refused`."""
        given, field = self._properties, self._field
        if "parts" in given:
            field = f"{field}.parts[{self._asked}]"
            parts = items(given["parts"], f"{self._field}.parts")
            given = mapping(parts[self._asked] if self._asked < len(parts) else None, field)
        self._asked += 1
        size = size_of(given, name, field)
        self.given.append(size)
        if len(self.given) > 1 and KIND_NOT_STATED in (self.given[0].unit, size.unit):
            raise Refused(f"{field}.mile_kind", "not stated", "statute or nautical where a zone has several parts")
        return size.length_m


def size_of(properties: dict[str, Any], name: str, field: str) -> Size:
    """The size called `name` (radius, half_width). `width` is taken as twice a half width. Raises `Refused`."""
    in_metres = f"{name}_m"
    if in_metres in properties:
        if name in properties:
            raise Refused(f"{field}.{name}", properties[name], f"either {in_metres} or {name} with unit, not both")
        length_m = _length(properties[in_metres], f"{field}.{in_metres}", 1.0)
        return Size(length_m, f"{length_m:.12g}", "m", "radius")
    if name == "half_width" and "half_width" not in properties and "width" in properties:
        return _in_unit(properties, "width", field, 0.5)
    return _in_unit(properties, name, field, 1.0)


def _in_unit(properties: dict[str, Any], name: str, field: str, factor: float) -> Size:
    if name not in properties:
        raise Refused(f"{field}.{name}_m", None, f"{name}_m in metres, or {name} with unit")
    if "unit" not in properties:
        raise Refused(f"{field}.unit", None, f"the unit of {name}: m, km, ft, yd, nmi or statute_mi; or {name}_m instead")
    unit = unit_of(text(properties["unit"], f"{field}.unit", 40), f"{field}.unit")
    units: tuple[str, ...] = (unit,)
    if unit == BARE_MILE:
        if "mile_kind" not in properties:
            raise Refused(f"{field}.mile_kind", None, "the kind of mile: statute, nautical, or not stated")
        units = _MILE_UNIT[choice(properties["mile_kind"], f"{field}.mile_kind", tuple(_MILE_UNIT))]
    lengths_m = tuple(_length(properties[name], f"{field}.{name}", LENGTH_UNITS_M[one] * factor) for one in units)
    value, unit = f"{float(properties[name]):.12g}", units[0] if len(units) == 1 else KIND_NOT_STATED
    return Size(max(lengths_m), value, unit, "radius" if factor == 1.0 else "across")


def _length(value: Any, field: str, unit_m: float) -> float:
    most = RADIUS_MAX_M / unit_m
    return number(value, field, 0.0, most, "a length", above=True) * unit_m
