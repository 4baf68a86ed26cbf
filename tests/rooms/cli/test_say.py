"""What a record holds may have been typed by a stranger: a terminal shows it and never obeys it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.cli import say

ODD = [("\x1b[2J", "\\u001b[2J"), ("\u202e", "\\u202e"), ("\x9b2J", "\\u009b2J"), ("\x7f", "\\u007f"), ("\x00", "\\u0000")]


@pytest.mark.parametrize(("odd", "shown"), ODD)
def test_what_a_terminal_obeys_is_shown_escaped(odd: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    say.out(f"answered by Bob{odd}")
    say.note(f"answered by Bob{odd}")
    said = capsys.readouterr()

    assert said.out == said.err == f"answered by Bob{shown}\n"


def test_a_cell_of_a_table_makes_no_row_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    say.table(("name",), [("Bob\nALARM: all clear\x1b[2J [red]",)])

    assert "Bob\\nALARM: all clear\\u001b[2J [red]" in capsys.readouterr().out


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_reads_back_as_what_was_there(text: str) -> None:
    assert json.loads(say.plain(json.dumps(text, ensure_ascii=False))) == text


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_nothing_left_moves_a_cursor_or_turns_the_writing(text: str) -> None:
    shown = say.plain(text)

    assert [one for one in shown if ord(one) < 32 and one not in "\n\t"] == []
    assert [one for one in shown if one in "\x7f\x9b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028"] == []


def test_letters_of_every_script_stay_as_they_are() -> None:
    text = "سامي می\u200cخواهم Zoë 王小明\n\tlast"

    assert say.plain(text) is text or say.plain(text) == text
