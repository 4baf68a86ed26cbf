"""The people who may sign in: their rows, their roles, and what each role may do."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Protocol, get_args

import msgspec

from openline.errors import NotAllowed, NotThere, OutOfTurn, Refused
from openline.record.store import KeptSession, Operator

Role = Literal["viewer", "operator", "supervisor", "release", "administrator", "auditor", "facilitator"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

ACT_ROLES: Final[dict[str, frozenset[str]]] = {
    "operator": frozenset({"operator", "supervisor", "release", "administrator"}),
    "supervisor": frozenset({"supervisor", "administrator"}),
    "administrator": frozenset({"administrator"}),
}
"""The least role an act asks for → every role that may do it. A small node has one person, its administrator: he may do all."""

USERS_MAX: Final = 1_000
_NAME: Final = re.compile(r"[^\W_](?:[\w .@-]{0,38}[\w.])?", re.UNICODE)


class Operators(Protocol):
    """Where the rows are kept, and the sessions; durable when a call returns.

    `put_operator` writes the row and its `user` entry, and ends the person's kept sessions, in one commit.
    """

    def operators(self) -> list[Operator]: ...

    async def put_operator(self, operator: Operator, who: str, role: str, says: dict[str, Any]) -> None: ...

    def sessions(self) -> list[KeptSession]: ...

    async def keep_sessions(self, put: Sequence[KeptSession], drop: Sequence[bytes]) -> None: ...


class MemoryOperators:
    """Rows in memory, complete, for tests and for trying things; `entries` holds what a store would have recorded."""

    def __init__(self, *rows: Operator) -> None:
        self._rows = {row.name: row for row in rows}
        self._sessions: dict[bytes, KeptSession] = {}
        self.entries: list[tuple[str, str, dict[str, Any]]] = []

    def operators(self) -> list[Operator]:
        return list(self._rows.values())

    async def put_operator(self, operator: Operator, who: str, role: str, says: dict[str, Any]) -> None:
        self._rows[operator.name] = operator
        self._sessions = {key: one for key, one in self._sessions.items() if one.name != operator.name}
        self.entries.append((who, role, says))

    def sessions(self) -> list[KeptSession]:
        return list(self._sessions.values())

    async def keep_sessions(self, put: Sequence[KeptSession], drop: Sequence[bytes]) -> None:
        for key in drop:
            self._sessions.pop(key, None)
        self._sessions |= {one.hash: one for one in put}


class Hasher(Protocol):
    """argon2id in life; tests may pass something quicker. Both calls are slow: a thread makes them."""

    def hash(self, password: str) -> str: ...

    def verify(self, hashed: str, password: str) -> bool: ...


class Users:
    """The rows as the node uses them, read once at the start; every change is kept before it counts."""

    def __init__(self, kept: Operators, password_chars_min: int) -> None:
        self.kept = kept
        self._rows = {row.name: row for row in kept.operators()}
        self._chars_min = password_chars_min
        self.changed: list[Callable[[str], None]] = []  # told the name of a person whose sessions must end

    def all(self) -> list[Operator]:
        """Everybody, by name."""
        return [self._rows[name] for name in sorted(self._rows)]

    def get(self, name: str) -> Operator | None:
        """The row of a person who may sign in; None for a stranger and for one who is locked out."""
        row = self.find(name)
        return None if row is None or row.locked else row

    def find(self, name: str) -> Operator | None:
        """The row of a person, locked out or not; None for a stranger."""
        return self._rows.get(normal(name))

    def check_new(self, name: str, role: str, password: str) -> str:
        """The name as it will be kept. Raises `Refused` for what cannot be added, `OutOfTurn` for a name that is taken."""
        kept = check_name(name)
        check_role(role)
        check_password(password, kept, self._chars_min)
        if kept in self._rows:
            remedy = "Choose another name, or change that person: openline user password, openline user change."
            raise OutOfTurn(f"There is already a person named {kept}.", remedy=remedy, name=kept)
        if len(self._rows) >= USERS_MAX:
            raise Refused("name", kept, f"at most {USERS_MAX} people")
        return kept

    def check_password(self, name: str, password: str) -> Operator:
        """The row whose password may become this. Raises `NotThere`, `Refused`."""
        row = self.row(name)
        check_password(password, row.name, self._chars_min)
        return row

    def changed_row(self, name: str, role: str | None, locked: bool | None, now_us: int) -> Operator:
        """The row as it would be. Raises `NotThere`, `Refused`, and `NotAllowed` for the last administrator."""
        old = self.row(name)
        kept = old.role if role is None else check_role(role)
        row = msgspec.structs.replace(old, role=kept, locked=old.locked if locked is None else locked, changed_us=now_us)
        others = (other for other in self._rows.values() if other.name != row.name)
        if _may_administer(old) and not _may_administer(row) and not any(_may_administer(other) for other in others):
            remedy = "openline user add NAME --role administrator"
            raise NotAllowed("This is the last administrator; make another one first.", remedy=remedy, name=row.name)
        return row

    async def put(self, row: Operator, by: str, by_role: str, says: dict[str, Any]) -> None:
        """Keep a new or changed row and its entry; then sessions of a changed person end."""
        old = self._rows.get(row.name)
        await self.kept.put_operator(row, by, by_role, {"name": row.name, **says})
        self._rows[row.name] = row
        if old is not None:
            for tell in self.changed:
                tell(row.name)

    def row(self, name: str) -> Operator:
        """The row of a person, locked out or not. Raises `NotThere`."""
        row = self.find(name)
        if row is None:
            raise NotThere(f"There is nobody named {normal(name)[:40]!r}.", remedy="openline user list shows everybody.")
        return row


def may(role: str, least: str) -> bool:
    """Whether a role may do an act that asks for `least`."""
    return role in ACT_ROLES.get(least, frozenset())


def normal(name: str) -> str:
    """A name as it is compared: NFC, without outer spaces."""
    return unicodedata.normalize("NFC", name).strip()


def check_name(name: str) -> str:
    """The name as it is kept. Raises `Refused`."""
    kept = normal(name)
    if not _NAME.fullmatch(kept):
        raise Refused("name", name, "1 to 40 letters, digits, spaces, and . @ - _ inside")
    return kept


def check_role(role: str) -> Role:
    """The role. Raises `Refused`."""
    for known in ROLES:
        if role == known:
            return known
    raise Refused("role", role, ", ".join(ROLES))


def check_password(password: str, name: str, chars_min: int) -> None:
    """Raises `Refused`, without repeating the password, for one too short, too long or equal to the name."""
    if not chars_min <= len(password) <= 256:
        raise Refused("password", f"({len(password)} characters)", f"{chars_min} to 256 characters")
    if normal(password).casefold() == name.casefold() or len(set(password)) < 5:
        raise Refused("password", "(not shown)", "something that is not the name and not one letter repeated")


def _may_administer(row: Operator) -> bool:
    return row.role == "administrator" and not row.locked
