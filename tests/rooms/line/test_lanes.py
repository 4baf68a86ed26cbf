"""line.lanes: one table decides, nothing changes where it refuses, and what is remembered has a limit."""

import pickle
import re
from typing import Any

import pytest

from openline.errors import OutOfTurn, Refused
from openline.line import lanes as rooms
from openline.line.lanes import STOPS, TABLE, Hashes, LaneIn, LaneOut, Lanes
from openline.line.message import FIRST, Message, hash_of, read_message
from openline.line.receipt import REFUSED_COUNT_MAX, REFUSED_WITHIN, Receipt
from scripts.line_vectors import NORTH, SOUTH, T0_US
from tests.rooms.line.made import HASH, said

ORIGIN = "north.example/openline/log/1"


def pair() -> tuple[LaneOut, LaneIn]:
    """The two ends of one lane."""
    return LaneOut(SOUTH, NORTH, 0), LaneIn(SOUTH, NORTH, 0)


def sent(out: LaneOut, **changes: Any) -> tuple[Message, bytes]:
    """The next message, as the other end reads it, and its hash."""
    payload = out.queue(**said(**changes))
    return read_message(payload), hash_of(payload)


def receipt(upto: int, digest: bytes) -> Receipt:
    return Receipt(from_=NORTH, to=SOUTH, lane=0, upto=upto, hash=digest, origin=ORIGIN, size=9, at_us=T0_US)


def test_messages_are_numbered_from_one_and_each_names_the_one_before():
    out, into = pair()
    assert [into.take(*sent(out)) for _ in range(3)] == ["applied"] * 3
    assert (into.next, into.prev) == (out.next, out.prev) == (4, into.hash_of(3))


def test_a_number_is_taken_once():
    out, into = pair()
    first = sent(out)
    assert [into.take(*first), into.take(*first), into.next] == ["applied", "duplicate", 2]


def test_a_gap_is_not_applied():
    out, into = pair()
    sent(out)
    assert (into.take(*sent(out)), into.next) == ("gap", 1)


def test_another_message_under_a_number_is_a_fork_and_the_lane_goes_on():
    (out, into), (twin, _) = pair(), pair()
    into.take(*sent(out))
    assert into.take(*sent(twin, free="other")) == "fork_seq"
    assert into.take(*sent(out)) == "applied"


def test_a_message_that_does_not_follow_is_a_fork_and_not_applied():
    (out, into), (twin, _) = pair(), pair()
    into.take(*sent(out))
    sent(twin, free="other")
    assert (into.take(*sent(twin)), into.next) == ("fork_prev", 2)


def test_what_is_held_takes_nothing_new_and_still_compares():
    (out, into), (twin, _) = pair(), pair()
    first = sent(out)
    into.take(*first)
    into.held = True
    assert into.take(*sent(out)) == "held"
    assert into.take(*first) == "duplicate"
    assert into.take(*sent(twin, free="other")) == "fork_seq"


def test_the_table_in_the_header_is_the_table():
    rows = re.findall(r"^    (the next|an earlier|a later)  +(.*?)  +([a-z_]+)(?:  .*)?$", rooms.__doc__ or "", re.MULTILINE)
    number = {"the next": "next", "an earlier": "earlier", "a later": "later"}
    agrees = {
        "`prev` is our last hash": "same",
        "as we stored it": "same",
        "`prev` is another": "other",
        "another": "other",
        "too old to compare": "unknown",
        "any": "unknown",
    }
    assert {(number[one], agrees[how], outcome) for one, how, outcome in rows} == {
        (one, how, outcome) for one, row in TABLE.items() for how, outcome in row.items()
    }


def test_a_number_too_old_to_compare_is_a_duplicate(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rooms, "COMPARED_MAX", 3)
    (out, into), (twin, _) = pair(), pair()
    for _ in range(5):
        into.take(*sent(out))
    assert into.take(*sent(twin, free="other")) == "duplicate"
    assert (into.hash_of(2), into.hash_of(3) is not None) == (None, True)


def test_a_message_that_is_refused_takes_no_number():
    out, _ = pair()
    with pytest.raises(Refused):
        out.queue(**said("seen", re=None))
    assert (out.next, out.prev) == (1, FIRST)


def test_a_receipt_takes_the_lane_further_and_says_nothing_twice():
    out, _ = pair()
    hashes = [sent(out)[1] for _ in range(3)]
    said_ = [out.received(receipt(upto, hashes[upto - 1])) for upto in (2, 2, 1, 3)]
    assert (said_, out.upto, out.stopped) == (["advanced", "known", "known", "advanced"], 3, None)


def test_a_receipt_for_another_message_stops_the_lane_until_a_person_decides():
    lanes = Lanes(SOUTH, NORTH)
    out = lanes.out[0]
    sent(out)
    assert (out.received(receipt(1, HASH)), out.upto, out.stopped) == ("differs", 0, "fork")
    with pytest.raises(OutOfTurn, match="a person decides"):
        sent(out)
    lanes.settle(0)
    assert sent(out)[0].seq == 2


def test_a_receipt_for_what_was_never_sent_stops_the_lane():
    out, _ = pair()
    assert (out.received(receipt(1, HASH)), out.stopped, out.upto) == ("ahead", "put_back", 0)


def test_after_a_start_nothing_is_signed_unheard():
    lanes = Lanes(SOUTH, NORTH)
    lanes.started()
    with pytest.raises(OutOfTurn, match="has not been heard"):
        lanes.out[1].queue(**said())
    assert lanes.out[1].next == 1


def test_a_lane_that_nobody_receipts_is_full_one_day(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rooms, "UNRECEIPTED_MAX", 2)
    out, _ = pair()
    digest = sent(out)[1]
    sent(out)
    with pytest.raises(OutOfTurn, match="2 messages wait"):
        sent(out)
    out.received(receipt(1, digest))
    assert sent(out)[0].seq == 3


def test_the_gravest_stop_is_named():
    out, _ = pair()
    out.unheard = out.forked = out.put_back = True
    named = []
    for flag in ("put_back", "forked", "unheard"):
        named.append(out.stopped)
        setattr(out, flag, False)
    assert (named, out.stopped) == (list(STOPS), None)


def test_a_lost_message_is_learnt_again_only_in_its_turn():
    out, _ = pair()
    first, second = sent(out), sent(out)
    empty, _ = pair()
    assert not empty.relearn(*second)
    assert not LaneOut(NORTH, SOUTH, 0).relearn(*first)
    assert [empty.relearn(*first), empty.relearn(*second)] == [True, True]
    assert (empty.next, empty.prev) == (out.next, out.prev)


def test_a_receipt_names_what_is_of_no_use_again_and_again():
    out, into = pair()
    into.take(*sent(out), "tpl: known\u0000")
    into.take(*sent(out))
    given = into.receipt(ORIGIN, 9, T0_US)
    assert given is not None
    assert (given.upto, given.hash, [(one.seq, one.why) for one in given.refused]) == (2, out.prev, [(1, "tpl: known?")])
    for _ in range(REFUSED_WITHIN):
        into.take(*sent(out))
    again = into.receipt(ORIGIN, 9, T0_US)
    assert again is not None
    assert again.refused == ()


def test_a_receipt_names_the_newest_of_many_refused():
    out, into = pair()
    for _ in range(REFUSED_COUNT_MAX + 5):
        into.take(*sent(out), "type")
    given = into.receipt(ORIGIN, 9, T0_US)
    assert given is not None
    assert [one.seq for one in given.refused] == list(range(6, REFUSED_COUNT_MAX + 6))


def test_there_is_no_receipt_for_nothing():
    assert pair()[1].receipt(ORIGIN, 9, T0_US) is None


def test_what_was_receipted_is_compared_for_a_thousand_messages(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rooms, "SENT_KEPT", 2)
    out, _ = pair()
    hashes = [sent(out)[1] for _ in range(6)]
    out.received(receipt(5, hashes[4]))
    assert [out.hash_of(seq) for seq in range(7)] == [FIRST, None, None, None, *hashes[3:]]
    assert out.received(receipt(1, HASH)) == "known"


def test_hashes_are_let_go_from_the_oldest():
    held = Hashes()
    for number in range(1, 6):
        held.append(bytes([number]) * 32)
    held.keep(2)
    assert [held.of(number) for number in (0, 3, 4, 5, 6)] == [None, None, b"\4" * 32, b"\5" * 32, None]
    assert len(held) == 2


def test_lanes_outlive_a_snapshot():
    lanes = Lanes(SOUTH, NORTH)
    lanes.out[2].queue(**said())
    lanes.started()
    again = pickle.loads(pickle.dumps(lanes))
    assert (again.line, again.out[2].next, again.out[2].prev, again.out[0].stopped) == (
        "north.example~south.example",
        2,
        lanes.out[2].prev,
        "unheard",
    )
