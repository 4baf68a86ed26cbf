"""Sentences of alarms: units and lines are named, and no time is said that is not known."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.incident.board import Alarm
from openline.incident.spread import far
from openline.incident.states import State
from openline.incident.words import TEXTS, Numbers, sentence, span

EVENTS = ("approach", "may_reach", "averted", "entry", "first_seen_inside", "exit")
RULES = ("contact_by", "no_contact_no_entry", "boundary", "inner", "other")
metres = st.none() | st.floats(-500_000.0, 500_000.0)
lengths = st.none() | st.floats(0.0, 500_000.0)
seconds = st.none() | st.floats(0.0, 100_000.0)


def alarm(**more: Any) -> Alarm:
    values: dict[str, Any] = {
        "id": "A1",
        "mover": "m",
        "zone": "z",
        "zone_version": 1,
        "ring": "outer",
        "rule": "boundary",
        "priority": "warning",
        "event": "approach",
        "state": State.UNACKNOWLEDGED,
        "certainty": "probable",
        "since_ns": 0,
        "changed_ns": 0,
    }
    return Alarm(**(values | more))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(EVENTS),
    st.sampled_from(RULES),
    st.booleans(),
    st.tuples(metres, metres),
    st.tuples(lengths, lengths),
    st.tuples(seconds, seconds),
    st.booleans(),
    st.lists(st.sampled_from(["turned away", "stopped", "the zone ended"]), max_size=2),
)
def test_every_distance_of_a_sentence_says_from_which_line(
    event: str, rule: str, heard: bool, at: Any, extreme: Any, times: Any, by_route: bool, why: list[str]
) -> None:
    now = Numbers(
        heard=heard,
        boundary_m=at[0],
        ring_m=at[1],
        deepest_m=extreme[0],
        closest_m=extreme[1],
        to_boundary_s=times[0],
        earliest_s=times[1],
        by_route=by_route,
    )
    text = sentence(alarm(event=event, rule=rule, why=tuple(why)), "Truck", "Tanf", now)

    for found in re.finditer(r"\d (?:m|km)\b", text):
        assert re.match(r" (inside|outside) (the boundary|ring outer)", text[found.end() :]), text


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (
            {"to_boundary_s": 51.0, "earliest_s": 51.2, "boundary_m": 5_100.0},
            "in about 51 s if it goes on like this; now 5.1 km",
        ),
        (
            {"to_boundary_s": 80.0, "earliest_s": 51.0, "boundary_m": 5_100.0},
            "in about 80 s if it goes on like this, in 51 s at",
        ),
        (
            {"to_boundary_s": 600.0, "earliest_s": 400.0, "by_route": True},
            "is on a route into Tanf: at its boundary in about 10 min",
        ),
        ({"earliest_s": 51.0}, "may be heading for Tanf: at its boundary in 51 s at the earliest"),
        ({"boundary_m": 5_100.0, "heard": False}, "is not known; when last heard 5.1 km outside the boundary"),
    ],
)
def test_an_approach_says_what_is_known_of_its_time(now: dict[str, Any], words: str) -> None:
    assert words in sentence(alarm(), "Truck", "Tanf", Numbers(**({"heard": True} | now)))


def test_an_averted_alarm_never_says_left() -> None:
    assert "left" not in sentence(alarm(event="averted", why=("turned away",)), "Truck", "Tanf", Numbers())


@pytest.mark.parametrize(
    ("metres", "words"), [(0.4, "0 m"), (999.4, "999 m"), (999.6, "1.0 km"), (28_000.0, "28.0 km"), (140_200.0, "140 km")]
)
def test_a_distance_has_its_unit(metres: float, words: str) -> None:
    assert far(metres) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (51.0, "51 s"),
        (119.6, "2 min"),
        (2_520.0, "42 min"),
        (5_040.0, "1 h 24 min"),
        (None, "an unknown time"),
        (float("nan"), "an unknown time"),
    ],
)
def test_a_length_of_time_is_said_as_people_do(seconds: float | None, words: str) -> None:
    assert span(seconds) == words


def test_every_event_of_the_watch_has_words() -> None:
    assert set(EVENTS) <= set(TEXTS)
