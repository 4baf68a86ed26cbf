"""Notices at their limit: what is over gives way, what somebody waits for does not."""

import pytest

from openline.flow import State, acts, step
from openline.flow.state import Rules
from openline.inbox import Act

NS_PER_S = 1_000_000_000
T0 = 1_495_099_800 * NS_PER_S


def do(state: State, at_s: float, name: str, **body: object) -> list[str]:
    """Kinds of what came of an act."""
    now_ns = T0 + round(at_s * NS_PER_S)
    return [one.kind for one in step(state, [Act(0, now_ns, "anna", "operator", name, body)], now_ns)]


def make(state: State, at_s: float, id: str) -> list[str]:
    questions = [{"type": "length", "field": "radius", "length_m": 55_000.0}]
    more = {"zone": "z", "zone_version": 1, "zone_name": "Z", "to": "Ben", "over": "radio", "valid_minutes": 10}
    return do(state, at_s, "notice.make", notice=id, questions=questions, **more)


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> State:
    monkeypatch.setattr(acts, "NOTICES_MAX", 2)
    return State(Rules(party="p"))


def test_a_revoked_notice_gives_way_to_a_new_one(state: State) -> None:
    make(state, 0, "a")
    make(state, 1, "b")
    do(state, 2, "notice.revoke", notice="b", reason="said on the radio")

    assert make(state, 3, "c") == ["notice"]
    assert list(state.notices) == ["a", "c"]


def test_where_somebody_waits_for_every_one_the_new_one_is_refused(state: State) -> None:
    make(state, 0, "a")
    make(state, 1, "b")

    assert make(state, 2, "c") == ["refusal"]
    assert list(state.notices) == ["a", "b"]


def test_an_expired_notice_is_red_and_stays_until_a_person_revokes_it(state: State) -> None:
    make(state, 0, "a")
    make(state, 1, "b")

    assert make(state, 3_600, "c") == ["refusal"]
