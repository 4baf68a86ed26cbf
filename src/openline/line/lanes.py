"""The lanes of one line: what is next in each, what the other side has said it stored, and what may not go on.

A lane does not know which side it is on: both sides run this file. Incoming, one number and one hash decide:

    number        hash of it, or of the one before      outcome
    the next      `prev` is our last hash               applied      stored, receipted
    the next      `prev` is another                     fork_prev    not applied; both statements are evidence
    an earlier    as we stored it                       duplicate    the newest receipt is given again
    an earlier    another                               fork_seq     not applied; both are evidence; the lane goes on
    an earlier    too old to compare                    duplicate
    a later       any                                   gap          not applied; the answer names the next

Outgoing, a lane is stopped while something stands against signing in it (`STOPS`). State is small and pickles.
"""

from collections import deque
from typing import Any, Final, Literal

from openline.errors import OutOfTurn
from openline.line.message import FIRST, Message, hash_of, in_short, write_message
from openline.line.names import LANES, line_of
from openline.line.receipt import REFUSED_COUNT_MAX, REFUSED_WITHIN, Receipt, Unused
from openline.seal import HASH_BYTES

COMPARED_MAX: Final = 100_000
"""Hashes kept of what came in, the newest: 3.2 MB a lane. An older number is a duplicate that nobody compares."""
SENT_KEPT: Final = 1_000
"""Hashes kept of what went out and is receipted, so that a counterpart that fell behind can be compared."""
UNRECEIPTED_MAX: Final = 1_000_000
"""Messages queued in one lane without a receipt: eleven days at one a second, 32 MB of hashes. More are not queued."""

Number = Literal["earlier", "next", "later"]
Agrees = Literal["same", "other", "unknown"]
Outcome = Literal["applied", "duplicate", "gap", "fork_prev", "fork_seq", "held"]

TABLE: Final[dict[Number, dict[Agrees, Outcome]]] = {
    "earlier": {"same": "duplicate", "other": "fork_seq", "unknown": "duplicate"},
    "next": {"same": "applied", "other": "fork_prev"},
    "later": {"unknown": "gap"},
}
"""Where a number stands → whether its hash is as it should be → what happens."""

Stop = Literal["put_back", "fork", "unheard"]
STOPS: Final[dict[Stop, str]] = {
    "put_back": "The counterpart holds messages of ours that this node does not know: it was put back to an older state.",
    "fork": "The counterpart holds another message than the one we sent; a person decides how to go on.",
    "unheard": "Since this node started the counterpart has not been heard; nothing is signed before.",
}
"""Why nothing is signed in an outgoing lane, the gravest first."""

Received = Literal["advanced", "known", "ahead", "differs"]
"""A receipt: it takes us further; says nothing new; speaks of what we never sent; names another hash than ours."""


class Hashes:
    """Hashes of consecutive numbers, packed; the oldest are let go."""

    __slots__ = ("_packed", "first")

    def __init__(self, first: int = 1) -> None:
        self.first = first
        self._packed = bytearray()

    def __len__(self) -> int:
        return len(self._packed) // HASH_BYTES

    def append(self, digest: bytes) -> None:
        """The hash of the number after the last."""
        assert len(digest) == HASH_BYTES
        self._packed += digest

    def of(self, seq: int) -> bytes | None:
        """The hash of a number, None where it is not held."""
        place = seq - self.first
        return bytes(self._packed[place * HASH_BYTES : (place + 1) * HASH_BYTES]) if 0 <= place < len(self) else None

    def keep(self, count: int) -> None:
        """Let go of all but the newest `count`."""
        surplus = len(self) - count
        if surplus > 0:
            del self._packed[: surplus * HASH_BYTES]
            self.first += surplus


class LaneOut:
    """What we send in one lane: `next` and `prev` of the message to come, `upto` the number the counterpart receipted."""

    __slots__ = ("_hashes", "forked", "from_", "lane", "next", "prev", "put_back", "to", "unheard", "upto")

    def __init__(self, from_: str, to: str, lane: int) -> None:
        self.from_ = from_
        self.to = to
        self.lane = lane
        self.next = 1
        self.prev = FIRST
        self.upto = 0
        self.put_back = False
        self.forked = False
        self.unheard = False
        self._hashes = Hashes()

    @property
    def stopped(self) -> Stop | None:
        """Why nothing is signed here now, or None."""
        if self.put_back:
            return "put_back"
        if self.forked:
            return "fork"
        return "unheard" if self.unheard else None

    def queue(self, **said: Any) -> bytes:
        """The payload of the next message, to be made durable before it is signed. `said` are the fields of a `Message`.

        Raises `OutOfTurn` while the lane is stopped or full, `Refused` for a field; either way nothing has changed.
        """
        if self.stopped is not None:
            raise OutOfTurn(STOPS[self.stopped], lane=self.lane, stopped=self.stopped)
        if self.next - self.upto > UNRECEIPTED_MAX:
            raise OutOfTurn(f"{UNRECEIPTED_MAX} messages wait for a receipt in lane {self.lane}.", lane=self.lane)
        message = Message(from_=self.from_, to=self.to, lane=self.lane, seq=self.next, prev=self.prev, **said)
        payload = write_message(message)
        self._went(hash_of(payload))
        return payload

    def relearn(self, message: Message, digest: bytes) -> bool:
        """Take back a message of our own that the counterpart kept and we lost; False where it is not the next of our chain."""
        if (message.from_, message.to, message.lane) != (self.from_, self.to, self.lane):
            return False
        if message.seq != self.next or message.prev != self.prev:
            return False
        self._went(digest)
        return True

    def received(self, receipt: Receipt) -> Received:
        """Heed a receipt of the counterpart. `ahead` and `differs` are evidence, signed by it, and stop the lane."""
        assert (receipt.from_, receipt.to, receipt.lane) == (self.to, self.from_, self.lane)
        if receipt.upto >= self.next:
            self.put_back = True  # until a hello says otherwise
            return "ahead"
        ours = self.hash_of(receipt.upto)
        if ours is not None and ours != receipt.hash:
            self.forked = True
            return "differs"
        if receipt.upto <= self.upto:
            return "known"
        self.upto = receipt.upto
        self._let_go()
        return "advanced"

    def hash_of(self, seq: int) -> bytes | None:
        """The hash of a message of ours; that of number 0 is 32 zero bytes; None where it is not held any more."""
        return FIRST if seq == 0 else self._hashes.of(seq)

    def _went(self, digest: bytes) -> None:
        self._hashes.append(digest)
        self.prev = digest
        self.next += 1
        self._let_go()

    def _let_go(self) -> None:
        self._hashes.keep(self.next - 1 - self.upto + SENT_KEPT)


class LaneIn:
    """What we take in one lane: `next` and `prev` of the message to come, and `refused` among the newest.

    `held` is True while the counterpart shows an older state than what it sent us: nothing further is taken until it recovered.
    """

    __slots__ = ("_hashes", "from_", "held", "lane", "next", "prev", "refused", "to")

    def __init__(self, from_: str, to: str, lane: int) -> None:
        self.from_ = from_
        self.to = to
        self.lane = lane
        self.next = 1
        self.prev = FIRST
        self.held = False
        self.refused: deque[Unused] = deque(maxlen=REFUSED_COUNT_MAX)
        self._hashes = Hashes()

    def take(self, message: Message, digest: bytes, unusable: str | None = None) -> Outcome:
        """What becomes of a message with this hash. `unusable` is why it is stored but not acted on."""
        assert (message.from_, message.to, message.lane) == (self.from_, self.to, self.lane)
        outcome = self._judge(message, digest)
        if outcome == "applied":
            self._hashes.append(digest)
            self._hashes.keep(COMPARED_MAX)
            self.next += 1
            self.prev = digest
            if unusable is not None:
                self.refused.append(Unused(message.seq, in_short(unusable)))
        return outcome

    def receipt(self, origin: str, size: int, at_us: int) -> Receipt | None:
        """The receipt for everything taken, to leave only when that is durable; None where there is nothing yet.

        `size`: every entry of these messages is within the first `size` entries of our log `origin`.
        """
        upto = self.next - 1
        if upto == 0:
            return None
        refused = tuple(one for one in self.refused if one.seq > upto - REFUSED_WITHIN)
        return Receipt(
            from_=self.to,
            to=self.from_,
            lane=self.lane,
            upto=upto,
            hash=self.prev,
            origin=origin,
            size=size,
            refused=refused,
            at_us=at_us,
        )

    def hash_of(self, seq: int) -> bytes | None:
        """The hash of a message we took; that of number 0 is 32 zero bytes; None where it is not held any more."""
        return FIRST if seq == 0 else self._hashes.of(seq)

    def _judge(self, message: Message, digest: bytes) -> Outcome:
        if message.seq < self.next:
            ours = self._hashes.of(message.seq)
            return TABLE["earlier"]["unknown" if ours is None else _agrees(ours, digest)]
        if self.held:
            return "held"
        if message.seq > self.next:
            return TABLE["later"]["unknown"]
        return TABLE["next"][_agrees(self.prev, message.prev)]


def _agrees(ours: bytes, theirs: bytes) -> Agrees:
    return "same" if ours == theirs else "other"


class Lanes:
    """Both directions of one line, seen from `own`."""

    __slots__ = ("into", "out", "own", "party")

    def __init__(self, own: str, party: str) -> None:
        self.own = own
        self.party = party
        self.out = tuple(LaneOut(own, party, lane) for lane in LANES)
        self.into = tuple(LaneIn(party, own, lane) for lane in LANES)

    @property
    def line(self) -> str:
        """The line's name."""
        return line_of(self.own, self.party)

    def started(self) -> None:
        """The node has started: before the counterpart has said what it holds of ours, nothing more is signed for it.

        A database put back from a copy would else give a number to a second message.
        """
        for lane in self.out:
            lane.unheard = True

    def settle(self, lane: int) -> None:
        """A person has decided that a lane with a fork goes on."""
        self.out[lane].forked = False
