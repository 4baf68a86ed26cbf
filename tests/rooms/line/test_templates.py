"""The templates that ship, and what is refused of a template before it can be used."""

import pickle
import re

import msgspec
import pytest

from openline.errors import Refused
from openline.line import message
from openline.line.templates import lint as linting
from openline.line.templates.lint import ample, lint, never_said
from openline.line.templates.pack import Pack, own_file, shipped, shipped_words
from openline.line.templates.template import HOLE, MARKERS, read_back_params, read_template, read_words
from openline.line.templates.writing import render
from openline.line.types import TYPES
from tests.rooms.line.said import HAZARD, the

ALL = tuple(shipped())
IDS = [f"{template.id}.{template.version}" for template in ALL]
LANGUAGES = ("ar", "en", "es", "fr", "ru")
WITHOUT_TEXT = {"countersign", "keys"}

SMALL = b"""
id = "small.check"
version = 1
types = ["check"]
marker = "REQUEST"
precedence = ["routine"]
source = "en"
answers = ["yes"]
readback = ["check_number"]
slots = [{ name = "check_number", kind = "integer" }]

[en]
text = "Check {check_number}."
what_to_do = "Read the number back."
"""


def changed(old: str, new: str) -> bytes:
    assert old.encode() in SMALL
    return SMALL.replace(old.encode(), new.encode())


@pytest.mark.parametrize("template", ALL, ids=IDS)
def test_a_shipped_template_has_nothing_wrong(template):
    assert lint(template) == []


@pytest.mark.parametrize("template", ALL, ids=IDS)
def test_a_shipped_template_speaks_all_five_languages(template):
    assert sorted(template.texts) == list(LANGUAGES)


@pytest.mark.parametrize("template", ALL, ids=IDS)
def test_only_english_is_the_source_and_no_translation_names_a_reviewer(template):
    assert template.source == "en"
    assert {language: said.reviewer for language, said in template.texts.items()} == dict.fromkeys(template.texts, "")
    assert {said.translator for language, said in template.texts.items() if language != "en"} == {"machine"}


@pytest.mark.parametrize("kind", sorted(set(TYPES) - WITHOUT_TEXT))
def test_every_type_that_has_a_text_has_a_template(kind):
    assert shipped().of_type(kind)


@pytest.mark.parametrize("template", ALL, ids=IDS)
def test_a_template_fills_what_its_type_must_have(template):
    kind = TYPES[template.types[0]]
    params = ample(template)

    assert {name: type(params.get(name)) for name in kind.slots} == dict(kind.slots)
    for name, words in kind.words.items():
        assert params[name] in words


@pytest.mark.parametrize("template", ALL, ids=IDS)
def test_only_types_of_the_wire_are_named(template):
    assert set(template.types) <= set(TYPES)


@pytest.mark.parametrize("template", ALL, ids=IDS)
def test_what_is_to_be_read_back_fits_a_message(template):
    assert len(read_back_params(template, ample(template))) <= message.READBACK_COUNT_MAX
    assert len(ample(template)) <= message.PARAMS_COUNT_MAX


@pytest.mark.parametrize("template", [each for each in ALL if each.readback], ids=lambda each: each.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_reading_everything_back_fits_a_flash(template, language):
    understood = the("understood")
    params = ample(template)
    read = {f"slot.{name}": params[name] for name in read_back_params(template, params)}

    text = render(understood, {**ample(understood), **read}, language)
    assert len(text.split()) <= 200


def test_a_question_is_one_of_a_small_closed_set():
    names = [template.id for template in shipped().of_type("question")]

    assert names == ["question.delivered", "question.holds", "question.owner", "question.serial", "question.staffed"]


def test_no_shipped_template_is_an_instruction():
    assert "INSTRUCTION" not in {template.marker for template in ALL}


def test_the_markers_are_those_of_the_wire():
    assert MARKERS == message.MARKERS


def test_own_hazardous_activity_has_no_slot_for_an_object():
    template = the("hazard.keep_clear")

    assert {slot.kind for slot in template.slots} == {"party", "place", "distance", "altitude", "time"}
    for params in ({**HAZARD, "object_text": "x"}, {**HAZARD, "area_lat_1e7": 335_100_001}, {**HAZARD, "radius_m": 999}):
        with pytest.raises(Refused):
            render(template, params, "en")


# ── lint finds what it is for ────────────────────────────────────────────────────────────────────────────────────────


def with_text(template_id: str, language: str, text: str) -> list[str]:
    template = the(template_id)
    said = msgspec.structs.replace(template.texts[language], what_to_do=text)
    return lint(msgspec.structs.replace(template, texts={**template.texts, language: said}))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Turn back or we open fire."),
        ("en", "You will be shot at now."),
        ("en", "We shall ENGAGE you soon."),
        ("fr", "Faites demi-tour ou nous tirerons."),
        ("fr", "Nous allons DÉTRUIRE ce convoi."),
        ("es", "Abriremos fuego si continúan ustedes."),
        ("es", "Serán atacados si continúan ustedes."),
        ("ru", "Поверните или откроем огонь."),
        ("ru", "Вы будете уничтожены, если продолжите."),
        ("ar", "ارجعوا وإلا أطلقنا النار."),
        ("ar", "سيتم تدمير القافلة إن واصلت."),
        ("ar", "ارجعوا وإلا فالهجوم عليكم قريب."),
    ],
)
def test_a_sentence_that_threatens_or_orders_force_is_found(language, text):
    assert any("says" in wrong for wrong in with_text("check", language, text))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("ACK this message at once.", "says 'ack'"),
        ("", "no sentence says what to do"),
        ("Go", "no sentence says what to do"),
        ("Answer \u202eon this line now.", "cleaning takes out"),
        ("word " * 200 + "end.", "words with every slot full"),
    ],
)
def test_lint_says(text, wrong):
    assert any(wrong in each for each in with_text("check", "en", text))


def test_a_missing_language_is_found():
    assert any("no text in ar, es, fr, ru" in each for each in lint(read_template(SMALL, shipped_words())))


def test_a_language_without_a_list_of_words_is_never_let_through():
    assert never_said("Anything at all", "tr") == ["(no list of words for tr)"]


def test_every_list_of_words_finds_itself():
    for language in linting.languages():
        for term in re.findall(
            r'"([^"]+)"', own_file("never.toml").decode().partition(f"\n{language} = [")[2].partition("]")[0]
        ):
            assert never_said(f"x {term.replace('*', '')} x", language), (language, term)


def test_a_keep_clear_that_could_tell_an_object_is_found():
    zone = the("zone.notice")

    found = lint(msgspec.structs.replace(zone, id="hazard.keep_clear"))
    assert any("zone_text could tell an object" in each for each in found)
    assert any("finer than 0.01 degrees" in each for each in found)
    assert any("may be under 1 km" in each for each in found)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id =", "id :"),
        ('id = "small.check"', 'id = "Small Check"'),
        ("version = 1", "version = 0"),
        ("version = 1", 'version = "1"'),
        ("version = 1", "version = 1\nsecret = 2"),
        ('"REQUEST"', '"ORDER"'),
        ('["routine"]', "[]"),
        ('["routine"]', '["urgent"]'),
        ('source = "en"', 'source = "ru"'),
        ('["yes"]', '["approved"]'),
        ('["check_number"]', '["other_number"]'),
        ('"check_number", kind = "integer"', '"check", kind = "integer"'),
        ('"check_number", kind = "integer"', '"check_number", kind = "distance"'),
        ('kind = "integer"', 'kind = "integer", of = "mover"'),
        ('kind = "integer"', 'kind = "float"'),
        ('kind = "integer" }', 'kind = "integer" }, { name = "check_number", kind = "integer" }'),
        ("{check_number}", "it"),
        ("{check_number}", "{check_number} {check_number}"),
        ("{check_number}", "{check_number} {other_number}"),
        ("{check_number}", "{check_number} {"),
        ("the number back", "{check_number} back"),
    ],
)
def test_a_template_that_is_not_right_is_refused(old, new):
    with pytest.raises(Refused):
        read_template(changed(old, new), shipped_words())


@pytest.mark.parametrize("data", [b"", b"\xff", b"id = 3", b"[[[[", b"x" * 70_000])
def test_what_is_no_template_is_refused(data):
    with pytest.raises(Refused):
        read_template(data, shipped_words())


def test_words_must_be_the_same_in_every_language():
    text = own_file("words.toml").decode()

    for wrong in (text.replace('drone = "unmanned aircraft"\n', ""), text.replace('ADVICE = "СОВЕТ (ADVICE)"\n', "")):
        with pytest.raises(Refused):
            read_words(wrong.encode())


# ── hash and pack ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_hash_changes_with_every_word_that_is_written():
    first = read_template(SMALL, shipped_words())
    other_words = {
        language: msgspec.structs.replace(words, not_stated="?") if language == "en" else words
        for language, words in shipped_words().items()
    }

    hashes = {
        first.hash,
        read_template(changed("Check {", "The check {"), shipped_words()).hash,
        read_template(changed("the number", "that number"), shipped_words()).hash,
        read_template(changed('"yes"', '"no"'), shipped_words()).hash,
        read_template(SMALL, other_words).hash,
    }
    assert len(hashes) == 5
    assert len(first.hash) == 32


def test_who_translated_it_is_not_part_of_the_hash():
    named = changed('text = "Check', 'translator = "A"\nreviewer = "B"\ntext = "Check')

    assert read_template(named, shipped_words()).hash == read_template(SMALL, shipped_words()).hash


def test_words_a_template_does_not_use_are_not_part_of_its_hash():
    text = own_file("words.toml").decode().replace('drone = "unmanned aircraft"', 'drone = "drone"')

    assert read_template(SMALL, read_words(text.encode())).hash == read_template(SMALL, shipped_words()).hash


def test_one_version_has_one_content():
    small = read_template(SMALL, shipped_words())
    other = read_template(changed("Check {", "The check {"), shipped_words())

    assert len(Pack([small, small])) == 1
    with pytest.raises(Refused):
        Pack([small]).with_more([other])


def test_the_newest_version_is_offered_and_the_old_one_stays():
    small = read_template(SMALL, shipped_words())
    newer = read_template(changed("version = 1", "version = 2"), shipped_words())
    pack = shipped().with_more([newer, small])

    assert pack.newest("small.check") == newer
    assert pack.get("small.check", 1) == small
    assert [template.id for template in pack.of_type("check")] == ["check", "small.check"]
    assert pack.newest("unknown") is None


def test_templates_and_packs_can_be_kept_aside():
    assert list(pickle.loads(pickle.dumps(shipped()))) == list(shipped())


@pytest.mark.parametrize("template", ALL, ids=IDS)
def test_holes_stand_in_every_language_once(template):
    slots = sorted(slot.name for slot in template.slots)

    assert {language: sorted(HOLE.findall(said.text)) for language, said in template.texts.items()} == dict.fromkeys(
        template.texts, slots
    )
