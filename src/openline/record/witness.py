"""A witness of somebody else's log, and the asking of one (C2SP tlog-witness v1.0.0): bytes in, a decision out, nothing kept.

    old 20852014
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
    …
                                                  ← an empty line, then the checkpoint as it is signed
    example.com/behind-the-sofa
    20852163
    …

For each log a witness remembers what it last cosigned. `decide` says what becomes of a request and what must be durable before
anything is answered; looking that up, deciding and storing it are one step, which is for the caller to keep whole: between two
requests that are decided at once, the later could put the log back.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record.note import (
    NOTE_BYTES_MAX,
    SIZE_MAX,
    Checkpoint,
    Key,
    Note,
    cosign,
    parse_checkpoint,
    parse_note,
    signature_line,
    verified_by,
)
from openline.record.tree import EMPTY_ROOT, NodeOf, consistency, verify_consistency

PROOF_LINES_MAX: Final = 63
BODY_BYTES_MAX: Final = NOTE_BYTES_MAX + 8_192
SIZE_MEDIA: Final = "text/x.tlog.size"
TEXT_MEDIA: Final = "text/plain; charset=utf-8"
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)
_SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


def witness_name(party: str) -> str:
    """The name of the key with which a party cosigns."""
    return f"{party}/openline/witness"


def logs_of(party: str) -> str:
    """What the names of all logs of a party begin with."""
    return f"{party}/openline/log/"


def log_name(party: str, epoch: int) -> str:
    """The name of a party's log: south.example/openline/log/1."""
    return f"{logs_of(party)}{epoch}"


def epoch_of(origin: str) -> int:
    """The epoch in the name of a log."""
    return int(origin.rpartition("/")[2])


def is_log_of(party: str, origin: str) -> bool:
    """Whether an origin is that of a log of the party: `<party>/openline/log/<epoch>`."""
    start = logs_of(party)
    return origin.startswith(start) and re.fullmatch(r"[1-9][0-9]{0,8}", origin[len(start) :], re.ASCII) is not None


class Log(msgspec.Struct, frozen=True):
    """A log that is witnessed: its origin and the keys, one of which must have signed a checkpoint."""

    origin: str
    keys: tuple[Key, ...]


class Held(msgspec.Struct, frozen=True):
    """What was last cosigned of a log; of one never seen, the empty tree. Of one that is `forked` no more is cosigned."""

    size: int = 0
    root: bytes = EMPTY_ROOT
    note: str = ""
    forked: bool = False


class AddCheckpoint(msgspec.Struct, frozen=True):
    """A request: the size that the asker believes was last cosigned, the proof from there, and the signed checkpoint's text."""

    old: int
    proof: tuple[bytes, ...]
    note: str


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a request.

    `status` is the HTTP status. `keep`, where it is not None, must be durable before anything is answered; the answer to 200 is
    then `cosignature`, to the others `body`. `evidence` are notes that contradict (`proved`) or do not follow each other; both
    are to be kept.
    """

    status: int
    why: str = ""
    body: bytes = b""
    media: str = TEXT_MEDIA
    head: Checkpoint | None = None
    keep: Held | None = None
    evidence: tuple[str, ...] = ()
    proved: bool = False


# ── The request ──────────────────────────────────────────────────────────────────────────────────────────────────────


def write_add(asked: AddCheckpoint) -> bytes:
    """The body of an add-checkpoint request."""
    lines = [f"old {asked.old}", *map(seal.b64, asked.proof)]
    return ("\n".join(lines) + "\n\n" + asked.note).encode()


def read_add(data: bytes, field: str = "add-checkpoint") -> AddCheckpoint:
    """The request in a body. Raises `Refused`, which is HTTP 400, unless writing it again gives the same bytes."""
    if len(data) > BODY_BYTES_MAX:
        raise Refused(field, f"{len(data)} bytes", f"at most {BODY_BYTES_MAX} bytes")
    head, empty, note = data.partition(b"\n\n")
    try:
        lines, text = head.decode("ascii").split("\n"), note.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(field, data[:40], "lines of ASCII, an empty line, a checkpoint in UTF-8") from None
    match = _OLD.fullmatch(lines[0])
    if not empty or match is None or int(match.group(1)) > SIZE_MAX:
        raise Refused(
            f"{field}.old", lines[0][:40], "a first line such as old 20852014, and an empty line before the checkpoint"
        )
    return AddCheckpoint(int(match.group(1)), read_proof(lines[1:], f"{field}.proof"), text)


def read_proof(lines: Sequence[object], field: str = "proof") -> tuple[bytes, ...]:
    """The hashes of a consistency proof, each base64. Raises `Refused`."""
    if len(lines) > PROOF_LINES_MAX:
        raise Refused(field, len(lines), f"at most {PROOF_LINES_MAX} hashes")
    found = []
    for line in lines:
        if not isinstance(line, str):
            raise Refused(field, line, "base64 of 32 bytes")
        found.append(seal.from_b64(line, field, seal.HASH_BYTES))
    return tuple(found)


def asking(old: int, note: str, node: NodeOf) -> AddCheckpoint:
    """Our own request to a witness that last cosigned our log at `old`: the newest checkpoint, and the proof out of our tree.

    Raises `Refused` where the witness holds more than we have: then this node was put back to an older state.
    """
    head = read_head(note)
    if old > head.size:
        raise Refused("witness.size", old, f"at most {head.size}, the size of this log; more means that it was put back")
    return AddCheckpoint(old, tuple(consistency(old, head.size, node)), note)


def read_head(note: str, field: str = "note") -> Checkpoint:
    """The checkpoint in a signed note, nothing verified. Raises `Refused`."""
    try:
        return parse_checkpoint(parse_note(note.encode("utf-8")).text)
    except UnicodeEncodeError:
        raise Refused(field, note[:40], "text without lone surrogates") from None


# ── Deciding ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def decide(asked: AddCheckpoint, log: Log | None, held: Held) -> Decision:
    """What becomes of a request about `log` (None where we witness no log of that origin), of which `held` was last cosigned.

    The order of the checks is the specification's. Never raises for what stands in the request.
    """
    try:
        note = parse_note(asked.note.encode("utf-8", "surrogatepass"))
        head = parse_checkpoint(note.text)
    except Refused as wrong:
        return Decision(status=400, why=wrong.message)
    if log is None or head.origin != log.origin:
        return Decision(status=404, why=f"{head.origin[:200]} is no log that is witnessed here", head=head)
    try:
        signed = verified_by(note, log.keys)
    except BadRecord as wrong:
        return Decision(status=403, why=wrong.message, head=head)
    if not signed:
        return Decision(status=403, why="no key of the log signed it", head=head)
    if asked.old > head.size:
        return Decision(status=400, why=f"old {asked.old} is more than the checkpoint's size {head.size}", head=head)
    return _consistent(asked, head, _without_strangers(note, [key for key, _ in signed]), held)


def _consistent(asked: AddCheckpoint, head: Checkpoint, note: str, held: Held) -> Decision:
    """The part of `decide` that is about a checkpoint the log did sign."""
    if asked.old != held.size:
        back = Decision(status=409, why=f"{held.size} is held", body=b"%d\n" % held.size, media=SIZE_MEDIA, head=head)
        return _forked(back, note, held) if _contradicts(head, held) else back
    if _contradicts(head, held):
        return _forked(Decision(status=422, why="the log signed two trees of one size", head=head), note, held)
    if held.forked:
        return Decision(status=422, why="this log contradicted itself; nothing more of it is cosigned", head=head)
    if head.size == 0 and head.root != EMPTY_ROOT:
        return Decision(status=422, why="the root of no entries is the hash of nothing", head=head)
    if (asked.old == 0 and asked.proof) or not verify_consistency(asked.old, head.size, held.root, head.root, asked.proof):
        return Decision(status=422, why="the proof does not show it", head=head, evidence=(held.note, note))
    return Decision(status=200, head=head, keep=Held(head.size, head.root, note))


def _contradicts(head: Checkpoint, held: Held) -> bool:
    """Whether the log signed both, and no log can have both: that is proof, whatever else is wrong with a request."""
    return held.note != "" and head.size == held.size and head.root != held.root


def _forked(decision: Decision, note: str, held: Held) -> Decision:
    stopped = msgspec.structs.replace(held, forked=True)
    return msgspec.structs.replace(decision, keep=stopped, evidence=(held.note, note), proved=True)


def _without_strangers(note: Note, keys: Sequence[Key]) -> str:
    """The note with the log's own signatures alone: nobody fills a witness's disk with lines of keys it does not know."""
    known = {(key.name, key.key_id) for key in keys}
    lines = [signature_line(one.name, one.key_id, one.data) for one in note.signatures if (one.name, one.key_id) in known]
    return f"{note.text}\n{''.join(lines)}"


def cosignature(decision: Decision, party: str, signer: seal.Signer, time_s: int) -> str:
    """The signature line that answers a 200, once what it says to keep is durable. `time_s` is our clock's and above 0."""
    assert decision.status == 200
    assert decision.head is not None
    assert time_s > 0
    return cosign(decision.head.text, witness_name(party), signer, time_s)


# ── What a witness answered us ───────────────────────────────────────────────────────────────────────────────────────


def read_cosignatures(answer: bytes, note: str, keys: Iterable[Key]) -> list[tuple[Key, int, str]]:
    """(key, time in s, line) of each known witness among the lines a witness gave for our checkpoint `note`.

    Lines of unknown keys are passed over. Raises `Refused` for what is no signature line, `BadRecord` for a wrong signature.
    """
    text = parse_note(note.encode()).text
    try:
        lines = answer.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Refused("cosignature", answer[:40], "UTF-8") from None
    if lines[-1] != "" or len(lines) < 2:
        raise Refused("cosignature", answer[:80], "signature lines, each with a newline at its end")
    known = tuple(keys)
    found: list[tuple[Key, int, str]] = []
    for line in lines[:-1]:
        for key, time_s in verified_by(parse_note(f"{text}\n{line}\n".encode()), known):
            if time_s == 0 or any(key is other for other, _, _ in found):
                raise BadRecord(f"{key.name} cosigned twice, or without a time", key=key.name)
            found.append((key, time_s, f"{line}\n"))
    return found


def read_size(answer: bytes) -> int:
    """The size a witness holds, out of its 409. Raises `Refused`."""
    match = _SIZE.fullmatch(answer)
    if match is None or int(match.group(1)) > SIZE_MAX:
        raise Refused("size", answer[:40], "a decimal number and a newline")
    return int(match.group(1))
