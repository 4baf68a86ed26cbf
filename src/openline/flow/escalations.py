"""The escalations that run, and what goes to people outside the console: state of the flow, turned by the clock.

Each thing that is due has one escalation; its policy is frozen when it begins. A message over one path has a key that is never
used twice, and what became of each try of it comes back as an input. Nothing is sent here: a message is an output that the
shell keeps where it waits, in the transaction that records it.
"""

from collections.abc import Collection
from typing import Any, Final

import msgspec

from openline.line.escalation import Item, Path, Policy

REST_US: Final = 600_000_000  # what comes back within this goes on where it was: a line that flaps tells nobody twice
RUNNING_MAX: Final = 2_000  # of each severity; more at once are one crisis, and everybody has been told of it
PER_MINUTE_MAX: Final = 10  # messages over one path: what is more waits, and goes together
LISTED_MAX: Final = 100  # escalations that one entry names


class Escalation(msgspec.Struct):
    """One thing that is due, and how far it has got."""

    id: str
    item: Item
    policy: Policy
    hash: str
    since_us: int  # steps count from here: when it was due, or due again
    round: int = 0
    step: int = -1  # the last that was taken
    fired: dict[str, str] = {}  # "step/path" → the key of its message
    late: list[int] = []
    instead: dict[str, str] = {}  # "step/path" that takes the place of a path that failed → that path
    acknowledged_by: str = ""
    acknowledged_us: int = 0
    ended_us: int | None = None

    @property
    def runs(self) -> bool:
        """Whether anybody more may be told of it."""
        return self.ended_us is None and not self.acknowledged_by

    @property
    def ref(self) -> tuple[str, ...]:
        """What entries about it refer to."""
        return (*self.item.ref, f"escalation:{self.id}")

    @property
    def name(self) -> str:
        """Its id with its round, as keys have it."""
        return f"{self.id}.{self.round + 1}" if self.round else self.id


class Delivery(msgspec.Struct):
    """One message over one path. `covers`: the names of the items it tells of; `state` is of its newest try."""

    key: str
    path: str
    to: str
    step: int
    covers: tuple[str, ...]
    subject: str
    text: str
    severity: str
    exercise: bool
    at_us: int
    attempt: int = 1
    state: str = "queued"
    why: str = ""
    next_us: int = 0
    unknown: bool = False  # of an earlier try nobody knows whether it arrived

    @property
    def waits(self) -> bool:
        """Whether it will still be tried, unless it is taken back."""
        return self.state in ("queued", "again")


Event = tuple[Item, Policy | None]
"""Something that happened, and a policy of its own or None."""


class Escalations:
    """All of them."""

    def __init__(self) -> None:
        self.running: dict[str, Escalation] = {}  # by the name of its item
        self.deliveries: dict[str, Delivery] = {}  # by key
        self.events: dict[str, Event] = {}  # what happened and does not last: a clock, a trial
        self.began_us: dict[str, int] = {}  # of what is due only after it has lasted
        self.number = 0
        self.spent: dict[str, tuple[int, int]] = {}  # by path: the minute, and messages in it
        self.turned_away: dict[str, int] = {}  # by severity, at the limit, since it was said last
        self.said_us = 0

    def by_id(self, id: str) -> Escalation | None:
        """An escalation by the id that screens and messages show."""
        return next((one for one in self.running.values() if one.id == id), None)

    def spend(self, path: str, now_us: int, wanted: int) -> int:
        """How many messages may go over a path in this minute, of those wanted; they are counted."""
        minute = now_us // 60_000_000
        at, count = self.spent.get(path, (minute, 0))
        count = count if at == minute else 0
        going = max(0, min(wanted, PER_MINUTE_MAX - count))
        self.spent[path] = minute, count + going
        return going

    def withdrawn(self, names: Collection[str]) -> list[Delivery]:
        """Take back what waits and tells of nothing any more; `names` are those of items that were ended or acknowledged."""
        found = []
        for one in self.deliveries.values():
            told = (self.running.get(name) for name in one.covers)
            if one.waits and any(name in names for name in one.covers) and not any(each and each.runs for each in told):
                one.state = "not needed"
                found.append(one)
        return found

    def sweep(self, now_us: int) -> None:
        """Forget what ended long ago, and messages of nothing that is remembered."""
        gone = [name for name, one in self.running.items() if one.ended_us is not None and now_us - one.ended_us > REST_US]
        for name in gone:
            del self.running[name]
            self.events.pop(name, None)
        if gone:
            kept = self.running.keys()
            self.deliveries = {
                key: one for key, one in self.deliveries.items() if one.waits or any(name in kept for name in one.covers)
            }


def body_of(escalation: Escalation, what: str, now_us: int, **more: Any) -> dict[str, Any]:
    """What an entry says of an escalation."""
    item = escalation.item
    about = {"line": item.line, "party": item.party, "talk": item.talk, "unit": item.unit}
    return {
        "what": what,
        "escalation": escalation.name,
        "due": item.what,
        "severity": item.severity,
        "since_us": item.since_us,
        "at_us": now_us,
        **{key: value for key, value in about.items() if value},
        **more,
    }


def body_of_delivery(one: Delivery, what: str, now_us: int, **more: Any) -> dict[str, Any]:
    """What an entry says of a message over a path."""
    body = {"what": what, "key": one.key, "path": one.path, "to": one.to, "step": one.step, "attempt": one.attempt}
    return body | {"at_us": now_us, **({"covers": len(one.covers)} if len(one.covers) > 1 else {}), **more}


def path_of(escalation: Escalation, name: str) -> Path:
    """A path as it was when the escalation began."""
    found = escalation.policy.path(name)
    assert found is not None, "an escalation tells only over the paths of its policy"
    return found
