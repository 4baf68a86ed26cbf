"""What stands against the picture as a whole: begun once, told until it is over and a person saw it, recorded, bounded."""

from geographiclib.geodesic import Geodesic

from openline.clock import NS_PER_S
from openline.feeds.report import Report
from openline.flow import Output, Reports, State, step
from openline.flow.state import Rules
from openline.inbox import Act, Tick
from openline.tracks.columns import GNSS
from openline.tracks.rules import TrackRules

T0 = 1_495_099_800 * NS_PER_S
MOVERS = [f"m{i}" for i in range(20)]
HOME = {"a": (33.5, 38.6), "b": (33.6, 38.6)}


def at(seconds: float) -> int:
    return T0 + round(seconds * NS_PER_S)


def away(metres: float, azimuth_deg: float = 90.0) -> tuple[float, float]:
    there = Geodesic.WGS84.Direct(33.5, 38.6, azimuth_deg, metres)
    return there["lat2"], there["lon2"]


def hear(state: State, at_s: float, places: dict[str, tuple[float, float]], mps: float = 10.0) -> list[Output]:
    reports = [
        Report(source="s", mover=mover, heard_ns=at(at_s), observed_ns=at(at_s), lat_deg=lat, lon_deg=lon, speed_mps=mps)
        for mover, (lat, lon) in places.items()
    ]
    return step(state, [Reports(1, reports)], at(at_s))


def tick(state: State, at_s: float) -> list[Output]:
    return step(state, [Tick(1, at(at_s))], at(at_s))


def act(state: State, at_s: float, name: str = "condition.acknowledge", **body: object) -> list[Output]:
    return step(state, [Act(7, at(at_s), "omar", "operator", name, body)], at(at_s))


def said(made: list[Output]) -> list[tuple[str, str]]:
    return [(one.body["what"], one.body["state"]) for one in made if one.body.get("event") == "condition"]


def jumped() -> tuple[State, list[Output]]:
    """Twenty movers far apart, of which every one is then reported at one place."""
    state = State(Rules(tracks=TrackRules()))
    hear(state, 0, {mover: away(20_000.0 * i, 45.0) for i, mover in enumerate(MOVERS)})
    made = []
    for k in range(1, 6):
        made += hear(state, k, dict.fromkeys(MOVERS, away(400_000.0)))
        made += tick(state, k)
    return state, made


def full() -> State:
    state = State(Rules(tracks=TrackRules(movers_max=2)))
    for mover in ("a", "b"):
        act(state, 0, "track.list", mover=mover, list="own")
    hear(state, 1, HOME)
    return state


def test_a_mass_jump_is_one_condition_with_all_its_movers() -> None:
    state, made = jumped()

    assert said(made) == [("gnss_suspect", "raised")]
    assert state.conditions["gnss_suspect"].count == 20


def test_movers_of_a_mass_jump_are_kept_until_a_person_has_seen_it() -> None:
    state, _ = jumped()
    tick(state, 4_000)
    assert set(state.picture.slot_of) == set(MOVERS)

    made = act(state, 4_001, condition="C00001")
    tick(state, 4_002)
    assert said(made) == [("gnss_suspect", "acknowledged"), ("gnss_suspect", "settled")]
    assert not (state.picture.columns.bound & GNSS).any()
    assert not state.picture.slot_of


def test_over_and_not_seen_it_is_still_told() -> None:
    state, _ = jumped()

    assert said(tick(state, 4_000)) == [("gnss_suspect", "over")]
    assert state.conditions["gnss_suspect"].over_ns == at(4_000)


def test_seen_while_it_stands_it_goes_when_it_is_over() -> None:
    state, _ = jumped()

    assert said(act(state, 6, condition="C00001")) == [("gnss_suspect", "acknowledged")]
    assert said(tick(state, 4_000)) == [("gnss_suspect", "settled")]
    assert not state.conditions


def test_a_second_acknowledgement_and_an_unknown_condition_are_refused() -> None:
    state, _ = jumped()
    act(state, 6, condition="C00001")

    assert [one.body["field"] for one in act(state, 7, condition="C00001")] == ["condition"]
    assert [one.body["field"] for one in act(state, 7, condition="C00009")] == ["condition"]


def test_a_full_picture_stands_and_counts_while_it_is_full() -> None:
    state = full()
    made = hear(state, 2, {"c": (33.7, 38.6)})
    for second in range(3, 130):
        made += hear(state, second, HOME | {"c": (33.7, 38.6)}) + tick(state, second)

    assert said(made)[:2] == [("picture_full", "raised"), ("picture_full", "standing")]
    assert state.conditions["picture_full"].count == 128


def test_a_picture_that_is_full_again_is_said_again() -> None:
    state = full()
    hear(state, 2, {"c": (33.7, 38.6)})
    act(state, 3, condition="C00001")
    act(state, 4, "track.list", mover="a", list="none")
    made = tick(state, 5) + tick(state, 70)
    assert said(made) == [("picture_full", "settled")]

    act(state, 71, "track.list", mover="a", list="own")
    hear(state, 72, HOME)
    assert said(hear(state, 73, {"d": (33.8, 38.6)})) == [("picture_full", "raised")]


def test_one_id_in_two_places_is_told_and_another_one_sounds_again() -> None:
    state = State()
    made = []
    for who, from_s in (("x", 0), ("y", 100)):
        for k in range(8):
            made += hear(state, from_s + k, {who: away(10.0 * k)})
            made += hear(state, from_s + k + 0.5, {who: away(80_000.0 + k)})
        if who == "x":
            made += act(state, 50, condition="C00001")

    assert said(made) == [("two_places", "raised"), ("two_places", "acknowledged"), ("two_places", "raised")]
    assert list(state.conditions["two_places"].movers) == ["x", "y"]


def test_a_frozen_mover_is_told_of_when_it_is_one_that_matters() -> None:
    state = State()
    act(state, 0, "track.list", mover="own", list="own")
    made = []
    for k in range(5):
        made += hear(state, k * 3, {"own": (33.5, 38.6), "other": (34.5, 38.6)}, mps=60.0) + tick(state, k * 3)

    assert said(made) == [("frozen", "raised")]
    assert list(state.conditions["frozen"].movers) == ["own"]
