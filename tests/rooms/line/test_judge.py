"""Two bundles held against each other: what is proved, contradicted, only claimed, and what cannot be told."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.line.judge import judge
from openline.line.judge_words import lines, verdict
from openline.line.message import Ref, hash_of
from openline.record.note import cosign
from openline.record.witness import witness_name
from tests.rooms.line.two_parties import (
    NORTH,
    PERSON,
    SECOND_US,
    SOUTH,
    Party,
    contradicted,
    deliver,
    judged,
    of_topic,
    pair,
    receipt,
    refs,
    row,
    send,
    take,
    talked,
    witness,
)


def test_two_honest_records_agree():
    said = judged(*talked())
    assert contradicted(said) == []
    assert not said.contradicted
    assert (said.messages_count, said.receipts_count, said.checkpoints_count) == (4, 4, 6)
    assert verdict(said).endswith("The two bundles agree; compared were 4 messages, 4 receipts, 6 checkpoints.")


def test_the_judgement_does_not_depend_on_which_bundle_is_named_first():
    south, north = talked()
    north.change(north.where("finding"), {"depth_m": 8})
    assert judged(south, north).findings == judged(north, south).findings


def test_a_message_that_was_sent_and_receipted_is_proved_three_times():
    said = row(judged(*talked()), SOUTH, 2)
    assert (said.sent, said.stored, said.same) == ("proved", "proved", "proved")


def test_each_record_knows_the_other_by_the_root_key_of_its_bundle():
    said = [one for one in of_topic(judged(*talked()), "keys") if one.grade == "proved"]
    assert [one.party for one in said] == [NORTH, SOUTH]
    assert "compared by ada: telephone" in said[0].evidence[0].says


def test_an_entry_lies_between_two_cosignatures_of_the_other():
    south, north = pair()
    deliver(south, north)
    first_s = witness(north, south)
    deliver(south, north)
    second_s = witness(north, south)
    logged = row(judged(south, north), SOUTH, 2).by_sender
    assert logged is not None
    assert logged.entry == south.where("msg.out", 1)
    assert logged.after_us == first_s * SECOND_US
    assert logged.before_us == second_s * SECOND_US + SECOND_US - 1


def test_a_cosignature_under_the_checkpoint_itself_counts_as_well():
    south, north = pair()
    deliver(south, north)
    line = cosign(south.head().text, witness_name(NORTH), north.signers["witness"], 1_795_330_999)
    south.under = line
    logged = row(judged(south, north), SOUTH, 1).by_sender
    assert logged is not None
    assert logged.before_us == 1_795_330_999_999_999


def test_a_cosignature_of_no_time_that_could_be_one_is_no_moment():
    south, north = pair()
    deliver(south, north)
    south.under = cosign(south.head().text, witness_name(NORTH), north.signers["witness"], 2**62)
    logged = row(judged(south, north), SOUTH, 1).by_sender
    assert logged is not None
    assert logged.before_us is None


def test_of_a_second_log_the_numbers_before_it_cannot_be_told():
    south, north = pair()
    for _ in range(2):
        deliver(south, north)
    again = Party(SOUTH)
    again.origin = f"{SOUTH}/openline/log/2"
    again.rows += south.rows[1:3]
    again.sent = south.sent
    deliver(again, north)
    said = judged(again, north)
    assert contradicted(said) == []
    assert [one.first for one in of_topic(said, "shown") if one.first] == [1]


def test_before_the_first_cosignature_and_after_the_last_a_bracket_is_open():
    south, north = pair()
    deliver(south, north)
    witness(north, south)
    deliver(south, north)
    said = judged(south, north)
    first, second = row(said, SOUTH, 1).by_sender, row(said, SOUTH, 2).by_sender
    assert first is not None
    assert second is not None
    assert first.after_us is None
    assert second.before_us is None


def test_a_statement_names_who_says_it_and_of_what():
    (stated,) = judged(*talked()).statements
    assert (stated.party, stated.type, stated.of) == (NORTH, "seen", f"{SOUTH} 0/1")
    assert stated.says == "on the screen of Capt. B. Officer, watch officer"


def test_a_statement_that_was_taken_back_is_shown_with_what_took_it_back():
    south, north = talked()
    spoken_of = Ref(NORTH, 0, 1, hash_of(north.sent[0][0]))
    slots = {**PERSON, "why": "mistake", "reason_text": "another screen"}
    deliver(north, south, type="withdrawal", re=spoken_of, params=slots, conv=f"{SOUTH}/1")
    said = judged(south, north)
    assert contradicted(said) == []
    seen, back = said.statements
    assert (seen.type, seen.taken_back) == ("seen", "0/2")
    assert back.says.startswith("takes that back by Capt. B. Officer, watch officer (mistake: another screen)")
    assert "on the screen of Capt. B. Officer, watch officer; TAKEN BACK by 0/2" in "\n".join(lines(said))


def test_what_only_the_sender_has_is_only_claimed():
    south, north = pair()
    deliver(south, north)
    send(south, north, text={"en": "never arrived"})
    said = judged(south, north)
    assert contradicted(said) == []
    assert row(said, SOUTH, 2).sent == "claimed"
    assert row(said, SOUTH, 2).stored == "unsaid"
    assert [(one.grade, one.party, one.first) for one in of_topic(said, "message")] == [("claimed", SOUTH, 2)]


def test_without_a_receipt_the_receivers_own_record_proves_that_it_stored():
    south, north = pair()
    take(north, south, send(south, north))
    assert row(judged(south, north), SOUTH, 1).stored == "proved"


def test_a_receipt_proves_the_messages_before_it_through_their_chain():
    south, north = pair()
    for _ in range(3):
        take(north, south, send(south, north))
    receipt(north, south)
    said = judge(south.bundle(), north.bundle(withhold=lambda index: north.rows[index].kind == "msg.in"))
    assert [row(said, SOUTH, seq).stored for seq in (1, 2, 3)] == ["proved"] * 3
    assert [row(said, SOUTH, seq).same for seq in (1, 2, 3)] == ["untold"] * 3


def test_where_the_chain_is_broken_a_receipt_proves_nothing_of_what_stands_before():
    south, north = pair()
    for _ in range(3):
        take(north, south, send(south, north))
    receipt(north, south)
    second = {south.where("msg.out", 1)}
    said = judge(
        south.bundle(withhold=lambda index: index in second),
        north.bundle(withhold=lambda index: north.rows[index].kind == "msg.in"),
    )
    assert row(said, SOUTH, 3).stored == "proved"
    assert row(said, SOUTH, 2).stored == "untold"
    assert row(said, SOUTH, 1).stored == "untold"
    assert not said.contradicted


def test_what_the_receiver_could_not_use_is_said_with_its_reason():
    south, north = pair()
    take(north, south, send(south, north))
    receipt(north, south, refused=(msgspec.convert({"seq": 1, "why": "type: a type of version 1"}, _unused()),))
    assert row(judged(south, north), SOUTH, 1).refused == "type: a type of version 1"


def _unused() -> type:
    from openline.line.receipt import Unused

    return Unused


def test_a_bundle_made_before_the_other_contradicts_nothing():
    south, north = talked()
    early = north.copy()
    deliver(south, north)
    witness(south, north)
    said = judged(south, early)
    assert contradicted(said) == []
    assert any("of which the rest is not shown here" in one.says for one in of_topic(said, "shown"))


def test_the_time_of_an_entry_that_the_others_clock_does_not_allow_is_only_claimed():
    south, north = pair()
    deliver(south, north)
    witness(north, south)
    envelope = send(south, north)
    index = south.where("msg.out", 1)
    south.rows[index] = msgspec.structs.replace(south.rows[index], at_us=south.now_us - 3600 * SECOND_US)
    take(north, south, envelope)
    receipt(north, south)
    witness(north, south)
    (found,) = of_topic(judged(south, north), "time")
    assert (found.grade, found.party, found.first) == ("claimed", SOUTH, 2)
    assert "before what north.example's clock allows" in found.says


def test_messages_that_a_restored_node_took_back_are_not_left_out():
    south, north = pair()
    deliver(south, north)
    restored = south.copy()
    envelope = deliver(south, north)
    body = {"to": NORTH, "lane": 0, "frames": [envelope.decode()]}
    restored.add("act", body, x={"act": "node.recovered", "seq": 9})
    restored.sent[0].append(south.sent[0][-1])
    deliver(restored, north)
    said = judged(restored, north)
    assert contradicted(said) == []
    assert row(said, SOUTH, 2).same == "proved"


def test_parties_that_never_met_have_nothing_that_could_be_compared():
    said = judged(Party(SOUTH), Party(NORTH))
    assert not said.contradicted
    assert verdict(said).endswith("nothing could be compared.")


def test_neighbouring_messages_of_one_fate_are_one_finding():
    south, north = pair()
    for _ in range(5):
        send(south, north)
    (found,) = of_topic(judged(south, north), "message")
    assert (found.first, found.last) == (1, 5)


# ── what is not here ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_withheld_messages_are_never_proved_the_same():
    south, north = talked()
    said = judge(south.bundle(withhold=lambda index: south.rows[index].kind == "msg.out"), north.bundle())
    assert contradicted(said) == []
    assert {one.same for one in said.lanes[0].rows} == {"untold"}
    (found,) = of_topic(said, "object")
    assert "withheld or erased" in found.says


def test_what_neither_shows_and_a_receipt_names_cannot_be_told():
    south, north = pair()
    deliver(south, north)
    said = judge(
        south.bundle(withhold=lambda index: south.rows[index].kind == "msg.out"),
        north.bundle(withhold=lambda index: north.rows[index].kind == "msg.in"),
    )
    only = row(said, SOUTH, 1)
    assert (only.sent, only.stored, only.same) == ("untold", "untold", "untold")
    assert not said.contradicted


SECRET = st.sets(st.integers(0, 40))


@settings(max_examples=120, deadline=None)
@given(SECRET, SECRET, SECRET, SECRET)
def test_leaving_out_and_withholding_never_contradicts_an_honest_party(gone, other_gone, hidden, other_hidden):
    south, north = talked()
    said = judge(
        south.bundle(keep=lambda index: index not in gone, withhold=lambda index: index in hidden),
        north.bundle(keep=lambda index: index not in other_gone, withhold=lambda index: index in other_hidden),
    )
    assert contradicted(said) == []
    for lane in said.lanes:
        sender, mine, yours = (south, gone | hidden, other_gone | other_hidden)
        if lane.from_ == NORTH:
            sender, mine, yours = north, yours, mine
        receiver = north if sender is south else south
        for one in lane.rows:
            here = sender.where("msg.out", one.seq - 1) not in mine and receiver.where("msg.in", one.seq - 1) not in yours
            assert (one.same == "proved") == here


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_texts_of_others_cannot_move_the_cursor():
    south, north = pair()
    spoken_of = Ref(SOUTH, 0, 1, hash_of(b"x"))
    who = {**PERSON, "who": "Ann\n\nGOOD"}
    deliver(north, south, type="seen", re=spoken_of, params=who, conv=f"{SOUTH}/1")
    south.add("key", {"what": "counterpart", "party": NORTH, "fingerprint": "0", "how": "\x1b[2J", "by": "x"}, ref=refs(north))
    text = [*lines(judged(south, north))]
    assert all(line.isprintable() for line in text)
    assert any("Ann\ufffd\ufffdGOOD" in line for line in text)


def test_many_messages_are_shown_in_runs():
    south, north = pair()
    for number in range(60):
        envelope = send(south, north, lane=1)
        if number < 50:
            take(north, south, envelope)
    receipt(north, south, lane=1)
    text = "\n".join(lines(judged(south, north)))
    assert "Routine lane, south.example to north.example: 60 messages" in text
    assert "  1-50 " in text
    assert "  51-60" in text


@pytest.mark.parametrize(
    ("type_", "params", "words"),
    [
        ("passed_on", {"unit": "2nd platoon", "how": "radio", "result": "passed"}, "passed on to 2nd platoon (radio) by Capt."),
        (
            "passed_on",
            {"unit": "liaison desk", "how": "phone", "result": "stopped"},
            "stopped at liaison desk (phone) by Capt.",
        ),
        ("acted", {"unit": "2nd platoon", "what": "turned back"}, "2nd platoon: turned back, as reported by Capt."),
        ("understood", {"slot.floor_m": 300}, "read back by Capt. B. Officer"),
        ("countersign", {"core": "c2hhcmVk", "result": "refuses"}, "refuses the shared core c2hhcmVk… by Capt."),
    ],
)
def test_what_people_state_is_said_in_words(type_, params, words):
    south, north = pair()
    deliver(south, north)
    spoken_of = Ref(SOUTH, 0, 1, hash_of(south.sent[0][0]))
    deliver(north, south, type=type_, re=spoken_of, params={**PERSON, **params}, conv=f"{SOUTH}/1")
    (stated,) = judged(south, north).statements
    assert stated.says.startswith(words)
