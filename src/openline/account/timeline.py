"""One incident in order of time, with the moments nothing is known about (R56)."""

from collections.abc import Iterable
from typing import Any, Final

from openline.account.log import Body, at, says
from openline.record.entry import Entry

HEARD_UNCERTAIN_MS: Final = 1  # the node's own clock, read once a batch; its offset from UTC is in the `clock` entries


def rows(entries: Iterable[Entry], body_of: Body) -> list[dict[str, Any]]:
    """`{"at", "uncertainty_ms", "index", "kind", "who", "says", "evidence", "gap"}` in order of the moment each tells of.

    A finding tells of its own moment, which is before the entry was written. A track that was lost and came back, and a node
    that did not watch, give a row of their own: from when to when nothing is known.
    """
    told: list[tuple[int, int, dict[str, Any]]] = []
    lost: dict[str, int] = {}
    for entry in entries:
        body = body_of(entry)
        at_us, uncertain_ms = _moment(entry, body)
        row: dict[str, Any] = {
            "at": at(at_us),
            "uncertainty_ms": uncertain_ms,
            "index": entry.index,
            "kind": entry.kind,
            "who": entry.actor.who,
            "says": says(entry.kind, entry.x, body),
            "evidence": [one.c.hex() for one in entry.objects],
            "gap": None,
        }
        told.append((at_us, entry.index, row))
        if isinstance(body, dict) and entry.kind == "track.event":
            gap = _silence(body, entry, lost)
            if gap is not None:
                told.append(gap)
        if isinstance(body, dict) and entry.kind == "gap":
            row["gap"] = {"from": at(int(body["from_us"])), "to": at(int(body["to_us"]))}
    told.sort(key=lambda one: (one[0], one[1]))
    return [row for _, _, row in told]


def _moment(entry: Entry, body: Any) -> tuple[int, int | None]:
    """When, in microseconds, and within how many milliseconds: not known for a crossing worked out between two fixes."""
    if not isinstance(body, dict) or entry.kind != "finding":
        return entry.at_us, HEARD_UNCERTAIN_MS
    interval = body.get({"entry": "first_range_us", "exit": "last_range_us"}.get(str(body["event"]), "")) or body.get(
        "interval_us"
    )
    if interval and interval[0] is not None and interval[1] is not None and interval[0] != interval[1]:
        return int(body["at_us"]), (int(interval[1]) - int(interval[0])) // 1000
    return int(body["at_us"]), None


def _silence(body: dict[str, Any], entry: Entry, lost: dict[str, int]) -> tuple[int, int, dict[str, Any]] | None:
    mover, event = str(body["mover"]), body["event"]
    if event == "lost":
        lost[mover] = int(body["at_us"])
        return None
    if event not in ("returned", "closed") or mover not in lost:
        return None
    start_us = lost.pop(mover)
    row = {
        "at": at(start_us),
        "uncertainty_ms": 0,
        "index": entry.index,
        "kind": "gap",
        "who": "node",
        "says": f"no report of {mover} from {at(start_us)} to {at(entry.at_us)}",
        "evidence": [],
        "gap": {"from": at(start_us), "to": at(entry.at_us)},
    }
    return start_us + 1, entry.index, row
