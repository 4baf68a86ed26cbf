"""A liar that is called: whatever it answers, the line says so, the pauses grow, and the other lines do not notice."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import msgspec

from openline.line.message import hash_of
from openline.line.names import LANES
from openline.node.line import certificates
from openline.node.line.listener import CONNECTIONS_EACH_MAX
from openline.record.envelope import unwrap
from openline.seal import b64
from tests.stories.liar import LIAR, Liar
from tests.stories.liar_stage import Stage
from tests.stories.two_nodes import SOUTH, Two, running, warning

Answer = Callable[[str, bytes], bytes]
"""(path, body) → the bytes of an HTTP answer; empty hangs up"""


def http(body: bytes, status: str = "200 OK", *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *more]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Server:
    """TLS with the liar's certificate; answers as it is told, and notes when it was called."""

    def __init__(self, liar: Liar, answer: Answer) -> None:
        self.liar = liar
        self.answer = answer
        self.calls: list[tuple[float, str]] = []

    async def start(self) -> str:
        """Its address."""
        context: ssl.SSLContext = certificates.listening(self.liar.pair)
        certificates.trust(context, msgspec.json.decode(self.liar.desk.node.card()["card"])["certificates"])
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        return f"https://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    def times(self, path: str) -> list[float]:
        """When it was called there."""
        return [at_s for at_s, called in self.calls if called == path]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                sizes = [int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")]
                body = await reader.readexactly(sizes[0] if sizes else 0)
                path = lines[0].split(" ")[1].rpartition("/")[2]
                self.calls.append((time.monotonic(), path))
                said = self.answer(path, body)
                if not said:
                    return
                writer.write(said)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.transport.abort()


def tell(folder: Path, answer: Answer, story: Callable[[Stage, Server], Awaitable[None]]) -> None:
    async def run() -> None:
        stage = Stage(folder)
        await stage.desk.start()
        server = Server(stage.liar, answer)
        try:
            await stage.desk.meet(stage.liar.card(await server.start()))
            await story(stage, server)
            assert not stage.desk.entries("mistake")
        finally:
            await stage.desk.stop()
            server.server.close()

    asyncio.run(run())


def test_answers_that_mean_nothing_are_a_line_that_is_down_and_why(tmp_path: Path) -> None:
    lies = [
        http(b"", "500 Internal Server Error"),
        http(b"junk"),
        http(b"[" * 100_000),
        http(b"x" * 10_000_000),
        http(b"", "302 Found", "location: https://127.0.0.1:1/line/v1/hello"),
        http(b"\x1f\x8b" + b"0" * 1_000, "200 OK", "content-encoding: gzip"),
        http(b"", "409 Conflict"),
        b"HTTP/1.1 999 \r\n\r\n",
        b"\x00" * 10_000,
        b"",
    ]
    whys: set[str] = set()

    async def story(stage: Stage, server: Server) -> None:
        def seen() -> bool:
            whys.add(stage.line.why)
            return len(server.calls) > len(lies)

        await stage.until(seen, "every lie was told")
        assert stage.line.state == "down"
        assert len(whys) > 4
        gaps = [later - earlier for (earlier, _), (later, _) in zip(server.calls[-4:-1], server.calls[-3:], strict=True)]
        assert max(gaps) > 0.5

    told = iter(range(10**6))
    tell(tmp_path, lambda path, body: lies[next(told) % len(lies)], story)


def test_a_hello_that_another_signed_opens_nothing(tmp_path: Path) -> None:
    async def story(stage: Stage, server: Server) -> None:
        stranger = Liar(tmp_path / "stranger", stage.desk, LIAR)
        server.answer = lambda path, body: http(stranger.answers(body) if body else b'{"manifests":[],"certificates":[]}')
        await stage.until(lambda: "its hello is not good" in stage.line.why, "it is refused")
        assert all(out.unheard for out in stage.line.lanes.out)
        assert not stage.desk.entries("hello.in")

    tell(tmp_path, lambda path, body: b"", story)


def test_to_who_withholds_receipts_everything_is_sent_again_with_pauses_that_grow(tmp_path: Path) -> None:
    kept: list[bytes] = []

    async def story(stage: Stage, server: Server) -> None:
        liar = stage.liar

        def silent(path: str, body: bytes) -> bytes:
            if path == "hello":
                return http(liar.answers(body))
            kept.extend(frame.encode() for frame in msgspec.json.decode(body).get("frames", ()))
            return http(msgspec.json.encode({"next": {str(lane): 1 for lane in LANES}}))

        server.answer = silent
        await stage.until(lambda: stage.line.state == "up", "the line is up")
        talk = await stage.desk.send("warning.relay", warning(stage.desk.clock), "flash")
        begun = len(server.times("frames"))
        await stage.until(lambda: len(kept) >= 6, "it was sent six times")
        assert len(set(kept)) == 1
        assert talk.conversation.states["life"] == "queued"
        times = server.times("frames")[begun:]
        assert times[-1] - times[-2] > 0.3

        payload = unwrap(kept[0], "application/vnd.openline.message+json", "kept").payload
        given = msgspec.json.encode({"receipts": [liar.receipt(0, 1, hash_of(payload))]})
        server.answer = lambda path, body: http(liar.answers(body) if path == "hello" else given)
        await stage.until(lambda: talk.conversation.states["life"] == "stored", "its receipt is heeded")

    tell(tmp_path, lambda path, body: b"", story)


def test_a_flood_from_one_counterpart_does_not_reach_the_line_of_another(tmp_path: Path) -> None:
    """The south's FLASH arrives while a liar sends the north all that it can, over all the connections it gets."""

    async def story() -> None:
        async with running(Two(tmp_path)) as two:
            liar = Liar(tmp_path / "liar", two.north, LIAR)
            await two.north.meet(liar.card())
            board = two.north.node.switchboard
            assert board is not None
            await two.until(lambda: LIAR in board.peers, "the liar is known")
            async with liar.calling() as liar.client:
                await liar.greet()
                frames = [liar.says(2) for _ in range(200)]
                over = asyncio.Event()

                async def flood() -> None:
                    async with liar.calling() as client:
                        body = msgspec.json.encode({"session": b64(liar.session), "frames": frames})
                        while not over.is_set():
                            try:
                                await client.post("/line/v1/frames", content=body)
                            except httpx2.HTTPError:
                                await asyncio.sleep(0.01)

                floods = [asyncio.create_task(flood()) for _ in range(4)]
                try:
                    for _ in range(3):
                        talk = await two.south.send("warning.relay", warning(two.clock), "flash", to="north.example")
                        await two.until(lambda talk=talk: two.south.state(talk, "life") == "stored", "it is stored there")  # type: ignore[misc]
                finally:
                    over.set()
                    await asyncio.gather(*floods)
            assert two.north.line(SOUTH).state == "up"

    asyncio.run(story())


def test_one_certificate_gets_so_many_connections_and_no_more(tmp_path: Path) -> None:
    async def story(stage: Stage, server: Server) -> None:
        await stage.known()
        clients = [stage.liar.calling() for _ in range(CONNECTIONS_EACH_MAX + 8)]

        async def answered(client: httpx2.AsyncClient) -> bool:
            try:
                return (await client.get("/line/v1/keys?after=0")).status_code in (200, 429)
            except httpx2.HTTPError:
                return False

        good = [await answered(client) for client in clients]
        assert good.count(True) == CONNECTIONS_EACH_MAX
        for client in clients:
            await client.aclose()
        for _ in range(200):  # the listener notices a little later that they are gone
            async with stage.liar.calling() as client:
                if await answered(client):
                    return
        raise AssertionError("nobody gets in any more")

    tell(tmp_path, lambda path, body: b"", story)
