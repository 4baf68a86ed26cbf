"""A node whose machine's clock is set while it watches: it goes on, says so, and the night replays."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from openline.clock import NS_PER_S, from_rfc3339, to_rfc3339
from openline.node.recover import json_body
from openline.node.replaying import replay_store
from openline.record.store import Store
from tests.stories.desk import T0, Story

HOUR_S = 3_600
ZONE = {
    "id": "z",
    "name": "Zone",
    "shape": {"type": "circle", "lat_deg": 33.5, "lon_deg": 38.6, "radius_m": 10_000.0},
    "applies_to": ["everybody"],
    "asks": "stay out",
    "purpose": "test",
}


class Machine(Story):
    """A desk on a machine with two clocks."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.passed_ns = 0
        self.pace_ns = lambda: self.passed_ns

    async def later(self, seconds: float) -> None:
        self.passed_ns += round(seconds * NS_PER_S)
        await super().later(seconds)

    async def set_clock(self, by_s: float) -> None:
        self.now_ns += round(by_s * NS_PER_S)
        await self.loop.settle()

    def node(self) -> dict[str, Any]:
        told: dict[str, Any] = self.loop.state()["node"]
        return told

    def clock_entries(self) -> list[dict[str, Any]]:
        with Store.open(self.path(), None, read_only=True) as store:
            return [json_body(store, entry) for entry in store.entries(kind="clock")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


async def heard(story: Machine, lon_deg: float, at_ns: int) -> None:
    """A report of a phone whose clock nobody touched."""
    line = f'{{"id":"m","time":"{to_rfc3339(at_ns)}","lat":33.5,"lon":{lon_deg},"accuracy_m":20,"speed_mps":90}}\n'
    await story.loop.positions("post", line.encode())


@pytest.mark.parametrize("by_s", [-HOUR_S, HOUR_S])
def test_a_clock_that_is_set_is_recorded_and_shown(machine: Machine, by_s: int) -> None:
    async def night(_: Story) -> dict[str, Any]:
        await machine.later(10)
        assert machine.node()["clock"]["jumped"] is None
        await machine.set_clock(by_s)
        await machine.later(10)
        told: dict[str, Any] = machine.node()["clock"]["jumped"]
        return told

    shown = machine.tell(night)
    (entry,) = machine.clock_entries()

    assert shown["by_ms"] == entry["jumped_by_ms"] == by_s * 1_000
    assert from_rfc3339(shown["at"]) == T0 + 10 * NS_PER_S + max(0, by_s) * NS_PER_S
    assert "clock went" in entry["says"]


def test_with_the_clock_set_back_the_night_goes_on_and_is_told_again_the_same(machine: Machine) -> None:
    async def night(_: Story) -> tuple[str, list[str]]:
        await machine.act("zone.put", zone=ZONE, reason="test")
        for k in range(8):
            if k == 3:
                await machine.set_clock(-HOUR_S)
            await heard(machine, 38.75 - 0.01 * k, T0 + machine.passed_ns)
            await machine.later(10)
        return machine.node()["now"], [alarm["event"] for alarm in machine.loop.state()["alarms"]]

    now, events = machine.tell(night)

    assert from_rfc3339(now) == T0 + 75 * NS_PER_S  # the last fifty a tenth slower
    assert events == ["entry"]
    with Store.open(machine.path(), None, read_only=True) as store:
        assert replay_store(store, lambda done, of: None)["same"]


def test_a_feed_is_not_late_because_the_clock_was_set_back(machine: Machine) -> None:
    async def night(_: Story) -> str:
        await heard(machine, 38.7, T0)
        await machine.set_clock(-HOUR_S)
        await heard(machine, 38.7, T0)
        await machine.later(1)
        return str(next(feed["state"] for feed in machine.loop.state()["feeds"] if feed["source"] == "post"))

    assert machine.tell(night) == "up"


def test_a_start_with_the_clock_before_the_records_end_says_so_and_ticks(machine: Machine) -> None:
    async def night(_: Story) -> str:
        await machine.later(30)
        return str(machine.node()["now"])

    machine.tell(night)
    machine.now_ns -= HOUR_S * NS_PER_S
    now = machine.tell(night)

    assert from_rfc3339(now) == T0 + 57 * NS_PER_S  # the second thirty a tenth slower
    assert [entry["jumped_by_ms"] for entry in machine.clock_entries()] == [-HOUR_S * 1_000]
    with Store.open(machine.path(), None, read_only=True) as store:
        gaps = [json_body(store, entry)["says"] for entry in store.entries(kind="gap")]
    assert "cannot be told" in gaps[-1]


def test_the_node_ticks_by_itself_behind_a_clock_that_stands_in_the_past(machine: Machine) -> None:
    def reading() -> int:
        machine.passed_ns += NS_PER_S // 4
        return machine.passed_ns

    async def night(_: Story) -> None:
        machine.now_ns -= HOUR_S * NS_PER_S
        ticked = asyncio.Semaphore(0)
        machine.loop.between = ticked.release
        machine.loop._wait_s = lambda seconds: 0.0
        async with asyncio.timeout(20):
            for _second in range(5):
                await ticked.acquire()

    machine.pace_ns = reading
    machine.tell(night)

    assert machine.loop.world.now_ns >= T0 + 5 * NS_PER_S
