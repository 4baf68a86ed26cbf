"""A sender whose clock is wrong, or who lies about time, neither silences an alarm nor makes one."""

from typing import Any

import msgspec
import pytest

from openline.clock import NS_PER_US
from openline.flow.overdue import overdue
from openline.flow.talk import Talk
from openline.line import lanes
from openline.line.message import Message, write_message
from openline.node.shown.lines import talk_view
from scripts.line_vectors import NORTH, T0_US
from tests.rooms.flow.desk_told import warning
from tests.rooms.flow.line_world import Desk, carry, met
from tests.rooms.flow.test_corrections import HOUR_US, convoy, due

THIRTY_YEARS_US = 30 * 365 * 24 * HOUR_US
EXPIRED = "expired on arrival by the sender's clock"


def apart(north: Desk, south: Desk, by_us: int) -> None:
    """The north measures, at a hello, that the south's clock is so far ahead."""
    at_us = north.now_ns // NS_PER_US + by_us
    north.hello(south, t2_us=at_us, t3_us=at_us)


def desks(by_us: int) -> tuple[Desk, Desk]:
    """Two desks; the south's clock is so far ahead, as the north knows."""
    south, north = met()
    south.now_ns += max(0, by_us) * NS_PER_US
    north.now_ns += max(0, -by_us) * NS_PER_US
    apart(north, south, by_us)
    return south, north


def relay(south: Desk, north: Desk, **more: Any) -> Talk:
    south.act("line.send", to=NORTH, template="warning.relay", params=warning(), precedence="flash", **more)
    carry(south, north)
    return north.talk


def lies(monkeypatch: pytest.MonkeyPatch, **wrong: Any) -> None:
    """What the sender signs says something else of time."""

    def written(message: Message) -> bytes:
        changed = wrong if message.type == "warning.relay" else {}
        return write_message(msgspec.structs.replace(message, **changed))

    monkeypatch.setattr(lanes, "write_message", written)


@pytest.mark.parametrize("by_us", [-HOUR_US, HOUR_US])
def test_timers_of_what_came_run_from_when_it_was_heard(by_us: int) -> None:
    south, north = desks(by_us)
    talk = relay(south, north)
    assert due(north, talk.id) == set()
    north.tick(125)
    assert {what for what, _ in due(north, talk.id)} == {"seen", "no_reply"}
    north.tick(500)
    assert ("passed_on", "") in due(north, talk.id)


@pytest.mark.parametrize("by_us", [-HOUR_US, HOUR_US])
def test_times_that_its_sender_gives_are_judged_by_its_clock_and_shown_as_said(by_us: int) -> None:
    south, north = desks(by_us)
    talk = relay(south, north, valid_minutes=30, answer_minutes=20)
    about = talk.conversation
    assert talk.said["valid_until_us"] - by_us == about.valid_until_us
    assert talk.said["answer_by_us"] - by_us == about.answer_by_us
    way = "ahead of" if by_us > 0 else "behind"
    view = talk_view(north.line, talk, north.now_ns // NS_PER_US)
    assert view["marks"] == [f"its clock is 3600 s {way} ours"]
    assert view["valid_until"] == talk_view(south.line, south.talk, T0_US)["valid_until"]
    assert view["queued"] == talk_view(south.line, south.talk, T0_US)["queued"]


def test_a_reservation_of_a_clock_that_is_behind_is_due_when_it_begins_by_that_clock() -> None:
    south, north = desks(-HOUR_US)
    south.act("line.send", to=NORTH, template="reservation.notice", params=convoy(T0_US + HOUR_US // 2), reason="late")
    carry(south, north)
    assert north.talk.chain is not None
    assert north.talk.chain.starts_us == T0_US + HOUR_US * 3 // 2


@pytest.mark.parametrize(
    "wrong", [{"valid_until_us": 1}, {"at_us": T0_US + THIRTY_YEARS_US}, {"at_us": 1, "valid_until_us": 2, "answer_by_us": 3}]
)
def test_no_time_that_a_sender_says_makes_its_message_silent(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, int]) -> None:
    south, north = met()
    lies(monkeypatch, **wrong)
    talk = relay(south, north)
    assert talk.conversation.states["life"] == "stored"
    assert (EXPIRED in talk.marks) == ("valid_until_us" in wrong)
    assert all(what in ("answer", "lapse") for what, _ in due(north, talk.id))
    north.tick(601)
    assert {"seen", "passed_on", "no_reply"} <= {what for what, _ in due(north, talk.id)}
    assert talk.conversation.states["life"] == "stored"


def test_what_runs_out_before_anybody_saw_it_stays_until_somebody_did(monkeypatch: pytest.MonkeyPatch) -> None:
    south, north = met()
    lies(monkeypatch, valid_until_us=T0_US + 2_000_000)
    talk = relay(south, north)
    north.tick(125)
    assert "seen" in {what for what, _ in due(north, talk.id)}
    north.act("line.state", to=south.party, talk=talk.id, what="seen")
    north.tick()
    assert talk.conversation.states["life"] == "expired"


def test_after_a_message_of_the_far_future_the_next_is_dated_back_and_those_after_it_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    south, north = met()
    with monkeypatch.context() as lie:
        lies(lie, at_us=T0_US + THIRTY_YEARS_US)
        relay(south, north)
    latest_us = north.line.dated_us[0]
    relay(south, north)
    assert north.line.dated_us[0] < latest_us


def test_that_clocks_differ_is_due_until_they_do_not() -> None:
    south, north = met()
    apart(north, south, HOUR_US)
    found = dict(overdue(north.state, north.now_ns // NS_PER_US))
    assert found[f"{south.party} clock"].what == "clocks_differ"
    assert found[f"{south.party} clock"].why == "its clock is 3600 s ahead of ours"
    apart(north, south, 0)
    assert not dict(overdue(north.state, north.now_ns // NS_PER_US))
