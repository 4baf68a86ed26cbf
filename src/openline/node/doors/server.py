"""The socket that browsers reach: binding it, and serving on it."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Generator
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from openline.errors import BadSetting, PortTaken
from openline.node.doors.connections import protocols
from openline.node.doors.metrics import Counters
from openline.node.doors.tls import Pair
from openline.node.settings import Settings
from openline.node.settings_file import is_loopback

KEEP_ALIVE_S: Final = 30
SOCKET_MESSAGE_BYTES_MAX: Final = 4_096
HEADER_BYTES_MAX: Final = 16_384  # h11's own default; a browser with many cookies sends 4,000
STOP_S: Final = 0.8  # for answers under way when the node stops; what is not answered by then is cut off
CANCEL_S: Final = 1  # whole seconds, says uvicorn; by then whoever was cut off has noticed, and the rest is given up
PORT_MAX: Final = 65_535


class Web:
    """One listening socket and the application behind it."""

    def __init__(self, app: ASGIApp, settings: Settings, pair: Pair | None, counters: Counters) -> None:
        listen = settings.listen
        if pair is None and not is_loopback(listen.host):
            raise BadSetting("The node never listens beyond this machine without TLS.", field="listen.tls", value=listen.tls)
        http, ws = protocols(settings.limits, counters)
        self._listen = listen
        self._secure = pair is not None
        self._app = app
        self._config = uvicorn.Config(
            self._answer,
            interface="asgi3",
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
            timeout_graceful_shutdown=CANCEL_S,
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
        """Close the socket, tell open browsers, wait at most `CANCEL_S`."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application; a request that is given up because the node stops is no mistake of ours."""
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if not self._server.should_exit:
                raise


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, but whoever holds a connection open is cut off before his request is given up."""
        asyncio.get_running_loop().call_later(STOP_S, self._cut_off)
        await super().shutdown(sockets)

    def _cut_off(self) -> None:
        for connection in list(self.server_state.connections):
            transport: asyncio.Transport | None = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are the loop's business."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `PortTaken`, `BadSetting`."""
    if not 0 <= port <= PORT_MAX:  # the system would take it modulo 65,536
        accepted = f"0 to {PORT_MAX}; 0 takes a free one"
        raise BadSetting(f"listen.port: {port} is not accepted; accepted: {accepted}", field="listen.port", accepted=accepted)
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
