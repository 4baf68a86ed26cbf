"""What each rule of a hello is for: without the rule that it names, its story ends in two tellings of one number."""

import pytest

from openline.errors import OutOfTurn
from scripts.line_vectors import NORTH, SOUTH
from tests.rooms.line.test_link import Link, Under


def met(messages: int = 0, frail: str = NORTH) -> Link:
    """Two nodes that have heard each other; north has queued messages in lane 0 and south has taken them."""
    link = Link(frail)
    for side in (link.south, link.north, link.south):
        link.call(side, "hello")
    for _ in range(messages):
        link.queue(link.north, 0)
    link.call(link.north, "frames")
    return link


def asked(link: Link) -> Under:
    """A request of north under way."""
    under = link.ask(link.north)
    assert under is not None
    return under


def number_one_again(link: Link) -> None:
    """North gives the number of the message that it forgot and nobody has."""
    assert link.north.lanes.out[0].next == 1
    link.queue(link.north, 0)
    assert link.north.lanes.out[0].next == 2


def test_a_node_signs_nothing_before_it_has_heard_what_the_other_holds():
    link = met(2)
    link.put_back(4)
    with pytest.raises(OutOfTurn):
        link.north.queue(0)
    link.call(link.north, "hello")
    assert [out.stopped for out in link.north.lanes.out] == ["put_back"] * 3
    link.recover()
    link.call(link.north, "hello")
    link.queue(link.north, 0)
    link.heal()
    assert len(link.south.kept.taken[0]) == 3


def test_who_lost_what_it_had_receipted_gets_it_again():
    link = met(3, frail=SOUTH)
    link.put_back(2)
    assert link.south.lanes.into[0].next == 1
    link.call(link.north, "hello")
    assert {one.found for one in link.north.findings} == {"they_were_put_back"}
    link.heal()
    assert len(link.south.kept.taken[0]) == 3


def test_a_request_of_an_older_session_is_not_applied():
    link = met()
    link.queue(link.north, 0)
    old = asked(link)
    link.put_back(1)
    link.call(link.north, "hello")
    number_one_again(link)
    answer = link.arrive(old)
    assert answer is not None
    assert answer.status == 409
    assert link.south.kept.taken[0] == []
    link.heal()


def test_an_old_hello_and_old_frames_together_open_no_old_session():
    """South forgot with its start that it has met these bytes; they name its start before."""
    link = met()
    hello = link.say_hello(link.north)
    answer = link.arrive(hello)
    assert answer is not None
    link.arrive(answer)
    link.queue(link.north, 0)
    frames = asked(link)
    link.put_back(1)
    for side in (link.north, link.south, link.north):
        link.call(side, "hello")
    number_one_again(link)
    link.south.start()
    link.arrive(hello)
    again = link.arrive(frames)
    assert again is not None
    assert again.status == 409
    link.check()
    link.heal()


def test_a_hello_written_before_the_writer_heard_of_our_start_releases_nothing():
    """Its marks are true, and may be passed on the way by what was sent before the start."""
    link = met()
    link.queue(link.north, 0)
    frames = asked(link)
    early = link.say_hello(link.south)
    link.put_back(1)
    link.arrive(early)
    stops = [link.north.lanes.out[0].stopped]
    link.arrive(frames)
    assert len(link.south.kept.taken[0]) == 1
    link.call(link.north, "hello")
    stops.append(link.north.lanes.out[0].stopped)
    assert stops == ["unheard", "put_back"]
    link.heal()


def test_who_cannot_be_called_hears_of_a_start_and_says_hello_again():
    link = met()
    link.north.start()
    stops = []
    for _ in range(2):
        link.pass_by(link.say_hello(link.south))
        stops.append(link.north.lanes.out[0].stopped)
    assert stops == ["unheard", None]


def test_an_answer_under_way_when_its_node_died_is_not_taken():
    link = met()
    link.queue(link.north, 0)
    pulled = link.arrive(link.send(link.south, "frames", link.south.ask(pull=3)))
    assert pulled is not None
    link.put_back(2)
    link.pass_by(link.say_hello(link.north))  # not firm to south, but its answer is to north
    number_one_again(link)
    link.arrive(pulled)
    assert link.south.kept.taken[0] == []
    link.heal()


def test_a_late_hello_of_a_dead_run_accuses_nobody():
    link = met()
    link.queue(link.north, 0)
    late = link.say_hello(link.north)
    link.put_back(1)
    link.call(link.north, "hello")
    number_one_again(link)
    link.call(link.north, "frames")
    answer = link.arrive(late)
    assert answer is not None
    assert answer.status == 409
    assert link.south.findings == []
    link.heal()


def test_a_hello_that_messages_passed_on_the_way_accuses_nobody():
    link = met()
    early = link.say_hello(link.north)
    link.queue(link.north, 0)
    link.call(link.north, "frames")
    link.arrive(early)
    assert link.south.findings == []
    link.heal()


def test_one_lost_receipt_loses_nothing():
    link = met()
    link.queue(link.north, 0)
    answer = link.arrive(asked(link))
    assert answer is not None  # and it is lost
    assert link.north.lanes.out[0].upto == 0
    link.call(link.north, "frames")
    assert link.north.lanes.out[0].upto == 1
    assert link.south.outcomes == ["applied", "duplicate"]
