"""GPX 1.0 and 1.1: track points of a whole file.

Source      the GPX 1.1 schema (topografix.com/GPX/1/1); speed and course also from the track point extension that devices write
Read        trk, trkseg, trkpt with lat, lon, time, ele, speed (metres per second), course. Waypoints and routes are counted and
            passed over: they are not where somebody was
Mover       the option `mover`, else `gpx:` and the track's name, else `gpx:track 1`
Time        UTC with its zone. A time without one is refused unless the option `zone` says which; a point without a time is
            refused: nobody can say when it was
Datum       `ele` is metres without a datum: refused, once a document, unless the option `datum` says what the device writes
Accuracy    not stated: `hdop` is a figure of the geometry, not a radius
Limits      a document type is refused (so no entity can grow), as are nesting past DEPTH_MAX and more than POINTS_MAX points
"""

from typing import Any, Final
from xml.parsers import expat

import msgspec

from openline.errors import Refused
from openline.feeds import fields
from openline.feeds.framing import Documents, Piece
from openline.feeds.report import MoverClass, Refusal, Report
from openline.units import DATUMS, Datum

DEPTH_MAX: Final = 64
POINTS_MAX: Final = 300_000  # three and a half days at one point a second
TEXT_CHARS_MAX: Final = 256
REFUSALS_PER_DOCUMENT_MAX: Final = 200

_LEAVES: Final = frozenset(("time", "ele", "speed", "course", "name"))


class GpxOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`mover` names who moved; `datum` says what `ele` is measured from; `zone` is for times without one."""

    mover: str | None = None
    datum: Datum | None = None
    zone: str | None = None
    mover_class: MoverClass = "unknown"


class GpxDecoder:
    """Whole files → reports."""

    def __init__(self, source: str, options: GpxOptions) -> None:
        self.counted: dict[str, int] = {"waypoints_and_routes": 0, "altitude_without_datum": 0}
        self._source = source
        self._options = options
        self._shift_ns = None if options.zone is None else fields.zone_shift_ns(options.zone)
        self._documents = Documents()

    def receive(self, data: bytes, heard_ns: int) -> list[Report | Refusal]:
        """Take whatever arrived."""
        return [given for piece in self._documents.take(data) for given in self._piece(piece, heard_ns)]

    def finish(self, heard_ns: int) -> list[Report | Refusal]:
        """A bare document is whole now."""
        return [given for piece in self._documents.finish() for given in self._piece(piece, heard_ns)]

    def _piece(self, piece: Piece, heard_ns: int) -> list[Report | Refusal]:
        position = f"document {piece.number}"
        reading = _Reading(self._source, self._options, self._shift_ns, heard_ns, position, self.counted)
        try:
            if piece.fault is not None:
                raise Refused("document", fields.plain(piece.data), piece.fault)
            reading.read(piece.data)
        except Refused as no:
            reading.out.append(fields.refusal(no, self._source, heard_ns, position))
        return fields.capped(reading.out, self._source, heard_ns, position, REFUSALS_PER_DOCUMENT_MAX)


class _Reading:
    """One document on its way through the parser."""

    def __init__(
        self, source: str, options: GpxOptions, shift_ns: int | None, heard_ns: int, position: str, counted: dict[str, int]
    ) -> None:
        self.out: list[Report | Refusal] = []
        self._source = source
        self._options = options
        self._shift_ns = shift_ns
        self._heard_ns = heard_ns
        self._position = position
        self._counted = counted
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._text_chars = 0
        self._point: dict[str, Any] | None = None
        self._tracks = self._points = self._all_points = 0
        self._name: str | None = None
        self._said_datum = False

    def read(self, document: bytes) -> None:
        """Every point of the document. Raises `Refused` where it is no GPX or is over a limit; what was read before stays."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _no_doctype
        try:
            parser.Parse(document, True)
        except expat.ExpatError as why:
            line = f"GPX: well-formed XML ({expat.ErrorString(why.code)}, line {why.lineno})"
            raise Refused("document", fields.plain(document), line) from None
        except (ValueError, LookupError):  # an encoding nobody knows
            raise Refused("document", fields.plain(document), "GPX in UTF-8 or UTF-16") from None

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        name = qualified.rpartition(" ")[2]
        if not self._path and name != "gpx":
            raise Refused("document", name, "a GPX file: its outermost element is gpx")
        self._path.append(name)
        if len(self._path) > DEPTH_MAX:
            raise Refused("document", name, f"elements at most {DEPTH_MAX} deep")
        self._text = None
        if name == "trk":
            self._tracks += 1
            self._points, self._name = 0, None
        elif name == "trkpt":
            self._all_points += 1
            if self._all_points > POINTS_MAX:
                raise Refused("document", self._all_points, f"at most {POINTS_MAX} track points")
            self._point = {"lat": attributes.get("lat"), "lon": attributes.get("lon")}
        elif name in ("wpt", "rtept"):
            self._counted["waypoints_and_routes"] += 1
        elif name in _LEAVES:
            self._text, self._text_chars = [], 0

    def _characters(self, text: str) -> None:
        if self._text is None:
            return
        self._text_chars += len(text)
        if self._text_chars <= TEXT_CHARS_MAX:
            self._text.append(text)

    def _end(self, qualified: str) -> None:
        name = self._path.pop()
        text, self._text = self._text, None
        if name == "trkpt" and self._point is not None:
            point, self._point = self._point, None
            where = f"{self._position}, trk[{self._tracks - 1}] point {self._points}"
            self._points += 1
            self._take(point, where)
        elif text is not None:
            value = "".join(text).strip() if self._text_chars <= TEXT_CHARS_MAX else "a text that is too long"
            if self._point is not None and name != "name":
                self._point[name] = value
            elif name == "name" and self._path[-1:] == ["trk"]:
                self._name = value

    def _take(self, point: dict[str, Any], where: str) -> None:
        mover: str | None = None
        try:
            mover = self._mover()
            lat_deg, lon_deg = fields.latitude(point["lat"]), fields.longitude(point["lon"])
            observed_ns = fields.stated_or_local_time(point.get("time"), "time", self._shift_ns)
        except Refused as no:
            self.out.append(fields.refusal(no, self._source, self._heard_ns, where, mover))
            return
        aside = fields.Aside(self._source, self._heard_ns, where, mover, self.out)
        heights = self._heights(point.get("ele"), aside)
        self.out.append(
            Report(
                source=self._source,
                mover=mover,
                heard_ns=self._heard_ns,
                lat_deg=lat_deg,
                lon_deg=lon_deg,
                observed_ns=observed_ns,
                speed_mps=aside.read(fields.speed, point.get("speed"), "speed"),
                track_deg=aside.read(fields.track, point.get("course"), "course"),
                mover_class=self._options.mover_class,
                method="gnss",
                **heights,
            )
        )

    def _mover(self) -> str:
        if self._options.mover is not None:
            return self._options.mover
        return f"gpx:{fields.text(self._name, 'name')}" if self._name else f"gpx:track {self._tracks}"

    def _heights(self, ele: str | None, aside: fields.Aside) -> dict[str, Any]:
        if ele is None:
            return {}
        if self._options.datum is not None:
            return {f"altitude_{self._options.datum}_m": aside.read(fields.altitude, ele, "ele")}
        self._counted["altitude_without_datum"] += 1
        if not self._said_datum:
            self._said_datum = True
            accepted = f"a height whose datum is known: set the feed's option `datum` to one of {', '.join(DATUMS)}"
            aside.refuse(Refused("ele", ele, accepted))
        return {}


def _no_doctype(name: str, system_id: str | None, public_id: str | None, has_internal_subset: bool) -> None:
    raise Refused("document", name, "GPX without a document type declaration")
