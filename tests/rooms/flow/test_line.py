"""One line in the flow: what is held, numbered and refused, how it stands, and what a person decides."""

import msgspec
import pytest

from openline.errors import OutOfTurn, Refused
from openline.flow import line as lines
from openline.flow import line_talks
from openline.flow.outputs import Outputs
from openline.inbox import Act
from openline.line import hello as hellos
from openline.line.card import write_card
from openline.line.message import Message, read_message
from openline.line.spoken import spoken
from openline.record.envelope import unwrap
from openline.record.keys import make_manifest
from scripts.line_vectors import NORTH, SIGNERS, SOUTH, T0_US, card_of, keys_of
from tests.rooms.flow.line_world import Desk, carry, met


def messages_of(desk: Desk) -> list[Message]:
    return [
        read_message(unwrap(data, "application/vnd.openline.message+json", "sent").payload)
        for kind, data in desk.sent
        if kind == "message"
    ]


def test_before_the_first_hello_nothing_is_numbered_and_after_it_everything_in_order() -> None:
    south, north = Desk(SOUTH), Desk(NORTH)
    south.meet()
    north.meet()
    talks = [south.send(number) for number in (1, 2, 3)]
    assert not south.sent
    assert [talk.message for talk in talks] == [None, None, None]

    south.hello(north)
    assert [message.seq for message in messages_of(south)] == [1, 2, 3]
    assert [talk.place for talk in talks] == [(1, 1), (1, 2), (1, 3)]


def test_a_hello_that_is_not_firm_releases_nothing() -> None:
    south, north = Desk(SOUTH), Desk(NORTH)
    south.meet()
    north.meet()
    south.send()
    south.hello(north, heard=b"x" * hellos.BOOT_BYTES)
    assert not south.sent
    assert south.line.state == "never met"


def test_what_could_never_be_sent_is_refused_before_the_counterpart_is_heard() -> None:
    south = Desk(SOUTH)
    south.meet()
    good = south.send().said
    with pytest.raises(Refused):
        lines.send(south.line, 1, good | {"free": "\u202e turned"}, Outputs(south.now_ns))
    assert len(south.line.held) == 1


def test_after_every_start_the_counterpart_is_heard_first() -> None:
    south, north = met()
    south.send(1)
    carry(south, north)
    lines.started(south.state.lines, Outputs(south.now_ns))
    assert south.line.state == "down"
    assert south.send(2).message is None
    south.hello(north)
    assert south.talk.place == (1, 2)
    assert south.line.state == "up"


def test_a_feed_with_the_name_of_a_party_is_not_its_line() -> None:
    south, _ = met()
    south.note("down", "unplugged", source=NORTH)
    assert south.line.state == "up"
    south.note("down", "unplugged")
    assert (south.line.state, south.line.why) == ("down", "unplugged")


def test_how_a_line_is_is_said_when_it_changes_and_not_again() -> None:
    south, _ = met()
    assert [body["state"] for body in _said(south, "down", "cut")] == ["down"]
    assert _said(south, "down", "cut") == []
    assert [body["why"] for body in _said(south, "down", "refused")] == ["refused"]
    assert [body["state"] for body in _said(south, "up", "")] == ["up"]


def _said(desk: Desk, state: str, why: str) -> list[dict[str, object]]:
    desk.note(state, why)
    return desk.says("line")


def test_a_fork_stays_on_the_screen_whatever_the_connection_does() -> None:
    south, _ = met()
    south.note("fork", "two trees of one size")
    south.note("down", "cut")
    assert south.line.state == "fork"
    assert south.line.why == "two trees of one size; cut"
    south.note("up")
    assert south.line.state == "fork"
    south.act("line.settle", "supervisor", to=NORTH, lane=None, reason="their administrator explained it")
    assert south.line.state == "up"


def test_put_back_stops_the_signing_and_not_the_reading() -> None:
    south, north = met()
    theirs = north.send(1)
    south.note("put back", "they cosigned more")
    carry(south, north)
    assert theirs.conversation.states["life"] == "queued"
    assert SOUTH in str(south.line.lanes.into[1].to)
    assert south.line.lanes.into[1].next == 2
    with pytest.raises(OutOfTurn):
        south.send(1)
    south.act("line.settle", "supervisor", to=NORTH, lane=None, reason="restored on purpose")
    assert [kind for kind, _ in south.sent] == ["receipt"]
    south.hello(north)
    carry(south, north)
    assert theirs.conversation.states["life"] == "stored"
    assert south.line.unwitnessed


def test_what_was_settled_once_does_not_stop_again_and_what_is_new_does() -> None:
    south, north = met()
    claim = [hellos.Marks() for _ in range(3)]
    claim[0] = hellos.Marks(have=hellos.Mark(5, b"h" * 32))
    south.hello(north, lanes=tuple(claim))
    assert south.line.state == "put back"
    south.act("line.settle", "supervisor", to=NORTH, lane=None, reason="never sent")
    south.hello(north, lanes=tuple(claim))
    assert south.line.state == "up"
    claim[0] = hellos.Marks(have=hellos.Mark(6, b"h" * 32))
    south.hello(north, lanes=tuple(claim))
    assert south.line.state == "put back"


def test_a_number_is_never_given_again_after_a_line_was_ended() -> None:
    south, north = met()
    south.send(1)
    carry(south, north)
    south.act("counterpart.remove", "administrator", to=NORTH, reason="by mistake")
    south.meet()
    assert south.send(2).message is None
    south.hello(north)
    assert south.talk.place == (1, 2)


def test_a_card_may_not_take_the_place_of_a_newer_manifest_or_of_another_of_its_number() -> None:
    south, _ = met()
    other = make_manifest(keys_of(NORTH, endpoints=("https://elsewhere.example",)), SIGNERS[NORTH]["root"])
    card = msgspec.structs.replace(card_of(NORTH), manifest=other)
    words = " ".join(spoken(keys_of(NORTH).fingerprint))
    with pytest.raises(Refused) as refused:
        south.act("counterpart.put", "administrator", card=write_card(card).decode(), words=words, how="telephone")
    assert refused.value.field == "card"
    assert south.line.counterpart.manifest.endpoints == ()


def test_at_the_limit_the_oldest_that_is_over_gives_way_and_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_talks, "TALKS_MAX", 3)
    south, _ = met()
    first, second, third = (south.send(number).id for number in (1, 2, 3))
    south.act("line.state", to=NORTH, talk=second, what="withdrawal", params={"why": "over"})
    fourth = south.send(4).id
    assert list(south.line.talks) == [first, third, fourth]
    assert [body["what"] for body in south.says("conversation")] == ["let go", "queued"]
    fifth = south.send(5).id
    assert list(south.line.talks) == [third, fourth, fifth]
    assert set(south.line.crowds["ours"]) == {third, fourth, fifth}
    assert {name for name, _ in south.line.mine.values()} == {third, fourth, fifth}


def test_a_flood_of_routine_messages_crowds_out_no_urgent_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_talks, "TALKS_MAX", 3)
    south, north = met()
    urgent = north.send(1, precedence="immediate").id
    for number in range(2, 9):
        north.send(number)
        carry(north, south)
    assert urgent in south.line.talks
    assert len(south.line.talks) == 4


def test_a_lane_is_asked_for_where_the_type_may_stand_there() -> None:
    south, _ = met()
    assert south.send(1, lane=2).place == (2, 1)
    assert south.send(2).place == (1, 1)
    assert south.send(3, precedence="immediate").place == (0, 1)
    for lane, precedence in ((1, "immediate"), (3, "routine"), (True, "routine"), ("1", "routine")):
        with pytest.raises(Refused):
            south.send(4, lane=lane, precedence=precedence)


def test_a_statement_that_cannot_be_sent_leaves_the_talk_as_it_was() -> None:
    south, north = met()
    theirs = north.send(1)
    carry(north, south)
    south.line.lanes.out[1].forked = True
    with pytest.raises(OutOfTurn):
        south.act("line.state", to=NORTH, talk=theirs.id, what="seen")
    assert south.talk.conversation.states["seen"] == "not seen"
    assert {one.kind for one in south.made} == {"refusal"}


def test_the_result_of_a_read_back_waits_for_a_lane_that_is_stopped() -> None:
    """A machine's answer is not lost because a person has yet to decide."""
    south, north = met()
    ours = south.send(1)
    carry(south, north)
    north.act("line.state", to=SOUTH, talk=ours.id, what="understood", params={"fields": {"check_number": 1}})
    south.line.lanes.out[1].forked = True
    carry(north, south)
    assert ours.conversation.states["read_back"] == "agrees"
    assert north.talk.conversation.states["read_back"] == "read back"
    south.act("line.settle", "supervisor", to=NORTH, lane=1, reason="settled")
    carry(south, north)
    assert north.talk.conversation.states["read_back"] == "agrees"


def test_a_clock_far_off_is_said_and_no_reason_to_stop() -> None:
    south, north = met()
    hour_us = 3_600_000_000
    t1_us = south.now_ns // 1000
    south.hello(north, t1_us=t1_us, t2_us=t1_us + hour_us, t3_us=t1_us + hour_us)
    assert south.line.state == "up"
    assert "its clock is 3600 s ahead of ours" in south.line.why
    south.hello(north)
    assert south.line.why == ""


def test_own_messages_are_taken_back_in_turn_and_only_those() -> None:
    south, north = met()
    for number in (1, 2, 3):
        south.send(number)
    frames = [data.decode() for _, data in south.sent]
    lost = Desk(SOUTH)
    lost.meet()
    lost.step(_node_act("node.recovered", to=NORTH, lane=1, frames=[frames[1], frames[0], frames[0], frames[1], frames[2]]))
    assert [message.seq for message in messages_of(lost)] == [1, 2, 3]
    assert [data.decode() for _, data in lost.sent] == frames
    assert lost.line.conversations == 3
    with pytest.raises(Refused):
        lost.act("node.recovered", to=NORTH, lane=1, frames=[])
    lost.hello(north)
    assert lost.send(4).place == (1, 4)


def _node_act(name: str, **body: object) -> Act:
    return Act(1, T0_US * 1000, "node", "node", name, body)


def test_what_is_withdrawn_has_nothing_due_any_more() -> None:
    south, _ = met()
    ours = south.send(1, precedence="immediate")
    south.tick(120)
    assert ours.raised
    south.act("line.state", to=NORTH, talk=ours.id, what="withdrawal", params={"why": "mistake"})
    south.tick(1)
    assert not ours.raised
    assert {body["what"] for body in south.says("conversation")} == {"settled"}
