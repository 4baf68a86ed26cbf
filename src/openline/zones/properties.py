"""A zone's properties in GeoJSON and KML ⇄ the fields of `Zone`; docs/zones.md lists every one.

Times are RFC 3339 text, hours `HH:MM:SS` UTC with weekdays 0 (Monday) to 6, limits `lower_m`, `lower_ft` or `lower_fl` with
`lower_datum`, or in words: `"lower": "GND", "upper": "FL320"`.
"""

from typing import Any, Final, get_args

from openline.clock import EARLIEST_NS, LATEST_NS, from_rfc3339, to_rfc3339
from openline.errors import Refused
from openline.units import DATUMS
from openline.zones import limits
from openline.zones.door import choice, items, mapping, not_after, number, text, texts, whole
from openline.zones.zone import Declared, EdgeRule, Hours, Limit, Ring, Standing

RINGS_MAX: Final = 32
HOURS_MAX: Final = 100
SERIAL_MAX: Final = 2**31 - 1

RING_RULES: Final = ("contact_by", "no_contact_no_entry", "boundary", "inner", "other")
MEANS: Final = ("radius", "diameter", "across", "not stated", "")
STATUSES: Final = ("declared", "notified", "received", "acknowledged", "agreed", "disputed")
KNOWN: Final = frozenset(
    (
        *("id", "name", "issuer", "serial", "version", "edge_rule", "rings", "hours", "effective", "expires", "review"),
        *("declared", "applies_to", "asks", "exempt", "purpose", "standings", "withdrawn"),
        *("radius_m", "radius", "half_width_m", "half_width", "width", "unit", "mile_kind", "parts", "openline_shape"),
        *("lower", "lower_m", "lower_ft", "lower_fl", "lower_datum"),
        *("upper", "upper_m", "upper_ft", "upper_fl", "upper_datum", "datum"),
    )
)
"""Every property that is read; any other is ignored with a note."""


def fields_of(properties: dict[str, Any], field: str) -> dict[str, Any]:
    """Keyword arguments of `Zone` for what the properties state; what they do not state is absent. Raises `Refused`."""
    found: dict[str, Any] = {}
    for name, most in (("name", 200), ("issuer", 200), ("asks", 4_000), ("purpose", 4_000)):
        if properties.get(name) is not None:
            found[name] = text(properties[name], f"{field}.{name}", most)
    for name in ("serial", "version"):
        if properties.get(name) is not None:
            found[name] = whole(properties[name], f"{field}.{name}", 1, SERIAL_MAX)
    for name in ("applies_to", "exempt"):
        if properties.get(name) is not None:
            found[name] = texts(properties[name], f"{field}.{name}")
    for name in ("effective", "expires", "review"):
        if properties.get(name) is not None:
            found[f"{name}_ns"] = instant(properties[name], f"{field}.{name}")
    starts_ns, ends_ns = found.get("effective_ns"), found.get("expires_ns")
    if starts_ns is not None and ends_ns is not None and starts_ns >= ends_ns:
        raise not_after(f"{field}.expires", properties["expires"], f"{field}.effective", properties["effective"])
    if properties.get("edge_rule") is not None:
        found["edge_rule"] = choice(properties["edge_rule"], f"{field}.edge_rule", get_args(EdgeRule))
    if properties.get("withdrawn") is not None:
        found["withdrawn"] = _truth(properties["withdrawn"], f"{field}.withdrawn")
    for name, read, most in (("rings", _ring, RINGS_MAX), ("hours", _hours, HOURS_MAX), ("standings", _standing, 1_000)):
        if properties.get(name) is not None:
            listed = items(properties[name], f"{field}.{name}", most)
            found[name] = tuple(read(one, f"{field}.{name}[{index}]") for index, one in enumerate(listed))
    if properties.get("declared") is not None:
        found["declared"] = _declared(properties["declared"], f"{field}.declared")
    found["lower"] = _limit(properties, "lower", field)
    found["upper"] = _limit(properties, "upper", field)
    return found


def instant(value: Any, field: str) -> int:
    """Nanoseconds of an RFC 3339 text between 2000 and 2099."""
    at_ns = from_rfc3339(text(value, field, 40), field)
    if not EARLIEST_NS <= at_ns <= LATEST_NS:
        raise Refused(field, value, "a time from 2000-01-01 to 2099-01-01")
    return at_ns


def instant_text(at_ns: int) -> str:
    """RFC 3339 text with three decimals of a second, or as many as it takes to lose nothing."""
    digits = next(digits for digits in (3, 6, 9) if at_ns % 10 ** (9 - digits) == 0)
    return to_rfc3339(at_ns, digits)


def clock_s(value: Any, field: str) -> int:
    """Seconds after 00:00 UTC of `HH:MM`, `HH:MM:SS`, with or without Z; 24:00 is the day's end."""
    parts = text(value, field, 12).removesuffix("Z").split(":")
    if len(parts) in (2, 3) and all(len(part) == 2 and part.isascii() and part.isdigit() for part in parts):
        hour, minute, second = (int(part) for part in (*parts, "00")[:3])
        if minute < 60 and second < 60 and hour * 3600 + minute * 60 + second <= 86_400:
            return hour * 3600 + minute * 60 + second
    raise Refused(field, value, "a time of day in UTC, HH:MM or HH:MM:SS, up to 24:00")


def clock_text(at_s: int) -> str:
    """`HH:MM:SS` of seconds after 00:00."""
    return f"{at_s // 3600:02d}:{at_s // 60 % 60:02d}:{at_s % 60:02d}"


def _ring(value: Any, field: str) -> Ring:
    ring = mapping(value, field)
    offset_m = number(ring.get("offset_m"), f"{field}.offset_m", -1e6, 1e6, "an offset in metres")
    rule = choice(ring.get("rule"), f"{field}.rule", RING_RULES)
    return Ring(text(ring.get("name"), f"{field}.name", 200), offset_m, rule, text(ring.get("says", ""), f"{field}.says"))  # type: ignore[arg-type]


def _hours(value: Any, field: str) -> Hours:
    hours = mapping(value, field)
    days = items(hours.get("weekdays"), f"{field}.weekdays", 7)
    weekdays = tuple(whole(day, f"{field}.weekdays[{index}]", 0, 6) for index, day in enumerate(days))
    return Hours(weekdays, clock_s(hours.get("start"), f"{field}.start"), clock_s(hours.get("end"), f"{field}.end"))


def _standing(value: Any, field: str) -> Standing:
    said = mapping(value, field)
    status = choice(said.get("status"), f"{field}.status", STATUSES)
    party, message = text(said.get("party"), f"{field}.party", 200), text(said.get("message"), f"{field}.message", 200)
    return Standing(party, status, instant(said.get("at"), f"{field}.at"), message)  # type: ignore[arg-type]


def _declared(value: Any, field: str) -> Declared:
    said = mapping(value, field)
    others = items(said.get("other_readings_m", []), f"{field}.other_readings_m", 16)
    return Declared(
        text(said.get("words", ""), f"{field}.words"),
        text(said.get("value", ""), f"{field}.value", 40),
        text(said.get("unit", ""), f"{field}.unit", 40),
        choice(said.get("means", ""), f"{field}.means", MEANS),  # type: ignore[arg-type]
        tuple(number(one, f"{field}.other_readings_m[{i}]", 0.0, 2e6, "a radius in metres") for i, one in enumerate(others)),
    )


def _limit(properties: dict[str, Any], side: str, field: str) -> Limit | None:
    """The limit of one side; two of them that differ contradict each other (R5)."""
    datum = properties.get(f"{side}_datum", properties.get("datum"))
    found: list[tuple[str, Limit | None]] = []
    for unit in ("m", "ft", "fl"):
        name = f"{side}_{unit}"
        if properties.get(name) is None:
            continue
        value = number(properties[name], f"{field}.{name}", -1e6, 1e6, "a height")
        stated = "baro" if unit == "fl" and datum is None else datum
        if stated is None:
            raise Refused(f"{field}.{side}_datum", None, "one of " + ", ".join(DATUMS) + f": the reference of {name}")
        found.append((name, limits.limit(value, unit, choice(stated, f"{field}.{side}_datum", DATUMS), f"{field}.{name}")))
    if properties.get(side) is not None:
        read = limits.lower if side == "lower" else limits.upper
        found.append((side, _worded(properties[side], read, f"{field}.{side}")))
    if len({None if one is None else (one.altitude_m, one.datum) for _, one in found}) > 1:
        raise Refused(f"{field}.{found[1][0]}", properties[found[1][0]], f"one {side} limit; {found[0][0]} gives another")
    return found[0][1] if found else None


def _worded(value: Any, read: Any, field: str) -> Limit | None:
    if isinstance(value, (int, float)):
        raise Refused(field, value, limits.ACCEPTED + "; no bare numbers")
    given: Limit | None = read(text(value, field, 60), field)
    return given


def _truth(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise Refused(field, value, "true or false")
    return value


def properties_of(fields: dict[str, Any]) -> dict[str, Any]:
    """The properties that `fields_of` reads back as these fields of a zone; what is at its default is left out."""
    out: dict[str, Any] = {name: fields[name] for name in ("name", "issuer", "edge_rule", "asks", "purpose")}
    out |= {name: fields[name] for name in ("serial", "version") if fields[name]}
    for name in ("effective", "expires", "review"):
        if fields[f"{name}_ns"] is not None:
            out[name] = instant_text(fields[f"{name}_ns"])
    for name in ("applies_to", "exempt"):
        if fields[name]:
            out[name] = list(fields[name])
    out["rings"] = [{"name": r.name, "offset_m": r.offset_m, "rule": r.rule, "says": r.says} for r in fields["rings"]]
    if fields["hours"]:
        spans: tuple[Hours, ...] = fields["hours"]
        out["hours"] = [
            {"weekdays": list(h.weekdays), "start": clock_text(h.start_s), "end": clock_text(h.end_s)} for h in spans
        ]
    if fields["standings"]:
        said_by: tuple[Standing, ...] = fields["standings"]
        out["standings"] = [
            {"party": s.party, "status": s.status, "at": instant_text(s.at_ns), "message": s.message} for s in said_by
        ]
    if fields["declared"] != Declared():
        said: Declared = fields["declared"]
        out["declared"] = {name: getattr(said, name) for name in ("words", "value", "unit", "means")}
        out["declared"]["other_readings_m"] = list(said.other_readings_m)
    for side in ("lower", "upper"):
        if (one := fields[side]) is not None:
            out[f"{side}_{one.unit}"], out[f"{side}_datum"] = one.value, one.datum
    if fields["withdrawn"]:
        out["withdrawn"] = True
    return out
