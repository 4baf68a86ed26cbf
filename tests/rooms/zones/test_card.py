"""What the room shows at its door."""

import subprocess
import sys

import pytest

import openline.zones
from openline.zones import book, geojson


def test_the_public_nouns_are_there() -> None:
    assert [getattr(openline.zones, name) for name in ("Book", "zones_from_geojson", "zones_to_geojson")] == [
        book.Book,
        geojson.zones_from_geojson,
        geojson.zones_to_geojson,
    ]


def test_a_noun_the_room_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute"):
        openline.zones.nothing  # noqa: B018


def test_the_noun_zone_costs_no_geometry() -> None:
    code = "import sys, openline.zones.zone; sys.exit('shapely' in sys.modules or 'numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
