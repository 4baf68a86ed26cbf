"""A guest link as the receipt of the last unit: what somebody answered, in the chain and told to the counterpart.

What was read back and agrees is a `passed_on` to that unit; what the person says the unit did is an `acted`. Where nothing can
be sent now it stands in our own chain, and is said not to have been told. An answer that differs passes nothing on.
"""

from typing import Any, Final

from openline.clock import NS_PER_US
from openline.errors import OpenlineError, OutOfTurn, Refused
from openline.flow.line import Line
from openline.flow.line_talks import say, say_hop
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.flow.talk import Talk
from openline.flow.talking import tell
from openline.line.custody import Grade, Hop
from openline.line.notice import Notice

BY_LINK: Final = "by guest link"
SLOT_CHARS_MAX: Final = 60  # of who, role and by whom


def find(state: State, notice: Notice) -> tuple[Line, Talk] | None:
    """The line and the message that a notice tells a unit of; None where it is of a zone, or the message is let go of."""
    line = state.lines.get(notice.party)
    talk = None if line is None else line.talks.get(notice.talk)
    return None if line is None or talk is None or talk.chain is None else (line, talk)


def bound(state: State, notice: Notice) -> None:
    """Raises `Refused` for a link of no message that is carried to a unit, or of one that is over."""
    if not notice.talk:
        return
    found = find(state, notice)
    if found is None or found[1].conversation.over:
        raise Refused("talk", notice.talk, "a notice or a warning on the line that is not over")


def usable(state: State, notice: Notice) -> None:
    """Raises `OutOfTurn` where what the link tells of was taken back, replaced or ran out."""
    found = find(state, notice)
    if notice.talk and (found is None or found[1].conversation.over):
        raise OutOfTurn("What this link tells of holds no more.", notice=notice.id, talk=notice.talk)


def answered(state: State, notice: Notice, out: Outputs) -> None:
    """A last unit read back what was said, and it agrees: that it was told, and what it says it did, in this order."""
    found = find(state, notice)
    if found is None or notice.state != "read_back":
        return
    line, talk = found
    if talk.ours:
        _enter(line, talk, notice, out)
        return
    now_us = out.now_ns // NS_PER_US
    who, role = notice.answered_by[:SLOT_CHARS_MAX].strip(), f"{notice.answered_role}, {BY_LINK}"[:SLOT_CHARS_MAX]
    person = {"message_text": talk.id, "unit": notice.unit, "who": who, "role": role, "at_us": now_us}
    passed = {"result": "passed", "last_choice": "last_unit", "told_us": now_us, "how": "guest_link"}
    passed |= {"by_text": notice.made_by[:SLOT_CHARS_MAX].strip(), "grade_choice": "understood"}
    try:
        tell(state, line, talk, "passed_on", person | passed, out, "passed_on")
    except OpenlineError as wrong:
        say(line, talk, "not told", out, unit=notice.unit, notice=notice.id, says=wrong.message)
        _enter(line, talk, notice, out)
        return
    if notice.did:
        try:
            tell(state, line, talk, "acted", person | {"what": notice.did, "acted_us": now_us}, out, "acted")
        except OpenlineError as wrong:
            say(line, talk, "not told", out, unit=notice.unit, notice=notice.id, says=wrong.message)


def _enter(line: Line, talk: Talk, notice: Notice, out: Outputs) -> None:
    """The same in our own chain: of a message of ours, or where nothing can be sent."""
    now_us = out.now_ns // NS_PER_US
    common: dict[str, Any] = {
        "to": notice.unit,
        "at_us": now_us,
        "heard_us": now_us,
        "says": f"{notice.answered_by}, {notice.answered_role}, {BY_LINK}",
        "how": "guest_link",
        "last": True,
        "source": f"guest {notice.id}",
    }
    grades: tuple[Grade, ...] = ("passed_on", "understood", *(("acted",) if notice.did else ()))
    for grade in grades:
        passed: dict[str, Any] = {"via": line.own, "by": notice.made_by} if grade == "passed_on" else {}
        detail = notice.did.replace("_", " ") if grade == "acted" else ""
        try:
            talk.hop(Hop(**common, **passed, grade=grade, detail=detail))
        except Refused as wrong:  # a chain that is full of statements already; the notice itself is in the record
            say(line, talk, "unused", out, says=wrong.message)
            return
        say_hop(line, talk, out)
