"""Breach: movers that approach, cross, are inside, and leave the rings of zones (R26–R30).

Per wave of moves: candidate pairs from the zone index, distances to all of them at once, then one pair at a time only where
something can change. Nothing here reads a clock; a zone that changes is shown to every mover again.
"""

from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from openline.kernels.zones import ZoneIndex
from openline.tracks.columns import Bools, Floats, Ints
from openline.tracks.moves import Moves
from openline.watch.ahead import Ahead, Pairs, Routes, predict
from openline.watch.approach import Approach, Approaches, Now
from openline.watch.finding import Certainty, Finding
from openline.watch.heights import bounds
from openline.watch.legs import Bands, Heights, legs_of
from openline.watch.passage import Ids, Passage, Said, Walker
from openline.watch.ranges import Ranges
from openline.watch.rules import WatchRules
from openline.watch.spot import Leg, Spot
from openline.zones.hours import active
from openline.zones.zone import Zone

Key = tuple[int, str, int]
"""(slot, zone id, ring index)"""

SCRAPED_M: Final = 1.0  # the geometry is exact to this, so nearer than this counts as reached


@dataclass
class Watched:
    """A zone as the watch holds it."""

    zone: Zone
    row: int  # its row in the index
    active: bool


class BreachWatch:
    """State of the breach detector: the zones, who is in which ring, who is approaching."""

    def __init__(self, rules: WatchRules) -> None:
        self.rules = rules
        self.ids = Ids()
        self.index = ZoneIndex([])
        self.watched: dict[str, Watched] = {}
        self.by_row: dict[int, Watched] = {}
        self.bands = Bands()
        self.passages: dict[Key, Passage] = {}
        self.zones_of: dict[int, set[str]] = {}  # slot → zones it has a passage or an approach with
        self.walker = Walker(rules, self.ids)
        self.approaches = Approaches(rules, self.ids)

    def use(self, rules: WatchRules) -> None:
        """Change the numbers; what is under way goes on."""
        self.rules = self.walker.rules = self.approaches.rules = rules

    def put(self, zone: Zone, now_ns: int) -> None:
        """Watch this version of a zone from now on, in place of any other version."""
        self.drop(zone.id)
        row = self.index.add(zone)
        watched = Watched(zone, row, active(zone, now_ns) == "active")
        self.watched[zone.id] = self.by_row[row] = watched
        self.bands.put(row, zone, watched.active)

    def try_zone(self, zone: Zone) -> None:
        """Raise `Refused` if the kernels cannot hold this shape; nothing changes."""
        ZoneIndex([zone])

    def drop(self, zone_id: str) -> None:
        """Stop watching a zone."""
        old = self.watched.pop(zone_id, None)
        if old is not None:
            self.by_row.pop(old.row)
            self.index.remove(zone_id)

    def look(
        self, moves: Moves, names: list[str | None], routes: Routes, only: int | None = None
    ) -> tuple[list[Finding], Ints]:
        """Findings of one wave, and the slots that are near a zone. `names` by slot; `routes` by slot; `only`: look at the zone
        of this row alone.
        """
        if not len(moves) or not self.watched:
            return [], np.empty(0, dtype=np.int64)
        mover, row, open_pair = self.pairs(moves, only)
        if not len(mover):
            return [], np.empty(0, dtype=np.int64)
        heights = Heights(moves)
        outer_m = self.bands.outer_m[row]
        d1_m = self.index.signed_distance_m(row, moves.lat1_deg[mover], moves.lon1_deg[mover])
        # One that is known to fly far above the band, or below it, is near nothing, and need not be closed by a person.
        beside = (d1_m - outer_m <= self.rules.near_zone_m) & ~self.bands.far(moves, heights, mover, row)
        near = np.unique(moves.slot[mover[beside]])
        considered = open_pair | ~self.bands.clear(moves, heights, mover, row)
        mover, row, d1_m = mover[considered], row[considered], d1_m[considered]
        open_pair, outer_m = open_pair[considered], outer_m[considered]
        d0_m = self.index.signed_distance_m(row, moves.lat0_deg[mover], moves.lon0_deg[mover])
        inside, outside = self.bands.relation(heights.low1_m[mover], heights.high1_m[mover], row)
        legs = Pairs(moves, heights, mover, row, np.zeros(len(mover)), d0_m, d1_m)
        ahead = predict(self.index, self.bands, legs, routes)
        reached = np.minimum(d1_m, np.where(np.isnan(d0_m), np.inf, d0_m)) - moves.accuracy_m[mover] <= outer_m + SCRAPED_M
        scraped = d0_m + d1_m - 2.0 * outer_m <= moves.step_m[mover] + SCRAPED_M
        touched = reached | scraped
        findings: list[Finding] = []
        for k in np.flatnonzero(open_pair | touched | np.isfinite(ahead.time_s)).tolist():
            vertical = "in" if inside[k] else "out" if outside[k] else "unsure"
            self._pair(legs, k, (vertical, bool(touched[k])), ahead, names, findings)
        return findings, near

    def ahead(self, moves: Moves, mover: Ints, row: Ints, offset_m: Floats, routes: Routes) -> tuple[Floats, Ahead]:
        """Signed distance (n,) of movers to lines of zones, and when they will be there as they go now; nothing is found."""
        d1_m = self.index.signed_distance_m(row, moves.lat1_deg[mover], moves.lon1_deg[mover]) - offset_m
        pairs = Pairs(moves, Heights(moves), mover, row, offset_m, np.full(len(mover), np.nan), d1_m)
        return d1_m, predict(self.index, self.bands, pairs, routes)

    def pairs(self, moves: Moves, only: int | None) -> tuple[Ints, Ints, Bools]:
        """Pairs (index into moves, row of an active zone) that may matter, and which of them have something open already."""
        reach_m = (
            moves.step_m
            + moves.accuracy_m
            + np.maximum(np.nan_to_num(moves.speed_mps) * moves.horizon_s, self.rules.near_zone_m)
        )
        mover, row = self.index.nearby(moves.lat1_deg, moves.lon1_deg, reach_m)
        # Far away or not, every pair that has something open.
        begun = [
            (i, self.watched[zone_id].row)
            for i, slot in enumerate(moves.slot.tolist())
            if slot in self.zones_of
            for zone_id in sorted(self.zones_of[slot])
            if zone_id in self.watched
        ]
        open_pair = np.zeros(len(mover), dtype=np.bool_)
        if begun:
            table = np.array(begun, dtype=np.int64)
            rows = len(self.bands.active)
            have, opened = mover * rows + row, table[:, 0] * rows + table[:, 1]
            more = table[~np.isin(opened, have)]
            open_pair = np.concatenate([np.isin(have, opened), np.ones(len(more), dtype=np.bool_)])
            mover, row = np.concatenate([mover, more[:, 0]]), np.concatenate([row, more[:, 1]])
        live = self.bands.active[row] & (self.bands.applies[row, moves.mover_class[mover]] | open_pair)
        if only is not None:
            live &= row == only
        return mover[live], row[live], open_pair[live]

    def recheck(self, moves: Moves, zone_id: str, names: list[str | None], why: str) -> tuple[list[Finding], Ints]:
        """A zone was put, changed, ended or began around movers that did not move: `moves` holds them all where they stand.

        Gives the findings and the slots near the zone. A mover not heard of lately is not let out by a change: nobody saw it
        leave.
        """
        findings: list[Finding] = []
        watched = self.watched.get(zone_id)
        rows_of = {int(slot): i for i, slot in enumerate(moves.slot)}
        for key in [k for k in self.passages if k[1] == zone_id]:
            passage = self.passages[key]
            still = watched is not None and watched.active and key[2] < len(watched.zone.rings) and key[0] in rows_of
            i = rows_of.get(key[0])
            unseen = i is None or bool(moves.doubted[i])
            if still and i is not None and watched is not None and (unseen or self._inside(moves, i, watched, key[2])):
                passage.zone_version = watched.zone.version
                continue
            if passage.left is None and i is not None:
                passage.left = Spot(int(moves.at1_ns[i]), float(moves.lat1_deg[i]), float(moves.lon1_deg[i]))
            self._close(key)
            mover = names[key[0]]
            if passage.left is not None and mover is not None:
                grade: Certainty = "possible" if unseen else passage.presence
                last_ns = passage.extent.put_out(passage.left.at_ns, grade != "possible")
                said = Said("exit", passage.left, grade, None, passage, 0, (why,), last_ns)
                findings.append(self._finding(said, mover, key, None, None))
        begun = self.approaches.forget_zone(zone_id)
        near = np.empty(0, dtype=np.int64)
        if watched is not None and watched.active and len(moves):
            more, near = self.look(moves, names, {}, watched.row)
            findings += [with_why(f, why) for f in more]
        for slot, approach in begun.items():
            mover, i = names[slot], rows_of.get(slot)
            if i is not None and watched is not None and self._still_unheard(moves, i, watched, approach):
                self.approaches.under_way[slot, zone_id] = approach
            elif mover is not None and i is not None and not self.approaches.open(slot, zone_id):
                findings.append(self.approaches.ended(zone_id, moves, i, mover, approach, why))
            self._let_go(slot, zone_id)
        return findings, near

    def _still_unheard(self, moves: Moves, i: int, watched: Watched, approach: Approach) -> bool:
        """What was said of a silent mover still holds for the zone as it is now; its area is the accuracy of such moves."""
        slot, zone = int(moves.slot[i]), watched.zone
        if approach.said.event != "may_reach" or not watched.active or self.approaches.open(slot, zone.id):
            return False
        row, one = np.array([watched.row]), slice(i, i + 1)
        away_m = self.index.signed_distance_m(row, moves.lat1_deg[one], moves.lon1_deg[one])
        return bool(away_m[0] <= moves.accuracy_m[i]) and not self._in_a_ring(slot, zone)

    def _let_go(self, slot: int, zone_id: str) -> None:
        """Keep `zones_of` to what is open, also for a zone that is not watched any more."""
        zones = self.zones_of.get(slot)
        if zones is None or self.approaches.open(slot, zone_id) or any(k[:2] == (slot, zone_id) for k in self.passages):
            return
        zones.discard(zone_id)
        if not zones:
            del self.zones_of[slot]

    def forget(self, slot: int) -> None:
        """The mover was closed by a person or archived: its passages end without an exit nobody saw."""
        for zone_id in self.zones_of.pop(slot, set()):
            for key in [k for k in self.passages if k[0] == slot and k[1] == zone_id]:
                del self.passages[key]
        self.approaches.forget_slot(slot)

    def end(self, names: list[str | None]) -> list[Finding]:
        """No more reports will come (an audit): say what was waiting to be sure."""
        findings = []
        for key, passage in list(self.passages.items()):
            mover = names[key[0]]
            for said in self.walker.end(passage):
                assert mover is not None
                findings.append(self._finding(said, mover, key, None, None))
        return findings

    def turned(self, now_ns: int) -> list[str]:
        """Zones whose hours or dates began or ended since last asked."""
        changed = []
        for zone_id, watched in self.watched.items():
            now_active = active(watched.zone, now_ns) == "active"
            if now_active != watched.active:
                watched.active = self.bands.active[watched.row] = now_active
                changed.append(zone_id)
        return changed

    def _inside(self, moves: Moves, i: int, watched: Watched, ring: int) -> bool:
        row = np.array([watched.row])
        d_m = self.index.signed_distance_m(row, moves.lat1_deg[i : i + 1], moves.lon1_deg[i : i + 1])
        low, high = bounds(moves.altitude1_m[i : i + 1], moves.vertical_accuracy_m[i : i + 1])
        _, outside = self.bands.relation(low, high, row)
        return bool(d_m[0] <= watched.zone.rings[ring].offset_m) and not bool(outside[0])

    def _pair(
        self,
        legs: Pairs,
        k: int,
        here: tuple[str, bool],
        ahead: Ahead,
        names: list[str | None],
        findings: list[Finding],
    ) -> None:
        """One mover and one zone: every ring, then the approach. `here` is (vertical relation now, a ring may be touched)."""
        moves, i, watched = legs.moves, int(legs.mover[k]), self.by_row[int(legs.row[k])]
        slot, zone, d1_m = int(moves.slot[i]), watched.zone, float(legs.d1_m[k])
        name = names[slot]
        assert name is not None
        inside_boundary = False
        if here[1] or self._in_a_ring(slot, zone):
            at = (float(legs.d0_m[k]), d1_m, here[0])
            for ring, leg in legs_of(self.index, self.bands, watched.row, zone, moves, legs.heights, i, at):
                passage = self._ring(slot, zone, ring, leg, name, d1_m, findings)
                if zone.rings[ring].offset_m == 0.0:
                    inside_boundary = passage is not None
        now = Now(d1_m, float(ahead.time_s[k]), bool(ahead.sure[k]), bool(ahead.by_route[k]), inside_boundary)
        approach = self.approaches.look(zone, moves, i, now, name)
        if approach is not None:
            findings.append(approach)
        self._tidy(slot, zone.id)

    def _ring(
        self, slot: int, zone: Zone, ring: int, leg: Leg, name: str, d1_m: float, findings: list[Finding]
    ) -> Passage | None:
        """One leg past one ring; the passage after it."""
        key = (slot, zone.id, ring)
        passage, said = self.walker.advance(self.passages.get(key), leg, zone.version, "")
        if passage is not None:
            self.passages[key] = passage
        else:
            self.passages.pop(key, None)
        for one in said:
            one.passage.ring, one.passage.rule = zone.rings[ring].name, zone.rings[ring].rule
        findings.extend(self._finding(one, name, key, d1_m, leg) for one in said)
        return passage

    def _in_a_ring(self, slot: int, zone: Zone) -> bool:
        return any((slot, zone.id, ring) in self.passages for ring in range(len(zone.rings)))

    def _tidy(self, slot: int, zone_id: str) -> None:
        """Keep `zones_of` to what is open."""
        if self.approaches.open(slot, zone_id) or self._in_a_ring(slot, self.watched[zone_id].zone):
            self.zones_of.setdefault(slot, set()).add(zone_id)
            return
        zones = self.zones_of.get(slot)
        if zones is not None:
            zones.discard(zone_id)
            if not zones:
                del self.zones_of[slot]

    def _close(self, key: Key) -> None:
        del self.passages[key]
        zones = self.zones_of.get(key[0])
        if zones is not None and not any(k[0] == key[0] and k[1] == key[1] for k in self.passages):
            zones.discard(key[1])
            if not zones:
                del self.zones_of[key[0]]

    def _finding(self, said: Said, mover: str, key: Key, d1_m: float | None, leg: Leg | None) -> Finding:
        passage = said.passage
        gone = said.event == "exit"
        here = said.event == "first_seen_inside"
        depth_m = None if gone else max(0.0, -leg.d1_m) if here and leg else 0.0
        return Finding(
            id=f"{passage.id}x" if gone else passage.id,
            revision=said.revision,
            mover=mover,
            zone=key[1],
            zone_version=passage.zone_version,
            ring=passage.ring,
            rule=passage.rule,
            event=said.event,
            at_ns=said.spot.at_ns,
            lat_deg=said.spot.lat_deg,
            lon_deg=said.spot.lon_deg,
            certainty=said.certainty,
            seen_ns=leg.fix1.at_ns if leg else said.spot.at_ns,
            source=passage.source,
            boundary_m=d1_m,
            depth_m=depth_m,
            accuracy_m=leg.accuracy_m if leg else None,
            accuracy_stated=leg.stated if leg else False,
            interval_ns=said.interval,
            first_ns=passage.entered.at_ns if gone else None,
            last_ns=said.spot.at_ns if gone else None,
            deepest_m=passage.deepest_m if gone else None,
            deepest_ns=passage.deepest_ns if gone else None,
            path_m=passage.path_m if gone else None,
            ranges=_ranges(said, leg, depth_m),
            why=said.why,
        )


def _ranges(said: Said, leg: Leg | None, depth_m: float | None) -> Ranges:
    """What the data allow of a visit, as this finding tells of it."""
    passage = said.passage
    if said.event == "exit":
        last_ns = said.last_ns if said.last_ns is not None else (said.spot.at_ns, said.spot.at_ns)
        return passage.extent.ended(said.spot, last_ns, passage.deepest_m, passage.path_m)
    first_ns = passage.extent.first_ns
    if said.event != "first_seen_inside" or leg is None or depth_m is None:
        return Ranges(first_ns=first_ns)
    depth = (max(0.0, depth_m - leg.accuracy_m), depth_m + leg.accuracy_m)
    return Ranges(first_ns=first_ns, depth_m=(0.0, depth[1]) if leg.doubted or leg.vertical1 != "in" else depth)


def with_why(finding: Finding, why: str) -> Finding:
    """The finding with one more reason."""
    return msgspec.structs.replace(finding, why=(*finding.why, why))
