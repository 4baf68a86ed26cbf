"""The board: one alarm a mover a ring, kept until a person saw it, whatever the findings do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.clock import NS_PER_S
from openline.errors import OutOfTurn, Refused
from openline.incident.board import Board, priority_of
from openline.incident.health import health
from openline.incident.states import State
from openline.watch.finding import Finding

T0 = 1_495_099_800 * NS_PER_S
EVENTS = ("approach", "may_reach", "entry", "first_seen_inside", "exit", "averted")


def finding(event: str = "entry", at_s: float = 0.0, **more: Any) -> Finding:
    values: dict[str, Any] = {
        "id": f"F{at_s}",
        "mover": "m",
        "zone": "z",
        "zone_version": 1,
        "ring": "boundary",
        "rule": "boundary",
        "event": event,
        "at_ns": T0 + round(at_s * NS_PER_S),
        "lat_deg": 33.0,
        "lon_deg": 38.0,
        "certainty": "certain",
        "seen_ns": T0,
    }
    return Finding(**(values | more))


def at(seconds: float) -> int:
    return T0 + round(seconds * NS_PER_S)


def test_an_approach_that_becomes_an_entry_is_the_same_alarm_raised_again() -> None:
    board = Board()
    first, _ = board.find(finding("approach"), at(0))
    assert first is not None
    board.acknowledge(first.id, "anna", at(1))
    second, _ = board.find(finding("entry", 10), at(10))

    assert second is first
    assert second.state is State.UNACKNOWLEDGED
    assert second.priority == "critical"


def test_a_surer_statement_does_not_ring_again() -> None:
    board = Board()
    alarm, _ = board.find(finding(certainty="possible"), at(0))
    assert alarm is not None
    board.acknowledge(alarm.id, "anna", at(1))
    board.find(finding(certainty="certain", revision=1), at(2))

    assert alarm.state is State.ACKNOWLEDGED
    assert alarm.certainty == "certain"
    assert len(board.rises) == 1


def test_an_alarm_that_returned_stays_until_somebody_saw_it() -> None:
    board = Board()
    alarm, incident = board.find(finding(), at(0))
    assert alarm is not None
    board.find(finding("exit", 60), at(60))
    assert alarm.state is State.RETURNED_UNACKNOWLEDGED
    assert incident.closed_ns is None
    board.acknowledge(alarm.id, "anna", at(70))

    assert board.alarms == {}
    assert incident.closed_ns == at(70)


def test_a_shelved_alarm_comes_back_by_itself_unacknowledged() -> None:
    board = Board()
    alarm, _ = board.find(finding(), at(0))
    assert alarm is not None
    board.shelve(alarm.id, "anna", 10, "known survey flight", at(1))
    assert board.tick(at(600)) == []
    (back,) = board.tick(at(602))

    assert back.state is State.UNACKNOWLEDGED
    assert back.shelved_reason == ""


def test_silence_is_not_an_acknowledgement_and_ends_when_it_gets_worse() -> None:
    board = Board()
    alarm, _ = board.find(finding("approach"), at(0))
    assert alarm is not None
    board.silence(alarm.id, at(1))
    assert alarm.state is State.UNACKNOWLEDGED
    board.find(finding("entry", 5), at(5))

    assert not alarm.silenced


@pytest.mark.parametrize(("minutes", "reason"), [(0, "why"), (481, "why"), (10, " ")])
def test_a_shelf_needs_a_time_and_a_reason(minutes: int, reason: str) -> None:
    board = Board()
    alarm, _ = board.find(finding(), at(0))
    assert alarm is not None
    with pytest.raises(Refused):
        board.shelve(alarm.id, "anna", minutes, reason, at(1))


def test_acknowledging_twice_is_out_of_turn_and_an_unknown_alarm_is_refused() -> None:
    board = Board()
    alarm, _ = board.find(finding(), at(0))
    assert alarm is not None
    board.acknowledge(alarm.id, "anna", at(1))
    with pytest.raises(OutOfTurn):
        board.acknowledge(alarm.id, "ben", at(2))
    with pytest.raises(Refused, match="alarm"):
        board.acknowledge("A999999", "ben", at(2))


def test_rings_have_priorities_of_their_own() -> None:
    rules = ("contact_by", "no_contact_no_entry", "boundary", "inner")

    assert [priority_of(finding(rule=rule)) for rule in rules] == ["advisory", "warning", "critical", "critical"]
    assert priority_of(finding("approach")) == "warning"


def test_health_counts_rises_and_names_what_chatters() -> None:
    board = Board()
    for k in range(4):
        board.find(finding("entry", 10 * k, id=f"F{k}"), at(10 * k))
        board.find(finding("exit", 10 * k + 5, id=f"F{k}x"), at(10 * k + 5))
    now = health(board, at(50))

    assert now["alarms_10min"] == 4
    assert now["chattering"] == ["m|z|boundary"]


actions = st.one_of(st.sampled_from(EVENTS), st.sampled_from(("acknowledge", "silence", "shelve", "unshelve", "tick")))


@given(st.lists(st.tuples(actions, st.sampled_from(("boundary", "inner"))), max_size=40))
def test_whatever_happens_no_alarm_is_normal_on_the_list_and_none_leaves_unseen(steps: list[tuple[str, str]]) -> None:
    board = Board()
    for k, (what, ring) in enumerate(steps):
        before = {a.id: (a.state, a.ring) for a in board.alarms.values()}
        alarm_id = board.by_key.get(("m", "z", ring), "none")
        try:
            if what in EVENTS:
                board.find(finding(what, k, ring=ring, id=f"F{k}"), at(k))
            elif what == "tick":
                board.tick(at(k))
            elif what == "shelve":
                board.shelve(alarm_id, "anna", 5, "because", at(k))
            elif what == "silence":
                board.silence(alarm_id, at(k))
            elif what == "acknowledge":
                board.acknowledge(alarm_id, "anna", at(k))
            else:
                board.unshelve(alarm_id, at(k))
        except (OutOfTurn, Refused):
            assert {a.id: (a.state, a.ring) for a in board.alarms.values()} == before
        assert all(a.state is not State.NORMAL for a in board.alarms.values())
        for gone in set(before) - set(board.alarms):
            state, _ = before[gone]
            assert state in (State.ACKNOWLEDGED, State.RETURNED_UNACKNOWLEDGED)
            assert what == "acknowledge" or state is State.ACKNOWLEDGED
