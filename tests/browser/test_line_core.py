"""The shared core of a conversation on both consoles: offered at one, refused and then agreed to at the other."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Seat
from tests.browser.desks import Two, open_talk

pytestmark = pytest.mark.browser


def test_a_core_is_offered_refused_with_a_reason_and_agreed_to_later(two: Two, seat: Seat) -> None:
    name = two.ask(
        precedence="routine",
        template="check",
        params={"check_number": 1, "path_choice": "line", "sent_us": 1_495_100_000_000_000},
    )
    south, north = seat("south"), seat("north", "olga")
    open_talk(south, name)
    open_talk(north, name)
    ours, theirs = south.get_by_label("Shared core"), north.get_by_label("Shared core")
    ours.get_by_role("button", name="Sign it and offer it").click()
    expect(ours).to_contain_text("NO ANSWER")
    expect(theirs).to_contain_text("Our node computes the same.")
    expect(theirs.get_by_role("button", name="Refuse the core")).to_be_disabled()
    theirs.get_by_label("Why it is refused").select_option("other")
    theirs.get_by_label("In words").fill("the deputy signs tomorrow")
    theirs.get_by_role("button", name="Refuse the core").click()
    for section in (ours, theirs):
        expect(section).to_contain_text("REFUSED")
        expect(section).to_contain_text("other: the deputy signs tomorrow")
    two.says(name, "seen")
    two.second()
    ours.get_by_role("button", name="Sign it and offer it").click()
    theirs.get_by_role("button", name="Agree to the core").click()
    for section in (ours, theirs):
        expect(section).to_contain_text("Agreed to")
