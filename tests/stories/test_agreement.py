"""What was agreed stands in the settings: the language of a desk, how much notice, by when an answer must have come."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from openline.errors import Refused
from openline.flow.state import Rules
from openline.node.replaying import replay_record
from openline.node.shown.lines import talk_view
from tests.stories.two_nodes import NORTH, SOUTH, Two, home, reservation, running, warning


def tell(folder: Path, agreed: dict[str, Any], story: Callable[[Two], Awaitable[None]]) -> None:
    """A story of two desks, of which the south has these keys in [line]; both records then replay to the same."""

    async def run() -> None:
        made = Two(folder)
        made.south.agreed = agreed
        async with running(made) as two:
            await story(two)

    asyncio.run(run())
    for party in (SOUTH, NORTH):
        assert replay_record(home(folder, party), lambda done, of: None)["same"], party


def arabic(text: str) -> bool:
    return any("\u0600" <= letter <= "\u06ff" for letter in text)


def test_an_arabic_desk_sends_arabic_and_the_source_and_others_get_the_slots(tmp_path: Path) -> None:
    """Its own language may go unapproved, since it reads that itself; what nobody approved is left to the numbers."""

    async def story(two: Two) -> None:
        ours = await two.south.send("reservation.notice", reservation(two.clock, after_s=3 * 3_600), "routine")
        theirs = await two.heard(ours)
        text = theirs.said["text"]
        assert sorted(text) == ["ar", "en"]
        assert arabic(text["ar"])
        assert theirs.said["params"]["radius_m"] == 2_000
        assert "2 000" in text["ar"] or "2000" in text["ar"] or "٢" in text["ar"]
        shown = two.south.node.loop.preview("reservation.notice", ours.said["params"], "routine", NORTH)
        assert set(shown["left_out"]) == {"ru", "fr", "es"}
        assert all("approved" in why for why in shown["left_out"].values())
        assert shown["slots"]

    tell(tmp_path, {"language": "ar"}, story)


def test_as_flash_the_unapproved_arabic_stays_behind_and_the_source_goes(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours = await two.south.send("warning.relay", warning(two.clock), "flash")
        theirs = await two.heard(ours)
        assert sorted(theirs.said["text"]) == ["en"]
        await two.south.act("template.approve", "supervisor", template="warning.relay", language="ar")
        ours = await two.south.send("warning.relay", warning(two.clock), "flash")
        theirs = await two.heard(ours)
        assert sorted(theirs.said["text"]) == ["ar", "en"]

    tell(tmp_path, {"language": "ar"}, story)


def test_the_agreed_time_to_be_seen_is_the_one_that_is_watched(tmp_path: Path) -> None:
    timing = {"receipt_s": 5, "seen_s": 20, "readback_s": 30, "answer_s": 40, "initials_s": 20, "telephone_s": 100}

    async def story(two: Two) -> None:
        ours = await two.south.send("warning.relay", warning(two.clock), "flash")
        theirs = await two.heard(ours)
        view = talk_view(two.south.line(), ours, two.clock.now_us)
        await two.later(25)
        assert "seen 0" in ours.raised
        assert "seen 0" not in theirs.raised  # the north agreed to nothing else
        assert view["id"] == ours.id
        first = next(body for body in two.south.bodies("act") if "line" in body and "party" in body)
        assert msgspec.convert(first, Rules).line.timers["flash"].seen_s == 20

    tell(tmp_path, {"flash": timing}, story)


def test_less_notice_than_was_agreed_needs_a_reason(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        soon = reservation(two.clock, after_s=3 * 3_600)
        with pytest.raises(Refused, match="reason"):
            await two.south.send("reservation.notice", soon, "routine")
        await two.south.send("reservation.notice", soon, "routine", reason="told late ourselves")

    tell(tmp_path, {"notice_min": 600}, story)
