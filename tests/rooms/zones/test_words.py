"""Sizes in words and what they could mean; Annex C's conversions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.units import LENGTH_UNITS_M
from openline.zones.words import readings, sizes, unit_of


def km(words: str) -> list[float]:
    return [round(reading.radius_m / 1000.0, 2) for reading in readings(words)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("55 km", [55.0]),
        ("34 statute miles", [54.72]),
        ("30 nmi", [55.56]),
        ("17 nautical miles", [31.48]),
        ("30-mile ground and air exclusion zone", [48.28, 55.56]),
        ("34-mile", [54.72, 62.97]),
        ("34 mi (55 km)", [54.72, 62.97, 55.0]),
        ("12 NM radius", [22.22]),
        ("12 / 7 nm", [12.96]),
        ("500 yd", [0.46]),
        ("100 yards", [0.09]),
        ("34-mile wide", [54.72, 62.97, 27.36, 31.48]),
        ("10 km in diameter", [5.0]),
        ("1,500 m", [1.5]),
        ("a 2.5km ring", [2.5]),
        ("within 3 NM of the runway, up to 1,500 ft AMSL", [5.56]),
        ("below 120 m AGL", []),
        ("5 km around, up to 2,000 ft", [5.0]),
        ("55 km, that is 55 km", [55.0]),
        ("34–mile", [54.72, 62.97]),
        ("34\xa0km", [34.0]),
        ("no size at all", []),
        ("34mm of rain", []),
        ("", []),
    ],
)
def test_every_reading_of_a_size_is_given(words: str, expected: list[float]) -> None:
    assert km(words) == expected


def test_a_size_keeps_the_words_it_stood_in() -> None:
    assert [said.words for said in sizes("a 34-mile (55 km) defensive zone")] == ["34-mile", "55 km"]


def test_only_a_size_with_unit_and_radius_is_stated_outright() -> None:
    assert [reading.stated for reading in readings("12 NM radius")] == [True]


@pytest.mark.parametrize("words", ["30-mile zone", "34-mile wide", "55 km"])
def test_a_size_with_a_choice_left_is_not_stated(words: str) -> None:
    assert not any(reading.stated for reading in readings(words))


@pytest.mark.parametrize(
    ("word", "unit"),
    [("NM", "nmi"), ("Statute Miles", "statute_mi"), ("mi", "mile"), ("nautical-mile", "nmi"), ("sm", "statute_mi")],
)
def test_a_unit_word_names_its_unit(word: str, unit: str) -> None:
    assert unit_of(word) == unit


@pytest.mark.parametrize("word", ["", "parsec", "M ", "league", "'"])
def test_an_unknown_unit_word_is_refused_or_read(word: str) -> None:
    if word.strip().lower() == "m":
        assert unit_of(word) == "m"
    else:
        with pytest.raises(Refused):
            unit_of(word)


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 9999), st.sampled_from(sorted(set(LENGTH_UNITS_M) - {"fl"})), st.sampled_from([" ", "-", ""]))
def test_a_size_with_a_definite_unit_is_its_value_times_its_unit(value: int, unit: str, joint: str) -> None:
    (reading,) = readings(f"a zone of {value}{joint}{unit} around it")

    assert reading.radius_m == pytest.approx(value * LENGTH_UNITS_M[unit])


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=300))
def test_no_words_can_raise(words: str) -> None:
    assert all(reading.radius_m >= 0.0 for reading in readings(words))


def test_a_long_text_is_read_in_time() -> None:
    assert len(sizes("9" * 4_000 + " 34 mile" * 1_000)) <= 500
