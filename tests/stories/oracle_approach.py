"""Which approaches a scenario must show, and when: geographiclib and the standard library only, nothing of Openline.

Ahead    docs/audit.md: aircraft and movers of unknown class go straight on along their course, 120 s; vehicles and vessels
         (600 s) and people (1,200 s) by the straight line to the boundary, while they come nearer. Below 0.5 m/s: nothing.
May      at this fix an approach may be said: the boundary is ahead within 1 % more than the horizon and, for what goes straight
         on, up to the error circle beside the boundary, at the height of now or one that the climb of now leads to.
Must     at this fix an approach must have been said: it is ahead within 1 % less, 20 m deeper, from clear of the error circle
         and at a height that is in the band on arrival, so that no rounding of a feed can hide it.
Episode  fixes that may, from the first to an entry or to 60 s without another; one approach may be said of it, and must be by
         the first that must.
"""

import math
from typing import Any

from geographiclib.geodesic import Geodesic

EARTH = Geodesic.WGS84
HORIZON_S = {"aircraft": 120.0, "unknown": 120.0, "vehicle": 600.0, "vessel": 600.0, "people": 1200.0}
STRAIGHT_ON = ("aircraft", "unknown")
SLOWEST_MPS, CLEAR_S = 0.5, 60.0
MORE_S, LESS_S, EDGE_M = 1.01, 0.99, 20.0
STEP_M = 5.0  # shortest step along a course: what a time may be off by, at the mover's speed

Table = dict[str, Any]


class Look:
    """One mover and one boundary. `in_band` says of a fix whether its height is not known to be outside the limits."""

    def __init__(self, area: Any, mover: Table, fixes: list[Any], circle_m: float, in_band: Any) -> None:
        self.area, self.mover, self.fixes, self.in_band = area, mover, fixes, in_band
        self.ring = next(ring["name"] for ring in area.zone["rings"] if ring["offset_m"] == 0)
        self.reach_m = area.rings[self.ring]
        self.away_m = [area.away_m(fix) - self.reach_m for fix in fixes]
        self.circle_m = circle_m
        self.horizon_s = HORIZON_S[mover["class"]]
        self.straight_on = mover["class"] in STRAIGHT_ON

    def ahead_s(self, i: int, more_m: float) -> float:
        """Seconds until the mover is within the boundary and some metres more, as it goes at fix i."""
        fix, left_m = self.fixes[i], self.away_m[i] - more_m
        if fix.speed_mps < SLOWEST_MPS or left_m > MORE_S * self.horizon_s * fix.speed_mps:
            return math.inf
        if not self.straight_on:
            nearer = i == 0 or self.away_m[i] < self.away_m[i - 1]
            return max(left_m, 0.0) / float(fix.speed_mps) if nearer else math.inf
        line, along_m = EARTH.Line(fix.lat, fix.lon, fix.course_deg), 0.0
        while left_m > 0.5:
            along_m += max(left_m, STEP_M)
            if along_m > MORE_S * self.horizon_s * fix.speed_mps:
                return math.inf
            there = line.Position(along_m)
            left_m = self.area.away_m((there["lat2"], there["lon2"])) - self.reach_m - more_m
        return along_m / float(fix.speed_mps)

    def in_band_at(self, i: int, in_s: float) -> bool:
        """Whether it may be in the band when it has climbed on so long."""
        fix = self.fixes[i]
        return bool(self.in_band(self.area.zone, self.mover, fix._replace(height_m=fix.height_m + fix.climb_mps * in_s)))

    def may(self, i: int) -> bool:
        limit_s = MORE_S * self.horizon_s
        more_m = EDGE_M + (self.circle_m if self.straight_on else 0.0)
        return self.ahead_s(i, more_m) <= limit_s and any(self.in_band_at(i, limit_s * k / 20) for k in range(21))

    def must(self, i: int) -> bool:
        """Of a mover on a road the first fix says nothing of coming nearer."""
        clear = self.away_m[i] > self.circle_m + EDGE_M and (i > 0 or self.straight_on)
        to_go_s = self.ahead_s(i, -EDGE_M) if clear else math.inf
        return to_go_s <= LESS_S * self.horizon_s and self.in_band_at(i, LESS_S * to_go_s)

    def episodes(self) -> list[Table]:
        """From when to when an approach may be said, by when it must be (None: need not), and the times to the boundary."""
        found: list[Table] = []
        now: Table | None = None
        for i, fix in enumerate(self.fixes):
            if now is not None and (self.away_m[i] <= 0.0 or fix.t_s - now["last_s"] >= CLEAR_S):
                now = None
            if self.away_m[i] <= 0.0 or not self.may(i):
                continue
            if now is None:
                now = {"mover": self.mover["id"], "zone": self.area.zone["id"], "ring": self.ring, "by_s": None, "ahead": []}
                now["first_s"] = fix.t_s
                found.append(now)
            now["last_s"] = fix.t_s
            if now["by_s"] is None:
                to_go_s = self.ahead_s(i, 0.0)
                now["ahead"].append([fix.t_s, to_go_s if math.isfinite(to_go_s) else None])
                now["by_s"] = fix.t_s if self.must(i) else None
        return found
