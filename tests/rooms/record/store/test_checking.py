"""record.store.checking: fsck finds any byte of the log that changed, and says in which row."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from openline import seal
from openline.record.note import Key
from openline.record.store import Store, checking, disk, tables
from tests.rooms.record.made import filled, finding, identity

SOME = 1 if os.environ.get("OPENLINE_TEST_THOROUGH") else 3
KEY = Key(identity().origin, seal.NOTE_ED25519, identity().signer.public)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "record.db"
    filled(path).close()
    return path


@pytest.fixture
def writer(path: Path) -> Iterator[Connection]:
    """A transaction that is never committed, so that each change can be taken back."""
    engine = disk.writing_engine(path)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def first_fault(connection: Connection) -> str:
    return next(iter(checking.fsck(connection, KEY).faults), "")


def test_a_sound_record_has_no_fault_and_is_counted(path: Path):
    with Store.open(path, None, read_only=True) as store:
        report = store.fsck()
    assert report.good
    assert (report.entries_count, report.objects_count, report.checkpoints_count) == (8, 6, 2)


def cells(connection: Connection) -> Iterator[tuple[str, str, str, object, bytes]]:
    """Table, column, the row's condition, what stands there as the database holds it, and as bytes."""
    wanted = {"entry": ["header", "leaf", "kind"], "node": ["hash"], "object": ["c", "salt", "data"], "checkpoint": ["note"]}
    for name, columns in wanted.items():
        keys = [column.name for column in tables.metadata.tables[name].primary_key]
        for row in connection.execute(select(tables.metadata.tables[name])).mappings():
            where = " AND ".join(f"{key} = {row[key]}" for key in keys)
            for column in columns:
                value = row[column]
                if value is not None:
                    yield name, column, where, value, value if isinstance(value, bytes) else value.encode()


def test_any_one_byte_of_any_row_of_the_log_that_changes_is_found_in_that_row(writer: Connection):
    """Leaves, nodes, commitments, salts: every byte, one bit each; of headers, objects and checkpoints every third where time
    is short (test_verify.py changes each of theirs).
    """
    for table, column, where, value, data in list(cells(writer)):
        writer.rollback()
        place_of = where.split("= ")[-1]
        number = int(place_of) // tables.OBJECTS_PER_ENTRY if table == "object" else int(place_of)
        step = 1 if len(data) <= 32 else SOME
        for place in range(number % step, len(data), step):
            changed = bytearray(data)
            changed[place] ^= 1 << place % 7
            given = bytes(changed) if isinstance(value, bytes) else bytes(changed).decode("latin-1")
            writer.execute(text(f'UPDATE "{table}" SET {column} = :v WHERE {where}'), {"v": given})
            found = first_fault(writer)
            writer.rollback()
            said = {"entry": f"entry {number}", "object": f"entry {number}, object", "checkpoint": f"checkpoint {number}"}
            assert said.get(table, "node (") in found, (table, column, where, place, found)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM entry WHERE idx = 3", "entry 3: missing"),
        ("UPDATE entry SET idx = 99 WHERE idx = 7", "entry 7: missing"),
        ("DELETE FROM node WHERE level = 1 AND idx = 1", "node (1, 1): missing"),
        ("INSERT INTO node VALUES (9, 9, zeroblob(32))", "table node: 8 rows, expected 7"),
        ("DELETE FROM object WHERE id = 96", "entry 3, object 0: missing"),
        ("UPDATE object SET id = 97 WHERE id = 96", "entry 3, object 0: missing"),
        ("INSERT INTO object VALUES (97, zeroblob(32), NULL, NULL)", "object 97: belongs to no entry"),
        ("INSERT INTO object VALUES (9999, zeroblob(32), NULL, NULL)", "table object: 7 rows, expected 6"),
        ("UPDATE object SET salt = NULL, data = NULL WHERE id = 96", "entry 3: an object is gone"),
        ("UPDATE object SET salt = NULL WHERE id = 96", "entry 3, object 0: the salt or the bytes are missing"),
        ("UPDATE object SET salt = zeroblob(15) WHERE id = 96", "entry 3, object 0: the salt or the bytes are missing"),
        ("UPDATE head SET root = zeroblob(32)", "head: the root over 8 entries"),
        ("UPDATE head SET size = 7", "head: the root over 7 entries"),
        ("UPDATE head SET size = 9", "entry 8: missing"),
        ("UPDATE head SET party = 'b.example'", "entry 0: the party is 'a.example', not 'b.example'"),
        ("UPDATE head SET last_seq = 1", "head: the last input is 1, but there is 4"),
        ("UPDATE head SET sealed_seq = 3", "head: sealed up to 3, but a segment goes to 4"),
        ("INSERT INTO chunk VALUES (4, 'readsb', 1, zeroblob(1))", "chunk 4: at or below 4"),
        ("INSERT INTO chunk VALUES (9, 'readsb', 1, zeroblob(1))", "head: the last input is 4, but there is 9"),
        ("INSERT INTO checkpoint SELECT 5, note FROM checkpoint WHERE size = 8", "checkpoint 5"),
        ("INSERT INTO checkpoint SELECT 50, note FROM checkpoint WHERE size = 8", "checkpoint 50: the record has no such size"),
        ("DELETE FROM head", "head: missing"),
    ],
)
def test_rows_that_do_not_belong_together_are_named(writer: Connection, statement, what):
    writer.execute(text(statement))
    assert what in first_fault(writer)


def test_a_database_page_that_was_overwritten_is_found(tmp_path: Path):
    """Below the rows: the file itself."""
    with filled(tmp_path / "r.db") as store:
        store.commit([finding(number, bytes(500)) for number in range(300)])
    data = bytearray((tmp_path / "r.db").read_bytes())
    for page in range(4096 * 12, len(data), 4096 * 7):
        data[page : page + 64] = bytes(64)
    (tmp_path / "r.db").write_bytes(data)
    engine = disk.reading_engine(tmp_path / "r.db")
    with engine.connect() as connection:
        faults = checking.fsck(connection, KEY).faults
    assert faults[0].startswith("database file:")
    engine.dispose()


def test_fsck_stops_counting_at_its_limit(writer: Connection, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "FAULTS_COUNT_MAX", 3)
    writer.execute(text("UPDATE entry SET leaf = zeroblob(32)"))
    assert len(checking.fsck(writer, KEY).faults) == 3


def test_records_of_more_than_a_page_are_checked_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "PAGE_ENTRIES", 7)
    with filled(tmp_path / "r.db") as store:
        for number in range(30):
            store.commit([finding(number), finding(number)])
        assert store.fsck().faults == ()
