"""When a mover that holds its course is within a ring of a zone, and between its heights.

Frame    latitude and longitude in degrees on WGS-84, track clockwise from true north, altitude in the datum of each limit.
Names    first = the earliest time within; entry and exit = the first stretch of time within both ring and height band.
Time     seconds from now in [0, horizon_s]; 0 where it is so already, `inf` where not within the horizon.
Unknown  an unknown place, track, speed, offset or horizon gives NaN, save that a mover already within is within (0).
         An unknown altitude or climb is taken as within every height band.
Source   `paths`.
Lemmas   first_within_is_on_the_ring · never_later_than_stepping · unknown_is_never_safe · climb_into_the_band_is_entry
"""

import math

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.distance import Chart, zone_m
from openline.kernels.legs import SPANS
from openline.kernels.paths import path_spans

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@jit
def first_one(
    chart: Chart,
    zone: int,
    lat_deg: float,
    lon_deg: float,
    track_deg: float,
    speed_mps: float,
    offset_m: float,
    horizon_s: float,
    spans: Floats,
) -> float:
    """Seconds until a mover is at a ring."""
    left_m = zone_m(chart, zone, lat_deg, lon_deg) - offset_m
    if left_m <= 0.0:
        return 0.0
    path_m = speed_mps * horizon_s
    if not (left_m == left_m and path_m >= 0.0 and (math.isfinite(track_deg) or path_m == 0.0)):
        return math.nan
    if left_m > path_m:
        return math.inf
    if path_spans(chart, zone, lat_deg, lon_deg, track_deg, path_m, offset_m, True, spans) == 0:
        return math.inf
    first_m: float = spans[0, 0]
    return first_m / speed_mps


@jit
def first_rows(
    chart: Chart,
    zone: Ints,
    lat_deg: Floats,
    lon_deg: Floats,
    track_deg: Floats,
    speed_mps: Floats,
    offset_m: Floats,
    horizon_s: Floats,
    first_s: Floats,
) -> None:
    """`first_one` row by row, into `first_s`."""
    spans = np.empty((SPANS, 2))
    for i in range(zone.shape[0]):
        first_s[i] = first_one(
            chart, zone[i], lat_deg[i], lon_deg[i], track_deg[i], speed_mps[i], offset_m[i], horizon_s[i], spans
        )


@jit
def band_span_s(low_m: float, high_m: float, from_low_m: float, from_high_m: float, climb_mps: float) -> tuple[float, float]:
    """From when to when a mover is between two heights; the altitudes are those in the lower and in the upper limit's datum.

    Unknown altitude or climb: always. Never: start after end.
    """
    start_s, end_s = -math.inf, math.inf
    if math.isnan(climb_mps):
        return start_s, end_s
    if from_low_m < low_m:
        start_s, end_s = ((low_m - from_low_m) / climb_mps, end_s) if climb_mps > 0.0 else (1.0, -1.0)
    elif from_low_m >= low_m and climb_mps < 0.0:
        end_s = (low_m - from_low_m) / climb_mps
    if from_high_m > high_m:
        start_s, end_s = (max(start_s, (high_m - from_high_m) / climb_mps), end_s) if climb_mps < 0.0 else (1.0, -1.0)
    elif from_high_m <= high_m and climb_mps > 0.0:
        end_s = min(end_s, (high_m - from_high_m) / climb_mps)
    return start_s, end_s


@jit
def breach_one(
    chart: Chart,
    zone: int,
    lat_deg: float,
    lon_deg: float,
    altitude_m: Floats,
    track_deg: float,
    speed_mps: float,
    climb_mps: float,
    horizon_s: float,
    spans: Floats,
) -> tuple[float, float]:
    """Entry and exit: (0, …) if in it already, (inf, inf) if not within the horizon, (NaN, NaN) if that cannot be told.

    The exit is inf when it is not within the horizon, NaN when it cannot be told.
    """
    low_m, high_m = chart.band_m[zone, 0], chart.band_m[zone, 1]
    from_low_m, from_high_m = altitude_m[chart.datum[zone, 0]], altitude_m[chart.datum[zone, 1]]
    start_s, end_s = band_span_s(low_m, high_m, from_low_m, from_high_m, climb_mps)
    if max(start_s, 0.0) > min(end_s, horizon_s):
        return math.inf, math.inf
    now_m = zone_m(chart, zone, lat_deg, lon_deg)
    path_m = speed_mps * horizon_s
    if not (now_m == now_m and path_m >= 0.0 and (math.isfinite(track_deg) or path_m == 0.0)):
        return (0.0, math.nan) if now_m <= 0.0 and start_s <= 0.0 else (math.nan, math.nan)
    if now_m > path_m:
        return math.inf, math.inf
    if path_m == 0.0:
        return max(start_s, 0.0), end_s if end_s <= horizon_s else math.inf
    count = path_spans(chart, zone, lat_deg, lon_deg, track_deg, path_m, 0.0, False, spans)
    for i in range(count):
        entry_s = max(spans[i, 0] / speed_mps, start_s, 0.0)
        exit_s = min(spans[i, 1] / speed_mps, end_s)
        if entry_s <= exit_s and entry_s <= horizon_s:
            seen = end_s <= horizon_s or spans[i, 1] < path_m
            return entry_s, exit_s if seen else math.inf
    return math.inf, math.inf


@jit
def breach_pairs(
    chart: Chart,
    lat_deg: Floats,
    lon_deg: Floats,
    altitude_m: Floats,
    track_deg: Floats,
    speed_mps: Floats,
    climb_mps: Floats,
    horizon_s: Floats,
    mover: Ints,
    zone: Ints,
    entry_s: Floats,
    exit_s: Floats,
) -> int:
    """`breach_one` for candidate pairs; those that will breach, or for which it cannot be told, are moved to the front."""
    spans = np.empty((SPANS, 2))
    count = 0
    for k in range(mover.shape[0]):
        i, z = mover[k], zone[k]
        entry, out = breach_one(
            chart, z, lat_deg[i], lon_deg[i], altitude_m[i], track_deg[i], speed_mps[i], climb_mps[i], horizon_s[i], spans
        )
        if entry != math.inf:  # NaN stays: unknown is a finding
            mover[count], zone[count], entry_s[count], exit_s[count] = i, z, entry, out
            count += 1
    return count


@jit
def inside_pairs(chart: Chart, lat_deg: Floats, lon_deg: Floats, altitude_m: Floats, mover: Ints, zone: Ints) -> int:
    """Candidate pairs whose place is within the boundary and whose altitude is not known to be outside the band, in front."""
    count = 0
    for k in range(mover.shape[0]):
        i, z = mover[k], zone[k]
        low_m, high_m = altitude_m[i, chart.datum[z, 0]], altitude_m[i, chart.datum[z, 1]]
        if low_m < chart.band_m[z, 0] or high_m > chart.band_m[z, 1]:
            continue
        if zone_m(chart, z, lat_deg[i], lon_deg[i]) <= 0.0:
            mover[count], zone[count] = i, z
            count += 1
    return count
