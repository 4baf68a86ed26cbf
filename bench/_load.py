"""The load of the alarm benchmarks: reports sent, or served, at their moments, and what an open console hears of them."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
from _node import NDJSON_FEED, TOKEN, Node
from _world import NS_PER_S, World
from websockets.asyncio.client import connect

from openline.clock import to_rfc3339

__all__ = ["NDJSON_FEED", "Console", "Receiver", "Sender", "readsb_documents", "report_bodies"]

SLOTS: Final = 50  # requests a second
CONNECTIONS: Final = 8
AHEAD_S: Final = 0.5  # connections are opened this long before the first body: the node closes what stays idle
MPS_PER_KT: Final = 0.514444


def report_bodies(world: World, start_ns: int) -> list[tuple[float, int, bytes]]:
    """(seconds after the start, second of the world, request body): 50 a second, each mover once a second."""
    bodies = []
    count = len(world.names)
    fixed = [
        {
            "id": world.names[i],
            "altitude_ft": float(world.altitude_ft[i]),
            "datum": "baro",
            "speed_mps": round(float(world.speed_mps[i]), 1),
            "track_deg": round(float(world.track_deg[i]), 2),
            "accuracy_m": 30,
            "callsign": f"BEN{i:04d}",
        }
        for i in range(count)
    ]
    for second in range(world.seconds):
        lat, lon = world.at(second)
        for slot in range(SLOTS):
            at_s = second + slot / SLOTS
            moment = to_rfc3339(start_ns + round(at_s * NS_PER_S))
            rows = [
                json.dumps({**fixed[i], "time": moment, "lat": round(float(lat[i]), 6), "lon": round(float(lon[i]), 6)})
                for i in range(slot * count // SLOTS, (slot + 1) * count // SLOTS)
            ]
            bodies.append((at_s, second, "\n".join(rows).encode() + b"\n"))
    return bodies


def readsb_documents(world: World, start_ns: int) -> list[bytes]:
    """aircraft.json of each second, with the fields readsb writes."""
    documents = []
    for second in range(world.seconds):
        lat, lon = world.at(second)
        rows = []
        for i in range(len(world.names)):
            feet = int(world.altitude_ft[i])
            row = {"hex": world.names[i], "type": "adsb_icao", "flight": f"BEN{i:04d} ", "t": "A320", "category": "A3"}
            row |= {"squawk": "1000", "alt_baro": feet, "alt_geom": feet + 150}  # type: ignore[dict-item]
            row |= {"gs": round(float(world.speed_mps[i]) / MPS_PER_KT, 1), "track": round(float(world.track_deg[i]), 2)}  # type: ignore[dict-item]
            row |= {"lat": round(float(lat[i]), 6), "lon": round(float(lon[i]), 6), "nic": 8, "rc": 186}  # type: ignore[dict-item]
            row |= {"seen_pos": 0.1, "version": 2, "nac_p": 9, "nac_v": 1, "sil": 3, "sil_type": "perhour", "gva": 2, "sda": 2}  # type: ignore[dict-item]
            row |= {"baro_rate": 0, "mlat": [], "tisb": [], "messages": 1200, "seen": 0.1, "rssi": -20.1}  # type: ignore[dict-item]
            rows.append(row)
        documents.append(json.dumps({"now": start_ns / NS_PER_S + second, "messages": 1, "aircraft": rows}).encode())
    return documents


class Sender(asyncio.Protocol):
    """One kept HTTP connection that posts prepared bodies, one after another, and counts what was accepted."""

    def __init__(self, node: Node, totals: dict[str, float]) -> None:
        self._totals = totals
        head = f"POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1:{node.port}\r\nAuthorization: Bearer {TOKEN}\r\n"
        self._head = f"{head}Content-Type: application/x-ndjson\r\nContent-Length: ".encode()
        self._held = b""
        self._sent_s = 0.0
        self.answered_s: list[float] = []
        self.free = asyncio.Event()
        self.free.set()
        self.lost = False
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self.free.set()

    def send(self, body: bytes) -> None:
        """Post one body; `free` says when the answer is here."""
        self.free.clear()
        self._sent_s = time.perf_counter()
        self._transport.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, mark, body = self._held.partition(b"\r\n\r\n")
        if not mark:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._held = b""
        self.answered_s.append(time.perf_counter() - self._sent_s)
        if head.startswith(b"HTTP/1.1 200"):
            said = json.loads(body)
            self._totals["accepted"] += said["accepted"]
            self._totals["refused"] += said["refused"]
        else:
            self._totals["failed"] += 1
        self.free.set()


async def send_all(
    node: Node, bodies: list[tuple[float, int, bytes]], start_ns: int, sent: Callable[[int, float, float], None]
) -> dict[str, float]:
    """Post every body at its moment. `sent(second, slot moment, wall time)` is told of each; gives the totals.

    A connection that the node closes ends the run: an answer that never comes would be waited for forever.
    """
    totals = {"accepted": 0.0, "refused": 0.0, "failed": 0.0}
    loop = asyncio.get_running_loop()
    await asyncio.sleep(max(0.0, start_ns / NS_PER_S - time.time() - AHEAD_S))
    makers = [loop.create_connection(lambda: Sender(node, totals), "127.0.0.1", node.port) for _ in range(CONNECTIONS)]
    senders = [sender for _, sender in await asyncio.gather(*makers)]
    for n, (at_s, second, body) in enumerate(bodies):
        left_s = start_ns / NS_PER_S + at_s - time.time()
        if left_s > 0:
            await asyncio.sleep(left_s)
        one = senders[n % CONNECTIONS]
        await one.free.wait()
        if one.lost:
            raise SystemExit(f"the node closed a sender's connection at second {second}")
        sent(second, at_s, time.time())
        one.send(body)
    for one in senders:
        await one.free.wait()
        if one.lost:
            raise SystemExit("the node closed a sender's connection before its last answer")
    answered_s = sorted(each for one in senders for each in one.answered_s)
    totals["answered_p50_ms"] = answered_s[len(answered_s) // 2] * 1e3
    totals["answered_p99_ms"] = answered_s[len(answered_s) * 99 // 100] * 1e3
    return totals


class Receiver:
    """A receiver's web server: the document of the second it is, and when each was first taken."""

    def __init__(self, seconds: int) -> None:
        self.documents: list[bytes] = []
        self.start_ns = 1 << 62
        self.taken_s: dict[int, float] = {}
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        self.port = server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                second = int((time.time_ns() - self.start_ns) // NS_PER_S)
                if 0 <= second < len(self.documents):
                    body = self.documents[second]
                    self.taken_s.setdefault(second, time.time())
                else:
                    body = json.dumps({"now": round(time.time(), 1), "aircraft": []}).encode()
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()


class _Alarm(msgspec.Struct):
    mover: str
    zone: str
    event: str


class _Frame(msgspec.Struct):
    seq: int
    type: str
    data: _Alarm | None = None


_FRAME: Final = msgspec.json.Decoder(_Frame)


class Console:
    """Both sockets of an open console: when each alarm was first seen, which entries of the record it was told of."""

    def __init__(self, node: Node) -> None:
        self._headers = {"Cookie": node.cookie}
        self._address = f"ws://127.0.0.1:{node.port}"
        self._origin = f"http://127.0.0.1:{node.port}"
        self.seen_s: dict[tuple[str, str, str], float] = {}
        self.seqs: set[int] = set()
        self.frames = self.bytes = self.resyncs = self.track_frames = 0

    async def events(self) -> None:
        """Until cancelled."""
        async with self._open("/ws/events") as socket:
            async for text in socket:
                now_s = time.time()
                self.frames += 1
                self.bytes += len(text)
                if '"type":"alarm"' in text[:60]:
                    frame = _FRAME.decode(text)
                    assert frame.data is not None
                    self.seen_s.setdefault((frame.data.mover, frame.data.zone, frame.data.event), now_s)
                    self.seqs.add(frame.seq)
                elif '"type":"resync"' in text:
                    self.resyncs += 1

    async def tracks(self) -> None:
        """Until cancelled."""
        async with self._open("/ws/tracks") as socket:
            async for data in socket:
                self.track_frames += isinstance(data, bytes)

    def _open(self, path: str) -> Any:
        return connect(
            self._address + path,
            origin=self._origin,  # type: ignore[arg-type]
            additional_headers=self._headers,
            compression=None,
            proxy=None,
            max_size=1 << 26,
        )
