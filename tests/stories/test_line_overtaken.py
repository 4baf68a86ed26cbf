"""What a dead run of a node said, looked into while its living run is heard: it accuses nobody, and nothing of it is taken."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from openline.errors import Refused
from openline.node.line.listener import Asked
from tests.stories.line_side import Side
from tests.stories.two_nodes import NORTH, SOUTH, home

LANE = 1


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    running = asyncio.new_event_loop()
    south, north = Side(home(tmp_path, SOUTH), SOUTH, NORTH, running), Side(home(tmp_path, NORTH), NORTH, SOUTH, running)
    south.meet(north)
    north.meet(south)
    yield south, north
    for side in (south, north):
        side.close()
    running.close()


def greet(caller: Side, other: Side) -> None:
    """Two hellos: the second is firm."""
    for _ in range(2):
        data, asked = caller.say_hello()
        said = other.answer("hello", caller.certificate, data)
        assert said.status == 200, said
        caller.greeted(asked, said.body)


def carry(caller: Side, other: Side) -> None:
    """What the caller has for the other, and what it answers."""
    ask = caller.ask(0, checkpoint=False)
    said = other.answer("frames", caller.certificate, wire_of(ask))
    caller.answered(ask, caller.peer.ours, said.status, said.body)


def wire_of(ask: Any) -> bytes:
    return msgspec.json.encode(ask)


def put_back_after_saying_hello(south: Side, north: Side, copied: Path) -> bytes:
    """The south signs two messages that nobody receives, says hello firmly, and is put back: its hello is still on its way."""
    greet(south, north)
    south.copy(copied)
    greet(south, north)
    for number in (1, 2):
        south.queue(LANE, number)
    dead, _ = south.say_hello()
    south.put_back(copied)
    return dead


def goes_on(south: Side, north: Side) -> None:
    """The living run gives the same numbers again, and they are stored."""
    greet(south, north)
    for number in (11, 12):
        south.queue(LANE, number)
    carry(south, north)
    assert north.line.lanes.into[LANE].next == 3


def test_a_dead_runs_hello_that_was_let_in_and_not_yet_compared_accuses_nobody(
    sides: tuple[Side, Side], tmp_path: Path
) -> None:
    south, north = sides
    dead = put_back_after_saying_hello(south, north, tmp_path / "copy")
    running, before = south.running, north.exchange._logs
    goes = asyncio.Event()
    held: list[bytes] = []

    async def waits(peer: Any, hello: Any) -> None:
        if not held:
            held.append(hello.boot)
            await goes.wait()
        await before(peer, hello)

    north.exchange._logs = waits  # type: ignore[method-assign]
    late = running.create_task(north.exchange.on_hello(Asked(south.certificate, dead)))
    running.run_until_complete(asyncio.sleep(0))
    while not held:
        running.run_until_complete(asyncio.sleep(0))
    goes_on(south, north)
    goes.set()
    with pytest.raises(Refused):
        running.run_until_complete(late)
    assert north.line.trouble == {}
    assert not north.line.lanes.into[LANE].held


def test_a_frame_that_waits_for_room_while_its_session_ends_is_not_taken(sides: tuple[Side, Side], tmp_path: Path) -> None:
    south, north = sides
    greet(south, north)
    south.copy(tmp_path / "copy")
    greet(south, north)
    south.queue(LANE, 1)
    ask, certificate = south.ask(0, checkpoint=False), south.certificate
    south.put_back(tmp_path / "copy")
    running, before = south.running, north.frames
    goes = asyncio.Event()
    waiting: list[str] = []

    async def full(party: str, frames: list[tuple[str, bytes]], still: Any = lambda: True) -> bool:
        if frames and frames[0][0] == "message" and not waiting:
            waiting.append(party)
            await goes.wait()
        return await before(party, frames, still)

    north.frames = full  # type: ignore[method-assign]
    late = running.create_task(north.exchange.on_frames(Asked(certificate, wire_of(ask))))
    while not waiting:
        running.run_until_complete(asyncio.sleep(0.001))
    greet(south, north)
    goes.set()
    running.run_until_complete(late)
    assert north.line.lanes.into[LANE].next == 1
    south.queue(LANE, 11)
    carry(south, north)
    assert north.line.lanes.into[LANE].next == 2
    assert north.line.trouble == {}
