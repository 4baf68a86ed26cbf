"""What a zone must be before it is published: complete, and free of contradictions."""

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from openline.errors import Refused
from openline.zones.check import HALF_WIDTH_MAX_M, check, examine
from openline.zones.limits import limit
from openline.zones.said import with_readings
from openline.zones.sizes import RADIUS_MAX_M
from openline.zones.words import KIND_NOT_STATED
from openline.zones.zone import Circle, Corridor, Declared, Group, Hours, Limit, Polygon, Ring, Zone
from tests.rooms.zones.made import plain_zone, zones

T_NS = 1_495_100_000_000_000_000
SQUARE = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0))
BOUNDARY = Ring("boundary", 0.0, "boundary")


def fields(zone: Zone, publish: bool = True) -> list[str]:
    return [refused.field for refused in examine(zone, publish).refused]


def circle(radius_m: float, **declared: Any) -> Zone:
    return plain_zone(shape=Circle(33.507, 38.618, radius_m), declared=Declared(**declared))


def test_a_complete_zone_is_accepted() -> None:
    assert fields(plain_zone()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issuer": ""}, "issuer"),
        ({"name": "  "}, "name"),
        ({"version": -1}, "version"),
        ({"name": "x" * 201}, "name"),
        ({"asks": "x" * 4_001}, "asks"),
        ({"exempt": ("a\u202eb",)}, "exempt[0]"),
        ({"applies_to": ()}, "applies_to"),
        ({"asks": " "}, "asks"),
        ({"purpose": ""}, "purpose"),
        ({"shape": Circle(91.0, 0.0, 1.0)}, "shape.lat_deg"),
        ({"shape": Circle(math.nan, 0.0, 1.0)}, "shape.lat_deg"),
        ({"shape": Circle(0.0, 181.0, 1.0)}, "shape.lon_deg"),
        ({"shape": Circle(0.0, 0.0, 0.0)}, "shape.radius_m"),
        ({"shape": Circle(0.0, 0.0, math.nan)}, "shape.radius_m"),
        ({"shape": Circle(0.0, 0.0, RADIUS_MAX_M * 1.01)}, "shape.radius_m"),
        ({"shape": Corridor(((0.0, 0.0),), 5.0)}, "shape.line"),
        ({"shape": Corridor(((0.0, 0.0), (0.0, 0.0)), 5.0)}, "shape.line"),
        ({"shape": Corridor(((0.0, 0.0), (0.0, 1.0)), HALF_WIDTH_MAX_M * 2)}, "shape.half_width_m"),
        ({"shape": Polygon(((0.0, 0.0), (1.0, 1.0)))}, "shape.outer"),
        ({"shape": Polygon(((0.0, 0.0), (0.0, 91.0), (1.0, math.inf)))}, "shape.outer[2].lon_deg"),
        ({"shape": Polygon(SQUARE, (((0.1, 0.1),),))}, "shape.holes[0]"),
        ({"shape": Group(())}, "shape.parts"),
        ({"shape": Group((Circle(0.0, 0.0, 1.0), Circle(0.0, 99.0, -1.0)))}, "shape.parts[1].radius_m"),
        ({"rings": ()}, "rings"),
        ({"rings": (Ring("contact", 500.0, "contact_by"),)}, "rings"),
        ({"rings": (Ring("boundary", 5.0, "boundary"),)}, "rings"),
        ({"rings": (BOUNDARY, Ring("again", 0.0, "boundary"))}, "rings"),
        ({"rings": (BOUNDARY, Ring("a", 5.0, "contact_by"), Ring("a", 6.0, "other"))}, "rings.name"),
        ({"rings": (BOUNDARY, Ring("a", 5.0, "contact_by"), Ring("b", 5.0, "contact_by"))}, "rings.offset_m"),
        ({"rings": (BOUNDARY, Ring("a", math.nan, "contact_by"))}, "rings[1].offset_m"),
        ({"rings": (BOUNDARY, Ring(" ", 1.0, "contact_by"))}, "rings[1].name"),
        ({"rings": (BOUNDARY, Ring("deep", -55_000.0, "inner"))}, "rings[1].offset_m"),
        ({"rings": (BOUNDARY, Ring("in", 10.0, "inner"))}, "rings.boundary.offset_m"),
        ({"rings": (BOUNDARY, Ring("c", 10.0, "contact_by"), Ring("n", 20.0, "no_contact_no_entry"))}, "rings.c.offset_m"),
        ({"rings": (BOUNDARY, Ring("c", -10.0, "contact_by"))}, "rings.c.offset_m"),
        ({"lower": limit(320, "fl", "baro"), "upper": limit(100, "fl", "baro")}, "upper"),
        ({"lower": limit(100, "m", "agl"), "upper": limit(100, "m", "agl")}, "upper"),
        ({"upper": Limit(1500.0, "ft", "", 457.2)}, "upper.datum"),  # type: ignore[arg-type]
        ({"upper": Limit(1500.0, "ft", "amsl", 1500.0)}, "upper.altitude_m"),
        ({"upper": Limit(320.0, "fl", "amsl", 9753.6)}, "upper.datum"),
        ({"hours": (Hours((), 0, 1),)}, "hours[0].weekdays"),
        ({"hours": (Hours((1, 1), 0, 1),)}, "hours[0].weekdays"),
        ({"hours": (Hours((7,), 0, 1),)}, "hours[0].weekdays"),
        ({"hours": (Hours((1,), 86_400, 1),)}, "hours[0].start_s"),
        ({"hours": (Hours((1,), 0, 86_401),)}, "hours[0].end_s"),
        ({"hours": (Hours((1,), 0, 5), Hours((1,), 0, 5))}, "hours"),
        ({"effective_ns": T_NS, "expires_ns": T_NS}, "expires"),
        ({"effective_ns": 0}, "effective"),
        ({"review_ns": 2**62}, "review"),
    ],
)
def test_what_is_missing_or_contradicts_itself_is_refused(changes: dict[str, Any], field: str) -> None:
    assert field in fields(plain_zone(**changes))


def test_check_raises_the_first_and_counts_the_others() -> None:
    with pytest.raises(Refused) as caught:
        check(plain_zone(applies_to=(), asks="", purpose=""))

    assert (caught.value.field, caught.value.facts["others"]) == ("applies_to", 2)


def test_a_file_need_not_say_who_a_zone_applies_to() -> None:
    assert fields(plain_zone(applies_to=(), asks="", issuer=""), publish=False) == []


def test_reason_not_stated_is_a_purpose() -> None:
    assert fields(plain_zone(purpose="reason not stated")) == []


def test_missing_exemptions_are_noted() -> None:
    assert "exempt" in [note.field for note in check(plain_zone())]


def test_bands_over_different_references_are_noted_not_compared() -> None:
    notes = check(plain_zone(lower=limit(5000, "ft", "amsl"), upper=limit(10, "fl", "baro")))

    assert "different references" in notes[0].says


def test_12_and_7_mile_rings_are_in_order() -> None:
    rings = (
        BOUNDARY,
        Ring("12 NM", 12 * 1852.0, "contact_by"),
        Ring("7 NM", 7 * 1852.0, "no_contact_no_entry"),
        Ring("core", -500.0, "inner"),
    )

    assert fields(plain_zone(rings=rings)) == []


def test_a_two_valued_declaration_shows_the_difference() -> None:
    notes = examine(circle(55_000.0, words="34-mile (55 km)")).notes

    assert any(note.says.endswith("0.28 km apart") for note in notes)


def test_a_two_valued_declaration_demands_which_governs() -> None:
    assert fields(circle(55_000.0, words="34-mile (55 km)")) == ["declared.value"]


def test_the_value_that_governs_may_be_the_kilometres() -> None:
    assert fields(circle(55_000.0, words="34-mile (55 km)", value="55", unit="km", means="radius")) == []


def test_the_value_that_governs_may_be_the_miles() -> None:
    assert fields(circle(54_717.696, words="34-mile (55 km)", value="34", unit="statute_mi", means="radius")) == []


def test_a_value_that_is_not_in_the_words_is_refused() -> None:
    assert fields(circle(30_000.0, words="34-mile (55 km)", value="30", unit="km", means="radius")) == ["declared.value"]
    assert fields(circle(1_100.0, words="3 mile zone", value="1.1", unit="km", means="radius")) == ["declared.value"]


def test_the_same_size_said_twice_is_no_contradiction() -> None:
    assert fields(circle(55_000.0, words="55 km zone; 55 km governs", means="radius")) == []


def test_a_corridor_described_by_several_sizes_is_not_held_to_them() -> None:
    shape = Corridor(((0.0, 0.0), (0.0, 1.0)), 1_000.0)
    words = "1 km to either side of the runway and of the last 5 km of its approach, up to 2,000 ft"

    assert fields(plain_zone(shape=shape, declared=Declared(words))) == []


def test_a_corridor_of_a_stated_width_is_held_to_it() -> None:
    shape = Corridor(((0.0, 0.0), (0.0, 1.0)), 10_000.0)

    assert fields(plain_zone(shape=shape, declared=Declared("10 NM wide corridor", means="across"))) == ["shape"]


def test_a_radius_that_is_no_reading_of_the_words_is_refused() -> None:
    assert fields(circle(54_000.0, words="34-mile", value="34", unit="statute_mi", means="radius")) == ["shape"]


def test_a_mile_without_a_kind_blocks_publishing() -> None:
    assert fields(circle(48_280.32, words="30-mile zone", means="radius")) == ["declared.unit"]


def test_a_mile_without_a_kind_offers_both_readings() -> None:
    (refused,) = examine(circle(48_280.32, words="30-mile zone", means="radius")).refused

    assert "48.28 km" in refused.accepted
    assert "55.56 km" in refused.accepted


def test_kind_not_stated_needs_both_readings() -> None:
    zone = circle(55_560.0, words="30-mile zone", value="30", unit=KIND_NOT_STATED, means="radius")

    assert fields(zone) == ["declared.other_readings_m"]


def test_kind_not_stated_needs_a_ring_for_each_reading() -> None:
    readings_m = (48_280.32, 55_560.0)
    zone = circle(55_560.0, words="30-mile zone", value="30", unit=KIND_NOT_STATED, means="radius", other_readings_m=readings_m)

    assert fields(zone) == ["rings"]


def test_with_readings_fills_in_what_kind_not_stated_needs() -> None:
    zone = with_readings(circle(55_560.0, words="30-mile zone", unit=KIND_NOT_STATED, means="radius"))

    assert fields(zone) == []
    assert zone.declared.other_readings_m == pytest.approx((48_280.32, 55_560.0))
    assert zone.rings[1].offset_m == pytest.approx(48_280.32 - 55_560.0)


def test_with_readings_twice_is_with_readings_once() -> None:
    zone = with_readings(circle(55_560.0, words="30-mile zone", unit=KIND_NOT_STATED, means="radius"))

    assert with_readings(zone) == zone


def test_wide_asks_radius_or_diameter() -> None:
    (refused,) = examine(circle(27_358.848, words="34-mile wide", value="34", unit="statute_mi")).refused

    assert refused.field == "declared.means"
    assert refused.accepted.startswith("radius or diameter")


@pytest.mark.parametrize(("means", "radius_m"), [("diameter", 27_358.848), ("across", 27_358.848), ("radius", 54_717.696)])
def test_a_chosen_meaning_of_wide_fixes_the_radius(means: str, radius_m: float) -> None:
    assert fields(circle(radius_m, words="34-mile wide", value="34", unit="statute_mi", means=means)) == []


def test_a_width_of_nobody_knows_what_is_watched_in_four_readings() -> None:
    zone = with_readings(circle(62_968.0, words="34-mile wide", unit=KIND_NOT_STATED, means="not stated"))

    assert fields(zone) == []
    assert len(zone.declared.other_readings_m) == 4
    assert len(zone.rings) == 4


def test_words_that_say_radius_need_no_further_choice() -> None:
    assert fields(circle(22_224.0, words="12 NM radius")) == []


def test_a_meaning_against_the_words_is_refused() -> None:
    assert fields(circle(22_224.0, words="12 NM radius", means="diameter")) == ["declared.means"]


def test_a_silent_size_must_be_called_radius_or_diameter() -> None:
    assert fields(circle(55_000.0, words="55 km zone")) == ["declared.means"]


def test_a_stated_value_without_words_is_held_to_the_radius() -> None:
    assert fields(circle(55_000.0, value="30", unit="nmi", means="radius")) == ["shape"]


@pytest.mark.parametrize(("value", "unit"), [("thirty", "nmi"), ("30", "leagues")])
def test_a_stated_value_that_is_none_is_refused(value: str, unit: str) -> None:
    assert fields(circle(55_560.0, value=value, unit=unit, means="radius")) in (["declared.value"], ["declared.unit"])


def test_the_size_of_a_polygon_is_not_held_to_the_words_but_noted() -> None:
    notes = check(plain_zone(shape=Polygon(SQUARE), declared=Declared("30-mile zone")))

    assert any("no one size" in note.says for note in notes)


def test_three_limits_in_one_notice_contradict_each_other() -> None:
    zone = plain_zone(upper=limit(530, "fl", "baro"), declared=Declared("danger area FL320 ... GND–FL530"))

    assert fields(zone) == ["declared.words"]


def test_limits_in_the_words_must_be_the_limits_of_the_zone() -> None:
    zone = plain_zone(upper=limit(320, "fl", "baro"), declared=Declared("closed from GND to FL530"))

    assert fields(zone) == ["declared.words"]


def test_limits_in_the_words_that_agree_are_accepted() -> None:
    zone = plain_zone(lower=limit(320, "fl", "baro"), upper=limit(530, "fl", "baro"), declared=Declared("closed FL320-FL530"))

    assert fields(zone) == []


@settings(deadline=None, max_examples=200)
@given(zones(declared=Declared(), applies_to=("vehicle",), asks="stay out", purpose="people"))
def test_zones_made_complete_are_accepted(zone: Zone) -> None:
    assert [str(refused) for refused in examine(zone).refused] == []


@settings(deadline=None, max_examples=200)
@given(zones())
def test_checking_is_not_changing(zone: Zone) -> None:
    before = msgspec.json.encode(zone)
    examine(zone)

    assert msgspec.json.encode(zone) == before
