"""The typed holes of a template: which values may stand there, and how they are written.

A slot's name ends in its kind or unit, and so do the names of the parameters that fill it, but for those in `PLAIN`:

    kind       slot              parameters                          written, the same in every language
    text       zone_text         zone_text                           “Tanf”
    integer    zone_number       zone_number (_count _number _min)   3
    distance   radius_m          radius_m                            55000 m (55.0 km, 29.7 NM)
    time       start_us          start_us, µs since 1970             2017-05-18 14:02:00 UTC
    place      centre_place      centre_lat_1e7, centre_lon_1e7      33.50500°N 38.62000°E (33°30′18.0″N 38°37′12.0″E) WGS-84
    bearing    course_deg        course_deg, true                    045°T
    speed      speed_cmps        speed_cmps, cm/s                    40 km/h (22 kt)
    altitude   floor_altitude    floor_cm, floor_datum               457 m (1500 ft) AMSL, FL320 (9754 m), GND, UNL
    choice     asked_choice      asked_choice, one word of a list    in the words of the language
    party      issuer_party      issuer_party                        south.example
    unit       told_unit         told_unit, the unit's name          “2nd platoon”

Numbers are written in western digits, with a point and without grouping, by integer arithmetic alone: two nodes always write
the same. Words that people typed stand in quotation marks, so that no one takes them for the template's. An altitude whose
datum is `unlimited` or `not_stated` has no number. A parameter is a text or an integer and never a float, a bool or null.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from openline.clock import EARLIEST_NS, LATEST_NS, NS_PER_S, NS_PER_US, to_rfc3339
from openline.errors import Refused
from openline.line.cleaning import is_clean
from openline.line.names import PARTY

Kind = Literal["text", "integer", "distance", "time", "place", "bearing", "speed", "altitude", "choice", "party", "unit"]
Value = str | int
Params = Mapping[str, Value]

ENDINGS: Final[dict[Kind, tuple[str, ...]]] = {
    "text": ("_text",),
    "integer": ("_count", "_number", "_min"),
    "distance": ("_m",),
    "time": ("_us",),
    "place": ("_place",),
    "bearing": ("_deg",),
    "speed": ("_cmps",),
    "altitude": ("_altitude",),
    "choice": ("_choice",),
    "party": ("_party",),
    "unit": ("_unit",),
}

PLAIN: Final[dict[str, Kind]] = {
    "who": "text",
    "role": "text",
    "fields": "text",
    "unit": "unit",
    "answer": "choice",
    "why": "choice",
    "result": "choice",
    "how": "choice",
    "what": "choice",
    "core": "text",
}
"""Slots that every message of their type has, whatever its template: the names docs/spec/line.md gives them have no ending."""

NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+", re.ASCII)
TEXT_CHARS_MAX: Final = 500
UNIT_CHARS_MAX: Final = 80
WORD_CHARS_MAX: Final = 40
LAT_1E7_MAX: Final = 900_000_000
LON_1E7_MAX: Final = 1_800_000_000

RANGES: Final[dict[Kind, tuple[int, int]]] = {
    "integer": (0, 1_000_000_000),
    "distance": (0, 20_100_000),  # half a meridian is 20,004 km: nothing on earth is farther
    "time": (EARLIEST_NS // NS_PER_US, LATEST_NS // NS_PER_US),
    "bearing": (0, 359),
    "speed": (0, 1_000_000),  # 10 km/s: faster than anything that stays down here
    "altitude": (-100_000, 10_000_000),  # 1 km below to 100 km above
}
HEIGHT_DATUMS: Final = ("amsl", "agl", "wgs84", "baro")
NO_HEIGHT: Final = ("unlimited", "not_stated")

CM_PER_FL: Final = 3_048  # 100 ft, exact


class Slot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One slot. `least` and `most` are characters of a text, else values; `of` names the list of a choice."""

    name: str
    kind: Kind
    least: int | None = None
    most: int | None = None
    of: str = ""
    grid_1e7: int = 1
    """Both coordinates are multiples of this: what makes a place coarse. 100,000 is 0.01°, about 1.1 km."""
    optional: bool = False
    """Whether it may be left out; the text then says "not stated"."""


def parameters(slot: Slot) -> tuple[str, ...]:
    """The parameters that fill the slot."""
    stem = slot.name.rpartition("_")[0]
    if slot.kind == "place":
        return f"{stem}_lat_1e7", f"{stem}_lon_1e7"
    if slot.kind == "altitude":
        return f"{stem}_cm", f"{stem}_datum"
    return (slot.name,)


def given(slot: Slot, params: Params) -> bool:
    """Whether anything was said for the slot."""
    return any(name in params for name in parameters(slot))


def check(slot: Slot, params: Params, words: frozenset[str] = frozenset()) -> None:
    """Raises `Refused`, naming the parameter, unless the slot is filled as it must be. `words` are those of its choice."""
    if not given(slot, params):
        if not slot.optional:
            raise Refused(parameters(slot)[0], "nothing", f"a {slot.kind}")
        return
    if slot.kind == "place":
        _check_place(slot, params)
    elif slot.kind == "altitude":
        _check_altitude(slot, params)
    elif slot.kind in ("text", "unit"):
        _check_text(slot, params[slot.name])
    elif slot.kind in ("choice", "party"):
        _check_word(slot, params[slot.name], words)
    else:
        _check_number(slot.name, slot.kind, params[slot.name], slot.least, slot.most)


def _check_number(name: str, kind: Kind, value: object, least: int | None = None, most: int | None = None) -> None:
    low, high = RANGES[kind]
    low, high = max(low, low if least is None else least), min(high, high if most is None else most)
    if type(value) is not int or not low <= value <= high:
        raise Refused(name, value, f"an integer from {low} to {high}")


def _check_text(slot: Slot, value: object) -> None:
    most = slot.most or (UNIT_CHARS_MAX if slot.kind == "unit" else TEXT_CHARS_MAX)
    if not isinstance(value, str) or not value or not is_clean(value, most, one_line=True):
        raise Refused(slot.name, value, f"1 to {most} characters on one line, cleaned")


def _check_word(slot: Slot, value: object, words: frozenset[str]) -> None:
    if slot.kind == "party":
        if not isinstance(value, str) or not PARTY.fullmatch(value):
            raise Refused(slot.name, value, "the id of a party, such as south.example")
    elif not isinstance(value, str) or value not in words:
        raise Refused(slot.name, value, ", ".join(sorted(words)))


def _check_place(slot: Slot, params: Params) -> None:
    for name, limit in zip(parameters(slot), (LAT_1E7_MAX, LON_1E7_MAX), strict=True):
        value = params.get(name)
        if type(value) is not int or not -limit <= value <= limit:
            raise Refused(name, value, f"an integer from {-limit} to {limit}, in 1e-7 degrees")
        if value % slot.grid_1e7:
            raise Refused(name, value, f"a multiple of {slot.grid_1e7}: this place is told coarsely")


def _check_altitude(slot: Slot, params: Params) -> None:
    number, datum = parameters(slot)
    word = params.get(datum)
    if word in NO_HEIGHT:
        if number in params:
            raise Refused(number, params[number], f"nothing, where the datum is {word}")
    elif word in HEIGHT_DATUMS:
        _check_number(number, "altitude", params.get(number))
    else:
        raise Refused(datum, word, ", ".join((*HEIGHT_DATUMS, *NO_HEIGHT)))


# ── How values are written ───────────────────────────────────────────────────────────────────────────────────────────


def written(slot: Slot, params: Params) -> str | None:
    """A checked slot as every language writes it; None where nothing is stated. A choice gives its word, not yet a phrase."""
    if not given(slot, params):
        return None
    if slot.kind == "place":
        lat, lon = (params[name] for name in parameters(slot))
        assert isinstance(lat, int)
        assert isinstance(lon, int)
        return place(lat, lon)
    if slot.kind == "altitude":
        number, datum = parameters(slot)
        return altitude(params.get(number), str(params[datum]))
    value = params[slot.name]
    if isinstance(value, str):
        return quoted(value) if slot.kind in ("text", "unit") else value
    return number_of(slot.kind, slot.name, value)


def number_of(kind: Kind, name: str, value: int) -> str:
    """A number with its unit."""
    if kind == "distance":
        return distance(value)
    if kind == "time":
        return time(value)
    if kind == "bearing":
        return f"{value:03d}°T"
    if kind == "speed":
        return f"{_divided(value * 36, 1_000)} km/h ({_divided(value * 36, 1_852)} kt)"
    return f"{value} min" if name.endswith("_min") else str(value)


def quoted(text: str) -> str:
    """A person's words in quotation marks that the words themselves do not hold."""
    return "“" + text.replace("“", '"').replace("”", '"') + "”"


def distance(length_m: int) -> str:
    """Metres, with feet below a kilometre, else with kilometres and nautical miles to a tenth."""
    if length_m < 1_000:
        return f"{length_m} m ({_feet(length_m * 100)} ft)"
    return f"{length_m} m ({_tenths(length_m, 1_000)} km, {_tenths(length_m, 1_852)} NM)"


def time(at_us: int) -> str:
    """UTC to the second, cut off, never rounded up: a limit is not told later than it is."""
    text = to_rfc3339(at_us // 1_000_000 * NS_PER_S, digits=0)
    return text.replace("T", " ").replace("Z", " UTC")


def place(lat_1e7: int, lon_1e7: int) -> str:
    """Decimal degrees to five places (1.1 m) and degrees, minutes, seconds to a tenth (3 m), each with its hemisphere."""
    halves = ((lat_1e7, "NS"), (lon_1e7, "EW"))
    decimal = " ".join(f"{_fixed(abs(value), 5)}°{signs[value < 0]}" for value, signs in halves)
    sexagesimal = " ".join(f"{_dms(abs(value))}{signs[value < 0]}" for value, signs in halves)
    return f"{decimal} ({sexagesimal}) WGS-84"


def altitude(value: Value | None, datum: str) -> str | None:
    """A height with its reference; None for `not_stated`."""
    if datum == "not_stated":
        return None
    if datum == "unlimited":
        return "UNL"
    assert isinstance(value, int)
    if datum == "agl" and value == 0:
        return "GND"
    metres, feet = _divided(value, 100), _feet(value)
    if datum == "baro":
        level, rest = divmod(value, CM_PER_FL)
        return f"FL{level:03d} ({metres} m)" if rest == 0 and level >= 0 else f"{metres} m ({feet} ft) STD"
    return f"{metres} m ({feet} ft) {'WGS-84' if datum == 'wgs84' else datum.upper()}"


def _divided(number: int, by: int) -> int:
    """Rounded half away from zero."""
    whole = (2 * abs(number) + by) // (2 * by)
    return -whole if number < 0 else whole


def _feet(length_cm: int) -> int:
    return _divided(length_cm * 100, 3_048)


def _tenths(number: int, by: int) -> str:
    whole, rest = divmod(_divided(number * 10, by), 10)
    return f"{whole}.{rest}"


def _fixed(value_1e7: int, places: int) -> str:
    whole, rest = divmod(_divided(value_1e7, 10 ** (7 - places)), 10**places)
    return f"{whole}.{rest:0{places}d}"


def _dms(value_1e7: int) -> str:
    tenths = _divided(value_1e7 * 36_000, 10_000_000)
    minutes, tenths = divmod(tenths, 600)
    degrees, minutes = divmod(minutes, 60)
    return f"{degrees}°{minutes:02d}′{tenths // 10:02d}.{tenths % 10}″"
