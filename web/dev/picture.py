"""The invented picture behind `mock.py`: the at-Tanf zone, a convoy that closes in, an aircraft, civil traffic around."""

import math
import random
import re
import struct
import time
from typing import Any

from line import Line
from mover import EARTH, Mover, circle, said

CENTRE = (33.507, 38.618)
CLASSES = ("unknown", "aircraft", "vehicle", "vessel", "people")
RINGS = [
    ("contact", 92_600.0, "contact_by", "Make contact by here"),
    ("boundary", 0.0, "boundary", ""),
    ("inner", -27_720.0, "inner", "27 km"),
]
PLACES = {"at-tanf": CENTRE, "ar rutbah": (33.04, 40.28)}


class Picture:
    def __init__(self, speed: float, movers: int, alarms: int, exercise: bool) -> None:
        self.speed, self.exercise, self.quiet = speed, exercise, False
        self.party, self.seq, self.began = "Coalition node, at-Tanf", 100, time.time()
        self.simulated = self.began
        self.random = random.Random(7)
        self.movers: list[Mover] = []
        self.alarms: dict[str, dict[str, Any]] = {}
        self.log: list[dict[str, Any]] = []
        self.incidents: dict[str, dict[str, Any]] = {}
        self.notices: dict[str, dict[str, Any]] = {}
        self.line = Line()
        self.zones = {
            "tanf-55": self.zone("tanf-55", "at-Tanf 55 km", CENTRE, 55_000.0, RINGS),
            "rukban": self.zone("rukban", "Rukban camp", (33.315, 38.70), 4_000.0, RINGS[1:2]),
        }
        self.populate(movers)
        for i in range(alarms):
            self.invent(i)

    def zone(self, id: str, name: str, at: tuple[float, float], radius: float, rings: list[Any]) -> dict[str, Any]:
        return {
            "id": id,
            "issuer": "coalition",
            "serial": 3,
            "version": 2,
            "name": name,
            "edge_rule": "geodesic",
            "shape": {"type": "circle", "lat_deg": at[0], "lon_deg": at[1], "radius_m": radius},
            "rings": [{"name": n, "offset_m": o, "rule": r, "says": w} for n, o, r, w in rings],
            "lower": None,
            "upper": None,
            "hours": [],
            "effective": "2016-03-01T00:00:00.000Z",
            "expires": None,
            "review": None,
            "declared": {
                "words": "a 34-mile (55 km) zone around the garrison",
                "value": "34",
                "unit": "statute_mi",
                "means": "radius",
                "other_readings_m": [54_717.7],
            },
            "applies_to": ["vehicle", "aircraft"],
            "asks": "contact before entering",
            "exempt": [],
            "purpose": "protection of the garrison",
            "standings": [
                {"party": "Coalition", "status": "declared", "at": said(self.began), "message": "entry 3"},
                {"party": "Russian Federation", "status": "disputed", "at": said(self.began), "message": "entry 9"},
            ],
            "withdrawn": False,
            "active": True,
            "outline": circle(*at, radius),
            "ring_outlines": [{"name": n, "offset_m": o, "outline": circle(*at, radius + o)} for n, o, _, _ in rings],
            "holders": [
                {"party": "Coalition", "version": 2, "since": said(self.began)},
                {"party": "Russian Federation", "version": 1, "since": said(self.began - 2460)},
            ],
        }

    def add(self, *given: Any) -> Mover:
        self.movers.append(Mover(len(self.movers) + 1, *given))
        return self.movers[-1]

    def populate(self, civil: int) -> None:
        for i in range(4):
            p = EARTH.Direct(*CENTRE, 320, 92_000 + 400 * i)
            self.add(f"phone:truck-{i + 1}", f"CONVOY {i + 1}", "vehicle", "none", p["lat2"], p["lon2"], 142.0, 13.0, None)
        p = EARTH.Direct(*CENTRE, 300, 61_000)
        jet = self.add("icao:738a11", "UNKNOWN 11", "aircraft", "none", p["lat2"], p["lon2"], 118.0, 170.0, 4450.0)
        jet.turn = 0.05
        p = EARTH.Direct(*CENTRE, 350, 31_000)
        self.add("id:group-7", None, "unknown", "none", p["lat2"], p["lon2"], 190.0, 9.0, None)
        for i, name in enumerate(["SHADOW 21", "SHADOW 22"]):
            p = EARTH.Direct(*CENTRE, 60 + 120 * i, 18_000)
            self.add(f"icao:ae12{i}1", name, "aircraft", "own", p["lat2"], p["lon2"], 10.0 + 150 * i, 62.0, 5200.0).turn = 0.35
        self.add("phone:gate-1", "GATE 1", "people", "own", 33.49, 38.60, 0.0, 0.0, None)
        self.add("phone:relief-2", "RELIEF 2", "vehicle", "reserved", 33.30, 38.95, 300.0, 11.0, None)
        lost = self.add("icao:ae77f1", "DUSTOFF 5", "aircraft", "own", 33.72, 38.95, 80.0, 60.0, 1200.0)
        lost.state, lost.heard = "last_known", self.began - 240
        for i in range(civil):
            r = self.random
            name = f"{r.choice(['QTR', 'THY', 'IAW', 'MEA', 'UAE', 'RJA', 'SYR'])}{r.randint(10, 999)}"
            lat, lon = CENTRE[0] + r.uniform(-3.4, 3.4), CENTRE[1] + r.uniform(-5, 5)
            m = self.add(
                f"icao:{r.getrandbits(24):06x}",
                name,
                "aircraft",
                "none",
                lat,
                lon,
                r.uniform(0, 360),
                r.uniform(190, 250),
                r.uniform(8000, 12000),
            )
            m.state = "coasting" if i % 17 == 0 else "live"

    def invent(self, i: int) -> None:
        r = self.random
        priority = r.choices(["critical", "warning", "advisory"], [5, 15, 80])[0]
        bound = r.uniform(1000, 90_000)
        self.alarms[f"x{i}"] = {
            **self.alarm_of(self.movers[i % len(self.movers)], "tanf-55", "contact", bound, priority),
            "id": f"x{i}",
            "to_boundary_s": bound / 60,
        }

    def alarm_of(self, m: Mover, zone: str, ring: str, bound: float, priority: str) -> dict[str, Any]:
        z = self.zones[zone]
        name = m.callsign or m.mover
        inside = bound < 0
        event = "inside" if inside else "approach"
        to_s = None if inside or not m.speed else bound / m.speed
        words = f"{name} is {abs(bound) / 1000:.1f} km {'inside' if inside else 'from'} the boundary of {z['name']}"
        words += "." if to_s is None else f", at the boundary in {to_s / 60:.0f} min at the earliest."
        return {
            "id": f"{m.mover}|{zone}|{ring}",
            "mover": m.mover,
            "callsign": m.callsign,
            "zone": zone,
            "zone_name": z["name"],
            "zone_version": 2,
            "ring": ring,
            "rule": "boundary",
            "priority": priority,
            "event": event,
            "state": "unacknowledged",
            "certainty": "certain" if m.stated else "possible",
            "since": said(time.time()),
            "changed": said(time.time()),
            "crossed": None,
            "depth_m": -bound if inside else None,
            "deepest_m": -bound if inside else None,
            "boundary_m": bound,
            "to_ring_s": None,
            "to_boundary_s": None if to_s is None else to_s * 1.3,
            "earliest_s": to_s,
            "by_route": False,
            "lat_deg": m.lat,
            "lon_deg": m.lon,
            "acknowledged_by": None,
            "acknowledged_at": None,
            "silenced": False,
            "shelved_until": None,
            "shelved_reason": None,
            "incident": f"inc-{m.slot}",
            "lost": m.state == "last_known",
            "says": words,
        }

    def now_said(self) -> str:
        return said(time.time())

    def watch(self, m: Mover) -> list[dict[str, Any]]:
        if m.own != "none" or (m.callsign is not None and re.match(r"[A-Z]{3}\d", m.callsign)):
            return []
        frames = []
        for id, z in self.zones.items():
            s = z["shape"]
            bound = EARTH.Inverse(m.lat, m.lon, s["lat_deg"], s["lon_deg"])["s12"] - s["radius_m"]
            toward = EARTH.Inverse(m.lat, m.lon, s["lat_deg"], s["lon_deg"])["azi1"]
            closing = math.cos(math.radians(toward - m.course)) > 0
            key = f"{m.mover}|{id}|boundary"
            old = self.alarms.get(key)
            if bound > 30_000 or (bound > 0 and not closing) or (id == "rukban" and bound > 12_000):
                if old is None:
                    continue
                new = {
                    **old,
                    "state": "normal" if old["acknowledged_by"] else "returned_unacknowledged",
                    "boundary_m": bound,
                    "to_boundary_s": None,
                    "event": "exit" if old["deepest_m"] else "averted",
                }
            else:
                new = self.alarm_of(
                    m, id, "boundary", bound, "critical" if bound < 0 else "warning" if bound < 12_000 else "advisory"
                )
                if old and old["state"] != "normal":
                    kept = (
                        ("state", "since", "acknowledged_by", "acknowledged_at", "silenced", "shelved_until", "shelved_reason")
                        if old["priority"] == new["priority"]
                        else ("since",)
                    )
                    new |= {k: old[k] for k in kept}
                    new["deepest_m"] = max(old["deepest_m"] or 0, new["deepest_m"] or 0) or None
            self.alarms[key] = new
            self.incidents.setdefault(
                f"inc-{m.slot}",
                {
                    "id": f"inc-{m.slot}",
                    "mover": m.mover,
                    "zone": id,
                    "opened": new["since"],
                    "closed": None,
                    "state": "open",
                    "alarms": [key],
                    "headline": new["says"],
                },
            )["headline"] = new["says"]
            frames.append(self.event("alarm", new))
        return frames

    def event(self, kind: str, data: Any) -> dict[str, Any]:
        self.seq += 1
        return {"seq": self.seq, "type": kind, "data": data}

    def entry(self, kind: str, who: str | None, words: str) -> dict[str, Any]:
        row = {
            "index": self.seq + 1,
            "at": self.now_said(),
            "kind": kind,
            "who": who,
            "role": "supervisor" if who else None,
            "says": words,
        }
        self.log.append(row)
        return self.event("entry", row)

    def step(self) -> list[dict[str, Any]]:
        now = time.time()
        for m in self.movers:
            m.move(self.speed, now)
        return [frame for m in self.movers for frame in self.watch(m)]

    def node(self) -> dict[str, Any]:
        return {
            "party": self.party,
            "watching": True,
            "why": None,
            "started": said(self.began),
            "now": self.now_said(),
            "clock": {"offset_ms": 1.2, "uncertainty_ms": 8.0, "synchronised": True},
            "exercise": self.exercise,
            "movers": len(self.movers),
            "bound": 11,
            "limit": 10_000,
            "archived": 3121,
            "record": {"size": self.seq, "root": "b7f0c1d2e9a3", "at": self.now_said()},
            "local_zone": "Asia/Damascus",
            "counterpart_zone": "Europe/Moscow",
        }

    def state(self) -> dict[str, Any]:
        bad = {
            "at": self.now_said(),
            "field": "lat",
            "value": "91.2",
            "accepted": "-90 to 90",
            "mover": "icao:738a11",
            "position": "aircraft[3]",
        }
        feeds = [
            {
                "source": "readsb-1",
                "kind": "readsb",
                "where": "http://10.0.0.5/data/aircraft.json",
                "state": "up",
                "since": said(self.began),
                "last_heard": self.now_said(),
                "age_s": 0.8,
                "reports": 182_311,
                "refused": 3,
                "refusals": [bad],
                "why": None,
            },
            {
                "source": "phones",
                "kind": "osmand",
                "where": "/osmand",
                "state": "late",
                "since": said(self.began - 90),
                "last_heard": said(time.time() - 95),
                "age_s": 95,
                "reports": 2210,
                "refused": 0,
                "refusals": [],
                "why": "no report for 95 s",
            },
        ]
        health = {"alarms_10min": 6, "alarms_hour": 9, "per_10min_average": 1.5, "peak_10min": 6, "stale": 0, "chattering": []}
        shown = [a for a in self.alarms.values() if a["state"] != "normal"]
        return {
            "seq": self.seq,
            "node": self.node(),
            "zones": list(self.zones.values()),
            "alarms": shown,
            "feeds": feeds,
            "incidents": list(self.incidents.values()),
            "notices": list(self.notices.values()),
            "lines": self.line.whole(),
            "escalations": list(self.line.escalations.values()),
            "health": health,
        }

    def names(self) -> dict[int, Any]:
        return {
            m.slot: {"mover": m.mover, "callsign": m.callsign, "mover_class": m.kind, "list": m.own, "state": m.state}
            for m in self.movers
        }

    def frame(self) -> bytes:
        now = time.time()
        alarmed = {a["mover"] for a in self.alarms.values() if a["state"] != "normal"}
        out = [struct.pack("<IIqII", 0x314B4C4F, len(self.movers), int(now * 1e6), 0, 0)]
        for m in self.movers:
            flags = CLASSES.index(m.kind) | (m.own == "own") << 3 | (m.own == "reserved") << 4 | (m.mover in alarmed) << 5
            flags |= (
                (m.state == "coasting") << 6
                | (m.state == "last_known") << 7
                | (not m.stated) << 8
                | (0 if m.kind == "aircraft" else 2) << 10
            )
            altitude = -32768 if m.alt is None else round(m.alt / 2)
            age = min(65535, int((now - m.heard) * 10))
            wide = min(65535, int(m.uncertainty(now) / 10))
            course = 65535 if m.kind == "unknown" else int(m.course * 100)
            out.append(
                struct.pack(
                    "<IiihHHHHHhH",
                    m.slot,
                    round(m.lat * 1e7),
                    round(m.lon * 1e7),
                    altitude,
                    int(m.speed * 10),
                    course,
                    flags,
                    age,
                    wide,
                    0,
                    0,
                )
            )
        return b"".join(out)
