"""The tables. Integers, text and blobs only, explicit integer keys, so that another SQL database holds the same rows.

`entry`, `node`, `object` and `checkpoint` are the log: rows are added, never changed (a redaction empties an object's
`salt` and `data`, nothing else). All other tables are the node's working state and change freely, always in the transaction
of the entry that says why.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text

SCHEMA_VERSION: Final = 1
OBJECTS_PER_ENTRY: Final = 32  # object.id = entry index × 32 + place: rows are appended in order, never scattered

metadata: Final = MetaData()

schema_version: Final = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

entry: Final = Table(
    "entry",
    metadata,
    Column("idx", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),  # repeated from the header for look-ups; fsck compares
    Column("header", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Index("entry_kind", "kind", "idx"),
)

node: Final = Table(
    "node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),  # from 1; level 0 is entry.leaf
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

object_: Final = Table(
    "object",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("c", LargeBinary, nullable=False, unique=True),
    Column("salt", LargeBinary),  # NULL, as `data`, once redacted
    Column("data", LargeBinary),
)

checkpoint: Final = Table(
    "checkpoint",
    metadata,
    Column("size", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

head: Final = Table(
    "head",
    metadata,
    Column("log", Text, primary_key=True),  # the origin
    Column("party", Text, nullable=False),
    Column("vkey", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("last_seq", BigInteger, nullable=False),  # the highest input number ever recorded
    Column("sealed_seq", BigInteger, nullable=False),  # every chunk up to here is in a segment
)

chunk: Final = Table(
    "chunk",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),
    Column("heard_ns", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("key", Text, primary_key=True),  # the same key is the same message, however often it is sent
    Column("due_us", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts_count", Integer, nullable=False),
    Column("idx", BigInteger),  # the entry that queued it
    Column("body", LargeBinary, nullable=False),
    Index("outbox_due", "state", "due_us"),
)

timer: Final = Table(
    "timer",
    metadata,
    Column("key", Text, primary_key=True),
    Column("due_us", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("timer_due", "due_us"),
)

cosignature: Final = Table(
    "cosignature",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("line", Text, nullable=False),
)

peer_checkpoint: Final = Table(
    "peer_checkpoint",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("idx", BigInteger),  # the entry that recorded it
)

operator: Final = Table(
    "operator",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("hash", Text, nullable=False),  # argon2id
    Column("created_us", BigInteger, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    Column("locked", Boolean, nullable=False),
)
