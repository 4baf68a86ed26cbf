"""Vertical limits in words."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.zones.limits import limit, lower, mentioned, parse, same, upper, words_of
from openline.zones.zone import Limit


@pytest.mark.parametrize(
    ("words", "altitude_m", "datum"),
    [
        ("FL320", 9753.6, "baro"),
        ("FL530", 16154.4, "baro"),
        ("fl 045", 1371.6, "baro"),
        ("1500 ft AMSL", 457.2, "amsl"),
        ("1,500 ft MSL", 457.2, "amsl"),
        ("1500FT ALT", 457.2, "amsl"),
        ("120 m AGL", 120.0, "agl"),
        ("120m ASFC", 120.0, "agl"),
        ("300 m WGS84", 300.0, "wgs84"),
        ("300 metres HAE", 300.0, "wgs84"),
        ("5000 ft STD", 1524.0, "baro"),
        ("-100 m AMSL", -100.0, "amsl"),
        ("2'500 ft".replace("'", ",") + " AMSL", 762.0, "amsl"),
    ],
)
def test_a_limit_is_read_with_unit_and_reference(words: str, altitude_m: float, datum: str) -> None:
    found = parse(words)

    assert found is not None
    assert (round(found.altitude_m, 6), found.datum) == (altitude_m, datum)


@pytest.mark.parametrize("words", ["GND", "sfc", " Surface ", "UNL", "unlimited"])
def test_ground_and_unlimited_are_no_height(words: str) -> None:
    assert parse(words) is None


@pytest.mark.parametrize(
    "words",
    [
        "1500",
        "1500 ft",
        "1500 m",
        "FL",
        "FL3200",
        "FL32.5",
        "1500 AMSL",
        "abc",
        "",
        "1500 ft QFE",
        "1e3 m AGL",
        "٣٢٠ m AGL",
        "1500 ft AMSL or so",
        "NaN m AGL",
    ],
)
def test_a_bare_or_unreadable_height_is_refused(words: str) -> None:
    with pytest.raises(Refused):
        parse(words)


@pytest.mark.parametrize("words", ["999999 m AMSL", "-600 m AMSL"])
def test_a_mad_height_is_refused(words: str) -> None:
    with pytest.raises(Refused, match="a height from"):
        parse(words)


def test_a_lower_limit_is_never_unlimited() -> None:
    with pytest.raises(Refused):
        lower("UNL")


def test_an_upper_limit_is_never_the_ground() -> None:
    with pytest.raises(Refused):
        upper("GND")


@pytest.mark.parametrize(
    ("value", "unit", "datum"), [(1.0, "km", "amsl"), (1.0, "m", "msl"), (1.0, "fl", "amsl"), (float("nan"), "m", "agl")]
)
def test_a_limit_of_unknown_kind_is_refused(value: float, unit: str, datum: str) -> None:
    with pytest.raises(Refused):
        limit(value, unit, datum)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 999), st.sampled_from([("fl", "baro"), ("m", "agl"), ("ft", "amsl"), ("m", "wgs84"), ("ft", "baro")]))
def test_a_limit_goes_through_its_words_and_back(value: int, kind: tuple[str, str]) -> None:
    one = limit(float(value), *kind)

    assert parse(words_of(one)) == one


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40))
def test_words_are_read_or_refused(words: str) -> None:
    with contextlib.suppress(Refused):
        assert isinstance(parse(words), Limit | None)


def test_every_different_limit_in_free_words_is_found() -> None:
    words = "Danger area FL320 ... in force GND–FL530, also said as 32,000 ft STD"

    assert list(mentioned(words)) == ["FL320", "GND", "FL530"]


def test_words_without_limits_mention_none() -> None:
    assert mentioned("34-mile (55 km) defensive zone, 12 NM radius") == {}


def test_zero_above_ground_is_the_ground() -> None:
    assert same(limit(0.0, "m", "agl"), None)


def test_heights_over_different_references_are_never_the_same() -> None:
    assert not same(limit(100.0, "m", "agl"), limit(100.0, "m", "amsl"))
