"""line.counterpart and line.card: who the other party is, which keys may sign what, and which manifest follows which."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from openline import seal
from openline.errors import BadRecord, Refused
from openline.line.card import Card, fingerprint, read_card, write_card
from openline.line.counterpart import Counterpart, meet
from openline.record.entry import canonical
from openline.record.envelope import unwrap
from openline.record.keys import PAYLOAD_TYPE, PublicKey, Revoked, line_hash, make_manifest
from scripts.line_vectors import LINE, NEXT_LINE, NORTH, SIGNERS, SOUTH, T0_US, card_of, certificate, keys_of, known
from tests.rooms.line.made import changed

quick = settings(max_examples=150, deadline=None)
FILE = write_card(card_of(SOUTH))
LINE_KEY = SIGNERS[SOUTH]["line"].verifier.fingerprint
ROOT = SIGNERS[SOUTH]["root"]
GONE = Revoked("line#1", T0_US, {line_hash(LINE): (7, 0, 2)})


def manifest(seq: int, before: bytes, root: seal.Signer = ROOT, **changes: Any) -> bytes:
    """A manifest of south that follows another, with a second line key."""
    keys = (*keys_of(SOUTH).keys, PublicKey("line#2", "line", "ed25519", NEXT_LINE.public))
    prev = seal.sha256(unwrap(before, PAYLOAD_TYPE, "keys").payload) if before else b""
    return make_manifest(keys_of(SOUTH, **{"seq": seq, "keys": keys, "prev": prev, **changes}), root)


def rotated() -> Counterpart:
    """South after it revoked its first line key."""
    south = known(SOUTH, NORTH)
    return south.put(manifest(2, south.envelope, revoked=(GONE,)))


# ── Cards ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_card_reads_back_as_it_was():
    assert read_card(FILE) == card_of(SOUTH)
    assert read_card(FILE.rstrip() + b"\r\n") == card_of(SOUTH)


@quick
@given(st.integers(0, len(FILE) - 2), st.integers(0, 255))
def test_any_changed_byte_of_a_card_is_refused_or_says_something_else(place, byte):
    try:
        assert read_card(changed(FILE[:-1], place, byte)) != card_of(SOUTH)
    except (Refused, BadRecord):
        pass


@quick
@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(data):
    with pytest.raises((Refused, BadRecord)):
        read_card(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"card": 2},
        {"card": True},
        {"party": NORTH},
        {"manifest": 1},
        {"manifest": "{}"},
        {"certificates": []},
        {"certificates": [certificate(NORTH)]},
        {"certificates": [certificate(SOUTH)] * 2},
        {"certificates": [certificate(SOUTH).replace("\n", "\r\n")]},
        {"certificates": [certificate(SOUTH) + "and more\n"]},
        {"certificates": "-----BEGIN"},
        {"certificates": [1]},
        {"urls": ["http://line.south.example"]},
        {"urls": ["https://user:password@line.south.example"]},
        {"urls": ["https://line.south.example/?x=1"]},
        {"urls": ["https://line.south.example/../x y"]},
        {"urls": ["https://-south.example"]},
        {"urls": ["https://line.south.example"] * 9},
        {"urls": [None]},
        {"more": 1},
    ],
)
def test_a_card_nobody_would_write_is_refused(changes):
    with pytest.raises((Refused, BadRecord)):
        read_card(canonical({**json.loads(FILE), **changes}))


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1:8443", "https://[2001:db8::1]:8443", "https://line.south.example/openline", "https://host"]
)
def test_an_address_may_be(url):
    card = Card(**{**{name: getattr(card_of(SOUTH), name) for name in Card.__struct_fields__}, "urls": (url,)})
    assert read_card(write_card(card)).urls == (url,)


def test_a_card_of_our_own_introduces_nobody():
    with pytest.raises(Refused, match="another party"):
        meet(SOUTH, card_of(SOUTH))


def test_a_pem_is_the_hash_of_what_it_holds():
    assert fingerprint(certificate(SOUTH), "x") == bytes.fromhex(seal.certificate_fingerprint(certificate(SOUTH).encode()))


# ── Keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_key_in_force_may_sign_anything_of_the_line():
    south = known(SOUTH, NORTH)
    assert south.key_for(LINE_KEY, 0, 1) == south.key_for(LINE_KEY) == SIGNERS[SOUTH]["line"].public


@pytest.mark.parametrize("use", ["root", "log", "witness"])
def test_a_key_for_another_use_signs_nothing_on_the_line(use):
    with pytest.raises(Refused, match="a line key"):
        known(SOUTH, NORTH).key_for(SIGNERS[SOUTH][use].verifier.fingerprint, 0, 1)


def test_a_strangers_key_signs_nothing():
    with pytest.raises(Refused, match="a line key"):
        known(SOUTH, NORTH).key_for(SIGNERS[NORTH]["line"].verifier.fingerprint, 0, 1)


def test_a_revoked_key_signs_up_to_its_last_number_of_each_lane():
    south = rotated()
    assert south.key_for(LINE_KEY, 0, 7) == south.key_for(LINE_KEY, 2, 2)
    for lane, seq, last in ((0, 8, 7), (1, 1, 0), (2, 3, 2)):
        with pytest.raises(Refused, match=f"is revoked after {last} of lane {lane}"):
            south.key_for(LINE_KEY, lane, seq)
    assert south.key_for(NEXT_LINE.verifier.fingerprint, 0, 8) == NEXT_LINE.public


def test_a_revoked_key_signs_no_hello_and_no_receipt():
    with pytest.raises(Refused, match="is revoked"):
        rotated().key_for(LINE_KEY)


def test_the_last_numbers_of_one_line_say_nothing_of_another():
    elsewhere = meet("east.example", card_of(SOUTH))
    elsewhere = elsewhere.put(manifest(2, elsewhere.envelope, revoked=(GONE,)))
    with pytest.raises(Refused, match="after 0 of lane 0"):
        elsewhere.key_for(LINE_KEY, 0, 1)


def test_a_key_revoked_without_numbers_signs_nothing():
    south = known(SOUTH, NORTH)
    south = south.put(manifest(2, south.envelope, revoked=(Revoked("line#1"),)))
    with pytest.raises(Refused):
        south.key_for(LINE_KEY, 0, 1)


def test_logs_and_the_witness_of_a_party_are_named_after_it():
    south = known(SOUTH, NORTH)
    log = south.log("south.example/openline/log/2")
    assert log is not None
    assert [(key.name, key.public) for key in log.keys] == [("south.example/openline/log/2", SIGNERS[SOUTH]["log"].public)]
    assert [key.name for key in south.witness_keys()] == ["south.example/openline/witness"]
    for origin in ("north.example/openline/log/1", "south.example/openline/log/0", "south.example/openline/log/1\n"):
        assert south.log(origin) is None


def test_a_revoked_log_key_signs_no_log():
    south = known(SOUTH, NORTH)
    south = south.put(manifest(2, south.envelope, revoked=(Revoked("log#1"), Revoked("witness#1"))))
    log = south.log("south.example/openline/log/1")
    assert log is not None
    assert (log.keys, south.witness_keys()) == ((), ())


# ── Manifests that follow ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_manifest_that_follows_comes_into_force():
    south = rotated()
    assert (south.manifest.seq, south.fingerprint) == (2, keys_of(SOUTH).fingerprint)
    assert south.certificates == (certificate(SOUTH),)
    assert south.put(south.envelope) == south


def test_certificates_come_and_go_with_the_manifest():
    south = known(SOUTH, NORTH)
    other = PublicKey("tls#2", "tls", "x509-sha256", fingerprint(certificate(NORTH), "x"))
    keys = (*(key for key in keys_of(SOUTH).keys if key.use != "tls"), other)
    after = south.put(manifest(2, south.envelope, keys=keys), [certificate(NORTH)])
    assert after.certificates == (certificate(NORTH),)
    with pytest.raises(Refused, match="certificates that the manifest names"):
        south.put(manifest(2, south.envelope), [certificate(NORTH)])


def test_what_does_not_follow_is_refused_and_says_how():
    south, first = rotated(), known(SOUTH, NORTH)
    twin = manifest(2, first.envelope)
    cases = {
        "older": first.envelope,
        "skips": manifest(4, south.envelope, revoked=(GONE,)),
        "fork": twin,
        "takes_back": manifest(3, south.envelope),
        "another_root": make_manifest(structs.replace(keys_of(NORTH), party=SOUTH), SIGNERS[NORTH]["root"]),
        "another_party": card_of(NORTH).manifest,
    }
    for how, data in cases.items():
        with pytest.raises(Refused) as caught:
            south.put(data)
        assert caught.value.field == f"keys.{how}"
    assert south.standing(manifest(3, twin, revoked=(GONE,))) == "fork"


def test_a_revocation_may_not_move():
    south = rotated()
    moved = Revoked("line#1", T0_US, {line_hash(LINE): (5, 0, 2)})
    assert south.standing(manifest(3, south.envelope, revoked=(moved,))) == "takes_back"


def test_any_changed_byte_of_a_manifest_is_refused():
    south = known(SOUTH, NORTH)
    data = manifest(2, south.envelope)
    for place in range(0, len(data), 7):
        with pytest.raises((Refused, BadRecord)):
            south.put(changed(data, place, data[place] ^ 1))
