"""Sentences about alarms, to be read out: who, what, where, when, how sure. One catalogue, English.

Every distance says from which line: the zone's boundary, or a ring by its name. Times are UTC. A time to go is only said of a
mover that is heard now. Nothing here orders or recommends.
"""

from math import isfinite
from typing import Final

import msgspec

from openline.clock import to_rfc3339
from openline.incident.board import Alarm
from openline.incident.spread import far, moment, within
from openline.watch.approach import HEARD_OUTSIDE, STOPPED, TURNED_AWAY
from openline.watch.ranges import NO_RANGES, Lengths, Ranges

TEXTS: Final[dict[str, str]] = {
    "approach": "{mover} is heading for {zone}: at its boundary in about {eta} if it goes on like this",
    "approach_route": "{mover} is on a route into {zone}: at its boundary in about {eta}",
    "approach_earliest": "{mover} may be heading for {zone}: at its boundary in {earliest} at the earliest",
    "approach_unknown": "{mover} was heading for {zone}: when it may be at its boundary is not known",
    "may_reach": "{mover} may be at {zone}: {why}",
    "earliest": ", in {earliest} at the earliest",
    "entry": "{mover} entered {zone}, ring {ring}, {entered}",
    "entry_touch": "{mover} may be inside {zone}, ring {ring}: its error circle reaches over the line",
    "entry_gap": "{mover} entered {zone}, ring {ring}, some time between {start} and {end}: no reports in between",
    "first_seen_inside": "{mover} was first seen inside {zone}, ring {ring}, at {time}",
    "exit": "{mover} left {zone}, ring {ring}{left}",
    "averted": "{mover} is no longer heading for {zone}",
    "averted_turned": "{mover} turned away before the boundary of {zone}",
    "averted_stopped": "{mover} stopped before the boundary of {zone}",
    "averted_heard": "{mover} was heard again outside {zone}",
    "now": "; now {where}",
    "last": "; when last heard {where}",
    "inside": "{far} inside {line}",
    "outside": "{far} outside {line}",
    "above": "above or below the zone",
    "deepest": "; at its deepest {far} inside {line}",
    "closest": "; at its closest {far} outside {line}",
    "boundary": "the boundary",
    "ring": "ring {ring}",
    "certain": "certain",
    "probable": "probable",
    "possible": "possible",
}


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """How the mover of an alarm stands to the lines of the zone as of now; None where it is not known.

    Distances are positive outside, negative inside, and those of the last fix. Times are None for a mover that is not heard.
    """

    heard: bool = False
    boundary_m: float | None = None
    ring_m: float | None = None  # to the alarm's own ring
    deepest_m: float | None = None  # inside the alarm's own ring, of the visit that the alarm is about
    closest_m: float | None = None  # outside the boundary, of an approach
    to_ring_s: float | None = None
    to_boundary_s: float | None = None
    earliest_s: float | None = None  # straight to the boundary, whatever the heading
    by_route: bool = False
    ranges: Ranges = NO_RANGES  # of the visit that the alarm is about


def sentence(alarm: Alarm, mover: str, zone_name: str, now: Numbers) -> str:
    """What an operator reads out of this alarm, with the numbers of now."""
    interval = alarm.interval_ns or (0, 0)
    text = TEXTS[_key(alarm, now)].format(
        mover=mover,
        zone=zone_name,
        ring=alarm.ring,
        eta=span(now.to_boundary_s),
        earliest=span(now.earliest_s),
        entered=moment(alarm.crossed_ns, now.ranges.first_ns or (alarm.crossed_ns, alarm.crossed_ns), hour),
        time=hour(alarm.crossed_ns),
        start=hour(interval[0]),
        end=hour(interval[1]),
        why="".join(alarm.why[:1]),
        left=_left(now.ranges),
    )
    return f"{text}{_more(alarm, now)} ({TEXTS.get(alarm.certainty, alarm.certainty)})."


def _left(ranges: Ranges) -> str:
    """When it was inside for the last time."""
    return "" if ranges.last_ns is None else f", {moment(None, ranges.last_ns, hour)}"


def _key(alarm: Alarm, now: Numbers) -> str:
    if alarm.event == "approach":
        if now.to_boundary_s is not None:
            return "approach_route" if now.by_route else "approach"
        return "approach_unknown" if now.earliest_s is None else "approach_earliest"
    if alarm.event == "averted":
        ends = {TURNED_AWAY: "averted_turned", STOPPED: "averted_stopped", HEARD_OUTSIDE: "averted_heard"}
        return ends.get("".join(alarm.why[:1]), "averted")
    if alarm.event == "entry" and alarm.interval_ns is not None:
        return "entry_gap"
    return "entry_touch" if alarm.event == "entry" and any("error circle" in why for why in alarm.why[:1]) else alarm.event


def _more(alarm: Alarm, now: Numbers) -> str:
    """Where it is, and how near or deep it was."""
    if alarm.event == "averted":
        return _extreme("closest", now.closest_m, TEXTS["boundary"])
    if alarm.event == "exit":
        return _extreme("deepest", now.deepest_m, line_name(alarm.ring, alarm.rule), now.ranges.deepest_m)
    text = ""
    if alarm.event == "approach" and now.to_boundary_s is not None and _earlier(now):
        text = TEXTS["earliest"].format(earliest=span(now.earliest_s))
    where = _where(alarm, now)
    return text + (TEXTS["now" if now.heard else "last"].format(where=where) if where else "")


def _earlier(now: Numbers) -> bool:
    """The earliest is worth saying beside the prediction."""
    return span(now.earliest_s) != span(now.to_boundary_s) and now.earliest_s is not None


def _where(alarm: Alarm, now: Numbers) -> str:
    if now.boundary_m is None:
        return ""
    if alarm.event == "approach":
        return _side(now.boundary_m, TEXTS["boundary"]) if now.boundary_m > 0.0 else TEXTS["above"]
    parts = [] if now.ring_m is None else [_side(now.ring_m, line_name(alarm.ring, alarm.rule))]
    if alarm.rule != "boundary":
        parts.append(_side(now.boundary_m, TEXTS["boundary"]))
    return ", ".join(parts)


def _side(distance_m: float, line: str) -> str:
    return TEXTS["inside" if distance_m <= 0.0 else "outside"].format(far=far(abs(distance_m)), line=line)


def _extreme(key: str, distance_m: float | None, line: str, ends: Lengths | None = None) -> str:
    return "" if distance_m is None else TEXTS[key].format(far=within(distance_m, ends), line=line)


def line_name(ring: str, rule: str) -> str:
    """What a ring's line is called in a sentence."""
    return TEXTS["boundary"] if rule == "boundary" else TEXTS["ring"].format(ring=ring)


def span(seconds: float | None) -> str:
    """A length of time as people say it: 40 s, 12 min, 1 h 24 min; "an unknown time" when it is not known."""
    if seconds is None or not isfinite(seconds):
        return "an unknown time"
    if seconds < 119.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def hour(at_ns: int | None) -> str:
    """A UTC time of day."""
    return "an unknown time" if at_ns is None else to_rfc3339(at_ns, 0)[11:]
