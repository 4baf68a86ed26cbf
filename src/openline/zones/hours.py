"""When a zone is active: from `effective` to `expires`, within its weekly hours (UTC), unless withdrawn (R7).

Instants are half open: active at `effective` and at an hour's start, no longer active at `expires` and at its end.
An entry of `Hours` belongs to the weekday it starts on; with end ≤ start it runs past midnight, with end = start 24 hours.
"""

from typing import Final, Literal

from openline.clock import NS_PER_S
from openline.zones.zone import Hours, Zone

Activity = Literal["active", "inactive", "not yet", "expired", "withdrawn"]

DAY_S: Final = 86_400
WEEK_S: Final = 7 * DAY_S
_EPOCH_WEEKDAY: Final = 3  # 1970-01-01 was a Thursday


def active(zone: Zone, now_ns: int) -> Activity:
    """What the zone is at `now_ns`. `inactive` is within its dates and outside its hours."""
    if zone.withdrawn:
        return "withdrawn"
    if zone.expires_ns is not None and now_ns >= zone.expires_ns:
        return "expired"
    if zone.effective_ns is not None and now_ns < zone.effective_ns:
        return "not yet"
    if zone.hours and not any(_within(hours, now_ns) for hours in zone.hours):
        return "inactive"
    return "active"


def next_change_ns(zone: Zone, now_ns: int) -> int | None:
    """The first instant after `now_ns` at which `active` may answer differently; None when it never will."""
    if zone.withdrawn or (zone.expires_ns is not None and now_ns >= zone.expires_ns):
        return None
    edges_ns = [edge for edge in (zone.effective_ns, zone.expires_ns) if edge is not None and edge > now_ns]
    week_start_ns = now_ns - _second_of_week_ns(now_ns)
    for hours in zone.hours:
        for start_s, end_s in spans_s(hours):
            weeks_s = (-WEEK_S, 0, WEEK_S)
            edges_ns += [week_start_ns + (edge_s + week_s) * NS_PER_S for edge_s in (start_s, end_s) for week_s in weeks_s]
    here = active(zone, now_ns)
    changes = (edge for edge in sorted(set(edges_ns)) if edge > now_ns and active(zone, edge) != here)
    return next(changes, None)


def spans_s(hours: Hours) -> list[tuple[int, int]]:
    """[start, end) of each weekday's span in seconds after Monday 00:00 UTC; the end may lie in the next week."""
    length_s = hours.end_s - hours.start_s
    if length_s <= 0:
        length_s += DAY_S
    return [(day * DAY_S + hours.start_s, day * DAY_S + hours.start_s + length_s) for day in hours.weekdays]


def _second_of_week_ns(now_ns: int) -> int:
    return (now_ns + _EPOCH_WEEKDAY * DAY_S * NS_PER_S) % (WEEK_S * NS_PER_S)


def _within(hours: Hours, now_ns: int) -> bool:
    at_ns = _second_of_week_ns(now_ns)
    return any(
        start_s * NS_PER_S <= at_ns < end_s * NS_PER_S or start_s * NS_PER_S <= at_ns + WEEK_S * NS_PER_S < end_s * NS_PER_S
        for start_s, end_s in spans_s(hours)
    )
