"""Calling a counterpart, for ever: hello, then frames; after a failure a pause that doubles from 0.05 s to 30 s.

Two workers share one session: lane 0 has its own connection, so that a backlog in the others never stands in front of it.
"""

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import Callable
from typing import Final

import httpx2
import msgspec

from openline.errors import BadRecord, Refused
from openline.node.intake.link import Pace, in_words
from openline.node.line import wire
from openline.node.line.exchange import Exchange
from openline.node.line.sessions import Peer
from openline.node.loop import Loop

RETRY_S_MIN: Final = 0.05
RETRY_S_MAX: Final = 30.0
HEARTBEAT_S: Final = 5.0
CALL_S: Final = 10.0  # without an answer for this long a call has failed
HELLOS_MAX: Final = 3  # the first after a start is not firm: the other side has not been heard
PULL_WAIT_MS: Final = 20_000
URGENT: Final = (0,)
REST: Final = (1, 2)
log = logging.getLogger("openline.line")


class Lost(Exception):
    """The call failed, for a reason in words."""


class Caller:
    """Two workers that call one counterpart."""

    def __init__(
        self,
        peer: Peer,
        exchange: Exchange,
        loop: Loop,
        context: Callable[[], ssl.SSLContext],
        pace: Pace,
        *,
        pulls: bool = False,
    ) -> None:
        self._peer = peer
        self._exchange = exchange
        self._loop = loop
        self._store = loop.store
        self._pulls = pulls
        self._context = context
        self._pace = pace
        self._greeting = asyncio.Lock()
        self._wakes = (asyncio.Event(), asyncio.Event())

    def wake(self) -> None:
        """Something waits to be sent."""
        for one in self._wakes:
            one.set()

    async def run(self) -> None:
        """Until cancelled."""
        urgent = asyncio.create_task(self._work(URGENT, self._wakes[0]))
        rest = asyncio.create_task(self._work(REST, self._wakes[1]))
        try:
            await asyncio.gather(urgent, rest)
        finally:
            for one in (urgent, rest):
                one.cancel()
            await asyncio.gather(urgent, rest, return_exceptions=True)

    async def _work(self, lanes: tuple[int, ...], wake: asyncio.Event) -> None:
        failures = 0
        while True:
            try:
                async with httpx2.AsyncClient(verify=self._context(), timeout=CALL_S, trust_env=False) as client:
                    while True:
                        more = await self._turn(client, lanes)
                        failures = 0
                        if not more:
                            await self._rest(wake)
            except (httpx2.HTTPError, Lost, OSError, ssl.SSLError) as error:
                self._peer.ours = b""
                failures += 1
                why = error.args[0] if isinstance(error, Lost) else in_words(error)
                if lanes == URGENT:
                    self._loop.tell(f"line:{self._peer.party}", "down", str(why)[:200])
                pause_s = min(RETRY_S_MAX, RETRY_S_MIN * 2.0 ** min(failures - 1, 16))
                await self._pace.sleep(pause_s * (1.0 - self._pace.chance() / 2.0))

    async def _rest(self, wake: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), HEARTBEAT_S)
        wake.clear()

    async def _turn(self, client: httpx2.AsyncClient, lanes: tuple[int, ...]) -> bool:
        """One call; whether there is more to send now."""
        peer = self._peer
        url = peer.line.counterpart.urls[0]
        async with self._greeting:
            for _ in range(HELLOS_MAX):
                if not peer.ours:
                    await self._hello(client, url)
            if not peer.ours:
                raise Lost("it starts again and again")
        frames = await asyncio.to_thread(peer.next_frames, self._store, lanes)
        urgent = lanes == URGENT
        pull = wire.FRAMES_MAX if urgent and self._pulls else 0
        ask = self._exchange.ask(peer, frames, urgent, urgent and self._checkpoint_due(bool(frames)), pull)
        data = await self._post(client, f"{url}/line/v1/frames", msgspec.json.encode(ask))
        try:
            answer = wire.read_answer(data)
            await self._exchange.answered(peer, ask, answer)
        except (Refused, BadRecord) as error:
            raise Lost(f"its answer is not good: {error.message}"[:200]) from None
        return bool(answer.receipts and frames) or bool(answer.frames)

    def _checkpoint_due(self, something_sent: bool) -> bool:
        now_s = time.monotonic()
        if now_s < self._peer.checkpoint_due_s and not something_sent:
            return False
        self._peer.checkpoint_due_s = now_s + HEARTBEAT_S
        return True

    async def _hello(self, client: httpx2.AsyncClient, url: str) -> None:
        data, hello = await self._exchange.greeting(self._peer)
        answer = await self._post(client, f"{url}/line/v1/hello", data)
        try:
            await self._exchange.greeted(self._peer, hello, answer)
        except (Refused, BadRecord) as error:
            raise Lost(f"its hello is not good: {error.message}"[:200]) from None

    async def _post(self, client: httpx2.AsyncClient, url: str, body: bytes) -> bytes:
        answer = await client.post(url, content=body, headers={"content-type": "application/json"})
        if answer.status_code == 409:
            self._peer.ours = b""
            raise Lost("it knows no such session")
        if answer.status_code == 429:
            await self._pace.sleep(min(30.0, float(answer.headers.get("retry-after", "1"))))
            raise Lost("it asks us to come more slowly")
        if answer.status_code != 200:
            raise Lost(f"it answered {answer.status_code}: {answer.text[:120]}")
        if len(answer.content) > 2 * wire.BODY_BYTES_MAX:
            raise Lost(f"its answer has {len(answer.content)} bytes")
        return answer.content
