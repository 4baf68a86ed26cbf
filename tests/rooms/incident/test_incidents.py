"""Incidents: all alarms of one mover with one zone that stand at once belong to one, and none stays open for nothing."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import OutOfTurn, Refused
from openline.incident.board import Board
from tests.rooms.incident.test_board import EVENTS, at, finding

RINGS = ("contact-by", "boundary", "inner")
ACTS = ("acknowledge", "shelve", "unshelve", "end")
steps = st.lists(
    st.tuples(
        st.sampled_from((*EVENTS, *ACTS)), st.sampled_from(("m", "n")), st.sampled_from(("z", "y")), st.sampled_from(RINGS)
    ),
    max_size=40,
)


def take(board: Board, k: int, what: str, mover: str, zone: str, ring: str) -> None:
    alarm_id = board.by_key.get((mover, zone, ring), "none")
    with suppress(OutOfTurn, Refused):
        if what in EVENTS:
            board.find(finding(what, k, mover=mover, zone=zone, ring=ring, id=f"F{k}"), at(k))
        elif what == "acknowledge":
            board.acknowledge(alarm_id, "anna", at(k))
        elif what == "shelve":
            board.shelve(alarm_id, "anna", 5, "because", at(k))
        elif what == "unshelve":
            board.unshelve(alarm_id, at(k))
        else:
            board.end_mover(mover, "closed", at(k))


@settings(max_examples=200, deadline=None)
@given(steps)
def test_standing_alarms_of_one_mover_and_zone_have_one_incident_and_it_is_open(what: list[tuple[str, str, str, str]]) -> None:
    board = Board()
    for k, one in enumerate(what):
        take(board, k, *one)
        incidents: dict[tuple[str, str], set[str]] = {}
        for alarm in board.alarms.values():
            incidents.setdefault((alarm.mover, alarm.zone), set()).add(alarm.incident)
        assert all(len(ids) == 1 for ids in incidents.values())
        assert {board.open_incident[mover][zone] for mover, zone in incidents} == {
            id for ids in incidents.values() for id in ids
        }


@settings(max_examples=200, deadline=None)
@given(steps)
def test_an_incident_is_open_exactly_as_long_as_an_alarm_of_it_stands(what: list[tuple[str, str, str, str]]) -> None:
    board = Board()
    for k, one in enumerate(what):
        take(board, k, *one)
        standing = {alarm.incident for alarm in board.alarms.values()}
        assert {incident.id for incident in board.incidents.values() if incident.closed_ns is None} == standing


@pytest.mark.parametrize("event", ["exit", "averted"])
def test_an_end_nobody_was_alarmed_of_opens_nothing(event: str) -> None:
    board = Board()
    alarm, incident = board.find(finding(event), at(0))

    assert alarm is None
    assert incident.closed_ns == at(0)
    assert board.open_of("m") == []


def test_an_end_that_comes_after_the_incident_belongs_to_it() -> None:
    board = Board()
    alarm, incident = board.find(finding("entry"), at(0))
    assert alarm is not None
    board.acknowledge(alarm.id, "anna", at(1))
    board.end_mover("m", "closed by a person", at(2))
    _, same = board.find(finding("exit", 3), at(3))

    assert same is incident
    assert incident.closed_ns == at(2)
