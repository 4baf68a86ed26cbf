"""KML and KMZ ⇄ zones.

Edges   along the WGS-84 geodesic, as Earth viewers draw them, unless ExtendedData says `edge_rule` `lonlat`.
Out     a placemark a zone with everything in ExtendedData; a circle is a Point and a corridor a LineString, each followed by a
        placemark that draws its outline, which coming back is recognised and left aside.
KMZ     the first .kml at the top of the archive, unpacked up to a named limit and never to a file.
"""

import io
import json
import re
import zipfile
import zlib
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from openline.errors import Refused
from openline.kernels.geodesic import direct
from openline.zones.feature import STATEMENT, Imported, Intake, feature_of
from openline.zones.kml_read import DRAWING, TEXTS, read_document
from openline.zones.zone import Circle, Group, Zone

KML_BYTES_MAX: Final = 64 * 1024 * 1024  # unpacked; 100,000 circles take about 60 MB
KMZ_BYTES_MAX: Final = 16 * 1024 * 1024  # packed
KMZ_FILES_MAX: Final = 1_000  # pictures and models beside the document
CIRCLE_POINTS: Final = 72  # of a drawn outline: 0.1 % of the radius inside the true circle at most
NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
_UNFIT: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2, without the carriage return


def parse_kml(data: bytes, issuer: str = "") -> Imported:
    """The zones of a KML file. Raises `Refused`."""
    if len(data) > KML_BYTES_MAX:
        raise Refused("file", f"{len(data)} bytes", f"at most {KML_BYTES_MAX} bytes")
    intake = Intake("geodesic", issuer)
    read_document(data, intake)
    return intake.done()


def parse_kmz(data: bytes, issuer: str = "") -> Imported:
    """The zones of a KMZ file. Raises `Refused`."""
    if len(data) > KMZ_BYTES_MAX:
        raise Refused("file", f"{len(data)} bytes", f"at most {KMZ_BYTES_MAX} bytes")
    try:
        document = _unpacked(data)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        IndexError,
    ) as error:
        raise Refused("file", str(error), "a KMZ archive that can be unpacked") from None
    return parse_kml(document, issuer)


def zones_to_kml(zones: list[Zone]) -> bytes:
    """A KML file that `parse_kml` reads back as the same zones."""
    root = Element("kml", xmlns=NAMESPACE)
    document = SubElement(root, "Document")
    _text(document, "name", "Openline zones")
    _text(document, "description", STATEMENT)
    for zone in zones:
        _placemark(document, feature_of(zone))
        for circle in _circles(zone):
            _drawing(document, zone, circle)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def zones_to_kmz(zones: list[Zone]) -> bytes:
    """The same packed; the same zones give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("doc.kml", date_time=(2000, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, zones_to_kml(zones))
    return packed.getvalue()


def _unpacked(data: bytes) -> bytes:
    """The document of an archive, however large its directory claims it to be."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if len(names) > KMZ_FILES_MAX:
            raise Refused("file", f"{len(names)} files in the archive", f"at most {KMZ_FILES_MAX} files")
        documents = [name for name in names if name.lower().endswith(".kml")]
        documents.sort(key=lambda name: name.count("/"))  # the first at the top, as the standard has it
        if not documents:
            raise Refused("file", "no .kml in the archive", "a KMZ archive with a KML document")
        with archive.open(documents[0]) as document:
            whole = document.read(KML_BYTES_MAX + 1)
    if len(whole) > KML_BYTES_MAX:
        raise Refused("file", "unpacks to more than the limit", f"a document of at most {KML_BYTES_MAX} bytes")
    return whole


def _placemark(document: Element, feature: dict[str, Any]) -> None:
    placemark = SubElement(document, "Placemark")
    _text(placemark, "name", feature["properties"]["name"])
    extended = SubElement(placemark, "ExtendedData")
    for name, value in ({"id": feature["id"]} | feature["properties"]).items():
        data = SubElement(extended, "Data", name=name)
        _text(data, "value", value if name in TEXTS else json.dumps(value))
    _geometry(placemark, feature["geometry"])


def _geometry(parent: Element, geometry: dict[str, Any]) -> None:
    kind, coordinates = geometry["type"], geometry.get("coordinates", [])
    if kind in ("Point", "LineString"):
        _text(SubElement(parent, kind), "coordinates", _line([coordinates] if kind == "Point" else coordinates))
    elif kind == "Polygon":
        polygon = SubElement(parent, "Polygon")
        for index, ring in enumerate(coordinates):
            boundary = SubElement(polygon, "innerBoundaryIs" if index else "outerBoundaryIs")
            _text(SubElement(boundary, "LinearRing"), "coordinates", _line(ring))
    else:
        many = SubElement(parent, "MultiGeometry")
        parts = geometry.get("geometries") or [{"type": "Polygon", "coordinates": one} for one in coordinates]
        for part in parts:
            _geometry(many, part)


def _circles(zone: Zone) -> list[Circle]:
    parts = zone.shape.parts if isinstance(zone.shape, Group) else (zone.shape,)
    return [part for part in parts if isinstance(part, Circle)]


def _drawing(document: Element, zone: Zone, circle: Circle) -> None:
    """The outline of a circle, for programs that know no radius."""
    placemark = SubElement(document, "Placemark")
    _text(placemark, "name", f"{zone.name} (drawn)")
    data = SubElement(SubElement(placemark, "ExtendedData"), "Data", name=DRAWING)
    _text(data, "value", zone.id)
    azimuths_deg = [360.0 * i / CIRCLE_POINTS for i in range(CIRCLE_POINTS, -1, -1)]
    lat_deg, lon_deg, _ = direct(circle.lat_deg, circle.lon_deg, azimuths_deg, circle.radius_m)
    line = [[round(float(lon), 7), round(float(lat), 7)] for lat, lon in zip(lat_deg, lon_deg, strict=True)]
    _text(SubElement(placemark, "LineString"), "coordinates", _line(line))


def _line(points: list[list[float]]) -> str:
    return " ".join(f"{lon!r},{lat!r}" for lon, lat in points)


def _text(parent: Element, tag: str, text: str) -> None:
    """A child with text; what XML cannot carry becomes U+FFFD."""
    SubElement(parent, tag).text = _UNFIT.sub("\ufffd", text)
