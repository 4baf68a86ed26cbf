"""`openline keys` as an officer types it, beside two real nodes: keys renewed, stolen, ended; nobody loses a message."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from openline import seal
from openline.cli import run
from openline.line import message as messages
from openline.line.message import read_message, write_message
from openline.node import keys
from openline.node.exporting import export_bundle, judge_paths
from openline.node.line.taking import sort_out
from openline.record.envelope import unwrap, wrap
from openline.record.store import Store
from tests.stories.two_nodes import NORTH, SOUTH, Desk, Two, check, home, make, tell

STOLEN = ("--stolen", "--why", "the laptop is gone")


async def types(desk: Desk, *words: str) -> int:
    """A command at a desk; its exit code."""
    return await asyncio.to_thread(run, ["keys", *words, "--node", str(desk.folder)])


def keyid(envelope: bytes) -> str:
    return str(msgspec.json.decode(envelope)["signatures"][0]["keyid"])


def frames(store: Store, kind: str) -> dict[tuple[int, int], bytes]:
    """Messages of a record: (lane, number) → envelope."""
    found = {}
    for entry in store.entries(kind=kind):
        data = store.objects_of(entry)[0]
        said = read_message(unwrap(data, messages.PAYLOAD_TYPE, kind).payload)
        found[said.lane, said.seq] = data
    return found


def receipted(desk: Desk) -> bool:
    return all(out.upto == out.next - 1 for out in desk.line().lanes.out)


def knows(desk: Desk, seq: int, of: str = SOUTH) -> Callable[[], bool]:
    return lambda: desk.line(of).counterpart.manifest.seq == seq


def forged(desk: Desk, thief: seal.Signer) -> bytes:
    """What a thief of the line key makes for the number that the north expects next."""
    into = desk.line().lanes.into[1]
    said = frames(desk.store, "msg.in")[1, 1]
    honest = read_message(unwrap(said, messages.PAYLOAD_TYPE, "message").payload)
    false = msgspec.structs.replace(honest, seq=into.next, prev=into.prev, free="come at once")
    return wrap(messages.PAYLOAD_TYPE, write_message(false), [thief])


def judged(folder: Path) -> Any:
    for party in (SOUTH, NORTH):
        export_bundle(home(folder, party), folder / f"{party}.zip", 0, None, "the line", lambda done, of: None)
    return judge_paths(folder / f"{SOUTH}.zip", folder / f"{NORTH}.zip")


def test_a_renewed_key_is_told_and_used_without_a_stop_and_the_old_one_ends(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        south, north = two.both
        await two.heard(await south.send("check", check(1, two.clock)))
        old = south.node.keys.line.verifier.fingerprint
        assert await types(south, "renew", "line") == 0
        await two.until(knows(north, 2), "the north has the list")
        await two.heard(await south.send("check", check(2, two.clock)))
        used = keyid(frames(south.store, "msg.out")[1, 2])
        assert used == south.node.keys.line.verifier.fingerprint != old
        assert await types(south, "revoke", "line-1", "--retired", "--why", "a year is over") == 0
        await two.until(knows(north, 3), "the north knows the end of the old one")
        await south.stop()
        await south.start()
        await two.up()
        await two.heard(await south.send("check", check(3, two.clock)))
        assert keyid(frames(north.store, "msg.in")[1, 3]) == used
        await two.until(partial(receipted, south), "receipts")
        assert not north.entries("fork")

    tell(tmp_path, story)


def test_after_a_theft_what_had_no_receipt_arrives_signed_anew_and_the_thief_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: dict[str, Any] = {}

    async def story(two: Two) -> None:
        south, north = two.both
        await two.heard(await south.send("check", check(1, two.clock)))
        await two.until(partial(receipted, south), "a receipt")
        thief = south.node.keys.line
        await north.stop()
        waits = [await south.send("check", check(number, two.clock)) for number in (2, 3)]
        assert await types(south, "replace", "line", *STOLEN) == 0
        seen["said"] = capsys.readouterr().out
        await north.start()
        await two.up()
        for talk in waits:
            await two.heard(talk)
        await two.until(knows(north, 2), "the north has the list")
        await two.until(partial(receipted, south), "receipts")
        false = sort_out(north.line(), [forged(north, thief).decode()], [])
        seen["refused"] = (false.checked, [one.field for one in false.refused])
        seen["recorded"] = {keyid(frames(south.store, "msg.out")[1, n]) for n in (2, 3)}
        seen["arrived"] = {keyid(frames(north.store, "msg.in")[1, n]) for n in (2, 3)}
        seen["keys"] = (thief.verifier.fingerprint, south.node.keys.line.verifier.fingerprint)
        seen["entry"] = [one for one in south.bodies("key") if one.get("what") == "our keys"]
        assert not north.entries("fork")

    tell(tmp_path, story)
    old, new = seen["keys"]
    assert seen["refused"] == ([], ["keyid"])
    assert seen["recorded"] == {old}
    assert seen["arrived"] == {new}
    assert [(one["ended"], one["stolen"], one["why"]) for one in seen["entry"]] == [(["line-1"], True, "the laptop is gone")]
    assert "it need not stop" in seen["said"]
    found = judged(tmp_path)
    assert not found.contradicted
    rows = {(lane.lane, row.seq): row for lane in found.lanes if lane.from_ == SOUTH for row in lane.rows}
    assert {(rows[1, n].sent, rows[1, n].stored, rows[1, n].same) for n in (1, 2, 3)} == {("proved", "proved", "proved")}


def test_lists_made_while_both_were_stopped_are_learnt_at_the_first_hello(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        south, north = two.both
        await north.stop()
        talk = await south.send("check", check(1, two.clock))
        await south.stop()
        assert await types(south, "renew", "line") == 0
        assert await types(south, "replace", "line", *STOLEN) == 0
        await south.start()
        await north.start()
        await two.up()
        await two.until(knows(north, 3), "the north has both lists")
        await two.heard(talk)
        await two.until(partial(receipted, south), "receipts, for the list too")
        assert keyid(frames(north.store, "msg.in")[1, 1]) == south.node.keys.line.verifier.fingerprint
        assert len([one for one in south.bodies("key") if one.get("what") == "our keys"]) == 2

    tell(tmp_path, story)


@pytest.mark.parametrize("whose", ["who calls", "who is called"])
def test_where_only_one_side_calls_either_can_replace_a_stolen_key(tmp_path: Path, whose: str) -> None:
    async def story(two: Two) -> None:
        south, north = two.both
        robbed, other = (north, south) if whose == "who calls" else (south, north)
        await other.stop()
        talk = await robbed.send("check", check(1, two.clock))
        assert await types(robbed, "replace", "line", *STOLEN) == 0
        await other.start()
        await two.up()
        await two.until(knows(other, 2, robbed.party), "the other has the list")
        await two.until(lambda: talk.id in other.line().talks, "the message arrives")
        await two.until(partial(receipted, robbed), "receipts")

    tell(tmp_path, story, north_listens=False)


def test_a_new_certificate_is_shown_only_when_everybody_knows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def story(two: Two) -> None:
        south, north = two.both
        await north.stop()
        assert await types(south, "renew", "tls") == 0
        assert await types(south, "use", "tls") == 2
        assert NORTH in capsys.readouterr().err
        await north.start()
        await two.up()
        await two.until(partial(receipted, south), "receipts")
        assert await types(south, "use", "tls") == 0
        await south.stop()
        await south.start()
        await two.up()
        assert await types(south, "revoke", "tls-1", "--retired", "--why", "a year is over") == 0
        await two.until(knows(north, 3), "the north has the list")
        await two.heard(await south.send("check", check(1, two.clock)))
        await two.until(partial(receipted, south), "receipts")
        capsys.readouterr()
        assert await types(south, "list", "--json") == 0
        found = json.loads(capsys.readouterr().out)
        assert [one["party"] for one in found["counterparts"] if one["has"]] == [NORTH]
        assert [one["id"] for one in found["keys"] if one["use"] == "tls" and one["revoked_s"] is None] == ["tls-2"]

    tell(tmp_path, story)


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node that does not run, whose root was put away."""
    made = make(tmp_path_factory.mktemp("keys") / "s", SOUTH)
    (made / "keys" / "root.pem").rename(made.parent / "root.pem")
    return made


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command that changes nothing says."""
    before = (folder / keys.MANIFEST).read_bytes()
    assert run(["keys", *words, "--node", str(folder)]) == 2
    assert (folder / keys.MANIFEST).read_bytes() == before
    assert keys.load(folder).manifest.seq == 1
    return capsys.readouterr().err


def test_without_the_root_nothing_is_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--root FILE" in refused(folder, capsys, "renew", "line")
    assert not (folder / "keys" / "line-2.pem").exists()


def test_another_root_is_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = make(tmp_path / "o", SOUTH) / "keys" / "root.pem"
    assert "is not the root key" in refused(folder, capsys, "renew", "line", "--root", str(other))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("renew", "log"), "not there yet"),
        (("renew", "root"), "first contact"),
        (("revoke", "line-1", "--stolen", "--why", "lost"), "openline keys replace line"),
        (("revoke", "line-1", "--why", "lost"), "--stolen, --retired"),
        (("revoke", "line-7", "--stolen", "--why", "lost"), "line-1"),
        (("revoke", "log-1", "--stolen", "--why", "lost"), "a key in force"),
        (("replace", "line", "--stolen"), "why"),
        (("replace", "tls", "--stolen", "--why", "lost"), "keys renew tls"),
        (("use", "line"), "in use at once"),
        (("use", "tls"), "in use already"),
    ],
)
def test_what_cannot_be_is_said_in_words(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    root = () if words[0] == "use" else ("--root", str(folder.parent / "root.pem"))
    assert says in refused(folder, capsys, *words, *root)


def test_a_command_that_was_cut_short_before_the_list_was_in_place_changes_nothing(folder: Path) -> None:
    signs = keys.load(folder).line.public
    spare = seal.Signer(b"s" * 32)
    path = folder / "keys" / "line-2.pem"
    path.write_bytes(spare.to_pem())
    path.chmod(0o600)
    assert keys.load(folder).line.public == signs
    path.unlink()


def test_while_the_node_begins_it_is_said_that_it_has_to_start_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    node = make(tmp_path / "s", SOUTH)
    with Store.open(node / "record.sqlite3", keys.load(node).identity()):
        assert run(["keys", "renew", "line", "--node", str(node)]) == 2
    assert "start it again" in capsys.readouterr().err
    assert keys.load(node).manifest.seq == 2


def test_a_lost_key_file_is_replaced_with_the_root_from_elsewhere(tmp_path: Path) -> None:
    node = make(tmp_path / "s", SOUTH)
    root = tmp_path / "root.pem"
    (node / "keys" / "root.pem").rename(root)
    root.chmod(0o644)  # a stick's files have no owner
    (node / "keys" / "line.pem").unlink()
    assert run(["keys", "replace", "line", "--why", "deleted", "--root", str(root), "--node", str(node)]) == 0
    assert keys.load(node).line.public == keys.load(node).manifest.of("line")[0]
