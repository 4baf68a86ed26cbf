"""A zone typed and put in force: read back before it counts, in the list, on the map, and watched at once."""

import mgrs
import pytest
from geographiclib.geodesic import Geodesic
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Sit
from tests.browser.held import RELIEF, Held
from tests.browser.pixels import ZONE_INK, Fitted, Picture, drawn, seen, share_drawn

pytestmark = pytest.mark.browser

NEAR_DEG = 0.006  # two pixels of the map that shows all zones


def fill_in(page: Page, centre: str) -> None:
    """The form of a new circle, all of it typed."""
    page.get_by_role("button", name="Zones").first.click()
    page.get_by_role("button", name="New zone").click()
    page.get_by_label("Name", exact=True).fill("Depot road")
    page.get_by_label("Type a position").fill(centre)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".typed")).to_contain_text("′")
    page.get_by_role("button", name="Use").first.click()
    page.get_by_label("Size").fill("9")  # wider than the disc of an alarm in its middle, which would cover its line
    page.get_by_label("Unit").first.select_option("km")
    page.get_by_label("The words mean").select_option("radius")
    page.get_by_label("Applies to").fill("vehicle, aircraft")
    page.get_by_label("What it asks").fill("Call the south desk before you come nearer.")
    page.get_by_label("Purpose").fill("reason not stated")
    page.get_by_label("Why this change is made").fill("Blasting from noon")


def test_a_circle_typed_with_a_grid_reference_is_in_force_on_the_map_and_raises_an_alarm_at_once(
    day: Held, sit: Sit, webgl: Browser
) -> None:
    here, there = sit("samira", on=webgl).page, sit("omar").page
    truck = day.track(RELIEF)
    drawn(here)
    fill_in(here, mgrs.MGRS().toMGRS(truck["lat_deg"] + 0.02, truck["lon_deg"]))
    here.get_by_role("button", name="Publish").click()

    alarm = there.locator("[data-alarm]", has_text="Relief truck 1")
    expect(alarm).to_contain_text("First seen inside · Depot road")
    expect(alarm.get_by_role("button", name="Acknowledge")).to_be_visible()
    there.get_by_role("button", name="Zones").first.click()
    expect(there.locator(".side .line", has_text="Depot road")).to_contain_text("active")

    zone = next(one for one in day.zones() if one["name"] == "Depot road")
    expect(here.locator(".side")).to_contain_text("9.0 km")
    here.get_by_role("button", name="Show all zones").click()

    def share(picture: Picture) -> float:
        return share_drawn(picture, Fitted(day.zones(), picture.size), zone["outline"], ZONE_INK)

    assert share(seen(here, lambda one: share(one) > 0.9)) > 0.9


def words(page: Page, name: str) -> None:
    """What a zone needs beside its shape."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Applies to").fill("vessel")  # of which there is none this day: other tests keep their alarms
    page.get_by_label("What it asks").fill("Keep out.")
    page.get_by_label("Purpose").fill("reason not stated")
    page.get_by_label("Why this change is made").fill("Drawn on the map")


def click(page: Page, day: Held, *places: tuple[float, float]) -> None:
    """Click on the map at these places, on the map that shows all zones."""
    box = page.locator(".map canvas").first.bounding_box()
    assert box is not None
    where = Fitted(day.zones(), (round(box["width"]), round(box["height"])))
    for place in places:
        x, y = where.at(*place)
        page.mouse.click(box["x"] + x, box["y"] + y)


@pytest.mark.parametrize(
    ("shape", "places"),
    [
        ("Circle", [(33.70, 38.85), (33.70, 38.95)]),
        ("Polygon", [(33.25, 38.35), (33.25, 38.45), (33.35, 38.45), (33.35, 38.35)]),
    ],
)
def test_a_zone_drawn_with_the_mouse_is_in_force_where_it_was_drawn(
    day: Held, sit: Sit, shape: str, places: list[tuple[float, float]]
) -> None:
    page = sit("samira").page
    drawn(page)
    page.get_by_role("button", name="Show all zones").click()
    page.get_by_role("button", name="Zones").first.click()
    page.get_by_role("button", name="New zone").click()
    page.get_by_role("button", name=shape, exact=True).click()
    click(page, day, *places)
    words(page, f"Drawn {shape}")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".side")).to_contain_text("Withdraw")

    (zone,) = [one for one in day.zones() if one["name"] == f"Drawn {shape}"]
    if shape == "Circle":
        (centre, edge), found = places, zone["shape"]
        span_m = Geodesic.WGS84.Inverse(*centre, *edge)["s12"]
        assert (found["lat_deg"], found["lon_deg"]) == pytest.approx(centre, abs=NEAR_DEG)
        assert found["radius_m"] == pytest.approx(span_m, abs=NEAR_DEG * 111_000)
    else:
        assert [tuple(point) for point in zone["shape"]["outer"]] == [pytest.approx(place, abs=NEAR_DEG) for place in places]


def test_a_bare_mile_is_not_published(sit: Sit) -> None:
    page = sit("samira").page
    fill_in(page, "33.507N 38.618E")
    expect(page.get_by_role("button", name="Publish")).to_be_enabled()
    page.get_by_label("Unit").first.select_option("mile")

    expect(page.get_by_text("Which mile? A bare mile is not accepted.")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()


def test_a_position_that_is_none_is_refused_in_words(sit: Sit) -> None:
    page = sit("samira", quiet=False).page
    page.get_by_role("button", name="Zones").first.click()
    page.get_by_role("button", name="New zone").click()
    page.get_by_label("Type a position").fill("91.5N 38.6E")
    page.get_by_label("Type a position").press("Enter")

    expect(page.locator(".typed .boxed")).to_contain_text("Refused")
