"""Who was told of what is due, in the words of docs/api.md."""

from typing import Any, Final

from openline.flow.escalations import Delivery, Escalation, Escalations
from openline.node.shown.lines import when

SHOWN_MAX: Final = 200
WORDS: Final = {"queued": "waiting", "again": "waiting", "accepted": "sent", "unknown": "not known"}
"""Of a message nobody here knows more than that it was sent."""


class EscalationViews:
    """Tells screens of those that changed since they were told last: one message may tell of several of them."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, Any]] = {}

    def frames(self, book: Escalations) -> list[dict[str, Any]]:
        """`escalation` frames."""
        told, self._told = self._told, {one["id"]: one for one in escalations_view(book)}
        return [{"type": "escalation", "data": one} for id, one in self._told.items() if told.get(id) != one]


def escalations_view(book: Escalations) -> list[dict[str, Any]]:
    """The newest of them that are not over."""
    return [escalation_view(book, one) for one in book.running.values() if one.ended_us is None][-SHOWN_MAX:]


def escalation_view(book: Escalations, one: Escalation) -> dict[str, Any]:
    """One Escalation."""
    item = one.item
    made = [book.deliveries[key] for key in dict.fromkeys(one.fired.values()) if key in book.deliveries]
    return {
        "id": one.id,
        "due": item.what,
        "severity": item.severity,
        "exercise": item.exercise,
        "line": item.line or None,
        "party": item.party or None,
        "talk": item.talk or None,
        "unit": item.unit or None,
        "since": when(item.since_us),
        "step": one.step + 1,
        "steps": len(one.policy.steps),
        "acknowledged_by": one.acknowledged_by or None,
        "ended": when(one.ended_us),
        "told": [_told(each) for each in made],
    }


def _told(one: Delivery) -> dict[str, Any]:
    return {
        "key": one.key,
        "path": one.path,
        "to": one.to,
        "state": WORDS.get(one.state, one.state),
        "attempt": one.attempt,
        "at": when(one.at_us),
        "why": one.why or None,
    }
