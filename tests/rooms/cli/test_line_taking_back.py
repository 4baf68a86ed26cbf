"""Taking back from the shell: what the counterpart knows by now is said, and what was entered here only is said to be."""

from pathlib import Path
from typing import Any

import pytest

from openline.cli import line as shell

HERE = Path()
BACK = {"at": "T", "by": "Lt North, operator", "why": "mistake", "sent": True}


def talk(**more: Any) -> dict[str, Any]:
    stated = {"what": "passed", "number": "0/2", "at": "S", "party": "north.example", "who": "Lt", "ours": True, "hops": [3]}
    given: dict[str, Any] = {"id": "south.example/1", "party": "south.example", "ours": False}
    chain = {"headline": "mover not warned", "stations": [], "taken_back": []}
    return given | {"statements": [stated | {"taken_back": None}], "custody": chain} | more


class Desk:
    """A node as the shell sees it."""

    def __init__(self, state: str = "up") -> None:
        self.talk = talk()
        self.state = state
        self.asked: list[dict[str, Any]] = []
        self.back: dict[str, Any] | None = BACK

    def call(self, node: Path, body: dict[str, Any]) -> dict[str, Any]:
        if body["do"] == "act":
            self.asked.append(body)
            self.talk = talk(statements=[one | {"taken_back": self.back} for one in self.talk["statements"]])
            return {"said": {}}
        line = {"party": "south.example", "state": self.state, "other_paths": ["HF 4.5"], "stated_path": None}
        return {"lines": [line | {"talks": [self.talk]}]}


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    monkeypatch.setattr(shell, "call", made.call)
    return made


def test_a_statement_is_taken_back_by_its_number_with_a_reason(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    shell.take_back(HERE, "south.example/1", "3", "it was 3rd platoon")
    body = {"do": "act", "act": "line.take_back", "to": "south.example", "talk": "south.example/1", "number": 3}
    assert desk.asked == [body | {"why": "other", "reason": "it was 3rd platoon"}]
    said = capsys.readouterr().out
    assert "on its way to south.example" in said
    assert "mover not warned" in said


def test_a_line_that_is_down_is_said_to_hold_it_with_the_other_path(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.state = "down"
    shell.take_back(HERE, "south.example/1", "0/2", "mistake")
    assert desk.asked[-1]["number"] == "0/2"
    said = capsys.readouterr().out
    assert "QUEUED: the line is down." in said
    assert "south.example STILL READS IT until the line is up" in said
    assert "HF 4.5" in said


def test_what_did_not_go_over_the_line_is_taken_back_here_only(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.back = None
    shell.take_back(HERE, "south.example/1", "4", "mistake")
    assert "Here only: it did not go from here over the line, and south.example is not told." in capsys.readouterr().out


def test_what_had_not_left_yet_is_not_sent(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.back = BACK | {"sent": False}
    shell.take_back(HERE, "south.example/1", "3", "mistake")
    assert "It had not left yet, and is not sent to south.example." in capsys.readouterr().out


def test_a_hop_by_hand_of_their_message_says_how_to_tell_them(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    body = {"unit": "2nd platoon", "says": "Lt K.", "by": "liaison", "how": "radio", "grade": "passed_on", "last": True}
    shell.enter_hop(HERE, "south.example/1", body | {"stopped": ""})
    said = capsys.readouterr().out
    assert "entered here only" in said
    assert "south.example is NOT told. To tell the counterpart: openline line state south.example/1 passed_on" in said
    assert "--set 'unit=2nd platoon' --set how=radio" in said
    assert "--set last_choice=last_unit --set by_text=liaison" in said
