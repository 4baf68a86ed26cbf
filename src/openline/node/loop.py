"""The one loop: inputs in, recorded, stepped, outputs recorded, then shown. It implements `desk.Desk`.

1. What waits in the inbox becomes one batch; entries, chunks and the batch's boundary are committed in one transaction.
2. `flow.step` runs on the batch (through `stepping`, which catches our own mistakes). Nothing else changes the state.
3. The outputs are committed in one transaction that names the batch.
4. Only then are callers answered and browsers told.
A crash between 1 and 3 leaves inputs without outputs: the next start steps them again and writes what is missing.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import Connection

from openline.clock import NS_PER_S, NS_PER_US, to_rfc3339
from openline.errors import DiskFull, NotAllowed, NotWatching, OpenlineError, RecordStopped, Refused
from openline.flow import Given, Output, State
from openline.flow.delivering import CLOCK
from openline.flow.state import Rules
from openline.inbox import Act, Tick
from openline.node.answering import REFUSALS_ANSWERED, answer
from openline.node.doors.desk import Said, Taken
from openline.node.line.post import Post
from openline.node.narrow import FULL_LOOK_S, Narrow
from openline.node.recording import boundary, input_rows, recorded_json
from openline.node.recover import Recovered
from openline.node.room import Room
from openline.node.shown.picture import Pictures
from openline.node.shown.telling import Teller
from openline.node.stepping import stepped
from openline.node.timekeeping import Jump, NodeTime
from openline.node.waiting import (
    BYTES_PER_BATCH_MAX,
    DOCUMENT_PIECE_BYTES_MAX,
    Item,
    Make,
    Waiting,
    framed,
    heard,
    intake_of,
    pieces,
)
from openline.record.entry import Actor, Blob, NewEntry, canonical
from openline.record.store import Store

log = logging.getLogger("openline.loop")


class Loop(Narrow):
    """Owns the state. Everything that changes it goes through the inbox."""

    def __init__(
        self,
        store: Store,
        recovered: Recovered,
        rules: Rules,
        clock_ns: Callable[[], int],
        *,
        exercise: bool = False,
        frames_waiting_max: int = 2_000,
        wait_s: Callable[[float], float] = lambda seconds: seconds,
        facts: dict[str, Any] | None = None,
        pace_ns: Callable[[], int] | None = None,
        post: Post | None = None,
    ) -> None:
        self.store = store
        self.post = post or Post()
        self.world: State = recovered.state
        self.rules = rules
        self.exercise = exercise
        self.time = NodeTime(clock_ns, pace_ns)
        self._wait_s = wait_s  # seconds of this clock in seconds of the machine's: a scenario's clock may run faster
        self._seq = recovered.last_seq
        self._begun = False
        self._inbox = Waiting()
        self._long: dict[str, asyncio.Lock] = {}  # by source: held while a body too large for one batch comes in pieces
        self._stopped: OpenlineError | None = None
        self._closing = False
        self._watches = False  # from the first rules on; `watching` is false meanwhile where nothing can be recorded
        self._sealed_s = -1
        self._looked_s = -1
        self.room_left = Room(store.path.parent, store.ballast)
        self.watching = False
        self.at_rest = False  # ended in order: the state is what the record tells, and stays so
        self.why = "starting"
        self.between: Callable[[], None] = lambda: None  # called once a second, while state and record agree
        self.send: Callable[[], None] = lambda: None  # something durable waits to go to a counterpart
        self.hear: Callable[[list[Output]], None] = lambda _: None  # told of every step's outputs once they are durable
        self.pictures = Pictures(self, facts or {}, recovered.incident_entries)
        self.offered = self.pictures.offered
        self.teller = Teller(self, self.pictures, frames_waiting_max)
        self.hub = self.teller.hub
        self.hub.begin_at(store.size - 1)
        self.step_s: deque[float] = deque(maxlen=1_000)  # how long recent steps took, for /metrics
        self.late_s: deque[float] = deque(maxlen=10_000)  # from arrival to shown

    # ── what the shell calls ─────────────────────────────────────────────────────────────────────────────────────────

    def now_ns(self) -> int:
        """The node's time, to the microsecond, never before the last step."""
        return max(self.time.now_ns(), self.world.now_ns)

    @property
    def last_seq(self) -> int:
        """Number of the last input that was stepped."""
        return self._seq

    def begin(self, recovered: Recovered) -> None:
        """Take over the state the record tells of; until then every act is answered with `NotWatching`."""
        self.world, self._seq = recovered.state, recovered.last_seq
        self.time.not_before(self.world.now_ns)
        self.pictures.incident_entries = recovered.incident_entries
        self.hub.begin_at(self.store.size - 1)
        self._begun = True

    async def run(self, tick_s: float = 1.0, on_watching: Callable[[], None] = lambda: None) -> None:
        """Until `stop`, or until the record stops."""
        self._begun = True
        try:
            if self.time.jumped is not None:
                await self._say_jump(self.time.jumped)
            await self._apply_rules()
            self._watches = self.watching = True
            self.why = ""
            self._look_at_disk(always="disk" in self.world.conditions)
            self.pictures.started = to_rfc3339(self.world.now_ns)
            on_watching()
            self.teller.begin()
            while not self._closing:
                await self._turn(tick_s)
            await self._turn(0.0)
            while self._inbox:
                await self._turn(0.0)
            self.at_rest = True
        except OpenlineError as error:
            self._fail(error)
            raise
        finally:
            self.watching = False
            self.why = self.why or "stopped"
            self.teller.end()

    def stop(self) -> None:
        """Take what waits, then end."""
        self._closing = True
        self._inbox.ring()

    def give(self, source: str, data: bytes, heard_ns: int) -> bool:
        """Bytes of a feed, from an intake in this process; whether they were taken: not where the disk is nearly full."""
        if self.room_left.refuses_evidence:
            self.room_left.refused[source] += 1
            return False
        for piece in pieces(data, DOCUMENT_PIECE_BYTES_MAX):
            self._put(heard(source, piece, heard_ns), len(piece))
        return True

    def tell(self, source: str, state: str, why: str) -> None:
        """What an intake saw of its connection."""
        if source in self.room_left.told:
            self.room_left.told[source] = state, why  # it stays refused until there is room
            return
        self._put(intake_of(source, state, why), 200)

    async def frames(self, party: str, frames: list[tuple[str, bytes]], still: Callable[[], bool] = lambda: True) -> bool:
        """Envelopes of a counterpart that the door has verified, (kind, bytes) each. Durable and stepped when it returns.

        Whether they were taken: only if `still` once there is room, and then nothing else comes between.
        """
        await self.room()
        taken = still()
        for waits in [self._queue(framed(party, kind, data), len(data)) for kind, data in frames if taken]:
            await waits
        return taken

    async def node_act(self, name: str, body: dict[str, Any]) -> None:
        """One act of the node itself, recorded and stepped like a person's. Durable when it returns."""
        await self._queue(lambda seq, now_ns: Act(seq, now_ns, "node", "node", name, body), len(recorded_json(body)))

    async def keep(self, also: Callable[[Connection], None]) -> None:
        """Rows beside the log, with no entry of their own. Durable when it returns."""
        await self._commit((), (), None, also=also)

    async def room(self) -> None:
        """Wait until the inbox has room again: an intake that waits here stops reading, and its sender waits too."""
        await self._inbox.room()

    async def settle(self) -> None:
        """Return when everything given so far has been stepped and recorded."""
        await self._queue(lambda seq, now_ns: Tick(seq, now_ns), 0)

    # ── Desk: what changes something ─────────────────────────────────────────────────────────────────────────────────

    async def act(self, who: str, role: str, name: str, body: dict[str, Any]) -> Said:
        """One act of a person. Durable when it returns."""
        if role == "node" or name.startswith("node."):
            raise NotAllowed("Only the node itself does this.")
        self.room_left.admit_act(self.world, name, body)
        body = json.loads(recorded_json(body))  # stepped as it will be read back, order of keys included
        said: Said = await self._queue(lambda seq, now_ns: Act(seq, now_ns, who, role, name, body), 1_000)
        return said

    async def positions(self, source: str, data: bytes) -> Taken:
        """Bytes of a feed that sends to us. Durable when it returns."""
        if source not in self.world.feeds:
            raise Refused("source", source, "one of the feeds in the settings: " + ", ".join(sorted(self.world.feeds)))
        turn = self._long.setdefault(source, asyncio.Lock())
        while len(data) <= BYTES_PER_BATCH_MAX and turn.locked():
            async with turn:
                pass
        await self.room()
        self.room_left.admit_evidence(source)
        if len(data) <= BYTES_PER_BATCH_MAX and not turn.locked():
            taken: Taken = await self._queue(heard(source, data), len(data))
            return taken
        parts: list[Taken] = []
        async with turn:
            for piece in pieces(data):
                await self.room()
                self.room_left.admit_evidence(source)
                parts.append(await self._queue(heard(source, piece), len(piece)))
        first = tuple(refusal for part in parts for refusal in part.refusals)[:REFUSALS_ANSWERED]
        return Taken(sum(part.accepted for part in parts), sum(part.refused for part in parts), first)

    async def record(
        self, kind: str, who: str, role: str, says: dict[str, Any], also: Callable[[Connection], None] | None = None
    ) -> int:
        """Write one entry that is no input: a sign-in, an export, a setting. Durable when it returns."""
        if self._stopped is not None:
            raise self._stopped
        blob = Blob("application/json", canonical(says, kind))
        entry = NewEntry(
            kind=kind, at_us=self.now_ns() // NS_PER_US, actor=Actor(who, role), blobs=(blob,), exercise=self.exercise
        )
        committed = await self._commit([entry], also=also)
        self.hub.say(self.pictures.entry_frame(committed.first, kind, who, says))
        return int(committed.first)

    # ── the turn ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _turn(self, tick_s: float) -> bool:
        """Whether what there was is recorded and stepped: not where the disk is full."""
        if self.room_left.full and not self._closing:
            await asyncio.sleep(self._wait_s(FULL_LOOK_S))
        due_s = (self.world.now_ns + tick_s * NS_PER_S - self.now_ns()) / NS_PER_S
        if not self._inbox and due_s > 0 and not self._closing:
            await self._inbox.something(self._wait_s(min(due_s, tick_s)))
        jump = self.time.look()
        if jump is not None:
            await self._say_jump(jump)
        now_ns = self.now_ns()
        second = now_ns // NS_PER_S
        if second != self._looked_s:
            self._looked_s = second
            self._look_at_disk()
        items = self._inbox.take()
        ticked = second != self._sealed_s or any(item.size_bytes == 0 for item in items)
        if not items and not ticked:
            return True
        first = self._seq + 1
        given: list[Given] = []
        for item in items:
            self._seq += 1
            given.append(item.make(self._seq, now_ns))
        if ticked:
            self._seq += 1
            given.append(Tick(self._seq, now_ns))
        if await self._step(items, given, now_ns, first, second):
            return True
        self._seq = first - 1
        return False

    async def _step(self, items: list[Item], given: list[Given], now_ns: int, first: int, second: int) -> bool:
        ticked = isinstance(given[-1], Tick)
        recorded = [one for one in given if not isinstance(one, Tick)]
        last = given[-1].seq
        try:
            try:
                entries, chunks = input_rows(recorded, self.exercise)
                committed = await self._commit(entries, [*chunks, boundary(first, last, now_ns, ticked)])
            except Refused as refused:
                await self._one_by_one(items, given, now_ns, second, refused)
                return True
            except DiskFull as full:
                self._no_room(full, items, given)
                return False
            # Who settles waits with a tick of his own; the batch has one, at its end, live as in the replay.
            batch: list[Given] = [*recorded, Tick(last, now_ns)] if ticked else list(recorded)
            async with self.teller.not_durable:
                began_s = time.perf_counter()
                outputs = stepped(self.world, batch, now_ns)
                self.step_s.append(time.perf_counter() - began_s)
                if outputs:
                    rows, also = self.post.rows(outputs, last, now_ns, self.exercise, committed.size)
                    committed = await self._surely(items, rows, also)
        except RecordStopped as error:
            self._fail(error, items)
            raise
        self.pictures.note(outputs, committed.first)
        if self.post.note(outputs):
            self.send()
        self.hear(outputs)
        self.teller.outputs(outputs, committed.first)
        answer(items, given, outputs, lambda seq: self.world.taken.get(seq), self._said(committed.size - 1), self.late_s)
        if second != self._sealed_s:
            self._sealed_s = second
            self.teller.second()
            with contextlib.suppress(DiskFull):  # then in another second
                await self._commit((), (), last)  # segments are sealed once alarms are told
            self.between()
        if self.room_left.full:
            self.room_left.full, self.watching, self.why = False, self._watches, "" if self._watches else self.why
        return True

    async def _one_by_one(self, items: list[Item], given: list[Given], now_ns: int, second: int, refused: Refused) -> None:
        """Nothing of the batch was written: each input alone; one the record does not take is answered so and not stepped."""
        if len(given) > 1:
            for i, one in enumerate(given):
                await self._step(items[i : i + 1], [one], now_ns, one.seq, second if one is given[-1] else self._sealed_s)
            return
        log.error("the record refused an input: %s", refused.field)
        for item in items:
            if item.answer is not None and not item.answer.done():
                item.answer.set_exception(refused)
        says = f"an input could not be recorded and was not used: {refused.field}; accepted: {refused.accepted}"
        with contextlib.suppress(DiskFull):
            await self.record("mistake", "node", "node", {"what": "Refused", "where": "record", "says": says})

    async def _commit(self, *args: Any, **more: Any) -> Any:
        return await asyncio.to_thread(self.store.commit, *args, exercise=self.exercise, **more)

    async def _say_jump(self, jump: Jump) -> None:
        log.warning("the machine's clock jumped by %d ms", jump.shown()["by_ms"])
        said = jump.recorded()
        with contextlib.suppress(DiskFull):
            await self.record("clock", "node", "node", said)
        self._inbox.put(intake_of(CLOCK, "jumped", str(said["says"])), 200)

    async def _apply_rules(self) -> None:
        """The first input of every run: the numbers it runs with."""
        body = msgspec.to_builtins(self.rules)
        self._inbox.put(lambda seq, now_ns: Act(seq, now_ns, "node", "node", "node.rules", body), 1_000, first=True)
        while not await self._turn(0.0) and not self._closing:
            pass

    def _put(self, make: Make, size_bytes: int, answer: "asyncio.Future[Any] | None" = None) -> None:
        if self._stopped is not None:
            raise self._stopped
        if not self._begun:
            raise NotWatching(f"The node is not watching yet: {self.why}.")
        if self._closing:  # nobody would take it, and whoever asked would wait for ever
            raise NotWatching("The node is stopping.")
        self._inbox.put(make, size_bytes, answer)

    def _queue(self, make: Make, size_bytes: int) -> "asyncio.Future[Any]":
        self._put(make, size_bytes, waits := asyncio.get_running_loop().create_future())
        return waits

    def _said(self, index: int) -> Callable[[list[Output]], Said]:
        return lambda outputs: Said(index, self.pictures.said(outputs))

    def _fail(self, error: OpenlineError, items: list[Item] | None = None) -> None:
        """Speak no more: everybody who waits is told so."""
        if self._stopped is None:
            self._stopped = error
        self.watching, self.why = False, error.message
        self._inbox.fail(error, items or [])
