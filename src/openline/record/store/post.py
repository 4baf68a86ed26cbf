"""What waits to be sent, and what witnesses and counterparts said of logs: rows beside the log, written in a commit's `also`.

An outbox key is text that sorts in the order of sending, so that what comes next is one look at an index.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from openline.record.store import tables


class Waiting(msgspec.Struct, frozen=True):
    """One thing to be sent: `key` is unique and sorts in the order of sending; `body` is the exact bytes."""

    key: str
    due_us: int
    kind: str
    body: bytes
    state: str = "queued"  # or "sending": a call was begun of which nobody has said how it ended


def put_waiting(connection: Connection, rows: Iterable[Waiting]) -> None:
    """Add or replace rows; call it from a commit's `also`."""
    for one in rows:
        connection.execute(delete(tables.outbox).where(tables.outbox.c.key == one.key))
        row = {**msgspec.structs.asdict(one), "attempts_count": 0, "idx": None}
        connection.execute(insert(tables.outbox), [row])


def drop_waiting(connection: Connection, after: str, upto: str) -> None:
    """Remove the keys in (after, upto]; call it from a commit's `also`."""
    key = tables.outbox.c.key
    connection.execute(delete(tables.outbox).where(key > after, key <= upto))


def read_waiting(connection: Connection, after: str, upto: str, limit: int) -> list[Waiting]:
    """The first rows with keys in (after, upto], in order."""
    box = tables.outbox
    rows = connection.execute(select(box).where(box.c.key > after, box.c.key <= upto).order_by(box.c.key).limit(limit))
    return [Waiting(row.key, row.due_us, row.kind, bytes(row.body), row.state) for row in rows]


def mark_sending(connection: Connection, key: str) -> bool:
    """A call for this row begins now. False where it does not wait any more; then there must be none."""
    box = tables.outbox
    waits = (box.c.key == key, box.c.state == "queued")
    changed = connection.execute(update(box).where(*waits).values(state="sending", attempts_count=box.c.attempts_count + 1))
    return int(changed.rowcount) == 1


def take_away(connection: Connection, key: str, *, unless_sending: bool = False) -> None:
    """Remove one row: what became of it is known, or it is not wanted any more."""
    box = tables.outbox
    connection.execute(delete(box).where(box.c.key == key, *([box.c.state != "sending"] if unless_sending else [])))


def put_peer_checkpoint(connection: Connection, origin: str, size: int, note: str) -> None:
    """The newest checkpoint of another log that we cosigned, instead of the one before; call it from a commit's `also`."""
    connection.execute(delete(tables.peer_checkpoint).where(tables.peer_checkpoint.c.origin == origin))
    connection.execute(insert(tables.peer_checkpoint), [{"origin": origin, "size": size, "note": note, "idx": None}])


def read_peer_checkpoint(connection: Connection, origin: str) -> str | None:
    """The note of the newest checkpoint of another log that we cosigned."""
    found = connection.execute(select(tables.peer_checkpoint.c.note).where(tables.peer_checkpoint.c.origin == origin))
    row: Any = found.first()
    return None if row is None else str(row.note)


def read_peer_checkpoints(connection: Connection) -> list[tuple[str, str]]:
    """(origin, note) of every other log of which we cosigned something, by origin."""
    table = tables.peer_checkpoint
    return [(row.origin, row.note) for row in connection.execute(select(table).order_by(table.c.origin))]


def newest_peer_checkpoint(connection: Connection, prefix: str) -> str | None:
    """The origin, of those that begin with `prefix`, of which we cosigned last: the longest, then the greatest."""
    table = tables.peer_checkpoint
    rows = connection.execute(select(table.c.origin).where(table.c.origin >= prefix, table.c.origin < prefix + "\uffff"))
    return max((str(row.origin) for row in rows), key=lambda origin: (len(origin), origin), default=None)


def put_cosignature(connection: Connection, size: int, name: str, line: str) -> None:
    """A witness's line under our checkpoint of `size`; the newest of each witness is kept."""
    table = tables.cosignature
    connection.execute(delete(table).where(table.c.name == name, table.c.size <= size))
    connection.execute(insert(table), [{"size": size, "name": name, "line": line}])


def read_cosignatures(connection: Connection) -> list[tuple[int, str, str]]:
    """(size, witness, line) of every cosignature held, by size."""
    table = tables.cosignature
    return [(row.size, row.name, row.line) for row in connection.execute(select(table).order_by(table.c.size, table.c.name))]
