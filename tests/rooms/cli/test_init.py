"""`openline init` asks until an answer is one, and refuses what it was given in words before it asks anything."""

import io
import sys
from pathlib import Path

import pytest

from openline.node.settings_file import load
from tests.rooms.cli.conftest import Command
from tests.rooms.node.doors import PASSWORD


@pytest.fixture(autouse=True)
def this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No addresses of this machine are asked for, and nobody waits half a second for a password."""
    monkeypatch.setattr("openline.node.doors.tls.own_addresses", list)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch):
    """Lines that are typed, one for each question; passwords among them, as where there is no terminal."""

    def typed(*lines: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return typed


@pytest.fixture
def password(tmp_path: Path) -> Path:
    place = tmp_path / "password"
    place.write_text(PASSWORD)
    place.chmod(0o600)
    return place


def test_wrong_answers_are_asked_again_one_by_one(openline: Command, answers, tmp_path: Path, password: Path) -> None:
    answers(
        "South",
        "",
        "south.example",
        "Desk",
        "Mars/Base",
        "Asia/Amman",
        "x",
        "UTC",
        "http://u:p@h/",
        "",
        "n",
        "n",
        "<x>",
        "Amal",
    )
    said = openline("init", tmp_path / "n", "--password-file", password)
    settings = load(tmp_path / "n" / "openline.toml")

    assert said.code == 0
    assert said.err.count("not accepted") == 5
    assert (settings.node.party, settings.node.local_zone, settings.node.counterpart_zone) == (
        "south.example",
        "Asia/Amman",
        "UTC",
    )
    assert "sign in as Amal" in said.out


def test_a_party_is_never_taken_for_granted(openline: Command, answers, tmp_path: Path, password: Path) -> None:
    answers("", "", "")
    said = openline("init", tmp_path / "n", "--password-file", password, "--yes")

    assert said.code == 2
    assert "--party" in said.err
    assert not (tmp_path / "n").exists()


def test_a_directory_in_use_is_refused_before_anything_is_asked(openline: Command, node: Path) -> None:
    said = openline("init", node)

    assert (said.code, said.out) == (2, "")
    assert f"{node} is there already: a node" in said.err
    assert "openline init DIRECTORY" in said.err


@pytest.mark.parametrize(
    ("option", "value"), [("--party", "South Ex"), ("--administrator", "<x>"), ("--password-file", "short")]
)
def test_a_wrong_option_is_named_as_it_was_typed(
    openline: Command, tmp_path: Path, password: Path, option: str, value: str
) -> None:
    short = tmp_path / "short"
    short.write_text("short")
    short.chmod(0o600)
    options = {"--party": "south.example", "--administrator": "duty", "--password-file": password}
    options[option] = short if value == "short" else value
    said = openline("init", tmp_path / "n", "--yes", *[word for pair in options.items() for word in pair])

    assert said.code == 2
    assert f"{option}: " in said.err
    assert "settings file" not in said.err
    assert not (tmp_path / "n").exists()


def test_a_receivers_file_is_found_from_where_it_was_typed(
    openline: Command, answers, tmp_path: Path, password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answers("south.example", "", "", "", "aircraft.json", "n", "n", "Amal")
    said = openline("init", "n", "--password-file", password)

    assert load(tmp_path / "n" / "openline.toml").feed[0].where == str(tmp_path / "aircraft.json")
    assert "is not there now" in said.err
