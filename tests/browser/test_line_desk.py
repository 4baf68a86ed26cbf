"""What a desk knows of its line beside what is sent, before two real nodes: the other path, the units, who else is told."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from openline.line.escalation import Policy
from openline.node.played.demo import ADMINISTRATOR
from tests.browser.conftest import Seat
from tests.browser.desks import Two, board, open_talk
from tests.browser.told import POLICY, tells

pytestmark = pytest.mark.browser

SPENT_S = 70
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


# ── people outside the console ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def told(two: Two) -> Iterator[Two]:
    """The south tells people outside, for one test."""
    tells(two, POLICY)
    yield two
    tells(two, Policy())


def test_who_was_told_of_what_is_due_and_acknowledging_it(told: Two, seat: Seat) -> None:
    name = told.ask(precedence="flash")
    told.day.later(130.0)
    told.second()
    page = seat("south")
    expect(page.locator(".toldstrip")).to_contain_text("told to people outside")
    page.get_by_role("button", name="People outside").click()
    row = page.locator("[data-escalation]", has_text=name).filter(has_text="NO REPLY")
    expect(row).to_contain_text("CRITICAL")
    expect(row).to_contain_text(re.compile(r"since \d\d:\d\d:\d\dZ.*step 1 of 2"))
    expect(row.locator(".made")).to_contain_text("duty officer over mail: FAILED")
    row.get_by_role("button", name="Acknowledge: tell nobody more").click()
    expect(row).to_contain_text("Acknowledged by omar: nobody more is told. It stays due.")
    row.get_by_role("button", name=name).click()
    page.get_by_text("told to people outside the console").click()
    expect(page.locator(".talk [data-escalation]").first).to_be_visible()


def test_a_way_is_tried_and_what_came_of_it_is_said(told: Two, seat: Seat) -> None:
    page = seat("south", ADMINISTRATOR)
    page.get_by_role("button", name="People outside").click()
    way = page.locator('[data-path="mail"]')
    way.get_by_role("button", name="Try it").click()
    for _ in range(SPENT_S):  # what others were told over this path just now may have used up its minute
        told.second()
        if way.locator(".made").count():
            break
    expect(way.locator(".made")).to_contain_text("duty officer over mail: FAILED")
    way.get_by_role("button", name="End the trial").click()
    expect(way.get_by_role("button", name="Try it")).to_be_visible()
    assert told.day.there(trials(told)) == [ADMINISTRATOR]


def test_who_is_no_administrator_tries_no_way(told: Two, seat: Seat) -> None:
    page = seat("south")
    page.get_by_role("button", name="People outside").click()
    expect(page.locator('[data-path="pager"]')).to_contain_text("quiet 22:00-06:00 UTC unless critical")
    expect(page.get_by_role("button", name="Try it")).to_have_count(0)


def test_where_no_way_is_set_up_that_is_said(seat: Seat) -> None:
    page = seat("north")
    page.get_by_role("button", name="People outside").click()
    expect(page.locator(".side")).to_contain_text("No way is set up: nobody outside would be told.")


async def trials(two: Two) -> list[str]:
    """Who ended trials at the south."""
    running = two.day.demo.node.loop.world.escalations.running.values()
    return [one.acknowledged_by for one in running if one.item.what == "try"]


# ── translations, and our keys ───────────────────────────────────────────────────────────────────────────────────────


def test_a_translation_stands_beside_its_source_and_a_supervisor_approves_it(two: Two, seat: Seat) -> None:
    page = seat("south", "samira")
    page.get_by_role("button", name="Translations").click()
    button = page.locator('[data-template="check"]').get_by_role("button", name="العربية")
    expect(button).to_contain_text("not approved")
    button.click()
    both = page.locator(".comparing")
    expect(both.locator(".column").nth(0)).to_contain_text("Check of the line, number")
    expect(both.locator(".column").nth(1)).to_have_attribute("dir", "rtl")
    both.get_by_role("button", name="It says the same").click()
    expect(both).to_contain_text("You, samira, read العربية and the source")
    both.get_by_role("button", name="Approve it").click()
    expect(both).to_contain_text("Approved by samira")
    expect(button).to_contain_text("approved")


def test_an_operator_reads_translations_and_approves_none(seat: Seat) -> None:
    page = seat("south")
    page.get_by_role("button", name="Translations").click()
    page.locator('[data-template="warning.relay"]').get_by_role("button", name="Русский").click()
    expect(page.locator(".comparing")).to_contain_text("A supervisor who reads both languages approves it.")
    expect(page.get_by_role("button", name="It says the same")).to_have_count(0)


def test_a_newer_manifest_of_ours_is_told_by_an_administrator_in_two_presses(two: Two, seat: Seat) -> None:
    page = seat("south", ADMINISTRATOR)
    page.get_by_role("button", name="First contact").click()
    page.get_by_text("Our keys change").click()
    manifest = two.day.demo.node.card()["card"]
    page.get_by_label("The signed key manifest").fill(json.loads(manifest)["manifest"])
    page.get_by_role("button", name="Tell them").click()
    expect(page.get_by_text("Tell all counterparts of it now?")).to_be_visible()
    page.get_by_role("button", name="Tell them").click()
    expect(page.get_by_role("status").filter(has_text="What each line took is in the record.")).to_be_visible()


def test_the_page_without_a_map_shows_the_line(two: Two, seat: Seat) -> None:
    two.ask(units=["2nd company"])
    page = seat("south")
    page.goto("/text")
    expect(page.get_by_role("heading", name="Line")).to_be_visible()
    expect(page.locator("main")).to_contain_text("north-desk: up since")
    expect(page.locator("main")).to_contain_text("Other path: NONE ENTERED")
    rows = page.locator("tr.alarm-critical", has_text="MOVER NOT WARNED")  # what is due of other tests stands above it
    expect(rows.filter(has_text="2nd company").first).to_be_visible()
