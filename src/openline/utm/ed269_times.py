"""When an ED-269 zone applies ⇄ dates and weekly hours.

Times of day come as `08:00Z`, `08:00:00.00Z` or with an offset, `08:00+02:00`, which moves them, and if need be their weekday,
to UTC.
"""

import re
from typing import Any, Final

import msgspec

from openline.errors import Refused
from openline.utm.ed269_words import DAYS
from openline.zones.door import Note, choice, items, mapping, text
from openline.zones.hours import DAY_S
from openline.zones.properties import HOURS_MAX, clock_text, instant, instant_text
from openline.zones.zone import Hours

PERIODS_MAX: Final = 100
_TIME: Final = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(?:Z|([+-])(\d{2}):?(\d{2}))", re.ASCII)


class Period(msgspec.Struct, frozen=True):
    """From when to when, and in which hours of the week; nothing stated is always."""

    effective_ns: int | None = None
    expires_ns: int | None = None
    hours: tuple[Hours, ...] = ()


def periods_of(value: Any, field: str, notes: list[Note]) -> list[Period]:
    """The periods of an `applicability`, at least one. One that is permanent makes the zone apply always. Raises `Refused`."""
    listed = [mapping(one, f"{field}[{i}]") for i, one in enumerate(items([] if value is None else value, field, PERIODS_MAX))]
    if not listed:
        notes.append(Note(field, "no period stated: taken as always"))
        return [Period()]
    permanent = [
        choice(one.get("permanent"), f"{field}[{i}].permanent", ("YES", "NO")) == "YES" for i, one in enumerate(listed)
    ]
    if any(permanent):
        if len(listed) > 1:
            notes.append(Note(field, "permanent beside other periods: taken as always"))
        return [Period()]
    return list(dict.fromkeys(_period(one, f"{field}[{i}]", notes) for i, one in enumerate(listed)))


def applicability_of(period: Period) -> list[dict[str, Any]]:
    """The `applicability` that says the same."""
    if period == Period():
        return [{"permanent": "YES"}]
    out: dict[str, Any] = {"permanent": "NO"}
    if period.effective_ns is not None:
        out["startDateTime"] = instant_text(period.effective_ns)
    if period.expires_ns is not None:
        out["endDateTime"] = instant_text(period.expires_ns)
    if period.hours:
        out["schedule"] = [daily for hours in period.hours for daily in _daily(hours)]
    return [out]


def _period(one: dict[str, Any], field: str, notes: list[Note]) -> Period:
    start, end = one.get("startDateTime"), one.get("endDateTime")
    name = "schedule" if "schedule" in one else "dailyPeriod"
    hours: list[Hours] = []
    for index, daily in enumerate(items(one.get(name) or [], f"{field}.{name}", HOURS_MAX)):
        hours += _hours(mapping(daily, f"{field}.{name}[{index}]"), f"{field}.{name}[{index}]", notes)
    return Period(
        None if start is None else instant(start, f"{field}.startDateTime"),
        None if end is None else instant(end, f"{field}.endDateTime"),
        tuple(dict.fromkeys(hours)),
    )


def _hours(daily: dict[str, Any], field: str, notes: list[Note]) -> list[Hours]:
    named = [
        choice(day, f"{field}.day[{i}]", (*DAYS, "ANY")) for i, day in enumerate(items(daily.get("day"), f"{field}.day", 8))
    ]
    if not named and daily.get("startTime") is None and daily.get("endTime") is None:
        notes.append(Note(field, "an entry without day and time was not read"))
        return []
    days = set(range(7)) if "ANY" in named else {DAYS.index(day) for day in named}
    if not days:
        raise Refused(f"{field}.day", named, "at least one of " + ", ".join((*DAYS, "ANY")))
    start_s = _second_of_day(daily.get("startTime"), f"{field}.startTime", up=False)
    end_s = _second_of_day(daily.get("endTime"), f"{field}.endTime", up=True)
    shift_days = start_s // DAY_S
    shifted = tuple(sorted((day + shift_days) % 7 for day in days))
    end_s = end_s if start_s == 0 and end_s == DAY_S else end_s % DAY_S
    return [Hours(shifted, start_s % DAY_S, end_s)]


def _second_of_day(value: Any, field: str, up: bool) -> int:
    """Seconds after 00:00 UTC of the stated day, below 0 or beyond a day where an offset moves it; fractions widen the span."""
    match = _TIME.fullmatch(text(value, field, 30))
    if match is None:
        raise Refused(field, value, "a time with its zone, such as 08:00Z or 08:00:00.00Z")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if minute > 59 or second > 59 or hour * 3600 + minute * 60 + second > DAY_S:
        raise Refused(field, value, "a time up to 24:00")
    shift_s = (int(match[6]) * 3600 + int(match[7]) * 60) * (1 if match[5] == "+" else -1) if match[5] else 0
    fraction = 1 if up and int(match[4] or 0) > 0 else 0
    return hour * 3600 + minute * 60 + second + fraction - shift_s


def _daily(hours: Hours) -> list[dict[str, Any]]:
    """DailyPeriods of one entry; one past midnight is cut there, since a period is of one day."""
    if hours.end_s > hours.start_s:
        return [_one_day(hours.weekdays, hours.start_s, hours.end_s)]
    days = [_one_day(hours.weekdays, hours.start_s, DAY_S)]
    if hours.end_s > 0:
        days.append(_one_day(tuple(sorted((day + 1) % 7 for day in hours.weekdays)), 0, hours.end_s))
    return days


def _one_day(weekdays: tuple[int, ...], start_s: int, end_s: int) -> dict[str, Any]:
    named = ["ANY"] if len(weekdays) == 7 else [DAYS[day] for day in weekdays]
    end = "23:59:59.99Z" if end_s == DAY_S else f"{clock_text(end_s)}.00Z"
    return {"day": named, "startTime": f"{clock_text(start_s)}.00Z", "endTime": end}
