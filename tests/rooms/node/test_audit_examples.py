"""The worked findings of docs/audit.md come of the inputs that lie beside it, to the last digit."""

import json
from pathlib import Path
from typing import Any

import pytest

from openline.cli import run

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = [("boat-7", "paris-zones.geojson", "boat.csv"), ("gap1", "circle.geojson", "gap.csv")]


def worked(mover: str) -> dict[str, Any]:
    """The finding of a mover as the page shows it."""
    lines = (DOCS / "audit.md").read_text("utf-8").splitlines()
    (line,) = [one for one in lines if one.startswith("{") and f'"mover": "{mover}"' in one]
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.mark.parametrize(("mover", "zones", "tracks"), EXAMPLES)
def test_a_worked_finding_is_what_its_input_gives(mover: str, zones: str, tracks: str, tmp_path: Path) -> None:
    out, examples = tmp_path / "findings.ndjson", DOCS / "examples"
    told = run(["audit", "--zones", str(examples / zones), "--tracks", str(examples / tracks), "--out", str(out)])

    assert told == 0
    assert worked(mover) in [json.loads(line) for line in out.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("mover", "zones", "tracks"), EXAMPLES)
def test_the_page_names_the_input(mover: str, zones: str, tracks: str) -> None:
    page = (DOCS / "audit.md").read_text("utf-8")

    assert f"--zones docs/examples/{zones} --tracks docs/examples/{tracks}" in page
