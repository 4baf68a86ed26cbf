"""Operators' accounts: the rows that say who may log in, and who is logged in now.

Each change of an account goes into the same commit as its `user` entry, and ends the person's sessions with it.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, select

from openline.record.store import tables


class Operator(msgspec.Struct, frozen=True):
    """A person who may log in. `hash` is an argon2id string; it never leaves the node and is never in an entry."""

    name: str
    role: str
    hash: str
    created_us: int
    changed_us: int
    locked: bool = False

    def __repr__(self) -> str:
        return f"Operator({self.name!r}, {self.role!r}, locked={self.locked})"


class KeptSession(msgspec.Struct, frozen=True):
    """A person on one browser: the hash of the token the browser holds, and what ties it to the account as it was."""

    hash: bytes
    name: str
    proof: bytes
    made_us: int
    acted_us: int
    until_us: int

    def __repr__(self) -> str:
        return f"KeptSession({self.name!r})"


def put_operator(connection: Connection, one: Operator) -> None:
    """Write or replace one account, and end its sessions; call it from a commit's `also`."""
    connection.execute(delete(tables.operator).where(tables.operator.c.name == one.name))
    connection.execute(delete(tables.session).where(tables.session.c.name == one.name))
    connection.execute(insert(tables.operator), [{**msgspec.structs.asdict(one), "locked": int(one.locked)}])


def read_operators(connection: Connection) -> list[Operator]:
    """All accounts, by name."""
    rows = connection.execute(select(tables.operator).order_by(tables.operator.c.name))
    return [Operator(row.name, row.role, row.hash, row.created_us, row.changed_us, bool(row.locked)) for row in rows]


def keep_sessions(connection: Connection, put: Sequence[KeptSession], drop: Sequence[bytes]) -> None:
    """Write or replace sessions and remove others; call it from a commit's `also`."""
    for key in (*drop, *(one.hash for one in put)):
        connection.execute(delete(tables.session).where(tables.session.c.hash == key))
    if put:
        connection.execute(insert(tables.session), [msgspec.structs.asdict(one) for one in put])


def read_sessions(connection: Connection) -> list[KeptSession]:
    """All sessions, the oldest first."""
    rows = connection.execute(select(tables.session).order_by(tables.session.c.made_us, tables.session.c.hash))
    return [KeptSession(row.hash, row.name, row.proof, row.made_us, row.acted_us, row.until_us) for row in rows]
