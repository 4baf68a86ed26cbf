"""The clock of a world that is played: scenario time, running at a speed or moved by hand."""

import asyncio
import time
from collections.abc import Callable

from openline.clock import NS_PER_S


class WorldClock:
    """The scenario's time: held at the start until `begin`, then running at `speed`, or with no speed moved by `advance`."""

    def __init__(self, start_ns: int, speed: float | None, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self.speed = speed
        self._monotonic_ns = monotonic_ns
        self._now_ns = start_ns
        self._since_ns: int | None = None
        self._moved = asyncio.Event()

    def begin(self) -> None:
        """Let the clock run. With no speed it still waits for `advance`."""
        self._since_ns = self._monotonic_ns()

    def now_ns(self) -> int:
        """The time in the scenario."""
        if self.speed is None or self._since_ns is None:
            return self._now_ns
        return self._now_ns + round((self._monotonic_ns() - self._since_ns) * self.speed)

    def change_speed(self, speed: float) -> None:
        """Go on from now at another speed."""
        self._now_ns, self._since_ns = self.now_ns(), self._monotonic_ns()
        self.speed = speed

    def advance(self, to_ns: int) -> None:
        """Step to an instant; whoever sleeps until then or earlier wakes."""
        assert self.speed is None, "a running clock is not moved by hand"
        assert to_ns >= self._now_ns, "time does not run backwards"
        self._now_ns = to_ns
        self._moved.set()
        self._moved = asyncio.Event()

    async def until(self, at_ns: int) -> None:
        """Sleep until the scenario's time is at least `at_ns`."""
        while (now_ns := self.now_ns()) < at_ns:
            if self.speed is None or self._since_ns is None:
                await self._wait()
            else:
                await asyncio.sleep((at_ns - now_ns) / NS_PER_S / self.speed)

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many seconds of the scenario."""
        await self.until(self.now_ns() + round(seconds * NS_PER_S))

    async def _wait(self) -> None:
        if self.speed is None:
            await self._moved.wait()
        else:
            await asyncio.sleep(0.01)  # not begun yet
