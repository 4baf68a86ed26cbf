"""A counterpart that lies in every way: each lie is refused or kept as evidence, shown, and stops nobody's urgent lane."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from openline import seal
from openline.flow.line import EVIDENCE_MAX
from openline.line import hello as hellos
from openline.node.line import limits
from openline.record.note import Checkpoint, sign_checkpoint
from openline.record.tree import EMPTY_ROOT
from tests.stories.liar import LIAR
from tests.stories.liar_stage import Stage, tell
from tests.stories.two_nodes import NORTH, check, warning


def test_who_says_two_things_under_one_number_is_shown_as_a_fork_until_a_person_settles_it(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        await liar.call([liar.says(0), liar.says(0)])
        other = liar.signed(liar.body(0, seq=2, prev=liar.body(0)["prev"], text={"en": "Something else."}))
        answer = await liar.call([other])
        assert answer.json()["next"]["0"] == 3
        assert stage.line.state == "fork"
        assert "was sent before with other content; both are kept" in stage.line.why
        held = {stage.desk.store.objects_of(entry)[0] for entry in stage.desk.entries("msg.in")}
        assert {other.encode(), liar.sent[0][1][1].encode()} <= held

        await stage.urgent_goes()
        await liar.greet()
        assert stage.line.state == "fork"  # whatever the connection does
        await stage.desk.act("line.settle", "supervisor", to=LIAR, lane=0, reason="they were told by telephone")
        assert stage.line.state == "up"
        assert other.encode() in {stage.desk.store.objects_of(entry)[0] for entry in stage.desk.entries("msg.in")}

    tell(tmp_path, story)


def test_a_message_that_does_not_follow_is_kept_and_not_applied(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        await liar.call([liar.says(1)])
        await liar.call([liar.signed(liar.body(1, prev=seal.b64(os.urandom(32))))])
        assert stage.line.lanes.into[1].next == 2
        assert stage.line.state == "fork"
        assert (await liar.call([liar.says(1)])).json()["next"]["1"] == 3
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_a_thousand_forks_are_a_hundred_entries(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        await liar.call([liar.says(2)])
        lies = [liar.signed(liar.body(2, seq=1, prev=seal.b64(bytes(32)), params={"check_number": n})) for n in range(1_000)]
        for first in range(0, 1_000, 50):
            await liar.call(lies[first : first + 50])
            await liar.call(lies[first : first + 50])
        assert EVIDENCE_MAX <= len(stage.evidence()) <= EVIDENCE_MAX + 50
        assert stage.desk.peer(LIAR).refused["fork"] > 1_000
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_old_frames_are_recorded_once_and_old_sessions_apply_nothing(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        frames = [liar.says(1) for _ in range(5)]
        first = await liar.call(frames)
        before = len(stage.desk.entries("msg.in", "receipt.out"))
        for _ in range(20):
            answer = await liar.call(frames)
            assert answer.json()["receipts"] == first.json()["receipts"]
        assert len(stage.desk.entries("msg.in", "receipt.out")) == before

        old = liar.session
        await liar.greet()
        newer = liar.says(1)
        liar.session, fresh = old, liar.session
        assert (await liar.call([newer])).status_code == 409
        assert stage.line.lanes.into[1].next == 6
        liar.session = fresh
        assert (await liar.call([newer])).json()["next"]["1"] == 7
        assert stage.line.state == "up"

    tell(tmp_path, story)


def test_receipts_that_are_withheld_are_due_and_the_message_stays_queued(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        talk = await stage.desk.send("warning.relay", warning(stage.desk.clock), "flash")
        for _ in range(3):
            assert [message.seq for message in await stage.liar.pull()] == [1]
        assert talk.conversation.states["life"] == "queued"
        stage.desk.clock.move(31)
        await stage.desk.node.loop.settle()
        assert "receipt 0" in talk.raised
        await stage.liar.pull([stage.liar.honest_receipt(0)])
        assert talk.conversation.states["life"] == "stored"
        await stage.desk.node.loop.settle()
        assert "receipt 0" not in talk.raised

    tell(tmp_path, story)


def test_a_receipt_for_what_was_never_sent_is_evidence_and_the_lane_goes_on_after_a_hello(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        await stage.desk.send("check", check(1, stage.desk.clock))
        await liar.pull()
        await liar.call(given=[liar.receipt(1, 9, os.urandom(32))])
        assert "a receipt for a message that this node does not know" in stage.line.why
        assert stage.line.state == "up"  # who of both is wrong is seen by a hello
        assert (await liar.call()).status_code == 409
        await liar.greet()
        assert "a receipt for a message that was never sent" in stage.line.why
        await stage.urgent_goes()
        assert (await stage.desk.send("check", check(2, stage.desk.clock))).place == (1, 2)
        assert stage.line.state == "fork"

    tell(tmp_path, story)


def test_a_receipt_for_another_message_stops_its_lane_and_no_other_until_a_person_decides(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        await stage.desk.send("check", check(1, stage.desk.clock))
        await liar.pull()
        await liar.call(given=[liar.receipt(1, 1, os.urandom(32))])
        assert "another message than the one we sent" in stage.line.why
        assert stage.line.lanes.out[1].stopped == "fork"
        await stage.urgent_goes()
        await stage.desk.act("line.settle", "supervisor", to=LIAR, lane=1, reason="we know")
        assert (await stage.desk.send("check", check(2, stage.desk.clock))).place == (1, 2)

    tell(tmp_path, story)


def test_what_is_dated_back_is_taken_and_said(tmp_path: Path) -> None:
    """A message is never refused for its time; when it was heard is in the record, by our own clock."""

    async def story(stage: Stage) -> None:
        liar = stage.liar
        now_us = stage.desk.clock.now_us
        await liar.call([liar.says(0, at=now_us)])
        await liar.call([liar.says(0, at=now_us - 7_200_000_000)])
        (said,) = [body for body in stage.desk.bodies("conversation") if body["what"] == "dated back"]
        assert "dated before the one before it" in said["says"]
        assert said["by_us"] == 7_200_000_000
        heard = [body for body in stage.desk.bodies("conversation") if body["what"] == "heard"]
        assert heard[-1]["at_us"] - heard[-1]["said_us"] >= 7_200_000_000
        assert stage.line.lanes.into[0].next == 3

    tell(tmp_path, story)


def test_a_clock_an_hour_off_is_shown_and_costs_no_message(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        hour_us = 3_600_000_000
        await liar.call([liar.says(0, at=stage.desk.clock.now_us + hour_us)])
        assert stage.line.lanes.into[0].next == 2
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_a_flood_in_one_lane_and_of_hellos_leaves_the_urgent_lane_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BURST", (50.0, 100.0, 100.0))
    monkeypatch.setattr(limits, "PER_S", (20.0, 20.0, 20.0))

    async def story(stage: Stage) -> None:
        liar = stage.liar
        flood = [liar.says(1) for _ in range(400)]
        answers = [(await liar.call(flood[first : first + 200])).json() for first in (0, 200)]
        assert any(one["field"] == "rate" for answer in answers for one in answer["refused"])
        assert stage.line.lanes.into[1].next < 400
        hello = [(await liar.post("hello", liar.hello())).status_code for _ in range(60)]
        assert 429 in hello
        await asyncio.gather(*(liar.call(flood[:200]) for _ in range(10)))
        liar.sent[1] = liar.sent[1][: stage.line.lanes.into[1].next - 1]
        session = stage.desk.peer(LIAR).theirs
        assert session
        liar.session = session
        await stage.urgent_goes()
        assert stage.desk.peer(LIAR).refused["rate"] > 0

    tell(tmp_path, story)


def test_a_log_that_signs_two_trees_is_convicted_by_both_notes_and_its_messages_still_arrive(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        origin = f"{LIAR}/openline/log/1"
        notes = [sign_checkpoint(Checkpoint(origin, 1, root), liar.signers["log"]) for root in (b"a" * 32, b"b" * 32)]
        first = await liar.call(checkpoint={"note": notes[0], "old": 0, "proof": []})
        assert first.json()["cosignatures"]
        for _ in range(3):
            lie = await liar.call([liar.says(0)], checkpoint={"note": notes[1], "old": 1, "proof": []})
            assert lie.json()["cosignatures"] == []
            assert lie.json()["receipts"]
        assert stage.line.state == "fork"
        (body,) = [body for body in stage.desk.bodies("fork") if body.get("proved")]
        assert body["notes"] == notes
        again = await liar.call(checkpoint={"note": notes[0], "old": 1, "proof": []})
        assert again.json()["cosignatures"] == []
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_false_proofs_and_false_cosignatures_cost_no_message(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        wrong: list[dict[str, Any]] = [
            {"note": "no note at all", "old": 0, "proof": []},
            {"note": "x\n1\nAAAA\n\n\u2014 x AAAA\n", "old": 0, "proof": ["not base64"]},
            {"note": sign_checkpoint(Checkpoint("north.example/openline/log/1", 1, EMPTY_ROOT), liar.signers["log"]), "old": 0},
        ]
        for one in wrong:
            answer = await liar.call(
                [liar.says(0)], checkpoint=one, pull=1, cosignatures=["\u2014 nobody AAAA\n", "\ud800"[:0]]
            )
            assert answer.status_code == 200, answer.text
            assert answer.json()["receipts"]
        assert not stage.desk.store.cosignatures()
        assert stage.desk.peer(LIAR).refused["checkpoint"] == 2
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_a_conversation_of_ours_cannot_be_taken_by_name(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        await liar.call([liar.says(0, conv=f"{NORTH}/1")])
        ours = await stage.desk.send("warning.relay", warning(stage.desk.clock), "flash")
        assert ours.id == f"{NORTH}/1"
        assert ours.ours
        assert len(stage.line.talks) == 2

    tell(tmp_path, story)


def test_claims_to_hold_what_was_never_sent_stop_the_signing_until_a_person_calls_them_a_lie(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        claim = hellos.Mark(7, b"x" * 32)
        await liar.greet(lanes=liar.marks(claim))
        assert stage.line.state == "put back"
        await liar.call([liar.says(0)])
        assert stage.line.lanes.into[0].next == 2  # it is still taken, and not receipted
        assert not stage.desk.entries("receipt.out")
        await stage.desk.act("line.settle", "supervisor", to=LIAR, lane=None, reason="we never sent seven messages")
        await liar.greet(lanes=liar.marks(claim))
        assert stage.line.state == "up"
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_claims_about_our_log_stop_the_signing_until_a_person_calls_them_a_lie(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        origin = stage.desk.node.keys.who.origin
        claim = hellos.Witnessed(origin, 10**9, b"r" * 32)
        await liar.greet(witness=claim)
        assert stage.line.state == "put back"
        await stage.desk.act("line.settle", "supervisor", to=LIAR, lane=None, reason="our log is whole")
        await liar.greet(witness=claim)
        assert stage.line.state == "up"
        await stage.urgent_goes()
        offered = (await liar.call(pull=1)).json()["checkpoint"]  # nothing more under the name of which it claims to hold more
        assert offered is None or offered["note"].startswith(origin.removesuffix("1") + "2\n")

    tell(tmp_path, story)
