"""Zone files at the door: which reader a file is for, told by its first bytes and never by its name."""

import msgspec

from openline.errors import Refused
from openline.zones.geojson import Imported, parse_geojson, zones_to_geojson
from openline.zones.zone import Zone


def read(data: bytes, party: str) -> Imported:
    """Zones and notes out of GeoJSON or ED-269 JSON, KML, or KMZ. Raises `Refused`."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"PK\x03\x04"):
        from openline.zones.kml import parse_kmz

        return parse_kmz(data, party)
    if start.startswith(b"<"):
        from openline.zones.kml import parse_kml

        return parse_kml(data, party)
    if start.startswith((b"{", b"[")):
        return _json(data, party)
    raise Refused("file", data[:40], "GeoJSON, KML, KMZ or ED-269")


def _json(data: bytes, party: str) -> Imported:
    if b'"FeatureCollection"' not in data and b'"Feature"' not in data and b'"features"' in data:
        from openline.zones.ed269 import parse_ed269

        return parse_ed269(data, party)
    return parse_geojson(data, party)


def write_geojson(zones: list[Zone]) -> bytes:
    """A GeoJSON file of the zones."""
    return msgspec.json.encode(zones_to_geojson(zones))


def write_kml(zones: list[Zone]) -> bytes:
    """A KML file of the zones."""
    from openline.zones.kml import zones_to_kml

    return zones_to_kml(zones)
