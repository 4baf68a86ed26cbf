"""The alarm's table: every square of it, not a sample."""

import pytest

from openline.errors import OutOfTurn
from openline.incident.states import AFTER, Happening, State, after


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("happening", list(Happening))
def test_every_square_of_the_table_moves_or_refuses(state: State, happening: Happening) -> None:
    if happening in AFTER[state]:
        assert after(state, happening) == AFTER[state][happening]
    else:
        with pytest.raises(OutOfTurn, match="cannot be"):
            after(state, happening)


def test_nothing_becomes_normal_without_a_person() -> None:
    """The only ways to normal are an acknowledgement, or a return after one."""
    ways = {(state, happening) for state, moves in AFTER.items() for happening, to in moves.items() if to is State.NORMAL}

    assert ways == {(State.ACKNOWLEDGED, Happening.RETURNED), (State.RETURNED_UNACKNOWLEDGED, Happening.ACKNOWLEDGED)}


def test_every_state_can_be_reached_and_left() -> None:
    reached = {to for moves in AFTER.values() for to in moves.values()}

    assert reached == set(State)
    assert all(AFTER[state] for state in State)
