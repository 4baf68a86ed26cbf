"""record.store on a full disk: nothing is half written, the ballast is given up once, and the store goes on."""

import errno
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from openline.errors import DiskFull, RecordStopped
from openline.record.store import Store, ballast, post
from openline.record.store.ballast import Ballast, Space, no_room
from tests.rooms.record.made import finding


def pages(store: Store, more: int) -> None:
    """The database may grow by so many pages and no further: SQLite then says SQLITE_FULL, as on a full disk."""
    assert store._writer is not None
    connection: Any = store._writer.connection.dbapi_connection
    count = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={count + more}")


class Given(Ballast):
    """A ballast whose giving up gives the database pages."""

    def __init__(self, store: Store, path: Path) -> None:
        super().__init__(path, 4_096)
        self.store = store
        assert self.make()

    def give_up(self) -> bool:
        """Delete it."""
        there = super().give_up()
        if there:
            pages(self.store, 1_000)
        return there


LARGE = b"x" * 200_000


def test_a_full_disk_stops_one_commit_and_not_the_store(store):
    store.commit([finding(1)])
    pages(store, 2)
    with pytest.raises(DiskFull):
        store.commit([finding(2, LARGE)])
    assert store.size == 1
    pages(store, 1_000)
    assert store.commit([finding(3, LARGE)]).size == 2


def test_nothing_of_what_was_refused_is_on_disk(store):
    store.commit([finding(1)])
    pages(store, 2)
    with pytest.raises(DiskFull):
        store.commit([finding(2, LARGE)])
    pages(store, 1_000)
    store.commit([finding(3)])
    assert [one.x["number"] for one in store.entries()] == [1, 3]
    assert store.fsck().faults == ()


def test_the_ballast_is_given_up_once_and_the_commit_goes_on(store, tmp_path):
    store.commit([finding(1)])
    store.ballast = Given(store, tmp_path / "ballast")
    pages(store, 2)
    assert store.commit([finding(2, LARGE)]).size == 2
    assert not store.ballast.there
    pages(store, 2)
    with pytest.raises(DiskFull):
        store.commit([finding(3, LARGE)])


def test_rows_beside_the_log_are_written_once_though_asked_for_twice(store, tmp_path):
    store.ballast = Given(store, tmp_path / "ballast")
    pages(store, 2)
    asked: list[int] = []

    def also(connection: Connection) -> None:
        asked.append(1)
        post.put_waiting(connection, [post.Waiting("k", 1, "msg.out", LARGE)])

    store.commit([finding(1)], also=also)
    assert asked == [1, 1]
    assert len(store.waiting("", "z", 5)) == 1


def test_another_fault_of_the_disk_still_stops_the_store(store):
    def broken(_: object) -> None:
        raise OSError(errno.EIO, "input/output error")

    with pytest.raises(RecordStopped):
        store.commit([finding(1)], also=broken)
    with pytest.raises(RecordStopped):
        store.commit([finding(2)])


def test_the_ballast_takes_its_room_and_gives_it_back(tmp_path):
    one = Ballast(tmp_path / "b", 1 << 20)
    assert one.make()
    assert (tmp_path / "b").stat().st_blocks * 512 >= 1 << 20
    assert one.give_up()
    assert not one.there
    assert not one.give_up()


def test_where_there_is_no_room_for_it_no_half_of_it_stays(tmp_path, monkeypatch):
    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr("os.posix_fallocate", full)
    assert not Ballast(tmp_path / "b", 1 << 20).make()
    assert list(tmp_path.iterdir()) == []


def test_on_a_small_disk_it_is_an_eighth_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(ballast, "SHARE_OF_DISK", 8)
    monkeypatch.setattr(ballast, "space", lambda _: Space(24 << 20, 20 << 20))
    assert ballast.beside(tmp_path / "record.sqlite3", 64).size_bytes == 3 << 20
    monkeypatch.setattr(ballast, "space", lambda _: Space(1 << 40, 20 << 20))
    assert ballast.beside(tmp_path / "record.sqlite3", 64).size_bytes == 64 << 20


@pytest.mark.parametrize(("error", "full"), [(OSError(errno.ENOSPC, ""), True), (OSError(errno.EIO, ""), False)])
def test_a_full_disk_is_told_from_a_broken_one(error, full):
    assert no_room(error) is full


@pytest.mark.parametrize(("code", "full"), [(13, True), (4874, True), (778, False), (1034, False)])
def test_so_are_the_words_of_sqlite(code, full):
    error = sqlite3.OperationalError("said")
    error.sqlite_errorcode = code  # type: ignore[misc]
    assert no_room(error) is full
