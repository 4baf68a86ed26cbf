"""The bodies of the line's addresses (docs/spec/line.md, Exchange). Envelopes are texts of their exact bytes."""

from typing import Annotated as A
from typing import Final, TypeVar

import msgspec
from msgspec import Meta as M

from openline.errors import Refused

BODY_BYTES_MAX: Final = 1024 * 1024
FRAMES_MAX: Final = 200
RECEIPTS_MAX: Final = 30  # one a lane is what anybody needs
WAIT_MS_MAX: Final = 25_000
PULL_WAIT_MS: Final = 8_000  # each answer is a sign of life, and there is to be one every 10 s
MANIFESTS_MAX: Final = 50
MANIFEST_CHARS_MAX: Final = 200_000
Envelope = A[str, M(max_length=200_000)]
Note = A[str, M(max_length=20_000)]


class Status(msgspec.Struct, frozen=True):
    """What a side says of its desk: `staffed` null means that nobody has said."""

    at: int
    staffed: bool | None = None
    officer: A[str, M(max_length=200)] = ""
    role: A[str, M(max_length=80)] = ""


class Checked(msgspec.Struct, frozen=True):
    """A checkpoint to be cosigned: the note, the size cosigned before, and the proof between them."""

    note: Note
    old: A[int, M(ge=0)]
    proof: A[tuple[A[str, M(max_length=44)], ...], M(max_length=64)] = ()


class NotTaken(msgspec.Struct, frozen=True):
    """A frame that was not stored, and why."""

    field: str
    accepted: str
    lane: int | None = None
    seq: int | None = None


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller brings and wants."""

    session: A[str, M(max_length=44)]
    frames: A[tuple[Envelope, ...], M(max_length=FRAMES_MAX)] = ()
    receipts: A[tuple[Envelope, ...], M(max_length=RECEIPTS_MAX)] = ()
    checkpoint: Checked | None = None
    cosignatures: A[tuple[Note, ...], M(max_length=16)] = ()
    pull: A[int, M(ge=0, le=FRAMES_MAX)] = 0
    wait_ms: A[int, M(ge=0, le=WAIT_MS_MAX)] = 0
    status: Status | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the other side took, and what it has."""

    receipts: A[tuple[Envelope, ...], M(max_length=RECEIPTS_MAX)] = ()
    frames: A[tuple[Envelope, ...], M(max_length=FRAMES_MAX)] = ()
    next: dict[str, int] = {}
    refused: A[tuple[NotTaken, ...], M(max_length=FRAMES_MAX)] = ()
    checkpoint: Checked | None = None
    cosignatures: A[tuple[Note, ...], M(max_length=16)] = ()
    witness_size: A[int, M(ge=0)] = 0
    status: Status | None = None


class Manifests(msgspec.Struct, frozen=True):
    """Answer of `/line/v1/keys`: key manifests, oldest first, and certificates as PEM."""

    manifests: A[tuple[A[str, M(max_length=MANIFEST_CHARS_MAX)], ...], M(max_length=MANIFESTS_MAX)] = ()
    certificates: A[tuple[A[str, M(max_length=20_000)], ...], M(max_length=16)] = ()


class Held(msgspec.Struct, frozen=True):
    """Answer of POST `/line/v1/keys`: the number of the caller's manifest that is in force at the answerer."""

    seq: A[int, M(ge=1)]


class Yours(msgspec.Struct, frozen=True):
    """A party's own messages of one lane as the other holds them, in order: the answer of GET `/line/v1/yours`, or, with the
    lane, what a caller shows to a party that cannot call it (POST)."""

    frames: A[tuple[Envelope, ...], M(max_length=FRAMES_MAX)] = ()
    lane: A[int, M(ge=0, le=2)] | None = None


class Shown(msgspec.Struct, frozen=True):
    """Answer of POST `/line/v1/yours`: the number the answerer would give next in this lane."""

    next: A[int, M(ge=1)]


ADDRESSES: Final[dict[type, str]] = {Manifests: "keys", Held: "keys", Yours: "yours", Shown: "yours"}
"""Where a body belongs that is none of `/line/v1/frames`."""
T = TypeVar("T")


def read(body: bytes, kind: type[T]) -> T:
    """A body of the line as what its address takes or answers. Raises `Refused`, which names the address."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError) as wrong:
        name = ADDRESSES.get(kind, "frames")
        accepted = f"the body that docs/spec/line.md gives for /line/v1/{name}"
        raise Refused(name, str(wrong)[:200], accepted) from None


def names_key(body: bytes) -> bool:
    """Whether a refusal says that the key that signed is not known, or not in force."""
    try:
        return msgspec.json.decode(body, type=dict[str, object]).get("field") == "keyid"
    except (msgspec.DecodeError, RecursionError):
        return False
