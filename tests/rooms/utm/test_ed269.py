"""ED-269 in and out. The samples are written here, after the standard's public structure."""

import contextlib
import copy
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.utm.ed269 import parse_ed269
from openline.utm.ed269_out import unsayable, zones_to_ed269
from openline.zones.check import check
from openline.zones.feature import STATEMENT, Imported
from openline.zones.limits import limit
from openline.zones.zone import Circle, Corridor, Group, Hours, Polygon, Zone
from tests.rooms.zones.made import PARTS, plain_zone, zones

CIRCLE = {"type": "Circle", "center": [8.5, 47.4], "radius": 1500}
SQUARE = {"type": "Polygon", "coordinates": [[[8.0, 47.0], [8.1, 47.0], [8.1, 47.1], [8.0, 47.1], [8.0, 47.0]]]}


def volume(projection: Any = CIRCLE, **changes: Any) -> dict[str, Any]:
    return {
        "uomDimensions": "M",
        "lowerLimit": 0,
        "lowerVerticalReference": "AGL",
        "upperLimit": 120,
        "upperVerticalReference": "AGL",
        "horizontalProjection": projection,
    } | changes


def zone(*volumes: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "identifier": "TST01",
        "country": "CHE",
        "name": "Test hospital",
        "type": "COMMON",
        "restriction": "REQ_AUTHORISATION",
        "restrictionConditions": "RST02",
        "region": 0,
        "reason": ["AIR_TRAFFIC", "SENSITIVE"],
        "otherReasonInfo": "helicopters",
        "regulationExemption": "YES",
        "uSpaceClass": "",
        "message": "Call before you fly",
        "applicability": [{"permanent": "YES"}],
        "zoneAuthority": [
            {"name": "Tower", "phone": "+41 00 000 00 00", "email": "tower@example.org", "purpose": "AUTHORIZATION"}
        ],
        "geometry": list(volumes) or [volume()],
    } | changes


def read(*many: dict[str, Any]) -> Imported:
    return parse_ed269(json.dumps({"title": "t", "description": "d", "features": list(many)}))


def one(*volumes: dict[str, Any], **changes: Any) -> Zone:
    (found,) = read(zone(*volumes, **changes)).zones
    return found


def refused(*volumes: dict[str, Any], **changes: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        read(zone(*volumes, **changes))
    return caught.value


@pytest.mark.parametrize("wrap", [lambda z: {"UASZoneList": [z]}, lambda z: {"features": [z]}, lambda z: [z]])
def test_every_published_envelope_is_read(wrap: Any) -> None:
    assert [found.id for found in parse_ed269(json.dumps(wrap(zone()))).zones] == ["CHE-TST01"]


def test_a_circle_has_its_centre_longitude_first() -> None:
    assert one().shape == Circle(47.4, 8.5, 1500.0)


def test_a_polygon_is_read_with_geodesic_edges() -> None:
    found = one(volume(SQUARE))

    assert isinstance(found.shape, Polygon)
    assert found.edge_rule == "geodesic"


def test_limits_keep_unit_and_reference() -> None:
    found = one(volume(SQUARE, uomDimensions="FT", lowerLimit=500, lowerVerticalReference="AMSL", upperLimit=1000))

    assert found.lower == limit(500.0, "ft", "amsl")
    assert found.upper == limit(1000.0, "ft", "agl")


def test_zero_above_ground_is_from_the_ground_and_null_is_unlimited() -> None:
    found = one(volume(upperLimit=None))

    assert (found.lower, found.upper) == (None, None)


def test_a_limit_in_text_is_read() -> None:
    assert one(volume(upperLimit="120")).upper == limit(120.0, "m", "agl")


def test_a_ceiling_of_99999_is_unlimited_and_noted() -> None:
    found = read(zone(volume(upperLimit=99_999)))

    assert found.zones[0].upper is None
    assert any("unlimited" in note.says for note in found.notes)


def test_a_radius_in_feet_is_watched_as_metres_too() -> None:
    found = one(volume({"type": "Circle", "center": [8.5, 47.4], "radius": 1000}, uomDimensions="FT"))

    assert found.shape == Circle(47.4, 8.5, 304.8)
    assert [round(ring.offset_m, 1) for ring in found.rings] == [0.0, 695.2]


def test_who_asks_what_and_why_is_read() -> None:
    found = one()

    assert (found.issuer, found.applies_to) == ("Tower", ("aircraft",))
    assert found.asks == "permission before entering; RST02; contact +41 00 000 00 00, tower@example.org"
    assert found.purpose == "air traffic, sensitive; helicopters"
    assert found.exempt == ("those exempt by regulation",)
    assert found.declared.words == "Call before you fly"


def test_what_is_read_may_be_published() -> None:
    check(one())


def test_the_other_spelling_of_authorisation_is_read() -> None:
    assert one(restriction="REQ_AUTHORIZATION").asks.startswith("permission")


def test_daily_periods_become_hours() -> None:
    schedule = [{"day": ["MON", "FRI"], "startTime": "08:00:00.00Z", "endTime": "17:30Z"}]
    found = one(
        applicability=[{"permanent": "NO", "startDateTime": "2026-05-01T00:00:00Z", "endDateTime": None, "schedule": schedule}]
    )

    assert found.hours == (Hours((0, 4), 28_800, 63_000),)
    assert found.effective_ns == 1_777_593_600_000_000_000


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("08:00+02:00", "10:00+02:00", Hours((0,), 21_600, 28_800)),
        ("01:00+02:00", "05:00+02:00", Hours((6,), 82_800, 10_800)),
        ("23:00-02:00", "23:30-02:00", Hours((1,), 3_600, 5_400)),
        ("22:00Z", "06:00Z", Hours((0,), 79_200, 21_600)),
        ("00:00Z", "23:59:59.99Z", Hours((0,), 0, 86_400)),
        ("08:00Z", "24:00Z", Hours((0,), 28_800, 0)),
    ],
)
def test_times_of_day_are_moved_to_utc(start: str, end: str, expected: Hours) -> None:
    period = {"permanent": "NO", "dailyPeriod": [{"day": ["MON"], "startTime": start, "endTime": end}]}

    assert one(applicability=[period]).hours == (expected,)


def test_any_day_is_every_day() -> None:
    period = {"permanent": "NO", "schedule": [{"day": ["ANY"], "startTime": "08:00Z", "endTime": "09:00Z"}]}

    assert one(applicability=[period]).hours[0].weekdays == (0, 1, 2, 3, 4, 5, 6)


def test_permanent_beside_other_periods_is_always_and_noted() -> None:
    found = read(zone(applicability=[{"permanent": "NO", "startDateTime": "2026-05-01T00:00:00Z"}, {"permanent": "YES"}]))

    assert found.zones[0].effective_ns is None
    assert any("taken as always" in note.says for note in found.notes)


def test_an_empty_daily_entry_is_noted_and_not_read() -> None:
    found = read(zone(applicability=[{"permanent": "NO", "dailyPeriod": [{"day": [], "startTime": None, "endTime": None}]}]))

    assert found.zones[0].hours == ()
    assert any("not read" in note.says for note in found.notes)


def test_volumes_of_one_band_are_one_group() -> None:
    assert isinstance(one(volume(), volume(SQUARE)).shape, Group)


def test_volumes_of_other_bands_become_zones_of_their_own() -> None:
    found = read(zone(volume(), volume(SQUARE, upperLimit=300)))

    assert [(each.id, each.upper and each.upper.value) for each in found.zones] == [
        ("CHE-TST01.1", 120.0),
        ("CHE-TST01.2", 300.0),
    ]


def test_two_periods_become_two_zones() -> None:
    first = {"permanent": "NO", "startDateTime": "2026-05-01T00:00:00Z", "endDateTime": "2026-05-02T00:00:00Z"}
    second = {"permanent": "NO", "startDateTime": "2026-06-01T00:00:00Z", "endDateTime": "2026-06-02T00:00:00Z"}

    assert len(read(zone(applicability=[first, second])).zones) == 2


def test_two_overlapping_bands_for_one_projection_contradict_each_other() -> None:
    error = refused(volume(), volume(upperLimit=300))

    assert error.field == "features[0].geometry[1]"
    assert "geometry[0] gives another" in error.accepted


def test_two_bands_above_each_other_do_not() -> None:
    assert len(read(zone(volume(), volume(lowerLimit=120, upperLimit=300))).zones) == 2


@pytest.mark.parametrize(
    ("given_zone", "field"),
    [
        (zone(volume(uomDimensions="KM")), "geometry[0].uomDimensions"),
        (zone(volume(uomDimensions=None)), "geometry[0].uomDimensions"),
        (zone(volume(upperVerticalReference=None)), "geometry[0].upperVerticalReference"),
        (zone(volume(upperVerticalReference="QNH")), "geometry[0].upperVerticalReference"),
        (zone(volume(upperLimit="high")), "geometry[0].upperLimit"),
        (zone(volume(upperLimit="1_0")), "geometry[0].upperLimit"),
        (zone(volume(upperLimit=True)), "geometry[0].upperLimit"),
        (zone(volume(lowerLimit=200)), "upper"),
        (zone(volume({"type": "Circle", "center": [47.4, 98.5], "radius": 5})), "geometry[0].horizontalProjection.center[1]"),
        (zone(volume({"type": "Circle", "center": [8.5, 47.4], "radius": 0})), "geometry[0].horizontalProjection.radius"),
        (zone(volume({"type": "Circle", "center": [8.5, 47.4]})), "geometry[0].horizontalProjection.radius"),
        (zone(volume({"type": "Point", "coordinates": [1, 2]})), "geometry[0].horizontalProjection.type"),
        (zone(volume({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]})), "shape"),
        (
            zone(volume({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0]]]})),
            "geometry[0].horizontalProjection.coordinates[0]",
        ),
        (zone(geometry=[]), "geometry"),
        (zone(geometry=None), "geometry"),
        (zone(restriction="MAYBE"), "restriction"),
        (zone(restriction=None), "restriction"),
        (zone(identifier=""), "identifier"),
        (zone(country="CHEX"), "country"),
        (zone(applicability=[{}]), "applicability[0].permanent"),
        (zone(applicability=[{"permanent": "NO", "startDateTime": "tomorrow"}]), "applicability[0].startDateTime"),
        (zone(applicability=[{"permanent": "NO", "schedule": [{"day": ["XXX"]}]}]), "applicability[0].schedule[0].day[0]"),
        (
            zone(applicability=[{"permanent": "NO", "schedule": [{"day": ["MON"], "startTime": "8", "endTime": "09:00Z"}]}]),
            "applicability[0].schedule[0].startTime",
        ),
        (
            zone(
                applicability=[{"permanent": "NO", "schedule": [{"day": ["MON"], "startTime": "08:00", "endTime": "09:00Z"}]}]
            ),
            "applicability[0].schedule[0].startTime",
        ),
        (
            zone(
                applicability=[{"permanent": "NO", "schedule": [{"day": ["MON"], "startTime": "08:00Z", "endTime": "24:01Z"}]}]
            ),
            "applicability[0].schedule[0].endTime",
        ),
    ],
)
def test_a_bad_field_is_refused_at_its_place(given_zone: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        read(given_zone)

    assert caught.value.field == f"features[0].{field}"


def test_an_identifier_twice_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        read(zone(), zone())

    assert caught.value.field == "features[1].identifier"


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[1]", b'{"features": 5}', b'{"UASZoneList": null}', b"[" * 100_000, b"\xff", "nul"]
)
def test_what_is_no_ed269_is_refused(data: bytes | str) -> None:
    with pytest.raises(Refused):
        parse_ed269(data)


SAYABLE = zones(PARTS | st.lists(PARTS, min_size=2, max_size=3).map(lambda parts: Group(tuple(parts)))).map(
    lambda made: msgspec.structs.replace(made, withdrawn=False)
)


@settings(deadline=None, max_examples=150)
@given(st.lists(SAYABLE, max_size=3, unique_by=lambda made: made.id))
def test_zones_go_through_ed269_and_back_unchanged_or_are_named_as_left_out(many: list[Zone]) -> None:
    exported = zones_to_ed269(many)
    back = parse_ed269(json.dumps(exported.document)).zones
    left_out = {note.field for note in exported.left_out}

    assert back == [each for each in many if each.id not in left_out]
    assert left_out == {each.id for each in many if unsayable(each)}


def fields_only(given_zone: Zone) -> Zone:
    """The zone as somebody reads it who knows nothing of extendedProperties."""
    document = json.loads(json.dumps(zones_to_ed269([given_zone]).document))
    for feature in document["features"]:
        del feature["extendedProperties"]
    (found,) = parse_ed269(json.dumps(document)).zones
    return found


def test_a_stranger_reads_place_limits_and_times() -> None:
    made = plain_zone(
        upper=limit(120.0, "m", "agl"), hours=(Hours((0,), 28_800, 61_200),), expires_ns=1_777_593_600_000_000_000
    )
    found = fields_only(made)

    assert (found.shape, found.upper, found.hours, found.expires_ns) == (made.shape, made.upper, made.hours, made.expires_ns)


def test_a_stranger_reads_wider_limits_never_narrower() -> None:
    found = fields_only(plain_zone(lower=limit(1001.0, "ft", "amsl"), upper=limit(1999.0, "ft", "amsl")))

    assert found.lower == limit(305.0, "m", "amsl")
    assert found.upper == limit(610.0, "m", "amsl")


def test_a_stranger_reads_hours_past_midnight_as_two_days() -> None:
    found = fields_only(plain_zone(hours=(Hours((6,), 79_200, 21_600),)))

    assert found.hours == (Hours((6,), 79_200, 0), Hours((0,), 0, 21_600))


def test_a_stranger_reads_an_area_across_180_as_one() -> None:
    shape = Polygon(((10.0, 170.0), (10.0, -170.0), (20.0, -170.0), (20.0, 170.0)))

    assert isinstance(fields_only(plain_zone(shape=shape)).shape, Polygon)


def test_fields_changed_by_somebody_else_win_and_are_noted() -> None:
    document = copy.deepcopy(zones_to_ed269([plain_zone(upper=limit(120.0, "m", "agl"))]).document)
    document["features"][0]["geometry"][0]["upperLimit"] = 300
    found = parse_ed269(json.dumps(document))

    assert found.zones[0].upper == limit(300.0, "m", "agl")
    assert any("changed since" in note.says for note in found.notes)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"withdrawn": True}, "withdrawn"),
        ({"shape": Corridor(((0.0, 0.0), (1.0, 1.0)), 5.0)}, "corridor"),
        ({"upper": limit(100, "fl", "baro")}, "baro"),
        ({"upper": limit(100, "m", "wgs84")}, "wgs84"),
        ({"shape": Polygon(((0.0, 0.0), (0.0, 1.0), (1.0, 1.0))), "edge_rule": "lonlat"}, "straight in longitude"),
    ],
)
def test_what_ed269_cannot_say_is_named(changes: dict[str, Any], why: str) -> None:
    exported = zones_to_ed269([plain_zone(**changes)])

    assert exported.document["features"] == []
    assert why in exported.left_out[0].says


def test_the_statement_stands_in_the_document() -> None:
    assert zones_to_ed269([]).document["description"] == STATEMENT


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_damaged_document_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(json.dumps({"features": [zone(volume(), volume(SQUARE))]}).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.sampled_from(b'0123456789{}[]",:null-eE.'))

    with contextlib.suppress(Refused):
        parse_ed269(bytes(whole))
