"""R8 between two real nodes: seventeen of eighteen notices can be used, the reader's node asks, the issuer sends it again."""

import json
from pathlib import Path
from typing import Any

import pytest

from openline.flow.talk import Talk
from openline.line import lanes
from openline.line.message import Message, write_message
from openline.node.shown.lines import line_view, talk_view
from openline.record.entry import canonical
from tests.stories.two_nodes import NORTH, SOUTH, Desk, Two, reservation, tell

LOST = 17


def spoilt(message: Message) -> bytes:
    """What the south signs: its seventeenth notice names no template, so that no reader can use it."""
    payload = write_message(message)
    if message.params.get("serial_number") != LOST or message.type != "reservation.notice":
        return payload
    return canonical(json.loads(payload) | {"tpl": None}, "made")


def missing(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = line_view(desk.line())["notices"]["missing"]
    return found


async def eighteen(two: Two) -> Talk:
    """Eighteen notices, until the north holds the last; the question of its node, as the south has it."""
    params = reservation(two.clock, after_s=3 * 3_600)
    for number in range(1, 19):
        ours = await two.south.send("reservation.notice", params | {"edition_number": number}, "routine")
    await two.heard(ours)
    await two.until(lambda: missing(two.north), "the north misses one")
    await two.later(1)
    await two.until(lambda: two.south.talk.conversation.type == "question", "the south is asked")
    return two.south.talk


def test_r8_the_seventeenth_of_eighteen_notices_is_missed_asked_for_and_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "write_message", spoilt)

    async def story(two: Two) -> None:
        asked = await eighteen(two)
        [gap] = missing(two.north)
        assert gap["number"] == LOST
        assert gap["asked"] == asked.id
        assert asked.said["params"]["serial_number"] == LOST
        assert "We do not have your notice number 17." in asked.said["text"]["en"]
        await two.later(16 * 60)
        assert "answer 0" in asked.raised
        await two.south.act("line.resend", to=NORTH, number=LOST)
        await two.until(lambda: not missing(two.north), "the gap closes")
        held = two.north.line().talks[asked.id]
        await two.until(lambda: two.north.state(held, "answer") == "answered", "the question is answered")
        assert two.north.talk.said["params"]["edition_number"] == LOST
        await two.later(1)
        assert "answer 0" not in asked.raised
        said = [body["what"] for body in two.north.bodies("conversation")]
        assert said.count("notice missing") == said.count("notice found") == 1

    tell(tmp_path, story)


def test_r8_the_issuer_sees_when_initials_are_due_and_when_to_telephone(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        await two.south.act("counterpart.paths", "administrator", to=NORTH, paths=["telephone +000 111"])
        ours = await two.south.send("reservation.notice", reservation(two.clock, after_s=3 * 3_600), "routine")
        theirs = await two.heard(ours)
        view = talk_view(two.south.line(), ours, two.clock.now_us)
        assert view["seen_by"] < view["telephone_at"]
        await two.later(16 * 60)
        assert "seen 0" in ours.raised
        assert "telephone 0" not in ours.raised
        await two.later(75 * 60)
        assert "telephone 0" in ours.raised
        assert line_view(two.south.line())["other_paths"] == ["telephone +000 111"]
        assert {"telephone", "seen"} <= {body["due"] for body in two.south.bodies("conversation") if body["what"] == "due"}
        await two.north.says(theirs, "seen")
        await two.until(lambda: two.south.state(ours, "seen") == "seen", "initials")
        await two.later(1)
        assert not {"telephone 0", "seen 0"} & set(ours.raised)

    tell(tmp_path, story)


def test_r8_what_came_by_telephone_closes_the_gap_and_takes_the_question_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "write_message", spoilt)

    async def story(two: Two) -> None:
        asked = await eighteen(two)
        says = "Capt A., south desk"
        await two.north.act("line.had", to=SOUTH, number=LOST, how="telephone", says=says)
        assert missing(two.north) == []
        await two.until(lambda: two.south.state(asked, "life") == "withdrawn", "the question is taken back")
        [had] = [body for body in two.north.bodies("conversation") if body["what"] == "notice had"]
        assert (had["number"], had["says"], had["by"]) == (LOST, says, two.north.officer)

    tell(tmp_path, story)
