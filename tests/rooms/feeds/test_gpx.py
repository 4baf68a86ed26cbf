"""GPX: track points with their times, and no XML trick opens anything."""

from math import isnan

import pytest

from openline.clock import from_rfc3339
from openline.feeds import decoder
from openline.feeds.gpx import REFUSALS_PER_DOCUMENT_MAX
from tests.rooms.feeds.samples import GPX, HEARD_NS, only_refusal, read, refusals, reports


def gpx(points: bytes, name: bytes = b"<name>lorry</name>") -> bytes:
    return b'<gpx version="1.1"><trk>' + name + b"<trkseg>" + points + b"</trkseg></trk></gpx>"


POINT = b'<trkpt lat="33.5" lon="38.6"><ele>700</ele><time>2017-05-18T09:30:00Z</time></trkpt>'


def test_every_track_point_is_a_report():
    first, second = reports(read("gpx", GPX))
    assert (first.mover, first.lat_deg, first.observed_ns) == ("gpx:lorry", 33.5, from_rfc3339("2017-05-18T09:30:00Z"))
    assert (second.lat_deg, second.observed_ns) == (33.6, from_rfc3339("2017-05-18T09:31:00Z"))


def test_a_speed_in_an_extension_is_metres_per_second():
    assert reports(read("gpx", GPX))[0].speed_mps == 5.0


def test_a_height_without_a_datum_is_refused_once_a_document():
    given = read("gpx", gpx(POINT * 5))
    assert only_refusal(given).field == "ele"
    assert all(isnan(report.altitude_amsl_m) for report in reports(given))


def test_the_operator_may_say_what_the_device_writes():
    assert reports(read("gpx", GPX, datum="amsl"))[0].altitude_amsl_m == 700.0


def test_the_mover_is_the_name_of_the_track_or_its_number():
    movers = [reports(read("gpx", data))[0].mover for data in (gpx(POINT), gpx(POINT, b""))]
    assert movers == ["gpx:lorry", "gpx:track 1"]


def test_the_mover_may_be_a_setting():
    assert reports(read("gpx", gpx(POINT), mover="truck-1"))[0].mover == "truck-1"


def test_two_tracks_are_two_movers():
    given = read("gpx", b"<gpx><trk><trkseg>" + POINT + b"</trkseg></trk><trk><trkseg>" + POINT + b"</trkseg></trk></gpx>")
    assert [report.mover for report in reports(given)] == ["gpx:track 1", "gpx:track 2"]


def test_waypoints_and_routes_are_counted_and_are_not_where_somebody_was():
    fresh = decoder("gpx", "file", {"datum": "amsl"})
    fresh.receive(b'<gpx><wpt lat="1" lon="2"/><rte><rtept lat="1" lon="2"/></rte></gpx>', HEARD_NS)
    assert fresh.finish(HEARD_NS) == []
    assert fresh.counted["waypoints_and_routes"] == 2


@pytest.mark.parametrize(
    ("point", "field"),
    [
        (b'<trkpt lat="91" lon="0"><time>2017-05-18T09:30:00Z</time></trkpt>', "lat"),
        (b'<trkpt lat="NaN" lon="0"><time>2017-05-18T09:30:00Z</time></trkpt>', "lat"),
        (b'<trkpt lon="0"><time>2017-05-18T09:30:00Z</time></trkpt>', "lat"),
        (b'<trkpt lat="1" lon="0"></trkpt>', "time"),
        (b'<trkpt lat="1" lon="0"><time>2017-05-18T09:30:00</time></trkpt>', "time"),
        (b'<trkpt lat="1" lon="0"><time>1970-01-01T00:00:00Z</time></trkpt>', "time"),
        (b'<trkpt lat="1" lon="0"><time>' + b"2" * 5_000 + b"</time></trkpt>", "time"),
    ],
)
def test_a_point_without_a_usable_place_or_time_is_refused_and_the_next_is_kept(point: bytes, field: str):
    given = read("gpx", gpx(point + POINT), datum="amsl")
    assert only_refusal(given).field == field
    assert only_refusal(given).position == "document 1, trk[0] point 0"
    assert len(reports(given)) == 1


def test_a_time_without_a_zone_is_read_in_the_zone_of_the_setting():
    given = read("gpx", gpx(POINT.replace(b"00Z", b"00")), zone="+03:00")
    assert reports(given)[0].observed_ns == from_rfc3339("2017-05-18T06:30:00Z")


BOMB = b"""<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><gpx>&b;</gpx>"""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (BOMB, "document type"),
        (b'<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx/>', "document type"),
        (b"<gpx>" + b"<a>" * 1_000, "deep"),
        (b"<kml/>", "outermost"),
        (b"<gpx>", "well-formed"),
        (b"", "well-formed"),
        (b'<?xml version="1.0" encoding="nonsense"?><gpx/>', "GPX"),
        (b"\xff\xfe\x00", "GPX"),
    ],
)
def test_xml_that_is_no_gpx_is_refused_once(data: bytes, words: str):
    given = read("gpx", b"\x1e%d\n%s\n" % (len(data), data))
    assert words in only_refusal(given).accepted


def test_what_was_read_before_the_file_breaks_off_is_kept():
    given = read("gpx", gpx(POINT)[:-20], datum="amsl")
    assert len(reports(given)) == 1
    assert "well-formed" in only_refusal(given).accepted


def test_a_flood_of_bad_points_is_told_with_a_number():
    given = read("gpx", gpx(b'<trkpt lat="1" lon="0"/>' * 1_000))
    assert len(refusals(given)) == REFUSALS_PER_DOCUMENT_MAX + 1


def test_a_file_in_utf_16_is_read():
    text = '<?xml version="1.0" encoding="UTF-16"?>' + gpx(POINT).decode()
    assert len(reports(read("gpx", text.encode("utf-16")))) == 1
