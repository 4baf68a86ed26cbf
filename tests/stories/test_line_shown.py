"""What screens are told of a line: what a read-back came to at both ends, lines that ended, old messages with something due."""

from pathlib import Path
from typing import Any

from openline.clock import NS_PER_US
from openline.node.shown.lines import TALKS_SHOWN, LineViews, shown, talk_view, template_views
from tests.stories.test_line import NINE_KM_1E7, read_back, sent
from tests.stories.two_nodes import Desk, Two, check, tell


def view(desk: Desk, two: Two, name: str) -> dict[str, Any]:
    """A talk as the screens of a desk get it."""
    return talk_view(desk.line(), desk.line().talks[name], two.clock.now_us)


def test_both_desks_are_shown_how_far_the_place_was_off_and_what_differs(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        await read_back(two, ours, theirs, NINE_KM_1E7)
        south, north = view(two.south, two, ours.id), view(two.north, two, theirs.id)
        assert south["result"] == north["result"]
        assert north["result"]["outcome"] == "differs"
        assert north["result"]["offset_m"] == 8985
        assert north["result"]["tolerance_m"] == 500
        assert north["result"]["differs"] == ["mover_place"]
        await read_back(two, ours, theirs)
        assert view(two.north, two, theirs.id)["result"]["outcome"] == "agrees"
        assert view(two.north, two, theirs.id)["result"]["differs"] == []

    tell(tmp_path, story)


def test_a_read_back_that_nobody_compared_yet_shows_no_older_result(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        await read_back(two, ours, theirs, NINE_KM_1E7)
        await two.south.stop()
        fields = {name: theirs.said["params"][name] for name in theirs.conversation.readback}
        await two.north.says(theirs, "understood", fields=fields)
        assert view(two.north, two, theirs.id)["states"]["read_back"] == "read back"
        assert view(two.north, two, theirs.id)["result"] is None
        await two.south.start()

    tell(tmp_path, story)


def test_a_line_that_was_ended_is_told_to_screens_once(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        await sent(two)
        views, lines, now_ns = LineViews(), two.south.node.loop.world.lines, two.clock.now_us * NS_PER_US
        views.frames(lines, now_ns)
        await two.south.act("counterpart.remove", "administrator", to=two.south.line().party, reason="the agreement ended")
        gone = [one["data"] for one in views.frames(lines, now_ns)]
        assert gone == [{"party": two.north.party, "gone": True}]
        assert views.frames(lines, now_ns) == []

    tell(tmp_path, story)


def test_a_message_with_something_due_does_not_fall_off_the_list(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, _ = await sent(two)
        await two.later(3600)
        assert ours.raised
        for number in range(1, TALKS_SHOWN + 2):
            await two.south.send("check", check(number, two.clock))
        names = [one.id for one in shown(two.south.line())]
        assert names[0] == ours.id
        assert len(names) == TALKS_SHOWN + 1

    tell(tmp_path, story)


def test_a_form_learns_from_a_template_what_its_words_say_and_how_coarse_a_place_is() -> None:
    found = {one["id"]: {slot["name"]: slot for slot in one["slots"]} for one in template_views()}
    assert found["warning.relay"]["asked_choice"]["says"]["turn_back"] == "turn back"
    assert list(found["answer"]["answer"]["says"]) == found["answer"]["answer"]["choices"]
    assert found["hazard.keep_clear"]["area_place"]["grid_1e7"] == 100_000
    assert found["warning.relay"]["zone_text"]["says"] is None
    relay = next(one for one in template_views() if one["id"] == "warning.relay")
    assert relay["at_least"] == 3
    assert "landmark_text" in relay["describing"]
