"""Pages of the log: nothing is left out between one page and the next, whatever is quiet."""

from hypothesis import given
from hypothesis import strategies as st

from openline.node.doors.log_pages import QUIET, SCANNED_MAX, page_after, page_before

kinds = st.lists(st.sampled_from(["act", "finding", "track.segment", ""]), max_size=60)


def reader(of):
    """A log whose entries have these kinds; "" is bookkeeping, which the log does not show."""

    def read(after, limit):
        window = range(max(0, after + 1), min(len(of), after + 1 + limit))
        return [{"index": i, "kind": of[i]} for i in window if of[i]]

    return read


def shown(of, whole):
    return [i for i, kind in enumerate(of) if kind and (whole or kind not in QUIET)]


@given(kinds, st.integers(1, 7), st.booleans())
def test_going_back_page_by_page_shows_every_row_once(of, limit, whole):
    seen: list[int] = []
    before = len(of)
    while before > 0:
        rows, first, _ = page_before(reader(of), before, limit, whole)
        assert len(rows) <= limit
        seen = [row["index"] for row in rows] + seen
        before = first

    assert seen == shown(of, whole)


@given(kinds, st.integers(1, 7), st.booleans())
def test_going_on_page_by_page_shows_every_row_once(of, limit, whole):
    seen: list[int] = []
    after = -1
    while after + 1 < len(of):
        rows, _, end = page_after(reader(of), after, len(of), limit, whole)
        assert len(rows) <= limit
        seen += [row["index"] for row in rows]
        after = end - 1

    assert seen == shown(of, whole)


def test_a_long_quiet_time_ends_a_page_rather_than_the_patience_of_the_node():
    quiet = ["act", *["track.segment"] * (3 * SCANNED_MAX)]
    rows, first, end = page_before(reader(quiet), len(quiet), 100, False)

    assert (rows, first, end) == ([], len(quiet) - SCANNED_MAX, len(quiet))


def test_a_page_after_the_end_is_empty():
    assert page_after(reader(["act"]), 7, 1, 10, False) == ([], 1, 8)
