"""record.store.log: what is committed is there, whole and in order; what is not known to be there is not spoken of."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError, OperationalError

from openline import seal
from openline.errors import DiskFull, RecordStopped, Refused
from openline.record import tree
from openline.record.note import parse_checkpoint, parse_note, verified_by
from openline.record.store import Blob, NewEntry, Operator, Store, tables, writing
from openline.record.store.people import put_operator
from tests.rooms.record.made import ANN, ME, T0_US, act, chunk, filled, finding, identity
from tests.rooms.record.store.files import raw

# ── a commit ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_record_is_empty_and_signed(store):
    assert (store.size, store.root, store.last_seq()) == (0, tree.EMPTY_ROOT, -1)
    assert parse_checkpoint(parse_note(store.checkpoint().encode()).text).size == 0


def test_a_commit_says_what_is_durable_and_signs_it(store):
    store.commit([finding(1)])
    done = store.commit([finding(2), finding(3)])
    assert (done.first, done.size, done.root) == (1, 3, store.root)
    note = parse_note(done.note.encode())
    assert [key for key, _ in verified_by(note, [store.key])] == [store.key]
    assert parse_checkpoint(note.text).root == tree.root_of(tree.leaf_hash(one.header) for one in store.entries())


def test_entries_and_objects_come_back(store):
    store.commit([finding(1, b"first"), act(7)])
    first, second = store.entries()
    assert (first.index, first.kind, first.x, first.ref) == (0, "finding", {"number": 1}, ("zone:1",))
    assert store.objects_of(first) == [b"first"]
    assert store.object(first.objects[0].c) == b"first"
    assert (second.kind, second.actor, second.objects) == ("act", ANN, ())


def test_entries_can_be_asked_for_by_place_number_and_kind(store):
    store.commit([finding(1), act(1), finding(2), act(2), finding(3)])
    assert [one.index for one in store.entries(after=1)] == [2, 3, 4]
    assert [one.index for one in store.entries(after=0, limit=2)] == [1, 2]
    assert [one.index for one in store.entries(kind="act")] == [1, 3]
    assert list(store.entries(limit=0)) == []


def test_long_records_are_read_page_by_page(store):
    store.commit([finding(number, b"") for number in range(1203)])
    assert [one.index for one in store.entries()] == list(range(1203))
    assert [one.index for one in store.entries(after=400, limit=702)] == list(range(401, 1103))


def test_every_entry_has_a_proof_in_every_later_tree(store):
    for number in range(20):
        store.commit([finding(number)])
    leaves = [tree.leaf_hash(one.header) for one in store.entries()]
    for size in range(1, 21):
        root = tree.root_of(leaves[:size])
        assert tree.verify_consistency(size, 20, root, store.root, store.consistency(size))
        assert all(tree.verify_inclusion(i, size, leaves[i], store.inclusion(i, size), root) for i in range(size))


def test_what_is_refused_leaves_nothing_and_the_store_goes_on(store):
    store.commit([finding(1)])
    with pytest.raises(Refused):
        store.commit([finding(2), NewEntry(kind="gossip", at_us=1, actor=ME)], [chunk(1)])
    with pytest.raises(Refused):
        store.commit([msgspec.structs.replace(finding(2), x={"depth_m": 1.5})])
    assert store.size == 1
    assert store.commit([finding(2)], [chunk(1)]).size == 2


def test_what_also_writes_stands_or_falls_with_the_entries(store):
    def also(connection: Connection) -> None:
        row = {"key": "k", "due_us": 1, "kind": "call", "state": "queued", "attempts_count": 0, "idx": 0, "body": b""}
        connection.execute(insert(tables.outbox), [row])

    def failing(connection: Connection) -> None:
        also(connection)
        raise LookupError("changed my mind")

    with pytest.raises(LookupError):
        store.commit([finding(1)], also=failing)
    assert store.size == 0
    assert store.commit([finding(1)], also=also).size == 1
    with pytest.raises(IntegrityError):
        store.commit([finding(2)], also=also)  # the same key is the same message
    assert store.size == 1
    assert store.fsck().good


def test_a_commit_of_chunks_alone_needs_no_new_checkpoint(store):
    before = store.checkpoint()
    done = store.commit([], [chunk(1), chunk(2)])
    assert (done.first, done.size, done.note) == (0, 0, before)
    assert store.last_seq() == 2


def test_a_commit_of_nothing_changes_nothing(store):
    assert store.commit([]).size == 0


def test_checkpoints_do_not_pile_up_but_one_a_block_stays(store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writing, "KEPT_EVERY", 10)
    for number in range(35):
        store.commit([finding(number)])
    with store._reading() as connection:
        sizes = [row.size for row in connection.execute(tables.checkpoint.select().order_by(tables.checkpoint.c.size))]
    assert sizes == [0, 9, 19, 29, 35]


def test_a_cosigned_checkpoint_stays(store):
    def also(connection: Connection) -> None:
        connection.execute(insert(tables.cosignature), [{"size": 1, "name": "b.example/w", "line": "— …"}])

    store.commit([finding(1)], also=also)
    store.commit([finding(2)])
    store.commit([finding(3)])
    with store._reading() as connection:
        assert [row.size for row in connection.execute(tables.checkpoint.select())] == [0, 1, 3]


def test_a_checkpoint_can_be_signed_twice(tmp_path: Path):
    with filled(tmp_path / "r.db", quantum=seal.QuantumSigner(b"q" * 32)) as store:
        note = parse_note(store.checkpoint().encode())
        assert len(verified_by(note, store.log_keys())) == 2
        assert store.fsck().good


# ── stopping ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def refusing_to_commit(*_: object) -> None:
    raise OperationalError("COMMIT", None, OSError("disk I/O error"))


def test_when_it_is_not_known_what_is_on_disk_the_store_stops_for_good(store, monkeypatch: pytest.MonkeyPatch):
    store.commit([finding(1)])
    with monkeypatch.context() as patch:
        patch.setattr(store._writer, "commit", refusing_to_commit)
        with pytest.raises(RecordStopped, match="disk I/O error"):
            store.commit([finding(2)])
    with pytest.raises(RecordStopped, match="may or may not"):
        store.commit([finding(3)])
    assert store.size == 1


def test_a_database_error_before_the_commit_stops_the_store_too(store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writing, "put_rows", refusing_to_commit)
    with pytest.raises(RecordStopped):
        store.commit([finding(1)])
    monkeypatch.undo()
    with pytest.raises(RecordStopped):
        store.commit([finding(1)])


def test_a_writer_that_finds_the_end_moved_stops_signing(store):
    store.commit([finding(1)])
    raw(store.path, "UPDATE head SET epoch = 2")
    with pytest.raises(RecordStopped, match="Somebody else"):
        store.commit([finding(2)])
    with pytest.raises(RecordStopped):
        store.commit([finding(2)])


def test_a_full_disk_refuses_a_commit_and_the_next_start_finds_the_record_whole(store):
    store.commit([finding(1)])
    pages = store._writer.connection.dbapi_connection.execute("PRAGMA page_count").fetchone()[0]
    store._writer.connection.dbapi_connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(DiskFull, match="full"):
        store.commit([finding(2, bytes(100_000))])
    store.close()
    with Store.open(store.path, identity()) as again:
        assert again.size == 1
        assert again.fsck().good
        assert again.commit([finding(2)]).size == 2


# ── erasing, people ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_redacted_object_is_gone_from_the_files_and_the_log_still_verifies(store):
    secret = b"born on a boat, 1987, blood group"
    blobs = (Blob("text/plain", secret * 40), Blob("text/plain", b"stays"))
    store.commit([NewEntry(kind="finding", at_us=T0_US, actor=ME, blobs=blobs)])
    first, second = next(store.entries()).objects
    done = store.redact([first.c], NewEntry(kind="redaction", at_us=T0_US, actor=ANN, x={"why": "asked for"}))
    left = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert secret not in left
    assert store.salted(first.c) is None
    assert store.object(second.c) == b"stays"
    assert done.size == 2
    assert store.fsck().good
    with pytest.raises(Refused, match="not redacted"):
        store.object(first.c)


def test_only_what_is_held_is_redacted_and_only_by_a_redaction(store):
    store.commit([finding(1)])
    c = next(store.entries()).objects[0].c
    with pytest.raises(Refused):
        store.redact([], NewEntry(kind="redaction", at_us=T0_US, actor=ANN))
    with pytest.raises(Refused):
        store.redact([b"x" * 32], NewEntry(kind="redaction", at_us=T0_US, actor=ANN))
    with pytest.raises(Refused):
        store.redact([c], finding(2))
    assert store.salted(c) is not None


def test_accounts_change_with_the_entry_that_says_so(store):
    ann = Operator("Ann Officer", "supervisor", "$argon2id$…", T0_US, T0_US)
    user = NewEntry(kind="user", at_us=T0_US, actor=ANN, x={"name": ann.name})
    store.commit([user], also=lambda connection: put_operator(connection, ann))
    locked = msgspec.structs.replace(ann, locked=True, changed_us=T0_US + 1)
    store.commit([user], also=lambda connection: put_operator(connection, locked))
    assert store.operators() == [locked]
    assert "argon2id" not in repr(locked)
