"""A typed position: every reading of it, each echoed in all forms, with what should make a person look twice (R23).

Accepts MGRS, degrees minutes seconds, decimal minutes and decimal degrees, in the spellings of docs/zones.md. A text with more
than one reading gives them all with the distances between them; `one` refuses it until its form is chosen.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from itertools import combinations
from typing import Final, Literal

import msgspec
from geographiclib.geodesic import Geodesic

from openline.errors import Refused
from openline.zones.angles import ACCEPTED, Angle, ddm_text, dms_text, read_angle
from openline.zones.grid import is_reference, middle_of, reference_of
from openline.zones.zone import Circle, Point

TEXT_CHARS_MAX: Final = 200
OWN_M: Final = 100.0  # within this of the own position: a handset that shows where it is, not where it was told to look
PREVIOUS_M: Final = 1.0
COARSE_M: Final = 200.0  # a last digit worth more than this deserves a word
SWAP_MOST_DEG: Final = 90.0  # a longitude beyond this cannot be a latitude typed second

Place = tuple[str, float, float]
"""(name, lat_deg, lon_deg)"""


FormName = Literal["mgrs", "dms", "ddm", "dd"]


class Reading(msgspec.Struct, frozen=True):
    """One reading of the text, echoed in every form, and where that is in words."""

    form: FormName
    lat_deg: float
    lon_deg: float
    mgrs: str
    dms: str
    ddm: str
    dd: str
    near: str  # "27.0 km NW (314°) of At Tanf"; empty without places
    step_m: float  # what the last digit typed is worth on the ground


class Warned(msgspec.Struct, frozen=True):
    """One reason to look twice."""

    kind: Literal[
        "ambiguous", "swapped", "coarse", "no hemisphere", "own position", "previous entry", "outside the area", "off its zone"
    ]
    says: str
    second_person: bool = False  # a second person has to confirm


class Typed(msgspec.Struct, frozen=True):
    """What a text says: the reading as written first, then the others, and the warnings."""

    text: str
    readings: tuple[Reading, ...]
    warnings: tuple[Warned, ...]

    def one(self, form: str | None = None) -> Reading:
        """The only reading, or the one of the chosen form. Raises `Refused` while several are left."""
        left = [reading for reading in self.readings if form in (None, reading.form)]
        if len(left) != 1:
            raise Refused(
                "position", self.text, "one reading; choose " + " or ".join(f"{r.form} ({r.dms})" for r in self.readings)
            )
        return left[0]


def read_position(
    text: str, places: Sequence[Place] = (), own: Point | None = None, previous: Point | None = None, area: Circle | None = None
) -> Typed:
    """Every reading of a typed position. Raises `Refused` (position, latitude or longitude) for a text with none."""
    if len(text) > TEXT_CHARS_MAX:
        raise Refused("position", f"{len(text)} characters", f"at most {TEXT_CHARS_MAX} characters")
    plain = _capitals(text)
    warnings: list[Warned] = []
    if is_reference(plain.replace(" ", "")):  # before words are read: 31SEC and 31DEG are grid squares
        readings = [_from_mgrs(plain.replace(" ", ""), places, warnings)]
    else:
        pairs = _pairs(_marked(plain), warnings)
        readings = [_reading(lat.form, (lat.value_deg, lon.value_deg), _step_m(lat, lon), places) for lat, lon in pairs]
    warnings += _ambiguous(readings)
    for reading in readings:
        warnings += _doubts(reading, own, previous, area)
    return Typed(text, tuple(readings), tuple(dict.fromkeys(warnings)))


def distance_m(here: Point, there: Point) -> float:
    """Metres along the WGS-84 geodesic."""
    return float(Geodesic.WGS84.Inverse(*here, *there, Geodesic.DISTANCE)["s12"])


def near_words(point: Point, places: Sequence[Place]) -> str:
    """ "27.0 km NW (314°) of At Tanf", from the nearest place; empty without places."""
    if not places:
        return ""
    here = _direction(point[0], point[1])
    # The nearest is picked on a sphere; the number shown is the geodesic's.
    name, lat_deg, lon_deg = max(
        places, key=lambda place: sum(a * b for a, b in zip(here, _direction(place[1], place[2]), strict=True))
    )
    line = Geodesic.WGS84.Inverse(lat_deg, lon_deg, *point)
    if line["s12"] < 50.0:
        return f"at {name}"
    bearing_deg = round(line["azi1"]) % 360
    return f"{line['s12'] / 1000.0:.1f} km {_COMPASS[round(bearing_deg / 22.5) % 16]} ({bearing_deg:03d}°) of {name}"


def _direction(lat_deg: float, lon_deg: float) -> tuple[float, float, float]:
    lat, lon = math.radians(lat_deg), math.radians(lon_deg)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


_COMPASS: Final = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
_SAME: Final = str.maketrans(
    {
        **dict.fromkeys("º˚∘⁰", "°"),
        **dict.fromkeys("′’‘´`ʹ‵", "'"),
        **dict.fromkeys("″”“„ʺ‶", '"'),
        **dict.fromkeys("−–—‐‑", "-"),
        **dict.fromkeys("；", ";"),
        **dict.fromkeys("，、،", ","),
        **dict.fromkeys("：", ":"),
    }
)
_WORDS: Final = {
    **dict(zip(("NORTH", "SOUTH", "EAST", "WEST"), "NSEW", strict=True)),
    **dict(zip(("DEGREES", "DEG", "MINUTES", "MIN", "SECONDS", "SEC"), "°°''\"\"", strict=True)),
}
_LETTER_MARKS: Final = re.compile(r"(\d)\s*D\s*(\d+(?:\.\d+)?)\s*M(?:\s*(\d+(?:\.\d+)?)\s*S)?")  # 35D20M10S: that S is seconds
_LATIN: Final = re.compile(r"(?:LATITUDE|LONGITUDE|LAT|LON|LONG)[ :=.]*")


def _capitals(text: str) -> str:
    """Upper case, ASCII digits and marks, single spaces."""
    text = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text.translate(_SAME))
    return " ".join(text.upper().split())


def _marked(text: str) -> str:
    """Words for hemispheres and marks as letters and marks."""
    text = _LATIN.sub(" ", text).replace("''", '"')
    for word, mark in _WORDS.items():
        text = re.sub(rf"(?<![A-Z]){word}(?![A-Z])", mark, text)
    text = _LETTER_MARKS.sub(lambda match: f"{match[1]}°{match[2]}'" + (f'{match[3]}"' if match[3] else ""), text)
    return " ".join(text.strip(" ()[].").split())


def _from_mgrs(text: str, places: Sequence[Place], warnings: list[Warned]) -> Reading:
    """The middle of the square the reference names."""
    point, side_m, usual = middle_of(text)
    if usual.lstrip("0") != text.lstrip("0"):
        warnings.append(Warned("off its zone", f"{text} is outside its own grid zone; the usual name of the place is {usual}"))
    return _reading("mgrs", point, side_m, places)


def _pairs(text: str, warnings: list[Warned]) -> list[tuple[Angle, Angle]]:
    """Readings of latitude and longitude, both of one form."""
    (lat_text, lat_half), (lon_text, lon_half) = _lettered(text) if set(text) & set("NSEW") else _unlettered(text)
    swapped = False
    if lat_half is None:
        warnings.append(Warned("no hemisphere", "no hemisphere letters: read as latitude first, north and east positive"))
        swapped = _beyond_latitude(lat_text) and not _beyond_latitude(lon_text)
    if swapped:
        lat_text, lon_text = lon_text, lat_text
        warnings.append(Warned("swapped", "the first number cannot be a latitude: read as longitude first"))
    lats = read_angle(lat_text, "lat", lat_half, "latitude")
    lons = read_angle(lon_text, "lon", lon_half, "longitude")
    pairs = [(lat, lon) for lat in lats for lon in lons if lat.form == lon.form] or [(lats[0], lons[0])]
    if lat_half is None and not swapped:
        warnings += _swap(pairs[0])
    return pairs


def _swap(pair: tuple[Angle, Angle]) -> list[Warned]:
    """How far off the place is if the two were typed the other way round."""
    here = (pair[0].value_deg, pair[1].value_deg)
    if abs(here[1]) > SWAP_MOST_DEG or here[0] == here[1]:
        return []
    apart_km = distance_m(here, (here[1], here[0])) / 1000.0
    return [
        Warned("swapped", f"if longitude was typed first the place is {apart_km:.0f} km away, at {here[1]:.6f}, {here[0]:.6f}")
    ]


def _beyond_latitude(text: str) -> bool:
    match = re.match(r"[+-]?\s*(\d+)", text)
    return match is not None and (len(match.group(1)) in (5, 7) or (len(match.group(1)) <= 3 and int(match.group(1)) > 90))


Half = tuple[str, str | None]


def _lettered(text: str) -> tuple[Half, Half]:
    """The two coordinates of a text with hemisphere letters, before or behind the numbers. Latitude first in the answer."""
    if match := re.fullmatch(r"([^NSEW]+)([NSEW])[\s,;/]*([^NSEW]+)([NSEW])", text):
        first, second = (match.group(1), match.group(2)), (match.group(3), match.group(4))
    elif match := re.fullmatch(r"([NSEW])([^NSEW]+?)[\s,;/]*([NSEW])([^NSEW]+)", text):
        first, second = (match.group(2), match.group(1)), (match.group(4), match.group(3))
    else:
        raise Refused("position", text, ACCEPTED)
    if (first[1] in "NS") == (second[1] in "NS"):
        raise Refused("position", text, "one latitude (N or S) and one longitude (E or W)")
    return (first, second) if first[1] in "NS" else (second, first)


def _unlettered(text: str) -> tuple[Half, Half]:
    """The two coordinates of a text without letters: parted by a comma, semicolon or slash, else by their number of groups."""
    parts = re.split(r"\s*[,;/]\s*", text)
    if len(parts) == 1:
        if text.count("°") == 2:
            parts = re.split(r"\s+(?=[+-]?\s*[\d.]+\s*°)", text)
        else:
            groups = text.split()
            half = len(groups) // 2
            parts = [" ".join(groups[:half]), " ".join(groups[half:])] if len(groups) in (2, 4, 6) else [text]
    if len(parts) != 2:
        raise Refused("position", text, ACCEPTED)
    return (parts[0], None), (parts[1], None)


def _step_m(lat: Angle, lon: Angle) -> float:
    """Metres that the last typed digit is worth, in latitude: cutting digits off can move the place by about 1.4 of it."""
    return max(lat.step_deg, lon.step_deg) * 111_200.0


def _reading(form: FormName, point: Point, step_m: float, places: Sequence[Place]) -> Reading:
    lat_deg, lon_deg = point
    dms = f"{dms_text(lat_deg, 'lat')} {dms_text(lon_deg, 'lon')}"
    ddm = f"{ddm_text(lat_deg, 'lat')} {ddm_text(lon_deg, 'lon')}"
    square = reference_of(point)
    return Reading(form, lat_deg, lon_deg, square, dms, ddm, f"{lat_deg:.6f}, {lon_deg:.6f}", near_words(point, places), step_m)


def _ambiguous(readings: list[Reading]) -> list[Warned]:
    warnings = []
    for one, other in combinations(readings, 2):
        apart = _apart(distance_m((one.lat_deg, one.lon_deg), (other.lat_deg, other.lon_deg)))
        warnings.append(
            Warned("ambiguous", f"the same digits as {one.form} and as {other.form} ({other.dms}) are {apart} apart")
        )
    return warnings


def _apart(metres: float) -> str:
    return f"{metres:.0f} m" if metres < 1000.0 else f"{metres / 1000.0:.1f} km"


def _doubts(reading: Reading, own: Point | None, previous: Point | None, area: Circle | None) -> list[Warned]:
    """Warnings of one reading: how finely it was typed, and whom or what it equals."""
    here = (reading.lat_deg, reading.lon_deg)
    found = []
    if reading.step_m > COARSE_M:
        found.append(
            Warned("coarse", f"read as {reading.form} the last digit is worth {_apart(reading.step_m)}; was more cut off?")
        )
    if own is not None and distance_m(here, own) <= max(OWN_M, reading.step_m):
        found.append(Warned("own position", "this is your own position; a second person must confirm it", second_person=True))
    if previous is not None and distance_m(here, previous) <= PREVIOUS_M:
        found.append(Warned("previous entry", "this is the position entered before"))
    if area is not None and (beyond_m := distance_m(here, (area.lat_deg, area.lon_deg)) - area.radius_m) > 0.0:
        found.append(Warned("outside the area", f"{_apart(beyond_m)} outside the area"))
    return found
