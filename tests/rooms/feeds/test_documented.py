"""docs/feeds.md says what there is: every kind, every option, every limit; and its examples can be used as they stand."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from openline.feeds import KINDS, decoder
from openline.feeds.adsb import EPU_M
from openline.feeds.csv_text import CsvOptions
from openline.feeds.gpx import GpxOptions
from openline.feeds.osmand import OsmandOptions
from openline.feeds.rows import COLUMNS, RowOptions
from openline.feeds.sbs import SbsOptions
from tests.rooms.feeds.samples import only_report, read

PAGE = Path(__file__).parents[3].joinpath("docs", "feeds.md").read_text(encoding="utf-8")
EXAMPLES = [feed for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) for feed in tomllib.loads(block)["feed"]]


def section(kind: str) -> str:
    return PAGE.split(f"\n## {kind}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_section(kind: str):
    assert section(kind)


@pytest.mark.parametrize("feed", EXAMPLES, ids=[feed["name"] for feed in EXAMPLES])
def test_every_example_can_be_used(feed: dict):
    decoder(feed["kind"], feed["name"], feed.get("options"))


@pytest.mark.parametrize(
    ("kind", "options"),
    [("sbs", SbsOptions), ("ndjson", RowOptions), ("osmand", OsmandOptions), ("gpx", GpxOptions)],
)
def test_every_option_is_explained(kind: str, options: type[msgspec.Struct]):
    for field in msgspec.structs.fields(options):
        assert f"`{field.name}`" in section(kind)


def test_csv_explains_the_option_it_adds():
    added = {field.name for field in msgspec.structs.fields(CsvOptions)} - {
        field.name for field in msgspec.structs.fields(RowOptions)
    }
    assert added == {"delimiter"}
    assert "`delimiter`" in section("csv")


def test_every_column_is_listed():
    for column in COLUMNS:
        assert f"`{column}`" in section("ndjson")


def test_the_row_that_is_shown_is_read():
    (row,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert only_report(read("ndjson", row.encode())).mover == "truck-1"


def test_the_accuracies_that_are_shown_are_the_ones_used():
    shown = re.findall(r"(\d+) → ([\d.,]+)", section("readsb").split("| `nac_p` |")[1].split("|")[0])
    assert {int(category): float(radius.replace(",", "")) for category, radius in shown} == dict(enumerate(EPU_M[1:], 1))
