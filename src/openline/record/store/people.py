"""Operators' accounts: the rows that say who may log in. Each change goes into the same commit as its `user` entry."""

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


def put_operator(connection: Connection, one: Operator) -> None:
    """Write or replace one account; call it from a commit's `also`."""
    connection.execute(delete(tables.operator).where(tables.operator.c.name == one.name))
    connection.execute(insert(tables.operator), [{**msgspec.structs.asdict(one), "locked": int(one.locked)}])


def read_operators(connection: Connection) -> list[Operator]:
    """All accounts, by name."""
    rows = connection.execute(select(tables.operator).order_by(tables.operator.c.name))
    return [Operator(row.name, row.role, row.hash, row.created_us, row.changed_us, bool(row.locked)) for row in rows]
