"""The picture in the words of docs/api.md: what the console reads. Everything unknown is null."""

from math import isfinite
from typing import Any

import numpy as np

from openline.clock import NS_PER_S, to_rfc3339
from openline.errors import Refused
from openline.feeds.report import MOVER_CLASSES, Refusal
from openline.flow import State
from openline.flow.state import FeedState
from openline.incident.board import Alarm, Incident
from openline.incident.words import Numbers, sentence
from openline.node.shown.drawings import Drawings, outlines
from openline.node.shown.numbers import of_the_past
from openline.tracks.ageing import age, uncertainty
from openline.tracks.columns import DISPUTED, DOUBT_WORDS, NEVER_NS, OWN, RESERVED, STATE_WORDS
from openline.tracks.conditions import Condition
from openline.tracks.picture import Archived
from openline.watch.ranges import Lengths, Moments
from openline.zones.book import shown_status
from openline.zones.hours import active
from openline.zones.plain import zone_to_plain
from openline.zones.zone import Zone

REPORTS_SHOWN = 50
NAMED = 20  # movers of a condition that are named


def number(value: float | None, digits: int = 2) -> float | None:
    """A finite number rounded, else null."""
    return round(float(value), digits) if value is not None and isfinite(value) else None


def when(at_ns: int | None) -> str | None:
    """RFC 3339, or null."""
    return None if at_ns is None or at_ns == NEVER_NS else to_rfc3339(int(at_ns))


def alarm_view(state: State, alarm: Alarm, live: dict[str, Numbers], now_ns: int) -> dict[str, Any]:
    """One Alarm. `live`: numbers as of now, by the alarm's id."""
    zone = state.watch.watched.get(alarm.zone)
    name = zone.zone.name if zone else _zone_name(state, alarm.zone)
    slot = state.picture.slot_of.get(alarm.mover)
    callsign = state.picture.called(slot) if slot is not None else None
    now = live.get(alarm.id) or of_the_past(alarm)
    shown = alarm.state.value.replace("shelved_returned", "shelved")
    return {
        "id": alarm.id,
        "mover": alarm.mover,
        "callsign": callsign,
        "zone": alarm.zone,
        "zone_name": name,
        "zone_version": alarm.zone_version,
        "ring": alarm.ring,
        "rule": alarm.rule,
        "priority": alarm.priority,
        "event": alarm.event,
        "state": shown,
        "certainty": alarm.certainty,
        "since": when(alarm.since_ns),
        "changed": when(alarm.changed_ns),
        "crossed": when(alarm.crossed_ns),
        "interval": None if alarm.interval_ns is None else [when(alarm.interval_ns[0]), when(alarm.interval_ns[1])],
        "depth_m": number(_depth_m(alarm, now)),
        "deepest_m": number(now.deepest_m),
        "deepest_range_m": _lengths(now.ranges.deepest_m),
        "first_range": _moments(now.ranges.first_ns),
        "last_range": _moments(now.ranges.last_ns),
        "path_range_m": _lengths(now.ranges.path_m),
        "closest_m": number(now.closest_m),
        "boundary_m": number(now.boundary_m, 0),
        "to_ring_s": number(now.to_ring_s, 0),
        "to_boundary_s": number(now.to_boundary_s, 0),
        "earliest_s": number(now.earliest_s, 0),
        "by_route": now.by_route,
        "lat_deg": number(alarm.lat_deg, 7),
        "lon_deg": number(alarm.lon_deg, 7),
        "acknowledged_by": alarm.acknowledged_by or None,
        "acknowledged_at": when(alarm.acknowledged_ns),
        "silenced": alarm.silenced,
        "shelved_until": when(alarm.shelved_until_ns),
        "shelved_reason": alarm.shelved_reason or None,
        "incident": alarm.incident,
        "says": sentence(alarm, callsign or alarm.mover, name, now),
        "why": list(alarm.why),
        "lost": slot is not None and state.picture.lost(slot),
    }


def _depth_m(alarm: Alarm, now: Numbers) -> float | None:
    """How far inside its own ring the mover is, or was when it was last heard; None unless it is inside by this alarm."""
    inside = alarm.event in ("entry", "first_seen_inside")
    return max(0.0, -now.ring_m) if inside and now.ring_m is not None else None


def _moments(ends: Moments | None) -> list[str | None] | None:
    return None if ends is None else [when(one) for one in ends]


def _lengths(ends: Lengths | None) -> list[float | None] | None:
    return None if ends is None else [number(one) for one in ends]


def zone_view(state: State, zone: Zone, now_ns: int, drawings: Drawings | None = None) -> dict[str, Any]:
    """One Zone, with what is drawn and who holds which version; the drawing as JSON already, where `drawings` keeps it."""
    plain = zone_to_plain(zone)
    plain["active"] = active(zone, now_ns) == "active"
    plain["status"] = shown_status(zone)
    plain["outline"], plain["ring_outlines"] = outlines(zone) if drawings is None else drawings.of(zone)
    plain["holders"], plain["behind"] = _held(state, zone.id)
    return plain


def _held(state: State, zone_id: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(holders, behind); nobody holds a zone that was only read from a file."""
    try:
        holders, behind = state.book.holders(zone_id), state.book.behind(zone_id)
    except Refused:
        return [], []
    return (
        [{"party": h.party, "version": h.version, "since": when(h.since_ns)} for h in holders],
        [{"party": b.party, "version": b.version, "latest": b.latest, "since": when(b.since_ns)} for b in behind],
    )


def condition_view(one: Condition) -> dict[str, Any]:
    """One standing condition of the picture."""
    return {
        "id": one.id,
        "what": one.what,
        "priority": "warning" if one.what in ("gnss_suspect", "picture_full", "disk") else "advisory",
        "since": when(one.since_ns),
        "over": when(one.over_ns),
        "count": one.count,
        "movers": list(one.movers)[-NAMED:],
        "says": one.says,
        "acknowledged_by": one.acknowledged_by or None,
        "acknowledged_at": when(one.acknowledged_ns),
    }


def feed_view(feed: FeedState, now_ns: int) -> dict[str, Any]:
    """One Feed."""
    heard = None if feed.last_heard_ns == NEVER_NS else feed.last_heard_ns
    return {
        "source": feed.rules.source,
        "kind": feed.rules.kind,
        "where": feed.rules.where,
        "state": feed.state,
        "since": when(feed.since_ns),
        "last_heard": when(heard),
        "age_s": None if heard is None else number((now_ns - heard) / NS_PER_S, 1),
        "reports": feed.reports,
        "refused": feed.refused,
        "refusals": [refusal_view(r) for r in feed.refusals],
        "why": feed.why or None,
        "passed_over": dict(feed.decoder.counted),
    }


def refusal_view(refusal: Refusal) -> dict[str, Any]:
    """One refusal of a feed."""
    return {
        "at": when(refusal.heard_ns),
        "field": refusal.field,
        "value": refusal.value,
        "accepted": refusal.accepted,
        "mover": refusal.mover,
        "position": refusal.position,
    }


def track_view(state: State, slot: int, now_ns: int) -> dict[str, Any]:
    """One Track."""
    picture, columns = state.picture, state.picture.columns
    mover = picture.mover[slot]
    assert mover is not None
    one = np.array([slot])
    listed = picture.lists.get(mover)
    height_m = [number(h, 1) for h in columns.altitude_m[slot]]
    source, method = int(columns.source[slot]), int(columns.method[slot])
    bound = int(columns.bound[slot])
    return {
        "mover": mover,
        "slot": slot,
        "callsign": picture.callsign[slot],
        "mover_class": MOVER_CLASSES[columns.mover_class[slot]],
        "list": "own" if bound & OWN else "reserved" if bound & RESERVED else None,
        "label": listed[1] if listed else None,
        "state": STATE_WORDS[columns.state[slot]],
        "lat_deg": number(columns.lat_deg[slot], 7),
        "lon_deg": number(columns.lon_deg[slot], 7),
        "altitude": dict(zip(("baro_m", "wgs84_m", "amsl_m", "agl_m"), height_m, strict=True)),
        "on_ground": {1: True, 0: False}.get(int(columns.on_ground[slot])),
        "speed_mps": number(columns.speed_mps[slot]),
        "track_deg": number(columns.track_deg[slot]),
        "vertical_mps": number(columns.vertical_mps[slot]),
        "velocity_derived": bool(columns.velocity_derived[slot]),
        "vertical_derived": bool(columns.climb_derived[slot]),
        "accuracy_m": number(columns.accuracy_m[slot]),
        "accuracy_stated": bool(np.isfinite(columns.accuracy_m[slot])),
        "uncertainty_m": number(uncertainty(picture, one, now_ns)[0], 0),
        "source": picture.texts[source] if source >= 0 else None,
        "method": picture.texts[method] if method >= 0 else None,
        "observed": when(columns.at_ns[slot]) if columns.timed[slot] else None,
        "heard": when(columns.heard_ns[slot]),
        "age_s": number(age(picture, one, now_ns)[0], 1),
        "doubts": [word for bit, word in DOUBT_WORDS.items() if columns.doubts[slot] & bit],
        "disputed_m": number(columns.disputed_m[slot], 0) if columns.doubts[slot] & DISPUTED else None,
    }


def archived_view(one: Archived, now_ns: int) -> dict[str, Any]:
    """An archived mover, in the shape of a Track."""
    return {
        "mover": one.mover,
        "slot": None,
        "callsign": one.callsign,
        "mover_class": one.mover_class,
        "list": None,
        "state": "archived",
        "lat_deg": number(one.lat_deg, 7),
        "lon_deg": number(one.lon_deg, 7),
        "altitude": dict.fromkeys(("baro_m", "wgs84_m", "amsl_m", "agl_m")),
        "on_ground": None,
        "speed_mps": None,
        "track_deg": None,
        "vertical_mps": None,
        "accuracy_m": None,
        "accuracy_stated": False,
        "uncertainty_m": None,
        "source": one.source,
        "method": None,
        "observed": when(one.at_ns),
        "heard": when(one.at_ns),
        "age_s": None if one.at_ns == NEVER_NS else number((now_ns - one.at_ns) / NS_PER_S, 1),
        "doubts": [],
        "disputed_m": None,
    }


def reports_view(state: State, slot: int) -> list[dict[str, Any]]:
    """The last reports of a mover, newest first, each with where it came from and whether it moved the track."""
    trail, picture = state.picture.trail, state.picture
    rows = []
    for row in trail.rows_of(slot, REPORTS_SHOWN):
        heights = [number(h, 1) for h in trail.altitude_m[row]]
        rows.append(
            {
                "observed": when(trail.at_ns[row]),
                "heard": when(trail.heard_ns[row]),
                "lat_deg": number(trail.lat_deg[row], 7),
                "lon_deg": number(trail.lon_deg[row], 7),
                "accuracy_m": number(trail.accuracy_m[row]),
                "altitude": dict(zip(("baro_m", "wgs84_m", "amsl_m", "agl_m"), heights, strict=True)),
                "source": picture.texts[int(trail.source[row])],
                "used": bool(trail.used[row]),
            }
        )
    return rows


def incident_view(state: State, incident: Incident) -> dict[str, Any]:
    """One Incident."""
    slot = state.picture.slot_of.get(incident.mover)
    callsign = state.picture.called(slot) if slot is not None else None
    return {
        "id": incident.id,
        "mover": incident.mover,
        "zone": incident.zone,
        "opened": when(incident.opened_ns),
        "closed": when(incident.closed_ns),
        "state": "open" if incident.closed_ns is None else "closed",
        "alarms": list(incident.alarms),
        "headline": f"{callsign or incident.mover} and {_zone_name(state, incident.zone)}",
    }


def _zone_name(state: State, zone_id: str) -> str:
    watched = state.watch.watched.get(zone_id)
    if watched is not None:
        return watched.zone.name or zone_id
    return next((z.name or zone_id for z in state.book.latest() if z.id == zone_id), zone_id)
