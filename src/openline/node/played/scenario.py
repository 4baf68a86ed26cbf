"""A scenario: one commented TOML file that tells a day which can be played through the ordinary feeds (docs/scenarios.md).

`load` takes the name of a scenario that ships with Openline (`at-tanf`, `airport`) or the path of a file, and gives a checked
`Scenario` or raises `Refused` naming the field. Nothing here plays anything: see `frames` and `feeds`.
"""

import datetime as _dt
import re
import tomllib
from collections.abc import Callable
from importlib import resources
from math import inf, nan
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from openline import units
from openline.clock import NS_PER_S, from_rfc3339
from openline.errors import Refused
from openline.feeds.report import MOVER_CLASSES
from openline.node.played.motion import (
    FEED_KINDS,
    NACP_M,
    Feed,
    Knot,
    Motion,
    Mover,
    Papers,
    Place,
    Position,
    Says,
    Scenario,
    ScriptedAct,
    Spoilt,
    Told,
    fix_times_ns,
    positions_at,
)
from openline.node.played.path import read_path
from openline.node.played.zone import read_zone
from openline.units import Datum
from openline.zones.door import choice, items, mapping, number, text
from openline.zones.zone import Zone

__all__ = ["Position", "Scenario", "fix_times_ns", "load", "names", "positions_at", "read"]

T = TypeVar("T")

FORMAT: Final = 1
BYTES_MAX: Final = 1_000_000  # at-tanf.toml is about 25 kB; a larger file is not one a person wrote
MOVERS_MAX: Final = 1_000
DURATION_MAX_S: Final = 86_400.0
SHORTEST_STEP_S: Final = 0.1  # aircraft.json states ages to a tenth of a second

_CLOCK: Final = re.compile(r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d))?Z", re.ASCII)
_SPAN: Final = re.compile(r"(\d{2}):(\d{2}):(\d{2})", re.ASCII)
_HEX: Final = re.compile(r"[0-9a-f]{6}", re.ASCII)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)

TOP: Final = (
    "format title summary start duration speed party counterpart local_zone counterpart_zone basis note "
    "place zone feed group mover spoilt act told says"
)


def names() -> tuple[str, ...]:
    """The scenarios that ship with Openline."""
    folder = resources.files("openline.node") / "scenarios"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load(name_or_path: str) -> Scenario:
    """A scenario that ships with Openline by its name, or one of your own by its path. Raises `Refused`."""
    if name_or_path in names():
        found = resources.files("openline.node") / "scenarios" / f"{name_or_path}.toml"
        return read(found.read_bytes(), name_or_path)
    path = Path(name_or_path)
    try:
        if path.stat().st_size > BYTES_MAX:
            raise Refused("scenario", f"{path.stat().st_size} bytes", f"at most {BYTES_MAX} bytes")
        return read(path.read_bytes(), path.stem)
    except OSError as error:
        accepted = "one of " + ", ".join(names()) + ", or the path of a scenario file that can be read"
        raise Refused("scenario", f"{name_or_path} ({error.strerror})", accepted) from None


def read(data: bytes, scenario_id: str = "scenario") -> Scenario:
    """A scenario from the bytes of its file. Raises `Refused` naming the field."""
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refused("scenario", str(error), "a TOML file in UTF-8") from None
    return _Reader(table, scenario_id).scenario()


class _Reader:
    """One file being read; keeps what later tables refer to."""

    def __init__(self, table: dict[str, Any], scenario_id: str) -> None:
        _only(table, "", TOP)
        if table.get("format") != FORMAT:
            raise Refused("format", table.get("format"), f"{FORMAT}, the only version so far")
        self.table = table
        self.id = scenario_id
        self.start_ns = from_rfc3339(_need(table, "start", ""), "start")
        self.duration_s = _span_s(_need(table, "duration", ""), "duration")
        self.papers = _papers(table, "")
        self.places = self._by_id("place", self._place)
        self.feeds = self._by_id("feed", self._feed)
        self.groups = self._by_id("group", lambda row, field: text(_need(row, "name", field), f"{field}.name"))

    def scenario(self) -> Scenario:
        table = self.table
        zones = self._by_id("zone", self._zone)
        return Scenario(
            id=self.id,
            title=text(_need(table, "title", ""), "title", 200),
            summary=text(_need(table, "summary", ""), "summary"),
            start_ns=self.start_ns,
            duration_s=self.duration_s,
            speed=number(table.get("speed", 30.0), "speed", 0.1, 1000.0, "scenario seconds in one second"),
            node_party=text(_need(table, "party", ""), "party", 80),
            counterpart_party=text(table["counterpart"], "counterpart", 80) if "counterpart" in table else "",
            local_zone=text(table.get("local_zone", "UTC"), "local_zone", 60),
            counterpart_zone=text(table.get("counterpart_zone", "UTC"), "counterpart_zone", 60),
            papers=self.papers,
            places=tuple(self.places.values()),
            zones=tuple(zones.values()),
            zone_papers={row["id"]: _papers(row, field) for row, field in self._each("zone")},
            feeds=tuple(self.feeds.values()),
            movers=self._movers(),
            groups=self.groups,
            spoilt=tuple(self._spoilt(row, field) for row, field in self._each("spoilt")),
            acts=tuple(sorted((self._act(row, field) for row, field in self._each("act")), key=lambda act: act.at_ns)),
            told=tuple(self._told(row, field) for row, field in self._each("told")),
            says=tuple(self._says(row, field) for row, field in self._each("says")),
        )

    def _each(self, kind: str) -> list[tuple[dict[str, Any], str]]:
        rows = items(self.table.get(kind, []), kind, MOVERS_MAX)
        return [(mapping(row, f"{kind}[{index}]"), f"{kind}[{index}]") for index, row in enumerate(rows)]

    def _by_id(self, kind: str, read_one: Callable[[dict[str, Any], str], T]) -> dict[str, T]:
        found: dict[str, T] = {}
        for row, field in self._each(kind):
            if (row_id := _id(row, field)) in found:
                raise Refused(f"{field}.id", row_id, f"an id that no other {kind} has")
            found[row_id] = read_one(row, field)
        return found

    def _place(self, row: dict[str, Any], field: str) -> Place:
        _only(row, field, "id name lat lon also basis note")
        lat_deg = number(_need(row, "lat", field), f"{field}.lat", -90.0, 90.0, "a latitude in degrees")
        lon_deg = number(_need(row, "lon", field), f"{field}.lon", -180.0, 180.0, "a longitude in degrees")
        return Place(_id(row, field), text(_need(row, "name", field), f"{field}.name"), lat_deg, lon_deg, _papers(row, field))

    def _feed(self, row: dict[str, Any], field: str) -> Feed:
        _only(row, field, "id kind name basis note")
        kind = choice(_need(row, "kind", field), f"{field}.kind", FEED_KINDS)
        return msgspec.convert(
            {"id": _id(row, field), "kind": kind, "name": row.get("name", ""), "papers": _papers(row, field)}, Feed
        )

    def _zone(self, row: dict[str, Any], field: str) -> Zone:
        plain = {key: value for key, value in row.items() if key not in ("basis", "note")}
        return read_zone(plain, field, self.places, text(_need(self.table, "party", ""), "party", 80))

    def _movers(self) -> tuple[Mover, ...]:
        movers: dict[str, Mover] = {}
        self._by_id("mover", lambda row, field: movers.setdefault(row["id"], self._mover(row, field, movers)))
        return tuple(movers.values())

    def _mover(self, row: dict[str, Any], field: str, before: dict[str, Mover]) -> Mover:
        _only(row, field, MOVER_KEYS)
        feed = self._feed_of(row, field)
        leader = self._leader(row, field, before)
        datum = _datum(row, field)
        plain: dict[str, Any] = {
            "id": self._mover_id(row, field, feed),
            "name": text(_need(row, "name", field), f"{field}.name", 80),
            "group": self._group(row, field),
            "mover_class": choice(_need(row, "class", field), f"{field}.class", MOVER_CLASSES),
            "feed": feed.id,
            "start_ns": leader.start_ns if leader else self._start_ns(row, field),
            "interval_s": _step_s(_need(row, "interval_s", field), f"{field}.interval_s", SHORTEST_STEP_S, feed),
            "phase_s": _step_s(row.get("phase_s", 0.0), f"{field}.phase_s", 0.0, feed),
            "datum": datum,
            "silent_ns": self._silences(row, field),
            "on_list": None if row.get("list") is None else choice(row["list"], f"{field}.list", ("own", "reserved")),
        }
        for key in ("callsign", "type_code", "squawk"):
            plain[key] = None if row.get(key) is None else text(row[key], f"{field}.{key}", 8)
        mover = msgspec.convert({**plain, "accuracy_m": 0.0, "path": (), "papers": _papers(row, field)}, Mover)
        path = leader.path if leader else read_path(_need(row, "path", field), f"{field}.path", self.places, datum)
        behind_m = number(row.get("behind_m", 0.0), f"{field}.behind_m", 0.0, 1e5, "metres behind the leader")
        offset_ft = row.get("geometric_minus_baro_ft", nan)
        return msgspec.structs.replace(
            mover,
            accuracy_m=_accuracy_m(row, field, feed),
            path=_moving(path, f"{field}.path", mover),
            behind_m=behind_m + (leader.behind_m if leader else 0.0),
            geometric_minus_baro_m=offset_ft * units.M_PER_FT,
        )

    def _leader(self, row: dict[str, Any], field: str, before: dict[str, Mover]) -> Mover | None:
        if "follows" not in row:
            return None
        for key in ("path", "start"):
            if key in row:
                raise Refused(f"{field}.{key}", row[key], "nothing: a mover that follows has its leader's path and start")
        if row["follows"] not in before:
            raise Refused(f"{field}.follows", row["follows"], "the id of a mover that stands earlier in the file")
        return before[row["follows"]]

    def _start_ns(self, row: dict[str, Any], field: str) -> int:
        at_ns = self._clock_ns(row.get("start"), f"{field}.start")
        if at_ns > self.start_ns + round(self.duration_s * NS_PER_S):
            raise Refused(f"{field}.start", row.get("start"), "a time before the scenario ends")
        return at_ns

    def _feed_of(self, row: dict[str, Any], field: str) -> Feed:
        return self.feeds[choice(_need(row, "feed", field), f"{field}.feed", tuple(self.feeds))]

    def _group(self, row: dict[str, Any], field: str) -> str:
        return choice(_need(row, "group", field), f"{field}.group", tuple(self.groups))

    def _mover_id(self, row: dict[str, Any], field: str, feed: Feed) -> str:
        mover_id = text(_need(row, "id", field), f"{field}.id", 40)
        if feed.kind in ("readsb", "sbs") and not _HEX.fullmatch(mover_id):
            raise Refused(
                f"{field}.id", mover_id, "six lower-case hexadecimal digits, because the feed is of kind " + feed.kind
            )
        if not _NAME.fullmatch(mover_id):
            raise Refused(f"{field}.id", mover_id, "lower-case letters, digits and hyphens")
        return mover_id

    def _silences(self, row: dict[str, Any], field: str) -> tuple[tuple[int, int], ...]:
        found = []
        for index, one in enumerate(items(row.get("silent", []), f"{field}.silent")):
            where = f"{field}.silent[{index}]"
            silence = mapping(one, where)
            _only(silence, where, "from to basis note")
            _papers(silence, where)
            from_ns = self._clock_ns(_need(silence, "from", where), f"{where}.from")
            ends = silence.get("to", "end")
            to_ns = 2**63 - 1 if ends == "end" else self._clock_ns(ends, f"{where}.to")
            if to_ns <= from_ns:
                raise Refused(f"{where}.to", ends, 'a time after "from", or "end"')
            found.append((from_ns, to_ns))
        return tuple(found)

    def _spoilt(self, row: dict[str, Any], field: str) -> Spoilt:
        _only(row, field, "feed at text refuses basis note")
        feed = self._feed_of(row, field)
        if feed.kind == "readsb":
            raise Refused(f"{field}.feed", feed.id, "a feed of lines; aircraft.json is one document")
        at_ns = self._clock_ns(_need(row, "at", field), f"{field}.at")
        said = [text(_need(row, key, field), f"{field}.{key}") for key in ("text", "refuses")]
        return Spoilt(feed.id, at_ns, said[0], said[1], _papers(row, field))

    def _act(self, row: dict[str, Any], field: str) -> ScriptedAct:
        _only(row, field, "at who role name body desk basis note")
        at_ns = self._clock_ns(_need(row, "at", field), f"{field}.at")
        who, role, name = (text(_need(row, key, field), f"{field}.{key}", 80) for key in ("who", "role", "name"))
        body = mapping(_need(row, "body", field), f"{field}.body")
        if isinstance(body.get("params"), dict):
            body["params"] = {key: self._slot(key, value, field) for key, value in body["params"].items()}
        desk = row.get("desk", "own")
        if desk not in ("own", "counterpart") or (desk == "counterpart" and "counterpart" not in self.table):
            raise Refused(f"{field}.desk", desk, "own, or counterpart where the scenario names a counterpart at its top")
        return ScriptedAct(at_ns, who, role, name, body, _papers(row, field), desk == "counterpart")

    def _slot(self, name: str, value: Any, field: str) -> Any:
        """A slot of a message: a time of the scenario's day where its name says that it is one."""
        return self._clock_ns(value, f"{field}.body.params.{name}") // 1000 if name.endswith("_us") else value

    def _told(self, row: dict[str, Any], field: str) -> Told:
        _only(row, field, "id says basis note")
        return Told(_id(row, field), text(_need(row, "says", field), f"{field}.says"), _papers(row, field))

    def _says(self, row: dict[str, Any], field: str) -> Says:
        _only(row, field, "what value within unit")
        value, within = (number(_need(row, key, field), f"{field}.{key}", -1e9, 1e9, "a number") for key in ("value", "within"))
        what = text(_need(row, "what", field), f"{field}.what", 120)
        return Says(what, value, within, text(_need(row, "unit", field), f"{field}.unit", 20))

    def _clock_ns(self, value: Any, field: str) -> int:
        """`09:24:00Z` on the scenario's day; nothing means its start."""
        if value is None:
            return self.start_ns
        match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise Refused(field, value, "a time of the scenario's day in UTC, such as 09:24:00Z")
        hour, minute, second, tenth = (int(part or 0) for part in match.groups())
        day = _dt.datetime.fromtimestamp(self.start_ns // NS_PER_S, _dt.UTC).replace(hour=0, minute=0, second=0)
        seconds = int(day.timestamp()) + hour * 3600 + minute * 60 + second
        at_ns = seconds * NS_PER_S + tenth * (NS_PER_S // 10)
        if hour > 23 or minute > 59 or second > 59 or at_ns < self.start_ns:
            raise Refused(field, value, "a time of day that is not before the scenario's start")
        return at_ns


MOVER_KEYS: Final = (
    "id name group class feed start interval_s phase_s accuracy_m datum geometric_minus_baro_ft callsign type_code squawk "
    "list follows behind_m path silent basis note"
)


def _only(row: dict[str, Any], field: str, allowed: str) -> None:
    for key in row:
        if key not in allowed.split():
            raise Refused(f"{field}.{key}".lstrip("."), row[key], "one of the keys " + ", ".join(sorted(allowed.split())))


def _need(row: dict[str, Any], key: str, field: str) -> Any:
    if key not in row:
        raise Refused(f"{field}.{key}".lstrip("."), None, "a value: this key must be there")
    return row[key]


def _id(row: dict[str, Any], field: str) -> str:
    found = text(_need(row, "id", field), f"{field}.id", 40)
    if not _NAME.fullmatch(found):
        raise Refused(f"{field}.id", found, "lower-case letters, digits and hyphens")
    return found


def _papers(row: dict[str, Any], field: str) -> Papers:
    basis = text(_need(row, "basis", field), f"{field}.basis".lstrip("."), 200)
    if basis not in ("fact", "invented") and not basis.startswith("claim by "):
        raise Refused(f"{field}.basis".lstrip("."), basis, '"fact", "invented" or "claim by …"')
    return Papers(basis, text(row.get("note", ""), f"{field}.note".lstrip(".")))


def _span_s(value: Any, field: str) -> float:
    match = _SPAN.fullmatch(value) if isinstance(value, str) else None
    seconds = 0.0 if match is None else sum(int(part) * unit for part, unit in zip(match.groups(), (3600, 60, 1), strict=True))
    if not 0.0 < seconds <= DURATION_MAX_S:
        raise Refused(field, value, "hours:minutes:seconds such as 01:20:00, at most a day")
    return float(seconds)


def _datum(row: dict[str, Any], field: str) -> Datum | None:
    for datum in units.DATUMS:
        if row.get("datum") == datum:
            return datum
    return None if "datum" not in row else choice(row["datum"], f"{field}.datum", units.DATUMS)  # type: ignore[return-value]  # raises


def _step_s(value: Any, field: str, least: float, feed: Feed) -> float:
    step_s = number(value, field, least, 3600.0, "seconds")
    if feed.kind == "osmand" and step_s != int(step_s):
        raise Refused(field, value, "whole seconds: an OsmAnd timestamp cannot say more")
    if abs(step_s * 10 - round(step_s * 10)) > 1e-9:
        raise Refused(field, value, "tenths of a second: aircraft.json cannot say more")
    return step_s


def _accuracy_m(row: dict[str, Any], field: str, feed: Feed) -> float:
    if "accuracy_m" not in row:
        return nan
    accuracy_m = number(row["accuracy_m"], f"{field}.accuracy_m", 0.1, 1e5, "metres")
    if feed.kind == "sbs":
        raise Refused(f"{field}.accuracy_m", accuracy_m, "nothing: SBS-1 states no accuracy")
    if feed.kind == "readsb" and accuracy_m not in NACP_M:
        raise Refused(f"{field}.accuracy_m", accuracy_m, "one ADS-B can state: " + ", ".join(f"{m:g}" for m in NACP_M))
    return accuracy_m


def _moving(path: tuple[Knot, ...], field: str, mover: Mover) -> tuple[Knot, ...]:
    """The path, once its legs are known to have a length. Raises `Refused`."""
    lengths = Motion(msgspec.structs.replace(mover, path=path))
    if lengths.lasts_s <= 0.0:
        raise Refused(field, "a path that takes no time", "two different points, or one with a hold")
    if any(knot.hold_s == inf for knot in path[:-1]):
        raise Refused(field, "end", 'a hold of "end" at the last point only')
    return path
