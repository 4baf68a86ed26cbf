"""Phones: the OsmAnd / Traccar Client request, in both of its dialects. Each request is one document (`request`).

Source      traccar.org/osmand, and the server's OsmAndProtocolDecoder: query or form parameters, and since client 9.0 a JSON
            POST
Query       id or deviceid, lat and lon or location=lat,lon, timestamp, speed in knots, bearing or heading, altitude in
            metres, accuracy in metres, valid
JSON        device_id, location.timestamp, location.coords: latitude, longitude, speed in metres per second, heading, altitude,
            ellipsoidal_altitude, accuracy, altitude_accuracy; −1 means not known. `location` may be a list
Time        Unix seconds, Unix milliseconds (from 2^31 on), or RFC 3339. A time without a zone is refused unless `zone` is
            set. A request without a time is reported without one
Datum       ellipsoidal_altitude: WGS-84. `altitude` is above the ellipsoid on Android and above the sea on iOS, and nothing
            says which: it is refused, once a phone, unless the option `datum` says what these phones send
Accuracy    phones state 68 %: the 95 % radius is R95_PER_R68 times that. 0 is what is sent when it is not known
Refused     what is read and is no UTF-8, and a parameter that is given twice with two values: a phone whose name cannot be
            read would share one mover with every such phone, and of two places one would be chosen silently
Quirks      the OsmAnd app itself sends metres per second where Traccar's convention is knots: set `speed_unit`. Exactly 0, 0 is
            what phones send without a fix, and is refused here
"""

import json
from math import log, nan, sqrt
from typing import Any, Final, Literal

import msgspec

from openline.errors import Refused
from openline.feeds import fields
from openline.feeds.framing import Documents, Piece, frame
from openline.feeds.report import MoverClass, Refusal, Report
from openline.units import DATUMS, MPS_PER_KT, Datum

REQUEST_BYTES_MAX: Final = 1_048_576  # a phone that was offline for a day sends some hundred kilobytes at once
PARAMETERS_MAX: Final = 100
LOCATIONS_MAX: Final = 5_000
PHONES_MAX: Final = 10_000  # phones whose altitude was refused once; past that it is refused at every request
MILLISECONDS_FROM: Final = 2.0**31

R95_PER_R68: Final = sqrt(log(0.05) / log(0.32))
"""1.62: for a circular normal error the radius that holds a share p is proportional to sqrt(−ln(1 − p))."""

READ: Final = frozenset(
    ("id", "deviceid", "lat", "lon", "location", "timestamp", "speed", "bearing", "heading", "altitude", "accuracy", "valid")
)
"""The parameters that mean something here; every other is passed over, whatever it holds."""

_SECRETS: Final = ("token", "access_token", "password", "key")


class OsmandOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What these phones leave open: see the header."""

    datum: Datum | None = None
    zone: str | None = None
    speed_unit: Literal["kt", "mps"] = "kt"
    mover_class: MoverClass = "unknown"


def request(method: str, query: str, body: bytes = b"") -> bytes:
    """One HTTP request as it enters the decoder. Parameters that are secrets (`token`) are left out: bytes are recorded."""
    kept = "&".join(pair for pair in query.split("&") if pair.partition("=")[0].lower() not in _SECRETS)
    kept = kept.replace("\n", " ").replace("\r", " ")
    return frame(f"{method.upper()[:10]} {kept}\n".encode("utf-8", "replace") + body)


class OsmandDecoder:
    """Requests → reports."""

    def __init__(self, source: str, options: OsmandOptions) -> None:
        self.counted: dict[str, int] = {"altitude_without_datum": 0}
        self._source = source
        self._options = options
        self._shift_ns = None if options.zone is None else fields.zone_shift_ns(options.zone)
        self._speed_mps = MPS_PER_KT if options.speed_unit == "kt" else 1.0
        self._documents = Documents(REQUEST_BYTES_MAX)
        self._said: set[str] = set()

    def receive(self, data: bytes, heard_ns: int) -> list[Report | Refusal]:
        """Take whatever arrived."""
        return [given for piece in self._documents.take(data) for given in self._piece(piece, heard_ns)]

    def finish(self, heard_ns: int) -> list[Report | Refusal]:
        """What is left was cut short."""
        return [given for piece in self._documents.finish() for given in self._piece(piece, heard_ns)]

    def _piece(self, piece: Piece, heard_ns: int) -> list[Report | Refusal]:
        position = f"request {piece.number}"
        out: list[Report | Refusal] = []
        mover: str | None = None
        try:
            if piece.fault is not None:
                raise Refused("request", fields.plain(piece.data), piece.fault)
            head, _, body = piece.data.partition(b"\n")
            parameters = _parameters(head.partition(b" ")[2])
            if body.lstrip()[:1] == b"{":
                mover, places = _json(body, parameters)
            else:
                parameters = _parameters(body, parameters)
                mover, places = _phone(_one_of(parameters, "id", "deviceid")), [_from_parameters(parameters)]
        except Refused as no:
            return [fields.refusal(no, self._source, heard_ns, position, mover)]
        for index, place in enumerate(places):
            where = position if len(places) == 1 else f"{position}, location[{index}]"
            try:
                self._place(place, mover, heard_ns, where, out)
            except Refused as no:
                out.append(fields.refusal(no, self._source, heard_ns, where, mover))
        return out

    def _place(self, place: "_Place", mover: str, heard_ns: int, position: str, out: list[Report | Refusal]) -> None:
        if place.valid is False:
            raise Refused("valid", False, "a position the phone calls valid")
        lat_deg, lon_deg = fields.latitude(place.lat), fields.longitude(place.lon)
        if lat_deg == 0.0 and lon_deg == 0.0:
            raise Refused("lat, lon", "0, 0", "a position; exactly 0, 0 is what phones send without a fix")
        observed_ns = None if place.time in (None, "") else self._instant(place.time)
        aside = fields.Aside(self._source, heard_ns, position, mover, out)
        speed_mps = self._speed_mps if place.speed_in_setting else 1.0
        radius_m = aside.read(fields.accuracy, place.accuracy, "accuracy") * R95_PER_R68
        vertical_m = aside.read(fields.accuracy, place.vertical_accuracy, "altitude_accuracy") * R95_1D_PER_R68_1D
        heights = self._heights(place, mover, aside)
        out.append(
            Report(
                source=self._source,
                mover=mover,
                heard_ns=heard_ns,
                lat_deg=lat_deg,
                lon_deg=lon_deg,
                observed_ns=observed_ns,
                speed_mps=aside.read(fields.speed, place.speed, "speed", speed_mps),
                track_deg=aside.read(fields.track, place.heading, "heading"),
                accuracy_m=radius_m,
                vertical_accuracy_m=vertical_m if heights else nan,
                mover_class=self._options.mover_class,
                method="gnss",
                **heights,
            )
        )

    def _instant(self, value: object) -> int:
        try:
            stamp = float(value) if isinstance(value, (int, float, str)) else nan
        except (ValueError, OverflowError):
            stamp = nan
        if stamp != stamp:
            return fields.stated_or_local_time(value, "timestamp", self._shift_ns)
        return fields.unix_ms(value, "timestamp") if stamp >= MILLISECONDS_FROM else fields.unix_s(value, "timestamp")

    def _heights(self, place: "_Place", mover: str, aside: fields.Aside) -> dict[str, Any]:
        """Heights by datum; an altitude of unknown datum is refused once a phone."""
        heights: dict[str, Any] = {}
        if place.ellipsoidal_altitude is not None:
            heights["altitude_wgs84_m"] = aside.read(fields.altitude, place.ellipsoidal_altitude, "ellipsoidal_altitude")
        if place.altitude is None or place.ellipsoidal_altitude is not None:
            return heights
        if self._options.datum is not None:
            return {f"altitude_{self._options.datum}_m": aside.read(fields.altitude, place.altitude, "altitude")}
        self.counted["altitude_without_datum"] += 1
        if mover not in self._said:
            if len(self._said) < PHONES_MAX:
                self._said.add(mover)
            accepted = f"a height whose datum is known: set the feed's option `datum` to one of {', '.join(DATUMS)}"
            aside.refuse(Refused("altitude", place.altitude, accepted))
        return heights


R95_1D_PER_R68_1D: Final = 1.96
"""A phone's altitude accuracy is one standard deviation (68 %); 95 % of a normal error lies within 1.96 of them."""


class _Place(msgspec.Struct, kw_only=True):
    """One position in either dialect, still as it was sent; None where it was not."""

    lat: Any
    lon: Any
    time: Any = None
    speed: Any = None
    speed_in_setting: bool = True  # False: metres per second
    heading: Any = None
    altitude: Any = None
    ellipsoidal_altitude: Any = None
    accuracy: Any = None
    vertical_accuracy: Any = None
    valid: bool = True


def _phone(value: object) -> str:
    return "phone:" + fields.mover_id(value)


def _known(value: Any) -> Any:
    """None for what phones send when they do not know: nothing, or −1."""
    return None if value in (None, "", -1, "-1", "-1.0") else value


def _parameters(encoded: bytes, before: dict[str, str] | None = None) -> dict[str, str]:
    """Query or form parameters, beside those of `before`. Raises `Refused` for one we read that is no UTF-8, or that is given
    twice and not the same: which of two places was meant, nobody can tell.
    """
    found: dict[str, str] = dict(before or {})
    pairs = encoded.split(b"&")
    if len(pairs) > PARAMETERS_MAX:
        raise Refused("request", fields.plain(encoded), f"at most {PARAMETERS_MAX} parameters")
    for pair in pairs:
        coded, equals, data = pair.partition(b"=")
        name = _unquoted(coded).decode("utf-8", "replace")
        if not equals or name not in READ:
            continue
        try:
            value = _unquoted(data).decode()
        except UnicodeDecodeError:
            raise Refused(name, _unquoted(data), "text in UTF-8, percent-encoded") from None
        if found.setdefault(name, value) != value:
            raise Refused(name, f"{found[name]} and {value}", "one value; it was given twice")
    return found


def _unquoted(encoded: bytes) -> bytes:
    """Percent-decoded bytes."""
    first, *rest = encoded.replace(b"+", b" ").split(b"%")
    out = [first]
    for part in rest:
        try:
            out.append(bytes((int(part[:2], 16),)) + part[2:] if part[:2].isalnum() and len(part) >= 2 else b"%" + part)
        except ValueError:
            out.append(b"%" + part)
    return b"".join(out)


def _one_of(given: dict[str, str], first: str, second: str) -> str | None:
    """The value of two names for one thing. Raises `Refused` where they differ."""
    one, other = given.get(first), given.get(second)
    if one and other and one != other:
        raise Refused(f"{first}, {second}", f"{one} and {other}", "one value; it was given twice")
    return one or other


def _from_parameters(given: dict[str, str]) -> _Place:
    lat, lon = given.get("lat"), given.get("lon")
    if "location" in given:
        if lat is not None or lon is not None:
            raise Refused("location", given["location"], "lat and lon, or location, not both")
        lat, _, lon = given["location"].partition(",")
    return _Place(
        lat=lat,
        lon=lon,
        time=given.get("timestamp"),
        speed=_known(given.get("speed")),
        heading=_known(_one_of(given, "bearing", "heading")),
        altitude=given.get("altitude") or None,
        accuracy=None if given.get("accuracy") in ("0", "0.0") else _known(given.get("accuracy")),
        valid=given.get("valid", "true").lower() in ("true", "1"),
    )


def _json(body: bytes, parameters: dict[str, str]) -> tuple[str, list[_Place]]:
    """The newer dialect."""
    try:
        given = msgspec.json.decode(body)
        json.loads(body, object_pairs_hook=_each_once)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Refused("request", fields.plain(body), "JSON with device_id and location") from None
    if not isinstance(given, dict):
        raise Refused("request", fields.plain(body), "JSON with device_id and location")
    named = _one_of(parameters, "id", "deviceid")
    mover = _phone(given.get("device_id", named))
    if named and mover != _phone(named):
        raise Refused("device_id", f"{given['device_id']} and {named}", "one phone; the address names another")
    locations = given.get("location")
    listed = locations if isinstance(locations, list) else [locations]
    if len(listed) > LOCATIONS_MAX:
        raise Refused("location", len(listed), f"at most {LOCATIONS_MAX} locations in one request")
    return mover, [_from_location(location) for location in listed]


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises `Refused` for a name that an object holds twice with two values: readers would choose one silently."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found and found[name] != value:
            raise Refused(name, f"{found[name]} and {value}", "one value; it was given twice")
        found[name] = value
    return found


def _from_location(location: object) -> _Place:
    coords = location.get("coords") if isinstance(location, dict) else None
    if not isinstance(location, dict) or not isinstance(coords, dict):
        raise Refused("location", location, "an object with timestamp and coords")
    return _Place(
        lat=coords.get("latitude"),
        lon=coords.get("longitude"),
        time=location.get("timestamp"),
        speed=_known(coords.get("speed")),
        speed_in_setting=False,
        heading=_known(coords.get("heading")),
        altitude=coords.get("altitude"),
        ellipsoidal_altitude=coords.get("ellipsoidal_altitude"),
        accuracy=None if coords.get("accuracy") == 0 else _known(coords.get("accuracy")),
        vertical_accuracy=None if coords.get("altitude_accuracy") == 0 else _known(coords.get("altitude_accuracy")),
    )
