"""Reports of an id that no place of it can be theirs: set aside, then settled, and in the end always looked at.

Settled    by others that bear them out (`suspects_to_move`): the track moves there where none came from before meanwhile, else
           the id is in two places and the other becomes a track of its own, x#2, x#3, …; or by time (`gap_s` without another
           that agrees): then too they become a place of their own, kept if the watch finds something of it.
Watched    from the first of them on, each as `possible`, dated when it was observed. Nothing that was reported is left out, but
           for the jumps of many movers to one place: those are a disturbance of GNSS (R19).
Bounded    an id has at most `PLACES_MAX` places and `ASIDES_MAX` groups set aside; what is beyond is counted and said.
"""

from math import isnan
from typing import Final, Literal

import numpy as np

from openline.clock import NS_PER_S
from openline.feeds.report import Report
from openline.kernels.geodesic import inverse
from openline.tracks.asides import Aside, at_ns
from openline.tracks.columns import DISPUTED, GNSS, GNSS_SUSPECT, JUMP, NEVER_NS, TWO_PLACES, Fixes
from openline.tracks.moves import Moves, TrackEvent
from openline.tracks.moving import move
from openline.tracks.picture import Picture
from openline.tracks.reach import TOO_FAST

PLACES_MAX: Final = 8  # places one id may have at a time
ASIDES_MAX: Final = 4  # groups of one id that wait; of a fifth the oldest waits no longer
KEPT_MAX: Final = 16  # reports kept of a group; only a disturbance of GNSS has more


def set_aside(picture: Picture, report: Report, fits: bool, apart_m: float, events: list[TrackEvent]) -> list[Moves]:
    """Let a report wait for others. Gives the moves of those that are settled by it. The id has at least one place.

    `fits`: it could have got there by its class, but two sources that put it `apart_m` metres apart cannot both be right.
    """
    groups = picture.aside.setdefault(report.mover, [])
    made: list[Moves] = []
    anchor = picture.slots_of(report.mover)[0]
    group = _agreeing(picture, anchor, groups, report)
    if group is None:
        if len(groups) >= ASIDES_MAX:
            made += settle(picture, report.mover, groups[0], events)
            groups = picture.aside.setdefault(report.mover, groups)
        group = Aside(reports=[report])
        groups.append(group)
        if not fits:
            _say(picture, report, "jump", "reported where it cannot have got to; kept beside the track", events)
    elif at_ns(report) > group.last_ns:
        group.reports = [*group.reports[-(KEPT_MAX - 1) :], report]
    group.fits, group.apart_m = fits, apart_m
    _mark(picture, anchor, report, DISPUTED if fits else JUMP)
    _note(picture, anchor, _fixes(picture, [report]), 0, False)
    enough = len(group.reports) >= picture.rules.suspects_to_move
    if enough and not _mass_jump(picture, anchor, at_ns(report), events):
        made += settle(picture, report.mover, group, events)
    return made


def expire(picture: Picture, mover: str, before_ns: int, events: list[TrackEvent], heard: bool = False) -> list[Moves]:
    """Settle what waited so long that nothing will bear it out: groups whose newest report was observed (or `heard`) before."""
    made: list[Moves] = []
    for group in list(picture.aside.get(mover, ())):
        if (group.reports[-1].heard_ns if heard else group.last_ns) < before_ns:
            made += settle(picture, mover, group, events)
    return made


def settle(picture: Picture, mover: str, group: Aside, events: list[TrackEvent]) -> list[Moves]:
    """Reports that were set aside become a track's. Gives its moves, in order of time."""
    columns, slots = picture.columns, picture.slots_of(mover)
    _forget(picture, mover, group, slots)
    if group.disturbed or (slots and _mass_jump(picture, slots[0], group.last_ns, events, group)):
        return []
    enough = len(group.reports) >= picture.rules.suspects_to_move
    if enough and slots and not any(columns.at_ns[one] >= group.first_ns for one in slots):
        slot = _nearest(picture, slots, group.reports[0])
        _say(
            picture, group.reports[-1], "jump", "believed to have moved: reports agree there and none came from before", events
        )
        _mark(picture, slot, group.reports[-1], DISPUTED if group.fits else JUMP)
        return _follow(picture, slot, group, events)
    slot = _new_place(picture, mover, group, events)
    if slot < 0:
        return []
    _say_place(picture, mover, slot, group, slots if enough else [], events)
    if not enough:
        picture.passing.append(slot)
    return _follow(picture, slot, group, events)


def _agreeing(picture: Picture, anchor: int, groups: list[Aside], report: Report) -> Aside | None:
    """The group that the report may be of: the one whose newest report is nearest, of those near enough."""
    rules = picture.rules
    speed_mps = TOO_FAST * rules.of_class(int(picture.columns.mover_class[anchor])).speed_max_mps
    best, best_m = None, np.inf
    for group in groups:
        since_s = abs(at_ns(report) - group.last_ns) / NS_PER_S
        away_m = _apart_m(group.reports[-1], report)
        if since_s <= rules.gap_s and away_m <= rules.jump_floor_m + speed_mps * since_s and away_m < best_m:
            best, best_m = group, away_m
    return best


def _apart_m(one: Report, other: Report) -> float:
    here, there = (np.array([one.lat_deg]), np.array([one.lon_deg])), (np.array([other.lat_deg]), np.array([other.lon_deg]))
    return float(inverse(*here, *there)[0][0])


def _nearest(picture: Picture, slots: list[int], report: Report) -> int:
    columns, here = picture.columns, np.array(slots)
    lat, lon = np.full(len(slots), report.lat_deg), np.full(len(slots), report.lon_deg)
    away_m, _, _ = inverse(columns.lat_deg[here], columns.lon_deg[here], lat, lon)
    return slots[int(np.argmin(away_m))]


def _mark(picture: Picture, slot: int, report: Report, doubt: int) -> None:
    columns = picture.columns
    columns.suspect_lat_deg[slot], columns.suspect_lon_deg[slot] = report.lat_deg, report.lon_deg
    columns.suspect_ns[slot] = at_ns(report)
    picture.doubt(slot, doubt, at_ns(report))


def _forget(picture: Picture, mover: str, group: Aside, slots: list[int]) -> None:
    """The group waits no longer."""
    groups = picture.aside[mover]
    groups[:] = [one for one in groups if one is not group]
    if not groups:
        del picture.aside[mover]
        for slot in slots[:1]:
            picture.columns.suspect_ns[slot] = NEVER_NS


def _mass_jump(picture: Picture, slot: int, now_ns: int, events: list[TrackEvent], group: Aside | None = None) -> bool:
    """True when many movers have jumped to about the same place at about the same time; then all of them are disturbed.

    `group`: one that is being settled, whose place counts beside those that wait.
    """
    columns, rules = picture.columns, picture.rules
    since_ns = now_ns - int(rules.mass_jump_s * NS_PER_S)
    held = np.flatnonzero((columns.suspect_ns != NEVER_NS) & (columns.suspect_ns >= since_ns))
    if len(held) + (group is not None) < rules.mass_jump_movers:
        return False
    last = group.reports[-1] if group else None
    lat_deg = last.lat_deg if last else columns.suspect_lat_deg[slot]
    lon_deg = last.lon_deg if last else columns.suspect_lon_deg[slot]
    lat, lon = np.full(len(held), lat_deg), np.full(len(held), lon_deg)
    distance_m, _, _ = inverse(lat, lon, columns.suspect_lat_deg[held], columns.suspect_lon_deg[held])
    near = np.union1d(held[distance_m <= rules.mass_jump_radius_m], np.array([slot]))
    if len(near) < rules.mass_jump_movers:
        return False
    for one in near.tolist():
        for other in picture.aside.get(picture.id_of.get(one) or picture.mover[one] or "", ()):
            other.disturbed = True
    known = bool((columns.doubts[near] & GNSS_SUSPECT).any())
    columns.doubts[near] |= GNSS_SUSPECT
    columns.bound[near] |= GNSS  # until the condition goes: what was disturbed must not vanish as if it had flown away
    columns.doubt_ns[near] = now_ns
    if not known:
        says = (
            f"GNSS SUSPECT: {len(near)} movers jumped to one place within {rules.mass_jump_radius_m / 1000:g} km;"
            f" their jumps are not believed"
        )
        events.append(TrackEvent(picture.mover[slot] or "", "gnss_suspect", now_ns, says))
    return True


def _new_place(picture: Picture, mover: str, group: Aside, events: list[TrackEvent]) -> int:
    """A slot for one more place of an id; -1 when it has as many as it may."""
    last = group.reports[-1]
    if mover not in picture.slot_of:
        slot = picture.slot(mover, last.heard_ns, events)
        if slot >= 0:
            picture.learn(slot, last)
        return slot
    kept = picture.places.get(mover, [])
    if len(kept) >= PLACES_MAX - 1:
        silent_ns = last.heard_ns - int(picture.rules.gap_s * NS_PER_S)
        columns = picture.columns
        idle = [one for one in kept if not columns.bound[one] and columns.fix_heard_ns[one] < silent_ns]
        if not idle:
            if mover not in picture.crowded:
                _say(picture, last, "two_places", f"is in more than {PLACES_MAX} places; further ones are only counted", events)
            picture.crowded[mover] = picture.crowded.get(mover, 0) + len(group.reports)
            return -1
        picture.release(idle[0])
    number = next(n for n in range(2, 10_000) if f"{mover}#{n}" not in picture.slot_of)
    slot = picture.slot(f"{mover}#{number}", last.heard_ns, events)
    if slot < 0:
        return -1
    picture.places.setdefault(mover, []).append(slot)
    picture.id_of[slot] = mover
    first = picture.slot_of.get(mover)
    if first is not None:  # making room may have put it away
        picture.columns.mover_class[slot] = picture.columns.mover_class[first]
    picture.callsign[slot] = last.callsign or (None if first is None else picture.callsign[first])
    return slot


def _say_place(picture: Picture, mover: str, slot: int, group: Aside, others: list[int], events: list[TrackEvent]) -> None:
    """Mark a new place, and the others of its id where they are in doubt because of it; and say so."""
    columns, last = picture.columns, group.reports[-1]
    doubt = DISPUTED if group.fits else TWO_PLACES
    for one in (slot, *others):
        _mark_doubt(picture, one, doubt, at_ns(last), group.apart_m)
    name = picture.mover[slot]
    if others and doubt == TWO_PLACES:
        _say(picture, last, "two_places", f"is reported in two places at once; both are followed, this one as {name}", events)
    elif not others:
        many = "one report puts" if len(group.reports) == 1 else f"{len(group.reports)} reports put"
        _say(picture, last, "jump", f"{many} it at another place that nothing bears out; watched there as possible", events)
    columns.heard_ns[slot] = last.heard_ns


def _mark_doubt(picture: Picture, slot: int, doubt: int, when_ns: int, apart_m: float) -> None:
    picture.doubt(slot, doubt, when_ns)
    if not isnan(apart_m):
        picture.columns.disputed_m[slot] = apart_m


def _follow(picture: Picture, slot: int, group: Aside, events: list[TrackEvent]) -> list[Moves]:
    """The track takes the reports one by one, as if it had believed them at once."""
    fixes = _fixes(picture, group.reports)
    columns, one = picture.columns, np.array([slot])
    made: list[Moves] = []
    for k in range(len(group.reports)):
        row = np.array([k])
        had = columns.at_ns[one] != NEVER_NS
        gap_s = np.where(had, (fixes.at_ns[row] - np.where(had, columns.at_ns[one], 0)) / NS_PER_S, np.nan)
        step_m, azimuth_deg, _ = inverse(columns.lat_deg[one], columns.lon_deg[one], fixes.lat_deg[row], fixes.lon_deg[row])
        jumped = had & (k == 0) & (not group.fits)
        made.append(move(picture, fixes, one, row, (had, gap_s, step_m, azimuth_deg, jumped), events))
        columns.reports[slot] += 1
        _note(picture, slot, fixes, k, len(group.reports) >= picture.rules.suspects_to_move)
    return made


def _note(picture: Picture, slot: int, fixes: Fixes, k: int, used: bool) -> None:
    row = slice(k, k + 1)
    where = (fixes.at_ns[row], fixes.heard_ns[row], fixes.lat_deg[row], fixes.lon_deg[row])
    picture.trail.add(
        np.array([slot]), where, fixes.altitude_m[row], fixes.accuracy_m[row], fixes.source[row], np.array([used])
    )


def _fixes(picture: Picture, reports: list[Report]) -> Fixes:
    source = [picture.text(one.source) for one in reports]
    return Fixes(reports, source, [picture.text(one.method) for one in reports])


def _say(picture: Picture, report: Report, event: Literal["jump", "two_places"], words: str, events: list[TrackEvent]) -> None:
    events.append(TrackEvent(report.mover, event, at_ns(report), f"{report.mover}: {words}"))
