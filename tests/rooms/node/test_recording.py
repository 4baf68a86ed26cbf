"""Recorded inputs read back: what is damaged is named, and never stepped."""

import pytest

from openline.errors import BadRecord
from openline.node.recording import BATCH, batches
from openline.record.entry import Actor, Entry
from openline.record.segment import Chunk


def entry(kind: str = "act") -> Entry:
    return Entry(
        index=41, header=b"", kind=kind, at_us=1, party="a.example", actor=Actor("anna", "operator"),
        release="own", exercise=False, ref=(), objects=(), x={"seq": 3, "act": "incident.note"},
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["act", "intake"])
@pytest.mark.parametrize("data", [b"\xff", b"{", b"[]" * 2, b'{"source"}', b"[" * 100_000])
def test_an_entry_whose_object_is_damaged_is_named(kind: str, data: bytes) -> None:
    with pytest.raises(BadRecord, match="entry 41"):
        list(batches([(3, entry(kind))], lambda _: data))


@pytest.mark.parametrize("data", [b"", b"\x00" * 24, b"\x00" * 26])
def test_a_batch_whose_mark_is_damaged_is_named(data: bytes) -> None:
    with pytest.raises(BadRecord, match="input 7"):
        list(batches([(7, Chunk(7, BATCH, 1, data))], lambda _: b""))
