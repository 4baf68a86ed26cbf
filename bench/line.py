"""The line between two real nodes: an urgent message while nothing else happens and while a backlog drains, and the drain.

    python bench/line.py [--urgent 200] [--backlog 4000]

Both nodes run in this one process, on loopback with real TLS and real disks, so they share one interpreter: two processes on
two processors do better. Urgent: from the officer's act until the counterpart's state has it, which is when its screens
are told. Drain: messages queued while the counterpart was away, from its start until the sender holds a receipt for the
last; one way. Beside it the disk's bare syncs and Ed25519 signatures a second, of the same run.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from _node import note, say

from openline import seal

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.stories import two_nodes
from tests.stories.two_nodes import Desk, Two, check, running

GOAL_MS = 500.0
GOAL_PER_S = 500.0


def status(two: Two) -> dict[str, Any]:
    """A message nobody has to answer."""
    return {"desk_choice": "staffed", "start_us": two.clock.now_us}


async def urgent_ms(two: Two, first: int, count: int) -> list[float]:
    """Milliseconds of each of so many urgent messages, one after another."""
    took: list[float] = []
    for number in range(first, first + count):
        began_s = time.perf_counter()
        talk = await two.south.send("check", check(number, two.clock), "immediate")
        while talk.id not in two.north.line().talks:
            two.north.news.clear()
            try:
                await asyncio.wait_for(two.north.news.wait(), 0.02)
            except TimeoutError:
                continue
        took.append((time.perf_counter() - began_s) * 1000)
    return took


async def queue(desk: Desk, two: Two, count: int) -> None:
    """So many messages at once."""
    for _ in range(0, count, 500):
        body = {"to": desk.line().party, "template": "status", "params": status(two), "precedence": "routine"}
        await asyncio.gather(*(desk.node.loop.act("bench", "operator", "line.send", body) for _ in range(500)))


async def measure(folder: Path, given: argparse.Namespace) -> None:
    """Everything, in one run."""
    async with running(Two(folder)) as two:
        quiet = await urgent_ms(two, 1, given.urgent)
        note(f"urgent, quiet: median {statistics.median(quiet):.1f} ms")
        await two.north.stop()
        began_s = time.perf_counter()
        await queue(two.south, two, given.backlog)
        queued_s = time.perf_counter() - began_s
        await two.north.start()
        out = two.south.line().lanes.out[1]
        began_s, before = time.perf_counter(), out.upto
        busy = asyncio.create_task(urgent_ms(two, 10_000, given.urgent))
        while out.upto < out.next - 1:
            await asyncio.sleep(0.01)
        drained_s = time.perf_counter() - began_s
        count = out.upto - before
        loaded = await busy
    facts = {"nodes": "two in one process", "messages": count}
    say("messages queued", given.backlog / queued_s, "messages/s", **facts)
    say("backlog drained, one way", count / drained_s, "messages/s", "goal", GOAL_PER_S, **facts)
    for name, took in (("quiet", quiet), ("while the backlog drains", loaded)):
        ranked = sorted(took)
        p99 = ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))]
        say(f"urgent, act to counterpart's screen, {name}, p50", statistics.median(took), "ms")
        say(f"urgent, act to counterpart's screen, {name}, p99", p99, "ms", "goal", GOAL_MS, slowest=round(ranked[-1], 1))


def baselines(folder: Path) -> None:
    """Bare syncs and signatures a second."""
    fd = os.open(folder / "bare", os.O_RDWR | os.O_CREAT)
    began_s, count = time.perf_counter(), 0
    while time.perf_counter() - began_s < 1.5:
        os.pwrite(fd, bytes(4096), 0)
        os.fdatasync(fd)
        count += 1
    say("bare fsync", count / (time.perf_counter() - began_s), "syncs/s")
    signer = seal.Signer.generate(os.urandom)
    began_s = time.perf_counter()
    for _ in range(2_000):
        signer.sign(b"x" * 1000)
    say("Ed25519 signatures of 1 kB", 2_000 / (time.perf_counter() - began_s), "signatures/s")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--urgent", type=int, default=200)
    words.add_argument("--backlog", type=int, default=4_000)
    given = words.parse_args()
    two_nodes.WITHIN_S = 300.0  # type: ignore[misc]
    with tempfile.TemporaryDirectory(prefix="ol-") as folder:
        baselines(Path(folder))
        asyncio.run(measure(Path(folder), given))


if __name__ == "__main__":
    main()
