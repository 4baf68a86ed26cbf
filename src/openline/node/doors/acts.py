"""The acts a person may do at a screen or by the command line: who may, and which fields the body has.

The door refuses an unknown act, a missing or unknown field, text that no screen can show as it is, and a role that may not;
what the values mean is the flow's.
`notice.open` and `notice.answer` are a guest's, come through `guest.py` only, and are not in this table.
"""

from typing import Any, Final

import msgspec

from openline.errors import Refused
from openline.line.cleaning import unfit


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
    "notice.make": ActRule("operator", ("to", "over", "valid_minutes"), ("zone", "party", "talk", "unit", "language", "text")),
    "notice.confirm": ActRule("operator", ("notice",)),
    "notice.revoke": ActRule("operator", ("notice", "reason")),
    "incident.note": ActRule("operator", ("incident", "text")),
    "counterpart.put": ActRule("administrator", ("card", "words", "how")),
    "counterpart.remove": ActRule("administrator", ("to", "reason")),
    "counterpart.paths": ActRule("administrator", ("to", "paths")),
    "line.grant": ActRule("administrator", ("to", "granted", "reason")),
    "line.send": ActRule(
        "operator",
        ("to", "template", "params"),
        (
            "precedence",
            "re",
            "units",
            "mover",
            "reason",
            "free",
            "valid_minutes",
            "answer_minutes",
            "valid_us",
            "answer_us",
            "lane",
        ),
    ),
    "line.state": ActRule("operator", ("to", "talk", "what"), ("params", "template")),
    "line.hop": ActRule(
        "operator",
        ("to", "talk", "unit", "says"),
        ("via", "grade", "how", "by", "at_us", "last", "stopped", "detail"),
    ),
    "line.units": ActRule("operator", ("to", "talk", "units")),
    "line.resend": ActRule("operator", ("to", "number")),
    "line.had": ActRule("operator", ("to", "number", "how", "says")),
    "line.take_back": ActRule("operator", ("to", "talk", "number"), ("why", "reason")),
    "line.acknowledge": ActRule("operator", ("to", "talk")),
    "core.offer": ActRule("operator", ("to", "talk")),
    "core.agree": ActRule("operator", ("to", "talk")),
    "core.refuse": ActRule("operator", ("to", "talk", "why"), ("reason",)),
    "escalation.acknowledge": ActRule("operator", ("escalation",)),
    "path.try": ActRule("administrator", ("path",)),
    "line.noted": ActRule("operator", ("to",)),
    "line.settle": ActRule("supervisor", ("to", "lane", "reason")),
    "line.keys": ActRule("administrator", ("manifest",), ("certificates", "to")),
    "template.approve": ActRule("supervisor", ("template", "language")),
}


CLEANED: Final = ("params", "free")  # what `line.cleaning` takes such characters out of, as the line's templates say
FILES: Final = ("card", "manifest", "certificates")  # what another program wrote, in lines
LONG: Final = (*FILES, "text", "reason", "message", "detail", "why", "says", "asks", "purpose", "words")  # may have lines
MARKS: Final = dict.fromkeys((0x200E, 0x200F, 0x061C))  # in a quoted text: they turn no letters around
NESTED_MAX: Final = 32


def fit_for_screens(value: object, field: str, name: str = "", nested: int = 0) -> None:
    """Raises `Refused` for text with a character that no screen shows: it could forge a line of the log, move a terminal's
    cursor, or make a sentence read as another. `name` is the last part of `field`.
    """
    name = name or field
    if nested > NESTED_MAX:
        raise Refused(field, "a deeper nesting", f"at most {NESTED_MAX} levels")
    if isinstance(value, str):
        several = name in LONG
        odd = unfit(value.translate(MARKS) if several else value, one_line=not several)
        if odd:
            lines = "" if several else ", on one line"
            raise Refused(
                field, odd, f"text without control characters or characters that turn the direction of writing{lines}"
            )
    elif isinstance(value, dict):
        for key, inner in value.items():
            fit_for_screens(key, f"{field}: a key")
            fit_for_screens(inner, f"{field}.{key}", name if name in FILES else key, nested + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            fit_for_screens(inner, f"{field}[{index}]", name, nested + 1)


def split(body: dict[str, Any]) -> tuple[str, ActRule, dict[str, Any]]:
    """`{"act": name, …}` → the name, its rule, and the rest. Raises `Refused`."""
    name = body.get("act")
    rule = ACTS.get(name) if isinstance(name, str) else None
    if rule is None or not isinstance(name, str):
        raise Refused("act", name, ", ".join(ACTS))
    rest = {key: value for key, value in body.items() if key != "act"}
    check(name, rule, rest)
    for field, value in rest.items():
        if field not in CLEANED:
            fit_for_screens(value, field)
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
