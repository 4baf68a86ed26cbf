"""A guest notice: something one person without a node was told by a link, and what came back. A table of states, nothing else.

    made ──open──► opened ──answer──► read_back ──confirm──► confirmed
                        └──answer──► mismatch
    made, opened ──expire──► expired          every state but revoked ──revoke──► revoked

The answer is compared field by field with what was asked for; one field that differs, or is not there, gives `mismatch`.
An answer is given once. Silence never makes anything better: a notice nobody answered expires red and stays red until a
person revokes it with a reason. This file has no clock and no sockets; the link's token is known here only by its hash.
"""

from typing import Any, Final, Literal

import msgspec

from openline.clock import NS_PER_S, to_rfc3339
from openline.errors import OutOfTurn, Refused
from openline.line.cleaning import clean
from openline.units import LENGTH_UNITS_M

State = Literal["made", "opened", "read_back", "mismatch", "confirmed", "revoked", "expired"]
Event = Literal["open", "answer_right", "answer_wrong", "confirm", "revoke", "expire"]

TABLE: Final[dict[State, dict[Event, State]]] = {
    "made": {"open": "opened", "revoke": "revoked", "expire": "expired"},
    "opened": {
        "open": "opened",
        "answer_right": "read_back",
        "answer_wrong": "mismatch",
        "revoke": "revoked",
        "expire": "expired",
    },
    "read_back": {"confirm": "confirmed", "revoke": "revoked"},
    "mismatch": {"revoke": "revoked"},
    "confirmed": {"revoke": "revoked"},
    "expired": {"revoke": "revoked"},
    "revoked": {},
}

QUIET: Final[frozenset[State]] = frozenset({"read_back", "confirmed", "revoked"})  # every other state is red on the console

NAME_CHARS_MAX: Final = 80
TEXT_CHARS_MAX: Final = 2_000  # a notice is read on a phone in a minute
QUESTIONS_MAX: Final = 6
CHOICES_MAX: Final = 8
OUTLINE_POINTS_MAX: Final = 1_000
UNIT_CHARS_MAX: Final = 80
ROLE_CHARS_MAX: Final = 40
TRIES_MAX: Final = 10  # uses of one link that were refused and are recorded; more of them are only counted
DID: Final = ("turned", "slowed", "stopped", "left", "returned", "continued", "none_observed", "other")
"""What a last unit may say that it did: the words of `acted` on the line."""
VALID_MINUTES_MAX: Final = 7 * 24 * 60  # a week; a longer notice is a new notice


class LengthQuestion(msgspec.Struct, frozen=True, tag="length"):
    """How far, or how wide: a number and a unit to be typed. Right within `tolerance` of `length_m` (a share, 0.02 is 2 %)."""

    field: str
    length_m: float
    tolerance: float = 0.02  # 55 km read back as 34 statute miles is 0.5 % off: a rounded conversion is not a mistake


class Choice(msgspec.Struct, frozen=True):
    """One answer of several: the word that is recorded and the sentence the person sees."""

    id: str
    says: str


class ChoiceQuestion(msgspec.Struct, frozen=True, tag="choice"):
    """One of several answers, of which exactly one is right."""

    field: str
    right: str
    choices: tuple[Choice, ...]


Question = LengthQuestion | ChoiceQuestion


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One notice to one person. `id` is the hash of the link's token, so that who knows the id does not know the link."""

    id: str
    zone: str
    zone_version: int
    zone_name: str
    to: str
    over: str  # how the link is handed over: "sms", "radio", "paper with a code", …
    text: str  # what the operator adds in his own words
    words: tuple[str, ...]  # the sentences the page shows about the zone
    outline: tuple[tuple[tuple[float, float], ...], ...]  # (lat_deg, lon_deg) lines the page draws
    rings: tuple[tuple[tuple[float, float], ...], ...] = ()  # the same of the rings its words name, besides the boundary
    questions: tuple[Question, ...]
    made_ns: int
    made_by: str
    valid_until_ns: int
    state: State = "made"
    opened_ns: int | None = None
    answered_ns: int | None = None
    answered_by: str = ""  # the name the person gave; nobody has checked it
    read_back: dict[str, str] = {}
    differs: tuple[str, ...] = ()
    confirmed_ns: int | None = None
    confirmed_by: str = ""
    revoked_ns: int | None = None
    revoked_by: str = ""
    revoked_reason: str = ""
    party: str = ""  # where it tells a last unit of a message of the line: the counterpart, the conversation, the unit
    talk: str = ""
    unit: str = ""
    texts: dict[str, str] = {}  # language → text of that message
    language: str = ""  # which of them is shown first
    answered_role: str = ""
    did: str = ""  # a word of DID: what the person says the unit did; empty where nothing was said
    tries: int = 0  # uses of the link that were refused and recorded


class _Making(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of `notice.make` as the node's shell completes it: the operator's words, plus what the page shows and asks."""

    notice: str
    zone_name: str
    to: str
    over: str
    valid_minutes: float
    questions: tuple[Question, ...]
    zone: str = ""
    zone_version: int = 0
    party: str = ""
    talk: str = ""
    unit: str = ""
    texts: dict[str, str] = {}
    language: str = ""
    text: str = ""
    words: tuple[str, ...] = ()
    outline: tuple[tuple[tuple[float, float], ...], ...] = ()
    rings: tuple[tuple[tuple[float, float], ...], ...] = ()


def make(body: dict[str, Any], who: str, at_ns: int) -> Notice:
    """The notice that a complete `notice.make` body describes. Raises `Refused` for anything missing, extra or too long."""
    try:
        said = msgspec.convert(body, _Making)
    except msgspec.ValidationError as wrong:
        raise Refused("notice.make", str(wrong), "the body of notice.make as docs/api.md says") from None
    _check_words("to", said.to, NAME_CHARS_MAX, empty=False)
    _check_words("over", said.over, NAME_CHARS_MAX, empty=False)
    _check_words("text", said.text, TEXT_CHARS_MAX, empty=True)
    if not 1 <= said.valid_minutes <= VALID_MINUTES_MAX:  # NaN is refused here too
        raise Refused("valid_minutes", said.valid_minutes, f"1 to {VALID_MINUTES_MAX}")
    _check_questions(said.questions)
    _check_about(said)
    for name, lines in (("outline", said.outline), ("rings", said.rings)):
        if sum(len(line) for line in lines) > OUTLINE_POINTS_MAX:
            raise Refused(name, "too many points", f"at most {OUTLINE_POINTS_MAX} points")
    return Notice(
        id=said.notice,
        zone=said.zone,
        zone_version=said.zone_version,
        zone_name=said.zone_name,
        to=said.to.strip(),
        over=said.over.strip(),
        text=said.text.strip(),
        words=said.words,
        outline=said.outline,
        rings=said.rings,
        party=said.party,
        talk=said.talk,
        unit=said.unit,
        texts=said.texts,
        language=said.language,
        questions=said.questions,
        made_ns=at_ns,
        made_by=who,
        valid_until_ns=at_ns + round(said.valid_minutes * 60 * NS_PER_S),
    )


def step(notice: Notice, name: str, body: dict[str, Any], who: str, at_ns: int) -> Notice:
    """The notice after the act `name`: notice.open, notice.answer, notice.confirm or notice.revoke.

    Raises `OutOfTurn` where the table has no such step or the time has run out, `Refused` for a body that is no answer.
    """
    if name == "notice.open":
        opened = _move(notice, "open", at_ns)
        return msgspec.structs.replace(notice, state=opened, opened_ns=at_ns if notice.opened_ns is None else notice.opened_ns)
    if name == "notice.answer":
        return _answered(notice, body, at_ns)
    if name == "notice.confirm":
        return msgspec.structs.replace(notice, state=_move(notice, "confirm", at_ns), confirmed_ns=at_ns, confirmed_by=who)
    if name == "notice.revoke":
        reason = body.get("reason")
        _check_words("reason", reason, TEXT_CHARS_MAX, empty=False)
        moved = _move(notice, "revoke", at_ns)
        return msgspec.structs.replace(
            notice, state=moved, revoked_ns=at_ns, revoked_by=who, revoked_reason=str(reason).strip()
        )
    if name == "notice.tried":
        if notice.tries >= TRIES_MAX:
            raise OutOfTurn("So many refused uses of this link are recorded already.", notice=notice.id)
        return msgspec.structs.replace(notice, tries=notice.tries + 1)
    raise Refused("act", name, "notice.open, notice.answer, notice.tried, notice.confirm, notice.revoke")


def expired(notice: Notice, now_ns: int) -> Notice | None:
    """The notice as it stands once its time has run out unanswered, or None where nothing changes."""
    if now_ns < notice.valid_until_ns or "expire" not in TABLE[notice.state]:
        return None
    return msgspec.structs.replace(notice, state=TABLE[notice.state]["expire"])


def may_answer(notice: Notice, now_ns: int) -> bool:
    """Whether the page may still be opened and answered."""
    return notice.state in ("made", "opened") and now_ns < notice.valid_until_ns


def red(notice: Notice) -> bool:
    """Whether the console shows it red: nobody has read it back, or what came back differs."""
    return notice.state not in QUIET


def differing(questions: tuple[Question, ...], read_back: dict[str, str]) -> tuple[str, ...]:
    """The fields of a read-back that are missing or differ from what was asked for, in the order they were asked."""
    return tuple(question.field for question in questions if not _right(question, read_back))


def view(notice: Notice) -> dict[str, Any]:
    """The Notice of `docs/api.md`. The questions with their right answers stay inside; so does the outline."""
    return {
        "id": notice.id,
        "zone": notice.zone,
        "zone_name": notice.zone_name,
        "zone_version": notice.zone_version,
        "to": notice.to,
        "over": notice.over,
        "text": notice.text,
        "made": to_rfc3339(notice.made_ns),
        "made_by": notice.made_by,
        "valid_until": to_rfc3339(notice.valid_until_ns),
        "state": notice.state,
        "opened_at": _when(notice.opened_ns),
        "answered_at": _when(notice.answered_ns),
        "answered_by": notice.answered_by or None,
        "read_back": dict(notice.read_back),
        "differs": list(notice.differs),
        "confirmed_at": _when(notice.confirmed_ns),
        "confirmed_by": notice.confirmed_by or None,
        "revoked_at": _when(notice.revoked_ns),
        "revoked_by": notice.revoked_by or None,
        "revoked_reason": notice.revoked_reason or None,
        "red": red(notice),
        **(_of_the_line(notice) if notice.talk else {}),
    }


def _of_the_line(notice: Notice) -> dict[str, Any]:
    return {
        "party": notice.party,
        "talk": notice.talk,
        "unit": notice.unit,
        "language": notice.language,
        "answered_role": notice.answered_role or None,
        "did": notice.did or None,
        "tries": notice.tries,
    }


def _answered(notice: Notice, body: dict[str, Any], at_ns: int) -> Notice:
    name = body.get("name")
    _check_words("name", name, NAME_CHARS_MAX, empty=False)
    given = body.get("read_back")
    if not isinstance(given, dict):
        raise Refused("read_back", given, "an object of the fields asked for")
    wanted = fields(notice.questions)
    read_back = {key: str(given[key])[:NAME_CHARS_MAX] for key in wanted if key in given}
    differs = differing(notice.questions, read_back)
    role, did = "", ""
    if notice.talk:
        role, did = _one_line("role", body.get("role"), ROLE_CHARS_MAX), str(body.get("did") or "")
        name = _one_line("name", name, NAME_CHARS_MAX)
        if did not in ("", *DID):
            raise Refused("did", did, ", ".join(DID))
    return msgspec.structs.replace(
        notice,
        state=_move(notice, "answer_wrong" if differs else "answer_right", at_ns),
        answered_ns=at_ns,
        answered_by=str(name).strip(),
        read_back=read_back,
        differs=differs,
        answered_role=role,
        did=did,
    )


def fields(questions: tuple[Question, ...]) -> tuple[str, ...]:
    """The keys a read-back carries: the field of each question, and `<field>_unit` beside a length."""
    names: list[str] = []
    for question in questions:
        names.append(question.field)
        if isinstance(question, LengthQuestion):
            names.append(f"{question.field}_unit")
    return tuple(names)


def length_m(number: str, unit: str) -> float | None:
    """Metres of a typed number and unit, or None where it is not one number (1,000 could be two) or not one unit."""
    text = number.strip().replace("\u066b", ".").replace("\u00a0", "").replace(" ", "")
    if text.count(",") == 1 and "." not in text and len(text.rsplit(",", 1)[1]) != 3:
        text = text.replace(",", ".")
    whole, _, part = text.partition(".")
    if not (whole + part).isdecimal() or len(text) > 12 or unit not in LENGTH_UNITS_M:
        return None
    return float(text) * LENGTH_UNITS_M[unit]  # float() reads the decimal digits of every script


def _right(question: Question, read_back: dict[str, str]) -> bool:
    given = read_back.get(question.field)
    if given is None:
        return False
    if isinstance(question, ChoiceQuestion):
        return given == question.right
    typed_m = length_m(given, read_back.get(f"{question.field}_unit", ""))
    return typed_m is not None and abs(typed_m - question.length_m) <= question.tolerance * question.length_m


def _move(notice: Notice, event: Event, at_ns: int) -> State:
    if event in ("open", "answer_right", "answer_wrong") and at_ns >= notice.valid_until_ns:
        raise OutOfTurn(f"The notice ran out at {to_rfc3339(notice.valid_until_ns)}.", notice=notice.id)
    if event not in TABLE[notice.state]:
        raise OutOfTurn(f"A notice that is {notice.state} cannot take this step.", notice=notice.id, state=notice.state)
    return TABLE[notice.state][event]


def _check_words(field: str, value: object, chars_max: int, empty: bool) -> None:
    if not isinstance(value, str) or len(value) > chars_max or (not empty and not value.strip()):
        raise Refused(field, value, f"{'' if empty else '1 to '}{chars_max} characters{' at most' if empty else ''}")


def _one_line(field: str, value: object, chars_max: int) -> str:
    """Words that go out on the line, cleaned. Raises `Refused` where nothing is left."""
    said = clean(value, field, chars_max, one_line=True) if isinstance(value, str) else ""
    if not said:
        raise Refused(field, value, f"1 to {chars_max} characters")
    return said


def _check_about(said: _Making) -> None:
    if bool(said.zone) == bool(said.talk):
        raise Refused("zone", said.zone, "a zone, or a conversation of the line with its unit")
    if said.talk and (not said.party or _one_line("unit", said.unit, UNIT_CHARS_MAX) != said.unit):
        raise Refused("unit", said.unit, f"the unit that is told, in 1 to {UNIT_CHARS_MAX} characters of one line")
    if said.talk and said.language not in said.texts:
        raise Refused("language", said.language, ", ".join(said.texts) or "a text")


def _check_questions(questions: tuple[Question, ...]) -> None:
    if not 1 <= len(questions) <= QUESTIONS_MAX:
        raise Refused("questions", len(questions), f"1 to {QUESTIONS_MAX} questions")
    if len({question.field for question in questions}) != len(questions):
        raise Refused("questions", [question.field for question in questions], "each field once")
    for question in questions:
        if isinstance(question, LengthQuestion):
            if not (question.length_m > 0 and 0 < question.tolerance <= 0.1):
                raise Refused(question.field, question.length_m, "a length above 0 and a tolerance of at most 0.1")
        elif not 2 <= len(question.choices) <= CHOICES_MAX or question.right not in {c.id for c in question.choices}:
            raise Refused(question.field, question.right, f"2 to {CHOICES_MAX} choices of which one is right")


def _when(at_ns: int | None) -> str | None:
    return None if at_ns is None else to_rfc3339(at_ns)
