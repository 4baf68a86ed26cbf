"""A judgement in words, for somebody who must find out what happened: the worst first, then each lane, then who said what.

Texts of others are shown as they are, but for characters that would move the cursor or turn the line.
"""

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from openline.clock import NS_PER_S, to_rfc3339
from openline.line.judge_said import Core, Finding, Grade, Judgement, Lane, Logged, Row, Statement

US_PER_S: Final = 1_000_000
WIDTH: Final = 120
LISTED_MAX: Final = 40
"""Findings of one kind and messages of one lane that are shown; `--json` has all of them."""
LANE_NAMES: Final = ("urgent lane", "routine lane", "bulk lane")
GRADES: Final[dict[Grade, str]] = {
    "proved": "proved",
    "contradicted": "CONTRADICTED",
    "claimed": "claimed only",
    "untold": "cannot tell",
    "unsaid": "nobody says",
}
HEADINGS: Final[tuple[tuple[Grade, str], ...]] = (
    ("contradicted", "Contradicted"),
    ("claimed", "Claimed by one of them alone"),
    ("untold", "Cannot be told"),
    ("proved", "Proved besides"),
)

LEGEND: Final = (
    "sent    proved: the sender signed it, and the receiver has it or gave a receipt for it; with the sender's time",
    "stored  proved: by the receiver's signed receipt, its hash chain followed over the payloads, with the receiver's time of",
    "        it; or by the receiver's own record",
    "same    proved: both records hold the same bytes",
    "Beside an entry's number: when the other party, by its clock, last saw that log without it, and first saw it with it.",
)
STATED: Final = (
    "Stated by people through their node. That it was said is proved; that it is so is the claim of that party's node."
)
CORES: Final = (
    "Shared cores of conversations: signed by both (proved), refused by the other, or signed by one alone (claimed only)."
)
HERE: Final = {
    "same": "the messages here give the same",
    "differs": "the messages here give ANOTHER",
    "unknown": "not all of its messages are here",
}


def lines(judged: Judgement) -> Iterator[str]:
    """Line by line."""
    for line in _lines(judged):
        yield "".join(char if char.isprintable() else "\ufffd" for char in line)


def _lines(judged: Judgement) -> Iterator[str]:
    yield verdict(judged)
    for grade, heading in HEADINGS:
        found = [one for one in judged.findings if one.grade == grade]
        if found:
            yield ""
            yield heading
            for number, one in enumerate(found[:LISTED_MAX], 1):
                yield from _finding(number, one)
            if len(found) > LISTED_MAX:
                yield f"  and {len(found) - LISTED_MAX} more; --json lists them"
    for lane in judged.lanes:
        yield ""
        yield from _lane(lane)
    if judged.lanes:
        yield ""
        yield from LEGEND
    if judged.cores:
        yield ""
        yield CORES
        yield from _table([_core(one) for one in judged.cores[:LISTED_MAX]])
    if judged.statements:
        yield ""
        yield STATED
        yield from _table([_stated(one) for one in judged.statements[:LISTED_MAX]])
        if len(judged.statements) > LISTED_MAX:
            yield f"  and {len(judged.statements) - LISTED_MAX} more; --json lists them"


def verdict(judged: Judgement) -> str:
    """The first line."""
    count = sum(one.grade == "contradicted" for one in judged.findings)
    if count:
        against = sorted({one.party or "one of the two" for one in judged.findings if one.grade == "contradicted"})
        return f"{judged.about}: CONTRADICTED in {_counted(count, 'point')}, against {' and '.join(against)}."
    compared = judged.messages_count + judged.checkpoints_count
    if not compared:
        return f"{judged.about}: nothing is contradicted, and nothing could be compared."
    parts = [_counted(judged.messages_count, "message"), _counted(judged.receipts_count, "receipt")] if judged.lanes else []
    parts.append(_counted(judged.checkpoints_count, "checkpoint"))
    return f"{judged.about}: nothing is contradicted. The two bundles agree; compared were {', '.join(parts)}."


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def _finding(number: int, one: Finding) -> Iterator[str]:
    about = ""
    if one.lane is not None:
        messages = f"message {one.first}" if one.first == one.last else f"messages {one.first} to {one.last}"
        about = f"{messages} of {one.from_}, {LANE_NAMES[one.lane]}: "
    yield from wrap(f"{number:3}. {one.party or 'one of the two'}: {about}{one.says}", WIDTH, subsequent_indent="     ")
    for each in one.evidence:
        place = each.file or f"entry {each.entry}"
        entry = f", entry {each.entry}" if each.file and each.entry is not None else ""
        text = f"{each.bundle}, {place}{entry}: {each.says}"
        yield from wrap(text, WIDTH, initial_indent="       ", subsequent_indent="         ")


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _lane(lane: Lane) -> Iterator[str]:
    order = {"proved": "in one chain, none missing", "contradicted": "NOT in one chain", "untold": "gaps that cannot be told"}
    chained = order.get(lane.order, "")
    day = _day(lane.rows[0])
    name = f"{LANE_NAMES[lane.lane].capitalize()}, {lane.from_} to {lane.to}"
    yield f"{name}: {_counted(len(lane.rows), 'message')}, {chained}{f'; {day}' if day else ''}"
    runs = [[row] for row in lane.rows] if len(lane.rows) <= LISTED_MAX else [*_runs(lane.rows)]
    head = ["no.", "type", "sent", "stored", "same", f"entry of {lane.from_}", f"entry of {lane.to}"]
    shown = [_run(run, day) for run in runs[:LISTED_MAX]]
    yield from _table([head, *shown])
    if len(runs) > LISTED_MAX:
        yield f"  and {len(runs) - LISTED_MAX} more lines; --json has each message"


def _runs(rows: tuple[Row, ...]) -> Iterator[list[Row]]:
    """Neighbouring messages that stand alike."""
    run: list[Row] = []
    for row in rows:
        alike = bool(run) and row.seq == run[-1].seq + 1
        if alike and (row.sent, row.stored, row.same) == (run[-1].sent, run[-1].stored, run[-1].same):
            run.append(row)
            continue
        if run:
            yield run
        run = [row]
    if run:
        yield run


def _run(run: list[Row], day: str) -> list[str]:
    first, last = run[0], run[-1]
    numbers = str(first.seq) if len(run) == 1 else f"{first.seq}-{last.seq}"
    kinds = {row.type for row in run}
    kind = (first.type if len(kinds) == 1 else f"{len(kinds)} types") or "not to be read"
    sent, stored = GRADES[first.sent], GRADES[first.stored]
    if len(run) == 1:
        sent += f" {_clock(first.at_us, day)}" if first.at_us else ""
        stored += f" {_clock(first.stored_us, day)}" if first.stored_us else ""
        stored += f" (of no use: {first.refused})" if first.refused else ""
    cells = [numbers, kind, sent, stored, GRADES[first.same]]
    return [*cells, _logged(first.by_sender, last.by_sender, day), _logged(first.by_receiver, last.by_receiver, day)]


def _logged(first: Logged | None, last: Logged | None, day: str) -> str:
    if first is None or last is None:
        return "-"
    entries = str(first.entry) if first.entry == last.entry else f"{first.entry}-{last.entry}"
    after, before = first.after_us, last.before_us
    if after is None and before is None:
        return entries
    if after is None:
        return f"{entries}, before {_clock(before, day)}"
    if before is None:
        return f"{entries}, after {_clock(after, day)}"
    return f"{entries}, {_clock(after, day)} to {_clock(before, day)}"


def _stated(one: Statement) -> list[str]:
    at = _clock(one.at_us) if one.at_us is not None else ""
    says = f"{one.says}; TAKEN BACK by {one.taken_back}" if one.taken_back else one.says
    return [at, one.party, f"{one.lane}/{one.seq}", one.type, says, f"of {one.of}" if one.of else ""]


def _core(one: Core) -> list[str]:
    state = one.state.upper() if one.state == "contradicted" else one.state
    answered = f"answered by {one.answered_by} {_clock(one.answered_us)}" if one.answered_us is not None else "no answer"
    why = f" ({one.why})" if one.why else ""
    return [
        one.conv,
        f"{one.core[:16]}…",
        state,
        f"offered by {one.by}, {one.who} {_clock(one.at_us)}",
        answered + why,
        HERE[one.here],
    ]


def _clock(at_us: int | None, day: str = "") -> str:
    """A moment to the whole second, as cosignatures have it; without the date on that day."""
    if at_us is None:
        return ""
    text = to_rfc3339(at_us // US_PER_S * NS_PER_S, 0).replace("T", " ")
    return text.removeprefix(f"{day} ") if day else text


def _day(row: Row) -> str:
    at_us = row.at_us if row.at_us is not None else row.stored_us
    return _clock(at_us).partition(" ")[0]


def _table(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
