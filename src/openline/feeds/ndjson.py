"""NDJSON: one JSON object a line, with the columns of `rows`. UTF-8; blank lines are passed over."""

import msgspec

from openline.errors import Refused
from openline.feeds import fields
from openline.feeds.framing import Lines, Piece
from openline.feeds.report import Refusal, Report
from openline.feeds.rows import RowOptions, RowReader

_OBJECT = msgspec.json.Decoder(dict[str, object])


class NdjsonDecoder:
    """Lines of JSON → reports."""

    def __init__(self, source: str, options: RowOptions, wall: fields.Wall | None = None) -> None:
        self._source = source
        self._lines = Lines()
        self._rows = RowReader(source, options, wall)
        self.counted = self._rows.counted

    def receive(self, data: bytes, heard_ns: int) -> list[Report | Refusal]:
        """Take whatever arrived."""
        return [given for piece in self._lines.take(data) for given in self._line(piece, heard_ns)]

    def finish(self, heard_ns: int) -> list[Report | Refusal]:
        """The last line, if it had no LF."""
        return [given for piece in self._lines.finish() for given in self._line(piece, heard_ns)]

    def _line(self, piece: Piece, heard_ns: int) -> list[Report | Refusal]:
        position = f"line {piece.number}"
        if piece.fault is None and not piece.data.strip():
            return []
        try:
            row = self._object(piece)
        except Refused as no:
            return [fields.refusal(no, self._source, heard_ns, position)]
        return [*self._rows.check_names(row, heard_ns, position), *self._rows.read(row, heard_ns, position)]

    def _object(self, piece: Piece) -> dict[str, object]:
        if piece.fault is not None:
            raise Refused("line", fields.plain(piece.data), piece.fault)
        data = piece.data.removeprefix(b"\xef\xbb\xbf") if piece.number == 1 else piece.data
        try:
            return _OBJECT.decode(data)
        except (msgspec.DecodeError, ValueError, RecursionError):
            raise Refused("line", fields.plain(data), "one JSON object a line, in UTF-8") from None
