"""The key manifest: which keys a party uses for what, signed by its root key.

Two parties compare the root key's fingerprint by voice once; everything else they need of each other hangs on it.
"""

import re
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
LINES_COUNT_MAX: Final = 200
"""Lines that one revocation names."""
_LINE: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FIELDS: Final = {"v", "party", "seq", "not_before", "keys", "revoked", "endpoints", "prev"}


class PublicKey(msgspec.Struct, frozen=True):
    """One key of a party: a name of its own, its use, its algorithm and its public bytes."""

    id: str
    use: str
    alg: str
    pub: bytes


class Revoked(msgspec.Struct, frozen=True):
    """A key that signs nothing more since `at_us`, but for what it numbered before.

    `last_seq` has, for every line it signed on, the last number of each lane. A line is named by the SHA-256 of its name in
    hexadecimal (`line_hash`), so that a manifest does not list a party's counterparts. A key whose line only names its id
    (`at_us` None) signs nothing at all.
    """

    id: str
    at_us: int | None = None
    last_seq: dict[str, tuple[int, int, int]] = {}

    def last(self, line: str, lane: int) -> int:
        """The last number of a lane that the key may have signed; 0 for a line or lane it never signed on."""
        return self.last_seq.get(line_hash(line), (0, 0, 0))[lane]


def line_hash(line: str) -> str:
    """How a revocation names a line (`north.example~south.example`)."""
    return seal.sha256(line.encode()).hex()


class KeyManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a party says of its keys. `seq` only rises; `prev` is the SHA-256 of the payload before, empty for the first."""

    party: str
    seq: int
    not_before_us: int
    keys: tuple[PublicKey, ...]
    revoked: tuple[Revoked, ...] = ()
    endpoints: tuple[str, ...] = ()
    prev: bytes = b""

    def of(self, use: str) -> list[bytes]:
        """The public bytes of the unrevoked keys for one use."""
        gone = {one.id for one in self.revoked}
        return [key.pub for key in self.keys if key.use == use and key.id not in gone]

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
            "revoked": [_written(one) for one in manifest.revoked],
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
        revoked=tuple(_revoked(one, f"{where}.revoked") for one in _list(value["revoked"], f"{where}.revoked")),
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
    if len({one.id for one in manifest.revoked}) != len(manifest.revoked):
        raise BadRecord(f"{where}: one key is revoked twice")


def _written(one: Revoked) -> Any:
    if one.at_us is None:
        return one.id
    lanes = {line: {str(lane): last for lane, last in enumerate(numbers)} for line, numbers in one.last_seq.items()}
    return {"at": one.at_us, "id": one.id, "last_seq": lanes}


def _revoked(value: Any, where: str) -> Revoked:
    if isinstance(value, str):  # how manifests were written before there was a line
        return Revoked(_text(value, where))
    if not isinstance(value, dict) or value.keys() != {"at", "id", "last_seq"} or not isinstance(value["last_seq"], dict):
        raise Refused(where, value, "id, at, last_seq")
    if len(value["last_seq"]) > LINES_COUNT_MAX:
        raise Refused(f"{where}.last_seq", len(value["last_seq"]), f"at most {LINES_COUNT_MAX} lines")
    last_seq = {_line(line, where): _last(numbers, where) for line, numbers in value["last_seq"].items()}
    return Revoked(_text(value["id"], f"{where}.id"), _number(value["at"], f"{where}.at"), last_seq)


def _line(name: str, where: str) -> str:
    if _LINE.fullmatch(name) is None:
        raise Refused(f"{where}.last_seq", name, "the SHA-256 of a line's name, 64 hexadecimal digits")
    return name


def _last(value: Any, where: str) -> tuple[int, int, int]:
    if not isinstance(value, dict) or value.keys() != {"0", "1", "2"}:
        raise Refused(f"{where}.last_seq", value, "a number for each of the lanes 0, 1, 2")
    zero, one, two = (_number(value[lane], f"{where}.last_seq.{lane}") for lane in ("0", "1", "2"))
    return zero, one, two


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
