"""The worked numbers of Annex C that zones, words and limits are held to."""

import pytest

from openline.units import LENGTH_UNITS_M, M_PER_FT
from openline.zones.limits import parse
from openline.zones.words import readings


@pytest.mark.parametrize(
    ("words", "unit", "expected"),
    [
        ("55 km", "statute_mi", 34.18),
        ("55 km", "nmi", 29.70),
        ("34 statute miles", "km", 54.72),
        ("30 statute miles", "km", 48.28),
        ("30 nmi", "km", 55.56),
        ("27 km", "statute_mi", 16.78),
        ("27 km", "nmi", 14.58),
        ("17 statute miles", "km", 27.36),
        ("17 nmi", "km", 31.48),
        ("500 yd", "m", 457.2),
        ("100 yd", "m", 91.44),
        ("12 nmi", "km", 22.22),
        ("7 nmi", "km", 12.96),
    ],
)
def test_a_length_is_what_annex_c_says(words: str, unit: str, expected: float) -> None:
    (reading,) = readings(words)

    assert round(reading.radius_m / LENGTH_UNITS_M[unit], 2) == expected


@pytest.mark.parametrize(("words", "altitude_m"), [("FL320", 9_754), ("FL530", 16_154)])
def test_a_flight_level_is_what_annex_c_says(words: str, altitude_m: int) -> None:
    found = parse(words)

    assert found is not None
    assert round(found.altitude_m) == altitude_m


def test_1500_metres_are_4921_feet() -> None:
    found = parse("1,500 m AMSL")

    assert found is not None
    assert round(found.altitude_m / M_PER_FT) == 4_921
