"""Instants as integers: nanoseconds since 1970-01-01T00:00:00Z in memory, microseconds in every recorded byte.

This file only computes. Nothing here reads a clock; time is an argument everywhere but in `node`.
"""

import datetime as _dt
import re
from typing import Final

from openline.errors import Refused

NS_PER_S: Final = 1_000_000_000
NS_PER_MS: Final = 1_000_000
NS_PER_US: Final = 1_000

EARLIEST_NS: Final = 946_684_800 * NS_PER_S  # 2000-01-01: an earlier stamp is a reset clock, not a position
LATEST_NS: Final = 4_070_908_800 * NS_PER_S  # 2099-01-01: as far as anyone may plan here

_RFC3339: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d{2}):?(\d{2}))", re.ASCII
)


def from_rfc3339(text: str, field: str = "time") -> int:
    """Nanoseconds of an RFC 3339 time. Raises `Refused` (field, value, accepted) on anything else, a missing zone included."""
    match = _RFC3339.fullmatch(text.strip())
    if match is None:
        raise Refused(field, text, "an RFC 3339 time with its zone, such as 2017-05-18T09:30:00.250Z")
    year, month, day, hour, minute, second = (int(match.group(i)) for i in range(1, 7))
    try:
        whole = _dt.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_dt.UTC)
    except ValueError:
        raise Refused(field, text, "a date and time that exist, such as 2017-05-18T09:30:00Z") from None
    if second > 60:
        raise Refused(field, text, "seconds from 00 to 60")
    shift_s = 0
    if match.group(8) is None:
        shift_s = (int(match.group(10)) * 3600 + int(match.group(11)) * 60) * (1 if match.group(9) == "+" else -1)
    fraction_ns = int((match.group(7) or "0").ljust(9, "0"))
    seconds = int(whole.timestamp()) + (second - min(second, 59)) - shift_s
    return seconds * NS_PER_S + fraction_ns


def to_rfc3339(instant_ns: int, digits: int = 3) -> str:
    """UTC text of an instant, rounded half up to `digits` decimals of a second: 2017-05-18T09:30:00.250Z."""
    step_ns = 10 ** (9 - digits)
    rounded_ns = (instant_ns + step_ns // 2) // step_ns * step_ns
    seconds, rest_ns = divmod(rounded_ns, NS_PER_S)
    whole = _dt.datetime(1970, 1, 1, tzinfo=_dt.UTC) + _dt.timedelta(seconds=seconds)
    text = whole.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest_ns // step_ns:0{digits}d}Z" if digits else f"{text}Z"


def from_unix_s(seconds: float) -> int:
    """Nanoseconds of a Unix time given as a float of seconds, rounded to the microsecond a float can carry."""
    return round(seconds * 1_000_000) * NS_PER_US
