"""A small world for the watch: zones put by an act, reports given already decoded, findings and outputs collected."""

from typing import Any

from geographiclib.geodesic import Geodesic

from openline.clock import NS_PER_S, from_rfc3339
from openline.feeds.report import Report
from openline.flow import Output, Reports, Rules, State, step
from openline.inbox import Act, Tick
from openline.watch.finding import Finding

T0 = from_rfc3339("2017-05-18T09:00:00Z")
EARTH = Geodesic.WGS84


def ns(seconds: float) -> int:
    """A moment, seconds after T0, to the microsecond as the node keeps it."""
    return T0 + round(seconds * 1_000_000) * 1000


def circle(radius_m: float = 10_000.0, lat_deg: float = 33.5, lon_deg: float = 38.6, **more: Any) -> dict[str, Any]:
    """A zone as the console sends it."""
    shape = {"type": "circle", "lat_deg": lat_deg, "lon_deg": lon_deg, "radius_m": radius_m}
    plain = {"id": "z", "name": "Zone", "shape": shape, "applies_to": ["everybody"], "asks": "stay out"}
    return plain | {"purpose": "test"} | more


class World:
    """One state and everything it said."""

    def __init__(self, *zones: dict[str, Any], rules: Rules | None = None) -> None:
        self.state = State(rules or Rules(party="test"))
        self.seq = 0
        self.outputs: list[Output] = []
        for zone in zones:
            self.act(0, "zone.put", zone=zone, reason="test")

    def act(self, at_s: float, name: str, who: str = "duty", **body: Any) -> list[Output]:
        """A person does something."""
        self.seq += 1
        return self._step([Act(self.seq, ns(at_s), who, "supervisor", name, body)], at_s)

    def tick(self, at_s: float) -> list[Output]:
        """The clock moves."""
        self.seq += 1
        return self._step([Tick(self.seq, ns(at_s))], at_s)

    def hear(self, at_s: float, lat_deg: float, lon_deg: float, mover: str = "m", **more: Any) -> list[Output]:
        """One report, heard when it was observed."""
        self.seq += 1
        at_ns = ns(at_s)
        values: dict[str, Any] = {
            "source": "s",
            "mover": mover,
            "heard_ns": at_ns,
            "observed_ns": at_ns,
            "lat_deg": lat_deg,
            "lon_deg": lon_deg,
        }
        return self._step([Reports(self.seq, [Report(**(values | more))])], at_s)

    def findings(self, *events: str) -> list[Finding]:
        """Findings in their last revision, in the order first said."""
        last: dict[str, Finding] = {}
        for output in self.outputs:
            if isinstance(output.thing, Finding):
                last[output.thing.id] = output.thing
        return [f for f in last.values() if not events or f.event in events]

    def says(self, *events: str) -> list[tuple[str, str, str]]:
        """(event, ring, certainty) of findings in their last revision."""
        return [(f.event, f.ring, f.certainty) for f in self.findings(*events)]

    def _step(self, given: Any, at_s: float) -> list[Output]:
        made = step(self.state, given, max(ns(at_s), self.state.now_ns))
        assert all(one.kind != "refusal" for one in made), made
        self.outputs += made
        return made


def along(centre: tuple[float, float], azimuth_deg: float, distance_m: float) -> tuple[float, float]:
    """The point at a distance from a centre; behind it when negative."""
    there = EARTH.Direct(*centre, azimuth_deg, distance_m)
    return there["lat2"], there["lon2"]


def seconds(at_ns: int) -> float:
    """Seconds after T0."""
    return (at_ns - T0) / NS_PER_S
