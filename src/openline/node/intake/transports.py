"""Where a feed's bytes come from: an HTTP address asked again and again, a file, a TCP sender. One class a transport.

Each has `run()`, which ends only when it is cancelled or a file that is not followed has ended. It gives bytes to the inbox as
they were heard, waits when the inbox is full, tells what became of its connection, and tries again after a failure
(`intake_link`). Bytes are never looked into here, but for this: what a lost connection left unfinished is spoilt with
`LINE_CUT`, and a whole answer or file becomes one framed document.
"""

import asyncio
import contextlib
from typing import Final, Protocol
from urllib.parse import urlsplit

import httpx2

from openline import __version__
from openline.clock import NS_PER_S
from openline.errors import BadSetting
from openline.feeds import LINE_KINDS
from openline.feeds.framing import DOCUMENT_BYTES_MAX, frame, inflate, whole_lines
from openline.node.intake.files import READ_BYTES_MAX, FilePoll, FileTail
from openline.node.intake.link import Inbox, Link, Lost, Pace, in_words

__all__ = ["FilePoll", "FileTail", "HttpPoll", "Inbox", "Pace", "Runs", "TcpClient", "intake"]

CONNECT_S: Final = 10.0
ANSWER_S: Final = 20.0  # for a whole HTTP answer: older than that, its positions are of no use
SILENT_S: Final = 130.0  # readsb sends an empty line every 60 s where there is nothing to say; two lost, and the sender is gone


class TcpClient:
    """Connects to a sender of lines (SBS, NDJSON, CSV) and reads until one of the two goes away."""

    def __init__(self, source: str, host: str, port: int, inbox: Inbox, pace: Pace, silent_s: float = SILENT_S) -> None:
        self._host = host
        self._port = port
        self._pace = pace
        self._silent_s = silent_s
        self._link = Link(source, inbox, pace)

    async def run(self) -> None:
        """Until cancelled."""
        await self._link.keep(self._once)

    async def _once(self) -> None:
        where = f"{self._host}:{self._port}"
        try:
            connecting = asyncio.open_connection(self._host, self._port, limit=READ_BYTES_MAX)
            reader, writer = await self._pace.within(CONNECT_S, connecting)
        except TimeoutError:
            raise Lost(f"{where} did not answer within {CONNECT_S:.0f} s") from None
        except (OSError, UnicodeError) as why:
            raise Lost(f"{where}: {in_words(why)}") from None
        self._link.say("up")
        try:
            await self._read(reader, where)
        except TimeoutError:
            raise Lost(f"{where} was silent for {self._silent_s:.0f} s") from None
        except OSError as why:
            raise Lost(f"{where}: {in_words(why)}") from None
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader, where: str) -> None:
        first = True
        while data := await self._pace.within(self._silent_s, reader.read(READ_BYTES_MAX)):
            await self._link.give_some(data, first)
            first = False
        raise Lost(f"{where} closed the connection")


class HttpPoll:
    """Asks an address every `poll_s` seconds; each answer is one document, or whole lines."""

    def __init__(self, source: str, url: str, poll_s: float, lines: bool, inbox: Inbox, pace: Pace) -> None:
        self._url = url
        self._poll_s = poll_s
        self._lines = lines
        self._pace = pace
        self._link = Link(source, inbox, pace)

    async def run(self) -> None:
        """Until cancelled."""
        await self._link.keep(self._once)

    async def _once(self) -> None:
        headers = {"user-agent": f"openline/{__version__}", "accept-encoding": "gzip", "cache-control": "no-cache"}
        limits = httpx2.Limits(max_connections=1)
        async with httpx2.AsyncClient(
            headers=headers, limits=limits, timeout=None, follow_redirects=False, trust_env=False
        ) as client:
            while True:
                asked_ns = self._pace.now_ns()
                try:
                    body = await self._pace.within(ANSWER_S, self._answer(client))
                except TimeoutError:
                    raise Lost(f"no whole answer within {ANSWER_S:.0f} s") from None
                except (httpx2.HTTPError, httpx2.InvalidURL, OSError, UnicodeError) as why:
                    raise Lost(in_words(why)) from None
                self._link.say("up")
                await self._link.give(body)
                took_s = max(0.0, (self._pace.now_ns() - asked_ns) / NS_PER_S)
                await self._pace.sleep(max(0.0, self._poll_s - took_s))

    async def _answer(self, client: httpx2.AsyncClient) -> bytes:
        """One answer, never more than the limit of it in memory."""
        async with client.stream("GET", self._url) as response:
            if response.status_code != 200:
                raise Lost(f"answered {response.status_code} {response.reason_phrase}".strip())
            coding = response.headers.get("content-encoding", "identity").lower()
            if coding not in ("identity", "gzip"):
                raise Lost(f"answered with content-encoding {coding[:40]}, not gzip or none")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > DOCUMENT_BYTES_MAX:
                    raise Lost(f"answered with more than {DOCUMENT_BYTES_MAX} bytes")
        if not self._lines:
            return frame(bytes(body))  # the decoder inflates, within its limit
        opened = inflate(bytes(body), DOCUMENT_BYTES_MAX) if coding == "gzip" else bytes(body)
        if isinstance(opened, str):
            raise Lost(f"answered with bytes that are not {opened}")
        return whole_lines(opened)


class Runs(Protocol):
    """An intake."""

    async def run(self) -> None:
        """Until cancelled, or until a file that is not followed has ended."""
        ...


def intake(source: str, kind: str, where: str, poll_s: float, inbox: Inbox, pace: Pace) -> Runs:
    """The intake for `where` of a feed: a URL, tcp://host:port, or a file. Raises `BadSetting`."""
    lines = kind in LINE_KINDS
    scheme = where.partition("://")[0].lower() if "://" in where else ""
    if scheme in ("http", "https"):
        return HttpPoll(source, where, poll_s, lines, inbox, pace)
    if scheme == "tcp":
        if not lines:
            raise BadSetting(f"feed {source!r}: kind {kind} does not come over tcp://; {', '.join(LINE_KINDS)} do")
        try:
            address = urlsplit(where)
            host, port = address.hostname, address.port
        except ValueError:
            host = port = None
        if not host or not port:
            raise BadSetting(f"feed {source!r}: where = {where!r} is not tcp://host:port")
        return TcpClient(source, host, port, inbox, pace)
    if scheme not in ("", "file"):
        raise BadSetting(f"feed {source!r}: where = {where!r} is no http://, https://, tcp:// address and no file")
    path = where.removeprefix("file://")
    return FileTail(source, path, poll_s, inbox, pace) if lines else FilePoll(source, path, poll_s, inbox, pace)
