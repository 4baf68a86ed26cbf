"""What tracks keep waiting comes back from a snapshot: reports set aside, what voices said, visits under way."""

from math import isnan
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from openline.flow import State
from openline.node import snapshot
from tests.rooms.node.test_snapshot import Night, next_outputs
from tests.rooms.watch.world import World, along, circle

CENTRE = (33.5, 38.6)


def differ(one: Any, other: Any, where: str = "", seen: set[tuple[int, int]] | None = None) -> list[str]:
    """Where two things differ, NaN being equal to NaN, through everything they are made of."""
    seen = set() if seen is None else seen
    if type(one) is not type(other):
        return [f"{where}: {type(one).__name__} became {type(other).__name__}"]
    if isinstance(one, np.ndarray):
        return [] if np.array_equal(one, other, equal_nan=one.dtype.kind == "f") else [where]
    if isinstance(one, float):
        return [] if one == other or (isnan(one) and isnan(other)) else [where]
    if (id(one), id(other)) in seen:
        return []
    seen.add((id(one), id(other)))
    if isinstance(one, dict):
        if list(one) != list(other):
            return [f"{where}: other keys"]
        return [found for key in one for found in differ(one[key], other[key], f"{where}[{key!r}]", seen)]
    if isinstance(one, (list, tuple)) or type(one).__name__ == "deque":
        if len(one) != len(other):
            return [f"{where}: another length"]
        return [found for k, pair in enumerate(zip(one, other, strict=True)) for found in differ(*pair, f"{where}[{k}]", seen)]
    slots = [name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())]
    names = one.__struct_fields__ if isinstance(one, msgspec.Struct) else [*getattr(one, "__dict__", {}), *slots]
    if names:
        return [found for name in names for found in differ(getattr(one, name), getattr(other, name), f"{where}.{name}", seen)]
    equal: Any = type(one).__eq__  # of a thing with nothing in it: of the same kind is the same
    return [] if one == other or equal is object.__eq__ else [where]


def waiting() -> State:
    """One mover of whom two sources speak, one report of which lies where it cannot be; a third that is inside a zone."""
    world = World(circle())
    for k in range(4):
        world.hear(k, *along(CENTRE, 90.0, 30_000.0 + 20.0 * k), source="phone", method="gnss", accuracy_m=10.0)
        world.hear(k + 0.5, *along(CENTRE, 90.0, 29_980.0 + 20.0 * k), source="radar", method="tisb")
        world.hear(k + 0.6, *along(CENTRE, 0.0, 9_000.0 - 20.0 * k), mover="inside")
    world.hear(5, *along(CENTRE, 180.0, 300_000.0), source="phone", method="gnss")
    world.hear(6, *along(CENTRE, 90.0, 28_000.0), source="radar", method="tisb", speed_mps=3.0)
    return world.state


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return Night(tmp_path_factory.mktemp("waiting"))


def back(night: Night, state: State) -> State:
    night.write(night.head, snapshot.pickled(state, {}))
    return night.read().state


def test_the_state_of_this_test_has_something_waiting() -> None:
    picture = waiting().picture

    assert picture.aside["m"]
    assert [len(said) for said in picture.voices.values()] == [2]


def test_reports_set_aside_and_voices_come_back_as_they_were(night: Night) -> None:
    was = waiting()

    assert differ(was.picture, back(night, was).picture, "picture") == []


def test_everything_of_it_comes_back_as_it_was(night: Night) -> None:
    was = waiting()

    assert differ(was, back(night, was), "state") == []


def test_what_waited_is_settled_as_if_nothing_had_happened(night: Night) -> None:
    assert next_outputs(back(night, waiting())) == next_outputs(waiting()) != []


def test_the_comparison_sees_a_difference_of_one_report() -> None:
    one, other = waiting(), waiting()
    group = other.picture.aside["m"][0]
    group.reports = [msgspec.structs.replace(group.reports[0], heard_ns=1), *group.reports[1:]]

    assert differ(one.picture, other.picture) == [".aside['m'][0].reports[0].heard_ns"]


def test_a_night_that_was_recorded_comes_back_whole(tmp_path: Path) -> None:
    recorded = Night(tmp_path)

    assert differ(recorded.recovered.state, recorded.read().state, "state") == []
