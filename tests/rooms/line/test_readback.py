"""A read-back is compared by the sender's node, field by field, and a place by how far off it was entered."""

import math
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.readback import Result, compare, confirms, offset, read_params, result_params
from openline.line.templates.template import check_params, read_back_params
from openline.line.templates.writing import render
from tests.rooms.line.said import HAZARD, ZONE, the

ZONE_NOTICE = the("zone.notice")
HAZARD_NOTICE = the("hazard.keep_clear")
ASKED = read_back_params(ZONE_NOTICE, ZONE)
RIGHT = {name: ZONE[name] for name in ASKED}


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    return float(Geodesic.WGS84.Inverse(lat, lon, other_lat, other_lon)["s12"])


def read(steps: Any = None, leave_out: Any = (), **changed: Any) -> Result:
    said = {name: value for name, value in {**RIGHT, **changed}.items() if name not in leave_out}
    return compare(ZONE_NOTICE, ZONE, ASKED, read_params(said, steps), distance_m)


def moved(metres_north: float) -> dict[str, Any]:
    there = Geodesic.WGS84.Direct(ZONE["centre_lat_1e7"] / 1e7, ZONE["centre_lon_1e7"] / 1e7, 0, metres_north)
    return {"centre_lat_1e7": round(there["lat2"] * 1e7), "centre_lon_1e7": round(there["lon2"] * 1e7)}


def test_everything_read_back_right_agrees():
    result = read()

    assert (result.outcome, result.differs, result.missing, result.offset_m) == ("agrees", (), (), 0)


def test_two_digits_swapped_are_not_confirmed():
    """R47: swap two digits."""
    result = read(radius_m=54_817 if ZONE["radius_m"] != 54_817 else 58_417)

    assert (result.outcome, result.differs) == ("differs", ("radius_m",))


@pytest.mark.parametrize("name", [name for name in RIGHT if not name.startswith("centre")])
def test_a_field_that_was_not_read_back_is_not_confirmed(name):
    pair = ("floor_cm", "floor_datum") if name.startswith("floor") else (name,)
    pair = ("ceiling_cm", "ceiling_datum") if name.startswith("ceiling") else pair
    result = read(leave_out=pair)

    assert result.outcome == "not confirmed"
    assert len(result.missing) == 1


@pytest.mark.parametrize("name", list(RIGHT))
def test_any_one_field_that_differs_blocks(name):
    other = f"{ZONE[name]}x" if isinstance(ZONE[name], str) else ZONE[name] + 120_000_000
    result = read(**{name: other})

    assert result.outcome == "differs"


def test_r83_a_place_nine_kilometres_off_is_shown_and_blocks_at_both_ends():
    """R83 Wrong position passed (Deir ez-Zor, 9 km): the read-back shows 9.0 km, CONFIRMED is blocked, both are told."""
    result = read(**moved(9_000))
    told = result_params(result, "south.example/17")

    assert result.outcome == "differs"
    assert not confirms(told)
    template = the("understood.result")
    assert "(9.0 km, 4.9 NM)" in render(template, told, "en")
    assert "centre_place" in render(template, told, "ar")


def test_a_place_within_the_tolerance_agrees_and_its_offset_is_told():
    result = read(**moved(499))
    told = result_params(result, "south.example/17")

    assert (result.outcome, result.offset_m, told["offset_m"]) == ("agrees", 499, 499)


def test_digits_read_as_decimal_minutes_show_their_364_metres():
    """Annex C: 35°20′10″N 40°18′34″E read as 35°20.10′, 40°18.34′."""
    meant = (353_361_111, 403_094_444)

    assert offset(meant, (353_350_000, 403_056_667), distance_m) == 365  # 364.4, rounded up


@given(st.integers(0, 20_000), st.integers(0, 5_000))
def test_nothing_above_the_tolerance_is_ever_confirmed(off_m, tolerance_m):
    understood = read_params({**RIGHT, **moved(off_m)})
    result = compare(ZONE_NOTICE, ZONE, ASKED, understood, distance_m, tolerance_m)

    assert confirms(result_params(result, "a.example/1")) == (result.offset_m <= tolerance_m)
    assert abs(result.offset_m - off_m) <= 1


def test_an_offset_is_rounded_up_so_that_just_above_the_tolerance_blocks():
    result = compare(ZONE_NOTICE, ZONE, ASKED, read_params(RIGHT), lambda *_: 500.1)

    assert (result.outcome, result.offset_m) == ("differs", 501)


def test_the_wire_calls_what_was_not_read_back_a_difference():
    told = result_params(read(leave_out=("radius_m",)), "south.example/17")

    assert (told["result"], told["missing_text"]) == ("differs", "radius_m")


@pytest.mark.parametrize("unknown_m", [math.nan, math.inf, -1.0])
def test_a_distance_that_cannot_be_known_blocks(unknown_m):
    result = compare(ZONE_NOTICE, ZONE, ASKED, read_params(RIGHT), lambda *_: unknown_m)

    assert (result.outcome, result.offset_m) == ("differs", None)


def test_half_a_place_or_one_off_the_globe_blocks():
    assert read(leave_out=("centre_lon_1e7",)).outcome == "differs"
    assert read(centre_lat_1e7=2_000_000_000).outcome == "differs"


def test_a_place_not_entered_is_not_confirmed():
    assert read(leave_out=("centre_lat_1e7", "centre_lon_1e7")).missing == ("centre_place",)


# ── numbers in the reader's own unit ─────────────────────────────────────────────────────────────────────────────────


def test_the_same_length_in_statute_miles_agrees():
    assert read(radius_m=54_718, steps={"radius_m": 1_609}).outcome == "agrees"


def test_thirty_nautical_read_as_thirty_statute_miles_differs():
    said = {**ZONE, "radius_m": 55_560}
    understood = read_params({**RIGHT, "radius_m": 48_280}, {"radius_m": 1_609})

    assert compare(ZONE_NOTICE, said, ASKED, understood, distance_m).differs == ("radius_m",)


def test_coarse_digits_never_agree_with_anything():
    assert read(radius_m=100_000, steps={"radius_m": 1_000_000}).outcome == "differs"


def test_r96_metres_read_as_feet_differ():
    """KE6316: cleared 1,500 m, the crew took 1,500 ft."""
    said = {**ZONE, "floor_cm": 150_000, "floor_datum": "amsl"}
    understood = read_params({**RIGHT, "floor_cm": 45_720, "floor_datum": "amsl"}, {"floor_cm": 3_048})

    assert compare(ZONE_NOTICE, said, ASKED, understood, distance_m).differs == ("floor_altitude",)


def test_the_same_number_over_another_datum_differs():
    assert "ceiling_altitude" in read(ceiling_datum="agl").differs


@pytest.mark.parametrize(("off_us", "agrees"), [(0, True), (37_000_000, True), (59_999_999, True), (60_000_000, False)])
def test_a_time_typed_to_the_minute_agrees_within_that_minute(off_us, agrees):
    result = read(start_us=ZONE["start_us"] - off_us, steps={"start_us": 3_600_000_000})

    assert (result.outcome == "agrees") == agrees


def test_a_time_typed_to_the_microsecond_is_compared_to_it():
    assert read(start_us=ZONE["start_us"] + 1).outcome == "differs"


def test_words_agree_without_case_and_without_double_spaces():
    assert read(zone_text="at   TANF").outcome == "agrees"
    assert read(zone_text="at-Tanf").outcome == "differs"


def test_north_is_both_0_and_360():
    template = the("question.owner")
    said = {"course_deg": 0}

    assert compare(template, said, ["course_deg"], {"slot.course_deg": 360}, distance_m).outcome == "agrees"


# ── what cannot confirm ──────────────────────────────────────────────────────────────────────────────────────────────


def test_where_nothing_was_to_be_read_back_nothing_is_confirmed():
    assert compare(ZONE_NOTICE, ZONE, (), read_params(RIGHT), distance_m).outcome == "not confirmed"


def test_a_field_the_template_does_not_know_is_never_confirmed():
    assert compare(ZONE_NOTICE, ZONE, (*ASKED, "secret_text"), read_params(RIGHT), distance_m).missing == ("secret_text",)


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"result": "differs"},
        {"result": "agrees", "fields": "radius_m"},
        {"result": "agrees", "missing_text": "radius_m"},
        {"result": "agrees", "offset_m": 9_000, "tolerance_m": 500},
        {"result": "agrees", "tolerance_m": 500},
        {"result": "agrees", "offset_m": 3},
        {"result": "agrees", "offset_m": "3", "tolerance_m": 500},
    ],
)
def test_a_result_with_anything_against_it_confirms_nothing_at_the_receivers_end(result):
    assert not confirms(result)


def test_a_result_without_a_place_may_confirm():
    assert confirms({"result": "agrees"})


@given(st.dictionaries(st.sampled_from(ASKED), st.one_of(st.integers(-(2**53), 2**53), st.text(max_size=10))), st.integers())
def test_whatever_is_read_back_nothing_raises_and_only_the_right_thing_agrees(params, step):
    understood = read_params(params, dict.fromkeys(ASKED, step))
    result = compare(ZONE_NOTICE, ZONE, ASKED, understood, distance_m)

    assert (result.outcome == "agrees") <= (set(params) == set(ASKED))


@given(st.dictionaries(st.sampled_from(ASKED), st.integers(-(2**53), 2**53)))
def test_every_result_fills_its_template(params):
    result = compare(ZONE_NOTICE, ZONE, ASKED, read_params(params), distance_m)
    template = the("understood.result")

    check_params(template, result_params(result, "south.example/17"))


def test_many_fields_are_named_as_far_as_they_fit():
    names = tuple(f"a_rather_long_name_of_a_field_{nth}_text" for nth in range(16))
    result = compare(ZONE_NOTICE, ZONE, names, {}, distance_m)

    missing = str(result_params(result, "south.example/17")["missing_text"])
    assert len(missing) <= 240
    assert missing.endswith(" more")


def test_a_coarse_area_is_read_back_like_any_other():
    asked = read_back_params(HAZARD_NOTICE, HAZARD)
    understood = read_params({name: HAZARD[name] for name in asked})

    assert compare(HAZARD_NOTICE, HAZARD, asked, understood, distance_m).outcome == "agrees"


def test_what_was_read_back_is_written_below_the_text_of_understood():
    template = the("understood")
    person = {"message_text": "south.example/17", "who": "A. Haddad", "role": "duty officer", "at_us": ZONE["start_us"]}
    text = render(template, {**person, **read_params(RIGHT, {"radius_m": 1_609})}, "en")

    assert "radius_m = 54718 m (54.7 km, 29.5 NM)" in text
    assert "centre_place = 33.50500°N 38.62000°E" in text


@pytest.mark.parametrize("wrong", [{"slot.radius_m": -1}, {"slot.centre_lat_1e7": 5}, {"slot.radius": 5}, {"other_m": 5}])
def test_a_read_back_that_cannot_be_written_is_refused(wrong):
    template = the("understood")
    person = {"message_text": "south.example/17", "who": "A. Haddad", "role": "duty officer", "at_us": ZONE["start_us"]}

    with pytest.raises(Refused):
        render(template, {**person, **wrong}, "en")
