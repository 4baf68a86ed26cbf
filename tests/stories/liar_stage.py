"""An honest desk and a liar that it knows, for one story."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from openline.flow.line import Line
from openline.node.replaying import replay_record
from tests.stories.liar import LIAR, Liar
from tests.stories.two_nodes import NORTH, Clock, Desk, home, make, until, warning

T = TypeVar("T")


class Stage:
    """An honest desk and a liar that it knows."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(make(home(folder, NORTH), NORTH), NORTH, Clock())
        self.liar = Liar(folder / "liar", self.desk)

    @property
    def line(self) -> Line:
        """The line as the honest desk has it."""
        return self.desk.line(LIAR)

    async def until(self, holds: Callable[[], Any], what: str) -> None:
        """Wait."""
        await until(holds, what, self.desk)

    async def urgent_goes(self) -> None:
        """The liar's own urgent messages are taken, and urgent ones to it can be fetched."""
        due = self.line.lanes.into[0].next
        answer = await self.liar.call([self.liar.says(0, precedence="immediate")])
        assert answer.status_code == 200
        assert answer.json()["next"]["0"] == due + 1
        talk = await self.desk.send("warning.relay", warning(self.desk.clock), "flash", to=LIAR)
        assert talk.place is not None
        assert talk.place[1] in {message.seq for message in await self.liar.pull() if message.lane == 0}

    def evidence(self) -> list[str]:
        """What contradicted, in words."""
        return [str(body["says"]) for body in self.desk.bodies("fork")]

    async def known(self, party: str = LIAR) -> None:
        """Until the listener knows a new counterpart's certificate."""
        board = self.desk.node.switchboard
        assert board is not None
        await self.until(lambda: party in board.peers, f"{party} is known")


def tell(folder: Path, story: Callable[[Stage], Awaitable[T]], *, greeted: bool = True) -> T:
    """Run a story; the honest desk's record replays to the same outputs, and tells of no mistake."""

    async def run() -> T:
        stage = Stage(folder)
        await stage.desk.start()
        try:
            await stage.desk.meet(stage.liar.card())
            async with stage.liar.calling() as stage.liar.client:
                if greeted:
                    await stage.known()
                    await stage.liar.greet()
                    await stage.until(lambda: stage.line.state == "up", "the line is up")
                said = await story(stage)
            assert not stage.desk.entries("mistake")
            return said
        finally:
            await stage.desk.stop()

    said = asyncio.run(run())
    assert replay_record(home(folder, NORTH), lambda done, of: None)["same"]
    return said
