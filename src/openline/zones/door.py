"""Typed reading of plain JSON values from outside, each refusal naming the place: features[3].geometry.coordinates[0][2].

A value that is not what the caller asked for raises `Refused`; nothing is coerced but an integer to a float. NaN and
infinities never pass. A `Note` is what an import accepted but wants a person to know.
"""

import json
import math
import re
from typing import Any, Final

import msgspec

from openline.errors import Refused
from openline.zones.zone import Point

TEXT_CHARS_MAX: Final = 4_000  # a declaration's words; the longest NOTAM bodies run to about 2,000
LIST_ITEMS_MAX: Final = 1_000  # applies_to, exempt, standings: names, not data
_UNFIT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff]")
LONGITUDE_MAX_DEG: Final = 540.0  # files that draw across 180° write 181 or -190; one turn and a half covers both habits


class Note(msgspec.Struct, frozen=True):
    """Something accepted that a person should read: where it stood, and the sentence."""

    field: str
    says: str


class _Shown:
    """A value that has been turned into text for a refusal already."""

    def __init__(self, shown: str) -> None:
        self.shown = shown

    def __repr__(self) -> str:
        return self.shown


def moved(refused: Refused, field: str, remedy: str = "") -> Refused:
    """The same refusal with its field named from further out: `shape.outer` within `features[3]`, or within `a.kml: `."""
    return Refused(
        f"{field}{'' if field.endswith(' ') else '.'}{refused.field}", _Shown(refused.value), refused.accepted, remedy=remedy
    )


def mapping(value: Any, field: str) -> dict[str, Any]:
    """A JSON object with text keys, else `Refused`."""
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise Refused(field, value, "an object")
    return value


def items(value: Any, field: str, most: int = LIST_ITEMS_MAX) -> list[Any]:
    """A JSON array of at most `most` items, else `Refused`."""
    if not isinstance(value, (list, tuple)):
        raise Refused(field, value, "a list")
    if len(value) > most:
        raise Refused(field, f"{len(value)} items", f"at most {most} items")
    return list(value)


def number(value: Any, field: str, low: float, high: float, what: str, above: bool = False) -> float:
    """A finite number within [low, high], or with `above` within (low, high]; a text, a boolean and NaN are refused."""
    good = not isinstance(value, bool) and isinstance(value, (int, float)) and low <= value <= high
    if not good or (above and value == low):
        span = f"above {low:.12g} and at most {high:.12g}" if above else f"from {low:.12g} to {high:.12g}"
        raise Refused(field, value, f"{what} {span}")
    return float(value)


def not_after(field: str, value: Any, before: str, earlier: Any) -> Refused:
    """The refusal of a time that is not after another: both as they were typed."""
    return Refused(field, value, f"a time after {before}, {earlier}")


def whole(value: Any, field: str, low: int, high: int) -> int:
    """An integer within [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Refused(field, value, f"a whole number from {low} to {high}")
    return value


def text(value: Any, field: str, most: int = TEXT_CHARS_MAX) -> str:
    """Text of at most `most` characters, line ends as line feeds; control characters and direction overrides are refused.

    A direction override (U+202D, U+202E) shows a name in another order than it is stored in.
    """
    if not isinstance(value, str):
        raise Refused(field, value, "text")
    if len(value) > most:
        raise Refused(field, f"{len(value)} characters", f"at most {most} characters")
    plain: str = value.replace("\r\n", "\n").replace("\r", "\n")
    if _UNFIT.search(plain):
        raise Refused(field, value, "text without control characters, direction overrides or half surrogates")
    return plain


def choice(value: Any, field: str, allowed: tuple[str, ...]) -> str:
    """One of the `allowed` words."""
    if not isinstance(value, str) or value not in allowed:
        raise Refused(field, value, "one of " + ", ".join(word or '""' for word in allowed))
    return value


def texts(value: Any, field: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(text(one, f"{field}[{index}]", 200) for index, one in enumerate(items(value, field)))


def wrapped_lon(lon_deg: float) -> float:
    """The same meridian within [-180, 180]; a value already there is returned bit for bit."""
    if -180.0 <= lon_deg <= 180.0:
        return lon_deg
    return math.remainder(lon_deg, 360.0)


def position(value: Any, field: str) -> Point:
    """[lon, lat, …] of GeoJSON → (lat_deg, lon_deg); a longitude beyond ±180 is the same meridian within it."""
    if not isinstance(value, (list, tuple)) or not 2 <= len(value) <= 4:
        raise Refused(field, value, "a position: [longitude, latitude]")
    lon_deg = number(value[0], f"{field}[0]", -LONGITUDE_MAX_DEG, LONGITUDE_MAX_DEG, "a longitude in degrees")
    lat_deg = number(value[1], f"{field}[1]", -90.0, 90.0, "a latitude in degrees")
    for index, extra in enumerate(value[2:], start=2):
        number(extra, f"{field}[{index}]", -1e6, 1e6, "a height")
    return lat_deg, wrapped_lon(lon_deg)


def json_of(data: bytes | str, most_bytes: int, field: str = "file") -> Any:
    """What JSON in UTF-8 says. Raises `Refused` for what is none, is too big or too deep, or says a key twice."""
    if len(data) > most_bytes:
        raise Refused(field, f"{len(data)} bytes", f"at most {most_bytes} bytes")
    try:
        whole = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        return json.loads(whole, object_pairs_hook=_once, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise Refused(field, f"byte {error.start}", "UTF-8") from None
    except RecursionError:
        raise Refused(field, "nested too deep", "JSON nested as its format says") from None
    except ValueError as error:
        raise Refused(field, str(error), "JSON (RFC 8259)") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; a key that stands twice is refused, since two readers would take two values."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise Refused("file", next(key for key in keys if keys.count(key) > 1), "each key once in an object")
    return found


def _constant(word: str) -> Any:
    raise Refused("file", word, "finite numbers")
