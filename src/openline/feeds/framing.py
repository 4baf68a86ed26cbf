"""Where one line or one document ends, whatever the cut the bytes came in.

Lines      end with LF (a CR before it is dropped). A line that ends with CAN (0x18) was cut short by a lost connection:
           `LINE_CUT` is what intake gives when a connection begins, so half a line can never be read as a whole one.
Documents  are framed `RS length LF bytes LF` (`frame`), which is RFC 7464's record separator made safe for binary bytes by an
           explicit length. A stream whose first byte is not RS is one bare document that ends with the stream (a whole file).
           A document that begins with the gzip magic is inflated, up to the same limit.

Both have a named limit; what is over it is refused once and skipped to the next boundary. Nothing here raises on any bytes.
"""

import zlib
from typing import Final, NamedTuple

LINE_BYTES_MAX: Final = 16_384  # the longest report with every column is about 600; a longer line is another file or an attack
DOCUMENT_BYTES_MAX: Final = 33_554_432  # 32 MiB: 12,000 aircraft, as many as one aggregator has shown, take 8 MB
LENGTH_DIGITS_MAX: Final = 12

RS: Final = b"\x1e"
LINE_CUT: Final = b"\x18\n"
"""Given by intake when a connection begins: spoils what an earlier one left unfinished, and is nothing after a whole line."""

_GZIP_MAGIC: Final = b"\x1f\x8b"
_SHOWN_BYTES: Final = 400  # enough for the 120 characters a refusal shows


class Piece(NamedTuple):
    """One line or document, numbered from 1. `fault` is set when it is to be refused; `data` is then only its beginning."""

    number: int
    data: bytes
    fault: str | None = None


def frame(document: bytes) -> bytes:
    """One document as it enters a document decoder."""
    return b"%s%d\n%s\n" % (RS, len(document), document)


def whole_lines(body: bytes) -> bytes:
    """A body of lines that came whole (an HTTP request), closed so that the next body starts on a line of its own."""
    return body if body.endswith(b"\n") or not body else body + b"\n"


class Lines:
    """Splits a byte stream into lines. Holds at most `bytes_max` + one chunk."""

    def __init__(self, bytes_max: int = LINE_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._tail = b""
        self._skipping = False
        self._number = 0

    def take(self, data: bytes) -> list[Piece]:
        """The lines that `data` completes, in order."""
        *whole, tail = (self._tail + data).split(b"\n")
        pieces = [piece for line in whole if (piece := self._piece(line)) is not None]
        if self._skipping:
            tail = b""
        elif len(tail) > self._bytes_max + 1:  # one more may be the CR
            pieces.append(self._too_long(tail))
            self._skipping, tail = True, b""
        self._tail = tail
        return pieces

    def finish(self) -> list[Piece]:
        """What is left when the stream ends: a last line without its LF is still a line."""
        tail, self._tail = self._tail, b""
        piece = self._piece(tail) if tail or self._skipping else None
        return [] if piece is None else [piece]

    def _piece(self, line: bytes) -> Piece | None:
        if self._skipping:  # the rest of a line already refused
            self._skipping = False
            return None
        if line.endswith(b"\r"):
            line = line[:-1]
        if len(line) > self._bytes_max:
            return self._too_long(line)
        self._number += 1
        if line.endswith(b"\x18"):
            rest = line[:-1]
            if rest:
                return Piece(self._number, rest[:_SHOWN_BYTES], "a whole line; the connection was lost in this one")
            self._number -= 1
            return None
        return Piece(self._number, line) if line else None

    def _too_long(self, line: bytes) -> Piece:
        self._number += 1
        return Piece(self._number, line[: min(_SHOWN_BYTES, self._bytes_max)], f"a line of at most {self._bytes_max} bytes")


class Documents:
    """Splits a byte stream into documents. Holds at most `bytes_max` + one chunk."""

    def __init__(self, bytes_max: int = DOCUMENT_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._held = bytearray()
        self._bare: bool | None = None  # None: no byte yet
        self._skip = 0  # bytes of an overlong document still to pass over
        self._lost = False  # between frames, looking for the next RS
        self._number = 0
        self._over = False  # a bare document already refused

    def take(self, data: bytes) -> list[Piece]:
        """The documents that `data` completes, in order."""
        if not data:
            return []
        if self._bare is None:
            self._bare = not data.startswith(RS)
        if self._bare:
            return self._take_bare(data)
        self._held += data
        pieces: list[Piece] = []
        while self._step(pieces):
            pass
        return pieces

    def finish(self) -> list[Piece]:
        """What is left when the stream ends: a bare document is whole now, a framed one was cut short."""
        held, bare = bytes(self._held), self._bare
        cut = bool(held) or self._skip > 0
        self._held.clear()
        self._bare, self._skip, self._lost = None, 0, False
        if bare and not self._over and held:
            return [self._opened(held)]
        over, self._over = self._over, False
        if bare or over or not cut:
            return []
        self._number += 1
        return [Piece(self._number, held[:_SHOWN_BYTES], "a whole document; this one was cut short")]

    def _take_bare(self, data: bytes) -> list[Piece]:
        if self._over:
            return []
        self._held += data
        if len(self._held) <= self._bytes_max:
            return []
        start = bytes(self._held[: min(_SHOWN_BYTES, self._bytes_max)])
        self._held.clear()
        self._over = True
        self._number += 1
        return [Piece(self._number, start, f"a document of at most {self._bytes_max} bytes")]

    def _step(self, pieces: list[Piece]) -> bool:
        """Take one frame, or one part of one, off the front. False when more bytes are needed."""
        held = self._held
        if self._skip:
            passed = min(self._skip, len(held))
            del held[:passed]
            self._skip -= passed
            return self._skip == 0 and bool(held)
        if not held:
            return False
        if held[0] != RS[0]:
            return self._look_for_rs(pieces)
        self._lost = False
        end = held.find(b"\n", 1, LENGTH_DIGITS_MAX + 2)
        if end < 0 and len(held) < LENGTH_DIGITS_MAX + 2:
            return False
        digits = bytes(held[1:end]) if end > 0 else b""
        if not digits.isdigit():
            return self._bad_length(digits or bytes(held[1 : LENGTH_DIGITS_MAX + 2]), pieces)
        length = int(digits)
        if length > self._bytes_max:
            self._number += 1
            pieces.append(Piece(self._number, digits, f"a document of at most {self._bytes_max} bytes"))
            self._skip = end + 1 + length + 1
            return True
        if len(held) < end + 1 + length + 1:
            return False
        document = bytes(held[end + 1 : end + 1 + length])
        closed = held[end + 1 + length] == 0x0A
        del held[: end + 2 + length]
        if closed:
            pieces.append(self._opened(document))
        else:
            self._number += 1
            pieces.append(Piece(self._number, document[:_SHOWN_BYTES], "a document as long as its frame says"))
        return True

    def _look_for_rs(self, pieces: list[Piece]) -> bool:
        """Pass over bytes that belong to no frame; they are refused once."""
        held = self._held
        if not self._lost:
            self._lost = True
            self._number += 1
            pieces.append(Piece(self._number, bytes(held[:1]), "the byte 1E (RS) that begins a document"))
        at = held.find(RS)
        del held[: at if at >= 0 else len(held)]
        return bool(held)

    def _bad_length(self, stood: bytes, pieces: list[Piece]) -> bool:
        self._number += 1
        pieces.append(Piece(self._number, stood, "the length of the document in decimal digits"))
        self._lost = True
        del self._held[:1]
        return bool(self._held)

    def _opened(self, document: bytes) -> Piece:
        self._number += 1
        if not document.startswith(_GZIP_MAGIC):
            return Piece(self._number, document)
        opened = inflate(document, self._bytes_max)
        if isinstance(opened, str):
            return Piece(self._number, document[:_SHOWN_BYTES], opened)
        return Piece(self._number, opened)


def inflate(packed: bytes, bytes_max: int) -> bytes | str:
    """The content of gzip bytes, or the words for what would be accepted. At most `bytes_max` + 1 bytes are unpacked."""
    engine = zlib.decompressobj(wbits=31)
    try:
        opened = engine.decompress(packed, bytes_max + 1)
    except zlib.error:
        return "whole gzip bytes"
    if len(opened) > bytes_max:
        return f"gzip that opens to at most {bytes_max} bytes"
    if not engine.eof:
        return "whole gzip bytes; these were cut short"
    return opened
