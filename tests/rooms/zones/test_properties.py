"""Properties of features: limits, hours, times, and every refusal at its place."""

from typing import Any

import pytest

from openline.zones.geojson import read_geojson
from openline.zones.hours import active
from openline.zones.zone import Hours, Limit
from tests.rooms.zones.geo import one, point, polygon, refused
from tests.rooms.zones.made import MONDAY_NS


def test_limits_are_read_in_every_spelling() -> None:
    zone = one(polygon(lower="GND", upper_fl=320))
    other = one(polygon(lower_m=120, lower_datum="agl", upper="1,500 ft AMSL"))

    assert (zone.lower, zone.upper) == (None, Limit(320.0, "fl", "baro", 9753.6))
    assert other.lower == Limit(120.0, "m", "agl", 120.0)
    assert other.upper is not None
    assert other.upper.altitude_m == pytest.approx(457.2)


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"upper_ft": 1500}, "upper_datum"),
        ({"upper": 1500}, "upper"),
        ({"upper": "1500 ft"}, "upper"),
        ({"upper_ft": 1500, "upper_datum": "msl"}, "upper_datum"),
        ({"upper_fl": 320, "upper_datum": "agl"}, "upper_fl.datum"),
        ({"upper_fl": 320, "upper": "FL530"}, "upper"),
        ({"lower_fl": 320, "upper_fl": 100}, "upper"),
        ({"hours": "24h"}, "hours"),
        ({"hours": [{"weekdays": [7], "start": "08:00", "end": "17:00"}]}, "hours[0].weekdays[0]"),
        ({"hours": [{"weekdays": [], "start": "08:00", "end": "17:00"}]}, "hours[0].weekdays"),
        ({"hours": [{"weekdays": [1], "start": "8", "end": "17:00"}]}, "hours[0].start"),
        ({"hours": [{"weekdays": [1], "start": "08:00", "end": "24:01"}]}, "hours[0].end"),
        ({"effective": "1970-01-01T00:00:00Z"}, "effective"),
        ({"effective": "2017-05-18 09:30"}, "effective"),
        ({"effective": "2099-06-01T00:00:00Z"}, "effective"),
        ({"effective": "2017-05-18T09:30:00Z", "expires": "2017-05-18T09:30:00Z"}, "expires"),
        ({"edge_rule": "rhumb"}, "edge_rule"),
        ({"rings": []}, "rings"),
        ({"rings": [{"name": "x", "offset_m": 5, "rule": "stop"}]}, "rings[0].rule"),
        ({"serial": 0}, "serial"),
        ({"version": "2"}, "version"),
        ({"withdrawn": "no"}, "withdrawn"),
        ({"name": "a\x07b"}, "name"),
        ({"name": 5}, "name"),
        ({"applies_to": "everybody"}, "applies_to"),
        ({"declared": {"means": "about"}}, "declared.means"),
        (
            {"standings": [{"party": "B", "status": "fine", "at": "2017-05-18T09:30:00Z", "message": "1"}]},
            "standings[0].status",
        ),
    ],
)
def test_a_property_that_contradicts_or_is_incomplete_is_refused(properties: dict[str, Any], field: str) -> None:
    assert refused(polygon(**properties)).field.removeprefix("features[0].").removeprefix("properties.") == field


def test_hours_and_times_are_read() -> None:
    zone = one(polygon(hours=[{"weekdays": [0, 4], "start": "22:00", "end": "06:00Z"}], effective="2017-05-01T00:00:00Z"))

    assert zone.hours == (Hours((0, 4), 79_200, 21_600),)
    assert active(zone, MONDAY_NS) == "inactive"


def test_properties_that_are_not_read_are_named_in_a_note() -> None:
    read = read_geojson(polygon(radus_m=5, colour="red"))

    assert read.notes[0].says == "not read: colour, radus_m"


def test_a_zone_that_expires_before_it_begins_is_refused_with_what_was_typed() -> None:
    said = refused(polygon(effective="2024-06-01T00:00:00Z", expires="2024-05-01T02:00:00+02:00"))

    assert said.field == "features[0].properties.expires"
    assert said.value == "'2024-05-01T02:00:00+02:00'"
    assert said.accepted == "a time after features[0].properties.effective, 2024-06-01T00:00:00Z"


@pytest.mark.parametrize("radius_m", [-5, 0, 2e6, float("nan")])
def test_a_radius_that_is_none_is_refused_with_one_span(radius_m: float) -> None:
    said = refused(point(radius_m=radius_m))

    assert said.field == "features[0].properties.radius_m"
    assert said.accepted == "a length above 0 and at most 1000000"
