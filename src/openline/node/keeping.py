"""Taking snapshots while the node runs: every few minutes between two batches, and when it stops in order."""

import asyncio
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openline.node import snapshot
from openline.node.snapshot import Head

if TYPE_CHECKING:
    from openline.node.loop import Loop

EVERY_S: Final = 180.0  # what a start after a kill has to read again: at 1,000 reports a second some ten seconds of work
log = logging.getLogger("openline.snapshot")


class Keeper:
    """Writes the loop's state aside. A snapshot that cannot be written is no fault of the node: it starts more slowly."""

    def __init__(self, loop: "Loop", path: Path, key: bytes, origin: str) -> None:
        self._loop = loop
        self._path = path
        self._key = key
        self._origin = origin
        self._began = loop.store.size
        self._next_s = time.monotonic() + EVERY_S
        self._writing: asyncio.Task[None] | None = None

    def look(self) -> None:
        """Between two batches: take a snapshot when it is time and none is being written."""
        if time.monotonic() >= self._next_s and (self._writing is None or self._writing.done()):
            self._next_s = time.monotonic() + EVERY_S
            head, body = self._taken()
            self._writing = asyncio.create_task(asyncio.to_thread(self._write, head, body))

    async def last(self) -> None:
        """The loop has ended: keep what it leaves."""
        if self._writing is not None:
            await self._writing
        if self._loop.at_rest:
            await asyncio.to_thread(self._write, *self._taken())

    def _taken(self) -> tuple[Head, bytes]:
        size, root, _ = self._loop.store.end()
        head = Head(self._origin, size, root.hex(), self._loop.last_seq, snapshot.build())
        return head, snapshot.pickled(self._loop.world, self._loop.pictures.incident_entries)

    def _write(self, head: Head, body: bytes) -> None:
        try:
            if next(self._loop.store.entries(self._began - 1, 1, kind="redaction"), None) is not None:
                self._path.unlink(missing_ok=True)  # this state still holds what was erased
                return
            snapshot.write(self._path, self._key, head, body)
        except OSError as error:
            log.warning("no snapshot was kept: %s", error.strerror)
