"""Taking snapshots while the node runs: every few minutes between two batches, and when it stops in order."""

import asyncio
import logging
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openline.node import snapshot
from openline.node.snapshot import Head

if TYPE_CHECKING:
    from openline.node.loop import Loop

EVERY_S: Final = 180.0  # what a start after a kill has to read again: at 1,000 reports a second some ten seconds of work
SELDOM_S: Final = 3_600.0  # where taking one holds up alarms for longer than they may wait
TAKING_S_MAX: Final = 0.25  # as long as an alarm may take to a screen
FREE_BYTES_MIN: Final = 200_000_000  # left for the record, which matters more
log = logging.getLogger("openline.snapshot")


class Keeper:
    """Writes the loop's state aside. A snapshot that cannot be written is no fault of the node: it starts more slowly."""

    def __init__(self, loop: "Loop", path: Path, key: bytes, origin: str) -> None:
        self._loop = loop
        self._path = path
        self._key = key
        self._origin = origin
        self._began = loop.store.size
        self._build = snapshot.build()
        self._next_s = time.monotonic() + EVERY_S
        self._writing: asyncio.Task[None] | None = None

    def look(self) -> None:
        """Between two batches: take a snapshot when it is time and none is being written."""
        began_s = time.monotonic()
        if began_s < self._next_s or (self._writing is not None and not self._writing.done()):
            return
        taken = self._taken()
        ended_s = time.monotonic()
        self._next_s = ended_s + (EVERY_S if ended_s - began_s <= TAKING_S_MAX else SELDOM_S)
        if taken is not None:
            self._writing = asyncio.create_task(asyncio.to_thread(self._write, *taken))

    async def last(self) -> None:
        """The loop has ended: keep what it leaves."""
        if self._writing is not None:
            await self._writing
        taken = self._taken() if self._loop.at_rest else None
        if taken is not None:
            await asyncio.to_thread(self._write, *taken)

    def _taken(self) -> tuple[Head, bytes] | None:
        """The state with the end of the record that agrees with it; None where it cannot be had."""
        try:
            size, root, last_seq = self._loop.store.end()
            head = Head(self._origin, size, root.hex(), last_seq, self._build)
            return head, snapshot.pickled(self._loop.world, self._loop.pictures.incident_entries)
        except Exception:
            log.exception("no snapshot could be taken")
            return None

    def _write(self, head: Head, body: bytes) -> None:
        try:
            if next(self._loop.store.entries(self._began - 1, 1, kind="redaction"), None) is not None:
                snapshot.forget(self._path)  # this state still holds what was erased
            elif shutil.disk_usage(self._path.parent).free < len(body) + FREE_BYTES_MIN:
                log.warning("no snapshot was kept: the disk is nearly full")
            else:
                snapshot.write(self._path, self._key, head, body)
        except OSError as error:
            log.warning("no snapshot was kept: %s", error.strerror)
        except Exception:
            log.exception("no snapshot was kept")
