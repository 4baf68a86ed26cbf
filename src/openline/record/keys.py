"""The key manifest: which keys a party uses for what, signed by its root key.

Two parties compare the root key's fingerprint by voice once; everything else they need of each other hangs on it.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record.entry import canonical, parse_canonical
from openline.record.envelope import signed_by, unwrap, wrap

PAYLOAD_TYPE: Final = "application/vnd.openline.keys+json"
USES: Final = ("root", "log", "line", "witness", "tls", "operator")
ALGORITHMS: Final = {"ed25519": 32, "ml-dsa-44": seal.MLDSA44_PUBLIC_BYTES, "x509-sha256": 32}
"""Algorithm → length of `pub`. `x509-sha256` is a certificate's fingerprint."""
KEYS_COUNT_MAX: Final = 100
_FIELDS: Final = {"v", "party", "seq", "not_before", "keys", "revoked", "endpoints", "prev"}


class PublicKey(msgspec.Struct, frozen=True):
    """One key of a party: a name of its own, its use, its algorithm and its public bytes."""

    id: str
    use: str
    alg: str
    pub: bytes


class KeyManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a party says of its keys. `prev` is the SHA-256 of the manifest before (empty for the first), `seq` only rises."""

    party: str
    seq: int
    not_before_us: int
    keys: tuple[PublicKey, ...]
    revoked: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    prev: bytes = b""

    def of(self, use: str) -> list[bytes]:
        """The public bytes of the unrevoked keys for one use."""
        return [key.pub for key in self.keys if key.use == use and key.id not in self.revoked]

    @property
    def fingerprint(self) -> str:
        """The root key's SHA-256, 64 hexadecimal digits: what people compare by voice."""
        return seal.Verifier(self.of("root")[0]).fingerprint


def make_manifest(manifest: KeyManifest, root: seal.Signer) -> bytes:
    """The signed manifest's bytes. `manifest.keys` must hold the root key itself; no key may serve two uses."""
    assert manifest.of("root") == [root.public]
    keys = [{"alg": key.alg, "id": key.id, "pub": seal.b64(key.pub), "use": key.use} for key in manifest.keys]
    payload = canonical(
        {
            "v": 1,
            "party": manifest.party,
            "seq": manifest.seq,
            "not_before": manifest.not_before_us,
            "keys": keys,
            "revoked": list(manifest.revoked),
            "endpoints": list(manifest.endpoints),
            "prev": seal.b64(manifest.prev),
        },
        "keys",
    )
    made = wrap(PAYLOAD_TYPE, payload, [root])
    read_manifest(made)
    return made


def read_manifest(data: bytes, where: str = "keys/manifest") -> KeyManifest:
    """The manifest in the bytes, signed by the root key it names. Raises `Refused` or `BadRecord`.

    Whether that root key is the party's is for the caller to know: compare `fingerprint`.
    """
    envelope = unwrap(data, PAYLOAD_TYPE, where)
    value = parse_canonical(envelope.payload, where)
    if not isinstance(value, dict) or value.keys() != _FIELDS or value["v"] is True or value["v"] != 1:
        raise Refused(where, envelope.payload[:80], f"version 1 with exactly the keys {' '.join(sorted(_FIELDS))}")
    manifest = KeyManifest(
        party=_text(value["party"], f"{where}.party"),
        seq=_number(value["seq"], f"{where}.seq"),
        not_before_us=_number(value["not_before"], f"{where}.not_before"),
        keys=tuple(_key(one, where) for one in _list(value["keys"], f"{where}.keys")),
        revoked=tuple(_text(one, f"{where}.revoked") for one in _list(value["revoked"], f"{where}.revoked")),
        endpoints=tuple(_text(one, f"{where}.endpoints") for one in _list(value["endpoints"], f"{where}.endpoints")),
        prev=seal.from_b64(_plain(value["prev"], f"{where}.prev"), f"{where}.prev"),
    )
    _check(manifest, where)
    signed_by(envelope, manifest.of("root"), where)
    return manifest


def _check(manifest: KeyManifest, where: str) -> None:
    if len(manifest.of("root")) != 1:
        raise BadRecord(f"{where}: it names {len(manifest.of('root'))} root keys; there is one")
    if len({key.id for key in manifest.keys}) != len(manifest.keys):
        raise BadRecord(f"{where}: two keys have the same id")
    if len({key.pub for key in manifest.keys}) != len(manifest.keys):
        raise BadRecord(f"{where}: one key serves two uses")  # a witness's Ed25519 signature does not name its signer


def _key(value: Any, where: str) -> PublicKey:
    if not isinstance(value, dict) or value.keys() != {"alg", "id", "pub", "use"}:
        raise Refused(f"{where}.keys", value, "alg, id, pub, use")
    if value["use"] not in USES:
        raise Refused(f"{where}.use", value["use"], " ".join(USES))
    if not isinstance(value["alg"], str) or value["alg"] not in ALGORITHMS:
        raise Refused(f"{where}.alg", value["alg"], " ".join(ALGORITHMS))
    pub = seal.from_b64(_plain(value["pub"], f"{where}.pub"), f"{where}.pub", ALGORITHMS[value["alg"]])
    return PublicKey(_text(value["id"], f"{where}.id"), value["use"], value["alg"], pub)


def _list(value: Any, field: str) -> Sequence[Any]:
    if not isinstance(value, list) or len(value) > KEYS_COUNT_MAX:
        raise Refused(field, value, f"a list of at most {KEYS_COUNT_MAX}")
    return value


def _plain(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise Refused(field, value, "text")
    return value


def _text(value: Any, field: str) -> str:
    if not 1 <= len(_plain(value, field)) <= 200:
        raise Refused(field, value, "1 to 200 characters")
    return str(value)


def _number(value: Any, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Refused(field, value, "an integer from 0")
    return value
