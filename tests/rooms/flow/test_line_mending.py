"""A desk that was put back, and the one that was not: statements and receipts that come before what they speak of is known."""

import copy

import pytest

from openline.errors import OutOfTurn
from openline.flow import line as lines
from openline.flow.outputs import Outputs
from openline.inbox import Act
from openline.line import hello as hellos
from openline.line.message import FIRST
from openline.line.receipt import PAYLOAD_TYPE as RECEIPT
from openline.line.receipt import Receipt, write_receipt
from openline.record.envelope import wrap
from scripts.line_vectors import NORTH, SIGNERS, SOUTH, T0_US
from tests.rooms.flow.line_world import Desk, Frames, carry, met


def put_back() -> tuple[Desk, Desk, Frames]:
    """The south sent two and lost the second; the north stored both, and says that its officer saw it. And what was lost."""
    south, north = met()
    south.send(1)
    carry(south, north)
    older = copy.deepcopy(south.state)
    south.send(2)
    lost = list(south.sent)
    carry(south, north)
    south.state = older
    lines.started(south.state.lines, Outputs(south.now_ns))
    north.act("line.state", to=SOUTH, talk=north.talk.id, what="seen", params={})
    return south, north, lost


def taken_back(south: Desk, lost: Frames) -> None:
    frames = [data.decode() for _, data in lost]
    south.step(Act(5, south.now_ns, "node", "node", "node.recovered", {"to": NORTH, "lane": 1, "frames": frames}))


def seen(south: Desk) -> str:
    return str(south.talk.conversation.states["seen"])


def test_a_statement_about_a_lost_message_is_applied_once_it_is_known_again() -> None:
    south, north, lost = put_back()
    south.hello(north)
    assert south.line.state == "put back"
    south.hear(north.sent)
    assert [body["what"] for body in south.says("conversation")] == ["waits"]
    taken_back(south, lost)
    assert south.talk.place == (1, 2)
    assert seen(south) == "seen"
    assert south.line.early == []


def test_a_statement_about_a_message_that_nobody_shows_is_unused_once_a_person_lets_it_go_on() -> None:
    south, north, _ = put_back()
    south.hello(north)
    south.hear(north.sent)
    south.act("line.settle", "supervisor", to=NORTH, lane=None, reason="they are wrong")
    assert "unused" in [body["what"] for body in south.says("conversation")]
    assert south.line.early == []


def test_where_nothing_was_lost_a_statement_about_nothing_is_unused_at_once() -> None:
    south, north, _ = put_back()
    south.hello(north, lanes=hellos.marks_of(south.line.lanes))
    south.hear(north.sent)
    assert [body["what"] for body in south.says("conversation")] == ["unused"]


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openline.flow.line_talks.EARLY_MAX", 0)
    south, north, _ = put_back()
    south.hello(north)
    south.hear(north.sent)
    assert [body["what"] for body in south.says("conversation")] == ["unused"]


def ahead(north: Desk, upto: int, digest: bytes) -> Frames:
    receipt = Receipt(
        from_=NORTH, to=SOUTH, lane=1, upto=upto, hash=digest, origin=f"{NORTH}/openline/log/1", size=9, refused=(), at_us=T0_US
    )
    return [("receipt", wrap(RECEIPT, write_receipt(receipt), [SIGNERS[north.party]["line"]]))]


def test_a_receipt_for_a_message_that_we_lost_is_no_fork_of_theirs() -> None:
    south, north, lost = put_back()
    south.hear(ahead(north, 2, north.line.lanes.into[1].prev))
    assert not south.says("fork")
    assert south.line.state != "fork"
    assert "does not know" in south.line.why
    south.hello(north)
    assert south.line.state == "put back"
    taken_back(south, lost)
    assert "receipt cleared" in [body["what"] for body in south.says("conversation")]
    assert south.line.lanes.out[1].upto == 2
    south.hello(north)
    assert south.line.state == "up"
    assert not south.line.trouble


def test_a_receipt_for_what_was_never_sent_is_a_fork_once_a_hello_does_not_claim_it() -> None:
    south, north = met()
    south.hear(ahead(north, 1, FIRST))
    assert south.line.state == "up"
    south.hello(north)
    assert south.line.state == "fork"
    assert "never sent" in south.line.why


def test_a_receipt_for_another_message_than_the_one_known_again_is_a_fork() -> None:
    south, north, lost = put_back()
    south.hear(ahead(north, 2, b"x" * 32))
    south.hello(north)
    taken_back(south, lost)
    assert [body["says"] for body in south.says("fork")] != []


def test_that_they_were_put_back_stays_until_somebody_here_acknowledges_it() -> None:
    south, north = met()
    south.send(1)
    carry(south, north)
    now = hellos.marks_of(north.line.lanes)
    nothing = tuple(hellos.Marks() for _ in range(3))
    south.hello(north, lanes=nothing)
    assert south.line.state == "they were put back"
    with pytest.raises(OutOfTurn):
        south.act("line.noted", to=NORTH)
    south.hello(north, lanes=now)
    assert south.line.state == "up"
    assert "recovered at" in south.line.why
    south.note("up")
    assert "not acknowledged" in south.line.why
    south.act("line.noted", to=NORTH)
    assert [body["by"] for body in south.says("line") if body["state"] == "noted"] == ["Lt Ada"]
    assert south.line.why == ""


def test_a_line_whose_counterpart_cosigns_no_more_says_so_and_what_to_do() -> None:
    south, _ = met()
    south.note("put back", "they cosigned more")
    south.act("line.settle", "supervisor", to=NORTH, lane=None, reason="restored on purpose")
    assert south.line.state == "up"
    assert "cosigns nothing of our log" in south.line.why
