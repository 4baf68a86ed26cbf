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
         on the true distance. Largest error seen of an end: 0.1 mm (circles), 1 mm (others), 2 cm (others, r ≥ 10 km).
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
Ints = npt.NDArray[np.int64]

PATH_M_MAX: Final = 9_000_000.0  # within a quarter of the Earth a path meets a circle once; an airliner needs ten hours for it
CONVEX_M_MAX: Final = 9_500_000.0  # farther off, step by the distance itself
CLOSE_M: Final = 1e-4  # a place this near a circle is on it
NEAR_M_MIN: Final = 1e-3  # half the width given to a bare boundary line, so that rounding leaves no gap at a corner
SKIP_M_MIN: Final = 200.0  # a jump shorter than this costs more than the arithmetic it saves
POLISH_M: Final = 0.02  # ends off by more than this are corrected
POLISH_R_M: Final = 10_000.0  # rings closer to their boundary than this are exact to millimetres in the closed form
_POLISH_M_MAX: Final = 200.0  # the closed form errs by metres at most; a correction farther than this has lost its way
_POLISHES_MAX: Final = 6  # two are usual
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
    if r_m < POLISH_R_M or s_m <= 0.0 or s_m >= length_m:
        return s_m
    at_m, step_m, before_m = s_m, 0.0, 0.0
    for step in range(_POLISHES_MAX):
        now_m = abs(path_place_m(chart, part, lat_deg, lon_deg, track_deg, at_m) + width_m) - r_m
        if abs(now_m) < POLISH_M:
            return at_m
        if step == 0:
            step_m = abs(now_m)
        elif abs(now_m - before_m) < 0.05 * abs(step_m):  # the path runs along the ring: where it meets it is not sharp
            return s_m
        else:
            step_m *= -now_m / (now_m - before_m)
        before_m = now_m
        at_m += step_m
        if not 0.0 <= at_m <= length_m or abs(at_m - s_m) > _POLISH_M_MAX:
            return s_m
    return s_m


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
    count = 0
    low_m = 0.0
    for i in range(nears + 1):
        high_m = near[i, 0] if i < nears else length_m
        open_ended = high_m > low_m or nears == 0
        middle_m = 0.5 * (low_m + high_m)
        if open_ended and path_place_m(chart, part, lat_deg, lon_deg, track_deg, middle_m) <= 0.0:
            count = put_span(spans, count, low_m, high_m)
        if i < nears:
            low_m = near[i, 1]
            if offset_m >= 0.0:
                count = put_span(spans, count, near[i, 0], near[i, 1])
        if early and count > 0:
            break
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
    one: Floats,
) -> int:
    """Where a path is within a zone's ring, written to `spans` (SPANS, 2); how many. `one` is room for one part's."""
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


@jit
def path_rows(
    chart: Chart,
    zone: Ints,
    lat_deg: Floats,
    lon_deg: Floats,
    track_deg: Floats,
    length_m: Floats,
    offset_m: Floats,
    first_only: bool,
) -> tuple[Ints, Floats]:
    """Spans of n paths: those of row i are rows first[i] … first[i + 1] - 1 of the table (m, 2), in metres along the path.

    Rows with anything unknown, a length of NaN among it, have none. Of a path too long, the first 9,000 km are looked at.
    With `first_only` only the start of the first span is to be relied on.
    """
    rows = zone.shape[0]
    first, table = np.zeros(rows + 1, np.int64), np.empty((max(64, rows), 2))
    spans, one = np.empty((SPANS, 2)), np.empty((SPANS, 2))
    for i in range(rows):
        count = 0
        known = lat_deg[i] + lon_deg[i] + track_deg[i] + offset_m[i]
        if math.isfinite(known) and abs(lat_deg[i]) <= 90.0 and length_m[i] >= 0.0:
            path_m = min(length_m[i], PATH_M_MAX)
            count = path_spans(
                chart, zone[i], lat_deg[i], lon_deg[i], track_deg[i], path_m, offset_m[i], first_only, spans, one
            )
        start = first[i]
        if start + count > table.shape[0]:
            longer = np.empty((2 * table.shape[0] + SPANS, 2))
            for k in range(start):
                longer[k, 0], longer[k, 1] = table[k, 0], table[k, 1]
            table = longer
        for k in range(count):
            table[start + k, 0], table[start + k, 1] = spans[k, 0], spans[k, 1]
        first[i + 1] = start + count
    return first, table[: first[rows]].copy()
