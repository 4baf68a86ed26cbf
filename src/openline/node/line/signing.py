"""Which key signs what goes out: the newest. What an older one signed goes out as it is recorded, unless that key was revoked
before that number: then the same payload goes out with a signature of the key in use.

A hash is that of the payload, so the chain of a lane holds, and the record keeps the envelope as it was first signed. Ed25519
gives the same signature for the same bytes: nothing has to be written down to send the very same envelope again.
"""

from collections.abc import Iterable

from openline import seal
from openline.line import message as messages
from openline.line.names import line_of
from openline.record.entry import parse_canonical
from openline.record.envelope import Envelope, unwrap, wrap
from openline.record.keys import KeyManifest, Revoked


class Signing:
    """The line key in use, and which of the others may not sign any more."""

    def __init__(self, signer: seal.Signer, manifest: KeyManifest) -> None:
        self.signer = signer
        self.keys_seq = manifest.seq
        revoked = {one.id: one for one in manifest.revoked}
        rows = [key for key in manifest.keys if key.use == "line" and key.id in revoked]
        self._gone: dict[str, Revoked] = {seal.Verifier(key.pub).fingerprint: revoked[key.id] for key in rows}
        self._mine = signer.verifier.fingerprint.encode()

    def all_good(self, envelopes: Iterable[bytes]) -> list[bytes]:
        """Each as it may go out."""
        return [self.good(one) for one in envelopes]

    def good(self, data: bytes) -> bytes:
        """An envelope of our own as it may go out: itself, or its payload signed again."""
        if not self._gone or self._mine in data[-300:]:
            return data
        payload_type = str(parse_canonical(data, "frame")["payloadType"])
        envelope = unwrap(data, payload_type, "frame")
        revoked = self._gone.get(envelope.signatures[0][0])
        if revoked is None or _covers(revoked, envelope):
            return data
        return wrap(payload_type, envelope.payload, [self.signer])


def _covers(revoked: Revoked, envelope: Envelope) -> bool:
    """Whether a revoked key may have signed this message; it signs no receipt."""
    if envelope.payload_type != messages.PAYLOAD_TYPE:
        return False
    message = messages.read_message(envelope.payload)
    return message.seq <= revoked.last(line_of(message.from_, message.to), message.lane)
