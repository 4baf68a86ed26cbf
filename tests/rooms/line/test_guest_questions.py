"""What a last unit says back of a message: drawn from its slots, in the words of its template."""

from typing import Any

import pytest

from openline.line.guest_questions import ASKED_MAX, questions
from openline.line.notice import CHOICES_MAX, ChoiceQuestion, LengthQuestion
from openline.line.templates import pack
from openline.line.templates.lint import ample

CARRIED = ("zone.notice", "reservation.notice", "movement.notice", "warning.relay", "hazard.keep_clear")


@pytest.mark.parametrize("name", CARRIED)
@pytest.mark.parametrize("language", ["en", "ar", "ru", "fr", "es"])
def test_every_message_that_is_carried_has_questions_in_every_language(name: str, language: str) -> None:
    template = pack.shipped().newest(name)
    assert template is not None
    asked = questions(template, ample(template), language)
    assert 1 <= len(asked) <= ASKED_MAX
    for one in asked:
        if isinstance(one, ChoiceQuestion):
            assert one.right in {choice.id for choice in one.choices}
            assert len(one.choices) <= CHOICES_MAX


def test_what_the_unit_is_asked_to_do_is_asked_first() -> None:
    template = pack.shipped().newest("zone.notice")
    assert template is not None
    asked = questions(template, ample(template), "en")
    assert [one.field for one in asked] == ["asked_choice", "radius_m", "change_choice"]
    assert isinstance(asked[1], LengthQuestion)


def test_a_message_without_such_slots_is_read_back_by_its_marker() -> None:
    template = pack.shipped().newest("warning.relay")
    assert template is not None
    none: dict[str, Any] = {"mover_choice": 3, "distance_m": 0}
    (one,) = questions(template, none, "xx")
    assert isinstance(one, ChoiceQuestion)
    assert (one.field, one.right) == ("marker", "REQUEST")
