"""The numbers the watch lives by; recorded at start, so a replay uses the same."""

import msgspec


class WatchRules(msgspec.Struct, frozen=True):
    """Hysteresis and margins; every one is a setting."""

    gap_s: float = 60.0  # a crossing in a longer gap is only possible, and says between when and when
    exit_margin_m: float = 30.0  # out is out only this far from the ring (geofence.md part 2), or beyond the error circle
    exit_hold_s: float = 30.0  # ... or after this long outside
    near_zone_m: float = 10_000.0  # movers this near to a zone's outermost ring are bound to the picture
    approach_clear_s: float = 60.0  # an approach no longer predicted for this long is averted
    approach_speed_min_mps: float = 0.5  # slower than this nothing is predicted
