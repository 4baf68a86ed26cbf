"""From the start of `openline serve` until it answers, and until it watches: with compiled kernels, and the first time ever.

    python bench/start.py [--rounds 5] [--no-first]

The peer is the smallest web server of the same parts (Starlette and uvicorn, one route), started the same way. The first start
ever has an empty NUMBA_CACHE_DIR: it must answer at once, say "not watching yet", and show what it compiles.
"""

import argparse
import http.client
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import _node
from _node import Node, say

GOAL_S = 3.0
PEER = """
import socket, sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
async def healthz(request): return JSONResponse({"status": "up"})
bound = socket.socket(); bound.bind(("127.0.0.1", 0)); bound.listen()
print(bound.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(Starlette(routes=[Route("/healthz", healthz)]), log_level="error")).run(sockets=[bound])
"""


def peer_s() -> float:
    """Seconds until the smallest server answers."""
    began_s = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", PEER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    link = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline()), timeout=30)
    link.request("GET", "/healthz")
    link.getresponse().read()
    took_s = time.perf_counter() - began_s
    process.terminate()
    process.wait()
    return took_s


def start(environment: dict[str, str] | None = None) -> tuple[float, float, str, int, float]:
    """Seconds until the first answer and until it watches, what it said first, lines of progress, resident MB."""
    folder = _node.make(_node.NDJSON_FEED)
    node = Node(folder, environment)
    try:
        node.wait_for_port()
        status, said = node.health()
        answered_s = time.perf_counter() - node.began_s
        first = f"{status} {said['status']}"
        watching_s = node.wait_until_watching()
        assert node.process.stderr is not None
        lines = len((node.process.stderr.read() or "").splitlines())
        return answered_s, watching_s, first, lines, node.resident_mb()
    finally:
        node.stop()
        shutil.rmtree(folder.parent, ignore_errors=True)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--no-first", action="store_true")
    given = words.parse_args()
    start()  # whatever is not compiled yet is compiled now
    peers, answers, watches = [], [], []
    for _ in range(given.rounds):
        peers.append(peer_s())
        answered_s, watching_s, _, _, resident_mb = start()
        answers.append(answered_s)
        watches.append(watching_s)
    answered_s, peer = statistics.median(answers), statistics.median(peers)
    say("serve answers, kernels compiled", answered_s, "s", "goal", GOAL_S, slowest=round(max(answers), 2))
    say("serve answers, kernels compiled", answered_s, "s", "smallest Starlette server", peer)
    say("serve watches, kernels compiled", statistics.median(watches), "s", slowest=round(max(watches), 2))
    say("resident memory of an empty node", resident_mb, "MB")
    if not given.no_first:
        cache = tempfile.mkdtemp(prefix="openline-bench-kernels-")
        try:
            answered_s, watching_s, first, lines, _ = start({"NUMBA_CACHE_DIR": cache})
        finally:
            shutil.rmtree(cache, ignore_errors=True)
        say("first start ever answers", answered_s, "s", "goal", GOAL_S, says=first, lines_of_progress=lines)
        say("first start ever watches", watching_s, "s")


if __name__ == "__main__":
    main()
