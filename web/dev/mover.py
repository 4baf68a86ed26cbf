"""What moves in the pretend picture, and the few words it needs."""

import time
from datetime import UTC, datetime
from typing import Any

from geographiclib.geodesic import Geodesic
from starlette.responses import JSONResponse, Response

EARTH = Geodesic.WGS84


def refusal(status: int, field: str, value: str, accepted: str) -> Response:
    message = f"{field}: {value!r} is not accepted; accepted: {accepted}"
    error = {
        "code": "T-201",
        "message": message,
        "field": field,
        "value": value,
        "accepted": accepted,
        "remedy": "Correct the named field.",
    }
    return JSONResponse({"error": error}, status)


def circle(lat: float, lon: float, radius_m: float) -> dict[str, Any]:
    ring = []
    for i in range(97):
        p = EARTH.Direct(lat, lon, -i * 3.75, radius_m)
        ring.append([round(p["lon2"], 6), round(p["lat2"], 6)])
    return {"type": "Polygon", "coordinates": [ring]}


def said(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Mover:
    def __init__(
        self,
        slot: int,
        mover: str,
        callsign: str | None,
        kind: str,
        own: str,
        lat: float,
        lon: float,
        course: float,
        speed: float,
        alt: float | None,
    ) -> None:
        self.slot, self.mover, self.callsign, self.kind, self.own = slot, mover, callsign, kind, own
        self.lat, self.lon, self.course, self.speed, self.alt = lat, lon, course, speed, alt
        self.state = "live"
        self.heard = time.time()
        self.trail: list[tuple[float, float, float]] = []
        self.stated = slot % 9 != 0
        self.turn = 0.0

    def move(self, seconds: float, now: float) -> None:
        if self.state == "last_known":
            return
        p = EARTH.Direct(self.lat, self.lon, self.course, self.speed * seconds)
        self.lat, self.lon, self.course = p["lat2"], p["lon2"], (self.course + self.turn * seconds) % 360
        self.heard = now
        self.trail = [*self.trail[-49:], (now, self.lat, self.lon)]

    def uncertainty(self, now: float) -> float:
        return (30.0 if self.stated else 250.0) + (0 if self.state == "live" else (now - self.heard) * self.speed)
