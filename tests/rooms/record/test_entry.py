"""record.entry: a header is canonical or it is not a header."""

import json

import msgspec
import pytest
import rfc8785
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record import entry
from openline.record.entry import Actor, Blob, NewEntry
from openline.record.kinds import KINDS
from tests.rooms.record.made import ANN, PARTY, T0_US, entropy, finding

quick = settings(max_examples=200, deadline=None)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
keys = st.text(st.characters(max_codepoint=127), max_size=8)
whole = st.integers(-(2**53) + 1, 2**53 - 1)
values = st.recursive(
    st.none() | st.booleans() | whole | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def header_of(new: NewEntry) -> bytes:
    return entry.seal_entry(new, PARTY, entropy())[0]


def test_a_header_is_the_bytes_the_specification_shows():
    header, objects = entry.seal_entry(finding(7), PARTY, entropy())
    c = seal.b64(objects[0][0])
    assert header.decode() == (
        '{"by":{"role":"machine","who":"node"},"ex":false,"k":"finding",'
        f'"obj":[{{"c":"{c}","m":"application/json","n":14}}],"party":"a.example","ref":["zone:1"],"rel":"own",'
        '"t":1795330606000007,"v":1,"x":{"number":7}}'
    )


@quick
@given(values)
def test_the_fast_writer_writes_rfc_8785(value):
    assert entry.canonical(value) == rfc8785.dumps(value)


@quick
@given(values)
def test_what_was_written_is_read_again(value):
    assert entry.parse_canonical(entry.canonical(value)) == value


@quick
@given(st.sampled_from(sorted(KINDS)), words, words, st.lists(words, max_size=3), st.dictionaries(keys, values, max_size=3))
def test_an_entry_comes_back_as_it_was_given(kind, who, role, ref, x):
    new = NewEntry(kind=kind, at_us=T0_US, actor=Actor(who, role), ref=tuple(ref), x=x, exercise=True, release="b.example")
    try:
        header = header_of(new)
    except Refused:
        assume(False)  # only its length can be wrong
        raise
    read = entry.parse(3, header)
    assert (read.kind, read.actor, read.ref, read.x) == (kind, Actor(who, role), tuple(ref), x)
    assert (read.index, read.at_us, read.party, read.exercise, read.release) == (3, T0_US, PARTY, True, "b.example")
    assert entry.read_own(3, header) == read


@quick
@given(st.data())
def test_a_header_with_one_byte_changed_is_refused_or_says_something_else(data):
    """No two byte strings read as the same entry."""
    header = header_of(finding(7))
    place = data.draw(st.integers(0, len(header) - 1))
    changed = bytearray(header)
    changed[place] ^= data.draw(st.integers(1, 255))
    try:
        read = entry.parse(0, bytes(changed))
    except Refused:
        return
    before = entry.parse(0, header)
    same = [getattr(read, field) == getattr(before, field) for field in read.__struct_fields__ if field != "header"]
    assert not all(same)


@quick
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_refused(data):
    with pytest.raises(Refused):
        entry.parse(0, data)


def changed(old: str, new: str) -> bytes:
    text = header_of(finding(7)).decode()
    assert old in text
    return text.replace(old, new).encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"number":7', '"number":7.0'),
        ('"number":7', '"number":7e0'),
        ('"number":7', '"number":-0'),
        ('"number":7', '"number":07'),
        ('"number":7', '"number":NaN'),
        ('"number":7', '"number":Infinity'),
        ('"number":7', '"number":9007199254740992'),
        ('"number":7', '"number":-9007199254740992'),
        ('"number":7', '"number":7,"number":7'),
        ('"number":7', '"number": 7'),
        ('"number":7', '"b":1,"a":2'),
        ('"number":7', '"ключ":7'),
        ('"number":7', '"number":"\\u0041"'),
        ('"number":7', '"number":"\\/"'),
        ('"number":7', '"number":"\\ud800"'),
        ('"number":7', '"number":' + "9" * 5000),
        ('"number":7', '"number":' + "[" * 17 + "]" * 17),
        ('"v":1', '"v":2'),
        ('"v":1', '"v":true'),
        ('"v":1', '"v":"1"'),
        ('"ex":false', '"ex":0'),
        ('"ex":false', '"ex":null'),
        ('"ex":false,', ""),
        ('"v":1', '"v":1,"w":1'),
        ('"t":1795330606000007', '"t":-1'),
        ('"t":1795330606000007', '"t":true'),
        ('"t":1795330606000007', '"t":"1795330606000007"'),
        ('"k":"finding"', '"k":""'),
        ('"k":"finding"', '"k":7'),
        ('"ref":["zone:1"]', '"ref":"zone:1"'),
        ('"ref":["zone:1"]', '"ref":[1]'),
        ('"x":{"number":7}', '"x":[]'),
        ('"x":{"number":7}', '"x":null'),
        ('"role":"machine",', ""),
        ('"by":{"role":"machine","who":"node"}', '"by":"node"'),
        ('"n":14', '"n":-1'),
        ('"n":14', '"n":true'),
        ('"n":14', f'"n":{2**40}'),
        ('"m":"application/json"', '"m":""'),
        ('=","m"', '","m"'),
        ('{"by"', ' {"by"'),
        ('"number":7}}', '"number":7}}\n'),
    ],
)
def test_a_header_nobody_would_write_is_refused(old, new):
    with pytest.raises(Refused):
        entry.parse(0, changed(old, new))


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"1", b"null", b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"a":' * 50_000])
def test_what_is_no_header_at_all_is_refused(data):
    with pytest.raises(Refused):
        entry.parse(0, data)


def test_a_refusal_says_where_the_bytes_differ():
    with pytest.raises(Refused, match="differ at byte 2"):
        entry.parse_canonical(b'{"b":1,"a":2}')


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "gossip"}, "kind"),
        ({"at_us": -1}, "at_us"),
        ({"at_us": 2**53}, "at_us"),
        ({"actor": Actor("", "viewer")}, "actor.who"),
        ({"actor": Actor("x" * 201, "viewer")}, "actor.who"),
        ({"release": ""}, "release"),
        ({"ref": ("",)}, "ref"),
        ({"x": {"depth_m": 1.5}}, "entry.x.depth_m"),
        ({"x": {"number": 2**53}}, "entry.x.number"),
        ({"x": {"ключ": 1}}, "entry.x"),
        ({"x": {"list": [{"deep": float("nan")}]}}, "entry.x.list[0].deep"),
        ({"x": {"bytes": b""}}, "entry.x.bytes"),
        ({"x": []}, "x"),
        ({"x": {"deep": [[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}}, "entry.x.deep" + "[0]" * 15),
        ({"x": {"text": "\ud800"}}, "entry"),
        ({"x": {"text": "x" * 4000}}, "entry"),
        ({"blobs": (Blob("a/b", b""),) * 33}, "blobs"),
        ({"blobs": (Blob("", b""),)}, "blobs.media"),
    ],
)
def test_what_cannot_be_recorded_is_refused_by_its_name(change, field):
    new = msgspec.structs.replace(finding(7), **change)
    with pytest.raises(Refused) as caught:
        entry.seal_entry(new, PARTY, entropy())
    assert caught.value.field == field


def test_what_is_just_deep_enough_is_written_and_read():
    new = msgspec.structs.replace(finding(7), x={"deep": [[[[[[[[[[[[[[1]]]]]]]]]]]]]]})
    assert entry.parse(0, header_of(new)).x == new.x


def test_objects_are_committed_to_under_fresh_salts():
    new = NewEntry(kind="finding", at_us=T0_US, actor=ANN, blobs=(Blob("a/b", b"accept"), Blob("a/b", b"accept")))
    _, objects = entry.seal_entry(new, PARTY, entropy())
    assert objects[0][0] != objects[1][0]
    assert all(seal.commitment(salt, data) == c for c, salt, data in objects)


def test_our_own_header_that_was_damaged_is_a_bad_record():
    with pytest.raises(BadRecord, match="entry 5"):
        entry.read_own(5, b"{}")


def test_every_kind_has_a_meaning_and_a_plain_name():
    assert all(says.endswith((".", "not.")) and len(says) > 10 for says in KINDS.values())
    assert all(kind.replace(".", "").isalpha() and kind.islower() for kind in KINDS)


def test_json_encoders_that_sort_agree_inside_the_profile():
    """The reason for the profile: any language's encoder will do."""
    value = {"b": [1, "é\n\u2028"], "a": {"c": None, "B": True}}
    assert msgspec.json.encode(value, order="sorted") == entry.canonical(value)
    assert json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == entry.canonical(value)
