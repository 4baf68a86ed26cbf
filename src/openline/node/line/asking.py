"""The calls themselves, and what is asked after a hello: manifests we missed, and our own messages that we lost."""

import asyncio
from typing import Final

import httpx2
import msgspec

from openline.errors import OpenlineError
from openline.line.names import LANES
from openline.node.doors.tls import Pair
from openline.node.intake.link import Pace
from openline.node.line import manifests, wire
from openline.node.line.recovering import Recovering, theirs_held
from openline.node.line.sessions import Peer
from openline.node.line.their_keys import take
from openline.node.loop import Loop

ANSWER_BYTES_MAX: Final = 2 * wire.BODY_BYTES_MAX
WHOLE_S: Final = 60.0  # a call that trickles on for longer has failed, however often a byte comes
RETRY_AFTER_S_MAX: Final = 30.0
PAGES_MAX: Final = 5_000  # of own messages: a million


class Lost(Exception):
    """The call failed, for a reason in words."""


class KeyNotKnown(Lost):
    """The other side does not know the key that signed: it has an older manifest of ours."""


class NoSession(Exception):
    """The other side knows no such session: say hello."""


class Asking:
    """Asks one counterpart."""

    def __init__(self, loop: Loop, recovering: Recovering, own: Pair, pace: Pace, *, they_cannot_call: bool) -> None:
        self._loop = loop
        self._recovering = recovering
        self._own = own
        self._pace = pace
        self._they_cannot_call = they_cannot_call

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
            kind = KeyNotKnown if answer.status_code == 400 and wire.names_key(data) else Lost
            raise kind(f"it answered {answer.status_code}: {data[:120].decode('utf-8', 'replace')}")
        return data

    async def after_hello(self, client: httpx2.AsyncClient, url: str, peer: Peer) -> bool:
        """What the hello made necessary to ask; whether a side has messages again, so that another hello shows it.

        What is not good in the answers is left; the line goes on.
        """
        again = False
        try:
            if peer.keys_seq > peer.line.counterpart.manifest.seq:
                await self.keys(client, url, peer)
            for lane in LANES:
                if peer.line.claimed[lane] >= peer.line.lanes.out[lane].next:
                    again |= await self._recover(client, url, peer, lane)
                if self._they_cannot_call and peer.line.lanes.into[lane].held:
                    again |= await self._show(client, url, peer, lane)
        except OpenlineError as wrong:
            peer.note_refused([wire.NotTaken("after hello", wrong.message[:200])])
        return again

    async def keys(self, client: httpx2.AsyncClient, url: str, peer: Peer) -> bool:
        """Ask for the manifests after the one in force here; whether another is in force then."""
        data = await self.get(client, f"{url}/line/v1/keys?after={peer.line.counterpart.manifest.seq}")
        return await take(self._loop, peer, wire.read(data, wire.Manifests))

    async def show_keys(self, client: httpx2.AsyncClient, url: str, peer: Peer) -> None:
        """Show ours to a counterpart that does not know the key that signs now. Raises `Lost` where that changes nothing."""
        ours = peer.line.own
        held = wire.read(await self.post(client, f"{url}/line/v1/keys", msgspec.json.encode(wire.Manifests())), wire.Held)
        found = await asyncio.to_thread(manifests.after, self._own, held.seq)
        now = held
        if found.manifests:
            now = wire.read(await self.post(client, f"{url}/line/v1/keys", msgspec.json.encode(found)), wire.Held)
        if now.seq == held.seq:
            raise Lost(f"it holds manifest {held.seq} of {ours}, does not know the key that signs now, and takes no newer one")

    async def _recover(self, client: httpx2.AsyncClient, url: str, peer: Peer, lane: int) -> bool:
        """Own messages that this node lost, from whoever kept them; whether there were any."""
        began = peer.line.lanes.out[lane].next
        for _ in range(PAGES_MAX):
            before = peer.line.lanes.out[lane].next
            data = await self.get(client, f"{url}/line/v1/yours?lane={lane}&after={before - 1}")
            await self._recovering.take(peer, lane, wire.read(data, wire.Yours).frames)
            if peer.line.lanes.out[lane].next == before:
                break
        return peer.line.lanes.out[lane].next > began

    async def _show(self, client: httpx2.AsyncClient, url: str, peer: Peer, lane: int) -> bool:
        """Their own messages, shown to a party that was put back and cannot ask for them; whether it took any."""
        frames: tuple[str, ...] = ()
        began = before = 0
        for _ in range(PAGES_MAX):
            body = msgspec.json.encode(wire.Yours(frames, lane))
            said = wire.read(await self.post(client, f"{url}/line/v1/yours", body), wire.Shown)
            began = began or said.next
            if said.next == before:
                break
            before = said.next
            held = await asyncio.to_thread(theirs_held, self._loop.store, peer.line, lane, before - 1)
            if not held:
                break
            frames = tuple(one.decode() for one in held)
        return before > began


def _retry_after_s(text: str) -> float:
    """Seconds as the other side asks, within reason; whatever else stands there is one."""
    whole = text.isascii() and text.isdecimal() and len(text) <= 6
    return min(RETRY_AFTER_S_MAX, float(text)) if whole else 1.0
