"""Messages on their way to people: one worker, which takes what waits, tries it, and gives what became of it back as an input.

    1  A row says that a message waits; it was written with the entry that queued it (`tries.py`).
    2  Before a call is made the row is marked `sending`, durably. A row that nobody waits for any more is not called.
    3  The call runs in a thread, with a deadline. At the deadline its socket is cut.
    4  What became of it is an input, recorded like any other; the flow decides what follows, and the row goes with that entry.
A node killed between 2 and 4 finds the row marked at its next start: nobody knows whether the message arrived, so the flow is
told `unknown`, and sends it again with the same key. Each path has one call at a time, so that none waits for another.
"""

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from sqlalchemy import Connection

from openline.errors import DiskFull, OpenlineError
from openline.line.escalation import SEVERITIES
from openline.node.line.deliverers import Message, Outcome
from openline.node.line.egress import Wire
from openline.node.line.paths import Way
from openline.node.line.tries import PREFIX, Try, read_tries
from openline.node.loop import Loop
from openline.record.store.post import mark_sending

LOOK_S: Final = 0.5
ENDING_S: Final = 3.0  # what is under way when the node stops may end for so long
CUT_S: Final = 2.0  # a call that was cut has ended by then; else its path is left alone until it has
FOUND: Final = "the node ended while it was being sent"
GONE: Final = "this path is not in the settings any more"
log = logging.getLogger("openline.delivery")


class Courier:
    """Takes messages to people. `run` until cancelled, then `stop`."""

    def __init__(self, loop: Loop, ways: Mapping[str, Way]) -> None:
        self._loop = loop
        self._ways = ways
        self._calls: dict[str, asyncio.Task[None]] = {}  # by path: the call under way
        self._mine: set[tuple[str, int]] = set()  # tries begun by this process
        self._closing = False
        self._looked = False
        # Its own threads: a name server that does not answer must not hold up the record's.
        self._threads = ThreadPoolExecutor(max(1, 2 * len(ways)), thread_name_prefix="delivery")

    async def run(self) -> None:
        """Look for what waits, a few times a second."""
        while not self._closing:
            try:
                await self._look()
            except OpenlineError as error:
                log.error("messages to people: %s", error.message)
            except Exception:  # a mistake of ours costs one look
                log.exception("messages to people")
            await asyncio.sleep(LOOK_S)

    async def stop(self) -> None:
        """Begin nothing more; let what is under way end, for a moment."""
        self._closing = True
        if self._calls:
            await asyncio.wait(self._calls.values(), timeout=ENDING_S)
        for task in self._calls.values():
            task.cancel()
        await asyncio.gather(*self._calls.values(), return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _look(self) -> None:
        if not self._loop.world.escalations.deliveries and self._looked:
            self._mine.clear()
            return
        self._looked = True  # the first look finds what an earlier process left, too
        found = await asyncio.to_thread(read_tries, self._loop.store)
        found.sort(key=lambda one: (SEVERITIES.index(one[0].severity), one[0].key))
        for one, begun in found:
            if (one.key, one.attempt) in self._mine:
                continue
            if begun or one.path not in self._ways:
                self._mine.add((one.key, one.attempt))
                await self._say(one, Outcome("unknown", FOUND) if begun else Outcome("failed for good", GONE))
            elif one.path not in self._calls and not self._closing:
                self._mine.add((one.key, one.attempt))
                self._calls[one.path] = asyncio.create_task(self._call(one, self._ways[one.path]))

    async def _call(self, one: Try, way: Way) -> None:
        """One try, from the mark to what became of it."""
        try:
            if await self._mark(one):
                await self._tried(one, way)
        except DiskFull:
            self._mine.discard((one.key, one.attempt))  # it was not marked, or not said: looked at again
        except OpenlineError as error:  # the record has stopped: nothing more is said to anybody
            log.error("a message to people: %s", error.message)
        except Exception:
            log.exception("a message to people")
        finally:
            del self._calls[one.path]

    async def _mark(self, one: Try) -> bool:
        waits: list[bool] = []

        def also(connection: Connection) -> None:
            waits.append(mark_sending(connection, PREFIX + one.key))

        await self._loop.keep(also)
        return waits[-1:] == [True]  # on a full disk it is written twice: the ballast is given up between

    async def _tried(self, one: Try, way: Way) -> None:
        shown = Message(one.key, one.subject, one.text, one.severity, one.exercise, one.repeat)
        wire = Wire(way.reach, way.within_s)
        call = asyncio.get_running_loop().run_in_executor(self._threads, way.deliverer.send, shown, wire)
        done, _ = await asyncio.wait({call}, timeout=way.within_s)
        if not done:
            wire.cut()
            done, _ = await asyncio.wait({call}, timeout=CUT_S)
        if done:
            await self._say(one, call.result())
            return
        await self._say(one, Outcome("unknown" if wire.handed else "failed for now", "no answer in time"))
        await asyncio.wait({call})  # no second call over this path beside one that nothing ends

    async def _say(self, one: Try, outcome: Outcome) -> None:
        """What became of it, as an input; durable when it returns."""
        self._loop.tell(one.source, outcome.state, outcome.detail)
        await self._loop.settle()
