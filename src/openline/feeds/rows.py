"""One row of named values → one report. CSV, NDJSON, Arrow and Parquet all read their columns here, so a column means one
thing.

Columns    id, time, lat, lon                                            required
           altitude_ft | altitude_m with datum (baro, wgs84, amsl, agl)   a height without a datum is not taken (R24)
           accuracy_m (95 % radius), vertical_accuracy_m, speed_kt | speed_mps, track_deg, vertical_mps,
           class, callsign, on_ground, squawk, source
Refused    a row without a usable id, time, lat or lon is refused whole; any other bad value is refused alone and stays unknown
Mover      the id as given, with no prefix: audit findings print it
Unknown    an absent column, JSON null and an empty cell all mean not stated; a column not listed is passed over, but a bare
           `altitude`, `alt`, `height` or `speed` is refused once, because a number without its unit is not a height or a speed
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple

import msgspec

from openline.clock import NS_PER_S
from openline.errors import Refused
from openline.feeds import fields
from openline.feeds.report import MOVER_CLASSES, Method, MoverClass, Refusal, Report
from openline.units import DATUMS, M_PER_FT, MPS_PER_KT, Datum

REQUIRED: Final = ("id", "time", "lat", "lon")

BARE_NAMES: Final = {
    "altitude": "altitude_ft or altitude_m, with datum",
    "alt": "altitude_ft or altitude_m, with datum",
    "height": "altitude_ft or altitude_m, with datum",
    "speed": "speed_kt or speed_mps",
}
_ALTITUDE_FIELD: Final[dict[str, str]] = {datum: f"altitude_{datum}_m" for datum in DATUMS}


class Instant(NamedTuple):
    """A time that a column already holds as an instant (an Arrow timestamp with its zone)."""

    ns: int


class Shown(NamedTuple):
    """A time that a column holds without its zone, as if it were UTC."""

    ns: int


class RowOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the sender writes what the columns leave open.

    `time`: how times are written; `zone`: UTC or an offset for times without one, which are refused unless it is set;
    `datum`: what heights without one are measured from; `mover_class`, `method`: where a row states none.
    """

    time: Literal["rfc3339", "unix_s", "unix_ms"] = "rfc3339"
    zone: str | None = None
    datum: Datum | None = None
    mover_class: MoverClass = "unknown"
    method: Method = "file"


def _mover_class(value: object, field: str) -> MoverClass:
    if value in MOVER_CLASSES:
        return value
    raise Refused(field, value, ", ".join(MOVER_CLASSES))


def _on_ground(value: object, field: str) -> bool:
    if value in (True, False):  # 1 and 0 too
        return bool(value)
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in ("true", "1", "false", "0"):
        return word in ("true", "1")
    raise Refused(field, value, "true or false")


def _squawk(value: object, field: str) -> str:
    if isinstance(value, str) and len(value) == 4 and all(digit in "01234567" for digit in value):
        return value
    raise Refused(field, value, "four octal digits")


_OPTIONAL: Final[tuple[tuple[str, str, Callable[[Any, str], Any]], ...]] = (
    ("accuracy_m", "accuracy_m", fields.accuracy),
    ("speed_mps", "speed_mps", fields.speed),
    ("speed_kt", "speed_mps", lambda value, field: fields.speed(value, field, MPS_PER_KT)),
    ("track_deg", "track_deg", fields.track),
    ("vertical_mps", "vertical_mps", fields.vertical),
    ("vertical_accuracy_m", "vertical_accuracy_m", fields.accuracy),
    ("class", "mover_class", _mover_class),
    ("callsign", "callsign", fields.text),
    ("on_ground", "on_ground", _on_ground),
    ("squawk", "squawk", _squawk),
    ("source", "original_source", fields.text),
)
"""Column, field of the report, how it is read."""

COLUMNS: Final[tuple[str, ...]] = (*REQUIRED, "altitude_ft", "altitude_m", "datum", *(column for column, _, _ in _OPTIONAL))


class RowReader:
    """Reads rows of one feed; remembers what it has already said once. `wall` is for times without a zone, over `zone`."""

    def __init__(self, source: str, options: RowOptions, wall: fields.Wall | None = None) -> None:
        self.counted: dict[str, int] = {}
        self._source = source
        self._options = options
        self._said: set[str] = set()
        self._minute = ""
        self._minute_ns = 0
        self._wall = wall
        self._shift_ns = None if options.zone is None else fields.zone_shift_ns(options.zone)
        self.zone_known = wall is not None or self._shift_ns is not None

    def check_names(self, names: Mapping[str, object], heard_ns: int, position: str) -> list[Report | Refusal]:
        """One refusal for each bare name such as `altitude`, the first time it is met."""
        out: list[Report | Refusal] = []
        for name, accepted in BARE_NAMES.items():
            if name in names and name not in self._said:
                self._said.add(name)
                no = Refused(name, names[name], f"{accepted}: a number needs its unit and reference")
                out.append(fields.refusal(no, self._source, heard_ns, position))
        return out

    def read(self, row: Mapping[str, object], heard_ns: int, position: str) -> list[Report | Refusal]:
        """One row → its report after the refusals of single values, or one refusal of the row."""
        out: list[Report | Refusal] = []
        values: dict[str, Any] = {}
        try:
            mover = fields.mover_id(row.get("id"))
            observed_ns = self._instant(row.get("time"))
            lat_deg = fields.latitude(row.get("lat"))
            lon_deg = fields.longitude(row.get("lon"))
        except Refused as no:
            return [fields.refusal(no, self._source, heard_ns, position)]
        for column, name, read in _OPTIONAL:
            value = row.get(column)
            if value is None or value == "":
                continue
            try:
                if name in values:
                    raise Refused(column, value, f"one of two columns for {name}, not both")
                values[name] = read(value, column)
            except Refused as no:
                out.append(fields.refusal(no, self._source, heard_ns, position, mover))
        self._altitude(row, values, heard_ns, position, mover, out)
        values.setdefault("mover_class", self._options.mover_class)
        out.append(
            Report(
                source=self._source,
                mover=mover,
                heard_ns=heard_ns,
                lat_deg=lat_deg,
                lon_deg=lon_deg,
                observed_ns=observed_ns,
                method=self._options.method,
                **values,
            )
        )
        return out

    def _instant(self, value: object) -> int:
        if type(value) is Instant:
            return fields.within_years(value.ns, "time", value.ns)
        if type(value) is Shown:
            return fields.within_years(self._shown(value.ns), "time", value.ns)
        if self._options.time == "rfc3339":
            return self._clock_time(value)
        return fields.unix_s(value) if self._options.time == "unix_s" else fields.unix_ms(value)

    def _shown(self, shown_ns: int) -> int:
        """When clocks of the sender's zone showed that."""
        return shown_ns - (self._shift_ns or 0) if self._wall is None else self._wall(shown_ns, "time")

    def _clock_time(self, value: object) -> int:
        """An RFC 3339 time. Rows of one minute share its date, so that is read once; what is not plain takes the long way."""
        if type(value) is str and value[:17] == self._minute and value[-1:] == "Z":
            seconds = value[17:-1]
            whole, point, fraction = seconds.partition(".")
            plain = len(whole) == 2 and whole < "60" and seconds.isascii() and whole.isdigit()
            if plain and ((not point) or (len(fraction) <= 9 and fraction.isdigit())):
                return self._minute_ns + int(whole) * NS_PER_S + int(fraction.ljust(9, "0"))
        if self._wall is not None and fields.is_local(value):
            return fields.within_years(self._shown(fields.local_time(value, "time", 0)), "time", value)
        instant_ns = fields.stated_or_local_time(value, "time", self._shift_ns)
        if type(value) is str and len(value) >= 20 and value[-1] == "Z" and value[17:19].isdigit() and value[17:19] < "60":
            self._minute = value[:17]
            self._minute_ns = instant_ns - instant_ns % (60 * NS_PER_S)
        return instant_ns

    def _altitude(
        self,
        row: Mapping[str, object],
        values: dict[str, Any],
        heard_ns: int,
        position: str,
        mover: str,
        out: list[Report | Refusal],
    ) -> None:
        """The height, in the field of its datum."""
        feet, metres = row.get("altitude_ft"), row.get("altitude_m")
        has_feet, has_metres = feet not in (None, ""), metres not in (None, "")
        if not has_feet and not has_metres:
            return
        field = "altitude_ft" if has_feet else "altitude_m"
        datum = row.get("datum")
        if datum is None or datum == "":
            datum = self._options.datum
            if datum is None:
                self.counted["altitude_without_datum"] = self.counted.get("altitude_without_datum", 0) + 1
                if "datum" in self._said:
                    return
                self._said.add("datum")
        try:
            if has_feet and has_metres:
                raise Refused("altitude_m", metres, "altitude_ft or altitude_m, not both")
            if not isinstance(datum, str) or datum not in _ALTITUDE_FIELD:
                raise Refused("datum", datum, f"what {field} is measured from: {', '.join(DATUMS)}")
            height_m = fields.altitude(feet, field, M_PER_FT) if has_feet else fields.altitude(metres, field)
            values[_ALTITUDE_FIELD[datum]] = height_m
        except Refused as no:
            out.append(fields.refusal(no, self._source, heard_ns, position, mover))
