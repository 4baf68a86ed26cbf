"""From findings to the board, and the ties that keep a mover in the picture (R18, R29)."""

import msgspec
import numpy as np

from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.tracks.ageing import silence, uncertainty
from openline.tracks.columns import COASTING, GNSS, IN_FINDING, LAST_KNOWN, NEAR_ZONE, Ints
from openline.tracks.moves import Moves, TrackEvent
from openline.tracks.standing import standing_moves
from openline.watch.finding import Finding
from openline.watch.unheard import unheard


def bind(state: State, moves: Moves, near: Ints) -> None:
    """Tie movers near a zone to the picture; let go those that are not near any more."""
    bound = state.picture.columns.bound
    bound[moves.slot] &= 0xFF ^ NEAR_ZONE
    bound[near] |= NEAR_ZONE


def look_at(state: State, waves: list[Moves], out: Outputs) -> None:
    """Tracks past the zones, findings to the board."""
    for moves in waves:
        findings, near = state.watch.look(moves, state.picture.mover, state.routes())
        bind(state, moves, near)
        say_findings(state, findings, out)


def let_pass(state: State) -> None:
    """Places that only one or two reports made, and of which nothing was found, are not kept."""
    picture = state.picture
    for slot in picture.passing:
        bound = int(picture.columns.bound[slot]) & ~(NEAR_ZONE | GNSS)
        if slot in picture.id_of and not bound and picture.columns.reports[slot] < picture.rules.suspects_to_move:
            picture.release(slot)
    picture.passing.clear()


def say_findings(state: State, findings: list[Finding], out: Outputs) -> None:
    """Give findings to the board, and say both."""
    picture = state.picture
    for found in findings:
        slot = picture.slot_of.get(found.mover)
        source = int(picture.columns.source[slot]) if slot is not None else -1
        finding = msgspec.structs.replace(found, source=picture.texts[source] if source >= 0 else "")
        alarm, incident = state.board.find(finding, out.now_ns)
        out.finding(finding, incident.id)
        if alarm is not None:
            out.alarm(alarm)
        tie(state, finding.mover)


def tie(state: State, mover: str) -> None:
    """A mover in a finding, or with an alarm that is not normal, is bound; otherwise this reason is gone."""
    slot = state.picture.slot_of.get(mover)
    if slot is None:
        return
    if slot in state.watch.zones_of or state.board.standing(mover):
        state.picture.bind(slot, IN_FINDING)
    else:
        state.picture.loosen(slot, IN_FINDING)


def say_track_events(state: State, events: list[TrackEvent], out: Outputs) -> None:
    """Say what happened to single tracks."""
    for event in events:
        out.track_event(event, state.board.open_of(event.mover))


def look_for_unheard(state: State, now_ns: int, out: Outputs) -> None:
    """Movers that fell silent near a zone, or on their way to one: their area may have reached it by now."""
    picture, columns = state.picture, state.picture.columns
    silent = (columns.state == COASTING) | (columns.state == LAST_KNOWN)
    slots = np.flatnonzero(silent & ((columns.bound & (NEAR_ZONE | IN_FINDING)) != 0))
    if not len(slots):
        return
    classes = [picture.rules.of_class(int(one)) for one in columns.mover_class[slots]]
    patience_s = np.array([max(picture.rules.gap_s, one.coast_s) for one in classes])
    slots = slots[silence(picture, slots, now_ns) > patience_s]
    moves = standing_moves(picture, slots, now_ns)
    area_m = uncertainty(picture, moves.slot, now_ns)
    findings = unheard(state.watch, moves, area_m, columns.at_ns[moves.slot], picture.mover)
    say_findings(state, findings, out)


def turn_zones(state: State, now_ns: int, out: Outputs) -> None:
    """Zones whose hours or dates began or ended are looked at again, for every mover."""
    for zone_id in state.watch.turned(now_ns):
        active = state.watch.watched[zone_id].active
        look_again(state, zone_id, "the zone became active" if active else "the zone's time ended", out)


def look_again(state: State, zone_id: str, why: str, out: Outputs) -> None:
    """A zone is not what it was: look at every mover where it stands."""
    moves = standing_moves(state.picture, np.asarray(state.picture.occupied()), out.now_ns)
    findings, near = state.watch.recheck(moves, zone_id, state.picture.mover, why)
    state.picture.columns.bound[near] |= NEAR_ZONE
    say_findings(state, findings, out)
