"""A scenario reaches the node through ordinary feeds: the node's own intakes read what the frames say, byte for byte."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator

import msgspec
import pytest

from openline.clock import NS_PER_S
from openline.errors import FeedLost, OutOfTurn
from openline.feeds.osmand import request
from openline.node.intake.link import Pace
from openline.node.intake.transports import intake
from openline.node.played import feeds as scenario_feeds
from openline.node.played.feeds import Counted, Endpoints, Stage, WorldClock, acts_of, play, world_clock
from openline.node.played.frames import frames
from openline.node.played.scenario import load

DAY = msgspec.structs.replace(load("at-tanf"), duration_s=30.0)


class Heard:
    """An inbox that keeps what it is given."""

    def __init__(self) -> None:
        self.chunks: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
        self.states: list[tuple[str, str, str]] = []

    def give(self, source: str, data: bytes, heard_ns: int) -> None:
        self.chunks[source].append((heard_ns, data))

    def tell(self, source: str, state: str, why: str) -> None:
        self.states.append((source, state, why))

    async def room(self) -> None:
        return None

    def bytes_of(self, source: str) -> bytes:
        return b"".join(data for _, data in self.chunks[source])


@contextlib.asynccontextmanager
async def phones_door(heard: Heard, clock: WorldClock) -> AsyncIterator[str]:
    """An /osmand that keeps what phones post."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                query = head.split(b" ")[1].partition(b"?")[2].decode()
                heard.give("phones", request("GET", query), clock.now_ns())
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/osmand"
    finally:
        server.close()


async def play_day(folder, speed: float | None, **node):
    """The first half minute of the day, taken by the node's intakes."""
    heard = Heard()
    clock = world_clock(DAY, speed)
    counted = Counted(heard)
    pace = Pace(clock.now_ns, clock.sleep, lambda: 0.0)
    async with Stage(DAY, folder) as stage, phones_door(heard, clock) as url:
        rows = [row for row in stage.feed_rows() if row["where"]]
        intakes = [intake(row["name"], row["kind"], row["where"], row["poll_s"], counted, pace) for row in rows]
        tasks = [asyncio.create_task(one.run()) for one in intakes]
        await asyncio.wait_for(stage.connected(), 10)
        ready = Endpoints(osmand_url=url, taken=counted.taken, paced=speed is None, **node)
        played = await asyncio.wait_for(play(stage, clock, ready), 50)
        if speed is not None:
            await asyncio.sleep(0.2)  # what is on its way arrives
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return heard, played


@pytest.fixture(scope="module")
def stepped(tmp_path_factory):
    return asyncio.run(play_day(tmp_path_factory.mktemp("stepped"), None))


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    return asyncio.run(play_day(tmp_path_factory.mktemp("running"), 60.0))


def sent(source: str) -> bytes:
    return b"".join(frame.data for frame in frames(DAY) if frame.source == source)


@pytest.mark.parametrize("source", ["basestation", "post", "phones"])
def test_in_steps_a_node_reads_every_byte(stepped, source):
    assert stepped[0].bytes_of(source) == sent(source)


def test_in_steps_a_node_reads_every_document(stepped):
    documents = [frame.data for frame in frames(DAY) if frame.source == "adsb"]
    assert [data for _, data in stepped[0].chunks["adsb"]][1:] == documents  # the first is the empty one of before the start


def test_in_steps_every_document_is_heard_in_its_own_second(stepped):
    heard = [heard_ns for heard_ns, _ in stepped[0].chunks["adsb"]][1:]
    assert heard == [frame.at_ns for frame in frames(DAY) if frame.source == "adsb"]


@pytest.mark.parametrize("source", ["basestation", "phones"])
def test_in_steps_everything_sent_is_heard_within_its_second(stepped, source):
    seconds = {-(-frame.at_ns // NS_PER_S) * NS_PER_S for frame in frames(DAY) if frame.source == source}
    assert {heard_ns for heard_ns, _ in stepped[0].chunks[source]} == seconds


def test_in_steps_the_same_day_is_heard_the_same_twice(stepped, tmp_path):
    again, _ = asyncio.run(play_day(tmp_path, None))
    assert again.bytes_of("adsb") + again.bytes_of("post") == stepped[0].bytes_of("adsb") + stepped[0].bytes_of("post")


@pytest.mark.parametrize("source", ["basestation", "post", "phones"])
def test_at_sixty_times_the_pace_of_the_world_a_node_reads_every_byte(running, source):
    assert running[0].bytes_of(source) == sent(source)


def test_at_sixty_times_the_pace_of_the_world_nothing_is_heard_before_it_is_sent(running):
    first = {source: next(frame.at_ns for frame in frames(DAY) if frame.source == source) for source in ("post", "phones")}
    assert [source for source in first if running[0].chunks[source][0][0] < first[source]] == []


def test_the_player_says_what_it_sent(stepped):
    assert stepped[1].frames["adsb"] == 31


def test_no_feed_is_told_down(stepped):
    assert [state for state in stepped[0].states if state[1] == "down"] == []


def test_a_node_that_takes_nothing_stops_the_player(tmp_path, monkeypatch):
    monkeypatch.setattr(scenario_feeds, "WAIT_MAX_S", 0.05)

    async def alone() -> None:
        async with Stage(DAY, tmp_path) as stage:
            await play(stage, world_clock(DAY, None), Endpoints())

    with pytest.raises(FeedLost):
        asyncio.run(alone())


def test_acts_are_done_in_order_and_a_refused_one_does_not_stop_the_day(tmp_path):
    done: list[str] = []

    async def act(one: object) -> None:
        done.append(one.name)  # type: ignore[attr-defined]
        raise OutOfTurn("not now")

    _, played = asyncio.run(play_day(tmp_path, None, act=act))
    assert done == ["zone.put", "track.list", "track.list"]
    assert len(played.refused) == 3


def test_acts_of_a_scenario_begin_with_its_zones():
    assert [act.name for act in acts_of(load("airport"))] == ["zone.put", "track.list", "notice.make"]


def test_an_act_puts_a_zone_in_the_words_of_the_interface():
    body = acts_of(load("airport"))[0].body
    assert {"id", "name", "shape", "rings", "upper", "asks"} <= set(body["zone"])


def test_a_clock_runs_at_its_speed():
    wall_ns = [0]
    clock = WorldClock(1_000, 30.0, lambda: wall_ns[0])
    clock.begin()
    wall_ns[0] = 2 * NS_PER_S
    assert clock.now_ns() == 1_000 + 60 * NS_PER_S


def test_a_clock_is_held_until_it_begins():
    wall_ns = [0]
    clock = WorldClock(1_000, 30.0, lambda: wall_ns[0])
    wall_ns[0] = NS_PER_S
    assert clock.now_ns() == 1_000


def test_a_clock_that_changes_speed_does_not_jump():
    wall_ns = [0]
    clock = WorldClock(0, 30.0, lambda: wall_ns[0])
    clock.begin()
    wall_ns[0] = NS_PER_S
    clock.change_speed(1.0)
    wall_ns[0] = 2 * NS_PER_S
    assert clock.now_ns() == 31 * NS_PER_S


def test_a_clock_moved_by_hand_wakes_who_is_due():
    async def woken() -> list[int]:
        clock = WorldClock(0, None)
        awake: list[int] = []

        async def sleeper(seconds: int) -> None:
            await clock.sleep(seconds)
            awake.append(seconds)

        tasks = [asyncio.create_task(sleeper(seconds)) for seconds in (1, 2, 3)]
        await asyncio.sleep(0)
        clock.advance(2 * NS_PER_S)
        await asyncio.sleep(0.01)
        tasks[2].cancel()
        return awake

    assert asyncio.run(woken()) == [1, 2]
