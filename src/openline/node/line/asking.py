"""The calls themselves, and what is asked after a hello: manifests we missed, and our own messages that we lost."""

import asyncio
from typing import Final

import httpx2

from openline.errors import OpenlineError, Refused, TheirFault
from openline.line import message as messages
from openline.line.names import LANES
from openline.node.doors.tls import Pair
from openline.node.intake.link import Pace
from openline.node.line import manifests, wire
from openline.node.line.sessions import Peer
from openline.node.loop import Loop
from openline.record.envelope import signed_by, unwrap

ANSWER_BYTES_MAX: Final = 2 * wire.BODY_BYTES_MAX
WHOLE_S: Final = 60.0  # a call that trickles on for longer has failed, however often a byte comes
RETRY_AFTER_S_MAX: Final = 30.0
PAGES_MAX: Final = 5_000  # of own messages: a million


class Lost(Exception):
    """The call failed, for a reason in words."""


class NoSession(Exception):
    """The other side knows no such session: say hello."""


class Asking:
    """Asks one counterpart."""

    def __init__(self, loop: Loop, own: Pair, pace: Pace) -> None:
        self._loop = loop
        self._own = own
        self._pace = pace

    async def post(self, client: httpx2.AsyncClient, url: str, body: bytes) -> bytes:
        """The body of a good answer. Raises `Lost`, `NoSession`, `httpx2.HTTPError`."""
        headers = {"content-type": "application/json"}
        async with asyncio.timeout(WHOLE_S), client.stream("POST", url, content=body, headers=headers) as answer:
            return await self._good(answer)

    async def get(self, client: httpx2.AsyncClient, url: str) -> bytes:
        """The same for a question."""
        async with asyncio.timeout(WHOLE_S), client.stream("GET", url) as answer:
            return await self._good(answer)

    async def _good(self, answer: httpx2.Response) -> bytes:
        data = b""
        async for piece in answer.aiter_raw():  # what is packed is not unpacked: nobody asked for that
            data += piece
            if len(data) > ANSWER_BYTES_MAX:
                raise Lost(f"its answer has more than {ANSWER_BYTES_MAX} bytes")
        if answer.status_code == 409:
            raise NoSession
        if answer.status_code == 429:
            await self._pace.sleep(_retry_after_s(answer.headers.get("retry-after", "")))
            raise Lost("it asks us to come more slowly")
        if answer.status_code != 200:
            raise Lost(f"it answered {answer.status_code}: {data[:120].decode('utf-8', 'replace')}")
        return data

    async def after_hello(self, client: httpx2.AsyncClient, url: str, peer: Peer) -> None:
        """What the hello made necessary to ask. What is not good in it is left; the line goes on."""
        try:
            if peer.keys_seq > peer.line.counterpart.manifest.seq:
                await self._keys(client, url, peer)
            for lane in LANES:
                if peer.line.claimed[lane] >= peer.line.lanes.out[lane].next:
                    await self._recover(client, url, peer, lane)
        except OpenlineError as wrong:
            peer.note_refused([wire.NotTaken("after hello", wrong.message[:200])])

    async def _keys(self, client: httpx2.AsyncClient, url: str, peer: Peer) -> None:
        known = peer.line.counterpart
        data = await self.get(client, f"{url}/line/v1/keys?after={known.manifest.seq}")
        found = wire.read_manifests(data)
        if found.manifests and known.standing(found.manifests[0].encode()) in ("newer", "fork"):
            body = {"to": peer.party, "manifests": list(found.manifests), "certificates": "".join(found.certificates)}
            await self._loop.node_act("node.manifests", body)

    async def _recover(self, client: httpx2.AsyncClient, url: str, peer: Peer, lane: int) -> None:
        """Own messages that this node lost: each is signed by our own key, which proves that it was put back."""
        keys = manifests.own_line_keys(self._own)
        for _ in range(PAGES_MAX):
            after = peer.line.lanes.out[lane].next - 1
            data = await self.get(client, f"{url}/line/v1/yours?lane={lane}&after={after}")
            frames = wire.read_yours(data).frames
            good = [one for one in frames if _is_ours(one, keys, peer, lane)]
            if not good:
                return
            await self._loop.node_act("node.recovered", {"to": peer.party, "lane": lane, "frames": good})
            if peer.line.lanes.out[lane].next - 1 == after:
                return


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


def _retry_after_s(text: str) -> float:
    """Seconds as the other side asks, within reason; whatever else stands there is one."""
    whole = text.isascii() and text.isdecimal() and len(text) <= 6
    return min(RETRY_AFTER_S_MAX, float(text)) if whole else 1.0
