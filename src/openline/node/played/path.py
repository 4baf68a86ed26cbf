"""Reading the path of a mover: points by place, by bearing and distance from a place, or by latitude and longitude."""

from math import inf, nan
from typing import Any, Final

from geographiclib.geodesic import Geodesic

from openline import units
from openline.errors import Refused
from openline.node.played.motion import Knot, Place
from openline.units import Datum
from openline.zones.door import items, mapping, number

KNOTS_MAX: Final = 500
KEYS: Final = (
    "place",
    "of",
    "bearing_deg",
    "distance_km",
    "lat",
    "lon",
    "speed_kmh",
    "speed_kt",
    "speed_mps",
    "hold_s",
    "altitude_ft",
    "altitude_m",
)
SPEEDS: Final = {"speed_kmh": units.MPS_PER_KMH, "speed_kt": units.MPS_PER_KT, "speed_mps": 1.0}


def read_path(value: Any, field: str, places: dict[str, Place], datum: Datum | None) -> tuple[Knot, ...]:
    """The points of a path in order. Raises `Refused` naming the point and its field."""
    rows = items(value, field, KNOTS_MAX)
    if not rows:
        raise Refused(field, value, "at least one point")
    return tuple(_knot(mapping(row, f"{field}[{i}]"), f"{field}[{i}]", places, datum, i == 0) for i, row in enumerate(rows))


def read_point(row: dict[str, Any], field: str, places: dict[str, Place]) -> tuple[float, float]:
    """(lat_deg, lon_deg) of a table that says where in one of the three ways. Raises `Refused`."""
    ways = [way for way in ("place", "of", "lat") if way in row]
    if len(ways) != 1:
        accepted = 'one of: place = "…"; of = "…" with bearing_deg and distance_km; lat with lon'
        raise Refused(field, ", ".join(ways) or "no position", accepted)
    if ways == ["lat"]:
        lat_deg = number(row["lat"], f"{field}.lat", -90.0, 90.0, "a latitude in degrees")
        return lat_deg, number(row.get("lon"), f"{field}.lon", -180.0, 180.0, "a longitude in degrees")
    place = _place(row[ways[0]], f"{field}.{ways[0]}", places)
    if ways == ["place"]:
        return place.lat_deg, place.lon_deg
    bearing_deg = number(row.get("bearing_deg"), f"{field}.bearing_deg", 0.0, 360.0, "a bearing in degrees")
    distance_km = number(row.get("distance_km"), f"{field}.distance_km", 0.0, 20_000.0, "kilometres")
    there = Geodesic.WGS84.Direct(place.lat_deg, place.lon_deg, bearing_deg, distance_km * units.M_PER_KM)
    return there["lat2"], there["lon2"]


def _place(value: Any, field: str, places: dict[str, Place]) -> Place:
    if not isinstance(value, str) or value not in places:
        raise Refused(field, value, "the id of a place: " + ", ".join(places))
    return places[value]


def _knot(row: dict[str, Any], field: str, places: dict[str, Place], datum: Datum | None, first: bool) -> Knot:
    for key in row:
        if key not in KEYS:
            raise Refused(f"{field}.{key}", row[key], "one of the keys " + ", ".join(KEYS))
    lat_deg, lon_deg = read_point(row, field, places)
    return Knot(lat_deg, lon_deg, _speed_mps(row, field, first), _hold_s(row, field), _altitude_m(row, field, datum))


def _speed_mps(row: dict[str, Any], field: str, first: bool) -> float:
    given = [key for key in SPEEDS if key in row]
    if first:
        if given:
            raise Refused(f"{field}.{given[0]}", row[given[0]], "nothing: no leg leads to the first point")
        return nan
    if len(given) != 1:
        raise Refused(f"{field}.speed", ", ".join(given) or None, "exactly one of " + ", ".join(SPEEDS))
    speed = number(row[given[0]], f"{field}.{given[0]}", 0.1, 5000.0, "a speed")
    return speed * SPEEDS[given[0]]


def _hold_s(row: dict[str, Any], field: str) -> float:
    if row.get("hold_s") == "end":
        return inf
    return number(row.get("hold_s", 0.0), f"{field}.hold_s", 0.0, 86_400.0, 'seconds, or "end",')


def _altitude_m(row: dict[str, Any], field: str, datum: Datum | None) -> float:
    given = [key for key in ("altitude_ft", "altitude_m") if key in row]
    if len(given) != (0 if datum is None else 1):
        accepted = (
            "no altitude without a datum" if datum is None else "altitude_ft or altitude_m, because the mover has a datum"
        )
        raise Refused(f"{field}.altitude", ", ".join(given) or None, accepted)
    if not given:
        return nan
    altitude = number(row[given[0]], f"{field}.{given[0]}", -2000.0, 200_000.0, "an altitude")
    return altitude * (units.M_PER_FT if given[0] == "altitude_ft" else 1.0)
