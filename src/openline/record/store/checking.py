"""fsck: every row of the log against every other, from the first entry to the last. It changes nothing."""

from collections.abc import Iterator
from itertools import islice

import msgspec
from sqlalchemy import Connection, Row, func, select
from sqlalchemy.exc import DatabaseError

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record import segment
from openline.record.entry import Entry, parse
from openline.record.kinds import KINDS
from openline.record.note import Key
from openline.record.store import tables
from openline.record.store.exporting import REDACTION, redacted_objects
from openline.record.store.opening import check_note
from openline.record.store.writing import INPUT_KINDS, SEGMENT_KINDS
from openline.record.tree import Frontier, Node, leaf_hash

PAGE_ENTRIES = 1024
FAULTS_COUNT_MAX = 100


class Report(msgspec.Struct, frozen=True):
    """What fsck found, the first fault first; `good` when there is none."""

    entries_count: int
    objects_count: int
    checkpoints_count: int
    faults: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


class _Counts(msgspec.Struct):
    frontier: Frontier
    entries: int = 0
    objects: int = 0
    nodes: int = 0
    checkpoints: int = 0
    last_seq: int = -1
    sealed_seq: int = -1
    party: str = ""
    erased: dict[bytes, int] = {}  # commitment → its entry, for objects that are gone
    redacted: set[bytes] = set()


def fsck(connection: Connection, key: Key) -> Report:
    """Check everything; stops looking after `FAULTS_COUNT_MAX` faults."""
    counts = _Counts(Frontier())
    faults: list[str] = []
    try:
        for fault in islice(_faults(connection, key, counts), FAULTS_COUNT_MAX):
            faults.append(fault)
    except DatabaseError as error:  # the file is damaged below the rows: nothing after this point can be read
        faults.append(f"database file: {error.orig}")
    except (TypeError, ValueError, AttributeError) as error:
        faults.append(f"after entry {counts.frontier.size - 1}: a value of a wrong type: {error}")
    return Report(counts.entries, counts.objects, counts.checkpoints, tuple(faults))


def _faults(connection: Connection, key: Key, counts: _Counts) -> Iterator[str]:
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check(10)"):
        if line != "ok":
            yield f"database file: {line}"
    head = connection.execute(select(tables.head)).one_or_none()
    if head is None:
        yield "head: missing"
        return
    counts.party = head.party
    checkpoints = {row.size: row.note for row in connection.execute(select(tables.checkpoint))}
    counts.checkpoints = len(checkpoints)
    yield from _checkpoint(checkpoints, counts, key)
    for first in range(0, head.size, PAGE_ENTRIES):
        yield from _page(connection, first, min(first + PAGE_ENTRIES, head.size), counts, checkpoints, key)
    yield from _totals(connection, head, counts)
    for size in checkpoints:
        yield f"checkpoint {size}: the record has no such size"


def _checkpoint(checkpoints: dict[int, str], counts: _Counts, key: Key) -> Iterator[str]:
    note = checkpoints.pop(counts.frontier.size, None)
    if note is None:
        return
    try:
        check_note(note, counts.frontier.size, counts.frontier.root(), key)
    except BadRecord as bad:
        yield bad.message


def _page(
    connection: Connection, first: int, end: int, counts: _Counts, checkpoints: dict[int, str], key: Key
) -> Iterator[str]:
    table = tables.entry
    rows = {row.idx: row for row in connection.execute(select(table).where(table.c.idx >= first, table.c.idx < end))}
    place = tables.OBJECTS_PER_ENTRY
    held = tables.object_
    objects = {
        row.id: row for row in connection.execute(select(held).where(held.c.id >= first * place, held.c.id < end * place))
    }
    grown: list[Node] = []
    for index in range(first, end):
        row = rows.get(index)
        if row is None:
            yield f"entry {index}: missing"
            continue
        yield from _entry(row, objects, counts)
        grown += counts.frontier.append(leaf_hash(row.header))
        yield from _checkpoint(checkpoints, counts, key)
    for left in objects:
        yield f"object {left}: belongs to no entry"
    yield from _nodes(connection, first, end, grown)
    counts.nodes += len(grown)


def _entry(
    row: Row[tuple[int, str, bytes, bytes]], objects: dict[int, Row[tuple[int, bytes]]], counts: _Counts
) -> Iterator[str]:
    counts.entries += 1
    where = f"entry {row.idx}"
    if leaf_hash(row.header) != row.leaf:
        yield f"{where}: the header does not hash to its leaf"
    try:
        one = parse(row.idx, row.header)
    except Refused as refused:
        yield refused.message
        return
    if one.kind != row.kind:
        yield f"{where}: the column says kind {row.kind!r}, the header {one.kind!r}"
    if one.kind not in KINDS:
        yield f"{where}: unknown kind {one.kind!r}"
    if one.party != counts.party:
        yield f"{where}: the party is {one.party!r}, not {counts.party!r}"
    if one.kind == REDACTION:
        counts.redacted.update(redacted_objects(one))
    for place, ref in enumerate(one.objects):
        number = row.idx * tables.OBJECTS_PER_ENTRY + place
        yield from _object(one, place, ref.c, ref.length_bytes, objects.pop(number, None), counts)
    yield from _input(one, counts)


def _object(
    one: Entry, place: int, c: bytes, length: int, row: Row[tuple[int, bytes]] | None, counts: _Counts
) -> Iterator[str]:
    where = f"entry {one.index}, object {place}"
    if row is None:
        yield f"{where}: missing"
        return
    counts.objects += 1
    if row.c != c:
        yield f"{where}: the row's commitment is not the header's"
    if row.salt is None and row.data is None:
        counts.erased[c] = one.index
    elif row.salt is None or row.data is None or len(row.salt) != seal.SALT_BYTES:
        yield f"{where}: the salt or the bytes are missing"
    elif len(row.data) != length or seal.commitment(row.salt, row.data) != c:
        yield f"{where}: salt and bytes do not match the commitment"
    elif one.kind in SEGMENT_KINDS:
        yield from _segment(one, row.data)


def _segment(one: Entry, data: bytes) -> Iterator[str]:
    try:
        chunks = segment.decode(data)
    except Refused as refused:
        yield f"entry {one.index}: {refused.message}"
        return
    found = (chunks[0].source, len(chunks), chunks[0].seq, chunks[-1].seq)
    if found != (one.x.get("source"), one.x.get("count"), one.x.get("first"), one.x.get("last")):
        yield f"entry {one.index}: the segment is {found}, the header says otherwise"


def _input(one: Entry, counts: _Counts) -> Iterator[str]:
    name = "seq" if one.kind in INPUT_KINDS else "last" if one.kind in SEGMENT_KINDS else ""
    if not name:
        return
    seq = one.x.get(name)
    if not isinstance(seq, int) or seq < 0:
        yield f"entry {one.index}: x.{name} is {seq!r}"
        return
    counts.last_seq = max(counts.last_seq, seq)
    if name == "last":
        counts.sealed_seq = max(counts.sealed_seq, seq)


def _nodes(connection: Connection, first: int, end: int, grown: list[Node]) -> Iterator[str]:
    wanted = {(level, index): hashed for level, index, hashed in grown}
    table = tables.node
    for level in range(1, end.bit_length()):
        rows = connection.execute(
            select(table).where(table.c.level == level, table.c.idx >= first >> level, table.c.idx < end >> level)
        )
        for row in rows:
            if wanted.pop((level, row.idx), None) != row.hash:
                yield f"node ({level}, {row.idx}): it is not the hash of its two halves"
    for level, index in wanted:
        yield f"node ({level}, {index}): missing"


def _totals(connection: Connection, head: Row[tuple[str]], counts: _Counts) -> Iterator[str]:
    if counts.frontier.size != head.size or counts.frontier.root() != head.root:
        yield f"head: the root over {head.size} entries is {counts.frontier.root().hex()}, the head says {head.root.hex()}"
    for table, expected in ((tables.entry, counts.entries), (tables.node, counts.nodes), (tables.object_, counts.objects)):
        found = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if found != expected:
            yield f"table {table.name}: {found} rows, expected {expected}"
    for c, index in counts.erased.items():
        if c not in counts.redacted:
            yield f"entry {index}: an object is gone, and no redaction says so"
    chunk = tables.chunk
    lowest, highest = connection.execute(select(func.min(chunk.c.seq), func.max(chunk.c.seq))).one()
    if lowest is not None and lowest <= head.sealed_seq:
        yield f"chunk {lowest}: at or below {head.sealed_seq}, up to which everything is sealed"
    if max(counts.last_seq, -1 if highest is None else highest) > head.last_seq:
        yield f"head: the last input is {head.last_seq}, but there is {max(counts.last_seq, highest or -1)}"
    if counts.sealed_seq > head.sealed_seq:
        yield f"head: sealed up to {head.sealed_seq}, but a segment goes to {counts.sealed_seq}"
