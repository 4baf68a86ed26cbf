"""The line's own listener: TLS 1.3, a pinned certificate on the other side, six addresses, nothing a browser would want."""

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Final

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from openline import seal
from openline.errors import OpenlineError, PortTaken, Refused, TheirFault
from openline.node.doors.server import bind
from openline.node.line.wire import BODY_BYTES_MAX

CONNECTIONS_MAX: Final = 200
CONNECTIONS_EACH_MAX: Final = 12  # of one certificate: a counterpart needs three
KEEP_ALIVE_S: Final = 60
STOP_S: Final = 2
HEADER_BYTES_MAX: Final = 16_384


class Asked(msgspec.Struct, frozen=True):
    """One request: SHA-256 of the caller's certificate (hexadecimal), the body, and what the address said."""

    certificate: str
    body: bytes = b""
    query: dict[str, str] = {}
    path: dict[str, str] = {}

    def number(self, name: str) -> int:
        """A whole number of the query, from 0. Raises `Refused`."""
        text = self.query.get(name, "")
        if not text.isascii() or not text.isdecimal() or len(text) > 15:
            raise Refused(name, text, "a whole number from 0")
        return int(text)


class Said(msgspec.Struct, frozen=True):
    """An answer: HTTP status, body, media type, and after how many seconds to come again."""

    status: int
    body: bytes = b""
    media: str = "application/json"
    retry_after_s: int | None = None


STRANGERS_EVERY_S: Final = 60.0
UNKNOWN: Final = 401
Call = Callable[[Asked], Awaitable[Said]]


class Strangers:
    """Calls in that no counterpart made: how many, and when the record was last told."""

    def __init__(self) -> None:
        self.count = 0
        self._told = 0
        self._told_s = float("-inf")

    def one_more(self) -> None:
        """Its certificate is not pinned, or names nobody who is known."""
        self.count += 1

    def news(self, now_s: float) -> str:
        """What the record is to be told, at most once a minute; empty where there is nothing new."""
        if self.count == self._told or now_s - self._told_s < STRANGERS_EVERY_S:
            return ""
        self._told, self._told_s = self.count, now_s
        return f"{self.count} so far"


def watching(context: ssl.SSLContext, strangers: Strangers) -> None:
    """Count the handshakes of this context that fail at the certificate: no protocol is ever told of those."""

    class Watched(ssl.SSLObject):
        def do_handshake(self) -> None:
            try:
                super().do_handshake()
            except ssl.SSLCertVerificationError:
                strangers.one_more()
                raise

    context.sslobject_class = Watched


class Http(H11Protocol):
    """HTTP/1.1 that tells the application whose certificate was shown, and lets nobody have all connections."""

    open: Counter[str]  # by certificate; one for each listener
    _shown = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note the certificate; the handshake has already refused one that is not pinned."""
        secure = transport.get_extra_info("ssl_object")
        shown = secure.getpeercert(binary_form=True) if secure is not None else None
        self._shown = seal.sha256(shown).hex() if shown else ""
        self.open[self._shown] += 1
        self.app_state = {**self.app_state, "certificate": self._shown}
        super().connection_made(transport)
        if self.open[self._shown] > CONNECTIONS_EACH_MAX:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """One less."""
        self.open[self._shown] -= 1
        if not self.open[self._shown]:
            del self.open[self._shown]
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """An idle connection ends at once: the other side, which does not read, would not answer a goodbye."""
        super().shutdown()
        if self.transport.is_closing():
            self.transport.abort()


class Listener:
    """One listening socket for the line."""

    def __init__(
        self, calls: dict[tuple[str, str], Call], host: str, port: int, context: ssl.SSLContext, strangers: Strangers
    ) -> None:
        watching(context, strangers)
        routes = [Route(path, _endpoint(call, strangers), methods=[method]) for (method, path), call in calls.items()]
        self._host = host
        self._port = port
        self._config = uvicorn.Config(
            Starlette(routes=routes),
            http=type("LineHttp", (Http,), {"open": Counter()}),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS_MAX,
            h11_max_incomplete_event_size=HEADER_BYTES_MAX,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=STOP_S,
        )
        self._context = context
        self._server = _Server(self._config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Bind and serve; the port. Raises `PortTaken`, `BadSetting`."""
        bound = bind(self._host, self._port)
        self._config.load()
        self._config.ssl = self._context
        self._task = asyncio.create_task(self._server.serve(sockets=[bound]))
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise PortTaken()
            await asyncio.sleep(0.005)
        return int(bound.getsockname()[1])

    async def stop(self) -> None:
        """Close the socket, wait at most `STOP_S`."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are the loop's business."""
        yield


def _endpoint(call: Call, strangers: Strangers) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            body = await _read(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return PlainTextResponse(f"at most {BODY_BYTES_MAX} bytes", 413)
        asked = Asked(str(request.state.certificate), body, dict(request.query_params), dict(request.path_params))
        try:
            said = await call(asked)
        except Refused as refused:
            problem: dict[str, Any] = {"field": refused.field, "accepted": refused.accepted}
            return Response(msgspec.json.encode(problem), 400, media_type="application/json")
        except OpenlineError as error:
            status = 400 if isinstance(error, TheirFault) else 503
            return Response(msgspec.json.encode({"why": error.message}), status, media_type="application/json")
        if said.status == UNKNOWN:
            strangers.one_more()
        headers = {} if said.retry_after_s is None else {"retry-after": str(said.retry_after_s)}
        return Response(said.body, said.status, headers, said.media)

    return answer


async def _read(request: Request) -> bytes | None:
    """The body, or None for one that is too large; what is too large is not kept."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > BODY_BYTES_MAX:
            return None
        pieces.append(piece)
    return b"".join(pieces)
