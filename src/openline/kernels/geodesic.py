"""The shortest way between two points on WGS-84, and where a course and a distance lead.

Frame    latitude and longitude on the WGS-84 ellipsoid, degrees; azimuths clockwise from north, degrees in [-180, 180].
Names    bet = reduced latitude; alp = azimuth; sig = arc and omg = longitude on the auxiliary sphere; lam = longitude
         difference. `s` and `c` before them are sine and cosine.
Time     none.
Unknown  a NaN or infinite number anywhere in a row gives NaN for that row. Latitudes beyond ±90° are unknown too.
Source   C. F. F. Karney, "Algorithms for geodesics", J. Geodesy 87 (2013). The root of the inverse problem is found by Newton's
         method inside a bracket that halves when Newton leaves it, so antipodal points only take longer.
         Largest difference seen from geographiclib 2.1: 2e-8 m anywhere, near-antipodal points included.
Lemmas   inverse_agrees_with_geographiclib · near_antipodal_agrees_with_geographiclib · direct_agrees_with_geographiclib ·
         direct_then_inverse_returns · inverse_is_symmetric · unknown_stays_unknown · compiled_equals_plain
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from openline.kernels._jit import jit
from openline.kernels.series import (
    FLATTENING,
    SEMI_MAJOR_M,
    arc_terms,
    distance_scale,
    distance_terms,
    longitude_scale,
    longitude_terms,
    sine_sum,
    small_number,
    spread_scale,
    spread_terms,
)

Floats = npt.NDArray[np.float64]

_F1: Final = 1.0 - FLATTENING
_SEMI_MINOR_M: Final = SEMI_MAJOR_M * _F1
_EP2: Final = FLATTENING * (2.0 - FLATTENING) / (_F1 * _F1)  # second eccentricity squared
_TINY: Final = 1.5e-154  # the square is still a normal number: stands for cos 90° so that nothing divides by zero
_LAM_ERROR_RAD: Final = 4e-16  # a residual no step can better
_LAM_NOISE_RAD: Final = 2e-15  # where the residual may stay for rounding, 1e-8 m on the ground; left at the second visit
_NEWTON_STEPS_MAX: Final = 20  # four suffice away from the antipode; after these only halving is used
_STEPS_MAX: Final = 90  # 53 halvings exhaust a double, and the rest is margin


@jit
def sin_cos_deg(angle_deg: float) -> tuple[float, float]:
    """Sine and cosine of degrees, exact at multiples of 90°."""
    quarters = math.floor(angle_deg / 90.0 + 0.5)
    rad = math.radians(angle_deg - 90.0 * quarters)
    s = math.sin(rad)
    c = math.cos(rad)
    quarter = int(quarters) % 4
    if quarter == 0:
        return s, c
    if quarter == 1:
        return c, -s
    if quarter == 2:
        return -s, -c
    return -c, s


@jit
def wrap_deg(angle_deg: float) -> float:
    """The same angle in [-180, 180]."""
    if abs(angle_deg) <= 180.0:
        return angle_deg
    return angle_deg - 360.0 * math.floor(angle_deg / 360.0 + 0.5)


@jit
def _snapped_deg(angle_deg: float) -> float:
    """The same angle, or zero below a nanometre on the ground, where squares would vanish and divide by zero."""
    return angle_deg if abs(angle_deg) > 1e-14 else 0.0


@jit
def _reduced(lat_deg: float) -> tuple[float, float]:
    """Sine and cosine of the reduced latitude; the cosine is never zero."""
    s, c = sin_cos_deg(lat_deg)
    s *= _F1
    length = math.sqrt(s * s + c * c)
    return s / length, max(_TINY, c / length)


@jit
def _lengths(
    eps: float, sig12: float, ssig1: float, csig1: float, dn1: float, ssig2: float, csig2: float, dn2: float
) -> tuple[float, float]:
    """Distance and reduced length between two arcs, both in units of the semi-minor axis."""
    scale1 = distance_scale(eps)
    scale2 = spread_scale(eps)
    terms1 = distance_terms(eps)
    terms2 = spread_terms(eps)
    part1 = sine_sum(ssig2, csig2, terms1) - sine_sum(ssig1, csig1, terms1)
    part2 = sine_sum(ssig2, csig2, terms2) - sine_sum(ssig1, csig1, terms2)
    j12 = (scale1 - scale2) * sig12 + (scale1 * part1 - scale2 * part2)
    reduced = dn2 * (csig1 * ssig2) - dn1 * (ssig1 * csig2) - csig1 * csig2 * j12
    return scale1 * (sig12 + part1), reduced


@jit
def _arrive(
    sbet1: float,
    cbet1: float,
    dn1: float,
    sbet2: float,
    cbet2: float,
    dn2: float,
    salp1: float,
    calp1: float,
    slam: float,
    clam: float,
) -> tuple[float, float, float, float, float, float]:
    """Leave point 1 on an azimuth and stop at the latitude of point 2.

    Returns how far past the wanted longitude that is (rad), its derivative by the azimuth, sin and cos of the azimuth there,
    the distance and the arc.
    """
    if sbet1 == 0.0 and calp1 == 0.0:
        calp1 = -_TINY
    salp0 = salp1 * cbet1
    calp0 = math.hypot(calp1, salp1 * sbet1)
    ssig1, csig1 = sbet1, calp1 * cbet1
    somg1, comg1 = salp0 * sbet1, csig1
    length = math.hypot(ssig1, csig1)
    ssig1, csig1 = ssig1 / length, csig1 / length
    salp2 = salp0 / cbet2 if cbet2 != cbet1 else salp1
    if cbet2 != cbet1 or abs(sbet2) != -sbet1:
        gap = (cbet2 - cbet1) * (cbet1 + cbet2) if cbet1 < -sbet1 else (sbet1 - sbet2) * (sbet1 + sbet2)
        calp2 = math.sqrt(max(0.0, (calp1 * cbet1) ** 2 + gap)) / cbet2
    else:
        calp2 = abs(calp1)
    ssig2, csig2 = sbet2, calp2 * cbet2
    somg2, comg2 = salp0 * sbet2, csig2
    length = math.hypot(ssig2, csig2)
    ssig2, csig2 = ssig2 / length, csig2 / length
    sig12 = math.atan2(max(0.0, csig1 * ssig2 - ssig1 * csig2), csig1 * csig2 + ssig1 * ssig2)
    somg12 = max(0.0, comg1 * somg2 - somg1 * comg2)
    comg12 = comg1 * comg2 + somg1 * somg2
    eta = math.atan2(somg12 * clam - comg12 * slam, comg12 * clam + somg12 * slam)
    eps = small_number(calp0 * calp0 * _EP2)
    terms3 = longitude_terms(eps)
    part3 = sine_sum(ssig2, csig2, terms3) - sine_sum(ssig1, csig1, terms3)
    past = eta - FLATTENING * longitude_scale(eps) * salp0 * (sig12 + part3)
    s12b, m12b = _lengths(eps, sig12, ssig1, csig1, dn1, ssig2, csig2, dn2)
    if calp2 == 0.0:
        slope = -2.0 * _F1 * dn1 / sbet1 if sbet1 != 0.0 else 0.0
    else:
        slope = m12b * _F1 / (calp2 * cbet2)
    return past, slope, salp2, calp2, s12b * _SEMI_MINOR_M, sig12


@jit
def _spherical_start(sbet1: float, cbet1: float, sbet2: float, cbet2: float, lam: float) -> tuple[float, float]:
    """A first azimuth at point 1: the one on a sphere, with longitudes stretched as the ellipsoid stretches them there."""
    squeeze = math.sqrt(1.0 - FLATTENING * (2.0 - FLATTENING) * (0.5 * (cbet1 + cbet2)) ** 2)
    omg = min(lam / squeeze, math.pi)
    salp1 = cbet2 * math.sin(omg)
    calp1 = sbet2 * cbet1 - cbet2 * sbet1 * math.cos(omg)
    length = math.hypot(salp1, calp1)
    if length < 1e-12 or salp1 < 1e-12 * length:
        return 1.0, 0.0
    return salp1 / length, calp1 / length


@jit
def _solve(
    sbet1: float, cbet1: float, sbet2: float, cbet2: float, slam: float, clam: float
) -> tuple[float, float, float, float, float]:
    """Azimuths (sin, cos at either end) and distance, where point 1 is the farther from the equator, and south of it."""
    dn1 = math.sqrt(1.0 + _EP2 * sbet1 * sbet1)
    dn2 = math.sqrt(1.0 + _EP2 * sbet2 * sbet2)
    salp1, calp1 = _spherical_start(sbet1, cbet1, sbet2, cbet2, math.atan2(slam, clam))
    sa, ca, sb, cb = _TINY, 1.0, _TINY, -1.0  # the root lies between the azimuths a (north) and b (south)
    salp2 = calp2 = distance_m = 0.0
    enough_rad = _LAM_ERROR_RAD
    for step in range(_STEPS_MAX):
        past, slope, salp2, calp2, distance_m, _ = _arrive(sbet1, cbet1, dn1, sbet2, cbet2, dn2, salp1, calp1, slam, clam)
        if abs(past) <= enough_rad:
            break
        if past > 0.0 and calp1 / salp1 > cb / sb:
            sb, cb = salp1, calp1
        elif past < 0.0 and calp1 / salp1 < ca / sa:
            sa, ca = salp1, calp1
        turn = -past / slope if slope > 0.0 else math.pi
        turned = salp1 * math.cos(turn) + calp1 * math.sin(turn)
        if step < _NEWTON_STEPS_MAX and abs(turn) < math.pi and turned > 0.0:
            salp1, calp1 = turned, calp1 * math.cos(turn) - salp1 * math.sin(turn)
            if abs(past) <= 8.0 * _LAM_NOISE_RAD:
                enough_rad = _LAM_NOISE_RAD
        else:
            salp1, calp1 = (sa + sb) / 2.0, (ca + cb) / 2.0
            if abs(sa - salp1) + (ca - calp1) < 1e-15 or abs(salp1 - sb) + (calp1 - cb) < 1e-15:
                enough_rad = math.inf
        length = math.hypot(salp1, calp1)
        salp1, calp1 = salp1 / length, calp1 / length
    return salp1, calp1, salp2, calp2, distance_m


@jit
def _along_meridian(sbet1: float, cbet1: float, sbet2: float, cbet2: float, clam: float) -> tuple[float, bool]:
    """Distance by way of a meridian, and whether that is the shortest way."""
    calp1 = clam
    dn1 = math.sqrt(1.0 + _EP2 * sbet1 * sbet1)
    dn2 = math.sqrt(1.0 + _EP2 * sbet2 * sbet2)
    csig1, csig2 = calp1 * cbet1, cbet2
    sig12 = math.atan2(max(0.0, csig1 * sbet2 - sbet1 * csig2), csig1 * csig2 + sbet1 * sbet2)
    distance, reduced = _lengths(small_number(_EP2), sig12, sbet1, csig1, dn1, sbet2, csig2, dn2)
    return distance * _SEMI_MINOR_M, sig12 < 1.0 or reduced >= 0.0


@jit
def inverse_one(lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float) -> tuple[float, float, float]:
    """Distance (m), azimuth at point 1 and azimuth at point 2 (onward), degrees. NaN for what is not a position."""
    if not (abs(lat1_deg) <= 90.0 and abs(lat2_deg) <= 90.0 and math.isfinite(lon1_deg) and math.isfinite(lon2_deg)):
        return math.nan, math.nan, math.nan
    lat1_deg, lat2_deg = _snapped_deg(lat1_deg), _snapped_deg(lat2_deg)
    lon12_deg = _snapped_deg(wrap_deg(wrap_deg(lon2_deg) - wrap_deg(lon1_deg)))
    east = 1.0 if lon12_deg >= 0.0 else -1.0
    swap = abs(lat1_deg) < abs(lat2_deg)
    low_deg, high_deg = (lat2_deg, lat1_deg) if swap else (lat1_deg, lat2_deg)
    if swap:
        east = -east
    south = 1.0 if low_deg < 0.0 else -1.0
    sbet1, cbet1 = _reduced(low_deg * south)
    sbet2, cbet2 = _reduced(high_deg * south)
    if cbet1 < -sbet1:  # the same distance from the equator: make that exact, by whichever of the two resolves it
        if cbet2 == cbet1:
            sbet2 = math.copysign(sbet1, sbet2)
    elif abs(sbet2) == -sbet1:
        cbet2 = cbet1
    slam, clam = sin_cos_deg(abs(lon12_deg))
    lam = math.radians(abs(lon12_deg))
    salp1, calp1, salp2, calp2, distance_m = 0.0, clam, 0.0, 1.0, 0.0
    by_meridian = False
    if low_deg * south == -90.0 or slam == 0.0:
        distance_m, by_meridian = _along_meridian(sbet1, cbet1, sbet2, cbet2, clam)
        if low_deg * south == -90.0:
            salp1, calp1 = slam, clam
    if not by_meridian:
        if sbet1 == 0.0 and lam <= (1.0 - FLATTENING) * math.pi:
            salp1, calp1, salp2, calp2, distance_m = 1.0, 0.0, 1.0, 0.0, SEMI_MAJOR_M * lam
        else:
            salp1, calp1, salp2, calp2, distance_m = _solve(sbet1, cbet1, sbet2, cbet2, slam, clam)
    if swap:
        salp1, calp1, salp2, calp2 = salp2, calp2, salp1, calp1
    turn = -1.0 if swap else 1.0
    azimuth1_deg = math.degrees(math.atan2(salp1 * turn * east, calp1 * turn * south))
    azimuth2_deg = math.degrees(math.atan2(salp2 * turn * east, calp2 * turn * south))
    return distance_m, azimuth1_deg, azimuth2_deg


@jit
def direct_one(lat_deg: float, lon_deg: float, azimuth_deg: float, distance_m: float) -> tuple[float, float, float]:
    """Latitude, longitude in [-180, 180] and azimuth after going a distance (negative: backwards) on a geodesic."""
    if not (abs(lat_deg) <= 90.0 and math.isfinite(lon_deg) and math.isfinite(azimuth_deg) and math.isfinite(distance_m)):
        return math.nan, math.nan, math.nan
    sbet1, cbet1 = _reduced(_snapped_deg(lat_deg))
    salp1, calp1 = sin_cos_deg(azimuth_deg)
    salp0 = salp1 * cbet1
    calp0 = math.hypot(calp1, salp1 * sbet1)
    ssig1, csig1 = sbet1, calp1 * cbet1
    if sbet1 == 0.0 and calp1 == 0.0:
        csig1 = 1.0
    omg1 = math.atan2(salp0 * ssig1, csig1)
    length = math.hypot(ssig1, csig1)
    ssig1, csig1 = ssig1 / length, csig1 / length
    eps = small_number(calp0 * calp0 * _EP2)
    part1 = sine_sum(ssig1, csig1, distance_terms(eps))
    # tau is distance counted so that it grows evenly with sigma; the series turns it back
    tau = distance_m / (_SEMI_MINOR_M * distance_scale(eps)) + part1 + math.atan2(ssig1, csig1)
    sig2 = tau + sine_sum(math.sin(tau), math.cos(tau), arc_terms(eps))
    ssig2, csig2 = math.sin(sig2), math.cos(sig2)
    sig12 = sig2 - math.atan2(ssig1, csig1)
    omg2 = math.atan2(salp0 * ssig2, csig2)
    terms3 = longitude_terms(eps)
    part3 = sine_sum(ssig2, csig2, terms3) - sine_sum(ssig1, csig1, terms3)
    lam12 = omg2 - omg1 - FLATTENING * longitude_scale(eps) * salp0 * (sig12 + part3)
    sbet2 = calp0 * ssig2
    cbet2 = math.hypot(salp0, calp0 * csig2)
    lat2_deg = math.degrees(math.atan2(sbet2, _F1 * cbet2))
    lon2_deg = wrap_deg(wrap_deg(lon_deg) + wrap_deg(math.degrees(lam12)))
    azimuth2_deg = math.degrees(math.atan2(salp0, calp0 * csig2))
    return lat2_deg, lon2_deg, azimuth2_deg


@jit
def _inverse_rows(
    lat1: Floats, lon1: Floats, lat2: Floats, lon2: Floats, distance_m: Floats, azi1: Floats, azi2: Floats
) -> None:
    for i in range(lat1.shape[0]):
        distance_m[i], azi1[i], azi2[i] = inverse_one(lat1[i], lon1[i], lat2[i], lon2[i])


@jit
def _direct_rows(lat: Floats, lon: Floats, azi: Floats, distance_m: Floats, lat2: Floats, lon2: Floats, azi2: Floats) -> None:
    for i in range(lat.shape[0]):
        lat2[i], lon2[i], azi2[i] = direct_one(lat[i], lon[i], azi[i], distance_m[i])


def rows(*columns: npt.ArrayLike) -> list[Floats]:
    """Columns (or single numbers) as float64 arrays (n,) of one common length: copies, so that every call looks alike."""
    together = np.broadcast_arrays(*(np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in columns))
    return [np.array(column, dtype=np.float64, order="C") for column in together]


def inverse(
    lat1_deg: npt.ArrayLike, lon1_deg: npt.ArrayLike, lat2_deg: npt.ArrayLike, lon2_deg: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Distance (m) and the azimuths (degrees) at either end of the geodesics between points; each (n,), broadcast."""
    lat1, lon1, lat2, lon2 = rows(lat1_deg, lon1_deg, lat2_deg, lon2_deg)
    distance_m, azimuth1_deg, azimuth2_deg = np.empty_like(lat1), np.empty_like(lat1), np.empty_like(lat1)
    _inverse_rows(lat1, lon1, lat2, lon2, distance_m, azimuth1_deg, azimuth2_deg)
    return distance_m, azimuth1_deg, azimuth2_deg


def direct(
    lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike, azimuth_deg: npt.ArrayLike, distance_m: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Latitude, longitude and azimuth (degrees) where courses and distances lead; each (n,), broadcast."""
    lat, lon, azimuth, distance = rows(lat_deg, lon_deg, azimuth_deg, distance_m)
    lat2_deg, lon2_deg, azimuth2_deg = np.empty_like(lat), np.empty_like(lat), np.empty_like(lat)
    _direct_rows(lat, lon, azimuth, distance, lat2_deg, lon2_deg, azimuth2_deg)
    return lat2_deg, lon2_deg, azimuth2_deg
