"""GeoJSON (RFC 7946) ⇄ zones.

Edges   straight in longitude and latitude, as RFC 7946 says, unless `properties.edge_rule` is `geodesic`.
Circle  a Point with `radius_m`, or `radius` and `unit`; a corridor is a LineString with `half_width_m`, or `width` and `unit`.
Id      the feature's id, else `properties.id`, else one made from the content (with a note).
Refused with the place named: features[3].geometry.coordinates[0][2][1].
"""

from typing import Any, Final

from openline.errors import Refused
from openline.zones.door import items, json_of, mapping
from openline.zones.feature import STATEMENT, Imported, Intake, feature_of
from openline.zones.zone import Zone

__all__ = ["Imported", "parse_geojson", "read_geojson", "zones_from_geojson", "zones_to_geojson"]

FEATURES_MAX: Final = 100_000
BYTES_MAX: Final = 64 * 1024 * 1024  # 100,000 circles with properties take about 40 MB


def zones_from_geojson(document: dict[str, Any]) -> list[Zone]:
    """The zones of a FeatureCollection or a Feature. Raises `Refused`, naming the place, at the first thing it cannot take."""
    return read_geojson(document).zones


def read_geojson(document: Any, issuer: str = "") -> Imported:
    """The same with its notes; `issuer` is for features that name none."""
    kind = mapping(document, "document").get("type")
    _refuse_other_crs(document.get("crs"))
    if kind == "FeatureCollection":
        features = items(document.get("features"), "features", FEATURES_MAX)
        places = [f"features[{index}]" for index in range(len(features))]
    elif kind == "Feature":
        features, places = [document], ["feature"]
    else:
        raise Refused("type", kind, "a FeatureCollection or a Feature")
    intake = Intake("lonlat", issuer)
    for feature, place in zip(features, places, strict=True):
        intake.take(feature, place)
    return intake.done()


def _refuse_other_crs(crs: Any) -> None:
    """Files from before RFC 7946 may name another coordinate system; their numbers would be read as degrees."""
    name = (
        str(crs.get("properties", {}).get("name", ""))
        if isinstance(crs, dict) and isinstance(crs.get("properties"), dict)
        else crs
    )
    if name is not None and not (isinstance(name, str) and name.upper().endswith(("CRS84", "4326"))):
        raise Refused("crs", name, "WGS-84 longitude and latitude (CRS84)")


def parse_geojson(data: bytes | str, issuer: str = "") -> Imported:
    """The zones of a GeoJSON file. Raises `Refused` for what is not JSON in UTF-8, too big, too deep, or says a key twice."""
    return read_geojson(json_of(data, BYTES_MAX), issuer)


def zones_to_geojson(zones: list[Zone]) -> dict[str, Any]:
    """A FeatureCollection that `zones_from_geojson` reads back as the same zones."""
    return {"type": "FeatureCollection", "statement": STATEMENT, "features": [feature_of(zone) for zone in zones]}
