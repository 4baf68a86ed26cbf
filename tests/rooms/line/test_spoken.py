"""line.spoken: one wrong word and two words exchanged are noticed, whatever the fingerprint."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.spoken import WORDS, WORDS_COUNT, heard, is_spoken, spoken

quick = settings(max_examples=150, deadline=None)
FINGERPRINTS = st.binary(min_size=32, max_size=32).map(bytes.hex)


def distance(left: str, right: str) -> int:
    """How many letters must change, come or go to make one word of the other."""
    row = list(range(len(right) + 1))
    for number, one in enumerate(left, 1):
        above, row = row, [number]
        for place, other in enumerate(right, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (one != other)))
    return row[-1]


def test_every_two_words_differ_in_three_letters_and_in_their_first_four():
    assert len(set(WORDS)) == 256
    assert [pair for pair in combinations(WORDS, 2) if distance(*pair) < 3 or pair[0][:4] == pair[1][:4]] == []


def test_the_words_are_short_and_plain():
    assert [word for word in WORDS if not (word.isascii() and word.islower() and word.isalpha() and 4 <= len(word) <= 7)] == []


@quick
@given(FINGERPRINTS)
def test_what_is_spoken_is_heard(fingerprint):
    assert is_spoken(spoken(fingerprint), fingerprint)
    assert heard([word.upper() + " " for word in spoken(fingerprint)]) == fingerprint[:30]


@quick
@given(FINGERPRINTS, st.integers(0, WORDS_COUNT - 1), st.sampled_from(WORDS))
def test_any_one_wrong_word_is_noticed(fingerprint, place, word):
    words = list(spoken(fingerprint))
    if words[place] != word:
        words[place] = word
        with pytest.raises(Refused, match="belong together"):
            heard(words)


@quick
@given(FINGERPRINTS, st.integers(0, WORDS_COUNT - 1), st.integers(0, WORDS_COUNT - 1))
def test_any_two_words_exchanged_are_noticed(fingerprint, one, other):
    words = list(spoken(fingerprint))
    if words[one] != words[other]:
        words[one], words[other] = words[other], words[one]
        with pytest.raises(Refused, match="belong together"):
            heard(words)


@quick
@given(FINGERPRINTS, FINGERPRINTS)
def test_another_key_sounds_otherwise(one, other):
    assert is_spoken(spoken(one), other) == (one[:30] == other[:30])


def test_a_word_of_no_list_is_named():
    with pytest.raises(Refused, match=r"words\.3") as caught:
        heard([*spoken("00" * 32)[:2], "acron", *spoken("00" * 32)[3:]])
    assert caught.value.field == "words.3"


def test_too_few_words_are_nothing():
    with pytest.raises(Refused, match="16 words"):
        heard(spoken("00" * 32)[:8])
