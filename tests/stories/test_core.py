"""The shared core of a conversation, countersigned or refused by two real nodes (R54)."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from openline.errors import OutOfTurn, Refused
from openline.flow.talk import Talk
from openline.line import countersign
from openline.line.countersign import Offer
from openline.node.exporting import export_bundle, judge_paths
from openline.node.shown.lines import core_view
from openline.record.entry import parse_canonical
from tests.stories.two_nodes import NORTH, SOUTH, Desk, Two, home, running, tell, warning
from tests.stories.two_nodes import check as a_check


async def spoken_of(two: Two) -> tuple[Talk, Talk]:
    """A warning that was seen and read back, at both ends."""
    ours = await two.south.send("warning.relay", warning(two.clock), "flash")
    theirs = await two.heard(ours)
    fields = {name: theirs.said["params"][name] for name in theirs.conversation.readback}
    await two.north.says(theirs, "seen")
    await two.north.says(theirs, "understood", fields=fields)
    await two.until(lambda: two.north.state(theirs, "read_back") == "agrees", "agreed")
    return ours, theirs


async def core(desk: Desk, name: str, talk: Talk, **more: str) -> None:
    await desk.act(f"core.{name}", to=desk.line().party, talk=talk.id, **more)


async def offered(two: Two, ours: Talk, theirs: Talk, count: int = 1) -> Offer:
    await core(two.south, "offer", ours)
    await two.until(lambda: len(theirs.offers) == count, "the offer arrives")
    return theirs.offers[-1]


def judged(folder: Path) -> list[tuple[str, str]]:
    """(state, core) of each core that two exports speak of."""
    bundles = [folder / f"{party}.zip" for party in (SOUTH, NORTH)]
    for party, bundle in zip((SOUTH, NORTH), bundles, strict=True):
        export_bundle(home(folder, party), bundle, 0, None, "the line", lambda done, of: None)
    return [(one.state, one.core) for one in judge_paths(*bundles).cores]


def test_a_core_that_both_compute_alike_is_signed_by_both(tmp_path: Path) -> None:
    async def story(two: Two) -> str:
        ours, theirs = await spoken_of(two)
        offer = await offered(two, ours, theirs)
        assert [one["state"] for one in core_view(two.south.line(), ours)["offers"]] == ["no answer"]
        await core(two.north, "agree", theirs)
        await two.until(lambda: ours.offers[0].answer == "agrees", "the agreement arrives")
        for desk, talk in zip(two.both, (ours, theirs), strict=True):
            view = core_view(desk.line(), talk)["offers"][0]
            assert (view["held"], view["state"], view["answered_by"]) == ("same", "agrees", "Lt North")
            whats = [body["what"] for body in desk.bodies("conversation") if body["what"].startswith("core")]
            assert whats == ["core offered", "core agreed to"]
        return offer.core

    signed = tell(tmp_path, story)
    assert judged(tmp_path) == [("proved", signed)]


def test_a_refusal_is_recorded_at_both_ends_with_its_reason(tmp_path: Path) -> None:
    async def story(two: Two) -> str:
        ours, theirs = await spoken_of(two)
        offer = await offered(two, ours, theirs)
        with pytest.raises(Refused) as wrong:
            await core(two.north, "refuse", theirs, why="other")
        assert wrong.value.field == "reason"
        await core(two.north, "refuse", theirs, why="not_agreed", reason="the call was at 14:05")
        await two.until(lambda: ours.offers[0].answer == "refuses", "the refusal arrives")
        for desk, talk in zip(two.both, (ours, theirs), strict=True):
            view = core_view(desk.line(), talk)["offers"][0]
            assert (view["state"], view["why"]) == ("refuses", "not agreed: the call was at 14:05")
            said = [body for body in desk.bodies("conversation") if body["what"] == "core refused"]
            assert [(one["by"], one["who"], one["core"]) for one in said] == [(NORTH, "Lt North", offer.core)]
        with pytest.raises(OutOfTurn):
            await core(two.north, "agree", theirs)
        return offer.core

    refused = tell(tmp_path, story)
    assert judged(tmp_path) == [("refused", refused)]


def test_no_answer_is_no_answer_and_what_is_said_later_changes_no_core(tmp_path: Path) -> None:
    async def story(two: Two) -> str:
        ours, theirs = await spoken_of(two)
        first = await offered(two, ours, theirs)
        with pytest.raises(OutOfTurn):
            await core(two.south, "offer", ours)
        await two.north.says(theirs, "answer", answer="will_pass")
        await two.until(lambda: two.south.state(ours, "answer") == "answered", "answered")
        assert [one["held"] for one in core_view(two.north.line(), theirs)["offers"]] == ["same"]
        second = await offered(two, ours, theirs, 2)
        assert second.core != first.core
        await core(two.north, "agree", theirs)
        await two.until(lambda: ours.offers[1].answer == "agrees", "the newest is agreed to")
        assert ours.offers[0].state == "no answer"
        return first.core

    unanswered = tell(tmp_path, story)
    assert judged(tmp_path)[0] == ("claimed only", unanswered)


def test_a_core_with_another_text_cannot_be_agreed_to(tmp_path: Path) -> None:
    async def story() -> None:
        async with running(Two(tmp_path)) as two:
            ours, theirs = await spoken_of(two)
            theirs.said["text"] = {"en": "INFORMATION: nothing of the kind."}  # what a node that was tampered with holds
            await offered(two, ours, theirs)
            assert core_view(two.north.line(), theirs)["offers"][0]["held"] == "differs"
            with pytest.raises(Refused) as wrong:
                await core(two.north, "agree", theirs)
            assert wrong.value.field == "core"
            assert "this node computes another" in wrong.value.accepted
            assert ours.offers[0].state == "no answer"
            await core(two.north, "refuse", theirs, why="not_held")
            await two.until(lambda: ours.offers[0].state == "refuses", "the refusal arrives")

    asyncio.run(story())


def test_a_core_holds_nothing_but_messages_of_both(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        _, theirs = await spoken_of(two)
        hop = {"unit": "2nd platoon", "says": "Lt K., liaison", "by": "runner", "detail": "our own note"}
        await two.north.act("line.hop", to=SOUTH, talk=theirs.id, **hop)
        upto = countersign.numbers(theirs.spoken, (NORTH, SOUTH))
        data = countersign.core_bytes(theirs.id, theirs.said["text"], theirs.spoken, upto)
        body = parse_canonical(data)
        assert b"our own note" not in data
        assert {*body} == {"v", "line", "conv", "messages", "text", "read_back", "result"}
        kinds = [(one["from"], one["type"]) for one in body["messages"]]
        assert kinds == [
            (NORTH, "seen"),
            (NORTH, "understood"),
            (SOUTH, "warning.relay"),
            (SOUTH, "understood.result"),
        ]

    tell(tmp_path, story)


def test_a_check_of_the_line_has_a_core_as_well(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours = await two.south.send("check", a_check(1, two.clock))
        theirs = await two.heard(ours)
        await offered(two, ours, theirs)
        await core(two.north, "agree", theirs)
        await two.until(lambda: ours.offers[0].state == "agrees", "agreed")
        assert msgspec.to_builtins(ours.offers[0].upto) == {SOUTH: 1, NORTH: 0}

    tell(tmp_path, story)
