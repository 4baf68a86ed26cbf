"""What an audit did not watch: reports kept beside their track instead of moving it, by kind and mover.

A report that is set aside gives no finding; an audit that left it out of its count would read as clean where most of what was
reported was never looked at. Repeats (the same place at the same moment) are not counted: nothing is lost with them.
"""

from collections import Counter
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from openline.clock import to_rfc3339
from openline.feeds.report import Report
from openline.tracks.moves import TrackEvent
from openline.tracks.picture import Picture

Kind = Literal["jump", "frozen", "late"]
WORDS: Final = {
    "jump": "as impossible jumps",
    "frozen": "as frozen positions",
    "late": "as no later than the place before",
}


class Beside(NamedTuple):
    """One report that did not move its track."""

    at_ns: int
    mover: str
    kind: Kind
    lat_deg: float
    lon_deg: float
    source: str


class _Stood(NamedTuple):
    """Where a track stood when a report was set aside."""

    at_ns: int
    lat_deg: float
    lon_deg: float


class SetAside:
    """Gathers which reports no track took: each waits until the trail shows that one did, at once or with others."""

    def __init__(self) -> None:
        self.events: list[TrackEvent] = []
        self._waiting: dict[tuple[str, int, float, float], Beside] = {}
        self._stood: dict[int, _Stood] = {}
        self._seen = 0  # rows of the trail looked at

    @property
    def reports(self) -> list[Beside]:
        """Those that no track took so far, in order of time, then mover."""
        return sorted(self._waiting.values(), key=lambda one: (one.at_ns, one.mover))

    def look(self, picture: Picture, batch: list[Report]) -> None:
        """Take the reports of the last step and the rows it wrote: at most as many as the trail holds."""
        for one in batch:
            key = (one.mover, one.observed_ns or 0, one.lat_deg, one.lon_deg)
            self._waiting.setdefault(key, Beside(key[1], one.mover, "jump", one.lat_deg, one.lon_deg, one.source))
        trail, since = picture.trail, self._seen
        self._seen = trail.next
        for slot in np.flatnonzero(trail.last >= since).tolist():
            rows = trail.rows_of(slot, trail.next - since)
            for row in reversed([one for one in rows if trail.serial[one] >= since]):
                here = _Stood(int(trail.at_ns[row]), float(trail.lat_deg[row]), float(trail.lon_deg[row]))
                self._row(slot, picture.mover[slot] or "", here, bool(trail.used[row]))

    def _row(self, slot: int, name: str, here: _Stood, used: bool) -> None:
        """One row of a track; one of several places of an id has `#` and a number behind it."""
        key = next((key for of in (name, name.rpartition("#")[0]) if (key := (of, *here)) in self._waiting), None)
        if used:
            self._stood[slot] = here
            if key is not None:
                del self._waiting[key]
        elif key is not None:
            self._waiting[key] = self._waiting[key]._replace(kind=_kind(self._stood.get(slot), here))

    def by_kind(self) -> dict[str, dict[str, int]]:
        """Kind → mover → reports, the movers with most first."""
        found: dict[str, Counter[str]] = {}
        for one in sorted(self._waiting.values(), key=lambda one: one.mover):
            found.setdefault(one.kind, Counter())[one.mover] += 1
        return {kind: dict(found[kind].most_common()) for kind in WORDS if kind in found}

    def summary(self) -> dict[str, Any]:
        """The part of the summary that a program reads."""
        events = Counter(event.event for event in self.events)
        return {"set_aside": len(self._waiting), "set_aside_by": self.by_kind(), "events": dict(sorted(events.items()))}

    def lines(self) -> list[dict[str, Any]]:
        """Every report that was set aside and every event of a track, in order of time, then mover (docs/audit.md)."""
        found: list[tuple[int, str, dict[str, Any]]] = []
        for one in self.reports:
            place = {"lat": round(one.lat_deg, 7), "lon": round(one.lon_deg, 7), "source": one.source}
            line = {"mover": one.mover, "event": "set_aside", "kind": one.kind, "time": to_rfc3339(one.at_ns)}
            found.append((one.at_ns, one.mover, line | place))
        for event in self.events:
            told = {"mover": event.mover, "event": event.event, "time": to_rfc3339(event.at_ns), "says": event.says}
            found.append((event.at_ns, event.mover, told))
        found.sort(key=lambda one: one[:2])
        return [line for _, _, line in found]


def _kind(stood: _Stood | None, here: _Stood) -> Kind:
    """Why a report did not move the track that stood there: as `tracks.intake` asks, in the same order."""
    if stood is None:
        return "jump"
    if here.at_ns <= stood.at_ns:
        return "late"
    return "frozen" if here[1:] == stood[1:] else "jump"


def in_words(by_kind: dict[str, dict[str, int]]) -> str:
    """`9 set aside as impossible jumps (1 mover): look at them`; nothing where none was."""
    said = [
        f"{sum(movers.values())} set aside {WORDS[kind]} ({counted(len(movers), 'mover')})" for kind, movers in by_kind.items()
    ]
    return f"{', '.join(said)}: look at them" if said else ""


def counted(number: int, noun: str) -> str:
    """`1 mover`, `2 movers`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
