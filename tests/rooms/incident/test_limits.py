"""What the board keeps, and what gives way: a node that runs for years holds no more than one that runs for a week."""

import pytest

from openline.incident import board as boards
from openline.incident.board import Board
from tests.rooms.incident.test_board import at, finding


def over(board: Board, mover: str, at_s: float) -> str:
    """One incident from beginning to end; its id."""
    alarm, incident = board.find(finding("entry", at_s, mover=mover), at(at_s))
    assert alarm is not None
    board.acknowledge(alarm.id, "anna", at(at_s + 1))
    board.find(finding("exit", at_s + 2, mover=mover), at(at_s + 2))
    return incident.id


def test_the_newest_closed_incidents_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "CLOSED_INCIDENTS_MAX", 3)
    board = Board()
    ids = [over(board, f"m{n}", 10.0 * n) for n in range(5)]

    assert list(board.incidents) == ids[2:]


def test_an_open_incident_never_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "CLOSED_INCIDENTS_MAX", 1)
    board = Board()
    _, still_open = board.find(finding("entry", 0, mover="stays"), at(0))
    for n in range(4):
        over(board, f"m{n}", 10.0 * n)

    assert still_open.id in board.incidents
    assert board.open_of("stays") == [still_open.id]


def test_a_number_of_an_incident_is_never_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "CLOSED_INCIDENTS_MAX", 1)
    board = Board()
    ids = [over(board, f"m{n}", 10.0 * n) for n in range(6)]

    assert len(set(ids)) == 6


def test_an_incident_names_its_newest_alarms_and_every_standing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "ALARMS_PER_INCIDENT_MAX", 3)
    board = Board()
    stands, incident = board.find(finding("entry", 0, ring="far"), at(0))
    assert stands is not None
    for n in range(1, 6):
        alarm, _ = board.find(finding("entry", 10 * n), at(10 * n))
        assert alarm is not None
        board.acknowledge(alarm.id, "anna", at(10 * n + 1))
        board.find(finding("exit", 10 * n + 2), at(10 * n + 2))

    assert len(incident.alarms) == 3
    assert stands.id in incident.alarms


def test_nothing_is_kept_of_a_mover_whose_alarms_are_normal() -> None:
    board = Board()
    over(board, "m", 0)

    assert not board.standing("m")
    assert (board.of_mover, board.open_incident, board.by_key) == ({}, {}, {})
