"""Findings of the product beside what `oracle_at_tanf.py` expects. Imports nothing of Openline.

Tolerances   a crossing within 1 s and 50 m, a depth within 5 m. Of several revisions of a finding the last in the file counts.
Approaches   one in every episode that must have one, by the fix that leaves no doubt and with the time to the boundary that the
             fix gives, within 3 s; at most one in an episode, and none outside of all. Never certain. Not compared: `averted`.
Lost         a mover that nobody hears may have come inside: `possible` entries after it was last heard are not differences.
"""

import datetime as dt
from typing import Any

from geographiclib.geodesic import Geodesic

Table = dict[str, Any]
TIME_S, PLACE_M, DEPTH_M, AHEAD_S = 1.0, 50.0, 5.0, 3.0
EVENTS = ("entry", "exit", "first_seen_inside")


def last_revisions(findings: list[Table], events: tuple[str, ...] = EVENTS) -> list[Table]:
    """Findings of these events; of several revisions of one finding the last in the file."""
    kept: list[Table] = []
    for row in findings:
        if row.get("event") not in events:
            continue
        row = row | {"mover": row["mover"].removeprefix("id:")}
        same = [i for i, one in enumerate(kept) if _revises(row, one)]
        if same:
            kept[same[0]] = row
        else:
            kept.append(row)
    return kept


def _revises(row: Table, one: Table) -> bool:
    if "id" in row or "id" in one:
        return row.get("id") == one.get("id")
    return _key(row) == _key(one) and abs(_unix(row["time"]) - _unix(one["time"])) <= 2 * TIME_S


def _key(row: Table) -> tuple[str, str, str, str]:
    return row["mover"], row["zone"], row["ring"], row["event"]


def _unix(text: str) -> float:
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def differences(want: Table, findings: list[Table]) -> list[str]:
    """Every difference in words; empty when the findings are as expected."""
    out = [
        f"the file promises {one['what']} = {one['value']}, it comes to {one['found']}"
        for one in want["says"]
        if not one["kept"]
    ]
    left = last_revisions(findings)
    for row in want["crossings"]:
        same = [one for one in left if _key(one) == _key(row)]
        if not same:
            out.append(f"missing: {_words(row)}")
            continue
        best = min(same, key=lambda one: abs(_unix(one["time"]) - _unix(row["time"])))
        left.remove(best)
        out += [f"{_words(row)}: {what}" for what in _differs(row, best)]
    silent = {one["mover"]: _unix(one["last_heard"]) for one in want["lost"]}
    for row in left:
        grown = row["mover"] in silent and _unix(row["time"]) >= silent[row["mover"]] and row.get("certainty") == "possible"
        if not grown:  # a lost mover's area grows, so it may possibly come inside after it was last heard
            out.append(f"not expected: {_words(row)}")
    return out + _approaches(want, last_revisions(findings, ("approach",)))


def _approaches(want: Table, left: list[Table]) -> list[str]:
    """Every difference in what was said to be on its way."""
    out = [f"{_words(row)}: an approach is a prediction and never certain" for row in left if row["certainty"] == "certain"]
    start = _unix(want["start"])
    for one in want["approaches"]:
        same = [row for row in left if _key(row)[:3] == _key(one | {"event": "approach"})[:3]]
        same = [row for row in same if one["first_s"] - TIME_S <= _unix(row["time"]) - start <= one["last_s"] + TIME_S]
        if not same:
            out += [f"missing: approach of {one['mover']} at {one['zone']}/{one['ring']} by {one['by']}"] if one["by"] else []
            continue
        left.remove(same[0])
        said_s = _unix(same[0]["time"]) - start
        if one["by"] and said_s > one["by_s"] + TIME_S:
            out.append(f"{_words(same[0])}: should have been said by {one['by']}")
        to_go_s = [to_go_s for at_s, to_go_s in one["ahead"] if abs(at_s - said_s) <= 0.5]
        found_s = same[0].get("to_boundary_s")
        if found_s is not None and to_go_s and to_go_s[0] is not None and abs(found_s - to_go_s[0]) > AHEAD_S:
            out.append(f"{_words(same[0])}: {found_s:.0f} s to the boundary instead of {to_go_s[0]:.0f} s")
    return out + [f"not expected: {_words(row)}" for row in left]


def _words(row: Table) -> str:
    return f"{row['event']} of {row['mover']} at {row['zone']}/{row['ring']} {row['time']}"


def _differs(want: Table, got: Table) -> list[str]:
    out = []
    late_s = _unix(got["time"]) - _unix(want["time"])
    if abs(late_s) > TIME_S:
        out.append(f"time differs by {late_s:+.1f} s ({got['time']})")
    apart_m = Geodesic.WGS84.Inverse(want["lat"], want["lon"], got["lat"], got["lon"])["s12"]
    if apart_m > PLACE_M:
        out.append(f"place differs by {apart_m:.0f} m")
    depth_m = got.get("depth_m")
    if "depth_m" in want and not (
        depth_m is not None and (abs(depth_m - want["depth_m"]) <= DEPTH_M or _deepest(want, depth_m))
    ):
        out.append(f"depth {depth_m} m instead of {want['depth_m']:.1f} m, or {want['deepest_m']:.1f} m at the deepest")
    if got.get("deepest_m") is not None and not _deepest(want, got["deepest_m"]):
        out.append(f"deepest {got['deepest_m']} m instead of {want['deepest_m']:.1f} m")
    if got.get("certainty") not in (want["certainty"], want.get("or")):
        out.append(f"certainty {got.get('certainty')} instead of {want['certainty']}")
    return out


def _deepest(want: Table, depth_m: float) -> bool:
    return bool(want["deepest_m"] - DEPTH_M <= depth_m <= want["between_m"] + DEPTH_M)
