"""The page of alarms as text: what happened is said in words."""

import pytest

from openline.console.pages.alarms import page

WORDS = [
    ("averted", "Turned away before the boundary"),
    ("exit", "Left"),
    ("approach", "Heading for the boundary"),
    ("may_reach", "Not heard; may have reached the boundary"),
]


@pytest.mark.parametrize(("event", "words"), WORDS)
def test_an_event_is_said_in_words(event: str, words: str) -> None:
    assert f"<td>{words}</td>" in page({"node": {}, "alarms": [{"event": event, "priority": "warning"}]}, "now")


def test_an_event_nobody_has_words_for_is_shown_as_it_is() -> None:
    assert "<td>strange</td>" in page({"node": {}, "alarms": [{"event": "strange"}]}, "now")


def test_what_stands_against_the_picture_is_said_and_nothing_where_nothing_does() -> None:
    standing = {"id": "C1", "what": "gnss_suspect", "says": "GNSS SUSPECT: 20 movers.", "since": "T", "acknowledged_by": None}

    assert "GNSS SUSPECT: 20 movers. Since T." in page({"node": {"conditions": [standing]}}, "now")
    assert "Since" not in page({"node": {"conditions": []}}, "now").partition("<h2>")[0]
