"""Does a polygon cross itself, and do its holes lie inside it? Refused, naming where; nothing is repaired.

Why refused: a repair chooses which side is protected, and that choice belongs to the party that declares the zone.

Frame    Stereographic on the sphere of geodetic latitudes, centred on the mean direction of the vertices. It is one to one but
         for the opposite point, so what crosses on the globe crosses here: also across 180° and around a pole.
Edges    cut into pieces before they are projected: along the great circle for `geodesic`, evenly in longitude and latitude
         for `lonlat`. A piece of 0.05° bends away from the true edge by under 2 m below 70° of latitude; two edges nearer than
         that may be judged to touch. Pieces of an area with a boundary over some 50° are longer.
Inside   the side that does not hold the opposite point; hence every vertex must lie within 80° of the mean direction.
"""

import math
import re
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from shapely import Polygon as Plane
from shapely.validation import explain_validity

from openline.errors import Refused
from openline.zones.zone import EdgeRule, Group, Point, Polygon, Shape

Array = npt.NDArray[np.float64]

PIECE_DEG: Final = 0.05
PIECES_BASE: Final = (
    1_000  # of one polygon, and ten a vertex; beyond that the pieces grow, so that no file asks for a day's work
)
AREA_MIN: Final = 6e-15  # one square metre in the plane of the unit sphere, at the middle
REACH_DEG: Final = 80.0  # how far a vertex may lie from the middle: an area stays well within one hemisphere
HALF_TURN_DEG: Final = 1e-9
_WHERE: Final = re.compile(r"^(.*?)\[(-?[\d.eE+-]+) (-?[\d.eE+-]+)")


def refuse_crossings(shape: Shape, edge_rule: EdgeRule, field: str) -> None:
    """Raise `Refused` for the first polygon of the shape that is not simple, naming the kind of fault and the place."""
    if isinstance(shape, Group):
        for index, part in enumerate(shape.parts):
            if isinstance(part, Polygon):
                _refuse(part, edge_rule, f"{field}.parts[{index}]")
    elif isinstance(shape, Polygon):
        _refuse(shape, edge_rule, field)


def middle(points: tuple[Point, ...], field: str = "shape") -> Point:
    """The mean direction of points. Raises `Refused` when they surround the globe and have none."""
    mean = _vectors(np.array(points)).mean(axis=0)
    length = float(np.linalg.norm(mean))
    if length < 1e-6:
        raise Refused(field, "vertices all around the globe", "an area within one hemisphere")
    x, y, z = (mean / length).tolist()
    return math.degrees(math.asin(max(-1.0, min(1.0, z)))), math.degrees(math.atan2(y, x))


def _refuse(polygon: Polygon, edge_rule: EdgeRule, field: str) -> None:
    for name, line in _lines(polygon, field):
        if len(line) < 3:
            raise Refused(name, f"{len(line)} vertices", "at least 3 vertices")
    centre = middle(polygon.outer, field)
    axes = _axes(centre)
    lines = [line for _, line in _lines(polygon, field)]
    piece_deg = max(PIECE_DEG, sum(map(_length_deg, lines)) / (PIECES_BASE + 10 * sum(map(len, lines))))
    planes = [_projected(line, edge_rule, axes, piece_deg, name) for name, line in _lines(polygon, field)]
    plane = Plane(planes[0], planes[1:])
    if not plane.is_valid:
        raise _named(explain_validity(plane), axes, field)
    if plane.area < AREA_MIN:
        raise Refused(field, "no area", "vertices that enclose at least a square metre")


def _named(says: str, axes: Array, field: str) -> Refused:
    """Shapely's sentence with its place turned back into a latitude and longitude."""
    match = _WHERE.match(says)
    if match is None:
        return Refused(field, says, "lines that do not cross or touch themselves or each other")
    lat_deg, lon_deg = _unprojected(float(match.group(2)), float(match.group(3)), axes)
    place = f"{match.group(1).strip().lower()} at lat {lat_deg:.6f}, lon {lon_deg:.6f}"
    return Refused(field, place, "lines that do not cross or touch themselves, holes inside and apart")


def _lines(polygon: Polygon, field: str) -> list[tuple[str, tuple[Point, ...]]]:
    return [(f"{field}.outer", polygon.outer), *((f"{field}.holes[{i}]", hole) for i, hole in enumerate(polygon.holes))]


def _length_deg(line: tuple[Point, ...]) -> float:
    corners = np.array(line)
    return float(np.abs(_ahead(corners) - corners).sum())


def _ahead(corners: Array) -> Array:
    """The next corner of each, its longitude run on the short way round."""
    ahead = np.roll(corners, -1, axis=0)
    ahead[:, 1] = corners[:, 1] + np.remainder(ahead[:, 1] - corners[:, 1] + 180.0, 360.0) - 180.0
    return ahead


def _refuse_half_turns(corners: Array, ahead: Array, field: str) -> None:
    """Straight in longitude, an edge of just 180° goes either way round; at a pole it goes nowhere."""
    half = (
        (180.0 - np.abs(ahead[:, 1] - corners[:, 1]) < HALF_TURN_DEG)
        & (np.abs(corners[:, 0]) < 90.0)
        & (np.abs(ahead[:, 0]) < 90.0)
    )
    if half.any():
        raise Refused(
            f"{field}[{int(half.argmax())}]", "an edge of 180° of longitude", "a vertex between, to say which way round"
        )


def _vectors(points: Array) -> Array:
    lat, lon = np.radians(points[:, 0]), np.radians(points[:, 1])
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _axes(centre: Point) -> Array:
    """Rows: east, north and up at the centre."""
    lat, lon = math.radians(centre[0]), math.radians(centre[1])
    east = [-math.sin(lon), math.cos(lon), 0.0]
    north = [-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat)]
    return np.array([east, north, [math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)]])


def _projected(line: tuple[Point, ...], edge_rule: EdgeRule, axes: Array, piece_deg: float, field: str) -> Array:
    """The closed line in the plane, its edges cut into pieces."""
    corners = np.array(line)
    if float((_vectors(corners) @ axes[2]).min()) < math.cos(math.radians(REACH_DEG)):
        raise Refused(field, "vertices too far apart", f"an area whose vertices lie within {REACH_DEG:g}° of its middle")
    ahead = _ahead(corners)
    if edge_rule == "lonlat":
        _refuse_half_turns(corners, ahead, field)
    step = np.abs(ahead - corners).sum(axis=1)
    counts = np.maximum(1, np.ceil(step / piece_deg)).astype(np.int64)
    start = np.repeat(np.arange(len(counts)), counts)
    part = (np.arange(len(start)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[start]
    if edge_rule == "lonlat":
        vectors = _vectors(corners[start] + (ahead - corners)[start] * part[:, None])
    else:
        vectors = _along(_vectors(corners), _vectors(ahead), start, part)
    local = vectors @ axes.T
    return local[:, :2] / (1.0 + local[:, 2:])


def _along(here: Array, there: Array, start: npt.NDArray[np.int64], part: Array) -> Array:
    """Points at `part` of the way along each great circle from `here` to `there`."""
    chord = np.linalg.norm(there - here, axis=1)
    angle = 2.0 * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0))[start]
    small = angle < 1e-9
    sine = np.where(small, 1.0, np.sin(angle))
    first = np.where(small, 1.0 - part, np.sin((1.0 - part) * angle) / sine)
    second = np.where(small, part, np.sin(part * angle) / sine)
    points: Array = here[start] * first[:, None] + there[start] * second[:, None]
    return points


def _unprojected(x: float, y: float, axes: Array) -> Point:
    square = x * x + y * y
    local: Any = np.array([2.0 * x, 2.0 * y, 1.0 - square]) / (1.0 + square)
    east, north, up = (local @ axes).tolist()
    return math.degrees(math.asin(max(-1.0, min(1.0, up)))), math.degrees(math.atan2(north, east))
