"""A whole desk in memory: it records, steps notices, keeps alarms and zones, gives frames; so doors can be tried alone."""

import asyncio
import struct
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from openline.clock import to_rfc3339
from openline.errors import NotAllowed, OutOfTurn, RecordStopped, Refused
from openline.feeds.report import Refusal
from openline.flow.talk import Talk
from openline.line import notice as notices
from openline.line.notice import Notice
from openline.node.doors.desk import Said, Taken
from openline.node.recording import recorded_json
from openline.record.entry import WORD_CHARS_MAX, canonical
from openline.zones.zone import Circle, Zone

QUEUE_MAX = 100

TANF = Zone(
    id="south.example/1", issuer="south.example", serial=1, version=1, name="Tanf 55 km",
    shape=Circle(33.507, 38.618, 55_000.0), asks="contact",
)  # fmt: skip


class FakeSubscription:
    """A bounded queue of frames; past `most` it holds one resync and nothing else."""

    def __init__(self, past: list[dict[str, Any]], most: int) -> None:
        self.waiting: deque[dict[str, Any]] = deque(past)
        self.closed = False
        self._most = most
        self._there = asyncio.Event()

    def put(self, frame: dict[str, Any]) -> None:
        if len(self.waiting) >= self._most:
            self.waiting.clear()
            frame = {"seq": frame["seq"], "type": "resync", "data": {}}
        self.waiting.append(frame)
        self._there.set()

    def __aiter__(self) -> "FakeSubscription":
        return self

    async def __anext__(self) -> dict[str, Any]:
        while not self.waiting:
            if self.closed:
                raise StopAsyncIteration
            self._there.clear()
            await self._there.wait()
        return self.waiting.popleft()

    def ready(self, most: int) -> list[dict[str, Any]]:
        return [self.waiting.popleft() for _ in range(min(most, len(self.waiting)))]

    def close(self) -> None:
        self.closed = True
        self._there.set()


class FakeDesk:
    """Implements `openline.node.doors.desk.Desk`."""

    def __init__(self, now_ns: Callable[[], int], zones: tuple[Zone, ...] = (TANF,), queue_max: int = QUEUE_MAX) -> None:
        self._now_ns = now_ns
        self._zones = {zone.id: zone for zone in zones}
        self._queue_max = queue_max
        self._subscriptions: list[FakeSubscription] = []
        self.entries: list[dict[str, Any]] = []
        self.frames: list[dict[str, Any]] = []
        self.alarms: dict[str, dict[str, Any]] = {}
        self.notices: dict[str, Notice] = {}
        self.movers: dict[str, dict[str, Any]] = {}
        self.received: list[tuple[str, bytes]] = []
        self.watching = True
        self.stopped = False
        self.names_at = 1

    # ── what the loop would do ───────────────────────────────────────────────────────────────────────────────────────

    def tell(self, kind: str, data: dict[str, Any]) -> None:
        """Give a frame to every subscriber."""
        frame = {"seq": len(self.frames), "type": kind, "data": data}
        self.frames.append(frame)
        for subscription in self._subscriptions:
            subscription.put(frame)

    def forget(self) -> None:
        """As it was when it was made, but for who listens."""
        for kept in (self.entries, self.frames, self.received, self.alarms, self.notices, self.movers):
            kept.clear()

    def raise_alarm(self, id: str = "a-1", **more: Any) -> dict[str, Any]:
        """A standing alarm."""
        alarm = {
            "id": id, "mover": "icao:4ca7b3", "callsign": "TRUCK1", "zone": TANF.id, "zone_name": TANF.name,
            "priority": "critical", "event": "entry", "state": "unacknowledged", "since": to_rfc3339(self._now_ns()),
            "says": "TRUCK1 entered Tanf 55 km", **more,
        }  # fmt: skip
        self.alarms[id] = alarm
        self.tell("alarm", alarm)
        return alarm

    async def record(self, kind: str, who: str, role: str, says: dict[str, Any]) -> int:
        if self.stopped:
            raise RecordStopped()
        await asyncio.sleep(0)
        if kind == "act":
            recorded_json(says)
        else:
            canonical(says, kind)
        for word in (who, role):
            if not 1 <= len(word) <= WORD_CHARS_MAX:
                raise Refused("actor", word, f"1 to {WORD_CHARS_MAX} characters")
        row = {"at": to_rfc3339(self._now_ns()), "kind": kind, "who": who, "role": role, "says": says}
        self.entries.append({"index": len(self.entries), **row})
        return len(self.entries) - 1

    def kinds(self) -> list[str]:
        """The kinds recorded, in order; an act by its name."""
        return [entry["says"]["act"] if entry["kind"] == "act" else entry["kind"] for entry in self.entries]

    # ── the desk ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def act(self, who: str, role: str, name: str, body: dict[str, Any]) -> Said:
        said = self._step(who, name, body)
        index = await self.record("act", who, role, {"act": name, **body})
        return Said(index, said)

    def _step(self, who: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
        if name == "notice.make":
            made = notices.make(body, who, self._now_ns())
            return self._keep(made)
        if name.startswith("notice."):
            known = self.notices.get(body["notice"])
            if known is None:
                raise Refused("notice", body["notice"], "the id of a notice")
            return self._keep(notices.step(known, name, body, who, self._now_ns()))
        if name == "alarm.acknowledge":
            return self._acknowledge(who, body["alarm"])
        if name == "zone.put":
            return self._put_zone(body["zone"])
        if name == "track.close":
            raise NotAllowed("Only a lost track can be closed.")
        return {}

    def _keep(self, notice: Notice) -> dict[str, Any]:
        self.notices[notice.id] = notice
        view = notices.view(notice)
        self.tell("notice", view)
        return {"notice": view}

    def _acknowledge(self, who: str, id: str) -> dict[str, Any]:
        alarm = self.alarms.get(id)
        if alarm is None:
            raise Refused("alarm", id, "the id of a standing alarm")
        if alarm["state"] != "unacknowledged":
            raise OutOfTurn("The alarm is acknowledged already.", alarm=id)
        alarm |= {"state": "acknowledged", "acknowledged_by": who, "acknowledged_at": to_rfc3339(self._now_ns())}
        self.tell("alarm", alarm)
        return {"alarm": alarm}

    def _put_zone(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            zone = msgspec.convert({"version": 1, **body}, Zone)
        except msgspec.ValidationError as wrong:
            raise Refused("zone", str(wrong), "a Zone of docs/api.md") from None
        self._zones[zone.id] = zone
        return {"zone": self.zone_view(zone)}

    async def positions(self, source: str, data: bytes) -> Taken:
        if self.stopped:
            raise RecordStopped()
        self.received.append((source, data))
        lines = [line for line in data.split(b"\n") if line]
        refusals = tuple(
            Refusal(source=source, heard_ns=self._now_ns(), field="line", value=line[:20].decode("latin-1"), accepted="JSON")
            for line in lines
            if line.startswith(b"x")
        )
        return Taken(len(lines) - len(refusals), len(refusals), refusals[:20])

    def state(self) -> dict[str, Any]:
        return {
            "seq": len(self.frames) - 1,
            "node": {
                "party": "south.example",
                "watching": self.watching,
                "why": "",
                "now": to_rfc3339(self._now_ns()),
                "record": {"size": len(self.entries), "root": "00" * 32},
            },
            "zones": [self.zone_view(zone) for zone in self._zones.values()],
            "alarms": list(self.alarms.values()),
            "feeds": [],
            "incidents": [],
            "notices": [notices.view(one) for one in self.notices.values()],
            "health": {},
        }

    def tracks(self, query: str, limit: int) -> dict[str, Any]:
        found = [track for mover, track in self.movers.items() if query in mover]
        return {"tracks": found[:limit], "of": len(found), "limit": limit}

    def track(self, mover: str) -> dict[str, Any] | None:
        found = self.movers.get(mover)
        return None if found is None else {"track": found, "claims": [], "reports": [], "alarms": []}

    def incident(self, id: str) -> dict[str, Any] | None:
        return {"incident": {"id": id}, "timeline": []} if id == "i-1" else None

    def log(self, after: int, limit: int) -> list[dict[str, Any]]:
        return [entry for entry in self.entries if entry["index"] > after][:limit]

    def subscribe_events(self, after: int) -> FakeSubscription:
        past = [] if after < 0 else [frame for frame in self.frames if frame["seq"] > after]
        subscription = FakeSubscription(past, self._queue_max)
        self._subscriptions.append(subscription)
        return subscription

    def tracks_frame(self, view: tuple[float, float, float, float] | None) -> bytes:
        count = len(self.movers) if view is None else min(1, len(self.movers))
        header = struct.pack("<IIqII", 0x314B4C4F, count, self._now_ns() // 1_000, self.names_at, 0)
        return header + bytes(28 * count)

    def names(self, since: int) -> dict[str, Any]:
        names = {str(slot): {"mover": mover} for slot, mover in enumerate(self.movers)} if since < self.names_at else {}
        return {"names": names, "gone": [], "at": self.names_at}

    def health(self) -> tuple[int, dict[str, Any]]:
        return (200, {"status": "watching", "why": ""}) if self.watching else (503, {"status": "not watching yet", "why": "x"})

    def metrics(self) -> str:
        return "# TYPE openline_movers gauge\nopenline_movers 0\n"

    def zones(self) -> list[Zone]:
        return list(self._zones.values())

    def zone_view(self, zone: Zone) -> dict[str, Any]:
        view: dict[str, Any] = msgspec.to_builtins(zone)
        if isinstance(zone.shape, Circle):
            lat, lon, half = zone.shape.lat_deg, zone.shape.lon_deg, zone.shape.radius_m / 111_195
            square = [[lon - half, lat - half], [lon + half, lat - half], [lon + half, lat + half], [lon - half, lat + half]]
            view["outline"] = {"type": "Polygon", "coordinates": [[*square, square[0]]]}
        return view

    def preview(self, template: str, params: dict[str, Any], precedence: str, to: str = "") -> dict[str, Any]:
        return {"text": {"en": template}, "left_out": {}, "slots": []}

    def offered(self) -> dict[str, Any]:
        return {"translations": [], "paths": []}

    def notice(self, id: str) -> Notice | None:
        return self.notices.get(id)

    def talk(self, party: str, name: str) -> Talk | None:
        return None
