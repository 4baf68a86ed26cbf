"""The tables. Integers, text and blobs only, explicit integer keys, so that another SQL database holds the same rows.

`entry`, `node`, `object` and `checkpoint` are the log: rows are added, never changed (a redaction empties an object's
`salt` and `data`, nothing else). All other tables are the node's working state and change freely, always in the transaction
of the entry that says why.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

SCHEMA_VERSION: Final = 1
OBJECTS_PER_ENTRY: Final = 32  # object.id = entry index × 32 + place: rows are appended in order, never scattered

Whole: Final = BigInteger().with_variant(Integer, "sqlite")  # 64 bits everywhere
metadata: Final = MetaData()
STRICT: Final[dict[str, Any]] = {"sqlite_strict": True}  # a cell holds its column's type, or the database refuses it

schema_version: Final = Table(
    "schema_version", metadata, Column("version", Whole, primary_key=True, autoincrement=False), **STRICT
)

entry: Final = Table(
    "entry",
    metadata,
    Column("idx", Whole, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),  # repeated from the header for look-ups; fsck compares
    Column("header", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Index("entry_kind", "kind", "idx"),
    **STRICT,
)

node: Final = Table(
    "node",
    metadata,
    Column("level", Whole, primary_key=True, autoincrement=False),  # from 1; level 0 is entry.leaf
    Column("idx", Whole, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
    **STRICT,
)

object_: Final = Table(
    "object",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=False),
    Column("c", LargeBinary, nullable=False, unique=True),
    Column("salt", LargeBinary),  # NULL, as `data`, once redacted
    Column("data", LargeBinary),
    **STRICT,
)

checkpoint: Final = Table(
    "checkpoint",
    metadata,
    Column("size", Whole, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    **STRICT,
)

head: Final = Table(
    "head",
    metadata,
    Column("log", Text, primary_key=True),  # the origin
    Column("party", Text, nullable=False),
    Column("vkey", Text, nullable=False),
    Column("epoch", Whole, nullable=False),
    Column("size", Whole, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("last_seq", Whole, nullable=False),  # the highest input number ever recorded
    Column("sealed_seq", Whole, nullable=False),  # every chunk up to here is in a segment
    **STRICT,
)

chunk: Final = Table(
    "chunk",
    metadata,
    Column("seq", Whole, primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),
    Column("heard_ns", Whole, nullable=False),
    Column("data", LargeBinary, nullable=False),
    **STRICT,
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("key", Text, primary_key=True),  # the same key is the same message, however often it is sent
    Column("due_us", Whole, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts_count", Whole, nullable=False),
    Column("idx", Whole),  # the entry that queued it
    Column("body", LargeBinary, nullable=False),
    Index("outbox_due", "state", "due_us"),
    **STRICT,
)

timer: Final = Table(
    "timer",
    metadata,
    Column("key", Text, primary_key=True),
    Column("due_us", Whole, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("timer_due", "due_us"),
    **STRICT,
)

cosignature: Final = Table(
    "cosignature",
    metadata,
    Column("size", Whole, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("line", Text, nullable=False),
    **STRICT,
)

peer_checkpoint: Final = Table(
    "peer_checkpoint",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("size", Whole, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("idx", Whole),  # the entry that recorded it
    **STRICT,
)

operator: Final = Table(
    "operator",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("hash", Text, nullable=False),  # argon2id
    Column("created_us", Whole, nullable=False),
    Column("changed_us", Whole, nullable=False),
    Column("locked", Whole, nullable=False),
    **STRICT,
)

unsigned: Final = Table(  # added likewise: since when no head is signed, because others hold more of the log; one row or none
    "unsigned",
    metadata,
    Column("size", Whole, primary_key=True, autoincrement=False),
    Column("why", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("cosigned", Whole, nullable=False),
    **STRICT,
)

session: Final = Table(  # added to records made before it was there; see `opening.add_tables`
    "session",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # of the token a browser holds
    Column("name", Text, nullable=False),
    Column("proof", LargeBinary, nullable=False),
    Column("made_us", Whole, nullable=False),
    Column("acted_us", Whole, nullable=False),
    Column("until_us", Whole, nullable=False),
    **STRICT,
)
