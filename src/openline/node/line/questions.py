"""What a counterpart may ask besides: our key manifests, its own messages that we hold, what we cosigned of a log."""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec

from openline.errors import Refused
from openline.line.names import LANES
from openline.node.doors.tls import Pair
from openline.node.line import manifests, wire
from openline.node.line.exchange import TOO_FAST
from openline.node.line.listener import Asked, Call, Said
from openline.node.line.recovering import Recovering, theirs_held
from openline.node.line.sessions import Peer
from openline.node.line.their_keys import take
from openline.node.line.witnessing import Witness
from openline.node.loop import Loop
from openline.record import witness

NONE_SUCH: Final = Said(404, b"no log of this origin is witnessed here", witness.TEXT_MEDIA)


class Questions:
    """Answers to counterparts, each within its allowance."""

    def __init__(
        self, loop: Loop, own: Pair, held: Witness, recovering: Recovering, callers_of: Callable[[str], list[Peer]]
    ) -> None:
        self._loop = loop
        self._store = loop.store
        self._own = own
        self._witness = held
        self._recovering = recovering
        self._callers_of = callers_of

    def calls(self) -> dict[tuple[str, str], Call]:
        """(method, address) → what answers."""
        return {
            ("GET", "/line/v1/keys"): self.keys,
            ("POST", "/line/v1/keys"): self.shown_keys,
            ("GET", "/line/v1/yours"): self.yours,
            ("POST", "/line/v1/yours"): self.shown_ours,
            ("POST", "/line/v1/witness/add-checkpoint"): self.add_checkpoint,
            ("GET", "/line/v1/witness/{origin}/checkpoint"): self.checkpoint,
        }

    async def keys(self, asked: Asked) -> Said:
        """GET /line/v1/keys?after=n"""
        peer, refusal = self._peer(asked)
        if peer is None:
            return refusal
        found = await asyncio.to_thread(manifests.after, self._own, asked.number("after"))
        return Said(200, msgspec.json.encode(found))

    async def shown_keys(self, asked: Asked) -> Said:
        """POST /line/v1/keys"""
        peer, refusal = self._peer(asked)
        if peer is None:
            return refusal
        await take(self._loop, peer, wire.read(asked.body, wire.Manifests))
        return Said(200, msgspec.json.encode(wire.Held(peer.line.counterpart.manifest.seq)))

    async def yours(self, asked: Asked) -> Said:
        """GET /line/v1/yours?lane=n&after=n"""
        peer, refusal = self._peer(asked)
        if peer is None:
            return refusal
        lane, after = asked.number("lane"), asked.number("after")
        if lane not in LANES:
            raise Refused("lane", lane, "0, 1 or 2")
        frames = await asyncio.to_thread(theirs_held, self._store, peer.line, lane, after)
        return Said(200, msgspec.json.encode(wire.Yours(tuple(one.decode() for one in frames))))

    async def shown_ours(self, asked: Asked) -> Said:
        """POST /line/v1/yours"""
        peer, refusal = self._peer(asked)
        if peer is None:
            return refusal
        shown = wire.read(asked.body, wire.Yours)
        if shown.lane is None:
            raise Refused("yours.lane", None, "0, 1 or 2")
        await self._recovering.take(peer, shown.lane, shown.frames)
        return Said(200, msgspec.json.encode(wire.Shown(peer.line.lanes.out[shown.lane].next)))

    async def add_checkpoint(self, asked: Asked) -> Said:
        """POST /line/v1/witness/add-checkpoint"""
        peer, refusal = self._peer(asked)
        if peer is None:
            return refusal
        request = witness.read_add(asked.body)
        if peer.line.stopped:
            return Said(503, b"this node signs nothing for this line now", witness.TEXT_MEDIA)
        decision, signed = await self._witness.add(peer.line, request)
        if decision.status == 200:
            return Said(200, signed.encode(), witness.TEXT_MEDIA)
        return Said(decision.status, decision.body or decision.why.encode(), decision.media)

    async def checkpoint(self, asked: Asked) -> Said:
        """GET /line/v1/witness/<hex SHA-256 of origin>/checkpoint"""
        peer, refusal = self._peer(asked)
        if peer is None:
            return refusal
        found = await asyncio.to_thread(self._witness.newest, [peer.line], asked.path["origin"])
        if found is None or found[1].size == 0 or found[1].forked or peer.line.stopped:
            return NONE_SUCH
        return Said(200, (await asyncio.to_thread(self._witness.cosign_again, found[1])).encode(), witness.TEXT_MEDIA)

    def _peer(self, asked: Asked) -> tuple[Peer | None, Said]:
        callers = self._callers_of(asked.certificate)
        if len(callers) != 1:
            return None, Said(401)  # nobody, or a certificate that two counterparts name
        return (callers[0], Said(200)) if callers[0].allowance.questions.take() else (None, TOO_FAST)
