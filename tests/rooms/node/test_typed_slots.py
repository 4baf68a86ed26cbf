"""Slots of a message as a person types them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.clock import NS_PER_S
from openline.errors import Refused
from openline.node.typed_slots import params_of, time_of

NOW_NS = 1_795_330_606 * NS_PER_S  # 2026-11-22T06:56:46Z


@pytest.mark.parametrize(
    ("typed", "at_s"),
    [
        ("now", 1_795_330_606),
        ("+30min", 1_795_330_606 + 1_800),
        ("-5min", 1_795_330_606 - 300),
        ("07:40Z", 1_795_333_200),
        ("20:00Z", 1_795_291_200),
        ("2026-11-22T08:36:46+01:00", 1_795_333_006),
    ],
)
def test_a_time_is_typed_as_a_clock_says_it(typed: str, at_s: int) -> None:
    assert params_of([f"by_us={typed}"], NOW_NS) == {"by_us": at_s * 1_000_000}


@given(st.integers(0, 86_399), st.integers(0, 86_399))
def test_a_time_of_day_is_the_nearest(now_s: int, typed_s: int) -> None:
    typed = f"{typed_s // 3600:02}:{typed_s // 60 % 60:02}:{typed_s % 60:02}Z"
    midnight_s = 1_795_305_600
    at_us = params_of([f"by_us={typed}"], (midnight_s + now_s) * NS_PER_S)["by_us"]
    assert isinstance(at_us, int)
    assert abs(at_us // 1_000_000 - midnight_s - now_s) <= 43_200
    assert at_us // 1_000_000 % 86_400 == typed_s


@pytest.mark.parametrize("typed", ["33.507N 038.618E", "33°30'25.2\"N 038°37'04.8\"E", "33 30.42N 038 37.08E"])
def test_a_place_is_typed_in_any_notation(typed: str) -> None:
    found = params_of([f"mover_place={typed}"])
    assert set(found) == {"mover_lat_1e7", "mover_lon_1e7"}
    assert abs(int(found["mover_lat_1e7"]) - 335_070_000) < 20
    assert abs(int(found["mover_lon_1e7"]) - 386_180_000) < 20


def test_numbers_and_words_are_what_their_names_say() -> None:
    assert params_of(["mover_count=4", "contact_text=243"]) == {"mover_count": 4, "contact_text": "243"}


@pytest.mark.parametrize("one", ["by_us=soon", "by_us=14:05", "mover_place=somewhere", "mover_place=91N 10E", "count", "=3"])
def test_what_is_neither_is_refused_with_what_would_be(one: str) -> None:
    with pytest.raises(Refused) as wrong:
        params_of([one], NOW_NS)
    assert wrong.value.accepted


def test_a_time_of_an_option_is_typed_like_one_of_a_slot() -> None:
    assert time_of("--valid", "+30min", NOW_NS) == NOW_NS // 1_000 + 1_800_000_000
    with pytest.raises(Refused) as refused:
        time_of("--valid", "soon", NOW_NS)
    assert refused.value.field == "--valid"
