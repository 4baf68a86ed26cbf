"""A real server on loopback around the fake desk, in a thread of its own, for tests where the wire matters."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from openline.node.doors.server import Web
from openline.node.doors.tls import Pair
from tests.rooms.node.doors import PASSWORD, Doors


class Living:
    """The server's address, and calls into its thread."""

    def __init__(self, doors: Doors, loop: asyncio.AbstractEventLoop, url: str, web: Web) -> None:
        self.web = web
        self.doors = doors
        self.loop = loop
        self.url = url
        self.host, self.port = "127.0.0.1", int(url.rpartition(":")[2])

    def there(self, call: Any, *args: Any) -> Any:
        """Run something on the server's loop and wait for it."""

        async def run() -> Any:
            done = call(*args)
            return await done if asyncio.iscoroutine(done) else done

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)

    @contextmanager
    def client(self, role: str) -> Iterator[httpx2.Client]:
        """An HTTP client that is signed in."""
        headers = {"x-openline": "1", "origin": self.url}
        with httpx2.Client(base_url=self.url, headers=headers, timeout=10) as client:
            assert client.post("/api/v1/login", json={"name": role, "password": PASSWORD}).status_code == 200
            yield client

    def cookie(self, role: str) -> str:
        """The Cookie header of somebody who has just signed in."""
        with self.client(role) as client:
            return "; ".join(f"{name}={value}" for name, value in client.cookies.items())

    def unread(self, path: str, host: str = "127.0.0.1") -> socket.socket:
        """A WebSocket opened by hand, of which nothing will be read."""
        cookie = self.cookie("operator")
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        one.settimeout(10)
        one.connect((self.host, self.port))
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{self.port}", f"Origin: {self.url}", f"Cookie: {cookie}"]
        lines += ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]
        one.sendall("\r\n".join([*lines, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""]).encode())
        return one

    def browser(self, path: str, role: str | None = "operator", origin: str | None = None) -> ClientConnection:
        """A WebSocket as a browser opens it."""
        headers = {"Cookie": self.cookie(role)} if role is not None else {}
        address = self.url.replace("http", "ws") + path
        said = Origin(origin or self.url)
        return connect(address, origin=said, additional_headers=headers, compression=None, proxy=None, legacy=True)

    def raw(self, data: bytes = b"", source: str = "127.0.0.1") -> socket.socket:
        """A plain connection, on which `data` was sent."""
        one = socket.create_connection((self.host, self.port), timeout=10, source_address=(source, 0))
        one.sendall(data)
        return one


def read_all(one: socket.socket) -> bytes:
    """Everything until the server closes; empty when it was cut off."""
    pieces = []
    try:
        while piece := one.recv(65_536):
            pieces.append(piece)
    except ConnectionError:
        pass
    return b"".join(pieces)


@contextmanager
def living(doors: Doors, pair: Pair | None = None) -> Iterator[Living]:
    """A server for the time of a `with`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    web = Web(doors.app, doors.shell.settings, pair, doors.shell.counters)
    try:
        url = asyncio.run_coroutine_threadsafe(web.start(), loop).result(10)
        yield Living(doors, loop, url, web)
    finally:
        asyncio.run_coroutine_threadsafe(web.stop(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
