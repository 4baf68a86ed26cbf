"""What the loop does as the disk of its record fills, and while it is full. `room.py` says what is refused when."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

from openline.errors import DiskFull, RecordStopped
from openline.flow import Given
from openline.flow.conditions import DISK
from openline.inbox import Bytes
from openline.node.looking import Looks
from openline.node.waiting import Item, Waiting, intake_of, tell
from openline.record.entry import NewEntry

log = logging.getLogger("openline.loop")
FULL_LOOK_S: Final = 1.0  # between two tries to record anything on a full disk
HALF_DONE: Final = (
    "The disk is full. What you did is recorded, but not yet what follows from it: that is shown and sent when there is room."
)


class Narrow(Looks):
    """The loop, when there is little room."""

    _inbox: Waiting
    _closing: bool
    _watches: bool
    _wait_s: Callable[[float], float]

    async def _commit(self, *args: Any, **more: Any) -> Any:
        raise NotImplementedError

    async def _surely(self, items: list[Item], rows: list[NewEntry], also: Any) -> Any:
        """Commit what a step gave. The step is taken and is not taken back, so this waits until there is room for it."""
        while True:
            try:
                return await self._commit(rows, also=also)
            except DiskFull as full:
                if self._closing:  # the next start steps the inputs again and writes what is missing
                    raise RecordStopped(full.message) from full
                self._no_room(DiskFull(HALF_DONE), items, [])
                await asyncio.sleep(self._wait_s(FULL_LOOK_S))

    def _no_room(self, full: DiskFull, items: list[Item], given: list[Given]) -> None:
        """Nothing can be recorded: whoever waits is told so, evidence is lost and counted, what the node saw waits."""
        if not self.room_left.full:
            log.error("the disk is full: nothing can be recorded")
        self.room_left.full = True
        self.room_left.look()
        kept: list[Item] = []
        for item, one in zip(items, given, strict=False):
            if isinstance(one, Bytes):
                self.room_left.refused[one.source] += 1
            elif item.answer is None and not self._closing:
                kept.append(item)
        tell(items, full)
        self._inbox.put_back(kept)
        self.watching, self.why = False, self.room_left.says(self.world)
        frame = {"seq": self.store.size - 1, "type": "node", "data": self.pictures.node(self.now_ns())}
        self.hub.say(frame, keep=False)

    def _look_at_disk(self, always: bool = False) -> None:
        """Once a second: what the disk leaves room for; a change is an input like any other."""
        room = self.room_left
        changed = room.look()
        if not self._watches or not (changed or always) or room.full:
            return
        log.warning("%s", room.says(self.world))
        for source, state, why in [(DISK, room.level, room.says(self.world)), *room.feeds_told(self.world)]:
            self._inbox.put(intake_of(source, state, why), 200)
