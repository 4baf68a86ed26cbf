"""A radius or a width from properties: `radius_m`, or `radius` with `unit`; a bare mile only with its kind (R2, R24).

{"radius_m": 55000}                                   metres, nothing to choose
{"radius": 30, "unit": "nmi"}                         any unit of docs/zones.md
{"radius": 30, "unit": "mile", "mile_kind": "nautical"}
{"radius": 30, "unit": "mile", "mile_kind": "not stated"}   the larger reading governs, every reading is watched
"""

from typing import Any, Final

import msgspec

from openline.errors import Refused
from openline.units import LENGTH_UNITS_M
from openline.zones.door import choice, number, text
from openline.zones.words import BARE_MILE, KIND_NOT_STATED, MILE_KINDS, unit_of

RADIUS_MAX_M: Final = 1_000_000.0  # geometry is measured exact to 900 km; a larger area is declared as a polygon
_MILE_UNIT: Final = {"statute": ("statute_mi",), "nautical": ("nmi",), "not stated": MILE_KINDS}


class Size(msgspec.Struct, frozen=True):
    """A length in metres, with the value and unit it was given in and every other length those could mean."""

    length_m: float
    value: str
    unit: str
    readings_m: tuple[float, ...] = ()  # both readings when the kind of mile was not stated


def size_of(properties: dict[str, Any], name: str, field: str) -> Size:
    """The size called `name` (radius, half_width). `width` is taken as twice a half width. Raises `Refused`."""
    in_metres = f"{name}_m"
    if in_metres in properties:
        if name in properties:
            raise Refused(f"{field}.{name}", properties[name], f"either {in_metres} or {name} with unit, not both")
        length_m = _length(properties[in_metres], f"{field}.{in_metres}", 1.0)
        return Size(length_m, f"{length_m:.12g}", "m")
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
            raise Refused(f"{field}.mile_kind", None, "the kind of mile: statute, nautical, or not stated (R2)")
        units = _MILE_UNIT[choice(properties["mile_kind"], f"{field}.mile_kind", tuple(_MILE_UNIT))]
    lengths_m = tuple(_length(properties[name], f"{field}.{name}", LENGTH_UNITS_M[one] * factor) for one in units)
    value = f"{float(properties[name]):.12g}"
    if len(units) == 1:
        return Size(lengths_m[0], value, units[0])
    return Size(max(lengths_m), value, KIND_NOT_STATED, lengths_m)


def _length(value: Any, field: str, unit_m: float) -> float:
    most = RADIUS_MAX_M / unit_m
    found = number(value, field, 0.0, most, "a length above zero and")
    if found <= 0.0:
        raise Refused(field, value, f"a length above zero, up to {most:g}")
    return found * unit_m
