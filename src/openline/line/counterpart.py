"""A counterpart as we know it: the key manifest in force, which its pinned root signed, and what may be signed by which key.

First contact is by hand: a card is loaded, and two people read the root's fingerprint to each other (`openline.line.spoken`).
From then on a manifest takes the place of another only where it follows it; everything else is refused and is evidence.
"""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from openline import seal
from openline.errors import Refused
from openline.line.card import Card, check_certificates, named
from openline.line.names import line_of
from openline.record.envelope import unwrap
from openline.record.keys import PAYLOAD_TYPE, KeyManifest, PublicKey, Revoked, read_manifest
from openline.record.note import Key
from openline.record.witness import Log, is_log_of, witness_name

Standing = Literal["newer", "same", "older", "skips", "fork", "takes_back", "another_root", "another_party"]
STANDINGS: Final[dict[Standing, str]] = {
    "newer": "it follows the one in force",
    "same": "it is the one in force",
    "older": "a manifest newer than the one in force",
    "skips": "the manifest that follows the one in force; ask for those between",
    "fork": "one manifest of each number: two stand signed by one root",
    "takes_back": "every revocation as it was: what was signed before it stays as good as it was",
    "another_root": "a manifest of the root key that was compared; another root needs a first contact again",
    "another_party": "a manifest of this party",
}
"""How a manifest stands to the one in force, and what would be accepted instead."""


class Counterpart(msgspec.Struct, frozen=True, kw_only=True):
    """The other party of one line of ours (`own`): its manifest in force as read and as signed, and where it is reached."""

    own: str
    manifest: KeyManifest
    envelope: bytes
    certificates: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    @property
    def party(self) -> str:
        """The counterpart's id."""
        return self.manifest.party

    @property
    def line(self) -> str:
        """The name of the line with it."""
        return line_of(self.own, self.party)

    @property
    def fingerprint(self) -> str:
        """The root key's SHA-256 in hexadecimal: what was compared at first contact and never changes."""
        return self.manifest.fingerprint

    def key_for(self, keyid: str, lane: int | None = None, seq: int | None = None) -> bytes:
        """The public line key that may sign number `seq` of `lane`, or, without them, a hello or a receipt.

        Raises `Refused` saying why this key may not: nobody's, another use, revoked before that number.
        """
        for key in self.manifest.keys:
            if key.use == "line" and key.alg == "ed25519" and seal.Verifier(key.pub).fingerprint == keyid:
                self._check_revoked(key, lane, seq)
                return key.pub
        raise Refused("keyid", keyid, f"a line key in manifest {self.manifest.seq} of {self.party}")

    def _check_revoked(self, key: PublicKey, lane: int | None, seq: int | None) -> None:
        for revoked in self.manifest.revoked:
            if revoked.id != key.id:
                continue
            if lane is None or seq is None:
                raise Refused("keyid", key.id, f"a key in force: this one of {self.party} is revoked")
            last = revoked.last(self.line, lane)
            if seq > last:
                raise Refused(
                    "keyid", key.id, f"a key in force: this one of {self.party} is revoked after {last} of lane {lane}"
                )

    def log(self, origin: str) -> Log | None:
        """The keys that may sign a checkpoint of this origin, or None where it is no log of the counterpart."""
        if not is_log_of(self.party, origin):
            return None
        kinds = {"ed25519": seal.NOTE_ED25519, "ml-dsa-44": seal.NOTE_MLDSA44}
        gone = {one.id for one in self.manifest.revoked}
        keys = [key for key in self.manifest.keys if key.use == "log" and key.alg in kinds and key.id not in gone]
        return Log(origin, tuple(Key(origin, kinds[key.alg], key.pub) for key in keys))

    def witness_keys(self) -> tuple[Key, ...]:
        """The keys with which the counterpart cosigns our log."""
        name = witness_name(self.party)
        gone = {one.id for one in self.manifest.revoked}
        keys = [key for key in self.manifest.keys if key.use == "witness" and key.alg == "ed25519" and key.id not in gone]
        return tuple(Key(name, seal.NOTE_COSIGNATURE, key.pub) for key in keys)

    # ── Manifests that follow ────────────────────────────────────────────────────────────────────────────────────────

    def standing(self, data: bytes, field: str = "keys") -> Standing:
        """How a signed manifest stands to the one in force. Raises `Refused` or `BadRecord` where it is none."""
        manifest = read_manifest(data, field)
        if manifest.party != self.party:
            return "another_party"
        if manifest.fingerprint != self.fingerprint:
            return "another_root"
        if manifest.seq <= self.manifest.seq:
            twin = manifest.seq == self.manifest.seq
            if twin:
                return "same" if _hash(data) == _hash(self.envelope) else "fork"
            return "older"
        if manifest.seq > self.manifest.seq + 1:
            return "skips"
        if manifest.prev != _hash(self.envelope):
            return "fork"
        return "newer" if _keeps(self.manifest.revoked, manifest.revoked) else "takes_back"

    def put(self, data: bytes, certificates: Iterable[str] = (), field: str = "keys") -> "Counterpart":
        """The counterpart with a newer manifest in force; itself where it is the same.

        `certificates` (PEM) are its TLS certificates that the manifest newly names; those still named are kept. Raises
        `Refused` (`keys.older`, `keys.skips`, `keys.fork`, …: the evidence is `data` and `envelope`) or `BadRecord`.
        """
        standing = self.standing(data, field)
        if standing not in ("newer", "same"):
            raise Refused(f"{field}.{standing}", self.party, STANDINGS[standing])
        manifest = read_manifest(data, field)
        given = check_certificates(certificates, manifest, f"{field}.certificates")
        kept = [pem for pem in self.certificates if pem not in given and named(pem, manifest)]
        return msgspec.structs.replace(self, manifest=manifest, envelope=data, certificates=(*kept, *given))


def meet(own: str, card: Card) -> Counterpart:
    """The counterpart of a card, once two people have compared its fingerprint. Raises `Refused` for a card of our own."""
    manifest = read_manifest(card.manifest, "card.manifest")
    if manifest.party == own:
        raise Refused("card.party", own, "a card of another party")
    return Counterpart(own=own, manifest=manifest, envelope=card.manifest, certificates=card.certificates, urls=card.urls)


def _hash(envelope: bytes) -> bytes:
    """What the manifest that follows names as `prev`: SHA-256 of the payload."""
    return seal.sha256(unwrap(envelope, PAYLOAD_TYPE, "keys").payload)


def _keeps(before: tuple[Revoked, ...], after: tuple[Revoked, ...]) -> bool:
    return all(one in after for one in before)
