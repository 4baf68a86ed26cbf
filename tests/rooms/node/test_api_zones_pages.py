"""Zone files in and out, typed positions, and the pages that need no script."""

import json

import pytest

from openline.node.settings import Node
from tests.rooms.node.doors import HEADERS, ORIGIN, PASSWORD, Doors


@pytest.fixture
def doors():
    return Doors()


def test_zones_leave_as_geojson(doors):
    body = doors.sign_in().get("/api/v1/zones.geojson").json()

    assert [feature["id"] for feature in body["features"]] == ["south.example/1"]


def test_a_geojson_file_is_read_and_changes_nothing(doors):
    doors.sign_in("operator")
    feature = {"type": "Feature", "id": "z", "geometry": {"type": "Point", "coordinates": [38.6, 33.5]},
               "properties": {"radius_m": 1000, "name": "Z"}}  # fmt: skip
    answer = doors.client.post(
        "/api/v1/zones/read", content=json.dumps(feature), headers={**HEADERS, "content-type": "application/geo+json"}
    )

    assert [zone["name"] for zone in answer.json()["zones"]] == ["Z"]
    assert doors.desk.kinds() == ["login"]


@pytest.mark.parametrize("data", [b"", b"hello", b"{", b"<kml", b"PK\x03\x04", b"\xff" * 100, b'{"type":"Feature"}'])
def test_a_file_that_is_no_zone_file_is_refused(doors, data):
    doors.sign_in("operator")
    answer = doors.client.post(
        "/api/v1/zones/read", content=data, headers={**HEADERS, "content-type": "application/octet-stream"}
    )

    assert answer.status_code == 422


def test_the_login_form_leads_to_the_alarms_as_text(doors):
    answer = doors.client.post("/login", data={"name": "viewer", "password": PASSWORD}, headers={"origin": ORIGIN})

    assert (answer.status_code, answer.headers["location"]) == (303, "/text")
    assert doors.client.get("/text").status_code == 200


def test_the_login_form_says_why_it_was_refused_without_repeating_anything(doors):
    answer = doors.client.post("/login", data={"name": "<b>x", "password": "y<script>"}, headers={"origin": ORIGIN})

    assert answer.status_code == 401
    assert "<b>x" not in answer.text
    assert "y<script>" not in answer.text


def test_another_sites_form_cannot_sign_anybody_in(doors):
    answer = doors.client.post(
        "/login", data={"name": "viewer", "password": PASSWORD}, headers={"origin": "http://evil.example"}
    )

    assert answer.status_code == 403


def test_hostile_text_in_an_alarm_is_text_on_the_page(doors):
    doors.desk.raise_alarm(says="<script>alert(1)</script>", callsign='"><img src=x onerror=alert(1)>')
    text = doors.sign_in().get("/text").text

    assert "<script" not in text
    assert "<img" not in text


def test_the_printed_log_shows_each_entry(doors):
    text = doors.sign_in().get("/api/v1/log.html").text

    assert "event: in" in text
    assert "guarantees nothing" in text


def test_the_printed_log_begins_with_the_newest_page_and_leads_to_the_older_ones(doors):
    client = doors.sign_in()
    row = {"at": "2024-01-01T00:00:00.000Z", "kind": "act", "who": "amal", "role": "operator"}
    doors.desk.entries[:] = [{"index": i, "says": f"note-{i}", **row} for i in range(7)]
    newest = client.get("/api/v1/log.html?limit=3").text
    older = client.get("/api/v1/log.html?limit=3&before=4").text

    assert [f"note-{i}" in newest for i in range(7)] == [False] * 4 + [True] * 3
    assert 'href="?before=4&amp;limit=3"' in newest
    assert [f"note-{i}" in older for i in range(7)] == [False] + [True] * 3 + [False] * 3


@pytest.mark.parametrize("query", ["before=-1", "after=x", "limit=0", "whole=2", "before=1e3"])
def test_a_page_of_the_log_that_is_none_is_refused(doors, query):
    assert doors.sign_in().get(f"/api/v1/log.html?{query}").status_code == 422


def test_an_incident_is_printed_alone_and_an_unknown_one_is_not(doors):
    client = doors.sign_in()

    assert "Incident: i-1" in client.get("/api/v1/log.html?incident=i-1").text
    assert client.get("/api/v1/log.html?incident=nope").status_code == 404


def test_the_session_answer_is_the_same_whatever_the_clock_of_the_browser(doors):
    assert doors.sign_in().get("/api/v1/session").headers["content-type"] == "application/json"


# ── typed positions ──────────────────────────────────────────────────────────────────────────────────────────────────


def typed(doors, **body):
    doors.sign_in("operator")
    return doors.client.post("/api/v1/position", json=body, headers=HEADERS)


def test_a_typed_position_is_echoed_in_every_notation_and_near_a_known_place(doors):
    body = typed(doors, text="33 30.42 N 38 37.08 E").json()

    assert [
        set(reading) >= {"form", "lat_deg", "lon_deg", "mgrs", "dms", "ddm", "dd", "near"} for reading in body["readings"]
    ] == [True]
    assert body["readings"][0]["near"] == "at Tanf 55 km"


def test_the_same_position_twice_makes_a_person_look_twice(doors):
    assert typed(doors, text="33.5 N 38.6 E", previous=[33.5, 38.6]).json()["warnings"]


def test_your_own_position_typed_in_needs_a_second_person():
    doors = Doors(node=Node(party="south.example", own_positions=("33.4 N 38.5 E", "33°30.00′N 38°36.00′E")))

    (warning,) = typed(doors, text="33.50000 N 38.60000 E").json()["warnings"]
    assert "own position" in warning
    assert "second person" in warning


@pytest.mark.parametrize(("text", "far"), [("33.5 N 38.6 E", False), ("37.5 N 38.6 E", False), ("48.5 N 2.6 E", True)])
def test_a_position_far_from_everything_watched_is_doubted(doors, text, far):
    assert any("outside the area" in one for one in typed(doors, text=text).json()["warnings"]) is far


def test_where_no_area_is_wanted_none_is_doubted():
    doors = Doors(node=Node(party="south.example", area_km=0.0))

    assert typed(doors, text="48.50000 N 2.60000 E").json()["warnings"] == []


@pytest.mark.parametrize(
    "body", [{}, {"text": 7}, {"text": ""}, {"text": "there"}, {"text": "9" * 300}, {"text": "33.5", "previous": 1}]
)
def test_what_is_no_position_is_refused(doors, body):
    assert typed(doors, **body).status_code == 422


def test_zones_leave_as_kml_and_come_back(doors):
    data = doors.sign_in("operator").get("/api/v1/zones.kml").content
    headers = {**HEADERS, "content-type": "application/vnd.google-earth.kml+xml"}
    answer = doors.client.post("/api/v1/zones/read", content=data, headers=headers)

    assert [zone["name"] for zone in answer.json()["zones"]] == ["Tanf 55 km"]


def test_zones_may_be_pasted_as_text(doors):
    data = doors.sign_in("operator").get("/api/v1/zones.geojson").text
    answer = doors.client.post("/api/v1/zones/read", json={"text": data}, headers=HEADERS)

    assert [zone["id"] for zone in answer.json()["zones"]] == ["south.example/1"]
