"""The courier: marks before it calls, calls once, says what became of it, and finds what an earlier process left."""

import asyncio
import io
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from openline.flow.state import Rules
from openline.line.escalation import Path as WayOut
from openline.line.escalation import Policy, Step
from openline.node import snapshot
from openline.node.line import delivery
from openline.node.line.deliverers import Message, Outcome
from openline.node.line.delivery import FOUND, GONE, Courier
from openline.node.line.egress import Wire
from openline.node.line.paths import Way
from openline.node.line.tries import PREFIX, read_tries
from openline.record.store.post import mark_sending
from tests.stories.desk import Story

POLICY = Policy((Step(0, ("a",)),), (WayOut("a", to="duty officer"), WayOut("b", to="supervisor")), tries_max=2)


class Pigeon:
    """A way that does as a test says, and remembers."""

    def __init__(self, outcome: str = "accepted", holds: bool = False) -> None:
        self.outcome = outcome
        self.sent: list[Message] = []
        self.marked: list[bool] = []
        self.gate = threading.Event()
        self.cut = threading.Event()
        self.begun = threading.Event()
        self.store: Any = None
        if not holds:
            self.gate.set()

    def send(self, message: Message, wire: Wire) -> Outcome:
        """One try."""
        self.sent.append(message)
        self.marked.append(all(begun for one, begun in read_tries(self.store) if one.key == message.key))
        wire.on_cut(self.cut.set)
        wire.handed = True
        self.begun.set()
        self.gate.wait(20)
        return Outcome(self.outcome, "")  # type: ignore[arg-type]


def tell(
    folder: Path, pigeon: Pigeon, story: Callable[[Story, Courier], Awaitable[None]], within_s: float = 10.0, gone: bool = False
) -> list[dict[str, Any]]:
    """Run a story with a courier; what the record then says of deliveries."""
    desk = Story(folder, Rules(party="south.example", escalation=POLICY))
    said: list[dict[str, Any]] = []

    async def run(desk: Story) -> None:
        await carrying(pigeon, story, within_s, desk, gone=gone)
        await desk.loop.settle()
        entries = desk.store.entries(kind="delivery")
        said.extend(msgspec.json.decode(desk.store.objects_of(entry)[0]) for entry in entries)

    desk.tell(run)
    return said


async def carrying(
    pigeon: Pigeon, story: Callable[[Story, Courier], Awaitable[None]], within_s: float, desk: Story, gone: bool = False
) -> None:
    """A story while a courier carries over path a, or, with `gone`, over none."""
    pigeon.store = desk.store
    courier = Courier(desk.loop, {} if gone else {"a": Way("a", pigeon, (), within_s)})
    running = asyncio.create_task(courier.run())
    try:
        await story(desk, courier)
    finally:
        pigeon.gate.set()
        await courier.stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def started_again(folder: Path, desk: Story) -> Story:
    """The same node in another process."""
    later = Story(folder, desk.rules)
    later.identity, later.now_ns = desk.identity, desk.now_ns
    return later


async def trial(desk: Story) -> None:
    """A message over path a."""
    await desk.loop.act("ada", "administrator", "path.try", {"path": "a"})
    await desk.later(1)


async def until(holds: Callable[[], Any]) -> None:
    """Wait for a condition, at most 20 s."""
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


def state(desk: Story) -> str:
    """Of the newest message."""
    return next(reversed(desk.loop.world.escalations.deliveries.values())).state


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "LOOK_S", 0.02)


def whats(said: list[dict[str, Any]]) -> list[str]:
    return [one["what"] for one in said]


def test_a_message_is_marked_before_it_is_sent_and_its_row_goes_with_what_became_of_it(tmp_path: Path) -> None:
    pigeon = Pigeon()

    async def story(desk: Story, courier: Courier) -> None:
        await trial(desk)
        await until(lambda: state(desk) == "accepted")
        await desk.loop.settle()
        assert read_tries(desk.store) == []

    said = tell(tmp_path, pigeon, story)
    assert whats(said) == ["began", "queued", "accepted"]
    assert pigeon.marked == [True]
    assert len(pigeon.sent) == 1


def test_at_the_deadline_a_call_is_cut_and_nobody_knows(tmp_path: Path) -> None:
    pigeon = Pigeon(holds=True)

    async def story(desk: Story, courier: Courier) -> None:
        await trial(desk)
        await until(lambda: state(desk) == "again")
        assert pigeon.cut.is_set()
        await desk.later(11)  # due again, but the call of before has not ended
        assert len(pigeon.sent) == 1
        pigeon.gate.set()
        await until(lambda: len(pigeon.sent) == 2)
        await until(lambda: state(desk) == "accepted")

    said = tell(tmp_path, pigeon, story, within_s=1.0)
    assert whats(said) == ["began", "queued", "unknown", "queued", "accepted"]
    assert [one.repeat for one in pigeon.sent] == [False, True]
    assert pigeon.sent[0].key == pigeon.sent[1].key


def test_what_an_earlier_process_had_begun_is_unknown_and_sent_again(tmp_path: Path) -> None:
    pigeon = Pigeon()
    desk = Story(tmp_path, Rules(party="south.example", escalation=POLICY))

    def begun(connection: Connection) -> None:
        mark_sending(connection, PREFIX + "e1/0/a")

    async def before(desk: Story) -> None:
        await trial(desk)
        await desk.loop.keep(begun)

    desk.tell(before)

    async def story(desk: Story, courier: Courier) -> None:
        await until(lambda: state(desk) == "again")
        assert next(iter(desk.loop.world.escalations.deliveries.values())).why == FOUND
        await desk.later(11)
        await until(lambda: state(desk) == "accepted")

    started_again(tmp_path, desk).tell(partial(carrying, pigeon, story, 5.0))
    assert [one.repeat for one in pigeon.sent] == [True]


def test_what_waited_when_the_node_ended_is_sent_once(tmp_path: Path) -> None:
    pigeon = Pigeon()
    desk = Story(tmp_path, Rules(party="south.example", escalation=POLICY))
    desk.tell(trial)

    async def story(desk: Story, courier: Courier) -> None:
        await until(lambda: state(desk) == "accepted")

    started_again(tmp_path, desk).tell(partial(carrying, pigeon, story, 5.0))
    assert [one.repeat for one in pigeon.sent] == [False]


def test_a_path_that_left_the_settings_fails_for_good(tmp_path: Path) -> None:
    async def story(desk: Story, courier: Courier) -> None:
        await trial(desk)
        await until(lambda: state(desk) == "failed for good")

    said = tell(tmp_path, Pigeon(), story, gone=True)
    assert whats(said) == ["began", "queued", "failed for good", "nobody reached"]
    assert said[2]["why"] == GONE


def test_what_nobody_needs_any_more_is_not_sent_and_a_call_under_way_is_still_said(tmp_path: Path) -> None:
    pigeon = Pigeon(holds=True)

    async def story(desk: Story, courier: Courier) -> None:
        await trial(desk)
        await until(pigeon.begun.is_set)
        await desk.act("escalation.acknowledge", escalation="e1")
        assert [begun for _, begun in read_tries(desk.store)] == [True]
        pigeon.gate.set()
        await until(lambda: state(desk) == "accepted")

    said = tell(tmp_path, pigeon, story)
    assert whats(said) == ["began", "queued", "acknowledged", "not needed", "accepted", "settled"]


def test_a_message_taken_back_before_it_was_called_is_not_called(tmp_path: Path) -> None:
    pigeon = Pigeon()
    desk = Story(tmp_path, Rules(party="south.example", escalation=POLICY))

    async def run(desk: Story) -> None:
        pigeon.store = desk.store
        await trial(desk)
        (one, _), *_ = read_tries(desk.store)
        await desk.act("escalation.acknowledge", escalation="e1")
        assert read_tries(desk.store) == []
        courier = Courier(desk.loop, {})
        courier._calls["a"] = asyncio.create_task(asyncio.sleep(0))
        await courier._call(one, Way("a", pigeon, (), 5.0))  # it had been read before it was taken back
        await courier.stop()

    desk.tell(run)
    assert pigeon.sent == []


def test_a_way_that_fails_is_tried_again_and_then_gives_way(tmp_path: Path) -> None:
    pigeon = Pigeon("failed for now")

    async def story(desk: Story, courier: Courier) -> None:
        await trial(desk)
        await until(lambda: state(desk) == "again")
        await desk.later(11)
        await until(lambda: state(desk) == "failed for now")

    said = tell(tmp_path, pigeon, story)
    assert whats(said) == ["began", "queued", "failed for now", "queued", "failed for now", "nobody reached"]
    assert [one.repeat for one in pigeon.sent] == [False, False]


def test_stopping_waits_a_moment_for_what_is_under_way(tmp_path: Path) -> None:
    pigeon = Pigeon(holds=True)

    async def story(desk: Story, courier: Courier) -> None:
        await trial(desk)
        await until(pigeon.begun.is_set)

    said = tell(tmp_path, pigeon, story)
    assert whats(said) == ["began", "queued", "accepted"]


def test_a_snapshot_holds_what_runs(tmp_path: Path) -> None:
    desk = Story(tmp_path, Rules(party="south.example", escalation=POLICY))
    kept: list[bytes] = []

    async def run(desk: Story) -> None:
        await trial(desk)
        kept.append(snapshot.pickled(desk.loop.world, {}))

    desk.tell(run)
    world, _ = snapshot._Reader(io.BytesIO(kept[0])).load()
    assert list(world.escalations.deliveries) == ["e1/0/a"]
    assert world.escalations.running["try a"].policy == desk.loop.world.escalations.running["try a"].policy
