"""The numbers of alarms as of now: how far, how deep, and when at the line, by the watch's own prediction from the last fix.

A countdown is only given of what is heard: every time is None for a mover that coasts, is LAST KNOWN or closed, whose last fix
is old, or whose speed is not known. Distances are those of the last fix.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import isfinite
from typing import Final, NamedTuple

import numpy as np

from openline.flow import State
from openline.incident.board import Alarm
from openline.incident.words import Numbers
from openline.tracks.ageing import age
from openline.tracks.columns import LIVE, NEVER_NS, Bools, Floats, Ints
from openline.tracks.standing import standing_moves
from openline.watch.ahead import Ahead
from openline.watch.passage import Passage
from openline.watch.ranges import NO_RANGES, Ranges

AHEAD_S: Final = 3_600.0  # farther ahead no mover goes on as it does; approaches are found on the horizon of the class


class Lines(NamedTuple):
    """Alarms whose mover is in the picture and whose zone is watched: row of the zone, slot of the mover, ring's offset."""

    alarms: list[Alarm]
    row: Ints
    slot: Ints
    offset_m: Floats


def live_alarms(state: State, now_ns: int, among: Iterable[Alarm] | None = None) -> dict[str, Numbers]:
    """Numbers of every alarm, or of those given, by its id; none of an alarm whose mover or zone is gone."""
    lines = _lines(state, state.board.alarms.values() if among is None else among)
    count = len(lines.alarms)
    if not count:
        return {}
    slots, mover = np.unique(lines.slot, return_inverse=True)
    moves = standing_moves(state.picture, slots, now_ns)
    moves = replace(moves, horizon_s=np.full(len(slots), AHEAD_S))
    # Each alarm twice: against its own ring, and against the boundary.
    offset_m = np.concatenate((lines.offset_m, np.zeros(count)))
    distance_m, ahead = state.watch.ahead(moves, np.tile(mover, 2), np.tile(lines.row, 2), offset_m, state.routes())
    age_s = age(state.picture, slots, now_ns)
    left_s = _left_s(ahead, np.isnan(moves.track_deg)[np.tile(mover, 2)], age_s[np.tile(mover, 2)])
    boundary_m = distance_m[count:]
    speed_mps = np.where(moves.speed_mps > 0.0, moves.speed_mps, np.nan)[mover]
    earliest_s = np.where(boundary_m > 0.0, np.maximum(boundary_m / speed_mps - age_s[mover], 0.0), np.nan)
    heard = _heard(state, slots, age_s)[mover]
    return {
        alarm.id: Numbers(
            heard=bool(heard[k]),
            boundary_m=_known(boundary_m[k]),
            ring_m=_known(distance_m[k]),
            deepest_m=_deepest_m(state, alarm, int(lines.slot[k])),
            closest_m=_closest_m(state, alarm, int(lines.slot[k])),
            to_ring_s=_known(left_s[k]) if heard[k] else None,
            to_boundary_s=_known(left_s[count + k]) if heard[k] else None,
            earliest_s=_known(earliest_s[k]) if heard[k] else None,
            ranges=_ranges(state, alarm, int(lines.slot[k])),
            by_route=bool(heard[k] and ahead.by_route[count + k] and isfinite(left_s[count + k])),
        )
        for k, alarm in enumerate(lines.alarms)
    }


def of_the_past(alarm: Alarm) -> Numbers:
    """What is left to say of an alarm whose mover or zone is gone."""
    return Numbers(
        deepest_m=_deepest_of_exit_m(alarm),
        closest_m=_closest_of_averted_m(alarm),
        ranges=alarm.ranges if alarm.event == "exit" else NO_RANGES,
    )


def _lines(state: State, alarms: Iterable[Alarm]) -> Lines:
    kept, rows, slots, offsets_m = [], [], [], []
    for alarm in alarms:
        slot, watched = state.picture.slot_of.get(alarm.mover), state.watch.watched.get(alarm.zone)
        if slot is None or watched is None or state.picture.columns.at_ns[slot] == NEVER_NS:
            continue
        kept.append(alarm)
        rows.append(watched.row)
        slots.append(slot)
        # A ring that the zone of now does not have any more has no line to measure to.
        offsets_m.append(next((ring.offset_m for ring in watched.zone.rings if ring.name == alarm.ring), np.nan))
    return Lines(kept, np.array(rows, dtype=np.int64), np.array(slots, dtype=np.int64), np.array(offsets_m))


def _left_s(ahead: Ahead, no_way: Bools, age_s: Floats) -> Floats:
    """What is left of each prediction, which counts from the fix; NaN where there is none or nobody knows which way."""
    known = np.isfinite(ahead.time_s) & (ahead.by_route | ~no_way)
    return np.where(known, np.maximum(ahead.time_s - age_s, 0.0), np.nan)


def _heard(state: State, slots: Ints, age_s: Floats) -> Bools:
    """Which movers are heard: not coasting or lost, and not known by a fix that is old when it comes."""
    columns, rules = state.picture.columns, state.rules.tracks
    patience_s = np.array([max(rules.gap_s, rules.of_class(int(one)).coast_s) for one in columns.mover_class[slots]])
    heard: Bools = (columns.state[slots] == LIVE) & (age_s <= patience_s)
    return heard


def _deepest_m(state: State, alarm: Alarm, slot: int) -> float | None:
    """How deep inside its ring the mover has been on this visit; None when it was not, or only its error circle was."""
    if alarm.event not in ("entry", "first_seen_inside"):
        return _deepest_of_exit_m(alarm)
    passage = _visit(state, alarm, slot)
    return None if passage is None or passage.touch else passage.deepest_m


def _ranges(state: State, alarm: Alarm, slot: int) -> Ranges:
    """From when to when, and from how deep to how deep, of this visit."""
    if alarm.event not in ("entry", "first_seen_inside"):
        return alarm.ranges if alarm.event == "exit" else NO_RANGES
    passage = _visit(state, alarm, slot)
    return NO_RANGES if passage is None else passage.extent.so_far(passage.deepest_m)


def _visit(state: State, alarm: Alarm, slot: int) -> Passage | None:
    rings = state.watch.watched[alarm.zone].zone.rings
    index = next((i for i, ring in enumerate(rings) if ring.name == alarm.ring), -1)
    return state.watch.passages.get((slot, alarm.zone, index))


def _closest_m(state: State, alarm: Alarm, slot: int) -> float | None:
    """How near to the boundary an approach has come."""
    if alarm.event != "approach":
        return _closest_of_averted_m(alarm)
    approach = state.watch.approaches.under_way.get((slot, alarm.zone))
    return approach.closest_m if approach is not None else None


def _deepest_of_exit_m(alarm: Alarm) -> float | None:
    return alarm.deepest_m if alarm.event == "exit" else None


def _closest_of_averted_m(alarm: Alarm) -> float | None:
    return -alarm.deepest_m if alarm.event == "averted" and alarm.deepest_m is not None else None


def _known(value: float) -> float | None:
    return float(value) if isfinite(value) else None
