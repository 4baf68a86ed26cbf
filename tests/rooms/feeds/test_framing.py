"""Lines and documents end where they should, and their limits hold."""

import gzip

from hypothesis import given, settings
from hypothesis import strategies as st

from openline.feeds.framing import DOCUMENT_BYTES_MAX, LINE_CUT, Documents, Lines, Piece, frame, inflate, whole_lines

quick = settings(max_examples=200, deadline=None)


def lines_of(data: bytes, size: int, bytes_max: int = 20) -> list[Piece]:
    lines, out = Lines(bytes_max), []
    for at in range(0, len(data), size):
        out += lines.take(data[at : at + size])
    return out + lines.finish()


def documents_of(data: bytes, size: int, bytes_max: int = 20) -> list[Piece]:
    documents, out = Documents(bytes_max), []
    for at in range(0, len(data), size):
        out += documents.take(data[at : at + size])
    return out + documents.finish()


@quick
@given(data=st.binary(max_size=120) | st.text("ab\r\n\x18", max_size=120).map(str.encode), size=st.integers(1, 50))
def test_lines_are_the_same_in_any_cut(data: bytes, size: int):
    assert lines_of(data, size, 8) == lines_of(data, 1_000, 8)


@quick
@given(data=st.binary(max_size=120) | st.text("\x1e0123\nab", max_size=120).map(str.encode), size=st.integers(1, 50))
def test_documents_are_the_same_in_any_cut(data: bytes, size: int):
    assert documents_of(data, size, 8) == documents_of(data, 1_000, 8)


@quick
@given(documents=st.lists(st.binary(max_size=20).filter(lambda d: not d.startswith(b"\x1f\x8b")), max_size=6))
def test_framed_documents_come_out_as_they_went_in(documents: list[bytes]):
    pieces = documents_of(b"".join(frame(document) for document in documents), 7)
    assert [(piece.data, piece.fault) for piece in pieces] == [(document, None) for document in documents]


def test_a_line_over_the_limit_is_refused_once_and_the_next_one_is_read():
    pieces = lines_of(b"x" * 1_000 + b"\nnext\n", 10)
    assert [piece.fault for piece in pieces] == ["a line of at most 20 bytes", None]
    assert pieces[1].data == b"next"


def test_a_line_of_ten_megabytes_is_held_only_up_to_the_limit():
    lines = Lines(512)
    given_back = [piece for _ in range(160) for piece in lines.take(b"x" * 65_536)]
    assert len(given_back) == 1
    assert len(lines._tail) == 0
    assert [piece.data for piece in lines.take(b"\nnext\n")] == [b"next"]


def test_half_a_line_before_a_new_connection_is_refused_and_never_joined():
    pieces = lines_of(b"51.45735,-1.0" + LINE_CUT + b"2826,next\n", 100)
    assert pieces[0].fault is not None
    assert pieces[1].data == b"2826,next"


def test_a_new_connection_after_a_whole_line_changes_nothing():
    assert lines_of(b"one\n" + LINE_CUT + b"two\n", 100) == lines_of(b"one\ntwo\n", 100)


def test_whole_lines_close_a_body_that_has_no_last_line_feed():
    assert [whole_lines(body) for body in (b"a", b"a\n", b"")] == [b"a\n", b"a\n", b""]


def test_a_document_over_the_limit_is_refused_once_and_the_next_one_is_read():
    pieces = documents_of(frame(b"x" * 1_000) + frame(b"next"), 10)
    assert [piece.fault for piece in pieces] == ["a document of at most 20 bytes", None]
    assert pieces[1].data == b"next"


def test_a_document_whose_length_lies_is_refused_and_the_next_one_is_found():
    pieces = documents_of(b"\x1e3\nhello\n" + frame(b"next"), 10)
    assert pieces[0].fault == "a document as long as its frame says"
    assert pieces[-1] == Piece(pieces[-1].number, b"next")


def test_bytes_between_documents_are_refused_once():
    pieces = documents_of(frame(b"one") + b"rubbish" + frame(b"two"), 3)
    assert [piece.data for piece in pieces if piece.fault is None] == [b"one", b"two"]
    assert sum(piece.fault is not None for piece in pieces) == 1


def test_a_document_cut_short_at_the_end_is_refused():
    (piece,) = documents_of(frame(b"whole")[:-3], 4)
    assert piece.fault == "a whole document; this one was cut short"


def test_a_bare_file_is_one_document_that_ends_with_the_file():
    assert documents_of(b'{"a":1}\n', 2) == [Piece(1, b'{"a":1}\n')]


def test_a_bare_file_over_the_limit_is_refused_once():
    (piece,) = documents_of(b"x" * 100, 7)
    assert piece.fault == "a document of at most 20 bytes"


def test_gzip_is_opened_whether_framed_or_bare():
    packed = gzip.compress(b"hello")
    assert [documents_of(data, 5, 200)[0].data for data in (packed, frame(packed))] == [b"hello", b"hello"]


def test_a_gzip_bomb_is_refused_without_being_opened():
    bomb = gzip.compress(b"\0" * 50_000_000)
    (piece,) = documents_of(frame(bomb), 65_536, 1_000_000)
    assert piece.fault == "gzip that opens to at most 1000000 bytes"


def test_gzip_cut_short_is_refused():
    assert inflate(gzip.compress(b"hello")[:-4], 100) == "whole gzip bytes; these were cut short"


def test_the_largest_aircraft_json_seen_fits_four_times():
    assert DOCUMENT_BYTES_MAX >= 4 * 8_000_000
