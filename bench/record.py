"""How fast the record is: durable entries a second in groups and one by one, beside the bare disk; then export and checks.

Rounds are interleaved, because a shared disk is another disk every second; the numbers are medians, the ratios those of the
medians in this run. One JSON line each: name, value, unit, peer, peer_value, ratio.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from _node import say

from openline import seal
from openline.record.entry import Actor, Blob, NewEntry
from openline.record.keys import KeyManifest, PublicKey, make_manifest
from openline.record.store import Chunk, Identity, Store
from openline.record.store.exporting import Order
from openline.record.store.folder import verify_path, write_folder, write_zip

ROOT = Path(__file__).resolve().parents[1]
ME = Actor("node", "machine")
BODY = os.urandom(700)
BATCH = 100
GOAL_PER_S = 5_000.0
LARGE = 1_000
LARGE_GOAL_PER_S = 10_000.0
PARTY, ORIGIN = "bench.example", "bench.example/openline/log/1"


def entry(number: int) -> NewEntry:
    """A finding with a body of 700 bytes."""
    facts = {"event": "entry", "mover": "icao:4ca7b3", "number": number, "zone": "a.example/1"}
    return NewEntry(kind="finding", at_us=number, actor=ME, blobs=(Blob("application/json", BODY),), x=facts)


def per_second(round_s: float, once: Callable[[], int]) -> float:
    """What `once` gets done, a second, over about `round_s`."""
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < round_s:
        done += once()
    return done / (time.perf_counter() - begun)


class Disk:
    """The bare disk: 4 KiB written and synced, which is the least any durable commit can cost."""

    def __init__(self, folder: Path) -> None:
        self.fd = os.open(folder / "bare", os.O_RDWR | os.O_CREAT)
        self.place = 0

    def once(self) -> int:
        os.pwrite(self.fd, bytes(4096), self.place % 2**26)
        os.fdatasync(self.fd)
        self.place += 4096
        return 1


def commits(folder: Path, log: seal.Signer, rounds: int, round_s: float) -> Store:
    """The rates of group commit, one by one, and the bare disk."""
    store = Store.create(folder / "record.db", Identity(PARTY, ORIGIN, 1, log))
    disk = Disk(folder)

    def group(count: int = BATCH) -> int:
        first = store.size
        return store.commit([entry(first + place) for place in range(count)]).size - first

    def thousand() -> int:
        return group(LARGE)

    def sign() -> int:
        log.sign(BODY)
        return 1

    def single() -> int:
        return store.commit([entry(store.size)]).size - (store.size - 1)

    def feed() -> int:
        seq = store.last_seq() + 1
        chunks = [Chunk(seq + place, f"feed{place % 10}", seq, BODY) for place in range(BATCH)]
        store.commit([], chunks, seal_to=seq - 1 if seq % 1000 == 0 else None)
        return BATCH

    ways = {"bare fsync": disk.once, "one by one": single, "group": group, "thousand": thousand, "feed": feed, "sign": sign}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, once in ways.items():
            rates[name].append(per_second(round_s, once))
    middle = {name: statistics.median(values) for name, values in rates.items()}
    say("record.bare_fsync", middle["bare fsync"], "syncs/s")
    say("record.one_by_one", middle["one by one"], "entries/s", "bare fsync", middle["bare fsync"])
    say("record.group_commit_100", middle["group"], "entries/s", "one by one", middle["one by one"])
    say("record.group_commit_100", middle["group"], "entries/s", "goal", GOAL_PER_S)
    say("record.group_commit_1000", middle["thousand"], "entries/s", "goal", LARGE_GOAL_PER_S)
    say("record.signatures", middle["sign"], "signatures/s")
    say("record.feed_chunks_100", middle["feed"], "chunks/s", "one by one", middle["one by one"])
    return store


def evidence(folder: Path, store: Store, log: seal.Signer, entries_count: int) -> None:
    """How long it takes to check, export and verify a record of so many entries."""
    root, line = seal.Signer.generate(os.urandom), seal.Signer.generate(os.urandom)
    listed = [("root", root), ("log", log), ("line", line)]
    keys = tuple(PublicKey(f"{use}#1", use, "ed25519", key.public) for use, key in listed)
    signed = make_manifest(KeyManifest(party=PARTY, seq=1, not_before_us=0, keys=keys), root)
    order = Order(made_us=0, by=ME, tool="bench", scope="bench", signer=line, keys=signed, end=entries_count)

    def rate(work: Callable[[], object]) -> float:
        begun = time.perf_counter()
        work()
        return min(entries_count, store.size) / (time.perf_counter() - begun)

    say("record.export", rate(lambda: write_zip(folder / "bundle.zip", store.bundle(order))), "entries/s")
    write_folder(folder / "bundle", store.bundle(order))
    ours = rate(lambda: verify_path(folder / "bundle.zip"))
    command = [sys.executable, str(folder / "bundle" / "verify.py"), str(folder / "bundle.zip")]
    theirs = rate(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    say("record.verify", ours, "entries/s", "the bundle's own verify.py", theirs)
    say("record.fsck", store.size / timed(store.fsck), "entries/s")
    say("record.read", store.size / timed(lambda: sum(1 for _ in store.entries())), "entries/s")
    store.close()
    say("record.open", timed(lambda: Store.open(store.path, None, read_only=True).close()) * 1000, "ms")


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--round-s", type=float, default=1.0)
    words.add_argument("--entries", type=int, default=20_000, help="the size of the bundle")
    words.add_argument("--folder", type=Path, default=ROOT, help="where the disk is that is measured")
    given = words.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder, prefix=".bench-") as folder:
        log = seal.Signer.generate(os.urandom)
        store = commits(Path(folder), log, given.rounds, given.round_s)
        evidence(Path(folder), store, log, given.entries)


if __name__ == "__main__":
    main()
