"""How much one counterpart may ask of this node: a bucket for each lane, and for hellos, calls and questions.

Each is its own, so that a flood in one lane takes nothing from another, and no counterpart anything from another counterpart.
What is too much is not taken, and named in the answer: an honest sender sends it again a little later.
"""

import time
from collections.abc import Callable
from typing import Final

PER_S: Final = (10.0, 100.0, 100.0)
"""Messages a second, by lane, on average: what people say goes in lane 0. More would fill a disk in a day."""
BURST: Final = (2_000.0, 30_000.0, 30_000.0)
"""And at once: the backlog of a day without a line."""


class Bucket:
    """`per_s` a second on average, `burst` at once."""

    def __init__(self, per_s: float, burst: float, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._burst = burst
        self._clock_s = clock_s
        self._left = burst
        self._at_s = clock_s()

    def take(self, count: int = 1) -> int:
        """How many of these may go now."""
        now_s = self._clock_s()
        self._left = min(self._burst, self._left + max(0.0, now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        going = min(count, int(self._left))
        self._left -= going
        return going

    def give_back(self, count: int) -> None:
        """These did not go after all."""
        self._left += count


class Allowance:
    """The buckets of one counterpart."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.lanes = tuple(Bucket(per_s, burst, clock_s) for per_s, burst in zip(PER_S, BURST, strict=True))
        self.calls = Bucket(50.0, 400.0, clock_s)  # without anything for lane 0
        self.checkpoints = Bucket(2.0, 20.0, clock_s)
        self.hellos = Bucket(0.2, 30.0, clock_s)
        self.questions = Bucket(1.0, 30.0, clock_s)  # keys, own messages, checkpoints
