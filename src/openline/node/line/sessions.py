"""One counterpart as the connections know it: sessions, what both sides last said, and what is to be sent next."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec

from openline.errors import Refused
from openline.flow.line import Line
from openline.line import clocks
from openline.line.cleaning import clean
from openline.line.names import LANES
from openline.line.starts import Starts
from openline.node.line.again import Again
from openline.node.line.limits import Allowance
from openline.node.line.post import waiting
from openline.node.line.wire import FRAMES_MAX, NotTaken, Status
from openline.record.store import Store

FRAMES_BYTES_MAX: Final = 700_000  # of envelopes in one request, so that the body with its quoting stays below 1 MiB
FIELDS_MAX: Final = 100  # names of fields that refusals are counted by
COMPARED_EVERY_S: Final = 5.0  # a slow line that looks like a clock that was set costs no more than a hello each
SHOWN_CHARS_MAX: Final = 80
SORTING_MAX: Final = 2  # requests of one counterpart that are checked at once


def _shown(text: str) -> str:
    try:
        return clean(text, "status", SHOWN_CHARS_MAX, one_line=True)
    except Refused:
        return ""


class Peer:
    """What is known of one counterpart while this process runs; nothing here needs to outlive it."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.ours = b""  # the session our calls name, opened by our hello
        self.theirs = b""  # the session their calls name
        self.starts = Starts()
        self.wake = asyncio.Event()  # something waits for a caller that pulls
        self.calls = asyncio.Event()  # they said hello: whoever pauses before calling them need not
        self.heard_s = float("-inf")  # monotonic, of the last proof of life
        self.greeted_s = float("-inf")  # monotonic, of the last answer to a hello of ours
        self.offset_us: int | None = None  # their clock minus ours
        self.delay_us: int | None = None  # and within how much that holds
        self.status: Status | None = None
        self.keys_seq = 0  # of the manifest they say they have
        self.witness_size = 0  # of our log: what they last cosigned
        self.checkpoint_due_s = float("-inf")
        self.offered = ""  # the checkpoint we last gave in an answer, to be cosigned in their next call
        self.owed_answer: set[int] = set()  # lanes whose newest receipt goes with our next answer,
        self.owed_ask: set[int] = set()  # and with our next call
        self.owed_cosignatures: list[str] = []
        self.again = [Again(line, lane) for lane in LANES]
        self.allowance = Allowance()
        self.sorting = asyncio.Semaphore(SORTING_MAX)
        self.turns = (asyncio.Lock(), asyncio.Lock())  # lane 0, the others: what is screened is stepped before the next
        self.seen: set[bytes] = set()  # digests of evidence that was kept
        self.refused: Counter[str] = Counter()  # what was not taken, by field
        self.said_refused_s = float("-inf")

    @property
    def party(self) -> str:
        """The counterpart."""
        return self.line.party

    @property
    def behind(self) -> bool:
        """Whether they were put back, and no answer to a hello of ours has shown yet that they have everything again."""
        held = any(into.held for into in self.line.lanes.into)
        return held or any(key.startswith("back") for key in self.line.trouble)

    def alive(self, status: Status | None = None) -> None:
        """They were heard just now; what they say of their desk is shown without what could turn or hide letters."""
        self.heard_s = time.monotonic()
        if status is not None:
            self.status = msgspec.structs.replace(status, officer=_shown(status.officer), role=_shown(status.role))

    def compare_clocks(self, status: Status | None, now_us: int) -> None:
        """A clock was set since both were compared: our next call says hello, whose answer is recorded and measures it."""
        rested = time.monotonic() - self.greeted_s > COMPARED_EVERY_S
        if status is not None and rested and clocks.jumped(status.at, now_us, self.offset_us, self.delay_us):
            self.ours = b""

    def forget_sessions(self) -> None:
        """Both sides have to say hello again."""
        self.ours = self.theirs = b""

    def note_refused(self, refused: Iterable[NotTaken]) -> None:
        """Count what was not taken."""
        for one in refused:
            known = one.field in self.refused or len(self.refused) < FIELDS_MAX
            self.refused[one.field if known else "others"] += 1

    def next_frames(self, store: Store, lanes: Iterable[int] = LANES, frames_max: int = FRAMES_MAX) -> list[bytes]:
        """Envelopes without a receipt, as many as one request takes; lanes that both have many share it."""
        open_lanes = [lane for lane in lanes if not self.line.stopped and self.line.lanes.out[lane].stopped is None]
        found: list[bytes] = []
        size = 0
        for i, lane in enumerate(open_lanes):
            share = (frames_max - len(found)) // (len(open_lanes) - i)
            bytes_max = size + (FRAMES_BYTES_MAX - size) // (len(open_lanes) - i)
            for envelope in self._without_receipt(store, lane, share):
                quoted = len(envelope) + len(envelope) // 8 + 3
                if size + quoted > bytes_max and found:
                    break
                size += quoted
                found.append(envelope)
        return found

    def _without_receipt(self, store: Store, lane: int, limit: int) -> list[bytes]:
        upto = self.line.lanes.out[lane].upto
        before = self.again[lane].frames(store, upto, limit)
        return before or [envelope for _, envelope in waiting(store, self.party, lane, upto, limit)]
