"""A DSSE envelope: exact bytes, their type, and signatures over both; itself canonical JSON, so that no byte of it is idle.

    {"payload":"<base64>","payloadType":"application/vnd.openline.keys+json","signatures":[{"keyid":"<64 hex>","sig":"<b64>"}]}

DSSE does not sign `keyid`; here it must be the fingerprint of the key that verifies, so changing it is noticed too.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record.entry import canonical, parse_canonical

ENVELOPE_BYTES_MAX: Final = 64 * 1024 * 1024
SIGNATURES_COUNT_MAX: Final = 16


class Envelope(msgspec.Struct, frozen=True):
    """A payload and who is said to have signed it: (fingerprint, 64 bytes) pairs, none of them verified yet."""

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]


def wrap(payload_type: str, payload: bytes, signers: Sequence[seal.Signer]) -> bytes:
    """The envelope's bytes, signed by each signer."""
    assert 0 < len(signers) <= SIGNATURES_COUNT_MAX
    lines = [
        {"keyid": one.verifier.fingerprint, "sig": seal.b64(seal.dsse_sign(one, payload_type, payload))} for one in signers
    ]
    return canonical({"payload": seal.b64(payload), "payloadType": payload_type, "signatures": lines})


def unwrap(data: bytes, payload_type: str, field: str) -> Envelope:
    """The envelope in the bytes. Raises `Refused` on another type or any byte a writer would not have written."""
    value = parse_canonical(data, field, ENVELOPE_BYTES_MAX)
    if not isinstance(value, dict) or value.keys() != {"payload", "payloadType", "signatures"}:
        raise Refused(field, data[:80], "a DSSE envelope: payload, payloadType, signatures")
    if value["payloadType"] != payload_type:
        raise Refused(f"{field}.payloadType", value["payloadType"], payload_type)
    lines = value["signatures"]
    if not isinstance(lines, list) or not 1 <= len(lines) <= SIGNATURES_COUNT_MAX:
        raise Refused(f"{field}.signatures", lines, f"1 to {SIGNATURES_COUNT_MAX} signatures")
    return Envelope(payload_type, _bytes(value["payload"], f"{field}.payload"), tuple(_line(one, field) for one in lines))


def _line(value: object, field: str) -> tuple[str, bytes]:
    if not isinstance(value, dict) or value.keys() != {"keyid", "sig"} or not isinstance(value["keyid"], str):
        raise Refused(f"{field}.signatures", value, "keyid and sig")
    return value["keyid"], _bytes(value["sig"], f"{field}.sig")


def _bytes(value: object, field: str) -> bytes:
    if not isinstance(value, str):
        raise Refused(field, value, "base64")
    return seal.from_b64(value, field)


def signed_by(envelope: Envelope, keys: Sequence[bytes], where: str) -> list[bytes]:
    """The keys (32 bytes each) that signed. Every signature must be by one of `keys` and good, else `BadRecord`."""
    known = {seal.Verifier(public).fingerprint: public for public in keys}
    found: list[bytes] = []
    for keyid, signature in envelope.signatures:
        public = known.get(keyid)
        if public is None:
            raise BadRecord(f"{where}: signed by {keyid[:16]}…, which is none of the keys that may sign it")
        if public in found or not seal.dsse_verify(seal.Verifier(public), signature, envelope.payload_type, envelope.payload):
            raise BadRecord(f"{where}: the signature of {keyid[:16]}… is not good")
        found.append(public)
    return found
