"""Every line of this node at once: the listener, a peer and a caller for each counterpart, and how each line is.

Counterparts come and go by acts, so it looks at the flow's lines once a second and after every step that says `key`.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

import msgspec

from openline import seal
from openline.node.doors.tls import Pair
from openline.node.intake.link import Pace
from openline.node.line import certificates, wire
from openline.node.line.caller import Caller
from openline.node.line.exchange import Exchange
from openline.node.line.listener import Call, Listener, Said
from openline.node.line.sessions import Peer
from openline.node.line.witnessing import Witness
from openline.node.loop import Loop
from openline.node.settings import Line as LineSettings
from openline.record import witness
from openline.record.keys import KeyManifest

log = logging.getLogger("openline.line")
LOOK_S: Final = 1.0
SILENT_S: Final = 25.0  # two heartbeats and a half without a word: silence, shown as silence


class Switchboard:
    """The connections of all lines. `start` once the node watches, `stop` before the loop ends."""

    def __init__(
        self,
        loop: Loop,
        own: Pair,
        settings: LineSettings,
        keys: tuple[seal.Signer, seal.Signer, KeyManifest],
        *,
        pace: Pace,
        entropy: seal.Entropy,
        boot: bytes,
        status: Callable[[], wire.Status | None] = lambda: None,
    ) -> None:
        signer, witness_signer, manifest = keys
        self.peers: dict[str, Peer] = {}
        self.port = 0
        self._loop = loop
        self._own = own
        self._settings = settings
        self._pace = pace
        self._witness = Witness(loop, manifest.party, witness_signer, pace.now_ns)
        self._exchange = Exchange(
            loop, self.peers, signer, self._witness, manifest.seq, now_ns=pace.now_ns, entropy=entropy, boot=boot, status=status
        )
        self._callers: dict[str, tuple[Caller, asyncio.Task[None]]] = {}
        self._listening = certificates.listening(own)
        self._trusted: set[str] = set()
        self._listener: Listener | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen where the settings say so, and call whoever can be called. Raises `PortTaken`, `BadSetting`."""
        self._look()
        if self._settings.listen:
            self._listener = Listener(self._calls(), self._settings.host, self._settings.port, self._listening)
            self.port = await self._listener.start()
        self._loop.send = self.wake
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Call nobody any more, close the socket."""
        tasks = [task for _, task in self._callers.values()] + ([self._task] if self._task is not None else [])
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for peer in self.peers.values():
            peer.wake.set()
        if self._listener is not None:
            await self._listener.stop()

    def wake(self) -> None:
        """Something durable waits to be sent."""
        for peer in self.peers.values():
            peer.wake.set()
        for caller, _ in self._callers.values():
            caller.wake()

    def views(self) -> dict[str, dict[str, object]]:
        """By counterpart, what only the connections know: how long silent, clock offset, what they say of their desk."""
        now_s = time.monotonic()
        return {
            party: {
                "silent_s": None if peer.heard_s == float("-inf") else round(now_s - peer.heard_s, 1),
                "offset_ms": None if peer.offset_us is None else peer.offset_us / 1000,
                "delay_ms": None if peer.delay_us is None else peer.delay_us / 1000,
                "cosigned": peer.witness_size,
                "status": None if peer.status is None else msgspec.to_builtins(peer.status),
            }
            for party, peer in self.peers.items()
        }

    # ── what comes and goes ──────────────────────────────────────────────────────────────────────────────────────────

    async def _watch(self) -> None:
        while True:
            self._look_after()
            self._look()
            self._silence()
            await self._pace.sleep(LOOK_S)

    def _look(self) -> None:
        for party, line in self._loop.world.lines.items():
            peer = self.peers.get(party)
            if peer is None or peer.line is not line:
                self.peers[party] = Peer(line)
            for pem in line.counterpart.certificates:
                if pem not in self._trusted:
                    certificates.trust(self._listening, [pem])
                    self._trusted.add(pem)
            if party not in self._callers and line.counterpart.urls:
                self._call(self.peers[party])
        for party in [one for one in self.peers if one not in self._loop.world.lines]:
            del self.peers[party]
            if party in self._callers:
                self._callers.pop(party)[1].cancel()

    def _look_after(self) -> None:
        """A caller that ended did so by a mistake of ours: say it, and begin again."""
        for party, (_, task) in list(self._callers.items()):
            if task.done():
                log.error("calling %s ended", party, exc_info=None if task.cancelled() else task.exception())
                del self._callers[party]

    def _call(self, peer: Peer) -> None:
        context = lambda: certificates.calling(self._own, peer.line.counterpart.certificates)  # noqa: E731
        pulls = not self._settings.listen
        caller = Caller(peer, self._exchange, self._loop, context, self._pace, pulls=pulls)
        self._callers[peer.party] = caller, asyncio.create_task(caller.run())

    def _silence(self) -> None:
        now_s = time.monotonic()
        for peer in self.peers.values():
            if peer.line.state == "up" and now_s - peer.heard_s > SILENT_S:
                self._loop.tell(f"line:{peer.party}", "silent", "nothing was heard; why is not known")
            elif peer.line.state in ("silent", "down") and now_s - peer.heard_s < LOOK_S * 3 and not peer.line.stopped:
                self._loop.tell(f"line:{peer.party}", "up", "")

    # ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _calls(self) -> dict[tuple[str, str], Call]:
        return {
            ("POST", "/line/v1/hello"): self._exchange.on_hello,
            ("POST", "/line/v1/frames"): self._exchange.on_frames,
            ("POST", "/line/v1/witness/add-checkpoint"): self._add_checkpoint,
        }

    async def _add_checkpoint(self, certificate: str, body: bytes) -> Said:
        peer = self._exchange.caller_of(certificate)
        if peer is None:
            return Said(401, b"")
        decision, signed = await self._witness.add(peer.line, witness.read_add(body))
        if decision.status == 200:
            return Said(200, signed.encode(), witness.TEXT_MEDIA)
        return Said(decision.status, decision.body or decision.why.encode(), decision.media)
