"""Unheard: a mover that fell silent on its way to a zone, or near one, may be anywhere in an area that grows.

When that area reaches the boundary somebody must know: silence is not a turning away. Said once a mover a zone, `may_reach`,
never better than possible, and ended when the mover is heard again outside or a person closes its track.

Whom       movers near the zone (`watch.near_zone_m` of its outermost ring) or with an approach to it under way when they fell
           silent, longer than `watch.gap_s` and the `coast_s` of their class. A mover elsewhere, on whatever list, is not asked
           about: its area reaches everything in the end, and saying so for each zone would say nothing.
Height     one that was above or below the band, too far to have come into it since at 6,000 ft/min, is not in it yet.
"""

from dataclasses import replace

import numpy as np

from openline.clock import NS_PER_S, to_rfc3339
from openline.tracks.columns import Bools, Floats, Ints
from openline.tracks.moves import Moves
from openline.watch.approach import Approach, boundary_of
from openline.watch.breach import BreachWatch
from openline.watch.finding import Finding
from openline.watch.legs import CLIMB_UNSAID_MPS, Heights
from openline.zones.zone import Zone


def unheard(watch: BreachWatch, moves: Moves, area_m: Floats, heard_ns: Ints, names: list[str | None]) -> list[Finding]:
    """What is to be said of n silent movers, where each stood at `heard_ns` (n,) and may now be within `area_m` (n,) of it."""
    if not len(moves) or not watch.watched:
        return []
    # How far they may have got does not widen the search: it is about those that were near, or on their way.
    mover, row, _ = watch.pairs(replace(moves, accuracy_m=np.zeros(len(moves))), None)
    if not len(mover):
        return []
    away_m = watch.index.signed_distance_m(row, moves.lat1_deg[mover], moves.lon1_deg[mover])
    near = away_m - watch.bands.outer_m[row] <= watch.rules.near_zone_m
    silent_s = (moves.at1_ns - heard_ns) / NS_PER_S
    can = (away_m <= area_m[mover]) & (_height_m(watch, moves, mover, row) <= CLIMB_UNSAID_MPS * silent_s[mover])
    findings = []
    for k in np.flatnonzero(can).tolist():
        i, zone = int(mover[k]), watch.by_row[int(row[k])].zone
        before = watch.approaches.under_way.get((int(moves.slot[i]), zone.id))
        asked = near[k] if before is None else before.said.event == "approach"
        if asked and not _inside(watch, int(moves.slot[i]), zone):
            since = f"not heard since {to_rfc3339(int(heard_ns[i]), 0)}"
            why = f"{since}; its possible area, {area_m[i] / 1000:.1f} km around where it was then, now reaches the boundary"
            said = _finding(watch, zone, moves, i, names, (float(away_m[k]), float(area_m[i]), int(heard_ns[i]), why))
            _keep(watch, zone, moves, i, said, before)
            findings.append(said)
    return findings


def _height_m(watch: BreachWatch, moves: Moves, mover: Ints, row: Ints) -> Floats:
    """How far above or below the band each mover surely was; 0 in it, or where its height was not known."""
    heights, bands = Heights(moves), watch.bands
    over_m = heights.low1_m[mover, bands.ceiling[row]] - bands.ceiling_m[row]
    under_m = bands.floor_m[row] - heights.high1_m[mover, bands.floor[row]]
    with np.errstate(invalid="ignore"):
        off_m = np.fmax(np.fmax(over_m, under_m), 0.0)
    known: Bools = np.isfinite(off_m)
    return np.where(known, off_m, 0.0)


def _inside(watch: BreachWatch, slot: int, zone: Zone) -> bool:
    """It is within the boundary, or may be, by what was heard: that has an alarm of its own."""
    return any(ring.offset_m <= 0.0 and (slot, zone.id, k) in watch.passages for k, ring in enumerate(zone.rings))


def _keep(watch: BreachWatch, zone: Zone, moves: Moves, i: int, said: Finding, before: Approach | None) -> None:
    slot, at_ns = int(moves.slot[i]), int(moves.at1_ns[i])
    closest = (before.closest_m, before.closest_ns) if before else (float(said.boundary_m or 0.0), said.seen_ns)
    watch.approaches.under_way[slot, zone.id] = Approach(said, at_ns, *closest)
    watch.zones_of.setdefault(slot, set()).add(zone.id)


def _finding(
    watch: BreachWatch, zone: Zone, moves: Moves, i: int, names: list[str | None], what: tuple[float, float, int, str]
) -> Finding:
    away_m, area_m, heard_ns, why = what
    mover = names[int(moves.slot[i])]
    assert mover is not None
    return Finding(
        id=watch.ids.new(),
        mover=mover,
        zone=zone.id,
        zone_version=zone.version,
        ring=boundary_of(zone),
        rule="boundary",
        event="may_reach",
        at_ns=int(moves.at1_ns[i]),
        lat_deg=float(moves.lat1_deg[i]),
        lon_deg=float(moves.lon1_deg[i]),
        certainty="possible",
        seen_ns=heard_ns,
        boundary_m=away_m,
        accuracy_m=area_m,
        why=(why,),
    )
