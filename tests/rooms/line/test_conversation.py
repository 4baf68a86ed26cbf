"""What became of one message: nothing is inferred, silence is nothing, and both sides reach the same state."""

import itertools
import pickle
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.conversation import (
    MOVES,
    SPEAKER,
    START,
    TABLES,
    Conversation,
    Event,
    Said,
    due,
    event_of,
    five,
    headline,
    step,
)
from openline.line.precedence import DEFAULTS
from tests.rooms.line.said import NOON_US

S, R = "south.example", "north.example"
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
EVENTS: tuple[Event, ...] = tuple(MOVES)
PARTIES = {"sender": S, "receiver": R, "clock": ""}


def opened(**more: Any) -> Conversation:
    fields: dict[str, Any] = {
        "id": "south.example/17",
        "type": "zone.notice",
        "sender": S,
        "receiver": R,
        "precedence": "flash",
        "queued_us": NOON_US,
        "answers": ("no_objection", "objection"),
        "readback": ("radius_m",),
    }
    return Conversation(**{**fields, **more})


def said(event: Event, after_s: int = 60, word: str = "no_objection", party: str | None = None) -> Said:
    by = PARTIES[SPEAKER[event]] if party is None else party
    at_us = NOON_US + after_s * SECOND_US
    return Said(event=event, party=by, at_us=at_us, heard_us=at_us, who="A. Haddad", role="duty officer", word=word)


def after(*events: Event, of: Conversation | None = None) -> Conversation:
    conversation = of or opened()
    for event in events:
        conversation = step(conversation, said(event))
    return conversation


def whats(conversation: Conversation, after_s: float) -> list[str]:
    return [one.what for one in due(conversation, NOON_US + round(after_s * SECOND_US))]


SEQUENCES = st.lists(st.sampled_from(EVENTS), max_size=12)


def taken(events: list[Event], of: Conversation | None = None) -> tuple[Conversation, list[Event]]:
    """The conversation after those of the events that the tables have, and which these were."""
    conversation, done = of or opened(), []
    for event in events:
        try:
            conversation = step(conversation, said(event))
        except Refused:
            continue
        done.append(event)
    return conversation, done


# ── the tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_event_moves_a_region_that_has_such_a_move():
    for event, moves in MOVES.items():
        for region, move in moves:
            assert any(move in table for table in TABLES[region].values()), (event, region)


def test_every_state_can_be_reached():
    for region, table in TABLES.items():
        reached = {START[region]}
        for _ in table:
            reached |= {state for each in reached for state in table[each].values()}
        assert reached == set(table), region


@pytest.mark.parametrize("region", TABLES)
def test_every_square_of_the_tables_is_as_it_says(region):
    for state, event in itertools.product(TABLES[region], EVENTS):
        moves = [move for each, move in MOVES[event] if each == region]
        conversation = msgspec.structs.replace(opened(), states={**START, "read_back": "read back", region: state})
        wanted = TABLES[region][state].get(moves[0]) if moves else state
        if wanted is None:
            with pytest.raises(Refused):
                step(conversation, said(event))
        else:
            others = [TABLES[each][conversation.states[each]].get(move) for each, move in MOVES[event] if each != region]
            if None not in others:
                assert step(conversation, said(event)).states[region] == wanted


@given(SEQUENCES)
def test_no_statement_of_a_person_follows_from_another(events):
    conversation, done = taken(events)
    shown = five(conversation)

    assert (shown["received"] is not None) == ("stored" in done)
    assert (shown["seen"] is not None) == ("seen" in done)
    assert (shown["passed_on"] is not None) == ("passed" in done)
    assert (shown["acted"] is not None) == ("acted" in done)
    assert (shown["understood"] is not None) <= ("agrees" in done)


@given(SEQUENCES)
def test_nothing_is_shown_as_passed_on_without_a_statement_that_it_was(events):
    conversation, _ = taken([event for event in events if event != "passed"])

    assert conversation.states["passed_on"] != "passed on"
    assert headline(conversation) != "passed on"


@given(SEQUENCES)
def test_confirmed_is_the_last_word_on_the_last_read_back(events):
    conversation, done = taken(events)
    words = [event for event in done if event in ("read_back", "agrees", "differs")]

    assert conversation.confirmed == (words[-1:] == ["agrees"])


@given(SEQUENCES)
def test_both_sides_and_a_judge_reach_the_same_state(events):
    _, done = taken(events)

    ours, theirs = after(*done), after(*done)
    assert ours == theirs
    assert pickle.loads(pickle.dumps(ours)) == theirs


@given(SEQUENCES)
def test_the_same_statement_twice_changes_no_state(events):
    conversation, done = taken(events)
    for event in done[-1:]:
        again = step(conversation, said(event))
        assert again.states == conversation.states


@given(SEQUENCES, st.integers(0, 10**6))
def test_asking_what_is_due_changes_nothing_and_a_withdrawn_message_is_due_nothing(events, after_s):
    conversation, _ = taken(events)
    before = pickle.dumps(conversation)
    due(conversation, NOON_US + after_s * SECOND_US)

    assert pickle.dumps(conversation) == before
    assert due(step(conversation, said("withdraw")), NOON_US + after_s * SECOND_US) == ()


@given(SEQUENCES)
def test_the_headline_is_one_of_a_few_words_and_never_a_bare_receipt_of_receipts(events):
    conversation, _ = taken(events)

    assert "ack" not in headline(conversation).split()
    assert "safe" not in headline(conversation)


# ── who may say what ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("party", [S, R, "", "east.example"])
def test_only_who_may_say_it_is_heard(event, party):
    conversation = msgspec.structs.replace(opened(), states={**START, "read_back": "read back"})
    if party == PARTIES[SPEAKER[event]]:
        step(conversation, said(event, party=party))
    else:
        with pytest.raises(Refused):
            step(conversation, said(event, party=party))


@pytest.mark.parametrize("word", ["standby", "yes", "", "approved"])
def test_an_answer_is_one_of_those_allowed(word):
    with pytest.raises(Refused):
        step(opened(), said("answer", word=word))


def test_where_nothing_was_asked_there_is_no_answer():
    with pytest.raises(Refused):
        step(opened(answers=()), said("answer"))


def test_approved_is_no_state():
    assert "approved" not in {state for table in TABLES.values() for state in table}


# ── the five, and what comes back wrong ──────────────────────────────────────────────────────────────────────────────


def test_a_read_back_that_differs_is_only_mended_by_another():
    conversation = after("read_back", "differs")

    assert (headline(conversation), five(conversation)["understood"]) == ("differs", None)
    with pytest.raises(Refused):
        step(conversation, said("agrees"))
    assert after("read_back", "agrees", of=conversation).confirmed


def test_a_later_read_back_opens_what_was_confirmed():
    assert not after("read_back", "agrees", "read_back").confirmed


def test_a_result_without_a_read_back_is_refused():
    with pytest.raises(Refused):
        step(opened(), said("agrees"))


def test_what_was_stated_after_a_withdrawal_is_still_heard():
    conversation = after("withdraw", "seen", "passed")

    assert headline(conversation) == "withdrawn"
    assert five(conversation)["passed_on"] is not None


def test_a_superseded_or_expired_message_is_never_in_force_again():
    assert after("supersede", "expire", "stored").states["life"] == "superseded"
    assert after("expire", "stored").states["life"] == "expired"


def test_the_first_and_the_newest_of_each_are_kept():
    conversation = step(step(opened(), said("seen", 10)), said("seen", 99))

    assert conversation.first["seen"].at_us == NOON_US + 10 * SECOND_US
    assert conversation.newest["seen"].at_us == NOON_US + 99 * SECOND_US


@pytest.mark.parametrize(
    ("kind", "params", "event"),
    [
        ("seen", {}, "seen"),
        ("understood", {}, "read_back"),
        ("understood.result", {"result": "agrees"}, "agrees"),
        ("understood.result", {"result": "agrees", "offset_m": 9_000, "tolerance_m": 500}, "differs"),
        ("understood.result", {"result": "differs"}, "differs"),
        ("answer", {"answer": "standby"}, "standby"),
        ("answer", {"answer": "yes"}, "answer"),
        ("passed_on", {"result": "passed"}, "passed"),
        ("passed_on", {"result": "stopped"}, "stopped"),
        ("passed_on", {}, "stopped"),
        ("acted", {}, "acted"),
        ("withdrawal", {}, "withdraw"),
        ("correction", {}, "supersede"),
        ("status", {}, None),
    ],
)
def test_each_type_of_message_is_its_event(kind, params, event):
    assert event_of(kind, params) == event


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_due_of_a_flash_comes_in_its_order():
    assert whats(opened(), 29.999_999) == []
    assert whats(opened(), 30) == ["receipt"]
    assert whats(opened(), 120) == ["receipt", "seen", "no_reply"]
    assert whats(opened(), 300) == ["receipt", "seen", "no_reply", "read_back", "no_reply"]
    assert whats(opened(), 600)[5:] == ["answer", "lapse", "no_reply"]


def test_r87_silence_is_raised_at_two_five_and_ten_minutes():
    """R87 Receipt taken as safety (Kunduz 2015): stored and even seen is no reply."""
    conversation = after("stored", "seen")
    steps = [one for one in due(conversation, NOON_US + 3_600 * SECOND_US) if one.what == "no_reply"]

    assert [(one.step, (one.since_us - NOON_US) // MINUTE_US) for one in steps] == [(1, 2), (2, 5), (3, 10)]


def test_a_reply_ends_the_silence_and_not_what_else_is_due():
    conversation = after("stored", "seen", "standby")

    assert whats(conversation, 3_600) == ["read_back", "answer"]


def test_a_message_that_asks_nothing_is_silent_only_until_it_is_seen():
    plain = opened(answers=(), readback=())

    assert "no_reply" in whats(plain, 3_600)
    assert whats(after("stored", "seen", of=plain), 3_600) == []


def test_r11_a_clock_run_to_the_end_leaves_no_reply():
    conversation = after("stored", "seen", of=opened(valid_until_us=NOON_US + 60 * MINUTE_US))
    for one in due(conversation, NOON_US + 61 * MINUTE_US):
        if one.what in ("lapse", "expire"):
            conversation = step(conversation, said(one.what))

    assert conversation.states["reply"] == "no reply"
    assert headline(conversation) == "no reply"
    assert due(conversation, NOON_US + 10**6 * MINUTE_US) == ()


def test_what_ran_out_before_its_answer_was_due_had_no_reply_either():
    conversation = after("expire", of=opened())

    assert headline(conversation) == "no reply"


def test_what_asked_nothing_runs_out_without_a_word_of_silence():
    assert headline(after("expire", of=opened(answers=(), readback=()))) == "expired"


def test_an_answer_after_the_lapse_is_late_and_says_so():
    assert after("lapse", "answer").states["reply"] == "replied late"


def test_a_lapse_is_asked_for_once():
    assert "lapse" not in whats(after("lapse"), 3_600)


def test_the_senders_own_time_for_the_answer_counts():
    conversation = opened(answer_by_us=NOON_US + 90 * SECOND_US)

    assert "answer" in whats(conversation, 90)
    assert "answer" not in whats(conversation, 89)


def test_a_read_back_that_differs_is_due_at_once():
    conversation = after("stored", "seen", "read_back", "differs")

    assert whats(conversation, 60) == ["differs"]


@given(SEQUENCES, st.integers(0, 30_000), st.integers(0, 30_000))
def test_what_is_due_stays_due_until_somebody_says_something(events, first_s, more_s):
    conversation, _ = taken(events)
    earlier = due(conversation, NOON_US + first_s * SECOND_US)
    later = due(conversation, NOON_US + (first_s + more_s) * SECOND_US)

    assert set(earlier) <= set(later)
    assert all(one.since_us <= NOON_US + first_s * SECOND_US for one in earlier)


@pytest.mark.parametrize("precedence", DEFAULTS)
def test_each_precedence_has_its_own_times(precedence):
    conversation = opened(precedence=precedence)
    times = DEFAULTS[precedence]

    assert "answer" not in whats(conversation, times.answer_s - 1)
    assert "answer" in whats(conversation, times.answer_s)
