"""Reports into the picture: time, place and identity are questioned before anything moves (R17, R19, conflict.md part 5)."""

from math import inf, isnan
from typing import NamedTuple

import numpy as np

from openline.clock import NS_PER_S, to_rfc3339
from openline.feeds.report import Report
from openline.kernels.geodesic import inverse
from openline.tracks.columns import CLOCK, FROZEN, JUMP, LATE, NEVER_NS, TWO_PLACES, Bools, Fixes, Floats, Ints
from openline.tracks.disputes import dispute, disputes, note_voices, open_voices
from openline.tracks.elsewhere import expire, set_aside
from openline.tracks.moves import Moves, TrackEvent
from openline.tracks.moving import move
from openline.tracks.picture import Picture
from openline.tracks.reach import reach


def take(picture: Picture, reports: list[Report], now_ns: int) -> tuple[list[Moves], list[TrackEvent]]:
    """Bring reports into the picture, in order. Gives the moves wave by wave (a mover once a wave) and what there is to say."""
    events: list[TrackEvent] = []
    if not reports:
        return [], events
    fixes = Fixes(reports, [picture.text(r.source) for r in reports], [picture.text(r.method) for r in reports])
    keep = _not_from_the_future(picture, reports, fixes, events)
    number: dict[str, int] = {}
    ids = np.array([number.setdefault(report.mover, len(number)) for report in reports], dtype=np.int64)
    moves: list[Moves] = []
    for wave in _waves(ids, keep):
        moves += _take_wave(picture, reports, fixes, wave, now_ns, events)
    return moves, events


def settle_asides(picture: Picture, now_ns: int | None) -> tuple[list[Moves], list[TrackEvent]]:
    """What was set aside and waited long enough by `now_ns`, or all of it (None: no more reports will come)."""
    events: list[TrackEvent] = []
    moves: list[Moves] = []
    before_ns = np.iinfo(np.int64).max if now_ns is None else now_ns - int(picture.rules.gap_s * NS_PER_S)
    for mover in list(picture.aside):
        moves += expire(picture, mover, before_ns, events, heard=True)
    return moves, events


def _not_from_the_future(picture: Picture, reports: list[Report], fixes: Fixes, events: list[TrackEvent]) -> Bools:
    """Keep reports whose source clock is not ahead of ours by more than the rule allows."""
    ahead = fixes.at_ns > fixes.heard_ns + int(picture.rules.future_s * NS_PER_S)
    for i in np.flatnonzero(ahead):
        report = reports[i]
        says = f"{report.mover}: report from the future, {to_rfc3339(int(fixes.at_ns[i]))} heard {to_rfc3339(report.heard_ns)}"
        accepted = f"at most {picture.rules.future_s:g} s after it was heard"
        events.append(
            TrackEvent(report.mover, "future", report.heard_ns, says, "time", to_rfc3339(int(fixes.at_ns[i])), accepted)
        )
        for slot in picture.slots_of(report.mover):
            picture.columns.doubts[slot] |= CLOCK
            picture.columns.doubt_ns[slot] = report.heard_ns
    keep: Bools = ~ahead
    return keep


def _waves(ids: Ints, keep: Bools) -> list[Ints]:
    """Split report indices so that every wave holds an id at most once, order within an id kept."""
    rest = np.flatnonzero(keep)
    waves = []
    while len(rest):
        _, first = np.unique(ids[rest], return_index=True)
        first.sort()
        waves.append(rest[first])
        left = np.ones(len(rest), dtype=np.bool_)
        left[first] = False
        rest = rest[left]
    return waves


def _take_wave(
    picture: Picture, reports: list[Report], fixes: Fixes, wave: Ints, now_ns: int, events: list[TrackEvent]
) -> list[Moves]:
    """One report each of different ids: find the place it is of, sort out what moves it, and move it."""
    made: list[Moves] = []
    slots: list[int] = []
    rows: list[int] = []
    for i in wave.tolist():
        report = reports[i]
        if report.mover in picture.aside:
            made += expire(picture, report.mover, int(fixes.at_ns[i]) - int(picture.rules.gap_s * NS_PER_S), events)
        slot = picture.slot_of.get(report.mover, -1)
        if report.mover in picture.places:
            slot, more = _which_place(picture, fixes, i, report, now_ns, events)
            made += more
        elif slot < 0:
            slot = picture.slot(report.mover, now_ns, events)
        if slot >= 0:
            picture.learn(slot, report)
            picture.columns.heard_ns[slot] = max(int(picture.columns.heard_ns[slot]), report.heard_ns)
            picture.columns.reports[slot] += 1
            slots.append(slot)
            rows.append(i)
    if slots:
        made += _take_places(picture, reports, fixes, np.array(slots), np.array(rows), events)
    return made


def _which_place(
    picture: Picture, fixes: Fixes, i: int, report: Report, now_ns: int, events: list[TrackEvent]
) -> tuple[int, list[Moves]]:
    """The place of an id with several that a report is of, -1 if of none: then it is set aside."""
    columns = picture.columns
    slots = np.array(picture.slots_of(report.mover))
    rows = np.full(len(slots), i)
    step_m, _, _ = inverse(columns.lat_deg[slots], columns.lon_deg[slots], fixes.lat_deg[rows], fixes.lon_deg[rows])
    gap_s = (fixes.at_ns[i] - columns.at_ns[slots]) / NS_PER_S
    near_m, far_m = reach(picture, fixes, slots, rows, gap_s)
    fits = step_m <= np.where(gap_s > 0.0, far_m, near_m)
    apart_m, against = disputes(picture, fixes, slots, rows)
    clash = fits & ~np.isnan(apart_m)
    for k in np.flatnonzero(clash)[:1].tolist():
        voices = int(against[k]), int(fixes.voice[i])
        events += dispute(picture, slots.tolist(), float(apart_m[k]), voices, int(fixes.at_ns[i]))
    good = fits & ~clash
    if good.any():
        # The one that it is nearest to beyond what it is expected to have moved; the first of them where that is nothing.
        speed_mps = np.nan_to_num(np.fmax(fixes.speed_mps[rows], columns.speed_mps[slots]))
        expected_m = np.nan_to_num(fixes.accuracy_m[rows]) + np.nan_to_num(columns.accuracy_m[slots])
        missed_m = np.maximum(step_m - expected_m - speed_mps * np.abs(gap_s), 0.0)
        return int(slots[np.argmin(np.where(good, missed_m, inf))]), []
    if report.mover not in picture.slot_of:
        slot = picture.slot(report.mover, now_ns, events)
        if slot >= 0:
            columns = picture.columns
            columns.doubts[slot] |= TWO_PLACES
            columns.doubt_ns[slot] = fixes.at_ns[i]
        return slot, []
    apart = float(np.nanmin(apart_m[clash])) if clash.any() else np.nan
    return -1, set_aside(picture, report, bool(fits.any()), apart, events)


class Sorted(NamedTuple):
    """What n reports do to the places they are of."""

    had: Bools
    gap_s: Floats
    step_m: Floats
    azimuth_deg: Floats
    repeated: Bools
    late: Bools
    frozen: Bools
    wrong: Bools  # it cannot have got there, or two sources cannot both be right
    fits: Bools  # of the wrong ones: it can have got there
    fast: Bools  # it went faster than its class can
    apart_m: Floats
    against: Ints


def _sorted(picture: Picture, fixes: Fixes, slot: Ints, rows: Ints) -> Sorted:
    columns = picture.columns
    had = columns.at_ns[slot] != NEVER_NS
    at_ns, lat_deg, lon_deg = fixes.at_ns[rows], fixes.lat_deg[rows], fixes.lon_deg[rows]
    gap_s = np.where(had, (at_ns - np.where(had, columns.at_ns[slot], at_ns)) / NS_PER_S, np.nan)
    step_m, azimuth_deg, _ = inverse(columns.lat_deg[slot], columns.lon_deg[slot], lat_deg, lon_deg)
    apart_m, against = disputes(picture, fixes, slot, rows)
    near_m, far_m = reach(picture, fixes, slot, rows, gap_s)
    repeated = had & (gap_s == 0) & (step_m == 0)
    fits = ~had | (step_m <= np.where(gap_s > 0.0, far_m, near_m))
    wrong = ~repeated & (~fits | ~np.isnan(apart_m))
    late = had & ~repeated & ~wrong & (gap_s <= 0)
    stood = (lat_deg == columns.lat_deg[slot]) & (lon_deg == columns.lon_deg[slot])
    frozen = had & ~repeated & ~late & stood & (fixes.speed_mps[rows] > picture.rules.frozen_speed_mps) & (gap_s >= 2.0)
    wrong &= ~frozen
    fast = had & ~repeated & ~late & ~frozen & ~wrong & (step_m > near_m)
    return Sorted(had, gap_s, step_m, azimuth_deg, repeated, late, frozen, wrong, fits, fast, apart_m, against)


def _take_places(
    picture: Picture, reports: list[Report], fixes: Fixes, slot: Ints, rows: Ints, events: list[TrackEvent]
) -> list[Moves]:
    """One report each of different places: sort out repeats, late, frozen and impossible ones; move the rest."""
    open_voices(picture, fixes, slot, rows)
    found = _sorted(picture, fixes, slot, rows)
    good = ~found.repeated & ~found.late & ~found.frozen & ~found.wrong
    _say_frozen(picture, slot[found.frozen], fixes.heard_ns[rows][found.frozen], events)
    _say_late(picture, fixes, slot[found.late], rows[found.late], found.gap_s[found.late], events)
    for k in np.flatnonzero(found.fast).tolist():
        _say_fast(picture, int(slot[k]), int(fixes.at_ns[rows[k]]), float(found.step_m[k] / found.gap_s[k]), events)
    noted = ~found.repeated & ~found.wrong
    part = rows[noted]
    where = (fixes.at_ns[part], fixes.heard_ns[part], fixes.lat_deg[part], fixes.lon_deg[part])
    picture.trail.add(slot[noted], where, fixes.altitude_m[part], fixes.accuracy_m[part], fixes.source[part], good[noted])
    believed = good | found.late | found.repeated
    note_voices(picture, fixes, slot[believed], rows[believed])
    made: list[Moves] = []
    if good.any():
        way = (
            found.had[good],
            found.gap_s[good],
            found.step_m[good],
            found.azimuth_deg[good],
            np.zeros(good.sum(), dtype=np.bool_),
        )
        made.append(move(picture, fixes, slot[good], rows[good], way, events))
    for k in np.flatnonzero(found.wrong).tolist():
        made += _aside(picture, reports, fixes, int(slot[k]), int(rows[k]), (found, k), events)
    return made


def _aside(
    picture: Picture, reports: list[Report], fixes: Fixes, slot: int, i: int, why: tuple[Sorted, int], events: list[TrackEvent]
) -> list[Moves]:
    """Set a report aside that its place cannot have made."""
    found, k = why
    fits, apart_m = bool(found.fits[k]), float(found.apart_m[k])
    if fits and not isnan(apart_m):
        voices = int(found.against[k]), int(fixes.voice[i])
        events += dispute(picture, picture.slots_of(reports[i].mover), apart_m, voices, int(fixes.at_ns[i]))
    return set_aside(picture, reports[i], fits, apart_m, events)


def _say_frozen(picture: Picture, slot: Ints, heard_ns: Ints, events: list[TrackEvent]) -> None:
    for one, at_ns in zip(slot.tolist(), heard_ns.tolist(), strict=True):
        new = not picture.columns.doubts[one] & FROZEN
        picture.columns.doubts[one] |= FROZEN
        picture.columns.doubt_ns[one] = at_ns
        mover = picture.mover[one]
        if new and mover is not None:
            says = f"{mover}: position frozen while a speed is reported; the position is not counted as new"
            events.append(TrackEvent(mover, "frozen", at_ns, says))


def _say_late(picture: Picture, fixes: Fixes, slot: Ints, rows: Ints, gap_s: Floats, events: list[TrackEvent]) -> None:
    """Reports older than the track. That a second source is a little slower than the first is nothing to be told."""
    columns = picture.columns
    for one, i, seconds in zip(slot.tolist(), rows.tolist(), gap_s.tolist(), strict=True):
        if columns.voice[one] != fixes.voice[i] and -seconds <= picture.rules.gap_s:
            continue
        new = picture.doubt(one, LATE, int(fixes.at_ns[i]))
        mover = picture.mover[one]
        if new and mover is not None:
            says = f"{mover}: reported {-seconds:.1f} s older than where it was known to be by then; kept beside the track"
            events.append(TrackEvent(mover, "late", int(fixes.heard_ns[i]), says))


def _say_fast(picture: Picture, slot: int, at_ns: int, speed_mps: float, events: list[TrackEvent]) -> None:
    """Faster than its class can go, but not so much that it must be another place."""
    new = picture.doubt(slot, JUMP, at_ns)
    mover = picture.mover[slot]
    if new and mover is not None:
        most_mps = picture.rules.of_class(int(picture.columns.mover_class[slot])).speed_max_mps
        says = f"{mover}: moved at {speed_mps:,.0f} m/s, faster than its class can ({most_mps:,.0f} m/s); watched as possible"
        events.append(TrackEvent(mover, "jump", at_ns, says))
