"""A zone that changes is shown to every mover; what other zones are owed is not touched by it."""

from tests.rooms.watch.world import World, along, circle, seconds

HOME = (33.5, 38.6)


def test_an_exit_that_is_not_yet_sure_survives_another_zone_being_put() -> None:
    world = World(circle())
    world.hear(0, *along(HOME, 90.0, 9_900.0), accuracy_m=5.0)
    world.hear(10, *along(HOME, 90.0, 10_010.0), accuracy_m=5.0)  # outside, but not by the margin
    shape = {"type": "circle", "lat_deg": 33.9, "lon_deg": 38.6, "radius_m": 2_000.0}
    world.act(50, "zone.put", zone=circle(id="other", name="Other") | {"shape": shape}, reason="test")
    world.hear(60, *along(HOME, 90.0, 10_300.0), accuracy_m=5.0)
    (leave,) = world.findings("exit")

    assert 0 < seconds(leave.at_ns) < 10


def test_a_zone_put_around_a_mover_finds_it_inside_and_says_why() -> None:
    world = World(circle())
    world.hear(0, *along(HOME, 90.0, 9_000.0), accuracy_m=5.0)
    world.act(5, "zone.put", zone=circle(radius_m=3_000.0, id="other", name="Other", lat_deg=33.5), reason="test")
    world.act(6, "zone.put", zone=circle(radius_m=12_000.0, id="wide", name="Wide"), reason="test")
    (found,) = [one for one in world.findings("first_seen_inside") if one.zone == "wide"]

    assert "put in force" in found.why[-1]
