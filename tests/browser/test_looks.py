"""Day, dusk and night; what an accessibility checker finds; and that the strictest policy holds."""

import re
from collections.abc import Callable
from importlib import resources
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Sit
from tests.browser.held import FIRST, Held
from tests.browser.pixels import CRITICAL, Picture, drawn, look

pytestmark = pytest.mark.browser
INK: Final = {"day": "#1c2a33", "dusk": "#dfe7eb", "night": "#9fb0bb"}  # --zone in web/src/style/tokens.css
ALARM: Final = {"day": CRITICAL, "dusk": "#ff6f60", "night": "#ff5c4d"}
WEIGHTY: Final = ("serious", "critical")
PANELS: Final = ("Tracks", "Zones", "Incidents", "Feeds", "Notices", "Record", "Alarm load")


def press(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("button", name=name).click()


# ── palettes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_dusk_is_darker_than_day_and_night_than_dusk_and_the_zone_and_alarms_stay_drawn(sit: Sit, webgl: Browser) -> None:
    page = sit("omar", on=webgl).page
    seen: dict[str, Picture] = {}
    for name in ("Day", "Dusk", "Night"):
        page.get_by_role("group", name="Brightness").get_by_role("button", name=name).click()
        palette = name.lower()
        seen[palette] = drawn(page, INK[palette], ALARM[palette])
        assert seen[palette].count(INK[palette]) > 500, palette
        assert seen[palette].count(ALARM[palette]) > 100, palette
    light = {name: picture.luminance().mean() for name, picture in seen.items()}
    assert light["day"] > 2 * light["dusk"] > 4 * light["night"]


def test_nothing_is_bright_at_night(sit: Sit) -> None:
    page = sit("omar").page
    page.get_by_role("group", name="Brightness").get_by_role("button", name="Night").click()
    drawn(page, INK["night"], ALARM["night"])
    light = look(page, "body").luminance()
    assert light.mean() < 40
    assert (light > 200).mean() < 0.02


def test_a_screen_remembers_its_palette(sit: Sit) -> None:
    page = sit("omar").page
    page.get_by_role("group", name="Brightness").get_by_role("button", name="Dusk").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-palette", "dusk")
    expect(page.get_by_role("group", name="Brightness").get_by_role("button", name="Dusk")).to_have_attribute(
        "aria-pressed", "true"
    )


# ── accessibility ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def axe() -> str:
    """The checker's script: a development dependency, evaluated in the page and never served."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def found(page: Page, axe: str) -> list[str]:
    """What weighs: the rule, how many places, and the first of them."""
    page.evaluate(axe)
    result: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    weighty = [one for one in result["violations"] if one["impact"] in WEIGHTY]
    return [f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:200]}" for one in weighty]


def edit(page: Page) -> None:
    press(page, "Zones")
    page.get_by_role("button", name="New zone").click()
    page.get_by_role("button", name="Add a ring").click()
    page.get_by_role("button", name="Add hours").click()


def shelve(page: Page) -> None:
    page.locator("[data-alarm]").first.click()
    page.keyboard.press("h")
    expect(page.get_by_role("dialog")).to_be_visible()


def keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def track(page: Page) -> None:
    page.locator(".side .line", has_text=FIRST).click()
    expect(page.get_by_text(re.compile(r"Last \d+ reports"))).to_be_visible()


def incident(page: Page) -> None:
    press(page, "Incidents")
    page.locator(".side .line").first.click()
    expect(page.get_by_text("Timeline from the record")).to_be_visible()


def zone(page: Page) -> None:
    press(page, "Zones")
    page.locator(".side .line", has_text="At-Tanf zone").click()


PLACES: Final[dict[str, Callable[[Page], None]]] = {
    "a new zone": edit,
    "a zone": zone,
    "shelving": shelve,
    "keys": keys,
    "a track": track,
    "an incident": incident,
}


def test_axe_finds_nothing_serious_on_any_panel_in_any_palette(sit: Sit, axe: str) -> None:
    page = sit("samira").page
    expect(page.locator("[data-alarm]").first).to_be_visible()
    problems = []
    for palette in ("Day", "Dusk", "Night"):
        page.get_by_role("group", name="Brightness").get_by_role("button", name=palette).click()
        for name in PANELS if palette == "Day" else PANELS[:1]:
            button = page.get_by_role("navigation").get_by_role("button", name=name)
            if button.get_attribute("aria-pressed") != "true":
                button.click()
            expect(page.locator(".side h2").first).to_be_visible()
            problems += [f"{palette}, {name}: {one}" for one in found(page, axe)]
    assert problems == []
    page.evaluate("document.body.append(Object.assign(document.createElement('img'), {src: '/icon.svg'}))")
    assert [one.split()[0] for one in found(page, axe)] == ["image-alt"]  # it does find what is there


@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing_serious_where_people_act(sit: Sit, axe: str, place: str) -> None:
    page = sit("samira").page
    expect(page.locator("[data-alarm]").first).to_be_visible()
    PLACES[place](page)
    assert found(page, axe) == []


def test_axe_finds_nothing_serious_with_webgl_at_sign_in_on_the_guest_page_and_in_the_alarms_as_text(
    sit: Sit, axe: str, webgl: Browser, day: Held
) -> None:
    desk = sit("omar", on=webgl)
    drawn(desk.page)
    problems = [f"console: {one}" for one in found(desk.page, axe)]
    for path in ("/text", "/api/v1/log.html", day.demo.links[0][1]):
        desk.page.goto(path)
        problems += [f"{path}: {one}" for one in found(desk.page, axe)]
    stranger = sit(None).page
    expect(stranger.get_by_role("button", name="Sign in")).to_be_visible()
    problems += [f"sign-in: {one}" for one in found(stranger, axe)]
    assert problems == []


# ── the policy ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(sit: Sit) -> None:
    desk = sit("omar", go=False)
    answer = desk.page.goto("/")
    assert answer is not None
    policy = {part.split()[0]: part.split()[1:] for part in answer.header_value("content-security-policy").split(";")}  # type: ignore[union-attr]
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert not any("unsafe" in word or word.startswith("http") for words in policy.values() for word in words)


def test_what_listens_to_complaints_hears_a_broken_policy(sit: Sit) -> None:
    desk = sit("omar", quiet=False)
    expect(desk.page.locator("[data-alarm]").first).to_be_visible()
    assert desk.complaints == []
    desk.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))")
    assert any("Content Security Policy" in one and "inline" in one for one in desk.complaints)
    desk.page.evaluate("fetch('https://example.org/').catch(() => 0)")
    assert any("Content Security Policy" in one and "https://example.org/" in one for one in desk.complaints)


def test_every_panel_is_opened_without_a_complaint_and_asks_this_node_only(sit: Sit, day: Held) -> None:
    desk = sit("samira")
    for name in PANELS[1:]:
        press(desk.page, name)
        expect(desk.page.locator(".side h2").first).to_be_visible()
    assert len(desk.asked) > 10
    assert all(one.startswith((day.url, day.url.replace("http", "ws"), "data:", "blob:")) for one in desk.asked)
