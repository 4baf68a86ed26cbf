"""Sentences about alarms, to be read out: who, what, where, when, how sure. One catalogue, English.

Distances are to the ring's own line; times are UTC. Nothing here orders or recommends.
"""

from typing import Final

from openline.clock import to_rfc3339
from openline.incident.board import Alarm

TEXTS: Final[dict[str, str]] = {
    "approach": "{mover} is heading for {zone}: at the boundary in about {eta} if it goes on like this",
    "approach_route": "{mover} is on a route into {zone}: at the boundary in about {eta}",
    "entry": "{mover} entered {zone}, ring {ring}, at {time}",
    "entry_touch": "{mover} may be inside {zone}, ring {ring}: its error circle reaches over the line",
    "entry_gap": "{mover} entered {zone}, ring {ring}, some time between {start} and {end}: no reports in between",
    "first_seen_inside": "{mover} was first seen inside {zone}, ring {ring}, at {time}",
    "exit": "{mover} left {zone}, ring {ring}",
    "averted": "{mover} is no longer heading for {zone}",
    "certain": "certain",
    "probable": "probable",
    "possible": "possible",
}


def sentence(alarm: Alarm, mover: str, zone_name: str, to_boundary_s: float | None) -> str:
    """What an operator reads out of this alarm, with the time to the boundary as it is now."""
    key = alarm.event
    if key == "approach" and alarm.by_route:
        key = "approach_route"
    if alarm.event == "entry" and alarm.interval_ns is not None:
        key = "entry_gap"
    elif alarm.event == "entry" and alarm.why:
        key = "entry_touch" if "error circle" in alarm.why[0] else "entry"
    interval = alarm.interval_ns or (0, 0)
    text = TEXTS[key].format(
        mover=mover,
        zone=zone_name,
        ring=alarm.ring,
        eta=span(to_boundary_s),
        time=hour(alarm.crossed_ns),
        start=hour(interval[0]),
        end=hour(interval[1]),
    )
    return f"{text} ({TEXTS.get(alarm.certainty, alarm.certainty)})."


def span(seconds: float | None) -> str:
    """A length of time as people say it: 40 s, 12 min, 1 h 24 min; "an unknown time" when it is not known."""
    if seconds is None or seconds != seconds:
        return "an unknown time"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def hour(at_ns: int | None) -> str:
    """A UTC time of day."""
    return "an unknown time" if at_ns is None else to_rfc3339(at_ns, 0)[11:]
