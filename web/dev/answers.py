"""What the pretend node answers when asked, and what an act changes in its picture."""

import re
import time
from typing import Any

from mover import Mover, said
from picture import Picture


class Answers(Picture):
    """The picture, and everything a console may ask of it."""

    def track(self, m: Mover) -> dict[str, Any]:
        now = time.time()
        return {
            "mover": m.mover,
            "slot": m.slot,
            "callsign": m.callsign,
            "mover_class": m.kind,
            "list": m.own,
            "state": m.state,
            "lat_deg": m.lat,
            "lon_deg": m.lon,
            "altitude": {"baro_m": m.alt, "wgs84_m": m.alt and m.alt + 55, "amsl_m": None, "agl_m": None},
            "on_ground": None if m.alt else True,
            "speed_mps": m.speed,
            "track_deg": m.course,
            "vertical_mps": 0.0 if m.alt else None,
            "accuracy_m": 30.0 if m.stated else None,
            "accuracy_stated": m.stated,
            "uncertainty_m": m.uncertainty(now),
            "source": "readsb-1" if m.alt else "phones",
            "method": "adsb" if m.alt else "gnss",
            "observed": said(m.heard - 0.8),
            "heard": said(m.heard),
            "age_s": now - m.heard,
            "doubts": ["jump"] if m.slot == 5 else [],
        }

    def search(self, query: str, limit: int) -> dict[str, Any]:
        wanted = query.lower()
        found = [m for m in self.movers if wanted in m.mover.lower() or wanted in (m.callsign or "").lower()]
        return {"tracks": [self.track(m) for m in found[:limit]], "of": len(found), "limit": limit}

    def detail(self, mover: str) -> dict[str, Any] | None:
        m = next((m for m in self.movers if m.mover == mover), None)
        if m is None:
            return None
        now = self.track(m)
        reports = [
            {**now, "heard": said(t), "observed": said(t - 0.8), "lat_deg": la, "lon_deg": lo} for t, la, lo in m.trail[::-1]
        ]
        claims = [
            {
                "says": f"callsign {m.callsign}",
                "by": now["source"],
                "evidence": "ADS-B identification message",
                "at": now["heard"],
            }
        ]
        alarms = [a["id"] for a in self.alarms.values() if a["mover"] == mover and a["state"] != "normal"]
        return {"track": now, "claims": claims, "reports": reports, "alarms": alarms}

    def timeline(self, id: str) -> dict[str, Any]:
        t = time.time()
        common = {"uncertainty_ms": 8, "evidence": None, "gap": None}
        rows = [
            {
                **common,
                "at": said(t - 500),
                "index": 91,
                "kind": "alarm",
                "who": None,
                "says": "Approach: CONVOY 1 crossed the ring contact.",
            },
            {
                **common,
                "at": said(t - 420),
                "index": None,
                "kind": "gap",
                "who": None,
                "says": "",
                "gap": {"from": said(t - 420), "to": said(t - 330)},
            },
            {
                **common,
                "at": said(t - 300),
                "index": 97,
                "kind": "alarm.acknowledge",
                "who": "ops",
                "says": "ops acknowledged the alarm.",
            },
            {
                **common,
                "at": said(t - 20),
                "index": 99,
                "kind": "alarm",
                "who": None,
                "says": "Entry: CONVOY 1 is inside at-Tanf 55 km.",
            },
        ]
        return {"incident": self.incidents.get(id), "timeline": rows}

    def position(self, text: str) -> dict[str, Any]:
        numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text)]
        if len(numbers) < 2:
            return {"readings": [], "warnings": ["this is no position"]}
        lat, lon = numbers[0], numbers[1]
        echo = {"form": "dd", "lat_deg": lat, "lon_deg": lon, "mgrs": "37S DT 64520 07560", "dms": "33°30′25.2″N 38°37′04.8″E"}
        echo |= {"ddm": "33°30.420′N 38°37.080′E", "dd": f"{lat:.5f} {lon:.5f}", "near": "2 km north of at-Tanf"}
        swapped = {
            **echo,
            "form": "dd, longitude first",
            "lat_deg": lon,
            "lon_deg": lat,
            "dd": f"{lon:.5f} {lat:.5f}",
            "near": None,
        }
        return {"readings": [echo, swapped], "warnings": ["two readings are possible"]}

    def act(self, who: str, body: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        name, now = body["act"], said(time.time())
        frames: list[dict[str, Any]] = []
        thing: Any = {}
        if name.startswith(("line.", "counterpart.", "escalation.", "path.", "template.")):
            frames += [self.event(kind, data) for kind, data in self.line.act(who, body)]
        elif name.startswith("alarm."):
            thing = dict(self.alarms[body["alarm"]])
            if name == "alarm.acknowledge":
                gone = thing["state"] == "returned_unacknowledged"
                thing |= {"state": "normal" if gone else "acknowledged", "acknowledged_by": who, "acknowledged_at": now}
            elif name == "alarm.silence":
                thing["silenced"] = True
            elif name == "alarm.shelve":
                until = said(time.time() + 60 * body["minutes"])
                thing |= {"state": "shelved", "shelved_until": until, "shelved_reason": body["reason"]}
            else:
                thing |= {"state": "unacknowledged", "shelved_until": None}
            self.alarms[thing["id"]] = thing
            frames.append(self.event("alarm", thing))
        elif name == "zone.put":
            draft = body["zone"]
            thing = {
                **next(iter(self.zones.values())),
                **draft,
                "version": self.zones.get(draft["id"], {"version": 0})["version"] + 1,
            }
            thing["outline"] = None
            self.zones[thing["id"]] = thing
            frames.append(self.event("zone", thing))
            thing = {"zone": thing}
        elif name == "zone.withdraw":
            thing = self.zones[body["zone"]] = {**self.zones[body["zone"]], "withdrawn": True}
            frames.append(self.event("zone", thing))
        elif name == "track.close":
            self.movers = [m for m in self.movers if m.mover != body["mover"]]
        elif name == "notice.make":
            id = f"n{len(self.notices) + 1}"
            thing = {
                "id": id,
                "zone": body["zone"],
                "zone_name": self.zones[body["zone"]]["name"],
                "to": body["to"],
                "over": body["over"],
            }
            thing |= {
                "made": now,
                "made_by": who,
                "valid_until": said(time.time() + 60 * body["valid_minutes"]),
                "state": "made",
            }
            thing |= {
                "opened_at": None,
                "answered_at": None,
                "answered_by": None,
                "read_back": None,
                "differs": [],
                "red": True,
            }
            self.notices[id] = thing
            frames.append(self.event("notice", thing))
            thing = {**thing, "link": f"/g/{id}-6f1c2a9be0d74c55"}
        elif name == "notice.revoke":
            thing = self.notices[body["notice"]] = {**self.notices[body["notice"]], "state": "revoked", "red": False}
            frames.append(self.event("notice", thing))
        elif name == "track.list":
            for m in self.movers:
                if m.mover == body["mover"]:
                    m.own = body["list"]
        frames.append(self.entry(name, who, f"{who}: {name}"))
        return {"index": self.seq, "said": thing}, frames
