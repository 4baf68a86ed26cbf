"""SIGKILL under load, twenty times: nothing the node answered for is lost, and what it found follows again from what it
heard.
"""

import json
import random
import threading
from pathlib import Path
from typing import Any

import httpx2 as httpx

from openline.clock import to_rfc3339
from openline.node.replaying import replay_store
from openline.record.entry import Entry
from openline.record.store import Store
from tests.stories.living import Process, make_node, post

KILLS = 20
ROWS_PER_POST = 20


def rows(number: int, now_ns: int) -> list[dict[str, Any]]:
    """Twenty movers, each one step further; the batch's number is in their callsign."""
    stamp = to_rfc3339(now_ns)
    return [
        {
            "id": f"m{i}",
            "time": stamp,
            "lat": 33.0 + i / 10,
            "lon": 38.0 + (number % 1000) / 1000,
            "accuracy_m": 20,
            "callsign": f"B{number}",
        }
        for i in range(ROWS_PER_POST)
    ]


def load(url: str, answered: list[int], start: int) -> int:
    """Post until the node dies; the numbers it answered for. Gives the next number."""
    import time

    number = start
    with httpx.Client(timeout=10) as client:
        while post(client, url, rows(number, time.time_ns())) is not None:
            answered.append(number)
            number += 1
    return number + 1


def recorded_batches(store: Store) -> set[int]:
    """Numbers of the posts in the record, sealed or not."""
    found = set()
    for _, one in store.inputs():
        if not isinstance(one, Entry) and one.source == "post":
            found.add(int(json.loads(one.data.split(b"\n", 1)[0])["callsign"][1:]))
    return found


def test_twenty_kills_lose_nothing_that_was_answered_for(tmp_path: Path) -> None:
    folder = make_node(tmp_path / "node")
    chance = random.Random(20)
    answered: list[int] = []
    number = 0
    for _ in range(KILLS):
        node = Process(folder)
        url = node.wait()
        timer = threading.Timer(chance.uniform(0.05, 0.6), node.kill)
        timer.start()
        number = load(url, answered, number)
        timer.join()
    node = Process(folder)
    node.wait()
    assert node.stop() == 0

    with Store.open(folder / "record.sqlite3", None, read_only=True) as store:
        assert store.fsck().faults == ()
        assert set(answered) <= recorded_batches(store)
        assert len(answered) > KILLS
        result = replay_store(store, lambda done, of: None)
        kinds = [entry.kind for entry in store.entries() if entry.kind in ("restart", "node.start", "gap", "node.stop")]

    assert result["same"], result
    assert kinds.count("restart") == KILLS
    assert kinds.count("gap") == KILLS
    assert kinds[-1] == "node.stop"
