"""Servers on loopback that take messages to people: a mail server and a web address, each answering as a test says."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from openline.node.line.deliverers import Message, Outcome
from openline.node.line.egress import Wire, networks
from openline.node.line.mail import mail
from openline.node.line.webhook import webhook


class Served:
    """Takes one connection after another, in a thread, until it is closed."""

    def __init__(self, talk: Callable[[Any, "Served"], None], context: ssl.SSLContext | None = None) -> None:
        self.talk = talk
        self.context = context
        self.lines: list[str] = []
        self.bodies: list[bytes] = []
        self.calls = 0
        self.begun = threading.Event()
        self.release = threading.Event()  # what a test holds back goes on with it
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                one, _ = self.socket.accept()
            except OSError:
                return
            self.calls += 1
            one.settimeout(20)
            try:
                with one if self.context is None else self.context.wrap_socket(one, server_side=True) as way:
                    self.talk(way, self)
            except OSError:  # cut, or a handshake the other side did not like
                pass

    def close(self) -> None:
        """No more connections."""
        self.release.set()
        self.socket.shutdown(socket.SHUT_RDWR)  # a thread that waits for a call would still take one
        self.socket.close()


@contextmanager
def served(talk: Callable[[Any, Served], None], context: ssl.SSLContext | None = None) -> Iterator[Served]:
    """A server for the time of a `with`."""
    one = Served(talk, context)
    try:
        yield one
    finally:
        one.close()


def web(answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", holds: bool = False) -> Callable[[Any, Served], None]:
    """Takes one request and answers it; `holds`: not before the test says so."""

    def talk(way: Any, server: Served) -> None:
        file = way.makefile("rb")
        length = 0
        while (line := file.readline().decode().rstrip("\r\n")) != "":
            server.lines.append(line)
            if line.lower().startswith("content-length:"):
                length = int(line.partition(":")[2])
        server.bodies.append(file.read(length))
        server.begun.set()
        if holds:
            server.release.wait(20)
        way.sendall(answer)

    return talk


def post_office(answers: dict[str, str] | None = None, tls: ssl.SSLContext | None = None) -> Callable[[Any, Served], None]:
    """A mail server. `answers`: by the command's first word, or by `.` for the end of a mail, instead of 250."""
    said = {
        "": "220 here",
        "DATA": "354 go on",
        "QUIT": "221 bye",
        "AUTH": "235 2.7.0 ok",
        "EHLO": "250-here\r\n250 AUTH PLAIN",
    }
    if tls is not None:
        said |= {"EHLO": "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN", "STARTTLS": "220 go"}
    said |= answers or {}

    def talk(way: Any, server: Served) -> None:
        file = way.makefile("rb")
        way.sendall(f"{said['']}\r\n".encode())
        while raw := file.readline():
            line = raw.decode().rstrip("\r\n")
            server.lines.append(line)
            word = line.split(" ")[0].split(":")[0].upper()
            answer = said.get(line.upper(), said.get(word, "250 2.0.0 ok"))
            if word == "DATA" and answer.startswith("354"):
                way.sendall(f"{answer}\r\n".encode())
                body = b""
                while not body.endswith(b"\r\n.\r\n"):
                    body += file.readline()
                server.bodies.append(body)
                server.begun.set()
                answer = said.get(".", "250 2.0.0 taken")
                if answer == "hold":
                    server.release.wait(20)
                    return
            way.sendall(f"{answer}\r\n".encode())
            if word == "STARTTLS" and tls is not None and answer.startswith("220"):
                way = tls.wrap_socket(way, server_side=True)
                file = way.makefile("rb")
            if word == "QUIT":
                return

    return talk


# ── ways to them ─────────────────────────────────────────────────────────────────────────────────────────────────────

HERE = networks(("127.0.0.1",), "reach")
NOWHERE = networks((), "reach")
SECRET = "s3cr3t-w0rd"
MESSAGE = Message("e1/0/mail", "line a~b: NO REPLY", "What is missing.\nمرحبا\n.\nEnd.", "critical")


def hook(port: int, path: str = f"/hook?token={SECRET}", key: str = "") -> Any:
    """A web address on loopback."""
    return webhook(f"http://127.0.0.1:{port}{path}\n{key}", "path hook: address_file")


def letter(port: int, scheme: str = "smtp", more: str = "&tls=off", to: str = "duty@south.example", user: str = "") -> Any:
    """A mail server on loopback."""
    text = f"{scheme}://{user}127.0.0.1:{port}/?from=node@south.example&to={to}{more}"
    return mail(text, "path mail: address_file")


def send(way: Any, reach: Any = HERE, within_s: float = 10.0) -> Outcome:
    """One try; whatever became of it shows no secret and no address."""
    outcome: Outcome = way.send(MESSAGE, Wire(reach, within_s))
    assert SECRET not in outcome.detail
    assert "@" not in outcome.detail
    return outcome
