"""The two sockets of a browser: events, in order and resumable; and tracks, of which only the newest frame counts.

A browser that reads slowly blocks nobody: its event frames wait in a bounded queue of the desk's, which gives `resync` when
it is full, and track frames it has no time for are never made. One that does not read at all is cut off after `STALL_S`.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, Final

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from openline.clock import to_rfc3339
from openline.errors import NotAllowed, NotSignedIn, OpenlineError
from openline.node.doors.door import reader, refusal, same_origin, shell_of, token_of
from openline.node.doors.shell import Shell
from openline.node.shown.events import Frame

PING_S: Final = 5.0
FRAME_S: Final = 1.0
FRAMES_AT_ONCE: Final = 100  # then others have a turn; what is sent at once travels in few packets
STALL_S: Final = 30.0  # six pings that nobody took
MESSAGE_BYTES_MAX: Final = 1_024  # a view is 80 bytes
SIGNED_OUT: Final = 4401
BAD_MESSAGE: Final = 4400
TRY_LATER: Final = 1013

View = tuple[float, float, float, float]


async def events(socket: WebSocket) -> None:
    """WS /ws/events?after=N"""
    shell = await _enter(socket)
    if shell is None:
        return
    after = _after(socket)
    if after is None:
        await _close(socket, BAD_MESSAGE, "after: a whole number")
        return
    await _while_open(socket, shell, "events", _send_events(socket, shell, after), _ignore_messages(socket))


async def tracks(socket: WebSocket) -> None:
    """WS /ws/tracks"""
    shell = await _enter(socket)
    if shell is None:
        return
    looking = _Looking()
    await _while_open(socket, shell, "tracks", _send_tracks(socket, shell, looking), _take_views(socket, looking))


class _Looking:
    """What part of the world one browser shows."""

    view: View | None = None


async def _enter(socket: WebSocket) -> Shell | None:
    """Accept a browser that is signed in and comes from our own page; None where it was refused."""
    shell = shell_of(socket)
    try:
        same_origin(socket)
        reader(socket)
    except (NotSignedIn, NotAllowed) as refused:
        shell.counters.add("openline_refusals_total", code=refused.code)
        await socket.send_denial_response(refusal(refused))
        return None
    await socket.accept()
    open_now = sum(shell.counters.get("openline_sockets", socket=one) for one in ("events", "tracks"))
    if open_now >= shell.settings.limits.sockets_max:
        await _close(socket, TRY_LATER, "too many browsers")
        return None
    return shell


async def _while_open(socket: WebSocket, shell: Shell, name: str, sending: Awaitable[None], hearing: Awaitable[None]) -> None:
    """Run both directions until one ends; the other is stopped."""
    tasks = [asyncio.ensure_future(one) for one in (sending, hearing)]
    shell.counters.add("openline_sockets", 1, socket=name)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        shell.counters.add("openline_sockets", -1, socket=name)
    for error in ended:
        if isinstance(error, TimeoutError):
            return  # it reads nothing, so it would not read our farewell either; the server cuts it off
        if isinstance(error, _Shut):
            await _close(socket, error.code, error.why)
        elif isinstance(error, Exception) and not isinstance(error, WebSocketDisconnect | OpenlineError):
            raise error
    await _close(socket, 1000, "")


class _Shut(Exception):
    def __init__(self, code: int, why: str) -> None:
        self.code = code
        self.why = why


async def _send_events(socket: WebSocket, shell: Shell, after: int) -> None:
    subscription = shell.desk.subscribe_events(after)
    stream = aiter(subscription)
    coming: asyncio.Future[dict[str, Any]] = asyncio.ensure_future(anext(stream))
    seq = after
    ping_at_ns = shell.tick_ns()
    try:
        while True:
            left_s = max(0.0, PING_S - (shell.tick_ns() - ping_at_ns) / 1e9)
            done, _ = await asyncio.wait([coming], timeout=left_s)
            if done:
                for frame in (coming.result(), *subscription.ready(FRAMES_AT_ONCE)):
                    seq = frame.get("seq", seq)
                    await _send_frame(socket, shell, frame)
                coming = asyncio.ensure_future(anext(stream))
            if (shell.tick_ns() - ping_at_ns) / 1e9 >= PING_S:
                _still_signed_in(socket, shell)
                ping_at_ns = shell.tick_ns()
                await _send_frame(socket, shell, {"seq": seq, "type": "ping", "data": {"now": to_rfc3339(shell.now_ns())}})
    except StopAsyncIteration:
        raise _Shut(1012, "the node is stopping") from None
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError, StopAsyncIteration):
            await coming
        subscription.close()


async def _send_frame(socket: WebSocket, shell: Shell, frame: dict[str, Any]) -> None:
    kind = str(frame.get("type", "other"))
    if kind == "resync":
        shell.counters.add("openline_socket_resyncs_total", socket="events")
    shell.counters.add("openline_socket_frames_total", socket="events", type=kind)
    text = frame.text if isinstance(frame, Frame) else msgspec.json.encode(frame).decode()
    await _send(socket.send_text(text))


async def _send_tracks(socket: WebSocket, shell: Shell, looking: _Looking) -> None:
    since = 0
    ticks = 0
    while True:
        started_ns = shell.tick_ns()
        if ticks % 5 == 0:
            _still_signed_in(socket, shell)
        names = shell.desk.names(since)
        since = names.pop("at", since)
        if names.get("names") or names.get("gone"):
            await _send(socket.send_text(msgspec.json.encode(names).decode()))
        await _send(socket.send_bytes(shell.desk.tracks_frame(looking.view)))
        shell.counters.add("openline_socket_frames_total", socket="tracks", type="frame")
        ticks += 1
        took_s = (shell.tick_ns() - started_ns) / 1e9
        await asyncio.sleep(max(0.05, FRAME_S - took_s))


async def _take_views(socket: WebSocket, looking: _Looking) -> None:
    while True:
        text = await _hear(socket)
        try:
            said = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            raise _Shut(BAD_MESSAGE, "JSON") from None
        looking.view = view_of(said)


def view_of(said: object) -> View | None:
    """`{"view": [west, south, east, north]}` or `{"view": null}`. Raises `_Shut` for anything else."""
    given = said.get("view", "none") if isinstance(said, dict) else "none"
    if given is None:
        return None
    if not isinstance(given, list) or len(given) != 4 or not all(_is_number(one) for one in given):
        raise _Shut(BAD_MESSAGE, "view: [west, south, east, north] in degrees, or null")
    west, south, east, north = (float(one) for one in given)
    if not (-90 <= south <= north <= 90 and abs(west) <= 540 and abs(east) <= 540):
        raise _Shut(BAD_MESSAGE, "view: degrees, south not above north")
    return west, south, east, north


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


async def _ignore_messages(socket: WebSocket) -> None:
    """Nothing is expected here; wait for the browser to go."""
    while True:
        await _hear(socket)


async def _hear(socket: WebSocket) -> str:
    """One text message. Raises `WebSocketDisconnect`, and `_Shut` for bytes or too much."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1005)
    text = message.get("text")
    if text is None or len(text) > MESSAGE_BYTES_MAX:
        raise _Shut(BAD_MESSAGE, f"a text of at most {MESSAGE_BYTES_MAX} characters")
    return str(text)


async def _send(sending: Awaitable[None]) -> None:
    async with asyncio.timeout(STALL_S):
        await sending


def _still_signed_in(socket: WebSocket, shell: Shell) -> None:
    try:
        shell.doorkeeper.session(token_of(socket))
    except NotSignedIn:
        raise _Shut(SIGNED_OUT, "signed out") from None


def _after(socket: WebSocket) -> int | None:
    text = socket.query_params.get("after", "-1")
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 18 else None


async def _close(socket: WebSocket, code: int, why: str) -> None:
    if socket.client_state is WebSocketState.CONNECTED and socket.application_state is WebSocketState.CONNECTED:
        with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
            await _send(socket.close(code, why))
