"""A moment and a place; and the way from one to the next, seen from one ring."""

from dataclasses import dataclass
from math import inf, nan

import numpy as np

from openline.kernels.geodesic import direct, inverse
from openline.watch.rules import WatchRules


@dataclass(frozen=True)
class Spot:
    """A moment and where the mover was."""

    at_ns: int
    lat_deg: float
    lon_deg: float


def between(fix0: Spot, fix1: Spot, fraction: float) -> Spot:
    """Where and when a mover was after a fraction of its way, along the geodesic at constant speed."""
    if fraction <= 0.0:
        return fix0
    if fraction >= 1.0:
        return fix1
    one = tuple(np.array([value]) for value in (fix0.lat_deg, fix0.lon_deg, fix1.lat_deg, fix1.lon_deg))
    distance_m, azimuth_deg, _ = inverse(*one)
    lat_deg, lon_deg, _ = direct(one[0], one[1], azimuth_deg, distance_m * fraction)
    return Spot(fix0.at_ns + round(fraction * (fix1.at_ns - fix0.at_ns)), float(lat_deg[0]), float(lon_deg[0]))


@dataclass(frozen=True)
class Leg:
    """One mover's way from fix 0 to fix 1, seen from one ring. `inside` are the parts of it, as fractions, within ring and
    band.

    `d1_m`: distance of fix 1 to the ring, negative inside. `vertical1`: surely "in" the band, surely "out", or "unsure".
    `deepest_m`: largest distance inside along the way, at fraction `deepest_at`; negative if never inside.
    """

    fix0: Spot | None
    fix1: Spot
    gap_s: float
    step_m: float
    d1_m: float
    inside: tuple[tuple[float, float], ...]
    inside0: bool
    deepest_m: float
    deepest_at: float
    accuracy_m: float
    stated: bool
    vertical1: str
    doubted: bool
    jumped: bool = False  # nobody knows a way from fix 0 to fix 1
    d0_m: float = nan  # of fix 0, as `d1_m`
    most_m: float = 0.0  # the longest way from fix 0 to fix 1 that its speed allows
    bottom_m: float = inf  # no place is deeper inside the ring
    wide: tuple[tuple[float, float], ...] = ()  # as `inside`, of a ring that is larger by the accuracy
    narrow: tuple[tuple[float, float], ...] = ()  # … and smaller; both only where the line is crossed

    @property
    def inside1(self) -> bool:
        """Fix 1 itself is within the ring and not surely outside the band."""
        return self.d1_m <= 0.0 and self.vertical1 != "out"

    def spot(self, fraction: float) -> Spot:
        """Where and when the mover was after a fraction of the leg, along the geodesic at constant speed."""
        return self.fix1 if self.fix0 is None else between(self.fix0, self.fix1, fraction)

    def at_ns(self, fraction: float) -> int:
        """The moment after a fraction of the leg."""
        start_ns = self.fix1.at_ns if self.fix0 is None else self.fix0.at_ns
        return start_ns + round(fraction * (self.fix1.at_ns - start_ns))

    def interval(self, rules: WatchRules) -> tuple[int, int] | None:
        """Between when and when, if the gap is too long to say the moment."""
        if self.fix0 is None or (self.gap_s <= rules.gap_s and not self.jumped):
            return None
        return (self.fix0.at_ns, self.fix1.at_ns)
