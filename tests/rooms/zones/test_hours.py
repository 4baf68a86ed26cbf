"""When a zone is active."""

from hypothesis import given, settings
from hypothesis import strategies as st

from openline.clock import NS_PER_S, from_rfc3339
from openline.zones.hours import active, next_change_ns
from openline.zones.zone import Hours
from tests.rooms.zones.made import MONDAY_NS, hours, plain_zone

HOUR_NS = 3600 * NS_PER_S


def test_a_zone_without_times_is_always_active() -> None:
    assert active(plain_zone(), MONDAY_NS) == "active"


def test_withdrawn_wins_over_expired() -> None:
    assert active(plain_zone(withdrawn=True, expires_ns=MONDAY_NS), MONDAY_NS + 1) == "withdrawn"


def test_a_zone_is_not_yet_active_a_nanosecond_before_it_is_effective() -> None:
    assert active(plain_zone(effective_ns=MONDAY_NS), MONDAY_NS - 1) == "not yet"


def test_a_zone_is_active_from_its_effective_instant() -> None:
    assert active(plain_zone(effective_ns=MONDAY_NS), MONDAY_NS) == "active"


def test_a_zone_is_expired_at_its_expiry_instant() -> None:
    assert active(plain_zone(expires_ns=MONDAY_NS), MONDAY_NS) == "expired"


def test_weekday_0_is_monday_in_utc() -> None:
    zone = plain_zone(hours=(Hours((0,), 0, 86_400),))

    assert [active(zone, from_rfc3339(f"2017-05-{day}T12:00:00Z")) for day in (21, 22, 23)] == [
        "inactive",
        "active",
        "inactive",
    ]


def test_hours_past_midnight_belong_to_the_day_they_start_on() -> None:
    zone = plain_zone(hours=(Hours((0,), 22 * 3600, 6 * 3600),))

    found = [active(zone, MONDAY_NS + hour * HOUR_NS) for hour in (5, 22, 29, 30)]

    assert found == ["inactive", "active", "active", "inactive"]


def test_sunday_night_runs_into_monday() -> None:
    zone = plain_zone(hours=(Hours((6,), 22 * 3600, 6 * 3600),))

    assert active(zone, MONDAY_NS + 5 * HOUR_NS) == "active"


def test_equal_start_and_end_are_a_whole_day() -> None:
    zone = plain_zone(hours=(Hours((0,), 3600, 3600),))

    assert [active(zone, MONDAY_NS + hour * HOUR_NS) for hour in (0, 1, 24, 25)] == ["inactive", "active", "active", "inactive"]


@settings(deadline=None, max_examples=200)
@given(hours(), st.integers(0, 14 * 86_400))
def test_nothing_changes_before_the_next_change(entry: Hours, after_s: int) -> None:
    zone = plain_zone(hours=(entry,), effective_ns=MONDAY_NS - 3 * HOUR_NS, expires_ns=MONDAY_NS + 20 * 24 * HOUR_NS)
    now_ns = MONDAY_NS + after_s * NS_PER_S

    change_ns = next_change_ns(zone, now_ns)

    assert change_ns is not None
    assert active(zone, change_ns) != active(zone, now_ns)
    assert active(zone, change_ns - 1) == active(zone, now_ns)
    assert active(zone, (now_ns + change_ns) // 2) == active(zone, now_ns)


def test_a_withdrawn_zone_never_changes() -> None:
    assert next_change_ns(plain_zone(withdrawn=True, expires_ns=MONDAY_NS), 0) is None


def test_an_always_active_zone_never_changes() -> None:
    assert next_change_ns(plain_zone(), 0) is None
