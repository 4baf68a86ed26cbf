"""A zone as the console sends and shows it (docs/api.md): plain JSON, times as RFC 3339 text."""

from typing import Any, Final

import msgspec

from openline.clock import from_rfc3339, to_rfc3339
from openline.errors import Refused
from openline.zones.limits import limit, lower, upper
from openline.zones.zone import Declared, Hours, Limit, Ring, Shape, Zone

_SHOWN_ONLY: Final = {"version", "standings", "withdrawn", "active", "status", "outline", "ring_outlines", "holders", "behind"}
_PARTS: Final[dict[str, Any]] = {
    "shape": Shape,
    "rings": tuple[Ring, ...],
    "hours": tuple[Hours, ...],
    "declared": Declared,
    "applies_to": tuple[str, ...],
    "exempt": tuple[str, ...],
    "id": str,
    "issuer": str,
    "serial": int,
    "name": str,
    "asks": str,
    "purpose": str,
}
_INSTANTS: Final = ("effective", "expires", "review")


def zone_from_plain(plain: Any, issuer: str = "") -> Zone:
    """The zone a console sent, version 0 (the Book gives the next). Raises `Refused` naming the field."""
    if not isinstance(plain, dict):
        raise Refused("zone", plain, "an object")
    values: dict[str, Any] = {"id": "", "issuer": issuer, "serial": 0, "version": 0, "name": ""}
    for key, value in plain.items():
        if key in _SHOWN_ONLY:
            continue
        if key in _INSTANTS:
            values[f"{key}_ns"] = None if value in (None, "") else from_rfc3339(str(value), f"zone.{key}")
        elif key in ("lower", "upper"):
            values[key] = _limit(value, f"zone.{key}")
        elif key == "edge_rule":
            if value not in ("geodesic", "lonlat"):
                raise Refused("zone.edge_rule", value, "geodesic or lonlat")
            values[key] = value
        elif key in _PARTS:
            values[key] = _part(value, _PARTS[key], f"zone.{key}")
        else:
            raise Refused(f"zone.{key}", value, "one of the fields of a zone: " + ", ".join(sorted([*_PARTS, *_INSTANTS])))
    if "shape" not in values:
        raise Refused("zone.shape", None, "a circle, polygon, corridor or group")
    if not values["issuer"]:
        values["issuer"] = issuer
    return Zone(**values)


def zone_to_plain(zone: Zone) -> dict[str, Any]:
    """The fields of a zone for the console; what depends on the time now or on the Book is added by who knows it."""
    plain: dict[str, Any] = msgspec.to_builtins(zone)
    for key in _INSTANTS:
        at_ns = plain.pop(f"{key}_ns")
        plain[key] = None if at_ns is None else to_rfc3339(at_ns)
    for standing in plain["standings"]:
        standing["at"] = to_rfc3339(standing.pop("at_ns"))
    return plain


def _limit(value: Any, field: str) -> Limit | None:
    if value is None:
        return None
    if isinstance(value, str):
        return (lower if field.endswith("lower") else upper)(value, field)
    if not isinstance(value, dict):
        raise Refused(field, value, "an object with value, unit and datum, words such as FL320, or null")
    number = value.get("value")
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise Refused(f"{field}.value", number, "a number")
    return limit(float(number), str(value.get("unit")), str(value.get("datum")), field)


def _part(value: Any, kind: Any, field: str) -> Any:
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as wrong:
        raise Refused(field, value, f"what docs/api.md says of it ({wrong})") from None
