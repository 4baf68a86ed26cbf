# mypy: disable-error-code="call-arg"
# (mypy cannot count what `*place` unpacks to in an unannotated test)
"""Zones, places and paths for the tests of the kernels: the fields of `openline.zones.zone`, and nothing from downstream."""

import os
from dataclasses import dataclass, field

from geographiclib.geodesic import Geodesic
from hypothesis import settings
from hypothesis import strategies as st

EARTH = Geodesic.WGS84


@dataclass(frozen=True)
class Circle:
    lat_deg: float
    lon_deg: float
    radius_m: float


@dataclass(frozen=True)
class Polygon:
    outer: tuple
    holes: tuple = ()


@dataclass(frozen=True)
class Corridor:
    line: tuple
    half_width_m: float


@dataclass(frozen=True)
class Group:
    parts: tuple


@dataclass(frozen=True)
class Ring:
    offset_m: float = 0.0


@dataclass(frozen=True)
class Limit:
    altitude_m: float
    datum: str = "amsl"


@dataclass(frozen=True)
class Zone:
    shape: object
    id: str = "zone"
    edge_rule: str = "geodesic"
    rings: tuple = field(default=(Ring(),))
    lower: Limit | None = None
    upper: Limit | None = None


def away(lat_deg, lon_deg, azimuth_deg, distance_m):
    """Where a course and a distance lead, by geographiclib."""
    there = EARTH.Direct(lat_deg, lon_deg, azimuth_deg, distance_m)
    return there["lat2"], there["lon2"]


def apart_m(a, b):
    """Geodesic distance between two (lat, lon), by geographiclib."""
    return EARTH.Inverse(*a, *b)["s12"]


def bearing_deg(a, b):
    """The track from one (lat, lon) that leads to another, by geographiclib."""
    return EARTH.Inverse(*a, *b)["azi1"]


def star(lat_deg, lon_deg, radii_m, turn_deg=0.0):
    """A ring whose corners lie around a middle, anticlockwise, at these distances."""
    step_deg = 360.0 / len(radii_m)
    return tuple(away(lat_deg, lon_deg, turn_deg - i * step_deg, radius_m) for i, radius_m in enumerate(radii_m))


def along(a, b, share, lonlat=False):
    """The place at a share of the edge from a to b, and the azimuth of the edge there, by geographiclib."""
    if lonlat:
        turn_deg = (b[1] - a[1] + 180.0) % 360.0 - 180.0
        at, then = ((a[0] + s * (b[0] - a[0]), a[1] + s * turn_deg) for s in (share, share + 1e-6))
        return at, EARTH.Inverse(*at, *then)["azi1"]
    edge = EARTH.Inverse(*a, *b)
    there = EARTH.Direct(*a, edge["azi1"], share * edge["s12"])
    return (there["lat2"], there["lon2"]), there["azi2"]


lats_deg = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, -89.9999, -1e-9, 0.0, 60.0, 89.99, 90.0]))
lons_deg = st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, -179.9999, 0.0, 179.9999, 180.0]))
azimuths_deg = st.floats(-180, 180)
spots = st.tuples(lats_deg, lons_deg)
"""Places: the poles and the antimeridian are never left out."""

TIMES = int(os.environ.get("OPENLINE_LEMMAS_TIMES", "1"))  # 100 is a night's run
quick = settings(max_examples=40 * TIMES, deadline=None)
many = settings(max_examples=120 * TIMES, deadline=None)


@st.composite
def stars(draw, radius_m_max=500_000.0):
    """A ring anticlockwise around a middle, and the middle."""
    middle = draw(spots)
    radius_m = draw(st.floats(200.0, radius_m_max))
    shares = draw(st.lists(st.floats(0.3, 1.0), min_size=3, max_size=10))
    return star(*middle, [share * radius_m for share in shares], draw(st.floats(0, 360))), middle, radius_m


@st.composite
def shapes(draw, radius_m_max=200_000.0):
    """A circle, polygon, corridor or group, its middle, its size, and an edge rule."""
    ring, middle, radius_m = draw(stars(radius_m_max))
    beside = away(*middle, 77.0, 0.8 * radius_m)
    shape = draw(
        st.sampled_from(
            [
                Circle(*middle, radius_m),
                Polygon(ring),
                Polygon(ring, (star(*middle, [0.1 * radius_m] * 5),)),
                Corridor(ring, 0.05 * radius_m),
                Group((Polygon(ring), Circle(*beside, 0.3 * radius_m))),
            ]
        )
    )
    rule = draw(st.sampled_from(["geodesic", "lonlat"])) if abs(middle[0]) < 70 else "geodesic"
    return Zone(shape, edge_rule=rule), middle, radius_m


@st.composite
def paths_past(draw, middle, radius_m):
    """A start, a track and a length (m) that lead somewhere about a zone."""
    start = away(*middle, draw(azimuths_deg), radius_m * draw(st.floats(0, 3)))
    aim = away(*middle, draw(azimuths_deg), radius_m * draw(st.floats(0, 1.2)))
    return start, EARTH.Inverse(*start, *aim)["azi1"], radius_m * draw(st.floats(0.3, 5))
