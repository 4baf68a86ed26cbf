"""What the node finds in each scenario is what the oracle, which imports nothing of Openline, says it must."""

import ast
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

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


def changed(tmp_path: Path, name: str, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> str:
    """What the comparison says when every finding is passed through `change`; None leaves it out."""
    rows = [kept for row in finding_rows(played(name)[1]) if (kept := change(dict(row))) is not None]
    path = tmp_path / "changed.ndjson"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return oracle(str(FILES / f"{name}.toml"), "--compare", str(path)).stdout


@pytest.mark.parametrize(("name", "count"), [("at-tanf", 5), ("airport", 1)])
def test_the_oracle_asks_for_every_approach_of_a_scenario(name, count):
    wanted = [one["mover"] for one in json.loads(oracle(str(FILES / f"{name}.toml")).stdout)["approaches"] if one["by"]]
    said = [row["mover"] for row in finding_rows(played(name)[1]) if row["event"] == "approach"]
    assert (len(wanted), sorted(wanted)) == (count, sorted(said))


def test_an_approach_left_out_is_a_difference(tmp_path):
    said = changed(tmp_path, "airport", lambda row: None if row["event"] == "approach" else row)
    assert "missing: approach of icao:f00301 at runway-27/boundary" in said


def test_an_approach_said_too_late_is_a_difference(tmp_path):
    late = {"approach": {"time": "2026-06-03T14:04:20.000Z"}}
    assert "should have been said by" in changed(tmp_path, "airport", lambda row: row | late.get(row["event"], {}))


def test_an_approach_of_a_mover_that_never_comes_near_is_a_difference(tmp_path):
    other = {"approach": {"mover": "icao:f00303"}}
    assert "not expected: approach of icao:f00303" in changed(
        tmp_path, "airport", lambda row: row | other.get(row["event"], {})
    )


def test_a_wrong_time_to_the_boundary_is_a_difference(tmp_path):
    wrong = {"approach": {"to_boundary_s": 90.0}}
    assert "90 s to the boundary instead of" in changed(tmp_path, "at-tanf", lambda row: row | wrong.get(row["event"], {}))


@pytest.mark.parametrize(("bearing", "words"), [(90, "should have been said by"), (270, "not expected: approach of convoy")])
def test_a_convoy_moved_by_one_kilometre_is_noticed_by_its_approaches_alone(tmp_path, bearing, words):
    path = tmp_path / "approaches.ndjson"
    rows = [row for row in finding_rows(played("at-tanf")[1]) if row["event"] == "approach"]
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    moved = oracle(str(FILES / "at-tanf.toml"), "--compare", str(path), "--move", f"convoy:{bearing}:1000")
    assert sum("approach of convoy-" in line and words in line for line in moved.stdout.splitlines()) == 4


@pytest.mark.parametrize("file", [path.name for path in ORACLE.parent.glob("oracle*.py")])
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
