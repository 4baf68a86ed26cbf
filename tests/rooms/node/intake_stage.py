"""A stage for intakes: an inbox that keeps everything, a clock that moves when the test says so, servers on this machine."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from openline.node.intake.link import Pace

POLL_S = 7.0
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class FakeInbox:
    """Keeps what is given and told; a test waits for the next of either."""

    def __init__(self) -> None:
        self.given: asyncio.Queue[bytes] = asyncio.Queue()
        self.told: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.heard: list[int] = []
        self.open = asyncio.Event()
        self.open.set()

    def give(self, source: str, data: bytes, heard_ns: int) -> None:
        assert source == "roof"
        self.heard.append(heard_ns)
        self.given.put_nowait(data)

    def tell(self, source: str, state: str, why: str) -> None:
        assert source == "roof"
        self.told.put_nowait((state, why))

    async def room(self) -> None:
        await self.open.wait()


class FakePace:
    """Every sleep waits until the test lets it pass; the clock moves only then."""

    def __init__(self) -> None:
        self.at_ns = 1_495_099_800_000_000_000
        self.asleep: list[tuple[float, asyncio.Future[None]]] = []
        self._changed = asyncio.Event()
        self.pace = Pace(now_ns=lambda: self.at_ns, sleep=self.sleep, chance=lambda: 0.0)

    async def sleep(self, seconds: float) -> None:
        mine = (seconds, asyncio.get_running_loop().create_future())
        self.asleep.append(mine)
        self._changed.set()
        try:
            await mine[1]
        finally:
            self.asleep.remove(mine)

    async def sleeper(self, seconds: float) -> asyncio.Future[None]:
        """Wait until somebody sleeps this long."""
        while True:
            for length, waiting in self.asleep:
                if length == pytest.approx(seconds) and not waiting.done():
                    return waiting
            self._changed.clear()
            await self._changed.wait()

    async def passes(self, seconds: float) -> None:
        """Wait until somebody sleeps this long, then let that time pass."""
        waiting = await self.sleeper(seconds)
        self.at_ns += round(seconds * 1e9)
        waiting.set_result(None)


class Stage:
    """An inbox, a pace, and the tasks of one test."""

    def __init__(self) -> None:
        self.inbox = FakeInbox()
        self.clock = FakePace()
        self.tasks: list[asyncio.Task[None]] = []
        self.servers: list[asyncio.Server] = []

    def start(self, runs: Any) -> asyncio.Task[None]:
        self.tasks.append(asyncio.ensure_future(runs.run()))
        return self.tasks[-1]

    async def serve(self, how: Serve, port: int = 0) -> int:
        server = await asyncio.start_server(how, "127.0.0.1", port)
        self.servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def told(self, *states: str) -> str:
        """The next things told are in these states; the words of the last one."""
        words = ""
        for state in states:
            said, words = await self.inbox.told.get()
            assert said == state, words
        return words

    async def close(self) -> None:
        for server in self.servers:
            server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def run(test: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
    """Run a test in a loop of its own; one that hangs fails after 20 s."""

    async def guarded() -> None:
        stage = Stage()
        try:
            async with asyncio.timeout(20):
                await test(stage)
        finally:
            await stage.close()

    asyncio.run(guarded())
