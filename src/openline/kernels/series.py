"""The three integrals along a geodesic, as trigonometric series in one small number.

Frame    the auxiliary sphere of an ellipsoid of revolution; sigma is the arc on it, counted from the equator crossing.
Names    epsilon = (sqrt(1 + k²) - 1) / (sqrt(1 + k²) + 1), k = second eccentricity times the cosine of the azimuth at the
         equator.
Time     none.
Unknown  NaN in, NaN out.
Source   C. F. F. Karney, "Algorithms for geodesics", J. Geodesy 87 (2013), equations 15–25, taken to the sixth order:
         the first term left out is below 1e-9 m on the Earth.
Lemmas   series_agree_with_their_integrals
"""

import math
from typing import Final

from openline.kernels._jit import jit

SEMI_MAJOR_M: Final = 6378137.0  # WGS-84, defining (NGA.STND.0036)
FLATTENING: Final = 1 / 298.257223563  # WGS-84, defining
THIRD: Final = FLATTENING / (2 - FLATTENING)  # third flattening n

Six = tuple[float, float, float, float, float, float]
"""Coefficients of sin 2σ, sin 4σ, … sin 12σ."""


@jit
def sine_sum(sin_s: float, cos_s: float, c: Six) -> float:
    """Σ c[i] sin(2 (i + 1) σ), by Clenshaw's recurrence, given sin σ and cos σ."""
    twice = 2.0 * (cos_s - sin_s) * (cos_s + sin_s)
    after = 0.0
    now = c[5]
    for i in range(4, -1, -1):
        after, now = now, twice * now - after + c[i]
    return 2.0 * sin_s * cos_s * now


@jit
def distance_scale(eps: float) -> float:
    """A1: the mean of the distance integral, in units of the semi-minor axis."""
    e2 = eps * eps
    return (1.0 + e2 * (1 / 4 + e2 * (1 / 64 + e2 / 256))) / (1.0 - eps)


@jit
def distance_terms(eps: float) -> Six:
    """C1: the periodic part of the distance integral."""
    e2 = eps * eps
    return (
        eps * (-1 / 2 + e2 * (3 / 16 - e2 / 32)),
        e2 * (-1 / 16 + e2 * (1 / 32 - e2 * 9 / 2048)),
        eps * e2 * (-1 / 48 + e2 * 3 / 256),
        e2 * e2 * (-5 / 512 + e2 * 3 / 512),
        eps * e2 * e2 * (-7 / 1280),
        e2 * e2 * e2 * (-7 / 2048),
    )


@jit
def arc_terms(eps: float) -> Six:
    """C1': the series of `distance_terms` turned round, from distance back to arc."""
    e2 = eps * eps
    return (
        eps * (1 / 2 + e2 * (-9 / 32 + e2 * 205 / 1536)),
        e2 * (5 / 16 + e2 * (-37 / 96 + e2 * 1335 / 4096)),
        eps * e2 * (29 / 96 - e2 * 75 / 128),
        e2 * e2 * (539 / 1536 - e2 * 2391 / 2560),
        eps * e2 * e2 * (3467 / 7680),
        e2 * e2 * e2 * (38081 / 61440),
    )


@jit
def spread_scale(eps: float) -> float:
    """A2: the mean of the integral behind the reduced length."""
    e2 = eps * eps
    return (1.0 - eps) * (1.0 + e2 * (1 / 4 + e2 * (9 / 64 + e2 * 25 / 256)))


@jit
def spread_terms(eps: float) -> Six:
    """C2: the periodic part of the integral behind the reduced length."""
    e2 = eps * eps
    return (
        eps * (1 / 2 + e2 * (1 / 16 + e2 / 32)),
        e2 * (3 / 16 + e2 * (1 / 32 + e2 * 35 / 2048)),
        eps * e2 * (5 / 48 + e2 * 5 / 256),
        e2 * e2 * (35 / 512 + e2 * 7 / 512),
        eps * e2 * e2 * (63 / 1280),
        e2 * e2 * e2 * (77 / 2048),
    )


@jit
def longitude_scale(eps: float) -> float:
    """A3: the mean of the longitude integral."""
    n = THIRD
    tail = (3 / 64 + n / 32) + eps * 3 / 128
    tail = (1 / 16 + n * (3 / 16 + n / 16)) + eps * tail
    tail = (1 / 4 + n * (1 / 8 - n * 3 / 8)) + eps * tail
    return 1.0 - eps * ((1 / 2 - n / 2) + eps * tail)


@jit
def longitude_terms(eps: float) -> Six:
    """C3: the periodic part of the longitude integral (five terms; the sixth is nothing)."""
    n = THIRD
    e2 = eps * eps
    first = (1 / 8 - n * n / 8) + eps * ((3 / 64 + n * (3 / 64 - n / 64)) + eps * ((5 / 128 + n / 64) + eps * 3 / 128))
    second = (3 / 64 - n * (1 / 32 + n * 3 / 64)) + eps * ((3 / 128 + n / 128) + eps * 5 / 256)
    return (
        eps * ((1 / 4 - n / 4) + eps * first),
        e2 * ((1 / 16 - n * (3 / 32 - n / 32)) + eps * second),
        eps * e2 * ((5 / 192 - n * (3 / 64 - n * 5 / 192)) + eps * ((3 / 128 - n * 5 / 192) + eps * 7 / 512)),
        e2 * e2 * ((7 / 512 - n * 7 / 256) + eps * 7 / 512),
        eps * e2 * e2 * (21 / 2560),
        0.0,
    )


@jit
def small_number(k2: float) -> float:
    """Epsilon from k²."""
    return k2 / (2.0 * (1.0 + math.sqrt(1.0 + k2)) + k2)
