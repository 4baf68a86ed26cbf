"""New fixes written into the columns, and what the watch is given of them: moves from old to new."""

import numpy as np

from openline.clock import NS_PER_S
from openline.tracks.columns import (
    CLASS_INDEX,
    COASTING,
    LAST_KNOWN,
    LIVE,
    NEVER_NS,
    TWO_PLACES,
    WHERE,
    Bools,
    Fixes,
    Floats,
    Ints,
)
from openline.tracks.moves import Moves, TrackEvent
from openline.tracks.picture import Picture
from openline.tracks.reach import farthest
from openline.tracks.velocity import velocity

BY_HEADING = np.array([word not in ("vehicle", "vessel", "people") for word in CLASS_INDEX], dtype=np.bool_)

Way = tuple[Bools, Floats, Floats, Floats, Bools]
"""of n movers: there was a fix before; seconds, metres and azimuth since it; nobody knows how it got from there to here"""


def move(picture: Picture, fixes: Fixes, slot: Ints, rows: Ints, way: Way, events: list[TrackEvent]) -> Moves:
    """Write new fixes (rows of `fixes`) into the columns and give the moves from old to new."""
    had, gap_s, step_m, azimuth_deg, jumped = way
    columns, rules = picture.columns, picture.rules
    nan = np.full(len(slot), np.nan)
    before = (
        np.where(had, columns.lat_deg[slot], nan),
        np.where(had, columns.lon_deg[slot], nan),
        np.where(had, columns.at_ns[slot], NEVER_NS),
        np.where(had[:, None], columns.altitude_m[slot], np.nan),
    )
    gap_s = np.where(had, gap_s, np.nan)
    _say_returned(picture, slot, fixes.at_ns[rows], events)
    farthest_m = np.where(had, farthest(picture, fixes, slot, rows, gap_s), 0.0)
    going = velocity(picture, fixes, slot, rows, (had & ~jumped, gap_s, step_m, azimuth_deg))
    for name in ("lat_deg", "lon_deg", "accuracy_m", "vertical_accuracy_m", "at_ns", "timed", "on_ground"):
        getattr(columns, name)[slot] = getattr(fixes, name)[rows]
    columns.fix_heard_ns[slot] = fixes.heard_ns[rows]
    columns.source[slot], columns.method[slot] = fixes.source[rows], fixes.method[rows]
    columns.voice[slot], columns.speed_stated[slot] = fixes.voice[rows], ~np.isnan(fixes.speed_mps[rows])
    columns.altitude_m[slot] = fixes.altitude_m[rows]
    columns.speed_mps[slot], columns.track_deg[slot] = going.speed_mps, going.track_deg
    columns.vertical_mps[slot], columns.climb_derived[slot] = going.vertical_mps, going.climb_derived
    columns.velocity_derived[slot], columns.velocity_vague[slot] = going.derived, going.vague
    columns.state[slot] = LIVE
    _outlive_doubts(picture, slot, fixes.at_ns[rows])
    stated = ~np.isnan(fixes.accuracy_m[rows])
    by_class = columns.mover_class[slot]
    assumed_m = np.array([rules.classes[word].accuracy_default_m for word in CLASS_INDEX])[by_class]
    horizon_s = np.array([rules.classes[word].horizon_s for word in CLASS_INDEX])[by_class]
    return Moves(
        slot,
        *before,
        fixes.lat_deg[rows],
        fixes.lon_deg[rows],
        fixes.at_ns[rows],
        fixes.altitude_m[rows],
        gap_s,
        np.where(had & ~jumped, step_m, 0.0),
        np.where(stated, fixes.accuracy_m[rows], assumed_m),
        stated,
        np.nan_to_num(fixes.vertical_accuracy_m[rows]),
        going.speed_mps,
        going.track_deg,
        going.vertical_mps,
        horizon_s,
        BY_HEADING[by_class],
        (columns.doubts[slot] & WHERE) != 0,
        by_class.astype(np.int64),
        going.vague,
        going.climb_derived,
        farthest_m,
        jumped,
    )


def _outlive_doubts(picture: Picture, slot: Ints, at_ns: Ints) -> None:
    """Doubts whose last cause is long past, by the time of the fixes: an archive has no ticks that take them away."""
    columns = picture.columns
    doubted = (columns.doubts[slot] != 0) & (columns.doubt_ns[slot] != NEVER_NS)
    over = doubted & (columns.doubt_ns[slot] < at_ns - int(picture.rules.doubt_s * NS_PER_S))
    columns.doubts[slot[over]] &= TWO_PLACES


def _say_returned(picture: Picture, slot: Ints, at_ns: Ints, events: list[TrackEvent]) -> None:
    states = picture.columns.state[slot]
    for i in np.flatnonzero((states == LAST_KNOWN) | (states == COASTING)):
        mover = picture.mover[slot[i]]
        if states[i] == LAST_KNOWN and mover is not None:
            events.append(TrackEvent(mover, "returned", int(at_ns[i]), f"{mover}: heard again after it was lost"))
