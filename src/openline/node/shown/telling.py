"""What browsers are told: outputs once they are durable, numbers each second in small pieces, names and places when asked for.

The state runs ahead of the record between a step and the commit of its outputs; `not_durable` is held meanwhile, and nothing
that is worked out of the state is told.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from openline.flow import Output
from openline.node.shown.events import Hub
from openline.node.shown.frames import TracksFrames, View
from openline.node.shown.picture import Pictures

if TYPE_CHECKING:
    from openline.node.loop import Loop


class Teller:
    """Speaks to all browsers for one loop."""

    def __init__(self, loop: "Loop", pictures: Pictures, frames_waiting_max: int) -> None:
        self.hub = Hub(frames_waiting_max)
        self.not_durable = asyncio.Lock()
        self._loop = loop
        self._pictures = pictures
        self._frames = TracksFrames()
        self._names_due = True
        self._numbers: asyncio.Task[None] | None = None
        self._drawing: asyncio.Task[None] | None = None

    def outputs(self, outputs: list[Output], first_index: int) -> None:
        """What a step gave, each with the index of its entry."""
        now_ns = self._loop.world.now_ns
        live = self._pictures.live(now_ns, outputs) if outputs else {}
        for i, output in enumerate(outputs):
            for frame in self._pictures.frames_of(output, first_index + i, live, now_ns):
                self.hub.say(frame)

    def begin(self) -> None:
        """The node watches: draw every zone meanwhile, so that the first browser need not wait for it."""
        self._drawing = asyncio.create_task(self._draw())

    def second(self) -> None:
        """Another second: names may have changed; numbers are told, unless the round before is still under way."""
        self._names_due = True
        if self._numbers is not None and self._numbers.done():
            self._numbers.result()
            self._numbers = None
        if self._numbers is None and len(self.hub):
            self._numbers = asyncio.create_task(self._tell_numbers())

    def end(self) -> None:
        """The node stops: every browser's stream ends."""
        for task in (self._numbers, self._drawing):
            if task is not None:
                task.cancel()
        self.hub.close()

    def places(self, view: View | None) -> bytes:
        """The binary frame."""
        self._name()
        return self._frames.frame(self._loop.world, self._loop.now_ns(), view)

    def names(self, since: int) -> dict[str, Any]:
        """Changed names."""
        self._name()
        return self._frames.names(since)

    def _name(self) -> None:
        if self._names_due:
            self._names_due = False
            self._frames.refresh(self._loop.world)

    async def _tell_numbers(self) -> None:
        rounds = self._pictures.every_second()
        while True:
            async with self.not_durable:
                frames = next(rounds, None)
            if frames is None:
                return
            for frame in frames:
                self.hub.say(frame, keep=False)
            await asyncio.sleep(0)

    async def _draw(self) -> None:
        for zone in self._loop.world.book.latest():
            self._pictures.drawings.of(zone)
            await asyncio.sleep(0)
