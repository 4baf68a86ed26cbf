"""Where a short straight run comes near a short piece of boundary, in closed form.

Frame    points in space on the WGS-84 surface (`ecef`), metres.
Names    leg = up to `LEG_M` of a geodesic, taken as an arc of its circle of curvature: start P, ahead T, up N, radius R;
         the point after s metres is P + R sin φ T - R (1 - cos φ) N with φ = s / R, and u = tan(φ / 2) makes everything a
         quadratic in u. span = from where to where along the leg, in u; empty when its start is past its end.
         Around a piece lies what is within r of it: a strip beside it and a ball about either end.
Time     none.
Unknown  the callers look for NaN before they come here.
Source   own derivation; the arc leaves the geodesic by less than 1 mm in 25 km. `lean`: the plane of a piece is not quite
         upright, so a point r beside it is r cos(lean) ∓ sin(lean) r²/2R from the plane; left out, that errs by 0.8 m at 55 km.
Lemmas   leg_stays_on_the_geodesic · spans_agree_with_stepping
"""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.distance import Chart
from openline.kernels.ecef import Xyz, euler_radius_m, northward, to_ecef, upward
from openline.kernels.geodesic import sin_cos_deg
from openline.kernels.pieces import BLOCK, LEAN, dot, gap2

Floats = npt.NDArray[np.float64]

LEG_M: Final = 25_000.0
SPANS: Final = 32  # stretches of one path near or in one zone; a path that has more is reported as having more
MEAN_RADIUS_M: Final = 6_371_008.8  # IUGG mean radius R1; used only where a third of a percent of a small term is nothing
JOIN_M: Final = 1e-6  # spans closer than a micrometre are one: the rest is rounding
MARGIN_M: Final = 1.0  # added where something is passed over unlooked at


class Leg(NamedTuple):
    """The arc a leg runs on."""

    x_m: float
    y_m: float
    z_m: float
    ahead_x: float
    ahead_y: float
    ahead_z: float
    up_x: float
    up_y: float
    up_z: float
    radius_m: float


@jit
def leg_from(lat_deg: float, lon_deg: float, track_deg: float) -> Leg:
    """The leg that starts at a place on a track."""
    x, y, z = to_ecef(lat_deg, lon_deg)
    s, c = sin_cos_deg(lat_deg)
    so, co = sin_cos_deg(lon_deg)
    east, north = sin_cos_deg(track_deg)
    ahead_x = -s * co * north - so * east
    ahead_y = -s * so * north + co * east
    return Leg(x, y, z, ahead_x, ahead_y, c * north, c * co, c * so, s, euler_radius_m(s, north * north))


@jit
def leg_point(leg: Leg, s_m: float) -> Xyz:
    """The point after s metres."""
    phi = s_m / leg.radius_m
    along_m = leg.radius_m * math.sin(phi)
    drop_m = 2.0 * leg.radius_m * math.sin(0.5 * phi) ** 2
    return (
        leg.x_m + along_m * leg.ahead_x - drop_m * leg.up_x,
        leg.y_m + along_m * leg.ahead_y - drop_m * leg.up_y,
        leg.z_m + along_m * leg.ahead_z - drop_m * leg.up_z,
    )


@jit
def positive_span(a: float, b: float, c: float, most: float) -> tuple[float, float]:
    """Where a u² + b u + c ≥ 0 for u in [0, most]. Two stretches, either side of a dip, are given as one."""
    inner = b * b - 4.0 * a * c
    if inner < 0.0 or (a == 0.0 and b == 0.0):
        return (0.0, most) if c > 0.0 else (1.0, -1.0)
    q = -0.5 * (b + math.copysign(math.sqrt(inner), b))
    one = q / a if a != 0.0 else math.copysign(math.inf, q)
    two = c / q if q != 0.0 else one
    low, high = min(one, two), max(one, two)
    if a < 0.0:
        return max(low, 0.0), min(high, most)
    if a == 0.0:  # a straight line: `two` is its root, rising where b > 0
        return (max(two, 0.0), most) if b > 0.0 else (0.0, min(two, most))
    if low <= 0.0 <= high:
        return high, most
    if low <= most < high:
        return 0.0, low
    return 0.0, most


@jit
def beyond_plane(leg: Leg, vx: float, vy: float, vz: float, level_m: float, most: float) -> tuple[float, float]:
    """Where the leg's points have an inner product with v of at least a level."""
    c = leg.x_m * vx + leg.y_m * vy + leg.z_m * vz - level_m
    b = 2.0 * leg.radius_m * (leg.ahead_x * vx + leg.ahead_y * vy + leg.ahead_z * vz)
    a = c - 2.0 * leg.radius_m * (leg.up_x * vx + leg.up_y * vy + leg.up_z * vz)
    return positive_span(a, b, c, most)


@jit
def inside_ball(leg: Leg, x_m: float, y_m: float, z_m: float, chord_m: float, most: float) -> tuple[float, float]:
    """Where the leg's points are within a chord of a point."""
    dx, dy, dz = leg.x_m - x_m, leg.y_m - y_m, leg.z_m - z_m
    radius = leg.radius_m
    c = dx * dx + dy * dy + dz * dz - chord_m * chord_m
    b = 4.0 * radius * (dx * leg.ahead_x + dy * leg.ahead_y + dz * leg.ahead_z)
    a = c + 4.0 * radius * (radius - (dx * leg.up_x + dy * leg.up_y + dz * leg.up_z))
    return positive_span(-a, -b, -c, most)


@jit
def strip_levels_m(pieces: Floats, piece: int, r_m: float) -> tuple[float, float]:
    """Distance from a piece's plane of the points r to its right (negative) and to its left."""
    lean = pieces[piece, LEAN]
    radius_m = MEAN_RADIUS_M
    if r_m > 10_000.0:
        ux, uy, uz = upward(pieces[piece, 0], pieces[piece, 1], pieces[piece, 2])
        nx, ny, nz = northward(ux, uy, uz)
        radius_m = euler_radius_m(uz, dot(pieces, piece, 6, nx, ny, nz) ** 2)
    beside_m = radius_m * math.sin(r_m / radius_m) * math.sqrt(1.0 - lean * lean)
    below_m = 2.0 * radius_m * math.sin(0.5 * r_m / radius_m) ** 2 * lean
    return -beside_m - below_m, beside_m - below_m


@jit
def strip_span(pieces: Floats, piece: int, leg: Leg, r_m: float, most: float) -> tuple[float, float]:
    """Where the leg is beside a piece and within r of it."""
    p = pieces[piece]
    low, high = beyond_plane(leg, p[9], p[10], p[11], 0.0, most)
    least, least_end = beyond_plane(leg, -p[12], -p[13], -p[14], 0.0, most)
    low, high = max(low, least), min(high, least_end)
    if low > high:
        return 1.0, -1.0
    right_m, left_m = strip_levels_m(pieces, piece, r_m)
    least, least_end = beyond_plane(leg, p[6], p[7], p[8], right_m, most)
    low, high = max(low, least), min(high, least_end)
    least, least_end = beyond_plane(leg, -p[6], -p[7], -p[8], -left_m, most)
    return max(low, least), min(high, least_end)


@jit
def put_span(spans: Floats, count: int, low: float, high: float) -> int:
    """Put a span among sorted ones that do not touch, joining what it touches; how many there are then.

    There is room for one less than the table has rows; one more, and the two that are nearest each other are joined.
    """
    if low > high:
        return count
    first = 0
    while first < count and spans[first, 1] < low - JOIN_M:
        first += 1
    last = first
    while last < count and spans[last, 0] <= high + JOIN_M:
        low, high = min(low, spans[last, 0]), max(high, spans[last, 1])
        last += 1
    room = 1 - (last - first)  # by how many rows those behind move
    if room > 0:
        for i in range(count - 1, last - 1, -1):
            spans[i + 1, 0], spans[i + 1, 1] = spans[i, 0], spans[i, 1]
    elif room < 0:
        for i in range(last, count):
            spans[i + room, 0], spans[i + room, 1] = spans[i, 0], spans[i, 1]
    spans[first, 0], spans[first, 1] = low, high
    count += room
    return _join_nearest(spans, count) if count == spans.shape[0] else count


@jit
def _join_nearest(spans: Floats, count: int) -> int:
    """Join the two neighbouring spans with the least between them."""
    at = 0
    for i in range(count - 1):
        if spans[i + 1, 0] - spans[i, 1] < spans[at + 1, 0] - spans[at, 1]:
            at = i
    spans[at, 1] = spans[at + 1, 1]
    for i in range(at + 1, count - 1):
        spans[i, 0], spans[i, 1] = spans[i + 1, 0], spans[i + 1, 1]
    return count - 1


@jit
def put_leg_span(
    spans: Floats, count: int, leg: Leg, start_m: float, length_m: float, most: float, low: float, high: float
) -> int:
    """`put_span` of a span in u of the leg that covers [start_m, start_m + length_m] of the path; its ends are kept exactly."""
    if low > high:
        return count
    from_m = start_m + 2.0 * leg.radius_m * math.atan(low) if low > 0.0 else start_m
    to_m = start_m + 2.0 * leg.radius_m * math.atan(high) if high < most else start_m + length_m
    return put_span(spans, count, from_m, to_m)


@jit
def leg_spans(chart: Chart, part: int, leg: Leg, start_m: float, length_m: float, r_m: float, spans: Floats, count: int) -> int:
    """Add where a leg is within r of any piece of a part, in metres of the path; how many spans there are then."""
    mx, my, mz = leg_point(leg, 0.5 * length_m)
    most = math.tan(0.5 * length_m / leg.radius_m)
    chord_m = 2.0 * MEAN_RADIUS_M * math.sin(min(0.5 * r_m / MEAN_RADIUS_M, 0.5 * math.pi))
    reach_m = 0.5 * length_m + r_m + MARGIN_M
    p = chart.pieces
    for ring in range(chart.ring_of[part], chart.ring_of[part + 1]):
        first, end = chart.piece_of[ring], chart.piece_of[ring + 1]
        for block in range((end - first + BLOCK - 1) // BLOCK):
            ball = chart.block_of[ring] + block
            if gap2(chart.blocks, ball, 0, mx, my, mz) > (chart.blocks[ball, 3] + reach_m) ** 2:
                continue
            stop = min(first + (block + 1) * BLOCK, end)
            for k in range(first + block * BLOCK, stop):
                low, high = strip_span(p, k, leg, r_m, most)
                count = put_leg_span(spans, count, leg, start_m, length_m, most, low, high)
                low, high = inside_ball(leg, p[k, 0], p[k, 1], p[k, 2], chord_m, most)
                count = put_leg_span(spans, count, leg, start_m, length_m, most, low, high)
            low, high = inside_ball(leg, p[stop - 1, 3], p[stop - 1, 4], p[stop - 1, 5], chord_m, most)
            count = put_leg_span(spans, count, leg, start_m, length_m, most, low, high)
    return count
