"""Two real nodes and everything that can happen between them; then both records are checked against each other.

    chaos.py [--minutes 10] [--seed N]      make chaos MINUTES=10 SEED=7

Both nodes send in all lanes through proxies that cut, refuse, stall and break connections with bytes on their way; either node
is killed with SIGKILL and its clock jumps. Then everything heals, and a checker that trusts neither node proves from the two
records that nothing was lost or doubled, that all came in order and was receipted, and that both records verify.
"""

import argparse
import json
import random
import secrets
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.chaos_check import check
from scripts.chaos_nodes import RealNode, free_port, meet, until
from scripts.chaos_proxy import Proxy

PARTIES: Final = ("south.example", "north.example")
HEAL_S: Final = 240.0
PAUSE_S: Final = 0.05  # between two messages of one desk
JUMP_S: Final = 3.0


class Chaos:
    """One run."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.nodes = [RealNode(folder / party[:1], party, free_port()) for party in PARTIES]
        self.proxies = [Proxy(node.port) for node in self.nodes]
        for node, proxy in zip(self.nodes, self.proxies, strict=True):
            node.listen(f"https://127.0.0.1:{proxy.port}")
        self.done: dict[str, list[int]] = {party: [] for party in PARTIES}
        self.happened: Counter[str] = Counter()
        self._over = threading.Event()

    def run(self, seconds: float) -> dict[str, Any]:
        """Start, rage for so long, heal, stop, check."""
        try:
            for node in self.nodes:
                assert node.start(), f"{node.party} does not start: " + "".join(node.said[-20:])
            meet(*self.nodes)
            desks = [threading.Thread(target=self._desk, args=(place,), daemon=True) for place in (0, 1)]
            for desk in desks:
                desk.start()
            self._rage(time.monotonic() + seconds)
            self._over.set()
            for desk in desks:
                desk.join(60)
            self._heal()
            for node in self.nodes:
                assert node.stop() == 0, f"{node.party} did not end well"
        finally:
            self._over.set()
            for node in self.nodes:
                node.kill()
            for proxy in self.proxies:
                proxy.close()
        folders = (self.nodes[0].folder, self.nodes[1].folder)
        return check(folders, self.done) | {"happened": dict(self.happened)}

    def _desk(self, place: int) -> None:
        """People at one desk: they send in all lanes, and say of what came that they have seen it."""
        node, to = self.nodes[place], PARTIES[1 - place]
        chance = random.Random(self.chance.random())
        number = 0
        while not self._over.is_set():
            number += 1
            urgent, lane = chance.random() < 0.3, chance.choice((1, 2))
            params = {"check_number": number, "path_choice": "line", "sent_us": time.time_ns() // 1000}
            body = {"to": to, "template": "check", "params": params}
            more: dict[str, Any] = {"precedence": "immediate"} if urgent else {"precedence": "routine", "lane": lane}
            if node.act("line.send", **body, **more):
                self.done[node.party].append(number)
            if chance.random() < 0.1:
                self._seen(node, to, chance)
            self._over.wait(PAUSE_S)

    @staticmethod
    def _seen(node: RealNode, to: str, chance: random.Random) -> None:
        line = node.line()
        theirs = [talk["id"] for talk in (line or {}).get("talks", ()) if not talk["ours"]]
        if theirs:
            node.act("line.state", to=to, talk=chance.choice(theirs), what="seen")

    def _rage(self, end_s: float) -> None:
        evils = (self._cut, self._stall, self._break, self._kill, self._jump)
        while time.monotonic() < end_s:
            evil = self.chance.choices(evils, (3, 3, 5, 2, 2))[0]
            self.happened[evil.__name__.strip("_")] += 1
            evil(max(0.0, end_s - time.monotonic()))

    def _some(self) -> list[Proxy]:
        return self.chance.choice((self.proxies, self.proxies[:1], self.proxies[1:]))

    def _cut(self, left_s: float) -> None:
        some = self._some()
        for one in some:
            one.set("refuse")
        self._pause(min(left_s, self.chance.uniform(0.1, 4.0)))
        for one in some:
            one.set("open")
        self._pause(min(left_s, self.chance.uniform(0.1, 2.0)))

    def _stall(self, left_s: float) -> None:
        some = self._some()
        for one in some:
            one.set("stall")
        self._pause(min(left_s, self.chance.uniform(0.1, 3.0)))
        if self.chance.random() < 0.5:
            for one in some:
                one.reset()
        for one in some:
            one.set("open")

    def _break(self, left_s: float) -> None:
        for one in self._some():
            one.reset()
        self._pause(min(left_s, self.chance.uniform(0.05, 1.0)))

    def _kill(self, left_s: float) -> None:
        node = self.chance.choice(self.nodes)
        node.kill()
        self._pause(min(left_s, self.chance.uniform(0.0, 1.5)))
        assert node.start(), f"{node.party} does not start again: " + "".join(node.said[-20:])
        self._pause(min(left_s, self.chance.uniform(0.5, 3.0)))

    def _jump(self, left_s: float) -> None:
        self.chance.choice(self.nodes).set_clock(self.chance.uniform(-JUMP_S, JUMP_S))
        self._pause(min(left_s, 0.2))

    def _pause(self, seconds: float) -> None:
        self._over.wait(seconds)

    def _heal(self) -> None:
        """Everything works again; wait until both have receipts for all they sent."""
        for proxy in self.proxies:
            proxy.set("open")
        for node in self.nodes:
            if not node.alive:
                assert node.start(), f"{node.party} does not start again"
        until(self._quiet, HEAL_S, "everything is receipted: " + json.dumps([_short(node.line()) for node in self.nodes]))

    def _quiet(self) -> bool:
        lines = [node.line() for node in self.nodes]
        return all(line is not None and line["state"] == "up" and line["waiting"] == 0 for line in lines)


def _short(line: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if line is None else {key: line[key] for key in ("party", "state", "why", "waiting", "connection")}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    print(f"chaos for {given.minutes} min, SEED={seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        result = Chaos(Path(folder), seed).run(given.minutes * 60)
    print(json.dumps(result, indent=2))
    if result["faults"]:
        print(f"{len(result['faults'])} faults; again with SEED={seed}", file=sys.stderr)
    return 1 if result["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
