"""A log that was put back from a copy signs nothing more under its name, and goes on as a new log (docs/model.md, marked-log).

Others hold more of the log than we do. Whatever we signed after that under the same name would be a second history, so from the
moment it is known entries are written without a signed head, and the newest checkpoint is again the one of the copy. After a
person has decided, the same entries go on under the next epoch's name; the first entry signed there says what came before.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, inspect, select, update

from openline import seal
from openline.errors import RecordStopped
from openline.record.entry import Committed, NewEntry
from openline.record.note import Checkpoint, Key, sign_checkpoint
from openline.record.store import tables
from openline.record.store.reading import frontier_at
from openline.record.store.writing import Head, Identity, put_checkpoint
from openline.record.witness import epoch_of, is_log_of, log_name, read_head

FIRST_OF_LOG = "log"
"""Kind of the entry that says under which name the log went on before, and how far."""


class Unsigned(msgspec.Struct, frozen=True):
    """Since when no head is signed (`size` entries), and what others hold: so many entries of the log `origin`."""

    size: int
    why: str
    origin: str
    cosigned: int


class Epochs:
    """The part of a `Store` that stops signing a log, and begins the next."""

    key: Key
    identity: Identity | None
    unsigned: Unsigned | None
    _note: str
    _head: Head
    _opened_size: int
    _next: tuple[Identity, str] | None
    _turn: threading.Lock

    def _may_write(self) -> tuple[Connection, Identity]:
        raise NotImplementedError

    def commit(self, entries: Sequence[NewEntry], *, also: Callable[[Connection], None] | None = None) -> Committed:
        """As in `Store`."""
        raise NotImplementedError

    def stop_signing(self, why: str, origin: str, cosigned: int) -> bool:
        """Others hold `cosigned` entries of our log `origin`, and we do not: sign no head more. False where it was so already.

        What was signed since the copy was opened went to nobody, unless somebody cosigned it: then it stays.
        """
        with self._turn:
            writer, identity = self._may_write()
            if self.unsigned is not None:
                return False
            self.unsigned = Unsigned(self._head.size, why, origin, cosigned)  # at once, even where the disk is full
            with writer.begin():
                table, witness = tables.checkpoint, tables.cosignature
                shown = writer.execute(select(func.max(witness.c.size))).scalar() or 0
                size = self._opened_size if shown <= self._opened_size else self._head.size
                there = Checkpoint(identity.origin, size, frontier_at(writer, size).root())
                note = sign_checkpoint(there, identity.signer, identity.quantum)
                writer.execute(delete(table).where(table.c.size >= size))
                writer.execute(insert(table), [{"size": size, "note": note}])
                row = {"size": size, "why": why, "origin": origin, "cosigned": cosigned}
                writer.execute(insert(tables.unsigned), [row])
            self.unsigned, self._note = Unsigned(**row), note  # type: ignore[arg-type]
            return True

    def begin_log(self, epoch: int, make: Callable[[dict[str, Any]], NewEntry]) -> Committed:
        """Go on under the name of a later epoch. `make` writes the entry that says so, from what is known of the log before."""
        stopped = self.unsigned
        if stopped is None or self.identity is None or epoch <= self.identity.epoch:
            raise RecordStopped("A log that signs its heads goes on under its name.")
        before = self.identity
        after = msgspec.structs.replace(before, origin=log_name(before.party, epoch), epoch=epoch)

        def also(writer: Connection) -> None:
            row = writer.execute(select(tables.head)).one()
            vkey = Key(after.origin, seal.NOTE_ED25519, after.signer.public).vkey
            writer.execute(update(tables.head).values(log=after.origin, vkey=vkey, epoch=after.epoch))
            for table in (tables.checkpoint, tables.cosignature, tables.unsigned):
                writer.execute(delete(table))
            self._next = after, put_checkpoint(writer, after, 0, Head(row.size, row.root, row.last_seq, row.sealed_seq))

        says = {"before": before.origin, "name": after.origin, "size": stopped.size, "note": self._note, "why": stopped.why}
        says |= {"theirs": {"log": stopped.origin, "size": stopped.cosigned}, "root": seal.b64(read_head(self._note).root)}
        return self.commit([make(says)], also=also)

    def _switch(self) -> None:
        """What was begun is durable."""
        if self._next is not None:
            self.identity, self._note = self._next
            self.key = Key(self.identity.origin, seal.NOTE_ED25519, self.identity.signer.public)
            self.unsigned, self._next = None, None


def later(identity: Identity, origin: object) -> Identity:
    """The identity under the name that the record has, where that is a later epoch of the same party's log."""
    if not isinstance(origin, str) or not is_log_of(identity.party, origin) or epoch_of(origin) <= identity.epoch:
        return identity
    return msgspec.structs.replace(identity, origin=origin, epoch=epoch_of(origin))


def read_unsigned(connection: Connection) -> Unsigned | None:
    """Since when no head is signed; None where all are. A reader may open a record of before there was such a table."""
    if not inspect(connection).has_table(tables.unsigned.name):
        return None
    row = connection.execute(select(tables.unsigned)).one_or_none()
    return None if row is None else Unsigned(row.size, row.why, row.origin, row.cosigned)
