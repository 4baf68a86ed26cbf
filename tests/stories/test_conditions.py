"""A night of jamming at one desk: one thing to see, seen by a person, gone when it is over, and all of it follows again."""

from pathlib import Path
from typing import Any

from openline.node.replaying import replay_store
from openline.record.store import Store
from tests.rooms.watch.world import along, circle
from tests.stories.desk import Story

HOME = (33.5, 38.6)
MOVERS = [f"m{k}" for k in range(8)]


async def jammed(story: Story) -> None:
    """Eight movers far apart that are then all reported at one place."""
    await story.act("zone.put", zone=circle(), reason="test")
    for k, mover in enumerate(MOVERS):
        await story.hear(mover, *along(HOME, 45.0, 40_000.0 + 10_000.0 * k), speed_mps=10)
    for _ in range(4):
        await story.later(2)
        for mover in MOVERS:
            await story.hear(mover, *along(HOME, 200.0, 300_000.0), speed_mps=10)


def test_a_mass_jump_is_shown_once_seen_by_a_person_and_replayed(tmp_path: Path) -> None:
    async def night(story: Story) -> list[list[dict[str, Any]]]:
        shown = []
        await jammed(story)
        shown.append(story.loop.state()["node"]["conditions"])
        await story.act("condition.acknowledge", condition=shown[0][0]["id"])
        shown.append(story.loop.state()["node"]["conditions"])
        await story.later(3_600)
        shown.append(story.loop.state()["node"]["conditions"])
        return shown

    story = Story(tmp_path)
    (raised,), (seen,), gone = story.tell(night)

    assert (raised["what"], raised["count"], raised["acknowledged_by"]) == ("gnss_suspect", 8, None)
    assert raised["says"].startswith("GNSS SUSPECT: 8 movers")
    assert (seen["acknowledged_by"], seen["over"]) == ("anna", None)
    assert gone == []
    with Store.open(story.path(), None, read_only=True) as store:
        assert replay_store(store, lambda done, of: None)["same"]


def test_a_condition_stands_over_a_restart(tmp_path: Path) -> None:
    async def after(story: Story) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = story.loop.state()["node"]["conditions"]
        return found

    story = Story(tmp_path)
    story.tell(jammed)

    assert [one["id"] for one in story.tell(after)] == ["C00001"]
