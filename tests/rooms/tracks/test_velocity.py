"""Speed, direction and climb nobody states: worked out where two fixes allow it, and never taken for more than that."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.tracks.ageing import uncertainty
from openline.tracks.intake import take
from openline.tracks.moves import Moves
from openline.tracks.picture import Picture
from openline.tracks.rules import TrackRules
from tests.rooms.tracks.test_intake import T0, away, fill, report

RULES = TrackRules()


def last_move(*rows: tuple[float, float, dict[str, Any]]) -> Moves:
    """The move of the last of several reports, each (second, metres east, more)."""
    picture = Picture(RULES)
    for at_s, east_m, more in rows:
        one = report(at_s, *away(east_m), **more)
        ((*_, moves), _) = take(picture, [one], one.heard_ns)
    return moves


@pytest.mark.parametrize(("gap_s", "vague"), [(60.0, False), (61.0, True), (600.0, True)])
def test_a_speed_across_a_long_gap_is_vague(gap_s: float, vague: bool) -> None:
    moves = last_move((0, 0.0, {}), (gap_s, 10.0 * gap_s, {}))

    assert moves.speed_mps[0] == pytest.approx(10.0, rel=1e-6)
    assert moves.vague[0] == vague


def test_beyond_the_limit_a_speed_is_not_known() -> None:
    assert np.isnan(last_move((0, 0.0, {}), (601, 6_010.0, {})).speed_mps[0])


def test_a_stated_speed_is_never_vague() -> None:
    stated: dict[str, Any] = {"speed_mps": 10.0, "track_deg": 90.0}

    assert not last_move((0, 0.0, stated), (300, 3_000.0, stated)).vague[0]


def test_a_vague_speed_is_no_bound_of_where_a_mover_may_have_got_to() -> None:
    picture = Picture(RULES)
    fill(picture, report(0), report(300, *away(300.0)))
    now_ns = T0 + 400 * 1_000_000_000

    assert uncertainty(picture, np.array([0]), now_ns)[0] > 1_000.0 * 100.0


def test_an_aircraft_that_circled_through_a_gap_and_then_goes_on_is_no_jump() -> None:
    picture = Picture(RULES)
    events = fill(picture, report(0), report(300, *away(50.0)), report(600, *away(60_000.0)))

    assert events == []


def test_a_climb_is_worked_out_over_ten_seconds_and_goes_on_until_the_next() -> None:
    picture, rates = Picture(RULES), []
    for k in range(26):
        one = report(k, *away(100.0 * k), altitude_baro_m=1_000.0 + 5.0 * k)
        ((moves,), _) = take(picture, [one], one.heard_ns)
        rates.append(float(moves.vertical_mps[0]))

    assert np.isnan(rates[:10]).all()
    assert rates[10:] == pytest.approx([5.0] * 16)


def test_a_stated_climb_is_taken_as_it_is() -> None:
    moves = last_move((0, 0.0, {"altitude_baro_m": 1_000.0}), (20, 0.0, {"altitude_baro_m": 2_000.0, "vertical_mps": 3.0}))

    assert (moves.vertical_mps[0], bool(moves.climb_derived[0])) == (3.0, False)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(0.5, 90.0), st.floats(-25.0, 25.0)), min_size=1, max_size=12))
def test_a_worked_out_climb_is_never_steeper_than_the_steepest_part_of_the_way(parts: list[tuple[float, float]]) -> None:
    picture, at_s, height_m = Picture(RULES), 0.0, 5_000.0
    fill(picture, report(at_s, altitude_amsl_m=height_m))
    for gap_s, rate_mps in parts:
        at_s, height_m = at_s + gap_s, height_m + gap_s * rate_mps
        one = report(at_s, *away(at_s), altitude_amsl_m=height_m)
        ((moves,), _) = take(picture, [one], one.heard_ns)

        assert not abs(moves.vertical_mps[0]) > max(abs(rate) for _, rate in parts) + 1e-6
