"""The picture's columns: one slot a mover, NaN for what was not said, no Python object per mover."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from openline.feeds.report import MOVER_CLASSES, Report
from openline.units import DATUMS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER_NS: Final = np.iinfo(np.int64).min  # "no such moment"; never compared as a time without a mask

FREE, LIVE, COASTING, LAST_KNOWN = 0, 1, 2, 3
STATE_WORDS: Final = ("free", "live", "coasting", "last_known")

# Why a mover is bound: a bound one is never evicted and never vanishes (R18).
IN_FINDING, NEAR_ZONE, OWN, RESERVED, GNSS = 1, 2, 4, 8, 16

# Doubts about a track, shown beside it.
FROZEN, JUMP, TWO_PLACES, GNSS_SUSPECT, CLOCK, DISPUTED, LATE = 1, 2, 4, 8, 16, 32, 64
DOUBT_WORDS: Final = {
    FROZEN: "frozen",
    JUMP: "jump",
    TWO_PLACES: "two_places",
    GNSS_SUSPECT: "gnss_suspect",
    CLOCK: "clock",
    DISPUTED: "disputed",
    LATE: "late",
}
WHERE: Final = FROZEN | JUMP | TWO_PLACES | GNSS_SUSPECT | DISPUTED
"""Doubts about where a mover is: while one stands, nothing found of the track is better than possible."""

KINDS: Final = ("", "its own report", "observed")
KIND_OF: Final = {"adsb": 1, "adsr": 1, "uat": 1, "gnss": 1, "mlat": 2, "tisb": 2, "manual": 2}
"""What a mover says of itself and what others saw of it are never one stream (R19); of other methods that is not known."""

CLASS_INDEX: Final = {word: index for index, word in enumerate(MOVER_CLASSES)}

FLOAT_COLUMNS: Final = (
    "lat_deg",
    "lon_deg",
    "speed_mps",
    "track_deg",
    "vertical_mps",
    "accuracy_m",
    "vertical_accuracy_m",
    "suspect_lat_deg",
    "suspect_lon_deg",
    "disputed_m",
)
INT_COLUMNS: Final = ("at_ns", "heard_ns", "fix_heard_ns", "doubt_ns", "suspect_ns", "climb_at_ns")


class Columns:
    """`rows` movers side by side. `altitude_m` is (rows, 4), one column a datum in the order of `units.DATUMS`."""

    lat_deg: Floats
    lon_deg: Floats
    speed_mps: Floats
    track_deg: Floats
    vertical_mps: Floats
    accuracy_m: Floats  # as stated; NaN when not
    vertical_accuracy_m: Floats
    suspect_lat_deg: Floats  # the newest report of this id that is set aside
    suspect_lon_deg: Floats
    disputed_m: Floats  # how far apart two sources put it, when they last could not both be right
    at_ns: Ints  # when it was there: source time where given, else heard time
    heard_ns: Ints  # last report of any kind
    fix_heard_ns: Ints  # when the fix it stands at was heard: what silence is counted from, however late a feed is
    doubt_ns: Ints
    suspect_ns: Ints
    climb_at_ns: Ints  # when `climb_altitude_m` was heard: the height a climb nobody states is worked out from

    def __init__(self, rows: int) -> None:
        assert rows > 0
        for name in FLOAT_COLUMNS:
            setattr(self, name, np.full(rows, np.nan))
        for name in INT_COLUMNS:
            setattr(self, name, np.full(rows, NEVER_NS, dtype=np.int64))
        self.altitude_m: Floats = np.full((rows, len(DATUMS)), np.nan)
        self.climb_altitude_m: Floats = np.full((rows, len(DATUMS)), np.nan)
        self.state = np.zeros(rows, dtype=np.uint8)
        self.bound = np.zeros(rows, dtype=np.uint8)
        self.doubts = np.zeros(rows, dtype=np.uint8)
        self.mover_class = np.full(rows, CLASS_INDEX["unknown"], dtype=np.uint8)
        self.source = np.full(rows, -1, dtype=np.int32)
        self.method = np.full(rows, -1, dtype=np.int32)
        self.voice = np.full(rows, -1, dtype=np.int64)  # who spoke last: a source and a kind of position (`voices.py`)
        self.on_ground = np.full(rows, -1, dtype=np.int8)  # -1 not stated
        self.timed = np.zeros(rows, dtype=np.bool_)  # the source gave its own time
        self.speed_stated = np.zeros(rows, dtype=np.bool_)
        self.velocity_derived = np.zeros(rows, dtype=np.bool_)
        self.velocity_vague = np.zeros(rows, dtype=np.bool_)  # worked out across a long gap
        self.climb_derived = np.zeros(rows, dtype=np.bool_)
        self.reports = np.zeros(rows, dtype=np.int64)

    def clear(self, slot: int) -> None:
        """Make one slot as if nothing had ever been there."""
        for name in FLOAT_COLUMNS:
            getattr(self, name)[slot] = np.nan
        for name in INT_COLUMNS:
            getattr(self, name)[slot] = NEVER_NS
        self.altitude_m[slot] = self.climb_altitude_m[slot] = np.nan
        for array, empty in (
            (self.state, FREE),
            (self.bound, 0),
            (self.doubts, 0),
            (self.source, -1),
            (self.method, -1),
            (self.voice, -1),
            (self.on_ground, -1),
            (self.timed, False),
            (self.speed_stated, False),
            (self.velocity_derived, False),
            (self.velocity_vague, False),
            (self.climb_derived, False),
            (self.reports, 0),
            (self.mover_class, CLASS_INDEX["unknown"]),
        ):
            array[slot] = empty


class Fixes:
    """Reports side by side, in the order they were heard: the vectorised form of a list of `Report`."""

    def __init__(self, reports: list[Report], source: list[int], method: list[int]) -> None:
        count = len(reports)
        self.lat_deg: Floats = np.array([r.lat_deg for r in reports])
        self.lon_deg: Floats = np.array([r.lon_deg for r in reports])
        self.heard_ns: Ints = np.array([r.heard_ns for r in reports], dtype=np.int64)
        self.timed: Bools = np.array([r.observed_ns is not None for r in reports], dtype=np.bool_)
        self.at_ns: Ints = np.array([r.heard_ns if r.observed_ns is None else r.observed_ns for r in reports], dtype=np.int64)
        self.speed_mps: Floats = np.array([r.speed_mps for r in reports])
        self.track_deg: Floats = np.array([r.track_deg for r in reports])
        self.vertical_mps: Floats = np.array([r.vertical_mps for r in reports])
        self.accuracy_m: Floats = np.array([r.accuracy_m for r in reports])
        self.vertical_accuracy_m: Floats = np.array([r.vertical_accuracy_m for r in reports])
        self.altitude_m: Floats = np.array(
            [(r.altitude_baro_m, r.altitude_wgs84_m, r.altitude_amsl_m, r.altitude_agl_m) for r in reports]
        ).reshape(count, len(DATUMS))
        self.on_ground = np.array([-1 if r.on_ground is None else int(r.on_ground) for r in reports], dtype=np.int8)
        # On the ground is a height above ground of nothing, whatever the altimeter says.
        self.altitude_m[(self.on_ground == 1) & np.isnan(self.altitude_m[:, 3]), 3] = 0.0
        self.mover_class = np.array([CLASS_INDEX[r.mover_class] for r in reports], dtype=np.uint8)
        self.source = np.array(source, dtype=np.int32)
        self.method = np.array(method, dtype=np.int32)
        self.voice: Ints = np.array(source, dtype=np.int64) * len(KINDS) + np.array(
            [KIND_OF.get(r.method, 0) for r in reports], dtype=np.int64
        )
