"""Two real nodes talk; their bundles are held against each other, then copies that one of them tampered with."""

import json
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from openline import seal
from openline.cli.record import run_verify
from openline.line.judge_said import Judgement
from openline.node import keys as node_keys
from openline.node.exporting import export_bundle, judge_paths, verify_path
from openline.record.entry import Entry, canonical
from openline.record.envelope import unwrap, wrap
from openline.record.standalone_verify import main as standalone
from tests.stories.forging import forge
from tests.stories.two_nodes import NORTH, SOUTH, Desk, Two, check, home, make, tell, warning


class Made(NamedTuple):
    """The directories of both nodes and their bundles, south first."""

    nodes: tuple[Path, Path]
    bundles: tuple[Path, Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A warning that is seen, read back and passed on until it stops; checks of the line in between."""
    folder = tmp_path_factory.mktemp("two")

    async def story(two: Two) -> None:
        ours = await two.south.send("warning.relay", warning(two.clock), "flash")
        theirs = await two.heard(ours)
        await two.north.says(theirs, "seen")
        await two.until(lambda: two.south.state(ours, "seen") == "seen", "seen")
        for number in (1, 2, 3):
            await two.south.send("check", check(number, two.clock))
        fields = {name: theirs.said["params"][name] for name in theirs.conversation.readback}
        await two.north.says(theirs, "understood", fields=fields)
        await two.until(lambda: two.north.state(theirs, "read_back") == "agrees", "agreed")
        stopped = {"result": "stopped", "unit": "liaison desk", "stopped_us": two.clock.now_us, "how": "phone"}
        await two.north.says(theirs, "passed_on", "passed_on.stopped", stopped_choice="no_contact", **stopped)
        await two.until(lambda: two.south.state(ours, "passed_on") == "stopped", "stopped")
        for here in two.both:
            await two.until(partial(settled, here), "receipts and cosignatures for everything")

    tell(folder, story)
    bundles = tuple(folder / f"{party}.zip" for party in (SOUTH, NORTH))
    for party, bundle in zip((SOUTH, NORTH), bundles, strict=True):
        export_bundle(home(folder, party), bundle, 0, None, "the line", lambda done, of: None)
        assert verify_path(bundle).good
    return Made((home(folder, SOUTH), home(folder, NORTH)), (bundles[0], bundles[1]))


def settled(here: Desk) -> bool:
    """Every message of one desk is receipted, and the other cosigned its log after the last of them."""
    out = here.line().lanes.out
    sent = max((one.index for one in here.entries("msg.out")), default=0)
    return all(lane.upto == lane.next - 1 for lane in out) and here.peer().witness_size > sent


def against(judged: Judgement) -> set[str]:
    return {one.party for one in judged.findings if one.grade == "contradicted"}


def test_two_exports_that_agree_say_so(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verify([*made.bundles], [], False) == 0
    said = capsys.readouterr().out
    assert "nothing is contradicted. The two bundles agree" in said
    assert "stopped at liaison desk (phone) by Lt North" in said


def test_every_message_is_proved_and_bracketed_by_the_others_clock(made: Made) -> None:
    judged = judge_paths(*made.bundles)
    rows = [row for lane in judged.lanes for row in lane.rows]
    assert len(rows) >= 8
    assert {(row.sent, row.stored, row.same) for row in rows} == {("proved", "proved", "proved")}
    assert {lane.order for lane in judged.lanes} == {"proved"}
    logged = [row.by_sender for row in rows]
    assert all(one is not None and one.before_us is not None for one in logged)
    assert [one.grade for one in judged.findings] == ["proved", "proved"]


def test_statements_name_the_officer_and_are_the_nodes_claims(made: Made) -> None:
    said = [(one.party, one.type, one.says) for one in judge_paths(*made.bundles).statements]
    assert (NORTH, "seen", "on the screen of Lt North, operator") in said
    assert (SOUTH, "understood.result", "the read-back agrees") in said


def test_the_fingerprints_of_both_are_compared_when_they_are_given(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    keys = [node_keys.load(node).manifest.fingerprint for node in made.nodes]
    assert run_verify([*made.bundles], keys, False) == 0
    assert capsys.readouterr().out.count("as you were told") == 2
    assert run_verify([*made.bundles], [keys[0], "00" * 32], False) == 1
    assert "expected one of the 2 you were told" in capsys.readouterr().out


def test_json_says_all_of_it(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verify([*made.bundles], [], True) == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["good"] for one in said["bundles"]] == [True, True]
    assert said["judged"]["contradicted"] is False
    assert {lane["from"] for lane in said["judged"]["lanes"]} == {SOUTH, NORTH}


# ── tampered copies ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("whose", [0, 1])
def test_a_copy_with_a_changed_byte_is_bad_at_its_entry_and_nothing_is_judged(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str], whose: int
) -> None:
    data = bytearray(made.bundles[whose].read_bytes())
    where = data.index(b'"k":"msg.out"')
    data[where + 6] ^= 1
    copy = tmp_path / "copy.zip"
    copy.write_bytes(data)
    pair = [copy, made.bundles[1]] if whose == 0 else [made.bundles[0], copy]
    assert run_verify(pair, [], False) == 1
    said = capsys.readouterr().out
    assert f"BAD   {copy}\n      entries/000000000000.jsonl, entry " in said
    assert "what does not hold is no evidence" in said


def other(line: bytes) -> bytes:
    """Another word in what a node wrote."""
    return canonical(json.loads(line) | {"headline": "all is well"})


def edit_talk(one: Entry, data: bytes) -> bytes:
    return other(data) if one.kind == "conversation" and one.x["batch"] < 12 else data


def edit_contact(one: Entry, data: bytes) -> bytes:
    return canonical(json.loads(data) | {"how": "in person"}) if one.kind == "key" and b"telephone" in data else data


def drop_act(one: Entry, data: bytes) -> bytes | None:
    return None if one.kind == "act" and one.x["act"] in ("line.send", "line.state") else data


@pytest.mark.parametrize("whose", [0, 1])
@pytest.mark.parametrize("edit", [edit_talk, edit_contact, drop_act])
def test_history_edited_and_signed_again_convicts_its_party_with_the_entries(
    made: Made, tmp_path: Path, whose: int, edit: Callable[[Entry, bytes], bytes | None]
) -> None:
    copy = tmp_path / "copy.zip"
    edited = forge(made.nodes[whose], made.bundles[whose], copy, edit)
    assert edited
    assert verify_path(copy).good
    pair = [copy, made.bundles[1]] if whose == 0 else [made.bundles[0], copy]
    judged = judge_paths(*pair)
    assert against(judged) == {(SOUTH, NORTH)[whose]}
    (found,) = [one for one in judged.findings if one.topic == "log" and one.grade == "contradicted"]
    assert "its record is not the one it signed before" in found.says
    first, last = re.search(r"(?:one of the entries|entry) (\d+)(?: to (\d+))? is not", found.says).groups()  # type: ignore[union-attr]
    assert int(first) <= edited[0] <= int(last or first)
    assert run_verify(pair, [], False) == 1


def test_a_message_edited_in_the_senders_record_is_two_messages_of_one_number(made: Made, tmp_path: Path) -> None:
    line = node_keys.load(made.nodes[0]).line

    def edit(one: Entry, data: bytes) -> bytes:
        if one.kind != "msg.out" or b"warning.relay" not in seal.from_b64(json.loads(data)["payload"]):
            return data
        kind = json.loads(data)["payloadType"]
        body = json.loads(unwrap(data, kind, "m").payload) | {"text": {"en": "Nothing to report."}}
        return wrap(kind, canonical(body), [line])

    copy = tmp_path / "copy.zip"
    (index,) = forge(made.nodes[0], made.bundles[0], copy, edit)
    judged = judge_paths(copy, made.bundles[1])
    assert against(judged) == {SOUTH}
    (found,) = [one for one in judged.findings if one.topic == "equivocation"]
    assert found.evidence[0].entry == index
    assert found.evidence[1].bundle == NORTH


def test_a_message_taken_out_of_the_receivers_record_is_convicted_by_its_own_receipt(made: Made, tmp_path: Path) -> None:
    copy = tmp_path / "copy.zip"
    forge(made.nodes[1], made.bundles[1], copy, lambda one, data: None if one.kind == "msg.in" else data)
    judged = judge_paths(made.bundles[0], copy)
    assert against(judged) == {NORTH}
    found = next(one for one in judged.findings if one.topic == "left_out")
    assert "it gave a receipt for this message" in found.says
    assert found.evidence[0].says.startswith("receipt up to ")


def test_the_verifier_in_the_bundle_accepts_it_too(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert standalone([str(made.bundles[0])]) == 0
    assert capsys.readouterr().out.startswith("GOOD")


def test_a_bundle_of_another_party_of_the_same_name_is_not_the_counterparts(made: Made, tmp_path: Path) -> None:
    node = make(tmp_path / "impostor", NORTH)
    place = tmp_path / "impostor.zip"
    export_bundle(node, place, 0, None, "x", lambda done, of: None)
    shutil.rmtree(node)
    judged = judge_paths(made.bundles[0], place)
    assert judged.contradicted
    assert [one.topic for one in judged.findings if one.grade == "contradicted"] == ["keys"]
