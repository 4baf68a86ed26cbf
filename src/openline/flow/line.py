"""The line in the flow: what counterparts sent is taken here, what we send gets its number here, and receipts are made here.

Nothing is signed here and no socket is known. A message to be sent is an output whose body is the payload, number and `prev`
included; the shell signs it as it records it. After every start a line hears its counterpart's hello before a new message gets
a number: had this node been put back to an older state, the counterpart's marks would say so; no number is given twice.
"""

import json
from typing import Any, Final

from openline.clock import NS_PER_US
from openline.errors import OutOfTurn
from openline.flow.outputs import Outputs
from openline.flow.talk import Talk
from openline.inbox import Frame, Intake
from openline.line import hello as hellos
from openline.line import message as messages
from openline.line import receipt as receipts
from openline.line.conversation import Said
from openline.line.counterpart import Counterpart
from openline.line.custody_words import stored_hop
from openline.line.lanes import STOPS, Lanes
from openline.line.message import Message
from openline.record.envelope import unwrap

HELD_MAX: Final = 20_000  # messages that wait for the first hello after a start
SOURCE: Final = "line:"  # how an intake input names a line
PAYLOADS: Final = {"message": messages.PAYLOAD_TYPE, "receipt": receipts.PAYLOAD_TYPE, "hello": hellos.PAYLOAD_TYPE}
SHELL_KNOWS: Final = "the shell knows how long the log is"


class Line:
    """One line with one counterpart, as the record tells it."""

    def __init__(self, own: str, counterpart: Counterpart) -> None:
        self.counterpart = counterpart
        self.lanes = Lanes(own, counterpart.party)
        self.lanes.started()
        self.held: list[tuple[int, dict[str, Any]]] = []  # (lane, fields), until the counterpart is heard
        self.stopped = ""  # why nothing more is signed for this line
        self.state = "never met"
        self.why = ""
        self.since_ns = 0
        self.conversations = 0  # begun by us on this line
        self.talks: dict[str, Talk] = {}  # by name of the conversation, oldest first
        self.mine: dict[tuple[int, int], tuple[str, bytes]] = {}  # (lane, number) of our messages → their talk, their hash
        self.theirs: dict[tuple[int, int], tuple[str, bytes]] = {}

    @property
    def own(self) -> str:
        """Our party."""
        return self.lanes.own

    @property
    def party(self) -> str:
        """The counterpart."""
        return self.lanes.party

    @property
    def name(self) -> str:
        """The line's name."""
        return self.lanes.line

    @property
    def ref(self) -> tuple[str, ...]:
        """What entries about it refer to."""
        return (f"line:{self.name}", f"party:{self.party}")


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def send(line: Line, lane: int, said: dict[str, Any], out: Outputs) -> None:
    """Give a message its number, or hold it until the counterpart is heard. `said`: the fields of a `Message`, place left out.

    Raises `OutOfTurn`, `Refused`; nothing has changed then.
    """
    if line.stopped:
        raise OutOfTurn(f"Nothing is sent to {line.party}: {line.stopped}", party=line.party)
    if line.lanes.out[lane].stopped == "unheard":
        if len(line.held) >= HELD_MAX:
            raise OutOfTurn(f"{HELD_MAX} messages to {line.party} wait for the line already.", party=line.party)
        line.held.append((lane, said))
        return
    _number(line, lane, said, out)


def _number(line: Line, lane: int, said: dict[str, Any], out: Outputs) -> None:
    payload = line.lanes.out[lane].queue(**said)
    message = messages.read_message(payload)
    talk = line.talks.get(message.conv)
    if talk is not None:
        if talk.ours and talk.message is None and message.type == talk.conversation.type:
            talk.placed(message)
        line.mine[message.lane, message.seq] = talk.id, messages.hash_of(payload)
    out.add("msg.out", json.loads(payload), (*line.ref, f"conv:{message.conv}"), message)


# ── taking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def take_frames(lines: dict[str, Line], frames: list[Frame], boot: bytes, out: Outputs) -> list[tuple[Line, Message]]:
    """Take a run of envelopes, whose signatures the door has verified; the messages to be used, in order.

    One receipt a lane, at the end. `boot` names this start of our node, as our hellos do.
    """
    used: list[tuple[Line, Message]] = []
    touched: dict[tuple[str, int], Line] = {}
    for frame in frames:
        line = lines.get(frame.party)
        if line is None:
            continue
        payload = unwrap(frame.data, PAYLOADS[frame.kind], frame.kind).payload
        if frame.kind == "receipt":
            _take_receipt(line, receipts.read_receipt(payload), out)
        elif frame.kind == "hello":
            _take_hello(line, hellos.read_hello(payload), boot, out)
        else:
            _take_message(line, payload, frame, touched, used, out)
    for (_, lane), line in sorted(touched.items(), key=lambda item: item[0]):
        _give_receipt(line, lane, out)
    return used


def _take_message(
    line: Line,
    payload: bytes,
    frame: Frame,
    touched: dict[tuple[str, int], Line],
    used: list[tuple[Line, Message]],
    out: Outputs,
) -> None:
    message = messages.read_message(payload)
    unusable = messages.usable(message)
    outcome = line.lanes.into[message.lane].take(message, messages.hash_of(payload), unusable)
    if outcome in ("applied", "duplicate"):
        touched[line.party, message.lane] = line
    if outcome in ("fork_prev", "fork_seq"):
        _fork(line, message, outcome, frame, out)
    if outcome == "applied" and unusable is None:
        used.append((line, message))


def _give_receipt(line: Line, lane: int, out: Outputs) -> None:
    receipt = line.lanes.into[lane].receipt(SHELL_KNOWS, 1, out.now_ns // NS_PER_US)
    if receipt is not None:
        out.add("receipt.out", json.loads(receipts.write_receipt(receipt)), line.ref, receipt)


def _take_receipt(line: Line, receipt: receipts.Receipt, out: Outputs) -> None:
    lane = line.lanes.out[receipt.lane]
    before = lane.upto
    said = lane.received(receipt)
    if said == "advanced":
        body = {
            "line": line.name,
            "party": line.party,
            "what": "stored",
            "lane": receipt.lane,
            "after": before,
            "upto": receipt.upto,
            "refused": [{"seq": one.seq, "why": one.why} for one in receipt.refused if one.seq > before],
        }
        out.add("conversation", body, line.ref, receipt)
        _stored(line, receipt, before, out)
    elif said != "known":
        wrong = "a message that was never sent" if said == "ahead" else "another message than the one we sent"
        lane.forked = True
        says = f"{line.party} gave a receipt for {wrong} (lane {receipt.lane}, number {receipt.upto}); it is kept"
        out.add(
            "fork", {"line": line.name, "party": line.party, "lane": receipt.lane, "seq": receipt.upto, "says": says}, line.ref
        )
        _say(line, "fork", says, out)


def _stored(line: Line, receipt: receipts.Receipt, before: int, out: Outputs) -> None:
    """The counterpart's node holds our messages up to this one: a machine's word, and of storing only."""
    refused = {one.seq: one.why for one in receipt.refused}
    now_us = out.now_ns // NS_PER_US
    for seq in range(before + 1, receipt.upto + 1):
        talk = line.talks.get(line.mine.get((receipt.lane, seq), ("", b""))[0])
        if talk is not None and talk.message is not None and talk.message.seq == seq and talk.ours:
            talk.step(Said(event="stored", party=line.party, at_us=receipt.at_us, heard_us=now_us))
            talk.unused = refused.get(seq, "")
            if talk.chain is not None:
                talk.hop(stored_hop(talk.chain, receipt.at_us, now_us, f"receipt {receipt.lane}/{receipt.upto}"))


def _take_hello(line: Line, hello: hellos.Hello, boot: bytes, out: Outputs) -> None:
    findings = hellos.compare(line.lanes, hello, they_alone_call=not line.counterpart.urls)
    firm = hellos.is_firm(hello, boot)
    hellos.heed(line.lanes, findings, firm)
    wrong = [_in_words(line, one) for one in findings if one.found != "go_on_after"]
    for one, says in zip([one for one in findings if one.found != "go_on_after"], wrong, strict=True):
        body = {"line": line.name, "party": line.party, "what": one.found, "lane": one.lane, "seq": one.seq, "says": says}
        out.add("fork", body, line.ref)
    if any(one.found == "we_were_put_back" for one in findings):
        line.stopped = STOPS["put_back"]
    state = "put back" if line.stopped else "fork" if wrong else "up"
    if wrong or firm:
        _say(line, state, "; ".join(wrong), out)
    if line.stopped:
        return
    waiting, line.held = line.held, []
    for lane, said in waiting:
        if line.lanes.out[lane].stopped:
            line.held.append((lane, said))
        else:
            _number(line, lane, said, out)


def _in_words(line: Line, one: hellos.Finding) -> str:
    lane = f"lane {one.lane}, number {one.seq}"
    return {
        "we_were_put_back": f"{line.party} holds messages of ours that this node does not know ({lane})",
        "they_were_put_back": f"{line.party} was put back to an older state ({lane})",
        "fork": f"{line.party} holds another message than ours ({lane})",
    }[one.found]


def _fork(line: Line, message: Message, outcome: str, frame: Frame, out: Outputs) -> None:
    what = "does not follow from what it sent before" if outcome == "fork_prev" else "was sent before with other content"
    says = f"{line.party}: message {message.seq} of lane {message.lane} {what}; both are kept"
    body = {"line": line.name, "party": line.party, "lane": message.lane, "seq": message.seq, "input": frame.seq, "says": says}
    out.add("fork", body, line.ref, message)
    _say(line, "fork", says, out)


# ── its state ────────────────────────────────────────────────────────────────────────────────────────────────────────


def note_line(lines: dict[str, Line], given: Intake, out: Outputs) -> None:
    """What the shell saw of a line's connection: down and why, or that a witness knows more of our log than we do."""
    line = lines.get(given.source.removeprefix(SOURCE))
    if line is None:
        return
    if given.state == "put back":
        line.stopped = given.why
        line.lanes.started()
    if (given.state, given.why) != (line.state, line.why):
        _say(line, given.state, given.why, out)


def started(lines: dict[str, Line]) -> None:
    """A new run begins: every line has to hear its counterpart again before anything more is signed."""
    for line in lines.values():
        line.lanes.started()


def _say(line: Line, state: str, why: str, out: Outputs) -> None:
    if (state, why) == (line.state, line.why):
        return
    line.state, line.why, line.since_ns = state, why, out.now_ns
    body: dict[str, Any] = {
        "line": line.name,
        "party": line.party,
        "state": state,
        "why": why,
        "at_us": out.now_ns // NS_PER_US,
    }
    out.add("line", body, line.ref, line)
