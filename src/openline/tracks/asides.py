"""Reports that are set aside: no place of their id can be theirs, so they wait for others that bear them out."""

from math import nan

import msgspec

from openline.feeds.report import Report


class Aside(msgspec.Struct, kw_only=True):
    """Reports of one id that agree with each other and with none of its places, in order of time."""

    reports: list[Report]
    fits: bool = False  # it could have got there; two sources cannot both be right about where it is
    apart_m: float = nan  # how far apart they put it
    disturbed: bool = False  # many movers jumped there: a disturbance of GNSS, not to be watched (R19)

    @property
    def first_ns(self) -> int:
        """When the first of them was observed."""
        return at_ns(self.reports[0])

    @property
    def last_ns(self) -> int:
        """When the newest of them was observed."""
        return at_ns(self.reports[-1])


def at_ns(report: Report) -> int:
    """When the mover was there: as the source says, else when it was heard."""
    return report.heard_ns if report.observed_ns is None else report.observed_ns
