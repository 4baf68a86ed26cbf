"""Room kept for the day the disk is full: a file of nothing beside the record, given up once so that lane 0 goes on."""

import errno
import os
import sqlite3
from pathlib import Path
from typing import Final, NamedTuple

SHARE_OF_DISK: Final = 8  # on a small disk the ballast is an eighth of it
ROOM_TO_OPEN_BYTES: Final = 1_000_000  # what SQLite needs beside the record to open it
SQLITE_FULL: Final = 13
SQLITE_IOERR_SHMSIZE: Final = 4874  # the index of the write-ahead log could not grow


class Space(NamedTuple):
    """Of the disk that a path is on: its size, and what is free for this user."""

    total_bytes: int
    free_bytes: int


def space(path: Path) -> Space:
    """Asked of the system now. Raises OSError."""
    told = os.statvfs(path)
    return Space(told.f_blocks * told.f_frsize, told.f_bavail * told.f_frsize)


class Ballast:
    """A file of `size_bytes` of nothing. Size 0: none is kept."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        self.path = path
        self.size_bytes = size_bytes

    @property
    def there(self) -> bool:
        """Whether there is something to give up."""
        return self.path.exists()

    def make(self) -> bool:
        """Take the room, really and not as a hole. False where it cannot be had; then nothing is left of the try."""
        if not self.size_bytes or self.path.exists():
            return self.path.exists()
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(fd, 0, self.size_bytes)
                os.fsync(fd)
            finally:
                os.close(fd)
        except OSError:
            self.path.unlink(missing_ok=True)
            return False
        return True

    def give_up(self) -> bool:
        """Delete it; whether that gave anything."""
        try:
            self.path.unlink()
        except OSError:
            return False
        return True


def beside(record: Path, ballast_mb: int) -> Ballast:
    """The ballast of a record: as large as the settings say, less on a small disk."""
    return Ballast(record.with_name(f"{record.name}.ballast"), unit_bytes(record.parent, ballast_mb))


def unit_bytes(folder: Path, megabytes: int) -> int:
    """So many MiB, but at most an eighth of the disk, in whole pages."""
    try:
        share = space(folder).total_bytes // SHARE_OF_DISK
    except OSError:
        share = megabytes << 20
    return min(megabytes << 20, share) & ~0xFFF


def no_room(error: BaseException) -> bool:
    """Whether a write failed because the disk is full, and for no other reason."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) in (SQLITE_FULL, SQLITE_IOERR_SHMSIZE)
    return isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)
