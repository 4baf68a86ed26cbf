"""A typed position at the door: every reading of it, in every notation, with the nearest known place and what to doubt."""

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

import msgspec

from openline.console.pages.words import say
from openline.errors import Refused
from openline.node.doors.briefing import middle_of
from openline.node.settings import Node
from openline.zones.position import Place, Reading, Typed, Warned, distance_m, read_position
from openline.zones.zone import Circle, Corridor, Group, Point, Polygon, Shape, Zone


def readings(body: dict[str, Any], zones: Sequence[Zone], node: Node | None = None) -> dict[str, Any]:
    """`{"text", "previous"?}` → `{"readings", "warnings"}` of docs/api.md. Raises `Refused` for a text that is no position."""
    text = body.get("text")
    if not isinstance(text, str):
        raise Refused("text", text, "a position as text, such as 33°30.42′N 38°37.08′E")
    watched = [zone for zone in zones if not zone.withdrawn]
    places: list[Place] = [(zone.name or zone.id, *middle_of(zone.shape)) for zone in watched]
    typed = read_position(text, places, previous=_point(body.get("previous")))
    return {
        "readings": [msgspec.structs.asdict(reading) for reading in typed.readings],
        "warnings": list(dict.fromkeys(_sentence(one) for one in (*typed.warnings, *_doubts(typed, watched, node)))),
    }


def _doubts(typed: Typed, zones: Sequence[Zone], node: Node | None) -> Iterator[Warned]:
    """What a handset gives that shows where it is itself, and what lies far from everything that is watched (R23)."""
    if node is None:
        return
    for text in node.own_positions:
        own = read_position(text).one()
        found = read_position(typed.text, own=(own.lat_deg, own.lon_deg)).warnings
        yield from (one for one in found if one.kind == "own position")
    if zones and node.area_km > 0.0:
        found = read_position(typed.text, area=_area(typed.readings[0], zones, node.area_km * 1000.0)).warnings
        yield from (one for one in found if one.kind == "outside the area")


def _area(reading: Reading, zones: Sequence[Zone], margin_m: float) -> Circle:
    """The circle around the zone that is nearest, its own size and the margin wide."""
    here = (reading.lat_deg, reading.lon_deg)
    reach_m = [(middle_of(zone.shape), _reach_m(zone.shape)) for zone in zones]
    middle, radius_m = min(reach_m, key=lambda one: distance_m(here, one[0]) - one[1])
    return Circle(*middle, radius_m + margin_m)


def _reach_m(shape: Shape) -> float:
    """From the middle of a shape to its farthest corner."""
    middle = middle_of(shape)
    return max(distance_m(middle, point) + beyond_m for point, beyond_m in _corners(shape))


def _corners(shape: Shape) -> Iterator[tuple[Point, float]]:
    if isinstance(shape, Group):
        for part in shape.parts:
            yield from _corners(part)
    elif isinstance(shape, Circle):
        yield (shape.lat_deg, shape.lon_deg), shape.radius_m
    elif isinstance(shape, Corridor):
        yield from ((point, shape.half_width_m) for point in shape.line)
    elif isinstance(shape, Polygon):
        yield from ((point, 0.0) for point in shape.outer)


def _sentence(warned: Warned) -> str:
    return f"{warned.says} {say('position.second')}" if warned.second_person else warned.says


def _point(value: Any) -> Point | None:
    if value is None:
        return None
    good = isinstance(value, list) and len(value) == 2 and all(isinstance(one, int | float) and isfinite(one) for one in value)
    if not good or not abs(value[0]) <= 90:
        raise Refused("previous", value, "[lat, lon] of the position entered before, or null")
    return float(value[0]), float(value[1])
