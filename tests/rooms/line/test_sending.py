"""A translation that nobody on record approved stays behind, save as its sender's own language, and never leaves as FLASH."""

import msgspec
import pytest

from openline.errors import Refused
from openline.line.precedence import PRECEDENCES
from openline.line.templates.pack import shipped
from openline.line.templates.sending import Approval, may_send, standing, texts_to_send
from tests.rooms.line.said import NOON_US, ZONE, the

NOTICE = the("zone.notice")
TRANSLATED = ("ar", "ru", "fr", "es")


def approved(language: str, reviewer: str = "L. Haddad") -> Approval:
    return Approval(template_hash=NOTICE.hash, language=language, reviewer=reviewer, at_us=NOON_US)


@pytest.mark.parametrize("template", tuple(shipped()), ids=lambda template: template.id)
@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_ships_unapproved(template, language):
    assert standing(template, language, ()) == "not approved"


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("precedence", PRECEDENCES)
def test_another_language_than_the_senders_leaves_as_slots_only(language, precedence):
    assert may_send(NOTICE, language, precedence, "en").may == "slots only"


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_senders_own_language_leaves_but_never_as_flash(language):
    assert may_send(NOTICE, language, "immediate", language).may == "text"
    assert may_send(NOTICE, language, "flash", language).may == "slots only"


@pytest.mark.parametrize("precedence", PRECEDENCES)
def test_the_language_it_was_written_in_needs_no_approval(precedence):
    assert may_send(NOTICE, "en", precedence, "ar").may == "text"


@pytest.mark.parametrize("precedence", PRECEDENCES)
def test_an_approved_translation_leaves_at_every_precedence(precedence):
    assert may_send(NOTICE, "ar", precedence, "en", [approved("ar")]).may == "text"


@pytest.mark.parametrize(
    "approval",
    [
        approved("ru"),
        approved("ar", reviewer=""),
        approved("ar", reviewer="machine"),
        msgspec.structs.replace(approved("ar"), template_hash=bytes(32)),
    ],
)
def test_an_approval_of_something_else_or_by_nobody_opens_nothing(approval):
    assert may_send(NOTICE, "ar", "flash", "ar", [approval]).may == "slots only"


def test_a_reviewer_named_in_the_file_alone_opens_nothing():
    named = msgspec.structs.replace(NOTICE.texts["ar"], reviewer="L. Haddad")
    template = msgspec.structs.replace(NOTICE, texts={**NOTICE.texts, "ar": named})

    assert standing(template, "ar", ()) == "not approved"


def test_an_approval_does_not_outlive_the_words_it_was_for():
    changed = msgspec.structs.replace(NOTICE, hash=b"x" * 32)

    assert standing(changed, "ar", [approved("ar")]) == "not approved"


def test_a_language_without_a_text_gets_the_slots():
    assert may_send(NOTICE, "tr", "routine", "en").may == "slots only"


def test_a_precedence_the_template_does_not_have_is_refused():
    check = the("check")

    assert may_send(check, "en", "flash", "en").may == "not at all"


def test_r50_an_instruction_leaves_only_where_the_agreement_grants_it():
    order = msgspec.structs.replace(NOTICE, marker="INSTRUCTION")

    assert may_send(order, "en", "routine", "en").may == "not at all"
    assert may_send(order, "en", "routine", "en", granted=frozenset({"INSTRUCTION"})).may == "text"


def test_what_leaves_is_the_senders_language_and_each_other_has_a_reason_to_stay():
    texts = texts_to_send(NOTICE, ZONE, "priority", "ru", ("en", "ar"))

    assert sorted(texts.text) == ["en", "ru"]
    assert "nobody on record" in texts.left_out["ar"]


def test_a_flash_of_a_sender_whose_language_nobody_approved_leaves_in_the_source():
    texts = texts_to_send(NOTICE, ZONE, "flash", "ar", ())

    assert sorted(texts.text) == ["en"]
    assert "never leaves as FLASH" in texts.left_out["ar"]


def test_all_five_leave_once_they_are_approved():
    texts = texts_to_send(NOTICE, ZONE, "flash", "en", TRANSLATED, [approved(each) for each in TRANSLATED])

    assert sorted(texts.text) == ["ar", "en", "es", "fr", "ru"]


def test_too_many_words_are_refused_as_flash_and_not_as_priority():
    result = the("understood.result")
    wordy = {"message_text": "a.example/1", "result": "differs", "fields": "a " * 119 + "a", "missing_text": "b " * 119 + "b"}

    assert texts_to_send(result, wordy, "priority", "en", ()).text
    with pytest.raises(Refused):
        texts_to_send(result, wordy, "flash", "en", ())


@pytest.mark.parametrize("typed", ["THIS IS NOT A DRILL", "ceci n'est pas un exercice", "Это НЕ учение", "هذا ليس تمريناً"])
def test_r73_an_exercise_that_says_it_is_none_is_refused(typed):
    texts_to_send(NOTICE, {**ZONE, "reason_text": typed}, "priority", "en", ())
    with pytest.raises(Refused):
        texts_to_send(NOTICE, {**ZONE, "reason_text": typed}, "priority", "en", (), exercise=True)


def test_nothing_leaves_of_what_may_not_leave_at_all():
    check = the("check")

    with pytest.raises(Refused):
        texts_to_send(check, {}, "flash", "en", ())
