"""Refused sign-ins against a real record: answered 401, whatever was typed, and each of them an entry."""

from pathlib import Path

import pytest

from tests.rooms.node.real_doors import RealDoors, add_people, log_of
from tests.stories.desk import Story


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("operator", "operator"),
        ("nobody here", "unknown"),
        ("my secret pass phrase", "unknown"),
        ("\u202eevil\x00\n", "unknown"),
        ("x" * 100, "unknown"),
        ("  operator ", "operator"),
    ],
)
def test_a_refused_sign_in_is_answered_401_and_recorded(tmp_path: Path, name: str, who: str) -> None:
    async def night(story: Story) -> tuple[int, list[tuple[str, str]]]:
        add_people(story)
        async with RealDoors(story).client("192.0.2.7") as client:
            answer = await client.post("/api/v1/login", json={"name": name, "password": "wrong"})
        return answer.status_code, [(line["who"], line["says"]) for line in log_of(story, "login")]

    status, ((said_who, says),) = Story(tmp_path).tell(night)

    assert status == 401
    assert said_who == who
    assert "refused" in says
    assert "192.0.2.7" in says
    assert ("secret" in says, "evil" in says) == (False, False)


def test_the_plain_form_is_answered_and_recorded_alike(tmp_path: Path) -> None:
    async def night(story: Story) -> tuple[int, int]:
        add_people(story)
        async with RealDoors(story).client() as client:
            answer = await client.post("/login", data={"name": "operator", "password": "wrong"})
        return answer.status_code, len(log_of(story, "login"))

    assert Story(tmp_path).tell(night) == (401, 1)
