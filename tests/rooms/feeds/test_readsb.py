"""aircraft.json: every field in its unit and datum, old positions keep their age, and one bad aircraft spoils no other."""

import json
from math import isnan

import pytest

from openline.clock import NS_PER_S
from openline.feeds import decoder
from openline.feeds.framing import frame
from openline.feeds.readsb import REFUSALS_PER_DOCUMENT_MAX, STUCK_S
from openline.feeds.report import Report
from tests.rooms.feeds.samples import (
    AIRCRAFT,
    HEARD_NS,
    NOW_S,
    aircraft_json,
    only_refusal,
    only_report,
    read,
    refusals,
    reports,
)

NOW_NS = int(NOW_S) * NS_PER_S


def one(**over: object) -> Report:
    entry = {name: value for name, value in (AIRCRAFT | over).items() if value is not None}
    return only_report(read("readsb", aircraft_json(entry)))


def refused(**over: object) -> tuple[str, str | None]:
    refusal = only_refusal(read("readsb", aircraft_json(AIRCRAFT | over)))
    return refusal.field, refusal.position


def test_heights_are_metres_in_two_columns():
    report = one()
    assert (report.altitude_baro_m, report.altitude_wgs84_m) == pytest.approx((9753.6, 10309.86))


def test_heights_above_the_sea_and_the_ground_are_not_stated():
    report = one()
    assert isnan(report.altitude_amsl_m)
    assert isnan(report.altitude_agl_m)


def test_speeds_are_metres_per_second():
    report = one()
    assert (report.speed_mps, report.vertical_mps) == pytest.approx((246.933, -3.2512), abs=1e-3)


def test_the_observed_time_is_now_less_the_age_of_the_position():
    assert one().observed_ns == NOW_NS - 250_000_000


def test_now_in_milliseconds_is_the_same_instant():
    document = json.loads(aircraft_json(AIRCRAFT, now=NOW_S * 1000))
    document["ac"] = document.pop("aircraft")
    assert only_report(read("readsb", json.dumps(document).encode())).observed_ns == NOW_NS - 250_000_000


def test_a_position_without_an_age_has_no_observed_time():
    assert one(seen_pos=None).observed_ns is None


def test_on_the_ground_there_is_no_pressure_altitude():
    report = one(alt_baro="ground")
    assert report.on_ground is True
    assert isnan(report.altitude_baro_m)


def test_a_height_does_not_prove_that_it_flies():
    assert one().on_ground is None


def test_an_icao_address_and_another_are_two_kinds_of_identity():
    assert [one(hex=address).mover for address in ("4CA7B3", "~2ab3c4")] == ["icao:4ca7b3", "~icao:2ab3c4"]


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("adsb_icao", "adsb"),
        ("adsb_icao_nt", "adsb"),
        ("adsr_other", "adsr"),
        ("tisb_trackfile", "tisb"),
        ("mlat", "mlat"),
        ("mode_s", "mode_s"),
        ("adsc", "other"),
        ("new", "other"),
    ],
)
def test_the_type_says_how_the_position_was_found(kind: str, method: str):
    assert one(type=kind).method == method


def test_dump1090_lists_mlat_positions_in_the_entry():
    assert one(type=None, mlat=["lat", "lon"]).method == "mlat"


@pytest.mark.parametrize(("nac_p", "radius_m"), [(11, 3.0), (10, 10.0), (8, 92.6), (7, 185.2), (1, 18_520.0)])
def test_nac_p_is_the_95_percent_radius(nac_p: int, radius_m: float):
    assert one(nac_p=nac_p).accuracy_m == radius_m


@pytest.mark.parametrize("nac_p", [0, 12, 15])
def test_an_unknown_nac_p_stays_unknown_whatever_the_containment(nac_p: int):
    assert isnan(one(nac_p=nac_p).accuracy_m)


def test_without_nac_p_the_containment_radius_bounds_the_accuracy():
    assert one(nac_p=None).accuracy_m == 186.0


def test_without_either_the_accuracy_is_not_stated():
    assert isnan(one(nac_p=None, rc=0).accuracy_m)


def test_mlat_states_no_accuracy():
    assert isnan(one(type="mlat").accuracy_m)


def test_gva_bounds_the_geometric_height_only():
    assert one().vertical_accuracy_m == 45.0
    assert isnan(one(alt_geom=None).vertical_accuracy_m)


def test_a_surface_vehicle_is_a_vehicle_and_everything_else_flies():
    assert [one(category=category).mover_class for category in ("C2", "A3", None, "C3")] == [
        "vehicle",
        "aircraft",
        "aircraft",
        "unknown",
    ]


def test_labels_are_trimmed():
    report = one()
    assert (report.callsign, report.squawk, report.type_code) == ("EIN123", "4637", "A320")


def test_an_undecodable_callsign_is_no_callsign():
    assert one(flight="@@@@@@@@").callsign is None


def test_a_position_older_than_a_minute_is_reported_at_its_own_time():
    report = one(lat=None, lon=None, seen_pos=None, lastPosition={"lat": 33.1, "lon": 38.1, "age": 312.5})
    assert (report.lat_deg, report.observed_ns) == (33.1, NOW_NS - 312_500_000_000)


def test_a_position_older_than_a_minute_takes_no_height_or_speed_of_another_moment():
    report = one(lat=None, lon=None, lastPosition={"lat": 33.1, "lon": 38.1, "age": 312.5})
    assert isnan(report.altitude_baro_m)
    assert isnan(report.speed_mps)


def test_an_aircraft_without_a_position_is_counted_and_not_refused():
    fresh = decoder("readsb", "roof")
    given = fresh.receive(frame(aircraft_json({"hex": "4ca7b3", "rr_lat": 3.2, "rr_lon": 1.0})), HEARD_NS)
    assert given == []
    assert fresh.counted["without_position"] == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("lat", 91.0), ("lon", 180.5), ("hex", "xyz"), ("hex", "4ca7b"), ("seen_pos", -5.0), ("lat", "north")],
)
def test_an_aircraft_without_a_usable_place_time_or_name_is_refused_whole(field: str, value: object):
    given = read("readsb", aircraft_json(AIRCRAFT | {field: value}, AIRCRAFT | {"hex": "000001"}))
    assert refusals(given)[0].field == field
    assert [report.mover for report in reports(given)] == ["icao:000001"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gs", -1.0),
        ("gs", 9e9),
        ("track", 361),
        ("alt_baro", "airborne"),
        ("alt_geom", 1e9),
        ("baro_rate", "up"),
        ("nac_p", 77),
        ("squawk", 4637),
    ],
)
def test_a_bad_value_beside_a_position_is_refused_alone(field: str, value: object):
    given = read("readsb", aircraft_json(AIRCRAFT | {field: value}))
    assert only_refusal(given).field == field
    assert only_report(given).mover == "icao:4ca7b3"


def test_a_refusal_says_which_aircraft():
    assert refused(gs=-1.0) == ("gs", "document 1, aircraft[0]")


@pytest.mark.parametrize("now", [0, 946_684_799, 4_070_908_800, 4_070_908_800_000, -1, None, "today"])
def test_a_document_of_1970_or_2099_is_refused_whole(now: object):
    given = read("readsb", aircraft_json(AIRCRAFT, now=now))
    assert len(given) == 1
    assert only_refusal(given).field in ("now", "document")


@pytest.mark.parametrize(
    "data",
    [b"{}", b"[]", b'{"now":1495099800,"aircraft":7}', b'{"now":1495099800,"aircraft":[7]}', b'{"now":1495099800', b"NaN"],
)
def test_what_is_not_aircraft_json_is_refused_once(data: bytes):
    assert len(refusals(read("readsb", data))) == 1


def test_the_same_position_in_the_next_poll_keeps_its_observed_time():
    fresh = decoder("readsb", "roof")
    first = only_report(fresh.receive(frame(aircraft_json(AIRCRAFT | {"seen_pos": 0.2})), HEARD_NS))
    second = only_report(fresh.receive(frame(aircraft_json(AIRCRAFT | {"seen_pos": 1.3}, now=NOW_S + 1)), HEARD_NS))
    assert second.observed_ns == first.observed_ns


def test_a_parked_aircraft_that_sends_again_is_a_new_measurement():
    fresh = decoder("readsb", "roof")
    first = only_report(fresh.receive(frame(aircraft_json(AIRCRAFT)), HEARD_NS))
    second = only_report(fresh.receive(frame(aircraft_json(AIRCRAFT, now=NOW_S + 1)), HEARD_NS))
    assert second.observed_ns != first.observed_ns


def test_a_document_served_again_gives_nothing_and_is_refused_once_when_it_is_stuck():
    fresh = decoder("readsb", "roof")
    document = frame(aircraft_json(AIRCRAFT))
    given = [fresh.receive(document, HEARD_NS + k * NS_PER_S) for k in range(STUCK_S + 5)]
    assert [len(one) for one in given] == [1, *[0] * (STUCK_S - 1), 1, *[0] * 4]
    assert only_refusal(given[STUCK_S]).field == "now"


def test_a_flood_of_bad_values_is_told_with_a_number_and_not_in_full():
    document = aircraft_json(*[AIRCRAFT | {"hex": f"{k:06x}", "gs": -1.0} for k in range(1_000)])
    given = read("readsb", document)
    assert len(reports(given)) == 1_000
    assert len(refusals(given)) == REFUSALS_PER_DOCUMENT_MAX + 1
    assert refusals(given)[-1].value == "800"


def test_a_document_of_millions_of_objects_is_refused_before_it_is_read():
    document = b'{"now":1495099800,"aircraft":[' + b"{}," * 300_000 + b"{}]}"
    assert "objects" in only_refusal(read("readsb", document)).accepted


def test_a_deeply_nested_document_is_refused():
    document = b'{"now":1495099800,"aircraft":[{"hex":"4ca7b3","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}"
    assert len(refusals(read("readsb", document))) == 1


def test_one_strange_entry_does_not_change_what_the_others_give():
    entries = [AIRCRAFT | {"hex": f"{k:06x}"} for k in range(20)]
    clean = read("readsb", aircraft_json(*entries))
    mixed = read("readsb", aircraft_json(*entries, {"hex": 7}))
    assert repr(reports(mixed)) == repr(reports(clean))
