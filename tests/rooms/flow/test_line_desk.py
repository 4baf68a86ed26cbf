"""What a desk knows of its lines beside what is sent: other paths, and the units it has to tell."""

from typing import Any

import pytest

from openline.clock import NS_PER_US
from openline.errors import NotThere, Refused
from openline.line.custody_words import headline
from openline.line.message import read_message
from openline.node.shown.lines import line_view, talk_view
from openline.record.envelope import unwrap
from scripts.line_vectors import NORTH, SOUTH
from tests.rooms.flow.desk_told import warning as relay
from tests.rooms.flow.line_world import Desk, carry, met

NUMBER = "telephone +000 111, duty officer"


def asked(south: Desk, north: Desk, **more: Any) -> None:
    """The south asks for a warning to be passed, and the north has it."""
    south.act("line.send", to=NORTH, template="warning.relay", params=relay(), precedence="flash", **more)
    carry(south, north)


def units(desk: Desk) -> tuple[str, ...]:
    """Those on the desk's board."""
    assert desk.talk.chain is not None
    return desk.talk.chain.units


# ── other paths ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_other_paths_are_kept_shown_and_recorded() -> None:
    south, _ = met()
    south.act("counterpart.paths", "administrator", to=NORTH, paths=[NUMBER, "  ", "radio 123.450 MHz"])
    assert line_view(south.line)["other_paths"] == [NUMBER, "radio 123.450 MHz"]
    assert south.says("line")[0]["paths"] == [NUMBER, "radio 123.450 MHz"]
    assert south.says("line")[0]["by"] == "Lt Ada"


def test_none_is_an_answer_too() -> None:
    south, _ = met()
    south.act("counterpart.paths", "administrator", to=NORTH, paths=[NUMBER])
    south.act("counterpart.paths", "administrator", to=NORTH, paths=[])
    assert line_view(south.line)["other_paths"] == []


@pytest.mark.parametrize("paths", [None, "a number", [1], ["x"] * 7, ["x" * 121]])
def test_paths_that_are_none_are_refused_and_change_nothing(paths: object) -> None:
    south, _ = met()
    south.act("counterpart.paths", "administrator", to=NORTH, paths=[NUMBER])
    with pytest.raises(Refused):
        south.act("counterpart.paths", "administrator", to=NORTH, paths=paths)
    assert south.line.other_paths == (NUMBER,)


def test_a_line_that_ended_and_comes_back_still_has_them() -> None:
    south, _ = met()
    south.act("counterpart.paths", "administrator", to=NORTH, paths=[NUMBER])
    south.act("counterpart.remove", "administrator", to=NORTH, reason="a mistake")
    with pytest.raises(NotThere):
        south.act("counterpart.paths", "administrator", to=NORTH, paths=[])
    south.meet()
    assert south.line.other_paths == (NUMBER,)


def test_the_path_that_a_counterpart_states_of_itself_is_shown_as_its_word() -> None:
    south, north = met()
    at_us = north.now_ns // NS_PER_US
    params = {"desk_choice": "staffed", "start_us": at_us, "officer_text": "Lt K.", "other_path_text": "satellite +000 222"}
    north.act("line.send", to=SOUTH, template="status", params=params)
    carry(north, south)
    assert line_view(south.line)["stated_path"]["text"] == "satellite +000 222"
    assert line_view(south.line)["other_paths"] == []


# ── units ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_unit_a_sender_names_is_on_the_board_of_both() -> None:
    south, north = met()
    asked(south, north, units=["2nd company"])
    assert [desk.talk.chain.units for desk in (south, north) if desk.talk.chain] == [("2nd company",)] * 2
    chain = north.talk.chain
    assert chain is not None
    assert headline(chain, NORTH, north.now_ns // NS_PER_US).startswith("mover not warned; ")
    assert "not told: 2nd company" in headline(chain, NORTH, north.now_ns // NS_PER_US)


def test_several_units_stand_in_one_slot_and_in_the_text() -> None:
    south, north = met()
    asked(south, north, units=["2nd company", "the escort"])
    message = north.talk.message
    assert message is not None
    assert message.params["addressed_unit"] == "2nd company, the escort"
    assert "Unit, as far as we know: “2nd company, the escort”." in message.text["en"]
    assert units(north) == ("2nd company", "the escort")


def test_with_no_unit_named_both_say_that_it_is_not_known() -> None:
    south, north = met()
    asked(south, north)
    for desk in (south, north):
        assert desk.talk.chain is not None
        assert headline(desk.talk.chain, desk.party, desk.now_ns // NS_PER_US).endswith("unit unknown")


def test_a_receiver_names_units_of_its_own_and_takes_none_off_that_the_message_names() -> None:
    south, north = met()
    asked(south, north, units=["2nd company"])
    north.act("line.units", to=SOUTH, talk=north.talk.id, units=["the escort", "2ND  Company"])
    assert units(north) == ("2nd company", "the escort")
    north.act("line.units", to=SOUTH, talk=north.talk.id, units=[])
    assert units(north) == ("2nd company",)
    assert talk_view(north.line, north.talk, 0)["custody"]["units_in_message"] == ["2nd company"]


def test_one_unit_told_of_two_leaves_the_mover_partly_warned_at_the_receiver_too() -> None:
    south, north = met()
    asked(south, north, units=["2nd company"])
    north.act("line.units", to=SOUTH, talk=north.talk.id, units=["the escort"])
    north.act(
        "line.hop", to=SOUTH, talk=north.talk.id, unit="the escort", says="Sgt Rami, patrol leader", by="Lt K.", last=True
    )
    chain = north.talk.chain
    assert chain is not None
    assert headline(chain, NORTH, north.now_ns // NS_PER_US).startswith("mover partly warned")
    assert "not told: 2nd company" in headline(chain, NORTH, north.now_ns // NS_PER_US)


def test_units_of_what_nobody_passes_on_are_refused() -> None:
    south, north = met()
    south.send()
    carry(south, north)
    with pytest.raises(Refused, match="passed on"):
        north.act("line.units", to=SOUTH, talk=north.talk.id, units=["x"])


def test_what_was_signed_says_inside_where_the_mover_is_inside() -> None:
    south, _ = met()
    params = {key: value for key, value in relay().items() if key != "distance_m"} | {"side_choice": "inside"}
    south.act("line.send", to=NORTH, template="warning.relay", params=params, precedence="flash")
    [data] = [data for kind, data in south.sent if kind == "message"]
    text = read_message(unwrap(data, "application/vnd.openline.message+json", "sent").payload).text["en"]
    assert "They are inside zone “At-Tanf zone”. To its boundary: not stated." in text
