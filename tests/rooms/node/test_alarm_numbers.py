"""What an alarm says of now: distances from a named line, times only of what is heard, and what an ended approach is called."""

from math import nan
from typing import Any

import pytest

from openline.node.shown.numbers import live_alarms
from openline.node.shown.views import alarm_view, track_view
from tests.rooms.watch.world import World, along, circle, ns

HOME = (33.5, 38.6)
RINGS = [
    {"name": "contact-by", "offset_m": 10_000.0, "rule": "contact_by", "says": ""},
    {"name": "boundary", "offset_m": 0.0, "rule": "boundary", "says": ""},
]
TIMES = ("to_ring_s", "to_boundary_s", "earliest_s")


def shown(world: World, at_s: float) -> dict[str, dict[str, Any]]:
    """Views of all alarms by ring."""
    live = live_alarms(world.state, ns(at_s))
    return {alarm.ring: alarm_view(world.state, alarm, live, ns(at_s)) for alarm in world.state.board.alarms.values()}


def plane(world: World, at_s: float, away_m: float, track_deg: float = 90.0, speed_mps: float = 100.0, **more: Any) -> None:
    """An aircraft to the west of the zone."""
    place = along(HOME, 270.0, 10_000.0 + away_m)
    values: dict[str, Any] = {"speed_mps": speed_mps, "track_deg": track_deg, "mover_class": "aircraft", "accuracy_m": 20.0}
    world.hear(at_s, *place, **(values | more))


def test_the_countdown_counts_from_the_last_fix_to_now() -> None:
    world = World(circle())
    plane(world, 0, 8_000.0)

    assert [shown(world, at_s)["boundary"]["to_boundary_s"] for at_s in (0, 4, 9)] == [80.0, 76.0, 71.0]


def test_an_alarm_of_an_outer_ring_counts_to_its_own_ring_and_to_the_boundary() -> None:
    world = World(circle(rings=RINGS))
    plane(world, 0, 9_000.0, track_deg=0.0)
    plane(world, 50, 13_000.0, track_deg=270.0)
    plane(world, 110, 12_000.0)
    outer = shown(world, 110)["contact-by"]

    assert (outer["event"], outer["to_ring_s"], outer["to_boundary_s"]) == ("exit", 20.0, 120.0)


@pytest.mark.parametrize("silent_s", [20, 70, 3_600])
def test_there_is_no_countdown_of_what_is_not_heard(silent_s: float) -> None:
    world = World(circle())
    plane(world, 0, 8_000.0)
    world.tick(silent_s)
    alarm = shown(world, silent_s)["boundary"]

    assert [alarm[key] for key in TIMES] == [None, None, None]
    assert "not known" in alarm["says"] or "not heard since" in alarm["says"]
    assert alarm["boundary_m"] == pytest.approx(8_000.0, abs=1.0)


def test_there_is_no_countdown_of_a_track_that_was_closed() -> None:
    world = World(circle())
    plane(world, 0, 8_000.0)
    world.tick(3_600)
    world.act(3_601, "track.close", mover="m", reason="landed")
    alarm = shown(world, 3_602)["boundary"]

    assert [alarm[key] for key in (*TIMES, "boundary_m")] == [None] * 4


def test_there_is_no_countdown_at_an_unknown_speed() -> None:
    world = World(circle())
    plane(world, 0, 8_000.0)
    plane(world, 700, 7_900.0, speed_mps=nan, track_deg=nan)
    alarm = shown(world, 700)["boundary"]

    assert [alarm[key] for key in TIMES] == [None, None, None]


def test_a_mover_that_turns_past_the_zone_keeps_the_earliest_time_only() -> None:
    world = World(circle())
    plane(world, 0, 8_000.0)
    plane(world, 10, 7_000.0, track_deg=0.0)
    alarm = shown(world, 10)["boundary"]

    assert (alarm["to_boundary_s"], alarm["earliest_s"], alarm["by_route"]) == (None, 70.0, False)
    assert alarm["says"] == (
        "m may be heading for Zone: at its boundary in 70 s at the earliest; now 7.0 km outside the boundary (probable)."
    )


def test_the_first_prediction_is_not_kept() -> None:
    world = World(circle())
    plane(world, 0, 8_000.0)
    for k in range(1, 5):
        plane(world, 10 * k, 8_000.0 - 100.0 * k, speed_mps=50.0)

    assert shown(world, 40)["boundary"]["to_boundary_s"] == 152.0


def test_a_route_gives_the_time_and_says_so() -> None:
    world = World(circle())
    here, detour = along(HOME, 270.0, 11_000.0), along(HOME, 300.0, 12_000.0)
    world.act(0, "track.route", mover="truck", line=[list(here), list(detour), list(HOME)])
    world.hear(1, *along(HOME, 300.0, 12_000.0), mover="truck", speed_mps=10.0, mover_class="vehicle", track_deg=0.0)
    alarm = shown(world, 1)["boundary"]

    assert (alarm["to_boundary_s"], alarm["earliest_s"], alarm["by_route"]) == (200.0, 200.0, True)
    assert "on a route into Zone" in alarm["says"]

    world.act(2, "track.route", mover="truck", line=None)
    world.hear(3, *along(HOME, 300.0, 12_010.0), mover="truck", speed_mps=10.0, mover_class="vehicle", track_deg=300.0)
    alarm = shown(world, 3)["boundary"]

    assert (alarm["to_boundary_s"], alarm["by_route"]) == (None, False)
    assert alarm["earliest_s"] == 201.0


def test_a_vehicle_without_a_route_has_the_straight_line_while_it_closes_in() -> None:
    world = World(circle())
    times = []
    for at_s, track_deg in ((0, 90.0), (10, 270.0)):
        world.hear(at_s, *along(HOME, 270.0, 12_000.0), speed_mps=10.0, mover_class="vehicle", track_deg=track_deg)
        times.append(tuple(shown(world, at_s)["boundary"][key] for key in ("to_boundary_s", "earliest_s")))

    assert times == [(200.0, 200.0), (None, 200.0)]


def test_a_descent_into_the_zone_is_counted_down_too() -> None:
    world = World(circle(upper={"value": 3000, "unit": "m", "datum": "amsl"}))
    plane(world, 0, -2_000.0, altitude_amsl_m=4_000.0, vertical_mps=-20.0)
    alarm = shown(world, 10)["boundary"]

    assert (alarm["event"], alarm["to_boundary_s"], alarm["earliest_s"]) == ("approach", 40.0, None)
    assert "above or below the zone" in alarm["says"]


def test_an_approach_that_ended_is_averted_and_not_an_exit() -> None:
    world = World(circle())
    plane(world, 0, 8_000.0)
    for k in range(1, 9):
        plane(world, 10 * k, 7_000.0 + 1_000.0 * k, track_deg=270.0)
    alarm = shown(world, 80)["boundary"]

    assert (alarm["event"], alarm["state"], alarm["deepest_m"]) == ("averted", "returned_unacknowledged", None)
    assert alarm["closest_m"] == pytest.approx(8_000.0, abs=1.0)
    assert alarm["says"] == (
        "m turned away before the boundary of Zone; at its closest 8.0 km outside the boundary (probable)."
    )


def test_a_mover_that_stops_outside_did_not_turn_away() -> None:
    world = World(circle())
    plane(world, 0, 1_000.0, speed_mps=10.0)
    for k in range(1, 9):
        plane(world, 10 * k, 900.0, speed_mps=0.0)

    assert shown(world, 80)["boundary"]["says"].startswith("m stopped before the boundary of Zone; at its closest 900 m")


def test_depth_is_from_the_alarms_own_ring_and_the_sentence_says_which_line() -> None:
    world = World(circle(rings=RINGS))
    for k in range(21):
        plane(world, 10 * k, 17_000.0 - 1_000.0 * k)
    alarms = shown(world, 200)

    assert {ring: round(one["depth_m"]) for ring, one in alarms.items()} == {"contact-by": 13_000, "boundary": 3_000}
    assert {ring: round(one["deepest_m"]) for ring, one in alarms.items()} == {"contact-by": 13_000, "boundary": 3_000}
    assert {one["boundary_m"] for one in alarms.values()} == {-3_000.0}
    assert alarms["contact-by"]["says"].endswith("; now 13.0 km inside ring contact-by, 3.0 km inside the boundary (certain).")
    assert alarms["boundary"]["says"].endswith("; now 3.0 km inside the boundary (certain).")


def test_who_left_says_how_deep_it_was_inside_which_line() -> None:
    world = World(circle(rings=RINGS))
    for k in range(5):
        plane(world, 10 * k, 11_000.0 - 1_000.0 * k)
    for k in range(5, 12):
        plane(world, 10 * k, 7_000.0 + 1_000.0 * (k - 4), track_deg=270.0)
    alarm = shown(world, 110)["contact-by"]

    assert alarm["says"].startswith("m left Zone, ring contact-by, at 09:01:10Z")
    assert alarm["says"].endswith("Z; at its deepest 3.0 km inside ring contact-by (certain).")
    assert (alarm["depth_m"], round(alarm["deepest_m"])) == (None, 3_000)


def test_a_second_visit_does_not_show_how_deep_the_first_one_was() -> None:
    world = World(circle())
    for k, away_m in enumerate((1_000.0, -5_000.0, 1_000.0, 2_000.0, 500.0, -400.0)):
        plane(world, 60 * k, away_m, track_deg=0.0)

    assert shown(world, 300)["boundary"]["deepest_m"] == pytest.approx(400.0, abs=1.0)


def test_an_error_circle_over_the_line_has_no_depth() -> None:
    world = World(circle())
    plane(world, 0, 300.0, track_deg=0.0)
    plane(world, 10, 100.0, track_deg=0.0, accuracy_m=150.0)
    alarm = shown(world, 10)["boundary"]

    assert (alarm["event"], alarm["depth_m"], alarm["deepest_m"]) == ("entry", 0.0, None)
    assert alarm["says"].endswith("reaches over the line; now 100 m outside the boundary (possible).")


def test_a_climb_that_was_worked_out_is_not_shown_as_stated() -> None:
    world = World()
    for k in range(2):
        plane(world, 10 * k, 8_000.0 - 1_000.0 * k, altitude_baro_m=1_000.0 + 50.0 * k)
    track = track_view(world.state, world.state.picture.slot_of["m"], ns(10))

    assert (track["vertical_mps"], track["vertical_derived"], track["velocity_derived"]) == (5.0, True, False)
