"""The file itself: the lock that keeps a second process out, the connections and what they must have switched on."""

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from openline.errors import AlreadyRunning, BadSetting, RecordStopped

SQLITE_SOUND: Final = (3, 51, 3)  # 2026-03-13: fixes the WAL reset bug that two connections can corrupt a database with
READERS_COUNT_MAX: Final = 8
DatabaseFault = sqlite3.Error
_FULL: Final = 2
_NETWORK: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "fuse.sshfs", "fuse.s3fs"})


class Lock:
    """An exclusive `flock` beside the database, held as long as this object is; it goes with the process, however that ends."""

    def __init__(self, database: Path) -> None:
        try:
            self._fd = os.open(f"{database}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise BadSetting(f"The record {database.name} cannot be there: {error.strerror}.", path=str(database)) from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._fd)
            raise AlreadyRunning(f"Another process holds the record {database.name}.", path=str(database)) from None

    def release(self) -> None:
        """Let the next process in."""
        os.close(self._fd)


def warnings() -> tuple[str, ...]:
    """What an operator should know about the database library."""
    if sqlite3.sqlite_version_info >= SQLITE_SOUND:
        return ()
    return (
        f"SQLite {sqlite3.sqlite_version} is older than 3.51.3, which fixed a fault that can corrupt a database with two "
        "writers; Openline writes from one connection only, so let no other program open the record.",
    )


def refuse_network_disk(path: Path) -> None:
    """Raise `BadSetting` where file locks and syncs do not mean what they say."""
    kind = _mounted_as(path.resolve())
    if kind in _NETWORK:
        raise BadSetting(f"The record may not lie on a network disk ({kind}); choose a folder on a local disk.", path=str(path))


def _mounted_as(path: Path) -> str:
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = fields[1].replace("\\040", " ")
        inside = place == "/" or path == Path(place) or str(path).startswith(place + "/")
        if inside and len(place) >= len(best):
            best, kind = place, fields[2]
    return kind


def make_file(path: Path) -> None:
    """An empty file that only its owner reads. Raises `BadSetting` when there is one already."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        raise BadSetting(f"There is a record at {path.name} already; it is never overwritten.", path=str(path)) from None
    except OSError as error:
        raise BadSetting(f"The record {path.name} cannot be made there: {error.strerror}.", path=str(path)) from None
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the folder's list of names durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def writing_engine(path: Path) -> Engine:
    """The engine of the one writing connection."""
    engine = _engine(path, "rw", NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def reading_engine(path: Path) -> Engine:
    """The engine of readers; they cannot write and never move the log's end."""
    engine = _engine(path, "ro", QueuePool, pool_size=READERS_COUNT_MAX, max_overflow=0)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _engine(path: Path, mode: str, pool: type[Any], **pooling: Any) -> Engine:
    uri = f"file:{quote(str(path))}?mode={mode}"
    if mode == "ro" and not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists():
        uri += "&immutable=1"  # evidence on a disk that cannot be written: SQLite cannot make its shared memory there

    def connect() -> sqlite3.Connection:
        # isolation_level None: transactions begin where we say, not where the driver guesses.
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=10.0)
        _switch_on(connection, writing=mode == "rw")
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=pool, **pooling)


def _switch_on(connection: sqlite3.Connection, writing: bool) -> None:
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA mmap_size=0")
    if not writing:
        connection.execute("PRAGMA query_only=ON")
        return
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")  # a redacted object is overwritten, not only unlinked
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
    if mode != "wal" or synchronous != _FULL:
        raise RecordStopped(f"The database did not accept WAL and synchronous=FULL (it says {mode}, {synchronous}).")


def empty_write_ahead_log(connection: Connection) -> bool:
    """Move all pages into the database file and cut the log to nothing, so that erased bytes are not kept there.

    False when a reader held it up; then the next quiet moment does it.
    """
    raw: Any = connection.connection.dbapi_connection  # below SQLAlchemy, which would begin a transaction first
    return bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)


class FailPoint:
    """Ends the process on the spot at one named moment, for tests of what a crash leaves. Off unless the environment names one.

    `OPENLINE_FAIL_AT=head:3` ends the third time the moment `head` is passed.
    """

    def __init__(self) -> None:
        name, _, count = os.environ.get("OPENLINE_FAIL_AT", "").partition(":")
        self._name = name
        self._left_count = int(count or "1")

    def passed(self, name: str) -> None:
        """Say that the moment `name` is here."""
        if name != self._name:
            return
        self._left_count -= 1
        if self._left_count == 0:
            os._exit(86)
