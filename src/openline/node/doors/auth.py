"""Signing in: passwords checked in a thread, sessions by an unguessable cookie of which only the hash is kept.

A session ends after `session_h`, whatever happens. After `idle_min` without an act it may still look but not act: a screen on
the wall must keep showing alarms, and nobody who finds it may touch anything. Locks are by name and address together, so that a
stranger who guesses at an operator's name locks himself out and not the operator.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Protocol

import msgspec

from openline import seal
from openline.clock import NS_PER_US
from openline.errors import NotAllowed, NotSignedIn, OpenlineError, Refused, TooOften
from openline.node.doors.metrics import Counters
from openline.node.doors.sessions import Session, Sessions
from openline.node.doors.throttle import Locks, Throttle
from openline.node.doors.users import Hasher, Users, may, normal
from openline.node.settings import Auth, Limits
from openline.record.store import Operator

WAITING_MAX: Final = 16  # sign-ins waiting for a thread; more are told to try again
NAME_CHARS_MAX: Final = 100
NOBODY: Final = "unknown"  # who is refused under a name nobody here has
NO_ROLE: Final = "none"  # of whoever is refused: a claim gives no role


class Recorder(Protocol):
    """`Desk.record`."""

    async def __call__(self, kind: str, who: str, role: str, says: dict[str, Any]) -> int: ...


class Argon2:
    """The real hasher."""

    def __init__(self, entropy: seal.Entropy) -> None:
        self._entropy = entropy

    def hash(self, password: str) -> str:
        """About half a second and 64 MB."""
        return seal.hash_password(password, self._entropy)

    def verify(self, hashed: str, password: str) -> bool:
        """As slow as `hash`."""
        return seal.verify_password(hashed, password)


class Doorkeeper:
    """Lets people in and out; each attempt is recorded before it is answered. Passwords are never kept, logged or recorded."""

    def __init__(
        self,
        users: Users,
        hasher: Hasher,
        record: Recorder,
        auth: Auth,
        limits: Limits,
        entropy: seal.Entropy,
        tick_ns: Callable[[], int],
        counters: Counters,
        now_ns: Callable[[], int],
    ) -> None:
        self.users = users
        self.sessions = Sessions(auth.idle_min, auth.session_h)
        self._hasher = hasher
        self._record = record
        self._entropy = entropy
        self._tick_ns = tick_ns
        self._counters = counters
        self._locks = Locks(auth.failures_max, auth.lock_s)
        self._by_address = Throttle(limits.logins_per_min, burst=max(5.0, limits.logins_per_min))
        self._threads = ThreadPoolExecutor(auth.hash_threads, thread_name_prefix="password")
        self._waiting = 0
        self._changing = asyncio.Lock()  # one change of a row at a time, from the check to the commit
        self._keeping = asyncio.Lock()  # what is kept is written in the order it happened
        # A name nobody has costs the same time as one somebody has.
        self._nobody: Future[str] = self._threads.submit(hasher.hash, seal.token(entropy))
        users.changed.append(self.sessions.close_person)
        self._now_ns = now_ns
        self.sessions.restore(users.kept.sessions(), users.get, now_ns() // NS_PER_US, tick_ns())
        counters.set("openline_sessions", len(self.sessions))

    async def login(self, name: str, password: str, address: str) -> tuple[str, Session]:
        """The cookie's token and the session. Raises `TooOften`, `NotSignedIn`, `RecordStopped`."""
        if not name or len(name) > NAME_CHARS_MAX:
            raise Refused("name", f"({len(name)} characters)", f"1 to {NAME_CHARS_MAX} characters")
        now_ns = self._tick_ns()
        key = f"{normal(name)}\n{address}"
        self._not_too_often(self._by_address.take(address, now_ns), "address")
        lock_s = self._locks.wait_s(key, now_ns)
        if lock_s > 0:
            await self._say_refused(name, address, "locked", lock_s)
        self._not_too_often(lock_s, "locked")
        row = self.users.get(name)
        hashed = row.hash if row is not None else await asyncio.wrap_future(self._nobody)
        right = await self._in_thread(hashed, password)
        if row is None or not right or self.users.get(name) is not row:
            lock_s = self._locks.failed(key, self._tick_ns())
            self._counters.add("openline_logins_total", outcome="refused")
            await self._say_refused(name, address, "name or password", lock_s)
            raise NotSignedIn("The name or the password is not right.")
        self._locks.succeeded(key)
        await self._record("login", row.name, row.role, {"event": "in", "address": address})
        self._counters.add("openline_logins_total", outcome="in")
        token = seal.token(self._entropy)
        session = self.sessions.open(token, row.name, row.role, self._tick_ns())
        try:
            await self.keep()
            if self.users.get(name) is not row:  # changed or locked out while this was recorded and kept
                raise NotSignedIn("The name or the password is not right.")
        except OpenlineError:
            self.sessions.close(token)
            raise
        return token, session

    async def keep(self) -> None:
        """Make durable who is signed in and who is not any more, and when they acted last. Raises `RecordStopped`."""
        async with self._keeping:
            put = self.sessions.to_keep(self.users.get, self._now_ns() // NS_PER_US, self._tick_ns())
            gone, self.sessions.gone = self.sessions.gone, []
            self._counters.set("openline_sessions", len(self.sessions))
            if put or gone:
                await self.users.kept.keep_sessions(put, gone)

    async def logout(self, token: str) -> None:
        """End the session, if there is one, and record it."""
        session = self.sessions.close(token)
        if session is not None:
            await self.keep()
            await self._record("login", session.name, session.role, {"event": "out"})

    def session(self, token: str | None) -> Session:
        """Who is signed in with this token. Raises `NotSignedIn`."""
        found = self.sessions.get(token, self._tick_ns()) if token else None
        if found is None:
            raise NotSignedIn()
        return found

    def acts(self, session: Session, least: str) -> None:
        """Note that a person acts. Raises `NotAllowed` for the role, `NotSignedIn` after idling."""
        if not may(session.role, least):
            raise NotAllowed(f"This needs the role {least}; {session.name} is {session.role}.", role=session.role, needs=least)
        self.sessions.act(session, self._tick_ns())

    async def add(self, name: str, role: str, password: str, now_us: int, by: str, by_role: str) -> Operator:
        """Make a person; recorded. Raises `Refused`, `OutOfTurn`."""
        kept = self.users.check_new(name, role, password)
        hashed = await self._hash(password)
        async with self._changing:
            self.users.check_new(name, role, password)  # somebody may have taken the name meanwhile
            row = Operator(kept, role, hashed, now_us, now_us)
            await self.users.put(row, by, by_role, {"event": "added", "role": role})
        return row

    async def set_password(self, name: str, password: str, now_us: int, by: str, by_role: str) -> None:
        """Give a person a new password; recorded, and his sessions end. Raises `NotThere`, `Refused`."""
        self.users.check_password(name, password)
        hashed = await self._hash(password)
        async with self._changing:
            row = msgspec.structs.replace(self.users.row(name), hash=hashed, changed_us=now_us)
            await self.users.put(row, by, by_role, {"event": "password"})

    async def change(
        self, name: str, now_us: int, by: str, by_role: str, role: str | None = None, locked: bool | None = None
    ) -> Operator:
        """Change a role, or lock a person out and let him in again; recorded. Raises `NotThere`, `Refused`, `NotAllowed`."""
        async with self._changing:
            row = self.users.changed_row(name, role, locked, now_us)
            await self.users.put(row, by, by_role, {"event": "changed", "role": row.role, "locked": row.locked})
        return row

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _say_refused(self, name: str, address: str, why: str, lock_s: float) -> None:
        """Record who was claimed and from where. A name nobody has is only counted: people type passwords there."""
        claimed = self.users.find(name)
        says = {"event": "refused", "why": why, "address": address, "known": claimed is not None, "locked_s": round(lock_s)}
        if claimed is None:
            says["name_chars"] = len(name)
        elif claimed.locked:
            says["locked_out"] = True
        await self._record("login", NOBODY if claimed is None else claimed.name, NO_ROLE, says)

    def _not_too_often(self, wait_s: float, outcome: str) -> None:
        if wait_s > 0:
            self._counters.add("openline_logins_total", outcome=outcome)
            raise TooOften(f"Too many attempts to sign in; wait {max(1, round(wait_s))} s.", wait_s=wait_s)

    async def _in_thread(self, hashed: str, password: str) -> bool:
        if self._waiting >= WAITING_MAX:
            self._counters.add("openline_logins_total", outcome="busy")
            raise TooOften("Too many people are signing in at this moment; wait 5 s.", wait_s=5.0)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.verify, hashed, password)
        finally:
            self._waiting -= 1

    async def _hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)
