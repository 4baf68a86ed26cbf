"""Alarms on real screens: seen, acknowledged by key and by mouse, and the same before everybody."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from openline.node.played.demo import PASSWORD
from tests.browser.conftest import Sit
from tests.browser.held import FAST, FIRST, Held
from tests.browser.pixels import CRITICAL, WARNING, WATER, ZONE_INK, Fitted, drawn, seen, share_drawn, share_off_line

pytestmark = pytest.mark.browser


def row(page: Page, alarm: str) -> Locator:
    """One alarm: the head of a mover's card, or one of the rings below it."""
    return page.locator(f'[data-alarm="{alarm}"]')


def card(page: Page, mover: str) -> Locator:
    """All alarms of a mover with a zone."""
    return page.locator(".card", has=page.locator(".who", has_text=re.compile(f"^{re.escape(mover)}$")))


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


def test_a_key_acknowledges_the_card_and_another_screen_says_by_whom_without_reload(
    day: Held, sit: Sit, webgl: Browser
) -> None:
    alarm, ring = day.newcomer("by-key"), day.alarm("by-key", "contact-by")
    here, there = sit("omar", on=webgl).page, sit("olga").page
    assert said(here) == said(there)
    here.get_by_label("Find an alarm").fill("by-key")
    here.keyboard.press("Escape")
    here.keyboard.press("j")
    expect(row(here, alarm)).to_have_attribute("aria-selected", "true")
    expect(card(there, "by-key").get_by_role("button", name="Acknowledge 2")).to_be_visible()

    here.keyboard.press("a")

    for one in (alarm, ring):
        expect(row(there, one).locator(".state")).to_contain_text("Acknowledged by omar at 09:35")
        expect(row(here, one).locator(".state")).to_contain_text("Acknowledged by omar at 09:35")
    expect(card(there, "by-key").get_by_role("button", name="Acknowledge")).to_have_count(0)
    here.get_by_label("Find an alarm").fill("")
    assert said(here) == said(there)


def test_one_click_acknowledges_every_ring_of_a_mover_and_each_is_in_the_record(day: Held, sit: Sit) -> None:
    alarm, ring = day.newcomer("by-click"), day.alarm("by-click", "contact-by")
    here, there = sit("olga").page, sit("omar").page
    card(here, "by-click").get_by_role("button", name="Acknowledge 2").click()

    for one in (alarm, ring):
        expect(row(there, one).locator(".state")).to_contain_text("Acknowledged by olga")
        acts = [entry for entry in day.log() if entry["who"] == "olga" and one in entry["says"]]
        assert [entry["kind"] for entry in acts] == ["act"]
    expect(here.get_by_role("status").filter(has_text=re.compile(r"^Acknowledged, entries \d+ to \d+\.$"))).to_be_visible()


def test_a_single_ring_can_be_acknowledged_alone(day: Held, sit: Sit) -> None:
    alarm, ring = day.newcomer("one-ring"), day.alarm("one-ring", "contact-by")
    page = sit("omar").page
    row(page, alarm).click()
    page.get_by_role("button", name="Acknowledge this ring only").last.click()

    expect(row(page, ring).locator(".state")).to_contain_text("Acknowledged by omar")
    expect(row(page, alarm).locator(".state")).to_have_text("Unacknowledged")
    expect(card(page, "one-ring").get_by_role("button", name=re.compile("^Acknowledge A$"))).to_be_visible()


def test_silencing_is_no_acknowledgement_and_every_screen_is_silent(day: Held, sit: Sit) -> None:
    alarm = day.newcomer("too-loud")
    here, there = sit("omar").page, sit("olga").page
    row(here, alarm).click()
    here.keyboard.press("s")

    for one in (alarm, day.alarm("too-loud", "contact-by")):
        expect(row(there, one).locator(".state")).to_have_text("Unacknowledged · Silenced")
    expect(card(there, "too-loud").get_by_role("button", name="Acknowledge 2")).to_be_visible()


def test_a_card_has_its_movers_name_whichever_ring_stands_in_its_head(day: Held, sit: Sit) -> None:
    alarm, ring = day.newcomer("named"), day.alarm("named", "contact-by")
    page = sit("omar").page
    name = card(page, "named").locator(".who")
    wide = name.bounding_box()
    assert wide is not None
    assert wide["width"] > 40
    day.act("alarm.shelve", who="samira", role="supervisor", alarm=alarm, minutes=5, reason="known, escorted")

    expect(page.locator(f'.card > .alarm:first-child[data-alarm="{ring}"]')).to_be_visible()
    expect(row(page, alarm).locator(".state")).to_contain_text("Shelved until")
    after = name.bounding_box()
    assert after is not None
    assert after["width"] > 40


def test_the_list_keeps_its_order_under_the_mouse_until_the_mouse_leaves_it(day: Held, sit: Sit) -> None:
    day.newcomer("still-1")
    page = sit("omar").page
    page.get_by_label("Find an alarm").fill("still-")
    day.newcomer("still-2")
    cards = page.locator(".card .who")
    expect(cards).to_have_count(2)
    first, second = cards.all_inner_texts()
    card(page, first).get_by_role("button", name="Acknowledge 2").click()
    expect(card(page, first).locator(".alarm").first.locator(".state")).to_contain_text("Acknowledged by omar")
    assert cards.all_inner_texts() == [first, second]

    day.newcomer("still-3")  # and a critical alarm is there at once, where it belongs
    expect(cards).to_have_count(3)
    assert cards.all_inner_texts().index("still-3") < cards.all_inner_texts().index(first)
    page.get_by_label("Find an alarm").hover()
    expect(cards.last).to_have_text(first)


def test_movers_and_alarms_are_counted_apart(day: Held, sit: Sit) -> None:
    page = sit("omar").page
    alarms = [one for one in day.state()["alarms"] if one["state"] != "shelved"]
    movers = {one["mover"] for one in alarms}
    expect(page.locator(".summary").first).to_contain_text(f"{len(movers)} movers, {len(alarms)} alarms")
    expect(page.locator(".card")).to_have_count(len(movers))


def test_what_is_not_heard_is_last_known_and_nothing_is_counted_down(sit: Sit) -> None:
    lost = card(sit("viktor").page, "SURVEY1")
    expect(lost.locator(".left")).to_have_text(re.compile(r"^LAST KNOWNheard \d+ (s|min) ago$"))
    expect(lost.locator(".scale")).to_have_count(0)


def test_a_viewer_sees_everything_and_can_acknowledge_nothing(day: Held, sit: Sit) -> None:
    alarm = day.newcomer("only-seen")
    page = sit("viktor").page
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
        "/api/v1/acts", data={"act": "alarm.acknowledge", "alarm": day.newcomer("refused")}, headers=headers
    )
    assert answer.status == 403


def test_alarms_work_and_the_plain_map_draws_without_webgl(day: Held, sit: Sit) -> None:
    alarm = day.newcomer("no-webgl")
    page = sit("omar").page
    card(page, "no-webgl").get_by_role("button", name="Acknowledge").click()
    expect(row(page, alarm).locator(".state")).to_contain_text("Acknowledged by omar")

    expect(page.get_by_text("Plain map: this browser has no WebGL2.")).to_be_visible()
    picture, zone = drawn(page), day.zone()
    where = Fitted(day.zones(), picture.size)
    assert share_drawn(picture, where, zone["outline"], ZONE_INK) > 0.9
    assert picture.luminance().var() > 100


@pytest.mark.parametrize(
    ("blocked", "mover", "says"),
    [
        (("**/app/gl-*", "**/app/canvas-*"), "no-map", "No map on this machine."),
        (("**/basemap/**",), "no-ground", "Notification is not permission"),
        (("**/ws/tracks",), "no-tracks", "Notification is not permission"),
    ],
    ids=["no map", "no ground under the map", "no tracks"],
)
def test_alarms_work_whatever_the_map_lacks(day: Held, sit: Sit, blocked: tuple[str, ...], mover: str, says: str) -> None:
    alarm = day.newcomer(mover)
    desk = sit("omar", quiet=False, go=False)
    for pattern in blocked:
        desk.context.route(pattern, lambda route: route.abort())
    desk.page.goto("/")
    card(desk.page, mover).get_by_role("button", name="Acknowledge").click()

    expect(row(desk.page, alarm).locator(".state")).to_contain_text("Acknowledged by omar")
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
