"""Hashing and signing: the one room that knows the cryptography.

Takes: bytes, keys as bytes, times as arguments, randomness as an argument.
Gives: digests, signatures, verdicts as booleans, keys as PEM bytes.
Never: reads a file, a clock or a random source; never says why a signature is wrong, only that it is.

Sources: Ed25519 is RFC 8032, ML-DSA-44 is FIPS 204, key ids are C2SP signed-note v1.0.0, the envelope is DSSE v1.0.2
(Dead Simple Signing Envelope), passwords are argon2id (RFC 9106).
"""

import base64
import binascii
import datetime as _dt
import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Sequence
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, mldsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from openline.errors import Refused

Entropy = Callable[[int], bytes]
"""n → n unpredictable bytes; the node passes the operating system's, a test passes its own."""

HASH_BYTES: Final = 32
SALT_BYTES: Final = 16
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
MLDSA44_PUBLIC_BYTES: Final = 1312  # FIPS 204 table 2
MLDSA44_SIGNATURE_BYTES: Final = 2420

NOTE_ED25519: Final = 0x01  # C2SP signed-note: a log's own signature
NOTE_COSIGNATURE: Final = 0x04  # C2SP tlog-cosignature: a witness's timestamped Ed25519
NOTE_MLDSA44: Final = 0x06  # C2SP tlog-cosignature: ML-DSA-44 over the subtree structure


def sha256(data: bytes) -> bytes:
    """SHA-256, 32 bytes."""
    return hashlib.sha256(data).digest()


def commitment(salt: bytes, data: bytes) -> bytes:
    """SHA-256(salt ‖ data). The salt keeps a short secret ("accept") from being guessed out of a proof."""
    assert len(salt) == SALT_BYTES
    digest = hashlib.sha256(salt)
    digest.update(data)
    return digest.digest()


def hmac_sha256(key: bytes, data: bytes | memoryview) -> bytes:
    """HMAC-SHA-256, 32 bytes (RFC 2104)."""
    return hmac.digest(key, data, "sha256")


def same(left: bytes, right: bytes) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(left, right)


def token(entropy: Entropy, length_bytes: int = 32) -> str:
    """An unguessable word for links and sessions: base64url without padding."""
    return base64.urlsafe_b64encode(entropy(length_bytes)).rstrip(b"=").decode("ascii")


def b64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4), as every recorded byte uses it."""
    return base64.b64encode(data).decode("ascii")


def from_b64(text: str, field: str = "base64", length_bytes: int | None = None) -> bytes:
    """The bytes of strict base64. Raises `Refused` unless encoding them again gives the same text."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise Refused(field, text, "standard base64 with padding") from None
    if b64(data) != text:
        raise Refused(field, text, "base64 whose unused bits are zero")
    if length_bytes is not None and len(data) != length_bytes:
        raise Refused(field, text, f"base64 of exactly {length_bytes} bytes")
    return data


# ── Ed25519 ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Verifier:
    """An Ed25519 public key (32 bytes). Raises `Refused` when the bytes are no such key."""

    __slots__ = ("_key", "public")

    def __init__(self, public: bytes) -> None:
        if len(public) != KEY_BYTES:
            raise Refused("public key", public.hex(), "32 bytes of an Ed25519 key")
        self.public: Final = public
        self._key: Final = Ed25519PublicKey.from_public_bytes(public)

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Whether `signature` (64 bytes, else False) is this key's over exactly `data`."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key as 64 hexadecimal digits: what two people read to each other."""
        return sha256(self.public).hex()


class Signer:
    """An Ed25519 private key. It never prints itself."""

    __slots__ = ("_key", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != KEY_BYTES:
            raise Refused("private key", f"{len(seed)} bytes", "32 bytes of an Ed25519 seed")
        self._key: Final = Ed25519PrivateKey.from_private_bytes(seed)
        self.public: Final = self._key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls, entropy: Entropy) -> "Signer":
        """A new key out of 32 bytes of `entropy`."""
        return cls(entropy(KEY_BYTES))

    @classmethod
    def from_pem(cls, pem: bytes, password: bytes | None = None) -> "Signer":
        """A key out of a PKCS#8 PEM file's bytes. Raises `Refused`, without repeating the bytes, on anything else."""
        try:
            key = serialization.load_pem_private_key(pem, password)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise Refused("private key", "(not shown)", "a PEM file of an Ed25519 private key and its password") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise Refused("private key", type(key).__name__, "a PEM file of an Ed25519 private key")
        return cls(key.private_bytes_raw())

    def to_pem(self, password: bytes | None = None) -> bytes:
        """PKCS#8 PEM, encrypted when a password is given. Whoever writes it keeps the file mode at 0600."""
        how: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if password:
            how = serialization.BestAvailableEncryption(password)
        return self._key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)

    def sign(self, data: bytes) -> bytes:
        """64 bytes, the same each time for the same data (RFC 8032)."""
        return self._key.sign(data)

    def derived(self, purpose: str) -> bytes:
        """A secret of 32 bytes for one purpose, of which nothing leads back to the key: HMAC-SHA-256 of the purpose."""
        return hmac_sha256(self._key.private_bytes_raw(), purpose.encode())

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.public)

    def __repr__(self) -> str:
        return f"Signer({self.verifier.fingerprint[:16]}…)"


# ── ML-DSA-44, the second signature against a later quantum computer ────────────────────────────────────────────────


class QuantumSigner:
    """An ML-DSA-44 private key from a 32-byte seed; signatures are hedged, so two over the same data differ."""

    __slots__ = ("_key", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != KEY_BYTES:
            raise Refused("private key", f"{len(seed)} bytes", "32 bytes of an ML-DSA-44 seed")
        self._key: Final = mldsa.MLDSA44PrivateKey.from_seed_bytes(seed)
        self.public: Final = self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """2,420 bytes."""
        return self._key.sign(data)

    def __repr__(self) -> str:
        return f"QuantumSigner({sha256(self.public).hex()[:16]}…)"


def quantum_verify(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` is the ML-DSA-44 key's over exactly `data`; False, too, when the key is no key."""
    if len(public) != MLDSA44_PUBLIC_BYTES or len(signature) != MLDSA44_SIGNATURE_BYTES:
        return False
    try:
        mldsa.MLDSA44PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


# ── Key names of signed notes ────────────────────────────────────────────────────────────────────────────────────────


def note_key_id(name: str, kind: int, public: bytes) -> bytes:
    """Four bytes: SHA-256(name ‖ 0x0A ‖ kind ‖ public)[:4] (C2SP signed-note)."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]


# ── DSSE: sign bytes and their type, never an object ─────────────────────────────────────────────────────────────────


def pae(payload_type: str, payload: bytes) -> bytes:
    """The bytes that DSSE signs: "DSSEv1" and both fields, each with its length, so no two pairs give the same bytes."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def dsse_sign(signer: Signer, payload_type: str, payload: bytes) -> bytes:
    """The 64-byte signature over the payload and its type."""
    return signer.sign(pae(payload_type, payload))


def dsse_verify(verifier: Verifier, signature: bytes, payload_type: str, payload: bytes) -> bool:
    """Whether the signature is this key's over exactly this payload of this type."""
    return verifier.verify(signature, pae(payload_type, payload))


# ── Passwords ────────────────────────────────────────────────────────────────────────────────────────────────────────

_PASSWORDS: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, salt_len=16, type=Type.ID)
PASSWORD_BYTES_MAX: Final = 1024  # argon2 would hash megabytes; nobody types them


def hash_password(password: str, entropy: Entropy) -> str:
    """An argon2id string (64 MiB, 3 passes, 4 lanes: RFC 9106's second choice). About half a second: call it in a thread."""
    data = password.encode()
    if not 1 <= len(data) <= PASSWORD_BYTES_MAX:
        raise Refused("password", f"({len(data)} bytes)", f"1 to {PASSWORD_BYTES_MAX} bytes")
    return _PASSWORDS.hash(data, salt=entropy(SALT_BYTES))


def verify_password(hashed: str, password: str) -> bool:
    """Whether the password is the one hashed; False for a string that is no hash. As slow as `hash_password`."""
    data = password.encode("utf-8", "surrogatepass")
    if len(data) > PASSWORD_BYTES_MAX:
        return False
    try:
        return _PASSWORDS.verify(hashed, data)
    except (VerificationError, InvalidHashError):
        return False


def password_is_old(hashed: str) -> bool:
    """Whether the hash was made with weaker parameters than today's and should be made anew at the next login."""
    return _PASSWORDS.check_needs_rehash(hashed)


# ── TLS ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def self_signed(
    names: Sequence[str],
    not_before_ns: int,
    not_after_ns: int,
    entropy: Entropy,
    common_name: str = "Openline node",
    both_ends: bool = False,
) -> tuple[bytes, bytes]:
    """A self-signed P-256 certificate and its key, both PEM (browsers take no Ed25519). `names` are host names or addresses.

    `both_ends`: it may be shown by the side that calls as well as by the side that answers.

    Raises `Refused` when there is no name or the validity is empty.
    """
    if not names:
        raise Refused("names", names, "at least one host name or address")
    if not_before_ns >= not_after_ns:
        raise Refused("validity", (not_before_ns, not_after_ns), "an end after the beginning")
    order_minus_one = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550  # P-256, SEC 2
    key = ec.derive_private_key(int.from_bytes(entropy(48)) % order_minus_one + 1, ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, *([ExtendedKeyUsageOID.CLIENT_AUTH] if both_ends else [])]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(entropy(16)) >> 1 | 1)
        .not_valid_before(_moment(not_before_ns))
        .not_valid_after(_moment(not_after_ns))
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(pem), private


def certificate_fingerprint(pem: bytes) -> str:
    """SHA-256 of the DER certificate, 64 hexadecimal digits: what a peer pins and a browser shows."""
    return x509.load_pem_x509_certificate(pem).fingerprint(hashes.SHA256()).hex()


def certificate_ends_ns(pem: bytes) -> int:
    """The moment the certificate stops being valid. Raises ValueError for bytes that are no PEM certificate."""
    return int(x509.load_pem_x509_certificate(pem).not_valid_after_utc.timestamp()) * 1_000_000_000


def _moment(instant_ns: int) -> _dt.datetime:
    return _dt.datetime.fromtimestamp(instant_ns // 1_000_000_000, _dt.UTC)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name)
    except ValueError:
        raise Refused("names", name, "a host name in ASCII or an address") from None
