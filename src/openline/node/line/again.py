"""What was sent or taken before, out of the record: for a counterpart that was put back to an older state, and for one's own.

The outbox holds only what has no receipt. A counterpart that lost what it had receipted is sent it again from the record, and
is shown its own messages that we hold. Both are rare, so the record is read through instead of being kept at hand.
"""

from collections.abc import Iterator

from openline.flow.line import Line
from openline.line import message as messages
from openline.line.lanes import LaneIn, LaneOut
from openline.record.envelope import unwrap
from openline.record.store import Store


class Again:
    """One lane of ours, as far as the counterpart has lost it."""

    def __init__(self, line: Line, lane: int) -> None:
        self._line = line
        self._lane = lane
        self.after: int | None = None  # the last number that they say they hold, where that is less than they receipted
        self._places: dict[int, int] = {}  # number → index of its entry, of what was given last

    def heard(self, have: int) -> None:
        """They say up to where they hold our messages."""
        upto = self._line.lanes.out[self._lane].upto
        self.after = have if have < upto else None
        if self.after is None:
            self._places = {}

    def receipted(self, upto: int) -> None:
        """They have these again."""
        if self.after is not None and upto > self.after:
            self.heard(upto)

    def frames(self, store: Store, upto: int, limit: int) -> list[bytes]:
        """The next of what they lost, at most `limit`; nothing where they lost nothing."""
        after = self.after
        if after is None or after >= upto:
            return []
        start = self._places.get(after, -1)
        self._places = {}
        found: list[bytes] = []
        lane = self._line.lanes.out[self._lane]
        for index, seq, envelope in chain(store, self._line, "msg.out", lane, after, start):
            if seq > upto or len(found) >= limit:
                break
            self._places[seq] = index
            found.append(envelope)
        return found


def chain(
    store: Store, line: Line, kind: str, lane: LaneIn | LaneOut, after: int, start: int = -1
) -> Iterator[tuple[int, int, bytes]]:
    """(entry, number, envelope) of a lane's own messages above `after`, in order, read from entry `start` on."""
    due = after + 1
    for entry in store.entries(start, kind=kind):
        if f"party:{line.party}" not in entry.ref:
            continue
        found = store.salted(entry.objects[0].c)
        if found is None:
            return  # erased: nothing after it would follow
        payload = unwrap(found[1], messages.PAYLOAD_TYPE, "frame").payload
        message = messages.read_message(payload)
        held = lane.hash_of(due)
        if message.lane == lane.lane and message.seq == due and held in (None, messages.hash_of(payload)):
            yield entry.index, due, found[1]
            due += 1
