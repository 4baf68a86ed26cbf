"""A notice is followed down to the last unit, and nobody counts as warned before somebody says so."""

import pickle
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.custody import (
    GRADES,
    HOWS,
    Chain,
    Hop,
    add,
    close,
    due,
    ends,
    not_told,
    open_chain,
    stations,
    status,
    take_back,
    told,
)
from openline.line.custody_words import headline, last_confirmed, stored_hop
from tests.rooms.line.said import NOON_US

S, R = "south.example", "north.example"
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
DAY_US = 86_400 * SECOND_US


def relay(**more: Any) -> Chain:
    fields: dict[str, Any] = {
        "notice": "south.example/17",
        "sender": S,
        "receiver": R,
        "opened_us": NOON_US,
        "precedence": "flash",
    }
    return open_chain(**{**fields, **more})


def hop(to: str, grade: str, at_min: float = 0, **more: Any) -> Hop:
    at_us = NOON_US + round(at_min * MINUTE_US)
    fields: dict[str, Any] = {"to": to, "grade": grade, "at_us": at_us, "heard_us": at_us, "says": "Cpt Orlov, duty officer"}
    return Hop(**{**fields, "by": "Cpt Orlov" if grade == "passed_on" else "", **more})


def chain(*hops: Hop, of: Chain | None = None) -> Chain:
    found = of or relay()
    for one in hops:
        found = add(found, one)
    return found


SEEN = hop(R, "seen", via=S)
PASSED = hop("2nd platoon", "passed_on", 3, via=R, last=True, how="radio")
ACTED = hop("2nd platoon", "acted", 8, last=True, detail="turned")
NAMES = st.sampled_from([S, R, "liaison desk", "brigade", "2nd platoon", "Liaison  Desk"])
HOPS = st.builds(
    hop,
    to=NAMES,
    grade=st.sampled_from(GRADES),
    at_min=st.integers(0, 100),
    via=st.one_of(st.just(""), NAMES),
    last=st.booleans(),
    how=st.sampled_from(HOWS),
    stopped=st.sampled_from(["", "", "unit not known"]),
    source=st.sampled_from(["", "north.example/0/1"]),
)


# ── the scenarios ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_r85_the_relay_shows_its_last_confirmed_hop_and_the_mover_is_not_warned():
    """R85 Message not known to have reached the people (at-Tanf 2017; sources conflict)."""
    found = chain(stored_hop(relay(), NOON_US, NOON_US, "receipt"), SEEN)

    assert last_confirmed(found, S, NOON_US) == "counterpart officer 12:02Z; unit unknown"
    assert headline(found, S, NOON_US) == "mover not warned; last confirmed hop: counterpart officer 12:02Z; unit unknown"
    assert status(found) == "not warned"


def test_r85_the_end_is_red_once_nothing_was_passed_on_in_time():
    late = ends(chain(SEEN), NOON_US + 10 * MINUTE_US)

    assert [(end.station, end.standing, end.red) for end in late] == [(R, "overdue", True)]


def test_r85_a_relay_that_stops_at_the_liaison_desk_is_a_dead_end_at_once():
    stop = hop("liaison desk", "stored", 3, via=R, stopped="unit not known")
    found = chain(SEEN, stop)

    assert [(end.station, end.standing, end.red) for end in ends(found, NOON_US)] == [("liaison desk", "stopped", True)]
    assert headline(found, R, NOON_US) == (
        "mover not warned; last confirmed hop: liaison desk 12:05Z, stopped 12:05Z (unit not known); unit unknown"
    )


def test_r86_a_reservation_without_passed_to_unit_alarms_an_hour_before_and_again_at_the_start():
    """R86 Coordinated, but the unit was not told (WCK 2024): at both ends, which have the same chain."""
    starts_us = NOON_US + DAY_US
    south = chain(SEEN, of=relay(precedence="routine", units=("drone operators", "2nd platoon"), starts_us=starts_us))
    north = pickle.loads(pickle.dumps(south))

    for node in (south, north):
        before = [one for one in due(node, starts_us - 60 * MINUTE_US) if one.what == "passed_on_before_start"]
        at_start = [one for one in due(node, starts_us) if one.what == "passed_on_at_start"]
        assert [one.unit for one in before] == ["drone operators", "2nd platoon"]
        assert [one.unit for one in at_start] == ["drone operators", "2nd platoon"]
        assert not [one for one in due(node, starts_us - 60 * MINUTE_US - 1) if "start" in one.what]


def test_r86_one_unit_told_does_not_speak_for_the_other():
    starts_us = NOON_US + DAY_US
    found = chain(SEEN, PASSED, of=relay(units=("drone operators", "2nd platoon"), starts_us=starts_us))

    assert status(found) == "partly told"
    assert {one.unit for one in due(found, starts_us)} == {"drone operators"}
    assert "not told: drone operators" in last_confirmed(found, S, NOON_US)


def test_r86_where_nobody_knows_the_units_it_alarms_all_the_same():
    starts_us = NOON_US + DAY_US
    found = chain(SEEN, of=relay(starts_us=starts_us))

    assert ("passed_on_at_start", "") in [(one.what, one.unit) for one in due(found, starts_us)]


def test_r87_neither_received_nor_passed_on_is_ever_shown_as_safe():
    """R87 Receipt taken as safety (Kunduz 2015)."""
    found = relay()
    for one in (stored_hop(found, NOON_US, NOON_US, "receipt"), SEEN, hop(R, "understood"), PASSED):
        found = add(found, one)
        said = headline(found, S, NOON_US)
        assert "safe" not in said
        assert "warned; " not in said or said.startswith("mover not warned")
    assert said.endswith("unit 2nd platoon told 12:05Z by radio, says Cpt Orlov, duty officer; not known to have acted")


def test_acting_is_told_apart_and_by_whom():
    assert last_confirmed(chain(SEEN, PASSED, ACTED), S, NOON_US).endswith(
        "reported: turned 12:10Z, says Cpt Orlov, duty officer"
    )


# ── nothing is inferred ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_chain_warns_nobody_and_says_so():
    assert headline(relay(), S, NOON_US) == "mover not warned; last confirmed hop: nobody; unit unknown"


@given(st.lists(HOPS, max_size=12))
def test_without_a_passing_on_to_a_unit_nobody_is_ever_warned(hops):
    found = chain(*[one for one in hops if one.grade != "passed_on"])

    assert status(found) == "not warned"
    assert headline(found, S, NOON_US).startswith("mover not warned")


@given(st.lists(HOPS, max_size=12))
def test_told_units_are_exactly_those_of_whom_somebody_says_it(hops):
    found = chain(*hops)
    stated = {
        " ".join(one.to.casefold().split()) for one in found.hops if one.grade == "passed_on" and one.last and not one.stopped
    }

    assert {station.name.casefold() for station in told(found)} == stated


@given(st.lists(HOPS, max_size=12), st.integers(0, 10**7))
def test_time_alone_warns_nobody(hops, after_s):
    found = chain(*hops)
    before = (status(found), pickle.dumps(found))
    due(found, NOON_US + after_s * SECOND_US)
    ends(found, NOON_US + after_s * SECOND_US)

    assert (status(found), pickle.dumps(found)) == before


@given(st.lists(HOPS, max_size=12), HOPS)
def test_a_statement_taken_back_warns_as_little_as_if_it_had_never_been_made(hops, more):
    before = chain(*hops)
    with_it = add(before, more)
    if with_it is before:
        return
    number = with_it.hops[-1].number

    assert status(take_back(with_it, number, NOON_US, "A. Haddad")) == status(before)


@given(st.lists(HOPS, max_size=12))
def test_the_tree_has_one_root_and_no_circle(hops):
    tree = {" ".join(station.name.casefold().split()): station for station in stations(chain(*hops))}

    for name in tree:
        seen = set()
        while name:
            assert name not in seen
            seen.add(name)
            name = " ".join(tree[name].via.casefold().split())
    assert tree[S].via == ""


@given(st.lists(HOPS, max_size=12), st.integers(0, 10**6), st.sampled_from([S, R]))
def test_every_chain_can_be_said_and_ends_somewhere(hops, after_s, own):
    found = chain(*hops)
    now_us = NOON_US + after_s * SECOND_US

    assert headline(found, own, now_us)
    assert ends(found, now_us)


def test_acting_without_being_told_is_possible_and_warns_nobody():
    found = chain(ACTED)

    assert status(found) == "not warned"
    assert "reported: turned 12:10Z" in last_confirmed(found, S, NOON_US)


def test_a_unit_told_that_was_not_on_the_list_warns_nobody_on_it():
    assert status(chain(PASSED, of=relay(units=("drone operators",)))) == "not warned"


def test_a_station_on_the_way_is_no_unit():
    found = chain(SEEN, hop("brigade", "passed_on", 3, via=R))

    assert not_told(found) == ("",)
    assert [end.station for end in ends(found, NOON_US)] == ["brigade"]


# ── the tree ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_desk_may_tell_several_units_and_each_branch_has_its_end():
    found = chain(
        SEEN,
        PASSED,
        hop("brigade", "passed_on", 4, via=R),
        hop("drone operators", "stored", 6, via="brigade", stopped="no contact with the unit"),
    )

    assert [(end.station, end.standing) for end in ends(found, NOON_US)] == [
        ("2nd platoon", "unit"),
        ("drone operators", "stopped"),
    ]


def test_passing_on_after_a_stop_opens_the_branch_again():
    found = chain(hop(R, "seen", via=S), hop(R, "stored", 1, stopped="no authority"), hop("brigade", "passed_on", 2, via=R))

    assert [end.standing for end in ends(found, NOON_US)] == ["waiting"]


def test_two_desks_that_each_name_the_other_make_no_circle():
    found = chain(hop("a desk", "passed_on", via="b desk"), hop("b desk", "passed_on", via="a desk"))

    assert [(station.name, station.via) for station in stations(found)][2:] == [("b desk", ""), ("a desk", "b desk")]


def test_our_own_desk_is_ours_and_the_others_the_counterparts():
    found = chain(SEEN)

    assert last_confirmed(found, R, NOON_US).startswith("our officer")
    assert last_confirmed(found, S, NOON_US).startswith("counterpart officer")
    assert last_confirmed(chain(stored_hop(relay(), NOON_US, NOON_US, "x")), S, NOON_US).startswith("counterpart node")


def test_a_time_of_another_day_is_told_with_its_date():
    assert "2017-05-18 12:02Z" in last_confirmed(chain(SEEN), S, NOON_US + DAY_US)


# ── what is entered, and by whom ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "more", [{"says": " "}, {"to": ""}, {"to": "x" * 81}, {"how": "pigeon"}, {"grade": "warned"}, {"by": ""}]
)
def test_a_hop_that_nobody_states_or_that_says_too_little_is_refused(more):
    with pytest.raises(Refused):
        add(relay(), msgspec.structs.replace(PASSED, **more))


def test_a_hop_without_a_message_was_entered_by_hand():
    found = chain(PASSED, msgspec.structs.replace(PASSED, source="north.example/0/4"))

    assert [one.by_hand for one in found.hops] == [True, False]


def test_the_same_statement_of_the_same_message_counts_once():
    first = msgspec.structs.replace(SEEN, source="north.example/0/4")

    assert len(chain(first, msgspec.structs.replace(first, heard_us=NOON_US + 5)).hops) == 1


def test_a_chain_has_a_limit():
    full = msgspec.structs.replace(relay(), hops=(SEEN,) * 500)

    with pytest.raises(Refused):
        add(full, SEEN)
    with pytest.raises(Refused):
        relay(units=tuple(f"unit {nth}" for nth in range(51)))


def test_what_stands_no_more_cannot_be_taken_back_again_nor_by_nobody():
    found = take_back(chain(PASSED), 1, NOON_US, "A. Haddad")

    assert (status(found), found.hops[0].taken_back_by) == ("not warned", "A. Haddad")
    for number, who in ((1, "A. Haddad"), (2, "A. Haddad")):
        with pytest.raises(Refused):
            take_back(found, number, NOON_US, who)
    with pytest.raises(Refused):
        take_back(chain(PASSED), 1, NOON_US, " ")


def test_of_a_closed_chain_nothing_is_due():
    assert due(close(relay(), NOON_US, "withdrawn"), NOON_US + DAY_US) == ()


def test_the_timers_of_the_precedence_say_what_is_due():
    waits = [(one.what, (one.since_us - NOON_US) // SECOND_US) for one in due(relay(), NOON_US + DAY_US)]

    assert waits == [("stored", 30), ("seen", 120), ("passed_on", 600)]
    assert [one.what for one in due(chain(SEEN), NOON_US + DAY_US)] == ["passed_on"]
    assert due(chain(SEEN, PASSED), NOON_US + DAY_US) == ()
