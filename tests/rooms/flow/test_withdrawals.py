"""A withdrawal is seen, and passed to every unit that was told of what it takes back; both boards say how many do not know."""

import pytest

from openline.clock import NS_PER_US
from openline.errors import OutOfTurn
from openline.node.shown.lines import talk_view
from scripts.line_vectors import NORTH
from tests.rooms.flow.desk_told import warning
from tests.rooms.flow.line_world import Desk, carry, met
from tests.rooms.flow.test_corrections import HOUR_US, T0_US, due, not_told, reserve, told

TEN_MINUTES_S = 600


def withdraw(south: Desk, talk: str) -> str:
    south.act("line.state", to=NORTH, talk=talk, what="withdrawal", params={"why": "mistake"})
    return south.talk.id


def custody(desk: Desk, talk: str) -> str:
    return str(talk_view(desk.line, desk.line.talks[talk], desk.now_ns // NS_PER_US)["custody"]["headline"])


@pytest.fixture
def relayed() -> tuple[Desk, Desk, str]:
    """A relay that was passed on to the last unit."""
    south, north = met()
    south.act("line.send", to=NORTH, template="warning.relay", params=warning(), precedence="flash")
    talk = south.talk.id
    carry(south, north)
    told(north, talk, "2nd platoon")
    carry(south, north)
    return south, north, talk


@pytest.fixture
def withdrawn(relayed: tuple[Desk, Desk, str]) -> tuple[Desk, Desk, str, str]:
    south, north, talk = relayed
    taken = withdraw(south, talk)
    carry(south, north)
    return south, north, talk, taken


def test_both_boards_say_of_the_message_and_of_its_withdrawal_that_a_unit_may_not_know(
    withdrawn: tuple[Desk, Desk, str, str],
) -> None:
    south, north, talk, taken = withdrawn
    for desk in (south, north):
        for name in (talk, taken):
            assert custody(desk, name).startswith("withdrawn; 1 unit that was told of it is not known to know;")


def test_it_has_to_be_seen_and_passed_on_in_the_time_of_what_it_takes_back(withdrawn: tuple[Desk, Desk, str, str]) -> None:
    south, north, _, taken = withdrawn
    for desk in (south, north):
        desk.tick(TEN_MINUTES_S + 1)
        found = due(desk, taken)
        assert ("passed_on", "2nd platoon") in found
        assert {"seen", "no_reply"} <= {what for what, _ in found}


def test_when_the_unit_is_told_both_boards_say_so_and_nothing_of_it_is_due(withdrawn: tuple[Desk, Desk, str, str]) -> None:
    south, north, talk, taken = withdrawn
    told(north, taken, "2ND Platoon")
    carry(south, north)
    for desk in (south, north):
        desk.tick(TEN_MINUTES_S + 1)
        assert "passed_on" not in {what for what, _ in due(desk, taken)}
        assert custody(desk, talk).startswith("withdrawn; every unit that is known to have been told of it is said to know")


def test_a_unit_that_was_told_while_the_withdrawal_was_under_way_has_to_know_too(relayed: tuple[Desk, Desk, str]) -> None:
    south, north, talk = relayed
    taken = withdraw(south, talk)
    told(north, talk, "3rd platoon")
    carry(south, north)
    for desk in (south, north):
        assert not_told(desk, taken) == ("2nd platoon", "3rd platoon")
        assert "2 units that were told of it are not known to know" in custody(desk, talk)


def test_one_of_which_nobody_was_told_has_to_be_seen_and_no_more() -> None:
    south, north = met()
    south.act("line.send", to=NORTH, template="warning.relay", params=warning(), precedence="flash")
    carry(south, north)
    taken = withdraw(south, south.talk.id)
    carry(south, north)
    north.tick(TEN_MINUTES_S + 1)
    found = {what for what, _ in due(north, taken)}
    assert "seen" in found
    assert not found & {"passed_on"}
    assert custody(north, taken).startswith("withdrawn; nobody is known to have been told of it")


def test_a_reservation_that_is_withdrawn_alarms_before_it_would_have_begun() -> None:
    south, north = met()
    first = reserve(south, T0_US + 3 * HOUR_US)
    carry(south, north)
    told(north, first, "2nd platoon")
    carry(south, north)
    taken = withdraw(south, first)
    carry(south, north)
    for desk in (south, north):
        desk.tick(2 * 3_600)
        assert ("passed_on_before_start", "2nd platoon") in due(desk, taken)


def test_who_was_told_of_what_was_corrected_has_to_know_that_the_correction_is_withdrawn() -> None:
    south, north = met()
    first = reserve(south, T0_US + 3 * HOUR_US)
    carry(south, north)
    told(north, first, "2nd platoon")
    carry(south, north)
    second = reserve(south, T0_US + 4 * HOUR_US, re=first)
    carry(south, north)
    taken = withdraw(south, second)
    carry(south, north)
    assert not_told(south, taken) == not_told(north, taken) == ("2nd platoon",)


def test_what_took_a_message_back_is_not_taken_back(withdrawn: tuple[Desk, Desk, str, str]) -> None:
    south, _, _, taken = withdrawn
    with pytest.raises(OutOfTurn, match="send that message again"):
        withdraw(south, taken)
