"""The clock of a world that is played: scenario time, running at a speed or moved by hand.

The node takes its time from `now_ns` and its intakes sleep by `sleep` (`intake_link.Pace`), so both live in that time.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from openline.clock import NS_PER_S
from openline.node.played.motion import Scenario

NOT_BEGUN_S: Final = 0.02  # how often a sleeper looks whether the world has begun


class WorldClock:
    """Held at `start_ns` until `begin`; then running at `speed`, or with no speed moved by `advance`."""

    def __init__(self, start_ns: int, speed: float | None, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        assert speed is None or speed > 0.0
        self.speed = speed
        self._monotonic_ns = monotonic_ns
        self._now_ns = start_ns
        self._since_ns: int | None = None
        self._sleepers_ns: list[tuple[int, int]] = []  # asleep since, until
        self._moved = asyncio.Event()

    def begin(self) -> None:
        """Let the clock run. With no speed it still waits for `advance`."""
        if self._since_ns is None:
            self._since_ns = self._monotonic_ns()

    def now_ns(self) -> int:
        """The time in the scenario."""
        if self.speed is None or self._since_ns is None:
            return self._now_ns
        return self._now_ns + round((self._monotonic_ns() - self._since_ns) * self.speed)

    def change_speed(self, speed: float) -> None:
        """Go on from now at another speed."""
        assert self.speed is not None, "a clock moved by hand has no speed"
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
        sleeper_ns = (self.now_ns(), at_ns)
        self._sleepers_ns.append(sleeper_ns)
        try:
            while (now_ns := self.now_ns()) < at_ns:
                await self._part((at_ns - now_ns) / NS_PER_S)
        finally:
            self._sleepers_ns.remove(sleeper_ns)

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many seconds of the scenario."""
        await self.until(self.now_ns() + round(seconds * NS_PER_S))

    def asleep(self, for_s: float) -> int:
        """How many are asleep now who lay down for at most so many seconds of the scenario."""
        now_ns, for_ns = self.now_ns(), round(for_s * NS_PER_S)
        return sum(until_ns > now_ns and until_ns - since_ns <= for_ns for since_ns, until_ns in self._sleepers_ns)

    async def _part(self, rest_s: float) -> None:
        if self.speed is None:
            await self._moved.wait()
        elif self._since_ns is None:
            await asyncio.sleep(NOT_BEGUN_S)
        else:
            await asyncio.sleep(rest_s / self.speed)


def world_clock(scenario: Scenario, speed: float | None) -> WorldClock:
    """The clock of a scenario, held one second before its start, so that the node is ready when the first second is due."""
    return WorldClock(scenario.start_ns - NS_PER_S, speed)
