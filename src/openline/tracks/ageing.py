"""What silence does to a track: it coasts, it becomes LAST KNOWN with a growing area, it never just vanishes (R18)."""

import numpy as np

from openline.clock import NS_PER_S
from openline.tracks.columns import CLASS_INDEX, COASTING, FREE, LAST_KNOWN, LIVE, NEVER_NS, TWO_PLACES, Floats, Ints
from openline.tracks.moves import TrackEvent
from openline.tracks.picture import Picture

UNCERTAINTY_MAX_M = 500_000.0  # beyond this an area on a map says nothing any more


def sweep(picture: Picture, now_ns: int) -> list[TrackEvent]:
    """Age every track to `now_ns`. Bound ones that fell silent become LAST KNOWN and say so; unbound ones go to the archive."""
    columns, rules = picture.columns, picture.rules
    events: list[TrackEvent] = []
    slots = picture.occupied()
    if len(slots) == 0:
        return events
    silent_s = silence(picture, slots, now_ns)
    by_class = columns.mover_class[slots]
    coast_s = np.array([rules.classes[word].coast_s for word in CLASS_INDEX])[by_class]
    lost_s = np.array([rules.classes[word].lost_s for word in CLASS_INDEX])[by_class]
    columns.state[slots[(columns.state[slots] == LIVE) & (silent_s > coast_s)]] = COASTING
    silent = (columns.state[slots] != LAST_KNOWN) & (silent_s > lost_s)
    bound = columns.bound[slots] != 0
    for slot in slots[silent & bound].tolist():
        columns.state[slot] = LAST_KNOWN
        mover = picture.mover[slot]
        assert mover is not None
        events.append(TrackEvent(mover, "lost", now_ns, _lost_words(picture, slot, now_ns)))
    for slot in slots[(silent_s > lost_s) & ~bound].tolist():
        picture.release(slot)
    doubted = slots[(columns.doubts[slots] != 0) & (columns.state[slots] != FREE)]
    over = doubted[columns.doubt_ns[doubted] < now_ns - int(rules.doubt_s * NS_PER_S)]
    columns.doubts[over] &= TWO_PLACES
    return events


def age(picture: Picture, slots: Ints, now_ns: int) -> Floats:
    """Seconds since each mover was where we show it; never negative."""
    at_ns = picture.columns.at_ns[slots]
    seconds: Floats = np.where(at_ns == NEVER_NS, np.inf, (now_ns - np.where(at_ns == NEVER_NS, 0, at_ns)) / NS_PER_S)
    return np.maximum(seconds, 0.0)


def silence(picture: Picture, slots: Ints, now_ns: int) -> Floats:
    """Seconds since a new fix of each mover was heard. A feed that is always a minute late is late, not silent."""
    heard_ns = picture.columns.fix_heard_ns[slots]
    never = heard_ns == NEVER_NS
    return np.where(never, np.inf, np.maximum((now_ns - np.where(never, 0, heard_ns)) / NS_PER_S, 0.0))


def uncertainty(picture: Picture, slots: Ints, now_ns: int) -> Floats:
    """Radius in metres within which each mover is now if it kept at or below its last speed (at least the drift of its
    class).
    """
    columns, rules = picture.columns, picture.rules
    by_class = columns.mover_class[slots]
    assumed_m = np.array([rules.classes[word].accuracy_default_m for word in CLASS_INDEX])[by_class]
    fastest_mps = np.array([rules.classes[word].speed_max_mps for word in CLASS_INDEX])[by_class]
    accuracy_m = np.where(np.isnan(columns.accuracy_m[slots]), assumed_m, columns.accuracy_m[slots])
    drift_mps = np.array([rules.classes[word].drift_mps for word in CLASS_INDEX])[by_class]
    # A speed worked out across a long gap is that of the straight way: it may have gone much faster along a longer one.
    unknown = np.isnan(columns.speed_mps[slots]) | columns.velocity_vague[slots]
    speed_mps = np.where(unknown, fastest_mps, np.maximum(columns.speed_mps[slots], drift_mps))
    return np.minimum(accuracy_m + speed_mps * age(picture, slots, now_ns), UNCERTAINTY_MAX_M)


def _lost_words(picture: Picture, slot: int, now_ns: int) -> str:
    columns = picture.columns
    mover = picture.mover[slot]
    height_m = columns.altitude_m[slot]
    low = columns.on_ground[slot] == 1 or bool(np.nanmin(np.append(height_m, np.inf)) < 600.0)
    reasons = "landed, been masked by terrain, or switched off" if low else "flown out of reach, been masked, or switched off"
    if columns.speed_mps[slot] < 1.0:
        reasons = "stopped and been switched off, or moved on unseen"
    seconds = (now_ns - int(columns.at_ns[slot])) / NS_PER_S
    return (
        f"{mover}: LAST KNOWN, not heard for {seconds:.0f} s; may have {reasons}. It stays until a person closes"
        f" it with a reason."
    )
