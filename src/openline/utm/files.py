"""Zone files of every format: which reader one is for is told by its bytes, never by its name."""

from typing import Any, Final, Literal, get_args

import msgspec

from openline.errors import Refused
from openline.utm.ed269 import read_ed269
from openline.utm.ed269_out import zones_to_ed269
from openline.zones.door import Note, json_of
from openline.zones.feature import Imported
from openline.zones.geojson import BYTES_MAX, read_geojson, zones_to_geojson
from openline.zones.kml import parse_kml, parse_kmz, zones_to_kml, zones_to_kmz
from openline.zones.zone import Zone

Format = Literal["geojson", "kml", "kmz", "ed269"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)

MEDIA_TYPES: Final[dict[Format, str]] = {
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "kmz": "application/vnd.google-earth.kmz",
    "ed269": "application/json",
}


class Written(msgspec.Struct, frozen=True):
    """A file, and each zone its format cannot say with the reason."""

    data: bytes
    left_out: list[Note]


def read_zones(data: bytes, issuer: str = "") -> Imported:
    """Zones and notes out of GeoJSON, KML, KMZ or ED-269; `issuer` is for zones that name none. Raises `Refused`."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"PK\x03\x04"):
        return parse_kmz(data, issuer)
    if start.startswith(b"<") or data.startswith((b"\xff\xfe<", b"\xfe\xff\x00<")):
        return parse_kml(data, issuer)
    if start.startswith((b"{", b"[")):
        document: Any = json_of(data, BYTES_MAX)
        if isinstance(document, dict) and "type" in document:
            return read_geojson(document, issuer)
        return read_ed269(document, issuer)
    raise Refused("file", data[:40], "GeoJSON, KML, KMZ or ED-269")


def write_zones(zones: list[Zone], form: Format) -> Written:
    """A file of the zones in one of `FORMATS`. Raises `Refused` for another."""
    if form == "geojson":
        return Written(msgspec.json.encode(zones_to_geojson(zones)), [])
    if form == "kml":
        return Written(zones_to_kml(zones), [])
    if form == "kmz":
        return Written(zones_to_kmz(zones), [])
    if form == "ed269":
        exported = zones_to_ed269(zones)
        return Written(msgspec.json.encode(exported.document), exported.left_out)
    raise Refused("format", form, "one of " + ", ".join(FORMATS))


def format_of(name: str) -> Format:
    """The format a file name asks for: .geojson, .kml, .kmz, or .json for ED-269. Raises `Refused`."""
    ending = name.lower().rsplit(".", 1)[-1]
    found: dict[str, Format] = {"geojson": "geojson", "kml": "kml", "kmz": "kmz", "json": "ed269"}
    if ending not in found:
        raise Refused("file", name, "a name ending in .geojson, .kml, .kmz, or .json for ED-269")
    return found[ending]
