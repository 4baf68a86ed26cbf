"""A real node process for stories: made, started, asked, killed and started again."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx

from openline.node.doors.auth import Argon2
from openline.node.init import Answers, create
from openline.node.private_files import write_private

PASSWORD: Final = "a long enough password"
TOKEN: Final = "0123456789abcdef0123"
FEED: Final = """
[[feed]]
name = "post"
kind = "ndjson"
token_file = "tokens/post.txt"
"""


def make_node(folder: Path, feeds: str = FEED) -> Path:
    """A node's directory with one feed that sends to it."""
    answers = Answers(party="south.example", administrator="anna", password=PASSWORD, port=0)
    create(folder, answers, time.time_ns(), os.urandom, Argon2(os.urandom))
    write_private(folder / "tokens" / "post.txt", TOKEN.encode())
    settings = folder / "openline.toml"
    settings.write_text(settings.read_text() + feeds)
    return folder


class Process:
    """`openline serve` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.url = ""
        command = [sys.executable, "-m", "openline", "serve", "--node", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def wait(self) -> str:
        """The address, once the node says it is watching."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            found = re.search(r"https?://\S+", line)
            self.url = found.group() if found else self.url
            if line == "watching\n":
                threading.Thread(target=self.said.extend, args=(self.process.stdout,), daemon=True).start()
                return self.url
        raise AssertionError("the node ended: " + "".join(self.said[-30:]))

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, as a service manager does; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def post(client: httpx.Client, url: str, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Positions to the node; its answer, or None when the node died before it answered."""
    body = "".join(json.dumps(row) + "\n" for row in rows)
    headers = {"content-type": "application/x-ndjson", "authorization": f"Bearer {TOKEN}"}
    try:
        answer = client.post(f"{url}/api/v1/reports", content=body, headers=headers)
    except httpx.HTTPError:
        return None
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said
