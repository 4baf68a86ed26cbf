"""Counts as Prometheus reads them."""

import pytest

from openline.node.doors.metrics import Counters


def test_counts_are_lines_with_help_and_type():
    counters = Counters()
    counters.add("openline_logins_total", outcome="in")
    counters.add("openline_logins_total", 2, outcome="refused")
    counters.set("openline_sessions", 3)
    lines = counters.text().splitlines()

    assert 'openline_logins_total{outcome="refused"} 2' in lines
    assert "openline_sessions 3" in lines
    assert "# TYPE openline_sessions gauge" in lines


def test_a_label_cannot_break_the_line():
    counters = Counters()
    counters.add("openline_logins_total", outcome='a"b\\c\nd')

    assert 'outcome="a\\"b\\\\c\\nd"' in counters.text()


def test_a_name_nobody_described_is_our_mistake():
    with pytest.raises(AssertionError):
        Counters().add("openline_surprise_total")
