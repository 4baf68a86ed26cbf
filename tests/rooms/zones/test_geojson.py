"""GeoJSON in and out: sizes, ids, edges, the 180° meridian, and every refusal at its place."""

import contextlib
import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.zones import zones_from_geojson, zones_to_geojson
from openline.zones.geojson import BYTES_MAX, parse_geojson, read_geojson
from openline.zones.zone import Circle, Corridor, Group, Polygon, Zone
from tests.rooms.zones.geo import SQUARE, feature, one, point, polygon, refused
from tests.rooms.zones.made import zones


def test_a_point_with_radius_m_is_a_circle() -> None:
    assert one(point(radius_m=55_000)).shape == Circle(33.507, 38.618, 55_000.0)


@pytest.mark.parametrize(
    ("radius", "unit", "radius_m"),
    [
        (55, "km", 55_000.0),
        (30, "nmi", 55_560.0),
        (30, "nm", 55_560.0),
        (34, "statute_mi", 54_717.696),
        (500, "yd", 457.2),
        (1000, "ft", 304.8),
        (7, "m", 7.0),
    ],
)
def test_a_radius_is_read_in_its_unit(radius: float, unit: str, radius_m: float) -> None:
    shape = one(point(radius=radius, unit=unit)).shape

    assert isinstance(shape, Circle)
    assert shape.radius_m == pytest.approx(radius_m, abs=1e-9)


def test_the_value_and_unit_a_radius_was_given_in_are_kept() -> None:
    declared = one(point(radius=30, unit="nmi")).declared

    assert (declared.value, declared.unit) == ("30", "nmi")


@pytest.mark.parametrize("unit", ["mile", "mi", "miles"])
def test_a_mile_without_a_kind_is_refused(unit: str) -> None:
    assert refused(point(radius=30, unit=unit)).field == "features[0].properties.mile_kind"


def test_a_mile_of_a_stated_kind_is_that_kind() -> None:
    shape = one(point(radius=30, unit="mile", mile_kind="nautical")).shape

    assert isinstance(shape, Circle)
    assert shape.radius_m == 55_560.0


def test_when_nobody_stated_the_kind_both_readings_are_kept_and_watched() -> None:
    zone = one(point(radius=30, unit="mile", mile_kind="not stated"))

    assert zone.declared.other_readings_m == pytest.approx((48_280.32, 55_560.0))
    assert [round(ring.offset_m, 2) for ring in zone.rings] == [0.0, -7279.68]


def test_a_radius_without_a_unit_is_refused() -> None:
    assert refused(point(radius=30)).field == "features[0].properties.unit"


def test_a_point_without_a_radius_is_refused() -> None:
    assert refused(point()).field == "features[0].properties.radius_m"


@pytest.mark.parametrize("radius_m", [0, -5, 1_000_001, "55", None, True, float("nan"), float("inf")])
def test_a_radius_that_is_none_is_refused(radius_m: Any) -> None:
    assert refused(point(radius_m=radius_m)).field == "features[0].properties.radius_m"


def test_a_line_with_a_half_width_is_a_corridor() -> None:
    shape = one(feature({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, {"half_width_m": 500})).shape

    assert shape == Corridor(((0.0, 0.0), (1.0, 1.0)), 500.0)


def test_a_width_is_two_half_widths() -> None:
    shape = one(feature({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, {"width": 10, "unit": "nmi"})).shape

    assert isinstance(shape, Corridor)
    assert shape.half_width_m == 9260.0


def test_edges_are_straight_in_longitude_and_latitude_unless_said_otherwise() -> None:
    assert one(polygon()).edge_rule == "lonlat"
    assert one(polygon(edge_rule="geodesic")).edge_rule == "geodesic"


def test_a_polygon_keeps_its_vertices_without_the_repeated_one() -> None:
    assert one(polygon()).shape == Polygon(((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)))


def test_a_multipolygon_is_a_group() -> None:
    shape = one(feature({"type": "MultiPolygon", "coordinates": [SQUARE, [[[5, 0], [6, 0], [6, 1], [5, 0]]]]})).shape

    assert isinstance(shape, Group)
    assert len(shape.parts) == 2


def test_a_collection_takes_its_sizes_from_parts() -> None:
    geometry = {
        "type": "GeometryCollection",
        "geometries": [
            {"type": "Point", "coordinates": [0, 0]},
            {"type": "Polygon", "coordinates": SQUARE},
            {"type": "Point", "coordinates": [5, 5]},
        ],
    }
    shape = one(feature(geometry, {"parts": [{"radius_m": 1}, {"radius": 2, "unit": "km"}]})).shape

    assert isinstance(shape, Group)
    assert [part.radius_m for part in shape.parts if isinstance(part, Circle)] == [1.0, 2000.0]


def test_a_collection_within_a_collection_is_refused() -> None:
    inner = {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": SQUARE}]}

    assert (
        refused(feature({"type": "GeometryCollection", "geometries": [inner]})).field
        == "features[0].geometry.geometries[0].type"
    )


def test_parts_cut_along_180_are_joined_to_one_area() -> None:
    west = [[[-180, 10], [-170, 10], [-170, 20], [-180, 20], [-180, 10]]]
    east = [[[170, 10], [180, 10], [180, 20], [170, 20], [170, 10]]]
    read = read_geojson(feature({"type": "MultiPolygon", "coordinates": [east, west]}))

    assert isinstance(read.zones[0].shape, Polygon)
    assert "joined" in read.notes[0].says


@pytest.mark.parametrize("east", [190, -170])
def test_a_polygon_across_180_is_one_area_however_it_is_written(east: float) -> None:
    shape = one(polygon([[[170, 10], [east, 10], [east, 20], [170, 20], [170, 10]]])).shape

    assert shape == Polygon(((10.0, 170.0), (10.0, -170.0), (20.0, -170.0), (20.0, 170.0)))


def test_an_edge_taken_the_short_way_is_noted() -> None:
    read = read_geojson(polygon([[[170, 10], [-170, 10], [-170, 20], [170, 20], [170, 10]]]))

    assert any("short way" in note.says for note in read.notes)


def test_an_area_across_180_goes_out_cut_as_rfc_7946_asks() -> None:
    zone = one(polygon([[[170, 10], [190, 10], [190, 20], [170, 20], [170, 10]]]))

    (out,) = zones_to_geojson([zone])["features"]

    assert out["geometry"]["type"] == "MultiPolygon"
    assert max(lon for part in out["geometry"]["coordinates"] for lon, _ in part[0]) == 180.0


def test_a_cut_geometry_that_was_changed_afterwards_is_refused() -> None:
    document = zones_to_geojson([one(polygon([[[170, 10], [190, 10], [190, 20], [170, 20], [170, 10]]]))])
    document["features"][0]["geometry"]["coordinates"][0][0][1][1] += 0.5

    with pytest.raises(Refused, match="another area than the geometry"):
        zones_from_geojson(document)


def test_a_geodesic_edge_over_the_pole_is_read() -> None:
    line = [[[0, 60], [-174.5, 0], [-180, 20], [0, 60]]]

    assert one(polygon(line, edge_rule="geodesic")).shape == Polygon(((60.0, 0.0), (0.0, -174.5), (20.0, -180.0)))


def test_a_polar_cap_drawn_to_the_pole_keeps_only_its_parallel() -> None:
    cap = [[-180, -60], [-90, -60], [0, -60], [90, -60], [180, -60], [180, -90], [-180, -90], [-180, -60]]
    shape = one(polygon([cap])).shape

    assert isinstance(shape, Polygon)
    assert {lat for lat, _ in shape.outer} == {-60.0}


def test_an_edge_of_half_the_globe_is_refused() -> None:
    assert (
        refused(polygon([[[-90, 0], [90, 0], [90, 10], [-90, 10], [-90, 0]]])).field == "features[0].geometry.coordinates[0][0]"
    )


@pytest.mark.parametrize(
    ("rings", "place"),
    [
        ([[[0, 0], [1, 91], [1, 1], [0, 0]]], "coordinates[0][1][1]"),
        ([[[0, 0], [1, 0], [541, 1], [0, 0]]], "coordinates[0][2][0]"),
        ([[[0, 0], [1, 0], [1, "1"], [0, 0]]], "coordinates[0][2][1]"),
        ([[[0, 0], [1, 0], [1, float("nan")], [0, 0]]], "coordinates[0][2][1]"),
        ([[[0, 0], [1, 0], [1, None], [0, 0]]], "coordinates[0][2][1]"),
        ([[[0, 0], [1, 0], [1, True], [0, 0]]], "coordinates[0][2][1]"),
        ([[[0, 0], [1, 0], [1], [0, 0]]], "coordinates[0][2]"),
        ([[[0, 0], [1, 0], 7, [0, 0]]], "coordinates[0][2]"),
        ([[[0, 0], [1, 0], [0, 0]]], "coordinates[0]"),
        ([[[0, 0], [1, 0], [1, 1], [0, 1]]], "coordinates[0][3]"),
        ([], "coordinates"),
        ("x", "coordinates"),
        ({}, "coordinates"),
        (None, "coordinates"),
        (SQUARE * 1002, "coordinates"),
        ([[[0, 0]] * 20_001], "coordinates[0]"),
    ],
)
def test_a_bad_coordinate_is_refused_at_its_place(rings: Any, place: str) -> None:
    good = [polygon() | {"id": name} for name in "bcd"]

    assert refused(*good, polygon(rings)).field == f"features[3].geometry.{place}"


def test_a_polygon_that_crosses_itself_is_refused_naming_where() -> None:
    error = refused(polygon([[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]))

    assert error.field == "features[0].shape"
    assert "lat 0.500000, lon 0.500000" in error.value


def test_a_hole_outside_is_refused() -> None:
    assert "hole lies outside" in refused(polygon([*SQUARE, [[5, 5], [6, 5], [6, 6], [5, 5]]])).value


def test_repeated_positions_are_dropped_with_a_note() -> None:
    read = read_geojson(polygon([[[0, 0], [1, 0], [1, 0], [1, 1], [0, 0]]]))

    assert "1 repeated positions were dropped" in read.notes[0].says


@pytest.mark.parametrize(
    "geometry", [None, 5, {}, {"type": "Dot"}, {"type": "MultiPoint", "coordinates": []}, {"type": ["Point"]}]
)
def test_a_geometry_that_is_none_is_refused(geometry: Any) -> None:
    assert refused(feature(geometry)).field.startswith("features[0].geometry")


@pytest.mark.parametrize(
    "document",
    [None, 7, [], {}, {"type": "Topology"}, {"type": "FeatureCollection"}, {"type": "FeatureCollection", "features": 3}],
)
def test_a_document_that_is_no_geojson_is_refused(document: Any) -> None:
    with pytest.raises(Refused):
        zones_from_geojson(document)


def test_the_id_may_stand_in_the_properties() -> None:
    given_id = feature({"type": "Polygon", "coordinates": SQUARE}, {"id": "inner"})
    del given_id["id"]

    assert one(given_id).id == "inner"


def test_an_id_made_from_the_content_is_the_same_every_time_and_noted() -> None:
    without = feature({"type": "Polygon", "coordinates": SQUARE})
    del without["id"]
    document = {"type": "FeatureCollection", "features": [without, copy.deepcopy(without)]}

    first, again = read_geojson(document), read_geojson(document)

    assert [zone.id for zone in first.zones] == [zone.id for zone in again.zones]
    assert len({zone.id for zone in first.zones}) == 2
    assert "no id stated" in first.notes[0].says


def test_an_id_twice_is_refused() -> None:
    assert refused(polygon(), polygon()).field == "features[1].id"


@pytest.mark.parametrize("given_id", ["", True, 1.5, [], "x" * 201, "a\x00b", "\ud800"])
def test_an_id_that_is_none_is_refused(given_id: Any) -> None:
    assert refused(polygon() | {"id": given_id}).field == "features[0].id"


@settings(deadline=None, max_examples=200)
@given(st.lists(zones(), max_size=4, unique_by=lambda zone: zone.id))
def test_zones_go_through_geojson_and_back_unchanged(many: list[Zone]) -> None:
    document = json.loads(json.dumps(zones_to_geojson(many)))

    assert zones_from_geojson(document) == many


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "geometries", "radius_m", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon", "GeometryCollection"]),
    VALUES,
    st.dictionaries(
        st.sampled_from(["radius_m", "radius", "unit", "parts", "rings", "hours", "lower", "upper_m", "openline_shape"]),
        VALUES,
        max_size=4,
    ),
)
def test_nothing_but_a_refusal_comes_of_nonsense(kind: str, coordinates: Any, properties: dict[str, Any]) -> None:
    geometry = {"type": kind, "coordinates": coordinates, "geometries": coordinates}
    with contextlib.suppress(Refused):
        zones_from_geojson({"type": "FeatureCollection", "features": [feature(geometry, properties)]})


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=60) | st.text(max_size=60))
def test_nothing_but_a_refusal_comes_of_noise(data: bytes | str) -> None:
    with pytest.raises(Refused):
        parse_geojson(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 200_000,
        b'{"type":' * 50_000,
        b'{"type": "FeatureCollection", "features": [' + b"[" * 100_000,
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": 1e999, "type": "Feature"}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"\xff\xfe{\x00}\x00",
        b"",
        "not json",
    ],
)
def test_hostile_bytes_are_refused(data: bytes | str) -> None:
    with pytest.raises(Refused):
        parse_geojson(data)


def test_a_file_above_the_limit_is_refused_unread() -> None:
    with pytest.raises(Refused, match="at most"):
        parse_geojson(b" " * (BYTES_MAX + 1))


def test_a_byte_order_mark_is_accepted() -> None:
    data = b"\xef\xbb\xbf" + json.dumps({"type": "FeatureCollection", "features": [polygon()]}).encode()

    assert len(parse_geojson(data).zones) == 1


def test_refusals_are_short_however_long_the_value() -> None:
    assert len(str(refused(point(radius_m="9" * 1_000_000)))) < 400


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_a_file_that_names_wgs_84_is_read(name: str) -> None:
    document = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": name}}, "features": [polygon()]}

    assert len(zones_from_geojson(document)) == 1


@pytest.mark.parametrize("crs", ["EPSG:25832", 5, {"type": "name", "properties": {"name": "EPSG:3857"}}, {"type": "link"}, []])
def test_a_file_in_another_coordinate_system_is_refused(crs: Any) -> None:
    with pytest.raises(Refused) as caught:
        zones_from_geojson({"type": "FeatureCollection", "crs": crs, "features": [polygon()]})

    assert caught.value.field == "crs"


def test_a_name_shown_in_another_order_than_stored_is_refused() -> None:
    assert refused(polygon(name="safe\u202eenoz")).field == "features[0].properties.name"


def test_line_ends_of_other_systems_become_line_feeds() -> None:
    assert one(polygon(asks="stop\r\ncall")).asks == "stop\ncall"
