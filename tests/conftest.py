"""What every test stands on: no network beyond this machine, and Hypothesis with a quick and a thorough profile."""

import os
import shutil
import socket
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from openline.record.store import ballast

SLOW = [HealthCheck.too_slow]  # two cores are shared by many; how long an example takes says nothing here
settings.register_profile("quick", max_examples=100, deadline=None, derandomize=True, suppress_health_check=SLOW)
settings.register_profile("thorough", max_examples=20_000, deadline=None, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("OPENLINE_TESTS", "quick"))

NEAR = ("127.", "::1", "localhost", "0.0.0.0", "::ffff:127.")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(autouse=True)
def this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anywhere but this machine fails the test that made it."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def near(sock: socket.socket, address: Any) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(NEAR):
            raise AssertionError(f"a test reached for the network: {address!r}")

    def guarded(sock: socket.socket, address: Any) -> None:
        near(sock, address)
        connect(sock, address)

    def guarded_ex(sock: socket.socket, address: Any) -> int:
        near(sock, address)
        return connect_ex(sock, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)


@pytest.fixture(autouse=True)
def little_ballast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes of tests are many and stay on disk for a while: the ballast of each is a millionth of it."""
    monkeypatch.setattr(ballast, "SHARE_OF_DISK", 1 << 20)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of this machine; without one the browser tests are skipped, and the summary says so loudly."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    pytest.skip("NO BROWSER: no Chromium here, so nothing was seen in a real browser (apt-get install chromium)")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what was not tested."""
    unseen = [report for report in terminalreporter.stats.get("skipped", []) if "NO BROWSER" in str(report.longrepr)]
    if unseen:
        said = f"!! {len(unseen)} BROWSER TESTS WERE SKIPPED: there is no Chromium on this machine"
        terminalreporter.write_line(said, red=True, bold=True)
