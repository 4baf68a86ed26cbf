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
from openline.kernels.distance import Chart, zone_rows
from openline.kernels.paths import path_rows

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def first_within_s(
    chart: Chart,
    zone: Ints,
    lat_deg: Floats,
    lon_deg: Floats,
    track_deg: Floats,
    speed_mps: Floats,
    offset_m: Floats,
    horizon_s: Floats,
) -> Floats:
    """Seconds (n,) until each mover is at its ring."""
    left_m = np.empty_like(lat_deg)
    zone_rows(chart, zone, lat_deg, lon_deg, left_m)
    left_m -= offset_m
    with np.errstate(invalid="ignore"):
        path_m = speed_mps * horizon_s
    ask = (left_m > 0.0) & (left_m <= path_m)
    first, table = path_rows(chart, zone, lat_deg, lon_deg, track_deg, np.where(ask, path_m, np.nan), offset_m, True)
    first_s = np.empty_like(lat_deg)
    _first_from(first, table, left_m, path_m, track_deg, speed_mps, first_s)
    return first_s


@jit
def _first_from(
    first: Ints, table: Floats, left_m: Floats, path_m: Floats, track_deg: Floats, speed_mps: Floats, first_s: Floats
) -> None:
    """Times from spans: 0 within, NaN unknown, inf too far or passing by."""
    for i in range(left_m.shape[0]):
        if left_m[i] <= 0.0:
            first_s[i] = 0.0
        elif not (left_m[i] > 0.0 and path_m[i] >= 0.0 and (math.isfinite(track_deg[i]) or path_m[i] == 0.0)):
            first_s[i] = math.nan
        elif first[i] == first[i + 1]:
            first_s[i] = math.inf
        else:
            first_s[i] = table[first[i], 0] / speed_mps[i]


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
def _breach_from(
    start_s: float, end_s: float, now_m: float, path_m: float, speed_mps: float, horizon_s: float, spans: Floats
) -> tuple[float, float]:
    """Entry and exit from the time in the height band, the distance now and the spans of the path within the boundary.

    (inf, inf) when not within the horizon, (NaN, NaN) when that cannot be told, (0, …) when in it already. The exit is inf when
    it is not within the horizon, NaN when it cannot be told. A path of NaN is one that cannot be told.
    """
    if max(start_s, 0.0) > min(end_s, horizon_s) or now_m > path_m:
        return math.inf, math.inf
    if not (now_m == now_m and path_m >= 0.0):
        return (0.0, math.nan) if now_m <= 0.0 and start_s <= 0.0 else (math.nan, math.nan)
    if path_m == 0.0:
        return max(start_s, 0.0), end_s if end_s <= horizon_s else math.inf
    for i in range(spans.shape[0]):
        entry_s = max(spans[i, 0] / speed_mps, start_s, 0.0)
        exit_s = min(spans[i, 1] / speed_mps, end_s)
        if entry_s <= exit_s and entry_s <= horizon_s:
            seen = end_s <= horizon_s or spans[i, 1] < path_m
            return entry_s, exit_s if seen else math.inf
    return math.inf, math.inf


@jit
def _breach_rows(
    chart: Chart,
    mover: Ints,
    zone: Ints,
    altitude_m: Floats,
    climb_mps: Floats,
    speed_mps: Floats,
    horizon_s: Floats,
    now_m: Floats,
    path_m: Floats,
    first: Ints,
    table: Floats,
    entry_s: Floats,
    exit_s: Floats,
) -> None:
    """`_breach_from` for pairs; the first row of arguments by mover, the rest by pair."""
    for k in range(mover.shape[0]):
        i, z = mover[k], zone[k]
        start_s, end_s = band_span_s(
            chart.band_m[z, 0],
            chart.band_m[z, 1],
            altitude_m[i, chart.datum[z, 0]],
            altitude_m[i, chart.datum[z, 1]],
            climb_mps[i],
        )
        spans = table[first[k] : first[k + 1]]
        entry_s[k], exit_s[k] = _breach_from(start_s, end_s, now_m[k], path_m[k], speed_mps[i], horizon_s[i], spans)


def time_to_breach(
    chart: Chart,
    mover: Ints,
    zone: Ints,
    lat_deg: Floats,
    lon_deg: Floats,
    altitude_m: Floats,
    track_deg: Floats,
    speed_mps: Floats,
    climb_mps: Floats,
    horizon_s: Floats,
) -> tuple[Floats, Floats]:
    """Entry and exit (s) of candidate pairs; the columns are by mover, `altitude_m` (n, 4) by datum."""
    lat, lon, track = lat_deg[mover], lon_deg[mover], track_deg[mover]
    now_m = np.empty_like(lat)
    zone_rows(chart, zone, lat, lon, now_m)
    with np.errstate(invalid="ignore"):
        path_m = (speed_mps * horizon_s)[mover]
    path_m[~((path_m == 0.0) | ((path_m > 0.0) & np.isfinite(track)))] = np.nan
    ask = np.where(now_m <= path_m, path_m, np.nan)
    first, table = path_rows(chart, zone, lat, lon, track, ask, np.zeros_like(lat), False)
    entry_s, exit_s = np.empty_like(lat), np.empty_like(lat)
    _breach_rows(chart, mover, zone, altitude_m, climb_mps, speed_mps, horizon_s, now_m, path_m, first, table, entry_s, exit_s)
    return entry_s, exit_s


def in_band(chart: Chart, mover: Ints, zone: Ints, altitude_m: Floats) -> Bools:
    """Which pairs are not known to be above or below the zone's band; `altitude_m` (n, 4) by mover and datum."""
    low_m = altitude_m[mover, chart.datum[zone, 0]]
    high_m = altitude_m[mover, chart.datum[zone, 1]]
    known_out: Bools = (low_m < chart.band_m[zone, 0]) | (high_m > chart.band_m[zone, 1])
    return ~known_out
