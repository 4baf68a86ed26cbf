"""The last reports of every mover, in one ring of fixed size: enough to show where a belief came from."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RING_ROWS: Final = 1 << 18  # 262,144 reports: 26 each for 10,000 movers, about 26 MB
NONE: Final = -1


class Trail:
    """A ring of rows, each linked to the row before it of the same slot.

    Old rows are overwritten; links to them end the walk.
    """

    def __init__(self, rows: int = RING_ROWS, slots: int = 1024) -> None:
        self.next = 0  # rows ever written
        self.rows = rows
        self.serial = np.full(rows, NONE, dtype=np.int64)
        self.before = np.full(rows, NONE, dtype=np.int64)  # serial of the row before, same slot
        self.at_ns = np.zeros(rows, dtype=np.int64)
        self.heard_ns = np.zeros(rows, dtype=np.int64)
        self.lat_deg = np.full(rows, np.nan)
        self.lon_deg = np.full(rows, np.nan)
        self.altitude_m = np.full((rows, 4), np.nan, dtype=np.float32)
        self.accuracy_m = np.full(rows, np.nan, dtype=np.float32)
        self.source = np.zeros(rows, dtype=np.int32)
        self.used = np.zeros(rows, dtype=np.int8)  # 1 moved the track, 0 kept beside it (late, jump, frozen)
        self.last = np.full(slots, NONE, dtype=np.int64)

    def grow(self, slots: int) -> None:
        """Make room for more slots."""
        grown = np.full(slots, NONE, dtype=np.int64)
        grown[: len(self.last)] = self.last
        self.last = grown

    def forget(self, slot: int) -> None:
        """The slot is somebody else's from now on."""
        self.last[slot] = NONE

    def add(
        self,
        slot: NDArray[np.int64],
        columns: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]],
        altitude_m: NDArray[np.float64],
        accuracy_m: NDArray[np.float64],
        source: NDArray[np.int32],
        used: NDArray[np.bool_],
    ) -> None:
        """Write n rows, slots all different; `columns` is (at_ns, heard_ns, lat_deg, lon_deg)."""
        count = len(slot)
        if count > self.rows:
            tail = slice(count - self.rows, None)
            part = (columns[0][tail], columns[1][tail], columns[2][tail], columns[3][tail])
            self.add(slot[tail], part, altitude_m[tail], accuracy_m[tail], source[tail], used[tail])
            return
        serial = np.arange(self.next, self.next + count, dtype=np.int64)
        row = serial % self.rows
        self.next += count
        self.serial[row] = serial
        self.before[row] = self.last[slot]
        self.last[slot] = serial
        self.at_ns[row], self.heard_ns[row], self.lat_deg[row], self.lon_deg[row] = columns
        self.altitude_m[row] = altitude_m
        self.accuracy_m[row] = accuracy_m
        self.source[row] = source
        self.used[row] = used

    def rows_of(self, slot: int, count_max: int) -> list[int]:
        """Ring rows of a slot, newest first."""
        rows: list[int] = []
        serial = int(self.last[slot])
        while serial != NONE and len(rows) < count_max:
            row = serial % self.rows
            if self.serial[row] != serial:
                break
            rows.append(row)
            serial = int(self.before[row])
        return rows
