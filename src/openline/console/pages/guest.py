"""The guest page: a notice to one person with a phone, and what he says back. No script, four steps, each a plain form."""

from collections.abc import Mapping
from typing import Final

import msgspec

from openline.clock import to_rfc3339
from openline.console.pages.drawing import sketch
from openline.console.pages.html import Html, document, fill, join
from openline.console.pages.words import EN, say
from openline.line.notice import DID, LengthQuestion, Notice, Question

UNITS: Final = ("km", "statute_mi", "nmi", "m", "ft")
UNSURE: Final = "unsure"
LANGUAGES: Final = {"en": "English", "ar": "العربية", "ru": "Русский", "fr": "Français", "es": "Español"}


class Sender(msgspec.Struct, frozen=True):
    """Who sends the notice, as every page says it."""

    party: str
    exercise: bool


def cover(sender: Sender, notice: Notice) -> str:
    """What a link shows first, to a person or to the preview of a messenger: nothing yet, and one button."""
    body = fill(
        "<p>{to}</p>\n<p>{cover}</p>\n{form}\n<p class='quiet'>{valid}</p>",
        to=say("guest.to", to=notice.to),
        cover=say("guest.cover"),
        form=_form("open", say("guest.open")),
        valid=say("guest.valid", until=_until(notice)),
    )
    return _page(sender, body)


def told(sender: Sender, notice: Notice, language: str = "") -> str:
    """The notice itself, with its map, and the button to say it back; a message of the line in the language chosen."""
    chosen = language if language in notice.texts else notice.language
    others = join([_in_language(one) for one in notice.texts if one != chosen], "\n")
    body = fill(
        "{body}\n{form}\n{others}",
        body=_notice(sender, notice, chosen),
        form=_form("ask", say("guest.next")),
        others=others,
    )
    return _page(sender, body)


def asked(sender: Sender, notice: Notice, given: Mapping[str, str], missing: tuple[str, ...] = (), refused: str = "") -> str:
    """The questions, without the notice. `missing` names fields that were left empty or are no number; `refused` says what
    is wrong with one that cannot be taken.
    """
    problem = Html("")
    if missing or refused:
        text = refused or say("guest.wrong_form", fields=", ".join(field_words(name) for name in missing))
        problem = fill('<p class="bad" role="alert">{text}</p>', text=text)
    body = fill(
        _ASKED,
        head=say("guest.questions"),
        why=say("guest.questions_why"),
        problem=problem,
        questions=join([_question(question, given) for question in notice.questions], "\n"),
        name=say("guest.your_name"),
        given=given.get("name", ""),
        more=_who_and_what(given) if notice.talk else Html(""),
        send=say("guest.send"),
        back=_form("show", say("guest.back"), second=True),
    )
    return _page(sender, body)


def outcome(sender: Sender, notice: Notice, used: bool = False) -> str:
    """How it stands once it has been answered, taken back, or run out."""
    parts = [_verdict(sender, notice)]
    if notice.state in ("read_back", "mismatch", "confirmed"):
        if used and notice.talk:
            at = to_rfc3339(notice.answered_ns or 0, 0)[:16].replace("T", " ")
            parts.insert(0, fill('<p class="bad">{text}</p>', text=say("guest.used", at=f"{at} UTC", name=notice.answered_by)))
        parts.append(_notice(sender, notice))
    return _page(sender, join(parts, "\n"))


def nothing(text_key: str) -> str:
    """The page for a link that leads nowhere, and for one who asks too often."""
    body = fill("<main><h1>{title}</h1>\n<p>{text}</p></main>", title=say("guest.title"), text=say(text_key))
    return document(say("guest.title"), body)


def field_words(name: str) -> str:
    """A field of a read-back in words."""
    return EN.get(f"field.{name}", name)


def _page(sender: Sender, inner: Html) -> str:
    exercise = fill('<p class="bad">{text}</p>', text=say("guest.exercise")) if sender.exercise else Html("")
    body = fill(
        '<main>\n<h1>{title}</h1>\n{exercise}\n{inner}\n<p class="rule">{disclaimer}</p>\n</main>',
        title=say("guest.from", party=sender.party),
        exercise=exercise,
        inner=inner,
        disclaimer=say("disclaimer"),
    )
    return document(say("guest.title"), body)


def _form(step: str, label: str, second: bool = False) -> Html:
    kind = Html(' class="second"') if second else Html("")
    template = '<form method="post"><input type="hidden" name="step" value="{step}"><button{kind}>{label}</button></form>'
    return fill(template, step=step, kind=kind, label=label)


def _who_and_what(given: Mapping[str, str]) -> Html:
    """In which role somebody answers, and what the unit did, which may be left open."""
    options = [_option("", say("guest.did_nothing_said"), given.get("did", ""))]
    options += [_option(one, say(f"did.{one}"), given.get("did", "")) for one in DID]
    return fill(_WHO, role=say("guest.your_role"), given=given.get("role", ""), did=say("guest.did"), options=join(options))


def _in_language(language: str) -> Html:
    name = LANGUAGES.get(language, language)
    template = (
        '<form method="post"><input type="hidden" name="step" value="show"><input type="hidden" name="language" '
        'value="{language}"><button class="second" lang="{language}" dir="auto">{name}</button></form>'
    )
    return fill(template, language=language, name=name)


def _text(notice: Notice, language: str) -> Html:
    """The text of a message of the line, line by line, in its own direction."""
    lines = notice.texts.get(language or notice.language, "").splitlines()
    shown = join([fill('<p dir="auto">{line}</p>', line=line) for line in lines if line.strip()])
    return fill('<div class="said" lang="{language}">{shown}</div>', language=language or notice.language, shown=shown)


def _notice(sender: Sender, notice: Notice, language: str = "") -> Html:
    if notice.texts:
        lines = _text(notice, language)
        if notice.unit != notice.to:
            lines = fill("<p>{unit}</p>\n{text}", unit=say("guest.unit_of", unit=notice.unit), text=lines)
    else:
        lines = join([fill("<p>{line}</p>", line=line) for line in notice.words], "\n")
    own = Html("")
    if notice.text:
        head = say("guest.said_by", party=sender.party)
        own = fill('<p>{head}</p>\n<p class="said" dir="auto">{text}</p>', head=head, text=notice.text)
    return fill(
        '<h2 dir="auto">{zone}</h2>\n<p>{to}</p>\n{own}\n{lines}\n{map}',
        zone=notice.zone_name,
        to=say("guest.to", to=notice.to),
        lines=lines,
        map=_map(notice),
        own=own,
    )


def _map(notice: Notice) -> Html:
    """The sketch, and below it what its lines are where there is more than one kind."""
    drawn = sketch(notice.outline, say("guest.map"), notice.rings)
    if not drawn or not notice.rings:
        return drawn
    return fill('{drawn}\n<p class="quiet">{rings}</p>', drawn=drawn, rings=say("guest.rings"))


def _verdict(sender: Sender, notice: Notice) -> Html:
    party = sender.party
    if notice.state in ("read_back", "confirmed"):
        text = say("guest.good", name=notice.answered_by, party=party)
        more = say("guest.confirmed", party=party) if notice.state == "confirmed" else ""
        return fill('<p class="good" role="status">{text} {more}</p>', text=text, more=more)
    if notice.state == "mismatch":
        text = say("guest.bad", fields=", ".join(field_words(name) for name in notice.differs), party=party)
        return fill('<p class="bad" role="alert">{text}</p>\n<p>{do}</p>', text=text, do=say("guest.bad_do"))
    key = "guest.revoked" if notice.state == "revoked" else "guest.expired"
    return fill('<p class="bad" role="alert">{text}</p>', text=say(key))


def _question(question: Question, given: Mapping[str, str]) -> Html:
    inner = _length(question, given) if isinstance(question, LengthQuestion) else _choices(question, given)
    return fill(
        "<fieldset><legend>{ask}</legend>\n{inner}\n</fieldset>",
        ask=EN.get(f"ask.{question.field}", question.field),
        inner=inner,
    )


def _length(question: LengthQuestion, given: Mapping[str, str]) -> Html:
    unit = f"{question.field}_unit"
    options = [_option("", say("guest.choose"), given.get(unit, ""))]
    options += [_option(one, say(f"unit.{one}"), given.get(unit, "")) for one in UNITS]
    return fill(
        _LENGTH,
        field=question.field,
        unit=unit,
        given=given.get(question.field, ""),
        number=say("guest.number"),
        unit_word=say("guest.unit"),
        options=join(options),
    )


def _option(value: str, label: str, given: str) -> Html:
    chosen = Html(" selected") if value == given else Html("")
    return fill('<option value="{value}"{chosen}>{label}</option>', value=value, chosen=chosen, label=label)


def _choices(question: Question, given: Mapping[str, str]) -> Html:
    assert not isinstance(question, LengthQuestion)
    rows = [(choice.id, choice.says) for choice in question.choices]
    rows.append((UNSURE, say("guest.unsure")))
    chosen = given.get(question.field)
    return join([_radio(question.field, value, label, value == chosen) for value, label in rows], "\n")


def _radio(field: str, value: str, label: str, chosen: bool) -> Html:
    template = '<label class="choice" dir="auto"><input type="radio" name="{field}" value="{value}"{chosen}>{label}</label>'
    return fill(template, field=field, value=value, label=label, chosen=Html(" checked") if chosen else Html(""))


def _until(notice: Notice) -> str:
    return to_rfc3339(notice.valid_until_ns, 0)[:16].replace("T", " ") + " UTC"


_LENGTH: Final = """<label>{number} <input type="text" name="{field}" value="{given}" inputmode="decimal" maxlength="12" \
autocomplete="off"></label>
<label>{unit_word} <select name="{unit}">{options}</select></label>"""

_WHO: Final = """<fieldset><legend>{role}</legend>
<label><input type="text" name="role" value="{given}" maxlength="40" aria-label="{role}"></label>
</fieldset>
<fieldset><legend>{did}</legend>
<label><select name="did" aria-label="{did}">{options}</select></label>
</fieldset>"""

_ASKED: Final = """<h2>{head}</h2>
<p class="quiet">{why}</p>
{problem}
<form method="post" autocomplete="off"><input type="hidden" name="step" value="answer">
{questions}
<fieldset><legend>{name}</legend>
<label><input type="text" name="name" value="{given}" maxlength="80" autocomplete="name" aria-label="{name}"></label>
</fieldset>
{more}
<button>{send}</button>
</form>
{back}"""
