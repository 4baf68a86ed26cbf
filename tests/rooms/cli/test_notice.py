"""`openline notice`: a link is made, said once, and followed, through the running node's socket."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.node.doors import commands
from openline.node.doors.control import Control
from tests.rooms.cli.conftest import Command
from tests.rooms.node.doors import Doors
from tests.rooms.node.fake_desk import TANF

MAKE = ("notice", "make", TANF.id, "--to", "Driver", "--over", "sms")


class Running:
    """A node's doors behind their control socket, on a loop of their own, because a command brings its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.doors = Doors()
        self._loop = asyncio.new_event_loop()
        self._control = Control(folder, commands.handlers(self.doors.shell, lambda: "http://127.0.0.1:8470"))

    def __enter__(self) -> "Running":
        self._loop.run_until_complete(self._control.start())
        self._thread = threading.Thread(None, self._loop.run_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        asyncio.run_coroutine_threadsafe(self._control.stop(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with Running(tmp_path) as node:
        yield node


def test_a_link_is_made_and_its_page_is_there(openline: Command, running: Running) -> None:
    said = openline(*MAKE, "--node", running.folder)
    link = said.out.strip()

    assert said.code == 0
    assert running.doors.client.get(link.removeprefix("http://127.0.0.1:8470")).status_code == 200
    assert "works on this machine only" in said.err


def test_a_notice_nobody_answered_is_red_in_the_list(openline: Command, running: Running) -> None:
    openline(*MAKE, "--node", running.folder)
    (line,) = [line for line in openline("notice", "list", "--node", running.folder).out.splitlines() if "Driver" in line]

    assert line.split()[0] == "red"
    assert "made" in line


def test_a_notice_is_taken_back_with_a_reason(openline: Command, running: Running) -> None:
    openline(*MAKE, "--node", running.folder)
    (notice,) = json.loads(openline("notice", "list", "--json", "--node", running.folder).out)
    said = openline("notice", "revoke", notice["id"], "--reason", "spoke on the phone", "--node", running.folder)

    assert said.out.strip() == f"{notice['id']}: revoked"


def test_json_gives_the_link_to_a_program(openline: Command, running: Running) -> None:
    made = json.loads(openline(*MAKE, "--json", "--node", running.folder).out)

    assert made["link"].startswith("http://127.0.0.1:8470/g/")


@pytest.mark.parametrize("ending", [".svg", ".png"])
def test_the_code_to_be_photographed_is_written(openline: Command, running: Running, tmp_path: Path, ending: str) -> None:
    said = openline(*MAKE, "--code", tmp_path / f"code{ending}", "--node", running.folder)

    assert said.code == 0
    assert (tmp_path / f"code{ending}").stat().st_size > 100


@pytest.mark.parametrize("code", ["/nowhere/code.svg", "code.docx"])
def test_where_the_code_cannot_be_written_no_link_is_made(openline: Command, running: Running, code: str) -> None:
    said = openline(*MAKE, "--code", code, "--node", running.folder)

    assert said.code == 2
    assert running.doors.desk.notices == {}


def test_a_zone_that_is_not_there_is_refused(openline: Command, running: Running) -> None:
    said = openline("notice", "make", "nowhere", "--to", "x", "--over", "y", "--node", running.folder)

    assert said.code == 2
    assert "zone: 'nowhere' is not accepted" in said.err


def test_a_slip_to_print_stands_alone(openline: Command, running: Running, tmp_path: Path) -> None:
    slip = tmp_path / "slip.html"
    said = openline(*MAKE, "--slip", slip, "--node", running.folder)
    text = slip.read_text("utf-8")

    assert said.out.strip() in text
    assert 'src="data:image/svg+xml' in text
    assert [one for one in ('src="http', "href", "<script", "url(") if one in text] == []


def test_a_notice_is_of_a_zone_or_of_a_message(openline: Command, running: Running) -> None:
    for more in ((), (TANF.id, "--for", "south.example/1")):
        said = openline("notice", "make", *more, "--to", "Driver", "--over", "sms", "--node", running.folder)
        assert said.code != 0
        assert "--for" in said.err


def test_a_link_for_a_message_names_its_unit(openline: Command, running: Running) -> None:
    said = openline("notice", "make", "--for", "south.example/1", "--to", "x", "--over", "sms", "--node", running.folder)
    assert said.code != 0
    assert "--unit" in said.err
