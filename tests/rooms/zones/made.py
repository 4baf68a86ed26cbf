"""Zones as Hypothesis makes them: complete, free of contradictions, of every shape."""

import math

import msgspec
from hypothesis import strategies as st

from openline.clock import NS_PER_S
from openline.zones.limits import limit
from openline.zones.zone import Circle, Corridor, Declared, Group, Hours, Limit, Point, Polygon, Ring, Standing, Zone

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\u202d\u202e"), max_size=30
)
NAMES = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=12)
INSTANTS = st.integers(946_684_800_000_000, 4_070_908_800_000_000).map(lambda at_us: at_us * 1_000)
LONGITUDES = st.floats(-180.0, 180.0)
RULES = ("contact_by", "no_contact_no_entry")


@st.composite
def circles(draw: st.DrawFn) -> Circle:
    return Circle(draw(st.floats(-90.0, 90.0)), draw(LONGITUDES), draw(st.floats(1.0, 1_000_000.0)))


@st.composite
def stars(
    draw: st.DrawFn, lat_deg: float | None = None, lon_deg: float | None = None, most_deg: float = 5.0
) -> tuple[Point, ...]:
    """A star-shaped line around a middle: never crosses itself; may run across 180°."""
    middle_lat = draw(st.floats(-70.0, 70.0)) if lat_deg is None else lat_deg
    middle_lon = draw(LONGITUDES) if lon_deg is None else lon_deg
    count = draw(st.integers(3, 9))
    reach = [draw(st.floats(most_deg / 2.0, most_deg)) for _ in range(count)]
    points = []
    for i in range(count):
        angle = 2.0 * math.pi * i / count
        lon = math.remainder(middle_lon + reach[i] * math.cos(angle), 360.0)
        points.append((middle_lat + reach[i] * math.sin(angle), lon))
    return tuple(points)


@st.composite
def polygons(draw: st.DrawFn) -> Polygon:
    lat, lon = draw(st.floats(-70.0, 70.0)), draw(LONGITUDES)
    outer = draw(stars(lat, lon, 5.0))
    # A triangle of half the reach holds a hole of an eighth of it.
    holes = (draw(stars(lat, lon, 0.5)),) if draw(st.booleans()) else ()
    return Polygon(outer, holes)


@st.composite
def corridors(draw: st.DrawFn) -> Corridor:
    points = draw(st.lists(st.tuples(st.floats(-90.0, 90.0), LONGITUDES), min_size=2, max_size=6, unique=True))
    return Corridor(tuple(points), draw(st.floats(1.0, 200_000.0)))


PARTS = st.one_of(circles(), polygons(), corridors())
SHAPES = st.one_of(PARTS, st.lists(PARTS, min_size=2, max_size=3).map(lambda parts: Group(tuple(parts))))


@st.composite
def bands(draw: st.DrawFn) -> tuple[Limit | None, Limit | None]:
    unit, datum = draw(st.sampled_from([("m", "amsl"), ("ft", "agl"), ("fl", "baro"), ("m", "wgs84"), ("ft", "baro")]))
    low, high = draw(st.integers(0, 300)), draw(st.integers(301, 600))
    lower, upper = limit(float(low), unit, datum), limit(float(high), unit, datum)
    return draw(st.sampled_from([(lower, upper), (None, upper), (lower, None), (None, None)]))


@st.composite
def zones(draw: st.DrawFn, /, shapes: st.SearchStrategy[object] = SHAPES, **fixed: object) -> Zone:
    lower, upper = draw(bands())
    effective, expires = sorted(draw(st.lists(INSTANTS, min_size=2, max_size=2, unique=True)))
    rings = [Ring("boundary", 0.0, "boundary", draw(WORDS))]
    for i, rule in enumerate(RULES):
        if draw(st.booleans()):
            rings.append(Ring(f"ring {i}", draw(st.floats(1.0, 999.0)) + 1000.0 * (2 - i), rule, draw(WORDS)))  # type: ignore[arg-type]
    fields = {
        "id": draw(NAMES),
        "issuer": draw(NAMES),
        "serial": draw(st.integers(1, 1000)),
        "version": draw(st.integers(1, 50)),
        "name": draw(NAMES),
        "shape": draw(shapes),
        "edge_rule": draw(st.sampled_from(["geodesic", "lonlat"])),
        "rings": tuple(rings),
        "lower": lower,
        "upper": upper,
        "hours": tuple(draw(st.lists(hours(), max_size=2, unique=True))),
        "effective_ns": draw(st.sampled_from([None, effective])),
        "expires_ns": draw(st.sampled_from([None, expires])),
        "review_ns": draw(st.none() | INSTANTS),
        "declared": Declared(
            draw(WORDS), draw(st.sampled_from(["", "34"])), "km", "radius", tuple(draw(st.lists(st.floats(1, 1e6), max_size=2)))
        ),
        "applies_to": tuple(draw(st.lists(NAMES, max_size=3))),
        "asks": draw(WORDS),
        "exempt": tuple(draw(st.lists(NAMES, max_size=2))),
        "purpose": draw(WORDS),
        "standings": tuple(draw(st.lists(standings(), max_size=2))),
        "withdrawn": draw(st.booleans()),
    }
    return Zone(**(fields | fixed))  # type: ignore[arg-type]


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    days = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1))))
    return Hours(days, draw(st.integers(0, 86_399)), draw(st.integers(0, 86_400)))


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    return Standing(
        draw(NAMES), draw(st.sampled_from(["declared", "received", "agreed", "disputed"])), draw(INSTANTS), draw(NAMES)
    )


def plain_zone(**changes: object) -> Zone:
    """A circle of 55 km that may be published as it is."""
    zone = Zone(
        id="tanf",
        issuer="A",
        serial=1,
        version=1,
        name="At Tanf",
        shape=Circle(33.507, 38.618, 55_000.0),
        applies_to=("vehicle",),
        asks="stay out",
        purpose="patients",
    )
    return msgspec.structs.replace(zone, **changes)


MONDAY_NS = 1_495_411_200 * NS_PER_S  # 2017-05-22T00:00:00Z, a Monday
