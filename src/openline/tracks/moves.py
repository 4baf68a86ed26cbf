"""What tracks give the watch: movers that moved, from one fix to the next, side by side; and events of single tracks."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from openline.tracks.columns import Bools, Floats, Ints


@dataclass
class Moves:
    """n movers, each at most once. Fix 0 is the one before (NaN when there is none), fix 1 the new one.

    `altitude0_m`, `altitude1_m` are (n, 4), a column a datum. `gap_s` is the time between the fixes, NaN without fix 0.
    `accuracy_m` is what the source stated, else the default of the class with `stated` False.
    """

    slot: Ints
    lat0_deg: Floats
    lon0_deg: Floats
    at0_ns: Ints
    altitude0_m: Floats
    lat1_deg: Floats
    lon1_deg: Floats
    at1_ns: Ints
    altitude1_m: Floats
    gap_s: Floats
    step_m: Floats
    accuracy_m: Floats
    stated: Bools
    vertical_accuracy_m: Floats
    speed_mps: Floats
    track_deg: Floats
    vertical_mps: Floats
    horizon_s: Floats
    by_heading: Bools  # False: follows roads or channels, so its heading of the moment says little
    doubted: Bools
    mover_class: Ints  # index in MOVER_CLASSES
    vague: Bools  # speed or track was worked out across a long gap
    climb_derived: Bools  # the vertical speed was worked out, not stated
    farthest_m: Floats  # the longest way its speed allows from fix 0 to fix 1
    jumped: Bools  # from fix 0 to fix 1 nobody knows a way: none is watched between them, and the moment is between theirs

    def __len__(self) -> int:
        return len(self.slot)


TrackEventName = Literal[
    "lost",
    "returned",
    "jump",
    "frozen",
    "late",
    "two_places",
    "disputed",
    "gnss_suspect",
    "future",
    "closed",
    "limit",
    "archived",
]


class TrackEvent(msgspec.Struct, frozen=True):
    """Something to know about one track; recorded and shown."""

    mover: str
    event: TrackEventName
    at_ns: int
    says: str
    field: str = ""
    value: str = ""
    accepted: str = ""
