"""What the data allow: from when to when, from how much to how much (R28)."""

import msgspec

Moments = tuple[int | None, int | None]
"""(not before, not after), ns; None: no bound is known"""

Lengths = tuple[float, float | None]
"""(at least, at most), metres; None: no bound is known"""


class Ranges(msgspec.Struct, frozen=True, kw_only=True):
    """Of one visit; each holds the single number it stands beside. None: the finding says nothing of it."""

    first_ns: Moments | None = None
    last_ns: Moments | None = None
    depth_m: Lengths | None = None
    deepest_m: Lengths | None = None
    path_m: Lengths | None = None


NO_RANGES = Ranges()
