"""Two nodes over a link that loses, doubles and reorders what it carries, and that may die or be put back at any moment.

The letters are those of the invariants: I2 and I3 (what a node took is the beginning of what the other sent), I5 (no number
stands for two messages), I8 (nothing of an older session is applied), I12 (once the link heals, everything arrives).
"""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import OutOfTurn
from openline.line.names import LANES
from scripts.line_vectors import NORTH, SOUTH
from tests.rooms.line.side import MOMENTS, Side, Stopped

PARTIES = (SOUTH, NORTH)


class Under:
    """Something under way: a request to a side, or (with a status) the answer to one of its requests."""

    def __init__(self, to: Side, path: str, data: bytes, start: int, session: bytes, status: int = 0) -> None:
        self.to, self.path, self.data, self.status = to, path, data, status
        self.start, self.session = start, session  # of the caller: an answer to a node that died goes nowhere


class Link:
    """South, north and what is under way between them. Only `frail` is ever put back: were both, nobody would know the number
    that both forgot."""

    def __init__(self, frail: str = SOUTH) -> None:
        self.south, self.north = Side(SOUTH), Side(NORTH)
        self.frail = self.side(frail)
        self.under: list[Under] = []
        self.backs = 0
        self.ever: dict[tuple[str, int, int], str] = {}  # (receiver, lane, seq) → the message it took under that number

    def side(self, party: str) -> Side:
        return self.south if party == SOUTH else self.north

    def other(self, side: Side) -> Side:
        return self.north if side is self.south else self.south

    # ── What nodes do ────────────────────────────────────────────────────────────────────────────────────────────────

    def may_stop(self, side: Side, stop: str, does: Callable[[Side], Any]) -> Any:
        """Do something, and stop at the moment named; a node that stops starts again."""
        side.stop_at = stop
        try:
            return does(side)
        except OutOfTurn:
            return None  # nothing is signed before the other side is heard
        except Stopped:
            side.start()
            return None
        finally:
            side.stop_at = ""

    def queue(self, side: Side, lane: int, stop: str = "") -> None:
        self.may_stop(side, stop, lambda one: one.queue(lane))

    def say_hello(self, side: Side) -> Under:
        return self.send(side, "hello", side.say_hello())

    def ask(self, side: Side, pull: int = 0, skip: int = 0) -> Under | None:
        return self.send(side, "frames", side.ask(pull, skip)) if side.ours else None

    def call(self, side: Side, path: str, pull: int = 0) -> None:
        """A whole call that nothing disturbs; what was under way still is. A hello that should be said once more is."""
        for _ in range(2 if path == "hello" else 1):
            under = self.say_hello(side) if path == "hello" else self.ask(side, pull)
            if under is not None:
                self.pass_by(under)
            if not side.again:
                return

    def pass_by(self, under: Under) -> None:
        """A request and its answer arrive before everything else that is under way."""
        self.under.remove(under)
        answer = self.arrive(under)
        if answer is not None:
            self.under.remove(answer)
            self.arrive(answer)

    def put_back(self, commits: int) -> None:
        self.backs += 1
        self.frail.put_back(commits)

    def recover(self) -> None:
        if any(out.put_back for out in self.frail.lanes.out):
            self.frail.recover(self.other(self.frail))

    # ── What the link does ───────────────────────────────────────────────────────────────────────────────────────────

    def send(self, side: Side, path: str, data: bytes) -> Under:
        self.under.append(Under(self.other(side), path, data, side.starts, side.ours))
        return self.under[-1]

    def arrive(self, one: Under, stop: str = "") -> Under | None:
        """A request is answered; an answer is heard if who asked still lives."""
        if one.status:
            if one.to.starts == one.start:
                self.may_stop(one.to, stop, lambda side: self.hear(side, one))
            return None
        answered = self.may_stop(one.to, stop, lambda side: getattr(side, one.path)(one.data))
        if answered is None:
            return None
        self.under.append(Under(self.other(one.to), one.path, answered[1], one.start, one.session, answered[0]))
        return self.under[-1]

    @staticmethod
    def hear(side: Side, one: Under) -> None:
        if one.path == "hello":
            side.heard_hello(one.status, one.data)
        else:
            side.heard_frames(one.status, one.data, one.session)

    # ── What always holds ────────────────────────────────────────────────────────────────────────────────────────────

    def check(self) -> None:
        for side in (self.south, self.north):
            for lane in LANES:
                taken, sent = side.kept.taken[lane], self.other(side).kept.sent[lane]
                common = min(len(taken), len(sent))
                assert taken[:common] == sent[:common]
                assert len(taken) <= len(sent) or (self.backs and self.other(side) is self.frail)
                for seq, envelope in enumerate(taken, 1):
                    assert self.ever.setdefault((side.own, lane, seq), envelope) == envelope
            self.check_no_honest_side_is_accused(side)

    def check_no_honest_side_is_accused(self, side: Side) -> None:
        assert not {"fork_prev", "fork_seq"} & set(side.outcomes)
        assert "differs" not in side.received
        assert "ahead" not in side.received or (self.backs and side is self.frail)
        for one in side.findings:
            assert one.found != "fork"
            assert self.backs
            assert (one.found == "we_were_put_back") == (side is self.frail)

    def heal(self) -> None:
        """Everything that was queued arrives and is receipted, in a few exchanges each way."""
        self.under.clear()
        for side in (self.south, self.north, self.south):
            self.call(side, "hello")
        self.recover()
        for side in (self.south, self.north, self.south):
            self.call(side, "hello")
        for _ in range(200):
            for side in (self.south, self.north):
                self.call(side, "frames", 3)
        self.check()
        for side in (self.south, self.north):
            assert [out.stopped for out in side.lanes.out] == [None] * 3
            assert [out.upto for out in side.lanes.out] == [out.next - 1 for out in side.lanes.out]
            assert self.other(side).kept.taken == side.kept.sent


# ── Anything in any order ────────────────────────────────────────────────────────────────────────────────────────────

STEPS = (
    *(
        "queue",
        "queue",
        "queue and ask",
        "queue and ask",
        "ask",
        "ask",
        "call",
        "call",
        "deliver",
        "deliver",
        "deliver",
        "double",
    ),
    *("say hello", "call hello", "lose", "start", "start and hello", "put back", "put back and hello", "recover"),
)
WALKS = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 255)), min_size=120, max_size=160)


def step(link: Link, what: str, how: int) -> None:
    """One step; `how` chooses the side, the lane, what is lost and when a node dies."""
    side, lane = (link.south, link.north)[how & 1], (0, 0, 1, 2)[how >> 1 & 3]
    stop = MOMENTS[how >> 4 & 1] if how >> 5 & 7 == 7 else ""
    pull, skip = (0, 3)[how >> 4 & 1], int(how >> 5 == 3)
    if what.startswith("queue"):
        link.queue(side, lane, stop if what == "queue" else "")
    if what.endswith("ask"):
        link.ask(side, pull, skip)
    elif what == "call":
        link.call(side, "frames", pull)
    elif what in ("deliver", "double", "lose") and link.under:
        one = link.under[how % len(link.under)]
        if what != "double" or one.status:
            link.under.remove(one)
        if what != "lose":
            link.arrive(one, stop)
    elif what == "say hello":
        link.say_hello(side)
    elif what.startswith("start"):
        side.start()
    elif what.startswith("put back") and link.backs < 3:
        link.put_back(1 + (how >> 1) % 5)
    elif what == "recover":
        link.recover()
    if what.endswith("hello") and what != "say hello":
        link.call(side, "hello")


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PARTIES), WALKS)
def test_whatever_happens_on_the_way_both_ends_tell_the_same(frail, walk):
    link = Link(frail)
    for side in (link.south, link.north, link.south):
        link.call(side, "hello")
    for what, how in walk:
        step(link, what, how)
        link.check()
    link.heal()
