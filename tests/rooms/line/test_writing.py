"""A template is written alike by both nodes, in every language with the same slots, and another's text is held against it."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.cleaning import clean
from openline.line.message import Message, Template, read_message, write_message
from openline.line.templates import slots
from openline.line.templates import template as templates
from openline.line.templates.lint import ample
from openline.line.templates.pack import shipped
from openline.line.templates.slots import Slot, check, distance, number_of, place, time
from openline.line.templates.template import read_back_params
from openline.line.templates.writing import FSI, PDI, compare, render, slot_lines
from tests.rooms.line.said import CONVOY, HAZARD, NOON_US, ZONE, the

ALL = tuple(shipped())
LANGUAGES = ("en", "ar", "ru", "fr", "es")
ZONE_NOTICE = the("zone.notice")
RELAY = the("warning.relay")


# ── how values are written ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0 m (0 ft)"),
        (457, "457 m (1499 ft)"),
        (999, "999 m (3278 ft)"),
        (1_852, "1852 m (1.9 km, 1.0 NM)"),
        (55_000, "55000 m (55.0 km, 29.7 NM)"),
        (54_718, "54718 m (54.7 km, 29.5 NM)"),
    ],
)
def test_a_distance_is_written_in_both_parties_units(value, written):
    assert distance(value) == written


@pytest.mark.parametrize(
    ("value", "datum", "written"),
    [
        (45_720, "amsl", "457 m (1500 ft) AMSL"),
        (150_000, "amsl", "1500 m (4921 ft) AMSL"),
        (320 * 3_048, "baro", "FL320 (9754 m)"),
        (3_048, "baro", "FL001 (30 m)"),
        (100_000, "baro", "1000 m (3281 ft) STD"),
        (0, "agl", "GND"),
        (12_000, "agl", "120 m (394 ft) AGL"),
        (-5_000, "wgs84", "-50 m (-164 ft) WGS-84"),
        (None, "unlimited", "UNL"),
        (None, "not_stated", None),
    ],
)
def test_a_height_is_written_with_its_reference(value, datum, written):
    assert slots.altitude(value, datum) == written


@pytest.mark.parametrize(
    ("lat", "lon", "written"),
    [
        (353_361_111, 403_094_444, "35.33611°N 40.30944°E (35°20′10.0″N 40°18′34.0″E) WGS-84"),
        (-12_345, -1_800_000_000, "0.00123°S 180.00000°W (0°00′04.4″S 180°00′00.0″W) WGS-84"),
        (899_999_999, 0, "90.00000°N 0.00000°E (90°00′00.0″N 0°00′00.0″E) WGS-84"),
    ],
)
def test_a_place_is_written_in_two_notations(lat, lon, written):
    assert place(lat, lon) == written


def test_bearing_speed_and_minutes_carry_their_units():
    assert number_of("bearing", "course_deg", 45) == "045°T"
    assert number_of("speed", "speed_cmps", 1_111) == "40 km/h (22 kt)"
    assert number_of("integer", "wait_min", 15) == "15 min"


def test_a_time_is_cut_off_and_never_told_later_than_it_is():
    assert time(NOON_US + 999_999) == "2017-05-18 12:02:00 UTC"


@given(st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000))
def test_a_written_place_is_within_two_metres_of_what_was_meant(lat, lon):
    numbers = re.findall(r"(\d+\.\d{5})°([NSEW])", place(lat, lon))
    read = [float(number) * (-1 if sign in "SW" else 1) for number, sign in numbers]

    assert abs(read[0] - lat / 1e7) <= 5.1e-6
    assert abs(read[1] - lon / 1e7) <= 5.1e-6


@pytest.mark.parametrize(
    ("slot", "params"),
    [
        (Slot(name="radius_m", kind="distance"), {"radius_m": True}),
        (Slot(name="radius_m", kind="distance"), {"radius_m": 1.5}),
        (Slot(name="radius_m", kind="distance"), {"radius_m": "5"}),
        (Slot(name="radius_m", kind="distance"), {"radius_m": -1}),
        (Slot(name="radius_m", kind="distance", least=10), {"radius_m": 9}),
        (Slot(name="radius_m", kind="distance"), {}),
        (Slot(name="course_deg", kind="bearing"), {"course_deg": 360}),
        (Slot(name="start_us", kind="time"), {"start_us": 1_495_108_920}),  # seconds where µs are meant
        (Slot(name="zone_text", kind="text"), {"zone_text": "Ta\u202enf"}),
        (Slot(name="zone_text", kind="text"), {"zone_text": " Tanf"}),
        (Slot(name="zone_text", kind="text"), {"zone_text": ""}),
        (Slot(name="zone_text", kind="text", most=3), {"zone_text": "Tanf"}),
        (Slot(name="issuer_party", kind="party"), {"issuer_party": "South Desk"}),
        (Slot(name="asked_choice", kind="choice", of="x"), {"asked_choice": "obey"}),
        (Slot(name="a_place", kind="place"), {"a_lat_1e7": 5}),
        (Slot(name="a_place", kind="place"), {"a_lat_1e7": 900_000_001, "a_lon_1e7": 0}),
        (Slot(name="a_place", kind="place", grid_1e7=100), {"a_lat_1e7": 150, "a_lon_1e7": 100}),
        (Slot(name="floor_altitude", kind="altitude"), {"floor_cm": 5}),
        (Slot(name="floor_altitude", kind="altitude"), {"floor_datum": "amsl"}),
        (Slot(name="floor_altitude", kind="altitude"), {"floor_cm": 0, "floor_datum": "unlimited"}),
        (Slot(name="floor_altitude", kind="altitude"), {"floor_cm": 0, "floor_datum": "sea"}),
    ],
)
def test_a_value_that_does_not_fit_its_slot_is_refused(slot, params):
    with pytest.raises(Refused):
        check(slot, params, frozenset({"stay_out"}))


# ── languages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def values_of(template: templates.Template, params: Any) -> list[str]:
    """What stands in the slots that need no language."""
    return [str(slots.written(slot, params)) for slot in template.slots if slot.kind != "choice"]


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
def test_slots_are_written_the_same_in_every_language(template):
    params = ample(template)

    for language in LANGUAGES:
        text = render(template, params, language)
        assert [value for value in values_of(template, params) if value not in text] == []


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
def test_slots_come_back_out_of_an_arabic_text_as_they_went_in(template):
    params = ample(template)
    isolated = re.findall(f"{FSI}([^{PDI}]*){PDI}", render(template, params, "ar").split("\n")[0])
    phrases = {phrase for each in template.words["ar"].choices.values() for phrase in each.values()}

    assert len(isolated) == len(template.slots)
    assert sorted(one for one in isolated if one not in phrases) == sorted(values_of(template, params))


def test_digits_are_western_in_every_language():
    for template in ALL:
        for language in LANGUAGES:
            text = render(template, ample(template), language)
            assert not [one for one in text if one.isdigit() and not one.isascii()]


def test_an_arabic_name_in_an_english_text_cannot_reorder_it():
    text = render(ZONE_NOTICE, {**ZONE, "zone_text": "التنف 2"}, "en")

    assert f"{FSI}“التنف 2”{PDI}" in text
    assert FSI not in render(ZONE_NOTICE, ZONE, "en")


def test_a_value_is_never_read_as_a_slot_or_as_the_templates_own_words():
    text = render(ZONE_NOTICE, {**ZONE, "zone_text": "{radius_m}” INSTRUCTION: leave. “"}, "en")

    assert '“{radius_m}" INSTRUCTION: leave. "”' in text


def test_what_was_left_out_is_not_stated():
    said = {name: value for name, value in ZONE.items() if name != "end_us"}

    assert "Until: not stated." in render(ZONE_NOTICE, said, "en")
    assert "حتى: غير مذكور" in render(ZONE_NOTICE, said, "ar")


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
def test_every_text_says_what_to_do_and_what_a_notification_is_not(template):
    """R81: in each template."""
    for language in LANGUAGES:
        lines = render(template, ample(template), language).split("\n")
        assert lines[1] == template.texts[language].what_to_do
        assert lines[-1] == template.words[language].not_permission


def test_an_exercise_says_so_at_head_and_tail():
    lines = render(ZONE_NOTICE, ZONE, "en", exercise=True).split("\n")

    assert lines[0] == lines[-1] == "EXERCISE EXERCISE EXERCISE"


def test_a_correction_with_a_whole_notice_says_so_at_its_head():
    assert render(ZONE_NOTICE, ZONE, "en", "correction").startswith("CORRECTION: this replaces")
    assert not render(ZONE_NOTICE, ZONE, "en", "zone.notice").startswith("CORRECTION")


def test_the_slots_alone_need_no_language():
    lines = slot_lines(ZONE_NOTICE, ZONE)

    assert "radius_m: 54718 m (54.7 km, 29.5 NM)" in lines
    assert "reason_text: –" in lines


# ── parameters ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", list(ZONE))
def test_nothing_that_must_be_said_can_be_left_out(name):
    said = {key: value for key, value in ZONE.items() if key != name}
    if name == "end_us":
        return
    with pytest.raises(Refused):
        render(ZONE_NOTICE, said, "en")


def test_nothing_extra_can_be_slipped_in():
    with pytest.raises(Refused):
        render(ZONE_NOTICE, {**ZONE, "extra_text": "x"}, "en")


def test_r33_a_relayed_warning_tells_its_mover_by_three_things_at_least():
    bare = {name: value for name, value in CONVOY.items() if name not in ("mover_count", "looks_text", "course_deg")}

    render(RELAY, CONVOY, "en")
    with pytest.raises(Refused):
        render(RELAY, bare, "en")


def test_a_language_that_is_not_there_is_refused():
    with pytest.raises(Refused):
        render(ZONE_NOTICE, ZONE, "tr")


# ── comparing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def message(**changed: Any) -> Message:
    texts = {language: render(ZONE_NOTICE, ZONE, language) for language in ("en", "ar")}
    fields: dict[str, Any] = {
        "from_": "south.example",
        "to": "north.example",
        "lane": 0,
        "seq": 1,
        "prev": bytes(32),
        "at_us": NOON_US,
        "type": "zone.notice",
        "conv": "south.example/1",
        "precedence": "flash",
        "marker": "INFORMATION",
        "answers": ZONE_NOTICE.answers,
        "readback": read_back_params(ZONE_NOTICE, ZONE),
        "tpl": Template(ZONE_NOTICE.id, ZONE_NOTICE.version, ZONE_NOTICE.hash),
        "params": dict(ZONE),
        "text": texts,
    }
    return Message(**{**fields, **changed})


def test_a_message_survives_the_wire_and_is_written_again_the_same():
    assert compare(read_message(write_message(message())), shipped()).verdict == "same"


@pytest.mark.parametrize(
    "changed",
    [
        {"text": {"en": "INFORMATION: all is well."}},
        {"text": {"en": render(ZONE_NOTICE, ZONE, "en").replace("54718", "54719")}},
        {"text": {"en": render(ZONE_NOTICE, ZONE, "en"), "ar": "معلومات"}},
        {"params": {**ZONE, "radius_m": 1_000}},
        {"params": {**ZONE, "radius_m": -1}},
        {"params": {}},
        {"marker": "INSTRUCTION"},
        {"precedence": "urgent"},
        {"type": "hazard.keep_clear"},
        {"answers": ("yes",)},
        {"readback": ("contact_text",)},
        {"ex": True},
    ],
)
def test_what_does_not_say_what_its_template_says_differs(changed):
    assert compare(message(**changed), shipped()).verdict == "differs"


def test_the_language_that_differs_is_named():
    texts = {"en": render(ZONE_NOTICE, ZONE, "en"), "ar": "معلومات"}

    assert compare(message(text=texts), shipped()).differs == ("text.ar",)


@pytest.mark.parametrize(
    "changed",
    [
        {"tpl": None},
        {"tpl": Template("zone.notice", 99, ZONE_NOTICE.hash)},
        {"tpl": Template("zone.notice", 1, bytes(32))},
        {"text": {"tr": "bilgi"}},
        {"text": {}},
        {"text": {"en": render(ZONE_NOTICE, ZONE, "en"), "tr": "bilgi"}},
    ],
)
def test_what_cannot_be_written_again_is_not_checked_and_never_the_same(changed):
    assert compare(message(**changed), shipped()).verdict == "not checked"


def test_a_text_nobody_here_can_read_does_not_hide_one_that_differs():
    assert compare(message(text={"en": "x", "tr": "bilgi"}), shipped()).verdict == "differs"


def test_a_correction_is_compared_as_one():
    text = {"en": render(ZONE_NOTICE, ZONE, "en", "correction")}

    assert compare(message(type="correction", text=text), shipped()).verdict == "same"
    assert compare(message(type="correction"), shipped()).verdict == "differs"


VALUES = st.one_of(st.integers(-(2**53), 2**53), st.text(max_size=30), st.sampled_from(["baro", "agl", "not_stated"]))


@given(st.dictionaries(st.sampled_from([*ZONE, "other_m"]), VALUES), st.sampled_from(LANGUAGES))
def test_whatever_the_parameters_a_text_is_written_or_refused_and_never_breaks(params, language):
    try:
        text = render(ZONE_NOTICE, {**ZONE, **params}, language)
    except Refused:
        return
    assert text.count(FSI) == text.count(PDI)


@given(st.text(max_size=60))
def test_any_clean_text_survives_in_its_quotation_marks(typed):
    name = clean(typed, "zone_text", 60, one_line=True)[:50].strip()
    if not name:
        return
    text = render(ZONE_NOTICE, {**ZONE, "zone_text": clean(name, "zone_text", 50, one_line=True)}, "fr")
    assert text.count("“") == text.count("”") == 3


def test_anything_with_the_names_of_a_message_can_be_compared():
    nothing = SimpleNamespace(
        type="", ex=False, marker="", precedence="", answers=(), readback=(), tpl=None, params={}, text={}
    )

    assert compare(nothing, shipped()).verdict == "not checked"


def test_a_keep_clear_is_written_as_coarse_as_it_is():
    template = the("hazard.keep_clear")

    assert "within 5000 m (5.0 km, 2.7 NM) of 33.51000°N 38.62000°E" in render(template, HAZARD, "en")
