"""Truncated, mis-encoded, hostile and merely wrong requests: a clear refusal, and nothing else affected."""

import pytest

from openline.node.doors.acts import ACTS
from openline.node.doors.guard import CSP
from openline.node.settings import Limits
from tests.rooms.node.doors import HEADERS, Doors, error_of, quick_limits


@pytest.fixture
def doors():
    return Doors()


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
