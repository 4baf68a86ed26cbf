"""What is checked each time a record is opened, however the last run ended."""

from sqlalchemy import Connection, func, insert, select

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record.note import Checkpoint, Key, Note, parse_checkpoint, parse_note, parse_vkey, sign_checkpoint, verified_by
from openline.record.store import tables
from openline.record.store.epochs import Unsigned, later, read_unsigned
from openline.record.store.reading import frontier_at
from openline.record.store.writing import Head, Identity
from openline.record.tree import EMPTY_ROOT, Frontier, leaf_hash

TAIL_ENTRIES = 256  # headers hashed again at each start; fsck hashes all


def check_head(connection: Connection, identity: Identity | None) -> tuple[str, Frontier, Head, str, Key]:
    """Party, frontier, head, last checkpoint and log key of a record whose end is sound; `BadRecord` names what differs."""
    _check_schema(connection)
    row = connection.execute(select(tables.head)).one_or_none()
    if row is None:
        raise BadRecord("the head is missing")
    key = _log_key(row.vkey)
    if identity is not None:
        _check_identity(row, key, later(identity, row.log))
    frontier = _frontier(connection, row.size)
    if frontier.root() != row.root:
        raise BadRecord(f"head: the root is {row.root.hex()}, but the tree of {row.size} entries has {frontier.root().hex()}")
    _check_tail(connection, row.size)
    head = Head(row.size, row.root, row.last_seq, row.sealed_seq)
    return row.party, frontier, head, _check_note(connection, head, read_unsigned(connection), key), key


def make_tables(connection: Connection, identity: Identity) -> None:
    """An empty record."""
    tables.metadata.create_all(connection)
    key = Key(identity.origin, seal.NOTE_ED25519, identity.signer.public)
    connection.execute(insert(tables.schema_version), [{"version": tables.SCHEMA_VERSION}])
    row = {"log": identity.origin, "party": identity.party, "vkey": key.vkey, "epoch": identity.epoch}
    empty = {"size": 0, "root": EMPTY_ROOT, "last_seq": -1, "sealed_seq": -1}
    connection.execute(insert(tables.head), [row | empty])
    note = sign_checkpoint(Checkpoint(identity.origin, 0, EMPTY_ROOT), identity.signer, identity.quantum)
    connection.execute(insert(tables.checkpoint), [{"size": 0, "note": note}])


def add_tables(connection: Connection) -> None:
    """Make the working tables that a record of an earlier release lacks. A table of the log is never made again."""
    tables.session.create(connection, checkfirst=True)
    tables.unsigned.create(connection, checkfirst=True)


def _check_schema(connection: Connection) -> None:
    found = connection.execute(select(func.max(tables.schema_version.c.version))).scalar()
    if found != tables.SCHEMA_VERSION:
        raise BadRecord(f"the record has schema version {found}; this Openline reads {tables.SCHEMA_VERSION}", version=found)


def _log_key(vkey: str) -> Key:
    try:
        return parse_vkey(vkey, "head.vkey")
    except Refused as refused:
        raise BadRecord(f"head: {refused.message}") from None


def _check_identity(row: object, key: Key, identity: Identity) -> None:
    for name, stored, given in (
        ("party", getattr(row, "party", None), identity.party),
        ("origin", getattr(row, "log", None), identity.origin),
        ("epoch", getattr(row, "epoch", None), identity.epoch),
        ("key", key.public.hex(), identity.signer.public.hex()),
    ):
        if stored != given:
            raise BadRecord(f"the record's {name} is {stored}, the node's is {given}", what=name)


def _frontier(connection: Connection, size: int) -> Frontier:
    count, highest = connection.execute(select(func.count(), func.max(tables.entry.c.idx))).one()
    if count != size or (highest if highest is not None else -1) != size - 1:
        raise BadRecord(f"the head says {size} entries; the record holds {count}, the last of them numbered {highest}")
    return frontier_at(connection, size)


def _check_tail(connection: Connection, size: int) -> None:
    table = tables.entry
    rows = connection.execute(select(table).where(table.c.idx >= size - TAIL_ENTRIES).order_by(table.c.idx))
    for row in rows:
        if leaf_hash(row.header) != row.leaf:
            raise BadRecord(f"entry {row.idx}: its bytes do not hash to its leaf", index=row.idx)


def _check_note(connection: Connection, head: Head, unsigned: Unsigned | None, key: Key) -> str:
    table = tables.checkpoint
    size = head.size if unsigned is None else min(unsigned.size, head.size)
    text = connection.execute(select(table.c.note).where(table.c.size == size)).scalar_one_or_none()
    if text is None:
        raise BadRecord(f"there is no checkpoint of {size} entries, which is where the head stands")
    highest = connection.execute(select(func.max(table.c.size))).scalar_one()
    if highest != size:
        raise BadRecord(f"a checkpoint of {highest} entries was signed, but the head stands at {size}")
    check_note(text, size, frontier_at(connection, size).root(), key)
    return str(text)


def check_note(text: str, size: int, root: bytes | None, key: Key) -> Checkpoint:
    """The checkpoint in a stored note that is signed by `key` for `size` and `root`; else `BadRecord`."""
    where = f"checkpoint {size}"
    try:
        note: Note = parse_note(text.encode("utf-8", "surrogatepass"))
        found = parse_checkpoint(note.text)
        signed = [one for one, _ in verified_by(note, [key])]
    except Refused as refused:
        raise BadRecord(f"{where}: {refused.message}", size=size) from None
    except BadRecord as bad:
        raise BadRecord(f"{where}: {bad.message}", size=size) from None
    if not signed:
        raise BadRecord(f"{where}: it is not signed by the log's key", size=size)
    expected = Checkpoint(key.name, size, found.root if root is None else root)
    if found != expected:
        raise BadRecord(f"{where}: it says {found.text!r}, expected {expected.text!r}", size=size)
    return found
