"""Text that people typed is fit to stand beside other text, and nobody's spelling is broken by it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.cleaning import clean, is_clean

ANY_TEXT = st.text(st.characters(), max_size=200)
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@given(ANY_TEXT, st.booleans())
def test_cleaning_what_is_clean_changes_nothing(text, one_line):
    once = clean(text, "text", 1_000, one_line)

    assert clean(once, "text", 1_000, one_line) == once


@given(ANY_TEXT, st.booleans())
def test_nothing_that_turns_the_direction_or_controls_a_screen_is_left(text, one_line):
    said = clean(text, "text", 1_000, one_line)

    assert not [one for one in said if unicodedata.category(one) in ("Cc", "Cs", "Co") and one != "\n"]
    assert not set(said) & set(TURNING)


@given(ANY_TEXT)
def test_what_is_left_is_in_nfc_and_can_be_written_as_utf_8(text):
    said = clean(text, "text", 1_000)

    assert unicodedata.is_normalized("NFC", said)
    assert said.encode().decode() == said


@pytest.mark.parametrize("mark", TURNING)
def test_a_mark_that_turns_the_direction_is_taken_out(mark):
    assert clean(f"turn{mark}tfel", "text", 100) == "turntfel"


def test_joiners_stay_where_they_are_spelling():
    persian, hindi = "می\u200cخواهم", "क्\u200dष"

    assert clean(persian, "text", 100) == persian
    assert clean(hindi, "text", 100) == hindi


def test_joiners_go_where_they_only_hide():
    assert clean("pay\u200cpal \u200d\u200c1\u200d", "text", 100) == "paypal 1"


def test_a_second_joiner_in_a_row_goes():
    assert clean("می\u200c\u200cخ", "text", 100) == "می\u200cخ"


def test_letters_typed_in_two_ways_become_one():
    assert clean("e\u0301", "text", 100) == "é"


def test_a_tower_of_marks_is_cut_and_pointed_hebrew_is_not():
    assert clean("a" + "\u0301" * 50, "text", 100) == "á" + "\u0301" * 4
    assert clean("שִׁ֔", "text", 100) == unicodedata.normalize("NFC", "שִׁ֔")


def test_every_end_of_line_becomes_one_kind():
    assert clean("a\r\nb\rc\u2028d\x85e", "text", 100) == "a\nb\nc\nd\ne"


def test_one_line_has_no_line_ends_and_no_runs_of_spaces():
    assert clean("  a\n\tb   c ", "text", 100, one_line=True) == "a b c"


@pytest.mark.parametrize("text", ["x" * 101, "x" * 100_000, "x\n" * 150])
def test_what_is_too_long_is_refused_and_not_cut(text):
    with pytest.raises(Refused):
        clean(text, "text", 100)


def test_lone_surrogates_and_no_characters_are_taken_out():
    assert clean("a\ud800b\ufdd0c\uffffd\U0001fffee\ue000f", "text", 100) == "abcdef"


def test_a_reader_can_ask_whether_text_is_clean():
    assert is_clean("Tanf", 10, one_line=True)
    assert not is_clean("Ta\u202enf", 10)
    assert not is_clean("two\nlines", 20, one_line=True)
    assert not is_clean("longer than that", 5)
