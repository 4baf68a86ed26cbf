"""Reading the store. Each function takes a way to read (a short transaction) or a connection inside one."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from heapq import heappop, heappush
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from openline.errors import BadRecord, Refused
from openline.record import segment
from openline.record.entry import Entry, read_own
from openline.record.segment import Chunk
from openline.record.store import tables
from openline.record.store.writing import BATCH, INPUT_KINDS, SEGMENT_KINDS
from openline.record.tree import Frontier, NodeOf, cover

PAGE_ROWS = 500

Reading = Callable[[], AbstractContextManager[Connection]]
Salted = Callable[[bytes], tuple[bytes, bytes] | None]


def damaged(name: str, error: DBAPIError) -> BadRecord:
    """What the database could not read, as an error of ours: in which table, near which numbers."""
    found = re.search(r"\bFROM (\w+)", error.statement or "")
    table = found.group(1) if found else ""
    given = error.params if isinstance(error.params, tuple) else ()
    near = [value for value in given if isinstance(value, int)]
    place = f" at table {table}" + (f", near {near[0]}" if near else "") if table else ""
    return BadRecord(f"The record {name} cannot be read{place}: {error.orig}", name=name, table=table)


def entries(reading: Reading, after: int, limit: int | None, kinds: tuple[str, ...], end: int | None = None) -> Iterator[Entry]:
    """Entries above `after` and below `end`. Pages are separate reads: a long one would hold up the WAL."""
    table = tables.entry
    left = limit
    while left is None or left > 0:
        wanted = PAGE_ROWS if left is None else min(left, PAGE_ROWS)
        query = select(table.c.idx, table.c.header).where(table.c.idx > after).order_by(table.c.idx).limit(wanted)
        if kinds:
            query = query.where(table.c.kind.in_(kinds))
        if end is not None:
            query = query.where(table.c.idx < end)
        with reading() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            yield read_own(row.idx, row.header)
        if len(rows) < wanted:
            return
        after = rows[-1].idx
        left = None if left is None else left - len(rows)


def end_of(connection: Connection) -> tuple[int, bytes, int]:
    """Size, root and highest input number as they are on disk."""
    row = connection.execute(select(tables.head)).one()
    return row.size, row.root, row.last_seq


def salted(connection: Connection, c: bytes) -> tuple[bytes, bytes] | None:
    """Salt and bytes of an object, or None."""
    table = tables.object_
    row = connection.execute(select(table.c.salt, table.c.data).where(table.c.c == c)).one_or_none()
    return None if row is None or row.salt is None or row.data is None else (row.salt, row.data)


def objects_between(connection: Connection, first: int, end: int) -> dict[bytes, tuple[bytes, bytes]]:
    """Commitment → salt and bytes of the objects of the entries [first, end) that are not redacted."""
    table, place = tables.object_, tables.OBJECTS_PER_ENTRY
    rows = connection.execute(select(table).where(table.c.id >= first * place, table.c.id < end * place))
    return {row.c: (row.salt, row.data) for row in rows if row.salt is not None and row.data is not None}


def node_of(connection: Connection) -> NodeOf:
    """node(level, index) from the tables. Raises `BadRecord` for one that should be there."""

    def node(level: int, index: int) -> bytes:
        if level == 0:
            found = connection.execute(select(tables.entry.c.leaf).where(tables.entry.c.idx == index)).scalar_one_or_none()
        else:
            table = tables.node
            query = select(table.c.hash).where(table.c.level == level, table.c.idx == index)
            found = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise BadRecord(f"tree node ({level}, {index}) is missing", level=level, index=index)
        return bytes(found)

    return node


def frontier_at(connection: Connection, size: int) -> Frontier:
    """The tree as it stood with so many entries."""
    node = node_of(connection)
    return Frontier(size, [node(level, index) for level, index in cover(0, size)])


# ── Inputs in order ──────────────────────────────────────────────────────────────────────────────────────────────────

Pending = tuple[int, int, int, Any]
"""seq, 0 or 1 (a batch boundary comes after the input of the same number), a tie-breaker, the input."""


def inputs(
    reading: Reading, salted_of: Salted, after_seq: int, missing: list[Entry] | None = None, after_index: int = -1
) -> Iterator[tuple[int, Chunk | Entry]]:
    """Merge sealed segments, unsealed rows and input entries by number.

    A segment says up to which number its seal went (`x.seal`); once a later seal begins, nothing at or below can still come, so
    memory holds about one second of input however long the record is. Segments that were redacted are added to `missing`, or
    refused with `BadRecord` where nobody asks for them.
    """
    with reading() as connection:
        size = connection.execute(select(tables.head.c.size)).scalar_one()
        table = tables.chunk
        unsealed = connection.execute(select(table).where(table.c.seq > after_seq).order_by(table.c.seq)).all()
    pending: list[Pending] = []
    count = sealing = -1
    for one in entries(reading, after_index, None, INPUT_KINDS + SEGMENT_KINDS, size):
        seal = _fact(one, "seal") if one.kind in SEGMENT_KINDS else sealing
        if seal != sealing:
            yield from _settled(pending, sealing)
            sealing = seal
        for given in _given(one, salted_of, after_seq, missing):
            count += 1
            seq = given.seq if isinstance(given, Chunk) else _fact(given, "seq")
            heappush(pending, (seq, int(isinstance(given, Chunk) and given.source == BATCH), count, given))
    for row in unsealed:
        count += 1
        heappush(pending, (row.seq, int(row.source == BATCH), count, Chunk(row.seq, row.source, row.heard_ns, row.data)))
    yield from _settled(pending, None)


def _settled(pending: list[Pending], up_to: int | None) -> Iterator[tuple[int, Chunk | Entry]]:
    while pending and (up_to is None or pending[0][0] <= up_to):
        seq, _, _, given = heappop(pending)
        yield seq, given


def _given(one: Entry, salted_of: Salted, after_seq: int, missing: list[Entry] | None) -> list[Chunk] | list[Entry]:
    if one.kind in INPUT_KINDS:
        return [one] if _fact(one, "seq") > after_seq else []
    if _fact(one, "last") <= after_seq:
        return []
    found = salted_of(one.objects[0].c)
    if found is None and missing is not None:
        missing.append(one)
        return []
    if found is None:
        raise BadRecord(f"entry {one.index}: its segment was redacted or is missing", index=one.index)
    try:
        return [chunk for chunk in segment.decode(found[1]) if chunk.seq > after_seq]
    except Refused as refused:
        raise BadRecord(f"entry {one.index}: {refused.message}", index=one.index) from None


def _fact(one: Entry, name: str) -> int:
    value = one.x.get(name)
    if not isinstance(value, int):
        raise BadRecord(f"entry {one.index}: x.{name} is not a number", index=one.index)
    return value
