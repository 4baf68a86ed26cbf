"""Movers run geodesics at the speed their file says, halt where it says, and keep their column."""

from math import inf, isnan

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.clock import NS_PER_S
from openline.node.played.motion import fix_times_ns, motion_of, position_of
from openline.node.played.scenario import load, positions_at
from tests.stories.scenario.stage import after_s

DAY = load("at-tanf")
BY_ID = {mover.id: mover for mover in DAY.movers}
GARRISON = DAY.places[0]


def apart_m(one, other):
    return Geodesic.WGS84.Inverse(one.lat_deg, one.lon_deg, other.lat_deg, other.lon_deg)["s12"]


def test_the_convoy_stops_27_km_from_the_garrison():
    assert apart_m(position_of(BY_ID["convoy-1"], DAY.end_ns), GARRISON) == pytest.approx(27_000, abs=0.01)


def test_a_halt_has_no_speed():
    assert position_of(BY_ID["convoy-1"], DAY.end_ns).speed_mps == 0.0


@pytest.mark.parametrize(("mover", "behind_m"), [("convoy-2", 220), ("convoy-3", 450), ("convoy-4", 700)])
def test_a_follower_keeps_its_distance_from_the_first_moment(mover, behind_m):
    first, other = position_of(BY_ID["convoy-1"], DAY.start_ns), position_of(BY_ID[mover], DAY.start_ns)
    assert apart_m(first, other) == pytest.approx(behind_m, abs=0.01)


def test_nobody_is_in_the_story_before_the_start():
    assert position_of(BY_ID["f00021"], BY_ID["f00021"].start_ns - 1) is None


def test_positions_name_movers_as_the_node_does():
    assert {"convoy-1", "icao:f00101", "phone:relief-1"} <= set(positions_at(DAY, after_s(DAY, 60)))


def test_a_path_that_ends_takes_its_mover_out_of_the_story():
    airliner = BY_ID["f00101"]
    over_ns = airliner.start_ns + round(motion_of(airliner).lasts_s * NS_PER_S) + NS_PER_S
    assert position_of(airliner, over_ns) is None


def test_a_path_that_holds_to_the_end_never_ends():
    assert motion_of(BY_ID["convoy-1"]).lasts_s == inf


def test_a_mover_without_a_datum_has_no_height():
    assert isnan(position_of(BY_ID["convoy-1"], DAY.start_ns).altitude_m)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(BY_ID)), st.floats(0, 4790), st.floats(0.01, 10))
def test_nobody_goes_farther_than_its_speed_allows(mover_id, at_s, step_s):
    mover = BY_ID[mover_id]
    one, other = position_of(mover, after_s(DAY, at_s)), position_of(mover, after_s(DAY, at_s + step_s))
    if one is not None and other is not None:
        fastest_mps = max(knot.speed_mps for knot in mover.path[1:])
        assert apart_m(one, other) <= fastest_mps * step_s + 1e-3


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(BY_ID)))
def test_fixes_keep_their_beat(mover_id):
    mover = BY_ID[mover_id]
    beat_ns = round(mover.interval_s * NS_PER_S)
    phase_ns = round(mover.phase_s * NS_PER_S)
    assert {(at_ns - DAY.start_ns - phase_ns) % beat_ns for at_ns in fix_times_ns(DAY, mover)} == {0}


def test_nobody_is_heard_while_silent():
    helicopter = BY_ID["f00031"]
    assert [at_ns for at_ns in fix_times_ns(DAY, helicopter) if at_ns >= helicopter.silent_ns[0][0]] == []


def test_whoever_stays_goes_on_being_reported_after_the_end():
    late = fix_times_ns(DAY, BY_ID["convoy-1"], DAY.end_ns + 60 * NS_PER_S)
    assert len([at_ns for at_ns in late if at_ns > DAY.end_ns]) == 6
