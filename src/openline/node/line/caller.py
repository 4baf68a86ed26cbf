"""Calling a counterpart, for ever: hello, then frames; after a failure a pause that doubles from 0.05 s to 30 s.

Its workers share one session: lane 0 has its own connection, so that a backlog in the others never stands in front of it, and
so has the fetching of what the counterpart has for us, where it cannot call. What gets no receipt is sent again with the same
pauses, whoever is to blame.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable
from typing import Final, Literal

import httpx2
import msgspec

from openline.errors import DiskFull, Refused, TheirFault
from openline.node.intake.link import Pace, causes, in_words
from openline.node.line import wire
from openline.node.line.asking import Asking, KeyNotKnown, Lost, NoSession
from openline.node.line.exchange import Exchange
from openline.node.line.sessions import Peer
from openline.node.line.waiting import rung
from openline.node.loop import Loop

RETRY_S_MIN: Final = 0.05
RETRY_S_MAX: Final = 30.0
HEARTBEAT_S: Final = 5.0
IDLE_S: Final = 30.0  # the other lanes look again, in case a call to wake was missed
CALL_S: Final = 10.0  # without an answer for this long a call has failed
GREETED_S_MAX: Final = 300.0  # after this a hello again: clocks drift, and marks are compared again
BEHIND_S_MAX: Final = 60.0  # the same while they lack what they had: whether they recovered shows in their answer
CHECKPOINT_S_MIN: Final = 1.0
HELLOS_MAX: Final = 4  # the first after a start is not firm; one more shows what was recovered
URGENT: Final = (0,)
REST: Final = (1, 2)
PULL: Final = ()
log = logging.getLogger("openline.line")

Turn = Literal["more", "unreceipted", "done"]
"""After a call: there is more to do at once; what was sent has no receipt; nothing waits."""

ANOTHER_NODE: Final = "another node answers at this address: its certificate is not the one pinned"
NOT_PINNED: Final = "the node at this address does not know our certificate: it has another card of ours, or is another node"
NOT_KNOWN_THERE: Final = ("UNKNOWN_CA", "CERTIFICATE_UNKNOWN", "BAD_CERTIFICATE", "CERTIFICATE_REQUIRED")


class Caller:
    """The workers that call one counterpart."""

    def __init__(
        self,
        peer: Peer,
        exchange: Exchange,
        loop: Loop,
        context: Callable[[], ssl.SSLContext],
        pace: Pace,
        asking: Asking,
        *,
        pulls: bool = False,
    ) -> None:
        self.peer = peer
        self._exchange = exchange
        self._loop = loop
        self._context = context
        self._pace = pace
        self._asking = asking
        self._greeting = asyncio.Lock()
        self._workers = {URGENT: asyncio.Event(), REST: asyncio.Event()} | ({PULL: asyncio.Event()} if pulls else {})
        self._checkpoint_s = float("-inf")  # when the last was offered
        self._offer = True  # something urgent went since

    def wake(self) -> None:
        """Something waits to be sent."""
        for lanes in (URGENT, REST):
            self._workers[lanes].set()

    async def run(self) -> None:
        """Until cancelled."""
        tasks = [asyncio.create_task(self._work(lanes, wake)) for lanes, wake in self._workers.items()]
        try:
            await asyncio.gather(*tasks)
        finally:
            for one in tasks:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, lanes: tuple[int, ...], wake: asyncio.Event) -> None:
        failures = 0
        while True:
            try:
                async with httpx2.AsyncClient(verify=self._context(), timeout=self._timeout(lanes), trust_env=False) as client:
                    unreceipted = 0
                    while True:
                        turn = await self._turn(client, self._url(failures), lanes)
                        failures = 0
                        unreceipted = unreceipted + 1 if turn == "unreceipted" else 0
                        if turn != "more":
                            await self._rest(wake, self._pause_s(unreceipted) if unreceipted else self._idle_s(lanes))
            except NoSession:
                failures += 1
            except (httpx2.HTTPError, Lost, OSError, ssl.SSLError, DiskFull) as error:
                failures += 1
                if lanes == URGENT:
                    self._say_down(error)
            if failures:
                await self._pause(failures)

    @staticmethod
    def _timeout(lanes: tuple[int, ...]) -> float:
        return CALL_S + (wire.PULL_WAIT_MS / 1000 if lanes == PULL else 0.0)

    def _url(self, failures: int) -> str:
        urls = self.peer.line.counterpart.urls
        if not urls:
            raise Lost("its card names no address")
        return urls[failures % len(urls)]

    def _pause_s(self, times: int) -> float:
        pause_s = min(RETRY_S_MAX, RETRY_S_MIN * 2.0 ** min(max(0, times - 1), 16))
        return pause_s * (1.0 - self._pace.chance() / 2.0)

    def _idle_s(self, lanes: tuple[int, ...]) -> float:
        if lanes != URGENT:
            return IDLE_S if lanes == REST else 0.0
        return CHECKPOINT_S_MIN if self._offer else HEARTBEAT_S

    def _say_down(self, error: Exception) -> None:
        """The line is down, and why; said when it is news."""
        why = why_down(error)[:200]
        line = self.peer.line
        if (line.link, line.link_why) != ("down", why):
            self._loop.tell(f"line:{self.peer.party}", "down", why)

    async def _pause(self, failures: int) -> None:
        """Wait before the next try; not longer than until they call us, for then they are there."""
        if failures > 1:
            self.peer.calls.clear()
        await rung(self.peer.calls, self._pause_s(failures))

    async def _rest(self, wake: asyncio.Event, within_s: float) -> None:
        await rung(wake, within_s)
        wake.clear()

    async def _turn(self, client: httpx2.AsyncClient, url: str, lanes: tuple[int, ...]) -> Turn:
        """One call."""
        peer, fail = self.peer, self._exchange.fail
        async with self._greeting:
            await self._greet(client, url, lanes)
            session = peer.ours
        frames = await self._exchange.frames(peer, lanes) if lanes else []
        before = self._receipted(lanes)
        checkpoint = lanes == URGENT and self._checkpoint_due(bool(frames))
        ask = await self._exchange.ask(peer, frames, lanes, checkpoint, 0 if lanes else wire.FRAMES_MAX)
        fail.passed("line.sending")
        try:
            data = await self._asking.post(client, f"{url}/line/v1/frames", msgspec.json.encode(ask))
        except NoSession:
            if peer.ours == session:
                peer.ours = b""
            raise
        fail.passed("line.sent")
        if peer.ours != session:
            raise NoSession  # a hello came meanwhile: what is said in a session that is over is not applied
        try:
            answer = wire.read(data, wire.Answer)
            await self._exchange.answered(peer, ask, answer)
        except TheirFault as error:
            raise Lost(f"its answer is not good: {error.message}"[:200]) from None
        fail.passed("line.taken")
        if answer.frames or (frames and self._receipted(lanes) != before):
            return "more"
        return "unreceipted" if frames else "done"

    def _receipted(self, lanes: tuple[int, ...]) -> list[tuple[int, int | None]]:
        return [(self.peer.line.lanes.out[lane].upto, self.peer.again[lane].after) for lane in lanes]

    def _checkpoint_due(self, something_sent: bool) -> bool:
        """At most one a second, soon after something urgent, else with every heartbeat."""
        now_s = time.monotonic()
        self._offer = self._offer or something_sent
        if now_s - self._checkpoint_s < (CHECKPOINT_S_MIN if self._offer else HEARTBEAT_S - 0.5):
            return False
        self._checkpoint_s, self._offer = now_s, False
        return True

    async def _greet(self, client: httpx2.AsyncClient, url: str, lanes: tuple[int, ...]) -> None:
        """Say hello where there is no session, or it is long ago; then what can only be asked after it."""
        peer = self.peer
        greeted_s_max = BEHIND_S_MAX if peer.behind else GREETED_S_MAX
        stale = lanes == URGENT and time.monotonic() - peer.greeted_s > greeted_s_max
        if stale or any(out.unheard for out in peer.line.lanes.out):
            peer.ours = b""
        if peer.ours:
            return
        for _ in range(HELLOS_MAX):
            if await self._hello(client, url) and not await self._asking.after_hello(client, url, peer):
                return
        raise Lost("its sessions end again and again")

    async def _hello(self, client: httpx2.AsyncClient, url: str) -> bool:
        """Say it once; whether a session is open then."""
        data, hello = await self._exchange.greeting(self.peer)
        try:
            answer = await self._asking.post(client, f"{url}/line/v1/hello", data)
        except KeyNotKnown:
            await self._asking.show_keys(client, url, self.peer)
            return False
        try:
            await self._exchange.greeted(self.peer, hello, answer)
        except TheirFault as error:
            if isinstance(error, Refused) and error.field == "keyid" and await self._asking.keys(client, url, self.peer):
                return False
            raise Lost(f"its hello is not good: {error.message}"[:200]) from None
        return bool(self.peer.ours)


def why_down(error: BaseException) -> str:
    """Why a call did not come about, in words that tell a wrong address or an impostor from a network that is down."""
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ANOTHER_NODE
        if isinstance(cause, ssl.SSLError) and any(one in str(cause) for one in NOT_KNOWN_THERE):
            return NOT_PINNED
    return str(error.args[0]) if isinstance(error, Lost) else in_words(error)
