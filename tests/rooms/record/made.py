"""What the tests of the record share: keys everybody knows, entries, and a small record with its bundle."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from openline import seal
from openline.record.entry import Actor, Blob, NewEntry
from openline.record.keys import KeyManifest, PublicKey, make_manifest
from openline.record.segment import Chunk
from openline.record.store import Identity, Store
from openline.record.store.exporting import Order

PARTY = "a.example"
ORIGIN = "a.example/openline/log/1"
ROOT, LOG, LINE, WITNESS = (seal.Signer(bytes([number]) * 32) for number in range(1, 5))
ME = Actor("node", "machine")
ANN = Actor("Ann Officer", "supervisor")
T0_US = 1_795_330_606_000_000


def entropy(seed: str = "salt") -> seal.Entropy:
    """Bytes that are the same in every run."""
    count = 0

    def give(length: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed}{count}".encode()).digest(length)

    return give


def key_manifest(**changes: Any) -> KeyManifest:
    """The party's keys."""
    keys = (
        PublicKey("root#1", "root", "ed25519", ROOT.public),
        PublicKey("log#1", "log", "ed25519", LOG.public),
        PublicKey("line#1", "line", "ed25519", LINE.public),
        PublicKey("witness#1", "witness", "ed25519", WITNESS.public),
    )
    return KeyManifest(**{"party": PARTY, "seq": 1, "not_before_us": T0_US, "keys": keys, **changes})


KEYS = make_manifest(key_manifest(), ROOT)


def identity(**changes: Any) -> Identity:
    """Whose log it is."""
    return Identity(**{"party": PARTY, "origin": ORIGIN, "epoch": 1, "signer": LOG, **changes})


def finding(number: int, body: bytes = b'{"depth_m":12}') -> NewEntry:
    """An entry with one object."""
    blob = Blob("application/json", body)
    return NewEntry(kind="finding", at_us=T0_US + number, actor=ME, blobs=(blob,), ref=("zone:1",), x={"number": number})


def act(seq: int, name: str = "alarm.acknowledge") -> NewEntry:
    """A person's click."""
    return NewEntry(kind="act", at_us=T0_US + seq, actor=ANN, x={"name": name, "seq": seq})


def chunk(seq: int, source: str = "readsb", data: bytes = b"...") -> Chunk:
    """Bytes of a feed."""
    return Chunk(seq, source, (T0_US + seq) * 1000, data)


def filled(path: Path, entropy_: seal.Entropy | None = None, **changes: Any) -> Store:
    """A small record with one entry of each sort: keys, findings, acts, segments, a redaction."""
    store = Store.create(path, identity(**changes), entropy=entropy_ or entropy())
    store.commit(
        [NewEntry(kind="node.init", at_us=T0_US, actor=ANN, blobs=(Blob("application/vnd.openline.keys+json", KEYS),))]
    )
    store.commit([finding(1), act(1)], [chunk(2), chunk(3, "ais")])
    store.commit([finding(2, "Grüße".encode())], [chunk(4), chunk(4, "batch", b"\x01")], seal_to=4)
    erased = next(store.entries(kind="finding")).objects[0].c
    store.redact([erased], NewEntry(kind="redaction", at_us=T0_US + 9, actor=ANN, x={"why": "privacy"}))
    return store


def order(**changes: Any) -> Order:
    """An export of everything, with a very small verifier so that tests can afford to change each byte."""
    given = {"made_us": T0_US + 99, "by": ANN, "tool": "openline test", "scope": "all", "signer": LINE, "keys": KEYS}
    return Order(**{**given, **changes})


def bundle_of(store: Store, changed: Callable[[str, bytes], bytes] | None = None, **changes: Any) -> dict[str, bytes]:
    """The files of a bundle, each as `changed` leaves it."""
    files = dict(store.bundle(order(**changes)))
    return {name: changed(name, data) if changed else data for name, data in files.items()}


class InMemory:
    """Files for the stand-alone verifier."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.names = list(files)
        self.ordered = True

    def read(self, name: str) -> bytes:
        return self.files[name]

    def check_frame(self) -> None:
        """Nothing is around files in memory."""
