"""The one zip a bundle may be: stored, dated 1980-01-01, nothing before, between or after; so every byte of it counts.

A general zip reader forgives: it lets bytes stand between members, two directories disagree, a ratio of a thousand to one.
Here a reader writes each header again from what it read and compares; the sum of sizes can never exceed the file.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from zlib import crc32

from openline.errors import BadRecord

BYTES_MAX: Final = 2**32 - 1  # beyond it a zip needs the 64-bit form; a larger bundle is a folder
NAME: Final = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,100}(?:/(?!\.)[A-Za-z0-9._-]{1,100}){0,3}", re.ASCII)
FILES_COUNT_MAX: Final = 60_000  # a plain zip holds 65,535
_LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<IHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<IHHHHIIH")
_DATE: Final = 0x0021  # 1980-01-01, the zip's own zero
_REGULAR: Final = 0o100644 << 16
_UNIX: Final = (3 << 8) | 20


def zip_parts(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The bytes of the zip of the files, in order, piece by piece. Raises `BadRecord` where it would grow past 4 GiB."""
    central: list[bytes] = []
    offset = 0
    for name, data in files:
        assert NAME.fullmatch(name)
        central.append(_central(name.encode(), crc32(data), len(data), offset))
        head = _local(name.encode(), crc32(data), len(data))
        offset += len(head) + len(data)
        if offset + sum(map(len, central)) + _END.size > BYTES_MAX or len(central) > FILES_COUNT_MAX:
            raise BadRecord("the bundle is too large for one zip; write it as a folder or choose a shorter time")
        yield head
        yield data
    yield from central
    yield _end(len(central), sum(map(len, central)), offset)


def _local(name: bytes, crc: int, length: int) -> bytes:
    return _LOCAL.pack(0x04034B50, 20, 0, 0, 0, _DATE, crc, length, length, len(name), 0) + name


def _central(name: bytes, crc: int, length: int, offset: int) -> bytes:
    head = _CENTRAL.pack(0x02014B50, _UNIX, 20, 0, 0, 0, _DATE, crc, length, length, len(name), 0, 0, 0, 0, _REGULAR, offset)
    return head + name


def _end(count: int, length: int, offset: int) -> bytes:
    return _END.pack(0x06054B50, 0, 0, count, count, length, offset, 0)


def _sizes(head: bytes) -> tuple[int, int, int]:
    crc, length, _, name_length = _LOCAL.unpack(head)[6:10]
    return int(crc), int(length), int(name_length)


class ZippedFiles(Mapping[str, bytes]):
    """The files of a zip in its order. Raises `BadRecord` with the offset of a header that cannot be followed.

    After the files themselves were verified, `check_frame` compares every byte around them with what a writer would have
    written.
    """

    def __init__(self, data: bytes | memoryview) -> None:
        self._data = memoryview(data)
        self._at: dict[str, tuple[int, int]] = {}  # name → offset of its bytes, length
        offset = 0
        while bytes(self._data[offset : offset + 4]) == b"PK\x03\x04":
            offset = self._member(offset)
        self._members_end = offset

    def _member(self, offset: int) -> int:
        head = bytes(self._data[offset : offset + _LOCAL.size])
        if len(head) < _LOCAL.size or len(self._at) >= FILES_COUNT_MAX:
            raise BadRecord(f"zip: a header at byte {offset} is cut short, or there are too many files", offset=offset)
        crc, length, name_length = _sizes(head)
        begin = offset + len(head) + name_length
        name = bytes(self._data[offset + len(head) : begin])
        self._same(offset, head + name, _local(name, crc, length))
        text = name.decode("ascii", "replace")
        if not NAME.fullmatch(text) or text in self._at:
            raise BadRecord(f"zip: the name {text[:100]!r} at byte {offset} is not allowed, or comes twice", offset=offset)
        if begin + length > len(self._data):
            raise BadRecord(f"zip: {text} should have {length} bytes from byte {begin}, but the file ends", offset=begin)
        self._at[text] = (begin, length)
        return begin + length

    def check_frame(self) -> None:
        """Compare headers, check sums, directory and end with what they must be; `BadRecord` names the first wrong byte."""
        central: list[bytes] = []
        for name, (begin, length) in self._at.items():
            crc = crc32(self._data[begin : begin + length])
            head = _local(name.encode(), crc, length)
            self._same(begin - len(head), bytes(self._data[begin - len(head) : begin]), head)
            central.append(_central(name.encode(), crc, length, begin - len(head)))
        offset = self._members_end
        expected = b"".join([*central, _end(len(central), sum(map(len, central)), offset)])
        self._same(offset, bytes(self._data[offset : offset + len(expected) + 1]), expected)

    def _same(self, offset: int, found: bytes, expected: bytes) -> None:
        if found == expected:
            return
        differs = (i for i, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b)
        where = offset + next(differs, min(len(found), len(expected)))
        raise BadRecord(f"zip: byte {where} is not what a bundle has there", offset=where)

    def __getitem__(self, name: str) -> bytes:
        begin, length = self._at[name]
        return bytes(self._data[begin : begin + length])

    def offset_of(self, name: str) -> int:
        """Where the file's bytes begin in the zip."""
        return self._at[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)
