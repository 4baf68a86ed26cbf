"""The acts a person may do at a screen or by the command line: who may, and which fields the body has.

The door refuses an unknown act, a missing or unknown field and a role that may not; what the values mean is the flow's.
`notice.open` and `notice.answer` are a guest's, come through `guest.py` only, and are not in this table.
"""

from typing import Any, Final

import msgspec

from openline.errors import Refused


class ActRule(msgspec.Struct, frozen=True):
    """The least role, the fields needed, and the fields that may be there."""

    least: str
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


ACTS: Final[dict[str, ActRule]] = {
    "alarm.acknowledge": ActRule("operator", ("alarm",)),
    "alarm.silence": ActRule("operator", ("alarm",)),
    "alarm.shelve": ActRule("supervisor", ("alarm", "minutes", "reason")),
    "alarm.unshelve": ActRule("supervisor", ("alarm",)),
    "condition.acknowledge": ActRule("operator", ("condition",)),
    "zone.put": ActRule("supervisor", ("zone", "reason")),
    "zone.withdraw": ActRule("supervisor", ("zone", "reason")),
    "zone.standing": ActRule("operator", ("zone", "version", "party", "status"), ("message",)),
    "track.close": ActRule("operator", ("reason",), ("mover", "movers")),
    "track.list": ActRule("operator", ("mover", "list"), ("label",)),
    "track.route": ActRule("operator", ("mover", "line")),
    "notice.make": ActRule("operator", ("zone", "to", "over", "valid_minutes"), ("text",)),
    "notice.confirm": ActRule("operator", ("notice",)),
    "notice.revoke": ActRule("operator", ("notice", "reason")),
    "incident.note": ActRule("operator", ("incident", "text")),
    "counterpart.put": ActRule("administrator", ("card", "words", "how")),
    "counterpart.remove": ActRule("administrator", ("to", "reason")),
    "counterpart.paths": ActRule("administrator", ("to", "paths")),
    "line.send": ActRule(
        "operator",
        ("to", "template", "params"),
        ("precedence", "re", "units", "mover", "reason", "free", "valid_minutes", "answer_minutes", "lane"),
    ),
    "line.state": ActRule("operator", ("to", "talk", "what"), ("params", "template")),
    "line.hop": ActRule(
        "operator",
        ("to", "talk", "unit", "says"),
        ("via", "grade", "how", "by", "at_us", "last", "stopped", "detail"),
    ),
    "line.units": ActRule("operator", ("to", "talk", "units")),
    "line.take_back": ActRule("operator", ("to", "talk", "number")),
    "line.acknowledge": ActRule("operator", ("to", "talk")),
    "core.offer": ActRule("operator", ("to", "talk")),
    "core.agree": ActRule("operator", ("to", "talk")),
    "core.refuse": ActRule("operator", ("to", "talk", "why"), ("reason",)),
    "escalation.acknowledge": ActRule("operator", ("escalation",)),
    "path.try": ActRule("administrator", ("path",)),
    "line.settle": ActRule("supervisor", ("to", "lane", "reason")),
    "line.keys": ActRule("administrator", ("manifest",), ("certificates", "to")),
    "template.approve": ActRule("supervisor", ("template", "language")),
}


def split(body: dict[str, Any]) -> tuple[str, ActRule, dict[str, Any]]:
    """`{"act": name, …}` → the name, its rule, and the rest. Raises `Refused`."""
    name = body.get("act")
    rule = ACTS.get(name) if isinstance(name, str) else None
    if rule is None or not isinstance(name, str):
        raise Refused("act", name, ", ".join(ACTS))
    rest = {key: value for key, value in body.items() if key != "act"}
    check(name, rule, rest)
    return name, rule, rest


def check(name: str, rule: ActRule, body: dict[str, Any]) -> None:
    """Raises `Refused` for a field that is missing or unknown."""
    for field in rule.needs:
        if field not in body:
            raise Refused(field, None, f"{name} with {', '.join(rule.needs)}")
    known = (*rule.needs, *rule.may)
    for field in body:
        if field not in known:
            raise Refused(field, body[field], f"{name} with {', '.join(known)}, and nothing else")
