"""How a node ends: whoever still asks is told so, nobody is left waiting, and nothing is said to be a mistake."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openline.errors import NotWatching
from openline.node.running import Node
from openline.record.store import Store
from tests.stories.desk import Story
from tests.stories.living import make_node


async def ended(story: Story) -> None:
    """The loop has taken what waited, and ends."""
    story.loop.stop()
    while not story.loop.at_rest:
        await asyncio.sleep(0)


def test_positions_that_come_after_the_end_are_answered_at_once(tmp_path: Path) -> None:
    async def night(story: Story) -> None:
        await ended(story)
        async with asyncio.timeout(10):
            with pytest.raises(NotWatching):
                await story.loop.positions("post", b"{}\n")
            with pytest.raises(NotWatching):
                await story.act("track.list", mover="m", list="own")

    Story(tmp_path).tell(night)


def test_a_node_stopped_before_it_watches_waits_for_no_thread_and_lets_the_record_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def endless(progress: Callable[[str, int, int], None]) -> None:
        begun.set()
        while True:
            progress("a kernel", 0, 1)

    monkeypatch.setattr("openline.node.running.make_ready", endless)
    folder = make_node(tmp_path / "node")

    async def run() -> Any:
        node = Node(folder)
        await node.start()
        assert await asyncio.to_thread(begun.wait, 10)
        async with asyncio.timeout(20):
            await node.stop()
        return node.keys.identity()

    identity = asyncio.run(run())
    with Store.open(folder / "record.sqlite3", identity) as store:
        assert list(store.entries(kind="node.stop"))
