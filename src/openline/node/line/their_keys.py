"""Key manifests of a counterpart that came outside its messages: asked for, or shown by it. Each speaks for itself."""

from openline import seal
from openline.flow.line import EVIDENCE_MAX
from openline.line.names import URGENT
from openline.node.line import wire
from openline.node.line.sessions import Peer
from openline.node.loop import Loop
from openline.record.keys import read_manifest


async def take(loop: Loop, peer: Peer, found: wire.Manifests) -> bool:
    """Those that follow the one in force; whether another is in force then. Raises `Refused`, `BadRecord`.

    A second one of a number is evidence, kept once. What is older or of no use changes nothing and is not recorded.
    """
    known = peer.line.counterpart
    newer = [one for one in found.manifests if read_manifest(one.encode(), "keys").seq > known.manifest.seq]
    if not newer:
        return False
    standing = known.standing(newer[0].encode())
    if standing == "fork":
        digest = seal.sha256(newer[0].encode())
        if digest in peer.seen or peer.line.evidence[URGENT] >= EVIDENCE_MAX:
            return False
        peer.seen.add(digest)
    elif standing != "newer":
        return False
    body = {"to": peer.party, "manifests": newer, "certificates": "".join(found.certificates)}
    await loop.node_act("node.manifests", body)
    return peer.line.counterpart.manifest.seq > known.manifest.seq
