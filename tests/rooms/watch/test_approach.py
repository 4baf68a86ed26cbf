"""Approach: what is predicted where a report says little, and how much the prediction is then worth."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.watch.world import World, along, circle, seconds

HOME = (33.5, 38.6)
BAND: dict[str, Any] = {
    "lower": {"value": 1000, "unit": "m", "datum": "amsl"},
    "upper": {"value": 3000, "unit": "m", "datum": "amsl"},
}


def test_a_first_fix_with_speed_and_no_track_is_timed_by_the_straight_line_as_possible() -> None:
    world = World(circle())
    world.hear(0, *along(HOME, 270.0, 18_000.0), speed_mps=100.0, mover_class="aircraft", accuracy_m=20.0)
    (found,) = world.findings()

    assert (found.event, found.certainty) == ("approach", "possible")
    assert found.earliest_s == pytest.approx(80.0, abs=0.1)
    assert found.to_boundary_s == pytest.approx(80.0, abs=0.1)


@pytest.mark.parametrize(("track_deg", "says"), [(90.0, [("approach", "boundary", "possible")]), (270.0, [])])
def test_a_first_fix_of_a_vehicle_counts_when_its_track_leads_nearer(track_deg: float, says: list[tuple[str, ...]]) -> None:
    world = World(circle())
    world.hear(0, *along(HOME, 270.0, 12_000.0), speed_mps=10.0, track_deg=track_deg, mover_class="vehicle")

    assert world.says() == says


def test_a_first_fix_beyond_the_horizon_is_no_approach_whatever_the_heading() -> None:
    world = World(circle())
    world.hear(0, *along(HOME, 270.0, 30_000.0), speed_mps=100.0, mover_class="aircraft")

    assert world.findings() == []


def test_a_possible_approach_that_is_confirmed_becomes_probable_and_keeps_its_first_moment() -> None:
    world = World(circle())
    for k in range(3):
        place = along(HOME, 270.0, 18_000.0 - 1_000.0 * k)
        world.hear(10 * k, *place, speed_mps=100.0, track_deg=90.0 if k else float("nan"), mover_class="aircraft")
    (found,) = world.findings()

    assert (found.certainty, found.revision, seconds(found.at_ns)) == ("probable", 1, 0.0)
    assert len(world.state.board.rises) == 1


def test_a_speed_worked_out_across_a_long_gap_gives_a_possible_approach() -> None:
    world = World(circle())
    for k in range(2):
        world.hear(90 * k, *along(HOME, 270.0, 14_000.0 - 900.0 * k), mover_class="vehicle", accuracy_m=20.0)
    (found,) = world.findings()

    assert (found.event, found.certainty) == ("approach", "possible")
    assert found.to_boundary_s == pytest.approx(310.0, abs=0.5)


def test_a_gap_longer_than_the_limit_gives_no_speed_at_all() -> None:
    world = World(circle())
    for k in range(2):
        world.hear(601 * k, *along(HOME, 270.0, 14_000.0 - 3_000.0 * k), mover_class="vehicle", accuracy_m=20.0)

    assert world.findings() == []


def test_a_descent_nobody_states_is_worked_out_from_two_heights_of_one_datum() -> None:
    world = World(circle(**BAND))
    for k in range(3):
        place = along(HOME, 10.0 * k, 2_000.0)
        world.hear(10 * k, *place, altitude_amsl_m=5_000.0 - 250.0 * k, speed_mps=40.0, accuracy_m=20.0)
    (found,) = world.findings()

    assert (found.event, found.certainty, seconds(found.at_ns)) == ("approach", "possible", 10.0)
    assert found.to_boundary_s == pytest.approx(70.0, abs=0.1)
    assert found.earliest_s is None  # it is over the zone already: only its height keeps it out


def test_one_step_of_a_barometric_height_is_no_descent() -> None:
    zone = circle(upper={"value": 3000, "unit": "m", "datum": "baro"})
    world = World(zone)
    for k in range(60):
        height_m = 3_100.0 - (7.62 if k % 7 == 3 else 0.0)
        world.hear(k, *along(HOME, 1.0 * k, 2_000.0), altitude_baro_m=height_m, speed_mps=40.0, accuracy_m=20.0)

    assert world.findings() == []


def test_heights_of_two_datums_are_no_climb() -> None:
    world = World(circle(**BAND))
    world.hear(0, *along(HOME, 0.0, 2_000.0), altitude_amsl_m=3_400.0, speed_mps=40.0, accuracy_m=20.0)
    world.hear(20, *along(HOME, 20.0, 2_000.0), altitude_wgs84_m=3_300.0, speed_mps=40.0, accuracy_m=20.0)

    assert world.findings() == []


@pytest.mark.parametrize(("height", "grade"), [({}, "possible"), ({"altitude_amsl_m": 2_000.0}, "probable")])
def test_an_unknown_height_makes_an_approach_possible(height: dict[str, Any], grade: str) -> None:
    world = World(circle(**BAND))
    for k in range(2):
        place = along(HOME, 270.0, 18_000.0 - 1_000.0 * k)
        world.hear(10 * k, *place, track_deg=90.0, mover_class="aircraft", accuracy_m=20.0, **height)
    (found,) = world.findings()

    assert (found.event, found.certainty) == ("approach", grade)


def test_an_approach_says_the_earliest_time_whatever_the_heading() -> None:
    world = World(circle())
    start = along(HOME, 270.0, 18_000.0)
    world.hear(0, *start, speed_mps=100.0, track_deg=120.0, mover_class="aircraft", accuracy_m=20.0)
    (found,) = world.findings()

    assert found.earliest_s == pytest.approx(80.0, abs=0.1)
    assert found.to_boundary_s is not None
    assert found.to_boundary_s > 95.0


@pytest.mark.parametrize("more", [{}, {"accuracy_m": 80.0}])
def test_a_path_that_misses_by_less_than_the_position_is_known_is_a_possible_approach(more: dict[str, Any]) -> None:
    world = World(circle())
    abeam = along(HOME, 0.0, 10_050.0)
    for k in range(2):
        place = along(abeam, 270.0, 8_000.0 - 1_000.0 * k)
        world.hear(10 * k, *place, speed_mps=100.0, track_deg=90.0, mover_class="aircraft", **more)
    (found,) = world.findings()

    assert (found.event, found.certainty) == ("approach", "possible")


def test_a_position_outside_without_an_accuracy_is_never_an_entry() -> None:
    world = World(circle())
    abeam = along(HOME, 0.0, 10_005.0)
    for k in range(40):
        world.hear(10 * k, *along(abeam, 270.0, 20_000.0 - 1_000.0 * k), speed_mps=100.0, mover_class="aircraft")

    assert world.findings("entry", "first_seen_inside") == []


def test_a_speed_that_is_not_known_any_more_does_not_end_an_approach_that_comes_nearer() -> None:
    world = World(circle())
    for k in range(2):
        world.hear(10 * k, *along(HOME, 270.0, 12_000.0 - 100.0 * k), speed_mps=10.0, mover_class="vehicle")
    world.hear(700, *along(HOME, 270.0, 11_000.0), mover_class="vehicle")

    assert world.says() == [("approach", "boundary", "probable")]


@settings(max_examples=60, deadline=None)
@given(
    away_m=st.floats(50.0, 12_000.0), track_deg=st.floats(0.0, 359.9), speed_mps=st.floats(1.0, 300.0),
    mover_class=st.sampled_from(["aircraft", "vehicle", "vessel", "people", "unknown"]),
)  # fmt: skip
def test_no_prediction_is_earlier_than_the_earliest(
    away_m: float, track_deg: float, speed_mps: float, mover_class: str
) -> None:
    world = World(circle())
    world.hear(0, *along(HOME, 200.0, 10_000.0 + away_m), speed_mps=speed_mps, track_deg=track_deg, mover_class=mover_class)
    slack_s = 100.0 / speed_mps  # a path that passes within the assumed circle is timed to the circle

    for found in world.findings("approach"):
        assert found.earliest_s is not None
        assert found.to_boundary_s is not None
        assert found.to_boundary_s >= found.earliest_s - slack_s - 0.01
