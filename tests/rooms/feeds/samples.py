"""One good input of every kind, made here, and what the tests of the room share."""

import io
import json
from itertools import pairwise
from typing import Any

import pyarrow as pa

from openline.feeds import Decoder, decoder
from openline.feeds.framing import frame
from openline.feeds.osmand import request
from openline.feeds.report import Refusal, Report

HEARD_NS = 1_495_099_802_000_000_000  # 2017-05-18T09:30:02Z
NOW_S = 1_495_099_800.0

AIRCRAFT: dict[str, Any] = {
    "hex": "4CA7B3",
    "type": "adsb_icao",
    "flight": "EIN123  ",
    "t": "A320",
    "category": "A3",
    "squawk": "4637",
    "alt_baro": 32000,
    "alt_geom": 33825,
    "gs": 480.0,
    "track": 327.8,
    "baro_rate": -640,
    "lat": 33.5,
    "lon": 38.6,
    "seen_pos": 0.25,
    "nac_p": 10,
    "rc": 186,
    "gva": 2,
}


def aircraft_json(*entries: dict[str, Any], now: object = NOW_S) -> bytes:
    return json.dumps({"now": now, "messages": 1, "aircraft": list(entries)}).encode()


def trace_json(*rows: list[Any], **over: Any) -> bytes:
    document = {"icao": "ac671b", "t": "B739", "timestamp": NOW_S, "trace": list(rows)} | over
    return json.dumps(document).encode()


TRACE_ROW: list[Any] = [
    1.5,
    33.5,
    38.6,
    32000,
    478.6,
    327.8,
    0,
    -64,
    {"flight": "DAL1 ", "nac_p": 10, "gva": 2},
    "adsb_icao",
    33825,
]

SBS = (
    b"MSG,1,1,1,4CA2D6,1,2017/05/18,09:30:00.000,2017/05/18,09:30:00.100,EIN12A,,,,,,,,,,,0\r\n"
    b"MSG,4,1,1,4CA2D6,1,2017/05/18,09:30:00.100,2017/05/18,09:30:00.100,,,408.3,146.4,,,64,,,,,0\r\n"
    b"MSG,3,1,1,4CA2D6,1,2017/05/18,09:30:00.500,2017/05/18,09:30:00.600,,37000,,,51.45735,-1.02826,,,0,0,0,0\r\n"
)
CSV = (
    b"id,time,lat,lon,altitude_ft,datum,accuracy_m,speed_kt,track_deg,source\r\n"
    b"truck-1,2017-05-18T09:30:00.250Z,33.5,38.6,1500,amsl,25,30,90,radio\r\n"
    b'"truck,2",2017-05-18T12:30:00+03:00,33.6,38.7,,,,,,\r\n'
)
NDJSON = b'{"id":"truck-1","time":"2017-05-18T09:30:00.250Z","lat":33.5,"lon":38.6,"altitude_m":450.5,"datum":"wgs84"}\n'
GPX = b"""<?xml version="1.0"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="1" lon="2"/>
<trk><name>lorry</name><trkseg>
<trkpt lat="33.5" lon="38.6"><ele>700</ele><time>2017-05-18T09:30:00Z</time><extensions><speed>5</speed></extensions></trkpt>
<trkpt lat="33.6" lon="38.7"><time>2017-05-18T09:31:00Z</time></trkpt>
</trkseg></trk></gpx>"""
OSMAND = request("GET", "id=truck-1&lat=33.5&lon=38.6&timestamp=1495099800&speed=10&bearing=90&accuracy=10")


def arrow_stream(columns: dict[str, Any] | None = None, **options: Any) -> bytes:
    table = pa.table(columns or {"id": ["a", "b"], "time": _times(), "lat": [33.5, 33.6], "lon": [38.6, 38.7]})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _times() -> pa.Array:
    return pa.array([1_495_099_800_250_000, 1_495_099_801_000_000], pa.timestamp("us", tz="UTC"))


GOOD: dict[str, bytes] = {
    "readsb": frame(aircraft_json(AIRCRAFT)) + frame(aircraft_json(AIRCRAFT, now=NOW_S + 1)),
    "readsb_trace": frame(trace_json(TRACE_ROW, TRACE_ROW)),
    "sbs": SBS,
    "ndjson": NDJSON * 3,
    "csv": CSV,
    "arrow": frame(arrow_stream()) + frame(arrow_stream()),
    "osmand": OSMAND * 2,
    "gpx": frame(GPX) + frame(GPX),
}
"""Kind → a stream that gives reports and no refusals but that of a height without a datum."""


def read(kind: str, data: bytes, cuts: list[int] | None = None, **options: Any) -> list[Report | Refusal]:
    """Everything a fresh decoder gives for `data` cut at `cuts`, the end included."""
    return read_with(decoder(kind, "test", options), data, cuts)


def read_with(fresh: Decoder, data: bytes, cuts: list[int] | None = None) -> list[Report | Refusal]:
    edges = [0, *sorted(cuts or []), len(data)]
    out: list[Report | Refusal] = []
    for start, end in pairwise(edges):
        out += fresh.receive(data[start:end], HEARD_NS)
    return out + fresh.finish(HEARD_NS)


def reports(given: list[Report | Refusal]) -> list[Report]:
    return [one for one in given if isinstance(one, Report)]


def refusals(given: list[Report | Refusal]) -> list[Refusal]:
    return [one for one in given if isinstance(one, Refusal)]


def only_report(given: list[Report | Refusal]) -> Report:
    (report,) = reports(given)
    return report


def only_refusal(given: list[Report | Refusal]) -> Refusal:
    (refusal,) = refusals(given)
    return refusal
