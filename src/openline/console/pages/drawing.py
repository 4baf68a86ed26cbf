"""A small map as inline SVG: lines of latitude and longitude, north up, a scale bar, the middle marked. No script, no style."""

from itertools import pairwise
from math import cos, dist, floor, isfinite, log10, radians
from typing import Final

from openline.console.pages.html import Html, fill, join

Line = tuple[tuple[float, float], ...]
"""(lat_deg, lon_deg) points, not closed."""

SIDE: Final = 320  # user units of the square
EDGE: Final = 24
FOOT: Final = 32  # under the square, for the scale
KM_PER_DEG: Final = 111.195  # of latitude, on the mean sphere: a sketch needs no more
LAT_MAX_DEG: Final = 85.0  # nearer to a pole a flat sketch would mislead, so there is none


def sketch(outline: tuple[Line, ...], label: str, rings: tuple[Line, ...] = ()) -> Html:
    """The lines as a square drawing, `rings` around or within them broken; empty where there is nothing that can be drawn
    truthfully on a flat map.
    """
    if not outline:
        return Html("")
    given = [point for line in (*outline, *rings) for point in line]
    if not given or not all(isfinite(lat + lon) and abs(lat) <= LAT_MAX_DEG for lat, lon in given):
        return Html("")
    lines = [_unrolled(line, given[0][1]) for line in outline if line]
    broken = [_unrolled(line, given[0][1]) for line in rings if line]
    points = [point for line in (*lines, *broken) for point in line]
    south, north = min(lat for lat, _ in points), max(lat for lat, _ in points)
    west, east = min(lon for _, lon in points), max(lon for _, lon in points)
    squeeze = cos(radians((south + north) / 2))
    span_deg = max(north - south, (east - west) * squeeze, 1e-6)
    scale = (SIDE - 2 * EDGE) / span_deg
    middle_lat, middle_lon = (south + north) / 2, (west + east) / 2

    def place(lat: float, lon: float) -> tuple[float, float]:
        return SIDE / 2 + (lon - middle_lon) * squeeze * scale, SIDE / 2 - (lat - middle_lat) * scale

    path, ring = (" ".join(_path([place(lat, lon) for lat, lon in line]) for line in some) for some in (lines, broken))
    bar_km, bar = _bar(scale / KM_PER_DEG)
    return fill(
        _SVG,
        side=SIDE,
        high=SIDE + FOOT,
        label=label,
        path=path,
        ring=ring,
        middle=_cross(),
        bar_end=EDGE + bar,
        bar_y=SIDE + 4,
        text_y=SIDE + 22,
        km=f"{bar_km:g} km" if bar_km >= 1 else f"{bar_km * 1000:g} m",
    )


def _unrolled(line: Line, near_lon: float) -> list[tuple[float, float]]:
    """The line with longitudes that do not jump at the antimeridian."""
    out: list[tuple[float, float]] = []
    last = near_lon
    for lat, lon in line:
        last = lon + 360 * round((last - lon) / 360)
        out.append((lat, last))
    return out


def _path(points: list[tuple[float, float]]) -> str:
    """A line whose ends are as near to each other as its points are is closed; a piece of a boundary stays open."""
    longest = max((dist(one, other) for one, other in pairwise(points)), default=0.0)
    closed = len(points) > 2 and dist(points[0], points[-1]) <= longest
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else "")


def _bar(units_per_km: float) -> tuple[float, float]:
    """A round number of kilometres that takes at most a third of the drawing, and its length in user units."""
    most_km = SIDE / 3 / units_per_km
    step = 10.0 ** floor(log10(most_km))
    km = max(part * step for part in (1, 2, 5) if part * step <= most_km)
    return km, round(km * units_per_km, 1)


def _cross() -> Html:
    half = SIDE // 2
    return join([Html(f'<path class="middle" d="M{half - 6} {half}H{half + 6}M{half} {half - 6}V{half + 6}"/>')])


_SVG: Final = """<svg class="sketch" viewBox="0 0 {side} {high}" role="img" aria-label="{label}">
<rect class="ground" width="{side}" height="{high}"/>
<path class="area" fill-rule="evenodd" d="{path}"/>
<path class="ring" d="{ring}"/>
{middle}
<path class="north" d="M300 34V10M294 18L300 10L306 18"/><text x="295" y="50">N</text>
<path class="bar" d="M24 {bar_y}v-6v6H{bar_end}v-6"/><text x="24" y="{text_y}">{km}</text>
</svg>"""
