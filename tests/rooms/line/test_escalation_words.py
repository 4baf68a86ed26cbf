"""What people outside the console are told: every cause has words, none of them forbidden, no place unless it may have one."""

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line import conversation, custody
from openline.line import escalation_words as words
from openline.line.escalation import Item, Path
from openline.line.templates.lint import never_said
from openline.line.templates.pack import shipped_words

T0_US = 1_795_348_800_000_000
FIRED = {"lapse", "expire"}  # events of the flow; nobody is told of them
NOT_RAISED = {"stored"}  # of a custody chain: the conversation raises the receipt
MAIL = Path("mail", to="duty officer")
OPEN = Path("hook", to="facilitator", places=True)


def whats_of(kind: Any) -> set[str]:
    (field,) = (one for one in msgspec.structs.fields(kind) if one.name == "what")
    return set(get_args(field.type))


WHATS = sorted(words.MISSING)


def item(what: str, **more: Any) -> Item:
    given: dict[str, Any] = {"name": "n", "what": what, "severity": "critical", "since_us": T0_US, "due_us": T0_US}
    given |= {"line": "north.example~south.example", "talk": "south.example/3", "kind": "warning.relay", "precedence": "flash"}
    return Item(**{**given, **more})


def text(one: Item, path: Path = MAIL, say: str = "", late_s: int = 0) -> str:
    return words.text(one, path, "e1/0/mail", (1, 3), say, late_s, T0_US + 1, "south.example")


def test_everything_that_can_be_due_has_words() -> None:
    due = whats_of(conversation.Due) | whats_of(custody.Due) - NOT_RAISED
    assert due - FIRED <= set(words.MISSING)
    assert set(words.MISSING) == set(words.TO_DO)


@pytest.mark.parametrize("ours", [True, False])
@pytest.mark.parametrize("what", WHATS)
def test_the_words_say_what_to_do_and_nothing_forbidden(what: str, ours: bool) -> None:
    said = text(item(what, ours=ours))
    assert "What to do: " in said
    assert shipped_words()["en"].not_permission in said
    assert list(never_said(said, "en")) == []
    assert "safe" not in said.lower()


@pytest.mark.parametrize("what", sorted(words.OURS_TO_DO))
def test_of_a_message_that_came_it_is_our_own_desk_that_has_to_act(what: str) -> None:
    said = text(item(what, ours=False, talk="north.example/3"))
    assert "Their message north.example/3" in said
    assert "Telephone the counterpart's duty officer" not in said


@given(st.integers(-899_999_999, 899_999_999), st.integers(-1_799_999_999, 1_799_999_999))
def test_a_place_of_the_message_is_told_only_over_a_path_that_may_carry_it(lat_1e7: int, lon_1e7: int) -> None:
    one = item("seen", place=(lat_1e7, lon_1e7))
    shown = f"{lat_1e7 / 1e7:.5f}, {lon_1e7 / 1e7:.5f}"
    assert shown in text(one, OPEN)
    assert shown not in text(one)


@pytest.mark.parametrize(
    "typed",
    [
        "33.507, 38.618",
        "33.5070N 38.6180E",
        "-33.5070/151.6180",
        "33°30'25\"N 38°37'05\"E",
        "33° 30.42' N, 38° 37.08' E",
        "333025N 0383705E",
        "37SDT6807",
        "37S DT 68012 07123",
        "37s dt 6801 0712",
    ],
)
def test_coordinates_that_people_typed_are_taken_out(typed: str) -> None:
    said = text(item("passed_on", unit=f"platoon at {typed} now"))
    assert words.LEFT_OUT in said
    assert not [part for part in typed.split() if len(part) > 4 and part in said]


@pytest.mark.parametrize(
    "typed", ["Convoy 7", "4 lorries, 12 people", "+962 6 555 1234", "118.25 MHz", "3rd Bn", "14:02Z 2,000 m"]
)
def test_what_is_no_place_stays(typed: str) -> None:
    assert words.without_places(typed) == typed


def test_a_late_message_says_how_late() -> None:
    assert "late by 12 min 5 s" in text(item("seen"), late_s=725)
    assert "late by" not in text(item("seen"), late_s=5)


@given(st.sampled_from(WHATS), st.booleans(), st.booleans())
def test_a_subject_is_one_short_line(what: str, exercise: bool, repeat: bool) -> None:
    said = words.subject(item(what, exercise=exercise), repeat=repeat)
    assert len(said) <= words.SUBJECT_CHARS_MAX
    assert "\n" not in said
    assert said.startswith("EXERCISE: ") == exercise
    assert ("(repeat)" in said) == repeat


def test_many_things_are_counted_and_the_first_are_named() -> None:
    said = words.many([item("seen", name=str(n)) for n in range(25)], MAIL, "m1/mail", T0_US, "south.example")
    assert "25 further things are due" in said
    assert said.count("\n- ") == words.LISTED_MAX
