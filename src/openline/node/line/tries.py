"""Messages to people while they wait: a row each, put there and taken away in the transaction of the entry that says why."""

from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from openline.record.entry import canonical
from openline.record.store import Store
from openline.record.store.post import Waiting, put_waiting, take_away

PREFIX: Final = "delivery:"
AFTER_ALL: Final = "delivery:~"  # keys are ASCII letters, digits and marks below this
LOOKED_AT: Final = 5_000  # ten a minute and path are the most that come


class Try(msgspec.Struct, frozen=True):
    """One try of one message over one path. `key` and `attempt` name it; the same key is the same message."""

    key: str
    path: str
    attempt: int
    subject: str
    text: str
    severity: str
    exercise: bool
    repeat: bool

    @property
    def source(self) -> str:
        """How an input names what became of it."""
        return f"{PREFIX}{self.key}#{self.attempt}"


def keep_try(connection: Connection, body: dict[str, Any], now_us: int) -> None:
    """What an output says of a message: it waits to go, or what became of it is known; call it from a commit's `also`."""
    key = PREFIX + str(body["key"])
    if body["what"] == "queued":
        row = {name: body[name] for name in Try.__struct_fields__}
        put_waiting(connection, [Waiting(key, now_us, "delivery", canonical(row, "delivery"))])
    else:  # a call that is under way is not taken away by nobody wanting it any more: it may have been made
        take_away(connection, key, unless_sending=body["what"] == "not needed")


def read_tries(store: Store) -> list[tuple[Try, bool]]:
    """(try, whether a call for it was begun) of what waits, in the order of the keys."""
    rows = store.waiting(PREFIX, AFTER_ALL, LOOKED_AT)
    return [(msgspec.json.decode(row.body, type=Try), row.state == "sending") for row in rows]
