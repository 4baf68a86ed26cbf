"""The custody chain in words, and statements that came as messages turned into hops.

No sentence here says that anybody is safe. Where nobody states that the last unit was told, the sentence ends with that.
"""

from typing import Final

from openline.clock import NS_PER_US, to_rfc3339
from openline.errors import Refused
from openline.line.custody import HOWS, Chain, End, Grade, Hop, How, Station, ends, not_told, same_name, stations, status
from openline.line.custody_after import recalling
from openline.line.precedence import Timers
from openline.line.readback import confirms
from openline.line.templates.slots import Params

DAY_US: Final = 86_400_000_000
STATEMENTS: Final = ("seen", "passed_on", "acted")
HOW_WORDS: Final[dict[How, str]] = {
    "line": "the line",
    "radio": "radio",
    "phone": "telephone",
    "runner": "a runner",
    "paper": "paper",
    "guest_link": "a guest link",
}


# ── In words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def headline(chain: Chain, own: str, now_us: int, timers: Timers | None = None, after: Chain | None = None) -> str:
    """What the board says of the mover: "mover not warned; last confirmed hop: counterpart officer 14:02Z; unit unknown".

    `after` is the chain of what replaced it or took it back: of that a unit that was told may not know.
    """
    return f"{_standing(chain, after)}; last confirmed hop: {last_confirmed(chain, own, now_us, timers)}"


def _standing(chain: Chain, after: Chain | None) -> str:
    state = status(chain)
    said = {"not warned": "mover not warned", "partly told": "mover partly warned", "told": "passed on to the unit"}[state]
    if chain.recalls:
        return withdrawn(chain)
    if chain.closed_why == "withdrawn":
        return withdrawn(recalling(chain, chain) if after is None else after)
    return f"replaced by a correction; {said}" if chain.closed_why == "superseded" else said


def withdrawn(recall: Chain) -> str:
    """How many of those who were told of what was taken back are not known to know; that nobody is left says nobody is safe."""
    unknown = len(not_told(recall))
    if not recall.units:
        return "withdrawn; nobody is known to have been told of it"
    if not unknown:
        return "withdrawn; every unit that is known to have been told of it is said to know"
    many = "1 unit that was told of it is" if unknown == 1 else f"{unknown} units that were told of it are"
    return f"withdrawn; {many} not known to know"


def last_confirmed(chain: Chain, own: str, now_us: int, timers: Timers | None = None) -> str:
    """The end of each branch with its time and who says so, and which unit is not known to be told.

    `own` is the party that reads it, so that the other's desk is "counterpart officer" and its own "our officer".
    """
    tree = {station.name: station for station in stations(chain)}
    said = [_said(end, tree[end.station], chain, own, now_us) for end in ends(chain, now_us, timers)]
    missing = not_told(chain)
    if missing:
        said.append("unit unknown" if missing == ("",) else f"not told: {', '.join(missing)}")
    return "; ".join(said)


def _said(end: End, station: Station, chain: Chain, own: str, now_us: int) -> str:
    if not station.hops:
        return "nobody"
    if end.standing == "unit":
        return _unit_said(station, now_us)
    hop = _best(station)
    said = f"{_label(station, hop, chain, own)} {clock(hop.at_us, now_us)}"
    if end.standing == "stopped":
        said += f", stopped {clock(end.since_us, now_us)} ({end.why})"
    acted = station.first("acted")
    return said if acted is None else f"{said}, reported: {acted.detail or 'acted'} {clock(acted.at_us, now_us)}"


def _unit_said(station: Station, now_us: int) -> str:
    passed, acted = station.first("passed_on"), station.first("acted")
    assert passed is not None
    said = f"unit {station.name} told {clock(passed.at_us, now_us)} by {HOW_WORDS[passed.how]}, says {passed.says}"
    if acted is None:
        return f"{said}; not known to have acted"
    return f"{said}; reported: {acted.detail or 'acted'} {clock(acted.at_us, now_us)}, says {acted.says}"


def _best(station: Station) -> Hop:
    """The newest statement of a person; else the newest of a machine."""
    people = [hop for hop in station.hops if hop.grade != "stored"]
    return (people or list(station.hops))[-1]


def _label(station: Station, hop: Hop, chain: Chain, own: str) -> str:
    for party in (chain.receiver, chain.sender):
        if same_name(station.name, party):
            whose = "our" if party == own else "counterpart"
            return f"{whose} {'node' if hop.grade == 'stored' and not hop.stopped else 'officer'}"
    return station.name


def clock(at_us: int, now_us: int) -> str:
    """14:02Z, with its date where that is not the day it is now."""
    text = to_rfc3339(at_us // 60_000_000 * 60_000_000 * NS_PER_US, digits=0)
    moment = f"{text[11:16]}Z"
    return moment if at_us // DAY_US == now_us // DAY_US else f"{text[:10]} {moment}"


# ── From messages ────────────────────────────────────────────────────────────────────────────────────────────────────


def stored_hop(chain: Chain, at_us: int, heard_us: int, source: str) -> Hop:
    """What a receipt states: the receiver's node has it, and nothing more."""
    return Hop(
        to=chain.receiver,
        via=chain.sender,
        grade="stored",
        at_us=at_us,
        heard_us=heard_us,
        says=f"{chain.receiver}, its node",
        source=source,
    )


def hops_of(chain: Chain, kind: str, params: Params, heard_us: int, source: str) -> tuple[Hop, ...]:
    """The hops that a `seen`, `passed_on` or `acted` of the receiver states; a read-back states none until it was compared.

    A `passed_on` gives one hop for the passing-on, and one more where it says how far it got there ("seen", "understood").
    Raises `Refused` where a slot that its type must have is missing or is not of that kind.
    """
    if kind not in STATEMENTS:
        raise Refused("type", kind, ", ".join(STATEMENTS))
    says = f"{_text(params, 'who')}, {_text(params, 'role')}"
    if kind == "passed_on":
        return _passed(chain, params, heard_us, source, says)
    if kind == "acted":
        at_us = _time(params, "acted_us" if "acted_us" in params else "at_us")
        words = _text(params, "what").replace("_", " ")
        if "detail_text" in params:
            words = f"{words} ({_text(params, 'detail_text')})"
        unit = _text(params, "unit")
        hop = Hop(to=unit, grade="acted", at_us=at_us, heard_us=heard_us, says=says, last=True, detail=words, source=source)
        return (hop,)
    return (_at_the_desk(chain, "seen", params, heard_us, source),)


def understood_hop(chain: Chain, understood: Params, result: Params, heard_us: int, source: str) -> Hop | None:
    """The hop of a read-back that the sender's node compared and found to agree; None while it is not confirmed."""
    return _at_the_desk(chain, "understood", understood, heard_us, source) if confirms(result) else None


def _at_the_desk(chain: Chain, grade: Grade, params: Params, heard_us: int, source: str) -> Hop:
    return Hop(
        to=chain.receiver,
        via=chain.sender,
        grade=grade,
        at_us=_time(params, "at_us"),
        heard_us=heard_us,
        says=f"{_text(params, 'who')}, {_text(params, 'role')}",
        source=source,
    )


def _passed(chain: Chain, params: Params, heard_us: int, source: str, says: str) -> tuple[Hop, ...]:
    via = _text(params, "from_unit") if "from_unit" in params else chain.receiver
    unit, how = _text(params, "unit"), _how(params)
    if _text(params, "result") == "stopped":
        why = _text(params, "stopped_choice").replace("_", " ") if "stopped_choice" in params else "no reason given"
        at_us = _time(params, "stopped_us" if "stopped_us" in params else "at_us")
        stop = Hop(
            to=unit,
            via="" if same_name(unit, via) else via,
            grade="stored",
            at_us=at_us,
            heard_us=heard_us,
            says=says,
            how=how,
            stopped=why,
            source=source,
        )
        return (stop,)
    at_us = _time(params, "told_us" if "told_us" in params else "at_us")
    passed = Hop(
        to=unit,
        via=via,
        grade="passed_on",
        at_us=at_us,
        heard_us=heard_us,
        says=says,
        how=how,
        by=_text(params, "by_text") if "by_text" in params else says,
        last=params.get("last_choice") == "last_unit",
        source=source,
    )
    further: dict[object, Grade] = {"seen": "seen", "understood": "understood"}
    grade = further.get(params.get("grade_choice"))
    if grade is None:
        return (passed,)
    return passed, Hop(
        to=unit, grade=grade, at_us=at_us, heard_us=heard_us, says=says, how=how, last=passed.last, source=source
    )


def _how(params: Params) -> How:
    for how in HOWS:
        if params.get("how") == how:
            return how
    raise Refused("how", params.get("how"), ", ".join(HOWS))


def _text(params: Params, name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(name, value, "a text")
    return value


def _time(params: Params, name: str) -> int:
    value = params.get(name)
    if type(value) is not int:
        raise Refused(name, value, "µs since 1970")
    return value
