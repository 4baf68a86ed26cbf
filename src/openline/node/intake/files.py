"""Files as feeds: one that is written anew (aircraft.json), and one that grows (NDJSON, CSV, a log of BaseStation lines).

A growing file is read from its beginning, then followed; when it is replaced or cut short, reading starts again at its
beginning. Only ordinary files are read. Reading is done aside, so that a slow disk does not hold up the loop.
"""

import asyncio
import os
import stat
from typing import BinaryIO, Final

from openline.feeds.framing import DOCUMENT_BYTES_MAX, frame
from openline.node.intake.link import Absent, Ended, Inbox, Link, Lost, Pace, in_words

READ_BYTES_MAX: Final = 65_536  # at most this is held between a sender and the inbox


class FilePoll:
    """Looks at a file every `poll_s` seconds, and gives it whole when it has changed."""

    def __init__(self, source: str, path: str, poll_s: float, inbox: Inbox, pace: Pace) -> None:
        self._path = path
        self._poll_s = poll_s
        self._pace = pace
        self._link = Link(source, inbox, pace)
        self._seen: tuple[int, int, int] | None = None

    async def run(self) -> None:
        """Until cancelled."""
        await self._link.keep(self._once)

    async def _once(self) -> None:
        while True:
            document = await asyncio.to_thread(self._changed)
            self._link.say("up")
            if document is not None:
                await self._link.give(frame(document))
            await self._pace.sleep(self._poll_s)

    def _changed(self) -> bytes | None:
        """The file, or None when it is as it was. Raises `Lost`."""
        with _open(self._path) as file:
            now = os.fstat(file.fileno())
            seen = (now.st_ino, now.st_size, now.st_mtime_ns)
            if seen == self._seen:
                return None
            document = _read(file, DOCUMENT_BYTES_MAX + 1, self._path)
        if len(document) > DOCUMENT_BYTES_MAX:
            raise Lost(f"{self._path} is larger than {DOCUMENT_BYTES_MAX} bytes")
        self._seen = seen
        return document


class FileTail:
    """Reads a file of lines to its end, then goes on as it grows, or stops there."""

    def __init__(self, source: str, path: str, poll_s: float, inbox: Inbox, pace: Pace, follow: bool = True) -> None:
        self._path = path
        self._poll_s = poll_s
        self._follow = follow
        self._pace = pace
        self._link = Link(source, inbox, pace)

    async def run(self) -> None:
        """Until cancelled, or, where it is not followed, to the end of the file."""
        await self._link.keep(self._once)

    async def _once(self) -> None:
        file = await asyncio.to_thread(_open, self._path)
        with file:
            self._link.say("up")
            first = True
            while True:
                replaced = await asyncio.to_thread(_replaced, file, self._path)  # asked first: nothing comes after the end
                data = await asyncio.to_thread(_read, file, READ_BYTES_MAX, self._path)
                if data:
                    await self._link.give_some(data, first)
                    first = False
                elif not self._follow:
                    await self._end()
                elif replaced:
                    return
                else:
                    await self._pace.sleep(self._poll_s)

    async def _end(self) -> None:
        if rest := self._link.finish_line():
            await self._link.give(rest)
        raise Ended("the file has been read to its end")


def _open(path: str) -> BinaryIO:
    """An ordinary file, open for reading. Raises `Lost`."""
    try:
        # A pipe or a device is opened without waiting for its other end, found out, and closed again.
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as why:
        raise Absent(f"{path}: {in_words(why)}") from None
    except (OSError, ValueError) as why:
        raise Lost(f"{path}: {in_words(why)}") from None
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise Lost(f"{path} is not an ordinary file")
    return os.fdopen(number, "rb")


def _read(file: BinaryIO, size: int, path: str) -> bytes:
    """Up to `size` bytes from where the file stands. Raises `Lost`."""
    try:
        pieces = bytearray()
        while len(pieces) < size and (piece := file.read(size - len(pieces))):
            pieces += piece
        return bytes(pieces)
    except OSError as why:
        raise Lost(f"{path}: {in_words(why)}") from None


def _replaced(file: BinaryIO, path: str) -> bool:
    """Whether another file has the name now, or this one was cut short. A name that is gone for a moment changes nothing."""
    ours = os.fstat(file.fileno())
    try:
        named = os.stat(path)
    except OSError:
        return False
    return (named.st_dev, named.st_ino) != (ours.st_dev, ours.st_ino) or ours.st_size < file.tell()
