"""record.store.reading and sealing: inputs come back in the order they were given."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from openline.errors import BadRecord, Refused
from openline.record.store import Chunk, Entry, NewEntry, Store, tables, writing
from tests.rooms.record.made import ANN, ME, T0_US, act, chunk, identity


def kinds_of(store: Store) -> list[str]:
    return [one.kind for one in store.entries()]


def test_sealing_makes_one_entry_a_source_and_empties_the_journal(store):
    store.commit([act(1)], [chunk(2, "readsb"), chunk(3, "ais"), chunk(4, "batch")])
    store.commit([], [chunk(5, "readsb")], seal_to=4)
    assert kinds_of(store) == ["act", "track.segment", "batch.segment", "track.segment"]
    facts = list(store.entries(kind="track.segment"))[1].x
    assert facts == {"count": 1, "first": 2, "from_us": T0_US + 2, "last": 2, "seal": 4, "source": "readsb", "to_us": T0_US + 2}
    with store._reading() as connection:
        assert [row.seq for row in connection.execute(tables.chunk.select())] == [5]


def test_a_large_second_becomes_several_segments(store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writing, "SEGMENT_BYTES_MAX", 100)
    store.commit([], [chunk(number, "readsb", b"x" * 60) for number in range(5)], seal_to=4)
    assert kinds_of(store) == ["track.segment"] * 5
    assert [seq for seq, _ in store.inputs()] == [0, 1, 2, 3, 4]


def test_segments_of_an_exercise_say_so(store):
    store.commit([], [chunk(1)], seal_to=1, exercise=True)
    assert next(store.entries()).exercise


@st.composite
def nights(draw):
    """Batches as a node would commit them: numbers that rise, acts and chunks, a seal now and then."""
    seq, night = 0, []
    for _ in range(draw(st.integers(1, 8))):
        entries, chunks = [], []
        for _ in range(draw(st.integers(0, 5))):
            seq += draw(st.integers(1, 3))
            what = draw(st.sampled_from(["act", "intake", "readsb", "ais"]))
            if what in ("act", "intake"):
                entries.append(NewEntry(kind=what, at_us=T0_US, actor=ME, x={"seq": seq}))
            else:
                chunks.append(Chunk(seq, what, draw(st.integers(0, 2**60)), draw(st.binary(max_size=5))))
        if (entries or chunks) and draw(st.booleans()):
            chunks.append(Chunk(seq, "batch", seq, b""))
        behind = draw(st.integers(-9, 6))  # a node may ask to seal beyond the last input
        night.append((entries, chunks, max(seq - behind, 0) if draw(st.booleans()) else None))
    return night


@settings(max_examples=30, deadline=None)
@given(night=nights(), after=st.integers(-1, 30))
def test_inputs_come_back_in_the_order_they_were_given(tmp_path_factory, night, after):
    """However the batches were cut and sealed; a batch boundary comes after the input of the same number."""
    given_inputs: list[tuple[int, bool, object]] = []
    with Store.create(tmp_path_factory.mktemp("night") / "r.db", identity()) as store:
        sealed = -1
        for entries, chunks, seal_to in night:
            store.commit(entries, chunks, seal_to if seal_to is None or seal_to > sealed else None)
            highest = max([one.x["seq"] for one in entries] + [one.seq for one in chunks] + [store.last_seq()])
            sealed = max(sealed, min(-1 if seal_to is None else seal_to, highest))
            given_inputs += [(one.x["seq"], False, one.kind) for one in entries]
            given_inputs += [(one.seq, one.source == "batch", one) for one in chunks]
        wanted = [(seq, what) for seq, _, what in sorted(given_inputs, key=lambda one: one[:2]) if seq > after]
        assert [(seq, one.kind if isinstance(one, Entry) else one) for seq, one in store.inputs(after)] == wanted
        assert store.last_seq() == max((seq for seq, _, _ in given_inputs), default=-1)
        assert store.fsck().faults == ()


@pytest.mark.parametrize(
    ("entries", "chunks"),
    [
        ([act(4)], []),
        ([], [chunk(4)]),
        ([NewEntry(kind="act", at_us=1, actor=ME)], []),
        ([NewEntry(kind="act", at_us=1, actor=ME, x={"seq": "5"})], []),
        ([NewEntry(kind="intake", at_us=1, actor=ME, x={"seq": True})], []),
        ([NewEntry(kind="track.segment", at_us=1, actor=ME)], []),
        ([], [Chunk(9, "", 1, b"")]),
        ([], [Chunk(9, "x" * 201, 1, b"")]),
        ([], [Chunk(9, "readsb", 1, bytes(4 * 1024 * 1024 + 1))]),
    ],
)
def test_inputs_that_would_come_out_of_order_or_unnumbered_are_refused(store, entries, chunks):
    store.commit([], [chunk(3), chunk(4)], seal_to=4)
    with pytest.raises(Refused):
        store.commit(entries, chunks)


def test_one_number_cannot_be_given_twice(store):
    store.commit([], [chunk(3)])
    with pytest.raises(IntegrityError):
        store.commit([], [chunk(3)])
    store.commit([], [chunk(4)])
    assert [seq for seq, _ in store.inputs()] == [3, 4]


def test_inputs_whose_segment_was_redacted_are_not_passed_over_in_silence(store):
    store.commit([], [chunk(1)], seal_to=1)
    c = next(store.entries()).objects[0].c
    store.redact([c], NewEntry(kind="redaction", at_us=T0_US, actor=ANN))
    with pytest.raises(BadRecord, match="redacted"):
        list(store.inputs())
    store.commit([], [chunk(2)])
    missing: list[Entry] = []
    assert [seq for seq, _ in store.inputs(missing=missing)] == [2]
    assert [one.index for one in missing] == [0]
