"""aircraft.json as readsb, tar1090, dump1090-fa and the re-api write it: one JSON document a poll.

Source      README-json.md of readsb (wiedehopf/readsb); the re-api's `jv2` answer has `ac` for `aircraft` and `now` in
            milliseconds
Units       feet, knots, feet per minute, degrees, metres, seconds
Datum       alt_baro: pressure altitude (1013.25 hPa), or the word "ground"; alt_geom: above the WGS-84 ellipsoid
Time        observed = `now` − `seen_pos`. A document whose `now` is missing or outside 2000–2099 is refused: nothing in it
            has a time
Accuracy    95 %: the bound of nac_p (EPU). Where nac_p is absent, `rc`, a containment radius and so never less than the 95 %
            radius. nac_p 0 means unknown and stays unknown, whatever rc says. Positions found by MLAT carry no accuracy
Quirks      after 60 s readsb moves lat, lon to `lastPosition`: that is reported with its own old time, without height or
            speed (they belong to another moment). `rr_lat`, `rr_lon` are the receiver's guess and are not positions. The same
            position in the next poll keeps the observed time it had, although `now` and `seen_pos` are rounded, so that it
            stays one measurement. A file that nobody writes any more is still served: the same `now` again gives nothing, and
            is refused after STUCK_S.
"""

from collections.abc import Callable
from math import nan
from typing import Any, Final

import msgspec

from openline.clock import NS_PER_MS, NS_PER_S
from openline.errors import Refused
from openline.feeds import adsb, fields
from openline.feeds.framing import Documents, Piece
from openline.feeds.report import Method, MoverClass, Refusal, Report
from openline.units import M_PER_FT, MPS_PER_FPM, MPS_PER_KT

OBJECTS_PER_DOCUMENT_MAX: Final = 200_000  # `{` in one document; 12,000 aircraft have about 15,000
ENTRY_BYTES_MAX: Final = 16_384  # a full entry is about 900 bytes
REFUSALS_PER_DOCUMENT_MAX: Final = 200  # then one more that says how many were left out
STUCK_S: Final = 10
SAME_POSITION_NS: Final = 250 * NS_PER_MS  # `now` and `seen_pos` are rounded to 0.1 s by older writers: two roundings, and some
AGE_S_MAX: Final = 1e8  # three years: nothing is that old in a document that lists what is heard now
MILLISECONDS_FROM: Final = 1e11  # 5138 as seconds, 1973 as milliseconds

FT_MIN: Final = fields.ALTITUDE_M_MIN / M_PER_FT
FT_MAX: Final = fields.ALTITUDE_M_MAX / M_PER_FT
KT_MAX: Final = fields.SPEED_MPS_MAX / MPS_PER_KT
FPM_MAX: Final = fields.VERTICAL_MPS_MAX / MPS_PER_FPM


class LastPosition(msgspec.Struct, gc=False):
    """Where an aircraft was when its position grew older than 60 s."""

    lat: float | None = None
    lon: float | None = None
    age: float | None = None


class Aircraft(msgspec.Struct, gc=False, kw_only=True):
    """The fields we read of one entry; the rest is passed over."""

    hex: str
    type: str | None = None
    flight: str | None = None
    t: str | None = None
    category: str | None = None
    squawk: str | None = None
    alt_baro: float | str | None = None
    alt_geom: float | None = None
    gs: float | None = None
    track: float | None = None
    baro_rate: float | None = None
    geom_rate: float | None = None
    lat: float | None = None
    lon: float | None = None
    seen_pos: float | None = None
    nac_p: float | None = None
    rc: float | None = None
    gva: float | None = None
    mlat: list[str] | None = None
    tisb: list[str] | None = None
    lastPosition: LastPosition | None = None


class _Document(msgspec.Struct):
    now: float
    aircraft: list[Aircraft] | None = None
    ac: list[Aircraft] | None = None


class _LooseDocument(msgspec.Struct):
    now: float | None = None
    aircraft: list[msgspec.Raw] | None = None
    ac: list[msgspec.Raw] | None = None


class ReadsbOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`mover_class` is what moves where the emitter category does not say."""

    mover_class: MoverClass = "aircraft"


_DOCUMENT = msgspec.json.Decoder(_Document)
_LOOSE = msgspec.json.Decoder(_LooseDocument)
_ENTRY = msgspec.json.Decoder(Aircraft)
_ANY = msgspec.json.Decoder()
_FIELD_TYPES: Final[dict[str, Any]] = {field.name: field.type for field in msgspec.structs.fields(Aircraft)}
_BAD: Final = (msgspec.DecodeError, ValueError, RecursionError)


class ReadsbDecoder:
    """Documents of aircraft → reports."""

    def __init__(self, source: str, options: ReadsbOptions) -> None:
        self.counted: dict[str, int] = {"without_position": 0, "last_position": 0, "repeated_document": 0}
        self._source = source
        self._options = options
        self._documents = Documents()
        self._seen: dict[str, tuple[float, float, int]] = {}  # mover → lat, lon, observed: as many as the last document had
        self._now_ns = 0
        self._now_since_ns = 0
        self._stuck = False

    def receive(self, data: bytes, heard_ns: int) -> list[Report | Refusal]:
        """Take whatever arrived."""
        return [given for piece in self._documents.take(data) for given in self._piece(piece, heard_ns)]

    def finish(self, heard_ns: int) -> list[Report | Refusal]:
        """A bare document is whole now."""
        return [given for piece in self._documents.finish() for given in self._piece(piece, heard_ns)]

    def _piece(self, piece: Piece, heard_ns: int) -> list[Report | Refusal]:
        position = f"document {piece.number}"
        try:
            if piece.fault is not None:
                raise Refused("document", fields.plain(piece.data), piece.fault)
            if piece.data.count(b"{") > OBJECTS_PER_DOCUMENT_MAX:
                raise Refused("document", fields.plain(piece.data), f"at most {OBJECTS_PER_DOCUMENT_MAX} objects")
            now, entries, out = self._decoded(piece.data, heard_ns, position)
            now_ns = fields.unix_ms(now, "now") if now >= MILLISECONDS_FROM else fields.unix_s(now, "now")
            if self._repeats(now_ns, heard_ns):
                return []
        except Refused as no:
            return [fields.refusal(no, self._source, heard_ns, position)]
        poll = _Poll(self._source, heard_ns, position, now_ns, out, self._options.mover_class, self._seen)
        for index, entry in entries:
            poll.take(index, entry)
        self._seen = poll.seen
        self.counted["without_position"] += poll.without_position
        self.counted["last_position"] += poll.last_position
        return fields.capped(out, self._source, heard_ns, position, REFUSALS_PER_DOCUMENT_MAX)

    def _repeats(self, now_ns: int, heard_ns: int) -> bool:
        """Whether this document was already read. Refuses, once, when that has gone on for STUCK_S."""
        if now_ns != self._now_ns:
            self._now_ns, self._now_since_ns, self._stuck = now_ns, heard_ns, False
            return False
        self.counted["repeated_document"] += 1
        if not self._stuck and heard_ns - self._now_since_ns >= STUCK_S * NS_PER_S:
            self._stuck = True
            raise Refused("now", now_ns / NS_PER_S, f"a newer document every {STUCK_S} s; this one is served again")
        return True

    def _decoded(
        self, data: bytes, heard_ns: int, position: str
    ) -> tuple[float, list[tuple[int, Aircraft]], list[Report | Refusal]]:
        """`now`, the entries with their index, and the refusals of those that could not be read."""
        out: list[Report | Refusal] = []
        try:
            document = _DOCUMENT.decode(data)
            whole = document.aircraft if document.aircraft is not None else document.ac
            if whole is not None:
                return document.now, list(enumerate(whole)), out
        except _BAD:
            pass
        try:
            loose = _LOOSE.decode(data)
        except _BAD as why:
            raise Refused("document", fields.plain(data), f"aircraft.json as readsb writes it ({why})") from None
        raws = loose.aircraft if loose.aircraft is not None else loose.ac
        if raws is None:
            raise Refused("aircraft", fields.plain(data), "a list of aircraft under `aircraft` or `ac`")
        if loose.now is None:
            raise Refused("now", None, "the time of the document in Unix seconds or milliseconds")
        entries: list[tuple[int, Aircraft]] = []
        for index, raw in enumerate(raws):
            try:
                entries.append((index, self._loose_entry(bytes(raw), heard_ns, f"{position}, aircraft[{index}]", out)))
            except Refused as no:
                out.append(fields.refusal(no, self._source, heard_ns, f"{position}, aircraft[{index}]"))
        return loose.now, entries, out

    def _loose_entry(self, raw: bytes, heard_ns: int, position: str, out: list[Report | Refusal]) -> Aircraft:
        """An entry in which some fields are of another kind than documented: those are refused, the rest is kept."""
        try:
            return _ENTRY.decode(raw)
        except _BAD:
            pass
        if len(raw) > ENTRY_BYTES_MAX:
            raise Refused("aircraft", fields.plain(raw), f"an entry of at most {ENTRY_BYTES_MAX} bytes")
        try:
            given = _ANY.decode(raw)
        except _BAD:
            given = None
        if not isinstance(given, dict) or not isinstance(given.get("hex"), str):
            raise Refused("hex", fields.plain(raw), "an aircraft with its 24-bit address in 6 hex digits")
        kept: dict[str, Any] = {}
        for name, shape in _FIELD_TYPES.items():
            if name not in given:
                continue
            try:
                kept[name] = msgspec.convert(given[name], shape)
            except _BAD as why:
                no = Refused(name, given[name], str(why))
                out.append(fields.refusal(no, self._source, heard_ns, position, given["hex"][:16]))
        return Aircraft(**kept)


class _Poll:
    """One document on its way to reports. The hot half of the room: a good value is checked in place and costs no call."""

    def __init__(
        self,
        source: str,
        heard_ns: int,
        position: str,
        now_ns: int,
        out: list[Report | Refusal],
        mover_class: MoverClass,
        before: dict[str, tuple[float, float, int]],
    ) -> None:
        self.seen: dict[str, tuple[float, float, int]] = {}
        self.without_position = 0
        self.last_position = 0
        self._source = source
        self._heard_ns = heard_ns
        self._position = position
        self._now_ns = now_ns
        self._out = out
        self._mover_class: MoverClass = mover_class
        self._before = before
        self._index = 0
        self._mover = ""

    def take(self, index: int, entry: Aircraft) -> None:
        """One aircraft → its report, a count, or refusals."""
        lat, lon, age_s, last = entry.lat, entry.lon, entry.seen_pos, False
        if lat is None or lon is None:
            place = entry.lastPosition
            if place is None or place.lat is None or place.lon is None:
                self.without_position += 1
                return
            lat, lon, age_s, last = place.lat, place.lon, place.age, True
            self.last_position += 1
        self._index, self._mover = index, entry.hex[:16]
        try:
            mover = self._mover = adsb.mover_of_hex(entry.hex)
            if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
                fields.latitude(lat)
                fields.longitude(lon)
            observed_ns = self._observed_ns(age_s, last)
        except Refused as no:
            self._refuse(no)
            return
        if observed_ns is not None:
            observed_ns = self._same_measurement(mover, lat, lon, observed_ns)
        if last:
            self._out.append(self._old_report(entry, mover, lat, lon, observed_ns))
        else:
            self._out.append(self._report(entry, mover, lat, lon, observed_ns))

    def _observed_ns(self, age_s: float | None, last: bool) -> int | None:
        if age_s is None:
            if last:
                raise Refused("lastPosition.age", None, "how old the last position is, seconds")
            return None
        if not -1.0 <= age_s <= AGE_S_MAX:  # a rounded `now` may make it a little negative
            raise Refused("seen_pos", age_s, "seconds since the position was heard")
        return self._now_ns - round(age_s * 1000.0) * NS_PER_MS

    def _same_measurement(self, mover: str, lat: float, lon: float, observed_ns: int) -> int:
        """The time this very position had in the document before, where rounding alone makes the difference."""
        before = self._before.get(mover)
        if before is not None and before[0] == lat and before[1] == lon and abs(observed_ns - before[2]) <= SAME_POSITION_NS:
            self.seen[mover] = before
            return before[2]
        self.seen[mover] = (lat, lon, observed_ns)
        return observed_ns

    def _old_report(self, entry: Aircraft, mover: str, lat: float, lon: float, observed_ns: int | None) -> Report:
        """The last position of an aircraft, at its own old time and with nothing that is newer than it."""
        return Report(
            source=self._source,
            mover=mover,
            heard_ns=self._heard_ns,
            lat_deg=lat,
            lon_deg=lon,
            observed_ns=observed_ns,
            mover_class=adsb.class_of(entry.category, self._mover_class),
            callsign=adsb.callsign_of(entry.flight),
            squawk=adsb.squawk_of(entry.squawk),
            type_code=adsb.type_of(entry.t),
        )

    def _report(self, entry: Aircraft, mover: str, lat: float, lon: float, observed_ns: int | None) -> Report:
        baro = entry.alt_baro
        on_ground = baro == "ground"
        if isinstance(baro, str):
            if not on_ground:
                self._refuse(Refused("alt_baro", baro, "a pressure altitude in feet, or ground"))
            baro = None
        rate = entry.baro_rate if entry.baro_rate is not None else entry.geom_rate
        method = _method(entry)
        geometric_m = self._value(entry.alt_geom, FT_MIN, FT_MAX, M_PER_FT, fields.altitude, "alt_geom")
        return Report(
            source=self._source,
            mover=mover,
            heard_ns=self._heard_ns,
            lat_deg=lat,
            lon_deg=lon,
            observed_ns=observed_ns,
            altitude_baro_m=self._value(baro, FT_MIN, FT_MAX, M_PER_FT, fields.altitude, "alt_baro"),
            altitude_wgs84_m=geometric_m,
            speed_mps=self._value(entry.gs, 0.0, KT_MAX, MPS_PER_KT, fields.speed, "gs"),
            track_deg=self._track_deg(entry.track),
            vertical_mps=self._value(rate, -FPM_MAX, FPM_MAX, MPS_PER_FPM, fields.vertical, "baro_rate"),
            accuracy_m=self._accuracy_m(entry, method),
            vertical_accuracy_m=self._vertical_m(entry.gva) if entry.gva is not None and geometric_m == geometric_m else nan,
            on_ground=True if on_ground else None,
            mover_class=adsb.class_of(entry.category, self._mover_class),
            method=method,
            callsign=adsb.callsign_of(entry.flight),
            squawk=adsb.squawk_of(entry.squawk),
            type_code=adsb.type_of(entry.t),
        )

    def _value(
        self, value: float | None, low: float, high: float, unit: float, reader: Callable[..., float], field: str
    ) -> float:
        """In our unit; NaN where it is absent or refused."""
        if value is None:
            return nan
        if low <= value <= high:
            return value * unit
        return self._odd(reader, value, field, unit)

    def _track_deg(self, value: float | None) -> float:
        return nan if value is None else value if 0.0 <= value < 360.0 else self._odd(fields.track, value, "track")

    def _accuracy_m(self, entry: Aircraft, method: Method) -> float:
        nac_p, rc_m = entry.nac_p, entry.rc
        if nac_p is None:
            nac_p = nan
        elif not 0.0 <= nac_p <= 11.0:
            nac_p = self._odd(adsb.nac_p, nac_p, "nac_p")
        if rc_m is None:
            rc_m = nan
        elif not 0.0 <= rc_m <= 1e7:
            rc_m = self._odd(adsb.containment, rc_m, "rc")
        return adsb.accuracy_of(nac_p, rc_m, method)

    def _vertical_m(self, gva: float) -> float:
        category = gva if 0.0 <= gva <= 3.0 else self._odd(adsb.gva, gva, "gva")
        return nan if category != category else adsb.VEPU_M[int(category)]

    def _odd(self, reader: Callable[..., float], value: object, field: str, *unit: float) -> float:
        """A value that was not plainly good: NaN and a refusal if it is bad."""
        try:
            return reader(value, field, *unit)
        except Refused as no:
            self._refuse(no)
            return nan

    def _refuse(self, no: Refused) -> None:
        position = f"{self._position}, aircraft[{self._index}]"
        self._out.append(fields.refusal(no, self._source, self._heard_ns, position, self._mover))


def _method(entry: Aircraft) -> Method:
    """readsb says it in `type`; dump1090-fa lists the fields that came by MLAT or TIS-B."""
    if entry.mlat and "lat" in entry.mlat:
        return "mlat"
    if entry.tisb and "lat" in entry.tisb:
        return "tisb"
    return adsb.method_of(entry.type)
