"""The node's local socket: how commands on this machine reach the running node, which alone writes.

A Unix socket in a folder only the node's user may enter; the kernel says who connects. One JSON object a line: a request
`{"do": name, …}` is answered by any number of `{"progress": …}` lines and one `{"ok": …}` or `{"error": …}`.
"""

import asyncio
import contextlib
import os
import pwd
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from openline.errors import AlreadyRunning, BadPath, BadSetting, NotAllowed, NotRunning, OpenlineError, Refused
from openline.node.doors.door import json_object

FOLDER: Final = "control"
NAME: Final = "openline.sock"
LINE_BYTES_MAX: Final = 64 * 1024 * 1024  # a zone file as text
PATH_BYTES_MAX: Final = 107  # sun_path of Linux, less its end
NAME_IT: Final = "Name the node's directory with --node or OPENLINE_NODE, or make a node with `openline init`."
CALLERS_MAX: Final = 16
IDLE_S: Final = 600.0


class Caller(msgspec.Struct, frozen=True):
    """Who is at the other end: a user of this machine, with every right of the node's administrator."""

    who: str
    role: str = "administrator"


Progress = Callable[[object], Awaitable[None]]
Handler = Callable[[dict[str, Any], Caller, Progress], Awaitable[object]]


class Control:
    """Listens in `<folder>/control/openline.sock`; `handlers` maps what may be asked to what does it."""

    def __init__(self, folder: Path, handlers: dict[str, Handler]) -> None:
        self.path = socket_path(folder)
        self._handlers = dict(handlers)
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to listen. The record's lock is held by then, so a socket that lies here is a dead node's and is removed."""
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        if self.path.parent.stat().st_mode & 0o077:
            raise BadSetting(
                f"{self.path.parent} may be entered by others.", remedy=f"Run: chmod 700 {self.path.parent}", field="control"
            )
        if await _answers(self.path):
            raise AlreadyRunning(f"Another node answers at {self.path}.", path=str(self.path))
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._called, str(self.path), limit=LINE_BYTES_MAX)
        self.path.chmod(0o600)

    async def stop(self) -> None:
        """Stop listening and let callers go."""
        if self._server is not None:
            self._server.close()
        for task in list(self._callers):
            task.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)
        self.path.unlink(missing_ok=True)

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._callers.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass  # the command was ended; what it asked for is done or not, and recorded either way
        finally:
            self._callers.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: dict[str, Any]) -> None:
            writer.write(msgspec.json.encode(line) + b"\n")
            await writer.drain()

        try:
            caller = _caller(writer.get_extra_info("socket"))
        except NotAllowed as refused:
            await say({"error": as_error(refused)})
            return
        if len(self._callers) > CALLERS_MAX:
            await say({"error": as_error(Refused("callers", len(self._callers), f"at most {CALLERS_MAX} at once"))})
            return
        while True:
            async with asyncio.timeout(IDLE_S):
                try:
                    line = await reader.readline()
                except ValueError:
                    await say({"error": as_error(Refused("request", "a longer line", f"at most {LINE_BYTES_MAX} bytes"))})
                    return
            if not line:
                return
            await say(await self._do(line, caller, say))

    async def _do(self, line: bytes, caller: Caller, say: Callable[[dict[str, Any]], Awaitable[None]]) -> dict[str, Any]:
        async def progress(what: object) -> None:
            await say({"progress": what})

        try:
            request = json_object(line)
            name = request.pop("do", None)
            handler = self._handlers.get(name) if isinstance(name, str) else None
            if handler is None:
                raise Refused("do", name, ", ".join(sorted(self._handlers)))
            return {"ok": await handler(request, caller, progress)}
        except OpenlineError as error:
            return {"error": as_error(error)}


def socket_path(folder: Path) -> Path:
    """Where a node's socket lies. Raises `BadSetting` when the path is too long for a socket."""
    path = folder.absolute() / FOLDER / NAME
    if len(os.fsencode(path)) > PATH_BYTES_MAX:
        message = f"{path} is too long for a socket ({PATH_BYTES_MAX} bytes)."
        raise BadSetting(message, remedy="Use a node's directory with a shorter name.", field="directory")
    return path


def _caller(connection: socket.socket) -> Caller:
    """The user at the other end, as the kernel says. Raises `NotAllowed` for anybody but the node's own user and root."""
    _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if uid not in (0, os.getuid()):
        raise NotAllowed("Only the user who runs the node, or root, may use its socket.", field="user", value=str(uid))
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    return Caller(f"{name}@cli")


async def _answers(path: Path) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(str(path))
    except OSError:
        return False
    writer.close()
    return True


def as_error(error: OpenlineError) -> dict[str, Any]:
    """An error as a line of JSON."""
    facts = {key: value for key, value in error.facts.items() if isinstance(value, str | int | float | bool) or value is None}
    return {"code": error.code, "message": error.message, "remedy": error.remedy, "facts": facts}


# ── the command's side ───────────────────────────────────────────────────────────────────────────────────────────────


async def ask(folder: Path, request: dict[str, Any]) -> AsyncIterator[tuple[str, Any]]:
    """Ask the running node; yields ("progress", what)… and one ("ok", answer). Raises the node's error, or `NotRunning`."""
    path = socket_path(folder)
    try:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=LINE_BYTES_MAX)
    except OSError:
        if not folder.is_dir():
            raise BadPath(f"There is no node in {folder}: no such directory.", remedy=NAME_IT) from None
        raise NotRunning(f"No node answers in {folder}.", remedy=f"Start it: openline serve --node {folder}") from None
    with contextlib.closing(writer):
        writer.write(msgspec.json.encode(request) + b"\n")
        await writer.drain()
        while True:
            line = await reader.readline()
            if not line:
                raise NotRunning("The node stopped before it answered.", remedy="Look at its output, and at `openline doctor`.")
            said = msgspec.json.decode(line, type=dict[str, Any])
            if "error" in said:
                raise error_of(said["error"])
            if "ok" in said:
                yield "ok", said["ok"]
                return
            yield "progress", said.get("progress")


def call(folder: Path, request: dict[str, Any], progress: Callable[[Any], object] = lambda _: None) -> Any:
    """The same for a command that is not asynchronous: the answer; progress is told as it comes."""

    async def run() -> Any:
        async for kind, what in ask(folder, request):
            if kind == "ok":
                return what
            progress(what)
        return None

    return asyncio.run(run())


def error_of(said: dict[str, Any]) -> OpenlineError:
    """The error a node sent, as the class of its code."""
    kind = next((one for one in _leaves(OpenlineError) if one.code == said.get("code")), OpenlineError)
    error = kind.__new__(kind)
    OpenlineError.__init__(error, str(said.get("message", "")), remedy=str(said.get("remedy", "")), **said.get("facts", {}))
    return error


def _leaves(kind: type[OpenlineError]) -> list[type[OpenlineError]]:
    return [kind, *(leaf for below in kind.__subclasses__() for leaf in _leaves(below))]
