"""Units and height datums: convert at the door, one unit inside.

Inside Openline lengths are metres, speeds metres per second, angles degrees, time nanoseconds in memory. Heights are never
one column: each datum below has its own.
"""

from typing import Final, Literal

M_PER_FT: Final = 0.3048  # exact, international foot, 1959
M_PER_YD: Final = 0.9144  # exact, three international feet
M_PER_KM: Final = 1000.0
M_PER_NMI: Final = 1852.0  # exact, ISO 80000-3 / BIPM: the international nautical mile
M_PER_STATUTE_MI: Final = 1609.344  # exact, 5,280 international feet
M_PER_FL: Final = 100.0 * M_PER_FT  # one flight level is 100 ft of pressure altitude (ICAO Annex 2)
MPS_PER_KT: Final = M_PER_NMI / 3600.0
MPS_PER_KMH: Final = 1.0 / 3.6
MPS_PER_FPM: Final = M_PER_FT / 60.0

Datum = Literal["baro", "wgs84", "amsl", "agl"]
"""Height reference. baro: pressure altitude on 1013.25 hPa (flight levels). wgs84: above the WGS-84 ellipsoid (HAE).
amsl: above mean sea level. agl: above ground."""

DATUMS: Final[tuple[Datum, ...]] = ("baro", "wgs84", "amsl", "agl")

LENGTH_UNITS_M: Final[dict[str, float]] = {
    "m": 1.0,
    "km": M_PER_KM,
    "ft": M_PER_FT,
    "yd": M_PER_YD,
    "nmi": M_PER_NMI,
    "statute_mi": M_PER_STATUTE_MI,
    "fl": M_PER_FL,
}
"""Unit word → metres. A bare "mile" is not in this table on purpose: it is refused, or kept as `kind not stated` (R2)."""

SPEED_UNITS_MPS: Final[dict[str, float]] = {"mps": 1.0, "kt": MPS_PER_KT, "kmh": MPS_PER_KMH, "fpm": MPS_PER_FPM}
