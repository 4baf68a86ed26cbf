"""Outputs that go to a counterpart: signed as they are recorded, and put where they wait in the same transaction.

Ed25519 gives the same signature for the same bytes, so what a crash left unwritten is signed again to the very same envelope.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from openline import seal
from openline.flow import Output
from openline.node.line.tries import keep_try
from openline.node.recording import SENT_KINDS, output_entry
from openline.record.entry import NewEntry, canonical
from openline.record.envelope import wrap
from openline.record.store import Store
from openline.record.store.post import Waiting, drop_waiting, put_waiting

Also = Callable[[Connection], None]


class Post:
    """Signs with the line key; keeps the newest receipt of each lane at hand."""

    def __init__(self, signer: seal.Signer | None = None, origin: str = "") -> None:
        self._signer = signer
        self.origin = origin
        self._receipts: dict[str, dict[int, bytes]] = {}

    def sign_with(self, signer: seal.Signer) -> None:
        """From now on another line key signs."""
        self._signer = signer

    def rows(
        self, outputs: Sequence[Output], last: int, now_ns: int, exercise: bool, size: int
    ) -> tuple[list[NewEntry], Also | None]:
        """The entries of a step's outputs, and what is written with them. `size`: our log holds the inputs within so many."""
        entries: list[NewEntry] = []
        waiting: list[Waiting] = []
        done: list[tuple[str, str]] = []
        tries: list[dict[str, Any]] = []
        for one in outputs:
            envelope = b""
            if one.kind in SENT_KINDS:
                assert self._signer is not None, "a node with a line has a line key"
                body = one.body | {"log": {"origin": self.origin, "size": size}} if one.kind == "receipt.out" else one.body
                envelope = wrap(SENT_KINDS[one.kind], canonical(body, one.kind), [self._signer])
                waiting.append(Waiting(_key(one.kind, body), now_ns // 1000, one.kind, envelope))
            elif one.kind == "conversation" and one.body.get("what") == "stored":
                party, lane = str(one.body["party"]), int(one.body["lane"])
                done.append((key(party, lane, 0), key(party, lane, int(one.body["upto"]))))
            elif one.kind == "delivery" and "key" in one.body:
                tries.append(one.body)
            entries.append(output_entry(one, last, now_ns, exercise, envelope))
        if not waiting and not done and not tries:
            return entries, None

        def also(connection: Connection) -> None:
            put_waiting(connection, waiting)
            for after, upto in done:
                drop_waiting(connection, after, upto)
            for body in tries:
                keep_try(connection, body, now_ns // 1000)

        return entries, also

    def note(self, outputs: Iterable[Output]) -> bool:
        """These outputs are durable now; whether a message waits to be sent because of them."""
        news = False
        for one in outputs:
            if one.kind == "receipt.out":
                self._receipts.pop(str(one.body["to"]), None)
            # A receipt goes with the answer, or with the call that is due anyway; a key may be a new counterpart's, and
            # how a line is may let go on what waited.
            news = news or one.kind in ("msg.out", "key", "line")
        return news

    def newest_receipts(self, store: Store, party: str) -> dict[int, bytes]:
        """By lane, the newest durable receipt for this counterpart."""
        if party not in self._receipts:
            held = store.waiting(f"receipt:{party}:", f"receipt:{party}:~", 3)
            self._receipts[party] = {int(one.key.rsplit(":", 1)[1]): one.body for one in held}
        return self._receipts[party]


def waiting(store: Store, party: str, lane: int, after: int, limit: int) -> list[tuple[int, bytes]]:
    """(seq, envelope) of messages that wait for a receipt, in order."""
    found = store.waiting(key(party, lane, after), key(party, lane, 10**15), limit)
    return [(int(one.key.rsplit(":", 1)[1]), one.body) for one in found]


def key(party: str, lane: int, seq: int) -> str:
    """The outbox key of a message."""
    return f"line:{party}:{lane}:{seq:016d}"


def _key(kind: str, body: dict[str, Any]) -> str:
    if kind == "receipt.out":
        return f"receipt:{body['to']}:{body['lane']}"
    return key(str(body["to"]), int(body["lane"]), int(body["seq"]))
