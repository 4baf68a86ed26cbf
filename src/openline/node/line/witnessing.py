"""Cosigning a counterpart's log, and keeping what it cosigned of ours. Looking up, deciding and storing are one step.

Every cosignature is a row. An entry says so after a message of lane 0, so that the times of both clocks lie close around it,
else once a minute; and at once when something is wrong, with both notes as evidence.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import msgspec
from sqlalchemy import Connection

from openline import seal
from openline.clock import NS_PER_S
from openline.errors import OpenlineError
from openline.flow.line import Line
from openline.node.line.wire import Checked
from openline.node.loop import Loop
from openline.record import witness
from openline.record.note import NOTE_BYTES_MAX, cosign, parse_note
from openline.record.store.post import put_cosignature, put_peer_checkpoint
from openline.record.tree import EMPTY_ROOT, Frontier
from openline.record.witness import AddCheckpoint, Decision, Held

ENTRY_EVERY_S: Final = 60.0
EVIDENCE_MAX: Final = 100  # pairs of notes of one log that are kept while this process runs; more prove nothing more


class Witness:
    """This node as a witness, and as a log that is witnessed."""

    def __init__(self, loop: Loop, party: str, signer: seal.Signer, now_ns: Callable[[], int]) -> None:
        self._loop = loop
        self._party = party
        self.signer = signer
        self._now_ns = now_ns
        self._turn = asyncio.Lock()
        self._said_s: dict[str, int] = {}
        self._urgent: set[str] = set()  # of `_due`: what is to be said once more, though it was said less than a minute ago
        self._kept: dict[str, set[bytes]] = {}  # by log, digests of evidence kept

    def urgent(self, party: str) -> None:
        """A message of lane 0 went or came: the next cosignature of either log is worth an entry."""
        self._urgent |= {f"cosigned {party}", f"seen {party}"}

    # ── their log ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def add(self, line: Line | None, asked: AddCheckpoint) -> tuple[Decision, str]:
        """Judge a checkpoint; with 200 comes the cosignature. Durable when it returns."""
        async with self._turn:
            origin = _origin_of(asked)
            log = None if line is None else line.counterpart.log(origin)
            held = await asyncio.to_thread(self.held, origin)
            decision = await asyncio.to_thread(witness.decide, asked, log, held)
            if decision.keep is not None:
                await self._keep(origin, decision.keep)
            if decision.evidence:
                await self._evidence(line, origin, decision)
            if decision.status != 200:
                return decision, ""
            time_s = self._now_ns() // NS_PER_S
            signed = witness.cosignature(decision, self._party, self.signer, time_s)
        if self._due(origin if line is None else f"seen {line.party}") and decision.head is not None:
            head = decision.head
            says = {"log": origin, "size": head.size, "root": seal.b64(head.root), "time_s": time_s, "note": asked.note}
            await self._loop.record("checkpoint.peer", "node", "node", says)
        return decision, signed

    def held(self, origin: str) -> Held:
        """What we last cosigned of a log."""
        found = self._loop.store.peer_checkpoint(origin)
        return Held() if found is None else msgspec.json.decode(found, type=Held)

    async def _keep(self, origin: str, keep: Held) -> None:
        text = msgspec.json.encode(keep).decode()

        def also(connection: Connection) -> None:
            put_peer_checkpoint(connection, origin, keep.size, text)

        await self._loop.keep(also)

    async def glance(self, line: Line, note: str) -> None:
        """A checkpoint that came without a proof: only whether it contradicts what we cosigned is looked at."""
        origin = _origin_of(AddCheckpoint(0, (), note))
        log = line.counterpart.log(origin)
        async with self._turn:
            held = await asyncio.to_thread(self.held, origin)
            if held.size == 0:
                return
            decision = await asyncio.to_thread(witness.decide, AddCheckpoint(0, (), note), log, held)
            if decision.proved and decision.keep is not None:
                await self._keep(origin, decision.keep)
                await self._evidence(line, origin, decision)

    def newest(self, lines: Iterable[Line], origin_hash: str) -> tuple[str, Held] | None:
        """The log of these counterparts with this origin (SHA-256, hexadecimal), as we last cosigned it."""
        for line in lines:
            origin = self._loop.store.newest_peer_checkpoint(witness.logs_of(line.party))
            if origin is not None and seal.sha256(origin.encode()).hex() == origin_hash:
                return origin, self.held(origin)
        return None

    def cosign_again(self, held: Held) -> str:
        """What we last cosigned of a log, with a cosignature of now."""
        text = parse_note(held.note.encode()).text
        return held.note + cosign(text, witness.witness_name(self._party), self.signer, self._now_ns() // NS_PER_S)

    async def _evidence(self, line: Line | None, origin: str, decision: Decision) -> None:
        kept = self._kept.setdefault(origin, set())
        digest = seal.sha256("\0".join(decision.evidence).encode())
        if digest in kept or len(kept) >= EVIDENCE_MAX:
            return
        kept.add(digest)
        says = f"{origin}: {decision.why}"
        body = {"log": origin, "says": says, "proved": decision.proved, "notes": list(decision.evidence)}
        await self._loop.record("fork", "node", "node", body)
        if line is not None:
            self._loop.tell(f"line:{line.party}", "fork", says)

    # ── our log ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def offer(self, old: int) -> Checked | None:
        """Our newest checkpoint with its proof from `old`; None where there is nothing new, or they hold more than we have."""
        note = self._loop.store.checkpoint()
        size = witness.read_head(note).size
        if old >= size:
            return None
        proof = self._loop.store.consistency(old, size)
        return Checked(note, old, tuple(seal.b64(one) for one in proof))

    async def cosigned(self, line: Line, text: str, note: str) -> int:
        """A counterpart's lines under our checkpoint `note`; the size it has cosigned now. Raises `Refused`, `BadRecord`."""
        data = text.encode("utf-8", "surrogatepass")
        found = await asyncio.to_thread(witness.read_cosignatures, data, note, line.counterpart.witness_keys())
        head = witness.read_head(note)
        if head.origin != self._loop.store.key.name:
            return 0  # of our log of before, which others hold more of

        def also(connection: Connection) -> None:
            for key, _, signed in found:
                put_cosignature(connection, head.size, key.name, signed)

        if not found:
            return 0
        await self._loop.keep(also)
        if self._due(f"cosigned {line.party}"):
            says = {"log": head.origin, "size": head.size, "by": line.party, "time_s": found[0][1], "line": found[0][2]}
            await self._loop.record("cosign", "node", "node", says)
        return head.size

    def root_at(self, size: int) -> bytes:
        """The root of our log when it had `size` entries."""
        return EMPTY_ROOT if size == 0 else Frontier(size, self._loop.store.cover(0, size)).root()

    def _due(self, what: str) -> bool:
        now_s = self._now_ns() // NS_PER_S
        if what not in self._urgent and now_s - self._said_s.get(what, 0) < ENTRY_EVERY_S:
            return False
        self._urgent.discard(what)
        self._said_s[what] = now_s
        return True


def _origin_of(asked: AddCheckpoint) -> str:
    try:
        return witness.read_head(asked.note[:NOTE_BYTES_MAX]).origin
    except OpenlineError:
        return ""
