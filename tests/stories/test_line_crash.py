"""A node that dies between any two statements of receiving and of sending, and one whose database is put back."""

import asyncio
import random
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from openline.errors import OutOfTurn
from openline.node.shown.lines import line_view
from scripts.chaos_check import check
from scripts.chaos_nodes import CRASHED, RealNode, free_port, meet, until
from tests.stories.two_nodes import NORTH, SOUTH, Two, home, running, warning
from tests.stories.two_nodes import check as line_check

COMMIT = ("chunks", "sealed", "entries", "objects", "nodes", "head", "checkpoint", "also", "before_commit", "after_commit")
RECEIVE = ("line.asked", "line.checked", "line.stored", "line.answered")
SEND = ("line.sending", "line.sent", "line.taken")
WITHIN_S = 90.0
T0_US = 1_795_330_606_000_000


class Traffic:
    """Both desks send in all lanes until it is told to stop."""

    def __init__(self, nodes: tuple[RealNode, RealNode]) -> None:
        self.done: dict[str, list[int]] = {node.party: [] for node in nodes}
        self._over = threading.Event()
        pairs = ((nodes[0], nodes[1].party), (nodes[1], nodes[0].party))
        self._desks = [threading.Thread(target=self._send, args=pair, daemon=True) for pair in pairs]
        for desk in self._desks:
            desk.start()

    def _send(self, node: RealNode, to: str) -> None:
        chance, number = random.Random(node.party), 0
        while not self._over.is_set():
            number += 1
            lane = chance.choice((0, 1, 2))
            params = {"check_number": number, "path_choice": "line", "sent_us": T0_US + number}
            how: dict[str, Any] = {"precedence": "routine", "lane": lane} if lane else {"precedence": "immediate"}
            if node.act("line.send", to=to, template="check", params=params, **how):
                self.done[node.party].append(number)
            self._over.wait(0.1)

    def stop(self) -> None:
        """Send nothing more."""
        self._over.set()
        for desk in self._desks:
            desk.join(30)


def pair(folder: Path) -> tuple[RealNode, RealNode]:
    nodes = RealNode(home(folder, SOUTH), SOUTH, free_port()), RealNode(home(folder, NORTH), NORTH, free_port())
    for node in nodes:
        node.listen(f"https://127.0.0.1:{node.port}")
        assert node.start(), node.said
    meet(*nodes)
    return nodes


def receipted(nodes: tuple[RealNode, RealNode]) -> bool:
    lines = [node.line() for node in nodes]
    return all(line is not None and line["state"] == "up" and line["waiting"] == 0 for line in lines)


@pytest.mark.parametrize("points", [COMMIT, (*RECEIVE, *SEND)], ids=["commit", "exchange"])
def test_whichever_statement_a_node_dies_at_nothing_is_lost_or_doubled(tmp_path: Path, points: tuple[str, ...]) -> None:
    """Each start is both the recovery from one death and the way to the next."""
    nodes = pair(tmp_path)
    south, north = nodes
    traffic = Traffic(nodes)
    try:
        for i, point in enumerate(points):
            south.kill()
            south.start(fail_at=f"{point}:{12 + 7 * i if point in COMMIT else 2 + i % 3}")
            until(lambda: not south.alive, WITHIN_S, f"the node dies at {point}")
            assert south.process is not None
            assert south.process.returncode == CRASHED, (point, south.said[-5:])
        assert south.start(), south.said
        traffic.stop()
        until(lambda: receipted(nodes), WITHIN_S, f"all is receipted: {[node.line() for node in nodes]}")
        assert (south.stop(), north.stop()) == (0, 0)
    finally:
        traffic.stop()
        for node in nodes:
            node.kill()
    found = check((south.folder, north.folder), traffic.done)
    assert found["faults"] == []
    assert all(count > 0 for counts in found["messages"].values() for count in counts), found


def copy(folder: Path, to: Path) -> None:
    """A node's database as an administrator would copy it: while nobody writes."""
    for path in folder.glob("record.sqlite3*"):
        shutil.copy(path, to / path.name)


def put_back(folder: Path, copied: Path) -> None:
    for path in folder.glob("record.sqlite3*"):
        path.unlink()
    copy(copied, folder)


async def goes_on(two: Two, numbers: range) -> None:
    for number in numbers:
        talk = await two.south.send("check", line_check(number, two.clock))
        await two.heard(talk)
    await two.until(lambda: two.south.line().lanes.out[1].upto == numbers[-1], "all is receipted")


async def put_back_south(two: Two, copied: Path) -> None:
    """Two checks, a copy, three more checks, the copy put back; until the south notices."""
    await goes_on(two, range(1, 3))
    await two.south.stop()
    copy(two.south.folder, copied)
    await two.south.start()
    await goes_on(two, range(3, 6))
    await two.until(lambda: two.south.peer().witness_size > 0, "its log is cosigned beyond the copy")
    await two.south.stop()
    put_back(two.south.folder, copied)
    await two.south.start()
    await two.until(lambda: two.south.line().stopped, "the south notices")


def test_a_database_put_back_refuses_to_sign_keeps_the_evidence_and_stays_open_for_reading(tmp_path: Path) -> None:
    copied = tmp_path / "copy"
    copied.mkdir()

    async def story() -> None:
        async with running(Two(tmp_path)) as two:
            await put_back_south(two, copied)
            assert line_view(two.south.line())["state"] == "put back"
            with pytest.raises(OutOfTurn):
                await two.south.send("warning.relay", warning(two.clock), "flash")
            receipts = len(two.south.entries("receipt.out"))
            theirs = await two.north.send("warning.relay", warning(two.clock), "flash")
            await two.until(lambda: theirs.id in two.south.line().talks, "it is open for reading")
            await two.north.node.loop.settle()
            assert two.north.state(theirs, "life") == "queued"
            assert len(two.south.entries("receipt.out")) == receipts
            assert two.south.entries("hello.in")
            said = [body for body in two.south.bodies("line") if body["state"] == "put back"]
            assert "put back to an older state" in said[-1]["why"]
            assert {body["what"] for body in two.north.bodies("fork")} <= {"they_were_put_back"}
            for desk in two.both:
                assert not desk.entries("mistake")

    asyncio.run(story())


@pytest.mark.parametrize("calls", [True, False], ids=["it can call", "it is called and pulled from"])
def test_a_database_put_back_takes_its_own_messages_again_and_a_person_lets_it_go_on(tmp_path: Path, calls: bool) -> None:
    """No number is given twice: what was lost is the same as before, and the next message has the next number."""
    copied = tmp_path / "copy"
    copied.mkdir()

    async def story() -> None:
        async with running(Two(tmp_path, north_listens=calls)) as two:
            await put_back_south(two, copied)
            lane = lambda: two.south.line().lanes.out[1]  # noqa: E731
            await two.until(lambda: lane().next == 6, "its messages are shown to it again")
            assert [talk.said["params"]["check_number"] for talk in two.south.line().talks.values()] == [1, 2, 3, 4, 5]
            assert two.south.line().stopped
            await two.south.act("line.settle", "supervisor", to=NORTH, lane=None, reason="the disk was replaced last night")
            assert two.south.line().stopped == ""
            await goes_on(two, range(6, 8))
            theirs = await two.north.send("warning.relay", warning(two.clock), "flash")
            await two.until(lambda: two.north.state(theirs, "life") == "stored", "receipts are given again")
            await two.until(lambda: not two.south.line().unwitnessed, "it goes on as a new log")
            assert {body["what"] for body in two.north.bodies("fork")} <= {"they_were_put_back"}
            await two.until(lambda: not two.north.line().trouble, "the north sees that it has everything again")

    asyncio.run(story())


def test_a_counterpart_put_back_is_sent_again_what_it_lost_from_the_record(tmp_path: Path) -> None:
    """The north loses what it had receipted: the south says so, and sends it once more."""
    copied = tmp_path / "copy"
    copied.mkdir()

    async def story() -> None:
        async with running(Two(tmp_path)) as two:
            await goes_on(two, range(1, 3))
            await two.north.stop()
            copy(two.north.folder, copied)
            await two.north.start()
            await goes_on(two, range(3, 6))
            await two.north.stop()
            put_back(two.north.folder, copied)
            await two.north.start()
            await two.until(lambda: two.north.line().lanes.into[1].next == 6, "it has them again")
            said = [body["what"] for body in two.south.bodies("fork")]
            assert said
            assert set(said) == {"they_were_put_back"}

    asyncio.run(story())
