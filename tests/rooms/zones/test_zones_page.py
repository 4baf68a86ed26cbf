"""docs/zones.md says what is true: its examples are read, its limits are the named ones."""

import re
from pathlib import Path

import pytest

from openline.utm.ed269 import parse_ed269
from openline.utm.files import read_zones
from openline.zones import book, check, feature, kml, kml_read, limits, position, properties, shape_geojson, sizes
from openline.zones.geojson import BYTES_MAX, FEATURES_MAX
from openline.zones.position import read_position
from openline.zones.zone import Circle

PAGE = (Path(__file__).parents[3] / "docs" / "zones.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```(?:json|xml)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_read(example: str) -> None:
    assert read_zones(example.strip().encode()).zones


def test_there_is_an_example_of_each_format() -> None:
    assert len(EXAMPLES) == 5


def test_the_ed269_example_moves_its_hours_to_utc() -> None:
    (zone,) = parse_ed269(EXAMPLES[-1]).zones

    assert [(hours.start_s, hours.end_s) for hours in zone.hours] == [(6 * 3600, 16 * 3600)]


def test_the_mile_example_is_watched_in_both_readings() -> None:
    nautical, unstated = read_zones(EXAMPLES[1].encode()).zones

    assert isinstance(nautical.shape, Circle)
    assert len(unstated.rings) == 2


def test_every_property_is_on_the_page() -> None:
    told = set(re.findall(r"`([a-z_0-9]+)`", PAGE))

    assert [name for name in properties.KNOWN if name not in told and not name.startswith("upper_")] == []


@pytest.mark.parametrize("text", re.findall(r"`([^`]+)`", PAGE.split("Read in every form:")[1].split("with any of")[0]))
def test_every_spelling_on_the_page_is_read(text: str) -> None:
    assert len(read_position(text).readings) == 1


def test_the_limits_on_the_page_are_the_named_ones() -> None:
    named = [BYTES_MAX, kml.KML_BYTES_MAX, FEATURES_MAX, kml.KMZ_BYTES_MAX, kml.KMZ_FILES_MAX, kml_read.ELEMENTS_MAX]
    shapes = [
        shape_geojson.VERTICES_MAX,
        shape_geojson.HOLES_MAX,
        shape_geojson.PARTS_MAX,
        sizes.RADIUS_MAX_M,
        check.HALF_WIDTH_MAX_M,
    ]
    others = [properties.RINGS_MAX, properties.HOURS_MAX, book.STANDINGS_MAX, limits.HEIGHT_HIGH_M, feature.NOTES_MAX]

    assert named == [64 << 20, 64 << 20, 100_000, 16 << 20, 1_000, 3_000_000]
    assert shapes == [20_000, 1_000, 1_000, 1_000_000.0, 200_000.0]
    assert others == [32, 100, 1_000, 100_000.0, 500]
    assert [book.ZONES_MAX, book.VERSIONS_MAX, kml_read.DEPTH_MAX, position.TEXT_CHARS_MAX] == [100_000, 10_000, 60, 200]
