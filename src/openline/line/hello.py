"""The hello that opens a session: what each side has sent and has of the other's, so that a side put back is noticed at once.

    caller → answerer   session: 16 fresh bytes
    answerer → caller   session: the same 16 and 16 fresh ones of its own; `yours`: the caller's marks again

The session is both together, for the calls of that caller until it or the answerer starts again. Bytes of an older session,
recorded and played again, name a session that no longer is, since neither half ever comes again.

Four rules keep a mark from being taken for more than it is, while messages are under way in both directions and nodes die:

- A hello of another start (`boot`) than the current one ends every session with that party, in both directions; a request of
  a start that was followed by another is refused, until it answers something we asked.
- A hello is **firm** if it names its reader's start in `heard`: its writer takes nothing any more that the reader sent before.
  An answer always is. One that is not firm is answered, and not compared; its writer then says hello once more.
- That *they* fell behind is said from an answer alone, by what we had when we asked (`yours`): what came meanwhile is no sign.
- After a start nothing is signed before a firm hello was compared.
"""

from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from openline import seal
from openline.errors import Refused
from openline.line import fields
from openline.line.lanes import Lanes
from openline.line.message import FIRST
from openline.line.names import LANES, line_of, party
from openline.record.entry import canonical, parse_canonical

PAYLOAD_TYPE: Final = "application/vnd.openline.hello+json"
PAYLOAD_BYTES_MAX: Final = 65_536
ASKED_BYTES: Final = 16
SESSION_BYTES: Final = 32
BOOT_BYTES: Final = 16
NOTE_CHARS_MAX: Final = 20_000
ORIGIN_CHARS_MAX: Final = 200
EPOCH_DIGITS_MAX: Final = 9
EPOCHS_LOST_MAX: Final = 100  # a claim of more is a lie, and would use the numbers up
_KEYS: Final = (
    *("boot", "checkpoint", "from", "heard", "keys_seq", "lanes", "line", "session"),
    *("t1", "t2", "t3", "to", "v", "witness", "yours"),
)


class Mark(msgspec.Struct, frozen=True):
    """The last message of a lane: its number and hash; 0 and 32 zero bytes where there is none."""

    seq: int = 0
    hash: bytes = FIRST


class Marks(msgspec.Struct, frozen=True):
    """Of one lane: the last message received, the last one queued, and up to which number the other side receipted ours."""

    have: Mark = Mark()
    sent: Mark = Mark()
    upto: int = 0


class Witnessed(msgspec.Struct, frozen=True):
    """What a side last cosigned of the other's log."""

    origin: str
    size: int
    root: bytes


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """A hello. `yours`, `t2_us` and `t3_us` (taken, answered) are None in a caller's; times are µs by the writer's clock."""

    from_: str
    to: str
    session: bytes
    boot: bytes
    heard: bytes | None
    keys_seq: int
    lanes: tuple[Marks, ...]
    yours: tuple[Marks, ...] | None = None
    checkpoint: str
    witness: Witnessed | None = None
    t1_us: int
    t2_us: int | None = None
    t3_us: int | None = None

    @property
    def line(self) -> str:
        """The line it opens."""
        return line_of(self.from_, self.to)


def marks_of(lanes: Lanes) -> tuple[Marks, ...]:
    """What we say of our lanes in a hello."""
    return tuple(
        Marks(Mark(into.next - 1, into.prev), Mark(out.next - 1, out.prev), out.upto)
        for into, out in zip(lanes.into, lanes.out, strict=True)
    )


def write_hello(hello: Hello) -> bytes:
    """The payload of a hello. Raises `Refused` for what no reader would take."""
    seen = hello.witness
    body: dict[str, Any] = {
        "v": 1,
        "line": hello.line,
        "from": hello.from_,
        "to": hello.to,
        "session": seal.b64(hello.session),
        "boot": seal.b64(hello.boot),
        "heard": None if hello.heard is None else seal.b64(hello.heard),
        "keys_seq": hello.keys_seq,
        "lanes": _written(hello.lanes),
        "yours": None if hello.yours is None else _written(hello.yours),
        "checkpoint": hello.checkpoint,
        "witness": None if seen is None else {"origin": seen.origin, "size": seen.size, "root": seal.b64(seen.root)},
        "t1": hello.t1_us,
        "t2": hello.t2_us,
        "t3": hello.t3_us,
    }
    payload = canonical(body, "hello")
    read_hello(payload)
    return payload


def _written(lanes: tuple[Marks, ...]) -> dict[str, Any]:
    def mark(one: Mark) -> dict[str, Any]:
        return {"seq": one.seq, "hash": seal.b64(one.hash)}

    return {str(lane): {"have": mark(of.have), "sent": mark(of.sent), "upto": of.upto} for lane, of in enumerate(lanes)}


def read_hello(payload: bytes, field: str = "hello") -> Hello:
    """The hello in a payload; one with 16 bytes of session is a caller's, one with 32 an answer. Raises `Refused`."""
    body = fields.exactly(parse_canonical(payload, field, PAYLOAD_BYTES_MAX), _KEYS, field)
    if body["v"] is True or body["v"] != 1:
        raise Refused(f"{field}.v", body["v"], "1; a later version needs later software")
    sender, to = party(body["from"], f"{field}.from"), party(body["to"], f"{field}.to")
    if sender == to or body["line"] != line_of(sender, to):
        raise Refused(f"{field}.line", body["line"], "the line between two parties")
    answered = body["t2"] is not None
    if (body["yours"] is not None) != answered:
        raise Refused(f"{field}.yours", body["yours"], "the caller's lanes in an answer, null in a request")
    return Hello(
        from_=sender,
        to=to,
        session=fields.sized(body["session"], SESSION_BYTES if answered else ASKED_BYTES, f"{field}.session"),
        boot=fields.sized(body["boot"], BOOT_BYTES, f"{field}.boot"),
        heard=None if body["heard"] is None else fields.sized(body["heard"], BOOT_BYTES, f"{field}.heard"),
        keys_seq=fields.integer(body["keys_seq"], f"{field}.keys_seq"),
        lanes=_lanes(body["lanes"], f"{field}.lanes"),
        yours=_lanes(body["yours"], f"{field}.yours") if answered else None,
        checkpoint=fields.text(body["checkpoint"], f"{field}.checkpoint", NOTE_CHARS_MAX),
        witness=_witnessed(body["witness"], f"{field}.witness"),
        t1_us=fields.integer(body["t1"], f"{field}.t1"),
        t2_us=fields.moment(body["t2"], f"{field}.t2"),
        t3_us=_answered(body["t3"], answered, f"{field}.t3"),
    )


def _answered(value: object, answered: bool, field: str) -> int | None:
    if (value is not None) != answered:
        raise Refused(field, value, "a time if t2 is one, else null")
    return fields.moment(value, field)


def _lanes(value: object, field: str) -> tuple[Marks, ...]:
    body = fields.exactly(value, tuple(map(str, LANES)), field)
    return tuple(_marks(body[str(lane)], f"{field}.{lane}") for lane in LANES)


def _marks(value: object, field: str) -> Marks:
    body = fields.exactly(value, {"have", "sent", "upto"}, field)
    have, sent = _mark(body["have"], f"{field}.have"), _mark(body["sent"], f"{field}.sent")
    return Marks(have, sent, fields.integer(body["upto"], f"{field}.upto", 0, sent.seq))


def _mark(value: object, field: str) -> Mark:
    body = fields.exactly(value, {"seq", "hash"}, field)
    mark = Mark(fields.integer(body["seq"], f"{field}.seq"), fields.hashed(body["hash"], f"{field}.hash"))
    if (mark.seq == 0) != (mark.hash == FIRST):
        raise Refused(f"{field}.hash", body["hash"], "32 zero bytes for number 0 and for no other")
    return mark


def _witnessed(value: object, field: str) -> Witnessed | None:
    if value is None:
        return None
    body = fields.exactly(value, {"origin", "size", "root"}, field)
    origin = fields.text(body["origin"], f"{field}.origin", ORIGIN_CHARS_MAX, 1)
    size = fields.integer(body["size"], f"{field}.size")
    return Witnessed(origin, size, fields.hashed(body["root"], f"{field}.root"))


def answers(asked: Hello, answer: Hello) -> bool:
    """Whether a hello is the answer to the one we asked with: same line, our 16 bytes, our time, our marks, our start."""
    ours = (asked.to, asked.from_, asked.session, asked.t1_us, asked.lanes, asked.boot)
    said = (answer.from_, answer.to, answer.session[:ASKED_BYTES], answer.t1_us, answer.yours, answer.heard)
    return said == ours


def is_firm(theirs: Hello, boot: bytes) -> bool:
    """Whether its writer had heard of our start `boot`, so that nothing we sent before that can still change its marks.

    Only such a hello is compared.
    """
    return theirs.heard == boot


def clock_offset_us(answer: Hello, heard_us: int) -> tuple[int, int]:
    """(how far the answerer's clock is ahead of ours, the time the bytes were under way), both µs, as in RFC 5905 section 8."""
    assert answer.t2_us is not None
    assert answer.t3_us is not None
    offset_us = ((answer.t2_us - answer.t1_us) + (answer.t3_us - heard_us)) // 2
    return offset_us, (heard_us - answer.t1_us) - (answer.t3_us - answer.t2_us)


# ── Comparing ────────────────────────────────────────────────────────────────────────────────────────────────────────

Found = Literal["go_on_after", "we_were_put_back", "they_were_put_back", "fork"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What comparing gave, for one lane and direction (`out` what we send, `into` what we take); without a lane, for the log.

    go_on_after          send what comes after `seq`
    we_were_put_back     they claim to hold what we do not know of: sign nothing more, fetch it, recover
    they_were_put_back   they lost what they had receipted (`out`) or sent (`into`)
    fork                 at `seq` they name `theirs` where we hold `ours`
    """

    found: Found
    lane: int | None = None
    way: Literal["out", "into", "log"] = "out"
    seq: int = 0
    ours: bytes | None = None
    theirs: bytes | None = None


def compare(lanes: Lanes, theirs: Hello) -> tuple[Finding, ...]:
    """What the marks of a firm hello say beside ours, lane by lane, outgoing first.

    That they were put back is found in an answer, by what we had when we asked; never in a request, which may be late, or come
    twice, and look older than its writer is.
    """
    assert (theirs.from_, theirs.to) == (lanes.party, lanes.own)
    found: list[Finding] = []
    for lane, marks in enumerate(theirs.lanes):
        had = Marks() if theirs.yours is None else theirs.yours[lane]
        found += _compare_out(lanes, lane, marks.have, had.upto)
        found += _compare_in(lanes, lane, marks.sent, had.have.seq)
    return tuple(found)


def _compare_out(lanes: Lanes, lane: int, have: Mark, upto: int) -> list[Finding]:
    out = lanes.out[lane]
    if have.seq >= out.next:
        return [Finding(found="we_were_put_back", lane=lane, seq=have.seq, theirs=have.hash)]
    ours = out.hash_of(have.seq)
    if ours is not None and ours != have.hash:
        return [Finding(found="fork", lane=lane, seq=have.seq, ours=ours, theirs=have.hash)]
    go_on = Finding(found="go_on_after", lane=lane, seq=have.seq, ours=ours, theirs=have.hash)
    if have.seq < upto:
        return [Finding(found="they_were_put_back", lane=lane, seq=have.seq, ours=ours, theirs=have.hash), go_on]
    return [go_on]


def _compare_in(lanes: Lanes, lane: int, sent: Mark, had: int) -> list[Finding]:
    into = lanes.into[lane]
    if sent.seq >= into.next:
        return []
    ours = into.hash_of(sent.seq)
    if ours is not None and ours != sent.hash:
        return [Finding(found="fork", lane=lane, way="into", seq=sent.seq, ours=ours, theirs=sent.hash)]
    if sent.seq < had:
        return [Finding(found="they_were_put_back", lane=lane, way="into", seq=sent.seq, ours=ours, theirs=sent.hash)]
    return []


def compare_witness(theirs: Hello, origin: str, size: int, root_at: Callable[[int], bytes]) -> Finding | None:
    """What the other side cosigned of our log, beside our log of `size` entries whose root at a size is `root_at`.

    A finding means that we were put back, or that somebody signed with our log key. An earlier epoch's log says nothing of it;
    a later one is our log, too, and was lost.
    """
    seen = theirs.witness
    if seen is None:
        return None
    if seen.origin != origin:
        name, _, epoch = origin.rpartition("/")
        theirs_name, _, later = seen.origin.rpartition("/")
        known = name == theirs_name and later.isascii() and later.isdecimal() and len(later) <= EPOCH_DIGITS_MAX
        if not known or not int(epoch) < int(later) <= int(epoch) + EPOCHS_LOST_MAX:
            return None
        return Finding(found="we_were_put_back", way="log", seq=seen.size, theirs=seen.root)
    ours = root_at(seen.size) if seen.size <= size else None
    if ours == seen.root:
        return None
    return Finding(found="we_were_put_back", way="log", seq=seen.size, ours=ours, theirs=seen.root)


def heed(lanes: Lanes, findings: tuple[Finding, ...], answered: bool) -> None:
    """Stop and release lanes as the findings of one firm hello say; a fork stays until a person settles it.

    What is held because they were put back is released by an answer alone, as it was held by one.
    """
    back = any(one.found == "we_were_put_back" for one in findings)
    forked = {one.lane for one in findings if one.found == "fork" and one.way == "out"}
    held = {one.lane for one in findings if one.way == "into"}
    for out in lanes.out:
        out.put_back, out.unheard = back, False
        out.forked = out.forked or out.lane in forked
    for into in lanes.into:
        into.held = into.lane in held or (into.held and not answered)
