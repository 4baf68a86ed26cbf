"""Parquet files for `openline audit`: the columns of `rows`, a batch of rows at a time, so memory does not grow with the file.

The file is one the caller opened: nothing here knows a path. Bytes that are not Parquet give one refusal, never an exception.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from openline.errors import Refused
from openline.feeds import fields
from openline.feeds.arrow import REFUSALS_PER_DOCUMENT_MAX, BatchReader
from openline.feeds.report import Refusal, Report
from openline.feeds.rows import BARE_NAMES, COLUMNS, RowOptions

BATCH_ROWS: Final = 16_384  # about 20 MB of reports

_BAD: Final = (pa.ArrowException, ValueError, OverflowError, NotImplementedError, OSError, KeyError)


def read_parquet(
    file: BinaryIO, source: str, options: RowOptions, heard_ns: int, wall: fields.Wall | None = None
) -> Iterator[list[Report | Refusal]]:
    """The reports of a Parquet file, batch by batch; `heard_ns` is when the file was read, `wall` for times without a zone."""
    reader = BatchReader(source, options, wall)
    first_row = 0
    try:
        with pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20) as parquet:
            names = [name for name in parquet.schema_arrow.names if name in COLUMNS or name in BARE_NAMES]
            for batch in parquet.iter_batches(batch_size=BATCH_ROWS, columns=names, use_threads=False):
                given = reader.read(batch, first_row, heard_ns, "file")
                yield fields.capped(given, source, heard_ns, "file", REFUSALS_PER_DOCUMENT_MAX)
                first_row += batch.num_rows
    except Refused as no:
        yield [fields.refusal(no, source, heard_ns, "file")]
    except _BAD as why:
        words: Any = str(why).splitlines()[0][:120] if str(why) else type(why).__name__
        yield [fields.refusal(Refused("file", words, "a whole Parquet file"), source, heard_ns, f"row {first_row}")]
