"""A real node for the benchmarks: `openline serve` on a directory of its own, in a process of its own, and what it costs."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from openline import seal
from openline.node.init import Answers, create
from openline.node.private_files import write_private

PASSWORD: Final = "bench password 1"
WHO: Final = "bench"
TOKEN: Final = "bench-token-0123456789abcdef"
LIMITS: Final = "\n[limits]\nacts_per_min = 60000\nlogins_per_min = 600\n\n[listen]\nport = 0\n"
TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")


class Plain:
    """A hasher that takes no half second; what argon2 costs is no matter of these benchmarks."""

    def hash(self, password: str) -> str:
        return seal.hash_password(password, os.urandom)

    def verify(self, hashed: str, password: str) -> bool:
        return seal.verify_password(hashed, password)


class Node:
    """A running `openline serve`."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.began_s = time.perf_counter()
        self.said: list[str] = []
        command = [sys.executable, "-m", "openline", "serve", "--node", str(folder)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
        )
        self.port = 0
        self.cookie = ""

    def wait_for_port(self) -> float:
        """Read its words until it says where it listens; seconds since it was started."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line.rstrip())
            if "http://" in line:
                self.port = int(line.rsplit(":", 1)[1])
                break
        else:
            raise SystemExit("the node ended: " + "\n".join(self.said))
        os.set_blocking(self.process.stderr.fileno(), False)
        return time.perf_counter() - self.began_s

    def health(self) -> tuple[int, dict[str, Any]]:
        """/healthz."""
        status, body = self.ask("GET", "/healthz")
        return status, json.loads(body)

    def wait_until_watching(self, within_s: float = 600.0) -> float:
        """Seconds since it was started."""
        while True:
            status, said = self.health()
            if status == 200:
                return time.perf_counter() - self.began_s
            if time.perf_counter() - self.began_s > within_s or self.process.poll() is not None:
                raise SystemExit(f"not watching: {said}")
            time.sleep(0.02)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        """One request, with the session once there is one."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {"X-Openline": "1", "Origin": f"http://127.0.0.1:{self.port}", **headers}
        if self.cookie:
            given["Cookie"] = self.cookie
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            given.setdefault("Content-Type", "application/json")
        link.request(method, path, data, given)
        answer = link.getresponse()
        text = answer.read()
        if path == "/api/v1/login":
            self.cookie = str(answer.headers["set-cookie"]).partition(";")[0]
        link.close()
        return answer.status, text

    def log_in(self) -> None:
        """A session of the administrator."""
        status, text = self.ask("POST", "/api/v1/login", {"name": WHO, "password": PASSWORD})
        assert status == 200, text

    def put_zones(self, zones: list[dict[str, Any]]) -> float:
        """Every zone by its act; seconds."""
        began_s = time.perf_counter()
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"X-Openline": "1", "Origin": f"http://127.0.0.1:{self.port}", "Cookie": self.cookie}
        headers["Content-Type"] = "application/json"
        for zone in zones:
            link.request("POST", "/api/v1/acts", json.dumps({"act": "zone.put", "zone": zone, "reason": "bench"}), headers)
            answer = link.getresponse()
            text = answer.read()
            assert answer.status == 200, text
        return time.perf_counter() - began_s

    def cpu_s(self) -> float:
        """Processor seconds it has used, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def resident_mb(self, name: str = "VmRSS") -> float:
        """Resident memory in MB of 10^6 bytes; `VmHWM` is the most it ever was."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024 / 1e6
        raise SystemExit(f"no {name} in /proc")

    def metrics(self) -> dict[str, float]:
        """/metrics as name → value."""
        _, text = self.ask("GET", "/metrics")
        rows = [line.rsplit(" ", 1) for line in text.decode().splitlines() if line and not line.startswith("#")]
        return {name: float(value) for name, value in rows}

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def make(feeds: str = "", more: str = "", party: str = "bench.example") -> Path:
    """A node's directory in a temporary place, with these `[[feed]]` tables; a feed's token is `TOKEN`."""
    folder = Path(tempfile.mkdtemp(prefix="openline-bench-")) / "node"
    answers = Answers(party=party, administrator=WHO, password=PASSWORD, name="Bench")
    create(folder, answers, time.time_ns(), os.urandom, Plain())
    write_private(folder / "tokens" / "bench.txt", TOKEN.encode())
    text = f'[node]\nparty = "{party}"\nname = "Bench"\n{LIMITS}{more}\n{feeds}'
    (folder / "openline.toml").write_text(text, encoding="utf-8")
    return folder


NDJSON_FEED: Final = (
    '\n[[feed]]\nname = "reports"\nkind = "ndjson"\ntoken_file = "tokens/bench.txt"\nmover_class = "aircraft"\nlate_s = 3600\n'
)


def readsb_feed(url: str) -> str:
    """A receiver asked once a second."""
    return f'\n[[feed]]\nname = "receiver"\nkind = "readsb"\nwhere = "{url}"\npoll_s = 1.0\n'


@contextmanager
def running(folder: Path, environment: dict[str, str] | None = None) -> Iterator[Node]:
    """A node that watches, and is stopped and taken away at the end."""
    node = Node(folder, environment)
    try:
        node.wait_for_port()
        node.wait_until_watching()
        node.log_in()
        yield node
    finally:
        node.stop()
        shutil.rmtree(folder.parent, ignore_errors=True)


def say(name: str, value: float, unit: str, peer: str = "", peer_value: float | None = None, **facts: Any) -> None:
    """One JSON line. `ratio` is ours over the peer's."""
    line: dict[str, Any] = {"name": name, "value": round(value, 3), "unit": unit}
    if peer_value is not None:
        line |= {"peer": peer, "peer_value": round(peer_value, 3), "ratio": round(value / peer_value, 2)}
    load = os.getloadavg()[0]
    print(json.dumps({**line, **facts, "load_1min": round(load, 2)}), flush=True)


def note(text: str) -> None:
    """A word to whoever waits."""
    print(text, file=sys.stderr, flush=True)
