"""Arrow streams and Parquet files carry the columns of rows, and cannot be made to open into more than was sent."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.clock import from_rfc3339
from openline.feeds.framing import frame
from openline.feeds.parquet import BATCH_ROWS, read_parquet
from openline.feeds.report import Refusal, Report
from openline.feeds.rows import RowOptions
from tests.rooms.feeds.samples import HEARD_NS, arrow_stream, only_refusal, only_report, read, refusals, reports

AT = "2017-05-18T09:30:00.250Z"
AT_NS = from_rfc3339(AT)


def columns(**over: Any) -> dict[str, Any]:
    time = pa.array([AT_NS // 1000], pa.timestamp("us", tz="UTC"))
    return {"id": ["a"], "time": time, "lat": [33.5], "lon": [38.6]} | over


def as_arrow(table: dict[str, Any], **options: Any) -> list[Report | Refusal]:
    return read("arrow", arrow_stream(table), **options)


def as_parquet(table: dict[str, Any], **options: Any) -> list[Report | Refusal]:
    file = io.BytesIO()
    pq.write_table(pa.table(table), file)
    file.seek(0)
    return [given for batch in read_parquet(file, "test", RowOptions(**options), HEARD_NS) for given in batch]


both = pytest.mark.parametrize("carried", [as_arrow, as_parquet])


@both
def test_a_row_is_a_report(carried: Any):
    report = only_report(carried(columns(altitude_ft=[1000.0], datum=["baro"], speed_kt=[10], source=["radar"])))
    assert (report.mover, report.observed_ns, report.lat_deg) == ("a", AT_NS, 33.5)
    assert report.altitude_baro_m == pytest.approx(304.8)
    assert report.original_source == "radar"


@both
@pytest.mark.parametrize(
    "time",
    [
        pa.array([AT_NS], pa.timestamp("ns", tz="UTC")),
        pa.array([AT_NS // 1_000_000], pa.timestamp("ms", tz="Asia/Amman")),
        pa.array([AT]),
        pa.array([AT]).dictionary_encode(),
        pa.array([AT], pa.large_string()),
    ],
)
def test_a_time_is_a_timestamp_with_its_zone_or_text(carried: Any, time: pa.Array):
    assert only_report(carried(columns(time=time))).observed_ns == AT_NS


@both
def test_a_timestamp_without_a_zone_is_refused_unless_the_setting_says_which(carried: Any):
    naive = columns(time=pa.array([AT_NS // 1000], pa.timestamp("us")))
    assert only_refusal(carried(naive)).field == "time"
    assert only_report(carried(naive, zone="+03:00")).observed_ns == AT_NS - 3 * 3600 * 10**9


@both
def test_a_null_is_not_stated(carried: Any):
    report = only_report(carried(columns(accuracy_m=pa.array([None], pa.float64()), callsign=pa.array([None], pa.string()))))
    assert report.accuracy_m != report.accuracy_m
    assert report.callsign is None


@both
@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("lat", [91.0]),
        ("lat", [float("nan")]),
        ("lon", [float("inf")]),
        ("id", [None]),
        ("time", pa.array([0], pa.timestamp("us", tz="UTC"))),
    ],
)
def test_a_row_without_a_usable_id_time_or_place_is_refused_whole(carried: Any, column: str, values: Any):
    if values == [None]:
        values = pa.array([None], pa.string())
    given = carried(columns(**{column: values}))
    assert reports(given) == []
    assert only_refusal(given).field == column


@both
def test_missing_columns_are_named(carried: Any):
    table = columns()
    del table["lat"]
    assert "missing lat" in only_refusal(carried(table)).accepted


@both
def test_a_bare_altitude_is_refused_once(carried: Any):
    given = carried(columns(altitude=[1500.0]))
    assert only_refusal(given).field == "altitude"
    assert len(reports(given)) == 1


@both
def test_a_column_of_lists_is_refused(carried: Any):
    assert only_refusal(carried(columns(lat=[[1.0]]))).field == "lat"


@pytest.mark.parametrize("codec", ["zstd", "lz4"])
def test_a_compressed_stream_is_refused(codec: str):
    given = read("arrow", arrow_stream(compression=codec))
    assert "without compression" in only_refusal(given).accepted


def test_a_compressed_dictionary_is_refused():
    table = columns(id=pa.array(["a"]).dictionary_encode())
    assert "without compression" in only_refusal(read("arrow", arrow_stream(table, compression="zstd"))).accepted


def test_a_stream_cut_short_is_refused_and_the_next_document_is_read():
    stream = arrow_stream()
    given = read("arrow", frame(stream[:-30]) + frame(stream))
    assert len(refusals(given)) >= 1
    assert len(reports(given)) >= 2


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_any_one_byte_may_be_wrong(at: int, byte: int):
    stream = bytearray(arrow_stream())
    stream[at % len(stream)] = byte
    read("arrow", bytes(stream))


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_any_one_byte_of_a_parquet_file_may_be_wrong(at: int, byte: int):
    file = io.BytesIO()
    pq.write_table(pa.table(columns()), file)
    data = bytearray(file.getvalue())
    data[at % len(data)] = byte
    list(read_parquet(io.BytesIO(bytes(data)), "test", RowOptions(), HEARD_NS))


def test_a_file_that_is_not_parquet_is_refused_once():
    ((refusal,),) = list(read_parquet(io.BytesIO(b"PAR1 no"), "test", RowOptions(), HEARD_NS))
    assert isinstance(refusal, Refusal)


def test_parquet_comes_in_batches_and_names_its_rows():
    rows = BATCH_ROWS + 10
    table = {name: pa.concat_arrays([pa.array(values)] * rows) for name, values in columns().items()}
    table["lat"] = pa.array([33.5] * (rows - 1) + [91.0])
    file = io.BytesIO()
    pq.write_table(pa.table(table), file)
    file.seek(0)
    batches = list(read_parquet(file, "test", RowOptions(), HEARD_NS))
    assert [len(batch) for batch in batches] == [BATCH_ROWS, 10]
    assert refusals(batches[1])[0].position == f"file, row {rows - 1}"
