"""Connections that only hold a place are cut off: uvicorn's two protocols with the limits it does not have.

uvicorn waits for ever for a request's headers and for an answer to be read, and lets one address hold every connection. Both
classes share one count of the connections each address holds, since a WebSocket begins as a request.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from openline.node.doors.metrics import Counters
from openline.node.settings import Limits
from openline.node.settings_file import is_loopback

STALL_S: Final = 60.0  # an answer of which nothing was read for this long
_FULL: Final = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Deadline:
    """Something that happens unless it is stopped in time; starting it again while it runs changes nothing."""

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._timer: asyncio.TimerHandle | None = None

    def start(self, then: Callable[[], object]) -> None:
        """Begin to wait, if not begun."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._wait_s, then)

    def stop(self) -> None:
        """It was in time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Http(H11Protocol):
    """HTTP/1.1 with a time limit on headers and on unread answers, and a share for each address."""

    limits: ClassVar[Limits]
    counters: ClassVar[Counters]
    held: ClassVar[Counter[str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting = Deadline(self.limits.header_s)
        self._stalled = Deadline(STALL_S)
        self._address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count it; one too many from one address is told so."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self.held[self._address] += 1
        if self.held[self._address] > self.limits.connections_per_address_max and not is_loopback(self._address):
            self.counters.add("openline_connections_refused_total", reason="address")
            transport.write(_FULL)
            transport.close()
        self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let its place go."""
        super().connection_lost(exc)
        release(self.held, self._address)
        self._waiting.stop()
        self._stalled.stop()

    def data_received(self, data: bytes) -> None:
        """Bytes came; unless they made this a WebSocket, look whether headers are due."""
        super().data_received(data)
        if self.transport.get_protocol() is self:
            self._expect_headers()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """The WebSocket takes the place over."""
        super().handle_websocket_upgrade(event)
        self._waiting.stop()
        upgraded: Any = self.transport.get_protocol()
        upgraded.address = self._address

    def on_response_complete(self) -> None:
        """The next request may come."""
        super().on_response_complete()
        self._expect_headers()

    def pause_writing(self) -> None:
        """The browser reads more slowly than we write."""
        self.flow.pause_writing()
        self._stalled.start(lambda: self._abort("unread"))

    def resume_writing(self) -> None:
        """It has read."""
        self.flow.resume_writing()
        self._stalled.stop()

    def _expect_headers(self) -> None:
        """A connection on which part of a request's headers, or nothing yet, has come has `header_s` for the rest."""
        begun = self.conn.their_state is not h11.IDLE
        idle = self.timeout_keep_alive_task is not None
        if begun or idle:
            self._waiting.stop()
        else:
            self._waiting.start(lambda: self._abort("headers"))

    def _abort(self, reason: str) -> None:
        self.counters.add("openline_connections_refused_total", reason=reason)
        self.transport.abort()


class Gathered:
    """A transport that sends what was written in one turn of the loop as one piece.

    Three hundred small frames a second written one by one become three hundred packets, and a sender that waits for their
    acknowledgements (40 ms each where the receiver delays them) holds up the alarm behind them.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._pieces: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send soon, with whatever else is written in this turn."""
        if not self._pieces:
            self._loop.call_soon(self.flush)
        self._pieces.append(data)

    def flush(self) -> None:
        """Send what waits."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        """Send what waits, then close."""
        self.flush()
        self._transport.close()


class Ws(WebSocketsSansIOProtocol):
    """A WebSocket that is cut off, not merely asked to close, when its browser reads or answers nothing."""

    held: ClassVar[Counter[str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = ""
        self._stalled = Deadline(STALL_S)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Send in few packets."""
        super().connection_made(Gathered(transport))  # type: ignore[arg-type]

    def connection_lost(self, exc: Exception | None) -> None:
        """Let its place go."""
        super().connection_lost(exc)
        release(self.held, self.address)
        self._stalled.stop()

    def pause_writing(self) -> None:
        """The browser reads more slowly than we write."""
        super().pause_writing()
        self._stalled.start(self.transport.abort)

    def resume_writing(self) -> None:
        """It has read."""
        super().resume_writing()
        self._stalled.stop()

    def keepalive_timeout(self) -> None:
        """It did not answer a ping."""
        super().keepalive_timeout()
        self.transport.abort()


def protocols(limits: Limits, counters: Counters) -> tuple[type[Http], type[Ws]]:
    """The two classes for one server, with its limits and one count of places between them."""
    held: Counter[str] = Counter()
    http = type("Http", (Http,), {"limits": limits, "counters": counters, "held": held})
    ws = type("Ws", (Ws,), {"held": held})
    return http, ws


def release(held: Counter[str], address: str) -> None:
    """One connection less of this address; the last one takes its row with it."""
    held[address] -= 1
    if held[address] <= 0:
        del held[address]
