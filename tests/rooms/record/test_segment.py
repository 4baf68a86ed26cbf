"""record.segment: what is decoded is what was encoded, and nothing else decodes."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.record import segment
from openline.record.segment import Chunk

quick = settings(max_examples=150, deadline=None)
numbers = st.integers(-(2**63), 2**63 - 1)


@st.composite
def chunks(draw):
    source = draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
    seqs = sorted(draw(st.sets(st.integers(0, 2**63 - 1), min_size=1, max_size=8)))
    return [Chunk(seq, source, draw(numbers), draw(st.binary(max_size=30))) for seq in seqs]


SMALL = [Chunk(3, "readsb", 10, b"ab"), Chunk(5, "readsb", 9, b""), Chunk(6, "readsb", 11, b"c")]


def test_a_segment_is_the_bytes_the_specification_shows():
    assert segment.encode(SMALL[:1]).hex(" ") == (
        "4f 4c 53 45 47 31 0a 00 01 00 00 00 06 00 00 00 72 65 61 64 73 62 "
        "03 00 00 00 00 00 00 00 0a 00 00 00 00 00 00 00 02 00 00 00 61 62"
    )


@quick
@given(chunks())
def test_chunks_come_back(given_chunks):
    assert segment.decode(segment.encode(given_chunks)) == given_chunks


@quick
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_refused(data):
    for tail in (data, segment.MAGIC + data):
        try:
            read = segment.decode(tail)
        except Refused:
            continue
        assert segment.encode(read) == tail


def test_every_byte_of_a_segment_counts():
    """A changed byte is refused or read as other chunks; no two byte strings are the same chunks."""
    whole = segment.encode(SMALL)
    for place in range(len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            try:
                read = segment.decode(bytes(changed))
            except Refused:
                continue
            assert read != SMALL


@pytest.mark.parametrize("length", range(len(segment.encode(SMALL))))
def test_a_segment_cut_short_is_refused(length):
    with pytest.raises(Refused):
        segment.decode(segment.encode(SMALL)[:length])


def test_a_segment_with_bytes_to_spare_is_refused():
    with pytest.raises(Refused, match="exactly"):
        segment.decode(segment.encode(SMALL) + b"\0")


@pytest.mark.parametrize(
    ("count", "source", "zero", "seqs", "lengths"),
    [
        (0, b"a", 0, [], []),
        (2, b"a", 0, [1, 1], [0, 0]),
        (2, b"a", 0, [2, 1], [0, 0]),
        (1, b"a", 0, [-1], [0]),
        (1, b"a", 1, [1], [0]),
        (1, b"", 0, [1], [0]),
        (1, b"\xff", 0, [1], [0]),
        (1, b"a" * 201, 0, [1], [0]),
        (1, b"a", 0, [1], [segment.CHUNK_BYTES_MAX + 1]),
        (2**32 - 1, b"a", 0, [1], [0]),
    ],
)
def test_a_segment_nobody_would_write_is_refused(count, source, zero, seqs, lengths):
    data = struct.pack("<8sIHH", segment.MAGIC, count, len(source), zero) + source
    data += b"".join(struct.pack("<q", seq) for seq in seqs) + bytes(8 * len(seqs))
    data += b"".join(struct.pack("<I", length) for length in lengths)
    with pytest.raises(Refused):
        segment.decode(data)
