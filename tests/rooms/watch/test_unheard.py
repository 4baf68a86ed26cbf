"""A mover that fell silent near a zone: that its possible area reaches the boundary is said, once, until it is heard."""

from typing import Any

from openline.flow.state import Rules
from openline.tracks.columns import IN_FINDING
from tests.rooms.watch.world import World, along, circle, seconds

HOME = (33.5, 38.6)


def heading_in(world: World, metres: float = 17_600.0, mover: str = "m", **more: Any) -> None:
    """A vehicle 7.6 km outside that drives in at 10 m/s, and is then not heard any more."""
    said: dict[str, Any] = {"mover_class": "vehicle", "speed_mps": 10.0, "track_deg": 270.0} | more
    for k in range(3):
        lat_deg, lon_deg = along(HOME, 90.0, metres - 100.0 * k)
        world.hear(10 * k, lat_deg, lon_deg, mover=mover, **said)


def wait(world: World, until_s: int, since_s: int = 30) -> None:
    for second in range(since_s, until_s, 10):
        world.tick(second)


def test_the_area_of_a_silent_vehicle_that_reaches_the_boundary_is_said_once() -> None:
    world = World(circle())
    heading_in(world)
    wait(world, 3_000)

    (found,) = world.findings()
    assert (found.event, found.certainty, found.ring) == ("may_reach", "possible", "boundary")
    assert 720 < seconds(found.at_ns) < 780  # 100 m and 10 m/s, from 7.4 km outside
    assert found.why[0].startswith("not heard since 2017-05-18T09:00:20Z; its possible area")


def test_it_is_an_advisory_that_keeps_the_mover() -> None:
    world = World(circle())
    heading_in(world)
    wait(world, 3_000)

    (alarm,) = world.state.board.alarms.values()
    assert (alarm.priority, alarm.event, alarm.crossed_ns) == ("advisory", "may_reach", None)
    assert world.state.picture.columns.bound[0] & IN_FINDING


def test_heard_again_outside_it_ends() -> None:
    world = World(circle())
    heading_in(world)
    wait(world, 3_000)
    world.hear(3_000, *along(HOME, 90.0, 18_000.0), mover_class="vehicle", speed_mps=0.0, track_deg=90.0)

    (alarm,) = world.state.board.alarms.values()
    assert alarm.state == "returned_unacknowledged"
    assert [one.why[0] for one in world.findings("averted")] == ["heard again outside"]


def test_heard_again_inside_it_becomes_the_entry() -> None:
    world = World(circle())
    heading_in(world)
    wait(world, 3_000)
    world.hear(3_000, *along(HOME, 90.0, 2_000.0), mover_class="vehicle", speed_mps=10.0, accuracy_m=5.0)

    (alarm,) = world.state.board.alarms.values()
    assert (alarm.event, alarm.priority) == ("entry", "critical")


def test_closed_by_a_person_it_ends() -> None:
    world = World(circle())
    heading_in(world)
    wait(world, 3_000)
    world.act(3_000, "track.close", mover="m", reason="parked, seen by the patrol")

    assert [one.state for one in world.state.board.alarms.values()] == ["returned_unacknowledged"]
    assert not world.state.watch.zones_of


def test_what_fell_silent_on_its_way_stays_as_urgent_as_it_was_and_sounds_again() -> None:
    world = World(circle())
    heading_in(world, 12_000.0)
    (alarm,) = world.state.board.alarms.values()
    assert alarm.event == "approach"
    world.act(25, "alarm.acknowledge", alarm=alarm.id)
    wait(world, 600)

    assert (alarm.event, alarm.priority, alarm.state) == ("may_reach", "warning", "unacknowledged")


def test_a_mover_that_was_far_away_is_not_asked_about() -> None:
    world = World(circle())
    world.act(0, "track.list", mover="m", list="own", label="")
    heading_in(world, 40_000.0)
    wait(world, 8_000)

    assert not world.findings()


def test_an_airliner_far_above_the_band_has_not_come_down_yet() -> None:
    upper = {"value": 1_000, "unit": "m", "datum": "baro"}
    world = World(circle(upper=upper))
    world.act(0, "track.list", mover="m", list="own", label="")
    heading_in(world, 10_900.0, mover_class="aircraft", speed_mps=5.0, altitude_baro_m=10_000.0, vertical_mps=0.0)
    wait(world, 300)

    assert not world.findings()


def test_a_zone_changed_around_it_keeps_what_was_said_while_it_holds() -> None:
    world = World(circle(), rules=Rules(party="test"))
    heading_in(world)
    wait(world, 3_000)
    world.act(3_000, "zone.put", zone=circle(radius_m=9_000.0), reason="smaller")
    wait(world, 3_100, 3_001)

    assert len(world.findings("may_reach")) == 1
    assert not world.findings("averted")
