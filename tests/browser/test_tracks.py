"""Somebody who went silent: LAST KNOWN with a growing area, on the map and in the list, until a person says what became."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Sit
from tests.browser.held import SURVEY, Held
from tests.browser.pixels import ADVISORY, Fitted, drawn, seen

pytestmark = pytest.mark.browser
REASON = "Landed at the depot; the pilot telephoned at 09:34"


def test_a_lost_track_is_last_known_with_its_area_until_a_person_closes_it_with_a_reason(
    day: Held, sit: Sit, webgl: Browser
) -> None:
    here, there = sit("omar", on=webgl).page, sit("olga").page
    lost = day.track(SURVEY)
    picture = drawn(here)
    x, y = Fitted(day.zones(), picture.size).at(lost["lat_deg"], lost["lon_deg"])
    expect(here.locator(".side .line", has_text="SURVEY1")).to_contain_text("LAST KNOWN")
    assert picture.about(x, y, 30).count(ADVISORY) > 60

    here.locator(".side .line", has_text="SURVEY1").click()
    expect(here.get_by_text("It stays here until a person closes it.")).to_be_visible()
    expect(here.locator(".fact", has_text="May be within")).to_contain_text("km")
    here.get_by_role("button", name="Close this track…").click()
    expect(here.get_by_role("button", name="Close it")).to_be_disabled()
    here.get_by_label("What became of it, and how you know").fill(REASON)
    here.get_by_role("button", name="Close it").click()
    day.later()

    expect(there.locator(".side .line", has_text="convoy-1")).to_be_visible()
    expect(there.locator(".side .line", has_text="SURVEY1")).to_have_count(0)
    expect(there.locator("[data-alarm]", has_text="SURVEY1")).to_have_count(0)
    gone = seen(here, lambda one: one.about(x, y, 30).count(ADVISORY) == 0)
    assert gone.about(x, y, 30).count(ADVISORY) == 0
    assert any(REASON in entry["says"] for entry in day.log() if entry["kind"] == "act" and entry["who"] == "omar")
