"""What is still taken as the disk of the record fills: evidence is refused first, then what is routine, lane 0 never.

    room       everything is taken
    evidence   feeds are refused: free space is below the first floor, two ballasts
    routine    so is what is not urgent: below the second floor, one ballast
    ballast    likewise; the disk was full and the ballast was given up, so that what is urgent goes on
    full       nothing can be recorded: nothing is acknowledged, screens and doors stay

The floors count what is free beside the ballast. It goes on by itself when there is space again, and makes the ballast anew.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from openline.errors import DiskFull
from openline.flow import State
from openline.flow.conditions import DISK_LEVELS, DiskLevel
from openline.line.names import URGENT
from openline.line.precedence import SHORT
from openline.record.store.ballast import ROOM_TO_OPEN_BYTES, Ballast, Space, space, unit_bytes

FLOORS_MB: Final = 64  # the floors where no ballast is kept
MARGIN: Final = 1.1  # so much above a floor before it is over
ALWAYS: Final = frozenset(
    {
        "alarm.acknowledge", "alarm.silence", "alarm.shelve", "alarm.unshelve",
        "condition.acknowledge", "escalation.acknowledge", "line.acknowledge", "line.settle",
        "notice.open", "notice.answer", "notice.confirm", "notice.revoke", "notice.tried",
    }
)  # fmt: skip
"""Acts that are taken as long as anything can be written: what people saw, and what they answered."""
SAYS: Final[dict[DiskLevel, str]] = {
    "room": "There is room on the disk again; everything is taken.",
    "evidence": "Disk nearly full: reports of feeds are refused, so the picture does not move.",
    "routine": "Disk nearly full: reports of feeds, routine messages and acts that are not urgent are refused.",
    "ballast": "The disk was full and the ballast was given up: only what is urgent is taken.",
    "full": "DISK FULL: nothing can be recorded, so nothing is taken and nothing is acknowledged.",
}


class Room:
    """The disk of one record."""

    def __init__(self, folder: Path, ballast: Ballast | None, asked: Callable[[Path], Space] = space) -> None:
        self._folder = folder
        self._asked = asked
        self.ballast = ballast
        self.unit_bytes = (ballast.size_bytes if ballast is not None else 0) or unit_bytes(folder, FLOORS_MB)
        self.level: DiskLevel = "room"
        self.full = False  # said by the loop: a commit found no room
        self.free_bytes = 0
        self.refused: Counter[str] = Counter()  # by feed: deliveries refused since the disk was nearly full
        self.told: dict[str, tuple[str, str]] = {}  # by feed: what its intake saw of its connection meanwhile

    def look(self) -> bool:
        """Look at the disk; whether the level is another than before."""
        before = self.level
        try:
            self.free_bytes = self._asked(self._folder).free_bytes
        except OSError:
            return False  # a disk that cannot be asked: the next commit says what it is
        gone = self.ballast is not None and self.ballast.size_bytes > 0 and not self.ballast.there
        if gone and self.ballast is not None and self.free_bytes >= 2 * self.unit_bytes and self.ballast.make():
            self.free_bytes, gone = self.free_bytes - self.ballast.size_bytes, False
        floor = self.unit_bytes * (MARGIN if before in ("routine", "ballast", "full") else 1.0)
        first = 2 * self.unit_bytes * (MARGIN if before != "room" else 1.0)
        if self.full:
            self.level = "full"
        elif gone:
            self.level = "ballast"
        else:
            self.level = "routine" if self.free_bytes < floor else "evidence" if self.free_bytes < first else "room"
        return self.level != before

    @property
    def refuses_evidence(self) -> bool:
        """Whether reports of feeds are refused."""
        return self.level != "room"

    @property
    def refuses_routine(self) -> bool:
        """Whether what is not urgent is refused."""
        return DISK_LEVELS.index(self.level) >= DISK_LEVELS.index("routine")

    def admit_evidence(self, source: str) -> None:
        """Raises `DiskFull` where reports of feeds are refused, and counts it."""
        if self.refuses_evidence:
            self.refused[source] += 1
            raise DiskFull("The disk is nearly full: reports of feeds are not taken now. Send them again later.")

    def admit_act(self, state: State, name: str, body: Mapping[str, Any]) -> None:
        """Raises `DiskFull` for an act that is not urgent where such are refused."""
        if self.refuses_routine and not _urgent(state, name, body):
            raise DiskFull("The disk is nearly full: only what is urgent is taken now. Free space, then do this again.")

    def feeds_told(self, state: State) -> list[tuple[str, str, str]]:
        """What becomes of the feeds now, (source, state, why) each: all are refused, or as they are again."""
        found: list[tuple[str, str, str]] = []
        for source, feed in state.feeds.items():
            if self.level != "room" and source not in self.told:
                self.told[source] = (feed.state if feed.state in ("down", "off") else "connecting", feed.why)
                found.append((source, "refused", "disk nearly full"))
            elif self.level == "room" and source in self.told:
                found.append((source, *self.told.pop(source)))
        return found

    def says(self, state: State) -> str:
        """The level in words, with the telephone where nothing else is left."""
        words = f"{SAYS[self.level]} Free: {self.free_bytes / 1e6:.1f} MB."
        if self.level == "room":
            return words
        if self.level != "full":
            return f"{words} Free some space; it goes on by itself."
        paths = "; ".join(f"{party}: {', '.join(line.other_paths)}" for party, line in state.lines.items() if line.other_paths)
        return f"{words} Free some space; it goes on by itself. Use the telephone meanwhile{': ' + paths if paths else ''}."

    def view(self) -> dict[str, Any]:
        """What screens show of it."""
        return {
            "state": self.level,
            "free_bytes": self.free_bytes,
            "ballast_bytes": self.ballast.size_bytes if self.ballast is not None and self.ballast.there else 0,
            "refused": dict(self.refused),
        }


def make_ballast(ballast: Ballast, asked: Callable[[Path], Space] = space) -> None:
    """Before the record is opened: the ballast, where there is room; given up where SQLite could not even open the file."""
    try:
        free_bytes = asked(ballast.path.parent).free_bytes
    except OSError:
        return
    if not ballast.there and free_bytes >= 2 * ballast.size_bytes:
        ballast.make()
    elif ballast.there and (free_bytes < ROOM_TO_OPEN_BYTES or not ballast.size_bytes):
        ballast.give_up()


def _urgent(state: State, name: str, body: Mapping[str, Any]) -> bool:
    if name in ALWAYS or body.get("precedence") in SHORT:
        return True
    line = state.lines.get(str(body.get("to")))
    talks = {} if line is None else line.talks
    talk = talks.get(str(body.get("talk") or body.get("re")))
    return talk is not None and any(lane == URGENT for _, lane, _ in talk.places)
