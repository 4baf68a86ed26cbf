"""Two consoles on one line: the south desk with its picture of the at-Tanf day, the north desk, both real nodes, and the hands
that work at their screens.
"""

from typing import Any, Final

from playwright.sync_api import Locator, Page, expect

from openline.node.played.demo import ADMINISTRATOR
from openline.node.played.feeds import acts_of
from openline.node.played.motion import Scenario
from tests.browser.held import Held

NOW_US: Final = 1_495_100_150_000_000  # MOMENT of `held`
PLACE: Final = (33.70706, 38.19312)  # of the convoy then, to 1 m
RELAY: Final[dict[str, Any]] = {
    "mover_choice": "convoy",
    "mover_count": 4,
    "looks_text": "four vehicles",
    "course_deg": 95,
    "mover_lat_1e7": 337_070_600,
    "mover_lon_1e7": 381_931_200,
    "seen_us": NOW_US,
    "side_choice": "inside",
    "zone_text": "At-Tanf zone",
    "asked_choice": "stop",
    "by_us": NOW_US + 600_000_000,
    "contact_text": "123.450 MHz",
}


class Two:
    """The south desk with its picture of the day, the north desk, and the line between them."""

    def __init__(self, day: Held) -> None:
        self.day = day
        node = day.demo.counterpart
        assert node is not None
        self.north = node
        self.urls = {"south": day.url, "north": day.demo.counterpart_url}
        self.parties = {"south": "north-desk", "north": "south-desk"}  # whom each desk talks to

    def share_zones(self, story: Scenario) -> None:
        """Both desks hold the zones of the day."""
        for act in acts_of(story):
            if act.name == "zone.put":
                self.day.there(self.north.loop.act(act.who, act.role, act.name, dict(act.body)))

    def act(self, desk: str, name: str, role: str = "operator", **body: Any) -> None:
        """One act at a desk, by its officer."""
        node = self.day.demo.node if desk == "south" else self.north
        who = "Officer of the watch" if role == "operator" else ADMINISTRATOR
        self.day.there(node.loop.act(who, role, name, {"to": self.parties[desk], **body}))

    def ask(self, precedence: str = "immediate", template: str = "warning.relay", **more: Any) -> str:
        """The south asks something of the north; the name of the message, once both nodes have it."""
        params = more.pop("params", RELAY)
        self.act("south", "line.send", template=template, precedence=precedence, params=params, **more)
        self.day.there(self.day.demo.line_settled())
        return list(self.talks("south"))[-1]

    def says(self, name: str, what: str, template: str = "", **params: Any) -> None:
        """The north states something of a message, and the south has it."""
        self.act("north", "line.state", talk=name, what=what, params=params, **({"template": template} if template else {}))
        self.day.there(self.day.demo.line_settled())

    def second(self) -> None:
        """A second passes: both nodes tell their screens what no person and no counterpart did just then."""
        self.day.later(1.0)
        self.day.there(self.north.loop.settle())

    def talks(self, desk: str) -> dict[str, Any]:
        """What the node of a desk has of its messages."""

        async def look() -> dict[str, Any]:
            node = self.day.demo.node if desk == "south" else self.north
            return dict(node.loop.world.lines[self.parties[desk]].talks)

        return self.day.there(look())


def row(page: Page, name: str) -> Locator:
    """A message in the list, or its place on the custody board."""
    return page.locator(f'[data-talk="{name}"]')


def open_talk(page: Page, name: str) -> Locator:
    """One message in full."""
    row(page, name).get_by_role("button").first.click()
    expect(page.locator(".talk")).to_be_visible()
    return page.locator(".talk")


def thing(page: Page, name: str) -> Locator:
    """One of the five, and what is stated of it."""
    return page.locator(".five dl > div").filter(has=page.get_by_text(name)).locator("dd")


def board(page: Page, name: str) -> Locator:
    """The custody of a message on the board."""
    if page.locator(".side .back").count():
        page.locator(".side .back").click()
    page.get_by_role("button", name="Custody board").click()
    return row(page, name)


def read_back(page: Page, lat_deg: float, lon_deg: float, **other: str) -> None:
    """Fill the form of a read-back and send it."""
    page.get_by_role("button", name="Read it back").click()
    page.get_by_label("Group").select_option(other.get("group", "convoy"))
    page.get_by_label("Asked of them").select_option("stop")
    for label, text in (("How many", "4"), ("Course", "095"), ("There at", "0935"), ("By", "09:45"), ("Zone", "at-tanf zone")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Answer on").fill("123.450 MHz")
    page.get_by_label("They are").select_option("inside")
    if "depth_km" in other:
        page.get_by_label("Distance to its boundary", exact=True).fill(other["depth_km"])
        page.get_by_label("Distance to its boundary: Unit").select_option("km")
    page.get_by_label("Type a position").fill(f"{lat_deg}N {lon_deg}E")
    page.get_by_role("button", name="Read it", exact=True).click()
    expect(page.get_by_role("button", name="Change", exact=True)).to_be_visible()
    page.get_by_role("button", name="Send the read-back").click()
    expect(page.locator(".talk")).to_be_visible()
