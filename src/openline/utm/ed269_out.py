"""Zones → ED-269 (EUROCAE, UAS geographical zones, JSON).

What the standard cannot say is left out and named, never bent: corridors, flight levels, heights over the ellipsoid, withdrawn
zones, and edges straight in longitude and latitude. What it can only say roughly is said on the safe side: limits are
widened to whole metres or feet. The exact zone travels in `extendedProperties.openline`.
"""

import math
import zlib
from typing import Any, Final

import msgspec

from openline.units import M_PER_FT
from openline.utm.ed269_times import Period, applicability_of
from openline.utm.ed269_words import ASKS
from openline.zones.door import Note
from openline.zones.feature import STATEMENT, feature_of
from openline.zones.shape_geojson import geometry_of
from openline.zones.zone import Circle, Corridor, Group, Limit, Polygon, Zone

IDENTIFIER_CHARS_MAX: Final = 7
SHORT_CHARS_MAX: Final = 30
LONG_CHARS_MAX: Final = 200
NO_COUNTRY: Final = "ZZZ"  # of the codes ISO 3166 leaves to users
_REFERENCES: Final = {"agl": "AGL", "amsl": "AMSL"}


class Exported(msgspec.Struct, frozen=True):
    """The document, and each zone that is not in it with the reason."""

    document: dict[str, Any]
    left_out: list[Note]


def zones_to_ed269(zones: list[Zone], country: str = NO_COUNTRY) -> Exported:
    """A document of the zones that ED-269 can say."""
    features: list[dict[str, Any]] = []
    left_out: list[Note] = []
    taken: set[tuple[str, str]] = set()
    for zone in zones:
        if why := unsayable(zone):
            left_out.append(Note(zone.id, why))
            continue
        version = version_of(zone, country)
        key = (version["country"], version["identifier"])
        if key in taken:
            left_out.append(Note(zone.id, f"another zone has its short identifier {key[1]}"))
            continue
        taken.add(key)
        features.append(version)
    return Exported({"title": "Openline zones", "description": STATEMENT, "features": features}, left_out)


def unsayable(zone: Zone) -> str:
    """Why ED-269 cannot say this zone; empty when it can."""
    parts = zone.shape.parts if isinstance(zone.shape, Group) else (zone.shape,)
    if zone.withdrawn:
        return "withdrawn"
    if any(isinstance(part, Corridor) for part in parts):
        return "ED-269 has no corridor"
    if zone.edge_rule == "lonlat" and any(isinstance(part, Polygon) for part in parts):
        return "ED-269 has no edges straight in longitude and latitude"
    for limit in (zone.lower, zone.upper):
        if limit is not None and limit.datum not in _REFERENCES:
            return f"ED-269 has no limit over {limit.datum}"
    return ""


def version_of(zone: Zone, country: str = NO_COUNTRY) -> dict[str, Any]:
    """One zone as a UASZoneVersion."""
    home, _, identifier = zone.id.partition("-")
    if not (len(home) == 3 and home.isalpha() and home.isupper() and 0 < len(identifier) <= IDENTIFIER_CHARS_MAX):
        home = country
        identifier = zone.id if len(zone.id) <= IDENTIFIER_CHARS_MAX else f"Z{zlib.crc32(zone.id.encode()) & 0xFFFFFF:06X}"
    restriction = next((word for word, asks in ASKS.items() if zone.asks.startswith(asks)), "CONDITIONAL")
    return {
        "identifier": identifier,
        "country": home,
        "name": zone.name[:LONG_CHARS_MAX],
        "type": "COMMON",
        "restriction": restriction,
        "restrictionConditions": zone.asks,
        "reason": ["OTHER"],
        "otherReasonInfo": zone.purpose[:SHORT_CHARS_MAX],
        "message": (zone.declared.words or zone.asks)[:LONG_CHARS_MAX],
        "applicability": applicability_of(Period(zone.effective_ns, zone.expires_ns, zone.hours)),
        "zoneAuthority": [{"name": zone.issuer[:LONG_CHARS_MAX], "purpose": "INFORMATION"}],
        "geometry": _volumes(zone),
        "extendedProperties": {"openline": feature_of(zone)},
    }


def _volumes(zone: Zone) -> list[dict[str, Any]]:
    parts = zone.shape.parts if isinstance(zone.shape, Group) else (zone.shape,)
    stated = [limit for limit in (zone.lower, zone.upper) if limit is not None]
    # A radius in FT is read in two ways, so a zone with a circle is written in metres.
    feet = bool(stated) and all(limit.unit == "ft" for limit in stated) and not any(isinstance(part, Circle) for part in parts)
    base = {
        "uomDimensions": "FT" if feet else "M",
        "lowerLimit": 0 if zone.lower is None else _whole(zone.lower, feet, math.floor),
        "lowerVerticalReference": "AGL" if zone.lower is None else _REFERENCES[zone.lower.datum],
        "upperLimit": None if zone.upper is None else _whole(zone.upper, feet, math.ceil),
        "upperVerticalReference": "AGL" if zone.upper is None else _REFERENCES[zone.upper.datum],
    }
    return [base | {"horizontalProjection": projection} for part in parts for projection in _projections(part)]


def _whole(limit: Limit, feet: bool, outward: Any) -> int:
    """The limit in whole feet or metres, widened; a value that is whole stays what it is."""
    value = limit.value if limit.unit == ("ft" if feet else "m") else limit.altitude_m / (M_PER_FT if feet else 1.0)
    return int(outward(round(value, 6)))


def _projections(part: Any) -> list[dict[str, Any]]:
    """The projection of one area; one across 180° becomes its two halves, which reading joins again."""
    if isinstance(part, Circle):
        return [{"type": "Circle", "center": [part.lon_deg, part.lat_deg], "radius": part.radius_m}]
    geometry = geometry_of(part)
    if geometry["type"] == "Polygon":
        return [geometry]
    return [{"type": "Polygon", "coordinates": one} for one in geometry["coordinates"]]
