"""Speed, direction and climb where nobody stated them: worked out from two fixes, and how much that is worth.

Speed and direction are those of the straight way between the fixes. Over a gap of up to `gap_s` they are taken as they are;
over a longer one, up to `velocity_gap_s`, they are vague: what follows from them is at best possible. Over a longer one still
they are not known.

Climb is the difference of two heights of one datum that are at least `CLIMB_BASE_S` apart: barometric heights come in steps of
25 ft, and one step a second is not a descent of 1,500 ft a minute. A change within one step counts as level.
"""

from typing import Final, NamedTuple

import numpy as np

from openline.clock import NS_PER_S
from openline.tracks.columns import NEVER_NS, Bools, Fixes, Floats, Ints
from openline.tracks.picture import Picture

CLIMB_BASE_S: Final = 10.0
HEIGHT_STEP_M: Final = 8.0  # 25 ft is 7.62 m


class Velocity(NamedTuple):
    """How n movers move, each column stated or else worked out; NaN where neither."""

    speed_mps: Floats
    track_deg: Floats
    vertical_mps: Floats
    derived: Bools  # speed or track worked out
    vague: Bools  # … across a gap that is longer than `gap_s`
    climb_derived: Bools


def velocity(picture: Picture, fixes: Fixes, slot: Ints, wave: Ints, way: tuple[Bools, Floats, Floats, Floats]) -> Velocity:
    """Velocity at new fixes, before they are written into the columns. `way` is (there was a fix before, gap, way, azimuth)."""
    had, gap_s, step_m, azimuth_deg = way
    rules = picture.rules
    # A stated speed of nothing is a speed; only an unstated one is worked out.
    speed_mps, track_deg = fixes.speed_mps[wave].copy(), fixes.track_deg[wave].copy()
    derivable = had & (gap_s > 0.0) & (gap_s <= max(rules.gap_s, rules.velocity_gap_s))
    unsaid = np.isnan(speed_mps) & derivable
    speed_mps[unsaid] = step_m[unsaid] / gap_s[unsaid]
    turned = np.isnan(track_deg) & derivable & (step_m > 1.0)
    track_deg[turned] = azimuth_deg[turned] % 360.0
    derived = unsaid | turned
    vertical_mps, climb_derived = _climb(picture, fixes, slot, wave, had)
    return Velocity(speed_mps, track_deg, vertical_mps, derived, derived & (gap_s > rules.gap_s), climb_derived)


def _climb(picture: Picture, fixes: Fixes, slot: Ints, wave: Ints, had: Bools) -> tuple[Floats, Bools]:
    """Vertical speed, and where it was worked out; keeps the height it is worked out from."""
    columns, rules = picture.columns, picture.rules
    stated_mps, at_ns, height_m = fixes.vertical_mps[wave], fixes.at_ns[wave], fixes.altitude_m[wave]
    since_ns = np.where(had, columns.climb_at_ns[slot], NEVER_NS)
    kept = since_ns != NEVER_NS
    base_s = np.where(kept, (at_ns - np.where(kept, since_ns, at_ns)) / NS_PER_S, np.nan)
    change_m = _change_m(columns.climb_altitude_m[slot], height_m)
    usable = (base_s <= max(rules.gap_s, rules.velocity_gap_s)) & ~np.isnan(change_m)
    ripe = usable & (base_s >= CLIMB_BASE_S)
    level = np.abs(change_m) <= HEIGHT_STEP_M
    with np.errstate(divide="ignore", invalid="ignore"):
        fresh_mps = np.where(level, 0.0, change_m / base_s)
    # Between two bases the rate worked out last goes on.
    before_mps = np.where(had & columns.climb_derived[slot], columns.vertical_mps[slot], np.nan)
    worked_mps = np.where(ripe, fresh_mps, np.where(usable, before_mps, np.nan))
    unsaid = np.isnan(stated_mps)
    renew = (~unsaid | ripe | ~usable) & ~np.isnan(height_m).all(axis=1)
    columns.climb_at_ns[slot[renew]] = at_ns[renew]
    columns.climb_altitude_m[slot[renew]] = height_m[renew]
    return np.where(unsaid, worked_mps, stated_mps), unsaid & ~np.isnan(worked_mps)


def _change_m(before_m: Floats, now_m: Floats) -> Floats:
    """Change of height (n,) in the first datum that both know; above ground last, since the ground is not level."""
    change_m = now_m - before_m
    found = np.full(len(change_m), np.nan)
    for datum in range(change_m.shape[1]):
        found = np.where(np.isnan(found), change_m[:, datum], found)
    return found
