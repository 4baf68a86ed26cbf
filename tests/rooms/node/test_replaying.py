"""A replay says which software recorded, where it is not the one that replays: what differs may be no fault of the record."""

from pathlib import Path
from typing import Any

import pytest

from openline import __version__
from openline.cli import record
from openline.node import replaying, snapshot
from openline.record.store import Store
from tests.stories.desk import Story

OTHER = {"version": "0.0.9", "software": "ab" * 32}
MINE = {"version": __version__, "software": snapshot.software()}


async def hour(story: Story) -> None:
    await story.hear("m", 33.5, 38.6)
    await story.later(10)


def replayed(tmp_path: Path, *facts: dict[str, Any]) -> dict[str, Any]:
    story = Story(tmp_path)
    for one in facts:
        story.facts = one
        story.tell(hour)
    with Store.open(story.path(), None, read_only=True) as store:
        return replaying.replay_store(store, lambda done, of: None)


def test_every_software_that_recorded_is_named_once(tmp_path: Path) -> None:
    result = replayed(tmp_path, OTHER, OTHER, MINE)

    assert result["recorded_by"] == ["0.0.9 (abababababab)", result["software"]]
    assert result["same"]


def test_a_record_that_does_not_say_names_none(tmp_path: Path) -> None:
    assert replayed(tmp_path, {})["recorded_by"] == []


@pytest.mark.parametrize(("by", "named"), [(["0.0.9 (abab)"], True), (["1 (cdcd)"], False), ([], False)])
def test_the_command_says_so_before_it_says_differs(
    by: list[str], named: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = {"batches": 1, "inputs": 1, "outputs": 1, "findings": 0, "same": False, "entry": 7, "what": "something"}
    monkeypatch.setattr(replaying, "replay_record", lambda *_: result | {"software": "1 (cdcd)", "recorded_by": by})

    assert record.run_replay(Path("."), False) == 1
    said = capsys.readouterr().out
    assert ("Recorded by openline 0.0.9 (abab); this is 1 (cdcd)" in said.partition("DIFFERS")[0]) is named
