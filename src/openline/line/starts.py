"""Which start of a counterpart's node sessions are with."""

from collections import deque
from typing import Final

from openline import seal
from openline.errors import Refused

STARTS_MAX: Final = 1_000


class Starts:
    """The starts of a counterpart's node that were heard of, so that bytes of one that is over are not taken for news.

    Hellos may be held up on the way while their writer dies and starts again. A firm request was written after its writer had
    heard us; so of two starts that both are, the one heard of first is over. That can be wrong where an old answer of one was
    heard before a hello of the next; so none is over for good: who answers what we asked lives, and the others are over.
    """

    def __init__(self) -> None:
        self.current = b""  # the start that sessions are with
        self._order: list[bytes] = []  # as first heard of
        self._over: deque[bytes] = deque(maxlen=STARTS_MAX)

    def asked(self, boot: bytes, firm: bool) -> bool:
        """A request of this start; whether it ends the sessions there are. Raises `Refused` for a start that is over."""
        if boot in self._over:
            raise Refused("hello.boot", seal.b64(boot), "the newest start: this one was followed by another")
        self._met(boot)
        another = boot != self.current
        if firm and another:
            place = self._order.index(boot)
            self._end(self._order[:place] + ([self.current] if self.current in self._order[place:] else []), boot)
        return another

    def answered(self, boot: bytes, named: bytes) -> bool:
        """An answer to our hello, which named a start or none; whether it ends the sessions there are.

        Raises `Refused` where the start of a third is current since we asked: then we ask again.
        """
        if named != self.current != boot:
            raise Refused("hello.boot", seal.b64(boot), "the newest start: another was heard while this was on its way")
        another = boot != self.current
        self._met(boot)
        self._end([one for one in self._order if one != boot], boot)
        return another

    def _met(self, boot: bytes) -> None:
        if boot not in self._order:
            self._order = [*self._order[-STARTS_MAX:], boot]

    def _end(self, gone: list[bytes], current: bytes) -> None:
        self._over.extend(gone)
        if current in self._over:
            self._over.remove(current)
        self._order = [one for one in self._order if one not in gone]
        self.current = current
