"""The custody chain of one notice: who is said to have it, station by station, down to the unit that can act.

    Rule 1  A statement says only itself. No grade follows from another, none from a receipt, none from time that passed.
    Rule 2  The mover is not warned until somebody states that it was passed on to the last unit. That the unit was told is
            not that it acted, and neither is that anybody is safe: this file has no such word.
    Rule 3  It is a tree: one desk may tell several units. A branch that ends short of a unit is a dead end.
    Rule 4  What happened outside the line (radio, telephone, a runner) is entered by hand, with the person who says so.
    Rule 5  A statement is taken back by another, never removed; the mover is then as little warned as before it.

Both sides, and a judge with the record, run it over the same statements. R46, R85, R86, R87.
"""

import re
from typing import Final, Literal, get_args

import msgspec

from openline.errors import Refused
from openline.line.cleaning import clean
from openline.line.precedence import DEFAULTS, US_PER_S, Precedence, Timers
from openline.line.templates.slots import Params

Grade = Literal["stored", "seen", "understood", "passed_on", "acted"]
How = Literal["line", "radio", "phone", "runner", "paper", "guest_link"]
Status = Literal["not warned", "partly told", "told"]
Standing = Literal["waiting", "overdue", "stopped", "unit"]

GRADES: Final[tuple[Grade, ...]] = get_args(Grade)
HOWS: Final[tuple[How, ...]] = get_args(How)
BEFORE_START_S: Final = 3_600  # R86: one hour before a reservation begins, and again when it does
HOPS_MAX: Final = 500
UNITS_MAX: Final = 50
NAME_CHARS_MAX: Final = 80
UNITS_SLOT: Final = "addressed_unit"
BETWEEN_UNITS: Final = re.compile("[,;،]")
DETAIL_CHARS_MAX: Final = 500


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One statement about one station: that the notice is `grade` there, or that it stopped there.

    `at_us` is when that was, by whoever says so; `heard_us` when we recorded it. `source` names the message it came in, and
    is empty for what was entered by hand.
    """

    to: str
    grade: Grade
    at_us: int
    heard_us: int
    says: str
    how: How = "line"
    via: str = ""
    """The station it came from, empty where nobody says."""
    by: str = ""
    """Who carried it or passed it on."""
    last: bool = False
    """Whether `to` is a unit that can act, or the mover itself; else a station on the way."""
    stopped: str = ""
    """Why it went no further than `to`, where that is what is stated."""
    detail: str = ""
    source: str = ""
    number: int = 0
    taken_back_us: int | None = None
    taken_back_by: str = ""
    taken_back_why: str = ""

    @property
    def by_hand(self) -> bool:
        """Whether an operator entered it."""
        return not self.source

    @property
    def counts(self) -> bool:
        """Whether it still stands."""
        return self.taken_back_us is None


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """The custody of one notice. `units` are those that must hold it, as far as known; empty means that nobody knows.

    `starts_us` is when a reservation or movement begins; None for what is urgent now. `held` are units that were told of what
    it corrects. `recalls`: it takes another notice back, and `units` are those that were told of that one.
    """

    notice: str
    sender: str
    receiver: str
    opened_us: int
    precedence: Precedence = "routine"
    units: tuple[str, ...] = ()
    starts_us: int | None = None
    closed_us: int | None = None
    closed_why: str = ""
    hops: tuple[Hop, ...] = ()
    held: tuple[str, ...] = ()
    recalls: bool = False


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """One place in the tree, with everything still stated of it. `hops` may be empty: a station that others passed through."""

    name: str
    via: str
    last: bool
    hops: tuple[Hop, ...]

    def first(self, grade: Grade) -> Hop | None:
        """The first statement of this grade, a stop left aside."""
        return next((hop for hop in self.hops if hop.grade == grade and not hop.stopped), None)


class End(msgspec.Struct, frozen=True):
    """Where a branch ends, and how. Red ones are dead ends: stopped, or nothing passed on in time."""

    station: str
    standing: Standing
    since_us: int
    why: str = ""

    @property
    def red(self) -> bool:
        """Whether the board shows a dead end."""
        return self.standing in ("stopped", "overdue")


class Due(msgspec.Struct, frozen=True):
    """What should have come by now, since when, and of which unit (empty: of the counterpart, or of a unit nobody named)."""

    what: Literal["stored", "seen", "passed_on", "passed_on_before_start", "passed_on_at_start"]
    since_us: int
    unit: str = ""


# ── Changing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def open_chain(
    notice: str,
    sender: str,
    receiver: str,
    opened_us: int,
    precedence: Precedence = "routine",
    units: tuple[str, ...] = (),
    starts_us: int | None = None,
) -> Chain:
    """The chain of a notice that was just queued: nobody has it, nobody is warned. Raises `Refused` for bad names."""
    chain = Chain(
        notice=notice, sender=sender, receiver=receiver, opened_us=opened_us, precedence=precedence, starts_us=starts_us
    )
    return with_units(chain, units)


def with_units(chain: Chain, units: tuple[str, ...]) -> Chain:
    """The chain with these units that must hold its notice, each once. Raises `Refused`: too many, or a name that is none."""
    if len(units) > UNITS_MAX:
        raise Refused("units", len(units), f"at most {UNITS_MAX}")
    names: dict[str, str] = {}
    for unit in units:
        name = _name("units", unit)
        names.setdefault(_key(name), name)
    return msgspec.structs.replace(chain, units=tuple(names.values()))


def units_of(params: Params) -> tuple[str, ...]:
    """The units that a message itself names as those that must be told, so that both sides begin with the same list.

    Never refused: a warning may not be lost over a name. What is too long to be one is cut, so that it stays not told.
    """
    said = params.get(UNITS_SLOT)
    if not isinstance(said, str):
        return ()
    names = [name for name in map(unit_name, BETWEEN_UNITS.split(said)) if name]
    return tuple(names) if len(names) <= UNITS_MAX else (unit_name(said),)


def unit_name(text: str) -> str:
    """A text as the name of a unit, cut where it is longer than one."""
    cleaned = clean(text[:NAME_CHARS_MAX], "units", 4 * NAME_CHARS_MAX, one_line=True)  # composing may make it longer
    return cleaned[:NAME_CHARS_MAX].strip()


def add(chain: Chain, hop: Hop) -> Chain:
    """The chain with one more statement. The same statement of the same message again changes nothing.

    Raises `Refused`: a name that is none, a statement nobody makes, a passing-on without who did it, too many.
    """
    if hop.grade not in GRADES or hop.how not in HOWS:
        raise Refused("hop", (hop.grade, hop.how), f"{', '.join(GRADES)}; by {', '.join(HOWS)}")
    if not hop.says.strip():
        raise Refused("says", hop.says, "who says so: a person, and in which role")
    if hop.grade == "passed_on" and not (hop.by.strip() or hop.stopped):
        raise Refused("by", hop.by, "who passed it on")
    if len(chain.hops) >= HOPS_MAX:
        raise Refused("hops", len(chain.hops), f"at most {HOPS_MAX} statements on one notice")
    tidy = msgspec.structs.replace(
        hop,
        number=len(chain.hops) + 1,
        to=_name("to", hop.to),
        via=_name("via", hop.via) if hop.via else "",
        by=clean(hop.by, "by", NAME_CHARS_MAX, one_line=True),
        says=clean(hop.says, "says", 2 * NAME_CHARS_MAX + 2, one_line=True),
        stopped=clean(hop.stopped, "stopped", DETAIL_CHARS_MAX, one_line=True),
        detail=clean(hop.detail, "detail", DETAIL_CHARS_MAX),
        taken_back_us=None,
        taken_back_by="",
        taken_back_why="",
    )
    if tidy.source and any(_same(tidy, other) for other in chain.hops):
        return chain
    return msgspec.structs.replace(chain, hops=(*chain.hops, tidy))


def take_back(chain: Chain, number: int, at_us: int, by: str, why: str = "") -> Chain:
    """The chain after somebody said that statement `number` was not so. Raises `Refused` where there is none, or nobody."""
    if not any(hop.number == number and hop.counts for hop in chain.hops):
        raise Refused("number", number, "a statement of this chain that still stands")
    who = clean(by, "by", NAME_CHARS_MAX, one_line=True)
    if not who:
        raise Refused("by", by, "who takes it back")
    taken = (
        msgspec.structs.replace(hop, taken_back_us=at_us, taken_back_by=who, taken_back_why=why)
        if hop.number == number
        else hop
        for hop in chain.hops
    )
    return msgspec.structs.replace(chain, hops=tuple(taken))


def close(chain: Chain, at_us: int, why: str) -> Chain:
    """The chain after its notice was withdrawn, replaced or ran out. Nothing is due any more; nobody becomes warned by it."""
    return msgspec.structs.replace(chain, closed_us=at_us, closed_why=clean(why, "why", DETAIL_CHARS_MAX, one_line=True))


def _name(field: str, value: str) -> str:
    name = clean(value, field, NAME_CHARS_MAX, one_line=True)
    if not name:
        raise Refused(field, value, f"1 to {NAME_CHARS_MAX} characters")
    return name


def _same(hop: Hop, other: Hop) -> bool:
    plain = msgspec.structs.replace(
        other, number=hop.number, heard_us=hop.heard_us, taken_back_us=None, taken_back_by="", taken_back_why=""
    )
    return plain == hop


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def same_name(one: str, other: str) -> bool:
    """Whether two names mean one station: case and spaces apart."""
    return _key(one) == _key(other)


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def stations(chain: Chain) -> tuple[Station, ...]:
    """The tree, sender first, then the receiver's desk, then in the order first heard of; each knows the one before it."""
    order = {_key(chain.sender): chain.sender}
    via = {_key(chain.sender): ""}
    order.setdefault(_key(chain.receiver), chain.receiver)
    via.setdefault(_key(chain.receiver), chain.sender)
    standing = [hop for hop in chain.hops if hop.counts]
    for hop in standing:
        for name in (hop.via, hop.to):
            if name:
                order.setdefault(_key(name), name)
        if hop.via and _key(hop.to) not in via and not _below(_key(hop.via), _key(hop.to), via):
            via[_key(hop.to)] = order[_key(hop.via)]
    hops: dict[str, list[Hop]] = {key: [] for key in order}
    for hop in standing:
        hops[_key(hop.to)].append(hop)
    return tuple(
        Station(name=name, via=via.get(key, ""), last=any(hop.last for hop in hops[key]), hops=tuple(hops[key]))
        for key, name in order.items()
    )


def _below(station: str, above: str, via: dict[str, str]) -> bool:
    """Whether `station` was reached through `above`: two desks that each name the other make no circle."""
    while station:
        if station == above:
            return True
        station = _key(via.get(station, ""))
    return False


def told(chain: Chain) -> tuple[Station, ...]:
    """The last units that somebody states it was passed on to."""
    return tuple(station for station in stations(chain) if _told(station) is not None)


def _told(station: Station) -> Hop | None:
    return next((hop for hop in station.hops if _tells(hop)), None)


def _tells(hop: Hop) -> bool:
    """Whether a statement says that a last unit was told: this, and nothing else, is what warns a mover."""
    return _passed(hop) and hop.last


def _passed(hop: Hop) -> bool:
    return hop.counts and hop.grade == "passed_on" and not hop.stopped


def not_told(chain: Chain) -> tuple[str, ...]:
    """The units that must hold it and of which nobody states that they were told. ("",) where nobody knows which they are."""
    reached = {_key(hop.to) for hop in chain.hops if _tells(hop) or (chain.recalls and _passed(hop))}
    if not chain.units:
        return () if reached or chain.recalls else ("",)
    return tuple(unit for unit in chain.units if _key(unit) not in reached)


def status(chain: Chain) -> Status:
    """How far the mover is warned. "told" is a statement of somebody, and says nothing of acting or of being safe."""
    missing = not_told(chain)
    if not missing:
        return "told"
    return "partly told" if chain.units and len(missing) < len(chain.units) else "not warned"


def ends(chain: Chain, now_us: int, timers: Timers | None = None) -> tuple[End, ...]:
    """How each branch ends, in the order of `stations`; the sender's own desk, while nobody else is said to have it."""
    within_us = (timers or DEFAULTS[chain.precedence]).answer_s * US_PER_S
    onward: dict[str, list[Hop]] = {}
    for hop in chain.hops:
        if hop.counts and not same_name(hop.via, hop.to):
            onward.setdefault(_key(hop.via), []).append(hop)
    found = [end for one in stations(chain) for end in _end(one, onward.get(_key(one.name), []), now_us, within_us)]
    return tuple(found) or (_open_end(chain.sender, chain.opened_us, now_us, within_us),)


def _end(station: Station, onward: list[Hop], now_us: int, within_us: int) -> list[End]:
    """The end of the branch at a station, or none; `onward` are the statements of what came from there."""
    if not station.hops:
        return []
    stop = next((hop for hop in reversed(station.hops) if hop.stopped), None)
    if stop is not None and not any(hop.number > stop.number for hop in onward):
        return [End(station.name, "stopped", stop.at_us, stop.stopped)]
    passed = _told(station)
    if passed is not None:
        return [End(station.name, "unit", passed.at_us)]
    if onward:
        return []
    return [_open_end(station.name, min(hop.heard_us for hop in station.hops), now_us, within_us)]


def _open_end(station: str, since_us: int, now_us: int, within_us: int) -> End:
    return End(station, "overdue" if now_us >= since_us + within_us else "waiting", since_us)


def due(chain: Chain, now_us: int, timers: Timers | None = None) -> tuple[Due, ...]:
    """What should have come by `now_us` and has not, oldest first. It changes nothing: silence is no event.

    A reservation that not every unit is told of is raised an hour before it begins and again when it does, by whichever
    node asks: both have the same chain (R86).
    """
    if chain.closed_us is not None:
        return ()
    limit = timers or DEFAULTS[chain.precedence]
    missing = not_told(chain)
    stated = {hop.grade for hop in chain.hops if hop.counts and _through(hop, chain.receiver)}
    items: list[Due] = []
    if not stated:
        items.append(Due("stored", chain.opened_us + limit.receipt_s * US_PER_S))
    if not stated - {"stored"}:
        items.append(Due("seen", chain.opened_us + limit.seen_s * US_PER_S))
    items += [Due("passed_on", chain.opened_us + limit.answer_s * US_PER_S, unit) for unit in missing]
    if chain.starts_us is not None:
        items += [Due("passed_on_before_start", chain.starts_us - BEFORE_START_S * US_PER_S, unit) for unit in missing]
        items += [Due("passed_on_at_start", chain.starts_us, unit) for unit in missing]
    return tuple(sorted((item for item in items if item.since_us <= now_us), key=lambda item: item.since_us))


def _through(hop: Hop, desk: str) -> bool:
    """Whether a statement is about this desk, or about what it passed on."""
    return same_name(hop.to, desk) or same_name(hop.via, desk)
