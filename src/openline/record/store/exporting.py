"""What leaves the store as evidence, and what is erased from it."""

from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, update

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record import peers, tree
from openline.record.bundle import About, Holdings, Sealed, Withhold, build
from openline.record.entry import Actor, Entry, NewEntry
from openline.record.note import Key, parse_checkpoint, parse_note
from openline.record.policy import plain_policy
from openline.record.store import tables
from openline.record.tree import leaf_hash
from openline.record.witness import Held

REDACTION = "redaction"
READ_AHEAD_ENTRIES = 32
REDACTED_COUNT_MAX = 48  # commitments that fit one header


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle shall hold and who makes it. `keep` chooses entries by their headers, `withhold` objects; default is all.

    `signer` is the line key, `keys` the signed key manifest that names it and the log key.
    """

    made_us: int
    by: Actor
    tool: str
    scope: str
    signer: seal.Signer
    keys: bytes
    first: int = 0
    end: int | None = None
    keep: Callable[[Entry], bool] | None = None
    withhold: Withhold | None = None
    policy: str | None = None


class Record(Protocol):
    """What the exporter needs of a store."""

    def log_keys(self) -> list[Key]: ...
    def checkpoint(self) -> str: ...
    def entries(self, after: int = -1, limit: int | None = None, kind: str | None = None) -> Iterator[Entry]: ...
    def objects_between(self, first: int, end: int) -> dict[bytes, tuple[bytes, bytes]]: ...
    def cover(self, first: int, end: int) -> list[bytes]: ...
    def party(self) -> str: ...
    def consistency(self, old: int, size: int | None = None) -> list[bytes]: ...
    def cosignatures(self) -> list[tuple[int, str, str]]: ...
    def peer_checkpoints(self) -> list[tuple[str, str]]: ...


def bundle(record: Record, order: Order) -> Iterator[tuple[str, bytes]]:
    """The files of the bundle. Redaction entries always come along: they are what excuses a missing object."""
    note = record.checkpoint()
    head = parse_checkpoint(parse_note(note.encode()).text)
    end = head.size if order.end is None else min(order.end, head.size)
    redacted = {}
    for one in record.entries(kind=REDACTION):
        if one.index < head.size:
            redacted.update(dict.fromkeys(redacted_objects(one), one.index))

    near: dict[bytes, tuple[bytes, bytes]] = {}  # the objects of the few entries around the one being written

    def chosen() -> Iterator[Entry]:
        nonlocal near
        loaded = 0
        for one in record.entries(limit=head.size):
            inside = order.first <= one.index < end
            if one.kind == REDACTION or (inside and (order.keep is None or order.keep(one))):
                if one.index >= loaded:
                    loaded = one.index + READ_AHEAD_ENTRIES
                    near = record.objects_between(one.index, loaded)
                yield one

    about = About(
        party=record.party(), origin=head.origin, made_us=order.made_us, by=order.by, tool=order.tool, scope=order.scope
    )
    papers = Sealed(
        size=head.size,
        root=head.root,
        note=note,
        keys=order.keys,
        policy=plain_policy(record.log_keys()) if order.policy is None else order.policy,
        verifier=standalone(),
        peer=tuple(peers.write(_cosigned(record, head.size), _seen(record))),
    )
    hold = Holdings(salted=lambda c: near.get(c), redacted_by=redacted.get, cover=record.cover, leaf=leaf_hash)
    return build(about, papers, chosen(), hold, order.signer, order.withhold)


def _cosigned(record: Record, end: int) -> Iterator[peers.Cosigned]:
    """What witnesses signed of this log, each with the way from there to the checkpoint of `end` entries."""
    for size, name, line in record.cosignatures():
        if size <= end:
            root = tree.Frontier(size, record.cover(0, size)).root()
            yield peers.Cosigned(size=size, root=root, name=name, line=line, proof=tuple(record.consistency(size, end)))


def _seen(record: Record) -> Iterator[peers.SeenLog]:
    """What we last cosigned of other logs. Raises `BadRecord` for a row that nobody wrote so."""
    for origin, text in record.peer_checkpoints():
        try:
            held = msgspec.json.decode(text, type=Held)
        except msgspec.DecodeError as error:
            raise BadRecord(f"what was cosigned of {origin} is damaged: {error}", origin=origin) from None
        if held.note:
            yield peers.SeenLog(origin=origin, size=held.size, root=held.root, note=held.note, forked=held.forked)


def standalone() -> bytes:
    """The text of the stand-alone verifier that goes into every bundle."""
    return resources.files("openline.record").joinpath("standalone_verify.py").read_bytes()


def redaction(objects: Sequence[bytes], entry: NewEntry) -> NewEntry:
    """The redaction entry with the commitments it erases."""
    if entry.kind != REDACTION:
        raise Refused("kind", entry.kind, REDACTION)
    if len(objects) > REDACTED_COUNT_MAX:
        raise Refused("objects", len(objects), f"at most {REDACTED_COUNT_MAX} at once")
    facts: dict[str, Any] = {**entry.x, "objects": [seal.b64(c) for c in objects]}
    return msgspec.structs.replace(entry, x=facts)


def redacted_objects(one: Entry) -> list[bytes]:
    """The commitments a redaction entry erased; what is none in its list is passed over."""
    listed = one.x.get("objects")
    found: list[bytes] = []
    for text in listed if isinstance(listed, list) else ():
        try:
            found.append(seal.from_b64(str(text), "objects", seal.HASH_BYTES))
        except Refused:
            continue
    return found


def erase(connection: Connection, objects: Sequence[bytes]) -> None:
    """Empty the salts and bytes; SQLite overwrites them (secure_delete)."""
    table = tables.object_
    connection.execute(update(table).where(table.c.c.in_(objects)).values(salt=None, data=None))
