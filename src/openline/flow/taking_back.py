"""What our people take back: a statement that went over the line at both ends, one entered by hand here."""

from typing import Any, Final

from openline.clock import NS_PER_US
from openline.errors import OutOfTurn, Refused
from openline.flow.line import Line
from openline.flow.line_acts import line_of, talk_of
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.flow.statements import Statement, at_us_of
from openline.flow.talk import Talk
from openline.flow.talking import tell
from openline.flow.unsaying import drop, say_back
from openline.inbox import Act
from openline.line import conversation as conversations
from openline.line import custody
from openline.line.message import Message

TEMPLATE: Final = "withdrawal.statement"
REASONS: Final = ("mistake", "over", "wrong_party", "replaced", "other")
REASON_CHARS_MAX: Final = 120


def take_back(state: State, act: Act, out: Outputs) -> None:
    """A statement was not so. Ours that went over the line is taken back there too; what was entered here, here."""
    line, body = line_of(state, act.body), act.body
    talk = talk_of(line, body.get("talk"))
    why, reason = body.get("why", REASONS[0]), body.get("reason", "")
    if why not in REASONS:
        raise Refused("why", why, ", ".join(REASONS))
    if not isinstance(reason, str) or len(reason) > REASON_CHARS_MAX or (why == "other" and not reason.strip()):
        raise Refused("reason", reason, f"in words, at most {REASON_CHARS_MAX} characters; needed with other")
    words = ": ".join(one for one in (why.replace("_", " "), reason.strip()) if one)
    place, number = _meant(line, talk, body.get("number"))
    now_us = out.now_ns // NS_PER_US
    if place is None:
        talk.drop_hop(number, now_us, act.who, words)
        say_back(line, talk, out, number=number, by=act.who, why=words)
        return
    one = talk.statements[place]
    if one.said.party != line.own:
        _here_only(line, talk, one, now_us, act.who, words, out)
        return
    if one.ref is None:
        _unsent(line, talk, place, now_us, f"{act.who}, {act.role}", words, out)
        return
    params: dict[str, Any] = {
        "message_text": f"{one.said.event.replace('_', ' ')} {one.ref.lane}/{one.ref.seq}, {talk.id}"[:100],
        "sent_us": one.said.at_us,
        "why": why,
        "who": act.who,
        "role": act.role,
        "at_us": now_us,
    }
    params |= {"reason_text": reason.strip()} if reason.strip() else {}
    tell(state, line, talk, "withdrawal", params, out, TEMPLATE, whatever_stands=True, re=one.ref)


def _meant(line: Line, talk: Talk, number: object) -> tuple[int | None, int]:
    """(its place among the statements, or None for one of the custody chain alone; its number there).

    `number` is that of a statement of the custody chain, or `lane/number` of our message that a statement went in.
    """
    if isinstance(number, str):
        for nth, one in enumerate(talk.statements):
            mine = one.said.party == line.own and one.may_go
            if mine and one.ref is not None and number == f"{one.ref.lane}/{one.ref.seq}":
                return nth, 0
    elif isinstance(number, int) and not isinstance(number, bool) and talk.chain is not None:
        hop = next((one for one in talk.chain.hops if one.number == number and one.counts), None)
        if hop is not None:
            return _behind(talk, hop), number
    raise Refused("number", number, "a statement that stands: its number in the custody chain, or lane/number of our message")


def _behind(talk: Talk, hop: custody.Hop) -> int | None:
    """The statement over the line that made a hop: of a compared read-back, the read-back. None where it was entered here."""
    for nth, one in enumerate(talk.statements):
        if hop.number in one.hops and one.said.event == "agrees":
            reads = [at for at, two in enumerate(talk.statements) if two.said.event == "read_back" and two.counts]
            return next((at for at in reads if talk.statements[at].ref == one.of), None)
        if hop.number in one.hops:
            return nth
    if not hop.by_hand:
        raise Refused("number", hop.number, "a statement of a person: this one is a receipt, which nobody takes back")
    return None


def _here_only(line: Line, talk: Talk, one: Statement, now_us: int, who: str, why: str, out: Outputs) -> None:
    """A statement of theirs that people here know to be wrong: the mover counts as less warned here, and they still say it."""
    standing = [hop.number for hop in talk.chain.hops if hop.counts and hop.number in one.hops] if talk.chain else []
    if not standing:
        raise OutOfTurn(f"It is a statement of {line.party}, who alone can take it back: ask them to.", talk=talk.id)
    for number in standing:
        talk.drop_hop(number, now_us, who, why)
    say_back(line, talk, out, event=one.said.event, whose=line.party, hops=standing, by=who, why=why)


def _unsent(line: Line, talk: Talk, place: int, now_us: int, by: str, why: str, out: Outputs) -> None:
    """It still waits for the line, so it is not sent at all."""
    said = talk.statements[place].said
    for nth, (lane, fields, name) in enumerate(line.held):
        event = conversations.event_of(fields["type"], fields["params"])
        waits = Message(from_=line.own, to=line.party, lane=lane, seq=0, prev=b"", **fields)
        if name == talk.id and event == said.event and at_us_of(waits) == said.at_us:
            del line.held[nth]
            break
    drop(line, talk, place, now_us, by, why, out, sent=False)


ACTS: Final = {"line.take_back": take_back}
