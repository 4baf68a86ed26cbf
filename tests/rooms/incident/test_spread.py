"""Ranges in words: one number only where both ends read the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.incident.spread import moment, within


@pytest.mark.parametrize(
    ("distance_m", "ends", "words"),
    [
        (27_000.0, None, "27.0 km"),
        (27_000.0, (26_990.0, 27_010.0), "27.0 km"),
        (27_000.0, (26_900.0, 27_100.0), "27.0 ± 0.1 km"),
        (420.0, (320.0, 520.0), "420 ± 100 m"),
        (27_000.0, (980.0, 41_000.0), "between 980 m and 41.0 km"),
        (40.0, (0.0, 140.0), "up to 140 m"),
        (27_000.0, (5_000.0, None), "at least 5.0 km"),
    ],
)
def test_a_distance_is_said_as_sure_as_it_is(distance_m: float, ends: tuple[float, float | None] | None, words: str) -> None:
    assert within(distance_m, ends) == words


@given(st.floats(0, 500_000), st.floats(0, 50_000), st.none() | st.floats(0, 50_000))
def test_a_distance_is_never_said_without_a_unit(distance_m: float, less_m: float, more_m: float | None) -> None:
    words = within(distance_m, (max(0.0, distance_m - less_m), None if more_m is None else distance_m + more_m))

    assert words.endswith((" m", " km"))


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (None, "at 5"),
        ((5, 5), "at 5"),
        ((3, 7), "between 3 and 7"),
        ((None, 7), "at or before 7"),
        ((3, None), "at or after 3"),
        ((None, None), "about 5"),
    ],
)
def test_a_moment_is_said_as_sure_as_it_is(ends: tuple[int | None, int | None] | None, words: str) -> None:
    assert moment(5, ends, str) == words
