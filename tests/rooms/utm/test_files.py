"""Zone files of every format, told apart by their bytes."""

import pytest

from openline.errors import Refused
from openline.utm.files import FORMATS, Format, format_of, read_zones, write_zones
from openline.zones.zone import Corridor
from tests.rooms.zones.made import plain_zone


@pytest.mark.parametrize("form", FORMATS)
def test_a_zone_goes_through_every_format_and_back_unchanged(form: Format) -> None:
    assert read_zones(write_zones([plain_zone()], form).data).zones == [plain_zone()]


@pytest.mark.parametrize("form", ["geojson", "ed269", "kml"])
def test_a_byte_order_mark_does_not_matter(form: Format) -> None:
    assert read_zones(b"\xef\xbb\xbf" + write_zones([plain_zone()], form).data).zones == [plain_zone()]


def test_zones_without_an_issuer_get_the_one_given() -> None:
    data = b'{"type":"Feature","id":"x","geometry":{"type":"Point","coordinates":[0,0]},"properties":{"radius_m":5}}'

    assert read_zones(data, "B").zones[0].issuer == "B"


def test_zones_that_name_no_serial_and_version_leave_them_to_the_book() -> None:
    data = b'{"type":"Feature","id":"x","geometry":{"type":"Point","coordinates":[0,0]},"properties":{"radius_m":5}}'
    zone = read_zones(data).zones[0]

    assert (zone.serial, zone.version) == (0, 0)


def test_what_a_format_cannot_say_is_named() -> None:
    written = write_zones([plain_zone(shape=Corridor(((0.0, 0.0), (1.0, 1.0)), 5.0))], "ed269")

    assert [note.field for note in written.left_out] == ["tanf"]


@pytest.mark.parametrize("data", [b"", b"\x89PNG", b"id,lat,lon", b"   ", b"PK\x05\x06" + b"\x00" * 18])
def test_another_kind_of_file_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        read_zones(data)


def test_a_format_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused):
        write_zones([], "dwg")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "form"), [("a.geojson", "geojson"), ("A.KMZ", "kmz"), ("x.ed269.json", "ed269"), ("y.kml", "kml")]
)
def test_a_file_name_asks_for_a_format(name: str, form: str) -> None:
    assert format_of(name) == form


def test_a_file_name_without_a_known_ending_is_refused() -> None:
    with pytest.raises(Refused):
        format_of("zones.txt")
