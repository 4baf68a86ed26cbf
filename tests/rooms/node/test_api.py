"""The endpoints of docs/api.md: who may, what is refused and how it is said, what every answer carries."""

import json

import pytest

from openline.node.doors.acts import ACTS
from openline.node.doors.guard import CSP
from tests.rooms.node.doors import HEADERS, ORIGIN, PASSWORD, PHONE_TOKEN, Doors, error_of, quick_limits

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

    assert cookie.startswith("openline_session_80=")
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
    token = client.cookies["openline_session_80"]
    client.post("/api/v1/logout", json={}, headers=HEADERS)
    client.cookies.set("openline_session_80", token)

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
    text = doors.sign_in("viewer").get("/metrics").text

    assert 'openline_refusals_total{code="T-211"} 1' in text
    assert "openline_movers 0" in text
