"""Every line of this node at once: the listener, a peer and a caller for each counterpart, and how each line is.

Counterparts come and go by acts, so it looks at the flow's lines once a second, and at once when something waits to be sent.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

import msgspec

from openline import seal
from openline.clock import NS_PER_US
from openline.errors import OpenlineError
from openline.node.doors.tls import Pair
from openline.node.intake.link import Pace
from openline.node.line import certificates, new_log, wire
from openline.node.line.asking import Asking
from openline.node.line.caller import Caller
from openline.node.line.exchange import Exchange
from openline.node.line.listener import Call, Listener, Strangers
from openline.node.line.questions import Questions
from openline.node.line.recovering import Recovering
from openline.node.line.sessions import Peer
from openline.node.line.waiting import rung
from openline.node.line.witnessing import Witness
from openline.node.loop import Loop
from openline.node.settings import Line as LineSettings
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
        status: Callable[[], wire.Status | None] | None = None,
    ) -> None:
        signer, witness_signer, manifest = keys
        self.peers: dict[str, Peer] = {}
        self.port = 0
        self.deaf = ""  # why nobody can call this node, though its settings say so
        self._loop = loop
        self._own = own
        self._settings = settings
        self._pace = pace
        self._witness = Witness(loop, manifest.party, witness_signer, pace.now_ns)
        self._exchange = Exchange(
            loop,
            self.peers,
            signer,
            manifest,
            self._witness,
            now_ns=pace.now_ns,
            entropy=entropy,
            boot=boot,
            status=status or self._status,
        )
        recovering = Recovering(loop, own)
        self._questions = Questions(loop, own, self._witness, recovering, self._exchange.callers_of)
        self._asking = Asking(loop, recovering, own, pace, they_cannot_call=not settings.listen)
        self._callers: dict[str, tuple[Caller, asyncio.Task[None]]] = {}
        self._listening = certificates.listening(own)
        self._trusted: set[str] = set()
        self._news = asyncio.Event()
        self._listener: Listener | None = None
        self.strangers = Strangers()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen where the settings say so, and call whoever can be called."""
        self._look()
        await self._listen()
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
        self._exchange.close()

    def sign_with(self, signer: seal.Signer, witness_signer: seal.Signer, manifest: KeyManifest) -> None:
        """Other keys sign from now on; whoever does not know them is shown the manifest, or asks for it, at the hello."""
        self._witness.signer = witness_signer
        self._exchange.sign_with(signer, manifest)
        self.wake()

    def wake(self) -> None:
        """Something durable waits to be sent, or a counterpart was added."""
        self._news.set()
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
                "refused": peer.refused.total(),
                "deaf": self.deaf or None,
                "status": None if peer.status is None else msgspec.to_builtins(peer.status),
            }
            for party, peer in self.peers.items()
        }

    def _status(self) -> wire.Status:
        """A sign of life; whether somebody sits at the desk is not known here."""
        return wire.Status(at=self._pace.now_ns() // NS_PER_US)

    # ── what comes and goes ──────────────────────────────────────────────────────────────────────────────────────────

    async def _watch(self) -> None:
        while True:
            try:
                self._look_after()
                self._look()
                self._silence()
                await new_log.look(self._loop, self.peers)
                await self._listen()
                await self._say_strangers()
            except OpenlineError as wrong:  # a certificate that cannot be read concerns one line, not the others
                log.error("looking after the lines: %s", wrong.message)
            await rung(self._news, LOOK_S)
            self._news.clear()

    async def _say_strangers(self) -> None:
        """Who called and is no counterpart is counted; the record has it at most once a minute."""
        count = self.strangers.news(time.monotonic())
        if count:
            body = {"source": "line", "field": "certificate", "value": count, "accepted": "one that a counterpart's card names"}
            log.warning("calls on the line by nobody who is known: %s", count)
            await self._loop.record("refusal", "node", "node", body)

    async def _listen(self) -> None:
        """Listen, and where that cannot be, say why and try again: the others cannot call, but we can call them."""
        if not self._settings.listen or self._listener is not None:
            return
        settings = self._settings
        listener = Listener(self._calls(), settings.host, settings.port, self._listening, self.strangers)
        try:
            self.port = await listener.start()
        except OpenlineError as wrong:
            if self.deaf != wrong.message:
                self.deaf = wrong.message
                log.error("counterparts cannot call this node: %s", wrong.message)
                await self._loop.record("line", "node", "node", {"state": "cannot listen", "why": wrong.message})
            return
        self._listener, self.deaf = listener, ""

    def _look(self) -> None:
        lines = self._loop.world.lines
        for party in [one for one, peer in self.peers.items() if lines.get(one) is not peer.line]:
            del self.peers[party]
            if party in self._callers:
                self._callers.pop(party)[1].cancel()
        for party, line in lines.items():
            if party not in self.peers:
                self.peers[party] = Peer(line)
            for pem in line.counterpart.certificates:
                if pem not in self._trusted:
                    certificates.trust(self._listening, [pem])
                    self._trusted.add(pem)
            if party not in self._callers and line.counterpart.urls:
                self._call(self.peers[party])

    def _look_after(self) -> None:
        """A caller that ended did so by a mistake of ours: say it, and begin again."""
        for party, (_, task) in list(self._callers.items()):
            if task.done():
                log.error("calling %s ended", party, exc_info=None if task.cancelled() else task.exception())
                del self._callers[party]

    def _call(self, peer: Peer) -> None:
        context = lambda: certificates.calling(self._own, peer.line.counterpart.certificates)  # noqa: E731
        pulls = not self._settings.listen
        caller = Caller(peer, self._exchange, self._loop, context, self._pace, self._asking, pulls=pulls)
        self._callers[peer.party] = caller, asyncio.create_task(caller.run())

    def _silence(self) -> None:
        now_s = time.monotonic()
        for peer in self.peers.values():
            silent_s = now_s - peer.heard_s
            if peer.line.link == "up" and silent_s > SILENT_S:
                self._loop.tell(f"line:{peer.party}", "silent", "nothing was heard; why is not known")
            elif peer.line.link in ("silent", "down") and silent_s < LOOK_S * 3 and not _unheard(peer):
                self._loop.tell(f"line:{peer.party}", "up", "")

    # ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _calls(self) -> dict[tuple[str, str], Call]:
        return {
            ("POST", "/line/v1/hello"): self._exchange.on_hello,
            ("POST", "/line/v1/frames"): self._exchange.on_frames,
        } | self._questions.calls()


def _unheard(peer: Peer) -> bool:
    return any(out.unheard for out in peer.line.lanes.out)
