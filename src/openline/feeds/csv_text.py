"""CSV: a header line that names the columns of `rows`, then one report a line. UTF-8, RFC 4180 quotes, a quoted cell stays on
its line.

A line that names id, time, lat and lon again is a new header (files one after another, a reconnecting sender). A line with
another number of cells than its header is refused: it was cut or shifted, and shifted columns are wrong positions.
"""

import csv
from typing import Literal

from openline.errors import Refused
from openline.feeds import fields
from openline.feeds.framing import Lines, Piece
from openline.feeds.report import Refusal, Report
from openline.feeds.rows import REQUIRED, RowOptions, RowReader

CELLS_MAX = 200


class CsvOptions(RowOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`delimiter` as the sender writes it; decimals have a point whatever the delimiter."""

    delimiter: Literal[",", ";", "\t"] = ","


class CsvDecoder:
    """Lines of comma-separated values → reports."""

    def __init__(self, source: str, options: CsvOptions, wall: fields.Wall | None = None) -> None:
        self._source = source
        self._delimiter = options.delimiter
        self._lines = Lines()
        self._rows = RowReader(source, options, wall)
        self.counted = self._rows.counted
        self._header: list[str] | None = None
        self._refused_header = False

    def receive(self, data: bytes, heard_ns: int) -> list[Report | Refusal]:
        """Take whatever arrived."""
        return [given for piece in self._lines.take(data) for given in self._line(piece, heard_ns)]

    def finish(self, heard_ns: int) -> list[Report | Refusal]:
        """The last line, if it had no LF."""
        return [given for piece in self._lines.finish() for given in self._line(piece, heard_ns)]

    def _line(self, piece: Piece, heard_ns: int) -> list[Report | Refusal]:
        position = f"line {piece.number}"
        try:
            if piece.fault is not None:
                raise Refused("line", fields.plain(piece.data), piece.fault)
            cells = self._cells(piece)
            if not any(cells):
                return []
            if self._header is None or (b"lat" in piece.data and _is_header(cells)):
                return self._take_header(cells, heard_ns, position)
            if len(cells) != len(self._header):
                raise Refused("line", fields.plain(piece.data), f"{len(self._header)} cells as in the header, not {len(cells)}")
        except Refused as no:
            return [fields.refusal(no, self._source, heard_ns, position)]
        return self._rows.read(dict(zip(self._header, cells, strict=True)), heard_ns, position)

    def _cells(self, piece: Piece) -> list[str]:
        data = piece.data.removeprefix(b"\xef\xbb\xbf") if piece.number == 1 else piece.data
        try:
            line = data.decode()
        except UnicodeDecodeError:
            raise Refused("line", fields.plain(data), "text in UTF-8") from None
        if '"' not in line:
            cells = line.split(self._delimiter)
        else:
            try:
                cells = next(csv.reader([line], delimiter=self._delimiter, strict=True), [])
            except csv.Error:
                raise Refused("line", line, "quotes that close on the same line (RFC 4180)") from None
        if len(cells) > CELLS_MAX:
            raise Refused("line", line, f"at most {CELLS_MAX} cells")
        return cells

    def _take_header(self, cells: list[str], heard_ns: int, position: str) -> list[Report | Refusal]:
        if not _is_header(cells):
            self.counted["lines_without_header"] = self.counted.get("lines_without_header", 0) + 1
            if self._refused_header:
                return []
            self._refused_header = True
            no = Refused("header", self._delimiter.join(cells), f"a first line that names {', '.join(REQUIRED)}")
            return [fields.refusal(no, self._source, heard_ns, position)]
        names = [cell.strip() for cell in cells]
        if len(set(names)) != len(names):
            no = Refused("header", self._delimiter.join(names), "each column named once")
            return [fields.refusal(no, self._source, heard_ns, position)]
        self._header = names
        return self._rows.check_names(dict.fromkeys(names), heard_ns, position)


def _is_header(cells: list[str]) -> bool:
    return {"id", "time", "lat", "lon"} <= {cell.strip() for cell in cells}
