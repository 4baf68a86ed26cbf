"""How long a node is blind after a kill: its record read again from the beginning, and from the snapshot of its state.

    python bench/restart.py [--movers 5000] [--zones 1000] [--seconds 60]

A node takes `seconds` of every mover at 1 Hz in requests of 100 reports, as fast as it can, and is killed (SIGKILL). It is
started without its snapshot, then stopped in order and started with the one it left; last, the same with a snapshot of which
one byte was changed. Seconds are from the start of the process: until it answers at all, and until it watches.
"""

import argparse
import asyncio
import shutil
import signal
import time
from pathlib import Path

import _node
from _load import NDJSON_FEED, report_bodies, send_all
from _node import Node, note, say
from _world import NS_PER_S, World

HOUR_REPORTS = 3_600_000  # an hour at 1,000 reports a second


def fill(folder: Path, world: World) -> tuple[int, float]:
    """Reports taken and seconds it took; the node is killed at the end."""
    node = Node(folder)
    node.wait_for_port()
    node.wait_until_watching()
    node.log_in()
    note(f"zones in {node.put_zones(world.zones):.1f} s")
    start_ns = time.time_ns() // NS_PER_S * NS_PER_S - (world.seconds + 1) * NS_PER_S
    bodies = report_bodies(world, start_ns)
    began_s = time.perf_counter()
    totals = asyncio.run(send_all(node, bodies, start_ns, lambda *_: None))
    took_s = time.perf_counter() - began_s
    node.process.send_signal(signal.SIGKILL)
    node.process.wait()
    return int(totals["accepted"]), took_s


def start(folder: Path) -> tuple[float, float, Node]:
    """Seconds until it answered, seconds until it watched, the node."""
    node = Node(folder)
    answered_s = node.wait_for_port()
    node.health()
    return answered_s, node.wait_until_watching(), node


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--movers", type=int, default=5_000)
    words.add_argument("--zones", type=int, default=1_000)
    words.add_argument("--seconds", type=int, default=60)
    given = words.parse_args()
    world = World(given.movers, given.zones, 200, given.seconds)
    folder = _node.make(NDJSON_FEED)
    snapshot = folder / "snapshot.bin"
    try:
        reports, took_s = fill(folder, world)
        say("reports taken, as fast as they come", reports / took_s, "reports/s", reports=reports)
        snapshot.unlink(missing_ok=True)
        answered_s, replayed_s, node = start(folder)
        size_mb = (folder / "record.sqlite3").stat().st_size / 1e6
        say(
            "start after SIGKILL, from the whole record: answers", answered_s, "s", reports=reports, record_mb=round(size_mb, 1)
        )
        highest_mb = round(node.resident_mb("VmHWM"), 1)
        say("start after SIGKILL, from the whole record: watches", replayed_s, "s", highest_mb=highest_mb)
        cpu_s = node.cpu_s()
        node.stop()
        if not snapshot.exists():
            note("no snapshot was left")
            return
        answered_s, kept_s, node = start(folder)
        say(
            "start from the snapshot: watches",
            kept_s,
            "s",
            "from the record",
            replayed_s,
            snapshot_mb=snapshot.stat().st_size / 1e6,
        )
        own_s = cpu_s - node.cpu_s()
        say(
            "replay", reports / own_s, "reports/s", hour_at_1000_s=round(HOUR_REPORTS * own_s / reports, 1), of="processor time"
        )
        node.stop()
        data = bytearray(snapshot.read_bytes())
        data[len(data) // 2] ^= 1
        snapshot.write_bytes(bytes(data))
        _, doubted_s, node = start(folder)
        say("start with a changed byte in the snapshot: watches", doubted_s, "s", "from the record", replayed_s)
        node.stop()
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)


if __name__ == "__main__":
    main()
