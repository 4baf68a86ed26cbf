"""A correction takes over what it corrects: its kind, its beginning, the units that must be told and those that were (R86)."""

from typing import Any

import pytest

from openline.line import custody, custody_after
from openline.line.templates import pack
from scripts.line_vectors import NORTH, SOUTH, T0_US
from tests.rooms.flow.line_world import Desk, carry, met

HOUR_US = 3_600_000_000


def convoy(start_us: int, **more: Any) -> dict[str, Any]:
    params: dict[str, Any] = {"label_text": "aid convoy 7", "edition_number": 1, "holder_party": SOUTH}
    params |= {"mover_choice": "convoy", "area_lat_1e7": 314_200_000, "area_lon_1e7": 343_500_000, "radius_m": 2_000}
    params |= {"exactness_choice": "coarse", "floor_cm": 0, "floor_datum": "agl", "ceiling_datum": "unlimited"}
    params |= {"start_us": start_us, "end_us": start_us + 2 * HOUR_US, "contact_text": "+000 123"}
    return params | more


def reserve(south: Desk, start_us: int, **more: Any) -> str:
    body: dict[str, Any] = {"to": NORTH, "template": "reservation.notice", "params": convoy(start_us), "reason": "late"}
    south.act("line.send", **body, **more)
    return south.talk.id


def told(north: Desk, talk: str, unit: str) -> None:
    said: dict[str, Any] = {"result": "passed", "unit": unit, "how": "radio", "by_text": "Lt K", "last_choice": "last_unit"}
    said |= {"told_us": north.now_ns // 1_000, "grade_choice": "passed_on"}
    north.act("line.state", to=SOUTH, talk=talk, what="passed_on", params=said)


def not_told(desk: Desk, talk: str) -> tuple[str, ...]:
    chain = desk.line.talks[talk].chain
    assert chain is not None
    return custody.not_told(chain)


def due(desk: Desk, talk: str) -> set[tuple[str, str]]:
    desk.tick()
    return {(one.what, one.unit) for one in desk.line.talks[talk].raised.values()}


@pytest.fixture
def corrected() -> tuple[Desk, Desk, str]:
    """A reservation that 2nd platoon was told of and 3rd was not; it is moved to begin in half an hour."""
    south, north = met()
    first = reserve(south, T0_US + 3 * HOUR_US, units=["2nd platoon", "3rd platoon"])
    carry(south, north)
    told(north, first, "2nd platoon")
    carry(south, north)
    second = reserve(south, T0_US + HOUR_US // 2, re=first)
    carry(south, north)
    return south, north, second


def test_a_reservation_that_was_moved_alarms_an_hour_before_its_new_beginning(corrected: tuple[Desk, Desk, str]) -> None:
    south, north, second = corrected
    assert ("passed_on_before_start", "2nd platoon") in due(south, second)
    assert "passed_on_before_start" in {what for what, _ in due(north, second)}


def test_whoever_was_told_of_what_it_corrects_must_be_told_of_it_at_both_ends(corrected: tuple[Desk, Desk, str]) -> None:
    south, north, second = corrected
    assert not_told(south, second) == ("2nd platoon", "3rd platoon")
    assert "2nd platoon" in not_told(north, second)


def test_its_chain_begins_anew_and_ends_as_units_are_told(corrected: tuple[Desk, Desk, str]) -> None:
    south, north, second = corrected
    told(north, second, "2nd platoon")
    told(north, second, "3rd platoon")
    carry(south, north)
    assert not_told(south, second) == ()
    assert not {what for what, _ in due(south, second)} & {"passed_on_before_start", "passed_on"}


def test_a_correction_of_the_wrong_words_keeps_the_beginning(corrected: tuple[Desk, Desk, str]) -> None:
    south, north, second = corrected
    params = {"message_text": second, "sent_us": T0_US, "wrong_text": "contact +000", "right_text": "contact +111"}
    south.act("line.send", to=NORTH, template="correction", params=params, re=second, reason="late")
    carry(south, north)
    for desk in (south, north):
        assert desk.talk.chain is not None
        assert desk.talk.chain.starts_us == T0_US + HOUR_US // 2
        assert desk.talk.conversation.notice
        assert ("passed_on_before_start", "2nd platoon") in due(desk, desk.talk.id)


def test_a_correction_that_is_another_notice_does_not_silence_the_beginning(corrected: tuple[Desk, Desk, str]) -> None:
    south, north, second = corrected
    params: dict[str, Any] = {"zone_text": "Tanf", "edition_number": 1, "issuer_party": SOUTH, "change_choice": "new"}
    params |= {"centre_lat_1e7": 335_000_000, "centre_lon_1e7": 386_000_000, "radius_m": 55_000, "floor_cm": 0}
    params |= {"floor_datum": "agl", "ceiling_datum": "unlimited", "start_us": T0_US + HOUR_US // 4, "applies_text": "all"}
    params |= {"asked_choice": "stay_out", "contact_text": "+000 111"}
    south.act("line.send", to=NORTH, template="zone.notice", params=params, re=second, reason="late")
    carry(south, north)
    for desk in (south, north):
        assert desk.talk.chain is not None
        assert desk.talk.chain.starts_us == T0_US + HOUR_US // 4


def test_units_that_are_too_many_to_name_stay_not_told() -> None:
    many = custody.open_chain("south.example/1", SOUTH, NORTH, 0)
    for turn in range(6):
        named = custody.open_chain(f"south.example/{turn}", SOUTH, NORTH, 0, units=tuple(f"unit {turn}.{i}" for i in range(50)))
        many = custody_after.taking_over(named, many)
    assert len(many.units) == custody_after.UNITS_MAX
    assert custody.not_told(many)[-1] == "further units of south.example/4"


@pytest.mark.parametrize("name", ["zone.notice", "reservation.notice", "movement.notice"])
def test_every_notice_names_its_units_so_that_both_boards_miss_the_same(name: str) -> None:
    template = pack.shipped().newest(name)
    assert template is not None
    assert custody.UNITS_SLOT in {slot.name for slot in template.slots}
    assert custody.UNITS_SLOT in template.readback
    assert all("{addressed_unit}" in text.text for text in template.texts.values())


def test_both_boards_miss_the_units_that_a_reservation_names() -> None:
    south, north = met()
    talk = reserve(south, T0_US + 3 * HOUR_US, units=["2nd platoon", "3rd platoon"])
    carry(south, north)
    told(north, talk, "2nd platoon")
    carry(south, north)
    assert not_told(south, talk) == not_told(north, talk) == ("3rd platoon",)
