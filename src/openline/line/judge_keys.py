"""Which keys a party had, from every manifest of it that the two bundles hold, and whether one of them signed something.

Manifests come from the party's own bundle, from the card its counterpart loaded, and from `keys` messages; all must be signed
by the one root. Where none is missing from the first on, a key that none of them names was never the party's.
"""

from typing import Final, Literal

from openline import seal
from openline.errors import BadRecord, OpenlineError
from openline.line.judge_said import Evidence, Finding
from openline.record.envelope import Envelope, signed_by, unwrap
from openline.record.keys import PAYLOAD_TYPE, KeyManifest, PublicKey, read_manifest
from openline.record.note import Key, Note, Signature, verified_by

Standing = Literal["good", "bad", "stranger", "unknown", "revoked"]
"""`good`: the party signed it. `bad`: the signature is wrong. `stranger`: a key the party never had. `unknown`: a key of which
that cannot be told. `revoked`: a key that was revoked before this number, so that a thief may have signed."""
KINDS: Final[dict[str, dict[str, int]]] = {
    "log": {"ed25519": seal.NOTE_ED25519, "ml-dsa-44": seal.NOTE_MLDSA44},
    "witness": {"ed25519": seal.NOTE_COSIGNATURE},
}
"""Use → algorithm → the type of its lines under a checkpoint."""


class Ring:
    """The keys of one party, under one root."""

    def __init__(self, newest: KeyManifest, envelope: bytes) -> None:
        self.party = newest.party
        self.fingerprint = newest.fingerprint
        self.sure = True  # False where what may bring more of its manifests is withheld or left out
        self._manifests: dict[int, tuple[KeyManifest, bytes, Evidence]] = {}
        self.findings: list[Finding] = []
        self.add(envelope, Evidence(self.party, f"manifest {newest.seq}", file="keys/manifest"))

    def add(self, envelope: bytes, where: Evidence) -> None:
        """Take a manifest of this party and root; what is none is passed over. Two of one number contradict each other."""
        try:
            manifest = read_manifest(envelope)
            payload = unwrap(envelope, PAYLOAD_TYPE, "keys").payload
        except OpenlineError:
            return
        if (manifest.party, manifest.fingerprint) != (self.party, self.fingerprint):
            return
        held = self._manifests.setdefault(manifest.seq, (manifest, payload, where))
        if held[1] != payload:
            says = f"its root key signed two manifests of the number {manifest.seq}"
            self.findings.append(
                Finding(grade="contradicted", topic="keys", party=self.party, says=says, evidence=(held[2], where))
            )

    @property
    def complete(self) -> bool:
        """Whether every manifest up to the newest is known."""
        return self.sure and set(self._manifests) >= set(range(1, max(self._manifests) + 1))

    def standing(self, envelope: Envelope, line: str, lane: int | None = None, seq: int | None = None) -> Standing:
        """How an envelope's signature stands; without `seq`, as that of a receipt or a hello."""
        keyid = envelope.signatures[0][0]
        key = next((one for one in self._all("line") if seal.Verifier(one.pub).fingerprint == keyid), None)
        if key is None:
            return "stranger" if self.complete else "unknown"
        try:
            if len(envelope.signatures) != 1:
                return "bad"
            signed_by(envelope, [key.pub], "envelope")
        except BadRecord:
            return "bad"
        for revoked in self._newest.revoked:
            if revoked.id == key.id and (lane is None or seq is None or seq > revoked.last(line, lane)):
                return "revoked"
        return "good"

    def revoked_us(self, envelope: Envelope) -> int | None:
        """When the key that signed an envelope was revoked, None where it was not or does not say."""
        keyid = envelope.signatures[0][0]
        key = next((one for one in self._all("line") if seal.Verifier(one.pub).fingerprint == keyid), None)
        return next((one.at_us for one in self._newest.revoked if key is not None and one.id == key.id), None)

    def noted(self, text: str, signature: Signature, use: str) -> tuple[Standing, int]:
        """How a line under a checkpoint stands, and its time in s. `use` is log or witness.

        Ids in such lines are four bytes, which somebody can make two keys share: every key of that id is tried, and where one
        may be missing, a line that none of them signed is `unknown`.
        """
        gone = {one.id for one in self._newest.revoked}
        kinds = KINDS[use]
        known = [(Key(signature.name, kinds[one.alg], one.pub), one.id) for one in self._all(use) if one.alg in kinds]
        near = [(key, name) for key, name in known if key.key_id == signature.key_id]
        for key, name in near:
            try:
                ((_, time_s),) = verified_by(Note(text, (signature,)), [key])
            except OpenlineError:
                continue
            return ("revoked" if name in gone else "good"), time_s
        return ("bad" if near and self.complete else "unknown"), 0

    @property
    def _newest(self) -> KeyManifest:
        return self._manifests[max(self._manifests)][0]

    def _all(self, use: str) -> list[PublicKey]:
        found = {one.pub: one for manifest, _, _ in self._manifests.values() for one in manifest.keys if one.use == use}
        return list(found.values())
