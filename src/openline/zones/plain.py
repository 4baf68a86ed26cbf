"""A zone as the console sends and shows it (docs/api.md): plain JSON, times as RFC 3339 text."""

from typing import Any, Final

import msgspec

from openline.clock import from_rfc3339, to_rfc3339
from openline.errors import Refused
from openline.zones.door import not_after
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
ID_CHARS_MAX: Final = 64  # ids stand in the headers of entries, which are meant to be read by eye
NAME_CHARS_MAX: Final = 200
WORDS_CHARS_MAX: Final = 4_000  # the longest NOTAM bodies run to about 2,000
RINGS_MAX: Final = 32
SERIAL_LIMIT: Final = 2**53  # what every JSON reader holds exactly

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
    starts_ns, ends_ns = values.get("effective_ns"), values.get("expires_ns")
    if starts_ns is not None and ends_ns is not None and starts_ns >= ends_ns:
        raise not_after("zone.expires", plain["expires"], "zone.effective", plain["effective"])
    if "shape" not in values:
        raise Refused("zone.shape", None, "a circle, polygon, corridor or group")
    if not values["issuer"]:
        values["issuer"] = issuer
    return _bounded(Zone(**values))


def _bounded(zone: Zone) -> Zone:
    """Names short enough to be shown and recorded whole; numbers a record can hold."""
    short = [
        ("zone.id", zone.id),
        ("zone.issuer", zone.issuer),
        *((f"zone.rings[{i}].name", r.name) for i, r in enumerate(zone.rings)),
    ]
    for field, text in short:
        if len(text) > ID_CHARS_MAX:
            raise Refused(field, text, f"at most {ID_CHARS_MAX} characters")
    long = [
        ("zone.name", zone.name, NAME_CHARS_MAX),
        ("zone.asks", zone.asks, WORDS_CHARS_MAX),
        ("zone.purpose", zone.purpose, WORDS_CHARS_MAX),
    ]
    long += [(f"zone.rings[{i}].says", ring.says, WORDS_CHARS_MAX) for i, ring in enumerate(zone.rings)]
    for field, text, most in long:
        if len(text) > most:
            raise Refused(field, text, f"at most {most} characters")
    if len(zone.rings) > RINGS_MAX:
        raise Refused("zone.rings", len(zone.rings), f"at most {RINGS_MAX} rings")
    if not 0 <= zone.serial < SERIAL_LIMIT:
        raise Refused("zone.serial", zone.serial, f"0 (the next) to {SERIAL_LIMIT - 1}")
    return zone


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
