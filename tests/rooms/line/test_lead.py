"""Notice that came too late to be used is computed, said and kept (R13, R92)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.lead import check_reason, lead, sentence, spoken

GIVEN_US = 1_537_217_400_000_000
MINUTE_US = 60_000_000


def test_r92_under_a_minute_of_notice_is_too_late_for_who_needs_ten():
    """R92 Notice too late to use (Il-20 2018, 15 killed): notice minus handling time is below zero, and is kept."""
    one = lead(GIVEN_US, GIVEN_US + 48_000_000, handling_s=600, minimum_s=0)

    assert one.usable_s == 48 - 600
    assert one.too_late
    assert one.earliest_us == GIVEN_US + 600_000_000
    assert "could not have acted before it began" in sentence(one)


def test_notice_is_said_in_minutes_and_seconds():
    assert sentence(lead(GIVEN_US, GIVEN_US + 48_999_999, 0, 0)) == "notice given: 0 min 48 s"


def test_fifty_seconds_under_a_minimum_of_a_day_is_said_and_needs_a_reason():
    short = lead(GIVEN_US, GIVEN_US + 50_000_000, handling_s=0, minimum_s=86_400)

    assert sentence(short) == "notice given: 0 min 50 s; below minimum (24 h 0 min)"
    with pytest.raises(Refused):
        check_reason(short)


def test_with_a_reason_short_notice_is_still_given():
    check_reason(lead(GIVEN_US, GIVEN_US + 50_000_000, 0, 86_400, reason=" the crew fell ill "))


def test_enough_notice_needs_no_reason():
    check_reason(lead(GIVEN_US, GIVEN_US + 60 * MINUTE_US, handling_s=600, minimum_s=3_600))


def test_a_notice_of_what_has_begun_is_below_zero():
    late = lead(GIVEN_US, GIVEN_US - 130_000_000, 0, 0)

    assert spoken(late.notice_s) == "-2 min 10 s"
    assert late.too_late


@given(st.integers(0, 10**16), st.integers(0, 10**16), st.integers(0, 10**6), st.integers(0, 10**6))
def test_notice_is_never_told_longer_than_it_was(given_us, starts_us, handling_s, minimum_s):
    one = lead(given_us, starts_us, handling_s, minimum_s)

    assert one.notice_s * 1_000_000 <= starts_us - given_us
    assert one.too_late == (one.earliest_us > given_us + one.notice_s * 1_000_000)


@pytest.mark.parametrize("figures", [{"handling_s": -1, "minimum_s": 0}, {"handling_s": 0, "minimum_s": -1}])
def test_negative_figures_are_refused(figures):
    with pytest.raises(Refused):
        lead(GIVEN_US, GIVEN_US, **figures)


def test_a_reason_has_a_limit():
    with pytest.raises(Refused):
        lead(GIVEN_US, GIVEN_US, 0, 0, reason="x" * 501)
