"""The ready-made rings are rings a zone may be published with."""

import pytest

from openline.zones.check import examine
from openline.zones.presets import PRESETS
from tests.rooms.zones.made import plain_zone


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_in_order_and_complete(name: str) -> None:
    assert examine(plain_zone(rings=PRESETS[name])).refused == ()


def test_12_and_7_nautical_miles_are_annex_cs_metres() -> None:
    assert [ring.offset_m for ring in PRESETS["12/7 NM"]] == [22_224.0, 12_964.0, 0.0]


def test_500_and_100_yards_are_annex_cs_metres() -> None:
    assert [round(ring.offset_m) for ring in PRESETS["500/100 yd"]] == [457, 91, 0]
