"""The store: one object that opens the record, writes it, reads it and closes it."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from openline import seal
from openline.errors import BadRecord, BadSetting, RecordStopped, Refused
from openline.record import tree
from openline.record.entry import Committed, Entry, NewEntry
from openline.record.note import Checkpoint, Key, sign_checkpoint
from openline.record.segment import Chunk
from openline.record.store import checking, disk, exporting, post, reading, tables, writing
from openline.record.store.opening import add_tables, check_head
from openline.record.store.people import KeptSession, Operator, read_operators, read_sessions
from openline.record.store.writing import Head, Identity, Prepared
from openline.record.tree import Frontier

Also = Callable[[Connection], None]


class Store:
    """A record that is open. Make one with `create` or `open`; one thread at a time writes, any number read."""

    warnings: tuple[str, ...]
    key: Key
    _frontier: Frontier
    _head: Head
    _note: str
    _party: str

    def __init__(self, path: Path, identity: Identity | None, lock: disk.Lock | None, entropy: seal.Entropy) -> None:
        self.path = path
        self.identity = identity
        self.warnings = disk.warnings()
        self._entropy = entropy
        self._lock = lock
        self._turn = threading.Lock()
        self._stopped = ""
        self._fail = disk.FailPoint()
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
                _make_tables(connection, identity)
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
            store._party, store._frontier, store._head, store._note, store.key = found
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

        `seal_to`: every chunk up to this number becomes part of a segment entry, one a source. Raises `Refused` (nothing was
        written, the store goes on), whatever `also` raises (likewise), or `RecordStopped` when it is not known what is on disk:
        from then on the store refuses everything.
        """
        with self._turn:
            writer, identity = self._may_write()
            highest = writing.seqs_of(entries, chunks, self._head.sealed_seq)
            ready = Prepared(self._frontier.copy())
            try:
                writer.begin()
                head, note = self._fill(writer, identity, ready, entries, chunks, seal_to, also, highest, exercise)
                self._fail.passed("before_commit")
            except (IntegrityError, Refused):
                self._undo(writer)
                raise
            except (SQLAlchemyError, OSError, RecordStopped) as error:
                raise self._stop(error) from error
            except BaseException:
                self._undo(writer)
                raise
            try:
                writer.commit()
            except BaseException as error:
                raise self._stop(error) from error
            self._fail.passed("after_commit")
            first = self._head.size
            self._frontier, self._head, self._note = ready.frontier, head, note
            return Committed(first, head.size, head.root, note)

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
        note = writing.put_checkpoint(writer, identity, self._head.size, head) if ready.entries else self._note
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

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A short transaction of a reader. Raises `BadRecord` with the place where the file is damaged below its rows."""
        try:
            with self._readers.connect() as connection:
                with connection.begin():
                    yield connection
        except DBAPIError as error:
            raise reading.damaged(self.path.name, error) from error

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self._head.size

    @property
    def root(self) -> bytes:
        """The root over all entries."""
        return self._head.root

    def end(self) -> tuple[int, bytes, int]:
        """Size, root and the highest input number, all of one moment."""
        head = self._head
        return head.size, head.root, head.last_seq

    def log_keys(self) -> list[Key]:
        """The keys checkpoints are signed with; a reader without the node's keys knows the first only."""
        if self.identity is None or self.identity.quantum is None:
            return [self.key]
        return [self.key, Key(self.key.name, seal.NOTE_MLDSA44, self.identity.quantum.public)]

    def party(self) -> str:
        """Whose record this is."""
        return self._party

    def checkpoint(self) -> str:
        """The last signed checkpoint."""
        return self._note

    def last_seq(self) -> int:
        """The highest number of any recorded input, −1 when there is none."""
        return self._head.last_seq

    def entries(self, after: int = -1, limit: int | None = None, kind: str | None = None) -> Iterator[Entry]:
        """Entries above index `after` in order, at most `limit`, of one kind if asked; pages are short reads of their own."""
        return reading.entries(self._reading, after, limit, () if kind is None else (kind,))

    def object(self, c: bytes) -> bytes:
        """The bytes behind a commitment. Raises `Refused` when it is unknown or was redacted."""
        found = self.salted(c)
        if found is None:
            raise Refused("object", c.hex(), "the commitment of an object that is held here and was not redacted")
        return found[1]

    def objects_between(self, first: int, end: int) -> dict[bytes, tuple[bytes, bytes]]:
        """Commitment → salt and bytes of all objects of the entries [first, end) that are held."""
        with self._reading() as connection:
            return reading.objects_between(connection, first, end)

    def salted(self, c: bytes) -> tuple[bytes, bytes] | None:
        """Salt and bytes behind a commitment; None when unknown or redacted."""
        with self._reading() as connection:
            return reading.salted(connection, c)

    def objects_of(self, entry: Entry) -> list[bytes]:
        """The bytes of an entry's objects in order. Raises `Refused` when one was redacted."""
        return [self.object(one.c) for one in entry.objects]

    def inputs(
        self, after_seq: int = -1, missing: list[Entry] | None = None, after_index: int = -1
    ) -> Iterator[tuple[int, Chunk | Entry]]:
        """Every recorded input above `after_seq` in the order it was given: chunks, and entries of the kinds act and intake.

        Where a segment was redacted the inputs are not whole: its entry is added to `missing`, or `BadRecord` is raised
        without it. `after_index`: the caller knows that no such input is in the entries up to there.
        """
        return reading.inputs(self._reading, self.salted, after_seq, missing, after_index)

    def bundle(self, order: exporting.Order) -> Iterator[tuple[str, bytes]]:
        """The files of a bundle of this record as it stands now, one at a time; writing them down is the caller's."""
        return exporting.bundle(self, order)

    def fsck(self) -> checking.Report:
        """Check everything that is stored against everything else; slow, and safe beside a running node."""
        with self._reading() as connection:
            return checking.fsck(connection, self.key)

    def operators(self) -> list[Operator]:
        """All accounts, by name."""
        with self._reading() as connection:
            return read_operators(connection)

    def waiting(self, after: str, upto: str, limit: int) -> list[post.Waiting]:
        """The first things to be sent with keys in (after, upto]."""
        with self._reading() as connection:
            return post.read_waiting(connection, after, upto, limit)

    def peer_checkpoint(self, origin: str) -> str | None:
        """The newest checkpoint of another log that we cosigned."""
        with self._reading() as connection:
            return post.read_peer_checkpoint(connection, origin)

    def newest_peer_checkpoint(self, prefix: str) -> str | None:
        """The newest origin with this prefix of which we cosigned something."""
        with self._reading() as connection:
            return post.newest_peer_checkpoint(connection, prefix)

    def peer_checkpoints(self) -> list[tuple[str, str]]:
        """(origin, note): the newest checkpoint of every other log that we cosigned."""
        with self._reading() as connection:
            return post.read_peer_checkpoints(connection)

    def cosignatures(self) -> list[tuple[int, str, str]]:
        """(size, witness, line): what witnesses signed of this log, the newest of each."""
        with self._reading() as connection:
            return post.read_cosignatures(connection)

    def sessions(self) -> list[KeptSession]:
        """Who was signed in when it was last kept."""
        with self._reading() as connection:
            return read_sessions(connection)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that entry `index` is in the tree of `size` entries (default: all)."""
        with self._reading() as connection:
            return tree.inclusion(index, self.size if size is None else size, reading.node_of(connection))

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof that the tree of `size` entries begins with that of `old`."""
        with self._reading() as connection:
            return tree.consistency(old, self.size if size is None else size, reading.node_of(connection))

    def cover(self, first: int, end: int) -> list[bytes]:
        """The hashes of the fewest complete nodes over the entries [first, end): what stands for entries left out."""
        with self._reading() as connection:
            node = reading.node_of(connection)
            return [node(level, index) for level, index in tree.cover(first, end)]


def _make_tables(connection: Connection, identity: Identity) -> None:
    tables.metadata.create_all(connection)
    key = Key(identity.origin, seal.NOTE_ED25519, identity.signer.public)
    connection.execute(insert(tables.schema_version), [{"version": tables.SCHEMA_VERSION}])
    row = {"log": identity.origin, "party": identity.party, "vkey": key.vkey, "epoch": identity.epoch}
    empty = {"size": 0, "root": tree.EMPTY_ROOT, "last_seq": -1, "sealed_seq": -1}
    connection.execute(insert(tables.head), [row | empty])
    note = sign_checkpoint(Checkpoint(identity.origin, 0, tree.EMPTY_ROOT), identity.signer, identity.quantum)
    connection.execute(insert(tables.checkpoint), [{"size": 0, "note": note}])
