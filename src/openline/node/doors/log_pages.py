"""Pages of the log for paper: a number of rows before or after an entry. Pure, over a reader of the log."""

from collections.abc import Callable
from typing import Any, Final

Read = Callable[[int, int], list[dict[str, Any]]]
"""(after, limit) → the rows of the entries above `after`, of `limit` entries at most; bookkeeping is left out"""

PIECE: Final = 500  # entries read at once
SCANNED_MAX: Final = 5_000  # entries looked at for one page: a quiet night is thousands of sealed positions and few other rows
QUIET: Final = frozenset({"track.segment"})


def page_before(read: Read, before: int, limit: int, whole: bool) -> tuple[list[dict[str, Any]], int, int]:
    """The last rows below `before`, oldest first, and the range [first, end) they were looked for in.

    At most `limit` rows; sealed positions only when `whole`.
    """
    rows: list[dict[str, Any]] = []
    first = before
    while first > 0 and len(rows) < limit and before - first < SCANNED_MAX:
        start = max(0, first - PIECE)
        rows = _kept(read(start - 1, first - start), whole) + rows
        first = start
    if len(rows) > limit:
        rows = rows[-limit:]
        first = int(rows[0]["index"])
    return rows, first, before


def page_after(read: Read, after: int, size: int, limit: int, whole: bool) -> tuple[list[dict[str, Any]], int, int]:
    """The first rows above `after`, of a record of `size` entries; otherwise as `page_before`."""
    rows: list[dict[str, Any]] = []
    end = after + 1
    while end < size and len(rows) < limit and end - after <= SCANNED_MAX:
        rows += _kept(read(end - 1, PIECE), whole)
        end = min(size, end + PIECE)
    if len(rows) > limit:
        rows = rows[:limit]
        end = int(rows[-1]["index"]) + 1
    return rows, min(after + 1, size), end


def _kept(rows: list[dict[str, Any]], whole: bool) -> list[dict[str, Any]]:
    return [row for row in rows if whole or row["kind"] not in QUIET]
