"""Whole nights at one desk: what was heard, found, acknowledged and recorded, and that it all follows again."""

from pathlib import Path
from typing import Any

import pytest

from openline.errors import Mistake, NotAllowed, NotWatching, OpenlineError, OutOfTurn, RecordStopped, Refused
from openline.node.replaying import replay_store
from openline.record.store import Store
from tests.rooms.watch.world import along, circle
from tests.stories.desk import Story

HOME = (33.5, 38.6)


async def drive_in(story: Story, mover: str = "truck", more: dict[str, Any] | None = None) -> None:
    for k in range(12):
        await story.hear(mover, *along(HOME, 270.0, 12_000.0 - 400.0 * k), accuracy_m=20, **(more or {"class": "vehicle"}))
        await story.later(20)


def replayed(story: Story) -> dict[str, Any]:
    with Store.open(story.path(), None, read_only=True) as store:
        assert store.fsck().faults == ()
        return replay_store(store, lambda done, of: None)


def test_a_breach_from_approach_to_normal_and_all_of_it_in_the_record(tmp_path: Path) -> None:
    async def night(story: Story) -> dict[str, Any]:
        await story.act("zone.put", zone=circle(), reason="test")
        await drive_in(story)
        (alarm,) = story.loop.state()["alarms"]
        assert (alarm["event"], alarm["state"], alarm["certainty"]) == ("entry", "unacknowledged", "certain")
        said = await story.act("alarm.acknowledge", alarm=alarm["id"])
        assert said["alarm"]["acknowledged_by"] == "anna"
        for k in range(12):
            await story.hear("truck", *along(HOME, 270.0, 7_600.0 + 400.0 * k), accuracy_m=20)
            await story.later(20)
        assert story.loop.state()["alarms"] == []
        timeline = story.loop.incident("I00001")
        assert timeline is not None
        return timeline

    story = Story(tmp_path)
    timeline = story.tell(night)
    told = [row["kind"] for row in timeline["timeline"]]

    assert timeline["incident"]["state"] == "closed"
    assert {"finding", "alarm"} <= set(told)
    assert [row["at"] for row in timeline["timeline"]] == sorted(row["at"] for row in timeline["timeline"])
    assert replayed(story)["same"]


def test_a_restart_goes_on_where_the_record_ends(tmp_path: Path) -> None:
    async def first(story: Story) -> None:
        await story.act("zone.put", zone=circle(), reason="test")
        await drive_in(story)
        await story.act("track.list", mover="truck", list="own", label="ours")

    async def second(story: Story) -> dict[str, Any]:
        return story.loop.state()

    story = Story(tmp_path)
    story.tell(first)
    story.now_ns += 30 * 10**9
    state = story.tell(second)

    assert [a["state"] for a in state["alarms"]] == ["unacknowledged"]
    assert [z["id"] for z in state["zones"]] == ["z"]
    assert state["node"]["movers"] == 1
    result = replayed(story)
    assert result["same"], result


def test_a_refused_act_is_refused_in_words_and_recorded(tmp_path: Path) -> None:
    async def night(story: Story) -> list[dict[str, Any]]:
        with pytest.raises(Refused, match="radius"):
            await story.act("zone.put", zone=circle(-5.0), reason="test")
        with pytest.raises(Refused, match="alarm"):
            await story.act("alarm.acknowledge", alarm="A1")
        with pytest.raises(NotAllowed):
            await story.act("node.rules")
        return story.loop.log(-1, 1000)

    log = Story(tmp_path).tell(night)

    assert [line["says"].split(":")[0] for line in log if line["kind"] == "refusal"] == [
        "refused zone.put",
        "refused alarm.acknowledge",
    ]


def test_a_lost_mover_stays_until_a_person_closes_it_with_a_reason(tmp_path: Path) -> None:
    async def night(story: Story) -> list[str]:
        await story.act("zone.put", zone=circle(), reason="test")
        await drive_in(story)
        with pytest.raises(Refused, match="LAST KNOWN"):
            await story.act("track.close", mover="truck", reason="gone")
        for _ in range(20):
            await story.later(60)
        track = story.loop.track("truck")
        assert track is not None
        assert track["track"]["state"] == "last_known"
        assert [a["lost"] for a in story.loop.state()["alarms"]] == [True]
        with pytest.raises(Refused, match="reason"):
            await story.act("track.close", mover="truck", reason=" ")
        await story.act("track.close", mover="truck", reason="seen at the checkpoint")
        return [a["state"] for a in story.loop.state()["alarms"]]

    story = Story(tmp_path)

    assert story.tell(night) == ["returned_unacknowledged"]
    assert replayed(story)["same"]


def test_acknowledging_on_two_screens_at_once_is_done_once(tmp_path: Path) -> None:
    async def night(story: Story) -> None:
        await story.act("zone.put", zone=circle(), reason="test")
        await drive_in(story)
        (alarm,) = story.loop.state()["alarms"]
        await story.act("alarm.acknowledge", alarm=alarm["id"])
        with pytest.raises(OutOfTurn):
            await story.act("alarm.acknowledge", alarm=alarm["id"])

    Story(tmp_path).tell(night)


def test_a_record_that_cannot_be_written_stops_the_node_speaking(tmp_path: Path) -> None:
    async def night(story: Story) -> tuple[int, dict[str, Any]]:
        def broken(*_: Any, **__: Any) -> Any:
            raise RecordStopped("The disk is full.")

        story.loop._commit = broken  # type: ignore[method-assign]
        with pytest.raises(RecordStopped):
            await story.act("track.list", mover="m", list="own")
        return story.loop.health()

    story = Story(tmp_path)
    with pytest.raises(RecordStopped):
        story.tell(night)

    assert story.loop.health()[0] == 503
    assert story.loop.health()[1]["status"] == "stopped"


def test_own_movers_in_others_zones_alarm_like_anybody(tmp_path: Path) -> None:
    async def night(story: Story) -> list[Any]:
        await story.act("zone.put", zone=circle(issuer="north.example", id="n"), reason="their notice")
        await story.act("track.list", mover="ours", list="own", label="relief")
        await drive_in(story, "ours")
        await drive_in(story, "theirs")
        return [(a["mover"], a["priority"], a["event"], a["certainty"]) for a in story.loop.state()["alarms"]]

    assert Story(tmp_path).tell(night) == [("ours", "critical", "entry", "certain"), ("theirs", "critical", "entry", "certain")]


def test_a_mistake_of_ours_is_recorded_and_the_night_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that an input brings out must neither stop the node nor come back as a stop at every start."""

    def faulty(*_: Any) -> Any:
        raise ZeroDivisionError

    async def night(story: Story) -> tuple[list[str], int]:
        monkeypatch.setattr("openline.flow.acts.Standing", faulty)
        await story.act("zone.put", zone=circle(), reason="test")
        with pytest.raises(Mistake):
            await story.act("zone.standing", zone="z", version=1, party="north", status="received", message="m1")
        await drive_in(story)
        return [line["kind"] for line in story.loop.log(-1, 1000)], len(story.loop.state()["alarms"])

    story = Story(tmp_path)
    kinds, alarms = story.tell(night)

    assert kinds.count("mistake") == 1
    assert alarms == 1
    assert replayed(story)["same"]


@pytest.mark.parametrize(
    "body",
    [
        {"zone": circle(id="z" * 200), "reason": "t"},
        {"zone": circle(rings=[]), "reason": "t"},
        {"zone": circle(name="\ud800"), "reason": "t"},
        {"zone": circle(), "reason": "\udfff"},
        {"zone": circle(float("nan")), "reason": "t"},
        {"zone": circle(1e300), "reason": "t"},
        {"zone": None, "reason": "t"},
        {"zone": circle(rings=[{"name": "x" * 10_000, "offset_m": 0.0, "rule": "boundary"}]), "reason": "t"},
        {"zone": circle(hours=[{"weekdays": [9], "start_s": -1, "end_s": 10**30}]), "reason": "t"},
        {"zone": circle(serial=10**30), "reason": "t"},
    ],
)
def test_a_hostile_zone_is_refused_and_the_night_goes_on(tmp_path: Path, body: dict[str, Any]) -> None:
    async def night(story: Story) -> int:
        with pytest.raises(OpenlineError):
            await story.act("zone.put", **body)
        await story.act("zone.put", zone=circle(id="good"), reason="test")
        await drive_in(story)
        return len(story.loop.state()["alarms"])

    story = Story(tmp_path)

    assert story.tell(night) == 1
    assert replayed(story)["same"]


def test_a_mover_in_hundreds_of_zones_at_once_is_lost_without_harm(tmp_path: Path) -> None:
    """Its incidents do not fit the header of one entry."""

    async def night(story: Story) -> tuple[int, int]:
        for i in range(60):
            await story.act("zone.put", zone=circle(1_000.0 + i, id=f"z{i}"), reason="test")
        vehicle: dict[str, Any] = {"class": "vehicle"}
        await story.hear("truck", *HOME, accuracy_m=20, **vehicle)
        for _ in range(8):
            await story.later(60)
        return len(story.loop.state()["alarms"]), story.loop.health()[0]

    story = Story(tmp_path)

    assert story.tell(night) == (60, 200)
    assert replayed(story)["same"]


def test_inputs_the_record_does_not_take_are_answered_so_and_the_night_goes_on(tmp_path: Path) -> None:
    async def night(story: Story) -> tuple[int, list[str]]:
        story.loop.tell("post", "down", "half a character: \ud800")
        await story.later(1)
        await story.act("zone.put", zone=circle(), reason="test")
        await drive_in(story)
        return len(story.loop.state()["alarms"]), [line["kind"] for line in story.loop.log(-1, 1000)]

    story = Story(tmp_path)
    alarms, kinds = story.tell(night)

    assert alarms == 1
    assert kinds.count("mistake") == 1
    assert replayed(story)["same"]


def test_what_comes_while_the_node_stops_is_refused_and_nobody_waits_for_ever(tmp_path: Path) -> None:
    async def told(story: Story) -> None:
        story.loop.stop()
        with pytest.raises(NotWatching, match="stopping"):
            await story.hear("late", 33.5, 38.6)

    Story(tmp_path).tell(told)
