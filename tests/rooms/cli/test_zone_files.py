"""`zone check` says what a zone is and everything `zone put` would refuse; `zone put` puts all of a file or nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from openline.cli import zone as zone_commands
from openline.errors import Refused
from openline.zones.plain import zone_from_plain
from tests.rooms.cli.conftest import Command

WHOLE = {
    "name": "Field hospital",
    "radius_m": 55_000,
    "upper": "FL100",
    "applies_to": ["aircraft"],
    "asks": "stay out",
    "purpose": "patients",
}


def feature(zone_id: str = "hospital", **properties: Any) -> dict[str, Any]:
    said = {key: value for key, value in (WHOLE | properties).items() if value is not None}
    return {
        "type": "Feature",
        "id": zone_id,
        "geometry": {"type": "Point", "coordinates": [38.618, 33.507]},
        "properties": said,
    }


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(*features: dict[str, Any]) -> Path:
        place = tmp_path / "z.geojson"
        place.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
        return place

    return written


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A node that takes whatever the flow would; what it was given."""
    put: list[Any] = []

    def call(_folder: Path, request: dict[str, Any]) -> Any:
        if request["do"] == "act":
            put.append(zone_from_plain(request["zone"], "south.example"))
        return {}

    monkeypatch.setattr("openline.node.doors.control.call", call)
    return put


def test_a_checked_zone_is_told_with_its_centre_and_radius(openline: Command, write: Any) -> None:
    said = openline("zone", "check", write(feature()))

    assert said.code == 0
    assert "circle of 55 km (34.18 statute mi, 29.7 NM) radius around 33.507°N 38.618°E" in said.out
    assert "the ground to FL100" in said.out
    assert "1 zone read; all of them can be put in force" in said.out


@pytest.mark.parametrize("missing", ["applies_to", "asks", "purpose"])
def test_what_a_zone_must_state_is_refused_by_check_and_by_put(
    openline: Command, write: Any, running: list[Any], missing: str
) -> None:
    changed: dict[str, Any] = {missing: None}
    file = write(feature(**changed))
    checked, put = openline("zone", "check", file), openline("zone", "put", file, "--reason", "test")

    assert (checked.code, put.code, running) == (1, 2, [])
    assert f"REFUSED    {missing}: nothing was given" in checked.out
    assert f"zone hospital.{missing}: nothing was given" in put.err


def test_reason_not_stated_is_a_purpose_when_it_is_said(openline: Command, write: Any) -> None:
    assert openline("zone", "check", write(feature(purpose="reason not stated"))).code == 0


def test_a_bare_mile_in_the_words_is_refused_without_naming_our_rules(openline: Command, write: Any) -> None:
    said = openline("zone", "check", write(feature(declared={"words": "34-mile radius"})))

    assert said.code == 1
    assert "declared.unit: nothing was given" in said.out
    assert "(R" not in said.out


def test_of_a_file_with_one_wrong_zone_none_is_put(openline: Command, write: Any, running: list[Any]) -> None:
    said = openline("zone", "put", write(feature("good"), feature("bad", asks=None)), "--reason", "test")

    assert (said.code, running) == (2, [])
    assert "No zone was put in force" in said.err


def test_a_whole_file_is_put(openline: Command, write: Any, running: list[Any]) -> None:
    said = openline("zone", "put", write(feature("one"), feature("two")), "--reason", "test")

    assert said.code == 0
    assert [zone.id for zone in running] == ["one", "two"]


def test_the_refusal_of_the_second_zone_says_that_the_first_is_in_force(
    openline: Command, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(_folder: Path, request: dict[str, Any]) -> Any:
        if request.get("zone", {}).get("id") == "two":
            raise Refused("zone.id", "two", "an id no other zone has")
        return {}

    monkeypatch.setattr("openline.node.doors.control.call", call)
    said = openline("zone", "put", write(feature("one"), feature("two")), "--reason", "test")

    assert said.code == 2
    assert "in force before this was refused: one" in said.err


def test_json_names_every_refusal_and_its_zone(openline: Command, write: Any) -> None:
    said = openline("zone", "check", write(feature(asks=None, purpose=None)), "--json")

    assert said.code == 1
    assert [(one["zone"], one["field"]) for one in json.loads(said.out)["refused"]] == [
        ("hospital", "asks"),
        ("hospital", "purpose"),
    ]


def test_the_issuer_that_stands_in_for_the_node_is_never_shown(openline: Command, write: Any) -> None:
    assert zone_commands.ISSUER not in openline("zone", "check", write(feature())).out
