"""line.receipt: what a receipt says reads back, and no bytes do more than be refused."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.receipt import REFUSED_COUNT_MAX, Receipt, Unused, read_receipt, write_receipt
from openline.record.entry import canonical
from scripts.line_vectors import NORTH, SOUTH, T0_US
from tests.rooms.line.made import HASH, changed

quick = settings(max_examples=150, deadline=None)


def receipt(**changes: Any) -> Receipt:
    fields = {"from_": NORTH, "to": SOUTH, "lane": 0, "upto": 1750, "hash": HASH, "origin": "n/openline/log/1", "size": 41}
    return Receipt(**{**fields, "at_us": T0_US, "refused": (Unused(1700, "tpl: known"), Unused(1750, "type")), **changes})


def body(**changes: Any) -> bytes:
    return canonical({**json.loads(write_receipt(receipt())), **changes})


@quick
@given(st.integers(1, 2**53 - 1), st.integers(1, 2**53 - 1), st.binary(min_size=32, max_size=32), st.integers(0, 2))
def test_a_receipt_reads_back_as_it_was(upto, size, digest, lane):
    given_ = receipt(upto=upto, size=size, hash=digest, lane=lane, refused=(Unused(upto, "type"),))
    assert read_receipt(write_receipt(given_)) == given_


@quick
@given(st.integers(0, 10**4), st.integers(0, 255))
def test_any_changed_byte_is_refused_or_says_something_else(place, byte):
    try:
        assert read_receipt(changed(write_receipt(receipt()), place, byte)) != receipt()
    except Refused:
        pass


@quick
@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(data):
    with pytest.raises(Refused):
        read_receipt(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"v": True},
        {"line": "a~b"},
        {"to": NORTH},
        {"lane": 3},
        {"upto": 0},
        {"hash": ""},
        {"log": {"origin": "x", "size": 0}},
        {"log": {"origin": "", "size": 1}},
        {"log": {"origin": "x"}},
        {"refused": [{"seq": 1751, "why": "after upto"}]},
        {"refused": [{"seq": 750, "why": "too long ago"}]},
        {"refused": [{"seq": 1750, "why": ""}]},
        {"refused": [{"seq": 1750, "why": "x" * 101}]},
        {"refused": [{"seq": 1750, "why": "a"}, {"seq": 1749, "why": "b"}]},
        {"refused": [{"seq": 1750, "why": "a"}, {"seq": 1750, "why": "b"}]},
        {"refused": [{"seq": 1000 + n, "why": "a"} for n in range(REFUSED_COUNT_MAX + 1)]},
        {"at": None},
        {"more": 1},
    ],
)
def test_a_receipt_nobody_would_write_is_refused(changes):
    with pytest.raises(Refused):
        read_receipt(body(**changes))
