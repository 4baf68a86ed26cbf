"""KML and KMZ: our own files come back whole, others' are read, hostile ones are refused."""

import contextlib
import io
import struct
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.zones.feature import STATEMENT
from openline.zones.kml import KML_BYTES_MAX, KMZ_BYTES_MAX, KMZ_FILES_MAX, parse_kml, parse_kmz, zones_to_kml, zones_to_kmz
from openline.zones.kml_read import DEPTH_MAX
from openline.zones.zone import Circle, Corridor, Group, Polygon, Zone
from tests.rooms.zones.made import plain_zone, zones

HEAD = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
TAIL = "</Document></kml>"
RING = "<LinearRing><coordinates>0,0 1,0 1,1 0,1 0,0</coordinates></LinearRing>"
POLYGON = f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>"


def kml(*placemarks: str) -> bytes:
    return (HEAD + "".join(placemarks) + TAIL).encode()


def placemark(geometry: str, **properties: Any) -> str:
    data = "".join(f'<Data name="{name}"><value>{value}</value></Data>' for name, value in properties.items())
    return f"<Placemark><name>Area</name><ExtendedData>{data}</ExtendedData>{geometry}</Placemark>"


def one(*placemarks: str) -> Zone:
    return parse_kml(kml(*placemarks)).zones[0]


def refused(data: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        parse_kml(data)
    return caught.value


def packed(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def test_a_polygon_with_a_hole_is_read() -> None:
    hole = "<innerBoundaryIs><LinearRing><coordinates>.2,.2 .4,.2 .4,.4 .2,.2</coordinates></LinearRing></innerBoundaryIs>"
    shape = one(placemark(f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs>{hole}</Polygon>")).shape

    assert isinstance(shape, Polygon)
    assert len(shape.holes) == 1


def test_a_point_with_a_radius_is_a_circle() -> None:
    shape = one(placemark("<Point><coordinates>38.618,33.507,700</coordinates></Point>", radius="34", unit="statute_mi")).shape

    assert isinstance(shape, Circle)
    assert shape.radius_m == pytest.approx(54_717.696)


def test_a_line_with_a_width_is_a_corridor() -> None:
    shape = one(placemark("<LineString><coordinates>0,0 1,1</coordinates></LineString>", half_width_m=500)).shape

    assert shape == Corridor(((0.0, 0.0), (1.0, 1.0)), 500.0)


def test_edges_follow_the_geodesic_unless_said_otherwise() -> None:
    assert one(placemark(POLYGON)).edge_rule == "geodesic"
    assert one(placemark(POLYGON, edge_rule="lonlat")).edge_rule == "lonlat"


def test_the_name_is_the_placemarks() -> None:
    assert one(placemark(POLYGON)).name == "Area"


def test_a_mile_without_a_kind_is_refused_here_too() -> None:
    error = refused(kml(placemark("<Point><coordinates>0,0</coordinates></Point>", radius="30", unit="mile")))

    assert error.field == "placemarks[0].properties.mile_kind"


def test_a_point_without_a_radius_is_refused() -> None:
    assert refused(kml(placemark("<Point><coordinates>0,0</coordinates></Point>"))).field == "placemarks[0].properties.radius_m"


def test_simple_data_counts_as_properties() -> None:
    data = '<ExtendedData><SchemaData schemaUrl="#x"><SimpleData name="upper">FL100</SimpleData></SchemaData></ExtendedData>'
    zone = one(f"<Placemark>{data}{POLYGON}</Placemark>")

    assert zone.upper is not None
    assert zone.upper.unit == "fl"


def test_a_time_span_with_times_is_read_and_one_without_noted() -> None:
    span = "<TimeSpan><begin>2026-05-01T00:00:00Z</begin><end>2026-06</end></TimeSpan>"
    read = parse_kml(kml(f"<Placemark>{span}{POLYGON}</Placemark>"))

    assert read.zones[0].effective_ns == 1_777_593_600_000_000_000
    assert any("no time of day" in note.says for note in read.notes)


def test_heights_of_the_drawing_are_noted_and_are_no_limits() -> None:
    ring = RING.replace("0,0 1,0", "0,0,500 1,0,500").replace("0,0<", "0,0,500<")
    read = parse_kml(kml(placemark(f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>")))

    assert read.zones[0].upper is None
    assert any("not vertical limits" in note.says for note in read.notes)


def test_polygons_of_a_multigeometry_that_meet_along_180_are_joined() -> None:
    east = POLYGON.replace("0,0 1,0 1,1 0,1 0,0", "170,0 180,0 180,5 170,5 170,0")
    west = POLYGON.replace("0,0 1,0 1,1 0,1 0,0", "-180,0 -170,0 -170,5 -180,5 -180,0")

    assert isinstance(one(placemark(f"<MultiGeometry>{east}{west}</MultiGeometry>")).shape, Polygon)


def test_multigeometries_within_each_other_are_one_group() -> None:
    point = "<Point><coordinates>5,5</coordinates></Point>"
    shape = one(
        placemark(f"<MultiGeometry>{POLYGON}<MultiGeometry>{point}</MultiGeometry></MultiGeometry>", radius_m=10),
    ).shape

    assert isinstance(shape, Group)


def test_folders_are_walked_in_order() -> None:
    read = parse_kml(
        kml(
            f"<Folder>{placemark(POLYGON, id='a')}<Folder>{placemark(POLYGON, id='b')}</Folder></Folder>",
            placemark(POLYGON, id="c"),
        )
    )

    assert [zone.id for zone in read.zones] == ["a", "b", "c"]


def test_links_are_not_followed_and_noted() -> None:
    read = parse_kml(kml("<NetworkLink><Link><href>http://192.0.2.1/x.kml</href></Link></NetworkLink>"))

    assert "not followed" in read.notes[0].says


def test_a_placemark_without_an_area_is_noted() -> None:
    assert "not a zone" in parse_kml(kml("<Placemark><name>x</name></Placemark>")).notes[0].says


def test_older_namespaces_and_none_are_read() -> None:
    bare = f"<kml><Document>{placemark(POLYGON)}</Document></kml>".encode()
    old = bare.replace(b"<kml>", b'<kml xmlns="http://earth.google.com/kml/2.1">')

    assert parse_kml(bare).zones == parse_kml(old).zones


@settings(deadline=None, max_examples=100)
@given(st.lists(zones(), max_size=3, unique_by=lambda zone: zone.id))
def test_zones_go_through_kml_and_back_unchanged(many: list[Zone]) -> None:
    assert parse_kml(zones_to_kml(many)).zones == many


def test_zones_go_through_kmz_and_back_unchanged() -> None:
    assert parse_kmz(zones_to_kmz([plain_zone()])).zones == [plain_zone()]


def test_the_same_zones_give_the_same_kmz() -> None:
    assert zones_to_kmz([plain_zone()]) == zones_to_kmz([plain_zone()])


def test_a_circle_goes_out_with_a_drawing_of_its_outline() -> None:
    assert zones_to_kml([plain_zone()]).count(b"<Placemark>") == 2


def test_the_statement_stands_in_the_file() -> None:
    assert STATEMENT.encode() in zones_to_kml([])


def test_what_xml_cannot_carry_is_replaced() -> None:
    read = parse_kml(zones_to_kml([plain_zone(asks="stay\ufffe out\x0b")]))

    assert read.zones[0].asks == "stay\ufffd out\ufffd"


@pytest.mark.parametrize(
    ("coordinates", "place"),
    [
        ("0,0 1,0 1,91 0,0", "coordinates[0][2][1]"),
        ("0,0 1,0 nan,1 0,0", "coordinates[0][2]"),
        ("0,0 1,0 1_0,1 0,0", "coordinates[0][2]"),
        ("0,0 1,0 1, 1 0,0", "coordinates[0][2]"),
        ("0,0 1,0 1e999,1 0,0", "coordinates[0][2][0]"),
        ("0,0 1,0", "coordinates[0]"),
        ("", "coordinates[0]"),
        ("0,0 " * 20_001, "coordinates[0]"),
    ],
)
def test_a_bad_coordinate_is_refused_at_its_place(coordinates: str, place: str) -> None:
    bad = POLYGON.replace("0,0 1,0 1,1 0,1 0,0", coordinates)

    assert refused(kml(placemark(POLYGON, id="a"), placemark(bad, id="b"))).field == f"placemarks[1].geometry.{place}"


BILLION = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
TWICE = '<Data name="id"><value>a</value></Data>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"<html/>",
        b"<kml>",
        kml("<Placemark>")[:-10],
        (BILLION + "<kml><name>&b;</name></kml>").encode(),
        (OUTSIDE + "<kml><name>&a;</name></kml>").encode(),
        b'<?xml version="1.0" encoding="UTF-8"?><kml><name>\xe9</name></kml>',
        b'<?xml version="1.0" encoding="klingon"?><kml></kml>',
        b'<?xml version="1.0" encoding="UTF-16"?><kml></kml>',
        b'<?xml version="1.0" encoding="utf-7"?><kml></kml>',
        b"\x00" * 100,
        b"<kml>" + b"<Folder>" * (DEPTH_MAX + 1),
        b"<kml>" + b"<Folder>" * 1_000_000,
        kml(placemark(POLYGON + POLYGON)),
        kml(placemark("<Polygon></Polygon>")),
        kml(placemark("<Point></Point>", radius_m=5)),
        kml(placemark("<Point><coordinates>0,0 1,1</coordinates></Point>", radius_m=5)),
        kml(placemark("<MultiGeometry></MultiGeometry>")),
        kml(placemark("<MultiGeometry><Model/></MultiGeometry>")),
        kml(placemark(POLYGON, rings="[")),
        kml(placemark(POLYGON, rings="[" * 100_000)),
        kml(placemark(POLYGON, hours='[{"weekdays":[1],"weekdays":[2]}]')),
        kml(f"<Placemark><ExtendedData>{TWICE}{TWICE}</ExtendedData></Placemark>"),
    ],
)
def test_hostile_and_broken_documents_are_refused(data: bytes) -> None:
    assert len(str(refused(data))) < 600


def test_a_document_above_the_limit_is_refused_unread() -> None:
    assert "at most" in refused(b" " * (KML_BYTES_MAX + 1)).accepted


def test_a_document_of_millions_of_elements_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openline.zones.kml_read.ELEMENTS_MAX", 1_000)

    assert "elements" in refused(kml("<a/>" * 1_000)).accepted


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_nothing_but_a_refusal_comes_of_noise(data: bytes) -> None:
    with pytest.raises(Refused):
        parse_kml(data)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(zones_to_kml([plain_zone()]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    with contextlib.suppress(Refused):
        parse_kml(bytes(whole))


def test_the_document_at_the_top_of_the_archive_is_read() -> None:
    inner = kml(placemark(POLYGON, id="inner"))
    data = packed(("files/other.kml", kml()), ("icon.png", b"x"), ("doc.kml", inner))

    assert [zone.id for zone in parse_kmz(data).zones] == ["inner"]


def test_a_bomb_is_refused_without_being_unpacked_whole() -> None:
    data = packed(("doc.kml", b" " * (KML_BYTES_MAX + 1)))

    with pytest.raises(Refused, match="unpacks to more"):
        parse_kmz(data)


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(packed(("doc.kml", b" " * (KML_BYTES_MAX + 1))))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)

    with pytest.raises(Refused):
        parse_kmz(bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x03\x04" + b"\x00" * 500,
        packed(("readme.txt", b"x")),
        packed(("doc.kml", b"")),
        packed(*((f"{i}.png", b"") for i in range(KMZ_FILES_MAX + 1))),
        packed(("doc.kml", kml(placemark(POLYGON))))[:-30],
        packed(("doc.kml", packed(("doc.kml", kml())))),
        b"x" * (KMZ_BYTES_MAX + 1),
    ],
)
def test_hostile_and_broken_archives_are_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        parse_kmz(data)


def test_an_encrypted_archive_is_refused() -> None:
    data = bytearray(packed(("doc.kml", kml(placemark(POLYGON)))))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(Refused):
        parse_kmz(bytes(data))


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_damaged_archive_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(zones_to_kmz([plain_zone()]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    with contextlib.suppress(Refused):
        parse_kmz(bytes(whole))
