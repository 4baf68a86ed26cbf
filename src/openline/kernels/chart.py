"""A zone's shape turned into columns for the kernels, or refused with the field and the reason.

Frame    declared vertices in degrees on WGS-84; columns as in `distance.Chart`.
Names    layout = the columns of one zone; a chart = many layouts end to end.
Time     none.
Unknown  nothing unknown is laid out: it is refused.
Source   own; the limits carry their reasons beside them.
Lemmas   either_way_round_is_the_same_zone · shapes_beyond_a_limit_are_refused · chart_keeps_slots
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from openline.errors import Refused
from openline.kernels.distance import CIRCLE, CORRIDOR, POLYGON, Chart
from openline.kernels.ecef import to_ecef, to_lat_lon
from openline.kernels.pieces import COLUMNS
from openline.kernels.simple import crossing_point, first_meeting, first_outside
from openline.kernels.split import ball_around, line_pieces, split_line, turning

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RADIUS_M_MAX: Final = 9_000_000.0  # short of a quarter meridian (10,002 km), so that paths meet a circle at most twice
HALF_WIDTH_M_MAX: Final = 1_000_000.0  # wider is a region and should be drawn as one
EXTENT_M_MAX: Final = 8_000_000.0  # straight from the middle: an angle of 78°, well inside a hemisphere, so inside is clear
EDGE_M_MAX: Final = 9_000_000.0  # a longer geodesic edge turns wildly when an end moves a little
VERTICES_MAX: Final = 20_000  # the longest flight information region in public data has under 3,000
PIECES_MAX: Final = 100_000  # 13 MB a zone; reached by lines straight in longitude and latitude over 40,000 km
PARTS_MAX: Final = 1_000  # as many islands as a coastal state has listed in one zone

WIDE_M: Final = 150_000.0  # zones with a larger ball are few, and looked at for every mover

PLACES: Final = "latitude -90 to 90, longitude -180 to 180, degrees"


@dataclass(frozen=True, slots=True)
class Layout:
    """One zone's columns. `part_of`, `ring_of` and the rest of `Chart` are joined from the counts here."""

    ball: Floats
    kind: list[int]
    size: Floats
    rings: list[int]
    pieces: list[Floats]
    blocks: list[Floats]

    @property
    def count(self) -> int:
        """How many pieces."""
        return sum(len(table) for table in self.pieces)


@dataclass(slots=True)
class _Draft:
    kind: list[int]
    size: list[tuple[float, float, float, float, float, float]]
    rings: list[int]
    pieces: list[Floats]
    blocks: list[Floats]
    balls: list[tuple[float, float, float, float]]


def _place(field: str, lat_deg: float, lon_deg: float) -> None:
    if not (abs(lat_deg) <= 90.0 and abs(lon_deg) <= 180.0):
        raise Refused(field, (lat_deg, lon_deg), PLACES)


def _columns(field: str, points: Sequence[Sequence[float]], least: int) -> tuple[Floats, Floats]:
    if not least <= len(points) <= VERTICES_MAX:
        raise Refused(field, f"{len(points)} points", f"{least} to {VERTICES_MAX} points")
    for i, (lat_deg, lon_deg) in enumerate(points):
        _place(f"{field}[{i}]", lat_deg, lon_deg)
    table = np.array([(p[0], p[1]) for p in points], dtype=np.float64)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])


def _points(field: str, line: Sequence[Sequence[float]], closed: bool, lonlat: bool) -> tuple[Floats, Ints]:
    """Points in space along a declared line, split finely enough."""
    lat_deg, lon_deg = _columns(field, line, 3 if closed else 2)
    _edges(field, lat_deg, lon_deg, closed, lonlat)
    points, edges = split_line(lat_deg, lon_deg, closed, lonlat, PIECES_MAX)
    if points.shape[0] == 0:
        raise Refused(field, f"{len(line)} points", f"a line that needs at most {PIECES_MAX} pieces to stay within 5 mm")
    if points.shape[0] < (3 if closed else 2):
        raise Refused(field, f"{len(line)} points", "points that are not all the same place")
    return points, edges


def _edges(field: str, lat_deg: Floats, lon_deg: Floats, closed: bool, lonlat: bool) -> None:
    """Refuse an edge whose way between its ends is not clear."""
    xyz = np.array([to_ecef(lat, lon) for lat, lon in zip(lat_deg, lon_deg, strict=True)])
    chord_m = np.linalg.norm(np.roll(xyz, -1, axis=0) - xyz, axis=1)
    turn_deg = np.abs(np.roll(lon_deg, -1) - lon_deg)
    polar = (np.abs(lat_deg) == 90.0) | (np.abs(np.roll(lat_deg, -1)) == 90.0)
    for i in range(len(lat_deg) if closed else len(lat_deg) - 1):
        ends = f"edge from {lat_deg[i]:.6f}, {lon_deg[i]:.6f}"
        if chord_m[i] > EDGE_M_MAX:
            raise Refused(f"{field}[{i}]", ends, f"an edge up to {EDGE_M_MAX / 1000:.0f} km: put a point between")
        if lonlat and turn_deg[i] == 180.0 and not polar[i]:
            raise Refused(f"{field}[{i}]", ends, "an edge of less than 180° of longitude: put a point between")


def _circle(draft: _Draft, field: str, shape: Any) -> None:
    _place(field, shape.lat_deg, shape.lon_deg)
    if not 0.0 < shape.radius_m <= RADIUS_M_MAX:
        raise Refused(f"{field}.radius_m", shape.radius_m, f"more than 0, up to {RADIUS_M_MAX:.0f} m")
    centre = to_ecef(float(shape.lat_deg), float(shape.lon_deg))
    draft.kind.append(CIRCLE)
    draft.size.append((shape.lat_deg, shape.lon_deg, shape.radius_m, *centre))
    draft.rings.append(0)
    draft.balls.append((*centre, shape.radius_m))


def _corridor(draft: _Draft, field: str, shape: Any, lonlat: bool) -> None:
    if not 0.0 < shape.half_width_m <= HALF_WIDTH_M_MAX:
        raise Refused(f"{field}.half_width_m", shape.half_width_m, f"more than 0, up to {HALF_WIDTH_M_MAX:.0f} m")
    points, _ = _points(f"{field}.line", shape.line, False, lonlat)
    pieces, blocks = line_pieces(points, False)
    x_m, y_m, z_m, radius_m = ball_around(points)
    draft.kind.append(CORRIDOR)
    draft.size.append((math.nan, math.nan, shape.half_width_m, x_m, y_m, z_m))
    draft.rings.append(1)
    draft.pieces.append(pieces)
    draft.blocks.append(blocks)
    draft.balls.append((x_m, y_m, z_m, radius_m + shape.half_width_m))


@dataclass(frozen=True, slots=True)
class _Ringed:
    """One ring with its inside-of-the-polygon to the left; `edges` says which declared edge each piece is of."""

    field: str
    pieces: Floats
    blocks: Floats
    edges: Ints

    def where(self, piece: int, point: tuple[float, float, float]) -> str:
        lat_deg, lon_deg = to_lat_lon(*point)
        return f"edge {int(self.edges[piece])} at {lat_deg:.6f}, {lon_deg:.6f}"


def _ring(field: str, line: Sequence[Sequence[float]], lonlat: bool, outer_ball: Floats | None) -> tuple[_Ringed, Floats]:
    """A ring turned the right way round, and the ball of its outer ring (its own, when it is the outer one)."""
    points, edges = _points(field, line, True, lonlat)
    ball = np.array(ball_around(points)) if outer_ball is None else outer_ball
    if ball[3] > EXTENT_M_MAX:
        raise Refused(field, f"{ball[3] / 1000:.0f} km from the middle", f"up to {EXTENT_M_MAX / 1000:.0f} km")
    area = turning(points, ball[0], ball[1], ball[2])
    if not abs(area) > 0.0:
        raise Refused(
            field, f"{len(points)} points", "a ring with an inside" if area == 0.0 else "a hole inside the outer ring"
        )
    if (area > 0.0) != (outer_ball is None):
        points, edges = np.ascontiguousarray(points[::-1]), np.roll(edges[::-1], -1)
    return _Ringed(field, *line_pieces(points, True), edges), ball


def _polygon(draft: _Draft, field: str, shape: Any, lonlat: bool) -> None:
    outer, ball = _ring(f"{field}.outer", shape.outer, lonlat, None)
    rings = [outer, *(_ring(f"{field}.holes[{i}]", hole, lonlat, ball)[0] for i, hole in enumerate(shape.holes))]
    _simple(rings)
    draft.pieces.extend(ring.pieces for ring in rings)
    draft.blocks.extend(ring.blocks for ring in rings)
    draft.kind.append(POLYGON)
    draft.size.append((math.nan, math.nan, math.nan, float(ball[0]), float(ball[1]), float(ball[2])))
    draft.rings.append(len(rings))
    draft.balls.append((float(ball[0]), float(ball[1]), float(ball[2]), float(ball[3])))


def _simple(rings: list[_Ringed]) -> None:
    """Refuse rings that meet themselves, cross one another, or are holes outside the outer ring; the refusal says where."""
    for i, one in enumerate(rings):
        for other in rings[i:]:
            a, b = first_meeting(one.pieces, one.blocks, other.pieces, other.blocks, one is other)
            if a >= 0:
                where = other.where(b, crossing_point(one.pieces, a, other.pieces, b))
                meets = f"edge {int(one.edges[a])} of {'itself' if one is other else one.field}"
                raise Refused(other.field, f"{where} meets {meets}", "rings that do not cross or touch themselves")
    for hole in rings[1:]:
        k = first_outside(rings[0].pieces, rings[0].blocks, hole.pieces)
        if k >= 0:
            x_m, y_m, z_m = (float(x) for x in hole.pieces[k, :3])
            raise Refused(hole.field, f"{hole.where(k, (x_m, y_m, z_m))} is outside", "a hole inside the outer ring")


def _add(draft: _Draft, field: str, shape: Any, lonlat: bool) -> None:
    """Dispatch on what the shape has: kernels do not know the room that declares shapes."""
    if hasattr(shape, "radius_m"):
        _circle(draft, field, shape)
    elif hasattr(shape, "half_width_m"):
        _corridor(draft, field, shape, lonlat)
    elif hasattr(shape, "outer"):
        _polygon(draft, field, shape, lonlat)
    else:
        raise Refused(field, type(shape).__name__, "a circle, a polygon, a corridor or a group of them")


def lay_out(shape: Any, edge_rule: str) -> Layout:
    """The columns of one shape. Raises `Refused` naming the field for what has no clear inside or passes a limit."""
    if edge_rule not in ("geodesic", "lonlat"):
        raise Refused("edge_rule", edge_rule, "geodesic or lonlat")
    draft = _Draft([], [], [], [], [], [])
    if hasattr(shape, "parts"):
        if not 1 <= len(shape.parts) <= PARTS_MAX:
            raise Refused("shape.parts", len(shape.parts), f"1 to {PARTS_MAX} areas")
        for i, part in enumerate(shape.parts):
            _add(draft, f"shape.parts[{i}]", part, edge_rule == "lonlat")
    else:
        _add(draft, "shape", shape, edge_rule == "lonlat")
    if sum(len(pieces) for pieces in draft.pieces) > PIECES_MAX:
        raise Refused("shape", "this boundary", f"a boundary of at most {PIECES_MAX} pieces")
    balls = np.array(draft.balls)
    middle = balls[int(np.argmax(balls[:, 3]))].copy()
    middle[3] = float(np.max(np.linalg.norm(balls[:, :3] - middle[:3], axis=1) + balls[:, 3]))
    return Layout(middle, draft.kind, np.array(draft.size), draft.rings, draft.pieces, draft.blocks)


def _ends(counts: list[int]) -> Ints:
    return np.concatenate(([0], np.cumsum(np.array(counts, dtype=np.int64)))).astype(np.int64)


def _stack(tables: list[Floats], columns: int) -> Floats:
    return np.ascontiguousarray(np.concatenate(tables)) if tables else np.empty((0, columns))


def _by_height(ball: Floats, reach_m: Floats) -> tuple[Ints, Floats, int, float]:
    """Slots in the order that lets a search pass over most of them; see `Chart`."""
    wide_m = ball[:, 3] + reach_m
    ordinary = wide_m <= WIDE_M
    height_m = np.where(ordinary, ball[:, 2], np.inf)
    order = np.argsort(height_m, kind="stable").astype(np.int64)
    widest_m = float(wide_m[ordinary].max(initial=0.0))
    return order, np.ascontiguousarray(height_m[order]), int(ordinary.sum()), widest_m


def join(layouts: Sequence[Layout | None], reach_m: Floats, band_m: Floats, datum: Ints) -> Chart:
    """One chart of many zones; `None` is an empty slot."""
    ball = np.array([np.full(4, np.nan) if layout is None else layout.ball for layout in layouts]).reshape(-1, 4)
    order, height_m, ordinary, widest_m = _by_height(ball, reach_m)
    held = [layout for layout in layouts if layout is not None]
    pieces = [table for layout in held for table in layout.pieces]
    blocks = [table for layout in held for table in layout.blocks]
    return Chart(
        ball=ball,
        reach_m=reach_m,
        order=order,
        height_m=height_m,
        ordinary=ordinary,
        widest_m=widest_m,
        band_m=band_m,
        datum=datum,
        part_of=_ends([0 if layout is None else len(layout.kind) for layout in layouts]),
        kind=np.array([kind for layout in held for kind in layout.kind], dtype=np.int64),
        size=_stack([layout.size for layout in held], 6),
        ring_of=_ends([count for layout in held for count in layout.rings]),
        piece_of=_ends([len(table) for table in pieces]),
        block_of=_ends([len(table) for table in blocks]),
        pieces=_stack(pieces, COLUMNS),
        blocks=_stack(blocks, 4),
    )
