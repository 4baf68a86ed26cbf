"""A made-up but busy sky for the benchmarks: zones with ceilings, traffic above and below them, and crossers whose crossings
are known beforehand.

Everything is drawn from one seed. Zones: half circles, half polygons of 4 to 64 corners, 1 to 15 km, spread over 1,100 by
1,100 km, from the ground to 3,000 to 6,000 ft. Movers: four in five in cruise above every ceiling, one in five low and slow, on
any heading, and on top `crossers` that fly straight at the middle of a circle of their own at 200 m/s and enter it at a moment
computed by geographiclib. Every mover reports once a second.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from geographiclib.geodesic import Geodesic

LAT_DEG: Final = (40.0, 50.0)
LON_DEG: Final = (0.0, 14.0)
CROSSER_MPS: Final = 200.0
M_PER_DEG: Final = 111_320.0
LOW_SHARE: Final = 0.2
NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True)
class Crossing:
    """What a crosser must cause: an entry of its zone, by the report of this second."""

    mover: str
    zone: str
    second: int


class World:
    """Zones, movers and where each of them is at each second."""

    def __init__(self, movers: int = 5_000, zones: int = 1_000, crossers: int = 200, seconds: int = 60, seed: int = 7) -> None:
        rng = np.random.default_rng(seed)
        self.seconds = seconds
        self.names = [f"{i:06x}" for i in range(movers)]
        self.zones, self._circles = _zones(rng, zones, crossers)
        self.lat0 = rng.uniform(*LAT_DEG, movers)
        self.lon0 = rng.uniform(*LON_DEG, movers)
        low = rng.random(movers) < LOW_SHARE
        self.altitude_ft = np.where(low, rng.uniform(500, 2_500, movers), rng.uniform(20_000, 40_000, movers)).round(-2)
        self.speed_mps = np.where(low, rng.uniform(20, 70, movers), rng.uniform(180, 260, movers))
        self.track_deg = rng.uniform(0, 360, movers)
        self.crosser = [n * movers // crossers for n in range(crossers)]  # spread, so that they report all through the second
        self.crossings = [self._aim(rng, i, n) for n, i in enumerate(self.crosser)]

    def _aim(self, rng: np.random.Generator, i: int, n: int) -> Crossing:
        """Put mover i on a straight way to the middle of circle n, there at a moment of its own."""
        circle = self._circles[n]
        shape = circle["shape"]
        second = int(rng.integers(5, self.seconds - 3))
        azimuth = float(rng.uniform(0, 360))
        # Half a second past the line when it reports: far from any doubt about which report is the first one inside.
        start_m = shape["radius_m"] + CROSSER_MPS * (second - 0.5)
        place = Geodesic.WGS84.Direct(shape["lat_deg"], shape["lon_deg"], azimuth, start_m)
        self.lat0[i], self.lon0[i] = place["lat2"], place["lon2"]
        self.altitude_ft[i], self.speed_mps[i] = 1_000.0, CROSSER_MPS
        self.track_deg[i] = (place["azi2"] + 180.0) % 360.0
        return Crossing(self.names[i], circle["id"], second)

    def at(self, second: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Latitudes and longitudes of all movers; crossers by geodesic, the rest on a plane, which is near enough for them."""
        along = np.radians(self.track_deg)
        lat = self.lat0 + self.speed_mps * second * np.cos(along) / M_PER_DEG
        lon = self.lon0 + self.speed_mps * second * np.sin(along) / (M_PER_DEG * np.cos(np.radians(self.lat0)))
        for i in self.crosser:
            there = Geodesic.WGS84.Direct(self.lat0[i], self.lon0[i], self.track_deg[i], CROSSER_MPS * second)
            lat[i], lon[i] = there["lat2"], there["lon2"]
        return lat, lon


def _zones(rng: np.random.Generator, count: int, circles: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    made: list[dict[str, Any]] = []
    aimed_at: list[dict[str, Any]] = []
    for i in range(count):
        lat, lon = float(rng.uniform(*LAT_DEG)), float(rng.uniform(*LON_DEG))
        radius_m = float(np.clip(rng.lognormal(math.log(3_000), 0.7), 1_000, 15_000))
        round_one = len(aimed_at) < circles or i % 2 == 0
        if round_one:
            shape: dict[str, Any] = {"type": "circle", "lat_deg": lat, "lon_deg": lon, "radius_m": radius_m}
        else:
            shape = {"type": "polygon", "outer": _star(rng, lat, lon, radius_m), "holes": []}
        upper = {"value": float(rng.integers(30, 61) * 100), "unit": "ft", "datum": "baro"}
        words = {"applies_to": ["everybody"], "asks": "stay out", "purpose": "bench"}
        zone = {"id": f"z{i:04d}", "name": f"Zone {i}", "shape": shape, "upper": upper, **words}
        made.append(zone)
        if round_one and len(aimed_at) < circles:
            aimed_at.append(zone)
    return made, aimed_at


def _star(rng: np.random.Generator, lat: float, lon: float, radius_m: float) -> list[list[float]]:
    corners = int(np.exp(rng.uniform(np.log(4), np.log(65))))
    reach = radius_m * rng.uniform(0.5, 1.0, corners)
    azimuths = np.linspace(0.0, 360.0, corners, endpoint=False)
    found = [Geodesic.WGS84.Direct(lat, lon, float(a), float(r)) for a, r in zip(azimuths, reach, strict=True)]
    return [[place["lat2"], place["lon2"]] for place in found]
