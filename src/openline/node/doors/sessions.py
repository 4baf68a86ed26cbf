"""Who is signed in, by the hash of the cookie's token; kept beside the record, so that a restart signs nobody out.

Moments in memory are monotonic, those kept are the node's time. What is kept of idling is up to a minute old: after a crash a
person has idled a little longer than he has. A kept session holds only while its person's role and password are as they were.
"""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from openline import seal
from openline.clock import NS_PER_S, NS_PER_US
from openline.errors import NotSignedIn
from openline.record.store import KeptSession, Operator

SESSIONS_MAX: Final = 1_000
SESSIONS_PER_PERSON_MAX: Final = 20  # more screens than one person has; the oldest is signed out


class Session(msgspec.Struct):
    """One person on one browser. Moments are monotonic."""

    name: str
    role: str
    made_ns: int
    acted_ns: int
    until_ns: int


class Sessions:
    """The sessions of one node. One that has ended is `gone` until it has been taken from what is kept."""

    def __init__(self, idle_min: float, session_h: float) -> None:
        self._idle_ns = round(idle_min * 60 * NS_PER_S)
        self._life_ns = round(session_h * 3600 * NS_PER_S)
        self._by_hash: dict[bytes, Session] = {}
        self._kept_ns: dict[bytes, int] = {}  # when each had acted last as far as what is kept knows
        self.gone: list[bytes] = []

    def __len__(self) -> int:
        return len(self._by_hash)

    def open(self, token: str, name: str, role: str, now_ns: int) -> Session:
        """A new session. The person's oldest goes when he has too many, the oldest of all when the node has."""
        self.drop_old(now_ns)
        own = [key for key, session in self._by_hash.items() if session.name == name]
        for key in own[: len(own) - SESSIONS_PER_PERSON_MAX + 1] if len(own) >= SESSIONS_PER_PERSON_MAX else []:
            self._drop(key)
        while len(self._by_hash) >= SESSIONS_MAX:
            self._drop(next(iter(self._by_hash)))
        session = Session(name, role, now_ns, now_ns, now_ns + self._life_ns)
        self._by_hash[hashed(token)] = session
        return session

    def get(self, token: str, now_ns: int) -> Session | None:
        """The session of a token, or None. A hash is looked up, so the time taken tells nothing about the token."""
        session = self._by_hash.get(hashed(token))
        return session if session is not None and now_ns < session.until_ns else None

    def act(self, session: Session, now_ns: int) -> None:
        """Note an act. Raises `NotSignedIn` when the person has been away for too long."""
        if now_ns - session.acted_ns >= self._idle_ns:
            raise NotSignedIn("Nothing was done here for a while; sign in again to act.", idle=True)
        session.acted_ns = now_ns

    def close(self, token: str) -> Session | None:
        """End a session; the session it was."""
        return self._drop(hashed(token))

    def close_person(self, name: str) -> None:
        """End every session of a person."""
        for key in [key for key, session in self._by_hash.items() if session.name == name]:
            self._drop(key)

    def drop_old(self, now_ns: int) -> None:
        """Forget sessions whose time is over."""
        for key in [key for key, session in self._by_hash.items() if now_ns >= session.until_ns]:
            self._drop(key)

    # ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────

    def restore(self, kept: Iterable[KeptSession], of: Callable[[str], Operator | None], now_us: int, now_ns: int) -> None:
        """Take up what a run before left; what does not hold any more is `gone`."""
        for one in sorted(kept, key=lambda each: each.made_us):
            row = of(one.name)
            until_us = min(one.until_us, one.made_us + self._life_ns // NS_PER_US)
            left_ns = min((until_us - now_us) * NS_PER_US, self._life_ns)
            if row is None or one.proof != proof(row) or left_ns <= 0:
                self.gone.append(one.hash)
                continue
            made_ns, acted_ns = (now_ns - max(0, now_us - at_us) * NS_PER_US for at_us in (one.made_us, one.acted_us))
            self._by_hash[one.hash] = Session(one.name, row.role, made_ns, acted_ns, now_ns + left_ns)
            self._kept_ns[one.hash] = acted_ns

    def to_keep(self, of: Callable[[str], Operator | None], now_us: int, now_ns: int) -> list[KeptSession]:
        """Sessions of which what is kept does not know, or not when they acted last; they count as kept from now on."""
        self.drop_old(now_ns)
        fresh = []
        for key, one in self._by_hash.items():
            row = of(one.name)
            if self._kept_ns.get(key) == one.acted_ns or row is None:
                continue
            moments_ns = (one.made_ns, one.acted_ns, one.until_ns)
            made_us, acted_us, until_us = (now_us + (at_ns - now_ns) // NS_PER_US for at_ns in moments_ns)
            fresh.append(KeptSession(key, one.name, proof(row), made_us, acted_us, until_us))
            self._kept_ns[key] = one.acted_ns
        return fresh

    def _drop(self, key: bytes) -> Session | None:
        session = self._by_hash.pop(key, None)
        if session is not None:
            self._kept_ns.pop(key, None)
            self.gone.append(key)
        return session


def hashed(token: str) -> bytes:
    """What is kept of a token."""
    return seal.sha256(token.encode("utf-8", "surrogatepass"))


def proof(row: Operator) -> bytes:
    """What ties a session to the role and the password it was opened with."""
    return seal.sha256(f"{row.role}\n{row.hash}".encode())
