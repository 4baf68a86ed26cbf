"""`openline demo --check` where nobody looks at a terminal: it goes on saying how far it is, and its table is narrow."""

import io
import threading
from typing import Any

import pytest

from openline.cli import say
from openline.cli.demo import findings_table
from openline.node.telling import EVERY_S, Telling

LONG: dict[str, Any] = {
    "time": "2017-05-18T09:35:50.123Z",
    "mover": "icao:f00021",
    "zone": "tanf",
    "ring": "contact-by",
    "event": "first_seen_inside",
    "certainty": "probable",
    "depth_m": 27_998.4,
}


def test_a_line_says_what_is_done_and_how_far_it_is() -> None:
    telling = Telling(lambda _: None)
    telling.moved("replaying the record", 20, 80)

    assert telling.line() == "  replaying the record: 20 of 80, 25 % (0 s)"


def test_work_of_which_nothing_is_known_is_still_told_of() -> None:
    assert Telling(lambda _: None).line() == "  working (0 s)"


def test_a_line_comes_again_and_again_although_nothing_moves() -> None:
    lines: list[str] = []
    enough = threading.Event()

    def hear(line: str) -> None:
        lines.append(line)
        if len(lines) == 3:
            enough.set()

    with Telling(hear, every_s=0.001):
        assert enough.wait(30)

    assert lines[0].startswith("  working")


def test_nobody_waits_longer_than_ten_seconds() -> None:
    assert EVERY_S <= 10


def test_without_a_terminal_progress_is_told_in_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Telling] = []

    class Heard(Telling):
        def __init__(self, *words: Any) -> None:
            super().__init__(*words)
            told.append(self)

    monkeypatch.setattr("openline.node.telling.Telling", Heard)
    monkeypatch.setattr("sys.stderr", io.StringIO())
    with say.progress() as moved:
        moved("playing", 3, 10)

    assert told[0].line().startswith("  playing: 3 of 10, 30 %")


def test_the_table_of_findings_fits_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    say.table(*findings_table([LONG, LONG | {"event": "exit", "depth_m": None, "deepest_m": 1_234_567.0}]))
    lines = capsys.readouterr().out.splitlines()

    assert max(map(len, lines)) <= 80
    assert "2 findings, zone tanf, 2017-05-18, times in UTC" in lines[0]
    assert any("09:35:50.1" in line and "27,998" in line for line in lines)


def test_what_differs_from_row_to_row_gets_a_column() -> None:
    columns, rows, title = findings_table([LONG, LONG | {"zone": "other", "time": "2017-05-19T00:00:00.000Z"}])

    assert "zone" in columns
    assert rows[1][0] == "2017-05-19T00:00:00.0"
    assert title == "2 findings, times in UTC"
