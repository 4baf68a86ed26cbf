"""What every intake has in common: its way into the inbox, its pauses between tries, its words for what went wrong.

After a failure the pause doubles from RETRY_S_MIN to RETRY_S_MAX and is shortened by up to half by chance, so that feeds lost
together do not come back together. Time, waiting and chance are `Pace`, so tests wait for nothing.
"""

import asyncio
import logging
import os
import random
import re
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any, Final, Literal, Protocol, TypeVar

import msgspec

from openline.feeds.framing import LINE_CUT

log = logging.getLogger("openline.intake")
RETRY_S_MIN: Final = 1.0
RETRY_S_MAX: Final = 60.0
WHY_CHARS_MAX: Final = 200
CAUSES_MAX: Final = 8

State = Literal["connecting", "up", "down", "off"]
T = TypeVar("T")


class Inbox(Protocol):
    """What an intake needs of the node's loop."""

    def give(self, source: str, data: bytes, heard_ns: int) -> bool | None:
        """Bytes of a feed. False: they were not taken."""
        ...

    def tell(self, source: str, state: str, why: str) -> None:
        """What became of its connection."""
        ...

    async def room(self) -> None:
        """Returns when there is room for more."""
        ...


class Pace(msgspec.Struct, frozen=True):
    """Clock, waiting and chance of an intake."""

    now_ns: Callable[[], int]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random  # from 0 up to 1; no secret depends on it

    async def within(self, limit_s: float, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives, or TimeoutError when `limit_s` have passed first; `work` is then cancelled."""
        task = asyncio.ensure_future(work)
        clock = asyncio.ensure_future(self.sleep(limit_s))
        try:
            await asyncio.wait((task, clock), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise TimeoutError
            return task.result()
        finally:
            for one in (task, clock):
                one.cancel()
            await asyncio.gather(task, clock, return_exceptions=True)


class Lost(Exception):
    """A connection or a file is lost, for a reason in words; it is tried again."""


class Absent(Lost):
    """A file that is not there, or not yet. To look for it costs nothing, so the pause stays the shortest."""


class Ended(Exception):
    """There is no more to come."""


def pause_s(failures: int, chance: float) -> float:
    """How long to wait after so many failures in a row."""
    longest_s = min(RETRY_S_MAX, RETRY_S_MIN * 2.0 ** min(failures - 1, 16))
    return longest_s * (1.0 - chance / 2.0)


class Link:
    """One feed's way into the inbox: what was told last, and whether its last line was finished."""

    def __init__(self, source: str, inbox: Inbox, pace: Pace) -> None:
        self.pace = pace
        self.heard = False  # since `keep` last asked
        self._source = source
        self._inbox = inbox
        self._told: tuple[str, str] | None = None
        self._unfinished = False
        self._torn = False  # the last bytes of a stream were refused ...
        self._midway = False  # ... or what came last, taken or not, ended within a line

    def say(self, state: State, why: str = "") -> None:
        """Tell the inbox, once for each change."""
        if self._told != (state, why):
            self._told = (state, why)
            self._inbox.tell(self._source, state, why)

    async def give_some(self, data: bytes, first: bool) -> None:
        """Bytes of a stream of lines. `first` of a connection: half a line of the connection before is spoilt."""
        if self._torn and self._midway and not first:  # it goes on in a line whose start was refused
            _, ended, data = data.partition(b"\n")
            self._midway = not ended
        if not data:
            return
        cut = self._unfinished and (first or self._torn)
        self._midway = not data.endswith(b"\n")
        self._torn = not await self.give(LINE_CUT + data if cut else data)
        if not self._torn:
            self._unfinished = self._midway

    async def give(self, data: bytes) -> bool:
        """Bytes as they are, when the inbox has room; they were heard before they waited for it."""
        heard_ns = self.pace.now_ns()
        await self._inbox.room()
        self.heard = True
        return self._inbox.give(self._source, data, heard_ns) is not False

    def finish_line(self) -> bytes:
        """What closes a last line that has no line feed, where the end of a file is the end of its line."""
        unfinished, self._unfinished = self._unfinished, False
        return b"\n" if unfinished else b""

    async def keep(self, once: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `once` again and again: each run is one connection; it raises `Lost` or `Ended`, or returns to begin anew."""
        self.say("connecting")
        failures = 0
        try:
            while True:
                self.heard = False
                try:
                    await once()
                    failures = 0
                except Lost as lost:
                    failures = 1 if self.heard or isinstance(lost, Absent) else failures + 1
                    self.say("down", str(lost)[:WHY_CHARS_MAX])
                except (Ended, asyncio.CancelledError):
                    raise
                except Exception as wrong:  # a mistake of ours ends this connection, not the feed
                    log.exception("the intake of a feed made a mistake")
                    failures += 1
                    self.say("down", f"a mistake of Openline ended the connection: {type(wrong).__name__}"[:WHY_CHARS_MAX])
                await self.pace.sleep(pause_s(failures, self.pace.chance()))
        except Ended as ended:
            self.say("off", str(ended))
        except asyncio.CancelledError:
            self.say("off", "the node stopped it")
            raise


def causes(why: BaseException) -> Iterator[BaseException]:
    """An error and what is behind it, as far as a library nests them."""
    cause: BaseException | None = why
    for _ in range(CAUSES_MAX):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__


def in_words(why: BaseException) -> str:
    """What went wrong, at most a line: the system's own words where they are behind what a library says."""
    for cause in causes(why):
        if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError) and (cause.errno or 0) > 0:
            return os.strerror(cause.errno or 0)
    words = getattr(why, "strerror", None) or str(why) or type(why).__name__
    return re.sub(r"^\[Errno -?\d+\] ", "", str(words).splitlines()[0])
