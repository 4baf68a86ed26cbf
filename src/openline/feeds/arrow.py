"""Arrow IPC streams and Arrow tables: the columns of `rows`, read by name.

Columns    as in `rows`; `time` is a timestamp with a zone (any unit), or text, or a number where the option `time` says so. A
           timestamp without a zone is refused unless the option `zone` says which
Stream     each document is one whole IPC stream. Compressed streams are refused: a few bytes could open to gigabytes
Limits     ROWS_MAX rows a document
"""

import struct
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from openline.errors import Refused
from openline.feeds import fields
from openline.feeds.framing import Documents, Piece
from openline.feeds.report import Refusal, Report
from openline.feeds.rows import COLUMNS, REQUIRED, Instant, RowOptions, RowReader, Shown

ROWS_MAX: Final = 1_000_000
REFUSALS_PER_DOCUMENT_MAX: Final = 200

_NS_PER_UNIT: Final = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
_BAD: Final = (pa.ArrowException, ValueError, OverflowError, NotImplementedError, OSError, KeyError)


class ArrowDecoder:
    """IPC streams → reports, one for each row."""

    def __init__(self, source: str, options: RowOptions) -> None:
        self._source = source
        self._documents = Documents()
        self._batches = BatchReader(source, options)
        self.counted = self._batches.counted

    def receive(self, data: bytes, heard_ns: int) -> list[Report | Refusal]:
        """Take whatever arrived."""
        return [given for piece in self._documents.take(data) for given in self._piece(piece, heard_ns)]

    def finish(self, heard_ns: int) -> list[Report | Refusal]:
        """A bare document is whole now."""
        return [given for piece in self._documents.finish() for given in self._piece(piece, heard_ns)]

    def _piece(self, piece: Piece, heard_ns: int) -> list[Report | Refusal]:
        position = f"document {piece.number}"
        out: list[Report | Refusal] = []
        try:
            if piece.fault is not None:
                raise Refused("document", fields.plain(piece.data), piece.fault)
            rows = 0
            for batch in _stream(piece.data):
                if rows + batch.num_rows > ROWS_MAX:
                    raise Refused("document", rows + batch.num_rows, f"at most {ROWS_MAX} rows")
                out += self._batches.read(batch, rows, heard_ns, position)
                rows += batch.num_rows
        except Refused as no:
            out.append(fields.refusal(no, self._source, heard_ns, position))
        return fields.capped(out, self._source, heard_ns, position, REFUSALS_PER_DOCUMENT_MAX)


class BatchReader:
    """Record batches of one feed → reports."""

    def __init__(self, source: str, options: RowOptions, wall: fields.Wall | None = None) -> None:
        self._source = source
        self._rows = RowReader(source, options, wall)
        self.counted = self._rows.counted

    def read(self, batch: pa.RecordBatch, first_row: int, heard_ns: int, position: str) -> list[Report | Refusal]:
        """The rows of a batch. Raises `Refused` when the batch as a whole has not the columns."""
        try:
            given, names, columns = _columns(batch, self._rows.zone_known)
        except _BAD as why:  # names and zones that are no text, values that do not fit their type
            raise Refused("columns", type(why).__name__, "columns whose names and values can be read") from None
        out = self._rows.check_names(dict.fromkeys(given), heard_ns, position)
        for index, cells in enumerate(zip(*columns, strict=True)):
            out += self._rows.read(dict(zip(names, cells, strict=True)), heard_ns, f"{position}, row {first_row + index}")
        return out


def _columns(batch: pa.RecordBatch, zone_known: bool) -> tuple[list[str], list[str], list[list[Any]]]:
    """The names there are, the names we read, and the values of those."""
    given = list(batch.schema.names)
    names = [name for name in COLUMNS if given.count(name) == 1]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        accepted = f"columns {', '.join(REQUIRED)}, each once; missing {', '.join(missing)}"
        raise Refused("columns", ", ".join(given)[:200], accepted)
    return given, names, [_times(batch, zone_known) if name == "time" else _values(batch, name) for name in names]


def _stream(document: bytes) -> Iterator[pa.RecordBatch]:
    """The batches of an uncompressed stream, each checked before it is used."""
    try:
        for message in pa.ipc.MessageReader.open_stream(pa.py_buffer(document)):
            if message.type in ("record batch", "dictionary") and _is_compressed(message.metadata.to_pybytes()):
                raise Refused("document", "a compressed Arrow stream", "an Arrow IPC stream without compression")
        with pa.ipc.open_stream(pa.py_buffer(document)) as reader:
            for batch in reader:
                batch.validate(full=True)
                yield batch
    except _BAD as why:
        words = str(why).splitlines()[0][:120] if str(why) else type(why).__name__
        raise Refused("document", fields.plain(document), f"a whole Arrow IPC stream ({words})") from None


def _is_compressed(metadata: bytes) -> bool:
    """Whether a message says its buffers are compressed: field 3 of RecordBatch in Arrow's format/Message.fbs.

    Anything that does not read as that table counts as compressed: what cannot be told is not let through.
    """
    try:
        table = _at(metadata, 0)
        kind = metadata[table + _field(metadata, table, 1)]
        header = _follow(metadata, table + _field(metadata, table, 2))
        if kind == 2:  # DictionaryBatch: its field 1 is a RecordBatch
            header = _follow(metadata, header + _field(metadata, header, 1))
        return _field(metadata, header, 3) != 0
    except (struct.error, IndexError):
        return True


def _at(data: bytes, where: int) -> int:
    return int(struct.unpack_from("<I", data, where)[0])


def _follow(data: bytes, where: int) -> int:
    return where + _at(data, where)


def _field(data: bytes, table: int, index: int) -> int:
    """Where field `index` lies from the start of a flatbuffer table; 0 when it is absent."""
    vtable = table - int(struct.unpack_from("<i", data, table)[0])
    size = struct.unpack_from("<H", data, vtable)[0]
    place = 4 + 2 * index
    return int(struct.unpack_from("<H", data, vtable + place)[0]) if place < size else 0


def _values(batch: pa.RecordBatch, name: str) -> list[Any]:
    column = batch.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    simple = (
        pa.types.is_floating(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_null(kind)
    )
    if not simple:
        raise Refused(name, str(kind), "a column of numbers, text or booleans")
    values: list[Any] = column.to_pylist()
    return values


def _times(batch: pa.RecordBatch, zone_known: bool) -> list[Any]:
    """Timestamps as instants, or as what clocks showed; anything else as it stands, for the option `time` to read."""
    column = batch.column("time")
    kind = column.type
    if not pa.types.is_timestamp(kind):
        return _values(batch, "time")
    if kind.tz is None and not zone_known:
        accepted = f"a timestamp column with a zone, such as timestamp[us, tz=UTC]; or {fields.SET_ZONE}"
        raise Refused("time", str(kind), accepted)
    made = Shown if kind.tz is None else Instant
    scale = _NS_PER_UNIT[kind.unit]
    counts = pc.cast(column, pa.int64()).to_pylist()
    return [None if count is None else made(count * scale) for count in counts]
