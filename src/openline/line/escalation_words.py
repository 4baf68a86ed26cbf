"""What a person outside the console is told: what is missing, since when, on which line, what to do.

It holds no coordinates unless the path may carry them: those of the message are left out, and what people typed is looked
through for them. It says that nothing is safe, and ends with the sentence of R81. English, like the desk that sends it.
"""

import re
from collections.abc import Sequence
from typing import Final

from openline.line.custody_words import clock
from openline.line.escalation import Item, Path
from openline.line.lead import spoken
from openline.line.templates.pack import shipped_words

LATE_S: Final = 60  # a message that comes later than its step says so
LISTED_MAX: Final = 10
SUBJECT_CHARS_MAX: Final = 120
WHY_CHARS_MAX: Final = 200
LEFT_OUT: Final = "(place left out)"
REPEAT: Final = "(repeat)"

MISSING: Final[dict[str, str]] = {
    "receipt": "the counterpart's node has not confirmed that it stored the message",
    "seen": "nobody at the counterpart's desk is known to have seen the message",
    "telephone": "no officer at the counterpart's desk has stated for long that the notice was seen",
    "read_back": "the message was not read back, or the read-back was not found to agree",
    "differs": "the read-back DIFFERS from what was said",
    "answer": "the answer is missing",
    "no_reply": "NO REPLY of any kind",
    "passed_on": "nobody states that the last unit was told: THE MOVER IS NOT WARNED",
    "passed_on_before_start": "it begins within the hour, and nobody states that the unit was told",
    "passed_on_at_start": "it begins now, and nobody states that the unit was told",
    "silent": "the line is silent; why is not known",
    "down": "the line is down",
    "clocks_differ": "the counterpart's clock and ours differ",
    "fork": "the line contradicts itself: two signed statements cannot both be so",
    "put_back": "this node was put back to an older state, and signs nothing for this line",
    "they_were_put_back": "the counterpart's node was put back to an older state",
    "clock": "the clock of this node's machine was set, or the machine slept",
    "try": "nothing is missing: this is a trial of the path, by an administrator",
}
TO_DO: Final[dict[str, str]] = {
    "receipt": "Look whether the line is up. Reach the counterpart over the other path.",
    "seen": "Telephone the counterpart's duty officer.",
    "telephone": "Telephone them now, and enter what they say.",
    "read_back": "Ask the counterpart for the read-back; if need be by telephone.",
    "differs": "Telephone the counterpart and read the fields that differ to each other.",
    "answer": "Ask the counterpart for the answer over the other path.",
    "no_reply": "Reach the counterpart over every other path, and the facilitator.",
    "passed_on": "Ask who has told the unit, when and how, and enter it on the custody board.",
    "passed_on_before_start": "Reach the unit now, or have it put off; enter who told it.",
    "passed_on_at_start": "Reach the unit now by any path; enter who told it.",
    "silent": "Telephone the counterpart; work as if nothing arrived.",
    "down": "Telephone the counterpart; work as if nothing arrived.",
    "clocks_differ": "Compare both with a third clock; read times to each other, and say by whose clock.",
    "fork": "Keep both statements, telephone the counterpart, and settle it at the console.",
    "put_back": "Do not send by other means in this node's name; a supervisor decides at the console.",
    "they_were_put_back": "Telephone the counterpart: what it says it holds may be old.",
    "clock": "Compare the clock with another one. Times in the record are as good as the clock.",
    "try": "Acknowledge at the console that it came.",
}

OURS_TO_DO: Final[dict[str, tuple[str, str]]] = {
    "seen": (
        "nobody at our own desk has stated that the counterpart's message was seen",
        "Go to the console, read it, and state that you saw it.",
    ),
    "read_back": (
        "the counterpart's message was not read back by our own desk, or was not found to agree",
        "Go to the console and read it back.",
    ),
    "differs": (
        "our own read-back DIFFERS from what the counterpart said",
        "Telephone the counterpart, go through the fields that differ, and read it back again.",
    ),
    "answer": ("our own answer to the counterpart is missing", "Go to the console and answer."),
    "no_reply": (
        "our own desk has given NO REPLY of any kind",
        "Go to the console and answer, or telephone the counterpart.",
    ),
    "passed_on": (MISSING["passed_on"], "Tell the unit, and state at the console who told it and when."),
    "passed_on_before_start": (MISSING["passed_on_before_start"], "Tell the unit now, and state at the console who told it."),
    "passed_on_at_start": (MISSING["passed_on_at_start"], "Tell the unit now by any path, and state who told it."),
}
"""What is due of a message of the counterpart is due from our own desk: (what is missing, what to do)."""

RECALLED: Final = "the message was WITHDRAWN, and a unit that was told of it is not known to know"
RECALL_TO_DO: Final = "Ask who has told the unit that it is withdrawn, when and how, and enter it on the custody board."
OURS_TO_RECALL: Final = "Tell the unit that it is withdrawn, and state at the console who told it and when."

_DEGREES: Final = r"[-+]?\d{1,3}[.,]\d{2,}\s*°?\s*[NSEW]?"
_PLACES: Final = re.compile(
    rf"{_DEGREES}\s*[,;/ ]\s*{_DEGREES}"  # 33.507 38.618
    r"|\b\d{1,3}\s*°\s*\d{1,2}(?:[.,]\d+)?\s*['′’]?(?:\s*\d{1,2}(?:[.,]\d+)?\s*[\"″”]?)?\s*[NSEW]?"  # 33°30'25"N
    r"|\b\d{4,7}(?:\.\d+)?\s?[NS][\s,/]*\d{5,8}(?:\.\d+)?\s?[EW]"  # 333025N0383705E
    r"|\b\d{1,2}\s?[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?\d{2,5}\s?\d{2,5}\b",  # 37S DT 68 07
    re.IGNORECASE,
)


def without_places(text: str) -> str:
    """The text with what reads as coordinates taken out."""
    return _PLACES.sub(LEFT_OUT, text)


def _words(item: Item) -> tuple[str, str]:
    if item.kind == "withdrawal" and item.what.startswith("passed_on"):
        return RECALLED, RECALL_TO_DO if item.ours else OURS_TO_RECALL
    plain = MISSING[item.what], TO_DO[item.what]
    return plain if item.ours else OURS_TO_DO.get(item.what, plain)


def missing(item: Item) -> str:
    """What is missing, with the unit where one is named."""
    said = _words(item)[0]
    if item.unit:
        said += f" ({without_places(item.unit)})"
    return f"{said}: {without_places(item.why)}" if item.why and not item.talk else said


def subject(item: Item, *, repeat: bool = False) -> str:
    """One line; begins with EXERCISE where it is one, and with (repeat) where the same may have come before."""
    words = _words(item)[0]
    head = f"{item.line}: {words}" if item.line else words
    return _marked(f"{REPEAT} {head}" if repeat else head, item.exercise)[:SUBJECT_CHARS_MAX]


def text(item: Item, path: Path, key: str, step: tuple[int, int], say: str, late_s: int, now_us: int, desk: str) -> str:
    """The whole message for one thing over one path. `step`: (which, of how many), from 1. `desk`: the party that sends it."""
    lines = [f"{item.severity.upper()}: {missing(item)}.", f"Since {clock(item.since_us, now_us)}{_line(item)}."]
    if item.talk:
        lines.append(_message(item, now_us))
    if item.place is not None and path.places:
        lines.append(f"Place in it: {item.place[0] / 1e7:.5f}, {item.place[1] / 1e7:.5f} (WGS-84).")
    lines.append(f"What to do: {_words(item)[1]}")
    if say:
        lines.append(say)
    if late_s >= LATE_S:
        lines.append(f"This message is late by {spoken(late_s)}: the node was off, or the path was not open.")
    return _whole(lines, path, key, f"step {step[0]} of {step[1]}", desk, item.exercise)


def many(items: Sequence[Item], path: Path, key: str, now_us: int, desk: str) -> str:
    """One message for more things than a person reads one by one: how many, and the gravest of them."""
    lines = [f"{items[0].severity.upper()}: {len(items)} further things are due; these are the first:"]
    lines += [f"- {missing(one)}, since {clock(one.since_us, now_us)}{_line(one)}" for one in items[:LISTED_MAX]]
    lines.append("What to do: open the console; all of them are there.")
    return _whole(lines, path, key, "together", desk, any(one.exercise for one in items))


def many_subject(items: Sequence[Item], *, repeat: bool = False) -> str:
    """One line for such a message."""
    head = f"{len(items)} further things are due"
    return _marked(f"{REPEAT} {head}" if repeat else head, any(one.exercise for one in items))


def _whole(lines: list[str], path: Path, key: str, step: str, desk: str, exercise: bool) -> str:
    words = shipped_words()["en"]
    lines.append("To stop these messages, acknowledge it at the console; that is no answer to the counterpart.")
    lines.append(f"From the desk of {desk}, to: {path.to}. Number {key}, {step}.")
    lines.append(words.not_permission)
    return "\n".join([words.exercise, *lines, words.exercise] if exercise else lines)


def _marked(head: str, exercise: bool) -> str:
    return f"EXERCISE: {head}" if exercise else head


def _line(item: Item) -> str:
    return f", line {item.line}" if item.line else ""


def _message(item: Item, now_us: int) -> str:
    whose = "Our" if item.ours else "Their"
    sent = "" if item.sent_us is None else f", of {clock(item.sent_us, now_us)}"
    return f"{whose} message {item.talk}: {item.precedence.upper()} {item.kind.replace('.', ' ')}{sent}."
