"""Phones in both dialects: knots and metres per second are not confused, and secrets do not enter the bytes."""

import json
from math import isnan
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.clock import from_rfc3339
from openline.feeds import decoder
from openline.feeds.osmand import R95_PER_R68, _unquoted, request
from openline.feeds.report import Refusal, Report
from tests.rooms.feeds.samples import HEARD_NS, only_refusal, only_report, read, refusals, reports

QUERY = {"id": "truck-1", "lat": 33.5, "lon": 38.6, "timestamp": 1495099800}
COORDS: dict[str, Any] = {"latitude": 33.5, "longitude": 38.6, "speed": 10.0, "heading": 90.0, "accuracy": 10.0}


def get(options: dict[str, Any] | None = None, **over: object) -> list[Report | Refusal]:
    pairs = {name: value for name, value in (QUERY | over).items() if value is not None}
    return read("osmand", request("GET", urlencode(pairs)), **(options or {}))


def post(options: dict[str, Any] | None = None, place: dict[str, Any] | None = None, **coords: Any) -> list[Report | Refusal]:
    location = {"timestamp": "2017-05-18T09:30:00.000Z", "coords": COORDS | coords} | (place or {})
    body = json.dumps({"location": location, "device_id": "truck-1"}, indent=1).encode()
    return read("osmand", request("POST", "", body), **(options or {}))


def test_both_dialects_name_the_same_phone_place_and_time():
    seen = [(one.mover, one.lat_deg, one.lon_deg, one.observed_ns) for one in (only_report(get()), only_report(post()))]
    assert seen[0] == seen[1] == ("phone:truck-1", 33.5, 38.6, from_rfc3339("2017-05-18T09:30:00Z"))


def test_the_query_has_knots_and_the_json_metres_per_second():
    assert only_report(get(speed=10)).speed_mps == pytest.approx(5.1444, abs=1e-4)
    assert only_report(post(speed=10)).speed_mps == 10.0


def test_an_app_that_sends_metres_per_second_in_the_query_is_a_setting():
    assert only_report(get({"speed_unit": "mps"}, speed=10)).speed_mps == 10.0


def test_an_accuracy_of_68_percent_becomes_one_of_95():
    assert only_report(get(accuracy=10)).accuracy_m == pytest.approx(16.21, abs=0.01)
    assert only_report(post(accuracy=10)).accuracy_m == pytest.approx(10 * R95_PER_R68)


@pytest.mark.parametrize("value", [0, -1, None, ""])
def test_an_accuracy_of_0_or_minus_1_is_not_known(value: object):
    assert isnan(only_report(get(accuracy=value)).accuracy_m)
    assert isnan(only_report(post(accuracy=None if value == "" else value)).accuracy_m)


def test_minus_1_is_no_speed_and_no_heading():
    report = only_report(post(speed=-1, heading=-1))
    assert isnan(report.speed_mps)
    assert isnan(report.track_deg)


@pytest.mark.parametrize(
    "timestamp", ["1495099800", "1495099800000", "2017-05-18T09:30:00Z", "2017-05-18T12:30:00+03:00", "1495099800.0"]
)
def test_every_way_to_write_a_time_is_read(timestamp: str):
    assert only_report(get(timestamp=timestamp)).observed_ns == from_rfc3339("2017-05-18T09:30:00Z")


def test_a_time_without_a_zone_is_refused_unless_the_setting_says_which():
    assert only_refusal(get(timestamp="2017-05-18 12:30:00")).field == "timestamp"
    found = only_report(get({"zone": "+03:00"}, timestamp="2017-05-18 12:30:00")).observed_ns
    assert found == from_rfc3339("2017-05-18T09:30:00Z")


@pytest.mark.parametrize("timestamp", ["0", "4070908800", "4070908800000", "yesterday", "NaN", "inf"])
def test_a_time_of_1970_or_2099_is_refused(timestamp: str):
    assert only_refusal(get(timestamp=timestamp)).field == "timestamp"


def test_a_request_without_a_time_is_reported_without_one():
    assert only_report(get(timestamp=None)).observed_ns is None


def test_an_altitude_of_unknown_datum_is_refused_once_a_phone():
    fresh = decoder("osmand", "phones")
    data = request("GET", urlencode(QUERY | {"altitude": 700})) * 3 + request(
        "GET", urlencode(QUERY | {"id": "b", "altitude": 7})
    )
    got = fresh.receive(data, HEARD_NS)
    assert [refusal.mover for refusal in refusals(got)] == ["phone:truck-1", "phone:b"]
    assert len(reports(got)) == 4


def test_the_operator_may_say_what_these_phones_send():
    assert only_report(get({"datum": "wgs84"}, altitude=700)).altitude_wgs84_m == 700.0


def test_an_ellipsoidal_altitude_has_its_datum():
    report = only_report(post(altitude=680, ellipsoidal_altitude=700, altitude_accuracy=10))
    assert report.altitude_wgs84_m == 700.0
    assert report.vertical_accuracy_m == pytest.approx(19.6)


def test_location_in_one_parameter_and_the_other_names_are_read():
    got = get(lat=None, lon=None, id=None, deviceid="truck-1", location="33.5,38.6", heading=45)
    assert (only_report(got).lat_deg, only_report(got).track_deg) == (33.5, 45.0)


def test_parameters_in_a_form_body_are_read():
    assert only_report(read("osmand", request("POST", "", urlencode(QUERY).encode()))).mover == "phone:truck-1"


def test_percent_and_plus_are_decoded():
    assert only_report(get(id="Lkw Süd+1")).mover == "phone:Lkw Süd+1"


@settings(max_examples=200, deadline=None)
@given(encoded=st.binary(max_size=40) | st.text("%+&=aF09é ", max_size=40).map(str.encode))
def test_percent_decoding_is_that_of_the_web(encoded: bytes):
    assert _unquoted(encoded) == unquote_to_bytes(encoded.replace(b"+", b" "))


def test_several_locations_in_one_request_are_several_reports():
    places = [{"timestamp": f"2017-05-18T09:30:0{k}Z", "coords": COORDS} for k in range(3)]
    body = json.dumps({"location": [*places, {"coords": 7}], "device_id": 7}).encode()
    got = read("osmand", request("POST", "", body))
    assert len(got) == 1
    body = json.dumps({"location": places, "device_id": 7}).encode()
    assert len(reports(read("osmand", request("POST", "", body)))) == 3


@pytest.mark.parametrize(
    "over", [{"lat": 91}, {"lon": -181}, {"lat": "NaN"}, {"lat": None}, {"id": None}, {"valid": "false"}, {"lat": 0, "lon": 0}]
)
def test_a_request_without_a_usable_place_or_name_is_refused(over: dict[str, Any]):
    got = get(**over)
    assert reports(got) == []
    assert len(refusals(got)) == 1


def test_a_bad_speed_is_refused_alone():
    got = get(speed=-3)
    assert only_refusal(got).field == "speed"
    assert len(reports(got)) == 1


@pytest.mark.parametrize(
    "body", [b"{", b'{"location":7}', b"{}", b'{"device_id":"a","location":{"coords":7}}', b'{"a":' * 9_000]
)
def test_json_that_is_no_position_is_refused(body: bytes):
    got = read("osmand", request("POST", "", body))
    assert reports(got) == []
    assert len(refusals(got)) == 1


def test_a_token_never_enters_the_bytes():
    assert b"hush" not in request("GET", "token=hush&id=a&Password=hush&lat=1&lon=2")


def test_too_many_parameters_are_refused():
    assert "parameters" in only_refusal(read("osmand", request("GET", "a=1&" * 200))).accepted


# ── what was not meant for one phone or one place ────────────────────────────────────────────────────────────────────

AT = "lat=33.5&lon=38.6&timestamp=1495099800"


@pytest.mark.parametrize("name", ["id", "deviceid"])
@pytest.mark.parametrize("encoded", ["%ff%fe", "truck-%e4", "%ed%a0%80", "%EF%BF%BD"])
def test_a_phone_whose_name_is_no_text_is_refused_and_shares_no_mover(name: str, encoded: str):
    got = read("osmand", request("GET", f"{name}={encoded}&{AT}"))

    assert reports(got) == []
    assert only_refusal(got).field in (name, "id")


def test_the_bytes_of_a_name_that_is_no_text_are_shown():
    refusal = only_refusal(read("osmand", request("GET", f"id=%ff%fe&{AT}")))

    assert (refusal.value, refusal.accepted) == ("what begins with the bytes ff fe", "text in UTF-8, percent-encoded")


@pytest.mark.parametrize(
    ("query", "body", "field"),
    [
        (f"id=a&{AT}&lat=51", b"", "lat"),
        (f"id=a&{AT}&lon=39", b"", "lon"),
        (f"id=a&id=b&{AT}", b"", "id"),
        (f"id=a&deviceid=b&{AT}", b"", "id, deviceid"),
        (f"id=a&{AT}", b"lat=51", "lat"),
        (f"id=a&{AT}&location=51,39", b"", "location"),
        (f"id=a&{AT}&bearing=1&heading=2", b"", "bearing, heading"),
        (f"id=a&{AT}&timestamp=1495099801", b"", "timestamp"),
        ("", b'{"device_id":"a","location":{"coords":{"latitude":50,"latitude":51,"longitude":1}}}', "latitude"),
        ("id=b", b'{"device_id":"a","location":{"coords":{"latitude":50,"longitude":1}}}', "device_id"),
    ],
)
def test_what_is_given_twice_and_not_the_same_is_refused_and_none_chosen(query: str, body: bytes, field: str):
    got = read("osmand", request("POST" if body else "GET", query, body))

    assert reports(got) == []
    assert only_refusal(got).field == field


def test_what_is_given_twice_the_same_is_taken():
    assert only_report(read("osmand", request("POST", f"id=a&{AT}", b"id=a&lat=33.5"))).lat_deg == 33.5


def test_a_parameter_that_nobody_reads_may_be_anything():
    assert only_report(read("osmand", request("GET", f"id=a&{AT}&batt=%ff&batt=2&%ff=1"))).mover == "phone:a"
