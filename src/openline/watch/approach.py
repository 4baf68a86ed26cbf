"""Approach: who will reach a boundary if it goes on like this, when, and whether it turned away in time (R26, R27, R40)."""

from dataclasses import dataclass
from math import isfinite, isnan
from typing import NamedTuple

import msgspec

from openline.tracks.moves import Moves
from openline.watch.finding import CERTAINTY_RANK, Certainty, Finding
from openline.watch.passage import NS_PER_S, Ids
from openline.watch.rules import WatchRules
from openline.zones.zone import Zone

STOPPED, TURNED_AWAY, HEARD_OUTSIDE = "stopped", "turned away", "heard again outside"


class Now(NamedTuple):
    """One mover and one boundary, as of the newest fix."""

    d1_m: float  # to the boundary
    time_s: float  # predicted; inf: not within the horizon
    sure: bool
    by_route: bool
    inside: bool  # within the boundary ring, or possibly


@dataclass
class Approach:
    """One mover on its way to one boundary."""

    said: Finding  # what was said of it, in its last revision
    predicted_ns: int  # when it was last predicted
    closest_m: float
    closest_ns: int


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
            id=f"{approach.said.id}x",
            mover=mover,
            zone=zone_id,
            zone_version=approach.said.zone_version,
            ring=approach.said.ring,
            rule="boundary",
            event="averted",
            at_ns=at_ns,
            lat_deg=float(moves.lat1_deg[i]),
            lon_deg=float(moves.lon1_deg[i]),
            certainty=approach.said.certainty,
            seen_ns=at_ns,
            why=(why,),
        )

    def forget_slot(self, slot: int) -> None:
        """The mover is gone."""
        for key in [k for k in self.under_way if k[0] == slot]:
            del self.under_way[key]

    def look(self, zone: Zone, moves: Moves, i: int, now: Now, mover: str) -> Finding | None:
        """Take one move of one mover."""
        key = (int(moves.slot[i]), zone.id)
        at_ns = int(moves.at1_ns[i])
        approach = self.under_way.get(key)
        if now.inside:
            self.under_way.pop(key, None)
            return None
        unheard = approach if approach is not None and approach.said.event == "may_reach" else None
        if unheard is not None:
            approach = None
            del self.under_way[key]
        speed_mps = float(moves.speed_mps[i])
        if isfinite(now.time_s) and speed_mps >= self.rules.approach_speed_min_mps:
            if approach is None:
                said = self._finding(zone, moves, i, now, mover)
                self.under_way[key] = Approach(said, at_ns, now.d1_m, at_ns)
                return said
            approach.predicted_ns = at_ns
        if unheard is not None:
            return self._averted(zone, moves, i, now.d1_m, mover, unheard, HEARD_OUTSIDE)
        if approach is None:
            return None
        if isnan(speed_mps) and now.d1_m <= approach.closest_m:
            approach.predicted_ns = at_ns  # nobody knows how fast it comes, but it came nearer: that is no turning away
        if now.d1_m < approach.closest_m:
            approach.closest_m, approach.closest_ns = now.d1_m, at_ns
        if at_ns - approach.predicted_ns >= self.rules.approach_clear_s * NS_PER_S:
            del self.under_way[key]
            stopped = speed_mps < self.rules.approach_speed_min_mps
            return self._averted(zone, moves, i, now.d1_m, mover, approach, STOPPED if stopped else TURNED_AWAY)
        return self._surer(approach, at_ns, now)

    def _surer(self, approach: Approach, at_ns: int, now: Now) -> Finding | None:
        """The same approach, now known better: its first moment and what was predicted then stay."""
        grade = grade_of(now)
        if not isfinite(now.time_s) or CERTAINTY_RANK[grade] <= CERTAINTY_RANK[approach.said.certainty]:
            return None
        revision = approach.said.revision + 1
        approach.said = msgspec.structs.replace(approach.said, certainty=grade, seen_ns=at_ns, revision=revision)
        return approach.said

    def _finding(self, zone: Zone, moves: Moves, i: int, now: Now, mover: str) -> Finding:
        return Finding(
            id=self.ids.new(),
            mover=mover,
            zone=zone.id,
            zone_version=zone.version,
            ring=boundary_of(zone),
            rule="boundary",
            event="approach",
            at_ns=int(moves.at1_ns[i]),
            lat_deg=float(moves.lat1_deg[i]),
            lon_deg=float(moves.lon1_deg[i]),
            certainty=grade_of(now),
            seen_ns=int(moves.at1_ns[i]),
            boundary_m=now.d1_m,
            accuracy_m=float(moves.accuracy_m[i]),
            accuracy_stated=bool(moves.stated[i]),
            to_boundary_s=now.time_s,
            # Over or under the zone there is no way to the boundary that could be timed, only a climb or a descent.
            earliest_s=now.d1_m / float(moves.speed_mps[i]) if now.d1_m > 0.0 else None,
            by_route=now.by_route,
        )

    def _averted(self, zone: Zone, moves: Moves, i: int, d1_m: float, mover: str, approach: Approach, reason: str) -> Finding:
        why = (reason, f"closest {approach.closest_m:.0f} m outside the boundary")
        return Finding(
            id=f"{approach.said.id}x",
            mover=mover,
            zone=zone.id,
            zone_version=zone.version,
            ring=boundary_of(zone),
            rule="boundary",
            event="averted",
            at_ns=int(moves.at1_ns[i]),
            lat_deg=float(moves.lat1_deg[i]),
            lon_deg=float(moves.lon1_deg[i]),
            certainty=approach.said.certainty,
            seen_ns=int(moves.at1_ns[i]),
            boundary_m=d1_m,
            accuracy_m=float(moves.accuracy_m[i]),
            accuracy_stated=bool(moves.stated[i]),
            deepest_m=-approach.closest_m,
            deepest_ns=approach.closest_ns,
            why=why,
        )


def grade_of(now: Now) -> Certainty:
    """How sure an approach is: a prediction is never certain, and where less than the whole way is known it is possible."""
    return "probable" if now.sure else "possible"


def boundary_of(zone: Zone) -> str:
    """Name of the ring that is the boundary itself."""
    return next((ring.name for ring in zone.rings if ring.offset_m == 0.0), "boundary")
