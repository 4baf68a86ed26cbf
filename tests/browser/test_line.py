"""Two consoles on one line, each before its own real node: a warning asked at one, read back and stopped at the other."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Seat
from tests.browser.desks import NOW_US, PLACE, Two, board, open_talk, read_back, row, thing
from tests.browser.held import FIRST

pytestmark = pytest.mark.browser
NOT_WARNED = "mover not warned"
STOPPED = re.compile(r"last confirmed hop: liaison desk \d\d:\d\dZ, stopped \d\d:\d\dZ \(no contact\)")


# ── the story ────────────────────────────────────────────────────────────────────────────────────────────────────────


def compose(page: Page) -> None:
    """A relay begun from the alarm of the convoy's first vehicle, with what nobody but a person knows filled in."""
    page.locator(f'[data-alarm]:has(.who:text-is("{FIRST}"))').click()
    page.get_by_role("button", name="Ask the counterpart to pass a warning").click()
    expect(page.get_by_label("Zone", exact=True)).to_have_value("At-Tanf zone")
    expect(page.get_by_label("Course", exact=False)).to_have_value("95")
    expect(page.get_by_label("Speed", exact=True)).to_have_value("40")
    expect(page.get_by_role("button", name="FLASH", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Group")).to_have_value("vehicle")
    expect(page.get_by_text("Still needed: Asked of them, By").first).to_be_visible()
    expect(page.get_by_role("button", name="Send as FLASH to north-desk")).to_be_disabled()
    page.get_by_label("Group").select_option("convoy")
    page.get_by_label("How many").fill("4")
    page.get_by_label("Asked of them").select_option("stop")
    page.get_by_label("By", exact=True).fill("09:45")
    page.get_by_label("Answer on").fill("123.450 MHz")


def test_a_relay_asked_on_one_console_and_stopped_on_the_other_leaves_both_with_mover_not_warned(two: Two, seat: Seat) -> None:
    south, north = seat("south"), seat("north", "olga")
    compose(south)
    expect(south.locator(".preview blockquote")).to_contain_text("REQUEST: Please pass this warning to this group")
    expect(south.locator(".preview .stays")).to_contain_text("nobody on record has approved never leaves as FLASH")
    south.get_by_role("button", name="Send as FLASH to north-desk").click()

    expect(north.get_by_role("alert").filter(has_text="FLASH from south-desk")).to_contain_text(
        "Nobody here has said that it was seen."
    )
    north.get_by_role("alert").get_by_role("button", name="Open").click()
    name = list(two.talks("north"))[-1]
    two.second()
    open_talk(south, name)
    expect(thing(south, "Received by the node")).to_contain_text("their node, no person")
    for unsaid in ("Seen by a person", "Understood", "Passed on", "Acted"):
        expect(thing(south, unsaid)).to_have_text("not stated")
    north.get_by_role("button", name="I have seen it").click()
    expect(thing(south, "Seen by a person")).to_contain_text("olga, operator")
    expect(north.locator(".flashed")).to_have_count(0)

    read_back(north, PLACE[0] + 0.081, PLACE[1], depth_km="9.8")
    for page in (south, north):
        expect(page.locator(".compared")).to_contain_text("NOT CONFIRMED. The place read back lies 9.0 km")
        expect(page.locator(".compared")).to_contain_text("500 m are allowed. Differs: Place.")
        expect(thing(page, "Understood")).to_contain_text("READ BACK, AND IT DIFFERS")
    read_back(north, *PLACE, depth_km="9.8")
    for page in (south, north):
        expect(thing(page, "Understood")).to_contain_text("olga, operator")
        expect(thing(page, "Understood")).to_contain_text("compared by south-desk")
        expect(page.locator(".compared")).to_contain_text("The read-back agrees.")

    north.get_by_role("button", name="It stopped").click()
    north.get_by_label("Which unit or desk").fill("liaison desk")
    north.get_by_label("How", exact=True).select_option("phone")
    north.get_by_label("Why", exact=True).select_option("no_contact")
    north.get_by_role("button", name="State that it stopped").click()
    for page in (south, north):
        expect(thing(page, "Passed on")).to_contain_text("IT STOPPED")
        shown = board(page, name)
        expect(shown.locator(".headline")).to_contain_text(NOT_WARNED)
        expect(shown.locator(".headline")).to_contain_text(STOPPED)
        expect(shown.locator(".station.red", has_text="liaison desk").last).to_contain_text("DEAD END")
        expect(shown.locator(".station.missing")).to_contain_text("nobody says that it was told")
    card = south.locator(".card", has=south.locator(f'.who:text-is("{FIRST}")'))
    expect(card.locator(".headline")).to_contain_text(NOT_WARNED)


# ── reading back ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_form_of_a_read_back_is_blank_and_shows_nothing_of_what_the_sender_said(two: Two, seat: Seat) -> None:
    name = two.ask()
    page = seat("north")
    open_talk(page, name)
    page.get_by_role("button", name="Read it back").click()
    side = page.locator(".side")
    expect(side).to_contain_text("Their text is put away while you write.")
    for secret in ("33.7", "38.1", "four vehicles", "123.450", "09:45"):
        expect(side).not_to_contain_text(secret)
    filled = [one.input_value() for one in side.locator("input, select").all()]
    assert set(filled) == {""}
    expect(page.get_by_role("button", name="Send the read-back")).to_be_disabled()


def test_a_place_is_entered_on_ones_own_map(two: Two, seat: Seat) -> None:
    name = two.ask()
    page = seat("north")
    open_talk(page, name)
    page.get_by_role("button", name="Read it back").click()
    page.get_by_role("button", name="Pick on the map").click()
    page.locator(".map .glass").wait_for()
    box = page.locator(".map .stage").bounding_box()
    assert box is not None
    # The map shows the whole zone, so that its middle is the garrison.
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".of-place b")).to_contain_text(re.compile(r"^33°3\d\.\d{3}′N 038°3\d\.\d{3}′E$"))


def test_a_read_back_with_fields_left_out_is_not_confirmed_and_both_desks_say_which(two: Two, seat: Seat) -> None:
    name = two.ask()
    south, north = seat("south"), seat("north")
    open_talk(south, name)
    open_talk(north, name)
    north.get_by_role("button", name="Read it back").click()
    north.get_by_label("How many").fill("4")
    expect(north.locator(".sticky")).to_contain_text("9 fields are blank: they will not be confirmed")
    expect(north.locator(".trouble")).to_contain_text("No place is entered")
    expect(north.get_by_role("button", name="Send the read-back")).to_be_disabled()
    north.get_by_role("button", name="I could not read the place").click()
    north.get_by_role("button", name="Send the read-back").click()
    for page in (south, north):
        expect(page.locator(".compared")).to_contain_text("NOT CONFIRMED.")
        expect(page.locator(".compared")).to_contain_text(re.compile(r"Not read back: Group, .*Course"))


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_a_button_of_those_that_were_asked_for_and_is_sent_by_a_second_press(two: Two, seat: Seat) -> None:
    name = two.ask()
    south, north = seat("south"), seat("north")
    open_talk(south, name)
    talk = open_talk(north, name)
    group = talk.get_by_role("group", name="They ask for one of these answers.")
    assert group.get_by_role("button").all_inner_texts() == [
        *("we will pass it on", "we cannot pass it on", "not ours", "not known", "not authorised to answer"),
        "stand by, the answer follows",
    ]
    group.get_by_role("button", name="we cannot pass it on").click()
    expect(thing(south, "Answer")).to_have_text("not answered")
    north.get_by_label("Reason or detail").fill("no radio there")
    north.get_by_role("button", name="Send this answer").click()
    for page in (south, north):
        expect(thing(page, "Answer")).to_contain_text("we cannot pass it on")


def test_free_text_is_marked_and_a_right_to_left_text_stays_by_itself(two: Two, seat: Seat) -> None:
    name = two.ask(free="القافلة at 33.5N توقفت (4)")
    talk = open_talk(seat("north"), name)
    free = talk.locator(".free")
    expect(free).to_contain_text("Not from a template. Not translated, not checked.")
    assert free.locator("[dir=auto]").evaluate("one => getComputedStyle(one).direction") == "rtl"
    expect(talk.locator("blockquote").first).to_have_attribute("lang", "en")
    expect(talk).to_contain_text("Written again here from the template: the same.")


def test_what_is_due_is_counted_on_the_tab_until_somebody_acknowledges_it_here(two: Two, seat: Seat) -> None:
    name = two.ask()
    page = seat("south")
    counted = page.get_by_role("navigation").get_by_role("button", name="Line").locator(".count")
    two.day.later(3600)
    expect(row(page, name)).to_contain_text("Nobody there has said that it was seen")
    before = int(counted.inner_text())
    open_talk(page, name)
    page.get_by_role("button", name="Acknowledge here").click()
    expect(page.locator(".due")).to_contain_text("acknowledged here by omar; it stays until it comes")
    expect(counted).to_have_text(str(before - 1))
    two.second()
    assert two.talks("north")[name].raised  # and there nobody has acknowledged anything


def test_a_message_is_taken_back_and_both_desks_say_so(two: Two, seat: Seat) -> None:
    name = two.ask()
    south, north = seat("south"), seat("north")
    open_talk(south, name)
    open_talk(north, name)
    south.get_by_role("button", name="Take it back").click()
    south.get_by_label("Why").select_option("mistake")
    south.get_by_role("button", name="Take it back").last.click()
    for page in (south, north):
        expect(page.locator(".talk").get_by_text("taken back", exact=True)).to_be_visible()
        expect(page.locator(".acts")).to_have_count(0)


def test_a_message_is_corrected_with_its_own_words_to_begin_from(two: Two, seat: Seat) -> None:
    name = two.ask()
    page = seat("south")
    open_talk(page, name)
    page.get_by_role("button", name="Correct it").click()
    expect(page.get_by_text(f"Replaces our message {name}")).to_be_visible()
    expect(page.get_by_label("What they look like")).to_have_value("four vehicles")
    page.get_by_label("How many").fill("5")
    expect(page.locator(".preview blockquote")).to_contain_text("number 5")
    page.get_by_role("button", name="Send as IMMEDIATE to north-desk").click()
    expect(row(page, name)).to_contain_text("replaced")


# ── custody ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_happened_outside_the_line_is_entered_with_who_says_so_and_can_be_taken_back(two: Two, seat: Seat) -> None:
    name = two.ask(units=["2nd company"])
    page = seat("south")
    chain = board(page, name)
    expect(chain.locator(".station.missing")).to_have_text("2nd company: nobody says that it was told")
    chain.get_by_role("button", name="Enter what happened outside the line").click()
    page.get_by_label("Which unit or desk").fill("2nd company")
    page.get_by_label("This is a unit that can act").check()
    page.get_by_label("It came there from").select_option("north-desk")
    page.get_by_label("How", exact=True).select_option("radio")
    page.get_by_label("Who carried it").fill("patrol")
    expect(page.get_by_role("button", name="Enter it")).to_be_disabled()
    page.get_by_label("Who says so").fill("Sgt Rami, patrol leader")
    page.get_by_role("button", name="Enter it").click()
    expect(chain.locator(".headline")).to_contain_text("passed on to the unit")
    expect(chain.locator(".station.unit")).to_contain_text("says Sgt Rami, patrol leader · entered by hand")

    chain.get_by_role("button", name="Take back").click()
    chain.get_by_role("button", name="Take it back").click()
    expect(chain.locator(".headline")).to_contain_text(NOT_WARNED)


def test_passed_on_that_was_not_so_is_taken_back_on_both_boards_and_stays_struck_through(two: Two, seat: Seat) -> None:
    name = two.ask(units=["2nd company"])
    passed = {"unit": "2nd company", "result": "passed", "how": "radio", "last_choice": "last_unit", "by_text": "patrol"}
    two.says(name, "passed_on", **passed, told_us=NOW_US, grade_choice="seen")
    south, north = board(seat("south"), name), board(seat("north"), name)
    expect(south.locator(".headline")).to_contain_text("passed on to the unit")
    north.locator(".statement").filter(has_text="passed on").get_by_role("button", name="Take back").click()
    expect(north).to_contain_text("south-desk is told by a signed message")
    north.get_by_label("Why (in words)").fill("it was 3rd company")
    north.get_by_role("button", name="Take it back").click()
    for chain in (south, north):
        expect(chain.locator(".headline")).to_contain_text(NOT_WARNED)
        expect(chain.locator(".headline")).to_contain_text("not told: 2nd company")
        expect(chain.locator(".statement.gone s").first).to_contain_text("2nd company: passed on")
        expect(chain.locator(".statement.gone").first).to_contain_text(re.compile(r"Taken back by \w+, operator"))
        expect(chain.locator(".statement.gone").first).to_contain_text("mistake: it was 3rd company")


def test_a_unit_that_the_message_does_not_name_is_warned_of_and_those_it_names_are_one_press(two: Two, seat: Seat) -> None:
    name = two.ask(units=["2nd platoon"])
    page = seat("north")
    open_talk(page, name)
    page.get_by_role("button", name="Passed on…").click()
    form = page.locator(".stating")
    form.get_by_label("To unit", exact=True).or_(form.locator("input[list]")).last.fill("2nd Platon")
    expect(form.locator(".trouble")).to_contain_text("“2nd Platon” is none of the units that must be told (2nd platoon).")
    form.get_by_role("button", name="2nd platoon").click()
    expect(form.get_by_role("alert")).to_have_count(0)
    expect(form.get_by_role("button", name="2nd platoon")).to_have_attribute("aria-pressed", "true")


def test_a_statement_of_the_other_node_is_not_ours_to_take_back(two: Two, seat: Seat) -> None:
    name = two.ask()
    two.says(name, "seen")
    chain = board(seat("south"), name)
    expect(chain).to_contain_text("says Officer of the watch, operator")
    expect(chain.get_by_role("button", name="Take back")).to_have_count(0)
