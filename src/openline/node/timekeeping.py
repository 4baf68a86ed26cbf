"""What this machine's kernel knows of its own clock: offset, its bound, and whether anything disciplines it (R25)."""

import ctypes
import ctypes.util
from typing import Any, Final

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
