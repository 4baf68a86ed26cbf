"""A node's loop with a real record on disk and a clock that a story moves by hand; no sockets."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from openline import seal
from openline.clock import NS_PER_S, from_rfc3339, to_rfc3339
from openline.flow.state import FeedRules, Rules
from openline.node.line.post import Post
from openline.node.loop import Loop
from openline.node.recover import recover, start_entries, write_late
from openline.record.store import Identity, Store

T0 = from_rfc3339("2017-05-18T09:00:00Z")
T = TypeVar("T")
FEEDS = (FeedRules("csv", "csv"), FeedRules("post", "ndjson"))


class Story:
    """One night at one desk."""

    def __init__(self, folder: Path, rules: Rules | None = None) -> None:
        self.folder = folder
        self.now_ns = T0
        self.pace_ns: Callable[[], int] | None = None  # a monotonic clock, where `now_ns` may jump
        self.rules = rules or Rules(party="south.example", feeds=FEEDS)
        self.identity = Identity("south.example", "south.example/openline/log/1", 1, seal.Signer.generate(os.urandom))
        self.facts: dict[str, Any] = {}  # what a start says of its software
        self.loop: Loop
        self.store: Store

    def path(self) -> Path:
        """Where the record lies."""
        return self.folder / "record.sqlite3"

    def tell(self, story: Callable[["Story"], Awaitable[T]]) -> T:
        """Run the story from starting the node to stopping it."""

        async def run() -> T:
            self.open()
            running = asyncio.create_task(self.loop.run())
            try:
                await self.loop.settle()
                return await story(self)
            finally:
                self.loop.stop()
                await running
                self.store.close()

        return asyncio.run(run())

    def open(self) -> None:
        """Open or make the record and recover from it."""
        made = self.path().exists()
        self.store = Store.open(self.path(), self.identity) if made else Store.create(self.path(), self.identity)
        recovered = recover(self.store)
        write_late(self.store, recovered, False, Post())
        self.store.commit(start_entries(recovered, max(self.now_ns, recovered.state.now_ns), False, self.facts, False))
        self.loop = Loop(self.store, recovered, self.rules, lambda: self.now_ns, pace_ns=self.pace_ns)
        self.loop.begin(recovered)

    async def later(self, seconds: float) -> None:
        """The clock moves, and ticks once."""
        self.now_ns += round(seconds * NS_PER_S)
        await self.loop.settle()

    async def hear(self, mover: str, lat_deg: float, lon_deg: float, **more: Any) -> None:
        """One report over the posting feed."""
        row = {"id": mover, "time": to_rfc3339(self.now_ns, 6), "lat": lat_deg, "lon": lon_deg} | more
        await self.loop.positions("post", msgspec.json.encode(row) + b"\n")

    async def act(self, name: str, **body: Any) -> Any:
        """An operator does something."""
        return (await self.loop.act("anna", "supervisor", name, body)).said
