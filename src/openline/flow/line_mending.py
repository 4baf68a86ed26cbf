"""A node that was put back takes its own messages again from whoever kept them: the same bytes, in the same order."""

import json

from openline.errors import OpenlineError, Refused
from openline.flow.line import Line
from openline.flow.line_taking import PAYLOADS, known_again
from openline.flow.line_talks import begins, begun, find, followed, keep, message_fields, say
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.flow.talking import stated, use
from openline.line.message import Message, hash_of, read_message, ref_of
from openline.line.serials import serial_of
from openline.record.envelope import unwrap


def relearn(state: State, line: Line, lane: int, frame: bytes, out: Outputs) -> None:
    """A message of our own that the counterpart kept and we lost: back into our chain, our outbox and its talk."""
    payload = unwrap(frame, PAYLOADS["message"], "recovered").payload
    message, digest = read_message(payload), hash_of(payload)
    if not line.lanes.out[lane].relearn(message, digest):
        return
    out.add("msg.out", json.loads(payload), (*line.ref, f"conv:{message.conv}"), message)
    _placed(state, line, message, digest, out)
    known_again(line, lane, out)
    _apply(state, line, [one for one in line.early if one[0].re == ref_of(message, digest)], out)


def _placed(state: State, line: Line, message: Message, digest: bytes, out: Outputs) -> None:
    """Where it belongs: the talk that it begins, or the one that it speaks of."""
    lane = message.lane
    if message.type == "understood.result":  # what waits is our answer to a read-back that came again, which this one was
        line.held = [one for one in line.held if (one[1]["type"], one[1].get("re")) != (message.type, message.re)]
    subject = find(line, message.re)
    new = begins(message.type, line.own, subject)
    if message.unreadable or (not new and subject is None):
        return
    if new:
        talk = begun(message.conv, line.own, line.party, message_fields(message), message.at_us, ours=True, of=subject)
        talk.placed(message, digest)
        keep(line, talk, out)
        line.refer(talk, True, lane, message.seq, digest)
        followed(line, subject, talk)
        line.conversations = max(line.conversations, int(message.conv.rpartition("/")[2]))
        line.serials.given = max(line.serials.given, serial_of(message.type, message.params) or 0)
        say(line, talk, "recovered", out, type=message.type)
    if subject is not None:
        if not new:
            line.refer(subject, True, lane, message.seq, digest)
            subject.says(message, digest)
        try:
            stated(state, line, subject, message, line.own, out, digest)
        except Refused as wrong:
            say(line, subject, "unused", out, says=wrong.message)


def give_up_early(state: State, line: Line, out: Outputs) -> None:
    """What they stated of messages that nobody showed us: this node lacks nothing more, so it is looked at as it is."""
    if line.early and not line.back:
        _apply(state, line, list(line.early), out)


def _apply(state: State, line: Line, early: list[tuple[Message, bytes]], out: Outputs) -> None:
    """Statements that came before the message of ours that they speak of was known again, in the order they came."""
    taken = {digest for _, digest in early}
    line.early = [one for one in line.early if one[1] not in taken]
    for message, digest in early:
        try:
            use(state, line, message, digest, out)
        except OpenlineError as wrong:
            say(line, None, "unused", out, conv=message.conv, type=message.type, seq=message.seq, says=wrong.message)
