"""Fixes a mover cannot have reached: one is noise, several that agree are a move, two places, or a disturbance of GNSS."""

import numpy as np

from openline.clock import NS_PER_S
from openline.kernels.geodesic import inverse
from openline.tracks.columns import GNSS, GNSS_SUSPECT, JUMP, LIVE, NEVER_NS, TWO_PLACES, Floats, Ints
from openline.tracks.moves import TrackEvent
from openline.tracks.picture import Picture


def suspect_fixes(
    picture: Picture, slot: Ints, lat_deg: Floats, lon_deg: Floats, at_ns: Ints, events: list[TrackEvent]
) -> list[int]:
    """Hold impossible fixes beside the tracks. Gives the indices of those now believed: the track moves there.

    A track moves when `suspects_to_move` fixes agree with each other and none agreed with the track meanwhile. If the track was
    confirmed meanwhile, the id is in two places: the other place becomes a track of its own. Where many movers jump to one
    place, none moves and GNSS is suspected (R19).
    """
    columns, rules = picture.columns, picture.rules
    believed: list[int] = []
    away_m, _, _ = inverse(columns.suspect_lat_deg[slot], columns.suspect_lon_deg[slot], lat_deg, lon_deg)
    for i, one in enumerate(slot.tolist()):
        since_s = (int(at_ns[i]) - int(columns.suspect_ns[one])) / NS_PER_S if columns.suspect_ns[one] != NEVER_NS else np.inf
        speed_mps = rules.of_class(int(columns.mover_class[one])).speed_max_mps
        agrees = 0 < since_s <= rules.gap_s and away_m[i] <= rules.jump_floor_m + speed_mps * since_s
        columns.suspect_count[one] = columns.suspect_count[one] + 1 if agrees else 1
        if not agrees:
            columns.suspect_first_ns[one] = at_ns[i]
        columns.suspect_lat_deg[one], columns.suspect_lon_deg[one] = lat_deg[i], lon_deg[i]
        columns.suspect_ns[one] = at_ns[i]
        columns.doubts[one] |= JUMP
        columns.doubt_ns[one] = at_ns[i]
        if columns.suspect_count[one] == 1:
            _say(picture, one, "jump", int(at_ns[i]), "reported where it cannot have got to; kept beside the track", events)
        if columns.suspect_count[one] >= rules.suspects_to_move and not _mass_jump(picture, one, int(at_ns[i]), events):
            if int(columns.at_ns[one]) > int(columns.suspect_first_ns[one]):
                _split(picture, one, int(at_ns[i]), events)
            else:
                _say(
                    picture,
                    one,
                    "jump",
                    int(at_ns[i]),
                    "believed to have moved: reports agree there and none came from before",
                    events,
                )
                believed.append(i)
            _forget(picture, one)
    return believed


def _mass_jump(picture: Picture, slot: int, at_ns: int, events: list[TrackEvent]) -> bool:
    """True when many movers have jumped to about the same place at about the same time."""
    columns, rules = picture.columns, picture.rules
    held = np.flatnonzero((columns.suspect_ns != NEVER_NS) & (columns.suspect_ns >= at_ns - int(rules.mass_jump_s * NS_PER_S)))
    if len(held) < rules.mass_jump_movers:
        return False
    lat = np.full(len(held), columns.suspect_lat_deg[slot])
    lon = np.full(len(held), columns.suspect_lon_deg[slot])
    distance_m, _, _ = inverse(lat, lon, columns.suspect_lat_deg[held], columns.suspect_lon_deg[held])
    near = held[distance_m <= rules.mass_jump_radius_m]
    if len(near) < rules.mass_jump_movers:
        return False
    known = bool((columns.doubts[near] & GNSS_SUSPECT).any())
    columns.doubts[near] |= GNSS_SUSPECT
    columns.bound[near] |= GNSS  # until the condition goes: what was disturbed must not vanish as if it had flown away
    columns.doubt_ns[near] = at_ns
    if not known:
        says = (
            f"GNSS SUSPECT: {len(near)} movers jumped to one place within {rules.mass_jump_radius_m / 1000:g} km;"
            f" their jumps are not believed"
        )
        events.append(TrackEvent(picture.mover[slot] or "", "gnss_suspect", at_ns, says))
    return True


def _split(picture: Picture, slot: int, at_ns: int, events: list[TrackEvent]) -> None:
    """Same id in two places: the other place gets a track of its own, and both say so."""
    mover = picture.mover[slot]
    assert mover is not None
    if mover.endswith("#2") or mover in picture.twin_of:
        return
    twin = picture.slot(f"{mover}#2", at_ns, events)
    if twin < 0:
        return
    columns = picture.columns
    for name in ("mover_class", "source", "method", "accuracy_m"):
        getattr(columns, name)[twin] = getattr(columns, name)[slot]
    columns.lat_deg[twin], columns.lon_deg[twin] = columns.suspect_lat_deg[slot], columns.suspect_lon_deg[slot]
    columns.at_ns[twin] = columns.heard_ns[twin] = columns.fix_heard_ns[twin] = at_ns
    columns.state[twin] = LIVE
    for one in (slot, twin):
        columns.doubts[one] |= TWO_PLACES
        columns.doubt_ns[one] = at_ns
    picture.twin_of[mover] = f"{mover}#2"
    _say(picture, slot, "two_places", at_ns, "is reported in two places at once; both are followed", events)


def _say(picture: Picture, slot: int, event: str, at_ns: int, words: str, events: list[TrackEvent]) -> None:
    mover = picture.mover[slot]
    assert mover is not None
    assert event in ("jump", "two_places")
    events.append(TrackEvent(mover, "jump" if event == "jump" else "two_places", at_ns, f"{mover}: {words}"))


def _forget(picture: Picture, slot: int) -> None:
    columns = picture.columns
    columns.suspect_count[slot] = 0
    columns.suspect_ns[slot] = columns.suspect_first_ns[slot] = NEVER_NS
