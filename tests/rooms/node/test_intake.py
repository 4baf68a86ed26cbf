"""Intakes against real senders on this machine: cut, silent, refused, overfull. Their clock is ours, so nothing here waits."""

import asyncio
import gzip
from typing import Any

import pytest

from openline.errors import BadSetting
from openline.feeds import decoder
from openline.feeds.framing import DOCUMENT_BYTES_MAX, LINE_CUT, frame
from openline.feeds.report import Refusal, Report
from openline.node.intake.link import RETRY_S_MAX, RETRY_S_MIN, pause_s
from openline.node.intake.transports import ANSWER_S, CONNECT_S, SILENT_S, FilePoll, FileTail, HttpPoll, TcpClient, intake
from tests.rooms.node.intake_stage import POLL_S, Serve, Stage, run


def tcp(stage: Stage, port: int) -> TcpClient:
    return TcpClient("roof", "127.0.0.1", port, stage.inbox, stage.clock.pace)


def http(stage: Stage, port: int, lines: bool = False) -> HttpPoll:
    return HttpPoll("roof", f"http://127.0.0.1:{port}/data/aircraft.json", POLL_S, lines, stage.inbox, stage.clock.pace)


def answering(*answers: bytes, hold: bool = False) -> Serve:
    """A server that gives one answer after another, each on its own connection."""
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()
        if hold:
            await reader.read()
        writer.close()

    return serve


def ok(body: bytes, *headers: str) -> bytes:
    head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", "Connection: close", *headers])
    return head.encode() + b"\r\n\r\n" + body


def sending(*pieces: bytes, hold: bool = True) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if hold:
            await reader.read()
        writer.close()

    return serve


# ── pauses ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_pause_doubles_up_to_its_limit():
    assert [pause_s(n, 0.0) for n in (1, 2, 3, 10, 10_000)] == [RETRY_S_MIN, 2.0, 4.0, RETRY_S_MAX, RETRY_S_MAX]


def test_chance_takes_away_at_most_half_a_pause():
    assert [pause_s(3, chance) for chance in (0.0, 0.5, 1.0)] == [4.0, 3.0, 2.0]


def test_work_that_ends_in_time_gives_its_result_and_leaves_no_clock_behind():
    async def test(stage: Stage) -> None:
        async def work() -> int:
            return 7

        assert await stage.clock.pace.within(5.0, work()) == 7
        assert stage.clock.asleep == []

    run(test)


# ── TCP ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_bytes_come_as_they_were_sent():
    async def test(stage: Stage) -> None:
        port = await stage.serve(sending(b"one\ntw"))
        stage.start(tcp(stage, port))
        await stage.told("connecting", "up")
        assert await stage.inbox.given.get() == b"one\ntw"
        assert stage.inbox.heard == [stage.clock.at_ns]

    run(test)


def test_a_refused_connection_is_tried_again_with_longer_pauses_and_told_once():
    async def test(stage: Stage) -> None:
        port = await stage.serve(sending())
        stage.servers.pop().close()
        stage.start(tcp(stage, port))
        assert "refused" in (await stage.told("connecting", "down")).lower()
        for pause in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0):
            await stage.clock.passes(pause)
        assert stage.inbox.told.empty()

    run(test)


def test_a_sender_that_comes_back_is_up_again_and_the_pauses_begin_anew():
    async def test(stage: Stage) -> None:
        port = await stage.serve(sending(b"a\n", hold=False))
        stage.start(tcp(stage, port))
        await stage.told("connecting")
        for _ in range(3):
            assert "closed" in await stage.told("up", "down")
            await stage.clock.passes(1.0)

    run(test)


def test_half_a_line_before_a_lost_connection_is_spoilt():
    async def test(stage: Stage) -> None:
        port = await stage.serve(sending(b'{"id":"a","lat":5', hold=False))
        stage.start(tcp(stage, port))
        first = await stage.inbox.given.get()
        await stage.clock.passes(1.0)
        assert (await stage.inbox.given.get()).startswith(LINE_CUT)
        assert not first.startswith(LINE_CUT)

    run(test)


def test_a_silent_sender_is_given_up():
    async def test(stage: Stage) -> None:
        port = await stage.serve(sending(b"one\n"))
        stage.start(tcp(stage, port))
        await stage.told("connecting", "up")
        await stage.inbox.given.get()
        await stage.clock.passes(SILENT_S)
        assert "silent for 130 s" in await stage.told("down")

    run(test)


def test_a_sender_that_does_not_answer_is_given_up():
    async def test(stage: Stage) -> None:
        async def never(*_: Any, **__: Any) -> Any:
            await asyncio.get_running_loop().create_future()

        client = tcp(stage, 9)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(asyncio, "open_connection", never)
            stage.start(client)
            await stage.told("connecting")
            await stage.clock.passes(CONNECT_S)
            assert "within 10 s" in await stage.told("down")

    run(test)


def test_a_name_that_cannot_be_is_told_and_does_not_end_the_intake():
    async def test(stage: Stage) -> None:
        task = stage.start(TcpClient("roof", "a" * 300, 1, stage.inbox, stage.clock.pace))
        await stage.told("connecting", "down")
        assert not task.done()

    run(test)


def test_a_line_of_ten_megabytes_passes_in_small_pieces_and_is_refused_once():
    async def test(stage: Stage) -> None:
        port = await stage.serve(sending(b"x" * 10_000_000, b'\n{"id":"a","time":"2017-05-18T09:30:00Z","lat":1,"lon":2}\n'))
        stage.start(tcp(stage, port))
        reads = decoder("ndjson", "roof")
        out: list[Report | Refusal] = []
        while not (out and isinstance(out[-1], Report)):
            piece = await stage.inbox.given.get()
            assert len(piece) <= 65_536
            out += reads.receive(piece, 0)
        assert len(out) == 2

    run(test)


def test_a_full_inbox_stops_the_reading():
    async def test(stage: Stage) -> None:
        stage.inbox.open.clear()
        port = await stage.serve(sending(b"one\n"))
        stage.start(tcp(stage, port))
        await stage.told("connecting", "up")
        stage.clock.at_ns += 5_000_000_000
        assert stage.inbox.given.empty()
        stage.inbox.open.set()
        assert await stage.inbox.given.get() == b"one\n"

    run(test)


def test_a_stopped_intake_says_that_it_is_off():
    async def test(stage: Stage) -> None:
        port = await stage.serve(sending(b"one\n"))
        task = stage.start(tcp(stage, port))
        await stage.told("connecting", "up")
        task.cancel()
        await stage.told("off")

    run(test)


# ── HTTP ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_answer_is_one_document():
    async def test(stage: Stage) -> None:
        port = await stage.serve(answering(ok(b"{1}"), ok(b"{2}")))
        stage.start(http(stage, port))
        await stage.told("connecting", "up")
        assert await stage.inbox.given.get() == frame(b"{1}")
        await stage.clock.passes(POLL_S)
        assert await stage.inbox.given.get() == frame(b"{2}")
        assert stage.inbox.told.empty()

    run(test)


def test_a_packed_answer_is_recorded_packed_and_opened_by_the_decoder():
    async def test(stage: Stage) -> None:
        packed = gzip.compress(b"{}")
        port = await stage.serve(answering(ok(packed, "Content-Encoding: gzip")))
        stage.start(http(stage, port))
        assert await stage.inbox.given.get() == frame(packed)

    run(test)


def test_lines_over_http_are_closed_and_opened_here():
    async def test(stage: Stage) -> None:
        port = await stage.serve(answering(ok(b"a,b"), ok(gzip.compress(b"c,d"), "Content-Encoding: gzip")))
        stage.start(http(stage, port, lines=True))
        assert await stage.inbox.given.get() == b"a,b\n"
        await stage.clock.passes(POLL_S)
        assert await stage.inbox.given.get() == b"c,d\n"

    run(test)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "503 Busy"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n", "302"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut", "without sending complete"),
        (b"", "disconnected"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", ""),
        (b"\x00" * 500, ""),
        (ok(b"x", "Content-Encoding: br"), "content-encoding br"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n", ""),
    ],
)
def test_an_answer_that_is_no_document_is_told_and_tried_again(answer: bytes, words: str):
    async def test(stage: Stage) -> None:
        port = await stage.serve(answering(answer))
        task = stage.start(http(stage, port))
        assert words in await stage.told("connecting", "down")
        await stage.clock.passes(1.0)
        await stage.clock.passes(2.0)
        assert stage.inbox.given.empty()
        assert not task.done()

    run(test)


def test_an_answer_that_never_ends_is_given_up_in_time():
    async def test(stage: Stage) -> None:
        port = await stage.serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nslow", hold=True))
        stage.start(http(stage, port))
        await stage.told("connecting")
        await stage.clock.passes(ANSWER_S)
        assert "no whole answer" in await stage.told("down")

    run(test)


def test_an_answer_over_the_limit_is_not_kept():
    async def test(stage: Stage) -> None:
        async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                for _ in range(DOCUMENT_BYTES_MAX // 1_048_576 + 8):
                    writer.write(b" " * 1_048_576)
                    await writer.drain()
            except ConnectionError:
                pass
            writer.close()

        port = await stage.serve(endless)
        stage.start(http(stage, port))
        assert "more than" in await stage.told("connecting", "down")
        assert stage.inbox.given.empty()

    run(test)


def test_lines_packed_as_a_bomb_are_not_opened():
    async def test(stage: Stage) -> None:
        bomb = gzip.compress(b"\n" * (DOCUMENT_BYTES_MAX + 10), 9)
        port = await stage.serve(answering(ok(bomb, "Content-Encoding: gzip")))
        stage.start(http(stage, port, lines=True))
        assert "opens to at most" in await stage.told("connecting", "down")

    run(test)


def test_polls_keep_their_rhythm_however_long_an_answer_took():
    async def test(stage: Stage) -> None:
        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            stage.clock.at_ns += 3_000_000_000
            writer.write(ok(b"{}"))
            writer.close()

        port = await stage.serve(slow)
        stage.start(http(stage, port))
        await stage.inbox.given.get()
        await stage.clock.passes(POLL_S - 3.0)
        await stage.inbox.given.get()

    run(test)


# ── which one ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "where", "found"),
    [
        ("readsb", "http://10.0.0.5/data/aircraft.json", HttpPoll),
        ("csv", "https://example.org/log.csv", HttpPoll),
        ("sbs", "tcp://10.0.0.5:30003", TcpClient),
        ("sbs", "tcp://[::1]:30003", TcpClient),
        ("readsb", "/run/readsb/aircraft.json", FilePoll),
        ("gpx", "walk.gpx", FilePoll),
        ("ndjson", "file:///var/log/positions.ndjson", FileTail),
    ],
)
def test_the_address_and_the_kind_say_which_intake_it_is(kind: str, where: str, found: type):
    async def test(stage: Stage) -> None:
        assert type(intake("roof", kind, where, POLL_S, stage.inbox, stage.clock.pace)) is found

    run(test)


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("readsb", "tcp://10.0.0.5:30003"),
        ("sbs", "tcp://10.0.0.5"),
        ("sbs", "tcp://10.0.0.5:0"),
        ("sbs", "tcp://x:99999"),
        ("sbs", "udp://10.0.0.5:1"),
    ],
)
def test_an_address_that_cannot_be_is_our_mistake_and_named(kind: str, where: str):
    async def test(stage: Stage) -> None:
        with pytest.raises(BadSetting, match="roof"):
            intake("roof", kind, where, POLL_S, stage.inbox, stage.clock.pace)

    run(test)
