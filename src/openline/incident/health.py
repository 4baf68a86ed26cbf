"""Alarm health: how much the alarms ask of the operator, measured as the field does (EEMUA 191, R29)."""

from typing import Any, Final

from openline.clock import NS_PER_S
from openline.incident.board import Board
from openline.incident.states import State

TEN_MIN_NS: Final = 600 * NS_PER_S
HOUR_NS: Final = 3600 * NS_PER_S
STALE_NS: Final = 24 * HOUR_NS  # EEMUA 191: an alarm that stands longer than a day is stale
CHATTER: Final = 3  # rises of one alarm within a minute


def health(board: Board, now_ns: int) -> dict[str, Any]:
    """Numbers of the last ten minutes and the last hour, with what chatters and what is stale."""
    hour = [(at_ns, key) for at_ns, key in board.rises if now_ns - HOUR_NS < at_ns <= now_ns]
    ten = [key for at_ns, key in hour if at_ns > now_ns - TEN_MIN_NS]
    buckets: dict[int, int] = {}
    for at_ns, _ in hour:
        buckets[at_ns // TEN_MIN_NS] = buckets.get(at_ns // TEN_MIN_NS, 0) + 1
    minute: dict[str, int] = {}
    for at_ns, key in hour:
        if at_ns > now_ns - 60 * NS_PER_S:
            minute[key] = minute.get(key, 0) + 1
    return {
        "alarms_10min": len(ten),
        "alarms_hour": len(hour),
        "per_10min_average": round(len(hour) / 6, 1),
        "peak_10min": max(buckets.values(), default=0),
        "stale": sum(1 for a in board.alarms.values() if a.state != State.NORMAL and now_ns - a.since_ns > STALE_NS),
        "chattering": sorted(key for key, count in minute.items() if count >= CHATTER),
    }
