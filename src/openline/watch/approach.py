"""Approach: who will reach a boundary if it goes on like this, when, and whether it turned away in time (R26, R27, R40)."""

from dataclasses import dataclass
from math import inf, isfinite, nan

import numpy as np

from openline.kernels.zones import ZoneIndex
from openline.tracks.columns import Floats, Ints
from openline.tracks.moves import Moves
from openline.watch.finding import Certainty, Finding
from openline.watch.legs import Bands, Heights
from openline.watch.passage import NS_PER_S, Ids
from openline.watch.rules import WatchRules
from openline.zones.zone import Zone


@dataclass
class Approach:
    """One mover on its way to one boundary."""

    id: str
    predicted_ns: int  # when it was last predicted
    closest_m: float
    closest_ns: int
    certainty: Certainty
    version: int = 0
    ring: str = "boundary"


def predict(
    index: ZoneIndex, bands: Bands, moves: Moves, heights: Heights, pairs: tuple[Ints, Ints], d0_m: Floats, d1_m: Floats
) -> Floats:
    """Seconds (n,) until each mover reaches each boundary as it goes now; inf: not within its horizon; routes are not used
    here.

    By heading along the straight path; for movers that follow roads or channels, the straight-line earliest while they close
    in.
    """
    mover, row = pairs
    speed_mps, horizon_s = moves.speed_mps[mover], moves.horizon_s[mover]
    moving = speed_mps > 0.0
    time_s = np.full(len(mover), inf)
    earliest_s = np.where(moving, d1_m / np.where(moving, speed_mps, 1.0), inf)
    can = moving & (d1_m > 0.0) & (earliest_s <= horizon_s)
    straight = can & moves.by_heading[mover] & ~np.isnan(moves.track_deg[mover])
    if straight.any():
        one = mover[straight]
        time_s[straight] = index.first_within_s(
            row[straight],
            moves.lat1_deg[one],
            moves.lon1_deg[one],
            moves.track_deg[one],
            moves.speed_mps[one],
            np.zeros(len(one)),
            moves.horizon_s[one],
        )
    closing = can & ~straight & (d1_m < d0_m)  # NaN before: not known to close in
    time_s[closing] = earliest_s[closing]
    height_s = _vertical_s(bands, moves, heights, mover, row)
    within = d1_m <= 0.0
    later_s = np.where(np.isfinite(time_s), np.maximum(time_s, height_s), time_s)
    time_s = np.where(within, np.where(height_s > 0.0, height_s, inf), later_s)
    return time_s


def _vertical_s(bands: Bands, moves: Moves, heights: Heights, mover: Ints, row: Ints) -> Floats:
    """Seconds (n,) until each mover climbs or descends into the band; 0 within it or when its height is not known well enough;
    inf: never within its horizon. A vertical speed that is not stated counts as level flight here.
    """
    over_m = heights.low1_m[mover, bands.ceiling[row]] - bands.ceiling_m[row]
    under_m = bands.floor_m[row] - heights.high1_m[mover, bands.floor[row]]
    rate_mps = np.nan_to_num(moves.vertical_mps[mover])
    down = np.where(rate_mps < 0.0, -rate_mps, nan)
    up = np.where(rate_mps > 0.0, rate_mps, nan)
    time_s = np.where(over_m > 0.0, over_m / down, np.where(under_m > 0.0, under_m / up, 0.0))
    return np.where(time_s <= moves.horizon_s[mover], time_s, inf)  # NaN, no speed that way, is never


class Approaches:
    """All approaches under way."""

    def __init__(self, rules: WatchRules, ids: Ids) -> None:
        self.rules = rules
        self.ids = ids
        self.under_way: dict[tuple[int, str], Approach] = {}

    def open(self, slot: int, zone_id: str) -> bool:
        """An approach of this mover to this zone is under way."""
        return (slot, zone_id) in self.under_way

    def forget_zone(self, zone_id: str) -> dict[int, Approach]:
        """The zone is not what it was: what was under way to it, by slot, begins anew or has ended."""
        return {key[0]: self.under_way.pop(key) for key in [k for k in self.under_way if k[1] == zone_id]}

    def ended(self, zone_id: str, moves: Moves, i: int, mover: str, approach: Approach, why: str) -> Finding:
        """An approach ended by a change of the zone, not by the mover."""
        at_ns = int(moves.at1_ns[i])
        return Finding(
            id=f"{approach.id}x",
            mover=mover,
            zone=zone_id,
            zone_version=approach.version,
            ring=approach.ring,
            rule="boundary",
            event="averted",
            at_ns=at_ns,
            lat_deg=float(moves.lat1_deg[i]),
            lon_deg=float(moves.lon1_deg[i]),
            certainty=approach.certainty,
            seen_ns=at_ns,
            why=(why,),
        )

    def forget_slot(self, slot: int) -> None:
        """The mover is gone."""
        for key in [k for k in self.under_way if k[0] == slot]:
            del self.under_way[key]

    def look(
        self, zone: Zone, moves: Moves, i: int, distance: tuple[float, float, bool], mover: str, by_route: bool
    ) -> Finding | None:
        """Take one move of one mover. `distance` is (to the boundary, predicted seconds to it, inside the boundary ring)."""
        d1_m, time_s, inside = distance
        key = (int(moves.slot[i]), zone.id)
        at_ns = int(moves.at1_ns[i])
        approach = self.under_way.get(key)
        if inside:
            self.under_way.pop(key, None)
            return None
        if isfinite(time_s) and moves.speed_mps[i] >= self.rules.approach_speed_min_mps:
            if approach is None:
                certainty: Certainty = "possible" if moves.doubted[i] else "probable"
                self.under_way[key] = Approach(self.ids.new(), at_ns, d1_m, at_ns, certainty, zone.version, boundary_of(zone))
                return self._finding(zone, moves, i, (d1_m, time_s), mover, by_route)
            approach.predicted_ns = at_ns
        if approach is None:
            return None
        if d1_m < approach.closest_m:
            approach.closest_m, approach.closest_ns = d1_m, at_ns
        if at_ns - approach.predicted_ns < self.rules.approach_clear_s * NS_PER_S:
            return None
        del self.under_way[key]
        return self._averted(zone, moves, i, d1_m, mover, approach)

    def _finding(self, zone: Zone, moves: Moves, i: int, ahead: tuple[float, float], mover: str, by_route: bool) -> Finding:
        d1_m, time_s = ahead
        approach = self.under_way[(int(moves.slot[i]), zone.id)]
        speed_mps = float(moves.speed_mps[i])
        return Finding(
            id=approach.id,
            mover=mover,
            zone=zone.id,
            zone_version=zone.version,
            ring=boundary_of(zone),
            rule="boundary",
            event="approach",
            at_ns=int(moves.at1_ns[i]),
            lat_deg=float(moves.lat1_deg[i]),
            lon_deg=float(moves.lon1_deg[i]),
            certainty=approach.certainty,
            seen_ns=int(moves.at1_ns[i]),
            boundary_m=d1_m,
            accuracy_m=float(moves.accuracy_m[i]),
            accuracy_stated=bool(moves.stated[i]),
            to_boundary_s=time_s,
            earliest_s=max(0.0, d1_m) / speed_mps,
            by_route=by_route,
        )

    def _averted(self, zone: Zone, moves: Moves, i: int, d1_m: float, mover: str, approach: Approach) -> Finding:
        near = f"closest {approach.closest_m:.0f} m from the boundary"
        return Finding(
            id=f"{approach.id}x",
            mover=mover,
            zone=zone.id,
            zone_version=zone.version,
            ring=boundary_of(zone),
            rule="boundary",
            event="averted",
            at_ns=int(moves.at1_ns[i]),
            lat_deg=float(moves.lat1_deg[i]),
            lon_deg=float(moves.lon1_deg[i]),
            certainty=approach.certainty,
            seen_ns=int(moves.at1_ns[i]),
            boundary_m=d1_m,
            accuracy_m=float(moves.accuracy_m[i]),
            accuracy_stated=bool(moves.stated[i]),
            deepest_m=-approach.closest_m,
            deepest_ns=approach.closest_ns,
            why=(near,),
        )


def boundary_of(zone: Zone) -> str:
    """Name of the ring that is the boundary itself."""
    return next((ring.name for ring in zone.rings if ring.offset_m == 0.0), "boundary")
