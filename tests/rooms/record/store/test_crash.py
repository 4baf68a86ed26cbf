"""The store under crashes: whatever it called durable is there afterwards, and the ordinary way to open it is the way back."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.record.store import Store
from tests.rooms.record.made import act, chunk, entropy, filled, finding, identity
from tests.rooms.record.store.lives import FAIL_POINTS, wrong_with

HERE = Path(__file__).parent
ENDED_BY_SHIM, STOPPED, UNMENTIONED, ENDED_BY_SIGNAL = 86, 3, 5, -9
SOME = 1 if os.environ.get("OPENLINE_TEST_THOROUGH") else 4
"""Every n, or every fourth where time is short; dying before the call is tried at every n in any case."""


def lives(how: str, folder: Path, number: int = 0, shim: Path | None = None, step: int = 1) -> list[dict[str, Any]]:
    """What came of the lives, from a process of their own."""
    environment = {**os.environ, **({"LD_PRELOAD": str(shim)} if shim else {})}
    command = [sys.executable, "-m", "tests.rooms.record.store.lives", how, str(folder), str(number), str(step)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=HERE.parents[3], check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: a process that dies leaves the same bytes there, and syncs cost nothing."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="openline-test-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that stands between SQLite and the disk."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("NO C COMPILER: dying at every disk call and losing power were NOT tested; install gcc")
    made = tmp_path_factory.mktemp("shim") / "shim.so"
    source = str(HERE / "shim.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(made), source, "-ldl"], check=True, capture_output=True)
    return made


def test_a_process_that_ends_between_any_two_statements_loses_nothing_it_was_told_is_durable(ground: Path):
    ends = lives("fail_points", ground)
    assert [one["wrong"] for one in ends] == [""] * (2 * len(FAIL_POINTS))
    assert {one["code"] for one in ends} == {ENDED_BY_SHIM}
    assert {one["said"] for one in ends} == {0, 2}


def test_twenty_times_sigkill_in_the_middle_of_work_lose_nothing(ground: Path):
    """One record through twenty lives; every line any of them said is checked after each."""
    ends = lives("fire", ground, 20)
    assert [one["wrong"] for one in ends] == [""] * 20
    assert {one["code"] for one in ends} == {ENDED_BY_SIGNAL}
    assert ends[-1]["said"] > 100


@pytest.mark.parametrize(("mode", "step"), [(0, 1), (1, SOME)], ids=["before the call", "in its middle"])
def test_dying_at_any_disk_call_loses_nothing(ground: Path, shim: Path, mode: int, step: int):
    """n = 1, 2, 3 … until a life is lived without reaching n; a write in its middle is half written."""
    ends = lives("calls", ground, mode, shim, step)
    assert [one for one in ends if one["wrong"]] == []
    assert ends[-1]["at"] > 60
    assert {one["code"] for one in ends[:-1]} == {ENDED_BY_SHIM}
    assert (ends[-1]["code"], ends[-1]["said"]) == (0, 4)


@pytest.mark.parametrize("mode", [2, 3], ids=["once", "from then on"])
def test_a_disk_that_says_no_stops_the_store_and_what_it_said_is_there(ground: Path, shim: Path, mode: int):
    """EIO once, or a full disk from there on. Only what fails while closing, when all is said, may go unmentioned."""
    ends = lives("calls", ground, mode, shim, SOME)
    assert [one for one in ends if one["wrong"]] == []
    assert {one["code"] for one in ends[:-1]} <= {STOPPED, UNMENTIONED}
    assert all(one["said"] == 4 for one in ends if one["code"] == UNMENTIONED)


def test_a_log_cut_or_garbled_after_the_last_word_loses_nothing(ground: Path):
    """Copies of the database and its write-ahead log, the log ending anywhere after the last thing that was said."""
    chance = random.Random(11)
    (ground / "life").mkdir()
    with filled(ground / "life" / "record.db", entropy()) as store:
        done = store.commit([finding(1), act(10)], [chunk(11)])
        said = [f"{done.size} {done.root.hex()} 11"]
        safe = (ground / "life" / "record.db-wal").stat().st_size
        store.commit([finding(2), act(20)], [chunk(21)], seal_to=11)  # never said
        database = (ground / "life" / "record.db").read_bytes()
        log = (ground / "life" / "record.db-wal").read_bytes()
    assert len(log) > safe
    for number in range(40):
        copy = ground / f"{number}"
        copy.mkdir()
        cut = chance.randrange(safe, len(log) + 1)
        tail = bytearray(log[:cut])
        if number % 2:
            for _ in range(chance.randrange(1, 9)):
                tail += chance.randbytes(chance.randrange(1, 5000))
        elif cut > safe:
            tail[chance.randrange(safe, cut)] ^= 1 << chance.randrange(8)
        (copy / "record.db").write_bytes(database)
        (copy / "record.db-wal").write_bytes(tail)
        assert wrong_with(copy / "record.db", said) == ""


def test_a_log_cut_before_the_last_word_is_found_to_be_loss(ground: Path):
    """The check above can fail: a log that lost what was said is noticed."""
    with filled(ground / "record.db", entropy()) as store:
        done = store.commit([finding(1), act(10)], [chunk(11)])
        database, log = (ground / "record.db").read_bytes(), (ground / "record.db-wal").read_bytes()
    (ground / "copy").mkdir()
    (ground / "copy" / "record.db").write_bytes(database)
    (ground / "copy" / "record.db-wal").write_bytes(log[:-100])
    assert wrong_with(ground / "copy" / "record.db", [f"{done.size} {done.root.hex()} 11"]).startswith("lost:")


# ── the power fails ──────────────────────────────────────────────────────────────────────────────────────────────────


class Disk:
    """What a disk holds after the power failed: what was synced, and of the rest whatever chance left."""

    def __init__(self, files: dict[str, bytes], honour_sync: bool) -> None:
        self.synced = dict(files)
        self.pending: dict[str, list[tuple[int, bytes | None]]] = {}
        self.honour_sync = honour_sync

    def take(self, what: str, name: str, offset: int, data: bytes) -> None:
        if what == "W":
            self.pending.setdefault(name, []).append((offset, data))
        elif what == "T":
            self.pending.setdefault(name, []).append((offset, None))
        elif what == "U":
            self.pending.pop(name, None)
            self.synced.pop(name, None)
        elif what == "S" and self.honour_sync:
            self.synced[name] = applied(self.synced.get(name, b""), self.pending.pop(name, []))

    def after(self, chance: random.Random | None) -> dict[str, bytes]:
        """The files; without `chance` nothing that was not synced is there, with it some sectors of some writes are."""
        files = dict(self.synced)
        for name, writes in self.pending.items() if chance else ():
            assert chance is not None
            kept: list[tuple[int, bytes | None]] = []
            for offset, data in writes:
                pieces = (
                    [(offset, data)] if data is None else [(offset + i, data[i : i + 512]) for i in range(0, len(data), 512)]
                )
                kept += [piece for piece in pieces if chance.random() < 0.6]
            files[name] = applied(files.get(name, b""), kept)
        return files


def applied(data: bytes, writes: list[tuple[int, bytes | None]]) -> bytes:
    held = bytearray(data)
    for offset, piece in writes:
        if piece is None:
            held = held[:offset] + bytes(max(0, offset - len(held)))
        else:
            held += bytes(max(0, offset + len(piece) - len(held)))
            held[offset : offset + len(piece)] = piece
    return bytes(held)


def steps(trace: bytes) -> list[tuple[str, str, int, bytes]]:
    """The shim's notes: what, file, offset or number, data."""
    found, place = [], 0
    while place < len(trace):
        what = chr(trace[place])
        offset = int.from_bytes(trace[place + 1 : place + 9], "little")
        length = int.from_bytes(trace[place + 9 : place + 13], "little")
        end = place + 15 + int.from_bytes(trace[place + 13 : place + 15], "little")
        name = trace[place + 15 : end].decode()
        place = end + (length if what == "W" else 0)
        found.append((what, name, offset, trace[end:place]))
    return found


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, shim: Path) -> tuple[Path, list[str], list[tuple[str, str, int, bytes]]]:
    """The record before a life, what that life said, and every step it took on the disk."""
    folder = tmp_path_factory.mktemp("written")
    came = lives("trace", folder, 0, shim)[0]
    assert came["code"] == 0
    return folder / "base.db", came["said"], steps((folder / "trace").read_bytes())


def losses(
    written: tuple[Path, list[str], list[tuple[str, str, int, bytes]]], folder: Path, honour_sync: bool
) -> Iterator[str]:
    """Let the power fail after each step, in two ways; what is then wrong with the record."""
    base, said, taken = written
    disk, told = Disk({"record.db": base.read_bytes()}, honour_sync), 0
    for number, (what, name, offset, data) in enumerate(taken):
        if what == "A":
            told = offset
        else:
            disk.take(what, name, offset, data)
        for chance in (None, random.Random(number)):
            place = folder / f"{number}{'' if chance is None else 'x'}"
            place.mkdir()
            for file, content in disk.after(chance).items():
                (place / file).write_bytes(content)
            fault = wrong_with(place / "record.db", said[:told])
            shutil.rmtree(place)
            if fault:
                yield f"step {number} {what} {name}: {fault}"


def test_when_the_power_fails_at_any_step_nothing_that_was_said_is_lost(ground: Path, written):
    _, said, taken = written
    assert (len(said), len(taken) > 60) == (4, True)
    assert list(losses(written, ground, honour_sync=True)) == []


def test_on_a_disk_that_only_pretends_to_sync_the_same_check_finds_losses(ground: Path, written):
    """Leaving the syncs out fails the test above, so it tests them."""
    assert any("lost:" in one for one in losses(written, ground, honour_sync=False))


def test_a_record_that_was_never_closed_is_locked_by_nobody(ground: Path):
    """The lock goes with the process: no stale file keeps the next one out."""
    filled(ground / "record.db").close()
    assert (ground / "record.db.lock").exists()
    Store.open(ground / "record.db", identity()).close()
