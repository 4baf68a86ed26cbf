"""Plays a scenario through real feeds on loopback: an HTTP server, a TCP server, a growing file, and phones that post.

    async with Stage(scenario, folder) as stage:
        clock = world_clock(scenario, scenario.speed)
        rows = stage.feed_rows()                # what the node's settings say of its feeds; start the node with them
        played = await play(stage, clock, Endpoints(…))

Two ways to play. With a speed, frames go out when the world clock reaches them. Without one the world goes in steps: every
second of the scenario the clock moves, everything of that second goes out, and the next second begins when the node has taken
it all. The node reads its time from the same clock, so its stamps are the scenario's, and sleeps by it, so a feed polled once a
second is polled once a second of the scenario.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from math import ceil
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import httpx2 as httpx
import msgspec

from openline.clock import NS_PER_S
from openline.errors import FeedLost, OpenlineError
from openline.node.intake.link import Inbox
from openline.node.played.clock import WorldClock, world_clock
from openline.node.played.frames import Frame, aircraft_json, by_second, frames
from openline.node.played.motion import FeedKind, Scenario, ScriptedAct
from openline.zones.plain import zone_to_plain

__all__ = ["Counted", "Endpoints", "Played", "Stage", "WorldClock", "acts_of", "play", "world_clock"]

HOST: Final = "127.0.0.1"
WAIT_MAX_S: Final = 180.0  # a node that has not taken one second of a scenario by then has stopped, however slow the machine is
LOOK_S: Final = 0.0005  # between two looks at whether the node is done
POLL_S: Final = 1.0  # how often the node polls, in the scenario's time; `feed_rows` says so
REQUEST_BYTES_MAX: Final = 16_384
LATE_MIN_S: Final = 15.0
LATE_WALL_S: Final = 2.0  # at 30 times the pace of the world, half a second of a busy machine is 15 s of the scenario


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """What the player needs of the node. Phones post to `osmand_url`; the rest may be left out.

    `act`     does one act of a person, as the API would: a `zone.put`, a `track.list`, a `notice.make`
    `taken`   how many bytes of an SBS or NDJSON feed the node has read so far (see `Counted`): a step waits for them
    `paced`   the node's intakes sleep by the world clock: a step waits until those that poll are asleep again
    `settle`  returns when everything read so far is stepped and recorded
    """

    osmand_url: str = ""
    osmand_token: str = ""
    act: Callable[[ScriptedAct], Awaitable[None]] | None = None
    taken: Callable[[str], int] | None = None
    paced: bool = False
    settle: Callable[[], Awaitable[None]] | None = None


class Counted:
    """An inbox that counts what intakes give, by feed; give it to them in place of the loop, and its `taken` to the player."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._given_bytes: Counter[str] = Counter()

    def give(self, source: str, data: bytes, heard_ns: int) -> None:
        """Bytes of a feed."""
        self._given_bytes[source] += len(data)
        self._inbox.give(source, data, heard_ns)

    def tell(self, source: str, state: str, why: str) -> None:
        """What became of its connection."""
        self._inbox.tell(source, state, why)

    async def room(self) -> None:
        """Returns when there is room for more."""
        await self._inbox.room()

    def taken(self, source: str) -> int:
        """How many bytes of a feed were given so far."""
        return self._given_bytes[source]


class Played(msgspec.Struct):
    """What went out: frames by feed and acts; and what the node refused of them."""

    frames: Counter[str] = msgspec.field(default_factory=Counter)
    acts: int = 0
    refused: list[str] = msgspec.field(default_factory=list)


def acts_of(scenario: Scenario) -> list[ScriptedAct]:
    """Every act of the story in order: its zones put and its own movers listed at the start, then what its file says."""
    opening = []
    for zone in scenario.zones:
        body = {"zone": zone_to_plain(zone), "reason": f"scenario: {scenario.title}"}
        opening.append(_opening(scenario, "supervisor", "zone.put", body))
    for mover in scenario.movers:
        if mover.on_list is not None:
            body = {"mover": scenario.mover_name(mover), "list": mover.on_list, "label": mover.name}
            opening.append(_opening(scenario, "operator", "track.list", body))
    return [*opening, *scenario.acts]


def _opening(scenario: Scenario, role: str, name: str, body: dict[str, Any]) -> ScriptedAct:
    return ScriptedAct(scenario.start_ns, "scenario", role, name, body, scenario.papers)


class Stage:
    """The senders of a scenario's feeds, each at its own address on loopback or in `folder`."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario = scenario
        self.folder = folder
        self.where: dict[str, str] = {}
        self.sent_bytes: Counter[str] = Counter()
        self._kinds: dict[str, FeedKind] = {feed.id: feed.kind for feed in scenario.feeds}
        self._servers: list[asyncio.Server] = []
        self._serving: set[asyncio.Future[None]] = set()
        self._files: dict[str, BinaryIO] = {}
        self._documents: dict[str, bytes] = {}
        self._fetched: dict[str, asyncio.Event] = {}
        self._readers: dict[str, set[asyncio.StreamWriter]] = {}

    async def __aenter__(self) -> Self:
        for feed_id, kind in self._kinds.items():
            self.where[feed_id] = await self._open(feed_id, kind)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()
        for file in self._files.values():
            file.close()
        for writer in [writer for writers in self._readers.values() for writer in writers]:
            writer.close()  # whoever serves it reads its end, and ends
        await asyncio.gather(*self._serving)

    async def _open(self, feed_id: str, kind: FeedKind) -> str:
        if kind == "osmand":
            return ""
        if kind == "ndjson":
            path = self.folder / f"{feed_id}.ndjson"
            self._files[feed_id] = path.open("wb", buffering=0)
            return str(path)
        self._readers[feed_id] = set()
        if kind == "readsb":
            self._documents[feed_id] = aircraft_json([], self.scenario.start_ns - NS_PER_S, 0)
            self._fetched[feed_id] = asyncio.Event()
        serve = self._serve_documents if kind == "readsb" else self._serve_lines

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            ended = asyncio.get_running_loop().create_future()
            self._serving.add(ended)
            self._readers[feed_id].add(writer)
            try:
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                    await serve(feed_id, reader, writer)
            finally:
                self._readers[feed_id].discard(writer)
                self._serving.discard(ended)
                writer.close()
                ended.set_result(None)

        server = await asyncio.start_server(connected, HOST, 0, limit=REQUEST_BYTES_MAX)
        self._servers.append(server)
        port = server.sockets[0].getsockname()[1]
        return f"http://{HOST}:{port}/data/aircraft.json" if kind == "readsb" else f"tcp://{HOST}:{port}"

    async def _serve_documents(self, feed_id: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers every request with the newest aircraft.json."""
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            document, fetched = self._documents[feed_id], self._fetched[feed_id]
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(document)
            writer.write(answer if head.startswith(b"HEAD ") else answer + document)
            await writer.drain()
            fetched.set()

    async def _serve_lines(self, feed_id: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keeps the connection; lines are written when they are due. A reader of SBS-1 says nothing."""
        while await reader.read(REQUEST_BYTES_MAX):
            pass

    def feed_rows(self) -> list[dict[str, Any]]:
        """The `[[feed]]` tables of the node's settings file, but for the token of a feed that sends to the node."""
        return [self._feed_row(feed_id, kind) for feed_id, kind in self._kinds.items()]

    def _feed_row(self, feed_id: str, kind: FeedKind) -> dict[str, Any]:
        movers = [mover for mover in self.scenario.movers if mover.feed == feed_id]
        classes = {mover.mover_class for mover in movers}
        row: dict[str, Any] = {"name": feed_id, "kind": kind, "where": self.where[feed_id], "poll_s": POLL_S}
        row["late_s"] = max([LATE_MIN_S, LATE_WALL_S * self.scenario.speed, *(3.0 * mover.interval_s for mover in movers)])
        if kind == "osmand" and len(classes) == 1:
            row["options"] = {"mover_class": classes.pop()}
        return row

    # ── what the player does with it ─────────────────────────────────────────────────────────────────────────────────

    def post(self, frame: Frame) -> None:
        """Put out what readers come for: a document, or lines of a file."""
        if self._kinds[frame.source] == "readsb":
            self._documents[frame.source] = frame.wire
            self._fetched[frame.source] = asyncio.Event()  # a fetch of the one before does not count
        else:
            self._files[frame.source].write(frame.wire)
            self.sent_bytes[frame.source] += len(frame.wire)

    async def write(self, frame: Frame) -> None:
        """Send lines to whoever is connected; who is not has missed them, as with a receiver."""
        self.sent_bytes[frame.source] += len(frame.wire)
        for writer in list(self._readers[frame.source]):
            writer.write(frame.wire)
            with contextlib.suppress(ConnectionError):
                await writer.drain()

    def is_posted(self, frame: Frame) -> bool:
        """Whether readers come for this frame, rather than being sent it."""
        return self._kinds[frame.source] in ("readsb", "ndjson")

    def is_phone(self, frame: Frame) -> bool:
        """Whether a phone posts this frame to the node."""
        return self._kinds[frame.source] == "osmand"

    async def connected(self) -> None:
        """Return when somebody reads every feed that is sent over TCP."""
        for feed_id, kind in self._kinds.items():
            while kind == "sbs" and not self._readers[feed_id]:
                await asyncio.sleep(LOOK_S)

    async def taken(self, clock: WorldClock, node: Endpoints) -> None:
        """Return when the node has everything that was put out and sent, has stepped it, and its intakes wait for the next."""
        for fetched in self._fetched.values():
            await fetched.wait()
        for feed_id, sent_bytes in self.sent_bytes.items():
            while node.taken is not None and node.taken(feed_id) < sent_bytes:
                await asyncio.sleep(LOOK_S)
        await self.asleep(clock, node)
        if node.settle is not None:
            await node.settle()

    async def asleep(self, clock: WorldClock, node: Endpoints) -> None:
        """Return when every intake that polls sleeps until the next second: one that did not would miss it."""
        polled = sum(kind in ("readsb", "ndjson") for kind in self._kinds.values())
        while node.paced and clock.asleep(POLL_S) < polled:
            await asyncio.sleep(LOOK_S)


async def play(stage: Stage, clock: WorldClock, node: Endpoints, stay_s: float = 0.0) -> Played:
    """Play the whole story, at the clock's speed or in steps. `stay_s`: whoever stays goes on being reported so long after.

    Raises `FeedLost` when a step is not taken within WAIT_MAX_S.
    """
    until_ns = stage.scenario.end_ns + ceil(stay_s) * NS_PER_S
    async with httpx.AsyncClient(timeout=WAIT_MAX_S) as phones:
        player = _Player(stage, clock, node, phones)
        clock.begin()
        if clock.speed is None:
            await player.steps(until_ns)
        else:
            await player.runs(until_ns)
    return player.played


class _Player:
    """One playing of a scenario."""

    def __init__(self, stage: Stage, clock: WorldClock, node: Endpoints, phones: httpx.AsyncClient) -> None:
        self.stage = stage
        self.clock = clock
        self.node = node
        self.phones = phones
        self.played = Played()
        self._acts = acts_of(stage.scenario)[::-1]
        self._waits_for = ""  # said when it does not come

    async def runs(self, until_ns: int) -> None:
        """Everything at its moment of the running clock; after the story the clock goes at the pace of the world."""
        end_ns = self.stage.scenario.end_ns
        for frame in frames(self.stage.scenario, until_ns):
            while self._acts and self._acts[-1].at_ns <= frame.at_ns:
                await self.clock.until(self._acts[-1].at_ns)
                await self._act(self._acts.pop())
            if frame.at_ns > end_ns and (self.clock.speed or 0.0) > 1.0:
                self.clock.change_speed(1.0)
            await self.clock.until(frame.at_ns)
            await self._send(frame)

    async def steps(self, until_ns: int) -> None:
        """One second after another, each when the node has taken the one before."""
        for second_ns, group in by_second(self.stage.scenario, until_ns):
            try:
                async with asyncio.timeout(WAIT_MAX_S):
                    await self._step(second_ns, group)
            except TimeoutError:
                second = f"second {second_ns // NS_PER_S} of the scenario within {WAIT_MAX_S:g} s"
                late = f"the node did not take {second}: waited for {self._waits_for}"
                raise FeedLost(late, sent=dict(self.stage.sent_bytes)) from None

    async def _step(self, second_ns: int, group: list[Frame]) -> None:
        """What readers come for is put out before the clock moves, because the clock wakes them; the rest is sent after."""
        self._waits_for = "readers of the feeds that are sent"
        await self.stage.connected()
        self._waits_for = "intakes to sleep until the next second"
        await self.stage.asleep(self.clock, self.node)
        for frame in group:
            if self.stage.is_posted(frame):
                await self._send(frame)
        self.clock.advance(second_ns)
        while self._acts and self._acts[-1].at_ns <= second_ns:
            self._waits_for = f"the act {self._acts[-1].name}"
            await self._act(self._acts.pop())
        self._waits_for = "senders"
        for frame in group:
            if not self.stage.is_posted(frame):
                await self._send(frame)
        self._waits_for = "intakes to take it and the node to step it"
        await self.stage.taken(self.clock, self.node)

    async def _send(self, frame: Frame) -> None:
        self.played.frames[frame.source] += 1
        if self.stage.is_posted(frame):
            self.stage.post(frame)
        elif self.stage.is_phone(frame):
            await self._phone(frame)
        else:
            await self.stage.write(frame)

    async def _phone(self, frame: Frame) -> None:
        """A phone posts its position; one that is not taken is lost, as it is with a phone that has no network."""
        if not self.node.osmand_url:
            return
        token = {"Authorization": f"Bearer {self.node.osmand_token}"} if self.node.osmand_token else {}
        try:
            answer = await self.phones.get(f"{self.node.osmand_url}?{frame.wire.decode()}", headers=token)
        except httpx.HTTPError as error:
            self.played.refused.append(f"{frame.source}: {type(error).__name__}")
            return
        if answer.status_code != 200:
            self.played.refused.append(f"{frame.source}: {answer.status_code} {answer.text[:200]}")

    async def _act(self, act: ScriptedAct) -> None:
        self.played.acts += 1
        if self.node.act is None:
            return
        try:
            await self.node.act(act)
        except OpenlineError as no:  # a person may have changed the zone the act is about
            self.played.refused.append(f"{act.name}: {no}")
