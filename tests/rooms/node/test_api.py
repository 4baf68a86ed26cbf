"""The endpoints of docs/api.md: who may, what is refused and how it is said, what every answer carries."""

import json

import pytest

from openline.node.acts import ACTS
from openline.node.guard import CSP
from openline.node.settings import Limits
from tests.rooms.node.doors import HEADERS, NDJSON_TOKEN, ORIGIN, PASSWORD, PHONE_TOKEN, Doors, error_of, quick_limits

READING = [
    "/api/v1/session",
    "/api/v1/state",
    "/api/v1/tracks",
    "/api/v1/tracks/icao:4ca7b3",
    "/api/v1/incidents/i-1",
    "/api/v1/log",
    "/api/v1/zones.geojson",
    "/api/v1/zones.kml",
]
JSON_POSTS = ["/api/v1/acts", "/api/v1/zones/read", "/api/v1/position"]


@pytest.fixture
def doors():
    return Doors()


# ── who may ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", READING)
def test_nothing_is_shown_to_a_stranger(doors, path):
    assert error_of(doors.client.get(path))["code"] == "T-211"


@pytest.mark.parametrize("path", ["/text", "/api/v1/log.html"])
def test_a_page_leads_a_stranger_to_the_sign_in(doors, path):
    answer = doors.client.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("path", JSON_POSTS)
def test_a_stranger_changes_nothing(doors, path):
    assert doors.client.post(path, json={"act": "alarm.acknowledge", "alarm": "a-1"}, headers=HEADERS).status_code == 401


def test_the_cookie_is_for_this_host_only_and_no_script_can_read_it(doors):
    answer = doors.client.post("/api/v1/login", json={"name": "viewer", "password": PASSWORD}, headers=HEADERS)
    cookie = answer.headers["set-cookie"].lower()

    assert cookie.startswith("openline_session=")
    assert [part for part in ("httponly", "samesite=strict", "path=/") if part not in cookie] == []


def test_under_tls_the_cookie_is_bound_to_the_host_and_to_tls(doors):
    from openline.node.settings import Listen

    secure = Doors(listen=Listen(host="0.0.0.0", tls="self_signed", hosts=("testserver",)))
    headers = {**HEADERS, "origin": "https://testserver"}
    answer = secure.client.post(
        "https://testserver/api/v1/login", json={"name": "viewer", "password": PASSWORD}, headers=headers
    )

    assert answer.headers["set-cookie"].startswith("__Host-openline_session=")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers


def test_a_session_says_who_is_signed_in_where(doors):
    body = doors.sign_in("supervisor").get("/api/v1/session").json()

    assert {key: body[key] for key in ("name", "role", "party", "exercise")} == {
        "name": "supervisor", "role": "supervisor", "party": "south.example", "exercise": False,
    }  # fmt: skip


def test_signing_out_ends_the_session_on_the_server(doors):
    client = doors.sign_in()
    token = client.cookies["openline_session"]
    client.post("/api/v1/logout", json={}, headers=HEADERS)
    client.cookies.set("openline_session", token)

    assert client.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("role", ["viewer", "auditor", "facilitator"])
@pytest.mark.parametrize("act", ACTS)
def test_roles_that_only_look_may_do_no_act(doors, role, act):
    doors.sign_in(role)

    assert doors.act(act, **dict.fromkeys(ACTS[act].needs, "x")).status_code == 403


@pytest.mark.parametrize("act", [name for name, rule in ACTS.items() if rule.least == "supervisor"])
def test_what_asks_for_a_supervisor_is_refused_to_an_operator(doors, act):
    doors.sign_in("operator")
    answer = doors.act(act, **dict.fromkeys(ACTS[act].needs, "x"))

    assert error_of(answer)["code"] == "T-203"
    assert doors.desk.kinds() == ["login"]


def test_an_act_answers_with_its_entry_once_it_is_recorded(doors):
    doors.desk.raise_alarm()
    doors.sign_in()
    answer = doors.act("alarm.acknowledge", alarm="a-1")

    assert answer.json()["index"] == 1
    assert answer.json()["said"]["alarm"]["acknowledged_by"] == "operator"
    assert doors.desk.kinds() == ["login", "alarm.acknowledge"]


def test_an_act_the_state_does_not_allow_is_a_conflict(doors):
    doors.desk.raise_alarm(state="acknowledged")
    doors.sign_in()

    assert doors.act("alarm.acknowledge", alarm="a-1").status_code == 409


def test_when_the_record_has_stopped_an_act_is_not_taken(doors):
    doors.sign_in()
    doors.desk.raise_alarm()
    doors.desk.stopped = True
    answer = doors.act("alarm.acknowledge", alarm="a-1")

    assert (answer.status_code, error_of(answer)["code"]) == (503, "W-301")


def test_after_idling_a_screen_still_shows_but_an_act_needs_the_password_again(doors):
    client = doors.sign_in()
    doors.clock.later(16 * 60)

    assert client.get("/api/v1/state").status_code == 200
    assert error_of(doors.act("alarm.acknowledge", alarm="a-1")) | {"idle": True} == error_of(
        doors.act("alarm.acknowledge", alarm="a-1")
    )


def test_a_person_who_acts_too_fast_is_told_to_wait():
    doors = Doors(limits=quick_limits(acts_per_min=30.0))
    doors.sign_in()
    answers = [doors.act("alarm.silence", alarm="a-1").status_code for _ in range(11)]

    assert (answers[:10], answers[10]) == ([200] * 10, 429)


# ── other sites ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "headers",
    [
        {"x-openline": "1"},
        {"origin": ORIGIN},
        {"x-openline": "1", "origin": "http://evil.example"},
        {"x-openline": "1", "origin": "null"},
        {"x-openline": "1", "origin": "https://testserver"},
        {"x-openline": "1", "origin": ORIGIN, "sec-fetch-site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/login", "/api/v1/acts", "/api/v1/logout"])
def test_another_sites_page_can_change_nothing(doors, headers, path):
    doors.sign_in()
    body = {"name": "operator", "password": PASSWORD, "act": "alarm.silence", "alarm": "a-1"}
    if path == "/api/v1/acts":
        body = {"act": "alarm.silence", "alarm": "a-1"}

    assert doors.client.post(path, json=body, headers=headers).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8470", "", "localhost.evil.example", "127.0.0.1.evil.example"])
def test_a_foreign_name_that_points_here_is_refused(doors, host):
    doors.sign_in()
    answer = doors.client.get("/api/v1/state", headers={"host": host})

    assert (answer.status_code, error_of(answer)["code"]) == (403, "T-203")


@pytest.mark.parametrize("host", ["127.0.0.1:8470", "localhost:8470", "[::1]:8470", "192.168.1.20", "TESTSERVER:80"])
def test_a_bare_address_or_a_name_of_ours_is_answered(doors, host):
    assert doors.client.get("/healthz", headers={"host": host}).status_code == 200


# ── bad input ────────────────────────────────────────────────────────────────────────────────────────────────────────

BAD_JSON = [
    b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b'{"act": "\xff"}', b'{"act": NaN}', b"{'act': 1}",
    b'{"a":' * 100_000, b"[" * 100_000, b'{"a":' * 40 + b"1" + b"}" * 40, b'{"act": 1e999}',
    b"\x00", b'{"act": "\\ud800"}', b'{"act": ' + b"9" * 10_000 + b"}",
]  # fmt: skip


@pytest.mark.parametrize("data", BAD_JSON, ids=range(len(BAD_JSON)))
@pytest.mark.parametrize("path", ["/api/v1/acts", "/api/v1/login"])
def test_what_is_no_json_object_is_refused_with_a_field_and_a_remedy(doors, path, data):
    doors.sign_in("administrator")
    answer = doors.client.post(path, content=data, headers={**HEADERS, "content-type": "application/json"})

    assert answer.status_code in (400, 422)
    assert error_of(answer)["field"] in ("body", "act", "name")


def test_json_must_say_that_it_is_json(doors):
    doors.sign_in()
    answer = doors.client.post("/api/v1/acts", content=b"{}", headers={**HEADERS, "content-type": "text/plain"})

    assert error_of(answer)["field"] == "content-type"


def test_an_unknown_act_is_answered_with_the_acts_there_are(doors):
    doors.sign_in()

    assert "alarm.acknowledge" in error_of(doors.act("alarm.destroy"))["accepted"]


@pytest.mark.parametrize("act", ["notice.open", "notice.answer", "node.rules"])
def test_acts_of_guests_and_of_the_node_are_closed_to_people(doors, act):
    doors.sign_in("administrator")

    assert doors.act(act, notice="n-1").status_code == 422


@pytest.mark.parametrize("act", ACTS)
def test_a_missing_and_an_unknown_field_are_both_named(doors, act):
    doors.sign_in("administrator")
    whole = dict.fromkeys(ACTS[act].needs, "x")

    assert error_of(doors.act(act))["field"] == ACTS[act].needs[0]
    assert error_of(doors.act(act, **whole, colour="red"))["field"] == "colour"


def test_a_body_over_the_limit_is_refused_by_its_length_alone(doors):
    doors.sign_in()
    answer = doors.client.post(
        "/api/v1/acts", content=b"x" * (Limits().json_bytes_max + 1), headers={**HEADERS, "content-type": "application/json"}
    )

    assert (answer.status_code, error_of(answer)["code"]) == (413, "T-213")


def test_a_body_that_lies_about_its_length_is_cut_at_the_limit():
    doors = Doors(limits=quick_limits(json_bytes_max=10_000))
    doors.sign_in()
    pieces = (b" " * 1_000 for _ in range(11))
    answer = doors.client.post("/api/v1/acts", content=pieces, headers={**HEADERS, "content-type": "application/json"})

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=1e3", "limit=99999999", "limit=x", "limit=²", "q=" + "x" * 201]
)
def test_a_query_out_of_bounds_names_what_is_accepted(doors, query):
    field = query.partition("=")[0]

    assert error_of(doors.sign_in().get(f"/api/v1/tracks?{query}"))["field"] == field


@pytest.mark.parametrize("path", ["/api/v1/tracks/nobody", "/api/v1/incidents/none", "/api/v1/nothing", "/api/v2/state"])
def test_what_is_not_there_is_404_in_the_same_shape(doors, path):
    answer = doors.sign_in().get(path)

    assert (answer.status_code, error_of(answer)["code"]) == (404, "T-214")


def test_a_wrong_method_is_405_in_the_same_shape(doors):
    answer = doors.sign_in().delete("/api/v1/acts")

    assert answer.status_code == 405
    assert error_of(answer)["message"]


def test_our_own_mistake_is_shown_without_details_and_counted(doors):
    doors.sign_in()
    doors.desk.state = lambda: 1 / 0
    answer = doors.client.get("/api/v1/state")

    assert (answer.status_code, error_of(answer)["code"]) == (500, "O-103")
    assert "ZeroDivision" not in answer.text
    assert answer.headers["content-security-policy"] == CSP
    assert doors.shell.counters.get("openline_refusals_total", code="O-103") == 1


# ── what every answer carries ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/healthz", "/login", "/pages.css", "/api/v1/state", "/nothing", "/g/x"])
def test_every_answer_carries_the_strict_policy(doors, path):
    answer = doors.client.get(path)

    assert answer.headers["content-security-policy"] == CSP
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_policy_allows_no_inline_and_no_foreign_thing():
    assert [word for word in ("unsafe", "http:", "https:", "*") if word in CSP] == []


@pytest.mark.parametrize("path", ["/api/v1/state", "/api/v1/log", "/api/v1/log.html", "/api/v1/zones.geojson", "/text"])
def test_no_cache_keeps_what_the_node_says(doors, path):
    assert doors.sign_in().get(path).headers["cache-control"] == "no-store"


def test_the_log_of_requests_names_endpoints_and_never_paths_or_queries(doors, caplog):
    caplog.set_level("INFO", "openline.access")
    doors.client.get(f"/osmand?id=1&lat=33.5123&lon=38.6&token={PHONE_TOKEN}")
    doors.client.get("/g/AAAAAAAAAAAAAAAAAAAAAA")
    lines = [json.loads(record.message) for record in caplog.records]

    assert [line["endpoint"] for line in lines] == ["osmand", "look"]
    assert [word for word in ("33.5123", PHONE_TOKEN, "AAAA") if word in caplog.text] == []


def test_health_is_200_only_while_the_node_watches(doors):
    doors.desk.watching = False

    assert doors.client.get("/healthz").status_code == 503


def test_metrics_join_the_doors_counts_with_the_loops(doors):
    doors.client.get("/api/v1/state")
    text = doors.client.get("/metrics").text

    assert 'openline_refusals_total{code="T-211"} 1' in text
    assert "openline_movers 0" in text


# ── positions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def post_rows(doors, data, token=NDJSON_TOKEN, media="application/x-ndjson"):
    headers = {"content-type": media, **({"authorization": f"Bearer {token}"} if token else {})}
    return doors.client.post("/api/v1/reports", content=data, headers=headers)


def test_a_sender_with_its_token_is_told_what_was_taken_and_refused(doors):
    body = post_rows(doors, b'{"id":"a"}\nxx\n').json()

    assert (body["accepted"], body["refused"]) == (1, 1)
    assert body["refusals"][0]["field"] == "line"


def test_a_body_without_its_last_line_end_is_closed_for_the_next_one(doors):
    post_rows(doors, b'{"id":"a"}')

    assert doors.desk.received == [("trucks", b'{"id":"a"}\n')]


@pytest.mark.parametrize("token", ["wrong", "", PHONE_TOKEN, "\udc80"])
def test_a_wrong_token_is_refused(doors, token):
    headers = {"content-type": "application/x-ndjson", "authorization": f"Bearer {token}".encode("utf-8", "surrogatepass")}

    assert doors.client.post("/api/v1/reports", content=b"{}", headers=headers).status_code in (401, 403)


def test_a_person_may_send_rows_in_the_name_of_a_feed(doors):
    doors.sign_in("operator")
    headers = {**HEADERS, "content-type": "application/x-ndjson"}
    answer = doors.client.post("/api/v1/reports?source=trucks", content=b"{}\n", headers=headers)

    assert answer.json()["accepted"] == 1


def test_a_person_who_names_no_feed_is_told_which_there_are(doors):
    doors.sign_in("operator")
    headers = {**HEADERS, "content-type": "application/x-ndjson"}

    assert error_of(doors.client.post("/api/v1/reports", content=b"{}\n", headers=headers))["accepted"] == "trucks"


def test_a_format_that_is_not_taken_is_refused(doors):
    assert error_of(post_rows(doors, b"{}", media="application/xml"))["field"] == "content-type"


def test_a_batch_over_its_limit_is_refused_and_nothing_of_it_taken():
    doors = Doors(limits=quick_limits(reports_bytes_max=10_000))

    assert post_rows(doors, b"{}\n" * 4_000).status_code == 413
    assert doors.desk.received == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_phone_is_taken_and_its_token_stays_at_the_door(doors, method):
    answer = doors.client.request(method, f"/osmand?id=truck-1&lat=33.5&lon=38.6&timestamp=1495099800&token={PHONE_TOKEN}")

    assert answer.status_code == 200
    assert doors.desk.received[0][0] == "phones"
    assert PHONE_TOKEN.encode() not in doors.desk.received[0][1]


def test_a_phones_json_goes_to_the_decoder_whole(doors):
    body = b'{"device_id":"truck-1","location":{"coords":{"latitude":33.5,"longitude":38.6}}}'
    doors.client.post(f"/osmand?token={PHONE_TOKEN}", content=body, headers={"content-type": "application/json"})

    assert body in doors.desk.received[0][1]


@pytest.mark.parametrize("query", ["", "token=", "token=wrong", "id=1&lat=1&lon=1", f"token={NDJSON_TOKEN}", "a=b&" * 200])
def test_a_phone_without_its_token_is_refused(doors, query):
    assert doors.client.get(f"/osmand?{query}").status_code == 403


# ── zones and pages ──────────────────────────────────────────────────────────────────────────────────────────────────


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
