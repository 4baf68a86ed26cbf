"""What a notice says of a zone and asks back: the same lengths, choices as plausible as the right one, a map for a phone."""

import re
from zoneinfo import ZoneInfo

import msgspec
import pytest

from openline.node.doors import briefing
from openline.node.shown.drawings import outlines
from openline.zones.zone import Circle, Corridor, Polygon, Ring, Zone
from tests.rooms.node.doors import NOW_NS
from tests.rooms.node.fake_desk import TANF

UTC = ZoneInfo("UTC")


def zone(shape, **more):
    return Zone(id="z", issuer="s", serial=1, version=1, name="Z", shape=shape, **more)


SQUARE = ((33.0, 38.0), (33.0, 39.0), (34.0, 39.0), (34.0, 38.0))
ACROSS = ((-17.0, 179.0), (-17.0, -179.0), (-16.0, -179.0), (-16.0, 179.0))


@pytest.mark.parametrize(
    ("shape", "field", "length_m"),
    [
        (Circle(33.5, 38.6, 55_000.0), "distance", 55_000),
        (Corridor(((33.0, 38.0), (34.0, 39.0)), 2_000.0), "width", 2_000),
        (Polygon(SQUARE), "across", 93_000),
        (Polygon(ACROSS), "across", 213_000),
    ],
)
def test_the_length_asked_back_is_the_one_the_words_say(shape, field, length_m):
    asked = briefing.questions(zone(shape), (), NOW_NS, UTC)[0]

    assert asked.field == field
    assert asked.length_m == pytest.approx(length_m, rel=0.01)


@pytest.mark.parametrize(
    "shape", [Polygon(((89.0, 0.0), (89.0, 120.0), (89.0, -120.0))), Polygon(((88.0, 0.0), (88.5, 1.0), (89.0, 2.0)))]
)
def test_at_a_pole_no_width_is_asked(shape):
    assert [one.field for one in briefing.questions(zone(shape), (), NOW_NS, UTC)] == ["middle", "until"]


def todo(asks, *others):
    """The question what to do, or None."""
    zones = [msgspec.structs.replace(TANF, id=f"o{i}", asks=one) for i, one in enumerate(others)]
    asked = briefing.questions(msgspec.structs.replace(TANF, asks=asks), zones, NOW_NS, UTC)
    return next((one for one in asked if one.field == "asks"), None)


def says_of(asked):
    return [choice.says for choice in asked.choices]


def test_what_to_do_is_asked_also_where_the_zone_says_it_in_its_own_words():
    asked = todo("Call the tower; stay out until it answers.")

    assert next(one.says for one in asked.choices if one.id == asked.right) == "Call the tower; stay out until it answers."
    assert len(asked.choices) > 2


def test_no_other_choice_repeats_what_the_words_ask():
    assert "Stay out" not in says_of(todo("Call the tower; stay out until it answers."))


def test_what_other_zones_ask_stands_beside_it():
    asked = todo("Call the tower.", "Call the harbour.", "stay out", "Call the tower.")

    assert "Call the harbour." in says_of(asked)
    assert says_of(asked).count("Call the tower.") == 1


def test_words_that_ask_everything_are_not_asked_back():
    assert todo("contact for information or permission, else stay out") is None


def test_a_long_request_is_cut_to_what_a_phone_shows():
    assert max(len(one) for one in says_of(todo("Turn back. " * 300))) <= briefing.ASKS_CHARS_MAX


def other_zones(count):
    return [msgspec.structs.replace(TANF, id=f"o{i}", name=f"Zone {i}") for i in range(count)]


def place_asked(one, others):
    return next(asked for asked in briefing.questions(one, others, NOW_NS, UTC) if asked.field in ("place", "middle"))


def test_a_place_is_asked_among_the_names_of_other_zones():
    asked = place_asked(msgspec.structs.replace(TANF, name="Tanf"), other_zones(5))

    assert (len(asked.choices), asked.right) == (5, TANF.id)


def test_a_name_with_a_number_in_it_would_give_the_distance_away_and_is_not_asked():
    assert place_asked(TANF, other_zones(5)).right == "33.507° N, 38.618° E"


def test_with_no_other_zone_the_place_is_asked_by_its_coordinates():
    asked = place_asked(TANF, [TANF])

    assert asked.right == "33.507° N, 38.618° E"
    assert len({choice.id for choice in asked.choices}) == 4


def test_an_end_is_asked_among_ends_as_plausible():
    asked = briefing.questions(zone(Circle(1.0, 1.0, 5.0), expires_ns=NOW_NS), (), NOW_NS, UTC)[-1]

    assert asked.right == "2017-05-18T09:30:00Z"
    assert len(asked.choices) == 4


@pytest.mark.parametrize(
    ("radius_m", "said"),
    [
        (54_717.0, "54.7 km"),
        (55_000.0, "55 km"),
        (1_000.0, "1 km"),
        (150.0, "150 metres"),
        (999.0, "999 metres"),
        (3_500_000.0, "3500 km"),
    ],
)
def test_lengths_are_said_in_three_digits(radius_m, said):
    assert said in " ".join(briefing.words(zone(Circle(1.0, 1.0, radius_m)), UTC))


def test_what_is_said_rounded_is_right_when_read_back():
    for radius_m in (54_717.6, 1_005.0, 12_349.9, 151.4):
        text = " ".join(briefing.words(zone(Circle(1.0, 1.0, radius_m)), UTC))
        number, unit = re.search(r"([\d.]+) (km|metres)", text).groups()
        typed_m = float(number) * (1000 if unit == "km" else 1)

        assert abs(typed_m - radius_m) <= 0.02 * radius_m


def test_a_long_outline_is_thinned_for_a_phone():
    ring = [[38 + i / 1e4, 33.0] for i in range(10_000)]

    assert len(briefing.outline({"type": "Polygon", "coordinates": [ring]})[0]) <= 200


CLOSED = [[38.0, 33.0], [39.0, 33.0], [39.0, 34.0], [38.0, 33.0]]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [CLOSED]},
        {"type": "MultiPolygon", "coordinates": [[CLOSED]]},
        {"type": "MultiLineString", "coordinates": [CLOSED]},
        {"type": "LineString", "coordinates": CLOSED},
    ],
)
def test_an_outline_of_any_form_is_drawn(geometry):
    assert briefing.outline(geometry) == (((33.0, 38.0), (33.0, 39.0), (34.0, 39.0), (33.0, 38.0)),)


@pytest.mark.parametrize("geometry", [{}, {"type": "Point", "coordinates": [1, 2]}, {"type": None, "coordinates": None}])
def test_without_an_outline_there_is_no_map(geometry):
    assert briefing.outline(geometry) == ()


# ── rings ────────────────────────────────────────────────────────────────────────────────────────────────────────────

RINGS = (
    Ring("contact-by", 10_000.0, "contact_by", "Say who you are."),
    Ring("boundary", 0.0, "boundary", "Do not enter."),
    Ring("quiet", 400.0, "contact_by"),
    Ring("inner", -25_000.0, "inner", "Stop."),
    Ring("ours", 5_000.0, "other"),
)


def test_a_ring_says_how_far_it_is_from_the_boundary_and_of_a_circle_from_the_middle():
    said = briefing.words(zone(Circle(33.5, 38.6, 55_000.0), rings=RINGS), UTC)

    assert "contact-by, 10 km (6.21 miles) outside the boundary, 65 km (40.4 miles) from the middle: Say who you are." in said
    assert "inner, 25 km (15.5 miles) inside the boundary, 30 km (18.6 miles) from the middle: Stop." in said
    assert "At the boundary: Do not enter." in said


def test_a_ring_that_asks_for_contact_without_words_of_its_own_gets_ours_and_another_is_left_out():
    said = briefing.words(zone(Polygon(SQUARE), rings=RINGS), UTC)

    assert "quiet, 400 metres outside the boundary: Make contact before you pass this line." in said
    assert [line for line in said if "ours" in line] == []


def test_the_rings_that_are_named_are_drawn_and_no_others():
    one = zone(Circle(33.5, 38.6, 55_000.0), rings=RINGS)
    lines = briefing.ring_lines(one, outlines(one)[1])

    assert len(lines) == 3
    assert all(line[0] == line[-1] for line in lines)
