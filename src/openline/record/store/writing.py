"""One commit, in the order that makes it safe. Everything here runs inside the one write transaction.

1. Chunks of feed bytes go in; when the caller seals, the chunk rows up to there become segment entries and are deleted.
2. Entries and their objects go in, then the tree nodes they complete: new rows only, so a crash loses or keeps them whole.
3. The head moves by compare-and-swap on (size, epoch): if another writer moved it, nothing of this commit may stand.
4. The checkpoint is signed over exactly that head and stored beside it.
5. COMMIT; SQLite writes the WAL and syncs it (synchronous=FULL). Only then does the caller learn the note: a note that leaves
   the process speaks of entries that are on disk.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from openline import seal
from openline.errors import Refused
from openline.record import segment
from openline.record.entry import Actor, Blob, NewEntry, seal_entry
from openline.record.note import Checkpoint, sign_checkpoint
from openline.record.segment import Chunk
from openline.record.store import tables
from openline.record.store.disk import FailPoint
from openline.record.tree import Frontier, leaf_hash

BATCH = "batch"
SEGMENT_BYTES_MAX = 8 * 1024 * 1024
KEPT_EVERY = 1024  # a checkpoint a commit would be a gigabyte a day: those within one block of entries replace each other
NODE = Actor("node", "machine")
INPUT_KINDS = ("act", "intake", "msg.in", "receipt.in", "hello.in")
SEGMENT_KINDS = ("track.segment", "batch.segment")


class Identity(msgspec.Struct, frozen=True):
    """Whose log this is. `signer` is the log key: it signs checkpoints and nothing else, ever."""

    party: str
    origin: str
    epoch: int
    signer: seal.Signer
    quantum: seal.QuantumSigner | None = None  # a second signature line (ML-DSA-44) on every checkpoint


class Head(msgspec.Struct, frozen=True):
    """Where the log ends: its size and root, the highest input number, and the number up to which chunks are sealed."""

    size: int
    root: bytes
    last_seq: int
    sealed_seq: int


class Prepared(msgspec.Struct):
    """The rows of the entries of one commit and the frontier after them."""

    frontier: Frontier
    entries: list[dict[str, Any]] = []
    objects: list[dict[str, Any]] = []
    nodes: list[dict[str, Any]] = []

    def add(self, new: Iterable[NewEntry], party: str, entropy: seal.Entropy) -> None:
        """Number, seal and hash new entries. Raises `Refused`; then nothing of the commit may be used."""
        for one in new:
            index = self.frontier.size
            header, objects = seal_entry(one, party, entropy)
            leaf = leaf_hash(header)
            self.entries.append({"idx": index, "kind": one.kind, "header": header, "leaf": leaf})
            for place, (c, salt, data) in enumerate(objects):
                self.objects.append({"id": index * tables.OBJECTS_PER_ENTRY + place, "c": c, "salt": salt, "data": data})
            for level, at, hashed in self.frontier.append(leaf):
                self.nodes.append({"level": level, "idx": at, "hash": hashed})


def seqs_of(entries: Sequence[NewEntry], chunks: Sequence[Chunk], sealed_seq: int) -> int:
    """The highest input number of a commit, −1 if none. Raises `Refused` for numbers that are missing or already sealed."""
    highest = -1
    for one in entries:
        if one.kind in INPUT_KINDS:
            seq = one.x.get("seq")
            if not isinstance(seq, int) or isinstance(seq, bool) or seq <= sealed_seq:
                raise Refused(f"{one.kind}.x.seq", seq, f"an input number above {sealed_seq}")
            highest = max(highest, seq)
        elif one.kind in SEGMENT_KINDS:
            raise Refused("kind", one.kind, "segments are made by the store when it seals")
    for chunk in chunks:
        if chunk.seq <= sealed_seq:
            raise Refused("chunk.seq", chunk.seq, f"an input number above {sealed_seq}")
        if len(chunk.data) > segment.CHUNK_BYTES_MAX:
            raise Refused("chunk.data", f"{len(chunk.data)} bytes", f"at most {segment.CHUNK_BYTES_MAX} bytes a chunk")
        if not 0 < len(chunk.source.encode()) <= segment.SOURCE_BYTES_MAX:
            raise Refused("chunk.source", chunk.source, f"1 to {segment.SOURCE_BYTES_MAX} bytes")
        highest = max(highest, chunk.seq)
    return highest


def put_chunks(connection: Connection, chunks: Sequence[Chunk]) -> None:
    """Journal chunks."""
    rows = [{"seq": one.seq, "source": one.source, "heard_ns": one.heard_ns, "data": one.data} for one in chunks]
    connection.execute(insert(tables.chunk), rows)


def take_segments(connection: Connection, seal_to: int, exercise: bool) -> list[NewEntry]:
    """One entry a source for every chunk row up to `seal_to` (more when it would be large); the rows are deleted."""
    table = tables.chunk
    rows = connection.execute(select(table).where(table.c.seq <= seal_to).order_by(table.c.source, table.c.seq)).all()
    found: list[NewEntry] = []
    for _, of_source in groupby(rows, key=lambda row: row.source):
        chunks = [Chunk(row.seq, row.source, row.heard_ns, row.data) for row in of_source]
        found.extend(_segment_entry(part, seal_to, exercise) for part in _parts(chunks))
    connection.execute(delete(table).where(table.c.seq <= seal_to))
    return found


def _parts(chunks: list[Chunk]) -> list[list[Chunk]]:
    parts: list[list[Chunk]] = [[]]
    held = 0
    for one in chunks:
        if parts[-1] and held + len(one.data) > SEGMENT_BYTES_MAX:
            parts.append([])
            held = 0
        parts[-1].append(one)
        held += len(one.data)
    return parts


def _segment_entry(chunks: list[Chunk], seal_to: int, exercise: bool) -> NewEntry:
    source = chunks[0].source
    heard = [one.heard_ns for one in chunks]
    facts = {
        "count": len(chunks),
        "first": chunks[0].seq,
        "from_us": min(heard) // 1000,
        "last": chunks[-1].seq,
        "seal": seal_to,
        "source": source,
        "to_us": max(heard) // 1000,
    }
    return NewEntry(
        kind="batch.segment" if source == BATCH else "track.segment",
        at_us=max(heard) // 1000,
        actor=NODE,
        blobs=(Blob(segment.MEDIA, segment.encode(chunks)),),
        x=facts,
        exercise=exercise,
    )


def put_rows(connection: Connection, ready: Prepared, fail: FailPoint) -> None:
    """Insert entries, objects and nodes."""
    connection.execute(insert(tables.entry), ready.entries)
    fail.passed("entries")
    if ready.objects:
        connection.execute(insert(tables.object_), ready.objects)
    fail.passed("objects")
    if ready.nodes:
        connection.execute(insert(tables.node), ready.nodes)
    fail.passed("nodes")


def move_head(connection: Connection, identity: Identity, old: Head, new: Head) -> bool:
    """Compare-and-swap the head; False when it is not where we left it."""
    table = tables.head
    moved = connection.execute(
        update(table)
        .where(table.c.log == identity.origin, table.c.epoch == identity.epoch)
        .where(table.c.size == old.size, table.c.root == old.root)
        .values(size=new.size, root=new.root, last_seq=new.last_seq, sealed_seq=new.sealed_seq)
    )
    return moved.rowcount == 1


def put_checkpoint(connection: Connection, identity: Identity, old_size: int, new: Head) -> str:
    """Sign the new head and store the note; the one before gives way unless it is cosigned or the last of its block."""
    note = sign_checkpoint(Checkpoint(identity.origin, new.size, new.root), identity.signer, identity.quantum)
    connection.execute(insert(tables.checkpoint), [{"size": new.size, "note": note}])
    if old_size // KEPT_EVERY == new.size // KEPT_EVERY and old_size > 0:
        table, witness = tables.checkpoint, tables.cosignature
        signed = select(func.count()).select_from(witness).where(witness.c.size == old_size).scalar_subquery()
        connection.execute(delete(table).where(table.c.size == old_size, signed == 0))
    return note
