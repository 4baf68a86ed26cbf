"""Keys that are not what they should be, two bundles of one party, and a record that holds anything at all."""

import copy
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from openline import seal
from openline.line import message as messages
from openline.line.judge import judge
from openline.line.judge_words import lines
from openline.record.entry import canonical
from openline.record.keys import PublicKey, Revoked, line_hash, make_manifest
from openline.record.opened import Opened
from tests.rooms.line.two_parties import (
    NORTH,
    SECOND_US,
    SOUTH,
    Party,
    contradicted,
    deliver,
    judged,
    of_topic,
    pair,
    row,
    said,
    take,
    talked,
    witness,
)
from tests.rooms.record.judged import mangled

LINE = f"{NORTH}~{SOUTH}"


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bundle_under_another_root_key_than_the_one_compared_is_not_the_counterparts():
    south, _ = talked()
    impostor = Party(NORTH, seed="impostor")
    found = judged(south, impostor)
    assert contradicted(found) == [("keys", "", 0)]
    assert found.lanes == ()


def test_two_manifests_of_one_number_convict_the_party():
    south, north = talked()
    keys = (*north.manifest.keys, PublicKey("line-2", "line", "ed25519", seal.Signer(b"2" * 32).public))
    north.manifest = type(north.manifest)(party=NORTH, seq=1, not_before_us=1, keys=keys)
    assert ("keys", NORTH, 0) in contradicted(judged(south, north))


def revoke(party: Party, last: int) -> None:
    """Its line key is revoked after a number of lane 0."""
    prev = seal.sha256(b"")
    revoked = (Revoked("line-1", party.now_us, {line_hash(LINE): (last, 0, 0)}),)
    spare = seal.Signer(b"s" * 32)
    keys = (*party.manifest.keys, PublicKey("line-2", "line", "ed25519", spare.public))
    party.manifest = type(party.manifest)(party=party.name, seq=2, not_before_us=1, keys=keys, revoked=revoked, prev=prev)
    party.signers["line"] = spare


def test_of_what_a_revoked_key_signed_after_its_last_number_it_cannot_be_told_whose_it_is():
    south, north = pair()
    deliver(south, north)
    thief = copy.deepcopy(south)
    deliver(thief, north)
    revoke(south, last=1)
    make_manifest(south.manifest, south.signers["root"])
    found = judged(south, north)
    assert contradicted(found) == []
    assert (row(found, SOUTH, 1).sent, row(found, SOUTH, 2).sent) == ("proved", "untold")
    assert 2 in [one.first for one in of_topic(found, "signature")]


def test_what_a_party_itself_recorded_as_sent_is_its_own_whichever_of_its_keys_signed_it():
    south, north = pair()
    deliver(south, north)
    deliver(south, north)
    revoke(south, last=1)
    found = judged(south, north)
    assert contradicted(found) == []
    assert (row(found, SOUTH, 2).sent, row(found, SOUTH, 2).same) == ("proved", "proved")
    assert of_topic(found, "signature") == []


def test_where_a_manifest_is_missing_an_unknown_key_convicts_nobody():
    south, north = pair()
    deliver(south, north)
    south.manifest = type(south.manifest)(party=SOUTH, seq=3, not_before_us=1, keys=south.manifest.keys)
    forger = Party(SOUTH, seed="forger")
    forger.sent = {0: list(south.sent[0])}
    payload = messages.write_message(said(forger, north))
    take(north, south, forger.envelope(messages.PAYLOAD_TYPE, payload))
    found = judged(south, north)
    assert contradicted(found) == []
    assert row(found, SOUTH, 2).sent == "untold"


def test_a_message_that_its_sender_cosigned_before_it_revoked_the_key_stays_its_own():
    south, north = pair()
    deliver(south, north)
    deliver(south, north)
    witness(south, north)
    south.now_us += 60 * SECOND_US
    revoke(south, last=0)
    found = judged(south, north)
    assert contradicted(found) == []
    assert [row(found, SOUTH, seq).sent for seq in (1, 2)] == ["proved", "proved"]


def rotated(party: Party, use: str) -> seal.Signer:
    """A second key of a use in a second manifest; it signs from now on."""
    signer = party.signers[use] = seal.Signer(seal.sha256(f"{party.name} second {use}".encode()))
    keys = (*party.manifest.keys, PublicKey(f"{use}-2", use, "ed25519", signer.public))
    party.manifest = type(party.manifest)(party=party.name, seq=2, not_before_us=1, keys=keys)
    return signer


def test_a_manifest_that_its_party_does_not_show_is_known_from_the_record_of_the_other():
    south, north = pair()
    first = south.manifest
    rotated(south, "line")
    manifest = make_manifest(south.manifest, south.signers["root"]).decode()
    body = {"to": SOUTH, "manifests": [manifest], "certificates": ""}
    north.add("act", body, x={"act": "node.manifests", "seq": 3})
    deliver(south, north)
    south.manifest, south.signers["line"] = first, Party(SOUTH).signers["line"]
    shown = south.files()
    found = judge(Opened(shown), north.bundle())
    assert contradicted(found) == []
    assert row(found, SOUTH, 1).sent == "proved"
    hidden = judge(Opened(shown), north.bundle(withhold=lambda index: north.rows[index].kind == "act"))
    assert contradicted(hidden) == []
    assert row(hidden, SOUTH, 1).sent == "untold"


def test_two_witness_keys_that_share_an_id_convict_nobody(monkeypatch):
    monkeypatch.setattr(seal, "note_key_id", lambda name, kind, public: seal.sha256(name.encode())[:4])
    south, north = talked()
    rotated(south, "witness")
    assert contradicted(judged(south, north)) == []


# ── two bundles of one party ─────────────────────────────────────────────────────────────────────────────────────────


def test_two_bundles_of_one_log_agree_where_one_continues_the_other():
    _, north = talked()
    early = north.copy()
    north.add("finding", {"depth_m": 1})
    found = judge(early.bundle(), north.bundle())
    assert not found.contradicted
    assert found.checkpoints_count == 1


def test_two_bundles_of_one_log_that_differ_name_the_first_entry():
    _, north = talked()
    other = north.copy()
    index = other.where("finding")
    other.change(index, {"depth_m": 8})
    found = judge(other.bundle(), north.bundle())
    assert contradicted(found) == [("log", NORTH, 0)]
    assert f"the first entry that differs is {index}" in found.findings[0].says


def test_two_bundles_of_one_party_under_two_roots_are_not_of_one_party():
    found = judge(Party(SOUTH).bundle(), Party(SOUTH, seed="other").bundle())
    assert contradicted(found) == [("keys", "", 0)]


# ── whatever a record holds ──────────────────────────────────────────────────────────────────────────────────────────

VALUES = st.none() | st.booleans() | st.sampled_from([0, -1, 2**53 - 1, "", "x", [], {}, ["x"], {"a": 1}, "\x1b[2J"])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_nothing_that_a_record_holds_stops_the_judge(data):
    south, north = talked()
    liar = data.draw(st.sampled_from([south, north]))
    index = data.draw(st.integers(1, len(liar.rows) - 1))
    held = liar.rows[index].blobs[0].data
    what = data.draw(st.sampled_from(["bytes", "value", "payload"]))
    body = json.loads(held)
    if what == "bytes":
        liar.change(index, data.draw(st.binary(max_size=80)))
    elif what == "payload" and "payload" in body:
        inner = mangled(json.loads(seal.from_b64(body["payload"])), data.draw(st.integers(0, 60)), data.draw(VALUES))
        liar.change(index, liar.envelope(body["payloadType"], canonical(inner)))
    else:
        liar.change(index, canonical(mangled(body, data.draw(st.integers(0, 30)), data.draw(VALUES))))
    found = judged(south, north)
    assert {party for _, party, _ in contradicted(found)} <= {liar.name, ""}
    assert all(line.isprintable() for line in lines(found))
