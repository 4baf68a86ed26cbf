"""A node that was put back takes its own messages again from whoever kept them: the same bytes, in the same order."""

import json

from openline.errors import Refused
from openline.flow.line import Line
from openline.flow.line_taking import PAYLOADS
from openline.flow.line_talks import SUBSTANCE, begun, find, keep, message_fields, say
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.flow.talking import stated
from openline.line.message import hash_of, read_message
from openline.line.serials import serial_of
from openline.record.envelope import unwrap


def relearn(state: State, line: Line, lane: int, frame: bytes, out: Outputs) -> None:
    """A message of our own that the counterpart kept and we lost: back into our chain, our outbox and its talk."""
    payload = unwrap(frame, PAYLOADS["message"], "recovered").payload
    message, digest = read_message(payload), hash_of(payload)
    if not line.lanes.out[lane].relearn(message, digest):
        return
    out.add("msg.out", json.loads(payload), (*line.ref, f"conv:{message.conv}"), message)
    subject = find(line, message.re)
    if message.unreadable or (message.type not in SUBSTANCE and subject is None):
        return
    if message.type in SUBSTANCE:
        talk = begun(message.conv, line.own, line.party, message_fields(message), message.at_us, ours=True, of=subject)
        talk.placed(message, digest)
        keep(line, talk, out)
        line.refer(talk, True, lane, message.seq, digest)
        line.conversations = max(line.conversations, int(message.conv.rpartition("/")[2]))
        line.serials.given = max(line.serials.given, serial_of(message.type, message.params) or 0)
        say(line, talk, "recovered", out, type=message.type)
    if subject is not None:
        line.refer(subject, True, lane, message.seq, digest)
        if message.type not in SUBSTANCE:
            subject.says(message, digest)
        try:
            stated(state, line, subject, message, line.own, out, digest)
        except Refused as wrong:
            say(line, subject, "unused", out, says=wrong.message)
