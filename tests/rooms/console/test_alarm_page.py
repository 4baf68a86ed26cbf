"""The page of alarms as text: what happened is said in words."""

import pytest

from openline.console.pages.alarms import page

WORDS = [("averted", "Turned away before the boundary"), ("exit", "Left"), ("approach", "Heading for the boundary")]


@pytest.mark.parametrize(("event", "words"), WORDS)
def test_an_event_is_said_in_words(event: str, words: str) -> None:
    assert f"<td>{words}</td>" in page({"node": {}, "alarms": [{"event": event, "priority": "warning"}]}, "now")


def test_an_event_nobody_has_words_for_is_shown_as_it_is() -> None:
    assert "<td>strange</td>" in page({"node": {}, "alarms": [{"event": "strange"}]}, "now")
