"""Between the flow and the record: inputs and outputs as entries and chunks, and recorded inputs back as batches to step.

A batch is what the loop stepped at once. Its boundary is journalled as a chunk of the source `batch`, numbered like the last
input of the batch: the time the node gave it, its first and last number, and whether the clock ticked at its end.
"""

import json
import struct
from collections.abc import Iterable, Iterator
from typing import Any, Final

from openline.clock import NS_PER_US
from openline.errors import BadRecord, Refused
from openline.flow import Given, Output
from openline.inbox import Act, Bytes, Frame, Intake, Tick
from openline.line import message, receipt
from openline.record.entry import Actor, Blob, Entry, NewEntry, canonical
from openline.record.envelope import unwrap
from openline.record.segment import Chunk

BATCH: Final = "batch"
JSON_MEDIA: Final = "application/json"
NODE: Final = Actor("node", "node")
COUNTERPART: Final = "counterpart"
ENVELOPE_MEDIA: Final = "application/vnd.openline.dsse+json"
FRAME_KINDS: Final = {"message": "msg.in", "receipt": "receipt.in", "hello": "hello.in"}
KIND_OF_FRAME: Final = {kind: frame for frame, kind in FRAME_KINDS.items()}
SENT_KINDS: Final = {"msg.out": message.PAYLOAD_TYPE, "receipt.out": receipt.PAYLOAD_TYPE}
"""Kind of what goes to a counterpart → the type of its payload."""
_BOUNDARY: Final = struct.Struct("<qqqB")

Batch = tuple[list[Given], int, int]
"""(inputs in order, the time now_ns, number of the last input)"""


def input_rows(given: Iterable[Given], exercise: bool) -> tuple[list[NewEntry], list[Chunk]]:
    """Entries for acts and intake, chunks for bytes; ticks live in the batch boundary."""
    entries: list[NewEntry] = []
    chunks: list[Chunk] = []
    for one in given:
        if isinstance(one, Bytes):
            chunks.append(Chunk(one.seq, one.source, one.heard_ns, one.data))
        elif isinstance(one, Act):
            blob = Blob(JSON_MEDIA, recorded_json(one.body))
            x = {"seq": one.seq, "act": one.name}
            entry = NewEntry(
                kind="act", at_us=one.at_ns // NS_PER_US, actor=Actor(one.who, one.role), blobs=(blob,), x=x, exercise=exercise
            )
            entries.append(entry)
        elif isinstance(one, Intake):
            blob = Blob(JSON_MEDIA, recorded_json({"source": one.source, "state": one.state, "why": one.why}))
            x = {"seq": one.seq, "source": one.source}
            entries.append(
                NewEntry(kind="intake", at_us=one.at_ns // NS_PER_US, actor=NODE, blobs=(blob,), x=x, exercise=exercise)
            )
        elif isinstance(one, Frame):
            entries.append(_frame_entry(one, exercise))
    return entries, chunks


def _frame_entry(one: Frame, exercise: bool) -> NewEntry:
    return NewEntry(
        kind=FRAME_KINDS[one.kind],
        at_us=one.at_ns // NS_PER_US,
        actor=Actor(one.party, COUNTERPART),
        blobs=(Blob(ENVELOPE_MEDIA, one.data),),
        ref=(f"party:{one.party}",),
        x={"seq": one.seq},
        exercise=exercise,
    )


def boundary(first: int, last: int, now_ns: int, ticked: bool) -> Chunk:
    """The journal's mark of one batch."""
    return Chunk(last, BATCH, now_ns, _BOUNDARY.pack(now_ns, first, last, ticked))


def output_rows(outputs: Iterable[Output], last: int, now_ns: int, exercise: bool) -> list[NewEntry]:
    """One entry an output that needs no signature; see `line.post` for those that do."""
    return [output_entry(one, last, now_ns, exercise) for one in outputs]


def output_entry(one: Output, last: int, now_ns: int, exercise: bool, envelope: bytes = b"") -> NewEntry:
    """The entry of an output; `x.batch` names the last input it followed from, so that a restart knows what was already
    written. What goes to a counterpart is recorded in its envelope.
    """
    assert bool(envelope) == (one.kind in SENT_KINDS)
    blob = Blob(ENVELOPE_MEDIA, envelope) if envelope else Blob(JSON_MEDIA, canonical(one.body, one.kind))
    return NewEntry(
        kind=one.kind,
        at_us=now_ns // NS_PER_US,
        actor=NODE,
        blobs=(blob,),
        ref=one.ref,
        x={"batch": last},
        exercise=exercise,
    )


def said(kind: str, data: bytes) -> bytes:
    """What the flow said in an output's object: of what went to a counterpart the payload, without what the shell filled in."""
    if kind not in SENT_KINDS:
        return data
    payload = unwrap(data, SENT_KINDS[kind], kind).payload
    if kind != "receipt.out":
        return payload
    return canonical(json.loads(payload) | {"log": None}, kind)


def says(output: Output) -> bytes:
    """An output as `said` gives it back."""
    body = output.body | {"log": None} if output.kind == "receipt.out" else output.body
    return canonical(body, output.kind)


def batches(recorded: Iterable[tuple[int, Chunk | Entry]], body_of: Any) -> Iterator[Batch]:
    """Recorded inputs as the batches they were stepped in. `body_of(entry)` gives an entry's object as bytes.

    Raises BadRecord.
    """
    given: list[Given] = []
    for seq, one in recorded:
        if isinstance(one, Entry):
            given.append(_from_entry(one, seq, body_of(one)))
        elif one.source != BATCH:
            given.append(Bytes(one.seq, one.source, one.heard_ns, one.data))
        else:
            try:
                now_ns, first, last, ticked = _BOUNDARY.unpack(one.data)
            except (struct.error, TypeError):
                raise BadRecord(f"input {seq}: the mark of its batch is damaged") from None
            if given and _seq(given[0]) < first:
                raise BadRecord(f"input {_seq(given[0])} belongs to no batch; the batch after it begins at {first}")
            if ticked:
                given.append(Tick(last, now_ns))
            yield given, now_ns, last
            given = []
    if given:
        raise BadRecord(f"inputs from {_seq(given[0])} on belong to no batch")


def _seq(one: Given) -> int:
    return one.seq


def _from_entry(entry: Entry, seq: int, data: bytes) -> Given:
    at_ns = entry.at_us * NS_PER_US
    if entry.kind in KIND_OF_FRAME:
        return Frame(seq, at_ns, entry.actor.who, KIND_OF_FRAME[entry.kind], data)
    try:
        body = json.loads(data)
        if entry.kind == "act":
            return Act(seq, at_ns, entry.actor.who, entry.actor.role, str(entry.x["act"]), body)
        return Intake(seq, str(body["source"]), at_ns, str(body["state"]), str(body["why"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadRecord(f"entry {entry.index}: its object is damaged ({type(error).__name__})", index=entry.index) from None


def recorded_json(body: Any) -> bytes:
    """JSON as it is kept. Raises `Refused` for what no reader could take back: NaN, half a character, endless nesting."""
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, TypeError, RecursionError) as wrong:
        raise Refused("body", type(wrong).__name__, "JSON of finite numbers and whole characters") from None
