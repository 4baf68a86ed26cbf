"""`openline doctor` says what is wrong with a node and what to do about it."""

from pathlib import Path
from typing import Any

import pytest

from openline.errors import FeedLost
from openline.node import doctor
from openline.node.doctor import feeds_found
from tests.rooms.cli.conftest import Command

FEED: dict[str, Any] = {
    "source": "roof", "state": "up", "since": "2026-01-01T00:00:00.000Z", "why": "", "reports": 7, "refused": 0, "refusals": [],
}  # fmt: skip


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine and the package are looked at elsewhere."""
    monkeypatch.setattr(doctor, "_machine", list)
    monkeypatch.setattr(doctor, "_package", list)


def test_a_feed_that_is_up_is_well() -> None:
    assert feeds_found([FEED]) == [("ok", "feed roof is up, 7 reports, 0 refused", "")]


def test_a_feed_that_is_down_is_bad_with_why_and_since_when() -> None:
    ((state, what, todo),) = feeds_found([FEED | {"state": "down", "why": "Connection refused"}])

    assert (state, todo) == ("bad", FeedLost.remedy)
    assert what == "feed roof is down since 2026-01-01T00:00:00.000Z: Connection refused"


@pytest.mark.parametrize("state", ["late", "connecting"])
def test_a_feed_that_says_nothing_is_warned_of(state: str) -> None:
    assert [found[0] for found in feeds_found([FEED | {"state": state}])] == ["warn"]


def test_what_a_feed_was_refused_for_is_said() -> None:
    refusal = {"field": "lat", "value": "91", "accepted": "-90 to 90"}
    _, (state, what, todo) = feeds_found([FEED | {"refused": 3, "refusals": [refusal]}])

    assert (state, what) == ("warn", "feed roof refused 3, last lat: 91")
    assert "-90 to 90" in todo


def test_a_root_key_that_lies_here_is_warned_of(openline: Command, node: Path) -> None:
    with_root = openline("doctor", "--node", node).out
    (node / "keys" / "root.pem").unlink()
    without = openline("doctor", "--node", node).out

    assert f"warn  the root key lies in {node / 'keys' / 'root.pem'}" in with_root
    assert "Make two copies" in with_root
    assert "ok    the root key is not kept here" in without


def test_a_running_node_whose_feed_is_down_is_not_well(openline: Command, node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"health": {"status": "watching", "why": ""}, "state": {"feeds": [FEED | {"state": "down"}]}}
    monkeypatch.setattr("openline.node.doors.control.call", lambda _folder, request: answers[request["do"]])
    said = openline("doctor", "--node", node)

    assert said.code == 1
    assert "bad   feed roof is down" in said.out


def test_a_token_file_that_is_missing_is_found_before_the_start(openline: Command, node: Path) -> None:
    with (node / "openline.toml").open("a") as settings:
        settings.write('\n[[feed]]\nname = "phones"\nkind = "osmand"\ntoken_file = "tokens/none.txt"\n')
    said = openline("doctor", "--node", node)

    assert said.code == 1
    assert "tokens/none.txt cannot be read" in said.out
