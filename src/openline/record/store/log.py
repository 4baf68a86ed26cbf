"""The store: one object that opens the record, writes it, reads it and closes it."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from openline import seal
from openline.errors import BadRecord, BadSetting, DiskFull, OpenlineError, RecordStopped, Refused
from openline.record.entry import Committed, NewEntry
from openline.record.segment import Chunk
from openline.record.store import disk, exporting, reading, writing
from openline.record.store.ballast import Ballast, no_room
from openline.record.store.epochs import Epochs, later, read_unsigned
from openline.record.store.looking import Reads
from openline.record.store.opening import add_tables, check_head, make_tables
from openline.record.store.writing import Head, Identity, Prepared
from openline.record.tree import Frontier

Also = Callable[[Connection], None]


class Store(Epochs, Reads):
    """A record that is open. Make one with `create` or `open`; one thread at a time writes, any number read."""

    warnings: tuple[str, ...]
    _frontier: Frontier

    def __init__(self, path: Path, identity: Identity | None, lock: disk.Lock | None, entropy: seal.Entropy) -> None:
        self.path = path
        self.identity = identity
        self.warnings = disk.warnings()
        self._entropy = entropy
        self._lock = lock
        self._turn = threading.Lock()
        self._stopped = ""
        self._next = None
        self._fail = disk.FailPoint()
        self.ballast: Ballast | None = None  # given up once when the disk is full
        self.patience: Callable[[DiskFull], None] | None = None  # asked when that is gone, too: returns to try again
        self._readers: Engine = disk.reading_engine(path)
        self._writer: Connection | None = None

    # ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @classmethod
    def create(cls, path: Path | str, identity: Identity, *, entropy: seal.Entropy = os.urandom) -> Self:
        """Make an empty record and open it. Raises `BadSetting` when there is a file already."""
        path = Path(path)
        disk.refuse_network_disk(path.parent)
        lock = disk.Lock(path)
        try:
            disk.make_file(path)
            engine = disk.writing_engine(path)
            with engine.begin() as connection:
                make_tables(connection, identity)
            engine.dispose()
            disk.sync_folder(path.parent)
            return cls._opened(path, identity, lock, entropy)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(
        cls, path: Path | str, identity: Identity | None, *, read_only: bool = False, entropy: seal.Entropy = os.urandom
    ) -> Self:
        """Open a record; the same checks run whether or not the last run ended well.

        The right edge of the tree is computed anew from the stored nodes and compared with the head and the last checkpoint,
        whose signature is verified; `BadRecord` names what differs. `AlreadyRunning` when another process writes. A reader
        needs neither the lock nor the key.
        """
        path = Path(path)
        if not path.exists():
            raise BadSetting(f"There is no record at {path.name}; `openline init` makes one.", path=str(path))
        if read_only:
            return cls._opened(path, identity, None, entropy)
        if identity is None:
            raise BadSetting("A record is opened for writing with its log key only.", path=str(path))
        disk.refuse_network_disk(path.parent)
        lock = disk.Lock(path)
        try:
            return cls._opened(path, identity, lock, entropy)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _opened(cls, path: Path, identity: Identity | None, lock: disk.Lock | None, entropy: seal.Entropy) -> Self:
        store = cls(path, identity, lock, entropy)
        try:
            if lock is not None:
                store._writer = disk.writing_engine(path).connect()
                with store._writer.begin():
                    add_tables(store._writer)
            with store._reading() as connection:
                found = check_head(connection, identity)
                store.unsigned = read_unsigned(connection)
            store._party, store._frontier, store._head, store._note, store.key = found
            store._opened_size = store._head.size
            store.identity = None if identity is None else later(identity, store.key.name)
        except DBAPIError as error:
            store._close_files()
            raise reading.damaged(path.name, error) from error
        except (TypeError, ValueError, AttributeError) as error:
            store._close_files()
            raise BadRecord(f"The record {path.name} holds a value of a wrong type: {error}", path=str(path)) from error
        except BaseException:
            store._close_files()
            raise
        return store

    def close(self) -> None:
        """Close the files and let the next process in."""
        self._close_files()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _close_files(self) -> None:
        self._readers.dispose()  # first: the last connection to close moves the log into the file, and readers cannot
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def commit(
        self,
        entries: Sequence[NewEntry],
        chunks: Sequence[Chunk] = (),
        seal_to: int | None = None,
        also: Also | None = None,
        *,
        exercise: bool = False,
    ) -> Committed:
        """Make entries and chunks durable in one transaction, and what `also` writes with them; then say so.

        `seal_to`: every chunk up to this number becomes part of a segment entry, one a source. Raises `Refused` or `DiskFull`
        (nothing was written, the store goes on), whatever `also` raises (likewise; it may be called twice), or `RecordStopped`
        when it is not known what is on disk: from then on the store refuses everything.
        """
        with self._turn:
            writer, identity = self._may_write()
            highest = writing.seqs_of(entries, chunks, self._head.sealed_seq)
            more = (seal_to, also, highest, exercise)
            while (done := self._try(writer, identity, entries, chunks, more)) is None:
                pass
            return done

    def _try(
        self,
        writer: Connection,
        identity: Identity,
        entries: Sequence[NewEntry],
        chunks: Sequence[Chunk],
        more: tuple[int | None, Also | None, int, bool],
    ) -> Committed | None:
        """One try of a commit; None: there was no room, now there is."""
        ready, self._next = Prepared(self._frontier.copy()), None
        try:
            writer.begin()
            head, note = self._fill(writer, identity, ready, entries, chunks, *more)
            self._fail.passed("before_commit")
        except (IntegrityError, Refused):
            self._undo(writer)
            raise
        except (SQLAlchemyError, OSError, RecordStopped) as error:
            if (wrong := self._room_made(writer, error)) is None:
                return None
            raise wrong from error
        except BaseException:
            self._undo(writer)
            raise
        try:
            writer.commit()
        except BaseException as error:
            if (wrong := self._room_made(writer, error)) is None:
                return None
            raise wrong from error
        self._fail.passed("after_commit")
        first = self._head.size
        self._frontier, self._head, self._note = ready.frontier, head, note
        self._switch()
        return Committed(first, head.size, head.root, note)

    def _room_made(self, writer: Connection, error: BaseException) -> OpenlineError | None:
        """None when the same may be tried again; else what to raise: `DiskFull` only where nothing was written."""
        if not no_room(error) or not self._undone(writer):
            return self._stop(error)
        if self.ballast is not None and self.ballast.give_up():
            return None
        full = DiskFull("The disk of the record is full: nothing was written.")
        if self.patience is None:
            return full
        self.patience(full)
        return None

    def _undone(self, writer: Connection) -> bool:
        """Whether the record ends, after a write that failed, where it did before."""
        try:
            writer.rollback()
            raw: Any = writer.connection.dbapi_connection
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            with self._reading() as connection:
                return reading.end_of(connection) == (self._head.size, self._head.root, self._head.last_seq)
        except (SQLAlchemyError, OSError, BadRecord, disk.DatabaseFault):
            return False

    def _fill(
        self,
        writer: Connection,
        identity: Identity,
        ready: Prepared,
        entries: Sequence[NewEntry],
        chunks: Sequence[Chunk],
        seal_to: int | None,
        also: Also | None,
        highest: int,
        exercise: bool,
    ) -> tuple[Head, str]:
        ready.add(entries, identity.party, self._entropy)
        if chunks:
            writing.put_chunks(writer, chunks)
        self._fail.passed("chunks")
        last_seq, sealed_seq = max(self._head.last_seq, highest), self._head.sealed_seq
        if seal_to is not None:
            # Never beyond the last input: what is sealed is closed, and no number at or below it may come later.
            seal_to = min(seal_to, last_seq)
            ready.add(writing.take_segments(writer, seal_to, exercise), identity.party, self._entropy)
            sealed_seq = max(sealed_seq, seal_to)
        self._fail.passed("sealed")
        if ready.entries:
            writing.put_rows(writer, ready, self._fail)
        head = Head(ready.frontier.size, ready.frontier.root(), last_seq, sealed_seq)
        if not writing.move_head(writer, identity, self._head, head):
            raise RecordStopped("Somebody else moved the end of the record; this node stops signing it.")
        self._fail.passed("head")
        signs = ready.entries and self.unsigned is None
        note = writing.put_checkpoint(writer, identity, self._head.size, head) if signs else self._note
        self._fail.passed("checkpoint")
        if also is not None:
            also(writer)
        self._fail.passed("also")
        return head, note

    def redact(self, objects: Sequence[bytes], entry: NewEntry) -> Committed:
        """Erase objects and salts for good, with the `redaction` entry that says by whom and why. Commitments stay."""
        held = [c for c in objects if self.salted(c) is not None]
        if not objects or len(held) != len(objects):
            raise Refused("objects", len(objects), "commitments of objects that are held here and not redacted yet")
        done = self.commit([exporting.redaction(objects, entry)], also=lambda writer: exporting.erase(writer, objects))
        with self._turn:
            try:
                disk.empty_write_ahead_log(self._may_write()[0])
            except disk.DatabaseFault as error:
                raise self._stop(error) from error
        return done

    def _may_write(self) -> tuple[Connection, Identity]:
        if self._stopped:
            raise RecordStopped(self._stopped)
        if self._writer is None or self.identity is None:
            raise RecordStopped("This record is open for reading only, or closed.")
        return self._writer, self.identity

    def _undo(self, writer: Connection) -> None:
        try:
            writer.rollback()
        except BaseException as error:
            raise self._stop(error) from error

    def _stop(self, error: BaseException) -> RecordStopped:
        cause = getattr(error, "orig", None) or error
        self._stopped = f"The record stopped: {cause}. What was being written may or may not be on disk."
        return RecordStopped(self._stopped)

    def bundle(self, order: exporting.Order) -> Iterator[tuple[str, bytes]]:
        """The files of a bundle of this record as it stands now, one at a time; writing them down is the caller's."""
        return exporting.bundle(self, order)
