"""A feed of which every report is refused: it sends, and nothing of it is watched, so it is not up."""

from collections.abc import Iterable

import pytest

from openline.clock import NS_PER_S, to_rfc3339
from openline.flow import Output, State, step
from openline.flow.hearing import use_feeds
from openline.flow.state import FeedRules, Rules
from openline.inbox import Bytes, Intake, Tick
from openline.node.doctor import feeds_found
from openline.node.shown.views import feed_view

T0 = 1_495_099_800 * NS_PER_S
GOOD, WRONG = [33.5], [91.0]  # latitudes of the rows


@pytest.fixture
def state() -> State:
    state = State(Rules(party="p", feeds=(FeedRules("post", "ndjson", late_s=15.0),)))
    use_feeds(state, state.rules)
    return state


def send(state: State, lats: list[float], seconds: Iterable[int]) -> list[str]:
    """States the feed took while it sent the same row each second."""
    made: list[Output] = []
    for second in seconds:
        at_ns = T0 + second * NS_PER_S
        rows = "".join(f'{{"id": "a", "time": "{to_rfc3339(at_ns)}", "lat": {lat}, "lon": 38.6}}\n' for lat in lats)
        made += step(state, [Bytes(1, "post", at_ns, rows.encode()), Tick(2, at_ns)], at_ns)
    return [one.body["state"] for one in made if one.kind == "feed.state"]


def test_nothing_accepted_for_as_long_as_makes_a_silent_feed_late(state: State) -> None:
    assert send(state, WRONG, range(15)) == ["up"]
    assert send(state, WRONG, range(15, 20)) == ["refusing"]
    assert state.feeds["post"].why == "nothing accepted for 16 s, 17 refused, last lat: 91.0"


def test_one_report_accepted_and_it_is_up_again(state: State) -> None:
    send(state, WRONG, range(20))

    assert send(state, GOOD, [20]) == ["up"]


def test_refusals_among_reports_leave_it_up(state: State) -> None:
    assert send(state, GOOD + WRONG, range(60)) == ["up"]


def test_silent_after_it_was_refused_it_is_late(state: State) -> None:
    send(state, WRONG, range(20))
    at_ns = T0 + 60 * NS_PER_S

    assert [one.body["state"] for one in step(state, [Tick(3, at_ns)], at_ns) if one.kind == "feed.state"] == ["late"]


def test_a_connection_made_again_does_not_make_it_good(state: State) -> None:
    send(state, WRONG, range(20))
    step(state, [Intake(3, "post", T0 + 20 * NS_PER_S, "up", "")], T0 + 20 * NS_PER_S)

    assert state.feeds["post"].state == "refusing"


def test_the_doctor_calls_it_bad_and_says_why(state: State) -> None:
    send(state, WRONG, range(20))
    (first, *_) = feeds_found([feed_view(state.feeds["post"], T0 + 20 * NS_PER_S)])

    assert first[0] == "bad"
    assert "last lat: 91.0" in first[1]
