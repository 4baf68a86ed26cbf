"""The zone: a protected area with rings, altitude band, hours, versions, and the words it was declared in (R1–R7)."""

from typing import Literal

import msgspec

from openline.units import Datum

EdgeRule = Literal["geodesic", "lonlat"]
"""How the boundary runs between two vertices: the WGS-84 geodesic, or straight in longitude/latitude (RFC 7946)."""

Point = tuple[float, float]
"""(lat_deg, lon_deg), WGS-84; lon in [-180, 180]."""


class Circle(msgspec.Struct, frozen=True, tag="circle"):
    """All points within `radius_m` of the centre along the WGS-84 geodesic."""

    lat_deg: float
    lon_deg: float
    radius_m: float


class Polygon(msgspec.Struct, frozen=True, tag="polygon"):
    """One outer line and any number of holes; each an open list of ≥ 3 vertices (the first is not repeated)."""

    outer: tuple[Point, ...]
    holes: tuple[tuple[Point, ...], ...] = ()


class Corridor(msgspec.Struct, frozen=True, tag="corridor"):
    """All points within `half_width_m` of a line of ≥ 2 points."""

    line: tuple[Point, ...]
    half_width_m: float


class Group(msgspec.Struct, frozen=True, tag="group"):
    """Several areas declared as one zone (a GeoJSON MultiPolygon); inside any of them is inside."""

    parts: tuple["Circle | Polygon | Corridor", ...]


Shape = Circle | Polygon | Corridor | Group


class Ring(msgspec.Struct, frozen=True):
    """One line around (offset > 0) or within (offset < 0) the boundary. The ring named `boundary` has offset 0."""

    name: str
    offset_m: float
    rule: Literal["contact_by", "no_contact_no_entry", "boundary", "inner", "other"]
    says: str = ""  # the rule in words, shown with the alarm


class Limit(msgspec.Struct, frozen=True):
    """One vertical limit, in the unit and reference it was declared with."""

    value: float
    unit: Literal["m", "ft", "fl"]
    datum: Datum
    altitude_m: float  # `value` converted once, in `datum`


class Hours(msgspec.Struct, frozen=True):
    """A time the zone is active, every listed weekday (0 = Monday, UTC) from start to end; end ≤ start runs past midnight."""

    weekdays: tuple[int, ...]
    start_s: int  # seconds after 00:00 UTC
    end_s: int


class Declared(msgspec.Struct, frozen=True):
    """The words a zone was declared in, kept verbatim beside the geometry (R1, R2)."""

    words: str = ""
    value: str = ""  # e.g. "34"
    unit: str = ""  # e.g. "statute_mi"; "mile, kind not stated" is allowed only here
    means: Literal["radius", "diameter", "across", "not stated", ""] = ""
    other_readings_m: tuple[float, ...] = ()  # radii the words could also mean; watched as rings of their own (R2)


class Standing(msgspec.Struct, frozen=True):
    """What one party has said of one version of a zone (R3)."""

    party: str
    status: Literal["declared", "notified", "received", "acknowledged", "agreed", "disputed"]
    at_ns: int
    message: str  # id of the message or record entry that says so


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one zone, keyed (issuer, serial, version)."""

    id: str
    issuer: str
    serial: int
    version: int
    name: str
    shape: Shape
    edge_rule: EdgeRule = "geodesic"
    rings: tuple[Ring, ...] = (Ring("boundary", 0.0, "boundary"),)
    lower: Limit | None = None  # None: from the ground
    upper: Limit | None = None  # None: unlimited
    hours: tuple[Hours, ...] = ()  # empty: always
    effective_ns: int | None = None
    expires_ns: int | None = None
    review_ns: int | None = None
    declared: Declared = Declared()
    applies_to: tuple[str, ...] = ()  # parties and mover classes; empty: not stated
    asks: str = ""  # contact, permission, stay out
    exempt: tuple[str, ...] = ()
    purpose: str = ""  # "reason not stated" where that is so; empty is not published
    standings: tuple[Standing, ...] = ()
    withdrawn: bool = False
