"""Recorded tracks from files, for audits: CSV, NDJSON, Parquet, readsb traces; told by content and name, gzip unpacked
within bounds.
"""

import datetime as dt
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from openline.clock import NS_PER_S
from openline.errors import Refused
from openline.feeds import Decoder, decoder
from openline.feeds.csv_text import CsvDecoder, CsvOptions
from openline.feeds.fields import Wall, zone_shift_ns
from openline.feeds.framing import DOCUMENT_BYTES_MAX, frame
from openline.feeds.ndjson import NdjsonDecoder
from openline.feeds.report import Refusal, Report
from openline.feeds.rows import RowOptions
from openline.node.places import refuse_unreadable

READ_BYTES: Final = 1 << 20
UNPACKED_BYTES_MAX: Final = 8 << 30  # of one gzip file; a day of a large receiver is about 2 GB
GZIP: Final = b"\x1f\x8b"
SUFFIXES: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "readsb_trace",
    ".parquet": "parquet",
}
HEARD_NS: Final = 4_070_908_800 * NS_PER_S  # an archive was heard after everything in it: only the limits of the calendar apply

Given = Iterator[list[Report | Refusal]]


def read_tracks(path: Path, options: dict[str, Any], moved: Callable[[int], None], option: str = "--tracks") -> Given:
    """Reports and refusals of one file, in pieces; `moved` is told of bytes read; `option` is what the path was given as.

    `options` are those of `feeds.rows`; its `zone` may be an IANA name too. Raises `Refused` for a file of no known kind,
    and for one that cannot be read to its end.
    """
    kind = kind_of(path, option)
    zone = options.get("zone")
    wall = None if zone is None else wall_clock(zone)
    options = {name: value for name, value in options.items() if name != "zone"}
    with path.open("rb") as file:
        if kind == "parquet":
            yield from _parquet(file, path.name, options, wall, moved)
            return
        chosen = options if kind != "readsb_trace" else {}
        if kind == "csv" and path.name.removesuffix(".gz").endswith(".tsv"):
            chosen = {**chosen, "delimiter": "\t"}
        reader = _reader(kind, path.name, chosen, wall)
        pieces = _unpacked(file, path, moved, option)
        if kind == "readsb_trace":
            yield reader.receive(frame(_whole(pieces, path, option)), HEARD_NS)
        else:
            for piece in pieces:
                yield reader.receive(piece, HEARD_NS)
        yield reader.finish(HEARD_NS)


def kind_of(path: Path, option: str = "--tracks") -> str:
    """Which reader a file is for. Raises `BadPath`, `Refused`."""
    refuse_unreadable(path, option)
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PAR1":
        return "parquet"
    name = path.name.lower().removesuffix(".gz")
    for suffix, kind in SUFFIXES.items():
        if name.endswith(suffix) and kind != "parquet":
            return kind
    if name.endswith(".parquet"):
        raise Refused(option, str(path), "a whole Parquet file; this one does not begin with PAR1")
    raise Refused(option, str(path), "a .csv, .tsv, .ndjson, .jsonl, .parquet or readsb trace .json file, each also as .gz")


def wall_clock(zone: str, option: str = "--time-zone") -> Wall:
    """What clocks of a zone showed → the instant. Takes UTC, an offset, or an IANA name. Raises `Refused` for another text.

    A name is for archives only: its rules change, and a live node must replay to the same times years later.
    """
    try:
        shift_ns = zone_shift_ns(zone)
        return lambda shown_ns, field: shown_ns - shift_ns
    except Refused:
        pass
    try:
        named = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        accepted = "UTC, an offset such as +02:00, or an IANA name such as Europe/Paris"
        raise Refused(option, zone, accepted) from None
    return lambda shown_ns, field: _of_zone(shown_ns, named, field)


def _of_zone(shown_ns: int, zone: ZoneInfo, field: str) -> int:
    """When clocks there showed this. Raises `Refused` for an hour that was left out or came twice."""
    seconds, rest_ns = divmod(shown_ns, NS_PER_S)
    shown = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    moments = {int(shown.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1)}
    if len(moments) > 1:
        accepted = f"a time that {zone.key} had once: clocks were set forward or back here; give the time with its offset"
        raise Refused(field, f"{shown:%Y-%m-%dT%H:%M:%S}", accepted)
    return moments.pop() * NS_PER_S + rest_ns


def _reader(kind: str, name: str, options: dict[str, Any], wall: Wall | None) -> Decoder:
    if wall is not None and kind == "csv":
        return CsvDecoder(name, CsvOptions(**options), wall)
    if wall is not None and kind == "ndjson":
        return NdjsonDecoder(name, RowOptions(**options), wall)
    return decoder(kind, name, options)


def _parquet(file: BinaryIO, name: str, options: dict[str, Any], wall: Wall | None, moved: Callable[[int], None]) -> Given:
    from openline.feeds.parquet import read_parquet

    for piece in read_parquet(file, name, RowOptions(**options), HEARD_NS, wall):
        moved(0)
        yield piece


def _unpacked(file: BinaryIO, path: Path, moved: Callable[[int], None], option: str) -> Iterator[bytes]:
    start = file.read(2)
    file.seek(0)
    if start != GZIP:
        while piece := file.read(READ_BYTES):
            moved(len(piece))
            yield piece
        return
    unpack = zlib.decompressobj(wbits=31)
    total, begun = 0, False
    while piece := file.read(READ_BYTES):
        moved(len(piece))
        while piece:
            begun = True
            try:
                data = unpack.decompress(piece, READ_BYTES)
            except zlib.error as wrong:
                raise Refused(option, str(path), f"a whole gzip file ({wrong})") from None
            total += len(data)
            if total > UNPACKED_BYTES_MAX:
                raise Refused(option, str(path), f"at most {UNPACKED_BYTES_MAX} bytes unpacked")
            yield data
            piece = unpack.unconsumed_tail
            if unpack.eof:  # another gzip member may follow
                piece, begun = unpack.unused_data, False
                unpack = zlib.decompressobj(wbits=31)
    if begun:
        raise Refused(option, str(path), "a whole gzip file; this one is cut off")


def _whole(pieces: Iterator[bytes], path: Path, option: str) -> bytes:
    parts, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > DOCUMENT_BYTES_MAX:
            raise Refused(option, str(path), f"a trace of at most {DOCUMENT_BYTES_MAX} bytes")
        parts.append(piece)
    return b"".join(parts)
