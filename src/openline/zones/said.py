"""The declared words beside the geometry: what they could mean, and what must be chosen before a zone is published (R1, R2).

Rule 1  Words with two sizes need `declared.value` and `declared.unit` to say which governs; the difference is computed. A
        stated value that is none of them is refused: words and geometry of a zone must not contradict each other.
Rule 2  A mile needs its kind, or `declared.unit` "mile, kind not stated"; then every reading is in `other_readings_m` and has
        a ring of its own.
Rule 3  A width ("34-mile wide") needs `declared.means`: radius, diameter (or across), or "not stated", which is Rule 2 again.
Rule 4  The circle's radius is one of the readings that are left.
"""

from itertools import combinations
from typing import Final

import msgspec

from openline.errors import Refused
from openline.zones.door import Note
from openline.zones.words import BARE_MILE, KIND_NOT_STATED, MILE_KINDS, UNIT_WORDS, Means, Reading, Said, readings_of, sizes
from openline.zones.zone import Circle, Corridor, Declared, Ring, Zone

SAME_M: Final = 0.5  # a radius this near a reading is that reading; half a metre is the rounding of whole metres
_KIND_WORDS: Final = {
    "statute_mi": "statute mile",
    "nmi": "nautical mile",
    "km": "kilometre",
    "m": "metre",
    "yd": "yard",
    "ft": "foot",
}


def examine(zone: Zone) -> tuple[list[Refused], list[Note]]:
    """What the words leave open or contradict, and what they could mean; only circles and corridors have a size to compare."""
    found = sizes(zone.declared.words)
    if not found and not zone.declared.value:
        return [], []
    notes = [Note("declared.words", "; ".join(text(one) for said in found for one in readings_of(said)))] if found else []
    size_m = measure_m(zone)
    if size_m is None:
        return [], [*notes, Note("declared.words", "the area has no one size, so the words were not held against it")]
    if isinstance(zone.shape, Corridor) and len(found) > 1 and not zone.declared.value:
        return [], [
            *notes,
            Note("declared.words", "several sizes and no declared value, so the width was not held against them"),
        ]
    try:
        notes += differences(found)
        governing = governs(zone.declared, found)
        if found and governing.words not in {said.words for said in found}:
            said_sizes = " or ".join(dict.fromkeys(said.words for said in found))
            raise Refused("declared.value", governing.words, f"a size that stands in the words: {said_sizes}; or other words")
        _hold(zone, size_m, left(zone.declared, governing))
    except Refused as refused:
        return [refused], notes
    return [], notes


def differences(found: list[Said]) -> list[Note]:
    """How far apart the sizes in the words are, nearest readings compared: 34-mile and 55 km are 0.28 km apart."""
    notes = []
    for one, other in combinations(found, 2):
        pairs = [(a, b) for a in readings_of(one) for b in readings_of(other)]
        a, b = min(pairs, key=lambda pair: abs(pair[0].radius_m - pair[1].radius_m))
        apart_m = abs(a.radius_m - b.radius_m)
        if apart_m >= SAME_M:
            notes.append(Note("declared.words", f"{text(a)} and {text(b)}: {apart_m / 1000.0:.2f} km apart"))
    return notes


def governs(declared: Declared, found: list[Said]) -> Said:
    """The size that governs: the stated value, or the only one in the words. Raises `Refused` while several could."""
    stated = _stated(declared)
    if stated is None:
        if len(found) > 1:
            raise Refused(
                "declared.value", declared.value, "the value that governs: " + " or ".join(said.words for said in found)
            )
        return found[0]
    for said in found:
        if said.value == stated.value and (said.unit == stated.unit or (said.unit == BARE_MILE and stated.unit in MILE_KINDS)):
            return msgspec.structs.replace(said, unit=stated.unit)
    return stated


def left(declared: Declared, said: Said) -> list[Reading]:
    """The readings that the choices made so far leave. Raises `Refused` naming the choice that is still open."""
    unit = BARE_MILE if declared.unit == KIND_NOT_STATED else said.unit
    if unit == BARE_MILE and declared.unit != KIND_NOT_STATED:
        offered = ", ".join(f"{one.unit} ({one.radius_m / 1000.0:.2f} km)" for one in readings_of(said, "radius"))
        raise Refused("declared.unit", declared.unit, f'{offered}, or "{KIND_NOT_STATED}", and then each is watched')
    means = _means(declared, said)
    every = readings_of(msgspec.structs.replace(said, unit=unit), "across" if means == "not stated" else means)
    return [one for one in every if means in ("not stated", one.means) or (means == "diameter" and one.means == "across")]


def with_readings(zone: Zone) -> Zone:
    """The zone with every reading its words leave, and a ring for each that is not the boundary; unchanged when there is one.

    Raises `Refused` while a choice is open, and for a zone that is neither a circle nor a corridor.
    """
    if measure_m(zone) is None:
        raise Refused("shape", type(zone.shape).__name__, "a circle or a corridor")
    readings = left(zone.declared, governs(zone.declared, sizes(zone.declared.words)))
    if len(readings) < 2:
        return zone
    declared = msgspec.structs.replace(zone.declared, other_readings_m=tuple(one.radius_m for one in readings))
    return msgspec.structs.replace(zone, declared=declared, rings=(*zone.rings, *reading_rings(zone, readings)))


def measure_m(zone: Zone) -> float | None:
    """The size that words can be held to: a circle's radius, half a corridor's width."""
    match zone.shape:
        case Circle():
            return zone.shape.radius_m
        case Corridor():
            return zone.shape.half_width_m
    return None


def reading_rings(zone: Zone, readings: list[Reading]) -> list[Ring]:
    """A ring for each reading that no ring of the zone lies on yet."""
    size_m = measure_m(zone)
    assert size_m is not None
    rings: list[Ring] = []
    for one in readings:
        offset_m = one.radius_m - size_m
        if not any(abs(ring.offset_m - offset_m) < SAME_M for ring in (*zone.rings, *rings)):
            rings.append(Ring(f"boundary if {_kind(one)}", offset_m, "other", f"the words could mean {text(one)}"))
    return rings


def text(reading: Reading) -> str:
    """ "34-mile" as statute mile radius is 54.72 km."""
    return f"“{reading.words}” as {_kind(reading)} is {reading.radius_m / 1000.0:.2f} km"


def _kind(reading: Reading) -> str:
    return f"{_KIND_WORDS[reading.unit]} {'radius' if reading.means == 'radius' else 'width'}"


def _stated(declared: Declared) -> Said | None:
    """The size in `declared.value` and `unit`, the kind of mile as chosen there."""
    if not declared.value:
        return None
    unit = BARE_MILE if declared.unit == KIND_NOT_STATED else UNIT_WORDS.get(declared.unit.lower())
    if unit is None:
        raise Refused("declared.unit", declared.unit, f'm, km, ft, yd, nmi, statute_mi or "{KIND_NOT_STATED}"')
    try:
        value = float(declared.value.replace(",", ""))
    except ValueError:
        raise Refused("declared.value", declared.value, "a number") from None
    return Said(f"{declared.value} {declared.unit}", value, unit, "not stated")


def _means(declared: Declared, said: Said) -> Means:
    """Radius, diameter or not stated: what the words say, else what was chosen. Raises `Refused` while neither says."""
    if said.means in ("radius", "diameter"):
        if declared.means not in ("", said.means):
            raise Refused("declared.means", declared.means, f"{said.means}, as the words say")
        return said.means
    if not declared.means:
        asked = "radius or diameter" if said.means == "across" else "radius, diameter or across"
        raise Refused("declared.means", declared.means, f'{asked}, or "not stated", and then each is watched')
    return "diameter" if declared.means == "across" else declared.means


def _hold(zone: Zone, radius_m: float, readings: list[Reading]) -> None:
    """Raise `Refused` unless the radius is one of the readings and every other is watched."""
    if not any(abs(one.radius_m - radius_m) < SAME_M for one in readings):
        raise Refused("shape", radius_m, "the size in metres that governs: " + " or ".join(text(one) for one in readings))
    if len(readings) < 2:
        return
    missing = [one for one in readings if not any(abs(one.radius_m - m) < SAME_M for m in zone.declared.other_readings_m)]
    if missing:
        raise Refused(
            "declared.other_readings_m", zone.declared.other_readings_m, "every reading: " + ", ".join(map(text, readings))
        )
    unwatched = reading_rings(zone, readings)
    if unwatched:
        raise Refused(
            "rings", [ring.name for ring in zone.rings], "a ring at each reading: " + ", ".join(r.says for r in unwatched)
        )
