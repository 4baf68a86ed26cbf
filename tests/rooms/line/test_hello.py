"""line.hello: marks are compared without being taken for more than they are."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.hello import (
    Hello,
    Mark,
    Marks,
    Witnessed,
    answers,
    clock_offset_us,
    compare,
    compare_witness,
    heed,
    is_firm,
    marks_of,
    read_hello,
    write_hello,
)
from openline.line.lanes import Lanes
from openline.line.message import hash_of, read_message
from openline.record.entry import canonical
from scripts.line_vectors import NORTH, SOUTH, T0_US
from tests.rooms.line.made import HASH, changed, said

quick = settings(max_examples=150, deadline=None)
NONE = (Marks(), Marks(), Marks())
BOOT, OTHER = b"s" * 16, b"n" * 16


def hello(**changes: Any) -> Hello:
    """A request of south."""
    given = {"from_": SOUTH, "to": NORTH, "session": bytes(16), "boot": BOOT, "heard": None, "keys_seq": 3, "lanes": NONE}
    return Hello(**{**given, "checkpoint": "", "t1_us": T0_US, **changes})


def answer(**changes: Any) -> Hello:
    """North's answer to it."""
    given = {"from_": NORTH, "to": SOUTH, "session": bytes(32), "boot": OTHER, "heard": BOOT, "yours": NONE}
    return hello(**{**given, "t2_us": T0_US + 5, "t3_us": T0_US + 6, **changes})


def body(of: Hello, **changes: Any) -> bytes:
    return canonical({**json.loads(write_hello(of)), **changes})


MARK = st.builds(Mark, st.integers(1, 2**53 - 1), st.binary(min_size=32, max_size=32).filter(any)) | st.just(Mark())
LANES = st.tuples(*[st.builds(Marks, MARK, MARK)] * 3)
HELLOS = st.builds(hello, lanes=LANES, heard=st.none() | st.just(OTHER)) | st.builds(
    answer, lanes=LANES, yours=LANES, witness=st.none() | st.builds(Witnessed, st.just("o"), st.integers(0, 9), st.just(HASH))
)


@quick
@given(HELLOS)
def test_a_hello_reads_back_as_it_was(said_):
    assert read_hello(write_hello(said_)) == said_


@quick
@given(HELLOS, st.integers(0, 10**4), st.integers(0, 255))
def test_any_changed_byte_is_refused_or_says_something_else(said_, place, byte):
    try:
        assert read_hello(changed(write_hello(said_), place, byte)) != said_
    except Refused:
        pass


@quick
@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(data):
    with pytest.raises(Refused):
        read_hello(data)


NULL = {"hash": "A" * 43 + "=", "seq": 0}
LANE = {"have": NULL, "sent": NULL, "upto": 0}


@pytest.mark.parametrize(
    ("of", "changes"),
    [
        (hello(), {"v": 2}),
        (hello(), {"v": True}),
        (hello(), {"line": "a~b"}),
        (hello(), {"from": NORTH}),
        (hello(), {"session": "A" * 43 + "="}),
        (hello(), {"boot": ""}),
        (hello(), {"heard": ""}),
        (hello(), {"t2": 1}),
        (hello(), {"t3": 1}),
        (hello(), {"yours": {"0": LANE, "1": LANE, "2": LANE}}),
        (hello(), {"lanes": {"0": LANE, "1": LANE}}),
        (hello(), {"lanes": {"0": LANE, "1": LANE, "2": LANE, "3": LANE}}),
        (hello(), {"lanes": {"0": LANE, "1": LANE, "2": {**LANE, "have": {**NULL, "seq": 1}}}}),
        (hello(), {"lanes": {"0": LANE, "1": LANE, "2": {**LANE, "upto": 1}}}),
        (hello(), {"checkpoint": None}),
        (hello(), {"witness": {"origin": "o", "size": 1}}),
        (hello(), {"more": 1}),
        (answer(), {"session": "A" * 22 + "=="}),
        (answer(), {"t3": None}),
        (answer(), {"yours": None}),
    ],
)
def test_a_hello_nobody_would_write_is_refused(of, changes):
    with pytest.raises(Refused):
        read_hello(body(of, **changes))


def test_an_answer_answers_one_request():
    assert answers(hello(), answer())
    for other in (
        answer(session=b"x" * 32),
        answer(t1_us=T0_US + 1),
        answer(heard=OTHER),
        answer(yours=(Marks(sent=Mark(1, HASH)), Marks(), Marks())),
        answer(from_="east.example"),
        hello(),
    ):
        assert not answers(hello(), other)


def test_offset_and_delay_are_those_of_ntp():
    said_ = answer(t1_us=T0_US, t2_us=T0_US + 90_000, t3_us=T0_US + 110_000)
    assert clock_offset_us(said_, T0_US + 120_000) == (40_000, 100_000)


# ── Comparing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def exchanged(ours: int, taken: int, receipted: int = 0) -> tuple[Lanes, Lanes]:
    """South, which queued `ours` messages in lane 0, and north, which took `taken` and receipted some of them."""
    south, north = Lanes(SOUTH, NORTH), Lanes(NORTH, SOUTH)
    for number in range(1, ours + 1):
        payload = south.out[0].queue(**said())
        if number <= taken:
            north.into[0].take(read_message(payload), hash_of(payload))
        if number == receipted:
            given = north.into[0].receipt("n/openline/log/1", number, T0_US)
            assert given is not None
            south.out[0].received(given)
    return south, north


def found(lanes: Lanes, theirs: Hello, **how: Any) -> list[tuple[str, int | None, str, int]]:
    """What is found in lane 0, without "go on after 0" of what was never used."""
    every = compare(lanes, theirs, **how)
    return [(one.found, one.lane, one.way, one.seq) for one in every if one.lane == 0]


def said_by(north: Lanes, south: Lanes, **changes: Any) -> Hello:
    """North's answer to south, both as they are now."""
    return answer(lanes=marks_of(north), yours=marks_of(south), **changes)


def test_where_both_agree_the_lane_goes_on():
    south, north = exchanged(5, 3, 2)
    assert found(south, said_by(north, south)) == [("go_on_after", 0, "out", 3)]
    assert found(north, hello(lanes=marks_of(south))) == [("go_on_after", 0, "out", 0)]


def test_who_is_told_of_own_messages_it_does_not_know_was_put_back():
    _, north = exchanged(5, 3)
    back, _ = exchanged(2, 0)
    assert found(back, said_by(north, back)) == [("we_were_put_back", 0, "out", 3)]


def test_who_lost_what_it_receipted_was_put_back_and_gets_it_again():
    south, _ = exchanged(5, 3, 3)
    _, back = exchanged(5, 1)
    assert found(south, said_by(back, south)) == [("they_were_put_back", 0, "out", 1), ("go_on_after", 0, "out", 1)]


def test_who_lost_what_it_sent_was_put_back_and_its_lane_is_held():
    _, north = exchanged(5, 3)
    back, _ = exchanged(2, 0)
    findings = compare(north, said_by(back, north, from_=SOUTH, to=NORTH))
    assert ("they_were_put_back", "into", 2) in [(one.found, one.way, one.seq) for one in findings]
    heed(north, findings, True)
    assert [into.held for into in north.into] == [True, False, False]
    recovered = exchanged(3, 0)[0]
    heed(north, compare(north, hello(lanes=marks_of(recovered))), False)
    assert north.into[0].held
    heed(north, compare(north, said_by(recovered, north, from_=SOUTH, to=NORTH)), True)
    assert not north.into[0].held


def test_a_request_accuses_nobody_however_old_it_looks():
    _, north = exchanged(5, 3)
    back, _ = exchanged(2, 0)
    assert found(north, hello(lanes=marks_of(back))) == [("go_on_after", 0, "out", 0)]


def test_a_request_that_messages_passed_on_the_way_accuses_nobody():
    early, _ = exchanged(2, 0)
    _, north = exchanged(5, 3)
    assert found(north, hello(lanes=marks_of(early))) == [("go_on_after", 0, "out", 0)]


def test_an_answer_is_judged_by_what_we_had_when_we_asked():
    south, north = exchanged(5, 1, 1)
    theirs = said_by(north, south)
    later, _ = exchanged(5, 3, 3)
    assert found(later, theirs) == [("go_on_after", 0, "out", 1)]


def test_another_hash_is_a_fork_that_only_a_person_settles():
    south, north = exchanged(3, 3)
    marks = (Marks(have=Mark(2, HASH)), *marks_of(north)[1:])
    findings = compare(south, answer(lanes=marks, yours=marks_of(south)))
    assert [(one.found, one.seq, one.theirs) for one in findings if one.lane == 0] == [("fork", 2, HASH)]
    heed(south, findings, True)
    assert [out.stopped for out in south.out] == ["fork", None, None]
    heed(south, compare(south, said_by(north, south)), True)
    assert south.out[0].stopped == "fork"


def test_another_hash_of_what_they_sent_is_a_fork_and_held():
    _, north = exchanged(3, 3)
    marks = (Marks(sent=Mark(3, HASH)), Marks(), Marks())
    findings = compare(north, hello(lanes=marks))
    assert ("fork", "into", 3) in [(one.found, one.way, one.seq) for one in findings]
    heed(north, findings, True)
    assert north.into[0].held


def test_one_lane_that_shows_it_stops_them_all():
    _, north = exchanged(5, 3)
    back, _ = exchanged(2, 0)
    heed(back, compare(back, said_by(north, back)), True)
    assert [out.stopped for out in back.out] == ["put_back"] * 3


def test_a_hello_releases_what_stands_still_after_a_start():
    south, north = exchanged(3, 2)
    south.started()
    heed(south, compare(south, said_by(north, south)), True)
    assert [out.stopped for out in south.out] == [None] * 3


def test_a_hello_is_firm_that_names_our_start():
    assert is_firm(answer(), BOOT)
    assert not is_firm(answer(), OTHER)
    assert not is_firm(hello(), BOOT)


def test_recovered_messages_agree_again():
    south, north = exchanged(5, 3)
    back, _ = exchanged(2, 0)
    lost = exchanged(3, 0)[0].out[0]
    heed(back, compare(back, said_by(north, back)), True)
    payload = exchanged(2, 0)[0].out[0].queue(**said())
    assert back.out[0].relearn(read_message(payload), hash_of(payload))
    assert back.out[0].prev == lost.prev == south.out[0].hash_of(3)
    heed(back, compare(back, said_by(north, back)), True)
    assert back.out[0].stopped is None


ROOT = b"r" * 32


@pytest.mark.parametrize(
    ("seen", "back"),
    [
        (None, False),
        (Witnessed("o/1", 5, ROOT), False),
        (Witnessed("o/1", 7, ROOT), True),
        (Witnessed("o/1", 5, HASH), True),
        (Witnessed("o/2", 7, HASH), True),  # a later log of ours, which was lost, too
        (Witnessed("o/0", 7, HASH), False),
        (Witnessed("o/102", 7, HASH), False),
        (Witnessed("p/2", 7, HASH), False),
    ],
)
def test_a_witness_that_saw_more_of_our_log_or_another_says_that_we_were_put_back(seen, back):
    found_ = compare_witness(answer(witness=seen), "o/1", 6, lambda size: ROOT)
    assert (found_ is not None) == back
    if found_ is not None:
        assert (found_.found, found_.way, found_.theirs) == ("we_were_put_back", "log", seen.root)
