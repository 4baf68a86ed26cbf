"""What the picture keeps of movers that left."""

import pytest

from openline.tracks import picture as pictures
from openline.tracks.picture import Picture
from openline.tracks.rules import TrackRules
from tests.rooms.tracks.test_intake import fill, report


def gone(picture: Picture, *movers: str) -> None:
    """Each is heard once with a callsign, and archived."""
    for mover in movers:
        fill(picture, report(0, mover=mover, callsign=mover.upper()))
        picture.release(picture.slot_of[mover])


def test_claims_of_the_newest_archived_movers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "ARCHIVED_CLAIMS_MAX", 2)
    picture = Picture(TrackRules())
    gone(picture, "a", "b", "c")

    assert set(picture.claims) == {"b", "c"}
    assert set(picture.archive) == {"a", "b", "c"}


def test_a_mover_that_came_back_keeps_its_claims_however_many_left_since(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "ARCHIVED_CLAIMS_MAX", 1)
    picture = Picture(TrackRules())
    gone(picture, "a")
    fill(picture, report(10, mover="a", callsign="A"))
    gone(picture, "b", "c")

    assert [claim.value for claim in picture.claims["a"]] == ["A"]


def test_a_mover_out_of_the_archive_leaves_no_claims() -> None:
    picture = Picture(TrackRules(archive_max=1))
    gone(picture, "a", "b")

    assert set(picture.claims) == {"b"}
    assert set(picture.archived_claims) == {"b"}


def test_a_claim_said_again_is_one_claim_and_another_is_one_more() -> None:
    picture = Picture(TrackRules())
    for at_s, callsign in enumerate(("A", "A", "B", "A")):
        fill(picture, report(at_s, callsign=callsign))

    assert [claim.value for claim in picture.claims["m"]] == ["A", "B"]
    assert picture.callsign[picture.slot_of["m"]] == "A"


def test_a_slot_given_to_another_mover_learns_afresh() -> None:
    picture = Picture(TrackRules())
    gone(picture, "a")
    fill(picture, report(5, mover="a", callsign="A"))

    assert picture.callsign[picture.slot_of["a"]] == "A"
