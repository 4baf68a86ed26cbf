"""What came over the wire, checked before it may enter the inbox: a line key in force signed these very bytes, for this line.

First every envelope by itself (`sort_out`, in a thread), then beside what this node holds (`screen`): what it has already is
not recorded again, however often it is sent, and contradictions are kept as far as they prove anything. The rest is refused
here, counted, and answered with the field that was wrong.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from openline import seal
from openline.errors import OpenlineError, Refused
from openline.flow import line as lines
from openline.flow.line import EVIDENCE_MAX, Line
from openline.flow.line_taking import PAYLOADS
from openline.line import hello as hellos
from openline.line import message as messages
from openline.line import receipt as receipts
from openline.line.message import Message
from openline.line.names import LANES, URGENT
from openline.line.receipt import Receipt
from openline.node.line.limits import PER_S, Bucket
from openline.node.line.wire import NotTaken
from openline.record.entry import parse_canonical
from openline.record.envelope import Envelope, signed_by, unwrap

LATER: Final = "message.v"  # the field of which a frame of a later version is refused
VERSION: Final = 1


class Checked(msgspec.Struct):
    """One envelope whose signature is good."""

    kind: str
    data: bytes
    said: Message | Receipt
    digest: bytes = b""  # of a message's payload
    keyid: str = ""


class Sorted(msgspec.Struct):
    """What of a request is well signed, in the order it came, and what was refused."""

    checked: list[Checked]
    refused: list[NotTaken]


class Screened(msgspec.Struct):
    """What may enter the inbox as (kind, envelope), what not, and the lanes whose newest receipt is to be given again."""

    frames: list[tuple[str, bytes]] = msgspec.field(default_factory=list)
    refused: list[NotTaken] = msgspec.field(default_factory=list)
    again: set[int] = msgspec.field(default_factory=set)
    receipted: dict[int, int] = msgspec.field(default_factory=dict)  # by lane, up to where they say now that they hold ours


# ── each envelope by itself ──────────────────────────────────────────────────────────────────────────────────────────


def sort_out(
    line: Line,
    frames: Iterable[str],
    given_receipts: Iterable[str],
    lanes: tuple[Bucket, ...] | None = None,
    full: bool = False,
) -> Sorted:
    """Check every envelope; some 300 µs each, so call it in a thread. `lanes`: how much of each may be taken; `full`: there is
    room for lane 0 only.
    """
    found = Sorted([], [])
    for kind, texts in (("receipt", given_receipts), ("message", frames)):
        for text in texts:
            data = text.encode("utf-8", "surrogatepass")
            place: list[int] = []
            try:
                found.checked.append(_check(line, kind, data, place, lanes, full))
            except OpenlineError as error:
                field, accepted = (error.field, error.accepted) if isinstance(error, Refused) else (kind, error.message)
                found.refused.append(NotTaken(field[:200], accepted[:200], *place))
    return found


def still_in_force(line: Line, checked: Iterable[Checked], refused: list[NotTaken]) -> list[Checked]:
    """Those whose key may still sign them: a `keys` message taken since may have revoked it."""
    found: list[Checked] = []
    for one in checked:
        seq = one.said.seq if isinstance(one.said, Message) else None
        try:
            line.counterpart.key_for(one.keyid, None if seq is None else one.said.lane, seq)
        except Refused as error:
            refused.append(NotTaken(error.field[:200], error.accepted[:200], one.said.lane, seq))
            continue
        found.append(one)
    return found


def lane_of(text: str) -> int | None:
    """The lane that an envelope names, nothing verified; None where it names none."""
    try:
        envelope = unwrap(text.encode("utf-8", "surrogatepass"), messages.PAYLOAD_TYPE, "message")
        return messages.read_message(envelope.payload).lane
    except OpenlineError:
        return None


def _check(line: Line, kind: str, data: bytes, place: list[int], lanes: tuple[Bucket, ...] | None, full: bool) -> Checked:
    envelope = unwrap(data, PAYLOADS[kind], kind)
    if kind == "receipt":
        receipt = receipts.read_receipt(envelope.payload, kind)
        _addressed(line, receipt.from_, receipt.to)
        _signed(line, envelope, None, None)
        return Checked(kind, data, receipt, keyid=envelope.signatures[0][0])
    try:
        message = messages.read_message(envelope.payload, kind)
    except Refused as wrong:
        raise _of_later_version(line, envelope, wrong, place) from None
    place += [message.lane, message.seq]
    _addressed(line, message.from_, message.to)
    if full and message.lane != URGENT:
        raise Refused("room", "nearly full", "later: the disk here is nearly full, and lane 0 alone is taken")
    if lanes is not None and not lanes[message.lane].take():
        raise Refused("rate", "too many", f"at most {PER_S[message.lane]:.0f} messages a second in lane {message.lane}")
    _signed(line, envelope, message.lane, message.seq)
    return Checked(kind, data, message, messages.hash_of(envelope.payload), envelope.signatures[0][0])


def _of_later_version(line: Line, envelope: Envelope, wrong: Refused, place: list[int]) -> Refused:
    """Why a frame is no message here; where its sender signed it for a later version of the line, that, and its place."""
    if wrong.field != LATER:
        return wrong
    said = parse_canonical(envelope.payload)
    version, lane, seq = said["v"], said["lane"], said["seq"]
    if (said["from"], said["to"]) != (line.party, line.own) or not all(type(one) is int for one in (version, lane, seq)):
        return wrong
    if version < VERSION or lane not in LANES or seq < 1:
        return wrong
    _signed(line, envelope, lane, seq)
    place += [lane, seq]
    return Refused(LATER, version, f"version {VERSION} of the line; this is of version {version}: it needs later software")


def later(line: Line, refused: Iterable[NotTaken]) -> list[tuple[str, str]]:
    """(state, why) of the line where the next number of a lane is of a later version, and that was not said yet."""
    found = []
    for one in refused:
        if one.field == LATER and one.lane is not None and one.seq == line.lanes.into[one.lane].next:
            says = f"{line.party} speaks a later version of the line: lane {one.lane} number {one.seq} cannot be taken"
            says += f"; here is {one.accepted}"
            if line.later.get(one.lane) != (one.seq, says):
                found.append((f"{lines.LATER}{one.lane}/{one.seq}", says))
    return found


def checked_hello(line: Line, data: bytes) -> hellos.Hello:
    """The hello in an envelope, signed by a line key in force, for this line. Raises `Refused`, `BadRecord`."""
    envelope = unwrap(data, hellos.PAYLOAD_TYPE, "hello")
    hello = hellos.read_hello(envelope.payload, "hello")
    _addressed(line, hello.from_, hello.to)
    _signed(line, envelope, None, None)
    return hello


def party_of_hello(data: bytes) -> str:
    """Who a hello says it is from; nothing is verified. Raises `Refused`."""
    return hellos.read_hello(unwrap(data, hellos.PAYLOAD_TYPE, "hello").payload, "hello").from_


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


# ── beside what this node holds ──────────────────────────────────────────────────────────────────────────────────────


class Screen:
    """Judges a run of envelopes as the flow will, and lets in only what is news or evidence. `seen`: evidence kept before."""

    def __init__(self, line: Line, seen: set[bytes]) -> None:
        self._line = line
        self._seen = seen
        self._lanes = line.lanes
        self._next = {lane: (line.lanes.into[lane].next, line.lanes.into[lane].prev) for lane in LANES}
        self._taken: dict[tuple[int, int], bytes] = {}
        self._found = Screened()

    def screen(self, checked: Iterable[Checked]) -> Screened:
        """What may enter."""
        for one in checked:
            if isinstance(one.said, Receipt):
                self._receipt(one, one.said)
            else:
                self._message(one, one.said)
        return self._found

    def _message(self, one: Checked, message: Message) -> None:
        lane, seq = message.lane, message.seq
        into = self._lanes.into[lane]
        due, prev = self._next[lane]
        if seq < due:
            held = self._taken.get((lane, seq)) or into.hash_of(seq)
            if held is None or held == one.digest:
                self._found.again.add(lane)
            else:
                self._evidence(one, lane, seq)
        elif into.held:
            accepted = "nothing new in this lane before it has again what this node holds of it"
            self._found.refused.append(NotTaken("held", accepted, lane, seq))
        elif seq == due and message.prev != prev:
            self._evidence(one, lane, seq)
        elif seq == due:
            self._next[lane] = due + 1, one.digest
            self._taken[lane, seq] = one.digest
            self._found.frames.append((one.kind, one.data))

    def _receipt(self, one: Checked, receipt: Receipt) -> None:
        lane = receipt.lane
        out = self._lanes.out[lane]
        ours = None if receipt.upto >= out.next else out.hash_of(receipt.upto)
        if receipt.upto >= out.next or (ours is not None and ours != receipt.hash):
            self._evidence(one, lane, receipt.upto)
            return
        self._found.receipted[lane] = max(receipt.upto, self._found.receipted.get(lane, 0))
        if receipt.upto > out.upto:
            self._found.frames.append((one.kind, one.data))

    def _evidence(self, one: Checked, lane: int, seq: int) -> None:
        """The first of its kind proves it; a hundred of a lane are kept, and none twice."""
        digest = seal.sha256(one.data)
        if digest in self._seen or self._line.evidence[lane] >= EVIDENCE_MAX:
            self._found.refused.append(
                NotTaken("fork", "what was said before; this contradicts it, and that is kept", lane, seq)
            )
            return
        if len(self._seen) > len(LANES) * EVIDENCE_MAX:
            self._seen.clear()
        self._seen.add(digest)
        self._found.frames.append((one.kind, one.data))
