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
MILLISECONDS_FROM: Final = 1e11  # 5138 as seconds, 1973 as milliseconds


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
        seen: dict[str, tuple[float, float, int]] = {}
        for index, entry in entries:
            self._entry(entry, now_ns, heard_ns, f"{position}, aircraft[{index}]", seen, out)
        self._seen = seen
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

    def _entry(
        self,
        entry: Aircraft,
        now_ns: int,
        heard_ns: int,
        position: str,
        seen: dict[str, tuple[float, float, int]],
        out: list[Report | Refusal],
    ) -> None:
        """One aircraft → its report, a count, or refusals."""
        lat, lon, age_s, last = entry.lat, entry.lon, entry.seen_pos, False
        if (lat is None or lon is None) and entry.lastPosition is not None:
            place = entry.lastPosition
            lat, lon, age_s, last = place.lat, place.lon, place.age, True
        if lat is None or lon is None:
            self.counted["without_position"] += 1
            return
        mover: str | None = None
        try:
            mover = adsb.mover_of_hex(entry.hex)
            lat_deg, lon_deg = fields.latitude(lat), fields.longitude(lon)
            if last and age_s is None:
                raise Refused("lastPosition.age", None, "how old the last position is, seconds")
            observed_ns = None if age_s is None else now_ns - round(_age_s(age_s) * 1000) * NS_PER_MS
        except Refused as no:
            out.append(fields.refusal(no, self._source, heard_ns, position, mover))
            return
        if observed_ns is not None:
            before = self._seen.get(mover)
            if before is not None and before[:2] == (lat_deg, lon_deg) and abs(observed_ns - before[2]) <= SAME_POSITION_NS:
                observed_ns = before[2]
            seen[mover] = (lat_deg, lon_deg, observed_ns)
        self.counted["last_position"] += last
        method = _method(entry)
        out.append(
            Report(
                source=self._source,
                mover=mover,
                heard_ns=heard_ns,
                lat_deg=lat_deg,
                lon_deg=lon_deg,
                observed_ns=observed_ns,
                mover_class=adsb.class_of(entry.category, self._options.mover_class),
                method=method,
                callsign=adsb.callsign_of(entry.flight),
                squawk=adsb.squawk_of(entry.squawk),
                type_code=adsb.type_of(entry.t),
                **({} if last else _motion(entry, method, fields.Aside(self._source, heard_ns, position, mover, out))),
            )
        )


def _motion(entry: Aircraft, method: Method, aside: fields.Aside) -> dict[str, Any]:
    """Heights, speeds and accuracies that belong to the position of this entry."""
    baro, on_ground = entry.alt_baro, None
    if isinstance(baro, str):
        if baro != "ground":
            aside.refuse(Refused("alt_baro", baro, "a pressure altitude in feet, or ground"))
        else:
            on_ground = True
        baro = None
    rate, rate_field = (entry.baro_rate, "baro_rate") if entry.baro_rate is not None else (entry.geom_rate, "geom_rate")
    geometric_m = aside.read(fields.altitude, entry.alt_geom, "alt_geom", M_PER_FT)
    nac_p = aside.read(adsb.nac_p, entry.nac_p, "nac_p")
    gva = aside.read(adsb.gva, entry.gva, "gva")
    return {
        "altitude_baro_m": aside.read(fields.altitude, baro, "alt_baro", M_PER_FT),
        "altitude_wgs84_m": geometric_m,
        "speed_mps": aside.read(fields.speed, entry.gs, "gs", MPS_PER_KT),
        "track_deg": aside.read(fields.track, entry.track, "track"),
        "vertical_mps": aside.read(fields.vertical, rate, rate_field, MPS_PER_FPM),
        "accuracy_m": adsb.accuracy_of(nac_p, aside.read(adsb.containment, entry.rc, "rc"), method),
        "vertical_accuracy_m": adsb.VEPU_M[int(gva)] if gva == gva and geometric_m == geometric_m else nan,
        "on_ground": on_ground,
    }


def _method(entry: Aircraft) -> Method:
    """readsb says it in `type`; dump1090-fa lists the fields that came by MLAT or TIS-B."""
    if entry.mlat and "lat" in entry.mlat:
        return "mlat"
    if entry.tisb and "lat" in entry.tisb:
        return "tisb"
    return adsb.method_of(entry.type)


def _age_s(value: object) -> float:
    """Seconds since the position; a rounded `now` may make it a little negative."""
    return fields.number(value, "seen_pos", -1.0, 1e8, "seconds since the position was heard")
