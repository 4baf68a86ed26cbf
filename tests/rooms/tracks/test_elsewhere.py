"""Reports that no place of their id can have made: looked at in the end, as possible, whoever gave them."""

import pytest

from openline.flow import State, end
from openline.tracks.columns import DISPUTED, TWO_PLACES
from openline.tracks.elsewhere import PLACES_MAX
from openline.watch.finding import Finding
from tests.rooms.watch.world import World, along, circle, ns, seconds

CENTRE = (33.5, 38.6)
FAR = along(CENTRE, 0.0, 100_000.0)
IN_Z = along(CENTRE, 90.0, 2_000.0)


def ended(world: World) -> list[tuple[str, str, str, float]]:
    """(mover, event, certainty, second) of everything found once no more reports come."""
    world.outputs += end(world.state, world.state.now_ns)
    found = [f for f in world.findings() if isinstance(f, Finding) and f.event not in ("approach", "averted")]
    return [(f.mover, f.event, f.certainty, seconds(f.at_ns)) for f in found]


@pytest.mark.parametrize(("speed_mps", "every_s"), [(75.0, 30.0), (100.0, 60.0), (120.0, 20.0)])
def test_what_stood_and_then_flies_through_a_zone_is_found(speed_mps: float, every_s: float) -> None:
    step_m = speed_mps * every_s
    world = World(circle(0.9 * step_m))
    for k in range(13):
        world.hear(k * every_s, *along(CENTRE, 90.0, (max(0, k - 4) - 1.5) * step_m), mover_class="aircraft")

    assert [(mover, event) for mover, event, _, _ in ended(world)] == [("m", "entry"), ("m", "exit")]


@pytest.mark.parametrize("inside_first", [False, True])
def test_two_sources_at_the_same_second_are_two_places_in_either_order(inside_first: bool) -> None:
    world = World(circle())
    for k in range(4):
        both = [("a", FAR), ("b", IN_Z)]
        for source, place in reversed(both) if inside_first else both:
            world.hear(5 * k, *place, source=source)

    assert ("first_seen_inside", 0.0) in [(event, at_s) for _, event, _, at_s in ended(world)]


def test_a_second_source_that_is_always_a_little_older_is_watched() -> None:
    world = World(circle())
    for k in range(4):
        world.hear(5 * k, *FAR, source="a")
        world.hear(5 * k, *IN_Z, source="b", observed_ns=ns(5 * k - 1))

    assert ended(world) == [("m#2", "first_seen_inside", "possible", -1.0)]


def test_an_id_in_three_places_is_three_tracks() -> None:
    world = World(circle())
    other = along(CENTRE, 180.0, 200_000.0)
    for k in range(8):
        for after_s, place in ((0, FAR), (2, other), (4, IN_Z)):
            world.hear(6 * k + after_s, *place, accuracy_m=5.0)

    assert set(world.state.picture.slot_of) == {"m", "m#2", "m#3"}
    assert ended(world) == [("m#3", "first_seen_inside", "possible", 4.0)]


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_reports_from_inside_are_possible_when_no_more_come(count: int) -> None:
    world = World(circle())
    for k in range(4):
        world.hear(5 * k, *FAR)
    for k in range(count):
        world.hear(20 + 5 * k, *IN_Z)

    assert ended(world) == [("m#2", "first_seen_inside", "possible", 20.0)]


def test_on_a_node_one_report_from_inside_is_told_when_nothing_bore_it_out() -> None:
    world = World(circle())
    world.hear(0, *FAR)
    world.hear(1, *IN_Z)
    world.hear(2, *FAR)
    world.tick(90)

    assert world.says() == [("first_seen_inside", "boundary", "possible")]


def test_a_single_report_of_which_nothing_is_found_leaves_no_track() -> None:
    world = World(circle())
    world.hear(0, *FAR)
    world.hear(1, *along(CENTRE, 180.0, 300_000.0))
    world.hear(2, *FAR)
    world.tick(61.5)

    assert list(world.state.picture.slot_of) == ["m"]
    assert world.says() == []


def test_a_believed_jump_dates_entry_and_exit_between_the_fixes() -> None:
    world = World(circle())
    world.hear(0, *FAR)
    for k in range(1, 4):
        world.hear(5 * k, *IN_Z)
    for k in range(4, 7):
        world.hear(5 * k, *along(CENTRE, 180.0, 300_000.0))

    inside, outside = world.findings("first_seen_inside"), world.findings("exit")
    assert [f.interval_ns for f in inside] == [(ns(0), ns(5))]
    assert [f.interval_ns for f in outside] == [(ns(15), ns(20))]
    assert [f.ranges.first_ns for f in inside + outside] == [(ns(0), ns(5))] * 2
    assert [f.ranges.last_ns for f in outside] == [(ns(15), ns(20))]
    assert {f.certainty for f in inside + outside} == {"possible"}


@pytest.mark.parametrize("speed_mps", [1_013.0, 1_200.0, 1_550.0])
def test_what_is_faster_than_its_class_can_is_possible_and_said_and_never_silent(speed_mps: float) -> None:
    world = World(circle())
    for k in range(6):
        world.hear(60 * k, *along(CENTRE, 90.0, (k - 2.5) * 60 * speed_mps), mover_class="aircraft")

    assert [one[1:3] for one in ended(world)] == [("entry", "possible"), ("exit", "possible")]
    assert any("faster than its class" in str(output.body) for output in world.outputs)


def test_places_of_an_id_are_bounded_and_those_beyond_are_counted() -> None:
    world = World(circle(1_000_000.0))
    places = [along(CENTRE, 30.0 * n, 100_000.0 + 50_000.0 * n) for n in range(PLACES_MAX + 3)]
    for k in range(4):
        for n, place in enumerate(places):
            world.hear(22 * k + 2 * n, *place)
    ended(world)

    assert len(world.state.picture.slot_of) == PLACES_MAX
    assert sum(world.state.picture.crowded.values()) >= 3


def disputed(apart_m: float) -> State:
    """A phone and a radar that both speak of one mover, so far apart."""
    world = World(circle())
    for k in range(12):
        world.hear(k, *along(CENTRE, 90.0, 30_000.0 + 20.0 * k), source="phone", method="gnss", accuracy_m=10.0)
        there = along(CENTRE, 90.0, 30_000.0 + 20.0 * k - apart_m)
        world.hear(k + 0.5, *there, source="radar", method="tisb", accuracy_m=100.0)
    world.outputs += end(world.state, world.state.now_ns)
    return world.state


def test_two_sources_that_cannot_both_be_right_are_disputed_and_both_places_are_watched() -> None:
    picture = disputed(900.0).picture

    assert set(picture.slot_of) == {"m", "m#2"}
    assert all(picture.columns.doubts[slot] & DISPUTED for slot in picture.slot_of.values())
    assert not any(picture.columns.doubts[slot] & TWO_PLACES for slot in picture.slot_of.values())
    assert picture.columns.disputed_m[picture.slot_of["m"]] == pytest.approx(900.0, abs=40.0)


def test_two_sources_that_agree_within_what_they_know_are_one_track() -> None:
    picture = disputed(60.0).picture

    assert list(picture.slot_of) == ["m"]
    assert not picture.columns.doubts[0] & DISPUTED


def test_a_source_that_puts_a_mover_inside_while_another_does_not_raises_it_as_possible() -> None:
    world = World(circle())
    for k in range(12):
        world.hear(k, *along(CENTRE, 90.0, 10_800.0 + k), source="phone", method="gnss", accuracy_m=10.0, speed_mps=1.0)
        world.hear(k + 0.5, *along(CENTRE, 90.0, 9_500.0 + k), source="radar", method="tisb", accuracy_m=100.0)

    found = ended(world)
    assert [one[:3] for one in found] == [("m#2", "first_seen_inside", "possible")]
    assert any("POSITION DISPUTED" in str(output.body) for output in world.outputs)
