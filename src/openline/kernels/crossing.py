"""Every crossing of a ring between two fixes, and the deepest point between them.

Frame    latitude and longitude in degrees on WGS-84; between two fixes the mover is taken to have gone along the geodesic.
Names    fraction = share of the way from fix 0 (0) to fix 1 (1). Crossings alternate: out of what the mover started in.
         deepest = the least signed distance on the way (to the boundary, not to the ring).
Time     none: the caller turns fractions into times.
Unknown  an unknown place or offset gives no crossings, a NaN deepest point and a NaN distance at both ends.
Source   `paths`; a pass with both fixes outside is found however short. The deepest point is exact for circles; for other
         shapes it is looked for at `LOOKS` places of each stretch inside and about the best of them, so a notch narrower than
         that may be missed. Of a path that stays outside the nearest point is told to 1 m or 1 % of the distance.
Lemmas   crossings_are_on_the_ring · crossings_alternate · a_pass_between_two_fixes_is_found ·
         deepest_is_no_shallower_than_any_look
"""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.distance import Chart, zone_m, zone_rows
from openline.kernels.geodesic import direct_one, inverse
from openline.kernels.legs import SPANS
from openline.kernels.paths import path_rows

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

CROSSINGS_MAX: Final = 8  # between two fixes; more is a mover on the boundary line itself, and is told by `more`
LOOKS: Final = 12  # with the narrowing after it, under 40 distances a stretch
LOOK_M: Final = 50.0  # and not closer than this
NARROW_M: Final = 0.2  # where narrowing ends along the path; where the depth is not at a ridge it is far better known
NARROW_SHARE: Final = 1e-4
OUTSIDE_M: Final = 1.0  # how well the nearest point of a path that stays outside is told: to this,
OUTSIDE_SHARE: Final = 0.01  # or to this share of its distance, if that is more
_NARROWINGS_MAX: Final = 40  # golden sections: a hundred million times narrower
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
def deepest_between(
    chart: Chart, zone: int, lat_deg: float, lon_deg: float, track_deg: float, from_m: float, to_m: float, least_m: float
) -> tuple[float, float]:
    """The least signed distance on a stretch of a path, and where it is (m): some looks, then narrowing about the best.

    `least_m` is known to be no more than that distance. Where it is positive the distance bends by at most 1 / least, which
    tells how many looks need no narrowing.
    """
    looks = min(LOOKS, 2 + int((to_m - from_m) / LOOK_M))  # 12 for 500 m and more
    narrow_m = max(NARROW_M, NARROW_SHARE * (to_m - from_m))
    if least_m > 0.0:
        enough = 1 + int((to_m - from_m) / math.sqrt(8.0 * least_m * max(OUTSIDE_M, OUTSIDE_SHARE * least_m)))
        if enough <= LOOKS:
            looks, narrow_m = enough, math.inf
    step_m = (to_m - from_m) / looks
    best_m, best_at_m, beside_m, last_m = math.inf, from_m, math.inf, math.inf
    for look in range(looks + 1):
        at_m = from_m + look * step_m
        at_lat_deg, at_lon_deg, _ = direct_one(lat_deg, lon_deg, track_deg, at_m)
        here_m = zone_m(chart, zone, at_lat_deg, at_lon_deg)
        if here_m < best_m:
            best_m, best_at_m, beside_m = here_m, at_m, last_m
        elif last_m == best_m:
            beside_m = min(beside_m, here_m)
        last_m = here_m
        if step_m <= 0.0:
            break
    # Between two looks the distance can fall below them by no more than what the way between them leaves over.
    if best_m - 0.5 * (best_m + beside_m - step_m) <= narrow_m:
        return best_m, best_at_m
    low_m, high_m = max(from_m, best_at_m - step_m), min(to_m, best_at_m + step_m)
    left_m, right_m = high_m - _GOLDEN * (high_m - low_m), low_m + _GOLDEN * (high_m - low_m)
    on_left_m, on_right_m = math.nan, math.nan
    for _ in range(_NARROWINGS_MAX):
        go_left = math.isnan(on_left_m)
        at_m = left_m if go_left else right_m
        at_lat_deg, at_lon_deg, _ = direct_one(lat_deg, lon_deg, track_deg, at_m)
        here_m = zone_m(chart, zone, at_lat_deg, at_lon_deg)
        if here_m < best_m:
            best_m, best_at_m = here_m, at_m
        if go_left:
            on_left_m = here_m
        else:
            on_right_m = here_m
        if math.isnan(on_left_m) or math.isnan(on_right_m):
            continue
        if on_left_m <= on_right_m:
            high_m, right_m, on_right_m = right_m, left_m, on_left_m
            left_m, on_left_m = high_m - _GOLDEN * (high_m - low_m), math.nan
        else:
            low_m, left_m, on_left_m = left_m, right_m, on_right_m
            right_m, on_right_m = low_m + _GOLDEN * (high_m - low_m), math.nan
        if high_m - low_m < narrow_m:
            break
    return best_m, best_at_m


@jit
def _deepest_rows(
    chart: Chart,
    zone: Ints,
    lat_deg: Floats,
    lon_deg: Floats,
    track_deg: Floats,
    path_m: Floats,
    first: Ints,
    table: Floats,
    before_m: Floats,
    after_m: Floats,
    deepest_m: Floats,
    at_m: Floats,
) -> None:
    """The deepest point of each path: of its stretches inside the zone, or of all of it where there is none."""
    for i in range(zone.shape[0]):
        deepest_m[i], at_m[i] = math.nan, math.nan
        if not path_m[i] >= 0.0:
            continue
        least_m = 0.5 * (before_m[i] + after_m[i] - path_m[i])
        bend_m = max(OUTSIDE_M, OUTSIDE_SHARE * least_m)
        if least_m > 0.0 and path_m[i] * path_m[i] < 8.0 * least_m * bend_m:  # too far off to bend: an end is nearest
            deepest_m[i], at_m[i] = min(before_m[i], after_m[i]), 0.0 if before_m[i] <= after_m[i] else path_m[i]
            continue
        best_m, best_at_m = math.inf, 0.0
        stretches = first[i + 1] - first[i]
        for k in range(max(1, stretches)):
            from_m, to_m = 0.0, path_m[i]
            if stretches > 0:
                from_m, to_m = table[first[i] + k, 0], table[first[i] + k, 1]
            here_m, here_at_m = deepest_between(chart, zone[i], lat_deg[i], lon_deg[i], track_deg[i], from_m, to_m, least_m)
            if here_m < best_m:
                best_m, best_at_m = here_m, here_at_m
        if best_m < math.inf:
            deepest_m[i], at_m[i] = best_m, best_at_m


@jit
def _fractions(first: Ints, table: Floats, path_m: Floats, fraction: Floats, crossed: Ints, more: Bools) -> None:
    """The ends of spans that are not the ends of the path, as shares of it."""
    for i in range(path_m.shape[0]):
        for k in range(CROSSINGS_MAX):
            fraction[i, k] = math.nan
        count = 0
        for k in range(first[i], first[i + 1]):
            for end in range(2):
                if 0.0 < table[k, end] < path_m[i]:
                    if count < CROSSINGS_MAX:
                        fraction[i, count] = table[k, end] / path_m[i]
                    count += 1
        crossed[i] = min(count, CROSSINGS_MAX)
        more[i] = count > CROSSINGS_MAX or first[i + 1] - first[i] >= SPANS - 1


def crossings(
    chart: Chart, zone: Ints, lat0_deg: Floats, lon0_deg: Floats, lat1_deg: Floats, lon1_deg: Floats, offset_m: Floats
) -> Crossings:
    """What happened between n pairs of fixes."""
    rows = len(zone)
    path_m, track_deg, _ = inverse(lat0_deg, lon0_deg, lat1_deg, lon1_deg)
    before_m, after_m, deepest_m, at_m = (np.empty(rows) for _ in range(4))
    zone_rows(chart, zone, lat0_deg, lon0_deg, before_m)
    zone_rows(chart, zone, lat1_deg, lon1_deg, after_m)
    # By the triangle inequality the distance on the way is at least `least` and at most `most`.
    least_m, most_m = 0.5 * (before_m + after_m - path_m), 0.5 * (before_m + after_m + path_m)
    ask_m = np.where((least_m > 0.0) | (most_m < 0.0), np.nan, path_m)
    first, table = path_rows(chart, zone, lat0_deg, lon0_deg, track_deg, ask_m, np.zeros(rows), False)
    _deepest_rows(chart, zone, lat0_deg, lon0_deg, track_deg, path_m, first, table, before_m, after_m, deepest_m, at_m)
    if offset_m.any():
        ask_m = np.where((least_m > offset_m) | (most_m < offset_m), np.nan, path_m)
        first, table = path_rows(chart, zone, lat0_deg, lon0_deg, track_deg, ask_m, offset_m, False)
    fraction, crossed, more = np.empty((rows, CROSSINGS_MAX)), np.empty(rows, np.int64), np.empty(rows, np.bool_)
    _fractions(first, table, path_m, fraction, crossed, more)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(path_m > 0.0, at_m / path_m, at_m)
    return Crossings(fraction, crossed, more, before_m, after_m, deepest_m, share)
