"""One value from outside, read at the door: what it means, or `Refused` with field, value and what would be accepted.

Every decoder reads its numbers, instants and names through these, so that NaN, a latitude of 91, 1970 and 2099 mean the
same on every feed.
"""

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from math import nan
from typing import Final

from openline.clock import EARLIEST_NS, LATEST_NS, NS_PER_MS, NS_PER_S, from_rfc3339, from_unix_s
from openline.errors import Refused
from openline.feeds.report import Refusal, Report
from openline.units import M_PER_FT, MPS_PER_FPM, MPS_PER_KT

ALTITUDE_M_MIN: Final = -2_000.0  # the Dead Sea shore is −430 m; pressure altitude in a deep low there stays above −1,000 m
ALTITUDE_M_MAX: Final = 100_000.0  # the Kármán line; balloons reach 53 km
SPEED_MPS_MAX: Final = 3_500.0  # a little over the fastest aircraft flown (X-43A, about 3,000 m/s)
VERTICAL_MPS_MAX: Final = 1_000.0
ACCURACY_M_MAX: Final = 1_000_000.0
MOVER_CHARS_MAX: Final = 64
TEXT_CHARS_MAX: Final = 64
_TEXT_BYTES_SHOWN: Final = 400

Wall = Callable[[int, str], int]
"""What clocks showed, as nanoseconds as if it were UTC, and the field → the instant. Raises `Refused` where it never was,
or was twice.
"""

SET_ZONE: Final = "set the option `zone`"
_INSTANT: Final = "a time from 2000-01-01 up to 2099-01-01"
_LOCAL: Final = re.compile(r"(\d{4})[/-](\d{2})[/-](\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?", re.ASCII)
_ZONE: Final = re.compile(r"([+-])(\d{2}):?(\d{2})", re.ASCII)


def number(value: object, field: str, low: float, high: float, accepted: str) -> float:
    """A finite number in [low, high], from a JSON number or from text with a decimal point."""
    kind = type(value)
    if kind is float or kind is int:
        try:
            result = float(value)  # type: ignore[arg-type]
        except OverflowError:
            raise Refused(field, "a number too large for a float", accepted) from None
    elif kind is str and value.isascii() and "_" not in value:  # type: ignore[attr-defined, operator]
        try:
            result = float(value)  # type: ignore[arg-type]
        except ValueError:
            raise Refused(field, value, accepted) from None
    else:
        raise Refused(field, value, accepted)
    if not low <= result <= high:  # written so that NaN is refused
        raise Refused(field, value, accepted)
    return result


@lru_cache(maxsize=16)
def _range(what: str, low: float, high: float, unit: float, per_s: bool) -> tuple[float, float, str]:
    """Limits in the unit the value comes in, and the words for them: no refusal shows a bare number."""
    names = {MPS_PER_KT: "kt", MPS_PER_FPM: "ft/min"} if per_s else {M_PER_FT: "ft"}
    name = names.get(unit, "m/s" if per_s else "m")
    return low / unit, high / unit, f"{what} from {low / unit:.0f} to {high / unit:.0f} {name}"


def latitude(value: object, field: str = "lat") -> float:
    """Degrees north, WGS-84."""
    return number(value, field, -90.0, 90.0, "a latitude from -90 to 90, decimal degrees")


def longitude(value: object, field: str = "lon") -> float:
    """Degrees east, WGS-84."""
    return number(value, field, -180.0, 180.0, "a longitude from -180 to 180, decimal degrees")


def altitude(value: object, field: str, unit_m: float = 1.0) -> float:
    """Metres. The datum is the caller's business."""
    return number(value, field, *_range("a height", ALTITUDE_M_MIN, ALTITUDE_M_MAX, unit_m, False)) * unit_m


def speed(value: object, field: str, unit_mps: float = 1.0) -> float:
    """Metres per second over the ground, never negative."""
    return number(value, field, *_range("a speed", 0.0, SPEED_MPS_MAX, unit_mps, True)) * unit_mps


def track(value: object, field: str) -> float:
    """Degrees clockwise from true north, in [0, 360)."""
    degrees = number(value, field, 0.0, 360.0, "a direction from 0 to 360 degrees")
    return 0.0 if degrees == 360.0 else degrees


def vertical(value: object, field: str, unit_mps: float = 1.0) -> float:
    """Metres per second, up positive."""
    return number(value, field, *_range("a vertical speed", -VERTICAL_MPS_MAX, VERTICAL_MPS_MAX, unit_mps, True)) * unit_mps


def accuracy(value: object, field: str) -> float:
    """Metres, more than 0: a source that says 0 does not know its accuracy."""
    radius_m = number(value, field, 0.0, ACCURACY_M_MAX, "a radius in metres above 0; leave it out when not known")
    if radius_m == 0.0:
        raise Refused(field, value, "a radius in metres above 0; leave it out when not known")
    return radius_m


def within_years(instant_ns: int, field: str, value: object) -> int:
    """The same instant, or `Refused` when a reset or runaway clock must have written it."""
    if not EARLIEST_NS <= instant_ns < LATEST_NS:
        raise Refused(field, value, _INSTANT)
    return instant_ns


def rfc3339(value: object, field: str = "time") -> int:
    """Nanoseconds of an RFC 3339 time with its zone."""
    if not isinstance(value, str):
        raise Refused(field, value, "an RFC 3339 time with its zone, such as 2017-05-18T09:30:00.250Z")
    return within_years(from_rfc3339(value, field), field, value)


def local_time(value: object, field: str, shift_ns: int) -> int:
    """Nanoseconds of a date and time without a zone, where local time is ahead of UTC by `shift_ns`."""
    match = _LOCAL.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise Refused(field, value, "a date and time such as 2008/11/28 14:53:50.594")
    try:
        whole = dt.datetime(*(int(match.group(i)) for i in range(1, 7)), tzinfo=dt.UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        raise Refused(field, value, "a date and time that exist, such as 2008/11/28 14:53:50.594") from None
    fraction_ns = int((match.group(7) or "0").ljust(9, "0"))
    return within_years(int(whole.timestamp()) * NS_PER_S + fraction_ns - shift_ns, field, value)


def is_local(value: object) -> bool:
    """Whether this is a date and time as text, without a zone."""
    return isinstance(value, str) and _LOCAL.fullmatch(value.strip()) is not None


def stated_or_local_time(value: object, field: str, shift_ns: int | None) -> int:
    """A time with its zone; one without is read in the zone the operator set, or refused (`shift_ns` None)."""
    if is_local(value):
        if shift_ns is None:
            raise Refused(field, value, f"a time with its zone, such as 2017-05-18T09:30:00.250Z; or {SET_ZONE}")
        return local_time(value, field, shift_ns)
    return rfc3339(value, field)


def unix_s(value: object, field: str = "time") -> int:
    """Nanoseconds of a Unix time in seconds; exact for whole seconds, to the microsecond otherwise."""
    seconds = number(value, field, EARLIEST_NS / NS_PER_S, LATEST_NS / NS_PER_S, f"Unix seconds: {_INSTANT}")
    return within_years(from_unix_s(seconds), field, value)


def unix_ms(value: object, field: str = "time") -> int:
    """Nanoseconds of a Unix time in milliseconds."""
    low, high = EARLIEST_NS // NS_PER_MS, LATEST_NS // NS_PER_MS
    milliseconds = number(value, field, low, high, f"Unix milliseconds: {_INSTANT}")
    return within_years(from_unix_s(milliseconds / 1000.0), field, value)


def zone_shift_ns(zone: str) -> int:
    """What local time is ahead of UTC, from `UTC`, `Z` or `+hh:mm`. A name such as Europe/Paris would need rules: refused."""
    if zone in ("UTC", "Z"):
        return 0
    match = _ZONE.fullmatch(zone)
    if match is None or int(match.group(2)) > 14 or int(match.group(3)) > 59:
        raise Refused("zone", zone, "UTC, or an offset such as +02:00")
    minutes = int(match.group(2)) * 60 + int(match.group(3))
    return (minutes if match.group(1) == "+" else -minutes) * 60 * NS_PER_S


def text(value: object, field: str, chars_max: int = TEXT_CHARS_MAX) -> str:
    """Printable text without its outer spaces, 1 to `chars_max` characters."""
    if isinstance(value, str):
        stripped = value.strip()
        if 0 < len(stripped) <= chars_max and stripped.isprintable():
            return stripped
    raise Refused(field, value, f"1 to {chars_max} printable characters")


def mover_id(value: object, field: str = "id") -> str:
    """An identity as given; a whole number (an MMSI) is read as its digits."""
    if type(value) is int:
        value = str(value) if -(10**18) < value < 10**18 else None
    if isinstance(value, str) and "\ufffd" in value:  # some sender could not read the name: so might be another mover's
        raise Refused(field, value, "a name without U+FFFD, the sign for bytes that were no text")
    return text(value, field, MOVER_CHARS_MAX)


def plain(data: bytes) -> str:
    """The beginning of raw bytes as a refusal can show them: as text, or in hex where they are no text."""
    start = data[:_TEXT_BYTES_SHOWN]
    try:
        return start.decode()
    except UnicodeDecodeError as why:
        if why.start >= len(start) - 4 and len(start) < len(data):  # our own cut went through a character
            return start[: why.start].decode()
        return f"bytes {start[:40].hex(' ')}"


def refusal(no: Refused, source: str, heard_ns: int, position: str | None = None, mover: str | None = None) -> Refusal:
    """A raised `Refused` as the value a decoder returns."""
    return Refusal(
        source=source, heard_ns=heard_ns, field=no.field, value=no.value, accepted=no.accepted, position=position, mover=mover
    )


class Aside:
    """Reads the values beside a position: a bad one is refused alone and stays unknown, and the position is kept."""

    __slots__ = ("_out", "_position", "_source", "heard_ns", "mover")

    def __init__(self, source: str, heard_ns: int, position: str, mover: str, out: list[Report | Refusal]) -> None:
        self._source = source
        self.heard_ns = heard_ns
        self._position = position
        self.mover = mover
        self._out = out

    def read(self, reader: Callable[..., float], value: object, field: str, *unit: float) -> float:
        """The value in our unit, or NaN when it is absent or refused."""
        if value is None:
            return nan
        try:
            return reader(value, field, *unit)
        except Refused as no:
            self.refuse(no)
            return nan

    def refuse(self, no: Refused) -> None:
        """One refusal beside the report."""
        self._out.append(refusal(no, self._source, self.heard_ns, self._position, self.mover))


def capped(
    given: list[Report | Refusal], source: str, heard_ns: int, position: str, refusals_max: int
) -> list[Report | Refusal]:
    """The same, with at most `refusals_max` refusals and one more that says how many are not shown."""
    refused = sum(isinstance(one, Refusal) for one in given)
    if refused <= refusals_max:
        return given
    kept: list[Report | Refusal] = []
    left = refusals_max
    for one in given:
        if isinstance(one, Report):
            kept.append(one)
        elif left:
            kept.append(one)
            left -= 1
    no = Refused("refusals", refused - refusals_max, f"at most {refusals_max} bad values a document; these are not listed")
    kept.append(refusal(no, source, heard_ns, position))
    return kept
