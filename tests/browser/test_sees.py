"""What a screen says of the watch itself: that it sees nothing, that its clock is doubtful, that somebody is off the map."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Sit
from tests.browser.held import FAST, Held
from tests.browser.pixels import CRITICAL, Picture, drawn, seen

pytestmark = pytest.mark.browser


def told(sit: Sit, change: Callable[[dict[str, Any]], None], on: Browser | None = None) -> Page:
    """A screen whose node tells another state than its own. The clock is held, so nothing else is told afterwards."""

    def other(route: Route) -> None:
        answer = route.fetch()
        state = answer.json()
        change(state)
        route.fulfill(response=answer, json=state)

    desk = sit("omar", go=False, on=on)
    desk.context.route("**/api/v1/state", other)
    desk.page.goto("/")
    expect(desk.page.locator("header .watch")).to_be_visible()
    return desk.page


def no_zone(state: dict[str, Any]) -> None:
    state["zones"], state["alarms"] = [], []


def feeds_down(state: dict[str, Any]) -> None:
    for feed in state["feeds"]:
        feed["state"] = "down"
    state["alarms"] = []


def no_feed(state: dict[str, Any]) -> None:
    state["feeds"] = state["alarms"] = []


@pytest.mark.parametrize(
    ("change", "says"),
    [(no_zone, "Watching nothing: no zone"), (feeds_down, "No feed is up"), (no_feed, "Watching nothing: no feed")],
)
def test_a_node_that_can_see_nothing_says_so_where_it_would_say_that_it_watches(
    sit: Sit, change: Callable[[dict[str, Any]], None], says: str
) -> None:
    page = told(sit, change)

    expect(page.locator("header .watch.bad")).to_have_text(says)
    expect(page.locator(".empty").first).to_contain_text(f"{says}. An empty list means nothing.")


def test_a_clock_that_jumped_or_is_not_synchronised_is_said_without_a_number_that_nobody_knows(sit: Sit) -> None:
    jumped = {"at": "2017-05-18T09:30:00.000Z", "by_ms": -3_600_000}

    def change(state: dict[str, Any]) -> None:
        state["node"]["clock"] = {"offset_ms": 0, "uncertainty_ms": 1, "synchronised": False, "jumped": jumped}

    page = told(sit, change)
    expect(page.locator("header")).to_contain_text("Clock not synchronised, error unknown")
    expect(page.locator("header")).to_contain_text("Clock jumped 60 min back at 09:30:00Z")
    page.get_by_role("button", name="Incidents").first.click()
    page.locator(".side .line").first.click()
    expect(page.locator(".timeline li").first).to_be_visible()

    expect(page.get_by_text("how far these times are off is not known")).to_be_visible()
    expect(page.locator(".timeline")).not_to_contain_text("±")


def test_the_header_names_the_party_and_the_node(day: Held, sit: Sit) -> None:
    node = day.state()["node"]
    expect(sit("omar").page.locator("header .party")).to_have_text(f"{node['party']}{node['name']}")


def test_the_times_of_an_approach_say_how_they_were_worked_out(day: Held, sit: Sit) -> None:
    alarm = day.alarm(FAST)

    def change(state: dict[str, Any]) -> None:
        one = next(one for one in state["alarms"] if one["id"] == alarm)
        one |= {"to_boundary_s": 125, "to_ring_s": 125, "earliest_s": 80, "by_route": True}

    left = told(sit, change).locator(f'[data-alarm="{alarm}"] .left')
    expect(left).to_have_text("2:05to boundaryby its routeearliest 1:20")


def test_an_approach_that_was_averted_is_not_called_an_exit(day: Held, sit: Sit) -> None:
    alarm = day.alarm(FAST)

    def change(state: dict[str, Any]) -> None:
        one = next(one for one in state["alarms"] if one["id"] == alarm)
        one |= {"event": "averted", "state": "returned_unacknowledged", "why": ["turned away"], "to_boundary_s": None}

    row = told(sit, change).locator(f'[data-alarm="{alarm}"]')
    expect(row).to_contain_text("Turned away")
    expect(row).not_to_contain_text("Left")


# ── the map ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_movers_in_alarm_off_the_map_are_counted_marked_at_its_edge_and_one_click_away(sit: Sit, webgl: Browser) -> None:
    page = sit("omar", on=webgl).page
    drawn(page)
    expect(page.locator(".offmap")).to_have_count(0)
    for _ in range(3):
        page.get_by_role("button", name="Zoom in").click()
    expect(page.locator(".offmap")).to_contain_text(re.compile(r"^\d+ in alarm are off this map"))
    assert at_left_edge(seen(page, lambda one: at_left_edge(one) > 60)) > 60

    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".offmap")).to_have_count(0)


def at_left_edge(picture: Picture) -> int:
    """How much of a critical alarm's colour is there, where the convoy is."""
    return Picture(picture.rgb[:, :60]).count(CRITICAL)


def test_the_legend_covers_nothing_of_the_map(sit: Sit, webgl: Browser) -> None:
    page = sit("omar", on=webgl).page
    drawn(page)
    stage, foot = page.locator(".map .stage").bounding_box(), page.locator(".map .foot").bounding_box()
    assert stage is not None
    assert foot is not None
    assert foot["y"] >= stage["y"] + stage["height"]


# ── panels ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_entry_of_the_record_panel_has_its_time_the_newest_too(day: Held, sit: Sit) -> None:
    page = sit("omar").page
    page.get_by_role("button", name="Record").first.click()
    expect(page.locator(".side .claims li").first).to_be_visible()
    day.newcomer("in-record")
    day.later()
    expect(page.locator(".side .claims li", has_text="in-record").first).to_be_visible()

    lines = page.locator(".side .claims li .calm").all_inner_texts()
    assert [line for line in lines if re.match(r"entry \d+ · \d\d:\d\d:\d\dZ · ", line) is None] == []


def test_a_report_that_did_not_move_its_track_is_struck_through_with_why(day: Held, sit: Sit) -> None:
    day.newcomer("has-late")
    day.post("has-late", 33.26, 38.86)  # of the same moment, elsewhere: it came too late to count
    day.later()
    page = sit("omar").page
    page.locator(".side .line", has_text="has-late").click()
    page.get_by_text("Last 2 reports, 1 not used").click()

    expect(page.locator("tr.unused").first).to_contain_text("33.2600")
    expect(page.locator("tr.unused span")).to_have_css("text-decoration-line", "line-through")
    expect(page.get_by_text("Not used: late: newer ones were here already")).to_be_visible()


def test_the_form_of_a_zone_fits_its_panel_and_names_what_is_missing(sit: Sit) -> None:
    page = sit("samira", viewport={"width": 1400, "height": 900}).page
    page.get_by_role("button", name="Zones").first.click()
    page.get_by_role("button", name="New zone").click()
    page.get_by_role("button", name="Add a ring").click()
    page.get_by_role("button", name="Add hours").click()

    assert page.locator(".side").evaluate("side => side.scrollWidth - side.clientWidth") == 0
    for box in page.locator(".side fieldset").all():
        assert box.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    page.get_by_label("Unit").first.select_option("km")
    expect(page.get_by_text("Still needed:")).to_contain_text("what the words mean (radius, diameter or across)")
    expect(page.get_by_text("Still needed:")).not_to_contain_text("the unit")


# ── paper ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_incident_prints_alone_and_the_log_begins_with_its_newest_page(day: Held, sit: Sit) -> None:
    desk = sit("omar")
    desk.page.get_by_role("button", name="Incidents").first.click()
    desk.page.locator(".side .line", has_text="convoy-1").first.click()
    with desk.context.expect_page() as opened:
        desk.page.get_by_role("link", name="Print this incident").click()
    expect(opened.value.locator("h1")).to_contain_text("Incident: convoy-1 and At-Tanf zone")
    desk.page.goto("/api/v1/log.html?limit=20")

    expect(desk.page.locator("tbody tr").last.locator("td").first).to_have_text(re.compile(r"^\d+$"))
    assert int(desk.page.locator("tbody tr").last.locator("td").first.inner_text()) > len(day.log()) / 2
    desk.page.get_by_role("link", name="Oldest page").first.click()
    expect(desk.page.locator("tbody tr td").first).to_have_text("0")


def test_paper_cuts_no_line(sit: Sit) -> None:
    page = sit("omar", viewport={"width": 700, "height": 1000}).page  # A4 less its margins, in CSS pixels
    page.emulate_media(media="print")
    page.goto("/api/v1/log.html?after=-1")

    assert page.evaluate("document.documentElement.scrollWidth") <= 700
    assert page.locator(".paging").first.is_hidden()
    assert page.locator(".sheet").is_visible()
