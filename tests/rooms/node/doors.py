"""A node's doors around a fake desk, for tests: one person of each role, quick passwords, a clock that is set by hand."""

import itertools
from pathlib import Path
from typing import Any

import msgspec
from starlette.testclient import TestClient

from openline import seal
from openline.node.doors import web
from openline.node.doors.senders import Senders
from openline.node.doors.shell import Shell
from openline.node.doors.users import ROLES, MemoryOperators
from openline.node.settings import Feed, Limits, Listen, Node, Settings
from openline.record.store import Operator
from tests.rooms.node.fake_desk import FakeDesk

NOW_NS = 1_495_099_800_000_000_000  # 2017-05-18T09:30:00Z
PASSWORD = "a long enough password"
ORIGIN = "http://testserver"
HEADERS = {"x-openline": "1", "origin": ORIGIN}
PHONE_TOKEN = "phone-token-phone-token"
NDJSON_TOKEN = "ndjson-token-ndjson-token"


class QuickHasher:
    """What argon2 is for life, in no time."""

    def hash(self, password: str) -> str:
        return "quick:" + seal.sha256(password.encode()).hex()

    def verify(self, hashed: str, password: str) -> bool:
        return hashed == self.hash(password)


class Clock:
    """Both clocks of a shell, moved by hand."""

    def __init__(self) -> None:
        self.ns = NOW_NS

    def __call__(self) -> int:
        return self.ns

    def later(self, seconds: float) -> None:
        self.ns += round(seconds * 1e9)


def entropy() -> Any:
    """Different bytes each time, the same in each run."""
    count = itertools.count()
    return lambda n: b"".join(seal.sha256(b"%d %d" % (next(count), i)) for i in range(-(-n // 32)))[:n]


def settings(**sections: Any) -> Settings:
    return Settings(**{"node": Node(party="south.example"), "listen": Listen(hosts=("testserver",)), **sections})


def operators() -> MemoryOperators:
    hashed = QuickHasher().hash(PASSWORD)
    return MemoryOperators(*(Operator(role, role, hashed, 0, 0) for role in ROLES))


def senders() -> Senders:
    feeds = {"phones": Feed(name="phones", kind="osmand"), "trucks": Feed(name="trucks", kind="ndjson")}
    return Senders(feeds, {"phones": PHONE_TOKEN, "trucks": NDJSON_TOKEN})


class Doors:
    """The application, its desk, its clock, and a client that speaks to it."""

    def __init__(
        self,
        assets: Path | None = None,
        basemap: Path | None = None,
        real_time: bool = False,
        before: "Doors | None" = None,
        **sections: Any,
    ) -> None:
        self.clock: Clock = before.clock if before else Clock()
        self.desk = FakeDesk(self.clock)
        self.operators: MemoryOperators = before.operators if before else operators()
        clocks: dict[str, Any] = {} if real_time else {"tick_ns": self.clock}
        self.app, self.shell = web.build(
            self.desk, settings(**sections), self.operators, senders(), assets=assets, basemap=basemap,
            hasher=QuickHasher(), now_ns=self.clock, entropy=entropy(), **clocks,
        )  # fmt: skip
        self.client = TestClient(self.app, base_url=ORIGIN, raise_server_exceptions=False, follow_redirects=False)

    def sign_in(self, role: str = "operator") -> TestClient:
        """The client with a session of this role."""
        self.client.cookies.clear()
        answer = self.client.post("/api/v1/login", json={"name": role, "password": PASSWORD}, headers=HEADERS)
        assert answer.status_code == 200, answer.text
        return self.client

    def act(self, name: str, **body: Any) -> Any:
        return self.client.post("/api/v1/acts", json={"act": name, **body}, headers=HEADERS)


def error_of(answer: Any) -> dict[str, Any]:
    """The error of an answer, whose shape docs/api.md promises."""
    body: dict[str, Any] = answer.json()["error"]
    assert {"code", "message", "remedy"} <= set(body)
    return body


def quick_limits(**more: Any) -> Limits:
    return msgspec.structs.replace(Limits(), **more)


def shell_of(doors: Doors) -> Shell:
    return doors.shell
