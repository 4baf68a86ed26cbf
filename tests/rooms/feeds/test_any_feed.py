"""What holds of every decoder: nothing raises, the cut does not matter, a decoder can be put away and taken up again."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import BadSetting
from openline.feeds import KINDS, decoder
from openline.feeds.framing import frame
from openline.feeds.report import Refusal
from tests.rooms.feeds.samples import GOOD, HEARD_NS, read, refusals, reports

quick = settings(max_examples=100, deadline=None)
kinds = pytest.mark.parametrize("kind", KINDS)


@st.composite
def spoilt(draw: st.DrawFn, kind: str) -> bytes:
    """A good stream with some bytes replaced, dropped, doubled or put in."""
    data = bytearray(GOOD[kind])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.integers(0, 20)))
        data[at:end] = draw(
            st.binary(max_size=8) | st.sampled_from([b"NaN", b"1e999", b"\x1e", b"\n", b"[" * 50, b"-", b"9" * 400])
        )
    return bytes(data)


def test_every_kind_has_a_good_sample():
    assert set(GOOD) == set(KINDS)


@kinds
def test_a_good_stream_gives_reports(kind: str):
    assert len(reports(read(kind, GOOD[kind]))) >= 1


@kinds
@quick
@given(data=st.binary(max_size=300))
def test_no_bytes_can_raise(kind: str, data: bytes):
    read(kind, data)


@kinds
@quick
@given(data=st.binary(max_size=300))
def test_no_framed_bytes_can_raise(kind: str, data: bytes):
    read(kind, frame(data) + frame(data))


@kinds
@quick
@given(data=st.data())
def test_no_spoilt_stream_can_raise_and_its_cut_does_not_matter(kind: str, data: st.DataObject):
    stream = data.draw(spoilt(kind))
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6))
    assert repr(read(kind, stream, cuts)) == repr(read(kind, stream))


@kinds
@quick
@given(data=st.data())
def test_the_cut_does_not_matter(kind: str, data: st.DataObject):
    stream = GOOD[kind]
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=8))
    assert repr(read(kind, stream, cuts)) == repr(read(kind, stream))


@kinds
def test_one_byte_at_a_time_gives_the_same(kind: str):
    stream = GOOD[kind]
    assert repr(read(kind, stream, list(range(len(stream))))) == repr(read(kind, stream))


@kinds
def test_a_decoder_put_away_in_the_middle_goes_on_where_it_was(kind: str):
    stream = GOOD[kind]
    for cut in range(0, len(stream), 37):
        first = decoder(kind, "test", {})
        out = first.receive(stream[:cut], HEARD_NS)
        again = pickle.loads(pickle.dumps(first))
        out += again.receive(stream[cut:], HEARD_NS)
        out += again.finish(HEARD_NS)
        assert repr(out) == repr(read(kind, stream))


@kinds
def test_every_refusal_names_field_value_accepted_and_position(kind: str):
    stream = b"\x1e5\nhello\n" if kind not in ("sbs", "csv", "ndjson") else b"\xff\xfehello\n\n"
    for refusal in refusals(read(kind, stream)):
        assert refusal.field
        assert refusal.value
        assert refusal.accepted
        assert refusal.position


@kinds
def test_rubbish_is_refused_and_not_passed_over_in_silence(kind: str):
    given = read(kind, frame(b"hello") if kind not in ("sbs", "csv", "ndjson") else b"hello\n")
    assert [type(one) for one in given] == [Refusal]


@kinds
def test_a_refused_value_is_shown_in_at_most_120_characters(kind: str):
    data = b"x" * 5_000
    for refusal in refusals(read(kind, frame(data) if kind not in ("sbs", "csv", "ndjson") else data + b"\n")):
        assert len(refusal.value) <= 120


def test_an_unknown_kind_is_our_mistake_and_named():
    with pytest.raises(BadSetting, match="known: readsb"):
        decoder("beast", "roof")


def test_an_unknown_option_is_our_mistake_and_named():
    with pytest.raises(BadSetting, match="datums"):
        decoder("csv", "log", {"datums": "amsl"})


def test_a_zone_that_needs_rules_is_refused_as_a_setting():
    with pytest.raises(BadSetting, match="Europe/Paris"):
        decoder("sbs", "roof", {"zone": "Europe/Paris"})


def test_a_kind_may_be_written_with_a_dash():
    assert type(decoder("readsb-trace", "file")) is type(decoder("readsb_trace", "file"))
