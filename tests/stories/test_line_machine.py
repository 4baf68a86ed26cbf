"""Two nodes over real records and a link that loses, doubles, delays and reorders, while either may die between two commits.

Where nothing is put back, the end is always the same: everything is receipted, and both records prove it to each other.
"""

import asyncio
import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from openline.errors import OutOfTurn, TheirFault
from openline.line.names import LANES
from scripts.chaos_check import check
from tests.stories.line_side import MOMENTS, Side, Stopped
from tests.stories.two_nodes import NORTH, SOUTH, home

PARTIES = st.sampled_from([SOUTH, NORTH])
STOP = st.sampled_from(["", "", "", "", *MOMENTS])


class Under:
    """A request on its way, or the answer to one."""

    def __init__(self, by: str, path: str, body: bytes, asked: Any, session: bytes, start: bytes) -> None:
        self.by, self.path, self.body, self.asked, self.session, self.start = by, path, body, asked, session, start
        self.status = 0


class Machine(RuleBasedStateMachine):
    """Everything that may happen, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="line"))
        self.running = asyncio.new_event_loop()
        self.under: list[Under] = []
        self.said: dict[str, list[int]] = {SOUTH: [], NORTH: []}
        self.number = 0
        self.sides: dict[str, Side] = {}

    @initialize()
    def first_contact(self) -> None:
        for party, other in ((SOUTH, NORTH), (NORTH, SOUTH)):
            self.sides[party] = Side(home(self.folder, party), party, other, self.running)
        self.sides[SOUTH].meet(self.sides[NORTH])
        self.sides[NORTH].meet(self.sides[SOUTH])
        for party in self.sides:
            self.greet(party)

    def teardown(self) -> None:
        try:
            if self.sides:
                self.heal()
        finally:
            for side in self.sides.values():
                side.close()
            self.running.run_until_complete(self.running.shutdown_default_executor())
            self.running.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    # ── what nodes do ────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(party=PARTIES, lane=st.sampled_from(LANES), stop=STOP)
    def queue(self, party: str, lane: int, stop: str) -> None:
        self.number += 1
        number = self.number

        def send(side: Side) -> None:
            side.queue(lane, number)
            self.said[party].append(number)

        with contextlib.suppress(OutOfTurn):
            self.frail(party, stop, send)

    @rule(party=PARTIES)
    def say_hello(self, party: str) -> None:
        side = self.sides[party]
        body, asked = side.say_hello()
        self.under.append(Under(party, "hello", body, asked, b"", side.boot))

    @rule(party=PARTIES, pull=st.sampled_from([0, 0, 3]), checkpoint=st.booleans())
    def call(self, party: str, pull: int, checkpoint: bool) -> None:
        side = self.sides[party]
        if side.peer.ours:
            asked = side.ask(pull, checkpoint)
            self.under.append(Under(party, "frames", msgspec.json.encode(asked), asked, side.peer.ours, side.boot))

    @rule(party=PARTIES, stop=STOP)
    def call_and_be_answered(self, party: str, stop: str) -> None:
        self.exchange(party, stop)

    @rule(party=PARTIES, stop=STOP)
    def call_and_lose_the_answer(self, party: str, stop: str) -> None:
        count = len(self.under)
        self.call(party, 0, False)
        if len(self.under) > count:
            self.arrive(self.under.pop(), stop)
        del self.under[count:]

    @rule(party=PARTIES)
    def call_once_and_arrive_twice(self, party: str) -> None:
        count = len(self.under)
        self.call(party, 3, True)
        if len(self.under) > count:
            one = self.under.pop()
            self.arrive(one)
            self.arrive(one)
            for answer in (self.under.pop(), self.under.pop()):
                self.arrive(answer)

    @rule(party=PARTIES)
    def start_again(self, party: str) -> None:
        self.sides[party].close()
        self.sides[party].start()

    # ── what the link does ───────────────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.under)
    @rule(data=st.data(), twice=st.booleans(), stop=STOP)
    def deliver(self, data: st.DataObject, twice: bool, stop: str) -> None:
        place = data.draw(st.integers(0, len(self.under) - 1))
        one = self.under[place] if twice and not self.under[place].status else self.under.pop(place)
        self.arrive(one, stop)

    @precondition(lambda self: self.under)
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        self.under.pop(data.draw(st.integers(0, len(self.under) - 1)))

    def arrive(self, one: Under, stop: str = "") -> None:
        if one.status:
            if self.sides[one.by].boot == one.start:
                self.frail(one.by, stop, lambda side: self.heard(side, one))
            return
        certificate = self.sides[one.by].certificate
        other = self.sides[one.by].other
        said = self.frail(other, stop, lambda side: side.answer(one.path, certificate, one.body))
        if said is not None:
            answer = Under(one.by, one.path, said.body, one.asked, one.session, one.start)
            answer.status = said.status
            self.under.append(answer)

    @staticmethod
    def heard(side: Side, one: Under) -> None:
        if one.path == "frames":
            side.answered(one.asked, one.session, one.status, one.body)
        elif one.status == 200:
            with contextlib.suppress(TheirFault):
                side.greeted(one.asked, one.body)

    def frail(self, party: str, stop: str, does: Any) -> Any:
        """Do something, and die at the moment named; who dies starts again."""
        side = self.sides[party]
        side.stop_at = stop
        try:
            return does(side)
        except Stopped:
            side.close()
            side.start()
        finally:
            side.stop_at = ""
        return None

    def greet(self, party: str) -> None:
        """Hello until there is a session, undisturbed."""
        side = self.sides[party]
        for _ in range(3):
            if not side.peer.ours:
                self.say_hello(party)
                self.arrive(self.under.pop())
                self.arrive(self.under.pop())
        assert side.peer.ours

    def exchange(self, party: str, stop: str = "") -> None:
        side = self.sides[party]
        if not side.peer.ours:
            self.greet(party)
        count = len(self.under)
        self.call(party, 0, True)
        self.arrive(self.under.pop(), stop)
        if len(self.under) > count:
            self.arrive(self.under.pop(), stop)

    # ── what always holds ────────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def nobody_honest_is_taken_for_a_liar(self) -> None:
        for side in self.sides.values():
            assert not side.line.trouble, side.line.trouble
            assert not side.line.stopped
            assert not side.line.unwitnessed

    @invariant()
    def what_was_taken_is_the_beginning_of_what_was_sent(self) -> None:
        for side in self.sides.values():
            sender = self.sides[side.other]
            for into, out in zip(side.line.lanes.into, sender.line.lanes.out, strict=True):
                assert into.next <= out.next
                assert out.upto < into.next
                ours = out.hash_of(into.next - 1)
                assert ours is None or ours == into.prev

    def heal(self) -> None:
        """Nothing is lost any more: everything arrives, and the records prove it."""
        self.under = []
        for party in (SOUTH, NORTH) * 30:
            self.exchange(party)
        folders = self.sides[SOUTH].folder, self.sides[NORTH].folder
        assert check(folders, self.said)["faults"] == []


Machine.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestTwoNodes = Machine.TestCase
