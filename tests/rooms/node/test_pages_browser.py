"""The pages without script, in a real browser as small as an old phone, with script switched off."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from openline.line.notice import LengthQuestion
from openline.node.settings import Listen
from tests.rooms.node.doors import PASSWORD, Doors
from tests.rooms.node.fake_desk import TANF
from tests.rooms.node.living import Living, living

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}


@pytest.fixture(scope="module")
def node() -> Iterator[Living]:
    with living(Doors(real_time=True, listen=Listen(port=0))) as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with sync_playwright() as play:
        one = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield one
        one.close()


@pytest.fixture
def page(browser: Any, node: Living) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, base_url=node.url)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    yield page
    context.close()
    assert complaints == []  # a broken policy or a missing file is said on the console


def link(node: Living, to: str) -> tuple[str, str]:
    with node.client("operator") as client:
        body = {"act": "notice.make", "zone": TANF.id, "to": to, "over": "sms", "valid_minutes": 30, "text": "Call 121.5"}
        said = client.post("/api/v1/acts", json=body).json()["said"]
        return said["link"], said["id"]


def answer(page: Page, node: Living, id: str, number: str) -> None:
    for question in node.doors.desk.notices[id].questions:
        if isinstance(question, LengthQuestion):
            page.fill(f"input[name={question.field}]", number)
            page.select_option(f"select[name={question.field}_unit]", "km")
        else:
            page.check(f'input[name={question.field}][value="{question.right}"]')
    page.fill("input[name=name]", "Sami, truck 4")
    page.click("text=Send my answer")


def test_a_driver_reads_answers_and_is_told_that_it_agrees(node: Living, page: Page) -> None:
    url, id = link(node, "Driver 1")
    page.goto(url)
    page.click("text=Open the notice")
    page.click("text=I have read it")
    answer(page, node, id, "55")

    assert page.inner_text(".good").startswith("Thank you, Sami, truck 4.")
    assert node.doors.desk.notices[id].state == "read_back"


def test_a_driver_who_swaps_two_digits_is_told_which_answer_differs(node: Living, page: Page) -> None:
    url, id = link(node, "Driver 2")
    page.goto(url)
    page.click("text=Open the notice")
    page.click("text=I have read it")
    answer(page, node, id, "45")

    assert "the distance" in page.inner_text(".bad")


def test_nothing_on_a_small_phone_runs_over_the_edge(node: Living, page: Page) -> None:
    url, _ = link(node, "A driver with quite a long name, Unit " + "0" * 30)
    page.goto(url)
    widths = [wide(page)]
    page.click("text=Open the notice")
    widths.append(wide(page))
    page.click("text=I have read it")
    widths.append(wide(page))

    assert max(widths) <= PHONE["width"]


def wide(page: Page) -> int:
    """The right-most edge of anything visible."""
    boxes = [element.bounding_box() for element in page.query_selector_all("main *")]
    return round(max(box["x"] + box["width"] for box in boxes if box))


def test_a_person_signs_in_without_script_and_reads_the_alarms(node: Living, page: Page) -> None:
    node.there(node.doors.desk.raise_alarm)
    page.goto("/login")
    page.fill("input[name=name]", "viewer")
    page.fill("input[name=password]", PASSWORD)
    page.click("button")

    assert re.search(r"/text$", page.url)
    assert "TRUCK1 entered Tanf 55 km" in page.inner_text("main")
