"""What waits for the loop: in the order it came, bounded in bytes, never dropped.

A sender that is too fast waits (`room`), and what is too large for one batch comes in pieces: decoders do not care where bytes
are cut. So no batch takes long, whatever somebody sends.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from openline.errors import OpenlineError
from openline.flow import Given
from openline.inbox import Bytes, Frame, Intake

INPUTS_PER_BATCH_MAX: Final = 2_000
BYTES_PER_BATCH_MAX: Final = 1_000_000  # about 4,000 reports, a tenth of a second: an alarm may take a quarter
DOCUMENT_PIECE_BYTES_MAX: Final = 4_000_000  # of what intake fetched: a document means nothing before its last piece is here
BYTES_WAITING_MAX: Final = 64_000_000  # at this much the sender waits or is told to; nothing is dropped

Make = Callable[[int, int], Given]
"""(number, now_ns) → the input"""
Answer = asyncio.Future[Any]


class Item(msgspec.Struct):
    """One thing that waits; `answer` is set once it is durable and stepped."""

    make: Make
    size_bytes: int
    answer: Answer | None
    started_s: float


class Waiting:
    """The queue in front of the loop."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._bell = asyncio.Event()
        self._room = asyncio.Event()
        self._closed = False

    def __bool__(self) -> bool:
        return bool(self._items)

    def put(self, make: Make, size_bytes: int, answer: Answer | None = None, first: bool = False) -> None:
        """One more; `first`: before everything else."""
        item = Item(make, size_bytes, answer, time.perf_counter())
        if first:
            self._items.appendleft(item)
        else:
            self._items.append(item)
        self._bytes += size_bytes
        self._bell.set()

    def take(self) -> list[Item]:
        """The next batch, oldest first."""
        items: list[Item] = []
        size = 0
        while self._items and len(items) < INPUTS_PER_BATCH_MAX and size < BYTES_PER_BATCH_MAX:
            item = self._items.popleft()
            size += item.size_bytes
            items.append(item)
        self._bytes -= size
        self._room.set()
        return items

    def put_back(self, items: Sequence[Item]) -> None:
        """What was taken and could not be recorded: before everything else, in its order."""
        self._items.extendleft(reversed(items))
        self._bytes += sum(item.size_bytes for item in items)

    def ring(self) -> None:
        """Wake the loop."""
        self._bell.set()

    async def something(self, within_s: float) -> None:
        """Return when something waits, or when the time is over."""
        self._bell.clear()
        try:
            await asyncio.wait_for(self._bell.wait(), within_s)
        except TimeoutError:
            pass

    async def room(self) -> None:
        """Return when there is room again."""
        while self._bytes > BYTES_WAITING_MAX and not self._closed:
            self._room.clear()
            await self._room.wait()

    def fail(self, error: OpenlineError, taken: Sequence[Item] = ()) -> None:
        """Nothing that waits will be taken, nor will what was taken be answered: everybody is told why."""
        self._closed = True
        tell(taken, error)
        tell(self._items, error)
        self._items.clear()
        self._bytes = 0
        self._room.set()


def tell(items: Iterable[Item], error: OpenlineError) -> None:
    """Give those who wait for an answer an error instead."""
    for item in items:
        if item.answer is not None and not item.answer.done():
            item.answer.set_exception(error)


def pieces(data: bytes, bytes_max: int = BYTES_PER_BATCH_MAX) -> Iterator[bytes]:
    """Bytes in the sizes a batch takes; at least one piece, even when empty."""
    for first in range(0, max(1, len(data)), bytes_max):
        yield data[first : first + bytes_max]


def heard(source: str, data: bytes, heard_ns: int | None = None) -> Make:
    """What makes the input of some bytes; heard when they are taken where no moment is given."""
    return lambda seq, now_ns: Bytes(seq, source, now_ns if heard_ns is None else heard_ns, data)


def intake_of(source: str, state: str, why: str) -> Make:
    """What makes the input of what the shell saw of a connection."""
    return lambda seq, now_ns: Intake(seq, source, now_ns, state, why)


def framed(party: str, kind: str, data: bytes) -> Make:
    """What makes the input of one envelope of a counterpart."""
    return lambda seq, now_ns: Frame(seq, now_ns, party, kind, data)
