"""A wrong "passed on" is taken back between two real nodes: both boards say not warned, both records hold both statements."""

from pathlib import Path
from typing import Any

from openline.flow.talk import Talk
from openline.line import custody, custody_words
from openline.line.judge_words import lines
from openline.node.exporting import export_bundle, judge_paths
from tests.stories.two_nodes import NORTH, SOUTH, Desk, Two, home, tell, warning

UNIT = "2nd platoon"


async def passed_on(two: Two) -> tuple[Talk, Talk]:
    """A warning that the north says 2nd platoon has."""
    ours = await two.south.send("warning.relay", warning(two.clock) | {"addressed_unit": UNIT}, "flash")
    theirs = await two.heard(ours)
    await two.north.says(theirs, "seen")
    slots: dict[str, Any] = {"unit": UNIT, "result": "passed", "how": "radio", "last_choice": "last_unit"}
    more: dict[str, Any] = {"by_text": "Sgt Lund", "told_us": two.clock.now_us, "grade_choice": "seen"}
    await two.north.says(theirs, "passed_on", **slots, **more)
    await two.until(lambda: status(ours) == "told", "the south reads that the unit was told")
    return ours, theirs


def status(talk: Talk) -> str:
    assert talk.chain is not None
    return custody.status(talk.chain)


def board(desk: Desk, talk: Talk) -> str:
    assert talk.chain is not None
    said = custody_words.headline(talk.chain, desk.party, desk.clock.now_us)
    return said.replace("our officer", "the officer").replace("counterpart officer", "the officer")


async def take_back(desk: Desk, talk: Talk) -> None:
    assert talk.chain is not None
    number = next(hop.number for hop in talk.chain.hops if hop.grade == "passed_on" and hop.counts)
    await desk.act("line.take_back", to=desk.line().party, talk=talk.id, number=number, reason="it was 3rd platoon")


def test_both_boards_say_the_same_and_two_bundles_tell_of_both(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await passed_on(two)
        await take_back(two.north, theirs)
        await two.until(lambda: status(ours) == "not warned", "the south knows")
        assert board(two.south, ours) == board(two.north, theirs)
        assert board(two.south, ours).startswith("mover not warned; last confirmed hop: the officer ")
        assert board(two.south, ours).endswith(f"; not told: {UNIT}")
        for desk, talk in ((two.south, ours), (two.north, theirs)):
            assert talk.chain is not None
            gone = [hop for hop in talk.chain.hops if not hop.counts]
            assert {hop.taken_back_by for hop in gone} == {"Lt North, operator"}
            assert any(one["what"] == "taken back" for one in desk.bodies("conversation"))

    tell(tmp_path, story)
    bundles = [tmp_path / f"{party}.zip" for party in (SOUTH, NORTH)]
    for party, bundle in zip((SOUTH, NORTH), bundles, strict=True):
        export_bundle(home(tmp_path, party), bundle, 0, None, "the line", lambda done, of: None)
    judged = judge_paths(*bundles)
    assert not judged.contradicted
    text = "\n".join(lines(judged))
    assert "TAKEN BACK by 0/3" in text
    assert "takes that back by Lt North, operator (mistake: it was 3rd platoon)" in text


def test_while_the_counterpart_is_away_it_waits_and_is_told_when_it_is_back(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        _, theirs = await passed_on(two)
        await two.south.stop()
        await take_back(two.north, theirs)
        assert status(theirs) == "not warned"
        await two.south.start()
        await two.until(lambda: status(two.south.talk) == "not warned", "the south knows")
        assert board(two.south, two.south.talk) == board(two.north, theirs)

    tell(tmp_path, story)
