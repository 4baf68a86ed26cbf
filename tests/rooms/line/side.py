"""One end of a line as a small node: what it keeps is durable when `commit` is called, everything else dies with a start.

It follows docs/spec/line.md with the modules of `openline.line`; what leaves it was committed before. `Stopped` is a crash at
the named moment.
"""

import json
import pickle
from functools import cache
from typing import Any

from openline.errors import Refused
from openline.line import hello as hellos
from openline.line import message as messages
from openline.line import receipt as receipts
from openline.line.hello import Finding, Hello
from openline.line.lanes import Lanes, Outcome, Received
from openline.line.names import LANES
from openline.line.starts import Starts
from openline.record.envelope import signed_by, unwrap, wrap
from openline.seal import b64
from scripts.line_vectors import NORTH, SIGNERS, SOUTH, T0_US, known
from tests.rooms.line.made import said

MOMENTS = ("before the commit", "after the commit")


class Stopped(Exception):
    """The node was stopped here."""


class Kept:
    """What a node keeps: the state of its lanes, what it queued, what it took, what contradicts."""

    def __init__(self, own: str, party: str) -> None:
        self.lanes = Lanes(own, party)
        self.sent: list[list[str]] = [[], [], []]  # envelopes, in order
        self.taken: list[list[str]] = [[], [], []]
        self.size = 0


class Side:
    """One party's node."""

    def __init__(self, own: str, frames_max: int = 5) -> None:
        self.own, self.party = own, NORTH if own == SOUTH else SOUTH
        self.frames_max = frames_max
        self.ticks = self.starts = 0
        self.stop_at = ""
        self.findings: list[Finding] = []
        self.outcomes: list[Outcome] = []
        self.received: list[Received] = []
        self.kept = Kept(own, self.party)
        self.history: list[bytes] = []
        self.commit()
        self.start()

    # ── Durable or not ───────────────────────────────────────────────────────────────────────────────────────────────

    def commit(self) -> None:
        """Make what is kept durable, unless the node is stopped just before or just after."""
        if self.stop_at == MOMENTS[0]:
            raise Stopped
        self.history.append(pickle.dumps(self.kept))
        if self.stop_at == MOMENTS[1]:
            raise Stopped

    def start(self) -> None:
        """Start with what was committed last: sessions are gone, and the other side is unheard."""
        self.kept = pickle.loads(self.history[-1])
        self.kept.lanes.started()
        self.stop_at = ""
        self.starts += 1
        self.boot = self.fresh()
        self.known = Starts()
        self.asked: Hello | None = None
        self.again = False  # whether to say hello once more, so that ours is firm
        self.ours = self.theirs = b""
        self.after = [out.upto for out in self.lanes.out]
        self.owed: set[int] = set()

    def put_back(self, commits: int) -> None:
        """Start from an older copy of the database."""
        self.history = self.history[: max(1, len(self.history) - commits)]
        self.start()

    @property
    def lanes(self) -> Lanes:
        """The lanes as they stand."""
        return self.kept.lanes

    def fresh(self) -> bytes:
        """Sixteen bytes that never come again."""
        self.ticks += 1
        return f"{self.own[:5]}{self.ticks:11}".encode()

    def now_us(self) -> int:
        """A clock that rises."""
        self.ticks += 1
        return T0_US + self.ticks

    # ── Messages ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def queue(self, lane: int, **changes: Any) -> None:
        """Queue a message and make it durable. Raises `OutOfTurn`."""
        payload = self.lanes.out[lane].queue(**said(conv=f"{self.own}/{self.ticks + 1}", at_us=self.now_us(), **changes))
        self.kept.sent[lane].append(self._wrapped(messages.PAYLOAD_TYPE, payload))
        self.kept.size += 1
        self.commit()

    def yours(self, lane: int, after: int) -> list[str]:
        """The other side's own messages, as we hold them."""
        return self.kept.taken[lane][after:]

    def recover(self, other: "Side") -> None:
        """Take back what we lost of our own from the other side."""
        for lane in LANES:
            for envelope in other.yours(lane, self.lanes.out[lane].next - 1):
                payload = unwrap(envelope.encode(), messages.PAYLOAD_TYPE, "frame").payload
                message = messages.read_message(payload)
                assert self.lanes.out[lane].relearn(message, messages.hash_of(payload))
                self.kept.sent[lane].append(envelope)
        self.commit()

    def _wrapped(self, kind: str, payload: bytes) -> str:
        return wrap(kind, payload, [SIGNERS[self.own]["line"]]).decode()

    # ── Hello ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def say_hello(self) -> bytes:
        """A request."""
        self.asked = self._hello(session=self.fresh(), t1_us=self.now_us())
        return self._wrapped(hellos.PAYLOAD_TYPE, hellos.write_hello(self.asked)).encode()

    def _hello(self, **more: Any) -> Hello:
        fields: dict[str, Any] = {"from_": self.own, "to": self.party, "boot": self.boot, "keys_seq": 1}
        fields["heard"] = self.known.current or None
        return Hello(**{**fields, "lanes": hellos.marks_of(self.lanes), "checkpoint": "", **more})

    def hello(self, data: bytes) -> tuple[int, bytes]:
        """The answer to a request."""
        taken_us = self.now_us()
        theirs = hellos.read_hello(self._opened(data, hellos.PAYLOAD_TYPE))
        try:
            another = self.known.asked(theirs.boot, hellos.is_firm(theirs, self.boot))
        except Refused:
            return 409, b""
        self._heed(theirs, another)
        session = theirs.session + self.fresh()
        self.theirs = session if hellos.is_firm(theirs, self.boot) else b""
        times = {"t1_us": theirs.t1_us, "t2_us": taken_us, "t3_us": self.now_us()}
        answer = self._hello(session=session, heard=theirs.boot, yours=theirs.lanes, **times)
        return 200, self._wrapped(hellos.PAYLOAD_TYPE, hellos.write_hello(answer)).encode()

    def heard_hello(self, status: int, data: bytes) -> None:
        """An answer to what we asked last opens our session, if ours was firm."""
        if status != 200 or self.asked is None:
            return
        theirs = hellos.read_hello(self._opened(data, hellos.PAYLOAD_TYPE))
        if not hellos.answers(self.asked, theirs):
            return
        try:
            another = self.known.answered(theirs.boot, self.asked.heard or b"")
        except Refused:
            return
        self._heed(theirs, another)
        self.again = self.asked.heard != theirs.boot
        self.ours = b"" if self.again else theirs.session

    def _heed(self, theirs: Hello, another: bool) -> None:
        if another:  # it has started again: nothing of before goes on
            self.ours = self.theirs = b""
        if hellos.is_firm(theirs, self.boot):
            findings = hellos.compare(self.lanes, theirs)
            hellos.heed(self.lanes, findings, theirs.yours is not None)
            self.findings += [one for one in findings if one.found != "go_on_after"]
            for one in findings:
                if one.found == "go_on_after" and one.lane is not None:
                    self.after[one.lane] = one.seq
        self.owed = {into.lane for into in self.lanes.into if into.next > 1}
        self.commit()

    # ── Exchange ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def ask(self, pull: int = 0, skip: int = 0) -> bytes:
        """A request of `/line/v1/frames`; an eager one leaves out the first frames, as if they were under way already."""
        frames = self._frames(self.frames_max + skip)[skip:]
        return self._body({"session": b64(self.ours), "frames": frames, "pull": pull})

    def frames(self, data: bytes) -> tuple[int, bytes]:
        """The answer to such a request."""
        asked = json.loads(data)
        if not self.theirs or asked["session"] != b64(self.theirs):
            return 409, b"{}"
        refused = self._take(asked)
        lanes = {str(into.lane): into.next for into in self.lanes.into}
        return 200, self._body({"frames": self._frames(asked.get("pull", 0)), "next": lanes, "refused": refused})

    def heard_frames(self, status: int, data: bytes, session: bytes) -> None:
        """An answer, to a request of that session; 409 ends it."""
        if session != self.ours:
            return
        if status == 409:
            self.ours = b""
        elif status == 200:
            self._take(json.loads(data))

    def _body(self, more: dict[str, Any]) -> bytes:
        owed, self.owed = sorted(self.owed), set()
        given = [self.lanes.into[lane].receipt(f"{self.own}/openline/log/1", self.kept.size, self.now_us()) for lane in owed]
        payloads = [receipts.write_receipt(one) for one in given if one is not None]
        return json.dumps({"receipts": [self._wrapped(receipts.PAYLOAD_TYPE, one) for one in payloads], **more}).encode()

    def _frames(self, count: int) -> list[str]:
        every = [
            envelope
            for out in self.lanes.out
            if out.stopped is None
            for envelope in self.kept.sent[out.lane][self.after[out.lane] :]
        ]
        return every[:count]

    def _take(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        for envelope in body.get("receipts", []):
            receipt = receipts.read_receipt(self._opened(envelope.encode(), receipts.PAYLOAD_TYPE))
            out = self.lanes.out[receipt.lane]
            said_ = out.received(receipt)
            self.received.append(said_)
            if said_ in ("advanced", "known"):
                self.after[receipt.lane] = max(self.after[receipt.lane], receipt.upto)
        for envelope in body.get("frames", []):
            payload = self._opened(envelope.encode(), messages.PAYLOAD_TYPE)
            message = messages.read_message(payload)
            into = self.lanes.into[message.lane]
            outcome = into.take(message, messages.hash_of(payload), messages.usable(message))
            self.outcomes.append(outcome)
            if outcome in ("applied", "duplicate"):
                self.owed.add(message.lane)
            if outcome == "applied":
                self.kept.taken[message.lane].append(envelope)
                self.kept.size += 1
        self.commit()
        return []

    def _opened(self, data: bytes, kind: str) -> bytes:
        return opened(data, kind, self.own)


@cache
def opened(data: bytes, kind: str, reader: str) -> bytes:
    """The payload of an envelope of the other party; the same bytes are verified once."""
    envelope = unwrap(data, kind, "frame")
    sender = known(NORTH if reader == SOUTH else SOUTH, reader)
    signed_by(envelope, [sender.key_for(envelope.signatures[0][0])], "frame")
    return envelope.payload
