"""Reports into the picture: time, place and identity are questioned before anything moves (R17, R19, conflict.md part 5)."""

import numpy as np

from openline.clock import NS_PER_S, to_rfc3339
from openline.feeds.report import Report
from openline.kernels.geodesic import inverse
from openline.tracks.columns import (
    CLASS_INDEX,
    CLOCK,
    COASTING,
    FROZEN,
    JUMP,
    LAST_KNOWN,
    LIVE,
    NEVER_NS,
    Bools,
    Fixes,
    Floats,
    Ints,
)
from openline.tracks.moves import Moves, TrackEvent
from openline.tracks.picture import Picture
from openline.tracks.suspects import suspect_fixes
from openline.tracks.velocity import velocity

BY_HEADING = np.array([word not in ("vehicle", "vessel", "people") for word in CLASS_INDEX], dtype=np.bool_)


def take(picture: Picture, reports: list[Report], now_ns: int) -> tuple[list[Moves], list[TrackEvent]]:
    """Bring reports into the picture, in order. Gives the moves wave by wave (a mover once a wave) and what there is to say."""
    events: list[TrackEvent] = []
    if not reports:
        return [], events
    source = [picture.text(r.source) for r in reports]
    method = [picture.text(r.method) for r in reports]
    found: list[int] = []
    slot_of, twin_of = picture.slot_of, picture.twin_of
    for report in reports:
        mover = report.mover if report.mover not in twin_of else _nearer_twin(picture, report)
        slot = slot_of.get(mover, -1)
        if slot < 0:
            slot = picture.slot(mover, now_ns, events)
        found.append(slot)
        if slot >= 0:
            picture.learn(slot, report)
    slots = np.array(found, dtype=np.int64)
    fixes = Fixes(reports, source, method)
    keep = _not_from_the_future(picture, reports, fixes, slots, events)
    moves = []
    for wave in _waves(slots, keep):
        moved = _take_wave(picture, fixes, slots[wave], wave, events)
        if moved is not None:
            moves.append(moved)
    return moves, events


def _nearer_twin(picture: Picture, report: Report) -> str:
    """Which of two tracks of one id a report belongs to: the one it is nearer to."""
    first, second = report.mover, picture.twin_of[report.mover]
    a, b = picture.slot_of.get(first), picture.slot_of.get(second)
    if a is None or b is None:
        return first
    columns = picture.columns
    pair = np.array([a, b])
    here = np.full(2, report.lat_deg), np.full(2, report.lon_deg)
    distance_m, _, _ = inverse(columns.lat_deg[pair], columns.lon_deg[pair], *here)
    return first if distance_m[0] <= distance_m[1] else second


def _not_from_the_future(picture: Picture, reports: list[Report], fixes: Fixes, slots: Ints, events: list[TrackEvent]) -> Bools:
    """Keep reports that have a slot and whose source clock is not ahead of ours by more than the rule allows."""
    ahead = fixes.at_ns > fixes.heard_ns + int(picture.rules.future_s * NS_PER_S)
    for i in np.flatnonzero(ahead):
        report = reports[i]
        says = f"{report.mover}: report from the future, {to_rfc3339(int(fixes.at_ns[i]))} heard {to_rfc3339(report.heard_ns)}"
        accepted = f"at most {picture.rules.future_s:g} s after it was heard"
        events.append(
            TrackEvent(report.mover, "future", report.heard_ns, says, "time", to_rfc3339(int(fixes.at_ns[i])), accepted)
        )
        if slots[i] >= 0:
            picture.columns.doubts[slots[i]] |= CLOCK
            picture.columns.doubt_ns[slots[i]] = report.heard_ns
    keep: Bools = ~ahead & (slots >= 0)
    return keep


def _waves(slots: Ints, keep: Bools) -> list[Ints]:
    """Split report indices so that every wave holds a slot at most once, order within a slot kept."""
    rest = np.flatnonzero(keep)
    waves = []
    while len(rest):
        _, first = np.unique(slots[rest], return_index=True)
        first.sort()
        waves.append(rest[first])
        left = np.ones(len(rest), dtype=np.bool_)
        left[first] = False
        rest = rest[left]
    return waves


def _take_wave(picture: Picture, fixes: Fixes, slot: Ints, wave: Ints, events: list[TrackEvent]) -> Moves | None:
    """One report each of different movers: sort out repeats, late, frozen and impossible ones; move the rest."""
    columns = picture.columns
    had = columns.at_ns[slot] != NEVER_NS
    at_ns, lat_deg, lon_deg = fixes.at_ns[wave], fixes.lat_deg[wave], fixes.lon_deg[wave]
    gap_s = np.where(had, (at_ns - np.where(had, columns.at_ns[slot], at_ns)) / NS_PER_S, np.nan)
    step_m, azimuth_deg, _ = inverse(columns.lat_deg[slot], columns.lon_deg[slot], lat_deg, lon_deg)
    repeated = had & (gap_s == 0) & (step_m == 0)
    late = had & ~repeated & (gap_s <= 0)
    stood = (lat_deg == columns.lat_deg[slot]) & (lon_deg == columns.lon_deg[slot])
    frozen = had & ~repeated & ~late & stood & (fixes.speed_mps[wave] > picture.rules.frozen_speed_mps) & (gap_s >= 2.0)
    fresh = ~repeated & ~late & ~frozen
    possible = ~had | (step_m <= _reachable_m(picture, fixes, slot, wave, gap_s))
    good = fresh & possible
    columns.heard_ns[slot] = np.maximum(columns.heard_ns[slot], fixes.heard_ns[wave])
    columns.reports[slot] += 1
    if frozen.any():
        _say_frozen(picture, slot[frozen], fixes.heard_ns[wave][frozen], events)
    wrong = fresh & ~possible
    if wrong.any():
        moved = suspect_fixes(picture, slot[wrong], lat_deg[wrong], lon_deg[wrong], at_ns[wrong], events)
        jumped = np.zeros(len(slot), dtype=np.bool_)
        jumped[np.flatnonzero(wrong)[moved]] = True
        had = had & ~jumped  # it is somewhere else now: nothing is known of the way there
        good = good | jumped
    where = (at_ns, fixes.heard_ns[wave], lat_deg, lon_deg)
    noted = ~repeated
    part = (where[0][noted], where[1][noted], where[2][noted], where[3][noted])
    picture.trail.add(
        slot[noted], part, fixes.altitude_m[wave][noted], fixes.accuracy_m[wave][noted], fixes.source[wave][noted], good[noted]
    )
    if not good.any():
        return None
    return _move(picture, fixes, slot[good], wave[good], (had[good], gap_s[good], step_m[good], azimuth_deg[good]), events)


def _reachable_m(picture: Picture, fixes: Fixes, slot: Ints, wave: Ints, gap_s: Floats) -> Floats:
    """How far a mover can have come since its last fix: stated speed with a margin, else what its class can do."""
    columns, rules = picture.columns, picture.rules
    class_max = np.array([rules.classes[word].speed_max_mps for word in CLASS_INDEX])
    limit_mps = class_max[columns.mover_class[slot]]
    before_mps = np.where(columns.velocity_vague[slot], np.nan, columns.speed_mps[slot])  # of a long gap: no bound at all
    stated_mps = np.fmax(fixes.speed_mps[wave], before_mps)
    speed_mps = np.where(np.isnan(stated_mps), limit_mps, np.minimum(1.5 * stated_mps + rules.jump_margin_mps, limit_mps))
    slack_m = np.nan_to_num(fixes.accuracy_m[wave]) + np.nan_to_num(columns.accuracy_m[slot])
    reach: Floats = rules.jump_floor_m + slack_m + speed_mps * np.maximum(gap_s, 0.0)
    return reach


def _say_frozen(picture: Picture, slot: Ints, heard_ns: Ints, events: list[TrackEvent]) -> None:
    for one, at_ns in zip(slot.tolist(), heard_ns.tolist(), strict=True):
        new = not picture.columns.doubts[one] & FROZEN
        picture.columns.doubts[one] |= FROZEN
        picture.columns.doubt_ns[one] = at_ns
        mover = picture.mover[one]
        if new and mover is not None:
            says = f"{mover}: position frozen while a speed is reported; the position is not counted as new"
            events.append(TrackEvent(mover, "frozen", at_ns, says))


def _move(
    picture: Picture,
    fixes: Fixes,
    slot: Ints,
    wave: Ints,
    step: tuple[Bools, Floats, Floats, Floats],
    events: list[TrackEvent],
) -> Moves:
    """Write the new fixes into the columns and give the moves from old to new."""
    had, gap_s, step_m, azimuth_deg = step
    columns, rules = picture.columns, picture.rules
    nan = np.full(len(slot), np.nan)
    before = (
        np.where(had, columns.lat_deg[slot], nan),
        np.where(had, columns.lon_deg[slot], nan),
        np.where(had, columns.at_ns[slot], NEVER_NS),
        np.where(had[:, None], columns.altitude_m[slot], np.nan),
    )
    gap_s = np.where(had, gap_s, np.nan)
    _say_returned(picture, slot, fixes.at_ns[wave], events)
    going = velocity(picture, fixes, slot, wave, (had, gap_s, step_m, azimuth_deg))
    for name in ("lat_deg", "lon_deg", "accuracy_m", "vertical_accuracy_m", "at_ns", "timed", "on_ground"):
        getattr(columns, name)[slot] = getattr(fixes, name)[wave]
    columns.fix_heard_ns[slot] = fixes.heard_ns[wave]
    columns.source[slot], columns.method[slot] = fixes.source[wave], fixes.method[wave]
    columns.altitude_m[slot] = fixes.altitude_m[wave]
    columns.speed_mps[slot], columns.track_deg[slot] = going.speed_mps, going.track_deg
    columns.vertical_mps[slot], columns.climb_derived[slot] = going.vertical_mps, going.climb_derived
    columns.velocity_derived[slot], columns.velocity_vague[slot] = going.derived, going.vague
    columns.state[slot] = LIVE
    stated = ~np.isnan(fixes.accuracy_m[wave])
    by_class = columns.mover_class[slot]
    assumed_m = np.array([rules.classes[word].accuracy_default_m for word in CLASS_INDEX])[by_class]
    horizon_s = np.array([rules.classes[word].horizon_s for word in CLASS_INDEX])[by_class]
    return Moves(
        slot,
        *before,
        fixes.lat_deg[wave],
        fixes.lon_deg[wave],
        fixes.at_ns[wave],
        fixes.altitude_m[wave],
        gap_s,
        np.where(had, step_m, 0.0),
        np.where(stated, fixes.accuracy_m[wave], assumed_m),
        stated,
        np.nan_to_num(fixes.vertical_accuracy_m[wave]),
        going.speed_mps,
        going.track_deg,
        going.vertical_mps,
        horizon_s,
        BY_HEADING[by_class],
        (columns.doubts[slot] & (JUMP | FROZEN)) != 0,
        by_class.astype(np.int64),
        going.vague,
        going.climb_derived,
    )


def _say_returned(picture: Picture, slot: Ints, at_ns: Ints, events: list[TrackEvent]) -> None:
    states = picture.columns.state[slot]
    for i in np.flatnonzero((states == LAST_KNOWN) | (states == COASTING)):
        mover = picture.mover[slot[i]]
        if states[i] == LAST_KNOWN and mover is not None:
            events.append(TrackEvent(mover, "returned", int(at_ns[i]), f"{mover}: heard again after it was lost"))
