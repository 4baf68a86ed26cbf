"""A scenario file is read whole or refused by the name of the field that is wrong."""

import contextlib
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.node.played.scenario import load, names, read
from tests.stories.scenario.stage import FILES

SMALL = """
format = 1
title = "A small day"
summary = "One truck."
start = "2030-01-02T03:00:00Z"
duration = "00:10:00"
party = "south"
basis = "invented"

[[place]]
id = "gate"
name = "Gate"
lat = 10.0
lon = 20.0
basis = "invented"

[[zone]]
id = "ring"
name = "Ring"
serial = 1
shape = { type = "circle", centre = { place = "gate" }, radius_km = 5 }
asks = "stay out"
basis = "invented"

[[feed]]
id = "file"
kind = "ndjson"
basis = "invented"

[[feed]]
id = "radio"
kind = "readsb"
basis = "invented"

[[feed]]
id = "phones"
kind = "osmand"
basis = "invented"

[[group]]
id = "trucks"
name = "Trucks"

[[mover]]
id = "truck-1"
name = "Truck"
group = "trucks"
class = "vehicle"
feed = "file"
interval_s = 5
accuracy_m = 20
path = [
  { of = "gate", bearing_deg = 90, distance_km = 8 },
  { place = "gate", speed_kmh = 60, hold_s = "end" },
]
basis = "invented"
"""

WRONG = [
    ("format = 1", "format = 2", "format"),
    ('title = "A small day"', "", "title"),
    ('title = "A small day"', "title = 3", "title"),
    ('start = "2030-01-02T03:00:00Z"', 'start = "2030-01-02T03:00:00"', "start"),
    ('duration = "00:10:00"', 'duration = "10 minutes"', "duration"),
    ('duration = "00:10:00"', 'duration = "25:00:00"', "duration"),
    ('party = "south"', 'party = "south"\ncolour = "red"', "colour"),
    ("lat = 10.0", "lat = 91.0", "place[0].lat"),
    ("lon = 20.0", "lon = nan", "place[0].lon"),
    ('lon = 20.0\nbasis = "invented"', "lon = 20.0", "place[0].basis"),
    ('lon = 20.0\nbasis = "invented"', 'lon = 20.0\nbasis = "true"', "place[0].basis"),
    ('type = "circle"', 'type = "blob"', "zone[0].shape.type"),
    ("radius_km = 5", "radius_km = -5", "zone[0].shape.radius_km"),
    ("radius_km = 5", "radius_km = 5, colour = 3", "zone[0].shape.colour"),
    ('place = "gate" }, radius', 'place = "moon" }, radius', "zone[0].shape.centre.place"),
    ('asks = "stay out"', 'asks = ""', "zone[0].asks"),
    ('asks = "stay out"', 'asks = "stay out"\nupper = { value = 5, unit = "mile", datum = "agl" }', "zone[0].upper.unit"),
    ('asks = "stay out"', 'asks = "stay out"\nrings = [{ name = "a", offset_m = 5, rule = "other" }]', "zone[0].rings"),
    ('kind = "ndjson"', 'kind = "smoke"', "feed[0].kind"),
    ('class = "vehicle"', 'class = "target"', "mover[0].class"),
    ('feed = "file"', 'feed = "nowhere"', "mover[0].feed"),
    ('feed = "file"', 'feed = "radio"', "mover[0].id"),
    ('feed = "file"\ninterval_s = 5', 'feed = "phones"\ninterval_s = 0.5', "mover[0].interval_s"),
    ("interval_s = 5", "interval_s = 0", "mover[0].interval_s"),
    ("interval_s = 5", "interval_s = 0.25", "mover[0].interval_s"),
    ("accuracy_m = 20", "accuracy_m = -1", "mover[0].accuracy_m"),
    ("accuracy_m = 20", 'datum = "mean"', "mover[0].datum"),
    ("accuracy_m = 20", 'datum = "baro"', "mover[0].path[0].altitude"),
    ("accuracy_m = 20", 'start = "02:59:59Z"', "mover[0].start"),
    ("accuracy_m = 20", 'start = "03:30:00Z"', "mover[0].start"),
    ("accuracy_m = 20", 'start = "3 o\'clock"', "mover[0].start"),
    ("accuracy_m = 20", 'silent = [{ from = "03:05:00Z", to = "03:04:00Z", basis = "invented" }]', "mover[0].silent[0].to"),
    ("accuracy_m = 20", 'silent = [{ from = "03:05:00Z" }]', "mover[0].silent[0].basis"),
    ("accuracy_m = 20", 'follows = "truck-9"\n', "mover[0].path"),
    ('place = "gate", speed_kmh = 60', 'place = "gate"', "mover[0].path[1].speed"),
    ('place = "gate", speed_kmh = 60', 'place = "gate", speed_kmh = 60, speed_kt = 9', "mover[0].path[1].speed"),
    ('place = "gate", speed_kmh = 60', 'place = "gate", speed = 60', "mover[0].path[1].speed"),
    ('place = "gate", speed_kmh = 60', 'place = "gate", lat = 1, speed_kmh = 60', "mover[0].path[1]"),
    ('place = "gate", speed_kmh = 60', 'place = "gate", speed_kmh = 60, altitude_m = 9', "mover[0].path[1].altitude"),
    ("distance_km = 8 }", 'distance_km = 8, hold_s = "end" }', "mover[0].path"),
    ("distance_km = 8 }", "distance_km = 8, speed_kt = 8 }", "mover[0].path[0].speed_kt"),
]


def refused(text: str) -> str:
    with pytest.raises(Refused) as no:
        read(text.encode())
    return no.value.field


def test_the_small_day_is_read():
    assert read(SMALL.encode()).movers[0].id == "truck-1"


@pytest.mark.parametrize(("old", "new", "field"), WRONG, ids=[f"{field}:{new[:30]}" for _, new, field in WRONG])
def test_what_is_wrong_is_refused_by_name(old, new, field):
    assert old in SMALL
    assert refused(SMALL.replace(old, new, 1)) == field


@pytest.mark.parametrize("kind", ["place", "feed", "group", "mover"])
def test_two_of_one_name_are_refused(kind):
    start = SMALL.index(f"[[{kind}]]")
    end = SMALL.find("[[", start + 3)
    block = SMALL[start : end if end > 0 else None]
    assert refused(SMALL + "\n" + block).endswith(".id")


@pytest.mark.parametrize("name", names())
def test_a_scenario_that_ships_is_read(name):
    assert load(name).id == name


def test_both_scenarios_of_the_demo_ship():
    assert set(names()) >= {"at-tanf", "airport"}


def test_a_name_that_is_neither_shipped_nor_a_file_is_refused_with_what_there_is():
    with pytest.raises(Refused) as no:
        load("no-such-day")
    assert "at-tanf" in no.value.accepted


def test_a_file_of_ones_own_is_read(tmp_path):
    (tmp_path / "mine.toml").write_text(SMALL, "utf-8")
    assert load(str(tmp_path / "mine.toml")).id == "mine"


def test_a_file_nobody_wrote_by_hand_is_refused(tmp_path):
    (tmp_path / "long.toml").write_text(SMALL + "#" * 1_000_001, "utf-8")
    with pytest.raises(Refused) as no:
        load(str(tmp_path / "long.toml"))
    assert "bytes" in no.value.value


@pytest.mark.parametrize("name", names())
def test_every_table_of_a_scenario_that_ships_says_where_it_comes_from(name):
    table = tomllib.loads((FILES / f"{name}.toml").read_text("utf-8"))
    kinds = ("place", "zone", "feed", "mover", "spoilt", "act", "told")
    assert [row for kind in kinds for row in table.get(kind, []) if "basis" not in row] == []


@pytest.mark.parametrize("name", names())
def test_no_scenario_that_ships_names_a_real_aircraft(name):
    scenario = load(name)
    hexes = [mover.id for mover in scenario.movers if scenario.feed(mover.feed).kind in ("readsb", "sbs")]
    assert [one for one in hexes if not one.startswith("f0")] == []  # ICAO's block for temporary use


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_refusal(data):
    with pytest.raises(Refused):
        read(data)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.integers(0, 60), st.text(max_size=5))
def test_no_damage_to_a_file_raises_anything_but_a_refusal(start, cut, put):
    with contextlib.suppress(Refused):
        read((SMALL[:start] + put + SMALL[start + cut :]).encode("utf-8", "replace"))
