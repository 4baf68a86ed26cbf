"""A real Chromium before a real node that is held at a moment, and desks: one person at one screen each.

Every screen is listened to for as long as it is open. A complaint of the browser (a broken policy, a script's mistake, a file
that is not there) fails the test, unless it says that it expects some; a request to anywhere but the node always does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, expect, sync_playwright

from tests.browser.desks import Two
from tests.browser.held import Held, held, quiet_line

ARGS: Final = ["--no-sandbox", "--enable-unsafe-swiftshader"]
SCREEN: Final = {"width": 1280, "height": 800}
WAIT_MS: Final = 15_000  # a loaded machine, not a slow page


@dataclass
class Desk:
    """One person at one screen."""

    context: BrowserContext
    page: Page
    stranger: bool = False
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Keep what the browser says and asks for."""
        self.page.on("console", lambda said: self.hear(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))

    def hear(self, text: str) -> None:
        """A complaint, unless it is that somebody who has not signed in is asked to."""
        if not (self.stranger and "status of 401" in text):
            self.complaints.append(text)


Sit = Callable[..., Desk]


@pytest.fixture(scope="package")
def play() -> Iterator[Playwright]:
    # Not for the session: while it runs, nothing else on this thread may run an event loop.
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playing:
        yield playing


@pytest.fixture(scope="package")
def plain(chromium: str, play: Playwright) -> Iterator[Browser]:
    """A browser without WebGL, as on a machine without graphics: the plain map is quick, so it is what most tests sit at."""
    one = play.chromium.launch(executable_path=chromium, args=[*ARGS, "--disable-3d-apis"])
    yield one
    one.close()


@pytest.fixture(scope="package")
def webgl(chromium: str, play: Playwright) -> Iterator[Browser]:
    """A browser with WebGL. Without a graphics card each such map costs a processor, so no test sits at two."""
    one = play.chromium.launch(executable_path=chromium, args=ARGS)
    yield one
    one.close()


@pytest.fixture(scope="package")
def day(chromium: str) -> Iterator[Held]:
    """The at-Tanf day at 09:35:50, for everybody in this folder: a test leaves the alarms it did not come for alone."""
    with held() as node:
        yield node


@pytest.fixture(scope="package")
def cookies() -> dict[str, Any]:
    """Who is signed in at the day's node. A password is slow on purpose, so everybody types it once."""
    return {}


@pytest.fixture
def sit(plain: Browser, day: Held, cookies: dict[str, Any]) -> Iterator[Sit]:
    """Put somebody at a screen: `sit("omar")`. `who=None` is nobody yet. `quiet=False` where the test breaks something.

    Badges do not breathe here: an animation costs a processor without a graphics card, and pixels should keep still.
    """
    desks: list[tuple[Desk, bool, str]] = []

    def seat(
        who: str | None, *, url: str = day.url, on: Browser | None = None, quiet: bool = True, go: bool = True, **more: Any
    ) -> Desk:
        context = (on or plain).new_context(**{"viewport": SCREEN, "base_url": url, "reduced_motion": "reduce", **more})
        context.set_default_timeout(WAIT_MS)
        if who is not None:
            if who not in cookies:
                cookies[who] = day.cookie(who)
            # Its name holds the port that the browser sees, which is another one behind a cable.
            named: Any = {**cookies[who], "name": f"openline_session_{urlsplit(url).port}", "url": url}
            context.add_cookies([named])
        desk = Desk(context, context.new_page(), stranger=who is None)
        desk.listen()
        desks.append((desk, quiet, url))
        if go:
            desk.page.goto("/")
        return desk

    yield seat
    for desk, _, _ in desks:
        desk.context.close()
    for desk, quiet, url in desks:
        assert not quiet or desk.complaints == []
        assert {urlsplit(one).netloc for one in desk.asked if not one.startswith(("data:", "blob:"))} <= {urlsplit(url).netloc}


# ── two desks on one line ────────────────────────────────────────────────────────────────────────────────────────────


Seat = Callable[..., Page]
WIDE: Final[ViewportSize] = {"width": 1400, "height": 900}


@pytest.fixture(scope="package")
def two() -> Iterator[Two]:
    """Two desks that know each other and have said nothing yet, for the tests of the line: each says what it needs."""
    story = quiet_line()
    with held(story) as day:
        desks = Two(day)
        desks.share_zones(story)
        yield desks


@pytest.fixture(scope="package")
def keys() -> dict[tuple[str, str], Any]:
    """Who is signed in at which of the two desks."""
    return {}


@pytest.fixture
def seat(plain: Browser, two: Two, keys: dict[tuple[str, str], Any]) -> Iterator[Seat]:
    """Put somebody before the console of one of the two desks, its line open: `seat("north")`."""
    desks: list[tuple[Desk, bool]] = []

    def take(desk: str, who: str = "omar", *, quiet: bool = True) -> Page:
        url = two.urls[desk]
        context = plain.new_context(viewport=WIDE, base_url=url, reduced_motion="reduce")
        context.set_default_timeout(WAIT_MS)
        if (desk, who) not in keys:
            keys[desk, who] = two.day.cookie(who, url)
        context.add_cookies([keys[desk, who]])
        one = Desk(context, context.new_page())
        one.listen()
        desks.append((one, quiet))
        one.page.goto("/")
        one.page.get_by_role("navigation").get_by_role("button", name="Line").click()
        expect(one.page.locator(".instrument")).to_be_visible()
        return one.page

    yield take
    for desk, _ in desks:
        desk.context.close()
    for desk, quiet in desks:
        assert not quiet or desk.complaints == []
