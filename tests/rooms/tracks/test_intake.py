"""What a report does to the picture: time, place and identity are questioned before anything moves."""

from math import nan

import msgspec
import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from openline.clock import NS_PER_S
from openline.feeds.report import MOVER_CLASSES, Report
from openline.tracks.columns import FROZEN, GNSS_SUSPECT, TWO_PLACES
from openline.tracks.intake import take
from openline.tracks.picture import Picture
from openline.tracks.rules import TrackRules

T0 = 1_495_099_800 * NS_PER_S


def report(at_s: float, lat_deg: float = 33.5, lon_deg: float = 38.6, mover: str = "m", **more: object) -> Report:
    at_ns = T0 + round(at_s * NS_PER_S)
    values: dict[str, object] = {"source": "s", "mover": mover, "heard_ns": at_ns, "observed_ns": at_ns}
    return Report(**(values | {"lat_deg": lat_deg, "lon_deg": lon_deg} | more))  # type: ignore[arg-type]


def fill(picture: Picture, *reports: Report) -> list[str]:
    events: list[str] = []
    for one in reports:
        _, more = take(picture, [one], one.heard_ns)
        events += [event.event for event in more]
    return events


def away(metres: float, azimuth_deg: float = 90.0) -> tuple[float, float]:
    there = Geodesic.WGS84.Direct(33.5, 38.6, azimuth_deg, metres)
    return there["lat2"], there["lon2"]


def test_a_first_report_moves_from_nowhere() -> None:
    (moves,), events = take(Picture(TrackRules()), [report(0)], T0)

    assert np.isnan(moves.lat0_deg[0])
    assert np.isnan(moves.gap_s[0])
    assert events == []


def test_speed_and_track_not_stated_are_worked_out_from_two_fixes() -> None:
    picture = Picture(TrackRules())
    lat, lon = away(200.0)
    fill(picture, report(0), report(10, lat, lon))

    assert picture.columns.speed_mps[0] == pytest.approx(20.0, abs=1e-6)
    assert picture.columns.track_deg[0] == pytest.approx(90.0, abs=0.01)
    assert picture.columns.velocity_derived[0]


def test_a_stated_speed_of_zero_is_a_speed() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0), report(10, *away(20.0), speed_mps=0.0))

    assert picture.columns.speed_mps[0] == 0.0


def test_the_same_report_twice_is_one_report() -> None:
    picture = Picture(TrackRules())
    moves, _ = take(picture, [report(0), report(0)], T0)

    assert [len(wave) for wave in moves] == [1]


def test_a_late_report_is_kept_beside_the_track_and_does_not_move_it() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(10), report(20, *away(100.0)))
    late = msgspec.structs.replace(report(15, *away(5_000.0)), heard_ns=T0 + 21 * NS_PER_S)
    moves, _ = take(picture, [late], late.heard_ns)

    assert moves == []
    assert picture.columns.lat_deg[0] == away(100.0)[0]
    assert len(picture.trail.rows_of(0, 10)) == 3


def test_a_report_from_the_future_is_refused_and_the_track_doubted() -> None:
    picture = Picture(TrackRules())
    ahead = msgspec.structs.replace(report(60), heard_ns=T0)
    moves, events = take(picture, [ahead], T0)

    assert moves == []
    assert [event.event for event in events] == ["future"]
    assert events[0].field == "time"


def test_the_same_position_at_speed_is_frozen_and_not_a_new_fix() -> None:
    picture = Picture(TrackRules())
    events = fill(picture, report(0, speed_mps=200.0), report(5, speed_mps=200.0), report(10, speed_mps=200.0))

    assert events == ["frozen"]
    assert picture.columns.at_ns[0] == T0
    assert picture.columns.doubts[0] & FROZEN


def test_one_impossible_fix_is_noise() -> None:
    picture = Picture(TrackRules())
    events = fill(
        picture, report(0, speed_mps=10.0), report(1, *away(50_000.0), speed_mps=10.0), report(2, *away(20.0), speed_mps=10.0)
    )

    assert events == ["jump"]
    assert picture.columns.lon_deg[0] == away(20.0)[1]


def test_three_that_agree_and_none_from_before_move_the_track_without_a_way_between() -> None:
    picture = Picture(TrackRules())
    far = [report(k, *away(50_000.0 + 10 * k), speed_mps=10.0) for k in (1, 2, 3)]
    fill(picture, report(0, speed_mps=10.0), *far[:2])
    moves, events = take(picture, [far[2]], far[2].heard_ns)

    assert [bool(one.jumped[0]) for one in moves] == [True, False, False]
    assert all(one.doubted[0] for one in moves)
    assert [event.event for event in events] == ["jump"]
    assert picture.columns.lon_deg[0] == far[2].lon_deg


def test_one_id_in_two_places_becomes_two_tracks_that_both_say_so() -> None:
    picture = Picture(TrackRules())
    both = []
    for k in range(1, 8):
        both += [report(k, *away(10.0 * k), speed_mps=10.0), report(k + 0.5, *away(80_000.0 + 10 * k), speed_mps=10.0)]
    events = fill(picture, report(0, speed_mps=10.0), *both)

    assert "two_places" in events
    assert set(picture.slot_of) == {"m", "m#2"}
    assert all(picture.columns.doubts[slot] & TWO_PLACES for slot in picture.slot_of.values())


def test_many_movers_jumping_to_one_place_suspect_gnss_and_none_of_them_moves() -> None:
    picture = Picture(TrackRules())
    movers = [f"m{i}" for i in range(20)]
    home = {mover: away(20_000.0 * i, 45.0) for i, mover in enumerate(movers)}
    take(picture, [report(0, *home[m], mover=m, speed_mps=10.0) for m in movers], T0)
    spoof = away(400_000.0)
    events = []
    for k in range(1, 6):
        _, more = take(picture, [report(k, *spoof, mover=m, speed_mps=10.0) for m in movers], T0 + k * NS_PER_S)
        events += [event.event for event in more]

    assert events.count("gnss_suspect") == 1
    assert all(picture.columns.lat_deg[picture.slot_of[m]] == home[m][0] for m in movers)
    assert all(picture.columns.doubts[slot] & GNSS_SUSPECT for slot in picture.slot_of.values())


def test_at_the_limit_an_unbound_mover_makes_room_and_a_bound_one_never() -> None:
    picture = Picture(TrackRules(movers_max=3))
    picture.set_list("a", "own", "")
    fill(picture, report(0, mover="a"), report(1, mover="b"), report(2, mover="c"), report(3, mover="d"))

    assert set(picture.slot_of) == {"a", "c", "d"}
    assert "b" in picture.archive


def test_full_of_bound_movers_a_new_one_is_turned_away_and_said_once() -> None:
    picture = Picture(TrackRules(movers_max=2))
    for mover in ("a", "b"):
        picture.set_list(mover, "own", "")
    events = fill(picture, report(0, mover="a"), report(1, mover="b"), report(2, mover="c"), report(3, mover="c"))

    assert events == ["limit"]
    assert picture.turned_away == 2
    assert set(picture.slot_of) == {"a", "b"}


def test_identity_is_a_list_of_claims() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0, callsign="ABC1", squawk="7000"), report(1, callsign="XYZ9", squawk="7000"))

    assert [(c.what, c.value) for c in picture.claims["m"]] == [("callsign", "ABC1"), ("squawk", "7000"), ("callsign", "XYZ9")]


def test_heights_of_different_datums_never_share_a_column() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0, altitude_baro_m=1000.0, altitude_wgs84_m=1100.0))

    assert picture.columns.altitude_m[0, :2].tolist() == [1000.0, 1100.0]
    assert np.isnan(picture.columns.altitude_m[0, 2:]).all()


@given(
    st.lists(
        st.tuples(
            st.integers(0, 4),
            st.floats(0, 500),
            st.floats(-90, 90),
            st.floats(-180, 180),
            st.sampled_from([nan, 0.0, 3.0, 250.0]),
        ),
        max_size=60,
    ),
    st.lists(st.integers(1, 7), min_size=1, max_size=20),
)
def test_how_reports_are_batched_does_not_matter(rows: list[tuple[int, float, float, float, float]], cuts: list[int]) -> None:
    rows.sort(key=lambda row: row[1])
    reports = [report(at_s, lat, lon, f"m{who}", speed_mps=speed) for who, at_s, lat, lon, speed in rows]
    one, many = Picture(TrackRules()), Picture(TrackRules())
    now_ns = T0 + 1000 * NS_PER_S
    take(one, reports, now_ns)
    start = 0
    for cut in [*cuts, len(reports)]:
        take(many, reports[start : start + cut], now_ns)
        start += cut
    take(many, reports[start:], now_ns)

    assert set(one.slot_of) == set(many.slot_of)
    for mover, slot in one.slot_of.items():
        assert one.columns.at_ns[slot] == many.columns.at_ns[many.slot_of[mover]]
        assert one.columns.lat_deg[slot] == many.columns.lat_deg[many.slot_of[mover]]


def test_a_mover_is_called_what_people_here_call_it_else_what_it_claims() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0, mover="a", callsign="CIVIL1"))
    called = [picture.called(0)]
    for label in ("Relief truck 1", ""):
        picture.set_list("a", "own", label)
        called.append(picture.called(0))
    fill(picture, report(1, mover="b"))

    assert called == ["CIVIL1", "Relief truck 1", "CIVIL1"]
    assert picture.called(1) is None


def test_a_mover_that_states_no_class_is_of_none() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0))

    assert MOVER_CLASSES[picture.columns.mover_class[0]] == "unknown"
