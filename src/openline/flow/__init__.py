"""The whole pipeline on one page: inputs in, what follows from them out. Read this first.

Takes: the state, a batch of recorded inputs in order, and the time now.
Gives: the outputs in order; the state is changed in place. The same inputs give the same outputs, byte for byte.
Never: reads a clock, touches the world, or skips the record: inputs are recorded before they come here, outputs before they
are done.
"""

from openline.feeds.report import Report
from openline.flow.acts import follow_act
from openline.flow.conditions import note_disk, note_events, survey
from openline.flow.delivering import note_delivery, tick_escalations
from openline.flow.hearing import decode, late_feeds, note_intake
from openline.flow.line import note_line
from openline.flow.line_mending import give_up_early
from openline.flow.outputs import Output, Outputs
from openline.flow.state import Given, Reports, Rules, State
from openline.flow.talking import hear, tick_talks
from openline.flow.watching import let_pass, look_at, look_for_unheard, say_findings, say_track_events, turn_zones
from openline.inbox import Act, Bytes, Frame, Intake, Tick
from openline.line.notice import expired
from openline.tracks.ageing import sweep
from openline.tracks.intake import settle_asides, take

__all__ = ["Given", "Output", "Reports", "Rules", "State", "step"]


def step(state: State, given: list[Given], now_ns: int) -> list[Output]:
    """Take a batch of inputs.

    Bytes become reports, reports tracks, tracks are watched; acts and ticks take their turn between.
    """
    assert now_ns >= state.now_ns, "time does not run backwards; the node holds it where the clock does"
    state.now_ns = now_ns
    state.taken = {}
    out = Outputs(now_ns)
    waiting: list[Report] = []
    frames = [one for one in given if isinstance(one, Frame)]
    if frames:
        hear(state, frames, out)
        for line in state.lines.values():
            give_up_early(state, line, out)
    for one in given:
        if isinstance(one, Bytes):
            waiting.extend(decode(state, one, out))
        elif isinstance(one, Reports):
            waiting.extend(one.reports)
        elif not isinstance(one, Frame):
            watch(state, waiting, now_ns, out)
            waiting = []
            if isinstance(one, Act):
                out.cause = one.seq
                follow_act(state, one, out)
                out.cause = -1
            elif isinstance(one, Intake):
                note_intake(state, one, out)
                note_line(state.lines, one, out)
                note_delivery(state, one, out)
                note_disk(state, one, out)
            elif isinstance(one, Tick):
                tick(state, now_ns, out)
    watch(state, waiting, now_ns, out)
    return out.made


def watch(state: State, reports: list[Report], now_ns: int, out: Outputs) -> None:
    """Reports to tracks, tracks past the zones, findings to the board."""
    if not reports:
        return
    waves, events = take(state.picture, reports, now_ns)
    say_track_events(state, events, out)
    look_at(state, waves, out)
    let_pass(state)
    note_events(state, events, out)


def settle(state: State, now_ns: int | None, out: Outputs) -> None:
    """Reports that were set aside and waited long enough are looked at, whether or not others bore them out."""
    if not state.picture.aside:
        return
    waves, events = settle_asides(state.picture, now_ns)
    say_track_events(state, events, out)
    look_at(state, waves, out)
    let_pass(state)
    note_events(state, events, out)


def end(state: State, now_ns: int) -> list[Output]:
    """No more reports will come (an audit): what was set aside is looked at, what waited to be sure is said."""
    out = Outputs(now_ns)
    settle(state, None, out)
    say_findings(state, state.watch.end(state.picture.mover), out)
    return out.made


def tick(state: State, now_ns: int, out: Outputs) -> None:
    """What time alone does: tracks age, zones begin and end, feeds fall silent, shelves empty, notices run out."""
    settle(state, now_ns, out)
    say_track_events(state, sweep(state.picture, now_ns), out)
    turn_zones(state, now_ns, out)
    look_for_unheard(state, now_ns, out)
    survey(state, out)
    late_feeds(state, now_ns, out)
    for alarm in state.board.tick(now_ns):
        out.alarm(alarm)
    tick_talks(state, now_ns, out)
    tick_escalations(state, now_ns, out)
    for notice in list(state.notices.values()):
        over = expired(notice, now_ns)
        if over is not None:
            state.notices[over.id] = over
            out.notice(over)
