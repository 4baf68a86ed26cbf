"""A short, seeded run of what `make chaos` does for ten minutes, and a checker that convicts."""

import asyncio
from pathlib import Path

from scripts.chaos import Chaos
from scripts.chaos_check import check
from tests.stories.two_nodes import NORTH, SOUTH, Two, home, running, warning
from tests.stories.two_nodes import check as line_check

SECONDS = 12.0


def test_two_nodes_through_cuts_kills_and_jumps_lose_and_double_nothing(tmp_path: Path) -> None:
    chaos = Chaos(tmp_path, seed=20171)
    result = chaos.run(SECONDS)
    assert result["faults"] == []
    assert all(sum(lanes) > 0 for lanes in result["messages"].values())

    folders = (chaos.nodes[0].folder, chaos.nodes[1].folder)
    convicted = check(folders, chaos.done | {SOUTH: [*chaos.done[SOUTH], 10**9]})
    assert convicted["faults"] == [f"{SOUTH}: check {10**9} was answered as queued and was never sent"]


def test_the_checker_convicts_what_never_arrived(tmp_path: Path) -> None:
    async def story() -> None:
        async with running(Two(tmp_path)) as two:
            await two.heard(await two.south.send("check", line_check(1, two.clock)))
            await two.until(lambda: two.north.peer().witness_size and two.south.peer().witness_size, "both logs are cosigned")
            await two.north.stop()
            await two.south.send("check", line_check(2, two.clock))
            await two.south.send("warning.relay", warning(two.clock), "flash")

    asyncio.run(story())
    faults = check((home(tmp_path, SOUTH), home(tmp_path, NORTH)), {SOUTH: [1, 2]})["faults"]
    assert f"{SOUTH}: lane 1: sent 2, {NORTH} took 1; the first difference is number 2" in faults
    assert f"{SOUTH}: lane 0: 1 sent, the last receipt says 0" in faults
    assert f"{SOUTH}: lane 0: something waits in the outbox though all is receipted" in faults
