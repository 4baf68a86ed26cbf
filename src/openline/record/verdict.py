"""What a check of a bundle says, and the small readers it is made of."""

from collections.abc import Iterator
from typing import Final

import msgspec

from openline import seal
from openline.errors import Refused
from openline.record import tree
from openline.record.entry import OBJECT_BYTES_MAX

NOT_COMPARED: Final = "the root key came with the bundle: compare its fingerprint by voice"
"""The remark on a bundle that was checked without a fingerprint."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing that is wrong: in which file, at which byte of it, at which entry of the record, and what."""

    file: str
    what: str
    offset: int | None = None
    index: int | None = None

    def says(self) -> str:
        """One line for people."""
        entry = "" if self.index is None else f", entry {self.index}"
        offset = "" if self.offset is None else f", byte {self.offset}"
        return f"{self.file}{entry}{offset}: {self.what}"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found. `fault` is None when everything holds. `root_key` is what to compare with the party by voice."""

    fault: Fault | None
    party: str = ""
    origin: str = ""
    size: int = 0
    root: str = ""
    root_key: str = ""
    entries_count: int = 0
    objects_count: int = 0
    redacted_count: int = 0
    withheld_count: int = 0
    witnesses: tuple[tuple[str, int], ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether everything holds."""
        return self.fault is None


class Bad(Exception):
    """Carries a fault from where it was found to where the verdict is given."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.says())
        self.fault = fault


def bad_at(file: str, what: str, offset: int | None = None, index: int | None = None) -> Bad:
    """The exception for one fault."""
    return Bad(Fault(file=file, what=what, offset=offset, index=index))


def fill(frontier: tree.Frontier, gaps: dict[int, tuple[int, list[bytes]]]) -> None:
    """Step over the gap that begins where the tree ends, if there is one."""
    if frontier.size in gaps:
        end, hashes = gaps.pop(frontier.size)
        for (level, _), one in zip(tree.cover(frontier.size, end), hashes, strict=True):
            frontier.append_subtree(level, one)


def lines_of(name: str, data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their offsets; the last one, too, must end in a newline."""
    offset = 0
    while offset < len(data):
        end = data.find(b"\n", offset)
        if end < 0:
            raise bad_at(name, "the last line does not end", offset)
        yield offset, data[offset:end]
        offset = end + 1


def object_line(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Commitment, bytes and salt of one object line."""
    if len(line) > 2 * OBJECT_BYTES_MAX:
        raise Refused("object", f"{len(line)} bytes", "one line of an object")
    parts = line.split(b'"')
    if len(parts) != 13 or parts[0::2] != [b"{", b":", b",", b":", b",", b":", b"}"] or parts[1::4] != [b"c", b"d", b"s"]:
        raise Refused("object", line[:60], '{"c":…,"d":…,"s":…}')
    c, data, salt = (part.decode("ascii", "replace") for part in parts[3::4])
    return seal.from_b64(c, "c", seal.HASH_BYTES), seal.from_b64(data, "d"), seal.from_b64(salt, "s", seal.SALT_BYTES)
