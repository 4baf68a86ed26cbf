"""Outlines of zones as JSON, drawn once a shape: it takes a millisecond a zone, and a browser that opens asks for all."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from openline.errors import Refused
from openline.kernels.zones import ZoneIndex
from openline.zones.zone import Zone

OUTLINE_POINTS: Final = 180  # drawing only; the watch uses the exact shape
NONE: Final = msgspec.Raw(b"null")
EMPTY: Final = msgspec.Raw(b"[]")

Drawn = tuple[msgspec.Raw, msgspec.Raw]
"""JSON of (the boundary or null, the other rings)"""


class Drawings:
    """What was drawn, by zone, until the zone has another shape or other rings."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Zone, Drawn]] = {}

    def of(self, zone: Zone) -> Drawn:
        """The outlines of a zone in force; nothing for a shape that cannot be drawn."""
        before, drawn = self._kept.get(zone.id, (None, (NONE, EMPTY)))
        if before is None or not _same_lines(before, zone):
            boundary, rings = outlines(zone)
            drawn = msgspec.Raw(msgspec.json.encode(boundary)), msgspec.Raw(msgspec.json.encode(rings))
            self._kept[zone.id] = (zone, drawn)
        return drawn

    def keep_only(self, zones: Sequence[Zone]) -> None:
        """Forget zones that are no more."""
        for id in self._kept.keys() - {zone.id for zone in zones}:
            del self._kept[id]


def _same_lines(one: Zone, other: Zone) -> bool:
    """A party's standing, or other words, make another zone of the same lines."""
    if one is other:
        return True
    same: bool = one.shape == other.shape and one.rings == other.rings and one.edge_rule == other.edge_rule
    return same


def outlines(zone: Zone) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """(the boundary, the other rings) to draw; nothing for a shape that cannot be drawn."""
    try:
        index = ZoneIndex([zone])
        boundary = _multi_line(index.outline(zone.id, OUTLINE_POINTS))
        rings = [
            {
                "name": ring.name,
                "offset_m": ring.offset_m,
                "outline": _multi_line(index.offset_outline(zone.id, ring.offset_m, OUTLINE_POINTS)),
            }
            for ring in zone.rings
            if ring.offset_m != 0.0
        ]
    except Refused:
        return None, []
    return boundary, rings


def _multi_line(rings: Any) -> dict[str, Any]:
    lines = [[[round(float(lon), 6), round(float(lat), 6)] for lat, lon in (*ring, ring[0])] for ring in rings if len(ring)]
    return {"type": "MultiLineString", "coordinates": lines}
