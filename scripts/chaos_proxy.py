"""A TCP proxy that misbehaves on command: it cuts, refuses, stalls, and breaks connections with bytes still on their way."""

import asyncio
import contextlib
import socket
import struct
import threading
from typing import Final, Literal

Mode = Literal["open", "refuse", "stall"]
PIECE_BYTES: Final = 16_384
LINGER_NOW: Final = struct.pack("ii", 1, 0)  # closing then sends RST, and what was not sent is lost


class Proxy:
    """One way into a node: from a port of its own to the node's."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.mode: Mode = "open"
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._going = asyncio.Event()
        self._going.set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def _serve(self) -> asyncio.Server:
        return await asyncio.start_server(self._connected, "127.0.0.1", 0)

    def set(self, mode: Mode) -> None:
        """`refuse`: every connection is broken at once. `stall`: bytes are kept and nothing moves."""
        self.mode = mode

        def apply() -> None:
            if mode == "stall":
                self._going.clear()
            else:
                self._going.set()

        self._loop.call_soon_threadsafe(apply)
        if mode == "refuse":
            self.reset()

    def reset(self) -> None:
        """Break every connection that is open now; what was on its way is lost."""
        self._loop.call_soon_threadsafe(self._break_all)

    def close(self) -> None:
        """For good."""

        async def end() -> None:
            self._server.close()
            self._break_all()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _break_all(self) -> None:
        for writer in list(self._writers):
            _break(writer)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode == "refuse":
            _break(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:
            _break(writer)
            return
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for one in (writer, far_writer):
                self._writers.discard(one)
                _break(one)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(PIECE_BYTES):
            await self._going.wait()
            writer.write(data)
            await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()


def _break(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOW)
    writer.transport.abort()
