"""People are told of a line that is down, by a node that is stopped dead between the steps and in the middle of calls."""

import asyncio
import json
import random
import threading
import time
from pathlib import Path
from typing import Any, Final

import msgspec

from openline.node import settings_file
from openline.node.doors.control import call
from openline.node.private_files import write_private
from openline.node.replaying import replay_store
from openline.node.running import Node
from openline.node.settings import Settings
from openline.record.store import Store
from tests.rooms.node.told_servers import served, web
from tests.stories.living import Process, make_node
from tests.stories.two_nodes import NORTH, SOUTH, Two, home, make, tell, warning

SECRET: Final = "s3cr3t-w0rd"
KILLS: Final = 4
STEPS: Final = 16
PATHS: Final = ("a", "b", "c")


def settings_of(port: int, names: tuple[str, ...], afters_s: list[int]) -> str:
    """Paths to a web address on loopback, and steps that tell all of them."""
    paths = [
        f'[[path]]\nname = "{name}"\nkind = "webhook"\nto = "duty officer"\naddress_file = "tokens/{name}.txt"\n'
        f'reach = ["127.0.0.1"]\nwithin_s = 5\n'
        for name in names
    ]
    steps = [f"[[escalation]]\nafter_s = {after_s}\npaths = {json.dumps(names)}\n" for after_s in afters_s]
    return "\n" + "\n".join([*paths, *steps])


def add_paths(folder: Path, port: int, names: tuple[str, ...], afters_s: list[int]) -> None:
    """Into a node's settings, with their address files."""
    for name in names:
        write_private(folder / "tokens" / f"{name}.txt", f"http://127.0.0.1:{port}/{name}?token={SECRET}\n".encode())
    path = folder / "openline.toml"
    text = path.read_text().replace("#link_s = 60", "link_s = 0").replace("#again_s = 3600", "again_s = 0")
    path.write_text(text + settings_of(port, names, afters_s))


def card_of_nobody(folder: Path) -> dict[str, Any]:
    """The card of a counterpart that never answers."""
    make(folder, NORTH)
    plain = msgspec.to_builtins(settings_file.load(folder / "openline.toml"))
    plain["line"]["urls"] = ["https://127.0.0.1:9"]
    node = Node(folder, settings=msgspec.convert(plain, Settings))
    card = node.card()
    node.store.close()
    return card


def wait_until_told(folder: Path) -> None:
    """Until no message waits any more: every step is over, and what nobody knew of was sent again."""
    end_s = time.monotonic() + 90
    while True:
        (one,) = call(folder, {"do": "state"})["escalations"]
        waiting = [each["key"] for each in one["told"] if each["state"] == "waiting"]
        if one["step"] == STEPS and not waiting:
            return
        assert time.monotonic() < end_s, (one["step"], waiting)
        threading.Event().wait(0.3)


def said_of_deliveries(store: Store) -> list[dict[str, Any]]:
    """The objects of all entries of kind delivery."""
    return [msgspec.json.decode(store.objects_of(entry)[0]) for entry in store.entries(kind="delivery")]


def files_with_the_secret(folder: Path) -> list[str]:
    """Names of files of a node that hold it: record, snapshot, settings and all."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if SECRET.encode() in path.read_bytes())


def slowly(chance: random.Random) -> Any:
    """Takes a request, and answers after a moment: long enough to be stopped in. The first waits until the test lets it go."""
    first, others = web(holds=True), web()

    def talk(way: Any, server: Any) -> None:
        if server.calls == 1:
            first(way, server)
            return
        threading.Event().wait(chance.uniform(0.0, 0.4))
        others(way, server)

    return talk


def test_stopped_dead_between_steps_every_step_is_in_the_record_once_and_every_message_arrives(tmp_path: Path) -> None:
    """The web address notes what comes in a list; the record has what should have come."""
    chance = random.Random(6)
    card = card_of_nobody(tmp_path / "north")
    folder = make_node(tmp_path / "node", feeds="")
    with served(slowly(chance)) as server:
        add_paths(folder, server.port, PATHS, list(range(STEPS)))
        for run in range(KILLS + 1):
            node = Process(folder)
            node.wait()
            if run == 0:
                how = "by telephone, with the duty officer there"
                call(folder, {"do": "act", "act": "counterpart.put", "card": card["card"], "words": card["words"], "how": how})
            if run == 0:
                assert server.begun.wait(20), "somebody is told"
            if run < KILLS:
                threading.Event().wait(chance.uniform(0.1, 2.5))
                node.kill()
                server.release.set()
        wait_until_told(folder)
        assert node.stop() == 0
        arrived = [json.loads(body) for body in server.bodies]
    with Store.open(folder / "record.sqlite3", None, read_only=True) as store:
        assert store.fsck().faults == ()
        result = replay_store(store, lambda done, of: None)
        assert result["same"], result
        said = said_of_deliveries(store)
    queued = [one for one in said if one["what"] == "queued"]
    check_steps(said, queued)
    check_messages(said, queued, arrived)
    assert files_with_the_secret(folder) == [f"{name}.txt" for name in PATHS]
    assert SECRET not in "".join(node.said)


def check_steps(said: list[dict[str, Any]], queued: list[dict[str, Any]]) -> None:
    """Each step once: taken, or named as missed."""
    began = [one for one in said if one["what"] == "began"]
    assert [one["due"] for one in began] == ["down"]
    tries = [(one["key"], one["attempt"]) for one in queued]
    assert len(tries) == len(set(tries))
    taken = {one["step"] for one in queued}
    missed = [step for one in said if one["what"] == "late" for step in one["steps"]]
    assert len(missed) == len(set(missed))
    assert taken.isdisjoint(missed)
    every = taken | set(missed)  # more come than a path carries in a minute: some are held until they are missed
    assert every == set(range(max(every) + 1))
    assert missed, "a node that was stopped misses steps"


def check_messages(said: list[dict[str, Any]], queued: list[dict[str, Any]], arrived: list[dict[str, Any]]) -> None:
    """Each at least once, and more often only where nobody could know; then it says so."""
    results = {
        one["key"]: one["what"] for one in said if one["what"] in ("accepted", "not needed", "unknown", "failed for now")
    }
    keys = [one["key"] for one in arrived]
    taken = {key for key, what in results.items() if what == "accepted"}
    for key in set(keys):
        assert keys.count(key) <= sum(one["key"] == key for one in queued)
        assert sum(not one["repeat"] for one in arrived if one["key"] == key) <= 1
    unknown = [one for one in said if one["what"] == "unknown"]
    assert {one["why"] for one in unknown} == {"the node ended while it was being sent"}
    assert {one["key"] for one in queued} == set(results)
    assert taken == set(keys) == set(results)


def test_a_warning_without_a_receipt_is_told_of_and_acknowledging_it_ends_that(tmp_path: Path) -> None:
    """Two real nodes; the north has stopped. What the south's officer is told, what the record says, what is in no log."""

    async def story(two: Two) -> None:
        await two.south.stop()
        add_paths(two.south.folder, server.port, ("mail",), [0, 60])
        await two.south.start()
        await two.up()
        await two.north.stop()
        talk = await two.south.send("warning.relay", warning(two.clock), "flash")
        await two.south.node.loop.settle()
        two.clock.move(31)
        await told_of("has not confirmed that it stored the message")
        world = two.south.node.loop.world
        running = [one for one in world.escalations.running.values() if one.item.talk == talk.id]
        await two.until(
            lambda: [world.escalations.deliveries[k].state for k in running[0].fired.values()] == ["accepted"], "sent"
        )
        shown = next(one for one in two.south.node.loop.state()["escalations"] if one["talk"] == talk.id)
        assert (shown["due"], shown["told"][0]["state"]) == ("receipt", "sent")
        await two.south.act("line.acknowledge", to=NORTH, talk=talk.id)
        two.clock.move(61)
        await two.south.node.loop.settle()
        assert len(running[0].fired) == 1
        lines = [one["says"] for one in two.south.node.loop.log(-1, 100_000) if one["kind"] == "delivery"]
        assert any(one.endswith("over mail: sent (it answered 200)") for one in lines)
        assert any("acknowledged by Lt South; nobody more is told" in one for one in lines)
        await two.north.start()

    async def told_of(words: str) -> None:
        end_s = time.monotonic() + 20
        while not any(words in body.decode() for body in server.bodies):
            assert time.monotonic() < end_s, [json.loads(body)["subject"] for body in server.bodies]
            await asyncio.sleep(0.05)

    with served(web()) as server:
        tell(tmp_path, story)
    for body in server.bodies:
        assert "335070000" not in body.decode()
        assert "33.50700" not in body.decode()
    assert files_with_the_secret(home(tmp_path, SOUTH)) == ["mail.txt"]
