"""A statement that went over the line and was not so is taken back at both ends; the record keeps both."""

import re
from typing import Any

import pytest

from openline.errors import OutOfTurn, Refused
from openline.flow import line as lines
from openline.flow.outputs import Outputs
from openline.flow.statements import STATEMENTS_MAX
from openline.flow.talk import Talk
from openline.line import conversation as conversations
from openline.line import custody, custody_words
from openline.node.shown.lines import talk_view
from scripts.line_vectors import NORTH, SOUTH, T0_US
from tests.rooms.flow.desk_told import warning
from tests.rooms.flow.line_world import Desk, carry, met

UNIT = "2nd platoon"
PASSED = {"unit": UNIT, "result": "passed", "how": "radio", "last_choice": "last_unit", "by_text": "Sgt Lund"}


def relay() -> tuple[Desk, Desk, Talk, Talk]:
    """A warning of the south that names the unit, at both ends."""
    south, north = met()
    params = warning() | {"addressed_unit": UNIT}
    south.act("line.send", to=NORTH, template="warning.relay", params=params, precedence="flash")
    carry(south, north)
    return south, north, south.talk, north.talk


def passed(north: Desk, **more: Any) -> None:
    params = {**PASSED, "told_us": T0_US, "grade_choice": "seen", **more}
    north.act("line.state", to=SOUTH, talk=north.talk.id, what="passed_on", params=params)


def back(desk: Desk, number: int | str, **more: Any) -> None:
    desk.act("line.take_back", to=desk.other, talk=desk.talk.id, number=number, **more)


def hop_of(talk: Talk, grade: str) -> int:
    assert talk.chain is not None
    return next(one.number for one in talk.chain.hops if one.grade == grade)


def says(desk: Desk, talk: Talk) -> str:
    """What its board says, whoever reads it."""
    assert talk.chain is not None
    said = custody_words.headline(talk.chain, desk.party, T0_US)
    return re.sub("our|counterpart", "the", said)


def test_passed_on_that_was_not_so_is_taken_back_at_the_other_desk_too() -> None:
    south, north, ours, theirs = relay()
    north.act("line.state", to=SOUTH, talk=theirs.id, what="seen")
    carry(south, north)
    before = says(south, ours)
    passed(north)
    carry(south, north)
    assert ours.chain is not None
    assert custody.status(ours.chain) == "told"
    back(north, hop_of(theirs, "passed_on"), reason="it was another platoon")
    carry(south, north)
    for desk, talk in ((south, ours), (north, theirs)):
        assert talk.chain is not None
        assert custody.status(talk.chain) == "not warned"
        assert says(desk, talk) == before
        assert conversations.five(talk.conversation)["passed_on"] is None
        assert conversations.five(talk.conversation)["seen"] is not None
        assert UNIT not in says(desk, talk).split("; not told")[0]


def test_both_desks_show_who_took_it_back_when_and_why() -> None:
    south, north, ours, _ = relay()
    passed(north)
    carry(south, north)
    back(north, hop_of(north.talk, "passed_on"), reason="it was another platoon")
    carry(south, north)
    for desk in (south, north):
        view = talk_view(desk.line, desk.talk, T0_US)
        hops = view["custody"]["taken_back"]
        assert [(one["to"], one["grade"]) for one in hops] == [(UNIT, "passed_on"), (UNIT, "seen")]
        assert {one["taken_back"]["by"] for one in hops} == {"Lt Ada, operator"}
        assert {one["taken_back"]["why"] for one in hops} == {"mistake: it was another platoon"}
        (stated,) = view["statements"]
        assert (stated["what"], stated["number"], stated["ours"]) == ("passed", "0/1", desk is north)
        assert stated["taken_back"]["at"] == hops[0]["taken_back"]["at"]
    assert ours.spoken[-1].type == "withdrawal"


def test_a_hop_that_came_with_a_statement_takes_the_whole_of_it_back() -> None:
    south, north, ours, theirs = relay()
    passed(north, grade_choice="understood")
    carry(south, north)
    back(north, hop_of(theirs, "understood"))
    carry(south, north)
    for talk in (ours, theirs):
        assert talk.chain is not None
        assert not [hop for hop in talk.chain.hops if hop.to == UNIT and hop.counts]


@pytest.mark.parametrize("what", ["seen", "answer", "acted"])
def test_other_statements_are_taken_back_by_the_number_of_their_message(what: str) -> None:
    south, north, ours, theirs = relay()
    params = {
        "answer": {"answer": "will_pass"},
        "acted": {"unit": UNIT, "what": "turned", "acted_us": T0_US},
    }.get(what, {})
    states = dict(ours.conversation.states)
    north.act("line.state", to=SOUTH, talk=theirs.id, what=what, params=params)
    carry(south, north)
    assert dict(ours.conversation.states) != states
    back(north, "0/1")
    carry(south, north)
    assert dict(ours.conversation.states) == states
    assert dict(theirs.conversation.states) == states


def read(desk: Desk, off_1e7: int = 0) -> None:
    fields = {name: desk.talk.said["params"][name] for name in desk.talk.conversation.readback}
    fields["mover_lat_1e7"] += off_1e7
    desk.act("line.state", to=SOUTH, talk=desk.talk.id, what="understood", params={"fields": fields})


def test_a_read_back_goes_with_what_was_found_of_it_and_those_that_it_replaced() -> None:
    south, north, ours, theirs = relay()
    read(north)
    carry(south, north)
    read(north)
    carry(south, north)
    assert ours.conversation.confirmed
    back(north, "0/2")
    carry(south, north)
    for talk in (ours, theirs):
        assert talk.conversation.states["read_back"] == "not read back"
        assert talk.read_back == {}
        assert talk.chain is not None
        assert not [hop for hop in talk.chain.hops if hop.grade == "understood" and hop.counts]


def test_a_result_that_crosses_the_taking_back_of_its_read_back_makes_nothing_understood() -> None:
    south, north, ours, theirs = relay()
    read(north)
    going, north.sent = north.sent, []
    south.hear(going)
    back(north, "0/1")
    carry(south, north)
    assert ours.conversation.states["read_back"] == "not read back"
    assert theirs.conversation.states["read_back"] == "not read back"


def test_while_the_line_is_down_it_waits_and_then_arrives() -> None:
    south, north, ours, _ = relay()
    passed(north)
    carry(south, north)
    lines.started(north.state.lines, Outputs(north.now_ns))
    back(north, hop_of(north.talk, "passed_on"))
    assert not north.sent
    assert len(north.line.held) == 1
    north.hello(south)
    carry(south, north)
    assert ours.chain is not None
    assert custody.status(ours.chain) == "not warned"


def test_what_still_waits_for_the_line_is_never_sent() -> None:
    _, north, ours, theirs = relay()
    lines.started(north.state.lines, Outputs(north.now_ns))
    passed(north)
    assert len(north.line.held) == 1
    back(north, hop_of(theirs, "passed_on"))
    assert north.line.held == []
    assert theirs.chain is not None
    assert custody.status(theirs.chain) == "not warned"
    (stated,) = talk_view(north.line, theirs, T0_US)["statements"]
    assert stated["taken_back"]["sent"] is False
    assert ours.conversation.states["passed_on"] == "not passed on"


def test_what_was_taken_back_is_not_taken_back_twice_and_can_be_stated_again() -> None:
    south, north, ours, theirs = relay()
    passed(north)
    carry(south, north)
    back(north, hop_of(theirs, "passed_on"))
    with pytest.raises(Refused):
        back(north, hop_of(theirs, "passed_on"))
    with pytest.raises(Refused):
        back(north, "0/1")
    passed(north)
    carry(south, north)
    assert ours.chain is not None
    assert custody.status(ours.chain) == "told"


def test_the_other_desk_counts_a_statement_of_theirs_as_untold_here_only() -> None:
    south, north, ours, theirs = relay()
    passed(north)
    carry(south, north)
    back(south, hop_of(ours, "passed_on"))
    assert not south.sent
    assert ours.chain is not None
    assert theirs.chain is not None
    assert custody.status(ours.chain) == "not warned"
    assert custody.status(theirs.chain) == "told"
    back(north, hop_of(theirs, "passed_on"))
    carry(south, north)
    assert says(south, ours) == says(north, theirs)


def test_a_statement_of_theirs_without_a_station_is_theirs_to_take_back() -> None:
    south, north, ours, theirs = relay()
    north.act("line.state", to=SOUTH, talk=theirs.id, what="answer", params={"answer": "will_pass"})
    carry(south, north)
    with pytest.raises(Refused):
        back(south, "0/1")
    assert ours.conversation.states["answer"] == "answered"


def test_a_receipt_is_nobodys_to_take_back() -> None:
    south, _, ours, _ = relay()
    with pytest.raises(Refused):
        back(south, 1)
    assert ours.conversation.states["life"] == "stored"


def test_a_reason_is_one_of_the_words_or_in_words() -> None:
    south, north, *_ = relay()
    passed(north)
    carry(south, north)
    for wrong in ({"why": "no"}, {"why": "other"}, {"reason": "x" * 121}):
        with pytest.raises(Refused):
            back(north, hop_of(north.talk, "passed_on"), **wrong)
    back(north, hop_of(north.talk, "passed_on"), why="other", reason="wrong platoon")
    assert north.talk.statements[-1].back_why == "other: wrong platoon"


def test_nobody_fills_a_talk_with_statements() -> None:
    south, north, ours, theirs = relay()
    for _ in range(STATEMENTS_MAX + 1):
        north.act("line.state", to=SOUTH, talk=theirs.id, what="answer", params={"answer": "standby"})
    carry(south, north)
    assert sum(one.said.party == NORTH for one in ours.statements) == STATEMENTS_MAX


def test_the_message_itself_is_withdrawn_as_before() -> None:
    south, north, ours, theirs = relay()
    with pytest.raises((OutOfTurn, Refused)):
        north.act("line.state", to=SOUTH, talk=theirs.id, what="withdrawal", params={"why": "over"})
    south.act("line.state", to=NORTH, talk=ours.id, what="withdrawal", params={"why": "over"})
    carry(south, north)
    assert theirs.conversation.states["life"] == "withdrawn"
