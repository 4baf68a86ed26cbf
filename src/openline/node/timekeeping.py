"""The node's time, and what this machine's kernel knows of its clock (R25).

The time never stands still and never goes back; it goes slower while it is ahead of the wall clock.
"""

import ctypes
import ctypes.util
from collections.abc import Callable
from typing import Any, Final

import msgspec

from openline.clock import NS_PER_MS, NS_PER_S, NS_PER_US, to_rfc3339

AHEAD_NS: Final = 50 * NS_PER_MS  # the wall clock is followed when further ahead; less is what two readings differ by
SLOWER: Final = 10  # of so many seconds one is not counted while the time is ahead: an hour is made up for in ten
JUMP_NS: Final = 2 * NS_PER_S  # a wall clock that moved this much against the monotonic one was set, or the machine slept

_TIME_ERROR: Final = 5  # adjtimex: the clock is not synchronised
_STA_NANO: Final = 0x2000


class _Timex(ctypes.Structure):
    """struct timex of Linux, 64 bit (adjtimex(2)); what follows `tai` is padding."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("constant", ctypes.c_long),
        ("precision", ctypes.c_long),
        ("tolerance", ctypes.c_long),
        ("time_s", ctypes.c_long),
        ("time_us", ctypes.c_long),
        ("tick", ctypes.c_long),
        ("ppsfreq", ctypes.c_long),
        ("jitter", ctypes.c_long),
        ("shift", ctypes.c_int),
        ("stabil", ctypes.c_long),
        ("jitcnt", ctypes.c_long),
        ("calcnt", ctypes.c_long),
        ("errcnt", ctypes.c_long),
        ("stbcnt", ctypes.c_long),
        ("tai", ctypes.c_int),
        ("_rest", ctypes.c_int * 11),
    ]


class Jump(msgspec.Struct, frozen=True):
    """The wall clock was set, or the machine slept."""

    at_ns: int  # the node's time when it was noticed
    by_ns: int  # how far the wall clock moved; negative: backwards
    ahead_ns: int  # how far the node's time is ahead of the wall clock from then on

    def shown(self) -> dict[str, Any]:
        """As docs/api.md has it."""
        return {"at": to_rfc3339(self.at_ns), "by_ms": _ms(self.by_ns)}

    def recorded(self) -> dict[str, Any]:
        """The body of its `clock` entry."""
        way = "forward" if self.by_ns > 0 else "back"
        says = f"this machine's clock went {way} by {abs(self.by_ns) / NS_PER_S:.1f} s, or the machine slept"
        if self.ahead_ns > AHEAD_NS:
            says += "; times here go on without a step, ahead of it by ahead_ms and a tenth slower until they are not"
        return {"jumped_by_ms": _ms(self.by_ns), "ahead_ms": max(0, _ms(self.ahead_ns)), "says": says}


class NodeTime:
    """The wall clock, carried on by the monotonic one where the wall clock goes back: a tenth slower, until they meet again.

    `pace_ns` is the monotonic clock. Without one `clock_ns` is that of a played day, which runs at any pace and never jumps. In
    whole microseconds, the finest a recorded byte carries.
    """

    def __init__(self, clock_ns: Callable[[], int], pace_ns: Callable[[], int] | None = None) -> None:
        self._clock_ns = clock_ns
        self._pace_ns = pace_ns
        self.jumped: Jump | None = None  # the last one
        self._from = (clock_ns(), self._pace())  # the node's time at a reading of the monotonic clock: from there it goes on
        self._apart_ns = self._from[0] - self._from[1]

    def now_ns(self) -> int:
        """The node's time: at the monotonic clock's pace, or the wall clock's where that is ahead."""
        wall_ns, pace = self._clock_ns(), self._pace()
        at_ns, since = self._from
        gone_ns = max(0, pace - since)
        now_ns = at_ns + gone_ns
        if self._pace_ns is not None and now_ns - wall_ns > AHEAD_NS:
            # One jump forward and back again would else stay for ever: a start goes on from the record's last moment.
            now_ns -= min(gone_ns // SLOWER, now_ns - wall_ns)
        self._from = (now_ns, pace)
        if wall_ns > now_ns + (0 if self._pace_ns is None else AHEAD_NS):
            self._from = (wall_ns, pace)
            now_ns = wall_ns
        return now_ns // NS_PER_US * NS_PER_US

    def not_before(self, least_ns: int) -> Jump | None:
        """Go on from here where that is later: the record's last moment. A jump when the wall clock stands well before it."""
        if least_ns <= self.now_ns():
            return None
        self._from = (least_ns, self._pace())
        behind_ns = least_ns - self._clock_ns()
        return None if self._pace_ns is None or behind_ns <= JUMP_NS else self._note(-behind_ns)

    def look(self) -> Jump | None:
        """The jump since the last look, if there was one."""
        if self._pace_ns is None:
            return None
        before, wall_ns, after = self._pace(), self._clock_ns(), self._pace()
        apart_ns = wall_ns - after
        by_ns = apart_ns - self._apart_ns
        if abs(by_ns) <= JUMP_NS or after - before > AHEAD_NS:  # held up between two readings: the next look tells
            return None
        self._apart_ns = apart_ns
        return self._note(by_ns)

    def _pace(self) -> int:
        return 0 if self._pace_ns is None else self._pace_ns()

    def _note(self, by_ns: int) -> Jump:
        now_ns = self.now_ns()
        self.jumped = Jump(now_ns, by_ns, now_ns - self._clock_ns())
        return self.jumped


def _ms(ns: int) -> int:
    return round(ns / NS_PER_MS)


def clock_state() -> dict[str, Any]:
    """`{"offset_ms", "uncertainty_ms", "synchronised"}`; null where the kernel cannot be asked.

    Unknown is never synchronised.
    """
    try:
        libc = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
        timex = _Timex(modes=0)
        answer = libc.adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return {"offset_ms": None, "uncertainty_ms": None, "synchronised": None}
    if answer < 0:
        return {"offset_ms": None, "uncertainty_ms": None, "synchronised": None}
    per_ms = 1_000_000 if timex.status & _STA_NANO else 1_000
    synchronised = answer != _TIME_ERROR
    return {
        "offset_ms": round(timex.offset / per_ms) if synchronised else None,
        "uncertainty_ms": round(timex.maxerror / 1_000) if synchronised else None,
        "synchronised": synchronised,
    }
