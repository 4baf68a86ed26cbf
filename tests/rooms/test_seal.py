"""seal: the published vectors, and the doors that stay shut."""

import base64
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from openline import seal
from openline.errors import Refused

quick = settings(max_examples=100, deadline=None)
S2026 = 1_767_225_600_000_000_000
YEAR_NS = 365 * 86_400 * 1_000_000_000


def counted(n: int) -> bytes:
    """Entropy that anybody can foresee, which is what a test wants."""
    return bytes(i % 256 for i in range(n))


def test_sha256_is_the_published_one():
    """FIPS 180-4, the one-block example."""
    assert seal.sha256(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_hmac_is_the_published_one():
    """RFC 4231, case 2."""
    found = seal.hmac_sha256(b"Jefe", b"what do ya want for nothing?")
    assert found.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_ed25519_is_the_published_one():
    """RFC 8032 section 7.1, test 2."""
    signer = seal.Signer(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert signer.public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert signer.sign(b"\x72").hex().startswith("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da")


def test_dsse_signs_the_bytes_of_the_protocol():
    """DSSE protocol.md, the example."""
    assert seal.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_the_key_id_is_that_of_signed_note():
    """The key of the example in golang.org/x/mod/sumdb/note."""
    name, key_id, key = ["PeterNeumann", "c74f20a3", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"]
    public = base64.b64decode(key)[1:]
    assert seal.note_key_id(name, seal.NOTE_ED25519, public).hex() == key_id


@quick
@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(min_size=32, max_size=32))
def test_a_signature_holds_for_its_bytes_only(data, other, seed):
    signer = seal.Signer(seed)
    signature = signer.sign(data)
    assert signer.verifier.verify(signature, data)
    assert signer.verifier.verify(signature, other) == (data == other)


@quick
@given(st.integers(0, 511), st.binary(max_size=50))
def test_a_signature_with_one_bit_changed_does_not_hold(bit, data):
    signer = seal.Signer(b"k" * 32)
    changed = bytearray(signer.sign(data))
    changed[bit // 8] ^= 1 << bit % 8
    assert not signer.verifier.verify(bytes(changed), data)


def test_a_signature_of_another_length_does_not_hold():
    signer = seal.Signer(b"k" * 32)
    assert not signer.verifier.verify(signer.sign(b"x")[:-1], b"x")


def test_a_commitment_needs_its_salt():
    assert seal.commitment(b"a" * 16, b"accept") != seal.commitment(b"b" * 16, b"accept")


@quick
@given(st.text(max_size=20), st.binary(max_size=40), st.text(max_size=20), st.binary(max_size=40))
def test_no_two_payloads_are_signed_as_the_same_bytes(kind, payload, other_kind, other):
    same = (kind, payload) == (other_kind, other)
    assert (seal.pae(kind, payload) == seal.pae(other_kind, other)) == same


@quick
@given(st.binary(max_size=100))
def test_base64_comes_back(data):
    assert seal.from_b64(seal.b64(data)) == data


@pytest.mark.parametrize("text", ["QR==", "QQ", "QQ= ", "Q Q=", "QQ==\n", "-_8=", "QQé=", "="])
def test_base64_with_anything_to_spare_is_refused(text):
    with pytest.raises(Refused):
        seal.from_b64(text)


def test_base64_of_another_length_is_refused():
    with pytest.raises(Refused, match="exactly 32 bytes"):
        seal.from_b64("QQ==", "root", 32)


def test_a_key_file_comes_back_with_and_without_a_password():
    signer = seal.Signer.generate(counted)
    assert seal.Signer.from_pem(signer.to_pem()).public == signer.public
    assert seal.Signer.from_pem(signer.to_pem(b"secret"), b"secret").public == signer.public


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"\xff\xfe"])
def test_what_is_no_key_file_is_refused_without_repeating_it(pem):
    with pytest.raises(Refused) as caught:
        seal.Signer.from_pem(pem)
    assert "AAAA" not in str(caught.value)


def test_a_key_file_with_the_wrong_password_is_refused():
    with pytest.raises(Refused):
        seal.Signer.from_pem(seal.Signer.generate(counted).to_pem(b"secret"), b"guess")


def test_a_key_of_another_kind_is_refused():
    _, key = seal.self_signed(["localhost"], S2026, S2026 + YEAR_NS, counted)
    with pytest.raises(Refused, match="Ed25519"):
        seal.Signer.from_pem(key)


def test_a_private_key_never_prints_itself():
    signer = seal.Signer(b"\x41" * 32)
    assert "A" * 8 not in repr(signer)
    assert (b"\x41" * 8).hex() not in repr(signer)


def test_ml_dsa_44_signs_and_notices():
    signer = seal.QuantumSigner(b"q" * 32)
    signature = signer.sign(b"head")
    assert seal.quantum_verify(signer.public, signature, b"head")
    assert not seal.quantum_verify(signer.public, signature, b"heap")
    assert not seal.quantum_verify(signer.public, signature[:-1], b"head")
    assert not seal.quantum_verify(b"\0" * 7, signature, b"head")


def test_a_password_is_known_again_and_a_wrong_one_is_not():
    hashed = seal.hash_password("correct horse", counted)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert seal.verify_password(hashed, "correct horse")
    assert not seal.verify_password(hashed, "correct horsf")
    assert not seal.password_is_old(hashed)


@pytest.mark.parametrize("password", ["", "x" * 1025])
def test_a_password_nobody_types_is_refused(password):
    with pytest.raises(Refused):
        seal.hash_password(password, counted)


@pytest.mark.parametrize("hashed", ["", "plain", "$argon2id$v=19$m=65536,t=3,p=4$AAAA"])
def test_what_is_no_hash_lets_nobody_in(hashed):
    assert not seal.verify_password(hashed, "x")


def test_a_very_long_password_is_not_even_hashed():
    assert not seal.verify_password("$argon2id$nonsense", "x" * 10_000_000)


def test_tokens_come_from_the_given_entropy_only():
    assert seal.token(counted, 24) == seal.token(counted, 24)
    assert len(seal.token(counted, 32)) == 43
    assert "=" not in seal.token(counted)


def test_secrets_are_compared_whole():
    assert seal.same(b"abc", b"abc")
    assert not seal.same(b"abc", b"abd")


def test_a_certificate_names_its_hosts_and_its_time(tmp_path: Path):
    pem, key = seal.self_signed(["node.local", "192.0.2.7", "::1"], S2026, S2026 + YEAR_NS, counted)
    certificate = x509.load_pem_x509_certificate(pem)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["node.local"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.7", "::1"]
    assert certificate.not_valid_before_utc.isoformat() == "2026-01-01T00:00:00+00:00"
    (tmp_path / "cert.pem").write_bytes(pem)
    (tmp_path / "key.pem").write_bytes(key)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    assert len(seal.certificate_fingerprint(pem)) == 64


@pytest.mark.parametrize("names", [[], ["ünicode.example"]])
def test_a_certificate_without_a_usable_name_is_refused(names):
    with pytest.raises(Refused):
        seal.self_signed(names, S2026, S2026 + YEAR_NS, counted)


def test_a_certificate_that_ends_before_it_begins_is_refused():
    with pytest.raises(Refused):
        seal.self_signed(["localhost"], S2026, S2026, counted)
