"""The shared core: the same bytes at both ends, whatever the order in which each node heard of the messages."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line import countersign
from openline.line.countersign import MESSAGES_MAX, READ_MAX, Spoken, core_bytes, core_of, numbers, signed, verdict, with_one
from openline.line.message import Message, Ref

SOUTH, NORTH = "south.example", "north.example"
PERSON = {"who": "Lt K.", "role": "liaison", "at_us": 7}
PAGE = (Path(__file__).parents[3] / "docs" / "spec" / "line.md").read_text(encoding="utf-8")
TEXT = {"en": "INFORMATION: a check."}


def one(party: str, seq: int, kind: str = "seen", **params: int | str) -> Spoken:
    return Spoken(from_=party, lane=0, seq=seq, hash=bytes([seq] * 32), at_us=seq, type=kind, params=params or None)


def held(*spoken: Spoken) -> tuple[Spoken, ...]:
    found: tuple[Spoken, ...] = ()
    for each in spoken:
        found = with_one(found, each)
    return found


def sign(party: str, re_: Ref, **params: object) -> Message:
    to = NORTH if party == SOUTH else SOUTH
    given = {**PERSON, "core": "c", "result": "agrees", "ours_number": 1, "theirs_number": 0, **params}
    return Message(from_=party, to=to, lane=0, seq=9, prev=bytes(32), type="countersign", re=re_, params=given)  # type: ignore[arg-type]


OPENING = Ref(SOUTH, 0, 1, bytes([1] * 32))
OFFER = Ref(SOUTH, 0, 9, bytes(32))


def test_the_shape_of_a_core_is_the_pages() -> None:
    shown = re.findall(r"^\{\"conv\".*\}$", PAGE, re.MULTILINE)[0]
    body = json.loads(core_bytes(f"{SOUTH}/1", TEXT, [one(SOUTH, 1)], {SOUTH: 1, NORTH: 0}))
    assert set(re.findall(r'"(\w+)"', shown)) == {*body, *body["messages"][0]}


@settings(max_examples=50, deadline=None)
@given(st.permutations([one(SOUTH, 1), one(NORTH, 1), one(NORTH, 2, "understood", x=3), one(SOUTH, 2, "understood.result")]))
def test_the_order_in_which_messages_came_changes_no_core(order: list[Spoken]) -> None:
    upto = {SOUTH: 2, NORTH: 2}
    first = held(one(SOUTH, 1), one(NORTH, 1), one(NORTH, 2, "understood", x=3), one(SOUTH, 2, "understood.result"))
    same = [each for each in order if each.type != "understood.result"]
    assert core_of("c", TEXT, [*same], {**upto, SOUTH: 1}) == core_of("c", TEXT, first, {NORTH: 2, SOUTH: 1})


def test_what_is_said_after_the_numbers_changes_no_core() -> None:
    before = held(one(SOUTH, 1), one(NORTH, 1))
    upto = numbers(before, (SOUTH, NORTH))
    core = core_of("c", TEXT, before, upto)
    assert verdict(core, "c", TEXT, held(*before, one(NORTH, 2), one(SOUTH, 5)), upto) == "same"
    assert verdict(core, "c", {"en": "another"}, before, upto) == "differs"


def test_a_flood_of_read_backs_is_let_go_of_and_its_old_cores_are_not_known_any_more() -> None:
    many = held(*(one(NORTH, seq, "understood", x=seq) for seq in range(1, READ_MAX + 3)))
    assert sum(each.params is not None for each in many) == READ_MAX
    assert verdict("c", "c", TEXT, many, {SOUTH: 0, NORTH: 1}) == "unknown"
    crowd = held(*(one(NORTH, seq % 250 + 1) for seq in range(1000)))
    assert len(crowd) == MESSAGES_MAX + 1
    with pytest.raises(Refused):
        core_of("c", TEXT, crowd, {SOUTH: 0, NORTH: 1000})


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (sign(SOUTH, OPENING, result="refuses"), "result"),
        (sign(SOUTH, OPENING, ours_number="1"), "ours_number"),
        (sign(SOUTH, OPENING, theirs_number=-1), "ours_number"),
        (sign(NORTH, Ref(SOUTH, 0, 8, bytes(32))), "re"),
        (sign(SOUTH, OFFER), "re"),
        (sign(NORTH, OFFER, core="d"), "core"),
    ],
)
def test_what_signs_nothing_is_refused(message: Message, field: str) -> None:
    offers, _ = signed((), sign(SOUTH, OPENING), OPENING, OFFER)
    with pytest.raises(Refused) as wrong:
        signed(offers, message, OPENING, None)
    assert wrong.value.field == field


def test_an_offer_is_answered_once() -> None:
    offers, made = signed((), sign(SOUTH, OPENING), OPENING, OFFER)
    assert made.state == "no answer"
    offers, made = signed(offers, sign(NORTH, OFFER, result="refuses", why="not_held"), OPENING, None)
    assert (made.state, made.why) == ("refuses", "not held")
    with pytest.raises(Refused):
        signed(offers, sign(NORTH, OFFER), OPENING, None)


def test_nobody_offers_without_end() -> None:
    offers: countersign.Offers = ()
    for _ in range(countersign.OFFERS_MAX):
        offers, _ = signed(offers, sign(SOUTH, OPENING), OPENING, None)
    with pytest.raises(Refused):
        signed(offers, sign(SOUTH, OPENING), OPENING, None)
