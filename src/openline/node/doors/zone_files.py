"""Zone files at the door: every format the product reads, and the two a browser may take away."""

from openline.utm.files import read_zones as read
from openline.utm.files import write_zones
from openline.zones.zone import Zone

__all__ = ["read", "write_geojson", "write_kml"]


def write_geojson(zones: list[Zone]) -> bytes:
    """A GeoJSON file of the zones."""
    return write_zones(zones, "geojson").data


def write_kml(zones: list[Zone]) -> bytes:
    """A KML file of the zones."""
    return write_zones(zones, "kml").data
