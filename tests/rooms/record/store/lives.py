"""Short lives of a store that end badly, each in a process of its own; run by `test_crash.py` as a program.

    python -m tests.rooms.record.store.lives HOW FOLDER [NUMBER [STEP]]

One process prepares and judges, and forks a child for every life, so that a hundred lives take seconds. A child says through a
pipe what the store told it was durable; whatever it said must be there when the record is opened again. Prints one JSON list.
"""

import ctypes
import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from openline.errors import DiskFull, OpenlineError, RecordStopped
from openline.record import tree
from openline.record.entry import NewEntry
from openline.record.store import Chunk, Store
from tests.rooms.record.made import ANN, T0_US, act, chunk, filled, finding, identity

Say = Callable[[str], None]
FAIL_POINTS = (
    "chunks",
    "sealed",
    "entries",
    "objects",
    "nodes",
    "head",
    "checkpoint",
    "also",
    "before_commit",
    "after_commit",
)


def life(path: Path, say: Say, commits_count: int = 3) -> None:
    """Open, commit with everything a commit can hold, redact, close; `say` what is durable as soon as the store says so."""
    with Store.open(path, identity()) as store:
        seq = store.last_seq()
        for _ in range(commits_count):
            seq += 4
            entries, chunks = [finding(seq), act(seq)], [chunk(seq + 1), chunk(seq + 2, "ais"), chunk(seq + 2, "batch")]
            done = store.commit(entries, chunks, seal_to=seq if seq % 8 < 4 else None)
            say(f"{done.size} {done.root.hex()} {seq + 2}")
        held = [one for one in store.entries(kind="finding") if store.salted(one.objects[0].c)]
        done = store.redact([held[0].objects[0].c], NewEntry(kind="redaction", at_us=T0_US, actor=ANN))
        say(f"{done.size} {done.root.hex()} {seq + 2}")


def wrong_with(path: Path, said: list[str]) -> str:
    """What is wrong with a record of which `said` was told to be durable; nothing if all is well. Opens it the ordinary way."""
    try:
        with Store.open(path, identity()) as store:
            faults = store.fsck().faults
            if faults:
                return faults[0]
            frontier, roots = tree.Frontier(), {0: tree.EMPTY_ROOT.hex()}
            for one in store.entries():
                frontier.append(tree.leaf_hash(one.header))
                roots[frontier.size] = frontier.root().hex()
            seqs = {seq for seq, _ in store.inputs()}
            for line in said:
                size, root, seq = line.split()
                if roots.get(int(size)) != root or int(seq) not in seqs:
                    return f"lost: {line}; the record holds {store.size} entries, inputs up to {store.last_seq()}"
            store.commit([finding(1)], [Chunk(store.last_seq() + 1, "readsb", 1, b"on it goes")])
    except OpenlineError as error:
        return str(error)
    return ""


def fork(child: Callable[[Say], int]) -> tuple[int, int]:
    """A child and the end of the pipe it speaks into."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writes)
        return pid, reads
    code = 99
    try:
        code = child(lambda line: void(os.write(writes, line.encode() + b"\n")))
    finally:
        os._exit(code)


def void(_: object) -> None:
    """Nothing."""


def finished(pid: int, reads: int) -> tuple[int, list[str]]:
    """How the child ended, and the whole lines it had said."""
    with os.fdopen(reads, "rb") as pipe:
        text = pipe.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), text.split("\n")[:-1]


def fresh(folder: Path, base: Path) -> Path:
    """A copy of the base record under the name the shim watches."""
    shutil.rmtree(folder / "life", ignore_errors=True)
    (folder / "life").mkdir()
    return Path(shutil.copy(base, folder / "life" / "record.db"))


def at_fail_points(folder: Path, base: Path) -> Iterator[dict[str, object]]:
    """One life for every named moment, in the first and the third commit."""
    for name in FAIL_POINTS:
        for count in (1, 3):
            path = fresh(folder, base)
            os.environ["OPENLINE_FAIL_AT"] = f"{name}:{count}"
            pid, reads = fork(lambda say, path=path: life(path, say) or 0)  # type: ignore[misc]
            del os.environ["OPENLINE_FAIL_AT"]
            code, said = finished(pid, reads)
            yield {"at": f"{name}:{count}", "code": code, "said": len(said), "wrong": wrong_with(path, said)}


def under_fire(folder: Path, base: Path, count: int) -> Iterator[dict[str, object]]:
    """One record that lives on through `count` lives, each ended by SIGKILL in the middle of its work."""
    path, said, chance = fresh(folder, base), list[str](), random.Random(7)
    for number in range(count):
        pid, reads = fork(lambda say: life(path, say, 10_000) or 0)
        wanted, text = chance.randrange(1, 30), b""
        while text.count(b"\n") < wanted:
            text += os.read(reads, 4096)
        os.kill(pid, signal.SIGKILL)
        code, rest = finished(pid, reads)
        whole = text.decode() + "".join(f"{line}\n" for line in rest)
        said += whole.split("\n")[:-1]
        yield {"at": number, "code": code, "said": len(said), "wrong": wrong_with(path, said)}


def at_every_disk_call(folder: Path, base: Path, mode: int, step: int) -> Iterator[dict[str, object]]:
    """One life for every n, or every `step`-th: at the n-th call that changes a file the process dies, or the disk says no."""
    shim = ctypes.CDLL(os.environ["LD_PRELOAD"])
    shim.shim_calls.restype = ctypes.c_long
    for number in range(1, 10_000, step):
        path = fresh(folder, base)

        def child(say: Say, path: Path = path, number: int = number) -> int:
            shim.shim_arm(ctypes.c_long(number), mode)
            try:
                life(path, say)
            except (DiskFull, RecordStopped):
                return 3
            except OpenlineError:
                return 4  # it did not open; nothing was said
            return 0 if shim.shim_calls() < number else 5

        code, said = finished(*fork(child))
        yield {"at": number, "code": code, "said": len(said), "wrong": wrong_with(path, said)}
        if code == 0:
            return


def written_down(folder: Path, base: Path) -> Iterator[dict[str, object]]:
    """One life whose every write, sync and word is written into `trace`; `test_power.py` makes the power fail in it."""
    shim = ctypes.CDLL(os.environ["LD_PRELOAD"])
    path = fresh(folder, base)

    def child(say: Say) -> int:
        shim.shim_trace(os.fsencode(folder / "trace"))
        count = 0

        def mark(line: str) -> None:
            nonlocal count
            count += 1
            say(line)
            shim.shim_mark(ctypes.c_long(count))

        life(path, mark)
        return 0

    code, said = finished(*fork(child))
    yield {"code": code, "said": said}


def main(how: str, folder: Path, number: int = 0, step: int = 1) -> None:
    """Make the base record, live the lives, print what came of them."""
    base = folder / "base.db"
    filled(base).close()
    lives = {
        "fail_points": lambda: at_fail_points(folder, base),
        "fire": lambda: under_fire(folder, base, number),
        "calls": lambda: at_every_disk_call(folder, base, number, step),
        "trace": lambda: written_down(folder, base),
    }
    print(json.dumps(list(lives[how]())))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
