"""Numbers of notices, in whatever order they come: exactly those that did not come are missing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from openline.line.serials import JUMP_MAX, SERIAL_MAX, Serials, serial_of

COUNT = JUMP_MAX


@settings(max_examples=200, deadline=None)
@given(st.permutations(range(1, COUNT + 1)), st.sets(st.integers(1, COUNT - 1)), st.sets(st.integers(1, COUNT - 1)))
def test_what_did_not_come_or_was_of_no_use_is_missing_and_nothing_else(
    order: list[int], lost: set[int], useless: set[int]
) -> None:
    serials = Serials()
    for number in order:
        if number in useless - lost:
            serials.unusable(number, "no template", 0)
        elif number not in lost:
            serials.take(number, 0)
    assert set(serials.missing) == lost | useless
    assert serials.upto == COUNT


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, SERIAL_MAX), max_size=60))
def test_the_highest_never_falls_and_nothing_above_it_is_missing(numbers: list[int]) -> None:
    serials, highest = Serials(), 0
    for number in numbers:
        serials.take(number, 0)
        assert serials.upto >= highest
        assert all(one < serials.upto for one in serials.missing)
        highest = serials.upto


def test_what_is_no_number_of_a_notice_is_not_counted() -> None:
    assert serial_of("zone.notice", {"serial_number": 3}) == 3
    assert serial_of("question", {"serial_number": 3}) is None
    assert [serial_of("correction", {"serial_number": one}) for one in (0, "3", SERIAL_MAX + 1)] == [None, None, None]
