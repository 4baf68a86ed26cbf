"""Every crossing of a ring between two fixes, and the deepest point between them.

Frame    latitude and longitude in degrees on WGS-84; between two fixes the mover is taken to have gone along the geodesic.
Names    fraction = share of the way from fix 0 (0) to fix 1 (1). Crossings alternate: out of what the mover started in.
         deepest = the least signed distance on the way (to the boundary, not to the ring).
Time     none: the caller turns fractions into times.
Unknown  an unknown place or offset gives no crossings, a NaN deepest point and a NaN distance at both ends.
Source   `paths`; a pass with both fixes outside is found however short. The deepest point is exact for circles; for other
         shapes it is looked for at `LOOKS` places of each stretch inside and about the best of them, so a notch narrower than
         that may be missed.
Lemmas   crossings_are_on_the_ring · crossings_alternate · a_pass_between_two_fixes_is_found ·
         deepest_is_no_shallower_than_any_look
"""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.distance import Chart, zone_m
from openline.kernels.geodesic import direct_one, inverse_one
from openline.kernels.legs import SPANS
from openline.kernels.paths import path_spans

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

CROSSINGS_MAX: Final = 8  # between two fixes; more is a mover on the boundary line itself, and is told by `more`
LOOKS: Final = 12  # with the narrowing after it, under 40 distances a stretch
_NARROWINGS: Final = 24  # golden sections: the bracket shrinks 100,000 times
_GOLDEN: Final = 0.6180339887498949


class Crossings(NamedTuple):
    """What happened between each pair of fixes; n rows.

    fraction          (n, 8) where the ring was crossed, in order; NaN behind the last
    crossed           (n,)   how many of them
    more              (n,)   whether there were more than fit
    before_m          (n,)   signed distance to the boundary at fix 0
    after_m           (n,)   the same at fix 1
    deepest_m         (n,)   the least signed distance between them
    deepest_fraction  (n,)   and where that was
    """

    fraction: Floats
    crossed: Ints
    more: Bools
    before_m: Floats
    after_m: Floats
    deepest_m: Floats
    deepest_fraction: Floats


@jit
def _depth_m(chart: Chart, zone: int, lat_deg: float, lon_deg: float, track_deg: float, s_m: float) -> float:
    """Signed distance from the point s metres along a path."""
    at_lat_deg, at_lon_deg, _ = direct_one(lat_deg, lon_deg, track_deg, s_m)
    return zone_m(chart, zone, at_lat_deg, at_lon_deg)


@jit
def deepest_between(
    chart: Chart, zone: int, lat_deg: float, lon_deg: float, track_deg: float, from_m: float, to_m: float
) -> tuple[float, float]:
    """The least signed distance on a stretch of a path, and where it is (m)."""
    step_m = (to_m - from_m) / LOOKS
    best_at_m = from_m
    best_m = _depth_m(chart, zone, lat_deg, lon_deg, track_deg, from_m)
    if step_m <= 0.0:
        return best_m, best_at_m
    for look in range(1, LOOKS + 1):
        at_m = from_m + look * step_m
        here_m = _depth_m(chart, zone, lat_deg, lon_deg, track_deg, at_m)
        if here_m < best_m:
            best_m, best_at_m = here_m, at_m
    low_m, high_m = max(from_m, best_at_m - step_m), min(to_m, best_at_m + step_m)
    for _ in range(_NARROWINGS):
        if high_m - low_m < 0.01:
            break
        left_m, right_m = high_m - _GOLDEN * (high_m - low_m), low_m + _GOLDEN * (high_m - low_m)
        on_left_m = _depth_m(chart, zone, lat_deg, lon_deg, track_deg, left_m)
        on_right_m = _depth_m(chart, zone, lat_deg, lon_deg, track_deg, right_m)
        if on_left_m < best_m:
            best_m, best_at_m = on_left_m, left_m
        if on_right_m < best_m:
            best_m, best_at_m = on_right_m, right_m
        if on_left_m <= on_right_m:
            high_m = right_m
        else:
            low_m = left_m
    return best_m, best_at_m


@jit
def _deepest(
    chart: Chart, zone: int, lat_deg: float, lon_deg: float, track_deg: float, path_m: float, spans: Floats
) -> tuple[float, float]:
    """The deepest point of a whole path: within the zone if the path enters it, else where it comes nearest."""
    inside = path_spans(chart, zone, lat_deg, lon_deg, track_deg, path_m, 0.0, False, spans)
    if inside == 0:
        return deepest_between(chart, zone, lat_deg, lon_deg, track_deg, 0.0, path_m)
    best_m, best_at_m = math.inf, 0.0
    for i in range(inside):
        depth_m, at_m = deepest_between(chart, zone, lat_deg, lon_deg, track_deg, spans[i, 0], spans[i, 1])
        if depth_m < best_m:
            best_m, best_at_m = depth_m, at_m
    return best_m, best_at_m


@jit
def crossing_row(
    chart: Chart,
    zone: int,
    lat0_deg: float,
    lon0_deg: float,
    lat1_deg: float,
    lon1_deg: float,
    offset_m: float,
    spans: Floats,
    out: Crossings,
    row: int,
) -> None:
    """Fill one row of `out`."""
    out.fraction[row, :] = math.nan
    out.crossed[row], out.more[row] = 0, False
    out.before_m[row] = zone_m(chart, zone, lat0_deg, lon0_deg)
    out.after_m[row] = zone_m(chart, zone, lat1_deg, lon1_deg)
    out.deepest_m[row], out.deepest_fraction[row] = math.nan, math.nan
    path_m, track_deg, _ = inverse_one(lat0_deg, lon0_deg, lat1_deg, lon1_deg)
    if math.isnan(path_m) or math.isnan(out.before_m[row]):
        return
    if path_m == 0.0:
        out.deepest_m[row], out.deepest_fraction[row] = out.before_m[row], 0.0
        return
    least_m, at_m = _deepest(chart, zone, lat0_deg, lon0_deg, track_deg, path_m, spans)
    out.deepest_m[row], out.deepest_fraction[row] = least_m, at_m / path_m
    if math.isnan(offset_m):
        return
    found = path_spans(chart, zone, lat0_deg, lon0_deg, track_deg, path_m, offset_m, False, spans)
    count = 0
    for i in range(found):
        for end in range(2):
            s_m = spans[i, end]
            if 0.0 < s_m < path_m:
                if count < CROSSINGS_MAX:
                    out.fraction[row, count] = s_m / path_m
                count += 1
    out.crossed[row] = min(count, CROSSINGS_MAX)
    out.more[row] = count > CROSSINGS_MAX or found >= SPANS


@jit
def crossing_rows(
    chart: Chart,
    zone: Ints,
    lat0_deg: Floats,
    lon0_deg: Floats,
    lat1_deg: Floats,
    lon1_deg: Floats,
    offset_m: Floats,
    out: Crossings,
) -> None:
    """`crossing_row` for every row."""
    spans = np.empty((SPANS, 2))
    for i in range(zone.shape[0]):
        crossing_row(chart, zone[i], lat0_deg[i], lon0_deg[i], lat1_deg[i], lon1_deg[i], offset_m[i], spans, out, i)


def empty_crossings(count: int) -> Crossings:
    """Room for n rows."""
    number = np.empty(count)
    return Crossings(
        fraction=np.empty((count, CROSSINGS_MAX)),
        crossed=np.empty(count, np.int64),
        more=np.empty(count, np.bool_),
        before_m=number,
        after_m=number.copy(),
        deepest_m=number.copy(),
        deepest_fraction=number.copy(),
    )
