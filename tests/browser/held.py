"""The at-Tanf day played in steps into an ordinary node to one moment, and held there: nothing on the screen depends on how
fast this machine is.

The node, its feeds, its doors and its record are real; only the clock stands still, or goes on by hand. What people do is still
an input, recorded and stepped, and the sockets go on saying that the node is there.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import httpx2 as httpx
import msgspec

from openline.clock import NS_PER_S, from_rfc3339
from openline.node.doors.auth import Argon2
from openline.node.played import scenario as scenarios
from openline.node.played.demo import ADMINISTRATOR, PASSWORD, Demo
from openline.node.played.motion import Scenario
from openline.record.store import Operator

T = TypeVar("T")

BEGIN: Final = "2017-05-18T09:31:30Z"  # four vehicles are inside already; the survey helicopter is not yet silent
MOMENT: Final = "2017-05-18T09:35:50Z"  # the fast aircraft is in the outer ring, half a minute from the boundary
ROLES: Final = {"omar": "operator", "olga": "operator", "samira": "supervisor", "viktor": "viewer"}
PLAYED_MAX_S: Final = 120.0

# Who is where at MOMENT.
FIRST, FAST, SURVEY, RELIEF = "convoy-1", "icao:f00021", "icao:f00031", "phone:relief-1"


class Held:
    """A node in a thread of its own, its world at a moment."""

    def __init__(self, demo: Demo, loop: asyncio.AbstractEventLoop) -> None:
        self.demo = demo
        self.url = demo.url
        self.newcomers = 0
        self._loop = loop

    def there(self, doing: Coroutine[Any, Any, T]) -> T:
        """Do something on the node's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(PLAYED_MAX_S)

    def act(self, name: str, who: str = "omar", role: str = "operator", **body: Any) -> Any:
        """One act of a person, as the API does it."""
        return self.there(self.demo.node.loop.act(who, role, name, body)).said

    def post(self, mover: str, lat_deg: float, lon_deg: float) -> None:
        """One more report of the observation post, heard now."""
        row = {"id": mover, "time": MOMENT, "lat": lat_deg, "lon": lon_deg, "accuracy_m": 20}
        self.there(self.demo.node.loop.positions("post", msgspec.json.encode(row) + b"\n"))

    def newcomer(self, mover: str) -> str:
        """A mover of a test's own, first seen inside: alarms of the boundary and of the ring around it that no other test
        touches. Each a little further east than the one before."""
        self.newcomers += 1
        self.post(mover, 33.25, 38.85 + 0.02 * (self.newcomers % 10))
        return self.alarm(mover)

    def state(self) -> dict[str, Any]:
        """What GET /api/v1/state answers."""

        async def look() -> dict[str, Any]:
            return dict(msgspec.json.decode(msgspec.json.encode(self.demo.node.loop.state())))

        return self.there(look())

    def alarm(self, mover: str, ring: str = "boundary") -> str:
        """The id of a mover's alarm at a ring."""
        return next(str(one["id"]) for one in self.state()["alarms"] if (one["mover"], one["ring"]) == (mover, ring))

    def later(self, seconds: float = 1.0) -> None:
        """The clock moves on and the node ticks: what is sent once a second is made again. Few of them: silence has effects."""

        async def move() -> None:
            self.demo.clock.advance(self.demo.clock.now_ns() + round(seconds * NS_PER_S))
            await self.demo.node.loop.settle()

        self.there(move())

    def track(self, mover: str) -> dict[str, Any]:
        """A mover as the console gets it."""

        async def look() -> dict[str, Any]:
            found = self.demo.node.loop.track(mover)
            assert found is not None, mover
            return dict(found["track"])

        return self.there(look())

    def zones(self) -> list[dict[str, Any]]:
        """The zones in force as the console gets them; another test may have made one."""
        return [one for one in self.state()["zones"] if not one["withdrawn"]]

    def zone(self, id: str = "tanf") -> dict[str, Any]:
        """One of them."""
        return next(one for one in self.zones() if one["id"] == id)

    def log(self) -> list[dict[str, Any]]:
        """The last entries of the record in words."""

        async def look() -> list[dict[str, Any]]:
            log = self.demo.node.loop
            return log.log(max(-1, log.store.size - 200), 200)

        return self.there(look())

    def cookie(self, name: str, url: str = "") -> Any:
        """A cookie of somebody who has just signed in, here or at the node named, as Playwright takes it."""
        url = url or self.url
        with httpx.Client(base_url=url, headers={"x-openline": "1", "origin": url}, timeout=30) as client:
            answer = client.post("/api/v1/login", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            key, value = next(iter(client.cookies.items()))
        return {"name": key, "value": value, "url": url, "httpOnly": True, "sameSite": "Strict"}


def cut(scenario: Scenario, begin: str, end: str) -> Scenario:
    """The part of a scenario between two moments. What people did before, and lines that are spoilt, come at its beginning."""
    begin_ns, end_ns = from_rfc3339(begin), from_rfc3339(end)
    soon_ns = begin_ns + 10 * NS_PER_S
    return msgspec.structs.replace(
        scenario,
        start_ns=begin_ns,
        duration_s=(end_ns - begin_ns) / NS_PER_S,
        spoilt=tuple(msgspec.structs.replace(one, at_ns=soon_ns) for one in scenario.spoilt),
    )


def quiet_line() -> Scenario:
    """The at-Tanf day without what its people said on the line: tests of the line say it themselves."""
    story = cut(scenarios.load("at-tanf"), BEGIN, MOMENT)
    return msgspec.structs.replace(story, acts=tuple(act for act in story.acts if not act.name.startswith("line.")))


async def people(demo: Demo) -> None:
    """One person of each role the tests need, at both desks. One hash for all: each costs half a second on purpose."""
    hashed = await asyncio.to_thread(Argon2(os.urandom).hash, PASSWORD)
    for node in (demo.node, demo.counterpart):
        for name, role in ROLES.items() if node is not None and node.shell is not None else ():
            added = Operator(name, role, hashed, 0, 0)
            await node.shell.doorkeeper.users.put(added, ADMINISTRATOR, "administrator", {"change": "added"})


@contextmanager
def held(scenario: Scenario | None = None) -> Iterator[Held]:
    """The node at its moment, for the time of a `with`."""
    story = scenario or cut(scenarios.load("at-tanf"), BEGIN, MOMENT)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="held node", daemon=True)
    thread.start()
    demo = Demo(story, None, 0, lambda _: None)

    def run(doing: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(doing, loop).result(PLAYED_MAX_S)

    try:
        run(demo.__aenter__())
        played = run(demo.play())
        assert not played.refused, played.refused
        run(people(demo))
        yield Held(demo, loop)
    finally:
        run(demo.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
