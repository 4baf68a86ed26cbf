"""A dead link must look dead: within seconds, on every screen, and by itself alive again when the node is back."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WAIT_MS, Sit
from tests.browser.held import Held
from tests.stories.living import PASSWORD, Process, make_node

pytestmark = pytest.mark.browser
STALE_MS = 12_000  # six seconds of silence (web/src/pure/backoff.ts), and a loaded machine
AT_ONCE_MS = 4_000  # a connection that closed: no waiting for silence; the rest is a loaded machine
WATCHING = "Watching nothing: no zone"  # a node of one feed; a lost link would say that it is not known
BACK_MS = 30_000  # the longest pause between two tries is ten seconds


class Cable:
    """The wire between a browser and a node: whole, or pulled so that neither end is told."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._whole = threading.Event()
        self._whole.set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def pull(self) -> None:
        """From now on nothing passes, and nobody is told."""
        self._whole.clear()

    def plug(self) -> None:
        """A new wire: what was on the old one is lost."""
        for one in self._open:
            one.close()
        self._open.clear()
        self._whole.set()

    def close(self) -> None:
        """Away with it."""
        self._server.close()
        self.plug()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(self._to)
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, come: socket.socket, go: socket.socket) -> None:
        with suppress(OSError):
            while data := come.recv(65_536):
                self._whole.wait()
                go.sendall(data)
        for one in (come, go):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextmanager
def cable(day: Held) -> Iterator[Cable]:
    wire = Cable(int(day.url.rpartition(":")[2]))
    try:
        yield wire
    finally:
        wire.close()


def is_old(page: Page, within_ms: int = STALE_MS) -> None:
    """The page says so itself, above everything and at the link's place."""
    expect(page.get_by_role("alert").filter(has_text="This picture is old.")).to_be_visible(timeout=within_ms)
    expect(page.locator("header")).to_contain_text("No link")
    expect(page.locator("header")).to_contain_text("Watching: not known")


def test_a_pulled_cable_is_seen_and_what_was_missed_comes_when_it_is_back(day: Held, sit: Sit) -> None:
    with cable(day) as wire:
        alarm = day.newcomer("behind the cable")  # this test's own: nobody else has acknowledged it
        page = sit("omar", url=wire.url, quiet=False).page
        row = page.locator(f'[data-alarm="{alarm}"]')
        expect(row).to_be_visible()
        expect(page.locator("header")).to_contain_text("Link ", timeout=WAIT_MS)  # a ping comes every five seconds
        page.evaluate("window.loaded = 'once'")
        wire.pull()
        is_old(page)
        expect(row).to_be_visible()  # the alarms stay, and are marked as old

        day.act("alarm.acknowledge", who="olga", alarm=alarm)
        wire.plug()
        expect(row.locator(".state")).to_contain_text("Acknowledged by olga", timeout=BACK_MS)
        expect(page.get_by_text("This picture is old.")).to_have_count(0)
        assert page.evaluate("window.loaded") == "once"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def test_a_killed_node_is_seen_at_once_and_the_page_goes_on_by_itself_when_it_is_back(sit: Sit, tmp_path: Path) -> None:
    node = make_node(tmp_path / "node")
    settings = node / "openline.toml"
    settings.write_text(settings.read_text().replace("port = 0", f"port = {free_port()}"))
    first = Process(node)
    page = sit(None, url=first.wait(), quiet=False).page
    enter(page)
    page.evaluate("window.loaded = 'once'")
    first.kill()
    is_old(page, AT_ONCE_MS)  # the connection closed, which is seen without waiting for silence

    second = Process(node)
    try:
        second.wait()
        expect(page.locator("header .watch")).to_have_text(WATCHING, timeout=BACK_MS)  # a session outlives its node
        expect(page.get_by_text("This picture is old.")).to_have_count(0)
        assert page.evaluate("window.loaded") == "once"
    finally:
        assert second.stop() == 0


def enter(page: Page) -> None:
    """Sign in, until the node is seen to watch."""
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("header .watch")).to_have_text(WATCHING)
