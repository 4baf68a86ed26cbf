"""Both ends of hello and frames: what is offered, what is taken, what is answered. It does not know who called whom.

Whatever enters the inbox is durable before it is answered. What a counterpart says of logs, keys or the time may be wrong
without costing a single message: each of them is judged by itself.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import msgspec

from openline import seal
from openline.clock import NS_PER_US
from openline.errors import Refused, TheirFault
from openline.flow.line import Line
from openline.line import hello as hellos
from openline.line.names import LANES, URGENT
from openline.node.line import new_log, taking, wire
from openline.node.line.listener import Asked, Said
from openline.node.line.sessions import Peer
from openline.node.line.signing import Signing
from openline.node.line.taking import Checked, Screen, checked_hello, lane_of, party_of_hello, shows, sort_out, still_in_force
from openline.node.line.waiting import rung
from openline.node.line.witnessing import Witness
from openline.node.loop import Loop
from openline.record.envelope import wrap
from openline.record.keys import KeyManifest
from openline.record.store.disk import FailPoint
from openline.record.witness import AddCheckpoint, logs_of, read_head, read_proof

CHECKERS: Final = 2  # threads that verify signatures: the record's own commits never wait behind them
REFUSED_EVERY_S: Final = 60.0
TOO_FAST: Final = Said(429, retry_after_s=1)


class Took(msgspec.Struct):
    """What became of a request's envelopes: lanes whose newest receipt is to be given, and what was refused."""

    owed: set[int]
    refused: list[wire.NotTaken]


class Exchange:
    """What happens in one request, on either side of it."""

    def __init__(
        self,
        loop: Loop,
        peers: dict[str, Peer],
        signer: seal.Signer,
        manifest: KeyManifest,
        witness: Witness,
        *,
        now_ns: Callable[[], int],
        entropy: seal.Entropy,
        boot: bytes,
        status: Callable[[], wire.Status | None] = lambda: None,
    ) -> None:
        self._loop = loop
        self._peers = peers
        self._signing = Signing(signer, manifest)
        self._witness = witness
        self._now_ns = now_ns
        self._entropy = entropy
        self._status = status
        self._boot = boot
        self._checkers = ThreadPoolExecutor(CHECKERS, "line")
        self.fail = FailPoint()

    def sign_with(self, signer: seal.Signer, manifest: KeyManifest) -> None:
        """From now on another line key signs; every session begins again with a hello by it."""
        self._signing = Signing(signer, manifest)
        for peer in self._peers.values():
            peer.forget_sessions()

    async def frames(self, peer: Peer, lanes: Iterable[int], count: int = wire.FRAMES_MAX) -> list[bytes]:
        """What waits for a counterpart, each signed by a key that may sign it now."""
        return await asyncio.to_thread(self._good_frames, peer, lanes, count)

    def _good_frames(self, peer: Peer, lanes: Iterable[int], count: int) -> list[bytes]:
        return self._signing.all_good(peer.next_frames(self._loop.store, lanes, count))

    def close(self) -> None:
        """Check nothing more."""
        self._checkers.shutdown(wait=False, cancel_futures=True)

    # ── calling ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def greeting(self, peer: Peer) -> tuple[bytes, hellos.Hello]:
        """A signed hello and what it says."""
        hello = await self._hello(peer, self._entropy(hellos.ASKED_BYTES), peer.starts.current, self._now_us())
        return await self._signed(hello), hello

    async def greeted(self, peer: Peer, asked: hellos.Hello, data: bytes) -> None:
        """The answer to our hello. Raises `Refused`, `BadRecord`."""
        heard_us = self._now_us()
        answer = checked_hello(peer.line, data)
        if not hellos.answers(asked, answer):
            raise Refused("hello", "another hello", "the answer to ours")
        if peer.starts.answered(answer.boot, asked.heard or b""):
            peer.forget_sessions()
        peer.offset_us, peer.delay_us = hellos.clock_offset_us(answer, heard_us)
        peer.greeted_s = time.monotonic()
        await self._heard(peer, answer, data)
        if asked.heard == answer.boot == peer.starts.current:  # no other start was heard meanwhile
            peer.ours = answer.session  # else say hello again: only then is ours firm to them

    async def ask(self, peer: Peer, frames: list[bytes], lanes: tuple[int, ...], checkpoint: bool, pull: int) -> wire.Ask:
        """The body of the next call. The one that carries lane 0 carries all that is no message, too."""
        first = URGENT in lanes or pull > 0
        return wire.Ask(
            session=seal.b64(peer.ours),
            frames=tuple(one.decode() for one in frames),
            receipts=self._receipts(peer, peer.owed_ask) if first else (),
            checkpoint=await self._offer(peer) if checkpoint else None,
            cosignatures=tuple(peer.owed_cosignatures) if first else (),
            pull=pull,
            wait_ms=wire.PULL_WAIT_MS if pull else 0,
            status=self._status(),
        )

    async def answered(self, peer: Peer, ask: wire.Ask, answer: wire.Answer) -> None:
        """What came back from a call of a session that is still open."""
        peer.alive(answer.status)
        peer.compare_clocks(answer.status, self._now_us())
        if ask.receipts:
            peer.owed_ask = set()
        if ask.cosignatures:
            peer.owed_cosignatures = []
        took = await self._take(peer, answer.frames, answer.receipts, lambda: ask.session == seal.b64(peer.ours))
        peer.owed_ask |= took.owed
        if ask.checkpoint is not None and answer.cosignatures:
            await self._cosigned(peer, answer.cosignatures, ask.checkpoint.note)
        elif ask.checkpoint is not None:
            await new_log.holds(self._loop, peer, ask.checkpoint.note, answer.witness_size)
        if answer.checkpoint is not None:
            signed, _ = await self._cosign(peer, answer.checkpoint)
            peer.owed_cosignatures = [signed] if signed else []

    # ── being called ─────────────────────────────────────────────────────────────────────────────────────────────────

    def callers_of(self, certificate: str) -> list[Peer]:
        """The counterparts whose manifest names this certificate: one, unless somebody names another's."""
        return [peer for peer in self._peers.values() if shows(peer.line, certificate)]

    async def on_hello(self, asked: Asked) -> Said:
        """POST /line/v1/hello."""
        callers = self.callers_of(asked.certificate)
        sender = party_of_hello(asked.body) if callers else ""
        peer = next((one for one in callers if one.party == sender), None)
        if peer is None:
            return Said(401)
        if not peer.allowance.hellos.take():
            return TOO_FAST
        taken_us = self._now_us()
        hello = checked_hello(peer.line, asked.body)
        if hello.t2_us is not None:
            raise Refused("hello.t2", hello.t2_us, "null in a hello that asks")
        firm = hellos.is_firm(hello, self._boot)
        if peer.starts.asked(hello.boot, firm):
            peer.forget_sessions()
        await self._heard(peer, hello, asked.body)
        peer.calls.set()
        session = hello.session + self._entropy(hellos.SESSION_BYTES - hellos.ASKED_BYTES)
        answer = await self._hello(peer, session, hello.boot, hello.t1_us, taken_us, hello.lanes)
        live = firm and peer.starts.current == hello.boot  # no other start was heard meanwhile
        peer.theirs = session if live else b""  # else they say hello once more
        if peer.behind:
            peer.ours = b""  # they may have recovered: our own hello will show it
        return Said(200, await self._signed(answer))

    async def on_frames(self, asked: Asked) -> Said:
        """POST /line/v1/frames."""
        callers = self.callers_of(asked.certificate)
        if not callers:
            return Said(401)
        ask = wire.read(asked.body, wire.Ask)
        peer = next((one for one in callers if one.theirs and ask.session == seal.b64(one.theirs)), None)
        if peer is None:
            return Said(409)
        if not peer.allowance.calls.take() and not (ask.frames and lane_of(ask.frames[0]) == URGENT):
            return TOO_FAST
        self.fail.passed("line.asked")
        peer.alive(ask.status)
        peer.compare_clocks(ask.status, self._now_us())
        async with peer.sorting:
            still = partial(_same, peer, peer.theirs)
            took = await self._take(peer, ask.frames, ask.receipts, still, bounded=True)
        owed, peer.owed_answer = took.owed | peer.owed_answer, set()
        if ask.cosignatures and peer.offered:
            await self._cosigned(peer, ask.cosignatures, peer.offered)
        signed, held = await self._cosign(peer, ask.checkpoint) if ask.checkpoint is not None else ("", 0)
        frames = await self._pulled(peer, ask)
        offered = await self._offer(peer) if ask.pull else None
        peer.offered = offered.note if offered is not None else peer.offered
        answer = wire.Answer(
            receipts=self._receipts(peer, owed),
            frames=tuple(one.decode() for one in frames),
            next={str(lane): peer.line.lanes.into[lane].next for lane in LANES},
            refused=tuple(took.refused[: wire.FRAMES_MAX]),
            checkpoint=offered,
            cosignatures=(signed,) if signed else (),
            witness_size=held,
            status=self._status(),
        )
        self.fail.passed("line.answered")
        return Said(200, msgspec.json.encode(answer))

    async def _pulled(self, peer: Peer, ask: wire.Ask) -> list[bytes]:
        if not ask.pull:
            return []
        peer.wake.clear()
        frames = await self.frames(peer, LANES, ask.pull)
        if frames or ask.frames or not ask.wait_ms:
            return frames
        await rung(peer.wake, ask.wait_ms / 1000)
        return await self.frames(peer, LANES, ask.pull)

    # ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _take(
        self, peer: Peer, frames: Iterable[str], receipts: Iterable[str], still: Callable[[], bool], bounded: bool = False
    ) -> Took:
        """Envelopes into the inbox, lane 0 first; durable and stepped when it returns.

        They are checked in a thread, and a hello may end their session meanwhile: `still` is asked where they enter.
        """
        budget, full = peer.allowance.lanes if bounded else None, self._loop.room_left.refuses_routine
        running = asyncio.get_running_loop()
        found = await running.run_in_executor(self._checkers, sort_out, peer.line, frames, receipts, budget, full)
        self.fail.passed("line.checked")
        took = Took(set(), found.refused)
        for urgent, turn in ((True, peer.turns[0]), (False, peer.turns[1])):
            checked = [one for one in found.checked if (one.said.lane == URGENT) == urgent]
            if checked:
                async with turn:
                    if still():
                        await self._enter(peer, checked, took, still)
        self.fail.passed("line.stored")
        if any(out.put_back for out in peer.line.lanes.out) and not peer.line.stopped:
            peer.forget_sessions()  # a receipt for what was never sent: their next hello says which of us is wrong
        for state, says in taking.later(peer.line, took.refused):
            self._loop.tell(f"line:{peer.party}", state, says)
        await self._say_refused(peer, took.refused)
        return took

    async def _enter(self, peer: Peer, checked: list[Checked], took: Took, still: Callable[[], bool]) -> None:
        checked = still_in_force(peer.line, checked, took.refused)
        screened = Screen(peer.line, peer.seen).screen(checked)
        if not await self._loop.frames(peer.party, screened.frames, still):
            return
        if screened.frames and any(one.said.lane == URGENT for one in checked):
            self._witness.urgent(peer.party)
        entered = {data for _, data in screened.frames}
        took.owed |= screened.again | {one.said.lane for one in checked if one.kind == "message" and one.data in entered}
        took.refused += screened.refused
        if any(one.field == "held" for one in screened.refused):
            peer.ours = b""  # they go on: our own hello will show whether they recovered
        for lane, upto in screened.receipted.items():
            peer.again[lane].receipted(upto)

    async def _say_refused(self, peer: Peer, refused: list[wire.NotTaken]) -> None:
        """What was not taken is counted; the record has it at most once a minute."""
        peer.note_refused(refused)
        now_s = time.monotonic()
        if not refused or now_s - peer.said_refused_s < REFUSED_EVERY_S:
            return
        peer.said_refused_s = now_s
        first = refused[0]
        body = {"source": f"line:{peer.party}", "field": first.field, "value": f"{peer.refused.total()} so far"}
        await self._loop.record("refusal", "node", "node", body | {"accepted": first.accepted})

    def _receipts(self, peer: Peer, lanes: set[int]) -> tuple[str, ...]:
        if not lanes or peer.line.stopped:
            return ()
        newest = self._loop.post.newest_receipts(self._loop.store, peer.party)
        return tuple(self._signing.good(one).decode() for lane, one in newest.items() if lane in lanes)

    async def _heard(self, peer: Peer, hello: hellos.Hello, data: bytes) -> None:
        """A hello is evidence like any message: recorded, then stepped; it opens or stops the lanes."""
        firm = hellos.is_firm(hello, self._boot)
        peer.alive()
        peer.keys_seq = hello.keys_seq
        if firm:
            await self._logs(peer, hello)
        # Meanwhile another start may have spoken: then this one's marks are old, and would accuse it.
        live = lambda: not firm or peer.starts.current == hello.boot  # noqa: E731
        if not await self._loop.frames(peer.party, [("hello", data)], live):
            raise Refused("hello.boot", seal.b64(hello.boot), "the newest start: another was heard while this was looked into")
        for again, marks in zip(peer.again, hello.lanes, strict=True):
            again.heard(marks.have.seq)
        peer.owed_answer |= set(LANES)
        peer.owed_ask |= set(LANES)
        self._loop.send()  # what they lost waits to be sent again

    # ── logs ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _logs(self, peer: Peer, hello: hellos.Hello) -> None:
        """What a hello says of both logs, beside what we know of them."""
        if hello.checkpoint:
            await self._witness.glance(peer.line, hello.checkpoint)
        if peer.line.unwitnessed:
            return
        store = self._loop.store
        origin = read_head(store.checkpoint()).origin
        found = await asyncio.to_thread(hellos.compare_witness, hello, origin, store.size, self._witness.root_at)
        seen = hello.witness
        if found is not None and seen is not None:
            await new_log.stop_signing(self._loop, peer.line, seen)
        peer.witness_size = seen.size if seen is not None and seen.origin == origin and found is None else 0

    async def _offer(self, peer: Peer) -> wire.Checked | None:
        if not self._signs(peer.line):
            return None
        return await asyncio.to_thread(self._witness.offer, peer.witness_size)

    async def _cosign(self, peer: Peer, checked: wire.Checked) -> tuple[str, int]:
        """(our cosignature, or nothing; the size we hold). A log that is wrong costs no message."""
        try:
            origin = read_head(checked.note).origin
            if peer.allowance.checkpoints.take() and not peer.line.stopped:
                asked = AddCheckpoint(checked.old, read_proof(checked.proof), checked.note)
                _, signed = await self._witness.add(peer.line, asked)
            else:
                signed = ""
            held = await asyncio.to_thread(self._witness.held, origin)
        except TheirFault as wrong:
            await self._say_refused(peer, [wire.NotTaken("checkpoint", wrong.message[:200])])
            return "", 0
        return signed, held.size

    async def _cosigned(self, peer: Peer, lines: tuple[str, ...], note: str) -> None:
        for text in lines:
            try:
                size = await self._witness.cosigned(peer.line, text, note)
            except TheirFault as wrong:
                await self._say_refused(peer, [wire.NotTaken("cosignature", wrong.message[:200])])
            else:
                peer.witness_size = max(peer.witness_size, size)

    # ── our hello ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _signs(self, line: Line) -> bool:
        """Whether this counterpart is shown checkpoints: not before it is heard, and not once anybody knows more of our log."""
        signs = self._loop.store.unsigned is None and not line.unwitnessed
        return signs and not line.stopped and not any(out.unheard for out in line.lanes.out)

    async def _hello(
        self,
        peer: Peer,
        session: bytes,
        heard: bytes,
        t1_us: int,
        t2_us: int | None = None,
        yours: tuple[hellos.Marks, ...] | None = None,
    ) -> hellos.Hello:
        line = peer.line
        return hellos.Hello(
            from_=line.own,
            to=line.party,
            session=session,
            boot=self._boot,
            heard=heard or None,
            keys_seq=self._signing.keys_seq,
            lanes=hellos.marks_of(line.lanes),
            yours=yours,
            checkpoint=self._loop.store.checkpoint() if self._signs(line) else "",
            witness=await asyncio.to_thread(self._seen, line),
            t1_us=t1_us,
            t2_us=t2_us,
            t3_us=None if t2_us is None else self._now_us(),
        )

    def _seen(self, line: Line) -> hellos.Witnessed | None:
        """What we last cosigned of the counterpart's newest log."""
        seen = self._loop.store.newest_peer_checkpoint(logs_of(line.party))
        if seen is None:
            return None
        held = self._witness.held(seen)
        return hellos.Witnessed(seen, held.size, held.root)

    async def _signed(self, hello: hellos.Hello) -> bytes:
        return await asyncio.to_thread(wrap, hellos.PAYLOAD_TYPE, hellos.write_hello(hello), [self._signing.signer])

    def _now_us(self) -> int:
        return self._now_ns() // NS_PER_US


def _same(peer: Peer, session: bytes) -> bool:
    """Whether the counterpart's session is still this one."""
    return peer.theirs == session
