"""A flipped bit anywhere in the database file: whoever reads it gets an error of ours that says where, or the same record."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openline.errors import BadRecord, OpenlineError
from openline.record.store import Operator, Store
from openline.record.store.people import put_operator
from tests.rooms.record.made import chunk, filled, finding, identity

FLIPS = 150
LOG = {
    "schema_version": "*",
    "entry": "*",
    "node": "*",
    "object": "*",
    "checkpoint": "*",
    "head": "log, party, vkey, size, root",
}

Reading = Callable[[Store], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a record with something in each table that is used."""
    path = tmp_path_factory.mktemp("sound") / "record.db"
    with filled(path) as store:
        for number in range(60):
            store.commit([finding(number, bytes([number]) * 900)], [chunk(100 + number)])
        anna = Operator("anna", "supervisor", "$argon2id$", 1, 1)
        store.commit((), also=lambda connection: put_operator(connection, anna))
    return path.read_bytes()


def flipped(sound: bytes) -> list[tuple[int, bytes]]:
    """Copies with one bit changed, spread over the whole file."""
    chance = random.Random(20170518)
    copies = []
    for number in range(FLIPS):
        place = int((number + chance.random()) * len(sound) / FLIPS)
        data = bytearray(sound)
        data[place] ^= 1 << chance.randrange(8)
        copies.append((place, bytes(data)))
    return copies


def rows(path: Path) -> list[Any]:
    """What is in the log, read without any code of ours."""
    connection = sqlite3.connect(path)
    try:
        return [connection.execute(f'SELECT {columns} FROM "{table}"').fetchall() for table, columns in LOG.items()]
    finally:
        connection.close()


def everything(store: Store) -> None:
    for entry in store.entries():
        store.salted(entry.objects[0].c) if entry.objects else None
    list(store.inputs(missing=[]))
    store.operators()
    store.inclusion(0)
    store.consistency(1)
    store.objects_between(0, store.size)


def read(path: Path, reading: Reading, writing: bool) -> str:
    """What became of it, in a word."""
    try:
        with Store.open(path, identity() if writing else None, read_only=not writing) as store:
            reading(store)
    except OpenlineError as error:
        return type(error).__name__ if error.message else "an error without a word"
    return "read"


@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
def test_no_flip_brings_out_anything_but_an_error_of_ours(sound: bytes, tmp_path: Path, writing: bool):
    path = tmp_path / "record.db"
    met = set()
    for _, data in flipped(sound)[:: 3 if writing else 1]:
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        path.write_bytes(data)
        met.add(read(path, everything, writing))

    assert {"read", "BadRecord"} <= met <= {"read", "BadRecord", "BadSetting", "Refused"}


def test_fsck_finds_every_flip_that_changes_the_log(sound: bytes, tmp_path: Path):
    path = tmp_path / "record.db"
    path.write_bytes(sound)
    as_it_was = rows(path)
    verdicts = set()
    for place, data in flipped(sound):
        path.write_bytes(data)
        try:
            with Store.open(path, None, read_only=True) as store:
                good = store.fsck().good
        except OpenlineError:
            good = False
        verdicts.add(good)
        assert not good or rows(path) == as_it_was, place

    assert verdicts == {False, True}


def test_what_cannot_be_read_is_named_by_its_table(sound: bytes, tmp_path: Path):
    path = tmp_path / "record.db"
    path.write_bytes(sound)
    connection = sqlite3.connect(path)
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'operator'").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    data = bytearray(sound)
    data[(root - 1) * size] ^= 0xFF  # the kind of the page
    path.write_bytes(data)

    with Store.open(path, None, read_only=True) as store, pytest.raises(BadRecord, match="at table operator"):
        store.operators()
