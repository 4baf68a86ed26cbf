"""Slots of a message as they are typed in a shell: `name=value`, times as a clock says them, places in any notation.

A shell that wanted microseconds and ten-millionths of a degree would get wrong ones on a bad night.
"""

import datetime as _dt
import re
import time
from typing import Final

from openline.clock import NS_PER_S, NS_PER_US, from_rfc3339
from openline.errors import Refused

_WORDS: Final = ("_text", "_choice", "_unit", "_party")
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?Z", re.ASCII)
_LATER: Final = re.compile(r"([+-]\d{1,5})min", re.ASCII)
_TIMES: Final = "now, +30min, 14:05Z (the nearest), a time such as 2026-05-18T14:05:00Z, or microseconds since 1970"
_HALF_DAY_S: Final = 43_200


def params_of(slots: list[str], now_ns: int | None = None) -> dict[str, str | int]:
    """What the slots hold: µs for `x_us`, `x_lat_1e7` and `x_lon_1e7` for `x_place`, numbers, words. Raises `Refused`."""
    found: dict[str, str | int] = {}
    for one in slots:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise Refused("--set", one, "name=value")
        if name.endswith("_us"):
            found[name] = _time_us(name, value, time.time_ns() if now_ns is None else now_ns)
        elif name.endswith("_place"):
            found |= _place(name, value)
        else:
            number = value.removeprefix("-").isdecimal() and value.isascii() and not name.endswith(_WORDS)
            found[name] = int(value) if number else value
    return found


def time_of(option: str, value: str, now_ns: int | None = None) -> int:
    """A time typed for an option, µs since 1970; as in a slot. Raises `Refused`."""
    return _time_us(option, value, time.time_ns() if now_ns is None else now_ns, option)


def _time_us(name: str, value: str, now_ns: int, option: str = "") -> int:
    if value.isascii() and value.isdecimal():
        return int(value)
    if value == "now":
        return now_ns // NS_PER_US
    if later := _LATER.fullmatch(value):
        return now_ns // NS_PER_US + int(later.group(1)) * 60_000_000
    if clock := _CLOCK.fullmatch(value):
        return _nearest_us(clock, now_ns)
    try:
        return from_rfc3339(value) // NS_PER_US
    except Refused:
        raise Refused(option or f"--set {name}", value, _TIMES) from None


def _nearest_us(clock: re.Match[str], now_ns: int) -> int:
    """The moment with this time of day (UTC) that is nearest to now: said at 23:50Z, 00:10Z is tomorrow's."""
    now_s = now_ns // NS_PER_S
    hour, minute, second = (int(one or 0) for one in clock.groups())
    today = _dt.datetime.fromtimestamp(now_s, _dt.UTC).replace(hour=hour, minute=minute, second=second)
    at_s = int(today.timestamp())
    at_s += 2 * _HALF_DAY_S * ((at_s < now_s - _HALF_DAY_S) - (at_s > now_s + _HALF_DAY_S))
    return at_s * 1_000_000


def _place(name: str, value: str) -> dict[str, str | int]:
    from openline.zones.position import read_position

    try:
        typed = read_position(value)
        reading = typed.one()
    except Refused as wrong:
        raise Refused(f"--set {name}", value, wrong.accepted) from None
    doubts = [one.says for one in typed.warnings if one.kind in ("swapped", "no hemisphere")]
    if doubts:
        raise Refused(f"--set {name}", value, f"a position without doubt: {'; '.join(doubts)}")
    slot = name.removesuffix("_place")
    return {f"{slot}_lat_1e7": round(reading.lat_deg * 1e7), f"{slot}_lon_1e7": round(reading.lon_deg * 1e7)}
