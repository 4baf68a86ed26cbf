"""A node's doors around a real loop with a real record: what a sender gets, and what the record then holds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from sqlalchemy import Connection

from openline.node.doors import web
from openline.node.running import StoredOperators
from openline.record.store.people import put_operator
from tests.rooms.node import doors
from tests.stories.desk import Story

URL = "http://127.0.0.1:8470"
HEADERS = {"x-openline": "1", "origin": URL}


class RealDoors:
    """One running node as its network sees it."""

    def __init__(self, story: Story, tick_ns: Any = None) -> None:
        self.story = story
        clocks = {} if tick_ns is None else {"tick_ns": tick_ns}
        self.app, self.shell = web.build(
            story.loop, doors.settings(), StoredOperators(story.loop), doors.senders(),
            hasher=doors.QuickHasher(), now_ns=story.loop.now_ns, entropy=doors.entropy(), **clocks,
        )  # fmt: skip

    @asynccontextmanager
    async def client(self, address: str = "127.0.0.1", url: str = URL) -> AsyncIterator[httpx2.AsyncClient]:
        """A browser at an address."""
        over = httpx2.ASGITransport(app=self.app, client=(address, 50_000))
        async with httpx2.AsyncClient(transport=over, base_url=url, headers=HEADERS | {"origin": url}) as client:
            yield client

    async def sign_in(self, client: httpx2.AsyncClient, name: str = "operator", password: str = doors.PASSWORD) -> int:
        """The status of signing in."""
        answer = await client.post("/api/v1/login", json={"name": name, "password": password})
        return answer.status_code


def add_people(story: Story) -> None:
    """One person of each role, as the first start of a node would have them."""

    def also(connection: Connection) -> None:
        for row in doors.operators().operators():
            put_operator(connection, row)

    story.store.commit((), also=also)


def log_of(story: Story, kind: str) -> list[dict[str, Any]]:
    """The lines of one kind of the record."""
    return [line for line in story.loop.log(-1, 10_000) if line["kind"] == kind]
