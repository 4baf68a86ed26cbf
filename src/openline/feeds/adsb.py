"""What the values of an ADS-B receiver mean, whichever program wrote them: identity, method, class, accuracy, callsign."""

import re
from functools import lru_cache
from math import nan
from typing import Final

from openline.errors import Refused
from openline.feeds import fields
from openline.feeds.report import Method, MoverClass

EPU_M: Final = (nan, 18_520.0, 7_408.0, 3_704.0, 1_852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0)
"""95 % horizontal bound by NACp 0–11 (RTCA DO-242A table 3.2.11a, the same in DO-260B). 0: unknown, or 18.52 km and more."""
VEPU_M: Final = (nan, 150.0, 45.0, nan)
"""95 % vertical bound of the geometric height by GVA 0–3 (DO-260B 2.2.3.2.7.2.8). 0: unknown or above 150 m; 3: reserved."""

REMEMBERED: Final = 32_768  # the same few thousand texts come every second; a memo of a pure function changes nothing

_HEX: Final = re.compile(r"~?[0-9a-f]{6}", re.ASCII)
_CALLSIGN: Final = re.compile(r"[A-Z0-9][A-Z0-9 \-]{0,7}", re.ASCII)
_SQUAWK: Final = re.compile(r"[0-7]{4}", re.ASCII)
_TYPE: Final = re.compile(r"[A-Z0-9]{2,4}", re.ASCII)  # ICAO Doc 8643 designators

_METHODS: Final[dict[str, Method]] = {
    "adsb_icao": "adsb",
    "adsb_icao_nt": "adsb",
    "adsb_other": "adsb",
    "adsr_icao": "adsr",
    "adsr_other": "adsr",
    "tisb_icao": "tisb",
    "tisb_other": "tisb",
    "tisb_trackfile": "tisb",
    "mlat": "mlat",
    "mode_s": "mode_s",
}
_CLASSES: Final[dict[str, MoverClass]] = {"C1": "vehicle", "C2": "vehicle", "C3": "unknown", "C4": "unknown", "C5": "unknown"}
"""Emitter categories (DO-260B 2.2.3.2.5.2): C1, C2 surface vehicles; C3–C5 obstacles. Everything else here flies."""


@lru_cache(maxsize=REMEMBERED)
def mover_of_hex(address: str) -> str:
    """`icao:4ca7b3`, or `~icao:2ab3c4` for an address that is not an ICAO one."""
    lower = address.lower()
    if _HEX.fullmatch(lower) is None:
        raise Refused("hex", address, "a 24-bit address in 6 hex digits, with ~ before it when it is not an ICAO address")
    return f"~icao:{lower[1:]}" if lower[0] == "~" else f"icao:{lower}"


def method_of(kind: str | None) -> Method:
    """How the position was found, from readsb's `type`."""
    return "other" if kind is None else _METHODS.get(kind, "other")


def class_of(category: str | None, otherwise: MoverClass) -> MoverClass:
    """What moves, from the emitter category (`A0`, `B0`, `C0` state nothing), else what the feed is set to."""
    if category is None or category in ("A0", "B0", "C0", "D0"):
        return otherwise
    return _CLASSES.get(category, "aircraft")


@lru_cache(maxsize=REMEMBERED)
def callsign_of(flight: str | None) -> str | None:
    """The callsign without its padding; None for an empty or undecodable one (`@@@@@@@@`), which is no reason to refuse."""
    if flight is None:
        return None
    stripped = flight.strip().upper()
    return stripped if _CALLSIGN.fullmatch(stripped) else None


@lru_cache(maxsize=REMEMBERED)
def squawk_of(code: str | None) -> str | None:
    """Four octal digits, or None."""
    return code if code is not None and _SQUAWK.fullmatch(code) else None


@lru_cache(maxsize=REMEMBERED)
def type_of(designator: str | None) -> str | None:
    """An ICAO type designator, or None."""
    return designator if designator is not None and _TYPE.fullmatch(designator) else None


def accuracy_of(nac_p: float, rc_m: float, method: Method) -> float:
    """The 95 % radius: from NACp; without it the containment radius, never smaller; NaN for MLAT, which sends neither."""
    if method == "mlat":
        return nan
    if nac_p == nac_p:
        return EPU_M[int(nac_p)]
    return rc_m if rc_m > 0.0 else nan


def nac_p(value: object, field: str) -> float:
    """A navigation accuracy category of position; 12–15 are reserved and unknown."""
    category = fields.number(value, field, 0.0, 15.0, "a category from 0 to 15")
    return category if category <= 11.0 else 0.0


def gva(value: object, field: str) -> float:
    """A geometric vertical accuracy category."""
    return fields.number(value, field, 0.0, 3.0, "a category from 0 to 3")


def containment(value: object, field: str) -> float:
    """A containment radius in metres; 0 means unknown."""
    return fields.number(value, field, 0.0, 1e7, "a containment radius in metres")
