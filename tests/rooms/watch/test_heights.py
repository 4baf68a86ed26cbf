"""Heights against bands: between two datums only a bound is known, and unknown is never taken as outside."""

from math import inf, nan

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openline.units import DATUMS
from openline.watch.heights import AGL, AMSL, BARO, GEOID_M, WGS84, band_fractions, bounds, relation

heights = st.floats(-400, 20_000)


def known(**by_datum: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[by_datum.get(datum, nan) for datum in DATUMS]])


@given(heights, st.floats(0, 100))
def test_the_own_datum_is_exact_but_for_the_stated_accuracy(height_m: float, accuracy_m: float) -> None:
    low, high = bounds(known(amsl=height_m), np.array([accuracy_m]))

    assert (low[0, AMSL], high[0, AMSL]) == (height_m - accuracy_m, height_m + accuracy_m)


@given(heights)
def test_every_other_datum_holds_the_truth_whatever_the_geoid_and_the_weather(height_m: float) -> None:
    low, high = bounds(known(wgs84=height_m), np.zeros(1))

    assert low[0, AMSL] <= height_m - 107 <= height_m + 86 <= high[0, AMSL]
    assert high[0, AMSL] - low[0, AMSL] == 2 * GEOID_M
    assert low[0, BARO] < low[0, AMSL]
    assert low[0, AGL] <= height_m - 8_849


def test_nothing_known_may_be_at_any_height() -> None:
    low, high = bounds(known(), np.zeros(1))

    assert (low == -inf).all()
    assert (high == inf).all()


@given(st.lists(st.tuples(*[st.one_of(st.just(nan), heights)] * 4), min_size=1, max_size=5), heights, heights)
def test_surely_inside_and_surely_outside_exclude_each_other(rows: list[tuple[float, ...]], a_m: float, b_m: float) -> None:
    low, high = bounds(np.array(rows), np.zeros(len(rows)))
    floor_m, ceiling_m = np.full(len(rows), min(a_m, b_m)), np.full(len(rows), max(a_m, b_m))
    for datum in (BARO, WGS84, AMSL, AGL):
        column = np.full(len(rows), datum)
        inside, outside = relation(low, high, floor_m, ceiling_m, column, column)

        assert not (inside & outside).any()


@given(heights, heights, heights, heights)
def test_the_part_of_a_climb_in_the_band_ends_on_its_edges(a_m: float, b_m: float, one_m: float, other_m: float) -> None:
    floor_m, ceiling_m = min(one_m, other_m), max(one_m, other_m)
    part = band_fractions(a_m, b_m, floor_m, ceiling_m)
    middle = [a_m + f * (b_m - a_m) for f in np.linspace(0, 1, 41)]

    if part is None:
        assert all(not (floor_m + 1e-6 < h < ceiling_m - 1e-6) for h in middle)
    else:
        for fraction in part:
            assert floor_m - 1e-6 <= a_m + fraction * (b_m - a_m) <= ceiling_m + 1e-6
