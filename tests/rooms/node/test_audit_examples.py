"""Every worked line of docs/audit.md comes of the inputs that lie beside it, to the last digit."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from openline.cli import run

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "audit.md").read_text("utf-8")
WORKED: list[dict[str, Any]] = [json.loads(line) for line in PAGE.splitlines() if line.startswith("{")]
TO_SEE = re.findall(r"openline audit --zones docs/examples/(\S+) --tracks docs/examples/([\w.-]+\w)", PAGE)
RUNS = [one for one in TO_SEE if one[1] != "paris.csv"]


def written(zones: str, tracks: str, folder: Path) -> list[dict[str, Any]]:
    """What an audit of examples writes: findings, then what was set aside."""
    out, events, examples = folder / "findings.ndjson", folder / "events.ndjson", DOCS / "examples"
    words = ["--zones", examples / zones, "--tracks", examples / tracks, "--out", out, "--events", events]
    assert run(["audit", *map(str, words)]) == 0
    lines = [*out.read_text("utf-8").splitlines(), *events.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def test_every_worked_line_is_what_an_input_named_on_the_page_gives(tmp_path: Path) -> None:
    found = [line for zones, tracks in RUNS for line in written(zones, tracks, tmp_path)]

    assert [line for line in WORKED if line not in found] == []


def test_the_page_works_one_finding_of_each_kind() -> None:
    assert {line["event"] for line in WORKED} >= {"approach", "entry", "exit", "first_seen_inside", "set_aside", "jump"}


@pytest.mark.parametrize(("zones", "tracks"), RUNS)
def test_every_input_named_on_the_page_gives_a_line_of_it(zones: str, tracks: str, tmp_path: Path) -> None:
    assert [line for line in written(zones, tracks, tmp_path) if line in WORKED]


def test_the_worked_summary_is_what_the_audit_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    examples = DOCS / "examples"
    run(["audit", "--zones", str(examples / "circle.geojson"), "--tracks", str(examples / "jumps.csv")])
    said = [line for line in capsys.readouterr().err.splitlines() if "set aside" in line]

    assert [line for line in said if line not in PAGE.splitlines()] == []
