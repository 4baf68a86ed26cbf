"""What is due on every line, as things a person outside the console can be told of: of a message, of the line, of the clock."""

from collections.abc import Iterator
from typing import Any

import msgspec

from openline.flow.line import Line
from openline.flow.state import State
from openline.flow.talk import Raised, Talk
from openline.line import escalation as rules
from openline.line.escalation import US_PER_S, Item
from openline.line.escalation_words import WHY_CHARS_MAX

LINK: str = "link"


class Found(msgspec.Struct, frozen=True, gc=False):
    """Something that is due on a line; of a message, or of the line itself. Made an `Item` only where it is new."""

    line: Line
    what: str
    since_us: int
    due_us: int
    talk: Talk | None = None
    raised: Raised | None = None
    why: str = ""


def overdue(state: State, now_us: int) -> Iterator[tuple[str, Found]]:
    """Everything that is due by now on every line, each under a name of its own that stays as long as it does."""
    began_us = state.escalations.began_us
    lasting: set[str] = set()
    for line in state.lines.values():
        for talk in line.talks.values():
            for key, raised in talk.raised.items():
                yield f"{line.party} {talk.id} {key}", Found(line, raised.what, raised.since_us, raised.since_us, talk, raised)
        for key, what, why in _troubles(line):
            name = f"{line.party} {key}"
            lasting.add(name)
            since_us = began_us.setdefault(name, now_us)
            due_us = since_us + (state.rules.escalation.link_s * US_PER_S if key == LINK else 0)
            if due_us <= now_us:
                yield name, Found(line, what, since_us, due_us, why=why)
    for name in [one for one in began_us if one not in lasting]:
        del began_us[name]


def _troubles(line: Line) -> Iterator[tuple[str, str, str]]:
    """(key, what, why) of what is wrong with a line itself. One that was never up is no trouble: nobody has met there."""
    if line.stopped:
        yield "put back", "put_back", line.stopped
    for key, why in line.trouble.items():
        yield f"contradicts {key}", ("they_were_put_back" if key.startswith("back") else "fork"), why
    if line.clock:
        yield "clock", "clocks_differ", line.clock
    if line.link in ("silent", "down"):
        yield LINK, line.link, line.link_why


def item_of(state: State, name: str, found: Found) -> Item:
    """It as a person is told of it."""
    line, talk = found.line, found.talk
    exercise = state.rules.line.exercise
    about: dict[str, Any] = {"name": name, "what": found.what, "since_us": found.since_us, "due_us": found.due_us}
    about |= {"line": line.name, "party": line.party, "why": found.why[:WHY_CHARS_MAX]}
    if talk is None:
        return Item(**about, severity=rules.severity_of(found.what), exercise=exercise)
    kept = talk.conversation
    return Item(
        **about,
        severity=rules.severity_of(found.what, kept.precedence),
        talk=talk.id,
        kind=kept.type,
        precedence=kept.precedence,
        ours=talk.ours,
        unit="" if found.raised is None else found.raised.unit,
        sent_us=talk.said_us,
        exercise=exercise or kept.exercise,
        place=_place(talk.said["params"]),
    )


def _place(params: dict[str, Any]) -> tuple[int, int] | None:
    """The first place among the slots of a message, (lat, lon) in 1e-7 degrees."""
    for name, lat_1e7 in params.items():
        lon_1e7 = params.get(name.replace("lat_1e7", "lon_1e7"))
        if name.endswith("lat_1e7") and isinstance(lat_1e7, int) and isinstance(lon_1e7, int):
            return lat_1e7, lon_1e7
    return None
