"""First and last moment, deepest point and way inside, as ranges: they hold the number beside them, and the truth."""

from math import atan2, cos, degrees, hypot, nan, sin, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.watch.finding import Finding, plain
from tests.rooms.watch.test_breach import HOME, cross
from tests.rooms.watch.world import World, along, circle, ns, seconds

RADIUS_M = 10_000.0


def place(x_m: float, y_m: float) -> tuple[float, float]:
    """A place east and north of the middle, along a geodesic from it."""
    return along(HOME, degrees(atan2(x_m, y_m)), hypot(x_m, y_m))


def left(world: World) -> Finding:
    (found,) = world.findings("exit")
    return found


def test_without_error_and_gap_every_range_is_its_number() -> None:
    world = World(circle())
    cross(world, accuracy_m=0.0)
    body = plain(left(world))

    assert body["first_range_us"] == [body["first_us"]] * 2
    assert body["last_range_us"] == [body["last_us"]] * 2
    assert body["deepest_range_cm"] == [body["deepest_cm"]] * 2
    assert body["path_range_cm"] == pytest.approx([body["path_cm"]] * 2, abs=1)


def test_an_error_circle_widens_every_range_by_what_it_leaves_open() -> None:
    world = World(circle())
    cross(world, accuracy_m=200.0)  # at 100 m/s: 2 s either way
    found = left(world).ranges

    assert [seconds(at or 0) for at in found.first_ns or ()] == pytest.approx([28.0, 32.0], abs=0.05)
    assert [seconds(at or 0) for at in found.last_ns or ()] == pytest.approx([228.0, 232.0], abs=0.05)
    assert found.deepest_m == pytest.approx((9_800.0, 10_200.0), abs=1.0)
    assert found.path_m is not None
    assert 15_000.0 < found.path_m[0] < 20_000.0 < (found.path_m[1] or 0.0) == pytest.approx(20_800.0, abs=1.0)


def test_nobody_knows_since_when_one_first_seen_inside_was_inside() -> None:
    world = World(circle())
    world.hear(0, *along(HOME, 0.0, 4_000.0), accuracy_m=20.0)
    (found,) = world.findings("first_seen_inside")

    assert found.ranges.first_ns == (None, ns(0))
    assert found.ranges.depth_m == pytest.approx((5_980.0, 6_020.0), abs=0.1)


def test_across_a_gap_it_went_in_between_the_fixes_and_as_deep_as_its_speed_allows() -> None:
    world = World(circle(30_000.0))
    more: dict[str, Any] = {"accuracy_m": 20.0, "mover_class": "vehicle"}  # at most 70 m/s
    world.hear(0, *along(HOME, 270.0, 32_000.0), **more)
    for k in range(3):
        world.hear(300 + 10 * k, *along(HOME, 270.0, 29_000.0), **more)
    for k in range(5):
        world.hear(330 + 10 * k, *along(HOME, 270.0, 29_500.0 + 300.0 * k), **more)
    found = left(world)

    assert found.ranges.first_ns == (ns(0), ns(300))
    assert found.deepest_m == pytest.approx(1_000.0, abs=1.0)
    assert found.ranges.deepest_m == pytest.approx((980.0, (21_000.0 - 2_000.0 + 1_000.0) / 2 + 20.0), abs=1.0)
    assert found.ranges.path_m is not None
    assert (found.ranges.path_m[1] or 0.0) >= 21_000.0


def test_no_gap_makes_a_circle_deeper_than_it_is() -> None:
    world = World(circle(1_000.0))
    for at_s, away_m in ((0, 3_000.0), (300, 500.0), (310, 900.0), (320, 1_500.0), (330, 2_000.0)):
        world.hear(at_s, *along(HOME, 270.0, away_m), accuracy_m=20.0, mover_class="vehicle")

    assert left(world).ranges.deepest_m == pytest.approx((480.0, 1_020.0), abs=1.0)


def test_an_entry_whose_circle_straddles_the_line_is_between_where_the_circle_came_in_and_where_all_of_it_was() -> None:
    world = World(circle())
    for k, away_m in enumerate((11_000.0, 9_950.0, 9_940.0, 9_500.0, 9_400.0)):
        world.hear(10 * k, *along(HOME, 90.0, away_m), accuracy_m=200.0)
    (first, *_, last) = [one.thing for one in world.outputs if isinstance(one.thing, Finding) and one.thing.event == "entry"]

    assert first.ranges.first_ns is not None
    assert ns(0) < (first.ranges.first_ns[0] or 0) < first.at_ns
    assert first.ranges.first_ns[1] is None
    assert last.ranges.first_ns is not None
    assert seconds(last.ranges.first_ns[1] or 0) == pytest.approx(20 + 10 * 140 / 440, abs=0.01)


def test_the_reports_end_so_nobody_knows_until_when() -> None:
    world = World(circle())
    for k in range(3):
        world.hear(10 * k, *along(HOME, 90.0, 9_800.0 + 105.0 * k), accuracy_m=50.0)
    (found,) = world.state.watch.end(world.state.picture.mover)

    assert found.ranges.last_ns is not None
    assert found.ranges.last_ns[1] is None


steps = st.tuples(st.sampled_from([5.0, 10.0, 50.0, 90.0, 200.0]), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
starts = st.tuples(st.floats(-14_000, 14_000), st.floats(-14_000, 14_000))


@settings(max_examples=120, deadline=None)
@given(starts, st.lists(steps, min_size=3, max_size=20), st.sampled_from([nan, 0.0, 20.0, 300.0]))
def test_every_range_holds_the_number_beside_it(start: tuple[float, float], way: list[Any], accuracy_m: float) -> None:
    world, at_s, (x_m, y_m) = World(circle()), 0.0, start
    for wait_s, east, north in way:
        world.hear(at_s, *place(x_m, y_m), accuracy_m=accuracy_m, mover_class="vehicle")
        at_s, x_m, y_m = at_s + wait_s, x_m + 45.0 * wait_s * east, y_m + 45.0 * wait_s * north
    for found in world.findings("entry", "exit", "first_seen_inside"):
        body = plain(found)
        pairs = [("first_us", "first_range_us"), ("last_us", "last_range_us"), ("depth_cm", "depth_range_cm")]
        pairs += [("deepest_cm", "deepest_range_cm"), ("path_cm", "path_range_cm")]
        for one, ends in pairs:
            if body[one] is not None and body[ends] is not None:
                least, most = body[ends]
                assert least is None or least <= body[one], (one, body)
                assert most is None or body[one] <= most, (one, body)


@settings(max_examples=120, deadline=None)
@given(
    st.floats(-9_000, 9_000),
    st.lists(st.tuples(st.floats(0.0, 6.28), st.floats(0.0, 0.99)), min_size=30, max_size=30),
    st.sampled_from([0.0, 20.0, 150.0]),
    st.sets(st.integers(4, 27), max_size=14),
)
def test_every_range_holds_the_truth(aside_m: float, errors: list[Any], accuracy_m: float, unheard: set[int]) -> None:
    """Straight through at 60 m/s on a line beside the middle; reports each 15 s, off by less than they say, some lost."""
    half_m, world = sqrt(RADIUS_M**2 - aside_m**2), World(circle())
    for k in range(30):
        x_m, (turn, share) = 60.0 * (15.0 * k) - 13_000.0, errors[k]
        if k not in unheard:
            off = accuracy_m * share
            world.hear(
                15.0 * k, *place(x_m + off * sin(turn), aside_m + off * cos(turn)), accuracy_m=accuracy_m, mover_class="vehicle"
            )
    found = world.findings("exit")
    if len(found) != 1:
        return
    ranges, slack = found[0].ranges, 5.0  # the plane is not the ellipsoid
    truth = {"first_ns": (13_000.0 - half_m) / 60.0, "last_ns": (13_000.0 + half_m) / 60.0}
    truth |= {"deepest_m": RADIUS_M - abs(aside_m), "path_m": 2.0 * half_m}
    for name, value in truth.items():
        least, most = getattr(ranges, name)
        if name.endswith("_ns"):
            least, most = (None if one is None else seconds(one) for one in (least, most))
        assert least is None or least <= value + slack, (name, least, value, most)
        assert most is None or value - slack <= most, (name, least, value, most)
