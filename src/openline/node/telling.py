"""How far long work is, said in plain lines where no bar can be drawn: in a log, in a pipe, on a machine that builds."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

EVERY_S: Final = 10.0


class Telling:
    """Says at least every ten seconds what is being done, also while one call takes a minute. Use as a context."""

    def __init__(self, say: Callable[[str], None], every_s: float = EVERY_S) -> None:
        self._say = say
        self._every_s = every_s
        self._began_s = time.monotonic()
        self._now: tuple[str, int, int] = ("working", 0, 0)
        self._timer: threading.Timer | None = None
        self._ending = threading.Lock()  # no timer is set after the work has ended

    def moved(self, what: str, done: int, of: int) -> None:
        """What is being done, and how much of it is."""
        self._now = (what, done, of)

    def line(self) -> str:
        """What is said now: `  playing: 34 of 80, 43 % (20 s)`."""
        what, done, of = self._now
        far = f": {done} of {of}, {100 * done // of} %" if of > 0 else ""
        return f"  {what}{far} ({time.monotonic() - self._began_s:.0f} s)"

    def _again(self) -> None:
        self._timer = threading.Timer(self._every_s, self._tell)
        self._timer.daemon = True
        self._timer.start()

    def _tell(self) -> None:
        self._say(self.line())
        with self._ending:
            if self._timer is not None:
                self._again()

    def __enter__(self) -> Self:
        self._again()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._ending:
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
