"""The nouns of a scenario and how its movers move: legs of WGS-84 geodesics at constant speed, and halts.

Frame    latitude and longitude in degrees, WGS-84; distance along a path in metres; seconds since the mover's start.
Time     an argument: `positions_at` is a pure function of the scenario and an instant.
Column   a mover that follows another keeps `behind_m` behind it along the same path, also where the leader halts; before the
         leader's first point the path goes on backwards along its first geodesic.
Source   C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013), by geographiclib.
"""

from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from math import inf, nan
from typing import Any, Final, Literal

import msgspec
from geographiclib.geodesic import Geodesic

from openline.clock import NS_PER_S
from openline.feeds.report import MoverClass
from openline.units import Datum
from openline.zones.zone import Zone

FeedKind = Literal["readsb", "sbs", "ndjson", "osmand"]
FEED_KINDS: Final[tuple[FeedKind, ...]] = ("readsb", "sbs", "ndjson", "osmand")

MOVER_PREFIX: Final[dict[FeedKind, str]] = {"readsb": "icao:", "sbs": "icao:", "ndjson": "", "osmand": "phone:"}
"""What the decoder of each feed puts before the identity it reads."""


NACP_M: Final[dict[float, int]] = {10.0: 10, 30.0: 9, 92.6: 8, 185.2: 7, 555.6: 6, 926.0: 5, 1852.0: 4}
"""The 95 % radii ADS-B can state and their codes (NACp, RTCA DO-260B): a readsb mover's `accuracy_m` is one of these."""


class Papers(msgspec.Struct, frozen=True):
    """Where one thing in the story comes from: `fact`, `invented`, or `claim by …`; and a sentence about it."""

    basis: str
    note: str = ""


class Place(msgspec.Struct, frozen=True):
    """A named point."""

    id: str
    name: str
    lat_deg: float
    lon_deg: float
    papers: Papers


class Knot(msgspec.Struct, frozen=True):
    """One point of a path, and how the mover gets to it: the speed of the leg that ends here, and the halt after it."""

    lat_deg: float
    lon_deg: float
    speed_mps: float  # of the leg that ends here; NaN at the first point
    hold_s: float  # inf: it stays here for good
    altitude_m: float  # in the mover's datum; NaN when the mover states none


class Mover(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who moves and is reported by one feed."""

    id: str  # as the feed names it: a hex address, a phone's name
    name: str
    group: str
    mover_class: MoverClass
    feed: str
    start_ns: int
    interval_s: float
    phase_s: float
    accuracy_m: float  # NaN: the feed states none
    path: tuple[Knot, ...]
    behind_m: float = 0.0
    datum: Datum | None = None
    geometric_minus_baro_m: float = nan
    callsign: str | None = None
    type_code: str | None = None
    squawk: str | None = None
    silent_ns: tuple[tuple[int, int], ...] = ()  # half-open [from, to): moving, but nobody hears it
    on_list: Literal["own", "reserved"] | None = None
    papers: Papers


class Feed(msgspec.Struct, frozen=True):
    """One source of positions, played by the scenario in the feed's ordinary format."""

    id: str
    kind: FeedKind
    name: str
    papers: Papers


class Spoilt(msgspec.Struct, frozen=True):
    """Bytes that a feed carries once and the node must refuse."""

    feed: str
    at_ns: int
    text: str
    refuses: str  # the field the refusal names
    papers: Papers


class ScriptedAct(msgspec.Struct, frozen=True):
    """What a person at the node does at a set time: the name and body of an act of docs/api.md."""

    at_ns: int
    who: str
    role: str
    name: str
    body: dict[str, Any]
    papers: Papers
    counterpart: bool = False  # done at the counterpart's desk, not at ours


class Told(msgspec.Struct, frozen=True):
    """A statement about the day that is not played: who says it, and what."""

    id: str
    says: str
    papers: Papers


class Says(msgspec.Struct, frozen=True):
    """One number the author promises of the story; the test suite's oracle computes it without this package."""

    what: str
    value: float
    within: float
    unit: str


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A day that can be played: places, zones, feeds, movers, acts, and what is said of it."""

    id: str
    title: str
    summary: str
    start_ns: int
    duration_s: float
    speed: float
    node_party: str
    local_zone: str
    counterpart_zone: str
    papers: Papers
    places: tuple[Place, ...]
    zones: tuple[Zone, ...]
    zone_papers: dict[str, Papers]
    feeds: tuple[Feed, ...]
    movers: tuple[Mover, ...]
    groups: dict[str, str]
    spoilt: tuple[Spoilt, ...] = ()
    counterpart_party: str = ""  # whose second node it is, on the other end of the line; empty where the day has none
    acts: tuple[ScriptedAct, ...] = ()
    told: tuple[Told, ...] = ()
    says: tuple[Says, ...] = ()

    @property
    def end_ns(self) -> int:
        """The last instant of the story; feeds carry fixes up to and including it."""
        return self.start_ns + round(self.duration_s * NS_PER_S)

    def feed(self, feed_id: str) -> Feed:
        """The feed of this name; the loader made sure there is one."""
        return next(feed for feed in self.feeds if feed.id == feed_id)

    def mover_name(self, mover: Mover) -> str:
        """The mover as the node names it: `icao:f00021`, `convoy-1`, `phone:relief-1`."""
        return MOVER_PREFIX[self.feed(mover.feed).kind] + mover.id


class Position(msgspec.Struct, frozen=True):
    """Where a mover is at one instant, and how it moves. `course_deg` is that of the last leg while it halts."""

    lat_deg: float
    lon_deg: float
    altitude_m: float
    speed_mps: float
    course_deg: float
    vertical_mps: float


class Motion:
    """A mover's path made ready: geodesic legs, and the distance along them as a function of time."""

    def __init__(self, mover: Mover) -> None:
        self._legs: list[Any] = []  # geographiclib GeodesicLine
        self._ends_m: list[float] = []  # distance along the path where each leg ends
        self._times_s: list[float] = [0.0]
        self._along_m: list[float] = [0.0]
        self._altitudes_m: list[float] = [mover.path[0].altitude_m]
        self._behind_m = mover.behind_m
        self._only = mover.path[0]
        self._hold(mover.path[0])
        for before, after in pairwise(mover.path):
            self._leg(before, after)
            self._hold(after)

    @property
    def lasts_s(self) -> float:
        """Seconds from the start to the end of the path; inf when it ends in a halt for good."""
        return self._times_s[-1]

    def _leg(self, before: Knot, after: Knot) -> None:
        line = Geodesic.WGS84.InverseLine(before.lat_deg, before.lon_deg, after.lat_deg, after.lon_deg)
        self._legs.append(line)
        along_m = self._along_m[-1] + line.s13
        self._ends_m.append(along_m)
        self._add(self._times_s[-1] + line.s13 / after.speed_mps, along_m, after.altitude_m)

    def _hold(self, knot: Knot) -> None:
        if knot.hold_s > 0.0:
            self._add(self._times_s[-1] + knot.hold_s, self._along_m[-1], knot.altitude_m)

    def _add(self, time_s: float, along_m: float, altitude_m: float) -> None:
        self._times_s.append(time_s)
        self._along_m.append(along_m)
        self._altitudes_m.append(altitude_m)

    def at(self, elapsed_s: float) -> Position | None:
        """Where the mover is `elapsed_s` after its start; None before the start and after the end of its path."""
        if not 0.0 <= elapsed_s <= self.lasts_s:
            return None
        knot = max(1, min(bisect_right(self._times_s, elapsed_s), len(self._times_s) - 1))
        span_s = self._times_s[knot] - self._times_s[knot - 1]
        speed_mps = (self._along_m[knot] - self._along_m[knot - 1]) / span_s
        climb_mps = (self._altitudes_m[knot] - self._altitudes_m[knot - 1]) / span_s
        since_s = elapsed_s - self._times_s[knot - 1]
        along_m = self._along_m[knot - 1] + speed_mps * since_s - self._behind_m
        altitude_m = self._altitudes_m[knot - 1] + climb_mps * since_s
        if not self._legs:
            return Position(self._only.lat_deg, self._only.lon_deg, altitude_m, 0.0, nan, 0.0)
        leg = min(bisect_right(self._ends_m, along_m), len(self._legs) - 1)
        starts_m = self._ends_m[leg - 1] if leg else 0.0
        there = self._legs[leg].Position(along_m - starts_m)
        return Position(there["lat2"], there["lon2"], altitude_m, speed_mps, there["azi2"] % 360.0, climb_mps)


@lru_cache(maxsize=512)  # scenarios have tens of movers; a motion is a function of its mover alone
def motion_of(mover: Mover) -> Motion:
    """The motion of a mover, made once."""
    return Motion(mover)


def position_of(mover: Mover, at_ns: int) -> Position | None:
    """Where one mover is, reported or not; None when it is not in the story at that instant."""
    return motion_of(mover).at((at_ns - mover.start_ns) / NS_PER_S)


def positions_at(scenario: Scenario, at_ns: int) -> dict[str, Position]:
    """Where everybody is at an instant, by the node's name of the mover; whoever is not in the story then is left out."""
    found = ((scenario.mover_name(mover), position_of(mover, at_ns)) for mover in scenario.movers)
    return {name: position for name, position in found if position is not None}


def is_silent(mover: Mover, at_ns: int) -> bool:
    """Whether nobody hears the mover at that instant."""
    return any(from_ns <= at_ns < to_ns for from_ns, to_ns in mover.silent_ns)


def fix_times_ns(scenario: Scenario, mover: Mover, until_ns: int | None = None) -> list[int]:
    """When the mover's feed has a fix of it: start of the scenario + phase + k intervals, while it moves and is heard."""
    last_ns = scenario.end_ns if until_ns is None else until_ns
    lasts_s = motion_of(mover).lasts_s
    if lasts_s != inf:
        last_ns = min(last_ns, mover.start_ns + int(lasts_s * NS_PER_S))
    step_ns = round(mover.interval_s * NS_PER_S)
    first_ns = scenario.start_ns + round(mover.phase_s * NS_PER_S)
    skipped = max(0, -(-(mover.start_ns - first_ns) // step_ns))
    return [at_ns for at_ns in range(first_ns + skipped * step_ns, last_ns + 1, step_ns) if not is_silent(mover, at_ns)]
