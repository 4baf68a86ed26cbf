"""One coordinate as people type it ⇄ degrees: 35°20′10″N, N35 20.167, 352010N, 33:30:25N, -35.336111.

Packed digits are read by their count alone, as ICAO writes them: latitude DDMM or DDMMSS, longitude DDDMM or DDDMMSS, with
decimals on the last pair. Any other count is refused: guessing where the degrees end moves a place by kilometres.

Plain decimal degrees with two or four decimals, no degree sign, and pairs below 60 could also be degrees, minutes and seconds
run together behind a point (35.2010 for 35°20′10″): all such readings are given, and none is chosen here.
"""

import re
from typing import Final, Literal

import msgspec

from openline.errors import Refused

Form = Literal["dd", "ddm", "dms"]
Axis = Literal["lat", "lon"]

ACCEPTED: Final = (
    "a position such as 35°20′10″N 40°18′34″E, 352010N 0401834E, 35 20.167N 40 18.567E, 35.33611, 40.30944 or 37SDT6452007560"
)
_MOST_DEG: Final[dict[Axis, float]] = {"lat": 90.0, "lon": 180.0}
_HALF: Final[dict[Axis, tuple[str, str]]] = {"lat": ("N", "S"), "lon": ("E", "W")}
_PACKED: Final = re.compile(r"(\d{4,7})(\.\d{1,6})?")
_DOTTED: Final = re.compile(r"(\d{1,3})\.(\d{2})\.(\d{2}(?:\.\d{1,6})?)")
_NUMBER: Final = r"\d{1,3}(?:\.\d{1,10})?"
_PLAIN: Final = re.compile(rf"({_NUMBER})\s*(°?)")
_SPELT: Final = re.compile(rf"({_NUMBER})(\s*[°:-]\s*|\s+)({_NUMBER})(?:\s*'?|(\s*[':-]\s*|\s+)({_NUMBER})\s*\"?)")
_SEPARATORS: Final = frozenset([("°", "'"), ("°", ""), ("", "'"), ("", ""), (":", ":"), ("-", "-")])


class Angle(msgspec.Struct, frozen=True):
    """One reading of one coordinate: its form, its value, and the step of the last digit typed."""

    form: Form
    value_deg: float
    step_deg: float


def read_angle(text: str, axis: Axis, half: str | None, field: str) -> list[Angle]:
    """Every reading of a coordinate without its hemisphere letter; the first takes it as it is written. Raises `Refused`.

    `half` is the letter (N, S, E, W) or None; without one a sign may stand before the number.
    """
    body, sign = _signed(text.strip(), half, field, text)
    if match := _PACKED.fullmatch(body):
        angles = [_packed(match.group(1), match.group(2) or "", axis, field, text)]
    elif match := _DOTTED.fullmatch(body):
        angles = [_sexagesimal([match.group(1), match.group(2), match.group(3)], field, text)]
    elif match := _PLAIN.fullmatch(body):
        angles = _plain(match.group(1), marked=match.group(2) != "")
    elif match := _SPELT.fullmatch(body):
        angles = [_spelt(match, field, text)]
    else:
        raise Refused(field, text, ACCEPTED)
    if angles[0].value_deg > _MOST_DEG[axis]:
        raise Refused(field, text, f"at most {_MOST_DEG[axis]:g}° of {'latitude' if axis == 'lat' else 'longitude'}")
    return [Angle(one.form, sign * one.value_deg, one.step_deg) for one in angles if one.value_deg <= _MOST_DEG[axis]]


def dms_text(value_deg: float, axis: Axis) -> str:
    """35°20′10.00″N, rounded to a hundredth of a second (0.3 m)."""
    hundredths = round(abs(value_deg) * 360_000)
    degrees, rest = divmod(hundredths, 360_000)
    minutes, rest = divmod(rest, 6_000)
    return f"{degrees:0{_width(axis)}d}°{minutes:02d}′{rest // 100:02d}.{rest % 100:02d}″{_letter(value_deg, axis)}"


def ddm_text(value_deg: float, axis: Axis) -> str:
    """35°20.1667′N, rounded to a ten-thousandth of a minute (0.2 m)."""
    parts = round(abs(value_deg) * 600_000)
    degrees, rest = divmod(parts, 600_000)
    return f"{degrees:0{_width(axis)}d}°{rest // 10_000:02d}.{rest % 10_000:04d}′{_letter(value_deg, axis)}"


def _width(axis: Axis) -> int:
    return 2 if axis == "lat" else 3


def _letter(value_deg: float, axis: Axis) -> str:
    return _HALF[axis][value_deg < 0.0]


def _signed(body: str, half: str | None, field: str, text: str) -> tuple[str, float]:
    """The digits and the sign; a sign beside a hemisphere letter says one thing twice, or two."""
    if body[:1] in ("+", "-"):
        if half is not None:
            raise Refused(field, text, "either a sign or a hemisphere letter, not both")
        return body[1:].strip(), -1.0 if body[0] == "-" else 1.0
    return body, -1.0 if half in ("S", "W") else 1.0


def _packed(digits: str, fraction: str, axis: Axis, field: str, text: str) -> Angle:
    """DDMM, DDMMSS of a latitude, DDDMM, DDDMMSS of a longitude."""
    degrees_wide = _width(axis)
    if len(digits) not in (degrees_wide + 2, degrees_wide + 4):
        wanted = "DDMM or DDMMSS" if axis == "lat" else "DDDMM or DDDMMSS, such as 0401834"
        raise Refused(field, text, f"packed digits as {wanted}: {len(digits)} digits do not say where the degrees end")
    groups = [digits[:degrees_wide], *re.findall("..", digits[degrees_wide:])]
    groups[-1] += fraction
    return _sexagesimal(groups, field, text)


def _spelt(match: re.Match[str], field: str, text: str) -> Angle:
    """Two or three numbers with marks or spaces between them."""
    degrees, mark, minutes, minute_mark, seconds = match.groups()
    if "." in degrees or (seconds is not None and "." in minutes):
        raise Refused(field, text, "decimals on the last number only")
    if seconds is not None and (mark.strip(), minute_mark.strip()) not in _SEPARATORS:
        raise Refused(field, text, "one kind of separator throughout")
    return _sexagesimal([degrees, minutes] if seconds is None else [degrees, minutes, seconds], field, text)


def _sexagesimal(groups: list[str], field: str, text: str) -> Angle:
    """Degrees, minutes and perhaps seconds; the last may have decimals."""
    numbers = [float(group) for group in groups]
    if any(number >= 60.0 for number in numbers[1:]):
        raise Refused(field, text, "minutes and seconds below 60")
    unit_deg = 60.0 ** (1 - len(numbers))
    value_deg = sum(number / 60.0**power for power, number in enumerate(numbers))
    return Angle("dms" if len(numbers) == 3 else "ddm", value_deg, unit_deg * _step(groups[-1]))


def _plain(number: str, marked: bool) -> list[Angle]:
    """Decimal degrees, and what the same digits could be behind a point that parts degrees from minutes."""
    angles = [Angle("dd", float(number), _step(number))]
    whole, _, fraction = number.partition(".")
    if marked or len(fraction) not in (2, 4) or int(fraction[:2]) >= 60:
        return angles
    minutes = float(f"{fraction[:2]}.{fraction[2:] or '0'}")
    angles.append(Angle("ddm", int(whole) + minutes / 60.0, 10.0 ** (2 - len(fraction)) / 60.0))
    if len(fraction) == 4 and int(fraction[2:]) < 60:
        angles.append(Angle("dms", int(whole) + int(fraction[:2]) / 60.0 + int(fraction[2:]) / 3600.0, 1.0 / 3600.0))
    return angles


def _step(number: str) -> float:
    return 10.0 ** -len(number.partition(".")[2])
