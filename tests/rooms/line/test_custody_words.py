"""Statements that came as messages become hops, and none of them says more than it says."""

from typing import Any

import pytest

from openline.errors import Refused
from openline.line.custody import Chain, Hop, add, open_chain, status
from openline.line.custody_words import headline, hops_of, understood_hop
from openline.line.templates.lint import ample
from tests.rooms.line.said import NOON_US, the

S, R = "south.example", "north.example"


def relay() -> Chain:
    return open_chain("south.example/17", S, R, NOON_US, "flash")


def chain(*hops: Hop) -> Chain:
    found = relay()
    for one in hops:
        found = add(found, one)
    return found


def params_of(template_id: str, **more: str | int) -> dict[str, str | int]:
    template = the(template_id)
    return {**ample(template), **more}


@pytest.mark.parametrize(
    ("template", "kind", "more", "grades"),
    [
        ("seen", "seen", {}, ["seen"]),
        ("acted", "acted", {"what": "turned"}, ["acted"]),
        ("passed_on", "passed_on", {"grade_choice": "stored"}, ["passed_on"]),
        ("passed_on", "passed_on", {"grade_choice": "understood"}, ["passed_on", "understood"]),
        ("passed_on.stopped", "passed_on", {"stopped_choice": "unit_not_known"}, ["stored"]),
    ],
)
def test_a_message_of_our_templates_becomes_its_hops(template, kind, more, grades):
    found = relay()
    for one in hops_of(found, kind, params_of(template, **more), NOON_US, "north.example/0/4"):
        found = add(found, one)

    assert [one.grade for one in found.hops] == grades
    assert headline(found, S, NOON_US)


def test_a_read_back_is_understood_only_once_it_was_compared_and_agrees():
    read = params_of("understood")
    far_off: dict[str, Any] = {"result": "agrees", "offset_m": 9_000, "tolerance_m": 500}

    assert understood_hop(relay(), read, far_off, NOON_US, "a") is None
    assert understood_hop(relay(), read, {"result": "agrees"}, NOON_US, "a").grade == "understood"


def test_only_the_last_unit_named_as_such_is_warned():
    found = relay()
    way = hops_of(found, "passed_on", params_of("passed_on", last_choice="on_the_way"), NOON_US, "a")
    unit = hops_of(found, "passed_on", params_of("passed_on", last_choice="last_unit"), NOON_US, "b")

    assert status(chain(*way)) == "not warned"
    assert status(chain(*unit)) == "told"


def test_where_it_stopped_is_told_with_the_reason():
    params = params_of("passed_on.stopped", unit="liaison desk", stopped_choice="unit_not_known")

    stopped = hops_of(relay(), "passed_on", params, NOON_US, "a")
    assert [(one.to, one.stopped) for one in stopped] == [("liaison desk", "unit not known")]


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("status", {}),
        ("understood", {"who": "A", "role": "B", "at_us": 1}),
        ("seen", {}),
        ("seen", {"who": "A", "role": "B", "at_us": "now"}),
        ("passed_on", {"who": "A", "role": "B", "at_us": 1, "unit": "C", "how": "pigeon", "result": "passed"}),
        ("passed_on", {"who": "A", "role": "B", "at_us": 1, "unit": "C", "how": "radio"}),
        ("acted", {"who": "A", "role": "B", "at_us": 1}),
    ],
)
def test_a_statement_without_what_its_type_must_have_is_refused(kind, params):
    with pytest.raises(Refused):
        hops_of(relay(), kind, params, NOON_US, "a")


def test_a_statement_without_our_templates_slots_is_heard_all_the_same_and_warns_nobody():
    plain: dict[str, Any] = {"who": "A", "role": "B", "at_us": NOON_US, "unit": "C", "how": "radio", "result": "passed"}

    assert status(chain(*hops_of(relay(), "passed_on", plain, NOON_US, "a"))) == "not warned"
