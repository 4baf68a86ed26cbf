"""The demo: a scenario through its own senders into an ordinary node of its own, on loopback, with everything real but
the world.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from openline.errors import OpenlineError
from openline.node import settings_file
from openline.node.doors import guest
from openline.node.doors.auth import Argon2
from openline.node.init import Answers, create
from openline.node.played.clock import WorldClock, world_clock
from openline.node.played.feeds import Endpoints, Played, Stage, play
from openline.node.played.motion import Scenario, ScriptedAct
from openline.node.private_files import write_private
from openline.node.running import Node
from openline.node.settings_file import SETTINGS

ADMINISTRATOR: Final = "duty"
PASSWORD: Final = "exercise only"  # of a node that lives on loopback for the length of a demo, and is shown to everybody
TOKEN: Final = "tokens/phones.txt"
LINE: Final = {"listen": True, "host": "127.0.0.1", "port": 0}
SETTLE_S: Final = 180.0  # of the machine's time: the line works at its own pace, however fast the day is played


class Demo:
    """A stage and a node that know nothing of each other but addresses. Use as an async context."""

    def __init__(self, scenario: Scenario, speed: float | None, port: int, say: Callable[[str], None]) -> None:
        self.scenario = scenario
        self.clock: WorldClock = world_clock(scenario, speed)
        self._port = port
        self._say = say
        self._stack = AsyncExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="openline-demo-"))
        self.node: Node
        self.stage: Stage
        self.url = ""
        self.links: list[tuple[str, str]] = []  # (to whom, guest link)
        self.refused: list[str] = []
        self.counterpart: Node | None = None  # the node on the other end of the line, where the day has one
        self.counterpart_url = ""

    async def __aenter__(self) -> Self:
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def _start(self) -> None:
        files = self.folder / "senders"
        files.mkdir()
        self.stage = await self._stack.enter_async_context(Stage(self.scenario, files))
        home = self.folder / "node"
        answers = Answers(
            party=self.scenario.node_party,
            administrator=ADMINISTRATOR,
            password=PASSWORD,
            name=self.scenario.title,
            exercise=True,
            phones=True,
            port=self._port,
        )
        await asyncio.to_thread(create, home, answers, self.clock.now_ns(), os.urandom, Argon2(os.urandom))
        write_private(home / "tokens" / "story.txt", os.urandom(16).hex().encode())
        self.node = Node(
            home,
            clock_ns=self.clock.now_ns,
            pace_ns=None,
            sleep=self.clock.sleep,
            wait_s=self._wait_s,
            say=self._say,
            settings=self._settings(home),
        )
        self.url = await self.node.start()
        await watching(self.node)
        if self.scenario.counterpart_party:
            await self._meet()

    async def _meet(self) -> None:
        """A second node for the counterpart, and first contact between the two as their administrators would make it."""
        home = self.folder / "counterpart"
        answers = Answers(
            party=self.scenario.counterpart_party,
            administrator=ADMINISTRATOR,
            password=PASSWORD,
            name=f"{self.scenario.title}: {self.scenario.counterpart_party}",
            exercise=True,
            port=self._port + 1 if self._port else 0,
        )
        await asyncio.to_thread(create, home, answers, self.clock.now_ns(), os.urandom, Argon2(os.urandom))
        settings = settings_file.load(home / SETTINGS)
        zones = {"local_zone": self.scenario.counterpart_zone, "counterpart_zone": self.scenario.local_zone}
        plain = msgspec.to_builtins(settings)
        plain = plain | {"node": plain["node"] | zones, "line": LINE}
        node = Node(
            home,
            clock_ns=self.clock.now_ns,
            pace_ns=None,
            sleep=self.clock.sleep,
            wait_s=self._wait_s,
            say=lambda _: None,
            settings=msgspec.convert(plain, type(settings)),
        )
        self.counterpart = node
        self.counterpart_url = await node.start()
        await watching(node)
        await meet(self.node, node)

    async def line_settled(self) -> None:
        """Wait until nothing is under way on the line: every message receipted, at both ends. Raises `TimeoutError`."""
        if self.counterpart is not None:
            both = (self.node, self.counterpart)
            await until(lambda: all(quiet(one) for one in both))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.counterpart_url and self.counterpart is not None:
            await self.counterpart.stop("demo", "the demo ended")
        if self.url:
            await self.node.stop("demo", "the demo ended")
        await self._stack.aclose()

    async def play(self, stay_s: float = 0.0) -> Played:
        """The whole story."""
        token = (self.folder / "node" / "tokens" / "story.txt").read_text()
        ends = Endpoints(
            osmand_url=f"{self.url}/osmand",
            osmand_token=token,
            act=self._act,
            taken=self.node.taken_bytes.__getitem__,
            settle=self.node.loop.settle,
            paced=True,
        )
        return await play(self.stage, self.clock, ends, stay_s)

    def _wait_s(self, seconds: float) -> float:
        return seconds / self.clock.speed if self.clock.speed else seconds

    def _settings(self, home: Path) -> Any:
        """The settings of the node as made, with the scenario's feeds instead of its own."""
        settings = settings_file.load(home / SETTINGS)
        rows = [row | {"token_file": "tokens/story.txt"} if not row["where"] else row for row in self.stage.feed_rows()]
        plain = msgspec.to_builtins(settings)
        zones = {"local_zone": self.scenario.local_zone, "counterpart_zone": self.scenario.counterpart_zone}
        line = {"line": LINE} if self.scenario.counterpart_party else {}
        return msgspec.convert(plain | {"feed": rows, "node": plain["node"] | zones} | line, type(settings))

    async def _act(self, act: ScriptedAct) -> None:
        """One act of the story, as a person would do it at the console. A refusal is part of the story's outcome."""
        body: dict[str, Any] = dict(act.body)
        try:
            if act.name == "notice.make":
                assert self.node.shell is not None
                made = await guest.make(self.node.shell, act.who, act.role, body, self.url)
                self.links.append((str(body.get("to")), str(made["said"]["link"])))
            else:
                node = self.counterpart if act.counterpart and self.counterpart is not None else self.node
                await node.loop.act(act.who, act.role, act.name, body)
                if act.name.startswith("line."):
                    await self.line_settled()
        except OpenlineError as why:
            self.refused.append(f"{act.name}: {why.message}")


async def watching(node: Node) -> None:
    """Wait until a node watches. Raises what keeps it from it."""
    ready, ended = asyncio.ensure_future(node.ready.wait()), asyncio.ensure_future(node.stopped())
    await asyncio.wait((ready, ended), return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    if ended.done():
        ended.result()  # a node that cannot watch says why, and nobody waits for it
    ended.cancel()


async def meet(one: Node, other: Node) -> None:
    """First contact: each takes the other's card, and the words as if they had been read over a telephone; then both are up."""
    await until(lambda: all(node.switchboard is not None and node.switchboard.port for node in (one, other)))
    for node, met in ((one, other), (other, one)):
        theirs = met.card()
        body = {"card": theirs["card"], "words": theirs["words"], "how": "both desks of this demo are on one machine"}
        await node.loop.act(ADMINISTRATOR, "administrator", "counterpart.put", body)
    await until(lambda: all(line.state == "up" for node in (one, other) for line in node.loop.world.lines.values()))


def quiet(node: Node) -> bool:
    """Whether every message of this node has its receipt."""
    lines = node.loop.world.lines.values()
    return all(not line.held and all(out.upto == out.next - 1 for out in line.lanes.out) for line in lines)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens at the machine's pace. Raises `TimeoutError` after `SETTLE_S`."""
    async with asyncio.timeout(SETTLE_S):
        while not condition():
            await asyncio.sleep(0.01)
