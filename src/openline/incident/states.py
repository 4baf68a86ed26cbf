"""The life of an alarm as a table (ISA-18.2 / IEC 62682).

Rule 1  Every state and every move is in AFTER. If it is not in the table it cannot happen, and `after` says so.
Rule 2  Silence is not an acknowledgement: it is a mark beside the state, and only stops the sound.
Rule 3  A shelf holds what was put on it: what becomes worse in kind, or begins again, comes off it by itself.
Rule 4  No clock. `UNSHELVED` by time is an event the node makes when the time has come.
"""

from enum import StrEnum
from typing import Final

from openline.errors import OutOfTurn


class State(StrEnum):
    """Where an alarm is."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"
    SHELVED = "shelved"  # the trouble stands, put away for a time by a person with a reason
    SHELVED_RETURNED = "shelved_returned"  # put away, and over meanwhile


class Happening(StrEnum):
    """What can happen to an alarm."""

    RAISED = "raised"  # the trouble began, or became worse in kind
    RETURNED = "returned"  # the trouble is over
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"


_S, _H = State, Happening

AFTER: Final[dict[State, dict[Happening, State]]] = {
    _S.NORMAL: {_H.RAISED: _S.UNACKNOWLEDGED},
    _S.UNACKNOWLEDGED: {
        _H.RAISED: _S.UNACKNOWLEDGED,
        _H.RETURNED: _S.RETURNED_UNACKNOWLEDGED,
        _H.ACKNOWLEDGED: _S.ACKNOWLEDGED,
        _H.SHELVED: _S.SHELVED,
    },
    _S.ACKNOWLEDGED: {_H.RAISED: _S.UNACKNOWLEDGED, _H.RETURNED: _S.NORMAL, _H.SHELVED: _S.SHELVED},
    _S.RETURNED_UNACKNOWLEDGED: {_H.RAISED: _S.UNACKNOWLEDGED, _H.ACKNOWLEDGED: _S.NORMAL, _H.SHELVED: _S.SHELVED_RETURNED},
    _S.SHELVED: {_H.RAISED: _S.UNACKNOWLEDGED, _H.RETURNED: _S.SHELVED_RETURNED, _H.UNSHELVED: _S.UNACKNOWLEDGED},
    _S.SHELVED_RETURNED: {
        _H.RAISED: _S.UNACKNOWLEDGED,
        _H.RETURNED: _S.SHELVED_RETURNED,
        _H.UNSHELVED: _S.RETURNED_UNACKNOWLEDGED,
    },
}
assert set(AFTER) == set(State)


def after(state: State, happening: Happening) -> State:
    """The state after a happening. Raises OutOfTurn when the table has no such move."""
    moves = AFTER[state]
    if happening not in moves:
        raise OutOfTurn(f"an alarm that is {state.value.replace('_', ' ')} cannot be {happening.value}")
    return moves[happening]
