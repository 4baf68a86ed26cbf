"""record.keys and record.envelope: signed bytes, and the key manifest everything hangs on."""

import json

import pytest

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record import standalone_verify
from openline.record.entry import canonical
from openline.record.envelope import signed_by, unwrap, wrap
from openline.record.keys import PAYLOAD_TYPE, KeyManifest, PublicKey, Revoked, line_hash, make_manifest, read_manifest
from tests.rooms.record.made import KEYS, LINE, LOG, ROOT, T0_US, key_manifest

TYPE = "application/vnd.openline.test+json"


def test_an_envelope_holds_its_payload_and_names_its_signers():
    data = wrap(TYPE, b"payload", [LINE, LOG])
    envelope = unwrap(data, TYPE, "message")
    assert envelope.payload == b"payload"
    assert signed_by(envelope, [LOG.public, LINE.public], "message") == [LINE.public, LOG.public]


def test_any_byte_of_an_envelope_that_changes_is_noticed():
    data = wrap(TYPE, b"payload", [LINE])
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises((Refused, BadRecord)):
            signed_by(unwrap(changed, TYPE, "message"), [LINE.public], "message")


def test_one_key_under_two_lines_does_not_count_twice():
    value = json.loads(wrap(TYPE, b"payload", [LINE]))
    value["signatures"] *= 2
    with pytest.raises(BadRecord, match="is not good"):
        signed_by(unwrap(canonical(value), TYPE, "message"), [LINE.public], "message")


def test_a_signature_by_a_stranger_refuses_the_envelope_even_beside_a_good_one():
    envelope = unwrap(wrap(TYPE, b"payload", [LINE, LOG]), TYPE, "message")
    with pytest.raises(BadRecord, match="none of the keys"):
        signed_by(envelope, [LINE.public], "message")


def test_a_payload_of_one_type_is_not_taken_for_another():
    with pytest.raises(Refused, match="payloadType"):
        unwrap(wrap(TYPE, b"payload", [LINE]), "application/json", "message")


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"payload": "", "payloadType": TYPE},
        {"payload": 1, "payloadType": TYPE, "signatures": [{"keyid": "a", "sig": ""}]},
        {"payload": "", "payloadType": TYPE, "signatures": []},
        {"payload": "", "payloadType": TYPE, "signatures": [{}] * 17},
        {"payload": "", "payloadType": TYPE, "signatures": [[]]},
        {"payload": "", "payloadType": TYPE, "signatures": [{"keyid": 1, "sig": ""}]},
        {"payload": "", "payloadType": TYPE, "signatures": [{"keyid": "a", "sig": 1}]},
    ],
)
def test_what_is_no_envelope_is_refused(value):
    with pytest.raises(Refused):
        unwrap(canonical(value), TYPE, "message")


def test_a_manifest_comes_back_and_names_its_root():
    manifest = read_manifest(KEYS)
    assert manifest == key_manifest()
    assert manifest.fingerprint == seal.sha256(ROOT.public).hex()
    assert manifest.of("line") == [LINE.public]


def test_any_byte_of_a_manifest_that_changes_is_noticed():
    for place in range(len(KEYS)):
        changed = KEYS[:place] + bytes([KEYS[place] ^ 1]) + KEYS[place + 1 :]
        with pytest.raises((Refused, BadRecord)):
            read_manifest(changed)


LINE_NAME = "a.example~b.example"
GONE = Revoked("line#1", T0_US, {line_hash(LINE_NAME): (17, 0, 2), line_hash("a.example~c.example"): (1, 1, 1)})


@pytest.mark.parametrize("gone", [GONE, Revoked("line#1"), Revoked("line#1", T0_US)])
def test_a_revoked_key_is_no_key_any_more(gone):
    manifest = read_manifest(make_manifest(key_manifest(revoked=(gone,)), ROOT))
    assert manifest.of("line") == []
    assert manifest.revoked == (gone,)


def test_a_revoked_key_has_its_last_number_in_each_lane_of_each_line():
    gone = read_manifest(make_manifest(key_manifest(revoked=(GONE,)), ROOT)).revoked[0]
    assert [gone.last(LINE_NAME, lane) for lane in range(3)] == [17, 0, 2]
    assert [gone.last("a.example~d.example", lane) for lane in range(3)] == [0, 0, 0]


def test_both_verifiers_read_a_revocation_alike():
    for gone in (GONE, Revoked("line#1")):
        data = make_manifest(key_manifest(revoked=(gone,)), ROOT)
        _, of = standalone_verify.read_keys(data)
        assert {use: of[use] for use in ("root", "log", "line")} == {
            use: read_manifest(data).of(use) for use in ("root", "log", "line")
        }


LANES = {"0": 1, "1": 0, "2": 0}
LINE_HASH = line_hash(LINE_NAME)


@pytest.mark.parametrize(
    "revoked",
    [
        {"id": "line#1", "at": 1},
        {"id": "line#1", "at": 1, "last_seq": []},
        {"id": "line#1", "at": -1, "last_seq": {}},
        {"id": "", "at": 1, "last_seq": {}},
        {"id": "line#1", "at": 1, "last_seq": {LINE_NAME: LANES}},
        {"id": "line#1", "at": 1, "last_seq": {LINE_HASH: {"0": 1, "1": 0}}},
        {"id": "line#1", "at": 1, "last_seq": {LINE_HASH: {**LANES, "2": -1}}},
        {"id": "line#1", "at": 1, "last_seq": {LINE_HASH: {**LANES, "2": True}}},
        {"id": "line#1", "at": 1, "last_seq": {LINE_HASH: [1, 0, 0]}},
        {"id": "line#1", "at": 1, "last_seq": {f"{number:064x}": LANES for number in range(201)}},
        {"id": "line#1", "at": 1, "last_seq": {}, "more": 1},
        "",
    ],
)
def test_a_revocation_nobody_would_write_is_refused_by_both(revoked):
    body = json.loads(unwrap(KEYS, PAYLOAD_TYPE, "keys").payload)
    data = wrap(PAYLOAD_TYPE, canonical({**body, "revoked": [revoked]}), [ROOT])
    with pytest.raises((Refused, BadRecord)):
        read_manifest(data)
    with pytest.raises(standalone_verify.Odd):
        standalone_verify.read_keys(data)


def test_a_key_is_revoked_once():
    assert b"revoked twice" in signed(key_manifest(revoked=(GONE, Revoked("line#1"))))


def signed(manifest: KeyManifest) -> bytes:
    with pytest.raises((BadRecord, Refused)) as caught:
        make_manifest(manifest, ROOT)
    return str(caught.value).encode()


def test_a_key_may_not_serve_two_uses():
    keys = (*key_manifest().keys, PublicKey("other", "tls", "ed25519", LINE.public))
    assert b"two uses" in signed(key_manifest(keys=keys))


def test_two_keys_may_not_have_one_id():
    keys = (*key_manifest().keys, PublicKey("line#1", "line", "ed25519", b"\x07" * 32))
    assert b"same id" in signed(key_manifest(keys=keys))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("v", 2),
        ("v", True),
        ("party", ""),
        ("party", 1),
        ("seq", -1),
        ("seq", True),
        ("not_before", "now"),
        ("keys", {}),
        ("keys", [1]),
        ("keys", []),
        ("revoked", [1]),
        ("endpoints", "https://"),
        ("prev", 1),
        ("prev", "A"),
        ("extra", 1),
    ],
)
def test_a_manifest_nobody_would_write_is_refused(name, value):
    body = json.loads(unwrap(KEYS, PAYLOAD_TYPE, "keys").payload)
    body[name] = value
    with pytest.raises((Refused, BadRecord)):
        read_manifest(wrap(PAYLOAD_TYPE, canonical(body), [ROOT]))


@pytest.mark.parametrize(
    ("name", "value"), [("use", "spare"), ("alg", "rsa"), ("alg", []), ("pub", "AAAA"), ("pub", 1), ("id", "")]
)
def test_a_key_nobody_would_list_is_refused(name, value):
    body = json.loads(unwrap(KEYS, PAYLOAD_TYPE, "keys").payload)
    body["keys"][1][name] = value
    with pytest.raises(Refused):
        read_manifest(wrap(PAYLOAD_TYPE, canonical(body), [ROOT]))


def test_a_manifest_signed_by_a_key_that_is_not_its_root_is_refused():
    with pytest.raises(BadRecord):
        read_manifest(wrap(PAYLOAD_TYPE, unwrap(KEYS, PAYLOAD_TYPE, "keys").payload, [LINE]))
