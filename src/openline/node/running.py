"""A node, put together and run: settings, keys, record, kernels, loop, doors, intakes.

`serve`, `demo` and the stories use it.
"""

import asyncio
import contextlib
import gc
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from openline import __version__, seal
from openline.clock import NS_PER_US
from openline.errors import DiskFull, NotWatching, OpenlineError
from openline.flow import State
from openline.kernels.warm import will_be_quick
from openline.line.card import Card, write_card
from openline.line.hello import BOOT_BYTES
from openline.line.spoken import spoken
from openline.node import keys, recover, rekeying, settings_file, snapshot
from openline.node.compiling import make_ready
from openline.node.doors import control, guest_line, senders, tls, web
from openline.node.doors.commands import handlers
from openline.node.doors.server import Web
from openline.node.doors.shell import Shell
from openline.node.intake.link import Pace
from openline.node.intake.transports import intake
from openline.node.keeping import Keeper
from openline.node.line import certificates, paths
from openline.node.line.delivery import Courier
from openline.node.line.post import Post
from openline.node.line.switchboard import Switchboard
from openline.node.loop import Loop
from openline.node.narrow import FULL_LOOK_S
from openline.node.room import make_ballast
from openline.node.rules_of import rules_of
from openline.node.settings import Settings
from openline.node.settings_file import SETTINGS
from openline.node.timekeeping import clock_state
from openline.record.entry import Actor, Blob, NewEntry, canonical
from openline.record.store import Identity, KeptSession, Operator, Store
from openline.record.store.ballast import beside
from openline.record.store.people import keep_sessions, put_operator

CLOCK_EVERY_S: Final = 60.0
Say = Callable[[str], None]


class StoredOperators:
    """Accounts in the record's file; a change and its entry are one commit."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def operators(self) -> list[Operator]:
        """All accounts."""
        return self._loop.store.operators()

    async def put_operator(self, operator: Operator, who: str, role: str, says: dict[str, Any]) -> None:
        """Write one account and its `user` entry."""

        def also(connection: Connection) -> None:
            put_operator(connection, operator)

        await self._loop.record("user", who, role, says, also=also)

    def sessions(self) -> list[KeptSession]:
        """Who was signed in when the last run ended."""
        return self._loop.store.sessions()

    async def keep_sessions(self, put: Sequence[KeptSession], drop: Sequence[bytes]) -> None:
        """Write and remove sessions: the node's own business, and no entry of the record."""

        def also(connection: Connection) -> None:
            keep_sessions(connection, put, drop)

        await asyncio.to_thread(self._loop.store.commit, (), also=also)


class Node:
    """One node in this process. `start` answers as soon as the doors are open; watching begins when `ready` is set."""

    def __init__(
        self,
        folder: Path,
        *,
        clock_ns: Callable[[], int] = time.time_ns,
        pace_ns: Callable[[], int] | None = time.monotonic_ns,  # None: `clock_ns` is that of a played day
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        wait_s: Callable[[float], float] = lambda seconds: seconds,
        say: Say = lambda _: None,
        settings: Settings | None = None,
        entropy: seal.Entropy = os.urandom,
    ) -> None:
        self.folder = folder
        self.settings_path = folder / SETTINGS
        self.settings = settings or settings_file.load(self.settings_path)
        self._sleep = sleep
        self._say = say
        self._entropy = entropy
        self.keys = keys.load(folder)
        path = settings_file.record_of(folder, self.settings)
        self.store = opened(path, self.settings.record.ballast_mb, self.keys.identity())
        facts = {
            "name": self.settings.node.name,
            "version": __version__,
            "local_zone": self.settings.node.local_zone,
            "counterpart_zone": self.settings.node.counterpart_zone,
        }
        empty = recover.Recovered(State(), self.store.last_seq())
        exercise = self.settings.node.exercise
        rules = rules_of(self.settings, entropy(BOOT_BYTES).hex())
        waiting = self.settings.limits.events_waiting_max
        self.loop = Loop(
            self.store,
            empty,
            rules,
            clock_ns,
            exercise=exercise,
            frames_waiting_max=waiting,
            facts=facts,
            wait_s=wait_s,
            pace_ns=pace_ns,
            post=Post(self.keys.line, self.store.key.name),
        )
        self._snapshot = folder / snapshot.NAME, self.keys.log.derived(snapshot.PURPOSE), self.keys.who.origin
        self._keeper = Keeper(self.loop, *self._snapshot)
        self.loop.between = self._keeper.look
        self.url = ""
        self.ready = asyncio.Event()
        self.shell: Shell | None = None
        self.taken_bytes: Counter[str] = Counter()  # by feed: what its intake gave so far
        self._intakes: list[asyncio.Task[None]] = []
        self._web: Web | None = None
        self._control: control.Control | None = None
        self.switchboard: Switchboard | None = None
        self.courier: Courier | None = None
        self._tasks: list[asyncio.Task[Any]] = []
        self._preparing: list[asyncio.Task[recover.Recovered]] = []
        self._given_up = False
        self._why_stopped = "asked to stop"

    async def start(self) -> str:
        """Open the doors, then make ready to watch behind them. Gives the address."""
        pair = tls.pair(self.settings.listen, self.settings_path)
        sending = senders.load(self.settings, self.settings_path)
        self.courier = Courier(self.loop, paths.load(self.settings, self.settings_path))
        names = frozenset(tls.names_of(self.settings.listen))
        app, self.shell = web.build(
            self.loop,
            self.settings,
            StoredOperators(self.loop),
            sending,
            names=names,
            now_ns=self.loop.now_ns,
            entropy=self._entropy,
            card=self.card,
            guest_key=self.keys.log.derived(guest_line.PURPOSE),
        )
        self._web = Web(app, self.settings, pair, self.shell.counters)
        self.url = await self._web.start()
        self._control = control.Control(
            self.folder, handlers(self.shell, lambda: self.url) | {"keys.changed": self._keys_changed}
        )
        await self._control.start()
        self._tasks.append(asyncio.create_task(self._watch()))
        return self.url

    def card(self) -> dict[str, Any]:
        """Our card, the words to read aloud, and where counterparts find us; empty where this node has no line."""
        own = certificates.found(self.folder)
        if own is None:
            return {}
        urls = self.settings.line.urls
        if not urls and self.switchboard is not None and self.switchboard.port:
            host = "127.0.0.1" if self.settings.line.host in ("0.0.0.0", "::") else self.settings.line.host
            urls = (f"https://{host}:{self.switchboard.port}",)
        manifest = (self.folder / keys.MANIFEST).read_bytes()
        card = Card(party=self.keys.who.party, manifest=manifest, certificates=(own.certificate.read_text(),), urls=urls)
        words = " ".join(spoken(self.keys.manifest.fingerprint))
        return {
            "card": write_card(card).decode(),
            "words": words,
            "fingerprint": self.keys.manifest.fingerprint,
            "urls": list(urls),
        }

    async def stopped(self) -> None:
        """Wait until the node ends by itself: only a fault does that. Raises it. Giving up waiting stops nothing."""
        done, _ = await asyncio.wait(self._tasks[:1])
        for task in done:
            task.result()

    async def stop(self, who: str = "node", why: str = "asked to stop") -> None:
        """End in order: no more input, take what waits, say that it was asked for, close the doors."""
        for task in self._intakes:
            task.cancel()
        await asyncio.gather(*self._intakes, return_exceptions=True)
        if self.switchboard is not None:
            await self.switchboard.stop()
        if self.courier is not None:
            await self.courier.stop()
        watch, *others = self._tasks
        for task in others:
            task.cancel()
        if self.ready.is_set():
            self.loop.stop()
            with contextlib.suppress(OpenlineError):
                await watch
        else:
            self._given_up = True  # a thread cannot be ended from outside
            watch.cancel()
        await asyncio.gather(*self._tasks, *self._preparing, return_exceptions=True)
        await self._keeper.last()
        if self._control is not None:
            await self._control.stop()
        if self._web is not None:
            await self._web.stop()
        with contextlib.suppress(OpenlineError):
            if self.shell is not None:
                await self.shell.doorkeeper.keep()
            self.store.commit([self._entry("node.stop", who, {"why": why})], exercise=self.loop.exercise)
        self.store.close()

    async def _watch(self) -> None:
        """Compile, replay, write what a crash left out, then watch."""
        self._preparing.append(asyncio.create_task(asyncio.to_thread(self._make_ready)))
        recovered = await asyncio.shield(self._preparing[0])
        self.loop.begin(recovered)
        settle_memory()
        self._tasks.append(asyncio.create_task(self._check_clock()))
        running = asyncio.create_task(self.loop.run(self.settings.watch.tick_s, on_watching=self._on_watching))
        await running

    def _on_watching(self) -> None:
        pace = Pace(self.loop.now_ns, self._sleep)
        for feed in self.settings.feed:
            if feed.where:
                where = feed.where if "://" in feed.where else str(settings_file.beside(self.settings_path, feed.where))
                run = intake(feed.name, feed.kind, where, feed.poll_s, self, pace).run()
                self._intakes.append(asyncio.create_task(run))
        self._tasks.append(asyncio.create_task(self._open_lines(Pace(self.loop.now_ns))))
        if self.courier is not None:
            self._tasks.append(asyncio.create_task(self.courier.run()))
        self.ready.set()
        self._say("watching")

    async def _open_lines(self, pace: Pace) -> None:
        own = certificates.found(self.folder)
        if own is None:
            return  # made before there were lines; `openline line` says what to do
        keys_of = (self.keys.line, self.keys.witness, self.keys.manifest)
        board = Switchboard(
            self.loop,
            own,
            self.settings.line,
            keys_of,
            pace=pace,
            entropy=self._entropy,
            boot=bytes.fromhex(self.loop.rules.line.boot),
        )
        await board.start()
        self.loop.pictures.lines.connections = board.views
        self.switchboard = board
        await rekeying.tell_missing(self.loop, self.folder, self.keys.manifest)

    # ── the inbox as intakes see it: the loop's, counted ─────────────────────────────────────────────────────────────

    def give(self, source: str, data: bytes, heard_ns: int) -> bool:
        """Bytes of a feed."""
        self.taken_bytes[source] += len(data)
        return self.loop.give(source, data, heard_ns)

    def tell(self, source: str, state: str, why: str) -> None:
        """What became of a feed's connection."""
        self.loop.tell(source, state, why)

    async def room(self) -> None:
        """Wait until the inbox has room."""
        await self.loop.room()

    async def _keys_changed(self, body: dict[str, Any], caller: control.Caller, progress: control.Progress) -> object:
        """`openline keys` wrote another manifest beside this node: its keys sign from here on, and counterparts are told."""
        self.keys = rekeying.checked(keys.load(self.folder), self.keys)
        self.loop.post.sign_with(self.keys.line)
        if self.switchboard is not None:
            self.switchboard.sign_with(self.keys.line, self.keys.witness, self.keys.manifest)
        await self.loop.record("key", caller.who, caller.role, body)
        return await rekeying.tell_all(self.loop, self.folder, caller)

    def _make_ready(self) -> recover.Recovered:
        if not will_be_quick():
            self._say("compiling the kernels (first start on this machine only); not watching yet")
        make_ready(lambda name, done, of: self._progress(f"compiling {name}" if name else "compiled", done, of))
        self.loop.why = "reading the record"
        self.store.patience = self._wait_for_room
        well = recover.ended_well(self.store)
        recovered = recover.recover(
            self.store, self._kept(), progress=lambda done, of: self._progress("reading the record", done, of)
        )
        recover.write_late(self.store, recovered, self.loop.exercise, self.loop.post)
        facts = {
            "version": __version__,
            "software": snapshot.software(),
            "party": self.settings.node.party,
            "sqlite": list(self.store.warnings),
        }
        now_ns = max(self.loop.now_ns(), recovered.state.now_ns)
        self.store.commit(
            recover.start_entries(recovered, now_ns, well, facts, self.loop.exercise), exercise=self.loop.exercise
        )
        self.store.patience = None
        return recovered

    def _wait_for_room(self, full: DiskFull) -> None:
        """A start on a full disk: the doors are open and say so until there is room."""
        if self._given_up:
            raise full
        self.loop.why = f"DISK FULL: {full.remedy}"
        self._say(self.loop.why)
        time.sleep(FULL_LOOK_S)

    def _kept(self) -> snapshot.Kept | None:
        path, key, origin = self._snapshot
        try:
            return snapshot.read(path, key, self.store, origin)
        except snapshot.Doubt as doubt:
            snapshot.forget(path)
            if self.store.last_seq() >= 0:
                self._say(f"the snapshot of the state is not used ({doubt}): reading the whole record")
            return None

    def _progress(self, what: str, done: int, of: int) -> None:
        if self._given_up:
            raise NotWatching("The node was stopped before it watched.")
        self.loop.why = f"{what} ({done} of {of})"
        self._say(self.loop.why)

    async def _check_clock(self) -> None:
        """Each minute: what the kernel knows of the clock, recorded and shown."""
        while True:
            state = clock_state()
            self.loop.pictures.clock = state
            with contextlib.suppress(OpenlineError):
                await self.loop.record("clock", "node", "node", state)
                if self.shell is not None:
                    await self.shell.doorkeeper.keep()
            await asyncio.sleep(CLOCK_EVERY_S)

    def _entry(self, kind: str, who: str, body: dict[str, Any]) -> NewEntry:
        at_us = self.loop.now_ns() // NS_PER_US
        blob = Blob("application/json", canonical(body, kind))
        return NewEntry(kind=kind, at_us=at_us, actor=Actor(who, "node"), blobs=(blob,), exercise=self.loop.exercise)


def opened(path: Path, ballast_mb: int, identity: Identity) -> Store:
    """The record, with its ballast beside it. Raises `BadRecord`, `BadSetting`, `AlreadyRunning`."""
    ballast = beside(path, ballast_mb)
    make_ballast(ballast)
    store = Store.open(path, identity)
    store.ballast = ballast
    return store


def settle_memory() -> None:
    """What is here now is here to stay (modules, kernels, zones): the collector need not look at it again.

    Looking through all of it takes a tenth of a second, and would come in the middle of a busy night.
    """
    gc.collect()
    gc.freeze()


def with_feeds(settings: Settings, rows: list[dict[str, Any]]) -> Settings:
    """The settings with these `[[feed]]` tables instead: what a scenario's stage gives."""
    plain = msgspec.to_builtins(settings)
    return msgspec.convert(plain | {"feed": rows}, Settings)
