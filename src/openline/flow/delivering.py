"""Who is told of what is due, outside the console: turned by the clock, answered by the shell, stopped by people.

Takes: what is due on every line, the policy, what became of each try. Gives: outputs of kind `delivery`: an escalation begins,
misses a step, is acknowledged, ends; a message goes, and what came of it. Never: sends, or counts a message above "accepted".
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from openline.clock import NS_PER_US
from openline.errors import NotThere, Refused
from openline.flow import line_acts
from openline.flow.escalations import (
    LISTED_MAX,
    RUNNING_MAX,
    Delivery,
    Escalation,
    Escalations,
    Event,
    body_of,
    body_of_delivery,
    path_of,
)
from openline.flow.outputs import Outputs
from openline.flow.overdue import Found, item_of, overdue
from openline.flow.state import State
from openline.inbox import Act, Intake
from openline.line import escalation as rules
from openline.line import escalation_words as words
from openline.line.escalation import SEVERITIES, US_PER_S, Item, Policy, Severity, Step

SOURCE: Final = "delivery:"  # how an intake input names a try: delivery:KEY#ATTEMPT
CLOCK: Final = "clock:jump"
RESULTS: Final = ("accepted", "failed for now", "failed for good", "unknown")
EVENT_US: Final = 3_600_000_000  # what happened and does not last is told of for so long
LIMIT_SAID_US: Final = 60_000_000

Wanted = tuple[Escalation, int, str, str, int]
"""(escalation, step, path, the path it takes the place of or nothing, how late in seconds)"""


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def tick_escalations(state: State, now_ns: int, out: Outputs) -> None:
    """What is due, what of it is over, which steps are due, which tries are."""
    book, now_us = state.escalations, now_ns // NS_PER_US
    if not state.rules.escalation.steps and not book.running and not book.events:
        return
    _begin_and_end(state, now_us, out)
    wanted: list[Wanted] = []
    for one in book.running.values():
        if one.ended_us is None:
            _again(one, now_us, out)
        if one.runs:
            wanted += _wanted(one, now_us, out)
    _tell(state, wanted, now_us, out)
    _retry(book, now_us, out)
    book.sweep(now_us)


def _begin_and_end(state: State, now_us: int, out: Outputs) -> None:
    book = state.escalations
    counts = Counter(one.item.severity for one in book.running.values())
    standing: set[str] = set()
    for name, about in _standing(state, now_us):
        standing.add(name)
        one = book.running.get(name)
        if one is None:
            item, policy = (item_of(state, name, about), None) if isinstance(about, Found) else about
            counts[item.severity] += 1
            if counts[item.severity] <= RUNNING_MAX:
                one = _begin(book, item, policy or state.rules.escalation, now_us, out)
                if isinstance(about, Found) and about.raised is not None and about.raised.acknowledged_by:
                    one.acknowledged_by, one.acknowledged_us = about.raised.acknowledged_by, now_us
            else:
                book.turned_away[item.severity] = book.turned_away.get(item.severity, 0) + 1
        elif one.ended_us is not None:
            one.ended_us = None
            _say(one, "came back", now_us, out)
    ended = [one for name, one in book.running.items() if name not in standing and one.ended_us is None]
    for one in ended:
        one.ended_us = now_us
        _say(one, "settled", now_us, out)
    _withdraw(book, {one.item.name for one in ended}, now_us, out)
    if book.turned_away and now_us - book.said_us >= LIMIT_SAID_US:
        says = f"more than {RUNNING_MAX} things are due at once: nobody outside the console is told of the others"
        out.add("delivery", {"what": "limit", "at_us": now_us, "says": says, "counted": dict(book.turned_away)})
        book.said_us = now_us
    book.turned_away = {}


def _standing(state: State, now_us: int) -> Iterator[tuple[str, Found | Event]]:
    """What is due, and what happened and does not last."""
    events = state.escalations.events
    for name in [name for name, (item, _) in events.items() if now_us - item.due_us >= EVENT_US]:
        del events[name]
    yield from events.items()
    if state.rules.escalation.steps:
        yield from overdue(state, now_us)


def _begin(book: Escalations, item: Item, policy: Policy, now_us: int, out: Outputs) -> Escalation:
    book.number += 1
    one = Escalation(f"e{book.number}", item, policy, policy.hash, min(item.due_us, now_us))
    book.running[item.name] = one
    _say(one, "began", now_us, out, policy=one.hash, steps=len(policy.steps))
    return one


def _again(one: Escalation, now_us: int, out: Outputs) -> None:
    """Acknowledged long ago, and its cause still stands: from its first step once more."""
    again_us = one.policy.again_s * US_PER_S
    if not one.acknowledged_by or not again_us or now_us - one.acknowledged_us < again_us:
        return
    one.round += 1
    one.since_us, one.step, one.acknowledged_by, one.acknowledged_us = now_us, -1, "", 0
    one.fired, one.late, one.instead = {}, [], {}
    _say(one, "again", now_us, out)


# ── telling ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _wanted(one: Escalation, now_us: int, out: Outputs) -> list[Wanted]:
    """The messages that its policy wants now and that did not go yet; steps that were missed are said to be."""
    found = rules.due(one.policy, one.item.what, one.item.severity, one.since_us, now_us)
    if found is None:
        return []
    taken = {int(key.partition("/")[0]) for key in one.fired}
    missed = [step for step in found.earlier if step > one.step and step not in taken and step not in one.late]
    if missed:
        one.late += missed
        late_s = (now_us - one.since_us) // US_PER_S - one.policy.steps[missed[0]].after_s
        _say(
            one, "late", now_us, out, steps=missed, late_s=late_s, says="missed, and not made up for: the step due now is taken"
        )
    wanted = [(one, found.step, name, "", found.late_s) for name in found.paths if found.step >= one.step]
    for key, failed in one.instead.items():
        step, _, name = key.partition("/")
        if rules.awake(one.policy, name, one.item.severity, now_us):
            wanted.append((one, int(step), name, failed, 0))
    return [each for each in wanted if f"{each[1]}/{each[2]}" not in one.fired]


def _tell(state: State, wanted: list[Wanted], now_us: int, out: Outputs) -> None:
    """Messages, the gravest and oldest first, as many over each path as it may carry in a minute; the rest of them together."""
    by_path: dict[tuple[str, bool], list[Wanted]] = {}
    for one in wanted:  # what is an exercise is never told together with what is none
        by_path.setdefault((one[2], one[0].item.exercise), []).append(one)
    for (path, _), found in by_path.items():
        found.sort(key=lambda one: (SEVERITIES.index(one[0].item.severity), one[0].since_us, one[0].id))
        going = state.escalations.spend(path, now_us, len(found))
        singly = going if going == len(found) else going - 1
        for one in found[: max(0, singly)]:
            _tell_one(state, one, now_us, out)
        if 0 <= singly < len(found):
            _tell_many(state, path, found[singly:], now_us, out)


def _tell_one(state: State, wanted: Wanted, now_us: int, out: Outputs) -> None:
    one, step, name, failed, late_s = wanted
    path, policy = path_of(one, name), one.policy
    key = f"{one.name}/{step}/{name}"
    shown = step + 1, len(policy.steps)
    text = words.text(one.item, path, key, shown, policy.steps[step].say, late_s, now_us, state.rules.party)
    subject = words.subject(one.item)
    grave = one.item.severity
    made = Delivery(key, name, path.to, step, (one.item.name,), subject, text, grave, one.item.exercise, now_us)
    one.fired[f"{step}/{name}"] = key
    one.step = max(one.step, step)
    more = {"escalation": one.name, "due": one.item.what, "late_s": late_s, **({"instead_of": failed} if failed else {})}
    _queue(state.escalations, made, now_us, out, one.ref, one, **more)


def _tell_many(state: State, name: str, wanted: list[Wanted], now_us: int, out: Outputs) -> None:
    book = state.escalations
    book.number += 1
    first, items = wanted[0][0], [one[0].item for one in wanted]
    path, key = path_of(first, name), f"m{book.number}/{name}"
    text = words.many(items, path, key, now_us, state.rules.party)
    subject, exercise = words.many_subject(items), any(one.exercise for one in items)
    covers = tuple(one.name for one in items)
    made = Delivery(key, name, path.to, wanted[0][1], covers, subject, text, first.item.severity, exercise, now_us)
    for one, step, *_ in wanted:
        one.fired[f"{step}/{name}"] = key
        one.step = max(one.step, step)
    listed = [one[0].name for one in wanted[:LISTED_MAX]]
    _queue(book, made, now_us, out, (f"escalation:{first.id}",), first, escalations=listed, late_s=0)


def _queue(book: Escalations, one: Delivery, now_us: int, out: Outputs, ref: tuple[str, ...], thing: Any, **more: Any) -> None:
    """A message waits to go: the shell keeps it where it waits in the same transaction."""
    book.deliveries[one.key] = one
    repeat = one.attempt > 1 and one.unknown
    subject = one.subject if not repeat else _repeated(one.subject)
    given = {"subject": subject, "text": one.text, "severity": one.severity, "exercise": one.exercise, "repeat": repeat}
    out.add("delivery", body_of_delivery(one, "queued", now_us, **given, **more), ref, thing)


def _repeated(subject: str) -> str:
    head, mark, rest = subject.partition("EXERCISE: ")
    return f"{head}{mark}{words.REPEAT} {rest}" if mark else f"{words.REPEAT} {subject}"


def _retry(book: Escalations, now_us: int, out: Outputs) -> None:
    """Tries whose pause is over; one that tells of nothing any more is not made."""
    for one in list(book.deliveries.values()):
        if one.state != "again" or now_us < one.next_us:
            continue
        one.attempt += 1
        one.state = "queued"
        first = book.running.get(one.covers[0])
        ref = () if first is None else first.ref
        _queue(book, one, now_us, out, ref, first)


# ── what became of it ────────────────────────────────────────────────────────────────────────────────────────────────


def note_delivery(state: State, given: Intake, out: Outputs) -> None:
    """What the shell says of a try; or that the machine's clock was set. A try that is not the newest changes nothing."""
    now_us = out.now_ns // NS_PER_US
    if given.source == CLOCK:
        item = _event(state, f"clock {now_us}", "clock", "warning", now_us, given.why)
        if state.rules.escalation.steps:
            state.escalations.events[item.name] = item, None
        return
    key, _, attempt = given.source.removeprefix(SOURCE).rpartition("#")
    one = state.escalations.deliveries.get(key)
    if not given.source.startswith(SOURCE) or given.state not in RESULTS:
        return
    if one is None:
        says = "of a message that nobody waits for any more"
        out.add("delivery", {"what": given.state, "key": key, "why": given.why, "at_us": now_us, "says": says})
    elif str(one.attempt) == attempt and one.state in ("queued", "not needed"):
        _result(state, one, given, now_us, out)


def _result(state: State, one: Delivery, given: Intake, now_us: int, out: Outputs) -> None:
    book, first = state.escalations, state.escalations.running.get(one.covers[0])
    ref = () if first is None else first.ref
    tries_max = state.rules.escalation.tries_max if first is None else first.policy.tries_max
    one.why, one.unknown = given.why, one.unknown or given.state == "unknown"
    wanted = one.state == "queued" and any(each and each.runs for each in (book.running.get(name) for name in one.covers))
    last = given.state == "failed for good" or (given.state != "accepted" and one.attempt >= tries_max)
    one.state = given.state if given.state == "accepted" or last or not wanted else "again"
    more: dict[str, Any] = {"why": given.why}
    if one.state == "again":
        one.next_us = now_us + rules.pause_s(one.attempt) * US_PER_S
        more["next_us"] = one.next_us
    out.add("delivery", body_of_delivery(one, given.state, now_us, **more), ref, first)
    if last and wanted:
        _give_way(state, one, now_us, out)


def _give_way(state: State, one: Delivery, now_us: int, out: Outputs) -> None:
    """This path failed for good: the next takes its place, for each thing that the message told of."""
    for each in (state.escalations.running.get(name) for name in one.covers):
        if each is None or not each.runs:
            continue
        step = next((int(key.partition("/")[0]) for key, made in each.fired.items() if made == one.key), one.step)
        tried = {key.partition("/")[2] for key in (*each.fired, *each.instead) if int(key.partition("/")[0]) == step}
        other = rules.instead(each.policy, each.item.what, each.item.severity, one.path, tried, now_us)
        if other is None:
            says = f"no other path is left for this step: nobody was reached over {one.path}"
            _say(each, "nobody reached", now_us, out, step=step, path=one.path, says=says)
        else:
            each.instead[f"{step}/{other}"] = one.path


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def acknowledge_talk(state: State, act: Act, out: Outputs) -> None:
    """`line.acknowledge`, and nobody more is told of what is due of that message."""
    line_acts.acknowledge(state, act, out)
    talk = line_acts.talk_of(line_acts.line_of(state, act.body), act.body.get("talk"))
    party = str(act.body.get("to"))
    _acknowledge(state, [f"{party} {talk.id} {key}" for key in talk.raised], act.who, out)


def acknowledge(state: State, act: Act, out: Outputs) -> None:
    """Somebody here knows of it: nobody more is told. It stays due."""
    one = state.escalations.by_id(str(act.body.get("escalation")))
    if one is None or one.ended_us is not None:
        raise NotThere(f"There is no escalation {str(act.body.get('escalation'))[:40]!r} that runs.")
    _acknowledge(state, [one.item.name], act.who, out)


def _acknowledge(state: State, names: list[str], who: str, out: Outputs) -> None:
    book, now_us = state.escalations, out.now_ns // NS_PER_US
    for one in (book.running.get(name) for name in names):
        if one is not None and one.runs:
            one.acknowledged_by, one.acknowledged_us = who, now_us
            book.events.pop(one.item.name, None)
            _say(one, "acknowledged", now_us, out, by=who)
    _withdraw(book, set(names), now_us, out)


def try_path(state: State, act: Act, out: Outputs) -> None:
    """A trial of one path, over everything that a real message goes through."""
    policy, now_us = state.rules.escalation, out.now_ns // NS_PER_US
    path = policy.path(str(act.body.get("path")))
    if path is None:
        known = ", ".join(one.name for one in policy.paths) or "none: the settings have no [[path]]"
        raise Refused("path", act.body.get("path"), known)
    awake = msgspec.structs.replace(path, severities=SEVERITIES, quiet="")
    item = _event(state, f"try {path.name}", "try", "advisory", now_us)
    one = state.escalations.running.get(item.name)
    if one is not None and one.runs:
        raise Refused("path", path.name, f"one trial at a time: acknowledge {one.id} first")
    if one is not None:
        del state.escalations.running[item.name]
    trial = msgspec.structs.replace(policy, steps=(Step(0, (path.name,)),), paths=(awake,), again_s=0)
    state.escalations.events[item.name] = item, trial


# ── small things ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _event(state: State, name: str, what: str, severity: Severity, now_us: int, why: str = "") -> Item:
    exercise = state.rules.line.exercise
    return Item(name=name, what=what, severity=severity, since_us=now_us, due_us=now_us, why=why, exercise=exercise)


def _withdraw(book: Escalations, names: set[str], now_us: int, out: Outputs) -> None:
    for one in book.withdrawn(names):
        out.add("delivery", body_of_delivery(one, "not needed", now_us), (), None)


def _say(one: Escalation, what: str, now_us: int, out: Outputs, **more: Any) -> None:
    out.add("delivery", body_of(one, what, now_us, **more), one.ref, one)


ACTS: Final = {"line.acknowledge": acknowledge_talk, "escalation.acknowledge": acknowledge, "path.try": try_path}
