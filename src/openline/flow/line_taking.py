"""What came over a line, taken into its lanes: messages in order, receipts, hellos, and whatever contradicts something else.

The door let in only what a key in force signed. Here one number and one hash decide (`openline.line.lanes`). What contradicts
is kept and said, and no statement of the counterpart can make this node forget its own.
"""

from typing import Final

from openline.clock import NS_PER_US
from openline.errors import Refused
from openline.flow.line import Decided, Line, contradicts, doubted, give_receipt, release
from openline.flow.line_talks import miss_notice
from openline.flow.line_unusable import show_unusable
from openline.flow.outputs import Outputs
from openline.inbox import Frame
from openline.line import clocks
from openline.line import hello as hellos
from openline.line import message as messages
from openline.line import receipt as receipts
from openline.line.conversation import Said
from openline.line.custody_words import stored_hop
from openline.line.hello import Finding, Hello
from openline.line.lanes import STOPS
from openline.line.message import Message, in_short
from openline.line.receipt import Receipt
from openline.record.entry import parse_canonical
from openline.record.envelope import unwrap

PAYLOADS: Final = {"message": messages.PAYLOAD_TYPE, "receipt": receipts.PAYLOAD_TYPE, "hello": hellos.PAYLOAD_TYPE}
FALSE: Final = {"ahead": "a message that was never sent", "differs": "another message than the one we sent"}
CLEARED: Final = "this node had lost the message and knows it again: the receipt was good"

Taken = tuple[Line, Message, bytes]
"""A message to be used, and the SHA-256 of its payload."""


def take_frames(lines: dict[str, Line], frames: list[Frame], boot: bytes, out: Outputs) -> list[Taken]:
    """Take a run of envelopes, whose signatures the door has verified; the messages to be used, in order.

    One receipt a lane, at the end. `boot` names this start of our node, as our hellos do.
    """
    used: list[Taken] = []
    touched: dict[tuple[str, int], Line] = {}
    for frame in frames:
        line = lines.get(frame.party)
        if line is None:
            continue
        payload = unwrap(frame.data, PAYLOADS[frame.kind], frame.kind).payload
        if frame.kind == "receipt":
            _take_receipt(line, receipts.read_receipt(payload), out)
        elif frame.kind == "hello":
            _take_hello(line, hellos.read_hello(payload), boot, frame.at_ns // NS_PER_US, out)
        else:
            _take_message(line, payload, frame, touched, used, out)
    for (_, lane), line in sorted(touched.items(), key=lambda item: item[0]):
        give_receipt(line, lane, out)
    return used


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _take_message(
    line: Line, payload: bytes, frame: Frame, touched: dict[tuple[str, int], Line], used: list[Taken], out: Outputs
) -> None:
    message, digest = messages.read_message(payload), messages.hash_of(payload)
    unusable = messages.usable(message)
    outcome = line.lanes.into[message.lane].take(message, digest, unusable)
    if outcome in ("applied", "duplicate"):
        touched[line.party, message.lane] = line
    if outcome in ("fork_prev", "fork_seq"):
        what = "does not follow from what it sent before" if outcome == "fork_prev" else "was sent before with other content"
        says = f"{line.party}: message {message.seq} of lane {message.lane} {what}; both are kept"
        contradicts(line, message.lane, "fork in", says, out, message, seq=message.seq, input=frame.seq)
    if outcome == "applied" and unusable is None:
        _dated(line, message, out)
        used.append((line, message, digest))
    elif outcome == "applied" and unusable is not None:
        said = parse_canonical(payload)  # what cannot be read as a message may still say which notice it was
        miss_notice(line, said.get("type"), said.get("params"), in_short(f"it was of no use here: {unusable}"), out)
        show_unusable(line, message, digest, said, unusable, out)
    if outcome == "applied" and line.later.pop(message.lane, None) is not None:
        line.say(out)


def _dated(line: Line, message: Message, out: Outputs) -> None:
    """A lane is written in order, so its times rise. What is dated before the message before it is said to be so."""
    latest_us = line.dated_us[message.lane]
    line.dated_us[message.lane] = message.at_us
    if message.at_us < latest_us:
        says = f"{line.party}: message {message.seq} of lane {message.lane} is dated before the one before it"
        body = {"line": line.name, "party": line.party, "what": "dated back", "conv": message.conv, "says": says}
        out.add("conversation", body | {"by_us": latest_us - message.at_us}, line.ref, line)


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _take_receipt(line: Line, receipt: Receipt, out: Outputs) -> None:
    lane = line.lanes.out[receipt.lane]
    before = lane.upto
    outcome = lane.received(receipt)
    if outcome == "advanced":
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
    elif outcome == "ahead":
        _ahead(line, receipt, out)
    elif outcome == "differs":
        _false(line, receipt, "differs", out)


def _false(line: Line, receipt: Receipt, wrong: str, out: Outputs) -> None:
    says = f"{line.party} gave a receipt for {FALSE[wrong]} (lane {receipt.lane}, number {receipt.upto}); it is kept"
    contradicts(line, receipt.lane, "receipt", says, out, receipt, seq=receipt.upto)


def _ahead(line: Line, receipt: Receipt, out: Outputs) -> None:
    """A receipt for what we do not know: this node was put back, or they are wrong. The next firm hello says which."""
    line.evidence[receipt.lane] += 1
    held = line.ahead.get(receipt.lane)
    if held is None or receipt.upto > held.upto:
        line.ahead[receipt.lane] = receipt
    _of_receipt(line, receipt, "receipt ahead", doubted(line.party, receipt), out)
    line.say(out)


def _judge_ahead(line: Line, hello: Hello, out: Outputs) -> None:
    """A firm hello that does not claim what was receipted convicts the receipt; one that does leaves it to be known again."""
    for lane, receipt in list(line.ahead.items()):
        if hello.lanes[lane].have.seq < receipt.upto:
            del line.ahead[lane]
            _false(line, receipt, "ahead", out)
        else:
            known_again(line, lane, out)


def known_again(line: Line, lane: int, out: Outputs) -> None:
    """A receipt that ran ahead, once the message it speaks of is known again: it counts like any other."""
    receipt = line.ahead.get(lane)
    if receipt is None or receipt.upto >= line.lanes.out[lane].next:
        return
    del line.ahead[lane]
    if line.lanes.out[lane].hash_of(receipt.upto) == receipt.hash:
        line.evidence[lane] = 0
        _of_receipt(line, receipt, "receipt cleared", CLEARED, out)
    _take_receipt(line, receipt, out)


def _of_receipt(line: Line, receipt: Receipt, what: str, says: str, out: Outputs) -> None:
    body = {"line": line.name, "party": line.party, "what": what, "lane": receipt.lane, "upto": receipt.upto, "says": says}
    out.add("conversation", body, line.ref, receipt)


def _stored(line: Line, receipt: Receipt, before: int, out: Outputs) -> None:
    """The counterpart's node holds our messages up to this one: a machine's word, and of storing only."""
    refused = {one.seq: one.why for one in receipt.refused}
    now_us = out.now_ns // NS_PER_US
    for seq in range(before + 1, receipt.upto + 1):
        talk = line.talks.get(line.mine.get((receipt.lane, seq), ("", b""))[0])
        if talk is not None and seq in refused:
            talk.unsaid(line.own, receipt.lane, seq)
        if talk is None or talk.message is None or talk.place != (receipt.lane, seq) or not talk.ours:
            continue
        talk.unused = refused.get(seq, "")
        try:
            talk.step(Said(event="stored", party=line.party, at_us=receipt.at_us, heard_us=now_us))
            if talk.chain is not None:
                talk.hop(stored_hop(talk.chain, receipt.at_us, now_us, f"receipt {receipt.lane}/{receipt.upto}"))
        except Refused as wrong:  # a chain that is full of statements already
            body = {"line": line.name, "party": line.party, "what": "unused", "talk": talk.id, "says": wrong.message}
            out.add("conversation", body, line.ref, line)


# ── hellos ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _take_hello(line: Line, hello: Hello, boot: bytes, heard_us: int, out: Outputs) -> None:
    if not hellos.is_firm(hello, boot):
        return  # its writer says hello once more, and by then knows of this start
    answered = hello.yours is not None
    every = hellos.compare(line.lanes, hello)
    findings = tuple(one for one in every if _key(one) not in line.decided)
    hellos.heed(line.lanes, findings, answered)
    wrong = {_key(one): one for one in findings if one.found != "go_on_after"}
    for key, one in wrong.items():
        _found(line, key, one, out)
    if answered:
        _caught_up(line, wrong, out.now_ns // NS_PER_US)
    line.found = set(wrong) | {key for key in line.found if key[0] == "log"}
    _stop(line, wrong)
    _judge_ahead(line, hello, out)
    line.link, line.link_why = "up", ""
    if hello.t2_us is not None:
        line.apart_us = clocks.apart(*hellos.clock_offset_us(hello, heard_us))
        line.clock = clocks.says(line.apart_us)
    release(line, out)
    line.say(out)


def _key(one: Finding) -> Decided:
    return one.found, one.lane, one.way, one.seq, one.theirs


def _found(line: Line, key: Decided, one: Finding, out: Outputs) -> None:
    """A finding stands until it is settled; it is recorded when it is new."""
    lane = f"lane {one.lane}, number {one.seq}"
    says = {
        "we_were_put_back": f"{line.party} holds messages of ours that this node does not know ({lane})",
        "they_were_put_back": f"{line.party} was put back to an older state ({lane})",
        "fork": f"{line.party} holds another message than ours ({lane})",
    }[one.found]
    if one.found != "we_were_put_back":
        about = "back" if one.found == "they_were_put_back" else "fork"
        line.trouble[f"{about} {one.way} {one.lane}"] = says
    if one.found == "they_were_put_back" and (not line.fell_us or line.fell_over_us):
        line.fell_us, line.fell_over_us = out.now_ns // NS_PER_US, 0
    if key not in line.found:
        body = {"line": line.name, "party": line.party, "what": one.found, "lane": one.lane, "way": one.way, "seq": one.seq}
        out.add("fork", body | {"says": says}, line.ref)


def _caught_up(line: Line, wrong: dict[Decided, Finding], now_us: int) -> None:
    """A party that was put back and has what it lost again is no trouble any more; that it was stays, until acknowledged."""
    still = {f"back {one.way} {one.lane}" for one in wrong.values()}
    for key in [one for one in line.trouble if one.startswith("back") and one not in still]:
        del line.trouble[key]
    if line.fell_us and not line.fell_over_us and not still and not any(key.startswith("back") for key in line.trouble):
        line.fell_over_us = now_us


def _stop(line: Line, wrong: dict[Decided, Finding]) -> None:
    """Sign nothing while they claim to hold what we do not know; go on once we know of all that they ever claimed."""
    for one in wrong.values():
        if one.found == "we_were_put_back" and one.lane is not None:
            line.stopped = STOPS["put_back"]
            line.claimed[one.lane] = max(line.claimed[one.lane], one.seq)
    log = any(key[0] == "log" for key in line.found)
    if not log and all(out.next > line.claimed[out.lane] for out in line.lanes.out):
        line.stopped = ""
