"""What stands against the whole picture is a strip on the screen, with a button for the person who has seen it."""

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Sit

pytestmark = pytest.mark.browser

STANDING: dict[str, Any] = {
    "id": "C00001", "what": "gnss_suspect", "priority": "warning", "since": "2017-05-18T09:30:00.000Z", "over": None,
    "count": 20, "movers": ["m1"], "says": "GNSS SUSPECT: 20 movers jumped to one place.",
    "acknowledged_by": None, "acknowledged_at": None,
}  # fmt: skip


@pytest.mark.parametrize(("by", "buttons"), [(None, 1), ("anna", 0)])
def test_a_condition_is_a_strip_until_it_goes(sit: Sit, by: str | None, buttons: int) -> None:
    desk = sit("omar", go=False)

    def jammed(route: Route) -> None:
        answer = route.fetch()
        state = answer.json()
        state["node"]["conditions"] = [STANDING | {"acknowledged_by": by}]
        route.fulfill(response=answer, json=state)

    # The live link would bring the node's own word, that there is none, every second.
    desk.page.route_web_socket("**/ws/events*", lambda _: None)
    desk.page.route("**/api/v1/state", jammed)
    desk.page.goto("/")
    strip = desk.page.locator("[data-condition=gnss_suspect]")

    expect(strip).to_contain_text("20 movers jumped to one place")
    expect(strip.get_by_role("button", name="Seen")).to_have_count(buttons)
