"""Files as feeds: written anew, growing, replaced, missing, and no file at all."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from openline.feeds.framing import DOCUMENT_BYTES_MAX, LINE_CUT, frame
from openline.node.intake.link import RETRY_S_MIN
from openline.node.intake.transports import FilePoll, FileTail
from tests.rooms.node.intake_stage import POLL_S, Stage, run


def poll(stage: Stage, path: Path) -> FilePoll:
    return FilePoll("roof", str(path), POLL_S, stage.inbox, stage.clock.pace)


def tail(stage: Stage, path: Path, follow: bool = True) -> FileTail:
    return FileTail("roof", str(path), POLL_S, stage.inbox, stage.clock.pace, follow)


def test_a_file_is_given_whole_when_it_has_changed_and_only_then(tmp_path: Path):
    async def test(stage: Stage) -> None:
        path = tmp_path / "aircraft.json"
        path.write_bytes(b"{1}")
        stage.start(poll(stage, path))
        assert await stage.inbox.given.get() == frame(b"{1}")
        await stage.clock.passes(POLL_S)
        new = tmp_path / "new"
        new.write_bytes(b"{22}")
        new.replace(path)
        await stage.clock.passes(POLL_S)
        assert await stage.inbox.given.get() == frame(b"{22}")
        assert stage.inbox.given.empty()

    run(test)


def test_a_file_that_is_missing_is_told_and_read_when_it_comes(tmp_path: Path):
    async def test(stage: Stage) -> None:
        path = tmp_path / "aircraft.json"
        stage.start(poll(stage, path))
        assert "No such file" in await stage.told("connecting", "down")
        path.write_bytes(b"{}")
        await stage.clock.passes(1.0)
        await stage.told("up")
        assert await stage.inbox.given.get() == frame(b"{}")

    run(test)


@pytest.mark.parametrize("reader", [poll, tail])
def test_a_file_that_comes_late_is_looked_for_every_second_however_late(
    tmp_path: Path, reader: Callable[[Stage, Path], FilePoll | FileTail]
):
    async def test(stage: Stage) -> None:
        path = tmp_path / "later" / "aircraft.json"
        stage.start(reader(stage, path))
        await stage.told("connecting", "down")
        for _ in range(30):
            await stage.clock.passes(RETRY_S_MIN)
        await stage.clock.sleeper(RETRY_S_MIN)
        path.parent.mkdir()
        path.write_bytes(b"{}\n")
        await stage.clock.passes(RETRY_S_MIN)
        await stage.told("up")
        assert b"{}" in await stage.inbox.given.get()
        assert stage.inbox.told.empty()

    run(test)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_ordinary_file_is_not_read(tmp_path: Path, make: Callable[[str], None]):
    async def test(stage: Stage) -> None:
        path = tmp_path / "odd"
        make(str(path))
        stage.start(tail(stage, path))
        assert "not an ordinary file" in await stage.told("connecting", "down")

    run(test)


def test_a_file_over_the_limit_is_told_and_not_kept(tmp_path: Path):
    async def test(stage: Stage) -> None:
        path = tmp_path / "big"
        with path.open("wb") as file:
            file.truncate(DOCUMENT_BYTES_MAX + 1)
        stage.start(poll(stage, path))
        assert "larger than" in await stage.told("connecting", "down")

    run(test)


def test_a_file_of_lines_is_read_and_then_followed(tmp_path: Path):
    async def test(stage: Stage) -> None:
        path = tmp_path / "log.ndjson"
        path.write_bytes(b"one\ntw")
        stage.start(tail(stage, path))
        assert await stage.inbox.given.get() == b"one\ntw"
        with path.open("ab") as file:
            file.write(b"o\n")
        await stage.clock.passes(POLL_S)
        assert await stage.inbox.given.get() == b"o\n"

    run(test)


def test_a_replaced_file_is_read_from_its_beginning_and_half_a_line_is_spoilt(tmp_path: Path):
    async def test(stage: Stage) -> None:
        path = tmp_path / "log.ndjson"
        path.write_bytes(b"one\ntw")
        stage.start(tail(stage, path))
        await stage.inbox.given.get()
        await stage.clock.sleeper(POLL_S)
        new = tmp_path / "new"
        new.write_bytes(b"three\n")
        new.replace(path)
        await stage.clock.passes(POLL_S)
        await stage.clock.passes(RETRY_S_MIN / 2)
        assert await stage.inbox.given.get() == LINE_CUT + b"three\n"

    run(test)


def test_a_file_cut_short_is_read_from_its_beginning(tmp_path: Path):
    async def test(stage: Stage) -> None:
        path = tmp_path / "log.ndjson"
        path.write_bytes(b"one\ntwo\n")
        stage.start(tail(stage, path))
        await stage.inbox.given.get()
        await stage.clock.sleeper(POLL_S)
        path.write_bytes(b"1\n")
        await stage.clock.passes(POLL_S)
        await stage.clock.passes(RETRY_S_MIN / 2)
        assert await stage.inbox.given.get() == b"1\n"

    run(test)


def test_a_file_that_is_not_followed_ends_with_its_last_line_whole(tmp_path: Path):
    async def test(stage: Stage) -> None:
        path = tmp_path / "log.csv"
        path.write_bytes(b"x" * 70_000 + b"\nlast")
        await stage.start(tail(stage, path, follow=False))
        given = [stage.inbox.given.get_nowait() for _ in range(stage.inbox.given.qsize())]
        assert b"".join(given) == b"x" * 70_000 + b"\nlast\n"
        assert max(len(piece) for piece in given) <= 65_536
        assert "end" in await stage.told("connecting", "up", "off")

    run(test)
