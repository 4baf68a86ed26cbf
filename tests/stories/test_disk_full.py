"""A disk that fills: evidence is refused first, then what is routine; what is urgent goes on, and nothing is lost."""

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from openline.errors import DiskFull
from openline.node.doors import control
from openline.node.recover import recover
from openline.node.replaying import replay_record
from openline.node.shown.views import feed_view
from openline.record.store import Store, ballast
from openline.record.store.ballast import Space
from tests.stories.desk import Story
from tests.stories.two_nodes import Two, check, reservation, running, tell, warning

PLENTY = Space(1 << 40, 1 << 39)


def leave(loop: Any, units: float) -> None:
    """So much is free on the disk of this node's record, in ballasts."""
    room = loop.room_left
    room._asked = lambda _: Space(PLENTY.total_bytes, int(units * room.unit_bytes))


def disk(loop: Any) -> dict[str, Any] | None:
    """The standing condition of the disk, as screens show it."""
    return next((one for one in loop.state()["node"]["conditions"] if one["what"] == "disk"), None)


def shown(loop: Any) -> dict[str, Any]:
    """The condition, which must be there."""
    found = disk(loop)
    assert found is not None
    return found


def on_one_desk(folder: Path, story: Callable[[Story], Awaitable[None]]) -> Story:
    made = Story(folder)

    async def told(one: Story) -> None:
        one.loop._wait_s = lambda seconds: min(seconds, 0.01)
        await story(one)

    made.tell(told)
    return made


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


# ── the floors ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_below_the_first_floor_reports_are_refused_and_it_is_seen(tmp_path: Path) -> None:
    async def story(one: Story) -> None:
        await one.hear("m", 33.5, 38.6)
        leave(one.loop, 1.5)
        await one.later(1)
        await one.later(1)
        with pytest.raises(DiskFull):
            await one.hear("m", 33.6, 38.6)
        assert one.loop.give("csv", b"x\n", one.now_ns) is False
        feed = feed_view(one.loop.world.feeds["post"], one.now_ns)
        assert (feed["state"], feed["why"]) == ("refused", "disk nearly full")
        assert one.loop.room_left.refused == {"post": 1, "csv": 1}
        assert shown(one.loop)["priority"] == "warning"
        assert "nearly full" in one.loop.health()[1]["why"]

    on_one_desk(tmp_path, story)


def test_with_space_again_it_goes_on_by_itself_and_the_condition_waits_to_be_seen(tmp_path: Path) -> None:
    async def story(one: Story) -> None:
        leave(one.loop, 1.5)
        await one.later(1)
        await one.later(1)
        leave(one.loop, 10)
        await one.later(1)
        await one.later(1)
        await one.hear("m", 33.5, 38.6)
        assert one.loop.world.feeds["post"].state == "up"
        assert one.loop.world.feeds["csv"].state == "connecting"
        assert shown(one.loop)["over"] is not None
        await one.act("condition.acknowledge", condition=shown(one.loop)["id"])
        assert disk(one.loop) is None

    on_one_desk(tmp_path, story)


def test_below_the_second_floor_what_is_not_urgent_is_refused_and_alarms_are_acknowledged(tmp_path: Path) -> None:
    async def story(one: Story) -> None:
        leave(one.loop, 0.5)
        await one.later(1)
        await one.later(1)
        with pytest.raises(DiskFull):
            await one.act("incident.note", incident="I1", text="x")
        await one.act("condition.acknowledge", condition=shown(one.loop)["id"])
        assert shown(one.loop)["acknowledged_by"] == "anna"

    on_one_desk(tmp_path, story)


def test_a_node_that_was_stopped_meanwhile_says_that_there_is_room(tmp_path: Path) -> None:
    async def narrow(one: Story) -> None:
        leave(one.loop, 1.5)
        await one.later(1)
        await one.later(1)

    async def wide(one: Story) -> None:
        await one.later(1)
        assert shown(one.loop)["over"] is not None

    made = on_one_desk(tmp_path, narrow)
    made.tell(wide)


# ── full ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_on_a_full_disk_the_node_stays_says_so_and_takes_nothing(tmp_path: Path) -> None:
    async def story(one: Story) -> None:
        commit = one.store.commit

        def full(*_: Any, **__: Any) -> Any:
            raise DiskFull("full")

        one.store.commit = full  # type: ignore[method-assign]
        with pytest.raises(DiskFull):
            await one.act("condition.acknowledge", condition="C00001")
        assert not one.loop.watching
        assert one.loop.health()[0] == 503
        assert one.loop.state()["node"]["why"].startswith("DISK FULL")
        assert "telephone" in shown(one.loop)["says"]
        with pytest.raises(DiskFull):
            await one.hear("m", 33.5, 38.6)
        one.store.commit = commit  # type: ignore[method-assign]
        one.now_ns += 1_000_000_000
        await until(lambda: one.loop.watching)
        one.now_ns += 1_000_000_000
        await until(lambda: one.loop.room_left.level == "room")
        await one.hear("m", 33.5, 38.6)
        assert disk(one.loop) is None

    made = on_one_desk(tmp_path, story)
    with Store.open(made.path(), made.identity) as store:
        assert store.fsck().faults == ()
        assert recover(store).batches > 0


def test_what_follows_from_what_was_recorded_waits_for_room_and_is_not_lost(tmp_path: Path) -> None:
    """The disk is full between the commit of the inputs and that of the outputs."""

    async def story(one: Story) -> None:
        leave(one.loop, 1.5)
        commit = one.store.commit
        tried: list[int] = []

        def full_twice(entries: Any, *args: Any, **more: Any) -> Any:
            if entries and entries[0].kind == "track.event" and len(tried) < 2:
                tried.append(1)
                raise DiskFull("full")
            return commit(entries, *args, **more)

        one.store.commit = full_twice  # type: ignore[method-assign]
        with pytest.raises(DiskFull, match="is recorded"):
            await one.later(1)
        await until(lambda: disk(one.loop) and one.loop.watching)
        assert tried == [1, 1]

    made = on_one_desk(tmp_path, story)
    with Store.open(made.path(), made.identity) as store:
        assert [one.kind for one in store.entries(kind="track.event")] == ["track.event"]
        assert "disk" in recover(store).state.conditions


# ── two nodes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_urgent_goes_through_what_is_routine_waits_at_its_sender_and_comes_later(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        leave(two.north.node.loop, 0.5)
        await two.later(2)
        await two.until(lambda: two.north.node.loop.room_left.refuses_routine, "the north's disk is nearly full")
        routine = await two.south.send("reservation.notice", reservation(two.clock, after_s=3 * 3_600), "routine")
        urgent = await two.south.send("warning.relay", warning(two.clock), "flash")
        await two.heard(urgent)
        await two.until(lambda: two.south.state(urgent, "life") == "stored", "a receipt of what is urgent")
        await two.until(lambda: two.north.peer().refused["room"], "what is routine is refused")
        assert routine.id not in two.north.line().talks
        assert two.south.state(routine, "life") != "stored"
        with pytest.raises(DiskFull):
            await two.north.send("reservation.notice", reservation(two.clock, after_s=3 * 3_600), "routine")
        theirs = two.north.line().talks[urgent.id]
        await two.north.says(theirs, "seen")
        leave(two.north.node.loop, 10)
        await two.later(2)
        await two.heard(routine)
        await two.until(lambda: two.south.state(routine, "life") == "stored", "a receipt of what is routine")

    tell(tmp_path, story)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """24 MB of its own, where this user may mount."""
    place = tmp_path / "d"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def fill(place: Path, leave_bytes: int) -> None:
    """Somebody else fills the disk."""
    with contextlib.suppress(OSError), (place / "filler").open("ab") as file:
        told = os.statvfs(place)
        os.posix_fallocate(file.fileno(), file.tell(), max(1, told.f_bavail * told.f_frsize - leave_bytes))


def test_a_disk_of_24_mb_that_is_really_full_is_survived_and_nothing_acknowledged_is_lost(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ballast, "SHARE_OF_DISK", 8)

    async def story(two: Two) -> list[str]:
        loop = two.north.node.loop
        stored: list[str] = []

        async def said(number: int) -> str:
            talk = await two.south.send("check", check(number, two.clock), "immediate")
            await two.until(lambda: two.south.state(talk, "life") == "stored", f"a receipt of {number}")
            return talk.id

        kept = loop.room_left.ballast
        assert kept is not None
        assert kept.there
        stored.append(await said(1))
        fill(small_disk, 0)
        stored += [await said(number) for number in range(2, 6)]
        assert not kept.path.exists()
        await two.until(lambda: loop.room_left.refuses_routine, "what is routine is refused")
        fill(small_disk, 0)
        await two.until(lambda: loop.room_left.full, "the disk is full, without ballast")
        late = await two.south.send("check", check(9, two.clock), "immediate")
        assert two.south.state(late, "life") != "stored"
        assert loop.health()[0] == 503
        assert loop.state()["node"]["why"].startswith("DISK FULL")
        async with httpx2.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"{two.north.node.url}/healthz")
        assert (answer.status_code, answer.json()["status"]) == (503, "disk full")
        told = await asyncio.to_thread(control.call, two.north.folder, {"do": "state"})
        assert any(one["says"].startswith("DISK FULL") for one in told["node"]["conditions"])
        (small_disk / "filler").unlink()
        await two.until(lambda: two.south.state(late, "life") == "stored", "it goes on by itself")
        await two.until(lambda: kept.there and loop.room_left.level == "room", "the ballast is there again")
        assert loop.watching
        return [*stored, late.id]

    async def run() -> None:
        made = Two(small_disk.parent)
        made.north.folder.rename(made.north.folder.with_name("was"))
        shutil.copytree(made.north.folder.with_name("was"), small_disk / "n")
        made.north.folder.symlink_to(small_disk / "n")
        async with running(made) as two:
            stored = await story(two)
            assert set(stored) <= set(two.north.line().talks)

    asyncio.run(run())
    assert replay_record(small_disk / "n", lambda done, of: None)["same"]
