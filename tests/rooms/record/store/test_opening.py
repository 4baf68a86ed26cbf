"""record.store.opening: a record opens where it was closed, and one whose end does not fit is refused by name."""

import os
import threading
from pathlib import Path

import pytest

from openline import seal
from openline.errors import AlreadyRunning, BadRecord, BadSetting, RecordStopped
from openline.record.store import Store, disk
from tests.rooms.record.made import filled, finding, identity
from tests.rooms.record.store.files import raw


def test_a_record_opens_where_it_was_closed(tmp_path: Path):
    with filled(tmp_path / "r.db") as store:
        before = (store.size, store.root, store.checkpoint(), store.last_seq())
    with Store.open(tmp_path / "r.db", identity()) as again:
        assert (again.size, again.root, again.checkpoint(), again.last_seq()) == before
        again.commit([finding(99)])
        assert again.fsck().good


def test_a_closed_record_is_one_file(tmp_path: Path):
    """Whoever copies it then has all of it."""
    with filled(tmp_path / "r.db") as store:
        list(store.entries())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.db", "r.db.lock"]


def test_a_record_is_made_once_and_opened_only_where_it_is(tmp_path: Path):
    filled(tmp_path / "r.db").close()
    with pytest.raises(BadSetting, match="never overwritten"):
        Store.create(tmp_path / "r.db", identity())
    with pytest.raises(BadSetting, match="no record"):
        Store.open(tmp_path / "other.db", identity())
    with pytest.raises(BadSetting):
        Store.create(tmp_path / "nowhere" / "r.db", identity())
    with pytest.raises(BadSetting, match="log key"):
        Store.open(tmp_path / "r.db", None)


def test_the_file_is_its_owners_alone(tmp_path: Path):
    filled(tmp_path / "r.db").close()
    assert os.stat(tmp_path / "r.db").st_mode & 0o777 == 0o600


def test_only_one_writer_holds_a_record(store):
    with pytest.raises(AlreadyRunning):
        Store.open(store.path, identity())
    store.close()
    Store.open(store.path, identity()).close()


def test_a_reader_reads_beside_the_writer_and_cannot_write(store):
    store.commit([finding(1)])
    with Store.open(store.path, None, read_only=True) as reader:
        assert [one.index for one in reader.entries()] == [0]
        assert reader.party() == "a.example"
        assert reader.fsck().good
        with pytest.raises(RecordStopped, match="reading only"):
            reader.commit([finding(2)])
        store.commit([finding(2)])
        assert [one.index for one in reader.entries()] == [0, 1]


def test_a_closed_record_is_read_from_a_disk_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    filled(tmp_path / "r.db").close()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Store.open(tmp_path / "r.db", None, read_only=True) as reader:
        assert reader.size == 8
        assert sorted(path.name for path in tmp_path.iterdir()) == ["r.db", "r.db.lock"]


def test_readers_in_other_threads_see_whole_commits_only(store):
    """Ten entries a commit: no reader ever sees a part of ten."""
    seen: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.append(sum(1 for _ in store.entries()))

    readers = [threading.Thread(target=look) for _ in range(2)]
    for one in readers:
        one.start()
    for number in range(30):
        store.commit([finding(number * 10 + place) for place in range(10)])
    done.set()
    for one in readers:
        one.join()
    assert all(count % 10 == 0 for count in seen)


@pytest.mark.parametrize(
    "change", [{"party": "b.example"}, {"origin": "a.example/log/2"}, {"epoch": 2}, {"signer": seal.Signer(b"x" * 32)}]
)
def test_a_record_of_another_party_log_epoch_or_key_is_not_opened(tmp_path: Path, change):
    filled(tmp_path / "r.db").close()
    with pytest.raises(BadRecord, match="the node's is"):
        Store.open(tmp_path / "r.db", identity(**change))


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE head SET root = zeroblob(32)", "head: the root is"),
        ("UPDATE head SET size = size + 1", "the head says 9 entries; the record holds 8"),
        ("UPDATE head SET vkey = 'x'", "head"),
        ("DELETE FROM head", "the head is missing"),
        ("DELETE FROM entry WHERE idx = 3", "holds 7"),
        ("DELETE FROM entry WHERE idx = 7", "holds 7"),
        ("UPDATE node SET hash = zeroblob(32) WHERE level = 3", "head: the root is"),
        ("DELETE FROM node WHERE level = 3", "tree node (3, 0) is missing"),
        ("UPDATE entry SET header = zeroblob(10) WHERE idx = 2", "entry 2: its bytes do not hash to its leaf"),
        ("DELETE FROM checkpoint WHERE size = 8", "no checkpoint of 8 entries"),
        ("INSERT INTO checkpoint SELECT 9, note FROM checkpoint WHERE size = 8", "a checkpoint of 9 entries was signed"),
        ("UPDATE checkpoint SET note = replace(note, 'A', 'B')", "checkpoint 8"),
        ("UPDATE checkpoint SET note = 'x'", "checkpoint 8"),
        ("UPDATE schema_version SET version = 2", "schema version 2"),
        ("DROP TABLE entry", "cannot be read"),
    ],
)
def test_a_record_whose_end_does_not_fit_is_refused_and_named(tmp_path: Path, statement, what):
    filled(tmp_path / "r.db").close()
    raw(tmp_path / "r.db", statement)
    with pytest.raises(BadRecord) as caught:
        Store.open(tmp_path / "r.db", identity())
    assert what in caught.value.message
    with pytest.raises(BadRecord):  # the lock was given back
        Store.open(tmp_path / "r.db", identity())


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    (tmp_path / "r.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(BadRecord, match="cannot be read"):
        Store.open(tmp_path / "r.db", identity())


def test_an_older_library_is_named(store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 40, 1))
    assert "3.51.3" in disk.warnings()[0]
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 3))
    assert disk.warnings() == ()


def test_a_network_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(disk, "_mounted_as", lambda path: "nfs4")
    with pytest.raises(BadSetting, match="network disk"):
        Store.create(tmp_path / "r.db", identity())


def test_full_synchronous_is_on_where_it_writes(store):
    connection = store._writer.connection.dbapi_connection
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_record_of_an_earlier_release_is_given_the_working_tables_it_lacks(tmp_path: Path):
    path = tmp_path / "r.db"
    filled(path).close()
    raw(path, "DROP TABLE session")
    with Store.open(path, identity()) as store:
        assert store.sessions() == []
        assert store.fsck().good
