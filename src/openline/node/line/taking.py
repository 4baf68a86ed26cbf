"""What came over the wire, checked before it may enter the inbox: a line key in force signed these very bytes, for this line.

Only what is well signed is stored. The rest is refused here, counted, and answered with the field that was wrong.
"""

import msgspec

from openline.errors import OpenlineError, Refused
from openline.flow.line import PAYLOADS, Line
from openline.line import hello as hellos
from openline.line import message as messages
from openline.line import receipt as receipts
from openline.node.line.wire import NotTaken
from openline.record.envelope import Envelope, signed_by, unwrap


class Sorted(msgspec.Struct):
    """What of a request may enter, (kind, envelope) in the order it came, and what was refused."""

    frames: list[tuple[str, bytes]]
    refused: list[NotTaken]


def sort_out(line: Line, frames: tuple[str, ...], given_receipts: tuple[str, ...]) -> Sorted:
    """Check every envelope; some 200 µs each, so call it in a thread."""
    found = Sorted([], [])
    for kind, texts in (("receipt", given_receipts), ("message", frames)):
        for text in texts:
            data = text.encode("utf-8", "surrogatepass")
            place: list[int] = []
            try:
                _check(line, kind, data, place)
            except OpenlineError as error:
                field, accepted = (error.field, error.accepted) if isinstance(error, Refused) else (kind, error.message)
                found.refused.append(NotTaken(field, accepted[:200], *place))
                continue
            found.frames.append((kind, data))
    return found


def _check(line: Line, kind: str, data: bytes, place: list[int]) -> None:
    envelope = unwrap(data, PAYLOADS[kind], kind)
    if kind == "receipt":
        receipt = receipts.read_receipt(envelope.payload, kind)
        _addressed(line, receipt.from_, receipt.to)
        _signed(line, envelope, None, None)
        return
    message = messages.read_message(envelope.payload, kind)
    place += [message.lane, message.seq]
    _addressed(line, message.from_, message.to)
    _signed(line, envelope, message.lane, message.seq)


def checked_hello(line: Line, data: bytes) -> hellos.Hello:
    """The hello in an envelope, signed by a line key in force, for this line. Raises `Refused`, `BadRecord`."""
    envelope = unwrap(data, hellos.PAYLOAD_TYPE, "hello")
    hello = hellos.read_hello(envelope.payload, "hello")
    _addressed(line, hello.from_, hello.to)
    _signed(line, envelope, None, None)
    return hello


def _addressed(line: Line, sender: str, to: str) -> None:
    if (sender, to) != (line.party, line.own):
        raise Refused("line", f"from {sender} to {to}", f"from {line.party} to {line.own}")


def _signed(line: Line, envelope: Envelope, lane: int | None, seq: int | None) -> None:
    if len(envelope.signatures) != 1:
        raise Refused("signatures", len(envelope.signatures), "one signature by a line key")
    public = line.counterpart.key_for(envelope.signatures[0][0], lane, seq)
    signed_by(envelope, [public], "frame")


def shows(line: Line, certificate: str) -> bool:
    """Whether this certificate (SHA-256, hexadecimal) stands in the counterpart's manifest in force."""
    return bool(certificate) and bytes.fromhex(certificate) in line.counterpart.manifest.of("tls")
