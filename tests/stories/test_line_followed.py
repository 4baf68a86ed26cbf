"""What corrects or withdraws a notice goes where that notice went, between two real nodes."""

from pathlib import Path

from tests.stories.test_line import headline, sent
from tests.stories.two_nodes import Two, reservation, tell


def test_a_reservation_that_is_moved_is_due_before_its_new_beginning_at_both_ends(tmp_path: Path) -> None:
    """R86: a correction takes over what it corrects, and the units that were told of it."""

    async def story(two: Two) -> None:
        ours = await two.south.send("reservation.notice", reservation(two.clock, 4 * 3_600))
        theirs = await two.heard(ours)
        told = {"result": "passed", "unit": "2nd platoon", "how": "radio", "last_choice": "last_unit", "by_text": "Lt K"}
        await two.north.says(theirs, "passed_on", told_us=two.clock.now_us, grade_choice="passed_on", **told)
        await two.until(lambda: two.south.state(ours, "passed_on") == "passed on", "passed on")
        params = reservation(two.clock, 1_800) | {"edition_number": 2}
        moved = await two.south.send("reservation.notice", params, re=ours.id, reason="moved")
        held = await two.heard(moved)
        await two.later(1)
        assert ours.over
        assert theirs.over
        assert "passed_on_before_start 2nd platoon" in moved.raised
        assert "passed_on_before_start 2nd platoon" in held.raised
        await two.later(1_801)
        assert "passed_on_at_start 2nd platoon" in moved.raised
        assert "passed_on_at_start 2nd platoon" in held.raised

    tell(tmp_path, story)


def test_a_withdrawal_is_followed_to_the_unit_that_was_told(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        told = {"result": "passed", "unit": "2nd platoon", "how": "radio", "last_choice": "last_unit", "by_text": "Lt K"}
        await two.north.says(theirs, "passed_on", told_us=two.clock.now_us, grade_choice="passed_on", **told)
        await two.until(lambda: two.south.state(ours, "passed_on") == "passed on", "passed on")
        await two.south.says(ours, "withdrawal", why="mistake")
        taken = two.south.talk
        held = await two.heard(taken)
        await two.later(3 * 3_600)
        for talk in (taken, held):
            assert "passed_on 2nd platoon" in talk.raised
            assert "seen 0" in talk.raised
        await two.north.says(held, "passed_on", told_us=two.clock.now_us, grade_choice="passed_on", **told)
        await two.until(lambda: two.south.state(taken, "passed_on") == "passed on", "passed on")
        await two.later(1)
        assert "passed_on 2nd platoon" not in taken.raised
        assert "withdrawn" in headline(two.south, taken)

    tell(tmp_path, story)
