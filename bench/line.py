"""The line between two real nodes: urgent messages while evidence flows and while backlogs drain, and the drain both ways.

    python bench/line.py [--urgent 300] [--reports-per-s 2000] [--backlog 20000]

Two `openline serve` processes on loopback, with real TLS, real disks and signed-in people; both share the machine's processors
with the load. Urgent: from the officer's act leaving this process until the frame with that message is read from the
counterpart's console socket. Evidence: reports posted to both nodes and recorded. Drain: each node has a backlog that was
queued while the other stood still (SIGSTOP); from the moment both run until each holds a receipt for its last. Beside it, of
the same run, the disk's bare syncs and Ed25519 signatures a second.
"""

import argparse
import asyncio
import http.client
import json
import os
import shutil
import signal
import threading
import time
from pathlib import Path
from typing import Any, Final

import _node
import numpy as np
from _load import NDJSON_FEED, report_bodies, send_all
from _node import Node, note, say
from _world import NS_PER_S, World
from websockets.asyncio.client import connect

from openline import seal
from openline.node.doors.control import call

GOAL_MS: Final = 500.0
GOAL_PER_S: Final = 500.0
QUEUERS: Final = 4  # connections that queue at once
SETTLE_S: Final = 120.0


def desk(party: str, port: int) -> Node:
    """A node of one party that counterparts call on a port."""
    line = f'\n[line]\nlisten = true\nhost = "127.0.0.1"\nport = {port}\nurls = ["https://127.0.0.1:{port}"]\n'
    node = Node(_node.make(NDJSON_FEED, line, party))
    node.wait_for_port()
    node.wait_until_watching()
    node.log_in()
    return node


def meet(one: Node, other: Node) -> None:
    """First contact, and wait until both say that the line is up."""
    for node, peer in ((one, other), (other, one)):
        theirs = call(peer.folder, {"do": "line"})
        body = {"card": theirs["card"], "words": theirs["words"], "how": "both are on this machine"}
        call(node.folder, {"do": "act", "act": "counterpart.put", **body})
    end_s = time.monotonic() + SETTLE_S
    while not all(state(node)["state"] == "up" for node in (one, other)):
        if time.monotonic() > end_s:
            raise SystemExit("the line does not come up")
        time.sleep(0.05)


def state(node: Node) -> dict[str, Any]:
    """Its line."""
    lines = call(node.folder, {"do": "state"})["lines"]
    return dict(lines[0]) if lines else {"state": "", "waiting": 0}


class Officer:
    """Somebody at a desk: acts over one kept connection."""

    def __init__(self, node: Node, to: str) -> None:
        self._link = http.client.HTTPConnection("127.0.0.1", node.port, timeout=60)
        self._headers = {"X-Openline": "1", "Origin": f"http://127.0.0.1:{node.port}", "Cookie": node.cookie}
        self._headers["Content-Type"] = "application/json"
        self._to = to

    def send(self, template: str, params: dict[str, Any], precedence: str) -> str:
        """Send one message; its id."""
        body = {"act": "line.send", "to": self._to, "template": template, "params": params, "precedence": precedence}
        self._link.request("POST", "/api/v1/acts", json.dumps(body), self._headers)
        answer = self._link.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"the act was refused: {text[:300]!r}")
        said = json.loads(text)["said"]
        return str(said["talk"]["id"])


class Screen:
    """The counterpart's console: when a message was first told to it."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.told_s: dict[str, float] = {}
        self.news = asyncio.Event()

    async def watch(self) -> None:
        """Until cancelled."""
        origin = f"http://127.0.0.1:{self._node.port}"
        headers = {"Cookie": self._node.cookie}
        address = f"ws://127.0.0.1:{self._node.port}/ws/events"
        async with connect(address, additional_headers=headers, origin=origin, max_size=None) as socket:  # type: ignore[arg-type]
            async for text in socket:
                now_s = time.perf_counter()
                frame = json.loads(text)
                if frame.get("type") == "talk":
                    self.told_s.setdefault(frame["data"]["id"], now_s)
                    self.news.set()


async def urgent_ms(south: Node, screen: Screen, first: int, count: int, every_s: float) -> list[float]:
    """Milliseconds of each of so many urgent messages, one after another."""
    officer, took = Officer(south, "north.example"), []
    for number in range(first, first + count):
        params = {"check_number": number, "path_choice": "line", "sent_us": time.time_ns() // 1000}
        began_s = time.perf_counter()
        talk = await asyncio.to_thread(officer.send, "check", params, "immediate")
        while talk not in screen.told_s:
            screen.news.clear()
            async with asyncio.timeout(SETTLE_S):
                await screen.news.wait()
        took.append((screen.told_s[talk] - began_s) * 1000)
        await asyncio.sleep(max(0.0, every_s - (time.perf_counter() - began_s)))
    return took


def told(name: str, took: list[float], **facts: Any) -> None:
    """Percentiles of urgent messages."""
    for share in (50, 99, 100):
        goal = ("goal", GOAL_MS) if share == 99 else ("", None)
        value = float(np.percentile(took, share))
        say(f"urgent, officer's act to counterpart's screen, {name}, p{share}", value, "ms", *goal, **facts)


async def with_evidence(nodes: tuple[Node, Node], screen: Screen, given: argparse.Namespace) -> None:
    """Urgent messages while reports flow into both records."""
    seconds = max(20, round(given.urgent * 0.1))
    world = World(given.reports_per_s, 10, 0, seconds)
    start_ns = time.time_ns() // NS_PER_S * NS_PER_S + 15 * NS_PER_S
    bodies = await asyncio.to_thread(report_bodies, world, start_ns)
    sends = [asyncio.create_task(send_all(node, bodies, start_ns, lambda *_: None)) for node in nodes]
    await asyncio.sleep(max(0.0, start_ns / NS_PER_S - time.time() + 2))
    cpu_s, began_s = [node.cpu_s() for node in nodes], time.monotonic()
    took = await urgent_ms(nodes[0], screen, 10_000, given.urgent, 0.09)
    shares = [(node.cpu_s() - before) / (time.monotonic() - began_s) for node, before in zip(nodes, cpu_s, strict=True)]
    totals = await asyncio.gather(*sends)
    facts = {"reports_per_s": given.reports_per_s, "failed": int(sum(one["failed"] + one["refused"] for one in totals))}
    told("reports flowing into both", took, **facts, node_cpu_share=[round(one, 2) for one in shares])


def queue(node: Node, to: str, count: int) -> float:
    """A backlog of so many routine messages; messages a second."""
    params = {"desk_choice": "staffed", "start_us": time.time_ns() // 1000}
    faults: list[BaseException] = []

    def one(share: int) -> None:
        try:
            officer = Officer(node, to)
            for _ in range(share):
                officer.send("status", params, "routine")
        except BaseException as why:
            faults.append(why)

    began_s = time.perf_counter()
    threads = [threading.Thread(target=one, args=(count // QUEUERS,)) for _ in range(QUEUERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise SystemExit(f"queueing failed: {faults[0]}")
    return count / (time.perf_counter() - began_s)


async def drain(south: Node, north: Node, screen: Screen, given: argparse.Namespace) -> None:
    """Backlogs both ways at once, and urgent messages meanwhile."""
    north.process.send_signal(signal.SIGSTOP)
    queued = [queue(south, "north.example", given.backlog)]
    south.process.send_signal(signal.SIGSTOP)
    north.process.send_signal(signal.SIGCONT)
    queued.append(queue(north, "south.example", given.backlog))
    began_s = time.perf_counter()
    south.process.send_signal(signal.SIGCONT)
    done_s: dict[str, float] = {}
    busy = asyncio.create_task(urgent_ms(south, screen, 20_000, given.urgent // 3, 0.09))
    waiting = {"south": south, "north": north}
    while waiting:
        await asyncio.sleep(0.5)
        for name, node in list(waiting.items()):
            left = (await asyncio.to_thread(state, node))["waiting"]
            if left < 50:  # urgent ones of now
                done_s[name] = time.perf_counter() - began_s
                del waiting[name]
            if time.perf_counter() - began_s > 600:
                raise SystemExit(f"not drained in 600 s: {name} has {left} left")
    facts = {"backlog_each_way": given.backlog, "queued_per_s": [round(one) for one in queued]}
    for name, took_s in done_s.items():
        say(f"backlog drained, both ways at once, {name}'s", given.backlog / took_s, "messages/s", "goal", GOAL_PER_S, **facts)
    told("while both backlogs drain", await busy)


def baselines(folder: Path) -> None:
    """Bare syncs and signatures a second."""
    fd = os.open(folder / "bare", os.O_RDWR | os.O_CREAT)
    began_s, count = time.perf_counter(), 0
    while time.perf_counter() - began_s < 1.5:
        os.pwrite(fd, bytes(4096), 0)
        os.fdatasync(fd)
        count += 1
    say("bare fsync", count / (time.perf_counter() - began_s), "syncs/s")
    os.close(fd)
    signer = seal.Signer.generate(os.urandom)
    began_s = time.perf_counter()
    for _ in range(2_000):
        signer.sign(b"x" * 1000)
    say("Ed25519 signatures of 1 kB", 2_000 / (time.perf_counter() - began_s), "signatures/s")


async def measure(south: Node, north: Node, given: argparse.Namespace) -> None:
    """Everything, in one run."""
    screen = Screen(north)
    watching = asyncio.create_task(screen.watch())
    await asyncio.sleep(1)
    told("quiet", await urgent_ms(south, screen, 1, given.urgent, 0.02))
    await with_evidence((south, north), screen, given)
    await drain(south, north, screen, given)
    watching.cancel()


def main() -> None:
    """Two nodes, made and taken away."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--urgent", type=int, default=300)
    words.add_argument("--reports-per-s", type=int, default=2_000)
    words.add_argument("--backlog", type=int, default=20_000)
    given = words.parse_args()
    nodes: list[Node] = []
    try:
        for party, port in (("south.example", 18_471), ("north.example", 18_472)):
            note(f"{party} starts")
            nodes.append(desk(party, port))
        meet(*nodes)
        asyncio.run(measure(nodes[0], nodes[1], given))
        baselines(nodes[0].folder)
    finally:
        for node in nodes:
            node.process.send_signal(signal.SIGCONT)
            node.stop()
            shutil.rmtree(node.folder.parent, ignore_errors=True)


if __name__ == "__main__":
    main()
