"""docs/scenarios.md says of every part of every scenario the same as its file: fact, claim or invented."""

import re
import tomllib

import pytest

from openline.node.played import motion as scenario_motion
from openline.node.played.scenario import MOVER_KEYS, TOP, names
from tests.stories.scenario.stage import FILES, ROOT

PAGE = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
KINDS = {
    "place": "place",
    "zone": "zone",
    "feed": "feed",
    "mover": "mover",
    "spoilt": "bad report at",
    "act": "act at",
    "told": "told, not played:",
}


@pytest.mark.parametrize("name", names())
def test_the_page_gives_every_basis_as_the_file_does(name):
    table = tomllib.loads((FILES / f"{name}.toml").read_text("utf-8"))
    wanted = [
        f"| {word} `{row.get('id') or row.get('at')}` | {row['basis']} |"
        for kind, word in KINDS.items()
        for row in table.get(kind, [])
    ]
    assert [line for line in wanted if line not in PAGE] == []


@pytest.mark.parametrize("name", names())
def test_the_page_repeats_every_note(name):
    table = tomllib.loads((FILES / f"{name}.toml").read_text("utf-8"))
    notes = [" ".join(row["note"].split()) for kind in KINDS for row in table.get(kind, []) if "note" in row]
    assert [note for note in notes if note not in PAGE] == []


@pytest.mark.parametrize("key", [*TOP.split(), *MOVER_KEYS.split(), *scenario_motion.FEED_KINDS])
def test_the_page_explains_every_key(key):
    assert re.search(rf"`{key}\b|\[\[{key}\]\]", PAGE) is not None
