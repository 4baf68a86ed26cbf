"""Somebody who went silent: LAST KNOWN with a growing area, on the map and in the list, until a person says what became."""

import pytest
from playwright.sync_api import Browser, expect

from openline.clock import NS_PER_S, from_rfc3339
from openline.feeds import osmand
from tests.browser.conftest import Sit
from tests.browser.held import MOMENT, SURVEY, Held
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


def test_a_track_whose_place_two_sources_dispute_says_how_far_apart_they_put_it(day: Held, sit: Sit) -> None:
    at_s = from_rfc3339(MOMENT) // NS_PER_S
    day.post("phone:between", 34.60, 40.20)
    said = f"id=between&timestamp={at_s + 1}&lat=34.6045&lon=40.20&accuracy=20&speed=2"
    day.there(day.demo.node.loop.positions("phones", osmand.request("GET", said)))
    track = day.track("phone:between")
    assert "disputed" in track["doubts"]
    assert track["disputed_m"] == pytest.approx(499, abs=2)

    page = sit("omar").page
    day.later()
    page.get_by_placeholder("Find by callsign, address or id").fill("between")
    page.locator(".side .line", has_text="between").first.click()
    expect(page.locator(".boxed", has_text="POSITION DISPUTED")).to_contain_text("499 m (0.3 nmi) apart")
