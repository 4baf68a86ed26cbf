"""Parameters that fill templates, for the tests of this room: what the south desk says to the north desk on one day."""

from typing import Any

from openline.line.templates.pack import shipped
from openline.line.templates.template import Template


def the(template_id: str) -> Template:
    """The newest shipped template of that id."""
    found = shipped().newest(template_id)
    assert found is not None
    return found


NOON_US = 1_495_108_920_000_000  # 2017-05-18T12:02:00Z
HOUR_US = 3_600_000_000

ZONE: dict[str, Any] = {
    "zone_text": "at Tanf",
    "edition_number": 3,
    "issuer_party": "south.example",
    "change_choice": "changed",
    "centre_lat_1e7": 335_050_000,
    "centre_lon_1e7": 386_200_000,
    "radius_m": 54_718,
    "floor_cm": 0,
    "floor_datum": "agl",
    "ceiling_cm": 320 * 3_048,
    "ceiling_datum": "baro",
    "start_us": NOON_US,
    "end_us": NOON_US + 24 * HOUR_US,
    "applies_text": "all movers of north.example",
    "asked_choice": "contact_first",
    "contact_text": "121.5 MHz",
}
HAZARD: dict[str, Any] = {
    "issuer_party": "south.example",
    "area_lat_1e7": 335_100_000,
    "area_lon_1e7": 386_200_000,
    "radius_m": 5_000,
    "floor_cm": 0,
    "floor_datum": "agl",
    "ceiling_datum": "unlimited",
    "start_us": NOON_US,
    "end_us": NOON_US + HOUR_US,
}
CONVOY: dict[str, Any] = {
    "mover_choice": "convoy",
    "mover_count": 27,
    "looks_text": "trucks, two white pick-ups in front",
    "mover_lat_1e7": 337_000_000,
    "mover_lon_1e7": 388_500_000,
    "seen_us": NOON_US,
    "course_deg": 225,
    "speed_cmps": 1_111,
    "side_choice": "outside",
    "distance_m": 1_850,
    "zone_text": "at Tanf",
    "asked_choice": "turn_back",
    "turn_deg": 45,
    "by_us": NOON_US + HOUR_US // 2,
    "contact_text": "121.5 MHz",
}
