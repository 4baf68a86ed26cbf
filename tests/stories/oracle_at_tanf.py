"""What a scenario file says must be found, computed without Openline: tomllib, geographiclib and the standard library only.

    python tests/stories/oracle_at_tanf.py SCENARIO.toml                            prints what is expected as JSON
    python tests/stories/oracle_at_tanf.py SCENARIO.toml --compare FINDINGS.ndjson  exits 1 naming every difference
    … --move GROUP:BEARING_DEG:METRES   first shifts the paths of a group, to show that the comparison notices it

Motion      legs are WGS-84 geodesics at constant speed, halts stand still, a follower keeps its distance along the path.
Reports     a fix every `interval_s` from the scenario's start plus `phase_s`, while the mover moves and is heard.
Crossing    between two fixes the mover is taken to run the geodesic between them at constant speed. Over 60 s: `possible`.
Depth       0 at a crossing; first seen inside: at the first fix. `deepest_m`: of the visit, at fixes; `between_m`: anywhere.
Certainty   certain: accuracy stated, and a fix of the visit is deeper than it. probable: accuracy not stated (100 m taken), or
            nobody reported from inside. possible: the error circle straddles the ring throughout. An exit with a fix farther
            out than the accuracy after it is certain or probable where accuracy is stated, probable where not, else possible.
Not done    polygons; a mover that changes its height through a limit inside the area stops this program.
"""

import argparse
import datetime as dt
import json
import math
import runpy
import sys
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from geographiclib.geodesic import Geodesic

EARTH = Geodesic.WGS84
Table = dict[str, Any]
SPEEDS = {"speed_kmh": 1000 / 3600, "speed_kt": 1852 / 3600, "speed_mps": 1.0}
FT = 0.3048
PREFIX = {"readsb": "icao:", "sbs": "icao:", "ndjson": "", "osmand": "phone:"}
GAP_S, DEFAULT_CIRCLE_M, FASTEST_MPS = 60.0, 100.0, 1000.0


class Fix(NamedTuple):
    lat: float
    lon: float
    t_s: float
    height_m: float
    course_deg: float = 0.0
    speed_mps: float = 0.0
    climb_mps: float = 0.0


# ------------------------------------------------------------------------------------------------------------- motion


def metres(a: Any, b: Any) -> float:
    """Geodesic distance between two (lat, lon, …)."""
    return float(EARTH.Inverse(a[0], a[1], b[0], b[1], Geodesic.DISTANCE)["s12"])


def span_s(text: str) -> float:
    hours, minutes, seconds = text.rstrip("Z").split(":")
    return 3600.0 * int(hours) + 60.0 * int(minutes) + float(seconds)


def clock_s(table: Table, text: str | None) -> float:
    """09:24:00Z → seconds after the scenario's start."""
    return 0.0 if text is None else span_s(text) - span_s(table["start"].split("T")[1])


def place(table: Table, row: Table) -> tuple[float, float]:
    if "lat" in row:
        return row["lat"], row["lon"]
    named = next(one for one in table["place"] if one["id"] == row.get("place", row.get("of")))
    if "place" in row:
        return named["lat"], named["lon"]
    there = EARTH.Direct(named["lat"], named["lon"], row["bearing_deg"], 1000.0 * row["distance_km"])
    return there["lat2"], there["lon2"]


def leader(table: Table, mover: Table) -> tuple[Table, float]:
    """The mover whose path this one runs, and how far behind."""
    behind_m = mover.get("behind_m", 0.0)
    while "follows" in mover:
        mover = next(one for one in table["mover"] if one["id"] == mover["follows"])
        behind_m += mover.get("behind_m", 0.0)
    return mover, behind_m


def height_m(row: Table) -> float:
    return row["altitude_ft"] * FT if "altitude_ft" in row else float(row.get("altitude_m", math.nan))


def diary_of(table: Table, mover: Table) -> tuple[list[tuple[float, float, float]], list[Any]]:
    """When the mover is how far along its path and how high, at every turn of its story; and the geodesics it runs on."""
    path = mover["path"]
    diary = [(clock_s(table, mover.get("start")), 0.0, height_m(path[0]))]
    lines = []
    for index, row in enumerate(path):
        if index:
            line = EARTH.InverseLine(*place(table, path[index - 1]), *place(table, row))
            speed_mps = next(row[key] * scale for key, scale in SPEEDS.items() if key in row)
            lines.append((diary[-1][1], line))
            diary.append((diary[-1][0] + line.s13 / speed_mps, diary[-1][1] + line.s13, height_m(row)))
        if halt := row.get("hold_s", 0.0):
            diary.append((math.inf if halt == "end" else diary[-1][0] + halt, diary[-1][1], height_m(row)))
    return diary, lines


def track(table: Table, mover: Table) -> list[Fix]:
    """Every fix the mover's feed has of it."""
    first, behind_m = leader(table, mover)
    diary, lines = diary_of(table, first)
    only = place(table, first["path"][0])
    quiet = [
        (clock_s(table, one["from"]), math.inf if one["to"] == "end" else clock_s(table, one["to"]))
        for one in mover.get("silent", [])
    ]
    fixes, k, page = [], 0, 0
    while (t_s := round(mover.get("phase_s", 0.0) + k * mover["interval_s"], 3)) <= min(
        span_s(table["duration"]), diary[-1][0]
    ):
        k += 1
        if t_s < diary[0][0] or any(a <= t_s < b for a, b in quiet):
            continue
        while page + 2 < len(diary) and diary[page + 1][0] <= t_s:
            page += 1
        (t0, s0, h0), (t1, s1, h1) = diary[page], diary[page + 1]
        per_s = 0.0 if math.isinf(t1) or t1 == t0 else 1.0 / (t1 - t0)
        lat, lon, course = _along(lines, s0 + (t_s - t0) * per_s * (s1 - s0) - behind_m, only)
        climb = per_s * (h1 - h0)
        fixes.append(Fix(lat, lon, t_s, h0 + (t_s - t0) * climb, course, per_s * (s1 - s0), climb))
    return fixes


def _along(lines: list[Any], along_m: float, only: tuple[float, float]) -> tuple[float, float, float]:
    if not lines:
        return *only, 0.0
    begins_m, line = [one for one in lines if one[0] <= max(along_m, 0.0)][-1]
    there = line.Position(along_m - begins_m)
    return there["lat2"], there["lon2"], there["azi2"]


# -------------------------------------------------------------------------------------------------------------- zones


class Area:
    """The distance from a zone's centre or centre line, and how far each ring reaches from it."""

    def __init__(self, table: Table, zone: Table) -> None:
        shape = zone["shape"]
        if shape["type"] == "circle":
            self.reach_m, self.spine = 1000.0 * shape["radius_km"], [place(table, shape["centre"])]
        elif shape["type"] == "corridor":
            self.reach_m, self.spine = shape["half_width_m"], [place(table, row) for row in shape["line"]]
        else:
            sys.exit(f"{zone['id']}: this program does not know the shape {shape['type']}")
        self.zone = zone
        self.length_m = sum(metres(a, b) for a, b in zip(self.spine, self.spine[1:], strict=False))
        self.rings = {ring["name"]: self.reach_m + ring["offset_m"] for ring in zone["rings"]}

    def away_m(self, at: Any) -> float:
        """Distance of (lat, lon, …) from the centre or the centre line; of what is surely far, only less than that."""
        if (rough_m := self.rough_m(at)) > max(self.rings.values()) + 10_000.0:
            return rough_m
        if len(self.spine) == 1:
            return metres(self.spine[0], at)
        return min(_to_leg(a, b, at) for a, b in zip(self.spine, self.spine[1:], strict=False))

    def rough_m(self, at: Any) -> float:
        """Surely less than the distance: a sphere is within 1 % of the ellipsoid, and the line is no longer than its legs."""
        a, b = (math.radians(self.spine[0][0]), math.radians(at[0]))
        half = math.sin(0.5 * (b - a)) ** 2
        half += math.cos(a) * math.cos(b) * math.sin(0.5 * math.radians(at[1] - self.spine[0][1])) ** 2
        return 0.99 * 2.0 * 6_371_000.0 * math.asin(math.sqrt(half)) - self.length_m


def _to_leg(a: tuple[float, float], b: tuple[float, float], at: Any) -> float:
    """Distance to a geodesic leg: Newton's foot of the perpendicular, kept within the ends."""
    line = EARTH.InverseLine(*a, *b)
    s_m = 0.5 * line.s13
    for _ in range(50):
        here = line.Position(s_m)
        to = EARTH.Inverse(here["lat2"], here["lon2"], at[0], at[1])
        ahead_m = to["s12"] * math.cos(math.radians(to["azi1"] - here["azi2"]))
        moved = min(max(s_m + ahead_m, 0.0), line.s13)
        if abs(moved - s_m) < 1e-4:
            break
        s_m = moved
    return float(to["s12"])


def in_band(zone: Table, mover: Table, fix: Fix) -> bool:
    """Whether the height is not known to be outside the zone's limits."""
    for key, sign in (("lower", 1), ("upper", -1)):
        limit = zone.get(key)
        if limit is None or math.isnan(fix.height_m):
            continue
        scale = {"m": 1.0, "ft": FT, "fl": 100 * FT}[limit["unit"]]
        height = fix.height_m
        if limit["datum"] != mover.get("datum"):
            if (limit["datum"], mover.get("datum")) != ("wgs84", "baro") or "geometric_minus_baro_ft" not in mover:
                continue
            height += mover["geometric_minus_baro_ft"] * FT
        if sign * (height - scale * limit["value"]) < 0.0:
            return False
    return True


# ------------------------------------------------------------------------------------------------------------ crossings


class Leg:
    """The geodesic between two consecutive fixes."""

    def __init__(self, a: Fix, b: Fix) -> None:
        self.a, self.b = a, b
        self.line = EARTH.InverseLine(a.lat, a.lon, b.lat, b.lon)

    def at(self, share: float) -> Fix:
        there = self.line.Position(share * self.line.s13)
        return Fix(there["lat2"], there["lon2"], self.a.t_s + share * (self.b.t_s - self.a.t_s), math.nan)

    def crosses(self, area: Area, reach_m: float, low: float = 0.0, high: float = 1.0) -> Fix:
        """Where the leg reaches the ring, by bisection."""
        inside_low = area.away_m(self.at(low)) < reach_m
        for _ in range(48):
            middle = 0.5 * (low + high)
            if (area.away_m(self.at(middle)) < reach_m) == inside_low:
                low = middle
            else:
                high = middle
        return self.at(0.5 * (low + high))

    def nearest(self, area: Area) -> tuple[float, float]:
        """(share, distance) of the leg's point nearest to the centre or line, by golden section."""
        low, high, golden = 0.0, 1.0, (math.sqrt(5.0) - 1.0) / 2.0
        for _ in range(40):
            c, d = high - golden * (high - low), low + golden * (high - low)
            if area.away_m(self.at(c)) < area.away_m(self.at(d)):
                high = d
            else:
                low = c
        return 0.5 * (low + high), area.away_m(self.at(0.5 * (low + high)))


class Run:
    """The fixes of one mover against the rings of one zone."""

    def __init__(self, area: Area, mover: Table, fixes: list[Fix]) -> None:
        self.area, self.mover, self.fixes = area, mover, fixes
        self.away = [area.away_m(fix) for fix in fixes]
        self.band = [in_band(area.zone, mover, fix) for fix in fixes]
        self.circle_m = float(mover.get("accuracy_m", DEFAULT_CIRCLE_M))

    def crossings(self) -> list[Table]:
        return [row for ring, reach_m in self.area.rings.items() for row in self.of_ring(ring, reach_m)]

    def of_ring(self, ring: str, reach_m: float) -> list[Table]:
        inside = [d < reach_m and ok for d, ok in zip(self.away, self.band, strict=True)]
        found = [self.event(ring, inside, 0, "first_seen_inside", self.fixes[0])] if inside[0] else []
        for i in range(1, len(inside)):
            if self.band[i] != self.band[i - 1] and min(self.away[i], self.away[i - 1]) < reach_m:
                sys.exit(f"{self.mover['id']}: crosses a height limit inside {ring}; this program does not compute that")
            if inside[i] != inside[i - 1]:
                at = Leg(self.fixes[i - 1], self.fixes[i]).crosses(self.area, reach_m)
                found.append(self.event(ring, inside, i, "entry" if inside[i] else "exit", at))
            elif not inside[i] and self.band[i] and self.may_pass(i, reach_m):
                found += self.passed_through(ring, reach_m, Leg(self.fixes[i - 1], self.fixes[i]))
        return found

    def may_pass(self, i: int, reach_m: float) -> bool:
        """Whether the way between two fixes outside is long enough to touch the ring."""
        short_m = min(self.away[i - 1], self.away[i]) - reach_m
        if short_m > FASTEST_MPS * (self.fixes[i].t_s - self.fixes[i - 1].t_s):
            return False
        return 0.5 * (self.away[i - 1] + self.away[i] - metres(self.fixes[i - 1], self.fixes[i])) < reach_m

    def row(self, ring: str, event: str, at: Fix, grade: str) -> Table:
        where = {"mover": self.mover["id"], "zone": self.area.zone["id"], "ring": ring, "event": event}
        return where | {"t_s": at.t_s, "lat": at.lat, "lon": at.lon, "certainty": grade}

    def passed_through(self, ring: str, reach_m: float, leg: Leg) -> list[Table]:
        """Entry and exit between two fixes that are both outside."""
        share, nearest_m = leg.nearest(self.area)
        depth_m = reach_m - nearest_m
        if depth_m <= 0.0:
            return []
        grade = "possible" if leg.b.t_s - leg.a.t_s > GAP_S or depth_m < self.circle_m else "probable"
        ends = (("entry", leg.crosses(self.area, reach_m, 0.0, share)), ("exit", leg.crosses(self.area, reach_m, share, 1.0)))
        deep = {"depth_m": 0.0, "deepest_m": depth_m, "between_m": depth_m}
        return [self.row(ring, event, at, grade) | deep for event, at in ends]

    def event(self, ring: str, inside: list[bool], i: int, event: str, at: Fix) -> Table:
        """One event, its grade, and the deepest point of the visit that it begins or ends."""
        until = next((k for k in range(i, len(inside)) if inside[k] != inside[i]), len(inside))
        gap = i > 0 and self.fixes[i].t_s - self.fixes[i - 1].t_s > GAP_S
        far = max(abs(self.area.rings[ring] - self.away[k]) for k in range(i, until)) >= self.circle_m
        stated = "accuracy_m" in self.mover
        grade = "possible" if gap or not far else "certain" if stated else "probable"
        row = self.row(ring, event, at, grade)
        if event != "exit":
            first = {"depth_m": 0.0 if i else self.area.rings[ring] - self.away[0]}
            return row | first | self.deepest(ring, i, until)
        since = next((k + 1 for k in range(i - 1, -1, -1) if not inside[k]), 0)
        return row | self.deepest(ring, since, i) | ({"or": "probable"} if grade == "certain" else {})

    def deepest(self, ring: str, since: int, until: int) -> Table:
        """The deepest fix of a visit, and the deepest point beside it between fixes."""
        best = min(range(since, until), key=lambda k: self.away[k])
        beside = [Leg(self.fixes[k], self.fixes[k + 1]) for k in (best - 1, best) if since <= k < until - 1]
        reach_m = self.area.rings[ring]
        between_m = [reach_m - leg.nearest(self.area)[1] for leg in beside]
        return {"deepest_m": reach_m - self.away[best], "between_m": max([reach_m - self.away[best], *between_m])}


# ------------------------------------------------------------------------------------------------------------- expected


def expected(table: Table) -> Table:
    """Everything the file says must be found."""
    feeds = {feed["id"]: feed["kind"] for feed in table["feed"]}
    tracks = {mover["id"]: track(table, mover) for mover in table["mover"]}
    areas = [Area(table, zone) for zone in table["zone"]]
    rows = [row for area in areas for mover in table["mover"] for row in Run(area, mover, tracks[mover["id"]]).crossings()]
    name = {mover["id"]: PREFIX[feeds[mover["feed"]]] + mover["id"] for mover in table["mover"]}
    group = {mover["id"]: mover["group"] for mover in table["mover"]}
    boundary = {(zone["id"], ring["name"]) for zone in table["zone"] for ring in zone["rings"] if ring["offset_m"] == 0}
    breaches = {
        (group[row["mover"]], row["zone"]) for row in rows if (row["zone"], row["ring"]) in boundary and row["event"] != "exit"
    }
    entered = {row["mover"] for row in rows}
    lost = [mover for mover in table["mover"] if any(q["to"] == "end" for q in mover.get("silent", []))]
    look = sibling("oracle_approach")["Look"]
    ahead = [
        one | {"mover": name[one["mover"]], "by": one["by_s"] and stamp(table, one["by_s"])}
        for area in areas
        for mover in table["mover"]
        for one in look(area, mover, tracks[mover["id"]], mover.get("accuracy_m", DEFAULT_CIRCLE_M), in_band).episodes()
    ]
    rows.sort(key=lambda row: (row["t_s"], name[row["mover"]], row["zone"], row["ring"], row["event"]))
    return {
        "crossings": [row | {"mover": name[row["mover"]], "time": stamp(table, row["t_s"])} for row in rows],
        "approaches": ahead,
        "never_approach": sorted(set(name.values()) - {one["mover"] for one in ahead}),
        "start": stamp(table, 0.0),
        "breaches": [
            {"group": g, "zone": z, "movers": sorted(name[m] for m in name if group[m] == g)} for g, z in sorted(breaches)
        ],
        "never_enter": sorted(name[mover] for mover in name if mover not in entered),
        "lost": [{"mover": name[mover["id"]], "last_heard": stamp(table, tracks[mover["id"]][-1].t_s)} for mover in lost],
        "refused": len(table.get("spoilt", [])),
        "says": [sibling("oracle_says")["says"](table, one, rows, breaches, tracks) for one in table.get("says", [])],
    }


def sibling(name: str) -> Table:
    """What another file beside this one defines."""
    return runpy.run_path(str(Path(__file__).with_name(f"{name}.py")))


def stamp(table: Table, t_s: float) -> str:
    start = dt.datetime.fromisoformat(table["start"].replace("Z", "+00:00"))
    return (start + dt.timedelta(seconds=t_s)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moved(table: Table, group: str, bearing_deg: float, by_m: float) -> Table:
    """A copy in which every path of a group is shifted."""
    copy: Table = json.loads(json.dumps(table))
    for row in (row for mover in copy["mover"] if mover["group"] == group for row in mover.get("path", [])):
        there = EARTH.Direct(*place(table, row), bearing_deg, by_m)
        for key in ("place", "of", "bearing_deg", "distance_km"):
            row.pop(key, None)
        row |= {"lat": there["lat2"], "lon": there["lon2"]}
    return copy


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("scenario", type=Path)
    parser.add_argument(
        "--compare", type=Path, metavar="FINDINGS.ndjson", help="findings of the product, one JSON object a line"
    )
    parser.add_argument("--move", metavar="GROUP:BEARING_DEG:METRES", help="shift the paths of a group first")
    asked = parser.parse_args(arguments)
    table = tomllib.loads(asked.scenario.read_text("utf-8"))
    if asked.move:
        group, bearing_deg, by_m = asked.move.split(":")
        table = moved(table, group, float(bearing_deg), float(by_m))
    want = expected(table)
    if asked.compare is None:
        print(json.dumps(want, indent=1))
        return 0
    lines = asked.compare.read_text("utf-8").splitlines()
    found = sibling("oracle_compare")["differences"](want, [json.loads(line) for line in lines if line.strip()])
    print(
        *found,
        f"{len(want['crossings'])} crossings, {sum(one['by'] is not None for one in want['approaches'])} approaches and"
        f" {len(want['breaches'])} breaches expected: {len(found)} differences",
        sep="\n",
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
