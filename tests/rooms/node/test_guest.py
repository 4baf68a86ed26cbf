"""The guest link, as a driver with an old phone meets it: four forms, no script, nothing passed by copying."""

import re
from html.parser import HTMLParser

import msgspec
import pytest

from openline.console.pages import guest as pages
from openline.line.notice import LengthQuestion
from openline.node.doors import guest
from openline.node.settings import Listen
from tests.rooms.node.doors import Doors, error_of, quick_limits
from tests.rooms.node.fake_desk import TANF

NEVER_SAID = "guarantees nothing"


@pytest.fixture
def doors():
    return Doors()


def make(doors, role="operator", **more):
    """A notice; its path and id."""
    doors.sign_in(role)
    body = {"zone": TANF.id, "to": "Driver <1>", "over": "sms", "valid_minutes": 30, "text": "Call me.", **more}
    said = doors.act("notice.make", **body).json()["said"]
    doors.client.cookies.clear()
    return said["link"].removeprefix("http://testserver"), said["id"]


def post(doors, path, step, **fields):
    return doors.client.post(path, data={"step": step, **fields})


def right(doors, id):
    """The answers that agree."""
    answers = {"name": "Sami"}
    for question in doors.desk.notices[id].questions:
        if isinstance(question, LengthQuestion):
            answers |= {question.field: f"{question.length_m / 1000:g}", f"{question.field}_unit": "km"}
        else:
            answers[question.field] = question.right
    return answers


def opened(doors):
    path, id = make(doors)
    post(doors, path, "open")
    return path, id


# ── making ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_link_is_in_the_answer_and_nowhere_else(doors):
    path, id = make(doors)
    token = path.removeprefix("/g/")

    assert len(token) == 22
    assert [place for place in (doors.desk.entries, doors.desk.frames, doors.desk.state(), id) if token in repr(place)] == []


def test_the_answer_carries_the_link_as_a_code_to_be_photographed(doors):
    doors.sign_in()
    body = {"zone": TANF.id, "to": "Driver", "over": "paper", "valid_minutes": 30}

    assert doors.act("notice.make", **body).json()["said"]["link_qr"].startswith("data:image/svg+xml")


def test_what_the_page_shows_and_asks_is_in_the_record(doors):
    make(doors)
    recorded = doors.desk.entries[-1]["says"]

    assert "55 km" in " ".join(recorded["words"])
    assert [question["field"] for question in recorded["questions"]] == ["distance", "middle", "asks", "until"]


def test_a_link_to_this_machine_only_says_so(doors):
    doors.sign_in()
    body = {"zone": TANF.id, "to": "Driver", "over": "sms", "valid_minutes": 30}
    headers = {"host": "127.0.0.1:8470", "x-openline": "1", "origin": "http://127.0.0.1:8470", "cookie": _cookie(doors)}
    said = doors.client.post("/api/v1/acts", json={"act": "notice.make", **body}, headers=headers).json()["said"]

    assert "this machine only" in said["link_note"]


def _cookie(doors):
    return "; ".join(f"openline_session_8470={value}" for value in doors.client.cookies.values())


def test_an_open_node_gives_the_name_phones_can_reach():
    listen = Listen(host="0.0.0.0", tls="self_signed", hosts=("line.south.example",))
    shell = Doors(listen=listen).shell

    assert guest.reachable(shell, "https://127.0.0.1:8470") == "https://line.south.example:8470"


@pytest.mark.parametrize(
    ("host", "addresses", "reached"),
    [
        ("0.0.0.0", ["192.0.2.7", "2001:db8::7"], "https://192.0.2.7:8470"),
        ("::", ["2001:db8::7"], "https://[2001:db8::7]:8470"),
        ("192.0.2.9", ["192.0.2.7"], "https://192.0.2.9:8470"),
        ("0.0.0.0", [], "https://localhost:8470"),
        ("127.0.0.1", ["192.0.2.7"], "https://localhost:8470"),
    ],
)
def test_without_a_name_a_link_carries_an_address_that_a_phone_can_reach(monkeypatch, host, addresses, reached):
    monkeypatch.setattr("openline.node.doors.tls.own_addresses", lambda: addresses)
    shell = Doors(listen=Listen(host=host, tls="self_signed")).shell

    assert guest.reachable(shell, "https://localhost:8470") == reached


@pytest.mark.parametrize(
    ("field", "value"),
    [("zone", "nothing"), ("valid_minutes", 0), ("valid_minutes", "soon"), ("to", ""), ("text", "x" * 2_001)],
)
def test_a_notice_that_cannot_be_is_refused_before_anything_is_recorded(doors, field, value):
    doors.sign_in()
    body = {"zone": TANF.id, "to": "Driver", "over": "sms", "valid_minutes": 30, field: value}
    answer = doors.act("notice.make", **body)

    assert answer.status_code == 422
    assert error_of(answer)["accepted"]
    assert doors.desk.kinds() == ["login"]


# ── the four steps ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_looking_at_the_link_changes_nothing_since_messengers_look_too(doors):
    path, id = make(doors)
    text = doors.client.get(path).text

    assert doors.desk.notices[id].state == "made"
    assert "55 km" not in text


def test_opening_shows_the_notice_and_is_recorded(doors):
    path, id = make(doors)
    text = post(doors, path, "open").text

    assert doors.desk.notices[id].state == "opened"
    assert [word for word in ("55 km", "<svg", "make contact", "Call me.", "Driver &lt;1&gt;") if word not in text] == []


def test_the_questions_stand_on_a_page_without_the_answers(doors):
    path, _ = opened(doors)
    text = post(doors, path, "ask").text
    plain = re.sub(r"<[^>]+>", " ", text)

    assert "55" not in plain
    assert "<svg" not in text
    assert " checked" not in text
    assert "selected" not in text.replace('value="" selected', "")


def test_a_right_answer_turns_the_notice_quiet_and_is_recorded_with_the_name(doors):
    path, id = opened(doors)
    answer = post(doors, path, "answer", **right(doors, id))

    assert doors.desk.notices[id].state == "read_back"
    assert "agrees with the notice" in answer.text
    assert doors.desk.entries[-1]["says"]["name"] == "Sami"


def test_two_digits_the_wrong_way_round_leave_it_not_confirmed(doors):
    path, id = opened(doors)
    said = {**right(doors, id), "distance": "45", "distance_unit": "km"}
    answer = post(doors, path, "answer", **said)

    assert doors.desk.notices[id].differs == ("distance",)
    assert "does not agree with the notice: the distance" in answer.text


def test_i_am_not_sure_is_an_answer_and_a_mismatch(doors):
    path, id = opened(doors)
    post(doors, path, "answer", **{**right(doors, id), "until": "unsure"})

    assert doors.desk.notices[id].differs == ("until",)


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("distance", "x"), ("distance_unit", ""), ("middle", "elsewhere"), ("until", "")]
)
def test_a_form_with_a_hole_is_shown_again_and_is_no_answer(doors, field, value):
    path, id = opened(doors)
    answer = post(doors, path, "answer", **{**right(doors, id), field: value})

    assert answer.status_code == 422
    assert doors.desk.notices[id].state == "opened"


def test_an_answer_is_given_once(doors):
    path, id = opened(doors)
    post(doors, path, "answer", **{**right(doors, id), "distance": "45"})
    answer = post(doors, path, "answer", **right(doors, id))

    assert doors.desk.notices[id].state == "mismatch"
    assert "does not agree" in answer.text


def test_nobody_answers_what_he_has_not_opened(doors):
    path, id = make(doors)
    post(doors, path, "answer", **right(doors, id))

    assert doors.desk.notices[id].state == "made"


def test_opening_again_is_not_recorded_again(doors):
    path, _ = opened(doors)
    for step in ("open", "show", "ask", "open"):
        post(doors, path, step)

    assert doors.desk.kinds().count("notice.open") == 1


def test_a_revoked_notice_says_so_and_takes_no_answer(doors):
    path, id = opened(doors)
    doors.sign_in()
    doors.act("notice.revoke", notice=id, reason="changed")
    text = post(doors, path, "answer", **right(doors, id)).text

    assert "taken back" in text
    assert doors.desk.notices[id].state == "revoked"


def test_a_notice_whose_time_is_over_says_so(doors):
    path, id = opened(doors)
    doors.clock.later(31 * 60)

    assert "run out" in post(doors, path, "answer", **right(doors, id)).text
    assert doors.desk.notices[id].state == "opened"


def test_when_the_record_has_stopped_the_person_is_told_to_speak_to_somebody(doors):
    path, id = opened(doors)
    doors.desk.stopped = True
    doors.desk._step = lambda *_: {}
    answer = post(doors, path, "answer", **right(doors, id))

    assert answer.status_code == 503
    assert "Speak to the person" in answer.text


# ── strangers ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("token", ["A" * 22, "A", "A" * 200, "..", "%00", "ä" * 22, "A" * 21 + "=", "<script>"])
def test_every_wrong_token_gets_the_same_page_and_is_counted(doors, token):
    known = doors.client.get("/g/" + "B" * 22)
    answer = doors.client.get(f"/g/{token}")
    if "/" in token or token == "..":
        return

    assert (answer.status_code, answer.text) == (404, known.text)
    assert doors.shell.counters.get("openline_guest_total", outcome="unknown") == 2


def test_guessing_is_slowed_down():
    doors = Doors(limits=quick_limits(guests_per_min=20.0))
    codes = [doors.client.get("/g/" + "A" * 22).status_code for _ in range(11)]

    assert (codes[9], codes[10]) == (404, 429)


def test_the_id_of_a_notice_opens_nothing(doors):
    _, id = make(doors)

    assert doors.client.get(f"/g/{id}").status_code == 404


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a=" * 5_000, b"step=open&" * 100, b"step=%ff%fe", b"step=nothing"])
def test_no_form_whatever_breaks_the_page(doors, data):
    path, _ = make(doors)
    headers = {"content-type": "application/x-www-form-urlencoded"}

    assert doors.client.post(path, content=data, headers=headers).status_code in (200, 413, 422)


def test_hostile_text_stays_text(doors):
    path, _ = make(doors, text="<script>alert(1)</script>", to='"><img src=x>')
    text = post(doors, path, "open").text

    assert [word for word in ("<script", "<img") if word in text] == []


def test_a_page_shows_nothing_that_turns_its_text_around_whatever_an_old_record_holds(doors):
    _, id = make(doors)
    old = msgspec.structs.replace(doors.desk.notices[id], text="x\u202e\x1b[2J")
    text = pages.told(pages.Sender("south.example", False), old)

    assert [odd for odd in ("\u202e", "\x1b") if odd in text] == []


class Outline(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.labelled = 0

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]


@pytest.mark.parametrize("step", ["", "open", "ask", "answer"])
def test_every_page_works_without_script_and_says_what_it_is_not(doors, step):
    path, id = opened(doors) if step in ("ask", "answer") else make(doors)
    answer = doors.client.get(path) if not step else post(doors, path, step, **right(doors, id))
    page = Outline()
    page.feed(answer.text)

    assert NEVER_SAID in answer.text
    assert [tag for tag in page.tags if tag in ("script", "style", "iframe", "object")] == []
    assert [name for name in page.attributes if name.startswith("on") or name == "style"] == []
    assert answer.text.startswith('<!doctype html>\n<html lang="en" dir="ltr">')


def test_the_pages_may_send_their_forms_with_an_origin(doors):
    path, _ = make(doors)

    assert doors.client.get(path).headers["referrer-policy"] == "same-origin"


# ── what a stranger types ends on screens and terminals ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "character"),
    [
        ("Bob\nALARM: all clear", "U+000A"), ("Bob\x1b[2J", "U+001B"), ("\u202eecivres", "U+202E"), ("Bob\u2028x", "U+2028"),
        ("Bob\x9b2J", "U+009B"), ("B\u2066ob", "U+2066"), ("Bo\x00b", "U+0000"), ("Bob\u200bx", "U+200B"),
    ],
)  # fmt: skip
def test_a_name_no_screen_shows_is_refused_with_its_field_and_nothing_is_recorded(doors, name, character):
    path, id = opened(doors)
    before = doors.desk.kinds()
    answer = post(doors, path, "answer", **{**right(doors, id), "name": name})

    assert answer.status_code == 422
    assert "your name: a character that cannot be seen" in answer.text
    assert character in answer.text
    assert doors.desk.kinds() == before
    assert doors.desk.notices[id].state == "opened"


def test_a_name_too_long_is_refused_in_words_that_name_it(doors):
    path, id = opened(doors)
    answer = post(doors, path, "answer", **{**right(doors, id), "name": "x" * 81})

    assert answer.status_code == 422
    assert "your name: at most 80 characters" in answer.text


@pytest.mark.parametrize("name", ["Zoë Müller", "سامي", "می‌خواهم", "अम्बा", "王小明 (truck 7)", "  Sami  "])
def test_names_of_every_script_are_taken(doors, name):
    path, id = opened(doors)
    post(doors, path, "answer", **{**right(doors, id), "name": name})

    assert doors.desk.notices[id].state == "read_back"


@pytest.mark.parametrize("field", ["to", "over", "text"])
@pytest.mark.parametrize("character", ["\x1b", "\u202e", "\x07", "\u2067"])
def test_a_notice_with_such_characters_is_refused_before_anything_is_recorded(doors, field, character):
    doors.sign_in()
    body = {"zone": TANF.id, "to": "Driver", "over": "sms", "valid_minutes": 30, field: f"Dri{character}ver"}
    answer = doors.act("notice.make", **body)

    assert (answer.status_code, error_of(answer)["field"]) == (422, field)
    assert doors.desk.kinds() == ["login"]


def test_the_text_of_a_notice_may_have_lines_and_its_addressee_may_not(doors):
    doors.sign_in()
    body = {"zone": TANF.id, "to": "Driver", "over": "sms", "valid_minutes": 30, "text": "One.\r\nTwo.\tThree."}

    assert doors.act("notice.make", **body).status_code == 200
    assert error_of(doors.act("notice.make", **{**body, "to": "Driver\nALARM"}))["field"] == "to"
