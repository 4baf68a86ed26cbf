"""Real node processes for chaos: made with a line of their own, started, asked, killed and started again."""

import os
import re
import secrets
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from openline.errors import OpenlineError
from openline.node.doors.control import call
from openline.node.init import Answers, create

NODE: Final = Path(__file__).with_name("chaos_node.py")
PORTS: Final = (20_000, 32_000)
START_S: Final = 120.0  # two cores may be shared by many
CRASHED: Final = 86  # exit code of a node that ended at a fail point


class Unhashed:
    """Nobody signs in to these nodes."""

    def hash(self, password: str) -> str:
        """No hash."""
        return f"not hashed {len(password)}"

    def verify(self, hashed: str, password: str) -> bool:
        """Never."""
        return False


def free_port() -> int:
    """A TCP port that nobody listens on now, below those that outgoing connections take: a node that is dead gets it again."""
    for _ in range(1_000):
        port = PORTS[0] + secrets.randbelow(PORTS[1] - PORTS[0])
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")


class RealNode:
    """`openline serve` in a process of its own, whose clock can be moved."""

    def __init__(self, folder: Path, party: str, port: int) -> None:
        self.folder = folder
        self.party = party
        self.port = port
        self.said: list[str] = []
        self.clock = folder.with_suffix(".clock")
        self.process: subprocess.Popen[str] | None = None
        answers = Answers(party=party, name=party, administrator="ada", password="correct horse battery")
        create(folder, answers, time.time_ns(), os.urandom, Unhashed())
        self.set_clock(0)

    def listen(self, url: str) -> None:
        """Write where it listens, and the address on its card."""
        path = self.folder / "openline.toml"
        text = path.read_text().replace("port = 8470", "port = 0")
        line = f'listen = true\nhost = "127.0.0.1"\nport = {self.port}\nurls = ["{url}"]\n'
        path.write_text(text.replace("[line]\n", f"[line]\n{line}"))

    def set_clock(self, ahead_s: float) -> None:
        """Its clock is so far ahead of the machine's."""
        with self.clock.open("r+b" if self.clock.exists() else "wb") as file:
            file.write(struct.pack("<q", round(ahead_s * 1e9)))

    def start(self, fail_at: str = "") -> bool:
        """Start it; whether it came to watch. With `fail_at` it may end before."""
        environment = {**os.environ, "OPENLINE_FAIL_AT": fail_at} if fail_at else None
        command = [sys.executable, str(NODE), str(self.clock), "serve", "--node", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
        watching = threading.Event()
        threading.Thread(target=self._listen_to, args=(self.process, watching), daemon=True).start()
        end_s = time.monotonic() + START_S
        while not watching.wait(0.05):
            if self.process.poll() is not None:
                return False
            if time.monotonic() > end_s:
                raise AssertionError(f"{self.party} does not start: " + "".join(self.said[-20:]))
        return True

    def _listen_to(self, process: "subprocess.Popen[str]", watching: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.said = [*self.said[-200:], line]
            if re.fullmatch(r"watching\s*", line):
                watching.set()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        """SIGTERM, as a service manager does; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=START_S)

    def ask(self, request: dict[str, Any]) -> Any:
        """What the node answers; None where it does not live, or refuses."""
        try:
            return call(self.folder, request)
        except (OpenlineError, OSError, EOFError, ValueError):
            return None

    def act(self, name: str, **body: Any) -> bool:
        """One act; whether the node answered that it is done."""
        return self.ask({"do": "act", "act": name, **body}) is not None

    def line(self) -> dict[str, Any] | None:
        """How its line is; None where it has none or does not answer."""
        state = self.ask({"do": "state"})
        return state["lines"][0] if state and state["lines"] else None


def until(holds: Callable[[], Any], within_s: float, what: str) -> None:
    """Ask again and again. Raises `AssertionError` where it does not come to hold."""
    end_s = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > end_s:
            raise AssertionError(f"not within {within_s:.0f} s: {what}")
        time.sleep(0.1)


def meet(one: RealNode, other: RealNode) -> None:
    """First contact, both ways."""
    for node, peer in ((one, other), (other, one)):
        theirs = peer.ask({"do": "line"})
        assert theirs, f"{peer.party} does not answer"
        done = node.act("counterpart.put", card=theirs["card"], words=theirs["words"], how="by telephone")
        assert done, f"{node.party} does not take the card of {peer.party}"
    until(lambda: all((node.line() or {}).get("state") == "up" for node in (one, other)), 60, "the line is up")
