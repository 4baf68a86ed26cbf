"""ED-269 (EUROCAE, UAS geographical zones, JSON) → zones.

Envelope   `{"UASZoneList": […]}`, `{"features": […]}` or a bare list of UASZoneVersion; both are published.
Edges      along the geodesic: the standard names none, and AIXM, which it is drawn from, means that.
Order      positions are [longitude, latitude], a circle's centre too.
Units      `uomDimensions` (M or FT) is the unit of limits and, as its published readers take it, of a circle's radius. A radius
           in FT is also watched as metres, since issuers differ.
Splitting  a zone of ours has one band and one period: volumes with other limits and other periods become zones of their own,
           `CHE-LSXX.2`. Two bands for one projection that overlap contradict each other and are refused (R5).
"""

import json
import math
from typing import Any, Final, Literal

import msgspec

from openline.errors import Refused
from openline.units import M_PER_FT
from openline.utm.ed269_out import version_of
from openline.utm.ed269_times import Period, periods_of
from openline.utm.ed269_words import ASKS, DATUMS, SPELLINGS
from openline.zones import limits
from openline.zones.check import check
from openline.zones.door import Note, choice, items, json_of, mapping, moved, number, position, text
from openline.zones.feature import Imported, Intake
from openline.zones.seam import joined
from openline.zones.shape_geojson import Taking, shape_of
from openline.zones.sizes import RADIUS_MAX_M
from openline.zones.zone import Circle, Corridor, Declared, Group, Limit, Polygon, Ring, Shape, Zone

BYTES_MAX: Final = 64 * 1024 * 1024  # the largest national file seen is near 10 MB
ZONES_MAX: Final = 100_000
VOLUMES_MAX: Final = 1_000
PIECES_MAX: Final = 100  # zones of ours that one of theirs may become
UNLIMITED: Final = 99_999.0  # files without a ceiling write this or more, in metres or feet

Part = Circle | Polygon | Corridor
Band = tuple[Limit | None, Limit | None]


class Volume(msgspec.Struct, frozen=True):
    """One airspace volume: where, between which limits, and the radius it would have if its FT were metres."""

    parts: tuple[Part, ...]
    band: Band
    other_radius_m: float | None


def parse_ed269(data: bytes | str, issuer: str = "") -> Imported:
    """The zones of an ED-269 file. Raises `Refused`, naming the place: features[3].geometry[0].upperLimit."""
    return read_ed269(json_of(data, BYTES_MAX), issuer)


def read_ed269(document: Any, issuer: str = "") -> Imported:
    """The same from JSON that has been read already."""
    if isinstance(document, list):
        listed, name = document, "zones"
    else:
        name = "UASZoneList" if "UASZoneList" in mapping(document, "document") else "features"
        listed = document.get(name)
    notes: list[Note] = []
    zones: dict[str, Zone] = {}
    for index, one in enumerate(items(listed, name, ZONES_MAX)):
        for zone in zones_of(mapping(one, f"{name}[{index}]"), f"{name}[{index}]", issuer, notes):
            if zone.id in zones:
                raise Refused(f"{name}[{index}].identifier", zone.id, "an identifier no other zone of the file has")
            zones[zone.id] = zone
    return Imported(list(zones.values()), notes)


def zones_of(one: dict[str, Any], field: str, issuer: str, notes: list[Note]) -> list[Zone]:
    """The zones that one UASZoneVersion is: one for each band and period, or the one it says it was written from."""
    own = _own(one, field, notes)
    if own is not None:
        return [own]
    volumes = [
        _volume(mapping(volume, f"{field}.geometry[{i}]"), f"{field}.geometry[{i}]", notes)
        for i, volume in enumerate(items(one.get("geometry"), f"{field}.geometry", VOLUMES_MAX))
    ]
    _refuse_contradictions(volumes, field)
    bands = list(dict.fromkeys(volume.band for volume in volumes))
    periods = periods_of(one.get("applicability"), f"{field}.applicability", notes)
    if not bands or len(bands) * len(periods) > PIECES_MAX:
        raise Refused(
            f"{field}.geometry", f"{len(bands)} bands in {len(periods)} periods", f"from 1 to {PIECES_MAX} of both together"
        )
    whole = _described(one, field, issuer)
    zones = []
    for band in bands:
        in_band = [volume for volume in volumes if volume.band == band]
        for period in periods:
            zones.append(_placed(whole, in_band, period))
    if len(zones) > 1:
        notes.append(Note(field, f"{len(bands)} bands in {len(periods)} periods: became {len(zones)} zones"))
        zones = [msgspec.structs.replace(zone, id=f"{zone.id}.{i}") for i, zone in enumerate(zones, start=1)]
    for zone in zones:
        try:
            notes += [Note(f"{field}.{note.field}", note.says) for note in check(zone, publish=False)]
        except Refused as refused:
            raise moved(refused, field) from None
    return zones


def _own(one: dict[str, Any], field: str, notes: list[Note]) -> Zone | None:
    """The zone this was written from, if the standard's fields still say what they would say of it."""
    extended = one.get("extendedProperties")
    if not isinstance(extended, dict) or not isinstance(extended.get("openline"), dict):
        return None
    intake = Intake("geodesic", "")
    intake.take(extended["openline"], f"{field}.extendedProperties.openline")
    (zone,) = intake.done().zones
    country = one.get("country")
    if isinstance(country, str) and json.loads(json.dumps(version_of(zone, country))) == one:
        return zone
    notes.append(Note(f"{field}.extendedProperties", "changed since Openline wrote it: the standard's own fields were read"))
    return None


def _described(one: dict[str, Any], field: str, issuer: str) -> Zone:
    """A zone with everything but its place and time; its shape is a stand-in."""
    identifier = text(one.get("identifier"), f"{field}.identifier", 60)
    country = text(one.get("country"), f"{field}.country", 3)
    if not identifier or not country:
        raise Refused(f"{field}.identifier", identifier, "an identifier and a country")
    given = one.get("restriction")
    restriction = choice(SPELLINGS.get(given, given) if isinstance(given, str) else given, f"{field}.restriction", tuple(ASKS))
    conditions = _joined(one.get("restrictionConditions"), f"{field}.restrictionConditions")
    reasons = _joined(one.get("reason"), f"{field}.reason").replace("_", " ").lower()
    reasons = "; ".join(word for word in (reasons, _joined(one.get("otherReasonInfo"), f"{field}.otherReasonInfo")) if word)
    authority, contact = _authority(one.get("zoneAuthority"), f"{field}.zoneAuthority")
    return Zone(
        id=f"{country}-{identifier}",
        issuer=authority or issuer or country,
        serial=0,
        version=0,
        name=_joined(one.get("name"), f"{field}.name") or identifier,
        shape=Circle(0.0, 0.0, 1.0),
        declared=Declared(words=_joined(one.get("message"), f"{field}.message")),
        applies_to=("aircraft",),
        asks="; ".join(word for word in (ASKS[restriction], conditions, contact) if word),
        exempt=("those exempt by regulation",) if one.get("regulationExemption") == "YES" else (),
        purpose=reasons or "reason not stated",
    )


def _placed(zone: Zone, volumes: list[Volume], period: Period) -> Zone:
    """The zone in its volumes and its period."""
    found = [part for volume in volumes for part in volume.parts]
    polygons = joined([part for part in found if isinstance(part, Polygon)])
    parts: tuple[Part, ...] = (*(part for part in found if not isinstance(part, Polygon)), *polygons)
    shape: Shape = parts[0] if len(parts) == 1 else Group(parts)
    zone = msgspec.structs.replace(
        zone,
        shape=shape,
        lower=volumes[0].band[0],
        upper=volumes[0].band[1],
        effective_ns=period.effective_ns,
        expires_ns=period.expires_ns,
        hours=period.hours,
    )
    if not isinstance(shape, Circle) or volumes[0].other_radius_m is None:
        return zone
    metres = volumes[0].other_radius_m
    declared = msgspec.structs.replace(
        zone.declared, value=f"{metres:.12g}", unit="ft", means="radius", other_readings_m=(shape.radius_m, metres)
    )
    ring = Ring("boundary if metres", metres - shape.radius_m, "other", f"the radius {metres:g} read as metres instead of feet")
    return msgspec.structs.replace(zone, declared=declared, rings=(*zone.rings, ring))


def _volume(volume: dict[str, Any], field: str, notes: list[Note]) -> Volume:
    unit = choice(volume.get("uomDimensions"), f"{field}.uomDimensions", ("M", "FT"))
    band = (_limit(volume, "lower", unit, field, notes), _limit(volume, "upper", unit, field, notes))
    place = f"{field}.horizontalProjection"
    projection = mapping(volume.get("horizontalProjection"), place)
    if projection.get("type") == "Circle":
        lat_deg, lon_deg = position(projection.get("center"), f"{place}.center")
        unit_m = 1.0 if unit == "M" else M_PER_FT
        radius = number(projection.get("radius"), f"{place}.radius", 0.0, RADIUS_MAX_M / unit_m, "a radius", above=True)
        if unit == "FT":
            notes.append(
                Note(f"{place}.radius", f"read as {radius:g} feet ({radius * unit_m:.1f} m); some issuers mean metres")
            )
        return Volume((Circle(lat_deg, lon_deg, radius * unit_m),), band, radius if unit == "FT" else None)
    if projection.get("type") != "Polygon":
        raise Refused(f"{place}.type", projection.get("type"), "Circle or Polygon")
    shape = shape_of(projection, Taking(_no_size, notes, "geodesic"), place)
    return Volume(shape.parts if isinstance(shape, Group) else (shape,), band, None)


def _no_size(name: str) -> float:
    raise AssertionError(f"a polygon asked for its {name}")


def _limit(volume: dict[str, Any], side: Literal["lower", "upper"], unit: str, field: str, notes: list[Note]) -> Limit | None:
    """A limit; null and 0 above ground are the ground below, null and 99,999 or more are unlimited above."""
    name = f"{side}Limit"
    value = _numeric(volume.get(name), f"{field}.{name}")
    if value is None or (side == "upper" and value >= UNLIMITED):
        if value is not None:
            notes.append(Note(f"{field}.{name}", f"{value:g} was read as unlimited"))
        return None
    reference = choice(volume.get(f"{side}VerticalReference"), f"{field}.{side}VerticalReference", tuple(DATUMS))
    if side == "lower" and reference == "AGL" and value == 0.0:
        return None
    return limits.limit(value, unit.lower(), DATUMS[reference], f"{field}.{name}")


def _numeric(value: Any, field: str) -> float | None:
    """A number, or one in text, as some files have it; null is None."""
    if isinstance(value, str):
        try:
            value = float(value) if value.isascii() and value.strip() and "_" not in value else math.nan
        except ValueError:
            raise Refused(field, value, "a number or null") from None
    return None if value is None else number(value, field, -1e6, 1e9, "a height")


def _refuse_contradictions(volumes: list[Volume], field: str) -> None:
    """Two different bands over one projection must not share a height (R5)."""
    by_parts: dict[tuple[Part, ...], list[tuple[int, Band]]] = {}
    for index, volume in enumerate(volumes):
        for before, band in by_parts.setdefault(volume.parts, []):
            if band != volume.band and _overlap(band, volume.band):
                place = f"{field}.geometry[{index}]"
                raise Refused(place, "other limits for the same projection", f"one band; geometry[{before}] gives another")
        by_parts[volume.parts].append((index, volume.band))


def _overlap(one: Band, other: Band) -> bool:
    """False only when one certainly ends below the other, over the same reference."""
    for (_, top), (bottom, _) in ((one, other), (other, one)):
        if top is not None and bottom is not None and top.datum == bottom.datum and top.altitude_m <= bottom.altitude_m:
            return False
    return True


def _joined(value: Any, field: str) -> str:
    """Text, or texts joined; null is empty."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(text(one, f"{field}[{i}]") for i, one in enumerate(items(value, field, 100)))
    return text(value, field)


def _authority(value: Any, field: str) -> tuple[str, str]:
    """(name of the first authority, how to reach it)."""
    listed = items([] if value is None else value, field, 100)
    if not listed:
        return "", ""
    first = mapping(listed[0], f"{field}[0]")
    ways = [_joined(first.get(name), f"{field}[0].{name}") for name in ("phone", "email", "siteURL")]
    reach = ", ".join(way for way in ways if way)
    return _joined(first.get("name"), f"{field}[0].name")[:200], f"contact {reach}" if reach else ""
