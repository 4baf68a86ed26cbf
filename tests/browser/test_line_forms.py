"""The line's forms, its instrument and first contact, before two real nodes; and that all of it can be read."""

import re
from collections.abc import Iterator
from importlib import resources

import pytest
from playwright.sync_api import Page, expect

from openline.node.played.demo import ADMINISTRATOR
from tests.browser.conftest import Seat
from tests.browser.desks import Two, board, open_talk
from tests.browser.test_looks import found

pytestmark = pytest.mark.browser


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_guessed_and_what_is_missing_is_named(seat: Seat) -> None:
    page = seat("south")
    page.get_by_role("button", name="New message").click()
    page.get_by_label("What to say").select_option("hazard.keep_clear")
    expect(page.locator(".sticky")).to_contain_text("Choose how urgent it is.")
    page.get_by_role("button", name="ROUTINE", exact=True).click()
    expect(page.locator(".sticky")).to_contain_text("Still needed: Area around, Within, Lower limit, Upper limit, From, Until")
    page.get_by_label("Within", exact=True).fill("5")
    expect(page.locator(".trouble")).to_have_text("a unit")
    page.get_by_label("Within: Unit").select_option("km")
    page.get_by_label("Type a position").fill("33 30.42N 38 37.08E")
    page.get_by_role("button", name="Read it", exact=True).click()
    expect(page.get_by_role("button", name="Change", exact=True)).to_be_visible()  # it has one reading: it is entered
    page.get_by_label("Lower limit: measured").select_option("ground")
    page.get_by_label("Upper limit: measured").select_option("unlimited")
    page.get_by_label("From", exact=True).fill("11:00")
    page.get_by_label("Until", exact=True).fill("12:00")
    expect(page.locator(".preview blockquote")).to_contain_text("within 5000 m (5.0 km, 2.7 NM) of 33.51000°N 38.62000°E")
    expect(page.locator(".preview blockquote")).to_contain_text("Lower limit: GND. Upper limit: UNL.")
    expect(page.locator(".preview .stays li")).to_have_count(4)


def test_what_was_begun_is_there_again_after_looking_elsewhere(seat: Seat) -> None:
    page = seat("south")
    page.get_by_role("button", name="New message").click()
    page.get_by_label("What to say").select_option("check")
    page.get_by_label("Number").fill("7")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".instrument")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.get_by_role("button", name="New message").click()
    expect(page.get_by_label("Number")).to_have_value("7")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("What to say")).to_have_value("")


# ── the instrument, and first contact ────────────────────────────────────────────────────────────────────────────────


def test_the_line_is_an_instrument(seat: Seat) -> None:
    instrument = seat("south").locator(".instrument")
    expect(instrument.locator(".linestate")).to_have_text("up")
    expect(instrument).to_contain_text(re.compile(r"Last heard\d+ (s|min) ago"))
    expect(instrument).to_contain_text("Without a receiptnone")
    expect(instrument).to_contain_text(re.compile(r"Their clock.*±"))
    expect(instrument).to_contain_text(re.compile(r"Cosigned by them[\d,]+ of our [\d,]+ entries"))


def test_a_line_on_which_nothing_is_signed_says_so_in_red_and_shows_the_other_path(two: Two, seat: Seat) -> None:
    page = seat("south", "samira")
    why = "their node holds messages of ours that this record does not have"

    async def put_back() -> None:
        two.day.demo.node.loop.tell("line:north-desk", "put back", why)

    two.day.there(put_back())
    banner = page.get_by_role("alert").filter(has_text="NOTHING IS SIGNED to north-desk")
    expect(banner.first).to_contain_text(why)
    expect(banner.first).to_contain_text("Other path:")
    expect(page.locator(".linestate")).to_have_text("we were put back")
    expect(page.get_by_role("navigation").get_by_role("button", name="Line").locator(".count")).to_be_visible()

    page.get_by_role("button", name="Let it go on").click()
    page.get_by_label("Why it goes on").fill("a test of this screen")
    page.get_by_role("dialog").get_by_role("button", name="Let it go on").click()
    expect(page.locator(".linestate")).to_have_text("up")
    expect(banner).to_have_count(0)


def test_our_card_and_words_are_there_and_only_an_administrator_takes_a_counterpart(two: Two, seat: Seat) -> None:
    page = seat("south")
    page.get_by_role("button", name="First contact").click()
    ours = two.day.demo.node.card()
    lines = page.locator("ol.words li")
    expect(lines).to_have_count(4)
    assert " ".join(lines.locator("span").all_inner_texts()) == ours["words"]
    expect(page.get_by_role("textbox", name="Our card")).to_have_value(ours["card"].strip())
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.path().read_text("utf-8") == ours["card"]
    expect(page.get_by_text("An administrator takes a counterpart's card.")).to_be_visible()


def test_words_that_were_heard_wrong_are_refused_and_what_was_typed_stays(two: Two, seat: Seat) -> None:
    page = seat("south", ADMINISTRATOR, quiet=False)
    theirs = two.north.card()
    words = theirs["words"].split()
    page.get_by_role("button", name="First contact").click()
    page.get_by_label("Paste the card here").fill(theirs["card"])
    page.get_by_label("The sixteen words").fill(" ".join(words[:15]))
    page.get_by_label("Over which other channel").fill("telephone")
    expect(page.get_by_text("15 of 16 words")).to_be_visible()
    expect(page.get_by_role("button", name="Take this counterpart")).to_be_disabled()
    page.get_by_label("The sixteen words").fill(" ".join([*words[1:], words[0]]))
    with page.expect_response("**/api/v1/acts") as answer:
        page.get_by_role("button", name="Take this counterpart").click()
    assert answer.value.status == 422
    expect(page.get_by_role("status").filter(has_text="one was misheard, or two changed places")).to_be_visible()
    expect(page.get_by_label("Over which other channel")).to_have_value("telephone")


def test_a_viewer_sees_the_line_and_can_say_nothing(two: Two, seat: Seat) -> None:
    name = two.ask()
    page = seat("north", "viktor")
    expect(page.get_by_role("button", name="New message")).to_have_count(0)
    talk = open_talk(page, name)
    expect(talk.locator(".five")).to_be_visible()
    for button in ("I have seen it", "Read it back", "It stopped", "we will pass it on", "Enter what happened"):
        expect(talk.get_by_role("button", name=button)).to_have_count(0)


# ── looks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def axe() -> str:
    """The checker's script."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def places(page: Page, name: str) -> Iterator[str]:
    """One view of the panel after the other."""
    yield "messages"
    open_talk(page, name)
    yield "a message"
    page.get_by_role("button", name="It stopped").click()
    yield "a statement"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Read it back").click()
    yield "a read-back"
    page.locator(".side .back").click()
    board(page, name).get_by_role("button", name="Enter what happened").click()
    yield "the board"
    page.get_by_role("button", name="New message").click()
    page.get_by_label("What to say").select_option("reservation.notice")
    yield "a new message"
    page.locator(".side .back").click()
    page.get_by_role("button", name="First contact").click()
    yield "first contact"


@pytest.mark.parametrize("palette", ["Day", "Dusk", "Night"])
def test_axe_finds_nothing_serious_on_the_line(two: Two, seat: Seat, axe: str, palette: str) -> None:
    name = two.ask()
    page = seat("north")
    page.get_by_role("group", name="Brightness").get_by_role("button", name=palette).click()
    problems = [f"{where}: {one}" for where in places(page, name) for one in found(page, axe)]
    assert problems == []
