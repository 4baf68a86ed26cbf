"""One entry: a small header in restricted canonical JSON, which is the Merkle leaf; the content sits in objects beside it.

Header keys, all ten always present: `v` 1, `k` kind, `t` the party's own UTC clock in µs, `party`, `by` {who, role}, `rel`
release label, `ex` exercise, `ref` list of texts, `obj` list of {c commitment, m media type, n bytes}, `x` small facts.

The restricted profile: RFC 8785, no floats, |int| < 2**53, ASCII keys, depth ≤ 16. Inside it every JSON encoder that sorts keys
agrees, so a writer may be fast while the reader compares with RFC 8785 byte for byte.
"""

import json
from typing import Any, Final

import msgspec
import rfc8785

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record.kinds import KINDS

VERSION: Final = 1
HEADER_BYTES_MAX: Final = 4096  # tlog-tiles bundles carry an entry behind a uint16 length; a header is meant to be read by eye
OBJECT_BYTES_MAX: Final = 64 * 1024 * 1024
OBJECTS_COUNT_MAX: Final = 32
DEPTH_MAX: Final = 16
INT_LIMIT: Final = 2**53  # RFC 8785 / I-JSON: a double holds integers below this exactly
WORD_CHARS_MAX: Final = 200

_KEYS: Final = frozenset({"by", "ex", "k", "obj", "party", "ref", "rel", "t", "v", "x"})
_encode: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


class Actor(msgspec.Struct, frozen=True):
    """Who did it: a person's or machine's name, and the role in which they did it."""

    who: str
    role: str


class Blob(msgspec.Struct, frozen=True):
    """One object of an entry: its media type and its bytes."""

    media: str
    data: bytes


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written. `x` holds small facts that everybody who sees the header may see; all else belongs in a blob."""

    kind: str
    at_us: int
    actor: Actor
    blobs: tuple[Blob, ...] = ()
    ref: tuple[str, ...] = ()
    x: dict[str, Any] = {}
    exercise: bool = False
    release: str = "own"


class ObjectRef(msgspec.Struct, frozen=True, gc=False):
    """What a header says of an object: its commitment (32 bytes), media type, and length."""

    c: bytes
    media: str
    length_bytes: int


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it stands in the record: `header` is the exact leaf, the rest is read from it."""

    index: int
    header: bytes
    kind: str
    at_us: int
    party: str
    actor: Actor
    release: str
    exercise: bool
    ref: tuple[str, ...]
    objects: tuple[ObjectRef, ...]
    x: dict[str, Any]


class Committed(msgspec.Struct, frozen=True):
    """What a commit made durable: the index of its first entry, the tree's size and root after it, the signed checkpoint."""

    first: int
    size: int
    root: bytes
    note: str


# ── Canonical bytes ──────────────────────────────────────────────────────────────────────────────────────────────────


def canonical(value: Any, field: str = "x") -> bytes:
    """Canonical JSON of a value in the restricted profile; raises `Refused` naming the place when it is outside."""
    _check_profile(value, field)
    return _encoded(value, field)


def _encoded(value: Any, field: str) -> bytes:
    try:
        return _encode(value).encode()
    except UnicodeEncodeError:
        raise Refused(field, value, "text without lone surrogates") from None


def parse_canonical(data: bytes, field: str = "json", limit_bytes: int = OBJECT_BYTES_MAX) -> Any:
    """The value of canonical JSON in the restricted profile. Raises `Refused` on anything that would encode otherwise."""
    if len(data) > limit_bytes:
        raise Refused(field, f"{len(data)} bytes", f"at most {limit_bytes} bytes")
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_no_twins, parse_float=_no_float, parse_constant=_no_float)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Refused(field, data[:100], f"canonical JSON ({_reason(error)})") from None
    _check_profile(value, field)
    try:
        again = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise Refused(field, data[:100], f"canonical JSON ({error})") from None
    if again != data:
        where = next((i for i, (a, b) in enumerate(zip(again, data, strict=False)) if a != b), min(len(again), len(data)))
        raise Refused(field, data[max(0, where - 20) : where + 40], f"RFC 8785 bytes; they differ at byte {where}")
    return value


def _reason(error: Exception) -> str:
    return str(error)[:80] if not isinstance(error, RecursionError) else "too deep"


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key appears twice")
    return found


def _no_float(text: str) -> Any:
    raise ValueError(f"{text[:20]} is not an integer")


def _check_profile(value: Any, field: str) -> None:
    if not _in_profile(value, 0):
        _name_fault(value, field, 0)


def _in_profile(value: Any, depth: int) -> bool:
    """Whether a value is in the restricted profile; it runs for every entry, so where it is not is asked afterwards."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return depth <= DEPTH_MAX
    if kind is int:
        return depth <= DEPTH_MAX and -INT_LIMIT < value < INT_LIMIT
    if kind is dict:
        keys_good = all(type(key) is str and key.isascii() for key in value)
        return depth <= DEPTH_MAX and keys_good and all(_in_profile(inner, depth + 1) for inner in value.values())
    if kind is list or kind is tuple:
        return depth <= DEPTH_MAX and all(_in_profile(inner, depth + 1) for inner in value)
    return False


def _name_fault(value: Any, field: str, depth: int) -> None:
    """Raise `Refused` naming the first place outside the profile; subclasses of the plain types are outside, too."""
    if depth > DEPTH_MAX:
        raise Refused(field, "…", f"at most {DEPTH_MAX} levels")
    if type(value) is int and not -INT_LIMIT < value < INT_LIMIT:
        raise Refused(field, value, "an integer below 2**53 in size")
    if type(value) is dict:
        for key, inner in value.items():
            if type(key) is not str or not key.isascii():
                raise Refused(field, key, "keys in ASCII")
            _name_fault(inner, f"{field}.{key}", depth + 1)
    elif type(value) in (list, tuple):
        for place, inner in enumerate(value):
            _name_fault(inner, f"{field}[{place}]", depth + 1)
    elif type(value) not in (str, bool, int, type(None)):
        raise Refused(field, value, "null, true, false, integers, text, lists and objects; no floats: scale them to integers")


# ── Headers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def seal_entry(new: NewEntry, party: str, entropy: seal.Entropy) -> tuple[bytes, list[tuple[bytes, bytes, bytes]]]:
    """The header's bytes and the objects (commitment, salt, bytes) of a new entry. Raises `Refused`."""
    if new.kind not in KINDS:
        raise Refused("kind", new.kind, "a kind of the registry (openline.record.kinds)")
    if len(new.blobs) > OBJECTS_COUNT_MAX:
        raise Refused("blobs", f"{len(new.blobs)} objects", f"at most {OBJECTS_COUNT_MAX}")
    objects: list[tuple[bytes, bytes, bytes]] = []
    listed: list[dict[str, Any]] = []
    for blob in new.blobs:
        if len(blob.data) > OBJECT_BYTES_MAX:
            raise Refused("blobs", f"{len(blob.data)} bytes", f"at most {OBJECT_BYTES_MAX} bytes an object")
        salt = entropy(seal.SALT_BYTES)
        c = seal.commitment(salt, blob.data)
        objects.append((c, salt, blob.data))
        listed.append({"c": seal.b64(c), "m": _word(blob.media, "blobs.media"), "n": len(blob.data)})
    by = {"role": _word(new.actor.role, "actor.role"), "who": _word(new.actor.who, "actor.who")}
    if not 0 <= new.at_us < INT_LIMIT:
        raise Refused("at_us", new.at_us, "microseconds since 1970, below 2**53")
    ref = [_word(text, "ref") for text in new.ref]
    if type(new.x) is not dict:
        raise Refused("x", new.x, "an object")
    _check_profile({"x": new.x}, "entry")
    header = _encoded(
        {
            "by": by,
            "ex": bool(new.exercise),
            "k": new.kind,
            "obj": listed,
            "party": party,
            "ref": ref,
            "rel": _word(new.release, "release"),
            "t": new.at_us,
            "v": VERSION,
            "x": new.x,
        },
        "entry",
    )
    if len(header) > HEADER_BYTES_MAX:
        raise Refused("entry", f"{len(header)} bytes of header", f"at most {HEADER_BYTES_MAX}; put the rest in a blob")
    return header, objects


def _word(text: Any, field: str) -> str:
    if not isinstance(text, str) or not 1 <= len(text) <= WORD_CHARS_MAX:
        raise Refused(field, text, f"1 to {WORD_CHARS_MAX} characters")
    return text


def parse(index: int, header: bytes) -> Entry:
    """The strict reader, for headers from anywhere: canonical, exactly the ten keys, each of its type. Raises `Refused`."""
    value = parse_canonical(header, f"entry {index}", HEADER_BYTES_MAX)
    if not isinstance(value, dict) or value.keys() != _KEYS:
        raise Refused(f"entry {index}", header[:100], f"an object with exactly the keys {' '.join(sorted(_KEYS))}")
    field = f"entry {index}"
    if value["v"] is True or value["v"] != VERSION:
        raise Refused(f"{field}.v", value["v"], "1; a later version needs later software")
    kind = _word(value["k"], f"{field}.k")
    if not isinstance(value["t"], int) or isinstance(value["t"], bool) or value["t"] < 0:
        raise Refused(f"{field}.t", value["t"], "microseconds since 1970")
    if not isinstance(value["ex"], bool):
        raise Refused(f"{field}.ex", value["ex"], "true or false")
    if not isinstance(value["x"], dict):
        raise Refused(f"{field}.x", value["x"], "an object")
    by = _exactly(value["by"], {"role", "who"}, f"{field}.by")
    return Entry(
        index=index,
        header=header,
        kind=kind,
        at_us=value["t"],
        party=_word(value["party"], f"{field}.party"),
        actor=Actor(_word(by["who"], f"{field}.by.who"), _word(by["role"], f"{field}.by.role")),
        release=_word(value["rel"], f"{field}.rel"),
        exercise=value["ex"],
        ref=tuple(_word(text, f"{field}.ref") for text in _list(value["ref"], f"{field}.ref")),
        objects=tuple(_object_ref(each, f"{field}.obj") for each in _list(value["obj"], f"{field}.obj")),
        x=value["x"],
    )


def _exactly(value: Any, keys: set[str], field: str) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != keys:
        raise Refused(field, value, f"an object with exactly the keys {' '.join(sorted(keys))}")
    return value


def _list(value: Any, field: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refused(field, value, "a list")
    return value


def _object_ref(value: Any, field: str) -> ObjectRef:
    found = _exactly(value, {"c", "m", "n"}, field)
    length = found["n"]
    if not isinstance(length, int) or isinstance(length, bool) or not 0 <= length <= OBJECT_BYTES_MAX:
        raise Refused(f"{field}.n", length, f"a length up to {OBJECT_BYTES_MAX}")
    if not isinstance(found["c"], str):
        raise Refused(f"{field}.c", found["c"], "base64 of 32 bytes")
    return ObjectRef(seal.from_b64(found["c"], f"{field}.c", seal.HASH_BYTES), _word(found["m"], f"{field}.m"), length)


def read_own(index: int, header: bytes) -> Entry:
    """An entry of our own store, checked when written and by fsck. Raises `BadRecord` when it is no entry."""
    try:
        value = json.loads(header)
        return Entry(
            index=index,
            header=header,
            kind=value["k"],
            at_us=value["t"],
            party=value["party"],
            actor=Actor(value["by"]["who"], value["by"]["role"]),
            release=value["rel"],
            exercise=value["ex"],
            ref=tuple(value["ref"]),
            objects=tuple(ObjectRef(seal.from_b64(each["c"]), each["m"], each["n"]) for each in value["obj"]),
            x=value["x"],
        )
    except (ValueError, KeyError, TypeError, Refused) as error:
        raise BadRecord(f"entry {index}: the header is damaged ({error})", index=index) from None
