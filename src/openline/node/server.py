"""The socket that browsers reach: binding it, serving on it, and cutting off who only holds it.

uvicorn has no limit on how slowly a request's headers may come, on how slowly an answer may be read, or on how many connections
one address holds; the two protocol classes here add them.
"""

import asyncio
import contextlib
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Generator
from typing import Any, Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from openline.errors import BadSetting, PortTaken
from openline.node.metrics import Counters
from openline.node.settings import Limits, Settings
from openline.node.settings_file import is_loopback
from openline.node.tls import Pair

STALL_S: Final = 60.0  # an answer of which nothing was read for this long
KEEP_ALIVE_S: Final = 30
SOCKET_MESSAGE_BYTES_MAX: Final = 4_096
HEADER_BYTES_MAX: Final = 16_384  # h11's own default; a browser with many cookies sends 4,000
STOP_S: Final = 5
_FULL: Final = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Web:
    """One listening socket and the application behind it."""

    def __init__(self, app: ASGIApp, settings: Settings, pair: Pair | None, counters: Counters) -> None:
        listen = settings.listen
        if pair is None and not is_loopback(listen.host):
            raise BadSetting("The node never listens beyond this machine without TLS.", field="listen.tls", value=listen.tls)
        http, ws = protocols(settings.limits, counters)
        self._listen = listen
        self._secure = pair is not None
        self._config = uvicorn.Config(
            app,
            http=http,
            ws=ws,
            ws_max_size=SOCKET_MESSAGE_BYTES_MAX,
            ws_ping_interval=20,
            ws_ping_timeout=20,
            ws_per_message_deflate=False,  # 16 % of a processor and 150 ms a browser (console.md)
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=settings.limits.connections_max,
            h11_max_incomplete_event_size=HEADER_BYTES_MAX,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=STOP_S,
            ssl_certfile=str(pair.certificate) if pair else None,
            ssl_keyfile=str(pair.key) if pair else None,
        )
        self._server = _Server(self._config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Bind and serve; the address a browser opens. Raises `PortTaken`, `BadSetting`."""
        bound = bind(self._listen.host, self._listen.port)
        try:
            self._config.load()
        except (ssl.SSLError, OSError) as error:
            bound.close()
            raise BadSetting(f"The certificate or its key cannot be used: {error}", field="listen.tls") from None
        self._task = asyncio.create_task(self._server.serve(sockets=[bound]))
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise PortTaken()
            await asyncio.sleep(0.005)
        host = self._listen.host
        shown = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
        return f"{'https' if self._secure else 'http'}://{shown}:{bound.getsockname()[1]}"

    async def stop(self) -> None:
        """Close the socket, tell open browsers, wait at most `STOP_S`."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are the loop's business."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `PortTaken`, `BadSetting`."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror as error:
        raise BadSetting(f"listen.host: {host} is no address of this machine ({error})", field="listen.host") from None
    bound = socket.socket(family, kind, proto)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        bound.listen(256)
    except OSError as error:
        bound.close()
        raise PortTaken(f"{host}:{port} cannot be listened on: {error.strerror}.", host=host, port=port) from None
    bound.setblocking(False)
    return bound


def protocols(limits: Limits, counters: Counters) -> tuple[type[H11Protocol], type[WebSocketsSansIOProtocol]]:
    """uvicorn's two protocols with our limits; both count the connections of one address in the same place."""
    held: Counter[str] = Counter()

    class Http(H11Protocol):
        """HTTP/1.1 with a time limit on headers and on unread answers, and a share for each address."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._waiting = Deadline(limits.header_s)
            self._stalled = Deadline(STALL_S)
            self._address = ""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._address = self.client[0] if self.client else ""
            held[self._address] += 1
            if held[self._address] > limits.connections_per_address_max and not is_loopback(self._address):
                counters.add("openline_connections_refused_total", reason="address")
                transport.write(_FULL)
                transport.close()
            self._expect_headers()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            _release(held, self._address)
            self._waiting.stop()
            self._stalled.stop()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.transport.get_protocol() is self:
                self._expect_headers()

        def handle_websocket_upgrade(self, event: h11.Request) -> None:
            super().handle_websocket_upgrade(event)
            self._waiting.stop()
            upgraded: Any = self.transport.get_protocol()
            upgraded.address = self._address

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._expect_headers()

        def pause_writing(self) -> None:
            self.flow.pause_writing()
            self._stalled.start(lambda: self._abort("unread"))

        def resume_writing(self) -> None:
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
            counters.add("openline_connections_refused_total", reason=reason)
            self.transport.abort()

    class Ws(WebSocketsSansIOProtocol):
        """A WebSocket that is cut off, not merely asked to close, when its browser reads or answers nothing."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.address = ""
            self._stalled = Deadline(STALL_S)

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            _release(held, self.address)
            self._stalled.stop()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._stalled.start(self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            self._stalled.stop()

        def keepalive_timeout(self) -> None:
            super().keepalive_timeout()
            self.transport.abort()

    return Http, Ws


def _release(held: Counter[str], address: str) -> None:
    held[address] -= 1
    if held[address] <= 0:
        del held[address]


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
