"""Snapshots while a node runs: as good as the record, and never a fault, a full disk or a leak."""

import asyncio
import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from openline.errors import BadRecord, RecordStopped
from openline.node import keeping, snapshot
from openline.node.keeping import Keeper
from openline.node.recover import Recovered, recover
from openline.record.entry import Actor, NewEntry
from openline.record.store import Store
from tests.rooms.node.test_snapshot import KEY, ZONE, next_outputs, night
from tests.stories.desk import Story


def test_a_node_that_ends_in_order_leaves_one_that_its_next_start_uses(tmp_path: Path) -> None:
    story = Story(tmp_path)
    path = tmp_path / snapshot.NAME

    async def told(story: Story) -> None:
        await night(story)
        story.loop.stop()
        while not story.loop.at_rest:
            await asyncio.sleep(0)
        await Keeper(story.loop, path, KEY, story.identity.origin).last()

    story.tell(told)
    with Store.open(story.path(), story.identity) as store:
        kept = snapshot.read(path, KEY, store, story.identity.origin)
        recovered: Recovered = recover(store, kept)

    assert recovered.batches == 0
    assert {alarm.mover for alarm in recovered.state.board.alarms.values()} == {"m", "silent"}


def keeper_of(story: Story) -> Keeper:
    return Keeper(story.loop, story.folder / snapshot.NAME, KEY, story.identity.origin)


def test_one_taken_between_two_batches_is_as_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "EVERY_S", 0.0)

    async def told(story: Story) -> None:
        keeper = keeper_of(story)
        await night(story)
        keeper.look()
        assert keeper._writing is not None
        await keeper._writing
        await story.hear("m", 33.5, 38.6, accuracy_m=20)

    story = Story(tmp_path)
    story.tell(told)
    with Store.open(story.path(), story.identity) as store:
        kept = snapshot.read(tmp_path / snapshot.NAME, KEY, store, story.identity.origin)
        short, whole = recover(store, kept), recover(store)

    assert 0 < short.batches < whole.batches
    assert next_outputs(short.state) == next_outputs(whole.state)


def test_a_state_that_cannot_be_taken_is_no_fault_of_the_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unwilling(*_: object) -> bytes:
        raise pickle.PicklingError("a generator")

    monkeypatch.setattr(keeping, "EVERY_S", 0.0)
    monkeypatch.setattr(snapshot, "pickled", unwilling)

    async def told(story: Story) -> int:
        keeper = keeper_of(story)
        story.loop.between = keeper.look
        await night(story)
        await keeper.last()
        return story.loop.health()[0]

    assert Story(tmp_path).tell(told) == 200


def test_a_record_that_cannot_be_read_meanwhile_does_not_keep_a_node_from_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "EVERY_S", 0.0)

    def broken(*_: object, **__: object) -> Any:
        raise BadRecord("entry 3")

    async def told(story: Story) -> None:
        keeper = keeper_of(story)
        await night(story)
        monkeypatch.setattr(story.store, "entries", broken)
        keeper.look()
        await keeper.last()

    Story(tmp_path).tell(told)

    assert not (tmp_path / snapshot.NAME).exists()


def test_on_a_disk_that_is_nearly_full_the_record_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "EVERY_S", 0.0)
    monkeypatch.setattr("openline.node.keeping.shutil.disk_usage", lambda _: SimpleNamespace(free=keeping.FREE_BYTES_MIN))

    async def told(story: Story) -> None:
        keeper = keeper_of(story)
        await night(story)
        keeper.look()
        await keeper.last()

    Story(tmp_path).tell(told)

    assert not (tmp_path / snapshot.NAME).exists()


def test_a_redaction_while_the_node_runs_leaves_none_that_holds_what_was_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "EVERY_S", 0.0)

    async def told(story: Story) -> list[bool]:
        keeper = keeper_of(story)
        await night(story)
        there = []
        for _ in range(2):
            keeper.look()
            assert keeper._writing is not None
            await keeper._writing
            there.append((tmp_path / snapshot.NAME).exists())
            segment = next(story.store.entries(kind="track.segment"))
            by = NewEntry(kind="redaction", at_us=segment.at_us, actor=Actor("anna", "supervisor"))
            if there == [True]:
                story.store.redact([segment.objects[0].c], by)
        return there

    assert Story(tmp_path).tell(told) == [True, False]


def test_where_taking_one_holds_up_alarms_it_is_taken_seldom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def told(story: Story) -> tuple[float, float]:
        waits = []
        for took_s in (0.1, 1.0):
            now_s = iter([1_000.0, 2_000.0, 2_000.0 + took_s])
            monkeypatch.setattr("openline.node.keeping.time.monotonic", lambda now_s=now_s: next(now_s))
            keeper = keeper_of(story)
            monkeypatch.setattr(keeper, "_taken", lambda: None)
            keeper.look()
            waits.append(keeper._next_s - 2_000.0 - took_s)
        monkeypatch.undo()
        return waits[0], waits[1]

    assert Story(tmp_path).tell(told) == pytest.approx((keeping.EVERY_S, keeping.SELDOM_S))


def test_a_node_that_fell_leaves_none(tmp_path: Path) -> None:
    story = Story(tmp_path)
    path = tmp_path / snapshot.NAME

    async def told(story: Story) -> None:
        await night(story)
        await Keeper(story.loop, path, KEY, story.identity.origin).last()

    story.tell(told)

    assert not path.exists()


def test_what_a_crash_kept_from_the_record_is_in_the_timeline_after_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fallen(*_: object) -> Any:
        raise RecordStopped("the power went")

    async def told(story: Story) -> None:
        await story.act("zone.put", zone=ZONE, reason="test")
        monkeypatch.setattr("openline.node.loop.stepped", fallen)
        with pytest.raises(RecordStopped):
            await story.hear("m", 33.5, 38.6, accuracy_m=20)

    async def after(story: Story) -> list[int]:
        timeline = story.loop.incident("I00001")
        assert timeline is not None
        return [row["index"] for row in timeline["timeline"]]

    story = Story(tmp_path)
    with pytest.raises(RecordStopped):
        story.tell(told)
    monkeypatch.undo()
    story.store.close()
    shown = story.tell(after)
    with Store.open(story.path(), story.identity) as store:
        recorded = [entry.index for entry in store.entries() if "incident:I00001" in entry.ref]

    assert recorded
    assert set(recorded) <= set(shown)


def test_the_index_of_incidents_lets_go_of_those_the_board_let_go(tmp_path: Path) -> None:
    async def told(story: Story) -> int:
        await story.act("zone.put", zone=ZONE, reason="test")
        story.loop.pictures.incident_entries = {f"old{i}": [i] for i in range(10_000)}
        await story.hear("m", 33.5, 38.6, accuracy_m=20)
        return len(story.loop.pictures.incident_entries)

    assert Story(tmp_path).tell(told) == 1
