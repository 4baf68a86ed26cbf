"""Which movers are in, near or about to enter which zones.

Frame    latitude and longitude in degrees on WGS-84, track clockwise from true north; distances geodesic, metres.
Names    slot = the number a zone holds while it is in the index. offset = how far outside (+) or inside (-) the boundary a ring
         lies. mover = row number in the arrays given.
Time     seconds from now, 0 where it is so already, `inf` where not within the horizon.
Unknown  an unknown place has no pair and NaN distances; an unknown track or speed gives a NaN time. An unknown altitude is
         taken as within every band: not knowing the height never makes a zone safe.
Source   see the kernels it joins: `distance`, `chart`, `paths`.
Lemmas   nearby_never_misses · index_after_removal_is_as_if_never_added · annex_c_times
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from openline.errors import Refused
from openline.kernels.chart import Layout, join, lay_out
from openline.kernels.crossing import Crossings, crossings
from openline.kernels.distance import Chart, nearby_pairs, zone_rows
from openline.kernels.encounter import first_within_s, in_band, time_to_breach
from openline.kernels.geodesic import rows
from openline.kernels.outlines import outline
from openline.kernels.routes import Route, along_route_s
from openline.units import DATUMS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ZONES_MAX: Final = 100_000  # what the measured index of `docs` was sized for; beyond it a node should hold a region
SPEED_UNKNOWN_MPS: Final = 300.0  # airliners cruise below it: how far a mover of unknown speed is looked for
OFFSET_M_MAX: Final = 2_000_000.0  # measured to here: times at rings so far from their boundary are good to 2 cm
PIECES_ALL_MAX: Final = 1_000_000  # 128 MB: a third of the memory a node may take


class ZoneIndex:
    """The zones being watched. Adding and removing is cheap; the columns are joined again at the next question."""

    def __init__(self, zones: Iterable[Any] = ()) -> None:
        self._slots: dict[str, int] = {}
        self._zones: dict[str, Any] = {}
        self._free: list[int] = []
        self._layouts: list[Layout | None] = []
        self._reach_m: list[float] = []
        self._band_m: list[tuple[float, float]] = []
        self._datum: list[tuple[int, int]] = []
        self._pieces = 0
        self._chart: Chart | None = None
        for zone in zones:
            self.add(zone)

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, zone_id: str) -> bool:
        return zone_id in self._slots

    @property
    def ids(self) -> tuple[str | None, ...]:
        """Zone id by slot; `None` for a free slot."""
        by_slot: list[str | None] = [None] * len(self._layouts)
        for zone_id, slot in self._slots.items():
            by_slot[slot] = zone_id
        return tuple(by_slot)

    def slot(self, zone_id: str) -> int:
        """The slot a zone holds. KeyError when it is not here."""
        return self._slots[zone_id]

    def add(self, zone: Any) -> int:
        """Take in a zone and return its slot. Raises `Refused` for a shape without a clear inside, or beyond a limit."""
        if zone.id in self._slots:
            raise Refused("id", zone.id, "a zone that is not in the index yet: remove it first")
        if len(self._slots) >= ZONES_MAX:
            raise Refused("zones", len(self._slots), f"up to {ZONES_MAX} zones")
        layout = lay_out(zone.shape, zone.edge_rule)
        if self._pieces + layout.count > PIECES_ALL_MAX:
            raise Refused("shape", f"{layout.count} pieces", f"up to {PIECES_ALL_MAX} pieces in all zones together")
        for i, ring in enumerate(zone.rings):
            if not abs(ring.offset_m) <= OFFSET_M_MAX:
                raise Refused(f"rings[{i}].offset_m", ring.offset_m, f"-{OFFSET_M_MAX:.0f} to {OFFSET_M_MAX:.0f} m")
        reach_m = max([0.0, *(ring.offset_m for ring in zone.rings)])
        band_m, datum = _band(zone.lower, zone.upper)
        slot = self._free.pop() if self._free else len(self._layouts)
        if slot == len(self._layouts):
            self._layouts.append(None)
            self._reach_m.append(0.0)
            self._band_m.append((-math.inf, math.inf))
            self._datum.append((0, 0))
        self._layouts[slot] = layout
        self._reach_m[slot], self._band_m[slot], self._datum[slot] = reach_m, band_m, datum
        self._slots[zone.id] = slot
        self._zones[zone.id] = zone
        self._pieces += layout.count
        self._chart = None
        return slot

    def remove(self, zone_id: str) -> None:
        """Forget a zone. KeyError when it is not here. Its slot may be given to a later zone."""
        slot = self._slots.pop(zone_id)
        del self._zones[zone_id]
        layout = self._layouts[slot]
        assert layout is not None
        self._pieces -= layout.count
        self._layouts[slot] = None
        self._free.append(slot)
        self._free.sort(reverse=True)
        self._chart = None

    @property
    def chart(self) -> Chart:
        """The columns of all zones, for the kernels."""
        if self._chart is None:
            count = len(self._layouts)
            self._chart = join(
                self._layouts,
                np.array(self._reach_m, dtype=np.float64),
                np.array(self._band_m, dtype=np.float64).reshape(count, 2),
                np.array(self._datum, dtype=np.int64).reshape(count, 2),
            )
        return self._chart

    @property
    def _bare(self) -> Chart:
        """The chart without the rings outside the boundaries."""
        chart = self.chart
        return chart._replace(reach_m=np.zeros_like(chart.reach_m))

    def _paired(self, zone: npt.ArrayLike, *columns: npt.ArrayLike) -> tuple[Ints, list[Floats]]:
        """Slots and columns of one common length (n,)."""
        slots, *others = np.broadcast_arrays(np.atleast_1d(np.asarray(zone, dtype=np.int64)), *columns)
        assert slots.min(initial=0) >= 0
        assert slots.max(initial=-1) < len(self._layouts)
        return np.array(slots, dtype=np.int64, order="C"), rows(*others)

    def signed_distance_m(self, zone: npt.ArrayLike, lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike) -> Floats:
        """Distance (n,) from places to the boundaries of the zones in those slots, negative inside; NaN where unknown."""
        slots, (lat, lon) = self._paired(zone, lat_deg, lon_deg)
        distance_m = np.empty_like(lat)
        zone_rows(self.chart, slots, lat, lon, distance_m)
        return distance_m

    def nearby(self, lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike, reach_m: npt.ArrayLike) -> tuple[Ints, Ints]:
        """Pairs (mover, zone) whose distance to the zone's outermost ring could be ≤ reach: some are not, none is missing."""
        lat, lon, reach = rows(lat_deg, lon_deg, reach_m)
        return nearby_pairs(self.chart, lat, lon, reach)

    def first_within_s(
        self,
        zone: npt.ArrayLike,
        lat_deg: npt.ArrayLike,
        lon_deg: npt.ArrayLike,
        track_deg: npt.ArrayLike,
        speed_mps: npt.ArrayLike,
        offset_m: npt.ArrayLike,
        horizon_s: npt.ArrayLike,
    ) -> Floats:
        """Seconds (n,) until a mover holding track and speed is at the ring; 0 if it is, inf if not in time, NaN if unknown."""
        slots, columns = self._paired(zone, lat_deg, lon_deg, track_deg, speed_mps, offset_m, horizon_s)
        lat, lon, track, speed, offset, horizon = columns
        return first_within_s(self.chart, slots, lat, lon, track, speed, offset, horizon)

    def earliest_s(
        self,
        zone: npt.ArrayLike,
        lat_deg: npt.ArrayLike,
        lon_deg: npt.ArrayLike,
        speed_mps: npt.ArrayLike,
        offset_m: npt.ArrayLike,
    ) -> Floats:
        """Seconds (n,) to the ring by the shortest way at this speed, whatever the heading; inf at rest outside it."""
        slots, (lat, lon, speed, offset) = self._paired(zone, lat_deg, lon_deg, speed_mps, offset_m)
        left_m = np.maximum(self.signed_distance_m(slots, lat, lon) - offset, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(left_m == 0.0, 0.0, left_m / speed)

    def contains(self, lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike, altitude_m: npt.ArrayLike) -> tuple[Ints, Ints]:
        """Pairs (mover, zone) of what is inside; `altitude_m` as in `altitudes`. An unknown altitude is inside every band."""
        lat, lon = rows(lat_deg, lon_deg)
        mover, zone = nearby_pairs(self._bare, lat, lon, np.zeros_like(lat))
        distance_m = np.empty(len(mover))
        zone_rows(self.chart, zone, lat[mover], lon[mover], distance_m)
        inside = (distance_m <= 0.0) & in_band(self.chart, mover, zone, altitudes(altitude_m, len(lat)))
        return mover[inside], zone[inside]

    def crossings(
        self,
        zone: npt.ArrayLike,
        lat0_deg: npt.ArrayLike,
        lon0_deg: npt.ArrayLike,
        lat1_deg: npt.ArrayLike,
        lon1_deg: npt.ArrayLike,
        offset_m: npt.ArrayLike,
    ) -> Crossings:
        """What each of n pairs of fixes did at a ring of a zone; see `Crossings`."""
        slots, (lat0, lon0, lat1, lon1, offset) = self._paired(zone, lat0_deg, lon0_deg, lat1_deg, lon1_deg, offset_m)
        return crossings(self.chart, slots, lat0, lon0, lat1, lon1, offset)

    def along_route_s(
        self,
        zone: int,
        route: Route,
        lat_deg: npt.ArrayLike,
        lon_deg: npt.ArrayLike,
        speed_mps: npt.ArrayLike,
        offset_m: float,
        horizon_s: npt.ArrayLike,
    ) -> Floats:
        """Seconds (n,) until movers going on along a route are at the ring; 0, inf and NaN as in `first_within_s`."""
        slots, _ = self._paired(zone)
        return along_route_s(self.chart, int(slots[0]), route, lat_deg, lon_deg, speed_mps, offset_m, horizon_s)

    def time_to_breach(
        self,
        lat_deg: npt.ArrayLike,
        lon_deg: npt.ArrayLike,
        altitude_m: npt.ArrayLike,
        track_deg: npt.ArrayLike,
        speed_mps: npt.ArrayLike,
        vertical_mps: npt.ArrayLike,
        horizon_s: npt.ArrayLike,
    ) -> tuple[Ints, Ints, Floats, Floats]:
        """Pairs (mover, zone) that will be inside zone and band within the horizon, holding course, with entry and exit (s).

        Entry 0: it is now. Exit inf: not within the horizon. NaN: cannot be told (unknown track, or unknown speed within
        `SPEED_UNKNOWN_MPS` of it). Only the first stay in each zone is given.
        """
        lat, lon, track, speed, climb, horizon = rows(lat_deg, lon_deg, track_deg, speed_mps, vertical_mps, horizon_s)
        reach = np.where(np.isnan(speed), SPEED_UNKNOWN_MPS, speed) * horizon
        mover, zone = nearby_pairs(self._bare, lat, lon, reach)
        height = altitudes(altitude_m, len(lat))
        entry_s, exit_s = time_to_breach(self.chart, mover, zone, lat, lon, height, track, speed, climb, horizon)
        found = entry_s != np.inf  # NaN stays: unknown is a finding
        return mover[found], zone[found], entry_s[found], exit_s[found]

    def outline(self, zone_id: str, points_max: int = 256) -> list[Floats]:
        """Rings (k, 2) of latitude and longitude to draw a zone's boundary by."""
        return self.offset_outline(zone_id, 0.0, points_max)

    def offset_outline(self, zone_id: str, offset_m: float, points_max: int = 256) -> list[Floats]:
        """Rings (k, 2) to draw the line at an offset from the boundary by; none where nothing is left inside."""
        zone = self._zones[zone_id]
        return outline(zone.shape, zone.edge_rule, offset_m, points_max)


def altitudes(altitude_m: npt.ArrayLike, count: int) -> Floats:
    """Altitudes (n, 4) by datum, in the order of `units.DATUMS`.

    From (n, 4) as it is; from (n,) or one number the same for every datum: then it is the caller who says that it is measured
    in each zone's own.
    """
    table = np.asarray(altitude_m, dtype=np.float64)
    if table.ndim < 2:
        table = np.broadcast_to(table, (count,))[:, None]
    return np.array(np.broadcast_to(table, (count, len(DATUMS))), dtype=np.float64, order="C")


def _band(lower: Any, upper: Any) -> tuple[tuple[float, float], tuple[int, int]]:
    """Altitude limits (m) and the datum column each is measured in."""
    names: Sequence[str] = DATUMS
    low = (-math.inf, 0) if lower is None else (lower.altitude_m, names.index(lower.datum))
    high = (math.inf, 0) if upper is None else (upper.altitude_m, names.index(upper.datum))
    return (low[0], high[0]), (low[1], high[1])
