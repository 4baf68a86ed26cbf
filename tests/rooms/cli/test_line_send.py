"""`openline line send` and `line list`, the node played by what it would answer."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from openline.cli import line as commands
from openline.cli.line_app import app

NOW_US = 1_795_330_606_000_000


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The acts that were asked for."""
    asked: list[dict[str, Any]] = []

    def call(node: Path, body: dict[str, Any]) -> dict[str, Any]:
        if body["do"] == "line.preview":
            return {"text": {"en": "text"}, "left_out": {}}
        asked.append(body)
        return {"said": {"talk": {"id": "south.example/2"}}}

    monkeypatch.setattr(commands, "call", call)
    monkeypatch.setattr("openline.node.typed_slots.time.time_ns", lambda: NOW_US * 1_000)
    return asked


def test_what_is_typed_for_a_message_goes_with_it(acts: list[dict[str, Any]]) -> None:
    typed = ["--re", "south.example/1", "--valid", "+30min", "--answer-by", "2026-11-22T07:00:00Z", "--free", "in our words"]
    said = CliRunner().invoke(app, ["send", "north.example", "check", *typed])
    assert said.exit_code == 0, said.output
    (one,) = acts
    assert (one["re"], one["free"]) == ("south.example/1", "in our words")
    assert one["valid_us"] == NOW_US + 1_800_000_000
    assert one["answer_us"] == 1_795_330_800_000_000


def test_what_is_not_typed_is_left_to_the_node(acts: list[dict[str, Any]]) -> None:
    assert CliRunner().invoke(app, ["send", "north.example", "check"]).exit_code == 0
    assert acts[0].keys() == {"do", "act", "to", "template", "params", "precedence"}


def test_what_is_due_names_its_unit() -> None:
    due = [{"what": "passed_on_before_start", "unit": "2nd platoon"}, {"what": "seen", "unit": None}]
    assert commands._due({"due": due}) == "passed on before start 2nd platoon, seen"
