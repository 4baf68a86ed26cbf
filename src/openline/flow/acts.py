"""What people do: each act of the registry, applied to the state or refused in words (docs/api.md, Acts)."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from openline.clock import to_rfc3339
from openline.errors import OpenlineError, Refused
from openline.flow import conditions, countersigning, delivering, guest_links, line, line_acts, line_desk, serials, taking_back
from openline.flow.hearing import use_feeds
from openline.flow.outputs import Outputs
from openline.flow.state import Rules, State
from openline.flow.watching import look_again, tie
from openline.inbox import Act
from openline.kernels.routes import Route
from openline.line import notice as notices
from openline.tracks.moves import TrackEvent
from openline.zones.check import check
from openline.zones.plain import zone_from_plain
from openline.zones.zone import Standing

ROUTE_POINTS_MAX: Final = 2_000  # a day's road journey at a point a kilometre
ROUTES_MAX: Final = 1_000
ROUTE_PIECES_ALL_MAX: Final = 250_000  # 32 MB; a road drawn with 300 points has about 300
LISTED_MAX: Final = 10_000  # half the movers a node holds: those on a list are never put out, and others need room
MOVER_CHARS_MAX: Final = 80  # longer than any feed gives
CLOSED_AT_ONCE_MAX: Final = 1_000
NOTICES_MAX: Final = 2_000  # with their drawings about 40 MB; the oldest whose time is over and that is not red gives way
TEXT_CHARS_MAX: Final = 4_000


def follow_act(state: State, act: Act, out: Outputs) -> None:
    """Apply one act; a refusal is an output like any other and changes nothing."""
    follow = ACTS.get(act.name)
    try:
        if follow is None:
            raise Refused("act", act.name, "one of " + ", ".join(sorted(ACTS)))
        follow(state, act, out)
    except OpenlineError as why:
        out.refused_act(act.seq, act.name, why)


def word(body: dict[str, Any], field: str) -> str:
    """A text of the body that is not empty."""
    value = body.get(field)
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_CHARS_MAX:
        raise Refused(field, value, f"a text of 1 to {TEXT_CHARS_MAX} characters")
    return value.strip()


def mover_name(body: dict[str, Any]) -> str:
    """The id of a mover, heard or not."""
    mover = word(body, "mover")
    if len(mover) > MOVER_CHARS_MAX:
        raise Refused("mover", mover, f"a mover's id, at most {MOVER_CHARS_MAX} characters")
    return mover


def _rules(state: State, act: Act, out: Outputs) -> None:
    if act.role != "node":
        raise Refused("act", act.name, "the node itself; settings are changed in the settings file")
    rules = msgspec.convert(act.body, Rules)
    state.rules = rules
    state.picture.rules = rules.tracks
    state.watch.use(rules.watch)
    use_feeds(state, rules)
    for one in state.lines.values():
        one.agreed = rules.line.timers
    line.started(state.lines, out)


def _acknowledge(state: State, act: Act, out: Outputs) -> None:
    alarm = state.board.acknowledge(word(act.body, "alarm"), act.who, out.now_ns)
    out.alarm(alarm)
    tie(state, alarm.mover)


def _silence(state: State, act: Act, out: Outputs) -> None:
    out.alarm(state.board.silence(word(act.body, "alarm"), out.now_ns))


def _shelve(state: State, act: Act, out: Outputs) -> None:
    minutes = act.body.get("minutes")
    if isinstance(minutes, bool) or not isinstance(minutes, int):
        raise Refused("minutes", minutes, "whole minutes, 1 to 480")
    out.alarm(state.board.shelve(word(act.body, "alarm"), act.who, minutes, word(act.body, "reason"), out.now_ns))


def _unshelve(state: State, act: Act, out: Outputs) -> None:
    alarm = state.board.unshelve(word(act.body, "alarm"), out.now_ns)
    out.alarm(alarm)
    tie(state, alarm.mover)


def _condition(state: State, act: Act, out: Outputs) -> None:
    conditions.acknowledge(state, word(act.body, "condition"), act.who, out)


def _zone_put(state: State, act: Act, out: Outputs) -> None:
    reason = word(act.body, "reason")
    zone = zone_from_plain(act.body.get("zone"), state.rules.party)
    check(zone)
    if zone.expires_ns is not None and zone.expires_ns <= out.now_ns:
        accepted = f"a time after now ({to_rfc3339(out.now_ns, 0)}); a zone that is over is withdrawn instead"
        raise Refused("zone.expires", to_rfc3339(zone.expires_ns, 0), accepted)
    # The geometry is tried before the Book takes it, so that a shape the kernels refuse leaves no version behind.
    state.watch.try_zone(zone)
    zone = state.book.put(zone, out.now_ns, f"input:{act.seq}")
    state.watch.put(zone, out.now_ns)
    out.zone(zone, "put", act.who, reason)
    look_again(state, zone.id, f"the zone was put in force (version {zone.version})", out)


def _zone_withdraw(state: State, act: Act, out: Outputs) -> None:
    reason = word(act.body, "reason")
    zone = state.book.withdraw(word(act.body, "zone"), out.now_ns, f"input:{act.seq}")
    state.watch.drop(zone.id)
    out.zone(zone, "withdrawn", act.who, reason)
    look_again(state, zone.id, "the zone was withdrawn", out)


def _zone_standing(state: State, act: Act, out: Outputs) -> None:
    version = act.body.get("version")
    if isinstance(version, bool) or not isinstance(version, int):
        raise Refused("version", version, "the version this party speaks of, a whole number")
    status = word(act.body, "status")
    standing = Standing(word(act.body, "party"), status, out.now_ns, word(act.body, "message"))  # type: ignore[arg-type]
    zone = state.book.stand(word(act.body, "zone"), version, standing)
    out.zone(zone, f"{status} by {standing.party}", act.who, standing.message)


def _track_close(state: State, act: Act, out: Outputs) -> None:
    """One mover by its name, or those of a list that are LAST KNOWN still: one heard again meanwhile is not closed."""
    reason = word(act.body, "reason")
    movers = act.body.get("movers")
    if movers is None:
        _close(state, mover_name(act.body), act.who, reason, out)
        return
    if not isinstance(movers, list) or not 1 <= len(movers) <= CLOSED_AT_ONCE_MAX or "mover" in act.body:
        raise Refused("movers", movers, f"1 to {CLOSED_AT_ONCE_MAX} movers, and no mover beside them")
    names = [mover_name({"mover": mover}) for mover in dict.fromkeys(map(str, movers))]
    slots = {mover: state.picture.slot_of.get(mover) for mover in names}
    lost = [mover for mover, slot in slots.items() if slot is not None and state.picture.lost(slot)]
    if not lost:
        raise Refused("movers", names[0], "movers whose tracks are LAST KNOWN; of these none is any more")
    for mover in lost:
        _close(state, mover, act.who, reason, out)


def _close(state: State, mover: str, who: str, reason: str, out: Outputs) -> None:
    slot = state.picture.slot_of.get(mover)
    if slot is not None and state.picture.lost(slot):
        state.watch.forget(slot)
    if slot is None or not state.picture.close(mover):
        raise Refused("mover", mover, "a mover whose track is LAST KNOWN; a live one is not closed, and a closed one is gone")
    incidents = state.board.open_of(mover)
    for alarm in state.board.end_mover(mover, f"track closed by {who}: {reason}", out.now_ns):
        out.alarm(alarm)
    out.track_event(TrackEvent(mover, "closed", out.now_ns, f"{mover}: closed by {who}: {reason}"), incidents)


def _track_list(state: State, act: Act, out: Outputs) -> None:
    name = word(act.body, "list")
    if name not in ("own", "reserved", "none"):
        raise Refused("list", name, "own, reserved or none")
    label = act.body.get("label") or ""
    if not isinstance(label, str) or len(label) > 80:
        raise Refused("label", label, "a text of at most 80 characters")
    mover, listed = mover_name(act.body), state.picture.lists
    if name != "none" and mover not in listed and len(listed) >= LISTED_MAX:
        raise Refused("list", name, f"at most {LISTED_MAX} movers on lists; take one off that is needed no more")
    state.picture.set_list(mover, name, label)


def _track_route(state: State, act: Act, out: Outputs) -> None:
    line = act.body.get("line")
    mover = mover_name(act.body)
    if line is None:
        state.set_route(mover, None)
        return
    points = _points(line)
    count, pieces = state.routes_size(mover)
    route = Route([point[0] for point in points], [point[1] for point in points])
    if count >= ROUTES_MAX or pieces + route.pieces_count > ROUTE_PIECES_ALL_MAX:
        absent = next((one for one in state.picture.routes if one not in state.picture.slot_of), None)
        such = "" if absent is None else f", such as that of {absent}, which is not in the picture"
        most = f"at most {ROUTES_MAX} routes and {ROUTE_PIECES_ALL_MAX} pieces of them; take away one that is needed no more"
        raise Refused("line", f"{len(points)} points", most + such)
    state.set_route(mover, points, route)


def _points(line: Any) -> tuple[tuple[float, float], ...]:
    if not isinstance(line, list) or not 2 <= len(line) <= ROUTE_POINTS_MAX:
        raise Refused("line", line, f"2 to {ROUTE_POINTS_MAX} points of [lat, lon]")
    points = []
    for i, point in enumerate(line):
        good = isinstance(point, list) and len(point) == 2 and all(isinstance(v, (int, float)) for v in point)
        if not good or not (-90 <= point[0] <= 90) or not (-180 <= point[1] <= 180):
            raise Refused(f"line[{i}]", point, "[latitude -90..90, longitude -180..180]")
        points.append((float(point[0]), float(point[1])))
    return tuple(points)


def _notice_make(state: State, act: Act, out: Outputs) -> None:
    made = notices.make(act.body, act.who, out.now_ns)
    guest_links.bound(state, made)
    if made.id in state.notices:
        raise Refused("notice", made.id, "an id not used yet")
    if len(state.notices) >= NOTICES_MAX:
        done = next((id for id, one in state.notices.items() if _done(one, out.now_ns)), None)
        if done is None:
            raise Refused("notice", len(state.notices), f"at most {NOTICES_MAX} notices under way; revoke those that are over")
        del state.notices[done]
    state.notices[made.id] = made
    out.notice(made)


def _done(notice: notices.Notice, now_ns: int) -> bool:
    """Nobody waits for anything of this notice any more; what became of it is in the record."""
    return not notices.red(notice) and (notice.state == "revoked" or now_ns >= notice.valid_until_ns)


def _notice_step(state: State, act: Act, out: Outputs) -> None:
    notice = state.notices.get(word(act.body, "notice"))
    if notice is None:
        raise Refused("notice", act.body.get("notice"), "the id of a notice")
    if act.name in ("notice.open", "notice.answer"):
        guest_links.usable(state, notice)
    after = notices.step(notice, act.name, act.body, act.who, out.now_ns)
    state.notices[after.id] = after
    out.notice(after)
    if act.name == "notice.answer":
        guest_links.answered(state, after, out)


def _incident_note(state: State, act: Act, out: Outputs) -> None:
    incident = state.board.note(word(act.body, "incident"))
    body = {"incident": incident.id, "by": act.who, "says": word(act.body, "text"), "what": "note"}
    out.add("incident", body, (f"incident:{incident.id}",), incident)


Follow = Callable[[State, Act, Outputs], None]

ACTS: Final[dict[str, Follow]] = {
    "node.rules": _rules,
    "alarm.acknowledge": _acknowledge,
    "alarm.silence": _silence,
    "alarm.shelve": _shelve,
    "alarm.unshelve": _unshelve,
    "condition.acknowledge": _condition,
    "zone.put": _zone_put,
    "zone.withdraw": _zone_withdraw,
    "zone.standing": _zone_standing,
    "track.close": _track_close,
    "track.list": _track_list,
    "track.route": _track_route,
    "notice.make": _notice_make,
    "notice.open": _notice_step,
    "notice.answer": _notice_step,
    "notice.confirm": _notice_step,
    "notice.revoke": _notice_step,
    "notice.tried": _notice_step,
    "incident.note": _incident_note,
    **line_acts.ACTS,
    **line_desk.ACTS,
    **serials.ACTS,
    **countersigning.ACTS,
    **taking_back.ACTS,
    **delivering.ACTS,
}
