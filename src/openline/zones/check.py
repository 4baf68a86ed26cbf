"""Is a zone complete, and does it contradict itself? (R1, R2, R4, R5, R24)

`check` raises the first refusal, `examine` gives all, for an editor. Both give notes: accepted, and worth reading.
With `publish` false, what a file cannot answer (who it applies to, which mile governs) is left for the editor to ask.
"""

import math
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Final

import msgspec

from openline.clock import EARLIEST_NS, LATEST_NS, to_rfc3339
from openline.errors import Refused
from openline.units import DATUMS, M_PER_FL, M_PER_FT
from openline.zones import limits, said
from openline.zones.crossing import refuse_crossings
from openline.zones.door import Note, not_after, text, texts
from openline.zones.properties import HOURS_MAX, RINGS_MAX
from openline.zones.shape_geojson import HOLES_MAX, PARTS_MAX, VERTICES_MAX
from openline.zones.sizes import RADIUS_MAX_M
from openline.zones.zone import Circle, Corridor, Group, Hours, Limit, Point, Polygon, Ring, Shape, Zone

OFFSET_MAX_M: Final = RADIUS_MAX_M
HALF_WIDTH_MAX_M: Final = 200_000.0  # a corridor wider than 400 km is an area
_UNIT_M: Final = {"m": 1.0, "ft": M_PER_FT, "fl": M_PER_FL}
_OUTWARD: Final = ("inner", "boundary", "no_contact_no_entry", "contact_by")  # the order in which these rules lie, from within


class Examined(msgspec.Struct, frozen=True):
    """Everything wrong with a zone, and everything worth reading about it."""

    refused: tuple[Refused, ...]
    notes: tuple[Note, ...]


def check(zone: Zone, publish: bool = True) -> list[Note]:
    """The notes on a zone that may be used. Raises the first `Refused`; its `facts["others"]` counts the rest."""
    found = examine(zone, publish)
    if found.refused:
        first = found.refused[0]
        first.facts["others"] = len(found.refused) - 1
        raise first
    return list(found.notes)


def examine(zone: Zone, publish: bool = True) -> Examined:
    """Every refusal and every note, in the order of the fields."""
    refused: list[Refused] = []
    notes: list[Note] = []
    checks: list[Callable[[], None]] = [
        lambda: _names(zone, publish),
        lambda: _shape(zone),
        lambda: _rings(zone),
        lambda: _band(zone, notes),
        lambda: _hours(zone.hours),
        lambda: _times(zone, notes),
    ]
    for one in checks:
        try:
            one()
        except Refused as error:
            refused.append(error)
    if publish:
        more, words = said.examine(zone)
        refused += [*more, *_said_limits(zone), *_unstated(zone)]
        notes += words
        if not zone.exempt:
            notes.append(Note("exempt", "no exemptions stated"))
    return Examined(tuple(refused), tuple(notes))


def refuse_shape(shape: Shape, field: str) -> None:
    """Raise `Refused` for coordinates, sizes and counts out of their ranges."""
    match shape:
        case Circle():
            _point((shape.lat_deg, shape.lon_deg), field)
            _within(shape.radius_m, RADIUS_MAX_M, f"{field}.radius_m")
        case Corridor():
            _line(shape.line, 2, f"{field}.line")
            _within(shape.half_width_m, HALF_WIDTH_MAX_M, f"{field}.half_width_m")
        case Polygon():
            _line(shape.outer, 3, f"{field}.outer")
            if len(shape.holes) > HOLES_MAX:
                raise Refused(f"{field}.holes", f"{len(shape.holes)} holes", f"at most {HOLES_MAX} holes")
            for index, hole in enumerate(shape.holes):
                _line(hole, 3, f"{field}.holes[{index}]")
        case Group():
            if not 1 <= len(shape.parts) <= PARTS_MAX:
                raise Refused(f"{field}.parts", f"{len(shape.parts)} parts", f"from 1 to {PARTS_MAX} parts")
            for index, part in enumerate(shape.parts):
                refuse_shape(part, f"{field}.parts[{index}]")


def _shape(zone: Zone) -> None:
    refuse_shape(zone.shape, "shape")
    refuse_crossings(zone.shape, zone.edge_rule, "shape")


def _names(zone: Zone, publish: bool) -> None:
    if not zone.id and not publish:
        raise Refused("id", zone.id, "an id")
    if not zone.issuer and publish:
        raise Refused("issuer", zone.issuer, "the party that issues the zone")
    if not zone.name.strip():
        raise Refused("name", zone.name, "a name people can say on the telephone")
    for field, value, most in (
        ("id", zone.id, 200),
        ("issuer", zone.issuer, 200),
        ("name", zone.name, 200),
        ("purpose", zone.purpose, 4_000),
    ):
        text(value, field, most)
    for field, value in (("asks", zone.asks), ("declared.words", zone.declared.words)):
        text(value, field)
    for field, listed in (("applies_to", zone.applies_to), ("exempt", zone.exempt)):
        texts(listed, field)
    if zone.serial < 0 or zone.version < 0:
        raise Refused("version", [zone.serial, zone.version], "a serial and a version from 1; 0 asks for the next")


def _point(point: Point, field: str) -> None:
    if not (math.isfinite(point[0]) and -90.0 <= point[0] <= 90.0):
        raise Refused(f"{field}.lat_deg", point[0], "a latitude from -90 to 90")
    if not (math.isfinite(point[1]) and -180.0 <= point[1] <= 180.0):
        raise Refused(f"{field}.lon_deg", point[1], "a longitude from -180 to 180")


def _line(line: tuple[Point, ...], least: int, field: str) -> None:
    if not least <= len(line) <= VERTICES_MAX:
        raise Refused(field, f"{len(line)} vertices", f"from {least} to {VERTICES_MAX} vertices")
    for index, point in enumerate(line):
        _point(point, f"{field}[{index}]")
    if len(set(line)) < least:
        raise Refused(field, "the same vertex again and again", f"at least {least} different vertices")


def _within(length_m: float, most_m: float, field: str) -> None:
    if not (math.isfinite(length_m) and 0.0 < length_m <= most_m):
        raise Refused(field, length_m, f"a length above 0 and up to {most_m:g} m")


def _rings(zone: Zone) -> None:
    """One boundary, each ring once, and the rules in the order in which a mover meets them."""
    if not 1 <= len(zone.rings) <= RINGS_MAX:
        raise Refused("rings", f"{len(zone.rings)} rings", f"from 1 to {RINGS_MAX} rings")
    if [ring.offset_m for ring in zone.rings if ring.name == "boundary" or ring.rule == "boundary"] != [0.0]:
        raise Refused("rings", [ring.name for ring in zone.rings], "exactly one boundary, with offset 0")
    for index, ring in enumerate(zone.rings):
        _ring(ring, zone.shape, f"rings[{index}]")
    for what, many in (
        ("name", Counter(r.name for r in zone.rings)),
        ("offset_m", Counter((r.offset_m, r.rule) for r in zone.rings)),
    ):
        twice = [key for key, count in many.items() if count > 1]
        if twice:
            raise Refused(f"rings.{what}", twice[0], "each ring once")
    ordered = sorted((ring for ring in zone.rings if ring.rule in _OUTWARD), key=lambda ring: _OUTWARD.index(ring.rule))
    for inner, outer in pairwise(ordered):
        if inner.rule != outer.rule and inner.offset_m >= outer.offset_m:
            raise Refused(
                f"rings.{outer.name}.offset_m", outer.offset_m, f"outside the ring {inner.name} at {inner.offset_m:g} m"
            )


def _ring(ring: Ring, shape: Shape, field: str) -> None:
    if not ring.name.strip():
        raise Refused(f"{field}.name", ring.name, "a name")
    if not (math.isfinite(ring.offset_m) and abs(ring.offset_m) <= OFFSET_MAX_M):
        raise Refused(f"{field}.offset_m", ring.offset_m, f"an offset from -{OFFSET_MAX_M:g} to {OFFSET_MAX_M:g} m")
    size_m = shape.radius_m if isinstance(shape, Circle) else shape.half_width_m if isinstance(shape, Corridor) else math.inf
    if size_m + ring.offset_m <= 0.0:
        raise Refused(f"{field}.offset_m", ring.offset_m, f"a ring within the area, above -{size_m:g} m")


def _band(zone: Zone, notes: list[Note]) -> None:
    for side, one in (("lower", zone.lower), ("upper", zone.upper)):
        if one is not None:
            _limit(one, side)
    if zone.lower is None or zone.upper is None:
        return
    if zone.lower.datum != zone.upper.datum:
        notes.append(
            Note("upper", f"{limits.words_of(zone.lower)} and {limits.words_of(zone.upper)} have different references")
        )
    elif zone.lower.altitude_m >= zone.upper.altitude_m:
        raise Refused(
            "upper", limits.words_of(zone.upper), f"an upper limit above the lower one, {limits.words_of(zone.lower)}"
        )


def _limit(one: Limit, field: str) -> None:
    if one.datum not in DATUMS:
        raise Refused(
            f"{field}.datum", one.datum, "one of " + ", ".join(DATUMS) + ": a height without its reference is no height"
        )
    made = limits.limit(one.value, one.unit, one.datum, field)
    if not abs(made.altitude_m - one.altitude_m) <= 0.01:
        raise Refused(f"{field}.altitude_m", one.altitude_m, f"{made.altitude_m:.2f}, which is {limits.words_of(made)}")


def _hours(hours: tuple[Hours, ...]) -> None:
    if len(hours) > HOURS_MAX:
        raise Refused("hours", f"{len(hours)} entries", f"at most {HOURS_MAX} entries")
    for index, one in enumerate(hours):
        days = one.weekdays
        if not days or len(set(days)) != len(days) or not all(0 <= day <= 6 for day in days):
            raise Refused(f"hours[{index}].weekdays", days, "each weekday once, 0 (Monday) to 6")
        if not 0 <= one.start_s < 86_400:
            raise Refused(f"hours[{index}].start_s", one.start_s, "seconds after 00:00 UTC, from 0 to 86399")
        if not 0 <= one.end_s <= 86_400:
            raise Refused(f"hours[{index}].end_s", one.end_s, "seconds after 00:00 UTC, from 0 to 86400")
    if len(set(hours)) != len(hours):
        raise Refused("hours", "the same entry again", "each entry once")


def _times(zone: Zone, notes: list[Note]) -> None:
    for name in ("effective_ns", "expires_ns", "review_ns"):
        at_ns = getattr(zone, name)
        if at_ns is not None and not EARLIEST_NS <= at_ns <= LATEST_NS:
            raise Refused(name.removesuffix("_ns"), at_ns, "a time from 2000-01-01 to 2099-01-01")
    if zone.effective_ns is not None and zone.expires_ns is not None and zone.effective_ns >= zone.expires_ns:
        raise not_after("expires", to_rfc3339(zone.expires_ns), "effective", to_rfc3339(zone.effective_ns))
    if zone.review_ns is not None and zone.expires_ns is not None and zone.review_ns > zone.expires_ns:
        notes.append(Note("review_ns", "the review is due after the zone expires"))


def _said_limits(zone: Zone) -> list[Refused]:
    """Vertical limits in the words: more than two different ones contradict each other, and each must be the zone's (R5)."""
    mentioned = limits.mentioned(zone.declared.words)
    if len(mentioned) > 2:
        return [Refused("declared.words", ", ".join(mentioned), "one lower and one upper limit for the same airspace")]
    refused = []
    for words, one in mentioned.items():
        of_zone = (zone.lower, zone.upper) if one is not None else (zone.lower,) if words == "GND" else (zone.upper,)
        if not any(limits.same(one, limit) for limit in of_zone):
            refused.append(Refused("declared.words", words, "the vertical limits of the zone, which are others"))
    return refused


def _unstated(zone: Zone) -> list[Refused]:
    """What R4 wants stated before a zone is published."""
    wanted = {
        "applies_to": (
            zone.applies_to,
            "the parties and mover classes it applies to, such as aircraft, vehicle, vessel, people",
        ),
        "asks": (zone.asks.strip(), "what is asked: contact, permission, stay out"),
        "purpose": (zone.purpose.strip(), 'a purpose, or "reason not stated"'),
    }
    return [Refused(field, value, accepted) for field, (value, accepted) in wanted.items() if not value]
