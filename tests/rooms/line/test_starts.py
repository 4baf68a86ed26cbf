"""Which start of a counterpart is over, and that none is for good."""

from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.starts import Starts


def refused(starts: Starts, boot: bytes, firm: bool = True) -> bool:
    try:
        starts.asked(boot, firm)
    except Refused:
        return True
    return False


def test_a_start_that_was_followed_by_another_is_over():
    starts = Starts()
    assert starts.asked(b"one", True)
    assert not starts.asked(b"one", True)
    assert starts.asked(b"two", True)
    assert refused(starts, b"one")
    assert refused(starts, b"one", firm=False)
    assert starts.current == b"two"


def test_a_request_that_may_be_old_ends_sessions_and_changes_nothing_else():
    starts = Starts()
    starts.asked(b"two", True)
    assert starts.asked(b"one, held up on the way", False)
    assert starts.current == b"two"
    assert not refused(starts, b"two")


def test_what_was_heard_of_before_the_current_start_and_never_firm_is_over():
    starts = Starts()
    starts.asked(b"one", False)
    starts.asked(b"two", False)
    starts.asked(b"two", True)
    assert refused(starts, b"one")
    assert not refused(starts, b"two")


def test_a_living_start_taken_for_one_that_is_over_comes_back_when_it_answers():
    """Its first hello was heard before a firm one of the start before it, which was held up on the way."""
    starts = Starts()
    starts.asked(b"living", False)
    starts.asked(b"dead, held up on the way", True)
    assert refused(starts, b"living")
    assert starts.answered(b"living", starts.current)
    assert not refused(starts, b"living")
    assert refused(starts, b"dead, held up on the way")


def test_an_answer_is_left_where_another_start_became_current_since_we_asked():
    starts = Starts()
    starts.asked(b"one", True)
    named = starts.current
    starts.asked(b"two", True)
    try:
        starts.answered(b"one", named)
    except Refused:
        pass
    else:
        raise AssertionError
    assert starts.current == b"two"


HEARD = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["asked", "asked firmly", "answered"])), max_size=40)


@given(HEARD)
def test_the_start_that_sessions_are_with_is_never_refused_and_who_answers_is_it(heard: list[tuple[int, str]]):
    starts = Starts()
    for number, how in heard:
        boot = bytes([number])
        if how == "answered":
            starts.answered(boot, starts.current)
            assert starts.current == boot
        elif not refused(starts, boot, how == "asked firmly") and how == "asked firmly":
            assert starts.current == boot
        assert not starts.current or not refused(starts, starts.current)
