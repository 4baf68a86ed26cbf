"""A party that lies and signs it: convicted by name, with the entry and the reason, and the other is not."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline import seal
from openline.line import message as messages
from openline.line.hello import Mark, Marks
from openline.line.judge import judge
from openline.line.message import hash_of
from openline.record.entry import canonical
from openline.record.tree import root_of
from tests.rooms.line.two_parties import (
    NORTH,
    SOUTH,
    Party,
    contradicted,
    deliver,
    greet,
    judged,
    of_topic,
    pair,
    receipt,
    refs,
    row,
    said,
    send,
    take,
    talked,
    witness,
)

# ── history ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_history_edited_and_signed_again_is_convicted_by_the_checkpoint_the_other_cosigned():
    south, north = talked()
    north.change(north.where("finding"), {"depth_m": 8})
    north.lines = []  # the forger leaves out what would convict it at once
    found = judged(south, north)
    assert contradicted(found) == [("log", NORTH, 0)]
    (one,) = of_topic(found, "log")
    assert "one of the entries 7 to 15 is not what stood there" in one.says
    assert ("south.example", "peer/logs.jsonl") in [(each.bundle, each.file) for each in one.evidence]


def test_it_is_convicted_as_well_by_the_others_cosignatures_in_its_own_record():
    south, north = talked()
    north.change(north.where("finding"), {"depth_m": 8})
    said_ = judge(south.bundle(withhold=lambda index: True), north.bundle())
    assert ("log", NORTH, 0) in contradicted(said_)


def test_it_is_convicted_as_well_by_the_checkpoint_of_its_own_hello():
    south, north = pair()
    deliver(south, north)
    greet(north, south)
    north.change(1, {"card": "{}"})
    (one,) = [each for each in of_topic(judged(south, north), "log") if each.grade == "contradicted"]
    assert one.party == NORTH
    assert one.evidence[0].entry == south.where("hello.in")


def test_the_first_checkpoint_that_fails_bounds_the_entry():
    south, north = talked()
    south.change(south.where("node.init"), {"party": "x"})
    (one,) = of_topic(judged(south, north), "log")
    assert one.party == SOUTH
    assert "one of the entries 0 to" in one.says


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_entry_is_edited_before_a_cosignature_its_party_alone_is_convicted(data):
    south, north = talked()
    liar, other = (south, north) if data.draw(st.booleans()) else (north, south)
    index = data.draw(st.integers(0, other.logs[liar.origin].size - 1))
    what = data.draw(st.sampled_from(["content", "time", "gone", "put in"]))
    row_ = liar.rows[index]
    if what == "content":
        liar.change(index, {"other": index})
    elif what == "time":
        liar.rows[index] = type(row_)(kind=row_.kind, at_us=1, actor=row_.actor, blobs=row_.blobs, ref=row_.ref, x=row_.x)
    elif what == "gone":
        del liar.rows[index]
    else:
        liar.rows.insert(index, type(row_)(kind="finding", at_us=1, actor=row_.actor))
    found = judged(south, north)
    assert "log" in [topic for topic, _, _ in contradicted(found)]
    assert {party for _, party, _ in contradicted(found)} == {liar.name}


def test_a_record_cut_below_what_was_cosigned_is_convicted_by_its_own_receipts():
    south, north = pair()
    for _ in range(100):
        deliver(south, north)
    witness(south, north)
    north.rows = [one for one in north.rows if one.kind not in ("receipt.out", "cosign")]
    north.lines = []
    (one,) = [each for each in of_topic(judged(south, north), "log") if each.grade == "contradicted"]
    assert one.party == NORTH
    assert "unless that was set back, entries were taken out" in one.says
    assert one.evidence[0].entry in [index for index, row_ in enumerate(south.rows) if row_.kind == "receipt.in"]


def test_entries_added_after_the_last_cosignature_convict_nobody():
    south, north = talked()
    north.add("finding", {"depth_m": 99})
    assert contradicted(judged(south, north)) == []


def test_two_checkpoints_of_one_size_convict_the_log_that_signed_them():
    south, north = talked()
    other = south.copy()
    other.change(south.where("finding"), {"depth_m": 13})
    body = {"log": south.origin, "says": "two trees", "proved": True, "notes": [south.note(16), other.note(16)]}
    north.add("fork", body)
    assert ("log", SOUTH, 0) in contradicted(judged(south, north))


def test_a_note_that_the_log_did_not_sign_is_held_against_who_shows_it():
    south, north = talked()
    forged = south.note(5).replace("\n5\n", "\n6\n")
    north.add("fork", {"log": south.origin, "says": "?", "proved": True, "notes": [forged]})
    assert contradicted(judged(south, north)) == [("signature", NORTH, 0)]


def test_a_word_of_a_cosignature_without_a_signature_convicts_nobody_by_name():
    south, north = talked()
    root = seal.b64(root_of([seal.sha256(b"another")]))
    north.add("checkpoint.peer", {"log": south.origin, "size": 3, "root": root, "time_s": 1_795_330_700})
    assert contradicted(judged(south, north)) == [("log", "", 0)]


def test_an_edited_history_is_convicted_even_by_a_part_of_the_record():
    south, north = talked()
    north.change(north.where("finding"), {"depth_m": 8})
    said_ = judge(south.bundle(keep=lambda index: index < 3), north.bundle(keep=lambda index: index > 12))
    assert ("log", NORTH, 0) in contradicted(said_)


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def resaid(party: Party, other: Party, seq: int, text: str) -> Party:
    """The party with another text in a message of its record, signed again."""
    liar = party.copy()
    index = liar.where("msg.out", seq - 1)
    body = json.loads(liar.sent[0][seq - 1]) | {"text": {"en": text}}
    payload = canonical(body, "message")
    liar.change(index, liar.envelope(messages.PAYLOAD_TYPE, payload))
    return liar


def test_another_text_in_the_senders_record_convicts_the_sender_of_two_messages():
    south, north = talked()
    liar = resaid(south, north, 3, "we said something else")
    found = judged(liar, north)
    assert ("equivocation", SOUTH, 3) in contradicted(found)
    assert {party for _, party, _ in contradicted(found)} == {SOUTH}
    (one,) = of_topic(found, "equivocation")
    assert [(each.bundle, each.entry) for each in one.evidence] == [
        (SOUTH, liar.where("msg.out", 2)),
        (NORTH, north.where("msg.in", 2)),
    ]
    assert row(found, SOUTH, 3).same == "contradicted"


def test_another_text_in_the_middle_breaks_the_chain_as_well():
    south, north = talked()
    found = contradicted(judged(resaid(south, north, 2, "x"), north))
    assert ("equivocation", SOUTH, 2) in found


def test_a_message_changed_in_the_receivers_record_convicts_the_receiver():
    south, north = talked()
    index = north.where("msg.in", 2)
    envelope = json.loads(north.rows[index].blobs[0].data)
    body = json.loads(seal.from_b64(envelope["payload"])) | {"text": {"en": "changed"}}
    north.change(index, canonical(envelope | {"payload": seal.b64(canonical(body, "m"))}, "e"))
    found = judged(south, north)
    assert ("signature", NORTH, 3) in contradicted(found)
    assert {party for _, party, _ in contradicted(found)} == {NORTH}
    (one,) = of_topic(found, "signature")
    assert one.evidence[0].entry == index


def test_a_copy_that_names_another_key_is_held_against_who_has_it_alone():
    south, north = talked()
    index = south.where("msg.out")
    envelope = json.loads(south.rows[index].blobs[0].data)
    envelope["signatures"][0]["keyid"] = "0" * 64
    south.change(index, canonical(envelope))
    found = judged(south, north)
    assert ("signature", SOUTH, 1) in contradicted(found)
    assert {party for _, party, _ in contradicted(found)} == {SOUTH}


def test_a_message_made_up_with_a_key_the_sender_never_had_convicts_who_holds_it():
    south, north = talked()
    forger = Party(SOUTH, seed="forger")
    forger.sent = {0: list(south.sent[0])}
    payload = messages.write_message(said(forger, north, text={"en": "made up"}))
    take(north, south, forger.envelope(messages.PAYLOAD_TYPE, payload))
    assert contradicted(judged(south, north)) == [("signature", NORTH, 4)]


def test_a_message_that_the_receivers_record_leaves_out_is_convicted_by_its_receipt():
    south, north = pair()
    deliver(south, north)
    deliver(south, north)
    del north.rows[north.where("msg.in", 1)]
    found = judged(south, north)
    assert contradicted(found) == [("left_out", NORTH, 2)]
    assert row(found, SOUTH, 2).stored == "contradicted"
    (one,) = of_topic(found, "left_out")
    assert one.evidence[0].bundle == NORTH
    assert "receipt up to 2" in one.evidence[0].says


def test_a_message_that_the_senders_record_leaves_out_convicts_the_sender():
    south, north = pair()
    for _ in range(3):
        deliver(south, north)
    del south.rows[south.where("msg.out", 1)]
    found = judged(south, north)
    assert contradicted(found) == [("left_out", SOUTH, 2)]
    assert row(found, SOUTH, 2).sent == "proved"


def test_the_last_message_is_missed_as_well_where_its_receipt_is_in_the_senders_record():
    south, north = pair()
    deliver(south, north)
    deliver(south, north)
    del south.rows[south.where("msg.out", 1)]
    assert contradicted(judged(south, north)) == [("left_out", SOUTH, 2)]


def test_a_number_that_is_skipped_convicts_the_sender():
    south, north = pair()
    deliver(south, north)
    send(south, north)
    send(south, north)
    del south.rows[south.where("msg.out", 1)]
    found = judged(south, north)
    assert contradicted(found) == [("left_out", SOUTH, 2)]
    assert found.lanes[0].order == "contradicted"


def test_a_huge_number_costs_nothing():
    south, north = pair()
    deliver(south, north)
    payload = messages.write_message(said(south, north, seq=2**52, prev=bytes(32)))
    take(north, south, south.envelope(messages.PAYLOAD_TYPE, payload))
    found = judged(south, north)
    assert found.messages_count == 2


def test_a_receipt_that_the_receivers_record_leaves_out_convicts_the_receiver():
    south, north = pair()
    for _ in range(3):
        deliver(south, north)
    del north.rows[north.where("receipt.out", 1)]
    assert contradicted(judged(south, north)) == [("left_out", NORTH, 2)]


def test_a_receipt_for_what_nobody_sent_convicts_who_gave_it():
    south, north = pair()
    deliver(south, north)
    receipt(north, south, hash=hash_of(b"another"), size=len(north.rows))
    found = judged(south, north)
    assert contradicted(found) == [("left_out", NORTH, 1)]


def test_a_receipt_for_another_message_is_nobodys_where_the_receiver_shows_only_a_part():
    south, north = pair()
    deliver(south, north)
    receipt(north, south, hash=hash_of(b"another"))
    said_ = judge(south.bundle(), north.bundle(withhold=lambda index: north.rows[index].kind == "msg.in"))
    assert contradicted(said_) == [("receipt", "", 1)]


def test_a_receipt_before_the_entry_was_there_convicts_who_gave_it():
    south, north = pair()
    envelope = send(south, north)
    size = len(north.rows)
    take(north, south, envelope)
    receipt(north, south, size=size)
    found = judged(south, north)
    assert contradicted(found) == [("left_out", NORTH, 1)]
    assert "has it only later" in of_topic(found, "left_out")[0].says


def test_a_message_that_does_not_follow_what_was_signed_before_convicts_the_sender():
    south, north = pair()
    deliver(south, north)
    deliver(south, north)
    payload = messages.write_message(said(south, north, seq=3, prev=hash_of(b"another")))
    south.sent[0].append(payload)
    envelope = south.envelope(messages.PAYLOAD_TYPE, payload)
    south.add("msg.out", envelope, ref=refs(north))
    take(north, south, envelope)
    found = judged(south, north)
    assert contradicted(found) == [("order", SOUTH, 3)]
    assert found.lanes[0].order == "contradicted"


@pytest.mark.parametrize("liar", [SOUTH, NORTH])
def test_a_hello_that_names_another_message_than_its_own_record_convicts_its_writer(liar):
    south, north = pair()
    deliver(south, north)
    wrong = Mark(1, hash_of(b"another"))
    if liar == SOUTH:
        greet(south, north, lanes=(Marks(sent=wrong), Marks(), Marks()))
    else:
        greet(north, south, lanes=(Marks(have=wrong), Marks(), Marks()))
    assert contradicted(judged(south, north)) == [("hello", liar, 1)]
