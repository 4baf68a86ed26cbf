"""A link for the last unit, made at a console and answered by somebody without a login; both consoles show how far it got."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Seat
from tests.browser.desks import Two, open_talk

pytestmark = pytest.mark.browser


def answer(page: Page, link: str) -> None:
    """Somebody with the link reads, says it back, gives name and role."""
    page.goto(link)
    page.get_by_role("button", name="Open the notice").click()
    expect(page.locator(".said").first).to_contain_text("REQUEST: Please pass this warning")
    page.get_by_role("button", name="I have read it").click()
    page.get_by_role("radio", name="stop and wait").check()
    page.get_by_role("radio", name="inside").check()
    page.get_by_role("radio", name="convoy").check()
    page.get_by_label("Your name, and your vehicle or unit").fill("Sgt Haddad")
    page.get_by_label("Your role there").fill("platoon leader")
    page.get_by_label("What have you done?").select_option("stopped")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you, Sgt Haddad.")


def test_a_link_made_at_the_console_is_the_receipt_of_the_last_unit(two: Two, seat: Seat) -> None:
    name = two.ask()
    south, north = seat("south"), seat("north", "olga")
    open_talk(south, name)
    open_talk(north, name)
    expect(south.locator(".talk")).to_contain_text("mover not warned")
    north.get_by_role("button", name="Make a link for the last unit").click()
    box = north.get_by_label("A link for the last unit")
    box.get_by_label("Which unit it tells").fill("2nd platoon")
    box.get_by_label("How you hand the link over").fill("radio")
    box.get_by_role("button", name="Make a guest link").click()
    expect(box.locator("img")).to_be_visible()
    link = box.locator("input[readonly]").input_value()
    phone = north.context.new_page()
    answer(phone, link)
    two.second()
    for page in (south, north):
        told = re.compile(
            r"unit 2nd platoon told \d\d:\d\dZ by a guest link, says Sgt Haddad, platoon leader, by guest link; reported"
        )
        expect(page.locator(".talk")).to_contain_text(told)
    phone.reload()
    expect(phone.locator("body")).to_contain_text("This link works once.")
