"""The files under `peer/` of a bundle: what witnesses signed of this log, and what this party cosigned of others'.

    peer/cosigned.jsonl   {"line","name","proof":[b64…],"root","size"}    a witness's line under the first `size` entries
    peer/logs.jsonl       {"forked","note","origin","root","size"}        the newest checkpoint cosigned of another log

A line in the first is shown to be of this very log by its proof, which leads to the bundle's checkpoint; whose key signed it, a
reader finds with the witness's manifest, which the witness's own bundle brings.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

import msgspec

from openline import seal
from openline.errors import Refused
from openline.record import tree
from openline.record.entry import canonical, parse_canonical
from openline.record.note import Checkpoint, parse_checkpoint, parse_note
from openline.record.verdict import bad_at, lines_of

COSIGNED: Final = "peer/cosigned.jsonl"
LOGS: Final = "peer/logs.jsonl"
Row = TypeVar("Row")


class Cosigned(msgspec.Struct, frozen=True, kw_only=True):
    """A witness's signature line under this log when it had `size` entries, and the proof from there to the checkpoint."""

    size: int
    root: bytes
    name: str
    line: str
    proof: tuple[bytes, ...]


class SeenLog(msgspec.Struct, frozen=True, kw_only=True):
    """What this party last cosigned of another log: the checkpoint as that log signed it. `forked`: it contradicted itself."""

    origin: str
    size: int
    root: bytes
    note: str
    forked: bool = False


def write(cosigned: Iterable[Cosigned], logs: Iterable[SeenLog]) -> Iterator[tuple[str, bytes]]:
    """The files, those that would be empty left out."""
    rows = [
        {"line": one.line, "name": one.name, "proof": [*map(seal.b64, one.proof)], "root": seal.b64(one.root), "size": one.size}
        for one in sorted(cosigned, key=lambda one: (one.size, one.name))
    ]
    seen = [
        {"forked": one.forked, "note": one.note, "origin": one.origin, "root": seal.b64(one.root), "size": one.size}
        for one in sorted(logs, key=lambda one: one.origin)
    ]
    for name, found in ((COSIGNED, rows), (LOGS, seen)):
        if found:
            yield name, b"".join(canonical(row, name) + b"\n" for row in found)


def read_cosigned(data: bytes, head: Checkpoint) -> list[Cosigned]:
    """The lines of `peer/cosigned.jsonl`; each must lead to `head`. Raises `Bad`; whose signature it is, is not asked."""

    def read(value: dict[str, Any]) -> Cosigned:
        if not isinstance(value["proof"], list):
            raise Refused("proof", value["proof"], "a list")
        one = Cosigned(
            size=value["size"],
            root=seal.from_b64(value["root"], "root", seal.HASH_BYTES),
            name=value["name"],
            line=value["line"],
            proof=tuple(seal.from_b64(each, "proof", seal.HASH_BYTES) for each in value["proof"]),
        )
        _check_line(one, head.origin)
        if not tree.verify_consistency(one.size, head.size, one.root, head.root, one.proof):
            raise Refused("proof", f"one from {one.size} entries", "one that leads to the checkpoint")
        return one

    return list(_rows(COSIGNED, data, {"line", "name", "proof", "root", "size"}, read, lambda one: (one.size, one.name)))


def _check_line(one: Cosigned, origin: str) -> None:
    if type(one.size) is not int:
        raise Refused("size", one.size, "a number")
    text = Checkpoint(origin, one.size, one.root).text
    note = parse_note(f"{text}\n{one.line}".encode())
    if note.text != text or len(note.signatures) != 1 or note.signatures[0].name != one.name:
        raise Refused("line", one.line, "one signature line of that name")


def read_logs(data: bytes) -> list[SeenLog]:
    """The lines of `peer/logs.jsonl`; each note says what its line says. Raises `Bad`; no signature is verified."""

    def read(value: dict[str, Any]) -> SeenLog:
        if not isinstance(value["forked"], bool) or not isinstance(value["size"], int) or isinstance(value["size"], bool):
            raise Refused("forked", value["forked"], "true or false, and a number as the size")
        root = seal.from_b64(value["root"], "root", seal.HASH_BYTES)
        head = parse_checkpoint(parse_note(value["note"].encode()).text)
        if (head.origin, head.size, head.root) != (value["origin"], value["size"], root):
            raise Refused("note", value["note"], "the checkpoint that its line names")
        return SeenLog(origin=head.origin, size=head.size, root=root, note=value["note"], forked=value["forked"])

    return list(_rows(LOGS, data, {"forked", "note", "origin", "root", "size"}, read, lambda one: one.origin))


def _rows(
    name: str, data: bytes, keys: set[str], read: Callable[[dict[str, Any]], Row], order: Callable[[Row], Any]
) -> Iterator[Row]:
    last: Any = None
    for offset, line in lines_of(name, data):
        try:
            value = parse_canonical(line, name)
            if not isinstance(value, dict) or value.keys() != keys:
                raise Refused(name, line[:60], "a line with exactly its keys")
            row = read(value)
            place = order(row)
        except (Refused, TypeError, AttributeError, UnicodeEncodeError) as error:
            what = error.message if isinstance(error, Refused) else "a value has another type"
            raise bad_at(name, what, offset) from None
        if last is not None and place <= last:
            raise bad_at(name, "the lines are not in their order", offset)
        last = place
        yield row
