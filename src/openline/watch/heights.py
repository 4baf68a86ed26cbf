"""Heights against a band: each datum is its own, and between two datums only a stated bound is known (R5, R24).

Frame    heights in metres, columns in the order of `units.DATUMS`: baro, wgs84, amsl, agl.
Unknown  NaN gives the interval (-inf, inf): it may be at any height.
Source   geoid: EGM2008 undulation lies in -107..+86 m. Pressure: QNH 940..1060 hPa at about 8.3 m/hPa, and 8 % of height for
         air 8 % colder or warmer than standard. Ground: land lies between -430 m (Dead Sea shore) and 8,849 m (Everest).
"""

from typing import Final

import numpy as np

from openline.tracks.columns import Bools, Floats, Ints
from openline.units import DATUMS

BARO, WGS84, AMSL, AGL = (DATUMS.index(word) for word in ("baro", "wgs84", "amsl", "agl"))
GEOID_M: Final = 110.0
PRESSURE_M: Final = 650.0
PRESSURE_SHARE: Final = 0.08
GROUND_LOWEST_M: Final = -430.0
GROUND_HIGHEST_M: Final = 8_849.0


def bounds(altitude_m: Floats, vertical_accuracy_m: Floats) -> tuple[Floats, Floats]:
    """Lowest and highest possible height (n, 4) per datum, from heights (n, 4) known in some datums and an accuracy (n,)."""
    spread = np.nan_to_num(vertical_accuracy_m)[:, None]
    low = np.where(np.isnan(altitude_m), -np.inf, altitude_m - spread)
    high = np.where(np.isnan(altitude_m), np.inf, altitude_m + spread)
    given_low, given_high = low.copy(), high.copy()
    for have in range(len(DATUMS)):
        known = ~np.isnan(altitude_m[:, have])
        for want in range(len(DATUMS)):
            unsaid = known & np.isnan(altitude_m[:, want])
            if have == want or not unsaid.any():
                continue
            below_m, above_m = _between(have, want, altitude_m[unsaid, have])
            low[unsaid, want] = np.maximum(low[unsaid, want], given_low[unsaid, have] + below_m)
            high[unsaid, want] = np.minimum(high[unsaid, want], given_high[unsaid, have] + above_m)
    torn = low > high  # two sources of height that contradict each other: nothing is known
    low[torn], high[torn] = -np.inf, np.inf
    return low, high


def _between(have: int, want: int, height_m: Floats) -> tuple[Floats, Floats]:
    """What must be added at least and at most to a height in one datum to get it in another."""
    zero = np.zeros(len(height_m))
    if AGL in (have, want):
        slack = _slack(AMSL, want if have == AGL else have, height_m)
        if have == AGL:
            return GROUND_LOWEST_M - slack, GROUND_HIGHEST_M + slack
        return -GROUND_HIGHEST_M - slack, -GROUND_LOWEST_M + slack
    slack = _slack(have, want, height_m)
    return zero - slack, zero + slack


def _slack(one: int, other: int, height_m: Floats) -> Floats:
    slack = np.zeros(len(height_m))
    if one == other:
        return slack
    if WGS84 in (one, other):
        slack += GEOID_M
    if BARO in (one, other):
        slack += PRESSURE_M + PRESSURE_SHARE * np.abs(height_m)
    return slack


def relation(low: Floats, high: Floats, floor_m: Floats, ceiling_m: Floats, floor: Ints, ceiling: Ints) -> tuple[Bools, Bools]:
    """(surely inside the band, surely outside it), each (n,).

    `low`, `high` (n, 4); `floor`, `ceiling` (n,) datum columns as integers.
    """
    rows = np.arange(len(low))
    inside = (low[rows, floor] >= floor_m) & (high[rows, ceiling] <= ceiling_m)
    outside = (high[rows, floor] < floor_m) | (low[rows, ceiling] > ceiling_m)
    return inside, outside


def band_fractions(height0_m: float, height1_m: float, floor_m: float, ceiling_m: float) -> tuple[float, float] | None:
    """Part of a straight climb or descent, as fractions of it, that lies in [floor, ceiling]; None if no part does."""
    change_m = height1_m - height0_m
    if change_m == 0.0:
        return (0.0, 1.0) if floor_m <= height0_m <= ceiling_m else None
    one, other = (floor_m - height0_m) / change_m, (ceiling_m - height0_m) / change_m
    start, end = max(0.0, min(one, other)), min(1.0, max(one, other))
    return (start, end) if start <= end else None
