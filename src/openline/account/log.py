"""Every entry as one line of words: the printable log, the tail of the console, the rows of a timeline."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from openline.account.deliveries import delivery
from openline.clock import NS_PER_US, to_rfc3339
from openline.incident.spread import far, moment, within
from openline.incident.words import line_name, span
from openline.record.entry import Entry
from openline.watch.approach import HEARD_OUTSIDE, STOPPED, TURNED_AWAY
from openline.watch.ranges import Lengths

Body = Callable[[Entry], Any]
"""entry → its first object as JSON, or None where it has none, is no JSON, or was redacted"""

QUIET: Final = frozenset({"batch.segment"})  # bookkeeping of the record itself; it is in the record, not in the log


def log_lines(entries: Iterable[Entry], body_of: Body) -> list[dict[str, Any]]:
    """`{"index", "at", "kind", "who", "role", "says"}` of each entry, bookkeeping left out."""
    return [line(entry, body_of(entry)) for entry in entries if entry.kind not in QUIET]


def line(entry: Entry, body: Any) -> dict[str, Any]:
    """One entry as a line."""
    return {
        "index": entry.index,
        "at": at(entry.at_us),
        "kind": entry.kind,
        "who": entry.actor.who,
        "role": entry.actor.role,
        "says": says(entry.kind, entry.x, body),
        "exercise": entry.exercise,
    }


def at(at_us: int) -> str:
    """RFC 3339 of microseconds."""
    return to_rfc3339(at_us * NS_PER_US)


def _clock(at_us: int) -> str:
    """The time of day of a moment, for a sentence whose row has the date."""
    return at(at_us).partition("T")[2]


def says(kind: str, x: dict[str, Any], body: Any) -> str:
    """The sentence of an entry. What has no sentence of its own is shown as it stands."""
    if kind == "track.segment":
        return f"{x.get('count')} pieces of feed {x.get('source')} sealed"
    if not isinstance(body, dict):
        return "erased, or not to be read here" if body is None and kind not in ("node.start", "node.stop") else kind
    teller = _TELLERS.get(kind)
    return teller(body, x) if teller else _plain(body)


def _finding(body: dict[str, Any], _: dict[str, Any]) -> str:
    """A finding says its distances with the line they are to: the boundary, or its ring by name."""
    words = {
        "approach": "is heading for",
        "may_reach": "may have reached",
        "averted": "turned away before the boundary of",
        "entry": "entered",
        "exit": "left",
        "first_seen_inside": "was first seen inside",
    }[str(body["event"])]
    reasons = list(body.get("why") or ())
    if body["event"] == "averted" and reasons[:1] == [STOPPED]:
        words = "stopped before the boundary of"
    elif body["event"] == "averted" and reasons[:1] == [HEARD_OUTSIDE]:
        words = "was heard again outside"
    elif body["event"] == "averted" and reasons[:1] != [TURNED_AWAY]:
        words = "is no longer heading for"
    when = moment(int(body["at_us"]), _of_crossing(body), _clock)
    text = f"{body['mover']} {words} {body['zone']} v{body['zone_version']}, ring {body['ring']}, {when}, {body['certainty']}"
    text += _how_far(body)
    if body.get("revision"):
        text += " (worked out again, more exactly)"
    why = ", ".join(one for one in reasons if one not in (STOPPED, TURNED_AWAY, HEARD_OUTSIDE))
    return f"{text}. {why[:1].upper()}{why[1:]}." if why else f"{text}."


def _of_crossing(body: dict[str, Any]) -> Any:
    """Between when and when it crossed the line; of one first seen inside, the sighting itself is meant."""
    if body["event"] == "exit" and body.get("last_range_us"):
        return body["last_range_us"]
    if body["event"] == "entry" and body.get("first_range_us"):
        return body["first_range_us"]
    return body.get("interval_us")


def _visit(body: dict[str, Any]) -> str:
    """Since when it was inside, how deep, and how far it went there; each as a range where it is one."""
    text = ""
    if body.get("first_us") is not None:
        since = moment(int(body["first_us"]), body.get("first_range_us"), _clock)
        text += f", inside since {since if since.startswith('at or') else since.removeprefix('at ')}"
    if body.get("deepest_cm") is not None:
        line = line_name(str(body["ring"]), str(body.get("rule", "")))
        text += f", at its deepest {within(int(body['deepest_cm']) / 100, _metres(body.get('deepest_range_cm')))} inside {line}"
    if body.get("path_cm") is not None:
        text += f", {within(int(body['path_cm']) / 100, _metres(body.get('path_range_cm')))} of way inside"
    return text


def _metres(ends_cm: list[int | None] | None) -> Lengths | None:
    if ends_cm is None:
        return None
    least, most = ends_cm
    return (least or 0) / 100, None if most is None else most / 100


def _how_far(body: dict[str, Any]) -> str:
    """Times and distances of a finding, each with its unit and its line."""
    text = ""
    to_boundary, earliest = (span(_seconds(body.get(key))) for key in ("to_boundary_ms", "earliest_ms"))
    if body.get("to_boundary_ms") is not None:
        text += f", at the boundary in {to_boundary}"
        text += " along its route" if body.get("by_route") else ""
    if body.get("earliest_ms") is not None and earliest != to_boundary:
        text += f", in {earliest} at the earliest"
    if body["event"] == "approach" and (body.get("boundary_cm") or 0) > 0:
        text += f", {far(int(body['boundary_cm']) / 100)} outside the boundary"
    line = line_name(str(body["ring"]), str(body.get("rule", "")))
    if body["event"] == "first_seen_inside" and body.get("depth_cm") is not None:
        text += f", {within(int(body['depth_cm']) / 100, _metres(body.get('depth_range_cm')))} inside {line}"
    return text + (_visit(body) if body["event"] == "exit" else "")


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else int(ms) / 1000


def _alarm(body: dict[str, Any], _: dict[str, Any]) -> str:
    events = {"averted": "turned away or stopped before the boundary"}
    event = events.get(str(body.get("event")), str(body.get("event") or "").replace("_", " "))
    what = ", ".join(one for one in (event, str(body.get("certainty") or "")) if one)
    state = str(body["state"]).replace("_", " ")
    text = f"alarm {body['id']} ({body['mover']}, {body['zone']}, ring {body['ring']}: {what}) is {state}"
    if body.get("acknowledged_by") and body["state"] in ("acknowledged", "normal"):
        text += f"{', acknowledged' if body['state'] == 'normal' else ''} by {body['acknowledged_by']}"
    if body.get("shelved_by"):
        text += f", shelved by {body['shelved_by']}: {body['shelved_reason']}"
    return text + (", silenced." if body.get("silenced") else ".")


def _act(body: dict[str, Any], x: dict[str, Any]) -> str:
    name = str(x.get("act", "act"))
    if name == "node.rules":
        feeds = len(body.get("feeds", []))
        return f"settings in force, with {feeds} feed{'' if feeds == 1 else 's'}"
    if name == "notice.answer":
        return f"notice.answer: the person gave the name {body.get('name')!r} and read back {_plain(body.get('read_back', {}))}"
    facts = {
        key: value
        for key, value in body.items()
        if key not in ("zone", "outline", "rings", "questions", "words") or isinstance(value, str)
    }
    zone = body.get("zone")
    if isinstance(zone, dict):
        facts = {"zone": zone.get("name") or zone.get("id"), **facts}
    return f"{name}: {_plain(facts)}"


def _refusal(body: dict[str, Any], _: dict[str, Any]) -> str:
    if "counted" in body:
        return f"feed {body['source']}: {body['counted']} further refusals, only counted"
    if "act" in body:
        return f"refused {body['act']}: {body['says']}"
    place = f" at {body['position']}" if body.get("position") else ""
    return f"feed {body['source']}{place}: {body['field']} {body['value']!r} refused; accepted: {body['accepted']}"


def _feed(body: dict[str, Any], _: dict[str, Any]) -> str:
    why = f" ({body['why']})" if body.get("why") else ""
    counts = f"{body.get('reports', 0)} reports, {body.get('refused', 0)} refused so far"
    return f"feed {body['source']} is {body['state']}{why}; {counts}"


def _intake(body: dict[str, Any], _: dict[str, Any]) -> str:
    why = f" ({body['why']})" if body["why"] else ""
    kind, mark, name = str(body["source"]).partition(":")
    words = {
        "delivery": f"message {name}: {body['state']}",
        "line": f"line {name}: connection {body['state']}",
        "clock": "clock",
    }
    return words[kind] + why if mark and kind in words else f"feed {body['source']}: connection {body['state']}{why}"


def _notice(body: dict[str, Any], _: dict[str, Any]) -> str:
    text = f"notice about {body['zone_name']} to {body['to']} over {body['over']}: {str(body['state']).replace('_', ' ')}"
    if body.get("answered_by"):
        text += f", answered by {body['answered_by']} (name as given, not checked)"
    differs = ", ".join(body.get("differs") or ())
    return f"{text}; read back differently: {differs}." if differs else f"{text}."


def _zone(body: dict[str, Any], _: dict[str, Any]) -> str:
    return f"zone {body['name'] or body['zone']} v{body['version']} {body['what']} by {body['by']}: {body['reason']}"


def _checked(body: dict[str, Any], _: dict[str, Any]) -> str:
    """What is known of the node's clock."""
    if "says" in body:
        return str(body["says"])
    if not body.get("synchronised"):
        known = body.get("synchronised") is False
        return "the clock is not synchronised, its error unknown" if known else "whether the clock is right is not known"
    offset, within = body.get("offset_ms"), body.get("uncertainty_ms")
    return f"the clock is synchronised, off by {_known(offset)} ms ± {_known(within)} ms"


def _known(value: Any) -> str:
    return "an unknown number of" if value is None else str(value)


def _plain(body: Any) -> str:
    if isinstance(body, dict):
        return ", ".join(f"{key} {_plain(value)}" for key, value in body.items() if value not in (None, "", [], {}))
    if isinstance(body, list):
        return "; ".join(_plain(one) for one in body)
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)


_TELLERS: Final[dict[str, Callable[[dict[str, Any], dict[str, Any]], str]]] = {
    "finding": _finding,
    "alarm": _alarm,
    "act": _act,
    "clock": _checked,
    "refusal": _refusal,
    "feed.state": _feed,
    "notice": _notice,
    "zone": _zone,
    "intake": _intake,
    "delivery": delivery,
    "track.event": lambda body, _: str(body["says"]),
    "incident": lambda body, _: f"note by {body.get('by')}: {body.get('says')}",
    "mistake": lambda body, _: f"{body['says']} ({body['what']} at {body['where']})",
    "gap": lambda body, _: str(body.get("says", "a gap")),
}
