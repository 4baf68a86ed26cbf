"""Ranges in words: between when and when, from how much to how much. One number where both ends read the same."""

from collections.abc import Callable

from openline.watch.ranges import Lengths, Moments

TEXTS = {
    "between": "between {least} and {most}",
    "around": "{middle} ± {off}",
    "up_to": "up to {most}",
    "at_least": "at least {least}",
    "before": "at or before {end}",
    "after": "at or after {start}",
    "when": "at {at}",
    "about": "about {at}",
}


def far(distance_m: float) -> str:
    """A distance with its unit: 950 m, 28.0 km, 140 km."""
    if distance_m < 999.5:
        return f"{distance_m:.0f} m"
    return f"{distance_m / 1000:.1f} km" if distance_m < 99_950 else f"{distance_m / 1000:.0f} km"


def within(distance_m: float, ends: Lengths | None) -> str:
    """A distance as sure as it is: 27.0 km, 27.0 ± 0.1 km, between 5.0 km and 21.0 km, at least 3.0 km."""
    if ends is None or far(ends[0]) == far(distance_m) == (None if ends[1] is None else far(ends[1])):
        return far(distance_m)
    least_m, most_m = ends
    if most_m is None:
        return TEXTS["at_least"].format(least=far(least_m))
    if far(least_m) == far(0.0):
        return TEXTS["up_to"].format(most=far(most_m))
    middle, unit = far(distance_m).split()
    scale, digits = (1000.0, len(middle.partition(".")[2])) if unit == "km" else (1.0, 0)
    off = f"{max(distance_m - least_m, most_m - distance_m) / scale:.{digits}f}"
    if abs((most_m - distance_m) - (distance_m - least_m)) < 0.1 * 10.0**-digits * scale and float(off) > 0.0:
        return f"{TEXTS['around'].format(middle=middle, off=off)} {unit}"
    return TEXTS["between"].format(least=far(least_m), most=far(most_m))


def moment(at: int | None, ends: Moments | None, clock: Callable[[int], str]) -> str:
    """A moment as sure as it is: at 09:31:02Z, between 09:31:02Z and 09:31:40Z, at or before 09:31:02Z. `clock` writes one."""
    start, end = ends if ends is not None else (at, at)
    if start is not None and end is not None:
        same = clock(start) == clock(end)
        return TEXTS["when"].format(at=clock(start)) if same else TEXTS["between"].format(least=clock(start), most=clock(end))
    if end is not None:
        return TEXTS["before"].format(end=clock(end))
    if start is not None:
        return TEXTS["after"].format(start=clock(start))
    return TEXTS["about"].format(at="an unknown time" if at is None else clock(at))
