"""What the tests of the command line stand on: a node just made, and a command with everything it said."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from openline.cli import run
from openline.node import init
from tests.rooms.node.doors import NOW_NS, PASSWORD, QuickHasher, entropy


class Said(NamedTuple):
    """What a command ended with."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def openline(capsys: pytest.CaptureFixture[str]) -> Command:
    """`openline("zone", "check", path)` → its exit code and both outputs."""

    def command(*words: object) -> Said:
        code = run([str(word) for word in words])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return command


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a node that does not run."""
    monkeypatch.setattr("openline.node.doors.tls.own_addresses", list)
    answers = init.Answers(party="south.example", administrator="Amal", password=PASSWORD)
    return init.create(tmp_path / "node", answers, NOW_NS, entropy(), QuickHasher()).folder
