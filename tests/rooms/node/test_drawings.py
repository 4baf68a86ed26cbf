"""Outlines of zones: drawn once a shape, as JSON."""

import msgspec

from openline.node.shown.drawings import Drawings, outlines
from openline.zones.zone import Circle, Polygon, Ring, Standing, Zone

ZONE = Zone(id="z", issuer="p", serial=1, version=1, name="Z", shape=Circle(33.5, 38.6, 10_000.0))


def test_the_drawing_is_that_of_the_zone() -> None:
    boundary, rings = Drawings().of(ZONE)

    assert msgspec.json.decode(boundary) == outlines(ZONE)[0]
    assert msgspec.json.decode(rings) == []


def test_what_a_party_says_of_a_zone_draws_nothing_anew() -> None:
    drawings = Drawings()
    first = drawings.of(ZONE)
    agreed = msgspec.structs.replace(ZONE, standings=(Standing("q", "agreed", 1, "m"),))

    assert drawings.of(agreed) is first


def test_another_shape_or_another_ring_is_drawn_anew() -> None:
    drawings = Drawings()
    first = drawings.of(ZONE)
    wider = drawings.of(msgspec.structs.replace(ZONE, shape=Circle(33.5, 38.6, 20_000.0)))
    ringed = drawings.of(msgspec.structs.replace(ZONE, rings=(Ring("far", 5_000.0, "contact_by"), *ZONE.rings)))

    assert wider[0] != first[0]
    assert [ring["name"] for ring in msgspec.json.decode(ringed[1])] == ["far"]


def test_a_shape_that_cannot_be_drawn_is_null() -> None:
    crossed = Polygon(((0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)))

    assert Drawings().of(msgspec.structs.replace(ZONE, shape=crossed)) == (msgspec.Raw(b"null"), msgspec.Raw(b"[]"))


def test_a_zone_that_is_no_more_is_forgotten() -> None:
    drawings = Drawings()
    first = drawings.of(ZONE)
    drawings.keep_only([])

    assert drawings.of(ZONE) is not first
