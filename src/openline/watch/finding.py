"""The finding: something the watch established about one mover and one ring of one zone, at one moment."""

from typing import Any, Literal

import msgspec

from openline.watch.ranges import NO_RANGES, Lengths, Ranges

Event = Literal["approach", "may_reach", "averted", "entry", "first_seen_inside", "exit"]
Certainty = Literal["certain", "probable", "possible"]
CERTAINTY_RANK = {"possible": 0, "probable": 1, "certain": 2}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding, or with `revision` > 0 a better statement of it: the same id, the later one holds.

    `boundary_m` is the geodesic distance to the zone's boundary, negative inside. `depth_m` is the distance inside the ring,
    0 at a crossing. `interval_ns` is given where a gap in the reports leaves the moment open. Numbers not known are None.
    """

    id: str
    revision: int = 0
    mover: str
    zone: str
    zone_version: int
    ring: str
    rule: str
    event: Event
    at_ns: int
    lat_deg: float
    lon_deg: float
    certainty: Certainty
    seen_ns: int  # time of the fix that established it
    source: str = ""
    boundary_m: float | None = None
    depth_m: float | None = None
    accuracy_m: float | None = None
    accuracy_stated: bool = False
    interval_ns: tuple[int, int] | None = None
    to_boundary_s: float | None = None  # predicted, along the heading or the route
    earliest_s: float | None = None  # straight line to the boundary at the present speed, whatever the heading
    by_route: bool = False
    first_ns: int | None = None  # exit: first and last moment inside, deepest point, way inside
    last_ns: int | None = None
    deepest_m: float | None = None
    deepest_ns: int | None = None
    path_m: float | None = None
    why: tuple[str, ...] = ()
    ranges: Ranges = NO_RANGES


def plain(finding: Finding) -> dict[str, Any]:
    """The finding in integers and strings, as it is recorded: 1e-7 degrees, centimetres, milliseconds of prediction,
    microseconds.
    """
    body: dict[str, Any] = {
        "id": finding.id,
        "revision": finding.revision,
        "mover": finding.mover,
        "zone": finding.zone,
        "zone_version": finding.zone_version,
        "ring": finding.ring,
        "rule": finding.rule,
        "event": finding.event,
        "at_us": finding.at_ns // 1000,
        "lat_1e7": round(finding.lat_deg * 1e7),
        "lon_1e7": round(finding.lon_deg * 1e7),
        "certainty": finding.certainty,
        "seen_us": finding.seen_ns // 1000,
        "source": finding.source,
        "accuracy_stated": finding.accuracy_stated,
        "by_route": finding.by_route,
        "why": list(finding.why),
    }
    for name in ("boundary_m", "depth_m", "accuracy_m", "deepest_m", "path_m"):
        value = getattr(finding, name)
        body[name.removesuffix("_m") + "_cm"] = None if value is None else round(value * 100)
    for name in ("to_boundary_s", "earliest_s"):
        value = getattr(finding, name)
        body[name.removesuffix("_s") + "_ms"] = None if value is None else round(value * 1000)
    for name in ("first_ns", "last_ns", "deepest_ns"):
        value = getattr(finding, name)
        body[name.removesuffix("_ns") + "_us"] = None if value is None else value // 1000
    interval = finding.interval_ns
    body["interval_us"] = None if interval is None else [interval[0] // 1000, interval[1] // 1000]
    for name in ("first_ns", "last_ns"):
        ends = getattr(finding.ranges, name)
        body[name.removesuffix("_ns") + "_range_us"] = None if ends is None else [_us(one) for one in ends]
    for name in ("depth_m", "deepest_m", "path_m"):
        ends = getattr(finding.ranges, name)
        body[name.removesuffix("_m") + "_range_cm"] = None if ends is None else _within_cm(ends)
    return body


def _us(at_ns: int | None) -> int | None:
    """Rounded as the single number is, so that it stays within."""
    return None if at_ns is None else at_ns // 1000


def _within_cm(ends: Lengths) -> list[int | None]:
    return [round(ends[0] * 100), None if ends[1] is None else round(ends[1] * 100)]
