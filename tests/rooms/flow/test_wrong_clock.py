"""A sender whose clock is ahead: its reports are refused in words, counted, and never fill the record."""

from typing import Any

import msgspec
import pytest

from openline.clock import to_rfc3339
from openline.flow import Output, State, step
from openline.flow.hearing import REFUSALS_RECORDED_PER_MIN, use_feeds
from openline.flow.state import FeedRules, Rules
from openline.inbox import Bytes
from openline.tracks.columns import CLOCK

NS_PER_S = 1_000_000_000
T0 = 1_495_099_800 * NS_PER_S


@pytest.fixture
def state() -> State:
    state = State(Rules(party="p", feeds=(FeedRules("post", "ndjson"),)))
    use_feeds(state, state.rules)
    return state


def hear(state: State, ahead_s: float, heard_s: float = 0.0, rows: int = 1) -> list[Output]:
    heard_ns = T0 + round(heard_s * NS_PER_S)
    row: dict[str, Any] = {"id": "phone", "time": to_rfc3339(heard_ns + round(ahead_s * NS_PER_S)), "lat": 33.5, "lon": 38.6}
    return step(state, [Bytes(1, "post", heard_ns, (msgspec.json.encode(row) + b"\n") * rows)], heard_ns)


def test_it_is_a_refusal_of_its_feed_and_no_track(state: State) -> None:
    made = [(one.kind, one.body.get("field"), one.body.get("mover")) for one in hear(state, ahead_s=5.0)]

    assert ("refusal", "time", "phone") in made
    assert (state.feeds["post"].reports, state.feeds["post"].refused) == (0, 1)
    assert state.taken[1][0] == 0
    assert len(state.picture) == 0


def test_a_track_it_has_already_stays_where_it_was_and_is_doubted(state: State) -> None:
    hear(state, ahead_s=0.0)
    hear(state, ahead_s=5.0, heard_s=1.0)

    (slot,) = state.picture.slot_of.values()
    assert state.picture.columns.doubts[slot] & CLOCK
    assert state.picture.columns.at_ns[slot] == T0


def test_a_whole_feed_that_is_ahead_does_not_fill_the_record(state: State) -> None:
    made = hear(state, ahead_s=5.0, rows=500)

    assert sum(one.kind in ("refusal", "track.event") for one in made) == REFUSALS_RECORDED_PER_MIN
    assert state.feeds["post"].refused == 500


def test_as_far_ahead_as_the_rule_allows_it_is_taken(state: State) -> None:
    hear(state, ahead_s=2.0)

    assert state.feeds["post"].reports == 1
