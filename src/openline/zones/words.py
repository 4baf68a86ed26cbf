"""What a zone's declared words could mean in metres: "34-mile", "34 mi (55 km)", "12 NM radius", "34-mile wide" (R1, R2).

A mile without a kind has two readings, statute and nautical. A size that may be a width has two more. Every reading is
given; none is chosen here.
"""

import re
from typing import Final, Literal

import msgspec

from openline.errors import Refused
from openline.units import LENGTH_UNITS_M

Means = Literal["radius", "diameter", "across", "not stated"]

MILE_KINDS: Final = ("statute_mi", "nmi")
BARE_MILE: Final = "mile"
KIND_NOT_STATED: Final = "mile, kind not stated"
"""What `Declared.unit` says when a person recorded that nobody knows which mile it was (R2)."""

UNIT_WORDS: Final[dict[str, str]] = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), "m"),
    **dict.fromkeys(("km", "kms", "kilometre", "kilometres", "kilometer", "kilometers"), "km"),
    **dict.fromkeys(("ft", "foot", "feet"), "ft"),
    **dict.fromkeys(("yd", "yds", "yard", "yards"), "yd"),
    **dict.fromkeys(("nm", "nmi", "nautical mile", "nautical miles", "nautical mi", "naut mi"), "nmi"),
    **dict.fromkeys(("sm", "statute_mi", "statute mile", "statute miles", "statute mi"), "statute_mi"),
    **dict.fromkeys(("st mi", "land mile", "land miles"), "statute_mi"),
    **dict.fromkeys(("mi", "mile", "miles"), BARE_MILE),
}
"""Unit word, lower case → unit of `LENGTH_UNITS_M`, or `mile` where the kind is not said."""

_RADII: Final[dict[Means, float]] = {"radius": 1.0, "diameter": 0.5, "across": 0.5}  # a diameter or a width is two radii
WORDS_CHARS_MAX: Final = 4_000

_SIZE: Final = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?|\d{1,9}(?:\.\d{1,6})?)[\s-]{0,2}("
    + "|".join(sorted((re.escape(word).replace(r"\ ", r"[\s-]") for word in UNIT_WORDS), key=len, reverse=True))
    + r")(?![\w])",
    re.IGNORECASE | re.ASCII,
)
_MEANS: Final[dict[str, Means]] = {"radius": "radius", "diameter": "diameter", "wide": "across", "across": "across"}
# What stands right behind a height word is a vertical limit, not a size: "1,500 ft AMSL", "120 m AGL".
_HEIGHT_BEHIND: Final = re.compile(r"\s?\(?\s?(amsl|agl|msl|asl|hae|wgs ?84|asfc|sfc|gnd|alt|above|high|height)", re.IGNORECASE)

_HEIGHT_BEFORE: Final = re.compile(
    r"(below|above|under|up to|altitude|height|surface to|ground to|gnd to|sfc to)(?: of)?\s*$", re.IGNORECASE
)
_BEFORE_CHARS: Final = 20
_PLAIN: Final = str.maketrans("–—‐‑−\xa0\u202f\u2009", "-----   ")  # as copied from a web page


class Reading(msgspec.Struct, frozen=True):
    """One thing a size in the words could mean, as a radius in metres."""

    words: str  # the part of the words it was read from: "34-mile"
    value: float
    unit: str  # of `LENGTH_UNITS_M`
    means: Means  # radius, diameter or across, as read here; never "not stated"
    radius_m: float
    stated: bool  # the words leave no choice of unit or of radius against width


class Said(msgspec.Struct, frozen=True):
    """One size in the words: the number, its unit (or `mile`), and whether radius or width was said with it."""

    words: str
    value: float
    unit: str
    means: Means


def unit_of(word: str, field: str = "unit") -> str:
    """The unit a word names, `mile` where its kind is not said. Raises `Refused` for a word that is none."""
    unit = UNIT_WORDS.get(" ".join(word.lower().replace("-", " ").split()))
    if unit is None:
        raise Refused(field, word, "m, km, ft, yd, nmi, statute_mi, or mile with its kind")
    return unit


def sizes(words: str) -> list[Said]:
    """Every different horizontal size in the words, in order."""
    words = words[:WORDS_CHARS_MAX].translate(_PLAIN)
    found: dict[tuple[float, str], Said] = {}
    for match in _SIZE.finditer(words):
        before = words[max(0, match.start() - _BEFORE_CHARS) : match.start()]
        if _HEIGHT_BEHIND.match(words, match.end()) is None and _HEIGHT_BEFORE.search(before) is None:
            value, unit = float(match.group(1).replace(",", "")), unit_of(match.group(2))
            found.setdefault((value, unit), Said(match.group(0), value, unit, _means(words)))
    return list(found.values())


def readings(words: str) -> list[Reading]:
    """Every reading of every size in the words, in order: statute before nautical, radius before width.

    Words that say neither radius nor width are read as a radius, which is how declared zones are usually given, and
    `stated` is false; `across_readings` adds the other.
    """
    return [reading for said in sizes(words) for reading in readings_of(said)]


def readings_of(said: Said, means: Means | None = None) -> list[Reading]:
    """The readings of one size; `means` overrides what the words say."""
    meant = means or said.means
    units = MILE_KINDS if said.unit == BARE_MILE else (said.unit,)
    # "wide" asks: radius or diameter? A diameter said in so many words does not.
    ways: tuple[Means, ...] = {"across": ("radius", "across"), "diameter": ("diameter",)}.get(meant, ("radius",))  # type: ignore[assignment]
    stated = len(units) == 1 and meant in ("radius", "diameter")
    return [
        Reading(said.words, said.value, unit, way, said.value * LENGTH_UNITS_M[unit] * _RADII[way], stated)
        for way in ways
        for unit in units
    ]


def _means(words: str) -> Means:
    lowered = words.lower()
    for word, means in _MEANS.items():
        if re.search(rf"\b{word}\b", lowered):
            return means
    return "not stated"
