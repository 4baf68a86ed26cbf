"""The state, kept aside now and then, so that a start need not read a long night again.

A snapshot is trusted only if this node wrote it (HMAC-SHA-256 with a key derived from the log key), with the very same
software, for the very same record (its root at that size), of which nothing was redacted since. Any doubt, and the whole record
is read: that is slower and never wrong. Only a node's own start uses it; `openline replay` and every check read the record.

Layout: MAGIC, header length (u32, little endian), header (JSON), the pickled state, 32 bytes of HMAC over all that.
"""

import io
import os
import pickle
import platform
import struct
import sys
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import msgspec

import openline
from openline import seal
from openline.errors import OpenlineError
from openline.flow import State
from openline.node.private_files import sync_folder
from openline.record.store import Store
from openline.record.tree import Frontier

NAME: Final = "snapshot.bin"
PURPOSE: Final = "openline snapshot 1"
MAGIC: Final = b"OLSNAP1\n"
BYTES_MAX: Final = 2_000_000_000  # what a million movers take, and some; a larger file is not ours
HEADER_BYTES_MAX: Final = 4_096
ROOMS: Final = frozenset(
    {"feeds", "flow", "inbox", "incident", "kernels", "ladder", "line", "reservations", "tracks", "watch", "zones"}
)
PLACES: Final = frozenset({"openline.record.keys", "openline.record.note", "openline.record.witness"})
OTHERS: Final = frozenset(
    {
        ("collections", "Counter"),
        ("collections", "OrderedDict"),
        ("collections", "deque"),
        ("msgspec._utils", "rebuild"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
        ("numpy._core.numeric", "_frombuffer"),
    }
)
"""What a state is made of beside classes of the rooms it comes from. Nothing here calls what it is given."""
_LENGTH: Final = struct.Struct("<I")


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which record, up to where, and by which software."""

    origin: str
    size: int
    root: str  # hexadecimal
    last_seq: int
    build: str


class Kept(msgspec.Struct, frozen=True):
    """A state one can go on from: every input up to `last_seq` is in it, every entry below `size` was written before it."""

    state: State
    last_seq: int
    size: int
    incident_entries: dict[str, list[int]]


class Doubt(Exception):
    """Why a snapshot is not used."""


@cache
def build() -> str:
    """What a state depends on besides the record: the text of this package, this machine, every package that is installed.

    Asked when the node begins, before anybody can have changed the files under it.
    """
    installed = sorted(f"{one.name} {one.version}" for one in metadata.distributions())
    return seal.sha256(repr((software(), sys.version, platform.machine(), installed)).encode()).hex()


@cache
def software() -> str:
    """The text of this package, as a hash in hexadecimal: the same on every machine that has the same."""
    root = Path(openline.__file__).parent
    texts = [(path.relative_to(root).as_posix(), path.read_bytes()) for path in sorted(root.rglob("*.py"))]
    return seal.sha256(repr(texts).encode()).hex()


def pickled(state: State, incident_entries: dict[str, list[int]]) -> bytes:
    """The state as it is now; about a tenth of a second for ten thousand movers. What it took last is no part of it."""
    taken, state.taken = state.taken, {}
    try:
        return pickle.dumps((state, incident_entries), protocol=5)
    finally:
        state.taken = taken


def write(path: Path, key: bytes, head: Head, body: bytes) -> None:
    """Put a snapshot in place of the one before, whole or not at all. Raises OSError; then nothing of it is left."""
    header = msgspec.json.encode(head)
    data = b"".join((MAGIC, _LENGTH.pack(len(header)), header, body))
    aside = _aside(path)
    aside.unlink(missing_ok=True)  # of a node that fell while it wrote
    try:
        fd = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.write(seal.hmac_sha256(key, data))
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)  # a full disk gets back what it gave
        raise
    sync_folder(path.parent)


def forget(path: Path) -> None:
    """Remove a snapshot that is of no use, and what a crash left of another: they may hold what was erased from the record."""
    for one in (path, _aside(path)):
        with suppress(OSError):
            one.unlink(missing_ok=True)


def _aside(path: Path) -> Path:
    return path.with_suffix(".new")


def read(path: Path, key: bytes, store: Store, origin: str) -> Kept:
    """The state to go on from. Raises `Doubt` with the reason, whatever is wrong with the file."""
    try:
        size_bytes = path.stat().st_size
        if not len(MAGIC) + _LENGTH.size + seal.HASH_BYTES <= size_bytes <= BYTES_MAX:
            raise Doubt(f"it has {size_bytes} bytes")
        data = path.read_bytes()
    except FileNotFoundError:
        raise Doubt("there is none") from None
    except OSError as error:
        raise Doubt(f"it cannot be read: {error.strerror}") from None
    whole = memoryview(data)
    if not seal.same(seal.hmac_sha256(key, whole[: -seal.HASH_BYTES]), bytes(whole[-seal.HASH_BYTES :])):
        raise Doubt("its seal is not this node's")
    head, body = _opened(whole[: -seal.HASH_BYTES])
    try:
        _check(head, store, origin)
    except OpenlineError as error:
        raise Doubt(f"the record cannot be compared: {error.message}") from None
    try:
        state, incident_entries = _Reader(io.BytesIO(body)).load()
    except Exception as error:  # whatever a state of other software does to a reader
        raise Doubt(f"its state cannot be read: {type(error).__name__}") from None
    if not isinstance(state, State) or not isinstance(incident_entries, dict):
        raise Doubt("it holds no state")
    return Kept(state, head.last_seq, head.size, incident_entries)


def _opened(data: memoryview) -> tuple[Head, memoryview]:
    start = len(MAGIC) + _LENGTH.size
    if bytes(data[: len(MAGIC)]) != MAGIC:
        raise Doubt("it is no snapshot")
    (length,) = _LENGTH.unpack_from(data, len(MAGIC))
    if length > HEADER_BYTES_MAX:
        raise Doubt("its header is too long")
    try:
        return msgspec.json.decode(data[start : start + length], type=Head), data[start + length :]
    except msgspec.DecodeError:
        raise Doubt("its header cannot be read") from None


def _check(head: Head, store: Store, origin: str) -> None:
    if head.build != build():
        raise Doubt("other software wrote it")
    if head.origin != origin:
        raise Doubt(f"it is of {head.origin}")
    if head.size > store.size or head.last_seq > store.last_seq():
        raise Doubt(f"it is of a record of {head.size} entries, this one has {store.size}")
    if Frontier(head.size, store.cover(0, head.size)).root().hex() != head.root:
        raise Doubt("it is of another record")
    if next(store.entries(head.size - 1, 1, kind="redaction"), None) is not None:
        raise Doubt("something was redacted since")


class _Reader(pickle.Unpickler):
    """Takes nothing that a state is not made of: classes of its rooms, by the name they have there, and a short list."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in OTHERS:
            return super().find_class(module, name)
        package, _, inside = module.partition(".")
        found = None
        if (module in PLACES or (package == "openline" and inside.partition(".")[0] in ROOMS)) and "." not in name:
            found = super().find_class(module, name)
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found
