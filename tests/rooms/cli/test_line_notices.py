"""Numbers of notices from the shell: what is missing is said, sent again, or entered as come another way."""

from pathlib import Path
from typing import Any

import pytest

from openline.cli import line as shell
from openline.errors import Refused

HERE = Path()


def gap(**more: Any) -> dict[str, Any]:
    return {"number": 17, "since": "S", "why": "a later one came", "asked": None, "answer": None} | more


def line(*missing: dict[str, Any], party: str = "north.example", odd: int | None = None) -> dict[str, Any]:
    notices = {"given": 3, "upto": 18, "missing": list(missing), "odd": odd}
    given: dict[str, Any] = {
        "party": party,
        "state": "up",
        "since": None,
        "why": "",
        "waiting": 0,
        "stopped": None,
        "talks": [],
    }
    return given | {"notices": notices, "unusable": [], "other_paths": [], "stated_path": None}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the shell asks of a node whose one line misses a notice."""
    every: list[dict[str, Any]] = []
    lines = [line(gap(asked="north.example/3", answer="no"), odd=900)]

    def call(node: Path, body: dict[str, Any]) -> dict[str, Any]:
        every.append(body)
        return {"lines": lines}

    monkeypatch.setattr(shell, "call", call)
    return every


def test_what_is_missing_is_listed_with_the_question_and_its_answer(
    asked: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    shell.list_lines(HERE, as_json=False)
    said = capsys.readouterr().out
    assert "MISSING: their notice number 17, since S (a later one came); asked for in north.example/3; they answered no" in said
    assert "NOT COUNTED: their notice number 900 does not follow 18; ask them" in said


def test_the_only_line_need_not_be_named(asked: list[dict[str, Any]]) -> None:
    shell.resend(HERE, 17, "")
    assert asked[-1] == {"do": "act", "act": "line.resend", "to": "north.example", "number": 17}


def test_one_that_came_another_way_is_entered_with_who_says_so(asked: list[dict[str, Any]]) -> None:
    shell.had(HERE, 17, "north.example", "telephone", "Capt A.")
    about = {"to": "north.example", "number": 17, "how": "telephone", "says": "Capt A."}
    assert asked[-1] == {"do": "act", "act": "line.had", **about}


def test_of_two_lines_one_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "call", lambda node, body: {"lines": [line(), line(party="east.example")]})
    with pytest.raises(Refused, match=r"north\.example, east\.example"):
        shell.resend(HERE, 17, "")
