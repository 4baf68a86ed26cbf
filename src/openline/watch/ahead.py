"""Ahead: when movers will be at a line of a zone if they go on as they do now, and how much that is worth (R26, R27).

Way      along the route an operator gave, while the mover is on it; else straight on along its track, for classes that go
         straight; else, for movers that follow roads or channels, by the straight line, while they close in. Of a mover that is
         heard for the first time and gives no track nothing says that it goes elsewhere: the straight line, as possible.
Height   above or below the band the time to climb or descend into it counts; no vertical speed at all is level flight.
Sure     False where the finding can be no better than possible: nobody knows which way the mover goes, its speed was worked out
         across a long gap, its climb was worked out at all, its height may or may not be in the band, its track is doubted, or
         its path misses the line by less than its position is known.
"""

from dataclasses import dataclass
from math import inf, nan
from typing import Final

import numpy as np

from openline.kernels.geodesic import direct
from openline.kernels.routes import Route
from openline.kernels.zones import ZoneIndex
from openline.tracks.columns import Bools, Floats, Ints
from openline.tracks.moves import Moves
from openline.watch.legs import Bands, Heights

Routes = dict[int, Route]
"""slot → the line an operator said the mover will follow"""

# Farther than this from its route a mover is not on it; a carriageway and a parking place are nearer.
OFF_ROUTE_M: Final = 500.0


@dataclass(frozen=True)
class Pairs:
    """n pairs of a mover (index into `moves`) and a line of a zone (row in the index, offset), with the signed distance to the
    line before (NaN without a fix before) and now.
    """

    moves: Moves
    heights: Heights
    mover: Ints
    row: Ints
    offset_m: Floats
    d0_m: Floats
    d1_m: Floats


@dataclass(frozen=True)
class Ahead:
    """Seconds (n,) until each mover is at its line; inf: not within its horizon, or it is there already."""

    time_s: Floats
    sure: Bools
    by_route: Bools


def predict(index: ZoneIndex, bands: Bands, pairs: Pairs, routes: Routes) -> Ahead:
    """What lies ahead of each pair."""
    moves, mover = pairs.moves, pairs.mover
    speed_mps = moves.speed_mps[mover]
    moving = speed_mps > 0.0
    earliest_s = np.where(moving, pairs.d1_m / np.where(moving, speed_mps, 1.0), inf)
    can = moving & (pairs.d1_m > 0.0) & (earliest_s <= moves.horizon_s[mover])
    knows_way = ~np.isnan(moves.track_deg[mover])
    straight = can & moves.by_heading[mover] & knows_way
    time_s, hits = _straight_on(index, pairs, straight)
    first = np.isnan(pairs.d0_m)
    closing = can & ~straight & np.where(first, ~knows_way | _nears(index, pairs, can & first), pairs.d1_m < pairs.d0_m)
    time_s[closing] = earliest_s[closing]
    by_route = _along_routes(index, pairs, routes, time_s)
    sure = np.where(straight, hits, (~first & knows_way) | by_route) & ~moves.vague[mover] & ~moves.doubted[mover]
    return _with_height(bands, pairs, Ahead(time_s, sure, by_route))


def _straight_on(index: ZoneIndex, pairs: Pairs, which: Bools) -> tuple[Floats, Bools]:
    """Seconds along the track for some of the pairs, inf for the others, and where the path itself reaches the line. One that
    only comes as near as the position is known may reach it too.
    """
    moves, mover = pairs.moves, pairs.mover
    time_s = np.full(len(mover), inf)
    hits = np.zeros(len(mover), dtype=np.bool_)
    if not which.any():
        return time_s, hits
    time_s[which] = _first_s(index, pairs, which, 0.0)
    hits[which] = np.isfinite(time_s[which])
    passing = which & ~hits
    # Of a doubted mover the area may be as large as a country; what its path passes by says nothing.
    known_to_m = np.where(moves.doubted, 0.0, moves.accuracy_m)[mover]
    apart = passing & (pairs.d1_m > known_to_m) & (known_to_m > 0.0)
    if apart.any():
        time_s[apart] = _first_s(index, pairs, apart, known_to_m[apart])
    beside = passing & (pairs.d1_m <= known_to_m)
    if beside.any():
        beside &= _nears(index, pairs, beside)
        time_s[beside] = pairs.d1_m[beside] / moves.speed_mps[mover[beside]]
    return time_s, hits


def _first_s(index: ZoneIndex, pairs: Pairs, which: Bools, more_m: Floats | float) -> Floats:
    moves, one = pairs.moves, pairs.mover[which]
    here = (moves.lat1_deg[one], moves.lon1_deg[one], moves.track_deg[one], moves.speed_mps[one])
    return index.first_within_s(pairs.row[which], *here, pairs.offset_m[which] + more_m, moves.horizon_s[one])


def _nears(index: ZoneIndex, pairs: Pairs, which: Bools) -> Bools:
    """Some of the pairs: whether the mover is nearer to the line a second on along its track. False where that is unknown."""
    moves = pairs.moves
    found = np.zeros(len(pairs.mover), dtype=np.bool_)
    which = which & ~np.isnan(moves.track_deg[pairs.mover])
    if which.any():
        one = pairs.mover[which]
        there = direct(moves.lat1_deg[one], moves.lon1_deg[one], moves.track_deg[one], moves.speed_mps[one])
        soon_m = index.signed_distance_m(pairs.row[which], there[0], there[1]) - pairs.offset_m[which]
        found[which] = soon_m < pairs.d1_m[which]
    return found


def _along_routes(index: ZoneIndex, pairs: Pairs, routes: Routes, time_s: Floats) -> Bools:
    """Where an operator gave a route and the mover is on it, the time along it holds instead."""
    moves = pairs.moves
    routed = np.zeros(len(time_s), dtype=np.bool_)
    for k in np.flatnonzero(pairs.d1_m > 0.0).tolist() if routes else ():
        i = int(pairs.mover[k])
        route = routes.get(int(moves.slot[i]))
        if route is None or not float(moves.speed_mps[i]) > 0.0:
            continue
        one = slice(i, i + 1)
        _, off_m = route.project(moves.lat1_deg[one], moves.lon1_deg[one])
        if not off_m[0] <= max(OFF_ROUTE_M, float(moves.accuracy_m[i])):
            continue  # it left the route: what it may do next is anybody's guess, so the straight line counts again
        here = (moves.lat1_deg[one], moves.lon1_deg[one], moves.speed_mps[one])
        found_s = index.along_route_s(int(pairs.row[k]), route, *here, float(pairs.offset_m[k]), moves.horizon_s[one])
        time_s[k], routed[k] = float(found_s[0]), True
    return routed


def _with_height(bands: Bands, pairs: Pairs, flat: Ahead) -> Ahead:
    """The same, with the time it takes to be in the band."""
    heights, mover, row = pairs.heights, pairs.mover, pairs.row
    height_s = _vertical_s(bands, pairs)
    within = pairs.d1_m <= 0.0
    later_s = np.where(np.isfinite(flat.time_s), np.maximum(flat.time_s, height_s), flat.time_s)
    time_s = np.where(within, np.where(height_s > 0.0, height_s, inf), later_s)
    inside, outside = bands.relation(heights.low1_m[mover], heights.high1_m[mover], row)
    known = inside | (outside & ~pairs.moves.climb_derived[mover])
    surely_there = np.where(within, ~pairs.moves.doubted[mover], flat.sure)
    return Ahead(time_s, known & surely_there, flat.by_route)


def _vertical_s(bands: Bands, pairs: Pairs) -> Floats:
    """Seconds (n,) until each mover climbs or descends into the band; 0 within it or when its height is not known well enough;
    inf: never within its horizon.
    """
    moves, mover, row = pairs.moves, pairs.mover, pairs.row
    over_m = pairs.heights.low1_m[mover, bands.ceiling[row]] - bands.ceiling_m[row]
    under_m = bands.floor_m[row] - pairs.heights.high1_m[mover, bands.floor[row]]
    rate_mps = np.nan_to_num(moves.vertical_mps[mover])
    down = np.where(rate_mps < 0.0, -rate_mps, nan)
    up = np.where(rate_mps > 0.0, rate_mps, nan)
    time_s = np.where(over_m > 0.0, over_m / down, np.where(under_m > 0.0, under_m / up, 0.0))
    return np.where(time_s <= moves.horizon_s[mover], time_s, inf)  # NaN, no speed that way, is never
