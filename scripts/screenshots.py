"""Takes the pictures of docs/images from the real console: the at-Tanf day played into a real node, and held at one moment.

    python -m scripts.screenshots [FOLDER]

Needs Chromium and the built console (make web). The moment is 09:35:50Z: four vehicles are inside, the alarms of two of them
are acknowledged, an aircraft is 21 seconds from the boundary, a helicopter is LAST KNOWN, and one notice has come back right.
Look at the pictures before you commit them.
"""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from openline.line.notice import LengthQuestion
from openline.node.doors import guest
from openline.node.played import scenario as scenarios
from tests.browser.held import FAST, FIRST, MOMENT, Held, cut, held

OUT: Final = Path(__file__).resolve().parents[1] / "docs" / "images"
SCREEN: Final[ViewportSize] = {"width": 1600, "height": 1000}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
SETTLE_MS: Final = 4_000  # nothing moves, so this is for the ground, which comes in tiles
WORDS: Final = "Vehicles are inside the zone north of the road. Please go round by the depot, and call us when you are there."


def open_day() -> Any:
    """The whole day up to the moment, so that every alarm has its history."""
    return held(cut(scenarios.load("at-tanf"), "2017-05-18T09:00:00Z", MOMENT))


def people_act(day: Held) -> str:
    """What two operators have done by then; the link of a notice nobody has opened."""
    for mover, who in ((FIRST, "omar"), ("convoy-2", "olga")):
        for ring in ("boundary", "contact-by"):
            day.act("alarm.acknowledge", who=who, alarm=day.alarm(mover, ring))
    first = notice(day, "relief truck 1")
    day.act("notice.open", who="guest", role="guest", notice=first["id"], address="192.0.2.7")
    questions = day.demo.node.loop.world.notices[first["id"]].questions
    right = {one.field: "55" if isinstance(one, LengthQuestion) else one.right for one in questions} | {"distance_unit": "km"}
    answer = {"notice": first["id"], "name": "Sami, relief truck 1", "read_back": right}
    day.there(day.demo.node.loop.act("guest", "guest", "notice.answer", answer))
    day.act("notice.confirm", notice=first["id"])
    return str(notice(day, "relief truck 2")["link"])


def notice(day: Held, to: str) -> dict[str, Any]:
    """One made by the operator on duty."""
    shell = day.demo.node.shell
    assert shell is not None
    body = {"zone": "tanf", "to": to, "over": "SMS", "valid_minutes": 120, "text": WORDS}
    return dict(day.there(guest.make(shell, "omar", "operator", body, day.url))["said"])


def console(browser: Browser, day: Held, palette: str, **more: Any) -> Page:
    """Omar's screen with every alarm on it, and the track of the aircraft that comes."""
    context = browser.new_context(viewport=SCREEN, base_url=day.url, reduced_motion="reduce", **more)
    context.add_cookies([day.cookie("omar")])
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name=palette, exact=True).click()
    page.get_by_role("button", name="Turn sound on").click()
    page.locator(".side .line", has_text=FAST).click()
    page.locator(".side summary").wait_for()
    page.locator(".map .controls").wait_for()
    page.wait_for_timeout(SETTLE_MS)
    return page


def take(day: Held, browser: Browser, out: Path) -> None:
    """All four."""
    link = people_act(day)
    page = console(browser, day, "Day")
    page.screenshot(path=out / "console-day.png")
    page.context.close()
    page = console(browser, day, "Night")
    page.screenshot(path=out / "console-night.png")
    page.context.close()

    page = console(browser, day, "Day", device_scale_factor=2)
    page.get_by_role("navigation").get_by_role("button", name="Incidents").click()
    page.locator(".side .line", has_text="convoy-1").first.click()
    page.locator(".timeline li").first.wait_for()
    page.locator(".timeline li").last.scroll_into_view_if_needed()
    page.locator(".side").screenshot(path=out / "incident.png")
    page.context.close()

    phone = browser.new_context(viewport=PHONE, device_scale_factor=2, java_script_enabled=False).new_page()
    phone.goto(link)
    phone.get_by_role("button", name="Open the notice").click()
    phone.screenshot(path=out / "guest-phone.png")


def main() -> int:
    """Exit code: 0 when all pictures are taken."""
    parser = argparse.ArgumentParser(description="take the pictures of docs/images")
    parser.add_argument("folder", nargs="?", type=Path, default=OUT)
    out: Path = parser.parse_args().folder
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        print("no Chromium here: apt-get install chromium", file=sys.stderr)
        return 1
    out.mkdir(parents=True, exist_ok=True)
    print("playing the day up to 09:35:50Z (a minute or so)")
    with open_day() as day, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--enable-unsafe-swiftshader"])
        take(day, browser, out)
        browser.close()
    for picture in sorted(out.glob("*.png")):
        print(f"{picture.name}  {picture.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
