"""How often a key may: on average, at once, and after failures; with bounded memory whatever the keys."""

from hypothesis import given
from hypothesis import strategies as st

from openline.node.doors.throttle import KEYS_MAX, LOCK_MAX_S, Locks, Throttle

S = 1_000_000_000


def test_a_burst_goes_and_then_the_average_holds():
    throttle = Throttle(per_min=60, burst=5)
    gone = [throttle.take("a", 0) == 0 for _ in range(6)]

    assert gone == [True] * 5 + [False]
    assert throttle.take("a", 1 * S) == 0


def test_the_wait_that_is_told_is_enough():
    throttle = Throttle(per_min=10, burst=1)
    throttle.take("a", 0)
    wait_s = throttle.take("a", 0)

    assert throttle.take("a", round(wait_s * S) + 1) == 0


def test_one_key_does_not_wait_for_another():
    throttle = Throttle(per_min=1, burst=1)
    throttle.take("a", 0)

    assert throttle.take("b", 0) == 0


@given(st.lists(st.integers(0, 600 * S), min_size=1, max_size=300))
def test_no_key_ever_goes_more_often_than_burst_plus_average(moments):
    throttle = Throttle(per_min=30, burst=4)
    gone = [at for at in sorted(moments) if throttle.take("a", at) == 0]

    assert len(gone) <= 4 + 30 * (max(moments) - min(moments)) / (60 * S) + 1e-6


def test_a_clock_that_steps_back_gives_nothing_away():
    throttle = Throttle(per_min=60, burst=1)
    throttle.take("a", 100 * S)

    assert throttle.take("a", 50 * S) > 0


def test_made_up_keys_do_not_fill_the_memory():
    throttle, locks = Throttle(per_min=1, burst=1), Locks(5, 30)
    for number in range(KEYS_MAX + 10):
        throttle.take(str(number), number)
        locks.failed(str(number), number)

    assert (len(throttle._buckets), len(locks._failures)) == (KEYS_MAX, KEYS_MAX)


@given(st.integers(1, 200))
def test_a_lock_grows_and_stops_at_an_hour(failures):
    locks = Locks(failures_max=5, lock_s=30)
    locked = [locks.failed("a", 0) for _ in range(failures)]

    assert locked == sorted(locked)
    assert max(locked) <= LOCK_MAX_S


def test_success_forgets():
    locks = Locks(failures_max=1, lock_s=30)
    locks.failed("a", 0)
    locks.succeeded("a")

    assert locks.wait_s("a", 0) == 0
