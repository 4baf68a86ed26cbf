"""Own messages that a node lost when it was put back: the counterpart kept them and shows them, our own key proves them."""

from collections.abc import Iterable

from openline.errors import Refused, TheirFault
from openline.flow.line import Line
from openline.line import message as messages
from openline.node.doors.tls import Pair
from openline.node.line import manifests, wire
from openline.node.line.again import chain
from openline.node.line.sessions import FRAMES_BYTES_MAX, Peer
from openline.node.loop import Loop
from openline.record.envelope import signed_by, unwrap
from openline.record.store import Store


class Recovering:
    """Takes back what is ours."""

    def __init__(self, loop: Loop, own: Pair) -> None:
        self._loop = loop
        self._own = own

    async def take(self, peer: Peer, lane: int, frames: Iterable[str]) -> None:
        """Those of our own messages that the lane lacks. Nothing is taken but after a firm hello that claimed them."""
        if peer.line.claimed[lane] < peer.line.lanes.out[lane].next:
            return
        keys = manifests.own_line_keys(self._own)
        good = [one for one in frames if _is_ours(one, keys, peer, lane)]
        if good:
            await self._loop.node_act("node.recovered", {"to": peer.party, "lane": lane, "frames": good})


def _is_ours(text: str, keys: list[bytes], peer: Peer, lane: int) -> bool:
    try:
        envelope = unwrap(text.encode("utf-8", "surrogatepass"), messages.PAYLOAD_TYPE, "yours")
        message = messages.read_message(envelope.payload, "yours")
        if (message.from_, message.to, message.lane) != (peer.line.own, peer.party, lane):
            raise Refused("yours", message.from_, f"messages of {peer.line.own} in lane {lane}")
        signed_by(envelope, keys, "yours")
    except TheirFault:
        return False
    return True


def theirs_held(store: Store, line: Line, lane: int, after: int) -> list[bytes]:
    """The counterpart's own messages of a lane above `after`, as we hold them, as many as one body takes."""
    found: list[bytes] = []
    size = 0
    for _, _, envelope in chain(store, line, "msg.in", line.lanes.into[lane], after):
        size += len(envelope) + len(envelope) // 8
        if len(found) >= wire.FRAMES_MAX or (size > FRAMES_BYTES_MAX and found):
            break
        found.append(envelope)
    return found
