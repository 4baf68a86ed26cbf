"""The zone kernels over one second of a busy node, beside the nearest peer, in one run: JSON lines.

    python bench/zones.py [--movers 5000] [--zones 1000] [--rounds 5]

The made-up world: half of the zones circles, half polygons of 4 to 64 corners (one in ten with a hole), radius about 2 km
(100 m to 60 km), gathered about 800 places; the movers gathered about the same places, three in ten anywhere, up to 260 m/s.
The peer is shapely's STRtree: planar, in degrees, circles as 64 corners; it answers containment only.
A value is the median of the rounds, in processor time of this process; `ratio` is ours over the peer's, so less is better.
The crowded world is the same with 8 places instead of 800: movers gathered there are near many zones.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from _node import say

from openline.kernels.geodesic import direct
from openline.kernels.warm import warm
from openline.kernels.zones import ZoneIndex

BUDGET_MS = 60.0  # what a sweep of 5,000 movers over 1,000 zones may take of each second, on one core
HORIZON_S = 60.0


@dataclass(frozen=True)
class Circle:
    lat_deg: float
    lon_deg: float
    radius_m: float


@dataclass(frozen=True)
class Polygon:
    outer: Any
    holes: Any = ()


@dataclass(frozen=True)
class Zone:
    id: str
    shape: Any
    edge_rule: str = "geodesic"
    rings: Any = ()
    lower: None = None
    upper: None = None


def star(rng: np.random.Generator, lat: float, lon: float, radius_m: float) -> tuple[tuple[float, float], ...]:
    corners = int(np.exp(rng.uniform(np.log(4), np.log(65))))
    azimuth = np.linspace(0.0, 360.0, corners, endpoint=False)
    lats, lons, _ = direct(lat, lon, azimuth, radius_m * rng.uniform(0.5, 1.0, corners))
    return tuple(zip(lats.tolist(), lons.tolist(), strict=True))


def world(rng: np.random.Generator, movers: int, zones: int, gathered: int) -> tuple[list[Zone], np.ndarray, np.ndarray]:
    """Zones, and latitudes and longitudes of movers; nothing within 10° of a pole or the antimeridian, to spare the peer."""
    places = np.column_stack((np.degrees(np.arcsin(rng.uniform(-0.95, 0.95, gathered))), rng.uniform(-170, 170, gathered)))
    made = []
    for i in range(zones):
        lat, lon = places[rng.integers(gathered)] + rng.normal(0, 0.3, 2)
        radius_m = float(np.clip(rng.lognormal(np.log(2_000), 1.2), 100, 60_000))
        if i % 2:
            made.append(Zone(f"z{i}", Circle(float(lat), float(lon), radius_m)))
        else:
            hole = (star(rng, float(lat), float(lon), radius_m * 0.2),) if rng.random() < 0.1 else ()
            made.append(Zone(f"z{i}", Polygon(star(rng, float(lat), float(lon), radius_m), hole)))
    at = places[rng.integers(gathered, size=movers)] + rng.normal(0, 0.3, (movers, 2))
    anywhere = rng.random(movers) < 0.3
    at[anywhere] = np.column_stack((np.degrees(np.arcsin(rng.uniform(-0.95, 0.95, movers))), rng.uniform(-170, 170, movers)))[
        anywhere
    ]
    return made, at[:, 0].copy(), at[:, 1].copy()


def planar(zone: Zone) -> Any:
    """The peer's idea of a zone."""
    shape = zone.shape
    if isinstance(shape, Circle):
        lat, lon, _ = direct(shape.lat_deg, shape.lon_deg, np.linspace(0, 360, 64, endpoint=False), shape.radius_m)
        return shapely.Polygon(np.column_stack((lon, lat)))
    return shapely.Polygon([(b, a) for a, b in shape.outer], [[(b, a) for a, b in hole] for hole in shape.holes])


def timed(rounds: int, what: Callable[[], Any]) -> tuple[float, Any]:
    took, result = [], None
    for _ in range(rounds):
        start = time.process_time()
        result = what()
        took.append((time.process_time() - start) * 1e3)
    return statistics.median(took), result


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--movers", type=int, default=5_000)
    words.add_argument("--zones", type=int, default=1_000)
    words.add_argument("--rounds", type=int, default=5)
    given = words.parse_args()
    ms, _ = timed(1, warm)
    say("zones: kernels warm", ms, "ms")
    for where, gathered in (("world", 800), ("crowded", 8)):
        sweep(where, gathered, given)


def sweep(where: str, gathered: int, given: argparse.Namespace) -> None:
    """One second of a node's work in one of the worlds."""
    rng = np.random.default_rng(20170518)
    zones, lat, lon = world(rng, given.movers, given.zones, gathered)
    track, speed = rng.uniform(0, 360, given.movers), rng.uniform(0, 260, given.movers)
    size = {"movers": given.movers, "zones": given.zones}
    name = f"zones, {where}: "

    ms, index = timed(1, lambda: ZoneIndex(zones))
    say(name + "take in the zones", ms, "ms", pieces=len(index.chart.pieces), **size)

    reach = speed * HORIZON_S + 1_000.0
    near_ms, (mover, zone) = timed(given.rounds, lambda: index.nearby(lat, lon, reach))
    say(name + "nearby", near_ms, "ms", pairs=len(mover), **size)
    distance_ms, _ = timed(given.rounds, lambda: index.signed_distance_m(zone, lat[mover], lon[mover]))
    say(name + "signed distance", distance_ms, "ms", pairs=len(mover), **size)
    first_ms, first = timed(
        given.rounds, lambda: index.first_within_s(zone, lat[mover], lon[mover], track[mover], speed[mover], 0.0, HORIZON_S)
    )
    say(name + "first within", first_ms, "ms", pairs=len(mover), found=int(np.isfinite(first).sum()), **size)
    ahead_lat, ahead_lon, _ = direct(lat, lon, track, speed)
    cross_ms, crossed = timed(
        given.rounds, lambda: index.crossings(zone, lat[mover], lon[mover], ahead_lat[mover], ahead_lon[mover], 0.0)
    )
    say(name + "crossings", cross_ms, "ms", pairs=len(mover), found=int(crossed.crossed.sum()), **size)
    sweep_ms = near_ms + distance_ms + first_ms + cross_ms
    say(name + "sweep of all four", sweep_ms, "ms", "goal", BUDGET_MS, **size)
    breach_ms, breach = timed(
        given.rounds, lambda: index.time_to_breach(lat, lon, np.nan, track, speed, np.nan, np.full(len(lat), HORIZON_S))
    )
    say(name + "time to breach", breach_ms, "ms", found=len(breach[0]), **size)

    inside_ms, inside = timed(given.rounds, lambda: index.contains(lat, lon, np.nan))
    tree = shapely.STRtree([planar(z) for z in zones])
    points = shapely.points(lon, lat)
    shapely.prepare(tree.geometries)
    peer_ms, pairs = timed(given.rounds, lambda: tree.query(points, predicate="within"))
    ours = set(zip(inside[0].tolist(), inside[1].tolist(), strict=True))
    theirs = set(zip(pairs[0].tolist(), pairs[1].tolist(), strict=True))
    found = {"found": len(ours), "peer_found": len(theirs), "differ": len(ours ^ theirs)}
    say(name + "contains", inside_ms, "ms", "shapely STRtree within, planar", peer_ms, **found, **size)


if __name__ == "__main__":
    main()
