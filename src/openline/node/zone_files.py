"""Zone files at the door: which reader a file is for, told by its first bytes and never by its name."""

import msgspec

from openline.errors import Refused
from openline.zones.feature import Imported
from openline.zones.geojson import parse_geojson, zones_to_geojson
from openline.zones.kml import parse_kml, parse_kmz, zones_to_kml
from openline.zones.zone import Zone


def read(data: bytes, party: str) -> Imported:
    """Zones and notes out of GeoJSON, KML or KMZ. Raises `Refused`."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"PK\x03\x04"):
        return parse_kmz(data, party)
    if start.startswith(b"<"):
        return parse_kml(data, party)
    if start.startswith(b"{"):
        return parse_geojson(data, party)
    raise Refused("file", data[:40], "GeoJSON, KML or KMZ")


def write_geojson(zones: list[Zone]) -> bytes:
    """A GeoJSON file of the zones."""
    return msgspec.json.encode(zones_to_geojson(zones))


def write_kml(zones: list[Zone]) -> bytes:
    """A KML file of the zones."""
    return zones_to_kml(zones)
