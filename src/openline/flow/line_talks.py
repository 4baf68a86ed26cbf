"""The talks of one line: begun, kept within bounds, found by what refers to them, and what is said of them to the record."""

from itertools import islice
from typing import Any, Final

import msgspec

from openline.clock import NS_PER_US
from openline.errors import Refused
from openline.flow.line import EARLY_MAX, Line, send
from openline.flow.outputs import Outputs
from openline.flow.talk import Talk
from openline.line import clocks, custody, custody_after, custody_words, precedence
from openline.line import conversation as conversations
from openline.line.conversation import Conversation
from openline.line.message import Message, Ref
from openline.line.names import URGENT
from openline.line.serials import NOTICES, serial_of
from openline.line.types import CARRIED

SUBSTANCE: Final = (*CARRIED, "question", "check", "drill")
"""Types that begin a talk; the others speak of one, or of nothing that anybody has to answer."""
WITHDRAWAL: Final = "withdrawal"
BEGINS: Final = ("reservation.notice", "movement.notice")
"""What every unit must know of before it begins (R86)."""
TALKS_MAX: Final = 5_000  # of ours, of theirs in lane 0, and of theirs in the others: a flood in one crowds out no other
HOPS_BY_HAND: Final = 100  # of a custody chain's statements, kept for people here whatever the counterpart floods it with
LOOKED_AT: Final = 100  # of the oldest: one that is over goes first, then one that nobody has to pass on


def begun(
    name: str,
    sender: str,
    receiver: str,
    said: dict[str, Any],
    now_us: int,
    *,
    ours: bool,
    of: Talk | None = None,
    apart_us: int = 0,
) -> Talk:
    """A talk at its beginning: nobody has it, nobody is warned. `of`: what it corrects or withdraws, whose duties it has.

    What is due of one that came runs from now; `apart_us` is how far its sender's clock is known to be ahead of ours.
    """
    if of is not None and (said["type"] not in ("correction", WITHDRAWAL) or of.ours != ours):
        of = None
    if of is not None and said["type"] == WITHDRAWAL:  # as urgent as what it takes back, and never over by itself
        said = said | {"precedence": min(said["precedence"], of.conversation.precedence, key=precedence.rank)}
        said |= {"valid_until_us": None}
    kind = said["tpl"].id if said["type"] == "correction" and said.get("tpl") is not None else said["type"]
    if ours:
        apart_us, times = 0, clocks.Judged(said["valid_until_us"], said["answer_by_us"], ())
    else:
        times = clocks.judge(said["valid_until_us"], said["answer_by_us"], apart_us, now_us)
    about = Conversation(
        id=name,
        type=said["type"],
        sender=sender,
        receiver=receiver,
        precedence=said["precedence"],
        queued_us=said["at_us"] if ours else now_us,
        answers=said["answers"],
        readback=said["readback"],
        valid_until_us=times.valid_until_us,
        answer_by_us=times.answer_by_us,
        exercise=said["ex"],
        notice=kind in NOTICES or (of is not None and of.conversation.notice),
    )
    chain = None
    if said["type"] in CARRIED:
        chain = custody.open_chain(name, sender, receiver, now_us, said["precedence"], custody.units_of(said["params"]))
        chain = msgspec.structs.replace(chain, starts_us=_starts_us(kind, said["params"], of, apart_us))
        if of is not None and of.chain is not None:
            chain = custody_after.taking_over(chain, of.chain)
    elif said["type"] == WITHDRAWAL and of is not None and of.chain is not None:
        chain = custody.open_chain(name, sender, receiver, now_us, said["precedence"], starts_us=of.chain.starts_us)
        chain = custody_after.recalling(chain, of.chain)
    return Talk(about, ours, said, chain, times.marks)


def begins(kind: str, party: str, subject: Talk | None) -> bool:
    """Whether a message of `party` begins a talk: what takes back a notice has to be seen and passed on like that one."""
    if kind != WITHDRAWAL or subject is None:
        return kind in SUBSTANCE
    return subject.conversation.sender == party and subject.conversation.type in (*CARRIED, WITHDRAWAL)


def followed(line: Line, subject: Talk | None, talk: Talk) -> None:
    """A talk corrects or withdraws another of the same side: who is told of the other from now on must be told of it, too."""
    if subject is not None and subject.ours == talk.ours and talk.conversation.type in ("correction", WITHDRAWAL):
        subject.after = talk.id
        subject.version += 1


def follow(line: Line, talk: Talk) -> None:
    """Somebody was told of what is corrected or withdrawn already, as one hears now."""
    while (after := line.talks.get(talk.after)) is not None and after.chain is not None and talk.chain is not None:
        taken = custody_after.recalling if after.chain.recalls else custody_after.taking_over
        before = after.chain.units
        after.chain = taken(after.chain, talk.chain)
        after.owed += after.chain.units[len(before) :]
        after.next_us = 0
        after.version += 1
        talk = after


def headline(line: Line, talk: Talk, now_us: int) -> str:
    """What the board says of its custody."""
    assert talk.chain is not None
    after = line.talks.get(talk.after)
    return custody_words.headline(talk.chain, line.own, now_us, talk.timers, after=None if after is None else after.chain)


def _starts_us(kind: str, params: dict[str, Any], of: Talk | None, apart_us: int) -> int | None:
    """When a reservation or movement begins; where a correction does not say, as what it corrects said."""
    before_us = None if of is None or of.chain is None else of.chain.starts_us
    starts_us = params.get("start_us")
    begins = kind in BEGINS or before_us is not None
    return starts_us - apart_us if begins and type(starts_us) is int else before_us


def keep(line: Line, talk: Talk, out: Outputs) -> None:
    """Remember a talk. At the limit of its kind an old one is let go of, since a new warning may not wait for room."""
    crowd = line.crowds.setdefault(_crowd(talk), {})
    if len(crowd) >= TALKS_MAX:
        oldest = [line.talks[name] for name in islice(crowd, LOOKED_AT)]
        gone = next((one for one in oldest if one.over), None) or next((one for one in oldest if one.chain is None), oldest[0])
        say(line, gone, "let go", out, says="it is in the record; too many messages are newer")
        forget(line, gone)
    crowd[talk.id] = None
    line.talks[talk.id] = talk
    talk.timers = line.agreed.get(talk.conversation.precedence)


def send_new(line: Line, lane: int, talk: Talk, out: Outputs, *, whatever_stands: bool = False) -> None:
    """Keep and send the message that begins a talk of ours. Raises `OutOfTurn`, `Refused`; nothing has changed then."""
    keep(line, talk, out)
    try:
        send(line, lane, talk.said, out, talk, whatever_stands=whatever_stands)
    except Exception:
        forget(line, talk)
        raise
    line.conversations += 1
    line.serials.given = max(line.serials.given, serial_of(talk.conversation.type, talk.said["params"]) or 0)


def forget(line: Line, talk: Talk) -> None:
    """Let go of a talk; what was said of it stays in the record."""
    del line.talks[talk.id]
    line.unusable.pop(talk.id, None)
    del line.crowds[_crowd(talk)][talk.id]
    for mine, lane, seq in talk.places:
        (line.mine if mine else line.theirs).pop((lane, seq), None)


def _crowd(talk: Talk) -> str:
    return "ours" if talk.ours else "urgent" if talk.place is not None and talk.place[0] == URGENT else "theirs"


def find(line: Line, re: Ref | None) -> Talk | None:
    """The talk that a reference means, by its first message or by a statement in it: number and hash must be those held."""
    if re is None:
        return None
    places = line.mine if re.from_ == line.own else line.theirs
    name, digest = places.get((re.lane, re.seq), ("", b""))
    return line.talks.get(name) if digest == re.hash else None


def waits(line: Line, message: Message, digest: bytes, out: Outputs) -> bool:
    """Whether it speaks of a message of ours that this node, put back, does not know yet: it waits for that."""
    re = message.re
    if re is None or message.type in SUBSTANCE or re.from_ != line.own or re.seq < line.lanes.out[re.lane].next:
        return False
    if not line.back or len(line.early) >= EARLY_MAX:
        return False
    line.early.append((message, digest))
    says = "it speaks of a message of ours that this node lost; it waits until that is known again"
    say(line, None, "waits", out, conv=message.conv, type=message.type, seq=message.seq, says=says)
    return True


def count_notice(line: Line, message: Message, out: Outputs) -> str:
    """The number of a notice of the counterpart that can be used; numbers below it that did not come are missing.

    Our question that it makes needless, or nothing: one that was sent again is the answer to it.
    """
    number = serial_of(message.type, message.params)
    if number is None:
        return ""
    taken = line.serials.take(number, out.now_ns // NS_PER_US)
    for one in taken.missing:
        say(line, None, "notice missing", out, number=one, why=line.serials.missing[one].why)
    if taken.found is not None:
        say(line, None, "notice found", out, number=number, conv=message.conv, asked=taken.found.asked)
    elif taken.odd:
        says = f"number {number} does not follow {line.serials.upto}: it is not counted"
        say(line, None, "notice out of order", out, number=number, conv=message.conv, says=says)
    elif taken.again and message.type != "correction":
        say(line, None, "notice number again", out, number=number, conv=message.conv)
    return "" if taken.found is None or message.type == "correction" else taken.found.asked


def miss_notice(line: Line, kind: object, params: object, why: str, out: Outputs) -> None:
    """A message that is of no use, of whatever shape: where it is a notice and has a number, that notice is missing."""
    if not isinstance(kind, str) or not isinstance(params, dict):
        return
    number = serial_of(kind, params)
    if number is not None and line.serials.unusable(number, why, out.now_ns // NS_PER_US):
        say(line, None, "notice missing", out, number=number, why=why)


def message_fields(message: Message) -> dict[str, Any]:
    """The fields of a message, place left out."""
    place = ("from_", "to", "lane", "seq", "prev", "unreadable")
    return {name: getattr(message, name) for name in message.__struct_fields__ if name not in place}


def say(line: Line, talk: Talk | None, what: str, out: Outputs, **more: Any) -> None:
    """An output about a talk."""
    body = {"line": line.name, "party": line.party, "what": what, "at_us": out.now_ns // NS_PER_US, **more}
    if talk is None:
        out.add("conversation", body, line.ref, line)
        return
    body |= {"talk": talk.id, "headline": conversations.headline(talk.conversation)}
    out.add("conversation", body, _ref(line, talk), (line, talk))


def _ref(line: Line, talk: Talk) -> tuple[str, ...]:
    return (*line.ref, f"conv:{talk.id}", *((f"mover:{talk.mover}",) if talk.mover else ()))


def say_hop(line: Line, talk: Talk, out: Outputs) -> None:
    """An output about the newest statement in a custody chain, which whatever follows that notice heeds."""
    assert talk.chain is not None
    follow(line, talk)
    hop = talk.chain.hops[-1]
    now_us = out.now_ns // NS_PER_US
    body = {
        "line": line.name,
        "party": line.party,
        "talk": talk.id,
        "number": hop.number,
        "to": hop.to,
        "via": hop.via,
        "grade": hop.grade,
        "how": hop.how,
        "by": hop.by,
        "says": hop.says,
        "last": hop.last,
        "stopped": hop.stopped,
        "by_hand": hop.by_hand,
        "at_us": hop.at_us,
        "headline": headline(line, talk, now_us),
    }
    out.add("custody", body, _ref(line, talk), (line, talk))


def hops(talk: Talk, message: Message, event: conversations.Event, now_us: int) -> tuple[custody.Hop, ...]:
    """What a statement adds to the custody chain. Raises `Refused`."""
    confirmed = event == "agrees"
    if talk.chain is None or not (confirmed or message.type in custody_words.STATEMENTS):
        return ()
    most = custody.HOPS_MAX - HOPS_BY_HAND
    if len(talk.chain.hops) >= most:
        raise Refused("hops", len(talk.chain.hops), f"at most {most} statements over the line on one notice")
    source = f"{message.from_} {message.type} {message.lane}/{message.seq or message.at_us}"
    if confirmed:
        hop = custody_words.understood_hop(talk.chain, talk.read_back, message.params, now_us, source)
        return () if hop is None else (hop,)
    return custody_words.hops_of(talk.chain, message.type, message.params, now_us, source)
