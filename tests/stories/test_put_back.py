"""A node whose database was put back: no second history is signed under the old name, and a person begins a new log."""

import asyncio
from pathlib import Path
from typing import Any

from openline.node.exporting import export_bundle, judge_paths, verify_path
from openline.node.replaying import replay_record
from openline.record.store import Store
from openline.record.witness import read_head
from tests.stories.test_line_crash import goes_on, put_back_south
from tests.stories.two_nodes import NORTH, SOUTH, Two, home, running


async def settled(two: Two) -> None:
    await two.until(lambda: two.south.line().lanes.out[1].next == 6, "its messages are shown to it again")
    await two.south.act("line.settle", "supervisor", to=NORTH, lane=None, reason="the disk was replaced last night")


def exported(folder: Path) -> tuple[Path, Path]:
    made = []
    for party in (SOUTH, NORTH):
        path = folder / f"{party}.zip"
        export_bundle(home(folder, party), path, 0, None, "the line", lambda done, of: None)
        assert verify_path(path).good, verify_path(path)
        made.append(path)
    return made[0], made[1]


def log_findings(folder: Path) -> list[Any]:
    judged = judge_paths(*exported(folder))
    assert not judged.contradicted, judged.findings
    return [one for one in judged.findings if one.topic == "log"]


def kept(folder: Path) -> Path:
    (folder / "copy").mkdir()
    return folder / "copy"


def test_from_the_moment_it_is_known_no_head_is_signed_and_none_but_the_copys_stays(tmp_path: Path) -> None:
    async def story() -> None:
        async with running(Two(tmp_path)) as two:
            await put_back_south(two, kept(tmp_path))
            store = two.south.store
            assert store.unsigned is not None
            copied = Store.open(tmp_path / "copy" / "record.sqlite3", None, read_only=True)
            with copied:
                assert store.checkpoint() == copied.checkpoint()
            await two.south.act("counterpart.paths", "administrator", to=NORTH, paths=["telephone +000 111"])
            await two.south.node.loop.settle()
            assert store.size > read_head(store.checkpoint()).size
            signed = store.checkpoint()
            await two.south.stop()
            await two.south.start()
            assert two.south.store.unsigned is not None
            assert two.south.store.checkpoint() == signed
            assert two.south.store.fsck().good, two.south.store.fsck().faults

    asyncio.run(story())


def test_a_person_begins_a_new_log_that_says_what_came_before_and_is_cosigned(tmp_path: Path) -> None:
    async def story() -> None:
        async with running(Two(tmp_path)) as two:
            await put_back_south(two, kept(tmp_path))
            stopped = two.south.store.unsigned
            assert stopped is not None
            await settled(two)
            await two.until(lambda: two.south.store.key.name == f"{SOUTH}/openline/log/2", "a new log begins")
            await two.until(lambda: not two.south.line().unwitnessed, "its line says so")
            await two.until(lambda: two.south.peer().witness_size > stopped.size, "it is cosigned")
            assert two.south.line().why == ""
            (says,) = two.south.bodies("log")
            assert says["before"] == f"{SOUTH}/openline/log/1"
            assert says["size"] == stopped.size
            assert says["theirs"]["size"] == stopped.cosigned
            await goes_on(two, range(6, 8))
            await two.until(lambda: not two.north.line().trouble, "the north sees that it has everything again")
            assert "not acknowledged" in two.north.line().why
            await two.south.stop()
            await two.south.start()
            assert two.south.store.key.name == f"{SOUTH}/openline/log/2"
            assert two.south.node.loop.post.origin == f"{SOUTH}/openline/log/2"
            assert two.south.store.fsck().good, two.south.store.fsck().faults

    asyncio.run(story())
    for party in (SOUTH, NORTH):
        assert replay_record(home(tmp_path, party), lambda done, of: None)["same"]
    (found,) = log_findings(tmp_path)
    assert found.grade == "untold"
    assert "known and admitted" in found.says
    assert "put back" in found.says


def test_what_an_officer_saw_of_a_lost_message_counts_once_it_is_known_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with running(Two(tmp_path)) as two:
            await put_back_south(two, kept(tmp_path))
            await two.north.says(two.north.talk, "seen")
            await settled(two)
            talk = list(two.south.line().talks.values())[-1]
            await two.until(lambda: two.south.state(talk, "seen") == "seen", "it is applied")
            assert not [body for body in two.south.bodies("conversation") if body["what"] == "unused"]
            assert not two.south.bodies("fork") or {b["what"] for b in two.south.bodies("fork")} == {"we_were_put_back"}

    asyncio.run(story())
