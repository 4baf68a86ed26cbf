"""Vertical limits in words: FL320, 1500 ft AMSL, 120 m AGL, GND, UNL. A number without unit or reference is refused (R5, R24).

A flight level is a pressure altitude; MSL means AMSL, ASFC and SFC-referenced heights mean AGL, HAE and WGS84 the ellipsoid.
"""

import math
import re
from typing import Final, Literal

from openline.errors import Refused
from openline.units import DATUMS, M_PER_FL, M_PER_FT, Datum
from openline.zones.zone import Limit

HEIGHT_LOW_M: Final = -500.0  # the Dead Sea shore is at -430 m
HEIGHT_HIGH_M: Final = 100_000.0  # above this nothing flies that a zone could ask anything of
ACCEPTED: Final = "a height with unit and reference: FL320, 1500 ft AMSL, 120 m AGL, 300 m WGS84, GND or UNL"

_UNITS_M: Final[dict[str, float]] = {"m": 1.0, "ft": M_PER_FT, "fl": M_PER_FL}
_UNIT_WORDS: Final[dict[str, Literal["m", "ft"]]] = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), "m"),
    **dict.fromkeys(("ft", "feet", "foot", "'"), "ft"),
}
_DATUM_WORDS: Final[dict[str, Datum]] = {
    **dict.fromkeys(("amsl", "msl", "alt", "asl"), "amsl"),
    **dict.fromkeys(("agl", "asfc", "sfc", "gnd", "hgt"), "agl"),
    **dict.fromkeys(("wgs84", "hae", "ellipsoid"), "wgs84"),
    **dict.fromkeys(("std", "qne", "baro"), "baro"),
}
_GROUND: Final = ("gnd", "sfc", "ground", "surface")
_UNLIMITED: Final = ("unl", "unlimited", "unltd")

_FLIGHT_LEVEL: Final = re.compile(r"FL\s?(\d{1,3})", re.ASCII | re.IGNORECASE)
_HEIGHT: Final = re.compile(
    r"(-?(?:\d{1,3}(?:,\d{3})+|\d{1,6})(?:\.\d{1,3})?)\s?(m|metres?|meters?|ft|feet|foot|')\s?([A-Za-z]+\d{0,2})",
    re.ASCII | re.IGNORECASE,
)
_MENTION: Final = re.compile(
    rf"\b(?:{_FLIGHT_LEVEL.pattern}|(?:GND|SFC|UNL|UNLTD|UNLIMITED))\b|(?<![\w.,]){_HEIGHT.pattern}\b", re.ASCII | re.IGNORECASE
)
WORDS_CHARS_MAX: Final = 4_000


def limit(value: float, unit: str, datum: str, field: str = "limit") -> Limit:
    """A `Limit`, converted once. Raises `Refused` for an unknown unit or datum, a flight level not on baro, a mad height."""
    if unit not in _UNITS_M:
        raise Refused(f"{field}.unit", unit, "m, ft or fl")
    if datum not in DATUMS:
        raise Refused(f"{field}.datum", datum, "one of " + ", ".join(DATUMS))
    if unit == "fl" and datum != "baro":
        raise Refused(f"{field}.datum", datum, "baro: a flight level is a pressure altitude")
    altitude_m = value * _UNITS_M[unit]
    if not (math.isfinite(altitude_m) and HEIGHT_LOW_M <= altitude_m <= HEIGHT_HIGH_M):
        raise Refused(f"{field}.value", value, f"a height from {HEIGHT_LOW_M:g} m to {HEIGHT_HIGH_M:g} m")
    return Limit(value, unit, datum, altitude_m)  # type: ignore[arg-type]  # both were checked above


def parse(words: str, field: str = "limit") -> Limit | None:
    """One limit in words. None for the ground (GND, SFC) and for unlimited (UNL): which of them, `Zone` knows by its place."""
    text = words.strip()
    if text.lower() in (*_GROUND, *_UNLIMITED):
        return None
    if match := _FLIGHT_LEVEL.fullmatch(text):
        return limit(float(match.group(1)), "fl", "baro", field)
    if match := _HEIGHT.fullmatch(text):
        datum = _DATUM_WORDS.get(match.group(3).lower())
        if datum is not None:
            return limit(float(match.group(1).replace(",", "")), _UNIT_WORDS[match.group(2).lower()], datum, field)
    raise Refused(field, words, ACCEPTED)


def lower(words: str, field: str = "lower") -> Limit | None:
    """A lower limit in words; UNL is no lower limit."""
    if words.strip().lower() in _UNLIMITED:
        raise Refused(field, words, ACCEPTED + "; a lower limit is not unlimited")
    return parse(words, field)


def upper(words: str, field: str = "upper") -> Limit | None:
    """An upper limit in words; GND is no upper limit."""
    if words.strip().lower() in _GROUND:
        raise Refused(field, words, ACCEPTED + "; an upper limit is not the ground")
    return parse(words, field)


def words_of(limit: Limit) -> str:
    """The limit as it was declared: FL320, 1500 ft AMSL."""
    if limit.unit == "fl":
        return f"FL{limit.value:03.0f}" if limit.value == int(limit.value) else f"FL{limit.value:g}"
    return f"{limit.value:.12g} {limit.unit} {'WGS84' if limit.datum == 'wgs84' else limit.datum.upper()}"


def same(one: Limit | None, other: Limit | None) -> bool:
    """The same limit: both ground or unlimited, or the same reference within a metre. 0 m AGL is the ground."""
    if one is None or other is None:
        present = one or other
        return present is None or (present.datum == "agl" and abs(present.altitude_m) < 1.0)
    return one.datum == other.datum and abs(one.altitude_m - other.altitude_m) < 1.0


def mentioned(words: str) -> dict[str, Limit | None]:
    """Every different vertical limit in free words, in order: {"FL320": …, "GND": None, "FL530": …}."""
    found: dict[str, Limit | None] = {}
    for match in _MENTION.finditer(words[:WORDS_CHARS_MAX]):
        try:
            one = parse(match.group(0))
        except Refused:
            continue
        key = words_of(one) if one is not None else "UNL" if match.group(0).lower() in _UNLIMITED else "GND"
        if not any(one is not None and other is not None and same(one, other) for other in found.values()):
            found[key] = one
    return found
