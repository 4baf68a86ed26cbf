"""One notice, from the operator's screen to a phone that has nothing installed and back, down to the entry in the record."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from openline.line.notice import LengthQuestion, Notice
from tests.browser.conftest import Sit
from tests.browser.held import Held

pytestmark = pytest.mark.browser
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
WORDS = "Go round by the depot. We are on 121.5 and on this telephone."


@pytest.fixture
def phone(plain: Browser, day: Held) -> Iterator[Page]:
    """A driver's phone with scripts switched off: a messenger's own browser may have none."""
    context = plain.new_context(java_script_enabled=False, base_url=day.url, **PHONE)
    yield context.new_page()
    context.close()


def made(page: Page, to: str) -> str:
    """Make a notice by hand; the link it gives, which is shown only once."""
    page.get_by_role("button", name="Notices").click()
    page.get_by_role("button", name="Make a guest link").click()
    page.get_by_label("To whom").fill(to)
    page.get_by_label("How you hand the link over").fill("SMS")
    page.get_by_label("What you want them to know").fill(WORDS)
    page.locator("form").get_by_role("button", name="Make a guest link").click()
    expect(page.get_by_text("Hand this link over now. It is shown only once.")).to_be_visible()
    expect(page.locator(".link img")).to_be_visible()
    return page.locator(".link input").input_value()


def card(page: Page, to: str) -> Any:
    return page.locator(".side .item", has_text=to)


def notice(day: Held, to: str) -> Notice:
    return next(one for one in day.demo.node.loop.world.notices.values() if one.to == to)


def answer(phone: Page, of: Notice, wrong: bool = False) -> None:
    """Read it and say it back; `wrong` says half the distance."""
    phone.get_by_role("button", name="Open the notice").tap()
    expect(phone.get_by_text(WORDS)).to_be_visible()
    expect(phone.get_by_role("img", name="Map of the area")).to_be_visible()
    phone.get_by_role("button", name="I have read it. Now say it back").tap()
    for question in of.questions:
        if isinstance(question, LengthQuestion):
            phone.locator(f"input[name={question.field}]").fill("27.5" if wrong else "55")
            phone.locator(f"select[name={question.field}_unit]").select_option("km")
        else:
            phone.locator(f'input[name={question.field}][value="{question.right}"]').check()
    phone.get_by_label("Your name").fill("Sami, truck 4")
    phone.get_by_role("button", name="Send my answer").tap()


def test_a_wrong_read_back_is_red_on_every_screen_and_cannot_be_confirmed(day: Held, sit: Sit, phone: Page) -> None:
    here, there = sit("omar").page, sit("olga").page
    there.get_by_role("button", name="Notices").click()
    link = made(here, "driver of truck 3")
    expect(card(there, "driver of truck 3")).to_contain_text("made, not opened")
    phone.goto(link)
    answer(phone, notice(day, "driver of truck 3"), wrong=True)

    expect(phone.get_by_role("alert")).to_contain_text("does not agree with the notice: the distance")
    for page in (here, there):
        expect(card(page, "driver of truck 3").locator(".flag.bad")).to_have_text("READ-BACK DIFFERS")
        expect(card(page, "driver of truck 3")).to_contain_text("Counts as not told")
        expect(card(page, "driver of truck 3").get_by_role("button", name="Confirm the read-back")).to_have_count(0)


def test_a_right_read_back_waits_for_an_operator_who_confirms_it_and_the_record_tells_it_all(
    day: Held, sit: Sit, phone: Page
) -> None:
    page = sit("omar").page
    phone.goto(made(page, "driver of truck 4"))
    expect(card(page, "driver of truck 4").locator(".flag.bad")).to_have_text("made, not opened")
    answer(phone, notice(day, "driver of truck 4"))

    expect(phone.get_by_role("status")).to_contain_text("Thank you, Sami, truck 4.")
    expect(card(page, "driver of truck 4").locator(".flag")).to_have_text("read back")
    expect(card(page, "driver of truck 4")).to_contain_text("by Sami, truck 4")
    card(page, "driver of truck 4").get_by_role("button", name="Confirm the read-back").click()
    expect(card(page, "driver of truck 4").locator(".flag")).to_have_text("confirmed")
    phone.reload()
    expect(phone.get_by_role("status")).to_contain_text("has confirmed your answer")

    told = [row["says"] for row in day.log() if row["kind"] == "notice" and "driver of truck 4" in row["says"]]
    assert [re.search(r"SMS: ([\w ]+)", one).group(1) for one in told] == ["made", "opened", "read back", "confirmed"]  # type: ignore[union-attr]
    assert [row["who"] for row in day.log() if row["kind"] == "act"][-4:] == ["omar", "guest", "guest", "omar"]


def test_a_phone_gets_no_script_and_no_cookie_and_the_page_fits_its_screen(day: Held, sit: Sit, phone: Page) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(made(sit("omar").page, "driver of truck 5"))

    assert all(re.search(r"/g/[\w-]{22}$|/pages\.css$", url) for url in asked)
    assert phone.context.cookies() == []
    boxes = [element.bounding_box() for element in phone.query_selector_all("main *")]
    assert max(box["x"] + box["width"] for box in boxes if box) <= PHONE["viewport"]["width"]
