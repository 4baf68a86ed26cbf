"""One zone of a file in words, and everything that putting it in force would refuse."""

from openline.errors import Refused
from openline.units import M_PER_NMI, M_PER_STATUTE_MI
from openline.zones import limits
from openline.zones.check import examine
from openline.zones.door import Note
from openline.zones.plain import zone_from_plain, zone_to_plain
from openline.zones.properties import clock_text, instant_text
from openline.zones.zone import Circle, Corridor, Group, Hours, Polygon, Shape, Zone

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def wrong_with(zone: Zone, party: str) -> tuple[list[Refused], list[Note]]:
    """What `openline zone put` would refuse of a zone, and what it would note; `party` issues a zone that names no issuer."""
    from openline.kernels.zones import ZoneIndex

    try:
        published = zone_from_plain(zone_to_plain(zone), party)
        found = examine(published)
        if not found.refused:
            ZoneIndex([published])
    except Refused as refused:
        return [refused], []
    return list(found.refused), list(found.notes)


def told(zone: Zone) -> list[str]:
    """A zone in lines: what it is called, where and how large it is, how high, when, and what it asks of whom."""
    lower = "the ground" if zone.lower is None else limits.words_of(zone.lower)
    upper = "no upper limit" if zone.upper is None else limits.words_of(zone.upper)
    lines = [
        f"{zone.id or '(no id)'}  {zone.name}",
        f"  {_shape(zone.shape)}; edges {zone.edge_rule}",
        f"  heights    {lower} to {upper}",
        "  rings      " + ", ".join(f"{ring.name} {_offset(ring.offset_m)}" for ring in zone.rings),
        f"  in force   {_times(zone)}",
        f"  applies to {', '.join(zone.applies_to) or '(nobody)'}; asks {zone.asks or '(nothing)'}",
        f"  purpose    {zone.purpose or '(none)'}",
    ]
    if zone.declared.words:
        lines.append(f"  declared   “{zone.declared.words}”")
    return lines


def _shape(shape: Shape) -> str:
    if isinstance(shape, Circle):
        return f"circle of {length(shape.radius_m)} radius around {_point((shape.lat_deg, shape.lon_deg))}"
    if isinstance(shape, Corridor):
        ends = f"{_point(shape.line[0])} to {_point(shape.line[-1])}"
        return f"corridor of {length(shape.half_width_m)} on each side of {len(shape.line)} points, {ends}"
    if isinstance(shape, Polygon):
        holes = f" and {len(shape.holes)} holes" if shape.holes else ""
        return f"polygon of {len(shape.outer)} vertices{holes}, beginning at {_point(shape.outer[0])}"
    assert isinstance(shape, Group)
    return f"{len(shape.parts)} parts: " + "; ".join(_shape(part) for part in shape.parts[:5])


def length(metres: float) -> str:
    """A length in metric, and from 1 km on in both miles: 55 km (34.18 statute mi, 29.7 NM)."""
    if metres < 1_000:
        return f"{metres:.6g} m"
    return f"{metres / 1_000:.6g} km ({metres / M_PER_STATUTE_MI:.4g} statute mi, {metres / M_PER_NMI:.4g} NM)"


def _offset(offset_m: float) -> str:
    return "0" if offset_m == 0 else f"{offset_m:+.6g} m" if abs(offset_m) < 1_000 else f"{offset_m / 1_000:+.6g} km"


def _point(point: tuple[float, float]) -> str:
    return f"{abs(point[0]):.6g}°{'N' if point[0] >= 0 else 'S'} {abs(point[1]):.7g}°{'E' if point[1] >= 0 else 'W'}"


def _times(zone: Zone) -> str:
    since = "at once" if zone.effective_ns is None else f"from {instant_text(zone.effective_ns)}"
    until = "until withdrawn" if zone.expires_ns is None else f"until {instant_text(zone.expires_ns)}"
    return f"{since}, {until}, {', '.join(map(_span, zone.hours)) or 'at all hours'}"


def _span(span: Hours) -> str:
    return f"{' '.join(DAYS[day] for day in span.weekdays)} {clock_text(span.start_s)[:5]}–{clock_text(span.end_s)[:5]} UTC"
