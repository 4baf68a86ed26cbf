"""Both ends of hello and frames: what is offered, what is taken, what is answered. It does not know who called whom."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import msgspec

from openline import seal
from openline.clock import NS_PER_US
from openline.errors import Refused
from openline.flow.line import Line
from openline.line import hello as hellos
from openline.line.names import LANES
from openline.node.line import wire
from openline.node.line.listener import Said
from openline.node.line.sessions import Peer
from openline.node.line.taking import checked_hello, shows, sort_out
from openline.node.line.witnessing import Witness
from openline.node.loop import Loop
from openline.record.envelope import wrap
from openline.record.witness import AddCheckpoint, read_head, read_proof

UNREADY: Final = Said(503, b'{"why":"This node does not sign for this line now."}')


class Exchange:
    """What happens in one request, on either side of it."""

    def __init__(
        self,
        loop: Loop,
        peers: dict[str, Peer],
        signer: seal.Signer,
        witness: Witness,
        keys_seq: int,
        *,
        now_ns: Callable[[], int],
        entropy: seal.Entropy,
        boot: bytes,
        status: Callable[[], wire.Status | None] = lambda: None,
    ) -> None:
        self._loop = loop
        self._peers = peers
        self._signer = signer
        self._witness = witness
        self._keys_seq = keys_seq
        self._now_ns = now_ns
        self._entropy = entropy
        self._status = status
        self._boot = boot

    # ── calling ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def greeting(self, peer: Peer) -> tuple[bytes, hellos.Hello]:
        """A signed hello and what it says."""
        hello = await self._hello(peer, self._entropy(hellos.ASKED_BYTES), self._now_us())
        return await self._signed(hello), hello

    async def greeted(self, peer: Peer, asked: hellos.Hello, data: bytes) -> None:
        """The answer to our hello. Raises `Refused`, `BadRecord`."""
        heard_us = self._now_us()
        answer = checked_hello(peer.line, data)
        if not hellos.answers(asked, answer):
            raise Refused("hello", "another hello", "the answer to ours")
        peer.offset_us, peer.delay_us = hellos.clock_offset_us(answer, heard_us)
        await self._heard(peer, answer, data)
        if asked.heard == answer.boot:
            peer.ours = answer.session  # else say hello again: only then is ours firm to them

    def ask(self, peer: Peer, frames: list[bytes], urgent: bool, checkpoint: bool, pull: int) -> wire.Ask:
        """The body of the next call."""
        receipts = self._receipts(peer) if urgent and peer.owed_receipts else ()
        return wire.Ask(
            session=seal.b64(peer.ours),
            frames=tuple(one.decode() for one in frames),
            receipts=receipts,
            checkpoint=self._witness.offer(peer.witness_size) if checkpoint else None,
            cosignatures=tuple(peer.owed_cosignatures) if urgent else (),
            pull=pull,
            status=self._status(),
        )

    async def answered(self, peer: Peer, ask: wire.Ask, answer: wire.Answer) -> None:
        """What came back from a call."""
        self._alive(peer, answer.status)
        if ask.receipts:
            peer.owed_receipts = False
        if ask.cosignatures:
            peer.owed_cosignatures = []
        taken = await asyncio.to_thread(sort_out, peer.line, answer.frames, answer.receipts)
        await self._loop.frames(peer.party, taken.frames)
        peer.owed_receipts = peer.owed_receipts or bool(answer.frames)
        if ask.checkpoint is not None:
            await self._cosigned(peer, answer.cosignatures, ask.checkpoint.note)
            if not answer.cosignatures:
                peer.witness_size = answer.witness_size
        if answer.checkpoint is not None:
            signed, _ = await self._cosign(peer, answer.checkpoint)
            peer.owed_cosignatures = [signed] if signed else []

    # ── being called ─────────────────────────────────────────────────────────────────────────────────────────────────

    def caller_of(self, certificate: str) -> Peer | None:
        """The counterpart that shows this certificate."""
        return next((peer for peer in self._peers.values() if shows(peer.line, certificate)), None)

    async def on_hello(self, certificate: str, body: bytes) -> Said:
        """POST /line/v1/hello."""
        peer = self.caller_of(certificate)
        if peer is None:
            return Said(401, b"")
        taken_us = self._now_us()
        asked = checked_hello(peer.line, body)
        if asked.t2_us is not None:
            raise Refused("hello.t2", asked.t2_us, "null in a hello that asks")
        await self._heard(peer, asked, body)
        session = asked.session + self._entropy(hellos.SESSION_BYTES - hellos.ASKED_BYTES)
        answer = await self._hello(peer, session, asked.t1_us, taken_us, asked.lanes)
        peer.theirs = session
        return Said(200, await self._signed(answer))

    async def on_frames(self, certificate: str, body: bytes) -> Said:
        """POST /line/v1/frames."""
        peer = self.caller_of(certificate)
        if peer is None:
            return Said(401, b"")
        ask = wire.read_ask(body)
        if not peer.theirs or ask.session != seal.b64(peer.theirs):
            return Said(409, b"")
        self._alive(peer, ask.status)
        taken = await asyncio.to_thread(sort_out, peer.line, ask.frames, ask.receipts)
        await self._loop.frames(peer.party, taken.frames)
        if ask.cosignatures and peer.offered:
            await self._cosigned(peer, ask.cosignatures, peer.offered)
        signed, held = await self._cosign(peer, ask.checkpoint) if ask.checkpoint is not None else ("", 0)
        frames = await self._pulled(peer, ask)
        offered = self._witness.offer(peer.witness_size) if ask.pull else None
        peer.offered = offered.note if offered is not None else peer.offered
        answer = wire.Answer(
            receipts=self._receipts(peer) if ask.frames else (),
            frames=tuple(one.decode() for one in frames),
            next={str(lane): peer.line.lanes.into[lane].next for lane in LANES},
            refused=tuple(taken.refused[: wire.FRAMES_MAX]),
            checkpoint=offered,
            cosignatures=(signed,) if signed else (),
            witness_size=held,
            status=self._status(),
        )
        return Said(200, msgspec.json.encode(answer))

    async def _pulled(self, peer: Peer, ask: wire.Ask) -> list[bytes]:
        if not ask.pull:
            return []
        peer.wake.clear()
        frames = await asyncio.to_thread(peer.next_frames, self._loop.store, LANES, ask.pull)
        if frames or ask.frames or not ask.wait_ms:
            return frames
        try:
            await asyncio.wait_for(peer.wake.wait(), ask.wait_ms / 1000)
        except TimeoutError:
            return []
        return await asyncio.to_thread(peer.next_frames, self._loop.store, LANES, ask.pull)

    # ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _alive(self, peer: Peer, status: wire.Status | None) -> None:
        peer.heard_s = time.monotonic()
        peer.status = status or peer.status

    def _receipts(self, peer: Peer) -> tuple[str, ...]:
        return tuple(one.decode() for one in self._loop.post.newest_receipts(self._loop.store, peer.party).values())

    async def _cosign(self, peer: Peer, checked: wire.Checked) -> tuple[str, int]:
        """(our cosignature, or nothing; the size we hold)."""
        asked = AddCheckpoint(checked.old, read_proof(checked.proof), checked.note)
        decision, signed = await self._witness.add(peer.line, asked)
        origin = decision.head.origin if decision.head is not None else ""
        held = await asyncio.to_thread(self._witness.held, origin)
        return signed, held.size

    async def _cosigned(self, peer: Peer, lines: tuple[str, ...], note: str) -> None:
        for text in lines:
            size = await self._witness.cosigned(peer.line, text, note)
            peer.witness_size = max(peer.witness_size, size)

    async def _heard(self, peer: Peer, hello: hellos.Hello, data: bytes) -> None:
        """A hello is evidence like any message: recorded, then stepped; it opens or stops the lanes."""
        self._alive(peer, None)
        if peer.boot != hello.boot:
            peer.boot, peer.ours, peer.theirs = hello.boot, b"", b""
        store = self._loop.store
        origin = read_head(store.checkpoint()).origin
        found = await asyncio.to_thread(hellos.compare_witness, hello, origin, store.size, self._witness.root_at)
        if found is not None:
            self._loop.tell(
                f"line:{peer.party}", "put back", "the counterpart cosigned entries of our log that this node has not"
            )
        seen = hello.witness
        peer.witness_size = seen.size if seen is not None and seen.origin == origin else 0
        await self._loop.frames(peer.party, [("hello", data)])

    async def _hello(
        self, peer: Peer, session: bytes, t1_us: int, t2_us: int | None = None, yours: tuple[hellos.Marks, ...] | None = None
    ) -> hellos.Hello:
        line = peer.line
        return hellos.Hello(
            from_=line.own,
            to=line.party,
            session=session,
            boot=self._boot,
            heard=peer.boot or None,
            keys_seq=self._keys_seq,
            lanes=hellos.marks_of(line.lanes),
            yours=yours,
            checkpoint=self._loop.store.checkpoint(),
            witness=await asyncio.to_thread(self._seen, line),
            t1_us=t1_us,
            t2_us=t2_us,
            t3_us=None if t2_us is None else self._now_us(),
        )

    def _seen(self, line: Line) -> hellos.Witnessed | None:
        """What we last cosigned of the counterpart's newest log."""
        seen = self._loop.store.newest_peer_checkpoint(f"{line.party}/openline/log/")
        if seen is None:
            return None
        held = self._witness.held(seen)
        return hellos.Witnessed(seen, held.size, held.root)

    async def _signed(self, hello: hellos.Hello) -> bytes:
        return await asyncio.to_thread(wrap, hellos.PAYLOAD_TYPE, hellos.write_hello(hello), [self._signer])

    def _now_us(self) -> int:
        return self._now_ns() // NS_PER_US
