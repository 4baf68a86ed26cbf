"""Zones as the console sends and shows them."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from openline.errors import Refused
from openline.zones.limits import limit
from openline.zones.plain import zone_from_plain, zone_to_plain
from openline.zones.zone import Zone
from tests.rooms.zones.made import plain_zone, zones

CIRCLE = {"type": "circle", "lat_deg": 33.5, "lon_deg": 38.6, "radius_m": 55000}


def sent(**changes: Any) -> Zone:
    return zone_from_plain({"id": "t", "name": "T", "shape": CIRCLE} | changes, "A")


@settings(deadline=None, max_examples=100)
@given(zones())
def test_a_zone_shown_and_sent_back_is_the_same_but_for_what_the_book_gives(zone: Zone) -> None:
    milli = {
        name: at and at // 10**6 * 10**6 for name in ("effective_ns", "expires_ns", "review_ns") if (at := getattr(zone, name))
    }
    zone = msgspec.structs.replace(zone, **milli)
    back = zone_from_plain(msgspec.json.decode(msgspec.json.encode(zone_to_plain(zone))), "A")

    assert back == msgspec.structs.replace(zone, version=0, standings=(), withdrawn=False)


def test_the_issuer_is_the_own_party_unless_stated() -> None:
    assert (sent().issuer, sent(issuer="B").issuer) == ("A", "B")


def test_limits_may_be_sent_in_words() -> None:
    zone = sent(lower="GND", upper="FL320")

    assert (zone.lower, zone.upper) == (None, limit(320.0, "fl", "baro"))


def test_what_depends_on_the_book_is_left_to_the_book() -> None:
    assert sent(version=7, holders=[], active=True).version == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"shape": None}, "zone.shape"),
        ({"shape": {"type": "blob"}}, "zone.shape"),
        ({"shape": CIRCLE | {"radius_m": "55"}}, "zone.shape"),
        ({"upper": 1500}, "zone.upper"),
        ({"upper": "1500"}, "zone.upper"),
        ({"upper": {"value": 1500, "unit": "ft"}}, "zone.upper.datum"),
        ({"upper": {"value": "x", "unit": "ft", "datum": "amsl"}}, "zone.upper.value"),
        ({"effective": "yesterday"}, "zone.effective"),
        ({"effective": "2024-06-01T00:00:00Z", "expires": "2024-05-01T00:00:00Z"}, "zone.expires"),
        ({"edge_rule": "rhumb"}, "zone.edge_rule"),
        ({"colour": "red"}, "zone.colour"),
        ({"rings": [{"name": "x"}]}, "zone.rings"),
        ({"applies_to": "all"}, "zone.applies_to"),
    ],
)
def test_a_bad_field_is_refused_by_name(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        sent(**changes)

    assert caught.value.field == field


@pytest.mark.parametrize("plain", [None, 5, [], "zone"])
def test_what_is_no_zone_is_refused(plain: Any) -> None:
    with pytest.raises(Refused):
        zone_from_plain(plain, "A")


def test_a_zone_without_a_shape_is_refused() -> None:
    with pytest.raises(Refused):
        zone_from_plain({"id": "t"}, "A")


def test_instants_are_shown_as_rfc_3339() -> None:
    assert zone_to_plain(plain_zone(effective_ns=1_495_411_200_000_000_000))["effective"] == "2017-05-22T00:00:00.000Z"
