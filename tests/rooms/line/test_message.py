"""line.message: what may be sent reads back as it was, what is changed is noticed, and what is no use still has its place."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.message import (
    PAYLOAD_BYTES_MAX,
    TYPES,
    WHY_CHARS_MAX,
    Message,
    Ref,
    in_short,
    read_message,
    usable,
    write_message,
)
from openline.record.entry import canonical
from scripts.line_vectors import NORTH, SOUTH
from tests.rooms.line.made import HASH, LEAST, MESSAGES, changed, message

quick = settings(max_examples=150, deadline=None)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner, max_size=3),
    max_leaves=6,
)


def body(**changes: Any) -> dict[str, Any]:
    """The JSON of a message of which everything is in order."""
    return {**json.loads(write_message(message("zone.notice", params={"floor_m": 300}, readback=("floor_m",)))), **changes}


@quick
@given(MESSAGES)
def test_what_may_be_sent_reads_back_as_it_was(sent):
    payload = write_message(sent)
    assert read_message(payload) == sent
    assert usable(sent) is None


@quick
@given(MESSAGES, st.integers(0, 10**6), st.integers(0, 255))
def test_any_changed_byte_is_refused_or_says_something_else(sent, place, byte):
    try:
        assert read_message(changed(write_message(sent), place, byte)) != sent
    except Refused:
        pass


@quick
@given(st.binary(max_size=400) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_do_more_than_be_refused(data):
    with pytest.raises(Refused):
        read_message(data)


@quick
@given(st.sampled_from(sorted(body())), JSON)
def test_whatever_stands_in_one_key_it_is_refused_or_read_and_says_why(key, value):
    try:
        read = read_message(canonical(body(**{key: value})))
    except Refused:
        return
    why = usable(read)
    assert why is None or 1 <= len(why) <= WHY_CHARS_MAX
    if why is None:
        assert read_message(write_message(read)) == read


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_the_least_of_every_type_may_be_sent(type_):
    assert usable(read_message(write_message(message(type_)))) is None


@pytest.mark.parametrize("type_", [name for name in sorted(LEAST) if LEAST[name]])
def test_less_than_the_least_of_a_type_is_of_no_use(type_):
    for field in LEAST[type_]:
        bare = {"ex": False, "params": {}, "answers": (), "tpl": None, "re": None}[field]
        assert usable(message(type_, **{field: bare})) is not None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"type": "zone.tidings"}, "type: a type of version 1"),
        ({"conv": "east.example/1"}, "conv: one of the two parties, a slash and a number"),
        ({"conv": "south.example/0"}, "conv: one of the two parties, a slash and a number"),
        ({"lane": 2}, "lane: for zone.notice: 0 1"),
        ({"re": {"from": SOUTH, "lane": 1, "seq": 1, "hash": body()["prev"]}}, "lane: 1, the lane of the message in re"),
        (
            {"re": {"from": "east.example", "lane": 0, "seq": 1, "hash": body()["prev"]}},
            "re.from: south.example or north.example",
        ),
        ({"precedence": "flash", "text": {"en": "word " * 201}}, "text.en: at most 200 words"),
        ({"params": {"floor_m": "x" * 4001}}, "params.floor_m: at most 4000 characters"),
        ({"params": {"floor_m": 1.0}}, ""),
        ({"readback": ["ceiling_m"]}, "readback: names of slots in params"),
        ({"readback": ["floor_m", "floor_m"]}, "readback: each word once"),
        ({"free": "tail\u202eliat"}, "free: no characters U+202A to U+202E or U+2066 to U+2069, which reorder what is read"),
        ({"free": "a\u0000b"}, "free: no control characters but newline"),
        ({"marker": "ORDER"}, "marker: one of INSTRUCTION ADVICE WARNING INFORMATION QUESTION ANSWER REQUEST INTENTION"),
        ({"ex": 1}, "ex: true or false"),
        ({"at": -1}, "at: an integer from 0 to 9007199254740991"),
        ({"tpl": {"id": "zone.plain", "ver": 0, "hash": body()["prev"]}}, "tpl.ver: an integer from 1 to 9007199254740991"),
        ({"text": {"english": "x"}}, "text: language tags, such as en or zh-Hant"),
        ({"text": dict.fromkeys(("en", "ar", "ru", "fr", "es", "tr"), "x")}, "text: an object of at most 5 languages"),
    ],
)
def test_what_is_wrong_with_the_content_is_said_and_the_place_still_stands(changes, why):
    if not why:
        with pytest.raises(Refused):
            canonical(body(**changes))
        return
    read = read_message(canonical(body(**changes)))
    assert usable(read) == why
    assert (read.from_, read.to, read.seq) == (SOUTH, NORTH, 1)


@pytest.mark.parametrize("key", ["answer_by", "answers", "at", "conv", "ex", "free", "marker", "text", "tpl", "type"])
def test_a_message_without_a_key_of_content_has_its_place(key):
    value = body()
    del value[key]
    read = read_message(canonical(value))
    assert (read.seq, read.type) == (1, "")
    assert usable(read) == f"{key}: this key in every case; null or empty where there is nothing to say"


def test_a_key_nobody_knows_is_named_and_harms_no_receipt():
    read = read_message(canonical(body(**{"po\u0000rt\n": 1})))
    why = usable(read)
    assert why is not None
    assert why.startswith("po?rt?: only the keys")
    assert why.isprintable()


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"v": True},
        {"from": "South"},
        {"from": NORTH},
        {"to": "x" * 64},
        {"line": "south.example~north.example"},
        {"lane": 3},
        {"lane": True},
        {"seq": 0},
        {"seq": "1"},
        {"prev": "AAAA"},
        {"prev": None},
    ],
)
def test_what_does_not_say_its_place_is_no_message(changes):
    with pytest.raises(Refused):
        read_message(canonical(body(**changes)))


@pytest.mark.parametrize("key", ["v", "line", "from", "to", "lane", "seq", "prev"])
def test_a_message_without_its_place_is_no_message(key):
    value = body()
    del value[key]
    with pytest.raises(Refused):
        read_message(canonical(value))


def test_a_payload_that_is_too_large_is_no_message():
    with pytest.raises(Refused, match="at most 65536 bytes"):
        read_message(canonical(body(extra="x" * PAYLOAD_BYTES_MAX)))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("message.params.floor_m", {"params": {"floor_m": True}}),
        ("message.conv", {"conv": ""}),
        ("message.re", {"type_": "seen", "re": None}),
        ("message.type", {"type": "no.such"}),
        ("message.readback", {"readback": ("ceiling_m",)}),
        ("message", {"unreadable": "broken"}),
        ("message", {"answers": ["yes"]}),
    ],
)
def test_nothing_goes_out_that_the_other_side_must_refuse(field, changes):
    with pytest.raises(Refused) as caught:
        write_message(message(**changes))
    assert caught.value.field == field


def test_a_reference_names_a_message_and_nothing_else():
    read = read_message(canonical(body(re={"from": NORTH, "lane": 0, "seq": 7, "hash": body()["prev"], "more": 1})))
    assert usable(read) == "re.more: only the keys from hash lane seq"


def test_a_message_of_ours_may_speak_of_ours_and_theirs_only_as_its_type_allows():
    ours = Ref(SOUTH, 0, 1, HASH)
    assert usable(message("seen", re=ours)) == "re.from: north.example"
    assert usable(message("withdrawal", re=Ref(NORTH, 0, 1, HASH))) == "re.from: south.example"
    assert usable(message("keys", re=ours)) == "re.from: null: it speaks of no message"


@quick
@given(st.text())
def test_every_reason_fits_a_receipt(reason):
    short = in_short(reason)
    assert 1 <= len(short) <= WHY_CHARS_MAX
    assert short.isprintable()


def test_a_message_that_cannot_be_read_says_nothing():
    read = read_message(canonical(body(marker=None)))
    assert read == Message(from_=SOUTH, to=NORTH, lane=0, seq=1, prev=bytes(32), unreadable=read.unreadable)
