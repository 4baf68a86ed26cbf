"""One counterpart as the connections know it: sessions, what both sides last said, and what is to be sent next."""

import asyncio
from collections.abc import Iterable
from typing import Final

from openline.flow.line import Line
from openline.line.names import LANES
from openline.node.line.post import waiting
from openline.node.line.wire import FRAMES_MAX, Status
from openline.record.store import Store

FRAMES_BYTES_MAX: Final = 700_000  # of envelopes in one request, so that the body with its quoting stays below 1 MiB


class Peer:
    """What is known of one counterpart while this process runs; nothing here needs to outlive it."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.ours = b""  # the session our calls name, opened by our hello
        self.theirs = b""  # the session their calls name
        self.boot = b""  # of the counterpart's node
        self.wake = asyncio.Event()  # something waits for a caller that pulls
        self.heard_s = float("-inf")  # monotonic, of the last proof of life
        self.offset_us: int | None = None  # their clock minus ours
        self.delay_us: int | None = None  # and within how much that holds
        self.status: Status | None = None
        self.witness_size = 0  # of our log: what they last cosigned
        self.checkpoint_due_s = float("-inf")
        self.offered = ""  # the checkpoint we last gave in an answer, to be cosigned in their next call
        self.owed_receipts = False  # frames were pulled whose receipts go with the next call
        self.owed_cosignatures: list[str] = []

    @property
    def party(self) -> str:
        """The counterpart."""
        return self.line.party

    def next_frames(self, store: Store, lanes: Iterable[int] = LANES, frames_max: int = FRAMES_MAX) -> list[bytes]:
        """Envelopes without a receipt, lane by lane, as many as one request takes."""
        found: list[bytes] = []
        size = 0
        for lane in lanes:
            out = self.line.lanes.out[lane]
            if self.line.stopped or out.stopped is not None:
                continue
            for _, envelope in waiting(store, self.party, lane, out.upto, frames_max - len(found)):
                size += len(envelope) + len(envelope) // 8 + 3
                if size > FRAMES_BYTES_MAX and found:
                    return found
                found.append(envelope)
        return found
