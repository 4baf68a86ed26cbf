"""Entries in words: a distance says from which line, and an ended approach is not called an exit."""

from typing import Any

import pytest

from openline.account.log import says
from openline.watch.approach import STOPPED, TURNED_AWAY
from openline.watch.finding import Event, Finding, plain
from openline.watch.ranges import Ranges

T0_NS = 1_495_099_800_000_000_000


def told(event: Event, **more: Any) -> str:
    """The log's line of a finding."""
    values: dict[str, Any] = {"ring": "boundary", "rule": "boundary", "certainty": "probable"}
    finding = Finding(
        id="F1",
        mover="truck",
        zone="tanf",
        zone_version=2,
        event=event,
        at_ns=T0_NS,
        lat_deg=33.0,
        lon_deg=38.0,
        seen_ns=T0_NS,
        **(values | more),
    )
    return says("finding", {}, plain(finding))


def test_an_approach_says_both_times_and_how_far_from_which_line() -> None:
    line = told("approach", to_boundary_s=111.4, earliest_s=95.8, boundary_m=15_862.7)

    assert line.endswith("probable, at the boundary in 111 s, in 96 s at the earliest, 15.9 km outside the boundary.")


def test_an_earliest_time_that_is_the_predicted_one_is_not_said_twice() -> None:
    assert "earliest" not in told("approach", to_boundary_s=591.5, earliest_s=591.4, boundary_m=6_571.7)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ((TURNED_AWAY, "closest 900 m outside the boundary"), "truck turned away before the boundary of tanf v2"),
        ((STOPPED, "closest 900 m outside the boundary"), "truck stopped before the boundary of tanf v2"),
        (("the zone's time ended",), "truck is no longer heading for tanf v2"),
    ],
)
def test_an_averted_approach_says_why(why: tuple[str, ...], words: str) -> None:
    line = told("averted", why=why)

    assert line.startswith(words)
    assert "left" not in line


def test_the_reason_of_an_averted_approach_is_said_once() -> None:
    line = told("averted", why=(TURNED_AWAY, "closest 900 m outside the boundary"))

    assert line.endswith("probable. Closest 900 m outside the boundary.")


def test_an_exit_says_how_deep_inside_which_ring() -> None:
    outer = told("exit", ring="contact-by", rule="contact_by", deepest_m=18_028.69)
    boundary = told("exit", deepest_m=8_028.69)

    assert outer.endswith("at its deepest 18.0 km inside ring contact-by.")
    assert boundary.endswith("at its deepest 8.0 km inside the boundary.")


def test_an_exit_says_every_fact_of_the_visit_as_the_range_it_is() -> None:
    later_ns = T0_NS + 38_000_000_000
    line = told(
        "exit",
        first_ns=T0_NS,
        last_ns=T0_NS,
        deepest_m=27_000.0,
        path_m=31_000.0,
        ranges=Ranges(
            first_ns=(None, T0_NS), last_ns=(T0_NS, later_ns), deepest_m=(26_900.0, 27_100.0), path_m=(28_000.0, 90_000.0)
        ),
    )

    assert "between 09:30:00.000Z and 09:30:38.000Z, probable, inside since at or before 09:30:00.000Z" in line
    assert line.endswith("at its deepest 27.0 ± 0.1 km inside the boundary, between 28.0 km and 90.0 km of way inside.")


def test_first_seen_inside_says_how_deep_inside_which_ring() -> None:
    assert told("first_seen_inside", ring="inner", rule="inner", depth_m=420.0).endswith("420 m inside ring inner.")


def test_an_alarm_that_was_averted_says_so() -> None:
    body = {"id": "A1", "mover": "m", "zone": "z", "ring": "boundary", "event": "averted", "certainty": "probable"}
    line = says("alarm", {}, body | {"state": "returned_unacknowledged"})

    assert "turned away or stopped before the boundary" in line


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            {"offset_ms": None, "uncertainty_ms": None, "synchronised": False},
            "the clock is not synchronised, its error unknown",
        ),
        ({"offset_ms": None, "uncertainty_ms": None, "synchronised": None}, "whether the clock is right is not known"),
        ({"offset_ms": 0, "uncertainty_ms": 3, "synchronised": True}, "the clock is synchronised, off by 0 ms ± 3 ms"),
        ({"jumped_by_ms": 9, "says": "went forward"}, "went forward"),
    ],
)
def test_what_is_known_of_the_clock_is_a_sentence(body: dict[str, Any], words: str) -> None:
    assert says("clock", {}, body) == words


@pytest.mark.parametrize(("count", "words"), [(1, "with 1 feed"), (2, "with 2 feeds")])
def test_settings_are_said_in_plain_words(count: int, words: str) -> None:
    assert says("act", {"act": "node.rules"}, {"feeds": [{}] * count}) == f"settings in force, {words}"
