"""What one move looks like from each ring of one zone: which parts of it lay inside, by distance and by height."""

from collections.abc import Iterator
from math import inf, isnan, nan

import numpy as np

from openline.feeds.report import MOVER_CLASSES
from openline.kernels.zones import ZoneIndex
from openline.tracks.columns import Bools, Floats, Ints
from openline.tracks.moves import Moves
from openline.units import DATUMS
from openline.watch.heights import band_fractions, bounds, relation
from openline.watch.spot import Leg, Spot, between
from openline.zones.zone import Circle, Zone

Parts = tuple[tuple[float, float], ...]
ON_THE_LINE_M = 1e-3  # a fix this near to a line is on it, as far as the arithmetic goes
CLIMB_UNSAID_MPS = 30.0  # 6,000 ft/min: what a mover that states no vertical speed may climb or descend at


class Heights:
    """Lowest and highest possible height (n, 4) of n moves at fix 0 and at fix 1, a column a datum."""

    def __init__(self, moves: Moves) -> None:
        self.low0_m, self.high0_m = bounds(moves.altitude0_m, moves.vertical_accuracy_m)
        self.low1_m, self.high1_m = bounds(moves.altitude1_m, moves.vertical_accuracy_m)


def applies_to(zone: Zone) -> list[bool]:
    """By class, in the order of MOVER_CLASSES: whether the zone applies. One that names no class applies to all; a mover of
    unknown class may be of any.
    """
    named = [word for word in zone.applies_to if word in MOVER_CLASSES]
    return [not named or word in named or word == "unknown" for word in MOVER_CLASSES]


class Bands:
    """What is asked of zones pair by pair, by their row in the index: floor and ceiling in metres, each with its datum column;
    whether the zone is active now, the largest offset of its rings, and the classes of movers it applies to.
    """

    def __init__(self) -> None:
        self.floor_m: Floats = np.full(16, -inf)
        self.ceiling_m: Floats = np.full(16, inf)
        self.floor: Ints = np.zeros(16, dtype=np.int64)
        self.ceiling: Ints = np.zeros(16, dtype=np.int64)
        self.active: Bools = np.zeros(16, dtype=np.bool_)
        self.outer_m: Floats = np.zeros(16)
        self.applies: Bools = np.ones((16, len(MOVER_CLASSES)), dtype=np.bool_)

    def put(self, row: int, zone: Zone, active: bool) -> None:
        """Hold a zone."""
        while row >= len(self.floor_m):
            for name in ("floor_m", "ceiling_m", "floor", "ceiling", "active", "outer_m", "applies"):
                column = getattr(self, name)
                setattr(self, name, np.concatenate([column, np.zeros_like(column)]))
        self.active[row] = active
        self.applies[row] = applies_to(zone)
        self.outer_m[row] = max(ring.offset_m for ring in zone.rings)
        self.floor_m[row] = -inf if zone.lower is None else zone.lower.altitude_m
        self.ceiling_m[row] = inf if zone.upper is None else zone.upper.altitude_m
        self.floor[row] = 0 if zone.lower is None else DATUMS.index(zone.lower.datum)
        self.ceiling[row] = 0 if zone.upper is None else DATUMS.index(zone.upper.datum)

    def relation(self, low: Floats, high: Floats, row: Ints) -> tuple[Bools, Bools]:
        """(surely inside, surely outside) the band for pairs of height bounds (n, 4) and zone rows (n,)."""
        return relation(low, high, self.floor_m[row], self.ceiling_m[row], self.floor[row], self.ceiling[row])

    def clear(self, moves: Moves, heights: Heights, mover: Ints, row: Ints) -> Bools:
        """Pairs surely above, or surely below, the band at both fixes and for the whole horizon ahead."""
        climb_mps = np.where(np.isnan(moves.vertical_mps), CLIMB_UNSAID_MPS, np.abs(moves.vertical_mps))
        margin_m = (climb_mps * moves.horizon_s)[mover]
        first = np.isnan(moves.lat0_deg)[mover]  # no fix 0: nothing to be clear of there
        ceiling, floor = self.ceiling[row], self.floor[row]
        ceiling_m, floor_m = self.ceiling_m[row], self.floor_m[row]
        above: Bools = heights.low1_m[mover, ceiling] - margin_m > ceiling_m
        above &= (heights.low0_m[mover, ceiling] - margin_m > ceiling_m) | first
        below: Bools = heights.high1_m[mover, floor] + margin_m < floor_m
        below &= (heights.high0_m[mover, floor] + margin_m < floor_m) | first
        clear: Bools = above | below
        return clear

    def far(self, moves: Moves, heights: Heights, mover: Ints, row: Ints) -> Bools:
        """Pairs surely so far above or below the band that it is out of reach within the horizon, whatever the climb now."""
        margin_m = CLIMB_UNSAID_MPS * moves.horizon_s[mover]
        above: Bools = heights.low1_m[mover, self.ceiling[row]] - margin_m > self.ceiling_m[row]
        below: Bools = heights.high1_m[mover, self.floor[row]] + margin_m < self.floor_m[row]
        far: Bools = above | below
        return far

    def parts(self, row: int, moves: Moves, heights: Heights, i: int) -> Parts:
        """Parts of a move within the band by height.

        Heights not known in the band's own datum count as within, unless surely outside.
        """
        spans = [
            (moves.altitude0_m[i, self.floor[row]], moves.altitude1_m[i, self.floor[row]], self.floor_m[row], inf),
            (moves.altitude0_m[i, self.ceiling[row]], moves.altitude1_m[i, self.ceiling[row]], -inf, self.ceiling_m[row]),
        ]
        start, end = 0.0, 1.0
        for height0_m, height1_m, floor_m, ceiling_m in spans:
            if floor_m == -inf and ceiling_m == inf:
                continue
            if isnan(height0_m) or isnan(height1_m):
                continue
            part = band_fractions(float(height0_m), float(height1_m), float(floor_m), float(ceiling_m))
            if part is None:
                return ()
            start, end = max(start, part[0]), min(end, part[1])
        if start > end or self._out_at_both(row, heights, i):
            return ()
        return ((start, end),)

    def _out_at_both(self, row: int, heights: Heights, i: int) -> bool:
        """Surely above at both fixes, or surely below at both."""
        floor, ceiling = self.floor[row], self.ceiling[row]
        above = min(heights.low0_m[i, ceiling], heights.low1_m[i, ceiling]) > self.ceiling_m[row]
        below = max(heights.high0_m[i, floor], heights.high1_m[i, floor]) < self.floor_m[row]
        return bool(above or below)


def legs_of(
    index: ZoneIndex,
    bands: Bands,
    row: int,
    zone: Zone,
    moves: Moves,
    heights: Heights,
    i: int,
    distance: tuple[float, float, str],
) -> Iterator[tuple[int, Leg]]:
    """(ring index, leg) for every ring of a zone, outermost first. `distance` is (before, now, vertical relation now)."""
    d0_m, d1_m, vertical = distance
    before = not isnan(d0_m)
    fix0 = Spot(int(moves.at0_ns[i]), float(moves.lat0_deg[i]), float(moves.lon0_deg[i])) if before else None
    fix1 = Spot(int(moves.at1_ns[i]), float(moves.lat1_deg[i]), float(moves.lon1_deg[i]))
    jumped = bool(moves.jumped[i])
    by_height = bands.parts(row, moves, heights, i) if before and not jumped else ()
    step_m, most_m = float(moves.step_m[i]), float(moves.farthest_m[i])
    bottom_m = zone.shape.radius_m if isinstance(zone.shape, Circle) else inf
    for ring in sorted(range(len(zone.rings)), key=lambda r: -zone.rings[r].offset_m):
        offset_m = zone.rings[ring].offset_m
        d0 = nan if jumped else d0_m - offset_m  # no way is known between the fixes, so there is none to look along
        flat, deepest_m, deepest_at = _flat_parts(index, row, moves, i, (d0, d1_m - offset_m, offset_m, step_m))
        inside = _both(flat, by_height)
        if inside and not any(start <= deepest_at <= end for start, end in inside):
            deepest_m, deepest_at = _deepest_within(index, row, fix0, fix1, inside, offset_m)
        gap_s = float(moves.gap_s[i]) if before else nan
        around = _around(index, (row, i), moves, (d0, d1_m, offset_m, step_m), inside, by_height)
        yield (
            ring,
            Leg(
                fix0,
                fix1,
                gap_s,
                step_m,
                d1_m - offset_m,
                inside,
                before and d0_m <= offset_m and bool(by_height) and by_height[0][0] <= 0.0,
                deepest_m,
                deepest_at,
                float(moves.accuracy_m[i]),
                bool(moves.stated[i]),
                vertical,
                bool(moves.doubted[i]),
                jumped,
                d0_m - offset_m,
                most_m,
                bottom_m + offset_m,
                *around,
            ),
        )


def _around(
    index: ZoneIndex,
    which: tuple[int, int],
    moves: Moves,
    distance: tuple[float, float, float, float],
    inside: Parts,
    high: Parts,
) -> tuple[Parts, Parts]:
    """Parts of a move within the ring made larger, and smaller, by the accuracy: where the line is crossed or that near."""
    row, i = which
    d0, d1_m, offset_m, step_m = distance
    off_m = float(moves.accuracy_m[i])
    crossed = bool(inside) and inside != ((0.0, 1.0),)
    if isnan(d0) or not (crossed or min(abs(d0), abs(d1_m - offset_m)) <= off_m + ON_THE_LINE_M):
        return (), ()
    wide, narrow = (
        _flat_parts(index, row, moves, i, (d0 - by_m, d1_m - offset_m - by_m, offset_m + by_m, step_m))[0]
        for by_m in (off_m, -off_m)
    )
    return _both(wide, high), _both(narrow, high)


def _flat_parts(
    index: ZoneIndex, row: int, moves: Moves, i: int, distance: tuple[float, float, float, float]
) -> tuple[Parts, float, float]:
    """Parts of a move within a ring seen from above, with the deepest point. Distance is 1-Lipschitz along the way, so two
    ends far enough outside, or inside, settle it without looking between them.
    """
    d0_m, d1_m, offset_m, step_m = distance
    if isnan(d0_m):
        return (), -d1_m, 1.0
    at_end = (-d1_m, 1.0) if d1_m <= d0_m else (-d0_m, 0.0)
    if d0_m > 0.0 and d1_m > 0.0 and d0_m + d1_m > step_m:
        return (), *at_end
    one = slice(i, i + 1)
    found = index.crossings(row, moves.lat0_deg[one], moves.lon0_deg[one], moves.lat1_deg[one], moves.lon1_deg[one], offset_m)
    cuts = [float(f) for f in found.fraction[0, : found.crossed[0]]]
    first_inside = d0_m <= 0.0
    if (first_inside != (d1_m <= 0.0)) != (len(cuts) % 2 == 1):
        # A fix on the line itself, to the last bit of the arithmetic: the crossing is at the end that is nearer to the line.
        cuts = [0.0, *cuts] if abs(d0_m) <= abs(d1_m) else [*cuts, 1.0]
    edges = [0.0, *cuts, 1.0]
    parts = tuple((edges[k], edges[k + 1]) for k in range(len(edges) - 1) if (k % 2 == 0) == first_inside)
    return parts, offset_m - float(found.deepest_m[0]), float(found.deepest_fraction[0])


def _deepest_within(
    index: ZoneIndex, row: int, fix0: Spot | None, fix1: Spot, inside: Parts, offset_m: float
) -> tuple[float, float]:
    """The deepest end of the parts: where the deepest point of the whole way was above or below the band."""
    assert fix0 is not None
    ends = [fraction for part in inside for fraction in part]
    spots = [between(fix0, fix1, fraction) for fraction in ends]
    lat_deg, lon_deg = [spot.lat_deg for spot in spots], [spot.lon_deg for spot in spots]
    depth_m = offset_m - index.signed_distance_m(np.full(len(spots), row), lat_deg, lon_deg)
    best = int(np.argmax(depth_m))
    return float(depth_m[best]), ends[best]


def _both(one: Parts, other: Parts) -> Parts:
    """Parts that lie in both."""
    shared = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple((start, end) for start, end in shared if start <= end)
