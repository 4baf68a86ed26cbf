"""A typed position at the door: every reading of it, in every notation, with the nearest known place beside it."""

from collections.abc import Sequence
from typing import Any

from openline.errors import NotThere
from openline.zones.zone import Zone


def readings(text: str, zones: Sequence[Zone]) -> dict[str, Any]:
    """`{"readings": […], "warnings": […]}` of docs/api.md. Raises `Refused` for a text that is no position."""
    raise NotThere("Typed positions are not read yet.", text=text[:40], zones=len(zones))
