"""Two parties' bundles held against each other, trusting neither: what is proved, contradicted, or only claimed by one of them.

    keys        each party's record says which root key of the other it compared; the other's bundle must be under it
    logs        each log against every checkpoint of it that was signed and is in the other's hands (`judge_logs`)
    lanes       each message: signed, stored, the same in both records, in one chain (`judge_lanes`)
    cores       a core that both signed, that one refused, or that one alone signed (`judge_cores`)
    statements  seen, understood, passed on, acted: that it was said is proved, that it is so is the claim of that party's node
    read-backs  that one agrees is computed again from the messages (`judge_readback`)

Both bundles were verified before; nothing here is believed because a bundle says it.
"""

from typing import Any, Final

from openline.line import judge_readback
from openline.line.judge_cores import cores, messages_held
from openline.line.judge_keys import Ring
from openline.line.judge_lanes import OneLane, Way
from openline.line.judge_logs import Log
from openline.line.judge_papers import Papers
from openline.line.judge_said import Core, Evidence, Finding, Judgement, Statement, sorted_out
from openline.line.message import Message
from openline.line.readback import Distance
from openline.record.opened import Opened

STATED: Final = ("seen", "understood", "understood.result", "answer", "passed_on", "acted", "withdrawal", "countersign")


def judge(first: Opened, second: Opened, distance_m: Distance | None = None) -> Judgement:
    """The judgement on two verified bundles: of two parties about the line between them, or of one party about its log.

    `distance_m` is what a read-back of a place is computed with; without it none is.
    """
    if first.party == second.party:
        return _same_party(first, second)
    mine, yours = Papers(first, second.party), Papers(second, first.party)
    rings = {one.party: Ring(one.opened.keys, one.opened.envelope) for one in (mine, yours)}
    for papers in (mine, yours):
        for party, envelope, where in papers.manifests:
            if party in rings:
                rings[party].add(envelope, where)
    rings[mine.party].sure, rings[yours.party].sure = yours.vouches(), mine.vouches()
    findings = [one for ring in rings.values() for one in ring.findings]
    findings += _pinned(mine, rings[yours.party]) + _pinned(yours, rings[mine.party])
    findings += _unread(mine) + _unread(yours)
    strangers = [one for one in findings if one.grade == "contradicted" and one.topic == "keys" and not one.party]
    if strangers:
        return _judged(mine.line, (mine.party, yours.party), findings)
    logs = Log(mine, yours, rings), Log(yours, mine, rings)
    ways = Way(logs[0], logs[1], rings), Way(logs[1], logs[0], rings)
    lanes = [one for way in ways for one in way.judged()]
    for part in (*logs, *ways):
        findings += part.findings
    shared = cores(lanes)
    held = messages_held(lanes)
    told = [one for lane in lanes for one in _statements(lane, held, distance_m)]
    findings += [one for _, false in told for one in false]
    findings += [_false_core(one) for one in shared if one.state == "contradicted"]
    return _judged(
        mine.line,
        (mine.party, yours.party),
        findings,
        messages_count=sum(len(one.said.rows) for one in lanes),
        receipts_count=sum(len(one.receipts) for one in lanes),
        checkpoints_count=sum(one.checked for one in logs),
        lanes=tuple(one.said for one in lanes),
        statements=tuple(stated for stated, _ in told),
        cores=shared,
    )


def _judged(about: str, parties: tuple[str, str], findings: list[Finding], **more: Any) -> Judgement:
    contradicted = any(one.grade == "contradicted" for one in findings)
    return Judgement(about=about, parties=parties, contradicted=contradicted, findings=sorted_out(findings), **more)


def _pinned(papers: Papers, ring: Ring) -> list[Finding]:
    """Whether a party's record knows the other by the root key that the other's bundle is under."""
    said = [
        (papers.at(entry, f"root key {mark[:16]}…, compared by {by}: {how}"), mark) for entry, mark, how, by in papers.pinned
    ]
    where = tuple(evidence for evidence, _ in said)
    if not said:
        says = f"its record, as far as it is here, does not show which root key of {ring.party} it compared"
        return [Finding(grade="untold", topic="keys", party=papers.party, says=says)]
    if ring.fingerprint in [mark for _, mark in said]:
        says = f"it knows {ring.party} by the root key of this bundle"
        return [Finding(grade="proved", topic="keys", party=papers.party, says=says, evidence=where)]
    says = f"{papers.party} knows {ring.party} by another root key than that of this bundle; nothing more of them is compared"
    own = Evidence(ring.party, f"root key {ring.fingerprint[:16]}…", file="keys/manifest")
    return [Finding(grade="contradicted", topic="keys", party="", says=says, evidence=(*where, own))]


def _unread(papers: Papers) -> list[Finding]:
    """What is not here to be judged: withheld, erased, left out, or not to be read."""
    found = []
    absent = sorted(index for kind, of in papers.absent.items() if kind != "act" for index in of)
    odd = dict(papers.odd)
    gone = [index for index in absent if index not in odd]
    if gone:
        says = (
            f"the content of {len(gone)} entries that may be of this line is withheld or erased: what they say cannot be told"
        )
        where = tuple(papers.at(index, "withheld or erased") for index in gone[:6])
        found.append(Finding(grade="untold", topic="object", party=papers.party, says=says, evidence=where))
    if odd:
        where = tuple(papers.at(index, why) for index, why in list(odd.items())[:6])
        says = f"{len(odd)} entries cannot be read as what they say they are"
        found.append(Finding(grade="untold", topic="object", party=papers.party, says=says, evidence=where))
    if papers.opened.gaps:
        count = sum(end - first for first, end, _ in papers.opened.gaps)
        says = f"{count} of its {papers.opened.head.size} entries are left out of its bundle: what they say cannot be told"
        found.append(Finding(grade="untold", topic="shown", party=papers.party, says=says))
    return found


# ── what people stated ───────────────────────────────────────────────────────────────────────────────────────────────


def _statements(
    lane: OneLane, held: dict[bytes, Message], distance_m: Distance | None
) -> list[tuple[Statement, list[Finding]]]:
    """What people stated in a lane, each with what contradicts it."""
    back = _taken_back(lane)
    found = []
    for row in lane.said.rows:
        for paper in lane.papers(row.seq).values():
            message: Message = paper.said
            if message.type in STATED and lane.way.good(paper):
                re, false = message.re, False
                of = "" if re is None else f"{re.from_} {re.lane}/{re.seq}"
                at_us = message.params.get("at_us")
                says = "" if message.type == "understood.result" else _in_words(message)
                if not says:
                    says, false = judge_readback.result_of(message, held, distance_m)
                stated = Statement(
                    party=message.from_,
                    type=message.type,
                    says=says,
                    at_us=at_us if isinstance(at_us, int) else message.at_us,
                    lane=message.lane,
                    seq=message.seq,
                    of=of,
                    taken_back=back.get(paper.digest, ""),
                )
                where = lane.where(paper)
                found.append((stated, [judge_readback.finding(message, says, where)] if false else []))
    return found


def _taken_back(lane: OneLane) -> dict[bytes, str]:
    """Messages of a lane that their sender took back, by their hash: `lane/number` of the withdrawal, which is of that lane."""
    papers = [paper for row in lane.said.rows if not row.refused for paper in lane.papers(row.seq).values()]
    return {
        paper.said.re.hash: f"{paper.said.lane}/{paper.said.seq}"
        for paper in papers
        if paper.said.type == "withdrawal" and paper.said.re is not None and lane.way.good(paper)
    }


def _in_words(message: Message) -> str:
    slots = {name: str(slot) for name, slot in message.params.items()}
    who = ", ".join(slots[name] for name in ("who", "role") if slots.get(name))
    by = f" by {who}" if who else ""
    unit, how, result = slots.get("unit", ""), slots.get("how", ""), slots.get("result", "")
    match message.type:
        case "seen":
            return f"on the screen of {who}"
        case "understood":
            return f"read back{by}"
        case "answer":
            return f"answered {slots.get('answer', '')}{by}"
        case "passed_on":
            return f"{'passed on to' if result == 'passed' else 'stopped at'} {unit} ({how}){by}"
        case "withdrawal":
            why = ": ".join(slots[name].replace("_", " ") for name in ("why", "reason_text") if slots.get(name))
            return f"takes that back{by} ({why})"
        case "acted":
            return f"{unit}: {slots.get('what', '')}, as reported{by}"
        case _:
            return f"{result} {'to ' if result == 'agrees' else ''}the shared core {slots.get('core', '')[:16]}…{by}"


def _false_core(core: Core) -> Finding:
    says = f"both signed the core {core.core[:16]}… of {core.conv}, and the messages that their records hold give another"
    return Finding(grade="contradicted", topic="message", party="", says=says)


# ── two bundles of one party ─────────────────────────────────────────────────────────────────────────────────────────


def _same_party(first: Opened, second: Opened) -> Judgement:
    """Two bundles of one party: one must continue the other."""
    small, large = sorted((first, second), key=lambda one: one.head.size)
    parties, about = (first.party, second.party), first.head.origin
    marks = [Evidence(one.party, f"root key {one.keys.fingerprint[:16]}…", file="keys/manifest") for one in (first, second)]
    if first.keys.fingerprint != second.keys.fingerprint:
        says = "the two bundles of this party are under different root keys"
        found = Finding(grade="contradicted", topic="keys", party="", says=says, evidence=tuple(marks))
        return _judged(about, parties, [found])
    if first.head.origin != second.head.origin:
        says = f"the bundles are of two logs, {first.head.origin} and {second.head.origin}; nothing in them can be compared"
        return _judged(about, parties, [Finding(grade="untold", topic="log", party=first.party, says=says)])
    root = large.roots({small.head.size}).get(small.head.size)
    if root is None:
        says = "what one bundle leaves out keeps it from being told whether it continues the other"
        return _judged(about, parties, [Finding(grade="untold", topic="log", party=first.party, says=says)])
    if root == small.head.root:
        return _judged(about, parties, [], checkpoints_count=1)
    held = dict(small.leaves())
    differs = next((index for index, leaf in large.leaves() if held.get(index, leaf) != leaf), None)
    where = "" if differs is None else f"; the first entry that differs is {differs}"
    says = f"it signed two different logs of the name {about}{where}"
    heads = [
        Evidence(one.party, f"{one.head.size} entries, root {one.head.root.hex()[:16]}…", differs, "log/checkpoint")
        for one in (first, second)
    ]
    return _judged(
        about, parties, [Finding(grade="contradicted", topic="log", party=first.party, says=says, evidence=tuple(heads))]
    )
