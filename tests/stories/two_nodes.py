"""Two real nodes in one process, on loopback with real TLS, whose clock a story moves by hand."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from openline.clock import NS_PER_S, NS_PER_US
from openline.flow.line import Line
from openline.flow.talk import Talk
from openline.node import settings_file
from openline.node.init import Answers, create
from openline.node.line.sessions import Peer
from openline.node.replaying import replay_record
from openline.node.running import Node
from openline.node.settings import Settings
from openline.record.entry import Entry
from openline.record.store import Store
from scripts.chaos_nodes import free_port
from tests.rooms.line.made import relay

SOUTH: Final = "south.example"
NORTH: Final = "north.example"
WITHIN_S: Final = 30.0  # two cores are shared by many; a story that waits for this long fails
LOOK_S: Final = 0.05
T = TypeVar("T")


class Unhashed:
    """Passwords of stories are nobody's secret, and hashing them well takes a second each."""

    def hash(self, password: str) -> str:
        """Nothing can be verified against it."""
        return f"not hashed {len(password)}"

    def verify(self, hashed: str, password: str) -> bool:
        """Nobody signs in."""
        return False


class Clock:
    """The time of day, and as much later as a story says."""

    def __init__(self) -> None:
        self.ahead_ns = 0

    def __call__(self) -> int:
        return time.time_ns() + self.ahead_ns

    @property
    def now_us(self) -> int:
        """µs since 1970."""
        return self() // NS_PER_US

    def move(self, seconds: float) -> None:
        """So much later."""
        self.ahead_ns += round(seconds * NS_PER_S)


def home(folder: Path, party: str) -> Path:
    """Where a party's node is: a short name, since a socket's path may not be long."""
    return folder / party[:1]


def make(folder: Path, party: str) -> Path:
    """A node's directory."""
    answers = Answers(party=party, name=party, administrator="ada", password="correct horse battery")
    create(folder, answers, time.time_ns(), os.urandom, Unhashed())
    return folder


class Desk:
    """One party: its directory, its node while it runs, its officer."""

    def __init__(self, folder: Path, party: str, clock: Clock, *, listens: bool = True) -> None:
        self.folder = folder
        self.party = party
        self.clock = clock
        self.listens = listens
        self.officer = f"Lt {party[:5].title()}"
        self.news = asyncio.Event()
        self.port = free_port() if listens else 0
        self.agreed: dict[str, Any] = {}  # keys of [line] in its settings
        self.node: Node

    async def start(self) -> None:
        """Until its lines are open. It listens where it did before."""
        plain = msgspec.to_builtins(settings_file.load(self.folder / "openline.toml"))
        plain["listen"]["port"] = 0
        plain["line"] |= {"listen": self.listens, "host": "127.0.0.1", "port": self.port, **self.agreed}
        self.node = Node(self.folder, clock_ns=self.clock, pace_ns=None, settings=msgspec.convert(plain, Settings))
        await self.node.start()
        await self.node.ready.wait()
        await until(lambda: self.node.switchboard is not None, "the lines open")
        self.node.loop.hear = lambda _: self.news.set()

    async def stop(self) -> None:
        """In order."""
        await self.node.stop()

    @property
    def store(self) -> Store:
        """Its record."""
        return self.node.loop.store

    def line(self, party: str = "") -> Line:
        """Its line with the other party, or with the one named."""
        lines = self.node.loop.world.lines
        return lines[party] if party else next(iter(lines.values()))

    def peer(self, party: str = "") -> Peer:
        """What its connections know of the other."""
        assert self.node.switchboard is not None
        return self.node.switchboard.peers[party or self.line().party]

    @property
    def talk(self) -> Talk:
        """Its newest talk."""
        return list(self.line().talks.values())[-1]

    def state(self, talk: Talk, region: str) -> str:
        """Where a talk stands."""
        return talk.conversation.states[region]  # type: ignore[index]

    async def act(self, name: str, role: str = "operator", **body: Any) -> Any:
        """Its officer does something."""
        return (await self.node.loop.act(self.officer, role, name, body)).said

    async def meet(self, card: dict[str, Any]) -> None:
        """First contact: a card that came by mail, and words that were read over the telephone."""
        how = "by telephone, with the duty officer there"
        await self.act("counterpart.put", "administrator", card=card["card"], words=card["words"], how=how)

    async def send(self, template: str, params: dict[str, Any], precedence: str = "routine", **more: Any) -> Talk:
        """Send a message; its talk here."""
        body = {"to": self.line().party, "template": template, "params": params, "precedence": precedence}
        await self.act("line.send", **{**body, **more})
        return self.talk

    async def says(self, talk: Talk, what: str, template: str = "", **params: Any) -> None:
        """State something of a talk."""
        body: dict[str, Any] = {"to": self.line().party, "talk": talk.id, "what": what, "params": params}
        await self.act("line.state", **body, **({"template": template} if template else {}))

    def entries(self, *kinds: str) -> list[Entry]:
        """What its record holds of these kinds, in order."""
        return [entry for entry in self.store.entries() if not kinds or entry.kind in kinds]

    def told_since(self, kind: str, last: int) -> bool:
        """Whether its record holds one of this kind after an entry."""
        return any(entry.index > last for entry in self.entries(kind))

    def bodies(self, *kinds: str) -> list[dict[str, Any]]:
        """The objects of such entries."""
        return [msgspec.json.decode(self.store.objects_of(entry)[0]) for entry in self.entries(*kinds)]

    def replay(self) -> dict[str, Any]:
        """Everything it recorded stepped again."""
        return replay_record(self.folder, lambda done, of: None)


class Two:
    """South and north."""

    def __init__(self, folder: Path, *, north_listens: bool = True) -> None:
        self.clock = Clock()
        self.south = Desk(make(home(folder, SOUTH), SOUTH), SOUTH, self.clock)
        self.north = Desk(make(home(folder, NORTH), NORTH), NORTH, self.clock, listens=north_listens)

    @property
    def both(self) -> tuple[Desk, Desk]:
        """South first."""
        return self.south, self.north

    async def meet(self) -> None:
        """First contact, until both sides say that the line is up."""
        await self.south.meet(self.north.node.card())
        await self.north.meet(self.south.node.card())
        await self.up()

    async def up(self) -> None:
        """Both sides say that the line is up."""
        await until(lambda: all(one.line().state == "up" for one in self.both), "the line is up", *self.both)

    async def heard(self, talk: Talk) -> Talk:
        """The north's talk of a message that the south sent."""
        held = self.north.line().talks
        await until(lambda: talk.id in held, f"{talk.id} arrives", *self.both)
        return held[talk.id]

    async def until(self, holds: Callable[[], Any], what: str) -> None:
        """Wait for a condition on either side."""
        await until(holds, what, *self.both)

    async def later(self, seconds: float) -> None:
        """The clock of both moves, and both tick."""
        self.clock.move(seconds)
        for one in self.both:
            await one.node.loop.settle()


async def until(holds: Callable[[], Any], what: str, *desks: Desk) -> None:
    """Wait for a condition: it is looked at whenever a node has stepped, and a few times a second besides."""
    end_s = time.monotonic() + WITHIN_S
    while not holds():
        if time.monotonic() > end_s:
            seen = "; ".join(
                f"{one.party}: {[line.state + ' ' + line.why for line in one.node.loop.world.lines.values()]}" for one in desks
            )
            raise AssertionError(f"not within {WITHIN_S:.0f} s: {what}. {seen}")
        for one in desks:
            one.news.clear()
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(one.news.wait()) for one in desks]
        waits = waits or [asyncio.ensure_future(asyncio.sleep(LOOK_S))]
        await asyncio.wait(waits, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


@contextlib.asynccontextmanager
async def running(two: Two, *, met: bool = True) -> AsyncIterator[Two]:
    """Both nodes, from start to stop."""
    started: list[Desk] = []
    try:
        for one in two.both:
            await one.start()
            started.append(one)
        if met:
            await two.meet()
        yield two
    finally:
        for one in started:
            with contextlib.suppress(RuntimeError):  # a story may have stopped it
                await one.stop()


def tell(folder: Path, story: Callable[[Two], Awaitable[T]], **made: Any) -> T:
    """Run a story of two nodes that know each other. After it both records are replayed to the very same outputs."""

    async def run() -> T:
        async with running(Two(folder, **made)) as two:
            return await story(two)

    said = asyncio.run(run())
    for party in (SOUTH, NORTH):
        result = replay_record(home(folder, party), lambda done, of: None)
        assert result["same"], (party, result)
    return said


def warning(clock: Clock) -> dict[str, Any]:
    """A relay of a warning to a convoy near At-Tanf."""
    return relay(clock.now_us)


def reservation(clock: Clock, after_s: int) -> dict[str, Any]:
    """A convoy's reservation of an area that begins in so many seconds."""
    start_us = clock.now_us + after_s * 1_000_000
    return {
        "label_text": "aid convoy 7",
        "edition_number": 1,
        "holder_party": SOUTH,
        "mover_choice": "convoy",
        "area_lat_1e7": 314_200_000,
        "area_lon_1e7": 343_500_000,
        "radius_m": 2_000,
        "exactness_choice": "coarse",
        "floor_cm": 0,
        "floor_datum": "agl",
        "ceiling_cm": 100_000,
        "ceiling_datum": "agl",
        "start_us": start_us,
        "end_us": start_us + 7_200_000_000,
        "contact_text": "+000 123",
    }


def check(number: int, clock: Clock) -> dict[str, Any]:
    """A check of the line."""
    return {"check_number": number, "path_choice": "line", "sent_us": clock.now_us}
