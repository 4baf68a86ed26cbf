"""Resident memory of a node: empty, with its zones, and with ten thousand live movers heard once a second for a minute.

    python bench/memory.py [--movers 10000] [--zones 1000] [--seconds 60] [--first]

With `--first` the node finds no compiled kernels, as at the first start ever; what the compiler leaves behind stays resident
until the next start. A snapshot of the state is taken every three minutes: `--seconds 420` sees two of them.

VmRSS and VmHWM of /proc/PID/status, megabytes of 10^6 bytes. A console is open all the time, and asks for the state at the end.
"""

import argparse
import asyncio
import tempfile
import time

import _node
from _load import NDJSON_FEED, Console, report_bodies, send_all
from _node import Node, note, running, say
from _world import NS_PER_S, World

GOAL_MB = 400.0
PREPARE_S, PREPARE_REPORT_S = 10, 2e-5  # until the first report: three times what preparing the load takes on a quiet machine
WORD_EVERY_S = 10


async def fill(node: Node, world: World) -> None:
    """Every mover, once a second, with a console open."""
    prepare_s = PREPARE_S + int(PREPARE_REPORT_S * len(world.names) * world.seconds)
    start_ns = (time.time_ns() // NS_PER_S + prepare_s) * NS_PER_S
    bodies = await asyncio.to_thread(report_bodies, world, start_ns)
    if time.time_ns() > start_ns:
        raise SystemExit("the load took longer to prepare than the time given for it")
    note(f"{len(world.names) * world.seconds} reports prepared, the first leaves in {start_ns / NS_PER_S - time.time():.0f} s")
    said: set[int] = set()

    def sent(second: int, _at_s: float, now_s: float) -> None:
        if second % WORD_EVERY_S == 0 and second not in said:
            said.add(second)
            late_s = now_s - start_ns / NS_PER_S - second
            note(f"second {second} of {world.seconds}: {node.resident_mb():.0f} MB, sender {late_s:.1f} s late")

    console = Console(node)
    listening = [asyncio.create_task(console.events()), asyncio.create_task(console.tracks())]
    totals = await send_all(node, bodies, start_ns, sent)
    for task in listening:
        if task.done():
            raise SystemExit(f"the console's socket ended: {task.exception()}")
        task.cancel()
    if totals["accepted"] != len(world.names) * world.seconds:
        raise SystemExit(f"not every report was accepted: {totals}")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--movers", type=int, default=10_000)
    words.add_argument("--zones", type=int, default=1_000)
    words.add_argument("--seconds", type=int, default=60)
    words.add_argument("--first", action="store_true")
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="openline-bench-kernels-") as cache:
        measure(given, {"NUMBA_CACHE_DIR": cache} if given.first else {})


def measure(given: argparse.Namespace, environment: dict[str, str]) -> None:
    """Fill one node, and say how large it is."""
    world = World(given.movers, given.zones, 200, given.seconds)
    with running(_node.make(NDJSON_FEED), environment) as node:
        empty_mb, started_mb = node.resident_mb(), node.resident_mb("VmHWM")
        note(f"zones in {node.put_zones(world.zones):.1f} s")
        zones_mb = node.resident_mb()
        asyncio.run(fill(node, world))
        node.ask("GET", "/api/v1/state")
        full_mb, most_mb = node.resident_mb(), node.resident_mb("VmHWM")
        movers = int(node.metrics()["openline_movers"])
    if movers != given.movers:
        raise SystemExit(f"the node holds {movers} movers, not {given.movers}")
    kernels = "compiled at this start" if given.first else "compiled before"
    say("resident memory, empty node", empty_mb, "MB", highest_mb=round(started_mb, 1), kernels=kernels)
    say(f"resident memory, {given.zones} zones", zones_mb, "MB")
    say(f"resident memory, {movers} tracks", full_mb, "MB", "goal", GOAL_MB, seconds=given.seconds, kernels=kernels)
    say(f"resident memory, {movers} tracks, the highest since the start", most_mb, "MB", "goal", GOAL_MB)


if __name__ == "__main__":
    main()
