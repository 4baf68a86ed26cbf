"""A desk whose clock is set while the line is up: the other notices within seconds, and its alarms run by its own clock."""

from pathlib import Path

from tests.stories.test_line import sent
from tests.stories.two_nodes import Clock, Two, tell

HOUR_S = 3_600


def test_a_clock_that_is_set_while_the_line_is_up_is_noticed_and_alarms_run_by_the_clock_here(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        for desk in two.both:
            desk.peer().greeted_s -= 60
        ahead = Clock()
        ahead.move(HOUR_S)
        two.south.clock.move(0)
        two.south.node.loop.time._clock_ns = ahead
        await two.until(lambda: "ahead of ours" in two.north.line().clock, "the north notices")
        _, theirs = await sent(two)
        assert theirs.marks
        assert theirs.marks[0].endswith("s ahead of ours")
        assert theirs.conversation.queued_us <= two.north.clock.now_us
        await two.north.node.loop.settle()
        assert not theirs.raised

    tell(tmp_path, story)
