"""When a mover that holds its course meets a ring.

Frame    latitude and longitude in degrees on WGS-84; the path is the geodesic that starts on the track.
Names    g = signed distance less offset: what is left to go.
Time     seconds from now.
Unknown  an unknown place, track, speed or offset gives NaN.
Source   conservative advancement: g changes by at most the path length, so a step of g cannot pass the ring.
Lemmas   first_within_is_on_the_ring
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.distance import Chart, zone_m
from openline.kernels.geodesic import direct_one

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STEP_M_MIN: Final = 0.25  # a quarter of the metre a result may be off


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
) -> float:
    """Seconds until the ring; 0, inf or NaN as the header says."""
    left_m = zone_m(chart, zone, lat_deg, lon_deg) - offset_m
    if left_m <= 0.0:
        return 0.0
    path_m = speed_mps * horizon_s
    if not (left_m == left_m and path_m >= 0.0 and track_deg == track_deg):
        return math.nan
    gone_m = left_m
    while gone_m <= path_m:
        at_lat_deg, at_lon_deg, _ = direct_one(lat_deg, lon_deg, track_deg, gone_m)
        left_m = zone_m(chart, zone, at_lat_deg, at_lon_deg) - offset_m
        if left_m <= STEP_M_MIN:
            return gone_m / speed_mps
        gone_m += left_m
    return math.inf


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
    for i in range(zone.shape[0]):
        first_s[i] = first_one(chart, zone[i], lat_deg[i], lon_deg[i], track_deg[i], speed_mps[i], offset_m[i], horizon_s[i])
