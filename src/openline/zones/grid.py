"""MGRS references ⇄ places, through the `mgrs` package (GEOTRANS), which is loaded only when somebody types a position."""

import re
from typing import Final

from openline.errors import Refused
from openline.zones.zone import Point

_REFERENCE: Final = re.compile(r"(?:0?[1-9]|[1-5]\d|60)[C-HJ-NP-X][A-HJ-NP-Z][A-HJ-NP-V]\d*|[ABYZ][A-HJ-NP-Z]{2}\d*")
DIGITS: Final = (4, 6, 8, 10)  # a square of 1 km to 1 m; coarser ones are no position

EQUATOR_DEG: Final = 1e-5  # 1.1 m


def is_reference(text: str) -> bool:
    """True for what has the shape of an MGRS reference, without spaces, in capitals."""
    return _REFERENCE.fullmatch(text) is not None


def reference_of(point: Point, digits: int = 10) -> str:
    """The reference of a place, to a metre unless fewer digits are asked for."""
    import mgrs

    # Within a metre south of the equator the library rounds the northing up into a square that does not exist.
    lat_deg = 0.0 if -EQUATOR_DEG < point[0] < 0.0 else point[0]
    return str(mgrs.MGRS().toMGRS(lat_deg, point[1], MGRSPrecision=digits // 2))


def middle_of(text: str) -> tuple[Point, float, str]:
    """The middle of the square a reference names, its side in metres, and the usual reference of that middle.

    The usual reference is another one when the square is written with a neighbouring grid zone. Raises `Refused`.
    """
    digits = len(text) - len(text.rstrip("0123456789"))
    if digits not in DIGITS:
        raise Refused("position", text, "an MGRS reference with 4, 6, 8 or 10 digits: as many of easting as of northing")
    import mgrs
    from mgrs.core import MGRSError

    try:
        lat_deg, lon_deg = mgrs.MGRS().toLatLon(text)
    except MGRSError:
        raise Refused("position", text, "an MGRS reference that exists") from None
    return (lat_deg, lon_deg), 10.0 ** (5 - digits // 2), reference_of((lat_deg, lon_deg), digits)
