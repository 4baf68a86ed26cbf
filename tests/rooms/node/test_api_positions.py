"""Feeds that come to the node: rows and phones, by their token or in a person's session."""

import pytest

from openline.node.doors import api_write
from tests.rooms.node.doors import HEADERS, NDJSON_TOKEN, PHONE_TOKEN, Doors, error_of, quick_limits


@pytest.fixture
def doors():
    return Doors()


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


@pytest.mark.parametrize(("sent", "read"), [(b"id=caf\xc3\xa9", "id=caf%C3%A9"), (b"id=\xff&lat=1", "id=%FF&lat=1")])
def test_bytes_in_an_address_that_should_have_been_encoded_reach_the_decoder_as_they_are(sent, read):
    assert api_write._ascii(sent) == read
