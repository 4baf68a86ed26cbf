"""The node's time: it goes on when the wall clock goes back, follows it forward, and says when it jumped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.clock import NS_PER_MS, NS_PER_S, to_rfc3339
from openline.node.timekeeping import AHEAD_NS, JUMP_NS, NodeTime

WALL = 1_495_099_800 * NS_PER_S
HOUR_NS = 3_600 * NS_PER_S


class Clocks:
    """A wall clock that may be set and a monotonic one that may not."""

    def __init__(self) -> None:
        self.wall_ns, self.pace_ns = WALL, 7 * NS_PER_S
        self.time = NodeTime(lambda: self.wall_ns, lambda: self.pace_ns)

    def pass_ns(self, ns: int) -> None:
        self.wall_ns += ns
        self.pace_ns += ns

    def set_wall(self, by_ns: int) -> None:
        self.wall_ns += by_ns


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def test_the_time_is_the_wall_clocks_while_nobody_sets_it(clocks: Clocks) -> None:
    clocks.pass_ns(90 * NS_PER_S)

    assert clocks.time.now_ns() == WALL + 90 * NS_PER_S
    assert clocks.time.look() is None


def test_a_wall_clock_set_back_does_not_hold_the_time(clocks: Clocks) -> None:
    clocks.set_wall(-HOUR_NS)
    clocks.pass_ns(5 * NS_PER_S)

    assert clocks.time.now_ns() == WALL + 5 * NS_PER_S * 9 // 10


def test_a_wall_clock_set_forward_is_followed(clocks: Clocks) -> None:
    clocks.set_wall(HOUR_NS)

    assert clocks.time.now_ns() == WALL + HOUR_NS


def test_a_wall_clock_a_little_ahead_is_not_chased(clocks: Clocks) -> None:
    clocks.set_wall(AHEAD_NS)

    assert clocks.time.now_ns() == WALL


@pytest.mark.parametrize("by_ns", [-HOUR_NS, -JUMP_NS - 1, JUMP_NS + 1, HOUR_NS])
def test_a_jump_either_way_is_told_once(clocks: Clocks, by_ns: int) -> None:
    clocks.pass_ns(NS_PER_S)
    clocks.set_wall(by_ns)
    jump = clocks.time.look()

    assert jump is not None
    assert jump.by_ns == by_ns
    slower_ns = NS_PER_S // 10 if by_ns < 0 else 0
    assert jump.at_ns == WALL + NS_PER_S - slower_ns + max(0, by_ns) // 1_000 * 1_000
    assert clocks.time.look() is None
    assert clocks.time.jumped == jump


@pytest.mark.parametrize("by_ns", [-JUMP_NS, -NS_PER_S, NS_PER_S, JUMP_NS])
def test_a_step_of_up_to_two_seconds_is_no_jump(clocks: Clocks, by_ns: int) -> None:
    clocks.set_wall(by_ns)

    assert clocks.time.look() is None


def test_many_small_steps_one_way_are_a_jump_in_the_end(clocks: Clocks) -> None:
    for _ in range(3):
        clocks.set_wall(-NS_PER_S)
        last = clocks.time.look()

    assert last is not None


def test_a_machine_that_is_held_up_between_two_readings_has_not_jumped() -> None:
    clocks = Clocks()
    held_up_ns = 10 * NS_PER_S

    def wall() -> int:
        at_ns = clocks.wall_ns
        clocks.pass_ns(held_up_ns)
        return at_ns

    time = NodeTime(wall, lambda: clocks.pace_ns)

    assert time.look() is None


def test_the_record_is_told_how_far_its_times_are_ahead(clocks: Clocks) -> None:
    clocks.set_wall(-HOUR_NS)
    jump = clocks.time.look()

    assert jump is not None
    assert (jump.recorded()["jumped_by_ms"], jump.recorded()["ahead_ms"]) == (-3_600_000, 3_600_000)
    assert jump.shown() == {"at": to_rfc3339(WALL), "by_ms": -3_600_000}


def test_a_start_goes_on_from_the_records_last_moment_and_says_that_the_clock_is_behind_it(clocks: Clocks) -> None:
    jump = clocks.time.not_before(WALL + HOUR_NS)
    clocks.pass_ns(3 * NS_PER_S)

    assert clocks.time.now_ns() == WALL + HOUR_NS + 3 * NS_PER_S * 9 // 10
    assert jump is not None
    assert jump.by_ns == -HOUR_NS


def test_a_jump_forward_and_back_is_made_up_for_and_the_time_never_goes_back(clocks: Clocks) -> None:
    clocks.set_wall(HOUR_NS)
    before_ns = clocks.time.now_ns()
    clocks.set_wall(-HOUR_NS)
    for _ in range(11 * 60):
        clocks.pass_ns(60 * NS_PER_S)
        assert clocks.time.now_ns() > before_ns
        before_ns = clocks.time.now_ns()

    assert before_ns - clocks.wall_ns <= AHEAD_NS


def test_a_start_that_goes_on_from_a_record_ahead_of_the_clock_comes_back_to_it(clocks: Clocks) -> None:
    clocks.time.not_before(WALL + 60 * NS_PER_S)
    for _ in range(700):
        clocks.pass_ns(NS_PER_S)
        clocks.time.now_ns()

    assert clocks.time.now_ns() - clocks.wall_ns <= AHEAD_NS


def test_a_played_clock_may_run_at_any_pace_and_never_jumps() -> None:
    played = [WALL]
    time = NodeTime(lambda: played[0])
    played[0] += 30 * 3_600 * NS_PER_S

    assert time.now_ns() == played[0]
    assert time.look() is None
    assert time.not_before(played[0] + NS_PER_S) is None
    played[0] += NS_PER_S // 2
    assert time.now_ns() == played[0] + NS_PER_S // 2


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.tuples(st.integers(0, 10 * NS_PER_S), st.integers(-2 * HOUR_NS, 2 * HOUR_NS) | st.just(0)), min_size=1, max_size=40
    )
)
def test_whatever_is_done_to_the_clock_the_time_goes_on_at_nine_tenths_of_its_pace_or_more(
    steps: list[tuple[int, int]],
) -> None:
    clocks = Clocks()
    before_ns = clocks.time.now_ns()
    for passes_ns, set_ns in steps:
        clocks.pass_ns(passes_ns)
        clocks.set_wall(set_ns)
        now_ns = clocks.time.now_ns()
        assert now_ns >= before_ns + passes_ns * 9 // 10 - NS_PER_MS
        assert now_ns >= clocks.wall_ns - AHEAD_NS - NS_PER_MS
        before_ns = now_ns
