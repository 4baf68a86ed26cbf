"""Numbers of notices (R8): a gap is seen, asked for once and filled; initials and the telephone are due in their time."""

import json
from typing import Any

import pytest

from openline.clock import NS_PER_US
from openline.errors import NotThere, OutOfTurn, Refused
from openline.flow.serials import _number
from openline.flow.talk import Talk
from openline.flow.talking import texts
from openline.line import lanes
from openline.line.message import Message, write_message
from openline.line.serials import JUMP_MAX, MISSING_MAX, Serials
from openline.node.shown.lines import line_view, talk_view
from openline.record.entry import canonical
from scripts.line_vectors import NORTH, SOUTH, T0_US
from tests.rooms.flow.line_world import Desk, carry, met

MINUTE_S = 60


def zone(edition: int = 1, **more: Any) -> dict[str, Any]:
    params: dict[str, Any] = {"zone_text": "Tanf", "edition_number": edition, "issuer_party": SOUTH, "change_choice": "new"}
    params |= {"centre_lat_1e7": 335_000_000, "centre_lon_1e7": 386_000_000, "radius_m": 55_000, "floor_cm": 0}
    params |= {"floor_datum": "agl", "ceiling_datum": "unlimited", "start_us": T0_US + 7_200_000_000, "applies_text": "all"}
    return params | {"asked_choice": "stay_out", "contact_text": "+000 111"} | more


def notice(south: Desk, number: int, **more: Any) -> Talk:
    """A notice of a zone, which gets this number; not carried yet."""
    south.act("line.send", to=NORTH, template="zone.notice", params=zone(number), **more)
    assert south.talk.said["params"]["serial_number"] == number
    return south.talk


def spoil(monkeypatch: pytest.MonkeyPatch, number: int, **wrong: Any) -> None:
    """Whoever sends the notice of this number first signs it with something wrong in it: no reader can use that."""

    def written(message: Message) -> bytes:
        payload = write_message(message)
        if message.params.get("serial_number") != number or message.type != "zone.notice":
            return payload
        return canonical(json.loads(payload) | (wrong or {"tpl": None}), "made")

    monkeypatch.setattr(lanes, "write_message", written)


def missing(desk: Desk) -> list[int]:
    return [one["number"] for one in line_view(desk.line)["notices"]["missing"]]


@pytest.fixture
def gap(monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, Desk]:
    """Eighteen notices, of which the north could not use the seventeenth; the south has its question."""
    spoil(monkeypatch, 17)
    south, north = met()
    for number in range(1, 19):
        notice(south, number)
    carry(south, north)
    north.tick()
    carry(south, north)
    return south, north


# ── a gap is seen and asked for ──────────────────────────────────────────────────────────────────────────────────────


def test_notices_of_each_issuer_are_numbered_from_one() -> None:
    south, north = met()
    notice(south, 1)
    notice(south, 2)
    carry(south, north)
    north.act("line.send", to=SOUTH, template="zone.notice", params=zone(), precedence="flash")
    assert north.talk.said["params"]["serial_number"] == 1
    assert missing(north) == []
    assert line_view(north.line)["notices"]["upto"] == 2


def test_what_is_no_notice_has_no_number() -> None:
    south, _ = met()
    south.send()
    assert "serial_number" not in south.talk.said["params"]
    assert south.line.serials.given == 0


def test_a_number_that_somebody_typed_is_not_taken() -> None:
    south, _ = met()
    south.act("line.send", to=NORTH, template="zone.notice", params=zone(serial_number=40))
    assert south.talk.said["params"]["serial_number"] == 1


def test_what_is_shown_before_it_is_sent_has_the_number_that_it_will_have() -> None:
    south, _ = met()
    notice(south, 1)
    shown = texts(south.state, "zone.notice", zone(), "routine", NORTH)["text"]["en"]
    south.act("line.send", to=NORTH, template="zone.notice", params=zone())
    assert "Number of this notice: 2." in shown
    assert south.talk.said["text"]["en"] == shown


def test_a_notice_that_was_refused_takes_no_number() -> None:
    south, _ = met()
    with pytest.raises(Refused):
        south.act("line.send", to=NORTH, template="zone.notice", params=zone(radius_m=-1))
    notice(south, 1)


@pytest.mark.parametrize("wrong", [{"tpl": None}, {"marker": "ORDER"}, {"readback": ["nothing"]}])
def test_a_notice_of_no_use_is_missing_at_once_and_alone(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]) -> None:
    spoil(monkeypatch, 2, **wrong)
    south, north = met()
    for number in (1, 2, 3):
        notice(south, number)
    north.hear(south.sent)
    assert missing(north) == [2]
    assert [one["number"] for one in north.says("conversation") if one["what"] == "notice missing"] == [2]


def test_it_is_missing_even_where_it_was_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch, 1)
    south, north = met()
    notice(south, 1)
    carry(south, north)
    assert missing(north) == [1]


def test_r8_of_eighteen_notices_the_seventeenth_is_missing_and_asked_for_by_the_node_once(gap: tuple[Desk, Desk]) -> None:
    south, north = gap
    assert missing(north) == [17]
    assert south.talk.said["params"]["serial_number"] == 17
    assert south.talk.conversation.type == "question"
    assert line_view(north.line)["notices"]["missing"][0]["asked"] == south.talk.id
    north.tick(3_600)
    assert [kind for kind, _ in north.sent if kind == "message"] == []


def test_the_question_is_due_from_the_issuer_in_fifteen_minutes(gap: tuple[Desk, Desk]) -> None:
    south, _ = gap
    south.tick(14 * MINUTE_S)
    assert "answer 0" not in south.talk.raised
    south.tick(2 * MINUTE_S)
    assert "answer 0" in south.talk.raised


def test_a_number_that_was_only_overtaken_in_another_lane_is_not_asked_for_at_once() -> None:
    south, north = met()
    notice(south, 1)
    slow, south.sent = south.sent, []
    notice(south, 2, precedence="flash")
    quick, south.sent = south.sent, []
    north.hear(quick)
    assert missing(north) == [1]
    north.tick(20)
    assert [kind for kind, _ in north.sent if kind == "message"] == []
    north.hear(slow)
    assert missing(north) == []


def test_a_number_that_never_comes_is_asked_for_after_half_a_minute() -> None:
    south, north = met()
    notice(south, 1)
    south.sent = []
    notice(south, 2, precedence="flash")
    north.hear(south.sent)
    north.tick(31)
    assert north.talk.said["params"]["serial_number"] == 1


def test_while_the_line_lets_nothing_go_the_question_waits() -> None:
    _, north = met()
    north.line.stopped = "this node was put back"
    north.line.serials.take(2, north.now_ns // NS_PER_US)
    north.tick(31)
    assert north.line.held[-1][1]["type"] == "question"


# ── it is filled ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_r8_the_issuer_sends_it_again_with_one_act_and_the_gap_closes(gap: tuple[Desk, Desk]) -> None:
    south, north = gap
    question = south.talk
    [lost] = [one for one in south.line.talks.values() if one.said["params"].get("edition_number") == 17]
    south.act("line.resend", to=NORTH, number=17)
    again = south.talk
    assert again.conversation.type == "correction"
    assert again.said["params"] == lost.said["params"]
    assert lost.conversation.states["life"] == "superseded"
    assert question.conversation.states["answer"] == "answered"
    assert south.line.serials.given == 18
    carry(south, north)
    assert missing(north) == []
    assert north.talk.checked is not None
    assert north.talk.checked.verdict == "same"
    assert question.conversation.states["life"] == "stored"  # nobody had to take it back


def test_a_number_that_was_not_given_cannot_be_sent_again() -> None:
    south, _ = met()
    notice(south, 1)
    with pytest.raises(NotThere):
        south.act("line.resend", to=NORTH, number=2)


def test_a_notice_that_was_taken_back_is_not_sent_again() -> None:
    south, north = met()
    talk = notice(south, 1)
    carry(south, north)
    south.act("line.state", to=NORTH, talk=talk.id, what="withdrawal", params={"why": "over"})
    with pytest.raises(OutOfTurn, match="withdrawn"):
        south.act("line.resend", to=NORTH, number=1)


def test_a_correction_of_a_notice_is_a_notice_with_a_number_of_its_own() -> None:
    south, north = met()
    talk = notice(south, 1)
    carry(south, north)
    south.act("line.send", to=NORTH, template="zone.notice", params=dict(talk.said["params"]), re=talk.id)
    assert south.talk.conversation.type == "correction"
    assert south.talk.said["params"]["serial_number"] == 2


def test_what_came_by_telephone_is_entered_by_hand_and_the_question_is_taken_back(gap: tuple[Desk, Desk]) -> None:
    south, north = gap
    north.act("line.had", to=SOUTH, number=17, how="telephone", says="Capt A., south desk")
    assert missing(north) == []
    [body] = [one for one in north.says("conversation") if one["what"] == "notice had"]
    assert (body["says"], body["by"]) == ("Capt A., south desk", "Lt Ada")
    carry(north, south)
    assert south.talk.conversation.states["life"] == "withdrawn"


def test_a_notice_that_comes_after_it_was_asked_for_takes_the_question_back() -> None:
    south, north = met()
    notice(south, 1)
    slow, south.sent = south.sent, []
    notice(south, 2, precedence="flash")
    carry(south, north)
    north.tick(31)
    carry(north, south)
    question = south.talk
    north.hear(slow)
    carry(north, south)
    assert missing(north) == []
    assert question.conversation.states["life"] == "withdrawn"


def test_a_question_that_still_waits_for_the_line_is_not_sent_where_the_notice_is_here() -> None:
    _, north = met()
    north.line.stopped = "this node was put back"
    north.line.serials.take(2, north.now_ns // NS_PER_US)
    north.tick(31)
    north.act("line.had", to=SOUTH, number=1, how="telephone", says="Capt A.")
    assert north.line.held == []
    assert not any(one.ours for one in north.line.talks.values())


def test_what_is_here_cannot_be_entered_by_hand() -> None:
    south, north = met()
    notice(south, 1)
    carry(south, north)
    with pytest.raises(Refused, match="not here"):
        north.act("line.had", to=SOUTH, number=1, how="telephone", says="Capt A.")


def test_a_notice_entered_by_hand_is_counted_so_that_the_one_before_it_is_missing() -> None:
    _, north = met()
    north.act("line.had", to=SOUTH, number=2, how="telephone", says="Capt A.")
    assert missing(north) == [1]


@pytest.mark.parametrize("number", [None, 0, True, "17", 2**40])
def test_what_is_no_number_is_refused(number: object) -> None:
    with pytest.raises(Refused):
        _number({"number": number})


def test_the_issuers_word_that_it_will_not_be_sent_stands_beside_the_gap(gap: tuple[Desk, Desk]) -> None:
    south, north = gap
    params = {"answer": "no", "reason_text": "replaced by number 18"}
    south.act("line.state", to=NORTH, talk=south.talk.id, what="answer", params=params)
    carry(south, north)
    assert line_view(north.line)["notices"]["missing"][0]["answer"] == "no"
    assert missing(north) == [17]


# ── what a counterpart cannot do ─────────────────────────────────────────────────────────────────────────────────────


def test_a_number_far_ahead_is_not_believed_and_makes_nobody_ask() -> None:
    serials = Serials()
    assert serials.take(JUMP_MAX + 2, 0).odd
    assert (serials.upto, serials.missing, serials.odd) == (0, {}, JUMP_MAX + 2)


def test_a_person_is_believed_where_the_count_goes_on() -> None:
    serials = Serials()
    serials.take(9_000, 0, by_hand=True)
    assert serials.upto == 9_000
    assert len(serials.missing) == JUMP_MAX


def test_only_so_many_are_missing_at_once() -> None:
    serials = Serials()
    for number in range(JUMP_MAX, 40 * JUMP_MAX, JUMP_MAX):
        serials.take(number, 0)
    assert len(serials.missing) == MISSING_MAX


def test_a_number_given_to_another_notice_is_said_to_be_had_before() -> None:
    south, north = met()
    notice(south, 1)
    south.line.serials.given = 0
    notice(south, 1)
    north.hear(south.sent)
    assert [body["number"] for body in north.says("conversation") if body["what"] == "notice number again"] == [1]


# ── initials and the telephone ───────────────────────────────────────────────────────────────────────────────────────


def test_r8_initials_are_due_in_fifteen_minutes_and_a_call_in_ninety_at_the_issuer_alone() -> None:
    south, north = met()
    ours = notice(south, 1)
    carry(south, north)
    theirs = north.talk
    for desk in (south, north):
        desk.tick(14 * MINUTE_S)
        assert "seen 0" not in desk.talk.raised
        desk.tick(2 * MINUTE_S)
        assert "seen 0" in desk.talk.raised
        desk.tick(75 * MINUTE_S)
    assert "telephone 0" in ours.raised
    assert "telephone 0" not in theirs.raised


def test_the_issuer_sees_the_times_before_they_come_and_initials_end_them() -> None:
    south, north = met()
    ours = notice(south, 1)
    carry(south, north)
    view = talk_view(south.line, ours, south.now_ns // NS_PER_US)
    assert view["seen_by"] is not None
    assert view["telephone_at"] is not None
    north.act("line.state", to=SOUTH, talk=north.talk.id, what="seen", params={})
    carry(north, south)
    south.tick(100 * MINUTE_S)
    view = talk_view(south.line, ours, south.now_ns // NS_PER_US)
    assert (view["seen_by"], view["telephone_at"]) == (None, None)
    assert not {"seen 0", "telephone 0"} & set(ours.raised)


def test_a_flash_is_seen_as_soon_as_ever_and_a_check_has_no_telephone() -> None:
    south, _ = met()
    notice(south, 1, precedence="flash")
    south.tick(121)
    assert "seen 0" in south.talk.raised
    south.send()
    south.tick(100 * MINUTE_S)
    assert "telephone 0" not in south.talk.raised


def test_a_notice_that_has_begun_meanwhile_is_still_sent_again() -> None:
    south, north = met()
    notice(south, 1, valid_minutes=600)
    carry(south, north)
    south.tick(5 * 3_600)
    south.act("line.resend", to=NORTH, number=1)
    assert south.talk.conversation.lead is not None
    assert south.talk.conversation.lead.too_late
    until_us = south.talk.conversation.valid_until_us
    assert until_us is not None
    assert until_us <= T0_US + 600 * 60_000_000 + 1_000
