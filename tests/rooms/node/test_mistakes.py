"""Mistakes of ours: recorded without a line number, once and then counted, the same live and told again."""

from pathlib import Path
from typing import Any

import pytest

from openline.errors import Mistake
from openline.flow import State
from openline.flow.acts import ACTS
from openline.inbox import Act, Bytes, Tick
from openline.node.recover import json_body
from openline.node.replaying import replay_store
from openline.node.stepping import stepped
from openline.record.store import Store
from tests.stories.desk import Story

S = 1_000_000_000


def faulty(*_: Any) -> Any:
    raise ZeroDivisionError("with a text of theirs: 33.5 38.6")


def faultier(*_: Any) -> Any:
    raise KeyError


def bodies(story: Story) -> list[dict[str, Any]]:
    with Store.open(story.path(), None, read_only=True) as store:
        assert replay_store(store, lambda done, of: None)["same"]
        return [json_body(store, entry) for entry in store.entries(kind="mistake")]


def test_a_mistake_in_a_tick_is_recorded_once_and_then_counted_each_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def night(story: Story) -> None:
        for _ in range(130):
            await story.later(1)

    story = Story(tmp_path)
    monkeypatch.setattr("openline.flow.late_feeds", faulty)
    story.tell(night)
    first, *counted = bodies(story)

    assert "counted" not in first
    assert [one["counted"] for one in counted] == [60, 60]
    assert first["last"] < counted[0]["first"] < counted[0]["last"] < counted[1]["first"]


def test_what_was_only_counted_is_said_when_the_mistakes_are_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State()
    monkeypatch.setattr("openline.flow.late_feeds", faulty)
    made = [output for second in range(10) for output in stepped(state, [Tick(second, second * S)], second * S)]
    monkeypatch.undo()
    after = [output for second in range(10, 300) for output in stepped(state, [Tick(second, second * S)], second * S)]

    assert [output.body.get("counted") for output in made] == [None]
    assert [output.body["counted"] for output in after] == [9]
    assert state.mistakes == {}


def test_a_mistake_is_where_in_the_code_without_a_line_and_without_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openline.flow.late_feeds", faulty)
    (output,) = stepped(State(), [Tick(7, S)], S)

    assert (output.body["what"], output.body["where"]) == ("ZeroDivisionError", "openline.flow")
    assert "33.5" not in str(output.body)


def test_the_place_is_the_innermost_module_of_ours() -> None:
    state = State()
    state.feeds = {"x": object()}  # type: ignore[dict-item]
    (output,) = stepped(state, [Bytes(1, "x", S, b"")], S)

    assert output.body["where"] == "openline.flow.hearing"


def test_whoever_acts_is_told_of_each_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    state = State()
    monkeypatch.setitem(ACTS, "incident.note", faulty)
    given = [Act(seq, S, "anna", "operator", "incident.note", {}) for seq in (1, 2)]
    outputs = stepped(state, list(given), S)

    assert [output.cause for output in outputs] == [1, 2]
    assert all(isinstance(output.thing, Mistake) for output in outputs)


def test_different_mistakes_are_each_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    state = State()
    monkeypatch.setattr("openline.flow.late_feeds", faulty)
    first = stepped(state, [Tick(1, S)], S)
    monkeypatch.setattr("openline.flow.late_feeds", faultier)
    second = stepped(state, [Tick(2, 2 * S)], 2 * S)

    assert [one.body["what"] for one in first + second] == ["ZeroDivisionError", "KeyError"]
