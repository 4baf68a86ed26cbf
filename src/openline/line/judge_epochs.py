"""A log that goes on under a new name, held against what others saw of it under the one before: what it admits and hides."""

from collections.abc import Iterable
from typing import Final

import msgspec

from openline.line.judge_papers import Papers
from openline.line.judge_said import Evidence, Finding
from openline.record.entry import INT_LIMIT
from openline.record.witness import epoch_of, is_log_of

SHOWN_MAX: Final = 4


class Former(msgspec.Struct, frozen=True):
    """A name the log had before: it went on from its first `size` entries under `name`, as the entry `index` says."""

    origin: str
    name: str
    size: int
    index: int


class Seen(msgspec.Struct, frozen=True):
    """What somebody saw of a log: so many entries, with this root."""

    origin: str
    size: int
    root: bytes
    where: Evidence


def formers(owner: Papers) -> dict[str, Former]:
    """The names that the record itself says the log had before, from the newest back, each once."""
    found: dict[str, Former] = {}
    name = owner.opened.head.origin
    for body in reversed(owner.bodies["log"]):
        before, size = body.says.get("before"), body.says.get("size")
        sound = isinstance(before, str) and type(size) is int and 0 <= size <= min(body.index, INT_LIMIT)
        if sound and body.says.get("name") == name and _epoch(owner.party, str(before)) < _epoch(owner.party, name):
            found[str(before)] = Former(str(before), name, int(str(size)), body.index)
            name = str(before)
    return found


def judged(owner: Papers, seen: Iterable[Seen], roots: dict[int, bytes]) -> list[Finding]:
    """What others saw signed under earlier names. `roots`: of the entries in the bundle, by size."""
    known, origin = formers(owner), owner.opened.head.origin
    findings: list[Finding] = []
    by_name: dict[str, list[Seen]] = {}
    for one in seen:
        if is_log_of(owner.party, one.origin) and _epoch(owner.party, one.origin) < _epoch(owner.party, origin):
            by_name.setdefault(one.origin, []).append(one)
    for name, heads in sorted(by_name.items()):
        if name not in known:
            findings.append(_silent(owner, name, heads))
            continue
        former = known[name]
        wrong = [one for one in heads if one.size <= former.size and roots.get(one.size, one.root) != one.root]
        if wrong:
            findings.append(_rewritten(owner, former, wrong))
        lost = max((one for one in heads if one.size > former.size), key=lambda one: one.size, default=None)
        if lost is not None:
            findings.append(_lost(owner, former, lost))
    return findings


def _silent(owner: Papers, name: str, heads: list[Seen]) -> Finding:
    where = tuple(one.where for one in heads[:SHOWN_MAX])
    says = f"it signed a log of the name {name}; the log of its bundle has another name, and "
    if owner.lacks("log"):
        return Finding(grade="untold", topic="log", party=owner.party, says=says + "why cannot be told", evidence=where)
    return Finding(grade="contradicted", topic="log", party=owner.party, says=says + "does not say why", evidence=where)


def _rewritten(owner: Papers, former: Former, wrong: list[Seen]) -> Finding:
    says = f"its record is not the one it signed as {former.origin}: its first {wrong[0].size} entries are not what they were"
    admits = owner.at(former.index, f"it says itself that it goes on from the first {former.size} entries of {former.origin}")
    where = (*(one.where for one in wrong[:SHOWN_MAX]), admits)
    return Finding(grade="contradicted", topic="log", party=owner.party, says=says, evidence=where)


def _lost(owner: Papers, former: Former, lost: Seen) -> Finding:
    says = f"its log was put back, known and admitted: {former.origin} had {lost.size} entries as others saw; it goes on from"
    says += f" the first {former.size} as {former.name} and says so; what stood after them there is lost, or not shown"
    where = (lost.where, owner.at(former.index, f"it says itself that {former.origin} stopped after {former.size} entries"))
    return Finding(grade="untold", topic="log", party=owner.party, says=says, evidence=where)


def _epoch(party: str, origin: str) -> int:
    return epoch_of(origin) if is_log_of(party, origin) else 0
