"""What is urgent is spoken first, and by when something must have come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.precedence import DEFAULTS, PRECEDENCES, interrupts, queue_key, timers_of, too_long, urgent

WAITING = st.tuples(st.sampled_from(PRECEDENCES), st.integers(0, 10**15), st.integers(0, 1000))


def test_the_last_timer_is_ten_minutes_half_an_hour_three_hours_six_hours():
    assert [DEFAULTS[each].answer_s for each in PRECEDENCES] == [600, 1_800, 10_800, 21_600]


def test_a_flash_that_nobody_replied_to_is_raised_at_two_five_and_ten_minutes():
    flash = DEFAULTS["flash"]

    assert (flash.seen_s, flash.readback_s, flash.answer_s) == (120, 300, 600)


@pytest.mark.parametrize("precedence", PRECEDENCES)
def test_the_four_times_follow_each_other(precedence):
    times = DEFAULTS[precedence]

    assert times.receipt_s < times.seen_s < times.readback_s < times.answer_s


@given(st.lists(WAITING, max_size=30))
def test_nothing_less_urgent_or_younger_is_spoken_first(waiting):
    spoken = sorted(waiting, key=lambda one: queue_key(*one))

    assert [PRECEDENCES.index(one[0]) for one in spoken] == sorted(PRECEDENCES.index(one[0]) for one in waiting)
    for each in PRECEDENCES:
        same = [one[1:] for one in spoken if one[0] == each]
        assert same == sorted(same)


def test_only_flash_interrupts_and_the_first_two_take_the_urgent_lane():
    assert [each for each in PRECEDENCES if interrupts(each)] == ["flash"]
    assert [each for each in PRECEDENCES if urgent(each)] == ["flash", "immediate"]


def test_an_agreement_may_set_other_times():
    timers = timers_of({"flash": {"seen_s": 60}})

    assert timers["flash"].seen_s == 60
    assert timers["routine"] == DEFAULTS["routine"]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"urgent": {"seen_s": 60}}, "precedence"),
        ({"flash": {"soon_s": 60}}, "flash.soon_s"),
        ({"flash": {"seen_s": 0}}, "flash.seen_s"),
        ({"flash": {"seen_s": True}}, "flash.seen_s"),
        ({"flash": {"seen_s": 10**9}}, "flash.seen_s"),
        ({"flash": {"seen_s": 601}}, "flash"),
    ],
)
def test_times_that_make_no_sense_are_refused_by_name(settings, field):
    with pytest.raises(Refused) as refused:
        timers_of(settings)
    assert refused.value.field == field


def test_two_hundred_words_are_the_most_of_flash_and_immediate():
    assert not too_long("flash", "word " * 200)
    assert too_long("immediate", "word " * 201)
    assert not too_long("priority", "word " * 1_000)
