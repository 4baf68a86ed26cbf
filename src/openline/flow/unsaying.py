"""A statement that was taken back over the line, by whichever side made it: applied alike at both ends."""

from typing import Any

from openline.clock import NS_PER_US
from openline.errors import Refused
from openline.flow.line import Line
from openline.flow.line_talks import headline, say
from openline.flow.outputs import Outputs
from openline.flow.statements import at_us_of
from openline.flow.talk import Talk
from openline.line import custody
from openline.line.message import Message


def withdrawn(line: Line, talk: Talk, message: Message, out: Outputs) -> None:
    """A `withdrawal` of a statement, not of the message. Raises `Refused` where none is meant that still stands."""
    place = next((nth for nth, one in enumerate(talk.statements) if one.ref == message.re and one.may_go), None)
    if place is None or message.re is None:
        raise Refused("re", message.type, "the message itself, or a statement about it that still stands")
    params = message.params
    who = ", ".join(str(params[name]) for name in ("who", "role") if params.get(name)) or message.from_
    reasons = (str(params.get("why", "")).replace("_", " "), str(params.get("reason_text", "")))
    # Never refused for its words: what is taken back may not stand because a name is too long.
    by, why = custody.unit_name(who) or message.from_, custody.unit_name(": ".join(word for word in reasons if word))
    drop(line, talk, place, at_us_of(message), by, why, out)


def drop(line: Line, talk: Talk, place: int, at_us: int, by: str, why: str, out: Outputs, *, sent: bool = True) -> None:
    """Statement `place` of a talk does not stand any more, and the record says so."""
    one = talk.statements[place]
    talk.drop(place, at_us, by, why, sent=sent)
    ref = {} if one.ref is None else {"lane": one.ref.lane, "seq": one.ref.seq}
    said = {"event": one.said.event, "by": by, "whose": one.said.party, "why": why, "hops": list(one.hops), "sent": sent}
    say_back(line, talk, out, **said, **ref)


def say_back(line: Line, talk: Talk, out: Outputs, **more: Any) -> None:
    """An output about what was taken back, and what the board says without it."""
    if talk.chain is not None:
        more["custody"] = headline(line, talk, out.now_ns // NS_PER_US)
    say(line, talk, "taken back", out, **more)
