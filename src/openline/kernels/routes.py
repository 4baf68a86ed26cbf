"""Along a route that a mover is known to follow: a road, a channel, a corridor of approach.

Frame    latitude and longitude in degrees on WGS-84; from point to point the route is the geodesic, travelled in its order.
Names    along = metres from the route's start. A mover is put at the nearest point of the route, and goes on from there.
Time     seconds from now; 0 where it is within the ring already, `inf` where not within the horizon or the route's end.
Unknown  an unknown place, speed, offset or horizon gives NaN, save that a mover already within is within (0).
Source   `paths`, leg by leg of the route.
Lemmas   along_a_straight_route_is_as_straight_on · a_bend_is_followed
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from openline.errors import Refused
from openline.kernels._jit import jit
from openline.kernels.distance import Chart, between_m, zone_rows
from openline.kernels.ecef import geodesic_m, to_ecef
from openline.kernels.geodesic import inverse, rows
from openline.kernels.legs import put_span
from openline.kernels.paths import path_rows
from openline.kernels.pieces import AT_END, AT_START, foot, nearest_on_line
from openline.kernels.split import line_pieces, split_line

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROUTE_POINTS_MAX: Final = 5_000  # a road drawn from a map by hand has under 1,000
ROUTE_PIECES_MAX: Final = 50_000  # 10,000 km of geodesic needs about 2,000
ROUTE_SPANS: Final = 256  # stretches of one route within one ring


class Route:
    """A polyline prepared for many movers."""

    def __init__(self, lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike) -> None:
        """Raises `Refused` for fewer than two places, too many, or one that is not a position."""
        self.lat_deg, self.lon_deg = rows(lat_deg, lon_deg)
        if not 2 <= len(self.lat_deg) <= ROUTE_POINTS_MAX:
            raise Refused("route", f"{len(self.lat_deg)} points", f"2 to {ROUTE_POINTS_MAX} points")
        for i, (lat, lon) in enumerate(zip(self.lat_deg, self.lon_deg, strict=True)):
            if not (abs(lat) <= 90.0 and abs(lon) <= 180.0):
                raise Refused(f"route[{i}]", (lat, lon), "latitude -90 to 90, longitude -180 to 180, degrees")
        length_m, self.track_deg, _ = inverse(self.lat_deg[:-1], self.lon_deg[:-1], self.lat_deg[1:], self.lon_deg[1:])
        self.start_m = np.concatenate(([0.0], np.cumsum(length_m)))
        points, self._edges = split_line(self.lat_deg, self.lon_deg, False, False, ROUTE_PIECES_MAX)
        if len(points) < 2:
            raise Refused("route", f"{len(self.lat_deg)} points", "points that are not all the same place, under 50,000 pieces")
        self._pieces, self._blocks = line_pieces(points, False)

    @property
    def length_m(self) -> float:
        """From its first point to its last."""
        return float(self.start_m[-1])

    @property
    def pieces_count(self) -> int:
        """What its memory goes by: 128 bytes a piece."""
        return len(self._pieces)

    def project(self, lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike) -> tuple[Floats, Floats]:
        """How far along the route (n,) the nearest point is, and how far off the route the place is; NaN where unknown."""
        lat, lon = rows(lat_deg, lon_deg)
        along_m, off_m = np.empty_like(lat), np.empty_like(lat)
        _project_rows(
            self._pieces, self._blocks, self._edges, self.lat_deg, self.lon_deg, self.start_m, lat, lon, along_m, off_m
        )
        return along_m, off_m


@jit
def _project_rows(
    pieces: Floats,
    blocks: Floats,
    edges: Ints,
    route_lat_deg: Floats,
    route_lon_deg: Floats,
    start_m: Floats,
    lat_deg: Floats,
    lon_deg: Floats,
    along_m: Floats,
    off_m: Floats,
) -> None:
    """Nearest point of a route for every place."""
    for i in range(lat_deg.shape[0]):
        along_m[i], off_m[i] = math.nan, math.nan
        if not (abs(lat_deg[i]) <= 90.0 and math.isfinite(lon_deg[i])):
            continue
        x_m, y_m, z_m = to_ecef(lat_deg[i], lon_deg[i])
        _, piece, part = nearest_on_line(pieces, blocks, 0, pieces.shape[0], 0, x_m, y_m, z_m)
        at_x, at_y, at_z = foot(pieces, piece, x_m, y_m, z_m)
        if part == AT_START:
            at_x, at_y, at_z = pieces[piece, 0], pieces[piece, 1], pieces[piece, 2]
        if part == AT_END:
            at_x, at_y, at_z = pieces[piece, 3], pieces[piece, 4], pieces[piece, 5]
        edge = edges[piece]
        gone_m = 0.0  # from the edge's start: pieces of it before this one are whole
        before = piece
        while before > 0 and edges[before - 1] == edge:
            before -= 1
        for k in range(before, piece):
            gone_m += geodesic_m(pieces[k, 0], pieces[k, 1], pieces[k, 2], pieces[k, 3], pieces[k, 4], pieces[k, 5])
        gone_m += geodesic_m(pieces[piece, 0], pieces[piece, 1], pieces[piece, 2], at_x, at_y, at_z)
        along_m[i] = min(start_m[edge] + gone_m, start_m[edge + 1])
        off_m[i] = between_m(lat_deg[i], lon_deg[i], x_m, y_m, z_m, at_x, at_y, at_z)


@jit
def _join_legs(start_m: Floats, first: Ints, table: Floats, spans: Floats) -> int:
    """Spans along the whole route from those along its legs; how many."""
    count = 0
    for leg in range(start_m.shape[0] - 1):
        for k in range(first[leg], first[leg + 1]):
            count = put_span(spans, count, start_m[leg] + table[k, 0], start_m[leg] + table[k, 1])
    return count


def route_spans(chart: Chart, zone: int, route: Route, offset_m: float) -> Floats:
    """Where a route is within a ring: (m, 2) metres along it."""
    legs = len(route.track_deg)
    slots, lat_deg, lon_deg = np.full(legs, zone, dtype=np.int64), route.lat_deg[:-1].copy(), route.lon_deg[:-1].copy()
    length_m, offset = np.diff(route.start_m), np.full(legs, offset_m)
    left_m = np.empty(legs)
    zone_rows(chart, slots, lat_deg, lon_deg, left_m)
    length_m[(length_m <= 0.0) | (left_m - offset > length_m)] = np.nan
    first, table = path_rows(chart, slots, lat_deg, lon_deg, route.track_deg, length_m, offset, False)
    spans = np.empty((ROUTE_SPANS, 2))
    return spans[: _join_legs(route.start_m, first, table, spans)].copy()


@jit
def _route_rows(spans: Floats, left_m: Floats, along_m: Floats, speed_mps: Floats, horizon_s: Floats, first_s: Floats) -> None:
    """Seconds until each mover, going on along the route, is within the ring."""
    for i in range(left_m.shape[0]):
        if left_m[i] <= 0.0:
            first_s[i] = 0.0
            continue
        if not (left_m[i] > 0.0 and speed_mps[i] >= 0.0 and horizon_s[i] >= 0.0):
            first_s[i] = math.nan
            continue
        first_s[i] = math.inf
        for k in range(spans.shape[0]):
            if spans[k, 1] >= along_m[i]:
                to_go_m = max(0.0, spans[k, 0] - along_m[i])
                if to_go_m <= speed_mps[i] * horizon_s[i]:
                    first_s[i] = to_go_m / speed_mps[i] if to_go_m > 0.0 else 0.0
                break


def along_route_s(
    chart: Chart,
    zone: int,
    route: Route,
    lat_deg: npt.ArrayLike,
    lon_deg: npt.ArrayLike,
    speed_mps: npt.ArrayLike,
    offset_m: float,
    horizon_s: npt.ArrayLike,
) -> Floats:
    """Seconds (n,) until movers on a route are within a ring of one zone."""
    lat, lon, speed, horizon = rows(lat_deg, lon_deg, speed_mps, horizon_s)
    left_m, first_s = np.empty_like(lat), np.empty_like(lat)
    zone_rows(chart, np.full(len(lat), zone, dtype=np.int64), lat, lon, left_m)
    spans = route_spans(chart, zone, route, float(offset_m))
    _route_rows(spans, left_m - float(offset_m), route.project(lat, lon)[0], speed, horizon, first_s)
    return first_s
