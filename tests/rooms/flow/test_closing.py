"""Tracks that fell silent beside a zone: many are closed with one reason, and what flies far above binds nothing."""

from typing import Any

import pytest

from openline.flow import acts
from openline.inbox import Act
from openline.tracks.columns import NEAR_ZONE
from tests.rooms.watch.world import World, along, circle, ns

HOME = (33.5, 38.6)


def landed(count: int) -> World:
    """Aircraft that landed 6 km outside a zone and switched off."""
    world = World(circle())
    for k in range(count):
        there = along(HOME, 90.0, 16_000.0 + k)
        world.hear(0, *there, mover=f"a{k}", mover_class="aircraft", speed_mps=0.0, on_ground=True)
    world.tick(70)
    return world


def closed(world: World) -> list[str]:
    return [one.body["mover"] for one in world.outputs if one.kind == "track.event" and one.body["event"] == "closed"]


def test_thirty_landings_are_closed_with_one_reason_and_an_entry_each() -> None:
    world = landed(30)
    world.act(71, "track.close", movers=[f"a{k}" for k in range(30)], reason="landed, seen by the tower")

    assert len(closed(world)) == 30
    assert not world.state.picture.slot_of


def test_one_heard_again_meanwhile_is_not_closed_and_the_others_are() -> None:
    world = landed(3)
    world.hear(71, *along(HOME, 90.0, 16_001.0), mover="a1", mover_class="aircraft", speed_mps=0.0)
    world.act(72, "track.close", movers=["a0", "a1", "a2", "nobody"], reason="landed")

    assert closed(world) == ["a0", "a2"]
    assert set(world.state.picture.slot_of) == {"a1"}


@pytest.mark.parametrize(
    "movers", [[], "a0", ["x"] * 2_000 + [str(k) for k in range(acts.CLOSED_AT_ONCE_MAX)], ["a1", ""], ["b"]]
)
def test_a_list_that_is_none_or_too_long_or_closes_nothing_is_refused(movers: object) -> None:
    world = landed(1)
    act = Act(9, ns(71), "omar", "operator", "track.close", {"movers": movers, "reason": "gone"})

    with pytest.raises(AssertionError, match="refusal"):
        world._step([act], 71)


@pytest.mark.parametrize(("height_m", "near"), [(11_000.0, False), (3_000.0, True), (None, True)])
def test_one_known_to_fly_far_above_the_band_is_not_kept_for_being_near(height_m: float | None, near: bool) -> None:
    world = World(circle(upper={"value": 1_000, "unit": "m", "datum": "baro"}))
    height: dict[str, Any] = {} if height_m is None else {"altitude_baro_m": height_m, "vertical_mps": 0.0}
    for second in (0, 5):
        world.hear(second, *along(HOME, 0.0, 14_000.0 + second), mover_class="aircraft", speed_mps=1.0, **height)

    assert bool(world.state.picture.columns.bound[0] & NEAR_ZONE) is near
