"""What only looks into a record: its entries, objects, inputs, proofs, and what is kept beside the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from openline import seal
from openline.errors import Refused
from openline.record import tree
from openline.record.entry import Entry
from openline.record.note import Key
from openline.record.segment import Chunk
from openline.record.store import checking, post, reading
from openline.record.store.people import KeptSession, Operator, read_operators, read_sessions
from openline.record.store.writing import Head, Identity


class Reads:
    """The reading half of a store."""

    path: Path
    identity: Identity | None
    key: Key
    _readers: Engine
    _head: Head
    _note: str
    _party: str

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
