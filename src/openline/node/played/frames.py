"""What each feed of a scenario carries, byte for byte, in the order of the clock. Pure: no sockets, no clock.

`frames(scenario)` is the one source of these bytes: the socket player sends `wire`, tests hand `data` to the flow.

Time     a line feed carries a fix at the moment of the fix; aircraft.json is written at every whole second of the scenario
         and says how old each position is. Frames of one moment stand in the order of the file.
Formats  readsb: README-json.md of readsb · SBS-1: as dump1090 writes port 30003, five decimals of a degree, times in UTC ·
         NDJSON: the columns of `openline.feeds.rows` · OsmAnd: the query parameters of the Traccar client, speed in knots.
"""

import json
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from math import isnan
from typing import Any, NamedTuple
from urllib.parse import urlencode

from openline import units
from openline.clock import NS_PER_S, to_rfc3339
from openline.feeds.framing import frame
from openline.feeds.osmand import R95_PER_R68, request
from openline.node.played.motion import NACP_M, Feed, Mover, Position, Scenario, Spoilt, fix_times_ns, motion_of
from openline.units import M_PER_FT, MPS_PER_FPM, MPS_PER_KT

READSB_FORGETS_S = 60  # readsb drops a position from aircraft.json when it is older than this


class Frame(NamedTuple):
    """One piece a feed carries: `data` as the node's inbox holds it, `wire` as it goes over the network or into the file."""

    at_ns: int
    source: str
    data: bytes
    wire: bytes


class Fix(NamedTuple):
    """One position as its feed has it."""

    at_ns: int
    mover: Mover
    position: Position


def frames(scenario: Scenario, until_ns: int | None = None) -> Iterator[Frame]:
    """Everything every feed carries, in order of `at_ns`, then of the file. Past the end: whoever stays."""
    last_ns = scenario.end_ns if until_ns is None else until_ns
    streams = [_of_feed(scenario, feed, last_ns) for feed in scenario.feeds]
    return merge(*streams, key=lambda one: one.at_ns)


def by_second(scenario: Scenario, until_ns: int | None = None) -> Iterator[tuple[int, list[Frame]]]:
    """The frames of each second up to and including its end: (the whole second, what came since the one before)."""
    last_ns = scenario.end_ns if until_ns is None else until_ns
    second_ns = scenario.start_ns
    for due_ns, group in groupby(frames(scenario, until_ns), lambda one: _second_ns(one.at_ns)):
        while second_ns < due_ns:
            yield second_ns, []
            second_ns += NS_PER_S
        yield due_ns, list(group)
        second_ns = due_ns + NS_PER_S
    while second_ns <= last_ns:
        yield second_ns, []
        second_ns += NS_PER_S


def fixes(scenario: Scenario, feed: Feed, until_ns: int) -> Iterator[Fix]:
    """The positions a feed gets, in order of time, then of the file."""
    return merge(*(_fixes_of(scenario, m, until_ns) for m in scenario.movers if m.feed == feed.id), key=lambda fix: fix.at_ns)


def _fixes_of(scenario: Scenario, mover: Mover, until_ns: int) -> Iterator[Fix]:
    motion = motion_of(mover)
    for at_ns in fix_times_ns(scenario, mover, until_ns):
        position = motion.at((at_ns - mover.start_ns) / NS_PER_S)
        if position is not None:
            yield Fix(at_ns, mover, position)


def _second_ns(at_ns: int) -> int:
    """The first whole second that is not before the instant."""
    return -(-at_ns // NS_PER_S) * NS_PER_S


def _of_feed(scenario: Scenario, feed: Feed, until_ns: int) -> Iterator[Frame]:
    if feed.kind == "readsb":
        return _documents(scenario, feed, until_ns)
    good = (_line(feed, fix) for fix in fixes(scenario, feed, until_ns))
    spoilt = (_spoilt_line(one) for one in _spoilt_of(scenario, feed, until_ns))
    return merge(good, spoilt, key=lambda one: one.at_ns)


def _line(feed: Feed, fix: Fix) -> Frame:
    if feed.kind == "osmand":
        query = osmand_query(fix)
        return Frame(fix.at_ns, feed.id, request("GET", query), query.encode())
    line = sbs_line(fix) if feed.kind == "sbs" else ndjson_line(fix)
    return Frame(fix.at_ns, feed.id, line, line)


def _spoilt_of(scenario: Scenario, feed: Feed, until_ns: int) -> list[Spoilt]:
    due = [one for one in scenario.spoilt if one.feed == feed.id and one.at_ns <= until_ns]
    return sorted(due, key=lambda one: one.at_ns)


def _spoilt_line(spoilt: Spoilt) -> Frame:
    line = spoilt.text.encode() + b"\n"
    return Frame(spoilt.at_ns, spoilt.feed, line, line)


def _documents(scenario: Scenario, feed: Feed, until_ns: int) -> Iterator[Frame]:
    """One aircraft.json a second, each with the newest fix of every aircraft not older than readsb keeps them."""
    newest: dict[str, Fix] = {}
    coming = fixes(scenario, feed, until_ns)
    ahead = next(coming, None)
    for now_ns in range(scenario.start_ns, until_ns + 1, NS_PER_S):
        while ahead is not None and ahead.at_ns <= now_ns:
            newest[ahead.mover.id] = ahead
            ahead = next(coming, None)
        kept = [fix for _, fix in sorted(newest.items()) if now_ns - fix.at_ns <= READSB_FORGETS_S * NS_PER_S]
        document = aircraft_json(kept, now_ns, (now_ns - scenario.start_ns) // NS_PER_S)
        yield Frame(now_ns, feed.id, frame(document), document)


def aircraft_json(kept: list[Fix], now_ns: int, ticks: int) -> bytes:
    """The document readsb writes at `now_ns`; `ticks` makes its message counter grow."""
    aircraft = [_aircraft(fix, now_ns) for fix in kept]
    document = {"now": now_ns / NS_PER_S, "messages": 1000 + 11 * ticks, "aircraft": aircraft}
    return json.dumps(document, separators=(",", ":")).encode() + b"\n"


def _aircraft(fix: Fix, now_ns: int) -> dict[str, Any]:
    mover, position = fix.mover, fix.position
    age_s = round((now_ns - fix.at_ns) / NS_PER_S, 1)
    entry: dict[str, Any] = {"hex": mover.id, "type": "adsb_icao"}
    if mover.callsign:
        entry["flight"] = f"{mover.callsign:<8}"
    if mover.type_code:
        entry["t"] = mover.type_code
    entry |= _heights_ft(mover, position)
    entry["gs"] = round(position.speed_mps / MPS_PER_KT, 1)
    if position.speed_mps > 0.0:
        entry["track"] = round(position.course_deg % 360.0, 2) % 360.0
    if not isnan(position.vertical_mps):
        entry["baro_rate"] = round(position.vertical_mps / MPS_PER_FPM / 64) * 64
    if mover.squawk:
        entry["squawk"] = mover.squawk
    entry |= {"lat": round(position.lat_deg, 6), "lon": round(position.lon_deg, 6), "seen_pos": age_s}
    if not isnan(mover.accuracy_m):
        entry["nac_p"] = NACP_M[mover.accuracy_m]
    return entry | {"version": 2, "messages": 100, "seen": age_s, "rssi": -18.0}


def _heights_ft(mover: Mover, position: Position) -> dict[str, int]:
    """alt_baro and alt_geom in feet, each in its own datum, as far as the scenario states them."""
    if mover.datum == "wgs84":
        return {"alt_geom": _rounded_ft(position.altitude_m)}
    if mover.datum != "baro":
        return {}
    heights = {"alt_baro": _rounded_ft(position.altitude_m)}
    if not isnan(mover.geometric_minus_baro_m):
        heights["alt_geom"] = _rounded_ft(position.altitude_m + mover.geometric_minus_baro_m)
    return heights


def _rounded_ft(altitude_m: float) -> int:
    return round(altitude_m / M_PER_FT / 25) * 25  # Mode S altitudes come in steps of 25 ft


def sbs_line(fix: Fix) -> bytes:
    """What a receiver says of one fix: MSG,4 (speed, track, climb) and MSG,3 (position, height); at times MSG,1 and MSG,6."""
    mover, position = fix.mover, fix.position
    date, clock = to_rfc3339(fix.at_ns).rstrip("Z").split("T")
    when = f"{date.replace('-', '/')},{clock}"
    height = "" if mover.datum != "baro" else str(_rounded_ft(position.altitude_m))
    speed = f"{position.speed_mps / MPS_PER_KT:.0f}"
    track = "" if position.speed_mps == 0.0 else f"{position.course_deg % 360.0:.1f}"
    climb = "" if isnan(position.vertical_mps) else str(round(position.vertical_mps / MPS_PER_FPM / 64) * 64)
    cells = {4: f",,{speed},{track},,,{climb},,,,,0", 3: f",{height},,,{position.lat_deg:.5f},{position.lon_deg:.5f},,,0,0,0,0"}
    if fix.at_ns // NS_PER_S % 10 == 0:
        labels = {1: f"{mover.callsign or ''},,,,,,,,,,,0", 6: f",,,,,,,{mover.squawk or ''},0,0,0,0"}
        cells = (labels if mover.callsign or mover.squawk else {}) | cells
    lines = (f"MSG,{kind},1,1,{mover.id.upper()},1,{when},{when},{rest}\r\n" for kind, rest in cells.items())
    return "".join(lines).encode("ascii")


def ndjson_line(fix: Fix) -> bytes:
    """One object with the columns of `openline.feeds.rows`."""
    mover, position = fix.mover, fix.position
    row: dict[str, Any] = {"id": mover.id, "time": to_rfc3339(fix.at_ns)}
    row |= {"lat": round(position.lat_deg, 7), "lon": round(position.lon_deg, 7)}
    if not isnan(mover.accuracy_m):
        row["accuracy_m"] = mover.accuracy_m
    if mover.datum is not None:
        row |= {"altitude_m": round(position.altitude_m, 1), "datum": mover.datum}
    row["speed_mps"] = round(position.speed_mps, 2)
    if position.speed_mps > 0.0:
        row["track_deg"] = round(position.course_deg % 360.0, 1)
    row["class"] = mover.mover_class
    if mover.callsign:
        row["callsign"] = mover.callsign
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def osmand_query(fix: Fix) -> str:
    """The query string of one OsmAnd request; whole seconds of time, speed in knots, accuracy as phones state it (68 %)."""
    mover, position = fix.mover, fix.position
    query: dict[str, Any] = {"id": mover.id, "timestamp": fix.at_ns // NS_PER_S}
    query |= {"lat": f"{position.lat_deg:.7f}", "lon": f"{position.lon_deg:.7f}"}
    query["speed"] = f"{position.speed_mps / units.MPS_PER_KT:.2f}"
    if position.speed_mps > 0.0:
        query["bearing"] = f"{position.course_deg % 360.0:.1f}"
    if not isnan(mover.accuracy_m):
        query["accuracy"] = f"{mover.accuracy_m / R95_PER_R68:.2f}"
    return urlencode(query)
