"""What is really on the screen. The map is a canvas: only its pixels say whether anything was drawn."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from math import asinh, cos, radians, sin, tan, tau
from typing import Any, Final

import numpy as np
from playwright.sync_api import Page, expect

MAP: Final = "section.map .stage"  # the legend below it is no map
ZONE_INK, WATER, CRITICAL = "#1c2a33", "#c3ced4", "#c92a17"  # by day: web/src/style/tokens.css
WARNING, ADVISORY = "#ffb000", "#1f6fb2"
PADDING_PX: Final = 48  # what the console leaves around the zones it fits
DECODE: Final = """async (png) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const c = canvas.getContext("2d");
  c.drawImage(image, 0, 0);
  const bytes = c.getImageData(0, 0, image.width, image.height).data;
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return [image.width, image.height, btoa(text)];
}"""


@dataclass
class Picture:
    """Pixels, rows of (red, green, blue) in 0…255."""

    rgb: Any

    @property
    def size(self) -> tuple[int, int]:
        """Width, height."""
        return self.rgb.shape[1], self.rgb.shape[0]

    def luminance(self) -> Any:
        """Of every pixel, 0…255 (Rec. 709 weights on the stored values: enough to tell ink from paper)."""
        return self.rgb @ np.array([0.2126, 0.7152, 0.0722])

    def about(self, x: float, y: float, reach: int) -> "Picture":
        """The square around a point."""
        x0, y0 = max(0, round(x) - reach), max(0, round(y) - reach)
        return Picture(self.rgb[y0 : round(y) + reach + 1, x0 : round(x) + reach + 1])

    def count(self, colour: str, within: int = 40) -> int:
        """How many pixels are nearly of this colour, "#rrggbb"."""
        wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
        return int((np.abs(self.rgb - wanted).max(axis=2) <= within).sum())


def look(page: Page, selector: str = MAP) -> Picture:
    """What a person sees of an element now. Decoded in a page of its own, whose policy is nobody's."""
    png = page.locator(selector).screenshot(animations="disabled")
    blank = page.context.new_page()
    try:
        width, height, data = blank.evaluate(DECODE, base64.b64encode(png).decode())
    finally:
        blank.close()
    pixels = np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)
    return Picture(pixels[:, :, :3].astype(np.int16))


def seen(page: Page, right: Callable[[Picture], bool]) -> Picture:
    """The map once it is right, or as it is after some fifteen seconds: the page does not say when a frame is complete."""
    expect(page.locator(".map .controls")).to_be_visible()
    picture = look(page)
    for _ in range(60):
        if right(picture):
            break
        page.wait_for_timeout(250)
        picture = look(page)
    return picture


def drawn(page: Page, ink: str = ZONE_INK, alarm: str = CRITICAL) -> Picture:
    """The map with its zones and its alarms on it."""
    return seen(page, lambda picture: picture.count(alarm) > 100 and picture.count(ink) > 500)


class Fitted:
    """Where things are on a map that shows all of these zones: the same sum as the console's, in Web Mercator."""

    def __init__(self, zones: list[dict[str, Any]], size: tuple[int, int]) -> None:
        points = np.array([point for zone in zones for point in corners(zone)])
        x, y = points[:, 0] / 360.0, np.array([mercator(lat) for lat in points[:, 1]])
        self.size = size
        self.centre = ((x.min() + x.max()) / 2, (y.min() + y.max()) / 2)
        self.scale = min((size[0] - 2 * PADDING_PX) / np.ptp(x), (size[1] - 2 * PADDING_PX) / np.ptp(y))

    def at(self, lat_deg: float, lon_deg: float) -> tuple[float, float]:
        """Pixels from the upper left corner."""
        x = self.size[0] / 2 + (lon_deg / 360.0 - self.centre[0]) * self.scale
        return x, self.size[1] / 2 - (mercator(lat_deg) - self.centre[1]) * self.scale


def mercator(lat_deg: float) -> float:
    """Northward, the world's width being 1."""
    return asinh(tan(radians(lat_deg))) / tau


def corners(zone: dict[str, Any]) -> list[list[float]]:
    """Every (longitude, latitude) of a zone's outlines."""
    outlines = [zone["outline"], *(ring["outline"] for ring in zone["ring_outlines"])]
    return [point for outline in outlines for line in outline["coordinates"] for point in line]


def share_drawn(picture: Picture, where: Fitted, outline: dict[str, Any], colour: str) -> float:
    """Of the points of an outline that are on the picture, the share at which the line's colour is found within 3 pixels."""
    width, height = picture.size
    points = [where.at(lat, lon) for line in outline["coordinates"] for lon, lat in line]
    on = [(x, y) for x, y in points if 4 <= x < width - 4 and 60 <= y < height - 60]  # not under the buttons and the legend
    assert len(on) >= 20
    return sum(picture.about(x, y, 3).count(colour) > 0 for x, y in on) / len(on)


def share_off_line(picture: Picture, where: Fitted, centre: tuple[float, float], colour: str) -> float:
    """The same for points of a small circle in the middle, where no line is: what `share_drawn` gives for nothing drawn."""
    x0, y0 = where.at(*centre)
    points = [(x0 + 30 * cos(a * tau / 24), y0 + 30 * sin(a * tau / 24)) for a in range(24)]
    return sum(picture.about(x, y, 3).count(colour) > 0 for x, y in points) / len(points)
