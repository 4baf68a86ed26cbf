"""Report in → alarm frame on an open console socket: a real node, real sockets, 5,000 reports a second, 1,000 zones.

    python bench/alarms.py [--movers 5000] [--zones 1000] [--crossers 200] [--seconds 60] [--only ndjson|readsb]

Twice: reports posted as NDJSON (50 requests a second, 100 reports each), and an aircraft.json of every mover asked for once a
second. Crossers enter zones at moments known beforehand; the latency of each is from the moment the report that is the first
inside left the sender (or the document that holds it was taken) until the alarm frame `entry` was read from the console's
socket. Nothing dropped means: every report accepted, every expected entry seen, every alarm entry of the record told to the
console. The load generator and the console run in this process and share the machine's processors with the node.
"""

import argparse
import asyncio
import os
import tempfile
import time
from contextlib import ExitStack
from typing import Any

import _node
import numpy as np
from _load import NDJSON_FEED, Console, Receiver, readsb_documents, report_bodies, send_all
from _node import Node, note, running, say
from _world import NS_PER_S, World

from openline.record.store import Store

GOAL_MS = 250.0
QUIET_S = 3.0  # after the last report, for the last alarm to come


async def posted(
    node: Node, world: World, console: Console
) -> tuple[dict[int, dict[str, float]], dict[str, float], dict[str, Any]]:
    """NDJSON. Moments by second and slot are folded into one a mover: (mover → second → sent), totals, facts."""
    start_ns = time.time_ns() // NS_PER_S * NS_PER_S + 20 * NS_PER_S
    bodies = report_bodies(world, start_ns)
    if time.time_ns() > start_ns:
        raise SystemExit("the load took longer to prepare than the time given for it")
    sent_s: dict[tuple[int, float], float] = {}
    late_s: list[float] = []

    def sent(second: int, at_s: float, now_s: float) -> None:
        sent_s[second, at_s] = now_s
        late_s.append(now_s - (start_ns / NS_PER_S + at_s))

    cpu0_s, began_s = node.cpu_s(), start_ns / NS_PER_S
    await asyncio.sleep(max(0.0, began_s - time.time() - 0.5))
    cpu0_s = node.cpu_s()
    totals = await send_all(node, bodies, start_ns, sent)
    cpu_share = (node.cpu_s() - cpu0_s) / (time.time() - began_s)
    count = len(world.names)
    moments: dict[int, dict[str, float]] = {}
    slot_of = {name: i * 50 // count for i, name in enumerate(world.names)}
    for name, slot in slot_of.items():
        moments.setdefault(slot, {})[name] = 0.0
    by_crossing = {}
    for one in world.crossings:
        slot = next(s for s in range(50) if s * count // 50 <= int(one.mover, 16) < (s + 1) * count // 50)
        by_crossing[one.mover] = sent_s[one.second, one.second + slot / 50]
    facts = {"sender_late_p99_ms": round(float(np.percentile(late_s, 99)) * 1e3, 1), "node_cpu_share": round(cpu_share, 3)}
    return {0: by_crossing}, totals, facts


async def run_ndjson(world: World) -> None:
    with running(_node.make(NDJSON_FEED)) as node:
        note(f"zones in {node.put_zones(world.zones):.1f} s")
        console = Console(node)
        listening = [asyncio.create_task(console.events()), asyncio.create_task(console.tracks())]
        moments, totals, facts = await posted(node, world, console)
        await asyncio.sleep(QUIET_S)
        facts |= {"accepted": int(totals["accepted"]), "refused": int(totals["refused"]), "failed": int(totals["failed"])}
        facts |= {name: round(totals[name], 1) for name in ("answered_p50_ms", "answered_p99_ms")}
        finish("NDJSON", node, world, console, moments[0], facts, listening)


async def run_readsb(world: World) -> None:
    receiver = Receiver(world.seconds)
    await receiver.start()
    with running(_node.make(_node.readsb_feed(f"http://127.0.0.1:{receiver.port}/aircraft.json"))) as node:
        note(f"zones in {node.put_zones(world.zones):.1f} s")
        console = Console(node)
        listening = [asyncio.create_task(console.events()), asyncio.create_task(console.tracks())]
        start_ns = time.time_ns() // NS_PER_S * NS_PER_S + 25 * NS_PER_S
        documents = await asyncio.to_thread(readsb_documents, world, start_ns)
        if time.time_ns() > start_ns:
            raise SystemExit("the load took longer to prepare than the time given for it")
        receiver.documents, receiver.start_ns = documents, start_ns
        await asyncio.sleep(start_ns / NS_PER_S - time.time())
        cpu0_s = node.cpu_s()
        await asyncio.sleep(world.seconds)
        facts: dict[str, Any] = {"node_cpu_share": round((node.cpu_s() - cpu0_s) / world.seconds, 3)}
        await asyncio.sleep(QUIET_S)
        moments = {}
        for one in world.crossings:
            later = [second for second in receiver.taken_s if second >= one.second]
            moments[one.mover] = receiver.taken_s[min(later)] if later else float("nan")
        facts |= {"polls": len(receiver.taken_s), "document_bytes": len(documents[0])}
        finish("readsb poll", node, world, console, moments, facts, listening, "icao:")


def finish(
    what: str,
    node: Node,
    world: World,
    console: Console,
    sent_s: dict[str, float],
    facts: dict[str, Any],
    listening: list[asyncio.Task[None]],
    prefix: str = "",
) -> None:
    """Count, compare with the record, and say."""
    for task in listening:
        if task.done():
            raise SystemExit(f"the console's socket ended: {task.exception()}")
        task.cancel()
    seen = {one.mover: console.seen_s.get((prefix + one.mover, one.zone, "entry")) for one in world.crossings}
    latency_ms = sorted((at - sent_s[mover]) * 1e3 for mover, at in seen.items() if at is not None)
    metrics = node.metrics()
    reports = sum(value for name, value in metrics.items() if name.startswith("openline_feed_reports_total"))
    with Store.open(node.folder / "record.sqlite3", None, read_only=True) as store:
        recorded = {entry.index for entry in store.entries(kind="alarm")}
    untold = len(recorded - console.seqs)
    facts |= {
        "expected": len(seen),
        "seen": len(latency_ms),
        "reports": int(reports),
        "alarm_entries": len(recorded),
        "alarm_entries_not_told": untold,
        "resyncs": console.resyncs,
        "alarms_standing": int(metrics["openline_alarms"]),
        "node_step_p99_ms": round(1e3 * metrics.get('openline_step_seconds{quantile="0.99"}', float("nan")), 1),
        "node_rss_mb": round(node.resident_mb(), 1),
        "console_kb_per_s": round(console.bytes / world.seconds / 1e3, 1),
    }
    fsync_ms = fsync_p99_ms()
    size = {"movers": len(world.names), "zones": len(world.zones)}
    if latency_ms:
        name = f"report in to alarm on a console, {what}"
        for share in (50, 99, 100):
            value = float(np.percentile(latency_ms, share))
            more = facts | size if share == 99 else {}
            say(f"{name}, p{share}", value, "ms", "goal" if share == 99 else "", GOAL_MS if share == 99 else None, **more)
        say(f"{name}, p99 beside a bare fsync's", float(np.percentile(latency_ms, 99)), "ms", "fsync p99", fsync_ms)
    if len(latency_ms) < len(seen) or untold or console.resyncs or facts.get("failed") or facts.get("refused"):
        raise SystemExit(f"something was dropped: {facts}")


def fsync_p99_ms(rounds: int = 200) -> float:
    """What one write of 4 kB and its fsync take on the same disk, now."""
    took = []
    with tempfile.TemporaryFile() as file:
        for _ in range(rounds):
            began = time.perf_counter()
            os.pwrite(file.fileno(), b"x" * 4096, 0)
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1e3)
    return float(np.percentile(took, 99))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--movers", type=int, default=5_000)
    words.add_argument("--zones", type=int, default=1_000)
    words.add_argument("--crossers", type=int, default=200)
    words.add_argument("--seconds", type=int, default=60)
    words.add_argument("--only", choices=("ndjson", "readsb"))
    given = words.parse_args()
    with ExitStack():
        world = World(given.movers, given.zones, given.crossers, given.seconds)
        if given.only in (None, "ndjson"):
            asyncio.run(run_ndjson(world))
        if given.only in (None, "readsb"):
            asyncio.run(run_readsb(world))


if __name__ == "__main__":
    main()
