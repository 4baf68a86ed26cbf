"""Which words of which language may leave: what a party has approved, what its agreement grants.

The texts that ship in Arabic, Russian, French and Spanish are translations that nobody on record has approved. Until a
party records an approval of one (its hash, the language, who, when), that text leaves only where it is the sender's own
language, and never as FLASH; all other readers get the slots, which need no translation. The language a template was
written in is no translation and needs no approval.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from openline.errors import Refused
from openline.line.cleaning import says_phrase
from openline.line.precedence import WORDS_MAX, Precedence, too_long
from openline.line.templates.slots import Params
from openline.line.templates.template import Marker, Template, Words
from openline.line.templates.writing import render

Standing = Literal["source", "approved", "not approved", "no text"]
May = Literal["text", "slots only", "not at all"]

LANGUAGES_MAX: Final = 5  # of one message, docs/spec/line.md


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """One person's recorded word that this language of this template says what its source says.

    It holds for exactly the content of that hash: a changed text needs a new one.
    """

    template_hash: bytes
    language: str
    reviewer: str
    at_us: int


class Letting(msgspec.Struct, frozen=True):
    """Whether a language of a template may leave, and why not more."""

    may: May
    why: str


class Texts(msgspec.Struct, frozen=True):
    """What goes out: text by language; and each language that stays behind, with the reason an operator reads."""

    text: dict[str, str]
    left_out: dict[str, str]


def standing(template: Template, language: str, approvals: Iterable[Approval]) -> Standing:
    """How far a language of a template can be trusted. The translator's own approval does not count."""
    said = template.texts.get(language)
    if said is None:
        return "no text"
    if language == template.source:
        return "source"
    approved = any(
        one.template_hash == template.hash and one.language == language and one.reviewer.strip() not in ("", said.translator)
        for one in approvals
    )
    return "approved" if approved else "not approved"


def may_send(
    template: Template,
    language: str,
    precedence: Precedence,
    sender_language: str,
    approvals: Iterable[Approval] = (),
    granted: frozenset[Marker] = frozenset(),
) -> Letting:
    """Whether this language of this template may leave at this precedence. `granted` are markers that the agreement opens."""
    if precedence not in template.precedence:
        return Letting("not at all", f"{template.id} is not sent as {precedence}")
    if template.marker == "INSTRUCTION" and "INSTRUCTION" not in granted:
        return Letting("not at all", "the agreement grants no INSTRUCTION")
    how = standing(template, language, approvals)
    if how in ("source", "approved"):
        return Letting("text", how)
    if how == "not approved" and precedence == "flash":
        return Letting("slots only", "a translation that nobody on record has approved never leaves as FLASH")
    if how == "not approved" and language == sender_language:
        return Letting("text", "the sender's own language; nobody on record has approved this translation")
    if how == "not approved":
        return Letting("slots only", "nobody on record has approved this translation")
    return Letting("slots only", f"{template.id} has no text in this language")


def check_exercise(said: Params, words: Mapping[str, Words]) -> None:
    """Raises `Refused` where what a person typed for an exercise says that it is none, in whichever language (R73)."""
    for name, typed in said.items():
        for phrase in (each for one in words.values() for each in one.not_an_exercise):
            if isinstance(typed, str) and says_phrase(typed, phrase):
                raise Refused(name, typed, "in an exercise, no words that say it is none")


def texts_to_send(
    template: Template,
    params: Params,
    precedence: Precedence,
    sender_language: str,
    languages: Sequence[str],
    approvals: Iterable[Approval] = (),
    granted: frozenset[Marker] = frozenset(),
    kind: str = "",
    exercise: bool = False,
) -> Texts:
    """The texts of a message, in the sender's language and the others asked for, as far as each may leave.

    Raises `Refused` where the parameters do not fill the template, a text has more words than its precedence allows, or
    none may leave. Where the sender's own language may not leave, as FLASH, the source's text goes instead.
    """
    if exercise:
        check_exercise(params, template.words)
    held = tuple(approvals)
    text: dict[str, str] = {}
    left_out: dict[str, str] = {}
    for language in dict.fromkeys((sender_language, *languages)):
        let = may_send(template, language, precedence, sender_language, held, granted)
        if let.may == "not at all":
            raise Refused("template", template.id, let.why)
        if let.may == "text":
            text[language] = render(template, params, language, kind, exercise)
        else:
            left_out[language] = let.why
    if sender_language in left_out:
        text.setdefault(template.source, render(template, params, template.source, kind, exercise))
    if len(text) > LANGUAGES_MAX:
        raise Refused("languages", sorted(text), f"at most {LANGUAGES_MAX}")
    for language, said in text.items():
        if too_long(precedence, said):
            raise Refused(f"text.{language}", f"{len(said.split())} words", f"at most {WORDS_MAX} words as {precedence}")
    return Texts(text, left_out)
