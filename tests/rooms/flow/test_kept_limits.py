"""What people tell a node about movers has limits: at one the act is refused in words, and taking away always goes."""

import pytest

from openline.flow import State, acts, step
from openline.flow.state import Rules
from openline.inbox import Act

T0 = 1_495_099_800_000_000_000
LINE = [[33.5, 38.6], [33.6, 38.7]]


def do(state: State, name: str, **body: object) -> dict[str, object]:
    """What an act was refused for, or nothing."""
    outputs = step(state, [Act(0, T0, "anna", "operator", name, body)], T0)
    return next((one.body for one in outputs if one.kind == "refusal"), {})


@pytest.fixture
def state() -> State:
    return State(Rules(party="p"))


def test_more_movers_than_the_lists_hold_are_refused_until_one_is_taken_off(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "LISTED_MAX", 2)
    for mover in ("a", "b"):
        do(state, "track.list", mover=mover, list="own")

    assert "at most 2 movers" in str(do(state, "track.list", mover="c", list="own")["accepted"])
    assert do(state, "track.list", mover="a", list="reserved", label="relief") == {}
    assert do(state, "track.list", mover="b", list="none") == {}
    assert do(state, "track.list", mover="c", list="own") == {}
    assert list(state.picture.lists) == ["a", "c"]


def test_more_routes_than_are_kept_are_refused_and_one_that_could_go_is_named(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "ROUTES_MAX", 2)
    for mover in ("a", "b"):
        do(state, "track.route", mover=mover, line=LINE)

    assert "that of a, which is not in the picture" in str(do(state, "track.route", mover="c", line=LINE)["accepted"])
    assert do(state, "track.route", mover="a", line=LINE[::-1]) == {}
    assert do(state, "track.route", mover="b", line=None) == {}
    assert do(state, "track.route", mover="c", line=LINE) == {}


def test_routes_that_are_long_together_are_refused(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    far = [[0.0, 0.0], [0.0, 90.0]]
    do(state, "track.route", mover="a", line=far)
    _, pieces = state.routes_size("")
    monkeypatch.setattr(acts, "ROUTE_PIECES_ALL_MAX", pieces)

    assert "pieces" in str(do(state, "track.route", mover="b", line=LINE)["accepted"])
    assert do(state, "track.route", mover="a", line=far) == {}
    assert "a" in state.picture.routes


@pytest.mark.parametrize(
    ("act", "more"), [("track.list", {"list": "own"}), ("track.route", {"line": LINE}), ("track.close", {"reason": "gone"})]
)
def test_a_name_longer_than_any_mover_has_is_refused(state: State, act: str, more: dict[str, object]) -> None:
    assert "at most 80 characters" in str(do(state, act, mover="x" * 81, **more)["accepted"])
