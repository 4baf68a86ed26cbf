"""Frames for browsers: every one with the record index it came from, a bounded queue a browser, and a past to resume from.

What no entry stands behind (numbers of alarms, feeds and the node, each second) is not kept, and of one thing only the newest
waits for a slow browser: a browser that reads late must not be told twenty times how far a mover was.
"""

import asyncio
from collections import OrderedDict, deque
from typing import Any, Final

import msgspec

KEPT_FRAMES: Final = 5_000  # about an hour of a bad night; an older `after` is told to resync


class Frame(dict[str, Any]):
    """One frame. What it tells is kept as JSON only, made once for all browsers: a night's frames as Python objects would be
    hundreds of megabytes, and a tenth of a second for every look of the garbage collector.
    """

    def __init__(self, told: dict[str, Any]) -> None:
        data = told["data"]
        self.about = (str(told["type"]), str(data.get("id") or data.get("source") or "") if isinstance(data, dict) else "")
        self.text = msgspec.json.encode(told).decode()
        super().__init__(seq=told.get("seq", -1), type=told["type"])


def resync(seq: int) -> Frame:
    """Too much was missed: fetch the state again."""
    return Frame({"seq": seq, "type": "resync", "data": None})


class Subscription:
    """One browser's frames, oldest first. On overflow the waiting ones are dropped and one `resync` is given instead."""

    def __init__(self, hub: "Hub", waiting_max: int) -> None:
        self._hub = hub
        self._waiting: OrderedDict[Any, Frame] = OrderedDict()
        self._given = 0
        self._max = waiting_max
        self._bell = asyncio.Event()
        self._open = True

    def give(self, frame: Frame, only_newest: bool = False) -> None:
        """Queue one frame; `only_newest`: in place of one about the same thing that still waits."""
        key: Any = self._given
        self._given += 1
        if only_newest:
            key = frame.about
            self._waiting.pop(key, None)  # the new one goes to the end: it must not come before an older kept one
        if len(self._waiting) >= self._max:
            self._waiting.clear()
            frame = resync(frame["seq"])
        self._waiting[key] = frame
        self._bell.set()

    def ready(self, most: int) -> list[Frame]:
        """Frames that wait now, at most so many."""
        return [self._waiting.popitem(last=False)[1] for _ in range(min(most, len(self._waiting)))]

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Frame:
        while not self._waiting:
            if not self._open:
                raise StopAsyncIteration
            self._bell.clear()
            await self._bell.wait()
        return self._waiting.popitem(last=False)[1]

    def close(self) -> None:
        """No more frames, please."""
        self._open = False
        self._hub.leave(self)
        self._bell.set()


class Hub:
    """All browsers listening, and the frames of the recent past."""

    def __init__(self, waiting_max: int) -> None:
        self._waiting_max = waiting_max
        self._subscribers: set[Subscription] = set()
        self._past: deque[Frame] = deque(maxlen=KEPT_FRAMES)
        self._dropped_seq = -1  # the newest frame that is no longer in the past

    def __len__(self) -> int:
        return len(self._subscribers)

    def begin_at(self, seq: int) -> None:
        """Frames up to this index are not kept here: they were said before this process started."""
        self._dropped_seq = seq

    def say(self, told: dict[str, Any], keep: bool = True) -> None:
        """Give a frame to everybody; kept ones can be resumed from."""
        frame = Frame(told)
        if keep:
            if len(self._past) == KEPT_FRAMES:
                self._dropped_seq = int(self._past[0]["seq"])
            self._past.append(frame)
        for subscriber in list(self._subscribers):
            subscriber.give(frame, only_newest=not keep)

    def subscribe(self, after: int) -> Subscription:
        """Frames above `after` from the past, then live ones; `after` < 0: live ones only."""
        one = Subscription(self, self._waiting_max)
        if after >= 0:
            if after < self._dropped_seq:
                one.give(resync(after))
            else:
                for frame in self._past:
                    if int(frame["seq"]) > after:
                        one.give(frame)
        self._subscribers.add(one)
        return one

    def leave(self, one: Subscription) -> None:
        """Forget a browser."""
        self._subscribers.discard(one)

    def close(self) -> None:
        """The node stops: every browser's stream ends."""
        for one in list(self._subscribers):
            one.close()
