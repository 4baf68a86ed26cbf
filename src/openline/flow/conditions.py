"""Conditions: what stands against the picture as a whole, one of a kind at a time, told until it is over and a person saw it.

gnss_suspect   many movers jumped to one place (R19): their jumps are not believed, and they are kept until the condition goes
picture_full   every mover held is bound: new ones are turned away
two_places     ids that are reported in two places at once
disk           the record's disk is nearly full, or was: what is refused for it
frozen         movers near a zone, in a finding or on a list whose position does not change while they say that they move

One condition gathers all its movers: a disturbance of five hundred is one thing to see, not five hundred. A mover that joins
one of the last two after a person saw it makes it sound again; a jamming that catches more movers does not.
"""

from typing import Any, Final, Literal, get_args

import msgspec
import numpy as np

from openline.clock import NS_PER_S
from openline.errors import Refused
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.inbox import Intake
from openline.tracks.columns import FREE, FROZEN, GNSS, GNSS_SUSPECT, TWO_PLACES
from openline.tracks.conditions import Condition
from openline.tracks.moves import TrackEvent

What = Literal["gnss_suspect", "picture_full", "two_places", "frozen", "disk"]

EVENTS: Final[dict[str, What]] = {"gnss_suspect": "gnss_suspect", "limit": "picture_full", "two_places": "two_places"}
"""Track events after which the conditions are looked at at once, not with the next tick."""

DISK: Final = "disk:room"
"""The source of what the shell says of the record's disk; no feed is called so."""
DiskLevel = Literal["room", "evidence", "routine", "ballast", "full"]
DISK_LEVELS: Final[tuple[DiskLevel, ...]] = get_args(DiskLevel)

SAID_AGAIN_NS: Final = 60 * NS_PER_S  # a count that grows is recorded this often at most
ROOM_NS: Final = 60 * NS_PER_S  # a full picture has had room for this long before it is said to be over
NAMED_MAX: Final = 5  # movers named in the sentence


def note_events(state: State, events: list[TrackEvent], out: Outputs) -> None:
    """Look at the conditions where an event says that one may have begun."""
    if any(event.event in EVENTS for event in events):
        survey(state, out)


def survey(state: State, out: Outputs) -> None:
    """Conditions begin, grow and end by what the picture is now."""
    columns = state.picture.columns
    doubts = np.where(columns.state == FREE, 0, columns.doubts)
    _gather(state, "gnss_suspect", _names(state, (doubts & GNSS_SUSPECT) != 0), out)
    _gather(state, "two_places", [one for one in _names(state, (doubts & TWO_PLACES) != 0) if one in state.picture.places], out)
    _gather(state, "frozen", _names(state, ((doubts & FROZEN) != 0) & (columns.bound != 0)), out)
    _full(state, out)


def note_disk(state: State, given: Intake, out: Outputs) -> None:
    """What the shell says of the disk. What is worse than before sounds again; what is better is only said."""
    if given.source != DISK or given.state not in DISK_LEVELS:
        return
    found, level = state.conditions.get("disk"), DISK_LEVELS.index(given.state)
    if not level:
        if found is not None and found.over_ns is None:
            found.says, found.before = given.why, 0
            _over(state, found, out)
        return
    if found is None:
        found = _new(state, "disk", out)
    worse, found.before = level > found.before, level
    found.says, found.over_ns = given.why, None
    if worse:
        found.acknowledged_by, found.acknowledged_ns = "", None
    _say(found, "raised" if worse else "standing", out)


def acknowledge(state: State, id: str, who: str, out: Outputs) -> None:
    """A person saw it. Raises Refused for an unknown one and for one that was seen already."""
    found = next((one for one in state.conditions.values() if one.id == id), None)
    if found is None:
        raise Refused("condition", id, "the id of a condition that stands")
    if found.acknowledged_by:
        raise Refused("condition", id, f"one that waits for a person; {found.acknowledged_by} has seen this one")
    found.acknowledged_by, found.acknowledged_ns = who, out.now_ns
    _say(found, "acknowledged", out)
    if found.over_ns is not None:
        _settle(state, found, out)


def _names(state: State, which: Any) -> list[str]:
    return [state.picture.mover[slot] or "" for slot in np.flatnonzero(which).tolist()]


def _gather(state: State, what: What, movers: list[str], out: Outputs) -> None:
    """A condition that stands as long as it has movers."""
    found = state.conditions.get(what)
    if not movers:
        if found is not None and found.over_ns is None:
            _over(state, found, out)
        return
    begins = found is None or found.over_ns is not None
    if found is None:
        found = _new(state, what, out)
    fresh = [mover for mover in movers if mover not in found.movers]
    found.movers |= dict.fromkeys(fresh)
    found.count, found.over_ns, found.says = len(found.movers), None, _words(state, what, list(found.movers))
    if begins or (fresh and found.acknowledged_by and what != "gnss_suspect"):
        found.acknowledged_by, found.acknowledged_ns = "", None
        _say(found, "raised", out)
    elif fresh and out.now_ns - found.said_ns >= SAID_AGAIN_NS:
        _say(found, "standing", out)


def _full(state: State, out: Outputs) -> None:
    """The picture is full from the first mover turned away until there has been room for a while."""
    picture, found = state.picture, state.conditions.get("picture_full")
    if found is None:
        if not picture.full:
            return
        found = _new(state, "picture_full", out)
        found.before = picture.turned_away - 1
    room = len(picture) < picture.rules.movers_max or picture.bound_count() < len(picture)
    if not room:
        found.full_ns = out.now_ns
    begins = picture.full and (found.said_ns == out.now_ns or found.over_ns is not None)
    grown = picture.turned_away - found.before > found.count
    found.count = picture.turned_away - found.before
    found.says = _words(state, "picture_full", []) + f" Turned away so far: {found.count} reports."
    if begins:
        found.over_ns, found.acknowledged_by, found.acknowledged_ns = None, "", None
        _say(found, "raised", out)
    elif grown and out.now_ns - found.said_ns >= SAID_AGAIN_NS:
        _say(found, "standing", out)
    if found.over_ns is None and room and out.now_ns - found.full_ns >= ROOM_NS:
        picture.full = False
        _over(state, found, out)


def _new(state: State, what: What, out: Outputs) -> Condition:
    state.condition_count += 1
    found = Condition(
        id=f"C{state.condition_count:05d}", what=what, since_ns=out.now_ns, said_ns=out.now_ns, full_ns=out.now_ns
    )
    state.conditions[what] = found
    return found


def _over(state: State, found: Condition, out: Outputs) -> None:
    found.over_ns = out.now_ns
    if found.acknowledged_by:
        _settle(state, found, out)
    else:
        _say(found, "over", out)


def _settle(state: State, found: Condition, out: Outputs) -> None:
    """Over, and seen by a person: it goes, and its movers are kept for it no longer."""
    del state.conditions[found.what]
    if found.what == "gnss_suspect":
        state.picture.columns.bound &= 0xFF ^ GNSS
    _say(found, "settled", out)


def _say(found: Condition, now: str, out: Outputs) -> None:
    found.said_ns = out.now_ns
    body = {
        "event": "condition",
        "mover": "",
        "condition": found.id,
        "what": found.what,
        "state": now,
        "count": found.count,
        "acknowledged_by": found.acknowledged_by,
        "at_us": out.now_ns // 1000,
        "says": f"{found.says} ({now}{' by ' + found.acknowledged_by if now == 'acknowledged' else ''})",
    }
    out.add("track.event", body, (f"condition:{found.id}",), msgspec.structs.replace(found))


def _words(state: State, what: What, movers: list[str]) -> str:
    rules = state.picture.rules
    if what == "gnss_suspect":
        place = f"{rules.mass_jump_radius_m / 1000:g} km"
        return f"GNSS SUSPECT: {len(movers)} movers jumped to one place within {place}; their jumps are not believed."
    if what == "picture_full":
        return (
            f"The picture is full: {rules.movers_max} movers, all bound. New movers are not followed. Close LAST KNOWN ones,"
            f" take movers off lists, or raise tracks.movers_max."
        )
    more = f" and {len(movers) - NAMED_MAX} more" if len(movers) > NAMED_MAX else ""
    named = ", ".join(movers[-NAMED_MAX:]) + more
    if what == "two_places":
        uncounted = sum(state.picture.crowded.values())
        beyond = f" {uncounted} reports of still further places are only counted." if uncounted else ""
        return f"In two places at once: {named}. Both places are followed; which is true is not known.{beyond}"
    return f"Position frozen: {named}. A speed is reported and the place does not change; where they are now is not known."
