"""What is wrong with the words typed is said at once, with the path and what to do, and never as a traceback."""

from pathlib import Path

import pytest

from openline.errors import Refused
from openline.zones.door import moved
from tests.rooms.cli.conftest import Command


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a zone, a track and a file that is neither."""
    circle = '{"type": "Point", "coordinates": [38.618, 33.507]}'
    (tmp_path / "z.geojson").write_text(f'{{"type": "Feature", "geometry": {circle}, "properties": {{"radius_m": 500}}}}')
    (tmp_path / "t.csv").write_text("id,time,lat,lon\na,2026-01-01T00:00:00Z,33.5,38.6\n")
    (tmp_path / "words").write_text("id;time\n")
    (tmp_path / "folder").mkdir()
    return tmp_path


def test_nothing_asked_for_prints_the_help(openline: Command) -> None:
    said = openline()

    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Usage: openline")


def test_a_group_of_commands_alone_prints_its_help(openline: Command) -> None:
    said = openline("zone")

    assert (said.code, said.err) == (0, "")
    assert "convert" in said.out


@pytest.mark.parametrize(
    ("words", "names", "remedy"),
    [
        ("export /nowhere/dir/x.zip --node {node}", "/nowhere/dir", "mkdir -p /nowhere/dir"),
        ("export {files}/folder --node {node}", "folder is there already", "Name another place"),
        ("export {files}/x.zip --node {files}/none", "There is no node in {files}/none", "openline init {files}/none"),
        ("export {files}/x.zip --node {node} --first 900", "--first: 900", "Correct what is named"),
        ("export {files}/x.zip --node {node} --end 0", "--end: 0", "Correct what is named"),
        ("serve --node {files}/none", "There is no node in {files}/none", "--node"),
        ("serve --node {node} --port 99999", "--port: 99999", "Correct what is named"),
        ("demo --port 70000", "--port: 70000", "Correct what is named"),
        ("replay --node {files}/none", "There is no node in {files}/none", "--node"),
        ("zone list --node {node}", "No node answers in {node}", "openline serve --node {node}"),
        ("zone list --node {files}/none", "no such directory", "--node"),
        ("zone check {files}/none", "there is no file {files}/none", "Check the path"),
        ("zone check {files}/folder", "folder is a directory", "Name a file in it"),
        ("zone check {files}/words", "{files}/words: file: 'id;time' is not accepted", "Correct what is named"),
        ("zone convert {files}/z.geojson {files}/words.xyz", "words.xyz", "Correct what is named"),
        ("zone convert {files}/z.geojson /nowhere/z.kml", "/nowhere", "mkdir -p /nowhere"),
        ("feed read {files}/none", "FILE: there is no file {files}/none", "Check the path"),
        ("feed read {files}/none --kind csv", "FILE: there is no file {files}/none", "Check the path"),
        ("user add x --node {node} --password-file {files}/none", "{files}/none cannot be read", "chmod 600"),
        ("user add x --node {node} --password-file {files}/words", "may be read by others", "Run: chmod 600 {files}/words"),
        ("audit --zones {files}/z.geojson --tracks {files}/t.csv --out /nowhere/f", "/nowhere/f", "mkdir -p /nowhere"),
        ("audit --zones {files}/none --tracks {files}/t.csv", "--zones: there is no file {files}/none", "Check the path"),
        ("audit --zones {files}/z.geojson --tracks {files}/none", "--tracks: there is no file {files}/none", "Check the path"),
        ("verify {files}/none", "there is no file or directory {files}/none", "Check the path"),
        ("verify {files}/words", "words is not a bundle", "MANIFEST.json"),
        ("verify {files}/folder", "folder is not a bundle", "MANIFEST.json"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(
    openline: Command, node: Path, files: Path, words: str, names: str, remedy: str
) -> None:
    (files / "words").chmod(0o644)
    said = openline(*words.format(node=node, files=files).split())
    wrong, todo, *more = said.err.splitlines()

    assert said.code == 2
    assert names.format(node=node, files=files) in wrong
    assert remedy.format(node=node, files=files) in todo
    assert more == []


@pytest.mark.parametrize("words", ["serve --node {files}/none", "user add x --node {node} --password-file {files}/none"])
def test_a_missing_file_is_not_called_a_setting(openline: Command, node: Path, files: Path, words: str) -> None:
    assert "settings file" not in openline(*words.format(node=node, files=files).split()).err


def test_a_place_that_cannot_be_written_is_refused_before_the_tracks_are_read(openline: Command, files: Path) -> None:
    said = openline("audit", "--zones", files / "none", "--tracks", files / "none", "--out", "/nowhere/f")

    assert "--out: /nowhere/f" in said.err


def test_an_export_that_cannot_be_written_is_not_recorded(openline: Command, node: Path, tmp_path: Path) -> None:
    openline("export", "/nowhere/x.zip", "--node", node)
    openline("export", tmp_path / "x.zip", "--node", node, "--first", 900)
    openline("export", tmp_path / "x.zip", "--node", node)

    assert "4 of 4 entries" in openline("verify", tmp_path / "x.zip").out  # three made the node, one says it was exported


def test_a_file_that_is_there_is_converted_over_only_when_asked(openline: Command, files: Path) -> None:
    there = files / "z.kml"
    there.write_text("mine")
    refused = openline("zone", "convert", files / "z.geojson", there)

    assert (refused.code, there.read_text()) == (2, "mine")
    assert "--force" in refused.err
    assert openline("zone", "convert", files / "z.geojson", there, "--force").code == 0
    assert there.read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "name: nothing was given; accepted: a name"),
        ("", "name: nothing was given; accepted: a name"),
        ((), "name: nothing was given; accepted: a name"),
        ("nothing", "name: 'nothing' is not accepted; accepted: a name"),
        (0, "name: 0 is not accepted; accepted: a name"),
        (b"id,time\nx", "name: 'id,time\\nx' is not accepted; accepted: a name"),
        (b"\x89PNG\r\n", "name: what begins with the bytes 89 50 4e 47 0d 0a is not accepted; accepted: a name"),
    ],
)
def test_a_refused_value_is_shown_as_a_person_would_write_it(value: object, said: str) -> None:
    assert Refused("name", value, "a name").message == said


def test_a_refusal_moved_further_out_says_the_same() -> None:
    assert moved(Refused("asks", "", "words"), "zone a").message == "zone a.asks: nothing was given; accepted: words"
