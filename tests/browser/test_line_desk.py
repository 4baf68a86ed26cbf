"""What a desk knows of its line beside what is sent, before two real nodes: the other path, the units, who else is told."""

import re

import pytest
from playwright.sync_api import expect

from openline.node.played.demo import ADMINISTRATOR
from tests.browser.conftest import Seat
from tests.browser.desks import Two, board, open_talk

pytestmark = pytest.mark.browser

NUMBER = "telephone +000 111, duty officer"


# ── the other path ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_that_no_other_path_is_entered_is_said_with_who_enters_it(seat: Seat) -> None:
    path = seat("north").get_by_role("group", name="Other path: south-desk")
    expect(path).to_contain_text("NONE ENTERED")
    expect(path).to_contain_text("An administrator enters it")
    expect(path.get_by_role("button")).to_have_count(0)


def test_an_administrator_enters_it_and_it_stands_beside_what_is_overdue_and_over_a_line_that_forks(
    two: Two, seat: Seat
) -> None:
    page = seat("south", ADMINISTRATOR)
    page.get_by_role("button", name="Enter it").click()
    page.get_by_label("Telephone numbers").fill(f"{NUMBER}\n\nradio 123.450 MHz")
    page.get_by_role("button", name="Keep these").click()
    path = page.get_by_role("group", name="Other path: north-desk")
    expect(path.locator(".pathtext")).to_have_text([NUMBER, "radio 123.450 MHz"])

    name = two.ask(precedence="flash")
    talk = open_talk(page, name)
    expect(talk.get_by_role("group", name="Other path")).to_have_count(0)
    two.day.later(150.0)
    expect(talk.locator(".due")).to_contain_text("Nobody there has said that it was seen")
    expect(talk.get_by_role("group", name="Other path")).to_contain_text(NUMBER)

    async def fork() -> None:
        two.day.demo.node.loop.tell("line:north-desk", "fork", "two logs of one length")

    two.day.there(fork())
    banner = page.get_by_role("alert").filter(has_text="The line to north-desk is two versions since")
    expect(banner).to_contain_text(f"Other path: {NUMBER}; radio 123.450 MHz.")
    two.act("south", "line.settle", "supervisor", lane=None, reason="a test of this screen")
    expect(banner).to_have_count(0)
    two.act("south", "counterpart.paths", "administrator", paths=[])


# ── units ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_unit_in_the_message_is_missing_on_the_board_of_both_desks(two: Two, seat: Seat) -> None:
    name = two.ask(units=["2nd company"])
    for desk in ("south", "north"):
        chain = board(seat(desk), name)
        expect(chain.locator(".headline.red")).to_contain_text("mover not warned")
        expect(chain.locator(".station.missing")).to_have_text("2nd company: nobody says that it was told")


def test_a_receiver_names_units_and_the_form_offers_them(two: Two, seat: Seat) -> None:
    name = two.ask(units=["2nd company"])
    page = seat("north")
    chain = board(page, name)
    chain.get_by_role("button", name="Name the units").click()
    expect(chain).to_contain_text("The message itself names: 2nd company.")
    chain.get_by_label("Units this desk has to tell").fill("the escort, 2nd  Company")
    chain.get_by_role("button", name="Put them on the board").click()
    missing = chain.locator(".station.missing")
    expect(missing).to_have_text(["2nd company: nobody says that it was told", "the escort: nobody says that it was told"])
    chain.get_by_role("button", name="Pass a warning on").click()
    page.get_by_role("button", name="Passed on").click()
    unit = page.get_by_label("Which unit or desk")
    offered = page.locator(f"datalist#{unit.get_attribute('list')} option")
    assert [one.get_attribute("value") for one in offered.all()] == ["2nd company", "the escort"]


# ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_relay_of_a_mover_inside_says_inside(seat: Seat) -> None:
    page = seat("south")
    page.locator(".alarms, main").first.get_by_text("convoy-1", exact=True).first.click()
    page.get_by_role("button", name="Ask the counterpart to pass a warning").first.click()
    expect(page.get_by_label("They are")).to_have_value("inside")
    page.get_by_label("Asked of them").select_option("stop")
    page.get_by_label("How many").fill("4")
    page.get_by_label("Answer on").fill("123.450 MHz")
    page.get_by_label("By", exact=True).fill("09:45")
    expect(page.locator(".preview blockquote").first).to_contain_text(
        re.compile(r"They are inside zone “At-Tanf zone”\. To its boundary: \d+ m")
    )
    page.get_by_role("button", name="Discard").click()
