"""Trace files of readsb and tar1090 (`trace_full_<hex>.json`): one aircraft, one JSON document, plain or gzip.

Source      README-json.md of readsb (wiedehopf/readsb), "trace jsons"; columns 9–13 as newer versions write them
Row         [s after `timestamp`, lat, lon, altitude or "ground" or null, knots, track, flags, fpm, details or null, type,
            geometric altitude, geometric fpm, …]
Flags       1 no position for 20 s before this one; 2 a new leg; 4 the vertical rate is geometric; 8 the altitude is geometric
Units       feet, knots, feet per minute, degrees
Datum       altitude: pressure altitude (1013.25 hPa) unless flag 8, then above the WGS-84 ellipsoid
Accuracy    from nac_p, rc and gva of the details, which come with every fourth row or so: used for DETAILS_S after they were
            sent, then unknown again. Callsign and squawk: for LABEL_S. A new leg forgets all three
Quirks      on the ground the track column is a heading, so it is not taken as a track. A gap is a gap: flag 1 is counted, and
            the times show it
"""

from math import nan
from typing import Any, Final

import msgspec

from openline.clock import NS_PER_MS, NS_PER_S
from openline.errors import Refused
from openline.feeds import adsb, fields
from openline.feeds.framing import Documents, Piece
from openline.feeds.readsb import ReadsbOptions
from openline.feeds.report import Method, Refusal, Report
from openline.units import M_PER_FT, MPS_PER_FPM, MPS_PER_KT

ROWS_MAX: Final = 300_000  # a day at the fastest writing, one row every 0.5 s, is 172,800
REFUSALS_PER_DOCUMENT_MAX: Final = 200
DETAILS_S: Final = 60
LABEL_S: Final = 600
ROW_CELLS_MIN: Final = 7

_STALE, _NEW_LEG, _GEOMETRIC_ALTITUDE = 1, 2, 8


class _Trace(msgspec.Struct):
    icao: str
    timestamp: float
    trace: list[Any]  # rows; one that is none is refused by itself
    t: str | None = None


_TRACE = msgspec.json.Decoder(_Trace)


class _Details(msgspec.Struct):
    """What the last details said, and when."""

    at_ns: int = 0
    nac_p: float = nan
    rc_m: float = nan
    gva: float = nan
    label_at_ns: int = 0
    callsign: str | None = None
    squawk: str | None = None
    category: str | None = None


class TraceDecoder:
    """Whole trace files → reports, one for each row."""

    def __init__(self, source: str, options: ReadsbOptions) -> None:
        self.counted: dict[str, int] = {"after_a_gap": 0, "new_legs": 0}
        self._source = source
        self._options = options
        self._documents = Documents()

    def receive(self, data: bytes, heard_ns: int) -> list[Report | Refusal]:
        """Take whatever arrived."""
        return [given for piece in self._documents.take(data) for given in self._piece(piece, heard_ns)]

    def finish(self, heard_ns: int) -> list[Report | Refusal]:
        """A bare document is whole now."""
        return [given for piece in self._documents.finish() for given in self._piece(piece, heard_ns)]

    def _piece(self, piece: Piece, heard_ns: int) -> list[Report | Refusal]:
        position = f"document {piece.number}"
        try:
            trace = _decoded(piece)
            mover = adsb.mover_of_hex(trace.icao)
            start_ns = fields.unix_s(trace.timestamp, "timestamp")
        except Refused as no:
            return [fields.refusal(no, self._source, heard_ns, position)]
        out: list[Report | Refusal] = []
        details = _Details()
        for index, row in enumerate(trace.trace):
            where = f"{position}, trace[{index}]"
            try:
                out.append(self._row(row, trace, start_ns, details, fields.Aside(self._source, heard_ns, where, mover, out)))
            except Refused as no:
                out.append(fields.refusal(no, self._source, heard_ns, where, mover))
        return fields.capped(out, self._source, heard_ns, position, REFUSALS_PER_DOCUMENT_MAX)

    def _row(self, row: Any, trace: _Trace, start_ns: int, details: _Details, aside: fields.Aside) -> Report:
        if not isinstance(row, list) or len(row) < ROW_CELLS_MIN:
            raise Refused("trace", row[:10] if isinstance(row, list) else row, f"a row of at least {ROW_CELLS_MIN} cells")
        row = row + [None] * (12 - len(row))
        after_s = fields.number(row[0], "seconds after timestamp", 0.0, 1e7, "seconds after the timestamp of the file")
        observed_ns = fields.within_years(start_ns + round(after_s * 1000) * NS_PER_MS, "time", after_s)
        lat_deg, lon_deg = fields.latitude(row[1]), fields.longitude(row[2])
        flags = 0 if row[6] is None else int(fields.number(row[6], "flags", 0.0, 65_535.0, "flags from 0 to 65535"))
        self.counted["after_a_gap"] += bool(flags & _STALE)
        self.counted["new_legs"] += bool(flags & _NEW_LEG)
        own = _learn(details, row[8], observed_ns, bool(flags & _NEW_LEG), aside)
        method = adsb.method_of(row[9] if isinstance(row[9], str) else None)
        labelled = observed_ns - details.label_at_ns <= LABEL_S * NS_PER_S
        return Report(
            source=self._source,
            mover=aside.mover,
            heard_ns=aside.heard_ns,
            lat_deg=lat_deg,
            lon_deg=lon_deg,
            observed_ns=observed_ns,
            mover_class=adsb.class_of(details.category, self._options.mover_class),
            method=method,
            callsign=details.callsign if labelled else None,
            squawk=details.squawk if labelled else None,
            type_code=adsb.type_of(trace.t),
            **_motion(row, flags, own, aside),
            **_accuracy(details, observed_ns, row[10] is not None, method),
        )


def _decoded(piece: Piece) -> _Trace:
    if piece.fault is not None:
        raise Refused("document", fields.plain(piece.data), piece.fault)
    if piece.data.count(b"[") > ROWS_MAX:
        raise Refused("document", fields.plain(piece.data), f"a trace of at most {ROWS_MAX} rows")
    try:
        return _TRACE.decode(piece.data)
    except (msgspec.DecodeError, ValueError, RecursionError) as why:
        raise Refused("document", fields.plain(piece.data), f"a trace file as readsb writes it ({why})") from None


def _learn(details: _Details, given: object, at_ns: int, new_leg: bool, aside: fields.Aside) -> dict[str, Any]:
    """Keep what the details of this row say; gives them back as a dict, empty where the row has none."""
    if new_leg:
        details.at_ns = details.label_at_ns = 0
        details.callsign = details.squawk = None
    if not isinstance(given, dict):
        return {}
    details.at_ns = at_ns
    details.nac_p = aside.read(adsb.nac_p, given.get("nac_p"), "nac_p")
    details.rc_m = aside.read(adsb.containment, given.get("rc"), "rc")
    details.gva = aside.read(adsb.gva, given.get("gva"), "gva")
    flight, squawk, category = given.get("flight"), given.get("squawk"), given.get("category")
    if isinstance(flight, str):
        details.callsign, details.label_at_ns = adsb.callsign_of(flight), at_ns
    if isinstance(squawk, str):
        details.squawk = adsb.squawk_of(squawk)
    if isinstance(category, str):
        details.category = category
    return given


def _motion(row: list[Any], flags: int, own: dict[str, Any], aside: fields.Aside) -> dict[str, Any]:
    """Heights in the field of their datum, and speeds."""
    ground = row[3] == "ground"
    height_m = nan if ground else aside.read(fields.altitude, row[3], "altitude", M_PER_FT)
    geometric_m = aside.read(fields.altitude, row[10], "geometric altitude", M_PER_FT)
    if flags & _GEOMETRIC_ALTITUDE:
        height_m, geometric_m = nan, height_m if height_m == height_m else geometric_m
    track = own.get("track") if ground else row[5]
    rate = row[7] if row[7] is not None else row[11]
    return {
        "altitude_baro_m": height_m,
        "altitude_wgs84_m": geometric_m,
        "speed_mps": aside.read(fields.speed, row[4], "ground speed", MPS_PER_KT),
        "track_deg": aside.read(fields.track, track, "track"),
        "vertical_mps": aside.read(fields.vertical, rate, "vertical rate", MPS_PER_FPM),
        "on_ground": True if ground else None,
    }


def _accuracy(details: _Details, at_ns: int, geometric: bool, method: Method) -> dict[str, Any]:
    """95 % radius and height bound, while the details are fresh."""
    if at_ns - details.at_ns > DETAILS_S * NS_PER_S:
        return {}
    vertical_m = adsb.VEPU_M[int(details.gva)] if geometric and details.gva == details.gva else nan
    return {"accuracy_m": adsb.accuracy_of(details.nac_p, details.rc_m, method), "vertical_accuracy_m": vertical_m}
