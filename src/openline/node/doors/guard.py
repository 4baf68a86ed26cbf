"""The outermost layer: which names this node answers to, what every answer carries, and one line of log for each request.

The log names the endpoint, never the path or the query: those carry guest tokens, feed tokens, places and movers.
"""

import logging
import re
from collections.abc import Callable
from typing import Final

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openline.errors import NotAllowed
from openline.node.doors.door import refusal
from openline.node.doors.metrics import Counters

access = logging.getLogger("openline.access")

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS: Final[dict[str, str]] = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
}
HSTS: Final = "max-age=31536000"
_ADDRESS: Final = re.compile(r"\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]")


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(
        self, app: ASGIApp, hosts: frozenset[str], secure: bool, counters: Counters, tick_ns: Callable[[], int]
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._secure = secure
        self._counters = counters
        self._tick_ns = tick_ns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse unknown hosts, then let the application answer with our headers on top."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        started_ns = self._tick_ns()
        status = 0

        async def with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
                self._dress(MutableHeaders(scope=message))
            await send(message)

        if known_host(Headers(scope=scope).get("host", ""), self._hosts):
            await self._app(scope, receive, with_headers)
        else:
            await self._refuse_host(scope, receive, with_headers)
        self._note(scope, status, (self._tick_ns() - started_ns) / 1e9)

    def _dress(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self._secure:
            headers.setdefault("strict-transport-security", HSTS)

    async def _refuse_host(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A foreign name that points here is how a page elsewhere would speak to us as if it were ours (DNS rebinding)."""
        message = "This node does not answer to that name."
        answer = refusal(NotAllowed(message, field="Host", accepted="the node's address, or a name in listen.hosts"))
        if scope["type"] == "websocket":
            await send({"type": "websocket.http.response.start", "status": 403, "headers": answer.raw_headers})
            await send({"type": "websocket.http.response.body", "body": answer.body})
        else:
            await answer(scope, receive, send)

    def _note(self, scope: Scope, status: int, took_s: float) -> None:
        endpoint = getattr(scope.get("endpoint"), "__name__", "none")
        if scope["type"] == "http":
            self._counters.add("openline_http_requests_total", endpoint=endpoint, status=str(status))
            self._counters.add("openline_http_seconds_total", took_s, endpoint=endpoint)
        line = {
            "at": "access",
            "endpoint": endpoint,
            "method": scope.get("method", "WS"),
            "status": status,
            "ms": round(took_s * 1000, 1),
            "address": scope["client"][0] if scope.get("client") else None,
        }
        access.info("%s", msgspec.json.encode(line).decode())


def known_host(host: str, names: frozenset[str]) -> bool:
    """Whether a Host header is ours: any bare address (it cannot be rebound), or one of our names; the port is not compared."""
    name = re.sub(r":\d{1,5}$", "", host).lower()
    return _ADDRESS.fullmatch(name) is not None or name in names
