"""A segment: the chunks of one source for about a second, as columns, in one object.

Layout, little endian, nothing else and nothing after it:

    "OLSEG1\\n\\0"  u32 count  u16 source length  u16 zero  source (UTF-8)
    i64 seq × count   i64 heard_ns × count   u32 length × count   bytes, one chunk after the other

`seq` rises strictly. A decoder refuses whatever an encoder would not have written.
"""

import struct
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

from openline.errors import Refused

MAGIC: Final = b"OLSEG1\n\0"
MEDIA: Final = "application/vnd.openline.segment"
CHUNK_BYTES_MAX: Final = 4 * 1024 * 1024
CHUNKS_COUNT_MAX: Final = 1_000_000
SOURCE_BYTES_MAX: Final = 200
_HEAD: Final = struct.Struct("<8sIHH")


class Chunk(msgspec.Struct, frozen=True, gc=False):
    """Raw bytes one source gave at one moment, with their place in the order of all inputs."""

    seq: int
    source: str
    heard_ns: int
    data: bytes


def encode(chunks: Sequence[Chunk]) -> bytes:
    """The segment of chunks of one source in rising `seq`; our own mistake if they are not."""
    assert 0 < len(chunks) <= CHUNKS_COUNT_MAX
    source = chunks[0].source.encode()
    assert 0 < len(source) <= SOURCE_BYTES_MAX
    assert all(chunk.source == chunks[0].source for chunk in chunks)
    assert all(left.seq < right.seq for left, right in pairwise(chunks))
    count = len(chunks)
    return b"".join(
        (
            _HEAD.pack(MAGIC, count, len(source), 0),
            source,
            struct.pack(f"<{count}q", *[chunk.seq for chunk in chunks]),
            struct.pack(f"<{count}q", *[chunk.heard_ns for chunk in chunks]),
            struct.pack(f"<{count}I", *[len(chunk.data) for chunk in chunks]),
            *[chunk.data for chunk in chunks],
        )
    )


def decode(data: bytes) -> list[Chunk]:
    """The chunks of a segment. Raises `Refused` naming what is inconsistent; `decode(encode(c)) == c`, and back."""
    if len(data) < _HEAD.size:
        raise Refused("segment", f"{len(data)} bytes", f"at least {_HEAD.size} bytes")
    magic, count, source_length, zero = _HEAD.unpack_from(data)
    if magic != MAGIC:
        raise Refused("segment.magic", magic, repr(MAGIC))
    if zero != 0:
        raise Refused("segment.zero", zero, "0")
    if not 0 < count <= CHUNKS_COUNT_MAX:
        raise Refused("segment.count", count, f"1 to {CHUNKS_COUNT_MAX}")
    columns = _HEAD.size + source_length
    body = columns + 20 * count
    if len(data) < body:
        raise Refused("segment", f"{len(data)} bytes", f"at least {body} bytes for {count} chunks")
    source = _source(data[_HEAD.size : columns])
    seqs = struct.unpack_from(f"<{count}q", data, columns)
    heards = struct.unpack_from(f"<{count}q", data, columns + 8 * count)
    lengths = struct.unpack_from(f"<{count}I", data, columns + 16 * count)
    if any(left >= right for left, right in pairwise(seqs)) or seqs[0] < 0:
        raise Refused("segment.seq", seqs[:4], "numbers from 0 that rise strictly")
    if max(lengths) > CHUNK_BYTES_MAX:
        raise Refused("segment.length", max(lengths), f"at most {CHUNK_BYTES_MAX} bytes a chunk")
    if body + sum(lengths) != len(data):
        raise Refused("segment", f"{len(data)} bytes", f"exactly {body + sum(lengths)} bytes, as its lengths say")
    chunks: list[Chunk] = []
    for seq, heard_ns, length in zip(seqs, heards, lengths, strict=True):
        chunks.append(Chunk(seq, source, heard_ns, data[body : body + length]))
        body += length
    return chunks


def _source(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Refused("segment.source", data[:40], "UTF-8") from None
    if not 0 < len(data) <= SOURCE_BYTES_MAX:
        raise Refused("segment.source", text[:40], f"1 to {SOURCE_BYTES_MAX} bytes")
    return text
