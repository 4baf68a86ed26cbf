"""Along which stretches a path lies within a ring of a zone.

Frame    latitude and longitude in degrees on WGS-84; the path is the geodesic from a place on a track, `length_m` long.
Names    ring = all places whose signed distance is at most `offset_m`. span = from where to where on the path, in metres;
         spans are sorted and do not touch. near = within r of the boundary line itself.
Time     none: metres along the path; `encounter` turns them into seconds.
Unknown  the callers look for NaN before they come here.
Source   circles: the distance to a point is convex along a geodesic within a quarter of the Earth, so Newton's method from
         either end cannot step over the ring. Lines: stretches near the boundary in closed form (`legs`); between two of them
         the sign cannot change, so one look at the true distance settles each. Where nothing is near, the path is jumped along
         by the distance, which changes no faster than the path runs. Rings far from their boundary (r ≥ 10 km) are corrected
         on the true distance.
Lemmas   spans_agree_with_stepping_the_true_distance · path_ends_at_the_ring
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.distance import CIRCLE, CORRIDOR, POLYGON, Chart, part_m
from openline.kernels.ecef import to_ecef
from openline.kernels.geodesic import direct_one, inverse_one
from openline.kernels.legs import LEG_M, SPANS, leg_from, leg_spans, put_span

Floats = npt.NDArray[np.float64]

PATH_M_MAX: Final = 9_000_000.0  # within a quarter of the Earth a path meets a circle once; an airliner needs ten hours for it
CONVEX_M_MAX: Final = 9_500_000.0  # farther off, step by the distance itself
CLOSE_M: Final = 1e-4  # a place this near a circle is on it
NEAR_M_MIN: Final = 1e-3  # half the width given to a bare boundary line, so that rounding leaves no gap at a corner
SKIP_M_MIN: Final = 200.0  # a jump shorter than this costs more than the arithmetic it saves
POLISH_M: Final = 0.02  # ends off by more than this are corrected
_STEPS_MAX: Final = 100  # Newton's steps to a circle: 6 are usual, 30 when it is only just touched


@jit
def path_place_m(chart: Chart, part: int, lat_deg: float, lon_deg: float, track_deg: float, s_m: float) -> float:
    """Signed distance to a part from the point s metres along the path."""
    at_lat_deg, at_lon_deg, _ = direct_one(lat_deg, lon_deg, track_deg, s_m)
    x_m, y_m, z_m = to_ecef(at_lat_deg, at_lon_deg)
    return part_m(chart, part, at_lat_deg, at_lon_deg, x_m, y_m, z_m)


@jit
def _to_circle_m(
    chart: Chart,
    part: int,
    lat_deg: float,
    lon_deg: float,
    track_deg: float,
    start_m: float,
    way: float,
    length_m: float,
    radius_m: float,
) -> float:
    """From `start_m` go `way` (+1 on, -1 back) until on the circle; inf when the path never is, or ends first."""
    s_m = start_m
    for _ in range(_STEPS_MAX):
        at_lat_deg, at_lon_deg, course_deg = direct_one(lat_deg, lon_deg, track_deg, s_m)
        distance_m, to_deg, _ = inverse_one(at_lat_deg, at_lon_deg, chart.size[part, 0], chart.size[part, 1])
        left_m = distance_m - radius_m
        if left_m <= CLOSE_M:
            return s_m
        closing = way * math.cos(math.radians(to_deg - course_deg))
        if distance_m < CONVEX_M_MAX:
            if closing <= 0.0:
                return math.inf
            left_m = left_m / closing
        s_m += way * left_m
        if s_m > length_m or s_m < 0.0:
            return math.inf
    return s_m


@jit
def circle_spans(
    chart: Chart, part: int, lat_deg: float, lon_deg: float, track_deg: float, length_m: float, offset_m: float, spans: Floats
) -> int:
    """The stretch of a path within a circle's ring: none or one."""
    radius_m = chart.size[part, 2] + offset_m
    if radius_m < 0.0:
        return 0
    low_m = _to_circle_m(chart, part, lat_deg, lon_deg, track_deg, 0.0, 1.0, length_m, radius_m)
    if low_m == math.inf:
        return 0
    high_m = _to_circle_m(chart, part, lat_deg, lon_deg, track_deg, length_m, -1.0, length_m, radius_m)
    if high_m == math.inf:  # touched, and lost again in rounding
        high_m = low_m
    return put_span(spans, 0, low_m, max(low_m, high_m))


@jit
def _near_spans(
    chart: Chart,
    part: int,
    lat_deg: float,
    lon_deg: float,
    track_deg: float,
    length_m: float,
    offset_m: float,
    first_only: bool,
    spans: Floats,
) -> int:
    """Where a path is near the lines of a part: within |offset| of a boundary, or within a corridor's ring of its line."""
    width_m = chart.size[part, 2] if chart.kind[part] == CORRIDOR else 0.0
    r_m = max(abs(offset_m), NEAR_M_MIN) if chart.kind[part] == POLYGON else width_m + offset_m
    count, s_m = 0, 0.0
    if r_m < 0.0:
        return 0
    while True:
        at_lat_deg, at_lon_deg, course_deg = direct_one(lat_deg, lon_deg, track_deg, s_m)
        x_m, y_m, z_m = to_ecef(at_lat_deg, at_lon_deg)
        clear_m = part_m(chart, part, at_lat_deg, at_lon_deg, x_m, y_m, z_m)
        clear_m = (abs(clear_m) if chart.kind[part] == POLYGON else clear_m + width_m) - r_m
        if clear_m > SKIP_M_MIN:
            s_m += 0.999 * clear_m
        else:
            run_m = min(LEG_M, length_m - s_m)
            count = leg_spans(chart, part, leg_from(at_lat_deg, at_lon_deg, course_deg), s_m, run_m, r_m, spans, count)
            s_m += run_m
            if first_only and count > 0:
                break
        if s_m >= length_m:
            break
    for i in range(count):
        for end in range(2):
            spans[i, end] = _polished_m(chart, part, lat_deg, lon_deg, track_deg, length_m, r_m, width_m, spans[i, end])
    return count


@jit
def _polished_m(
    chart: Chart,
    part: int,
    lat_deg: float,
    lon_deg: float,
    track_deg: float,
    length_m: float,
    r_m: float,
    width_m: float,
    s_m: float,
) -> float:
    """The end of a span moved to where the true distance is r, by the secant, as long as that is close by."""
    if r_m < 10_000.0 or s_m <= 0.0 or s_m >= length_m:  # closer in the model is exact to millimetres
        return s_m
    before_m = abs(path_place_m(chart, part, lat_deg, lon_deg, track_deg, s_m) + width_m) - r_m
    if abs(before_m) < POLISH_M:
        return s_m
    step_m = abs(before_m)
    at_m = min(s_m + step_m, length_m)
    for _ in range(4):
        now_m = abs(path_place_m(chart, part, lat_deg, lon_deg, track_deg, at_m) + width_m) - r_m
        rise = (now_m - before_m) / step_m if step_m != 0.0 else 0.0
        if abs(rise) < 0.05 or abs(now_m) < 0.1 * POLISH_M:
            break
        step_m = -now_m / rise
        if not 0.0 <= at_m + step_m <= length_m or abs(at_m + step_m - s_m) > 200.0:
            return s_m
        before_m = now_m
        at_m += step_m
    return at_m if abs(now_m) < abs(POLISH_M) else s_m


@jit
def polygon_spans(
    chart: Chart,
    part: int,
    lat_deg: float,
    lon_deg: float,
    track_deg: float,
    length_m: float,
    offset_m: float,
    first_only: bool,
    spans: Floats,
) -> int:
    """Where a path is within a polygon's ring: near its boundary or inside, or (offset < 0) inside and not near it."""
    near = np.empty((SPANS, 2))
    early = first_only and offset_m >= 0.0
    nears = _near_spans(chart, part, lat_deg, lon_deg, track_deg, length_m, offset_m, early, near)
    if early and nears > 0:
        end_m = near[0, 0]
        if end_m <= 0.0 or path_place_m(chart, part, lat_deg, lon_deg, track_deg, 0.5 * end_m) > 0.0:
            return put_span(spans, 0, end_m, near[0, 1])
        return put_span(spans, 0, 0.0, near[0, 1])
    count = 0
    low_m = 0.0
    for i in range(nears + 1):
        high_m = near[i, 0] if i < nears else length_m
        middle_m = 0.5 * (low_m + high_m)
        open_ended = high_m > low_m or nears == 0
        if open_ended and path_place_m(chart, part, lat_deg, lon_deg, track_deg, middle_m) <= 0.0:
            count = put_span(spans, count, low_m, high_m)
        if i < nears:
            low_m = near[i, 1]
            if offset_m >= 0.0:
                count = put_span(spans, count, near[i, 0], near[i, 1])
    return count


@jit
def path_spans(
    chart: Chart,
    zone: int,
    lat_deg: float,
    lon_deg: float,
    track_deg: float,
    length_m: float,
    offset_m: float,
    first_only: bool,
    spans: Floats,
) -> int:
    """Where a path is within a zone's ring, written to `spans` (SPANS, 2); how many. Of a path too long, the first 9,000 km.

    With `first_only` only the start of the first span is to be relied on.
    """
    length_m = min(length_m, PATH_M_MAX)
    one = np.empty((SPANS, 2))
    count = 0
    for part in range(chart.part_of[zone], chart.part_of[zone + 1]):
        if chart.kind[part] == CIRCLE:
            found = circle_spans(chart, part, lat_deg, lon_deg, track_deg, length_m, offset_m, one)
        elif chart.kind[part] == POLYGON:
            found = polygon_spans(chart, part, lat_deg, lon_deg, track_deg, length_m, offset_m, first_only, one)
        else:
            found = _near_spans(chart, part, lat_deg, lon_deg, track_deg, length_m, offset_m, first_only, one)
        for i in range(found):
            count = put_span(spans, count, one[i, 0], one[i, 1])
    return count
