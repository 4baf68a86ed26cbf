"""A warning, a reservation and a withdrawal between two real nodes, and what each side then shows: R83, R85, R86, R87, R92."""

import asyncio
import socket
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from openline.errors import Refused
from openline.flow.talk import Talk
from openline.line import conversation, custody, custody_words
from openline.node.exporting import export_bundle, verify_path
from openline.node.shown.lines import line_view, talk_view
from openline.record.store import Store
from tests.stories.two_nodes import NORTH, SOUTH, Desk, Two, check, home, reservation, running, tell, until, warning

NINE_KM_1E7 = 810_000  # 0.081° of latitude: 8,985 m


async def sent(two: Two, precedence: str = "flash") -> tuple[Talk, Talk]:
    """A warning, at both ends."""
    ours = await two.south.send("warning.relay", warning(two.clock), precedence)
    theirs = await two.heard(ours)
    await two.until(lambda: two.south.state(ours, "life") == "stored", "a receipt")
    return ours, theirs


async def read_back(two: Two, ours: Talk, theirs: Talk, off_1e7: int = 0) -> str:
    """The north reads back what it understood; what came of it, once both ends say the same."""
    before = len(two.south.bodies("conversation"))
    fields = {name: theirs.said["params"][name] for name in theirs.conversation.readback}
    await two.north.says(theirs, "understood", fields=fields | {"mover_lat_1e7": fields["mover_lat_1e7"] + off_1e7})
    compared = ("agrees", "differs")
    await two.until(lambda: two.south.state(ours, "read_back") in compared, f"compared, after {before}")
    await two.until(lambda: two.north.state(theirs, "read_back") == two.south.state(ours, "read_back"), "both know")
    return two.south.state(ours, "read_back")


def headline(desk: Desk, talk: Talk) -> str:
    assert talk.chain is not None
    return custody_words.headline(talk.chain, desk.party, desk.clock.now_us)


def test_a_flash_warning_is_followed_to_the_desk_where_it_stopped(tmp_path: Path) -> None:
    """R85: neither end ever says more than was stated, and both end with the same last confirmed hop."""

    async def story(two: Two) -> tuple[str, str, dict[str, Any]]:
        ours, theirs = await sent(two)
        await two.north.says(theirs, "seen")
        await two.until(lambda: two.south.state(ours, "seen") == "seen", "seen")
        said = headline(two.south, ours)
        assert said.startswith("mover not warned; last confirmed hop: counterpart officer ")
        assert said.endswith("Z; unit unknown")
        stopped = {"result": "stopped", "unit": "liaison desk", "stopped_us": two.clock.now_us, "how": "phone"}
        await two.north.says(theirs, "passed_on", "passed_on.stopped", stopped_choice="no_contact", **stopped)
        await two.until(lambda: two.south.state(ours, "passed_on") == "stopped", "stopped")
        return headline(two.south, ours), headline(two.north, theirs), talk_view(two.south.line(), ours, two.clock.now_us)

    south, north, view = tell(tmp_path, story)
    assert "mover not warned; last confirmed hop: liaison desk" in south
    assert "(no contact); unit unknown" in south
    assert south == north
    assert view["five"]["seen"]["who"] == "Lt North"
    assert view["five"]["passed_on"] is None
    assert view["custody"]["status"] == "not warned"


def test_a_place_read_back_nine_kilometres_off_is_blocked_at_both_ends(tmp_path: Path) -> None:
    """R83."""

    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        assert await read_back(two, ours, theirs, NINE_KM_1E7) == "differs"
        assert ours.result is not None
        assert ours.result.offset_m == 8985
        for talk in (ours, theirs):
            assert not talk.conversation.confirmed
            assert conversation.five(talk.conversation)["understood"] is None
        assert "understood" not in headline(two.south, ours)
        await two.later(1)
        assert "differs 0" in ours.raised
        assert "differs 0" in theirs.raised

        assert await read_back(two, ours, theirs) == "agrees"
        assert ours.conversation.confirmed
        assert theirs.conversation.confirmed
        await two.later(1)
        assert "differs 0" not in ours.raised

    tell(tmp_path, story)


def test_a_result_is_of_the_newest_read_back_only(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        fields = {name: theirs.said["params"][name] for name in theirs.conversation.readback}
        wrong = fields | {"mover_lat_1e7": fields["mover_lat_1e7"] + NINE_KM_1E7}
        await asyncio.gather(
            two.north.says(theirs, "understood", fields=fields), two.north.says(theirs, "understood", fields=wrong)
        )
        await two.until(lambda: two.south.state(ours, "read_back") == "differs", "the south compared the second")
        await two.until(lambda: two.north.state(theirs, "read_back") == "differs", "the north knows")
        assert not theirs.conversation.confirmed

    tell(tmp_path, story)


def test_an_answer_and_a_withdrawal_arrive(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two, "immediate")
        await two.north.says(theirs, "answer", answer="will_pass")
        await two.until(lambda: two.south.state(ours, "answer") == "answered", "answered")
        assert ours.conversation.newest["answer"].word == "will_pass"
        await two.south.says(ours, "withdrawal", why="over")
        await two.until(lambda: two.north.state(theirs, "life") == "withdrawn", "withdrawn")
        await two.later(1)
        assert ours.over
        assert theirs.over
        assert not theirs.raised

    tell(tmp_path, story)


def test_nobody_states_in_anothers_name(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        await two.north.says(theirs, "seen", who="General Nobody", at_us=1)
        await two.until(lambda: two.south.state(ours, "seen") == "seen", "seen")
        assert ours.conversation.newest["seen"].who == two.north.officer
        assert ours.conversation.newest["seen"].at_us > 1

    tell(tmp_path, story)


def test_what_is_refused_leaves_nothing_behind(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        before = two.north.store.size
        with pytest.raises(Refused):
            await two.north.says(theirs, "answer", answer="no_objection")
        kinds = [entry.kind for entry in two.north.entries() if entry.index >= before]
        assert "msg.out" not in kinds
        assert "conversation" not in kinds
        assert two.north.state(theirs, "answer") == "not answered"
        assert two.south.state(ours, "answer") == "not answered"

    tell(tmp_path, story)


def test_a_reservation_whose_units_were_not_told_alarms_at_both_ends_an_hour_before_and_at_its_start(tmp_path: Path) -> None:
    """R86."""

    async def story(two: Two) -> None:
        params = reservation(two.clock, after_s=3 * 3_600)
        ours = await two.south.send("reservation.notice", params, "priority", units=["2nd Brigade"])
        theirs = await two.heard(ours)
        await two.north.says(theirs, "seen")
        await two.until(lambda: two.south.state(ours, "seen") == "seen", "seen")
        await two.later(2 * 3_600 - 60)
        assert not any(key.startswith("passed_on_") for key in (*ours.raised, *theirs.raised))
        await two.later(120)
        assert "passed_on_before_start 2nd Brigade" in ours.raised
        assert any(key.startswith("passed_on_before_start") for key in theirs.raised)
        await two.later(3_600)
        assert "passed_on_at_start 2nd Brigade" in ours.raised
        assert any(key.startswith("passed_on_at_start") for key in theirs.raised)
        for desk in two.both:
            due = {body["due"] for body in desk.bodies("conversation") if body["what"] == "due"}
            assert due >= {"passed_on_before_start", "passed_on_at_start"}

        told = {
            "unit": "2nd Brigade",
            "how": "radio",
            "result": "passed",
            "last_choice": "last_unit",
            "grade_choice": "passed_on",
        }
        await two.north.says(theirs, "passed_on", "passed_on", told_us=two.clock.now_us, by_text="Sgt Wells", **told)
        await two.until(lambda: two.south.state(ours, "passed_on") == "passed on", "passed on")
        await two.later(1)
        assert not any(key.startswith("passed_on_") for key in (*ours.raised, *theirs.raised))

    tell(tmp_path, story)


def test_a_receipt_is_never_shown_as_more_and_silence_is_raised_three_times(tmp_path: Path) -> None:
    """R87: nothing here says that anybody is safe or warned; no reply after 2, 5 and 10 minutes is raised at both ends."""

    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        for desk, talk in ((two.south, ours), (two.north, theirs)):
            view = talk_view(desk.line(), talk, two.clock.now_us)
            assert view["custody"]["status"] == "not warned"
            assert view["custody"]["headline"].startswith("mover not warned")
            assert [name for name, said in view["five"].items() if said] == ["received"]
            assert not {"safe", "warned"} & set(view["headline"].split())
        for minutes, step in ((2, 1), (5, 2), (10, 3)):
            await two.later(minutes * 60 - (two.clock.now_us - ours.conversation.queued_us) / 1_000_000 + 1)
            assert f"no_reply {step}" in ours.raised
            assert f"no_reply {step}" in theirs.raised
        assert two.south.state(ours, "reply") == "no reply"
        await two.south.act("line.acknowledge", to=NORTH, talk=ours.id)
        assert ours.raised["no_reply 1"].acknowledged_by == two.south.officer
        assert two.south.state(ours, "answer") == "not answered"

    tell(tmp_path, story)


def test_a_notice_too_late_to_use_needs_a_reason_and_says_so_for_ever(tmp_path: Path) -> None:
    """R92: 48 s of notice, where the counterpart needs 15 minutes."""

    async def story(two: Two) -> list[dict[str, Any]]:
        params = reservation(two.clock, after_s=48)
        with pytest.raises(Refused) as refused:
            await two.south.send("reservation.notice", params, "priority")
        assert refused.value.field == "reason"
        ours = await two.south.send("reservation.notice", params, "priority", reason="the road was opened only now")
        view = talk_view(two.south.line(), ours, two.clock.now_us)
        assert view["lead"]["too_late"]
        assert "notice given: 0 min 4" in view["lead"]["says"]
        return [body for body in two.south.bodies("conversation") if body["what"] == "queued"]

    (queued,) = tell(tmp_path, story)
    assert "could not have acted" in queued["lead"]


def test_what_was_sent_while_the_other_was_away_arrives_in_order_when_it_is_back(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        await two.north.stop()
        talks = [await two.south.send("check", check(number, two.clock), "routine") for number in range(1, 6)]
        urgent = await two.south.send("warning.relay", warning(two.clock), "flash")
        await two.until(lambda: two.south.line().state == "down", "the south notices")
        assert [talk.place for talk in talks] == [(1, number) for number in range(1, 6)]
        await two.north.start()
        await two.until(lambda: two.south.state(urgent, "life") == "stored", "the warning arrives")
        await two.until(lambda: two.south.state(talks[-1], "life") == "stored", "the rest arrives")
        said = [talk.said["params"]["check_number"] for talk in two.north.line().talks.values() if talk.place[0] == 1]  # type: ignore[index]
        assert said == [1, 2, 3, 4, 5]
        await two.up()

    tell(tmp_path, story)


def test_before_the_counterpart_is_heard_nothing_gets_a_number(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        await two.north.stop()
        await two.south.stop()
        await two.south.start()
        held = await two.south.send("check", check(1, two.clock), "routine")
        assert held.message is None
        assert line_view(two.south.line())["waiting"] == 1
        await two.north.start()
        await two.until(lambda: held.place == (1, 1), "it is numbered once the counterpart is heard")
        await two.heard(held)

    tell(tmp_path, story)


def test_a_party_that_cannot_be_reached_fetches_what_is_for_it(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        await two.north.says(theirs, "seen")
        await two.until(lambda: two.south.state(ours, "seen") == "seen", "seen")
        await two.until(lambda: two.south.peer().witness_size > 0, "the south's log is cosigned")
        await two.until(lambda: two.north.peer().witness_size > 0, "the north's log is cosigned")

    tell(tmp_path, story, north_listens=False)


def test_the_clocks_of_both_lie_close_around_every_urgent_message(tmp_path: Path) -> None:
    """Though less than a minute has passed since the last, each record gets an entry with the other's signed time."""

    async def story(two: Two) -> None:
        for _ in range(2):
            ours, _ = await sent(two)
            last = two.south.entries("msg.out")[-1].index
            assert ours.place is not None
            await two.until(partial(two.south.told_since, "cosign", last), "the south holds a cosignature after it")
            taken = two.north.entries("msg.in")[-1].index
            await two.until(partial(two.north.told_since, "checkpoint.peer", taken), "the north says what it cosigned")
        seen = two.north.bodies("checkpoint.peer")[-1]
        assert seen["note"].startswith(f"{seen['log']}\n{seen['size']}\n")

    tell(tmp_path, story)


def test_both_records_are_exported_and_verify(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        assert await read_back(two, ours, theirs) == "agrees"
        await two.until(lambda: two.south.store.cosignatures() and two.north.store.cosignatures(), "both logs are cosigned")

    tell(tmp_path, story)
    for party in (SOUTH, NORTH):
        export_bundle(home(tmp_path, party), tmp_path / f"{party}.zip", 0, None, "everything", lambda done, of: None)
        verdict = verify_path(tmp_path / f"{party}.zip")
        assert verdict.fault is None
        with Store.open(home(tmp_path, party) / "record.sqlite3", None, read_only=True) as store:
            assert store.fsck().faults == ()


def test_a_line_that_was_ended_goes_on_with_its_numbers(tmp_path: Path) -> None:
    """A counterpart taken away by mistake and put back: no number is ever given to a second message."""

    async def story(two: Two) -> None:
        await sent(two)
        before = two.south.line().lanes.out[0].next
        await two.south.act("counterpart.remove", "administrator", to=NORTH, reason="a mistake")
        assert not two.south.node.loop.world.lines
        await two.south.meet(two.north.node.card())
        await two.up()
        assert two.south.line().lanes.out[0].next == before
        await sent(two)
        assert two.north.line().lanes.into[0].next == before + 1
        assert not two.north.bodies("fork")

    tell(tmp_path, story)


def test_a_port_that_is_taken_is_said_and_tried_again_until_it_is_free(tmp_path: Path) -> None:
    async def story() -> None:
        two = Two(tmp_path)
        with socket.socket() as other:
            other.bind(("127.0.0.1", two.north.port))
            other.listen()
            await two.north.start()
            board = two.north.node.switchboard
            assert board is not None
            assert "cannot be listened on" in board.deaf
            assert [body["state"] for body in two.north.bodies("line")] == ["cannot listen"]
        await until(lambda: board.port == two.north.port, "it listens once the port is free", two.north)
        assert board.deaf == ""
        await two.north.stop()

    asyncio.run(story())


def test_first_contact_needs_the_words_of_the_other_side(tmp_path: Path) -> None:
    async def story() -> None:
        async with running(Two(tmp_path), met=False) as two:
            card = two.north.node.card()
            with pytest.raises(Refused) as refused:
                await two.south.meet(card | {"words": two.south.node.card()["words"]})
            assert refused.value.field == "words"
            assert not two.south.node.loop.world.lines

    asyncio.run(story())


def test_the_sentences_of_a_chain_never_say_safe() -> None:
    assert "safe" not in " ".join(custody_words.HOW_WORDS.values())
    assert custody.BEFORE_START_S == 3_600


def test_a_status_that_says_since_when_it_holds_is_no_notice_of_anything(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        began_us = two.clock.now_us - 3_600_000_000
        await two.south.act(
            "line.send",
            to=NORTH,
            template="status",
            params={"desk_choice": "staffed", "start_us": began_us},
            precedence="routine",
        )
        await two.until(lambda: two.south.line().lanes.out[1].upto == 1, "the status is stored")

    tell(tmp_path, story)
