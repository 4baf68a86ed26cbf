"""Text that a person types into an act ends on every screen and terminal: what none of them shows is refused at the door."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.node.doors.acts import ACTS, CLEANED, fit_for_screens, split

ODD = ("\x1b[2J", "\u202e", "\x00", "\u2066", "\x9b", "\ud800")
FREE = [(name, field) for name, rule in ACTS.items() for field in (*rule.needs, *rule.may) if field not in CLEANED]


def body(name: str, **over: Any) -> dict[str, Any]:
    return {"act": name} | dict.fromkeys(ACTS[name].needs, "x") | over


@pytest.mark.parametrize(("name", "field"), FREE)
def test_every_text_of_every_act_is_looked_at(name: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        split(body(name, **{field: "Bob\x1b[2J"}))

    assert (refused.value.field, refused.value.value) == (field, "'U+001B'")


@pytest.mark.parametrize("odd", ODD)
def test_a_text_within_a_zone_is_named_by_its_path(odd: str) -> None:
    with pytest.raises(Refused) as refused:
        split(body("zone.put", zone={"rings": [{"name": f"a{odd}"}]}))

    assert refused.value.field == "zone.rings[0].name"


def test_a_label_is_one_line() -> None:
    with pytest.raises(Refused, match="on one line"):
        split(body("track.list", label="Bob\nALARM: all clear"))


def test_the_words_of_a_zone_are_quoted_with_their_lines_and_marks() -> None:
    split(body("zone.put", zone={"declared": {"words": "34 mi\r\n\u200fمنطقة\u200e"}}))


def test_nesting_ends() -> None:
    deep: Any = "x"
    for _ in range(60):
        deep = [deep]
    with pytest.raises(Refused, match="nesting"):
        fit_for_screens(deep, "zone")


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=40))
def test_text_that_screens_show_is_let_through(text: str) -> None:
    split(body("track.list", label=text))
