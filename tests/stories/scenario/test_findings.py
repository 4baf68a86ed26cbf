"""What the node finds in each scenario is what the oracle, which imports nothing of Openline, says it must."""

import ast
import json
from functools import cache

import pytest

from openline.flow import Output, State
from openline.node.played.scenario import load, names
from tests.stories.scenario.stage import FILES, ORACLE, finding_rows, flow_outputs, oracle


@cache
def played(name: str) -> tuple[State, list[Output]]:
    return flow_outputs(load(name))


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("findings")

    def of(name: str) -> str:
        path = folder / f"{name}.ndjson"
        path.write_text("\n".join(json.dumps(row) for row in finding_rows(played(name)[1])), "utf-8")
        return str(path)

    return of


@pytest.mark.parametrize("name", names())
def test_findings_of_a_scenario_are_what_the_oracle_expects(name, findings):
    compared = oracle(str(FILES / f"{name}.toml"), "--compare", findings(name))
    assert compared.returncode == 0, compared.stdout + compared.stderr


def test_moving_the_convoy_by_one_kilometre_is_noticed(findings):
    compared = oracle(str(FILES / "at-tanf.toml"), "--compare", findings("at-tanf"), "--move", "convoy:90:1000")
    assert compared.returncode == 1
    assert "time differs" in compared.stdout


def test_a_convoy_moved_in_the_file_breaks_what_the_file_promises(tmp_path):
    text = (FILES / "at-tanf.toml").read_text("utf-8")
    other = tmp_path / "moved.toml"
    other.write_text(text.replace("distance_km = 27.0", "distance_km = 26.0"), "utf-8")
    says = json.loads(oracle(str(other)).stdout)["says"]
    assert [one["what"] for one in says if not one["kept"]] == ["closest convoy garrison"]


def test_a_finding_left_out_is_a_difference(tmp_path):
    rows = [row for row in finding_rows(played("airport")[1]) if row["ring"] != "inner"]
    path = tmp_path / "fewer.ndjson"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    compared = oracle(str(FILES / "airport.toml"), "--compare", str(path))
    assert "missing: entry of rid-4f7 at runway-27/inner" in compared.stdout


def test_a_finding_too_many_is_a_difference(tmp_path):
    rows = finding_rows(played("airport")[1])
    more = rows[0] | {"id": "F999999", "mover": "icao:f00301"}
    path = tmp_path / "more.ndjson"
    path.write_text("\n".join(json.dumps(row) for row in [*rows, more]), "utf-8")
    compared = oracle(str(FILES / "airport.toml"), "--compare", str(path))
    assert "not expected: first_seen_inside of icao:f00301" in compared.stdout


@pytest.mark.parametrize("file", ["oracle_at_tanf.py", "oracle_compare.py"])
def test_the_oracle_imports_nothing_of_ours(file):
    tree = ast.parse(ORACLE.with_name(file).read_text("utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert [name for name in imported if name.split(".")[0] in ("openline", "tests", "numpy")] == []


def test_the_at_tanf_day_has_exactly_two_breaches():
    expected = json.loads(oracle(str(FILES / "at-tanf.toml")).stdout)
    assert [breach["group"] for breach in expected["breaches"]] == ["convoy", "fast-aircraft"]


def test_the_node_finds_boundary_entries_of_the_two_breaching_groups_only():
    scenario = load("at-tanf")
    group = {scenario.mover_name(mover): mover.group for mover in scenario.movers}
    rows = finding_rows(played("at-tanf")[1])
    entered = {group[row["mover"]] for row in rows if row["ring"] == "boundary" and row["event"] == "entry"}
    assert entered == {"convoy", "fast-aircraft"}


@pytest.mark.parametrize(("name", "mover"), [("at-tanf", "icao:f00031"), ("airport", "rid-4f7")])
def test_whoever_goes_silent_is_the_only_one_lost(name, mover):
    lost = [
        output.body["mover"] for output in played(name)[1] if output.kind == "track.event" and output.body["event"] == "lost"
    ]
    assert lost == [mover]


@pytest.mark.parametrize("name", names())
def test_the_spoilt_report_is_the_only_one_a_feed_refuses(name):
    refused = [output.body["field"] for output in played(name)[1] if output.kind == "refusal" and "source" in output.body]
    assert refused == [one.refuses for one in load(name).spoilt]


@pytest.mark.parametrize("name", names())
def test_every_zone_of_a_scenario_is_taken_as_it_is(name):
    zones = [output.body["zone"] for output in played(name)[1] if output.kind == "zone"]
    assert zones == [zone.id for zone in load(name).zones]


def test_an_airliner_that_turns_away_is_an_approach_that_was_averted():
    rows = finding_rows(played("airport")[1])
    assert [row["event"] for row in rows if row["mover"] == "icao:f00301"] == ["approach", "averted"]


def test_an_airliner_over_the_height_limit_is_no_finding():
    assert [row for row in finding_rows(played("airport")[1]) if row["mover"] == "icao:f00303"] == []
