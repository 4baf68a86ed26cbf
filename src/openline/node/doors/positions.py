"""A typed position at the door: every reading of it, in every notation, with the nearest known place beside it."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

import msgspec

from openline.console.pages.words import say
from openline.errors import Refused
from openline.node.doors.briefing import middle_of
from openline.zones.position import Place, Warned, read_position
from openline.zones.zone import Point, Zone


def readings(body: dict[str, Any], zones: Sequence[Zone]) -> dict[str, Any]:
    """`{"text", "previous"?}` → `{"readings", "warnings"}` of docs/api.md. Raises `Refused` for a text that is no position."""
    text = body.get("text")
    if not isinstance(text, str):
        raise Refused("text", text, "a position as text, such as 33°30.42′N 38°37.08′E")
    places: list[Place] = [(zone.name or zone.id, *middle_of(zone.shape)) for zone in zones if not zone.withdrawn]
    typed = read_position(text, places, previous=_point(body.get("previous")))
    return {
        "readings": [msgspec.structs.asdict(reading) for reading in typed.readings],
        "warnings": [_sentence(one) for one in typed.warnings],
    }


def _sentence(warned: Warned) -> str:
    return f"{warned.says} {say('position.second')}" if warned.second_person else warned.says


def _point(value: Any) -> Point | None:
    if value is None:
        return None
    good = isinstance(value, list) and len(value) == 2 and all(isinstance(one, int | float) and isfinite(one) for one in value)
    if not good or not abs(value[0]) <= 90:
        raise Refused("previous", value, "[lat, lon] of the position entered before, or null")
    return float(value[0]), float(value[1])
