"""Alarms on real screens: seen, acknowledged by key and by mouse, and the same before everybody."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from openline.node.played.demo import PASSWORD
from tests.browser.conftest import Sit
from tests.browser.held import FAST, FIRST, Held
from tests.browser.pixels import CRITICAL, WARNING, WATER, ZONE_INK, Fitted, drawn, seen, share_drawn, share_off_line

pytestmark = pytest.mark.browser
CONVOY = ("convoy-1", "convoy-2", "convoy-3", "convoy-4")


def row(page: Page, alarm: str) -> Locator:
    return page.locator(f'[data-alarm="{alarm}"]')


def said(page: Page) -> dict[str, str]:
    """Every alarm a screen shows and what it says of its state."""
    rows = page.locator("[data-alarm]")
    expect(rows.first).to_be_visible()
    return {one.get_attribute("data-alarm") or "": one.locator(".state").inner_text() for one in rows.all()}


def test_somebody_signs_in_and_sees_the_alarms_and_the_map(day: Held, sit: Sit, webgl: Browser) -> None:
    page = sit(None, on=webgl).page
    page.get_by_label("Name").fill("omar")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.locator("[data-alarm]")).to_have_count(len(day.state()["alarms"]))
    expect(row(page, day.alarm(FIRST))).to_contain_text("At-Tanf zone")
    expect(page.get_by_text("EXERCISE EXERCISE EXERCISE")).to_be_visible()
    assert drawn(page).luminance().var() > 100


def test_the_map_shows_the_zone_its_rings_and_who_is_in_alarm_where_they_are(day: Held, sit: Sit, webgl: Browser) -> None:
    page = sit("omar", on=webgl).page
    drawn(page)
    picture, zone = seen(page, lambda one: one.count(WATER, 1) == 0), day.zone()
    where = Fitted(day.zones(), picture.size)

    assert share_drawn(picture, where, zone["outline"], ZONE_INK) > 0.9
    assert share_off_line(picture, where, (33.507, 38.618), ZONE_INK) < 0.2
    assert picture.count(WATER, 1) == 0  # there is none in this desert: it is what shows where the ground is missing
    for mover, colour in ((FIRST, CRITICAL), (FAST, WARNING)):
        track = day.track(mover)
        assert picture.about(*where.at(track["lat_deg"], track["lon_deg"]), 14).count(colour) > 40, mover


def test_a_key_acknowledges_and_another_screen_says_by_whom_without_reload(day: Held, sit: Sit, webgl: Browser) -> None:
    here, there = sit("omar", on=webgl).page, sit("olga").page
    assert said(here) == said(there)
    here.keyboard.press("j")
    chosen = here.locator('[data-alarm][aria-selected="true"]').get_attribute("data-alarm") or ""
    expect(row(there, chosen).get_by_role("button", name="Acknowledge")).to_be_visible()

    here.keyboard.press("a")

    expect(row(there, chosen).locator(".state")).to_contain_text("Acknowledged by omar at 09:35")
    expect(row(there, chosen).get_by_role("button", name="Acknowledge")).to_have_count(0)
    expect(row(here, chosen).locator(".state")).to_contain_text("Acknowledged by omar at 09:35")
    assert said(here) == said(there)


def test_a_click_acknowledges_and_is_in_the_record(day: Held, sit: Sit) -> None:
    here, there = sit("olga").page, sit("omar").page
    alarm = day.alarm(CONVOY[1])
    row(here, alarm).get_by_role("button", name="Acknowledge").click()

    expect(row(there, alarm).locator(".state")).to_contain_text("Acknowledged by olga")
    acts = [entry for entry in day.log() if entry["who"] == "olga" and alarm in entry["says"]]
    assert [entry["kind"] for entry in acts] == ["act"]


def test_silencing_is_no_acknowledgement_and_every_screen_is_silent(day: Held, sit: Sit) -> None:
    here, there = sit("omar").page, sit("olga").page
    alarm = day.alarm(FIRST, "contact-by")
    row(here, alarm).click()
    here.keyboard.press("s")

    expect(row(there, alarm).locator(".state")).to_have_text("Unacknowledged · Silenced")
    expect(row(there, alarm).get_by_role("button", name="Acknowledge")).to_be_visible()


def test_a_viewer_sees_everything_and_can_acknowledge_nothing(day: Held, sit: Sit) -> None:
    page = sit("viktor").page
    alarm = day.alarm(CONVOY[2])
    expect(row(page, alarm)).to_contain_text("Unacknowledged")
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    row(page, alarm).click()
    page.keyboard.press("a")

    expect(page.get_by_text("Your role (viewer) may look and not act.")).to_be_visible()
    assert next(one for one in day.state()["alarms"] if one["id"] == alarm)["state"] == "unacknowledged"


def test_the_node_refuses_a_viewer_who_goes_past_the_console(day: Held, sit: Sit) -> None:
    desk = sit("viktor", go=False)
    headers = {"x-openline": "1", "origin": day.url}
    answer = desk.context.request.post(
        "/api/v1/acts", data={"act": "alarm.acknowledge", "alarm": day.alarm(CONVOY[2])}, headers=headers
    )
    assert answer.status == 403


def test_alarms_work_and_the_plain_map_draws_without_webgl(day: Held, sit: Sit) -> None:
    page = sit("omar").page
    alarm = day.alarm(CONVOY[2])
    row(page, alarm).get_by_role("button", name="Acknowledge").click()
    expect(row(page, alarm).locator(".state")).to_contain_text("Acknowledged by omar")

    expect(page.get_by_text("Plain map: this browser has no WebGL2.")).to_be_visible()
    picture, zone = drawn(page), day.zone()
    where = Fitted(day.zones(), picture.size)
    assert share_drawn(picture, where, zone["outline"], ZONE_INK) > 0.9
    assert picture.luminance().var() > 100


@pytest.mark.parametrize(
    ("blocked", "alarm", "says"),
    [
        (("**/app/gl-*", "**/app/canvas-*"), (CONVOY[3], "boundary"), "No map on this machine."),
        (("**/basemap/**",), (CONVOY[3], "contact-by"), "Notification is not permission"),
        (("**/ws/tracks",), (CONVOY[2], "contact-by"), "Notification is not permission"),
    ],
    ids=["no map", "no ground under the map", "no tracks"],
)
def test_alarms_work_whatever_the_map_lacks(
    day: Held, sit: Sit, blocked: tuple[str, ...], alarm: tuple[str, str], says: str
) -> None:
    desk = sit("omar", quiet=False, go=False)
    for pattern in blocked:
        desk.context.route(pattern, lambda route: route.abort())
    desk.page.goto("/")
    wanted = row(desk.page, day.alarm(*alarm))
    wanted.get_by_role("button", name="Acknowledge").click()

    expect(wanted.locator(".state")).to_contain_text("Acknowledged by omar")
    expect(desk.page.get_by_text(says).first).to_be_visible()


def test_zones_and_tracks_are_drawn_without_the_ground(day: Held, sit: Sit, webgl: Browser) -> None:
    desk = sit("omar", on=webgl, quiet=False, go=False)
    desk.context.route("**/basemap/**", lambda route: route.abort())
    desk.page.goto("/")
    picture, zone = drawn(desk.page), day.zone()
    assert share_drawn(picture, Fitted(day.zones(), picture.size), zone["outline"], ZONE_INK) > 0.9


def test_where_the_webgl_map_does_not_come_the_plain_one_does(sit: Sit, webgl: Browser) -> None:
    desk = sit("omar", on=webgl, quiet=False, go=False)
    desk.context.route("**/app/gl-*", lambda route: route.abort())
    desk.page.goto("/")
    expect(desk.page.get_by_text("Plain map: this browser has no WebGL2.")).to_be_visible()
    assert drawn(desk.page).luminance().var() > 100
