"""What a last unit says back of a message of the line, as a guest with a telephone: choices and lengths, drawn from its slots.

What the unit is asked to do comes first, then how far, then who is meant. Words are those of the message's template in the
language of the page. A message with none of these is read back by its marker: whether it asks, warns or informs.
"""

from typing import Final

from openline.line.notice import CHOICES_MAX, Choice, ChoiceQuestion, LengthQuestion, Question
from openline.line.templates.slots import Params, Slot
from openline.line.templates.template import Template

ASKED_MAX: Final = 3
ASKED: Final = ("asked_choice", "distance_m", "side_choice", "radius_m", "within_m", "change_choice", "mover_choice")
MARKERS: Final = ("REQUEST", "WARNING", "INFORMATION", "INTENTION", "ADVICE", "INSTRUCTION")


def questions(template: Template, params: Params, language: str) -> tuple[Question, ...]:
    """The questions about a message with these slots, at least one."""
    words = template.words.get(language) or template.words[template.source]
    slots = sorted((one for one in template.slots if one.name in ASKED and one.name in params), key=_rank)
    found: list[Question] = []
    for slot in slots:
        value = params[slot.name]
        if slot.kind == "distance" and isinstance(value, int) and value > 0:
            found.append(LengthQuestion(slot.name, float(value)))
        elif slot.kind == "choice" and isinstance(value, str) and value in words.choices.get(slot.of, {}):
            found.append(_choice(slot.name, value, dict(words.choices[slot.of])))
    return tuple(found[:ASKED_MAX]) or (
        _choice("marker", template.marker, {one: words.markers.get(one, one) for one in MARKERS}),
    )


def _rank(slot: Slot) -> int:
    return ASKED.index(slot.name)


def _choice(field: str, right: str, says: dict[str, str]) -> ChoiceQuestion:
    """Every word of the list, or as many as a page shows, the right one among them, in the order of the list."""
    shown = list(says)[:CHOICES_MAX]
    if right not in shown:
        shown[-1] = right
    return ChoiceQuestion(field, right, tuple(Choice(word, says[word]) for word in shown))
