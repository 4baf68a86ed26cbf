"""What silence does: it coasts, becomes LAST KNOWN with a growing area, and stays until a person closes it."""

import msgspec
import numpy as np

from openline.clock import NS_PER_S
from openline.tracks.ageing import sweep, uncertainty
from openline.tracks.columns import COASTING, LAST_KNOWN, LIVE, NEAR_ZONE
from openline.tracks.intake import take
from openline.tracks.picture import Picture
from openline.tracks.rules import TrackRules
from tests.rooms.tracks.test_intake import T0, away, fill, report


def at(seconds: float) -> int:
    return T0 + round(seconds * NS_PER_S)


def test_silence_makes_a_track_coast_before_it_is_lost() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0, mover_class="aircraft", speed_mps=100.0))
    picture.bind(0, NEAR_ZONE)
    states = []
    for seconds in (5, 30, 90):
        sweep(picture, at(seconds))
        states.append(int(picture.columns.state[0]))

    assert states == [LIVE, COASTING, LAST_KNOWN]


def test_a_lost_bound_track_says_so_once_and_stays_for_ever() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0, mover_class="aircraft", speed_mps=30.0, on_ground=True))
    picture.bind(0, NEAR_ZONE)
    events = [event for hours in range(1, 50) for event in sweep(picture, at(3600 * hours))]

    assert [event.event for event in events] == ["lost"]
    assert "landed" in events[0].says
    assert picture.columns.state[0] == LAST_KNOWN


def test_the_area_of_a_lost_track_grows_even_if_it_stood_still() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0, mover_class="vehicle", speed_mps=0.0, accuracy_m=20.0))
    radii = [float(uncertainty(picture, np.array([0]), at(s))[0]) for s in (0, 60, 600, 6000)]

    assert radii[0] == 20.0
    assert radii == sorted(radii)
    assert radii[3] > 10_000


def test_an_unbound_silent_track_is_archived_counted_and_searchable() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0, mover_class="aircraft", callsign="ABC1"))
    events = sweep(picture, at(100))

    assert events == []
    assert picture.archived_total == 1
    assert picture.archive["m"].callsign == "ABC1"


def test_a_person_closes_a_lost_track_and_no_other() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0, mover_class="aircraft"))
    picture.bind(0, NEAR_ZONE)

    assert not picture.close("m")
    sweep(picture, at(100))
    assert picture.close("m")
    assert "m" not in picture.slot_of


def test_a_lost_track_that_is_heard_again_returns() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0, mover_class="aircraft", speed_mps=10.0))
    picture.bind(0, NEAR_ZONE)
    sweep(picture, at(100))

    assert fill(picture, report(101, speed_mps=10.0)) == ["returned"]
    assert picture.columns.state[0] == LIVE


def test_a_feed_that_is_always_late_is_late_and_not_silent() -> None:
    """Positions a minute and a half old, one every five seconds: the mover is followed, not lost and found again."""
    picture = Picture(TrackRules())
    events = []
    for k in range(40):
        one = report(5.0 * k, *away(50.0 * k), speed_mps=10.0, mover_class="aircraft")
        heard = msgspec.structs.replace(one, heard_ns=one.heard_ns + 90 * NS_PER_S)
        events += fill(picture, heard)
        events += [event.event for event in sweep(picture, heard.heard_ns + NS_PER_S)]

    assert events == []
    assert picture.columns.state[0] == LIVE
    assert picture.archived_total == 0


def test_the_same_old_position_again_and_again_is_silence() -> None:
    picture = Picture(TrackRules())
    fill(picture, report(0, mover_class="aircraft"))
    picture.bind(0, NEAR_ZONE)
    events = []
    for k in range(1, 30):
        take(picture, [msgspec.structs.replace(report(0, mover_class="aircraft"), heard_ns=at(5 * k))], at(5 * k))
        events += [event.event for event in sweep(picture, at(5 * k))]

    assert events == ["lost"]
