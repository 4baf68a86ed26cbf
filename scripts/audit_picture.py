"""Draw what an audit found: zones, tracks and findings on one flat picture.

    python scripts/audit_picture.py ZONES.geojson TRACKS.csv FINDINGS.ndjson OUT.svg

Latitude and longitude are drawn as they are, longitude shrunk by the cosine of the middle latitude; it is a picture, not a
measure.
"""

import csv
import json
import math
import sys
from collections import defaultdict
from pathlib import Path

from openline.kernels.zones import ZoneIndex
from openline.utm.files import read_zones

WIDTH, HEIGHT, MARGIN = 1400, 1000, 24
THIN_S = 15  # a point of a track each so many rows
COLOURS = {"entry": "#b3200f", "first_seen_inside": "#b3200f", "exit": "#1f6fb2", "approach": "#8a5a00"}
WORDS = {"entry": "entry", "exit": "exit", "approach": "approach"}
Points = list[tuple[float, float]]


def read_tracks(path: Path) -> dict[str, Points]:
    """(lat, lon) of every track, thinned."""
    tracks: dict[str, Points] = defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for i, row in enumerate(csv.DictReader(file)):
            if i % THIN_S == 0:
                tracks[row["id"]].append((float(row["lat"]), float(row["lon"])))
    return tracks


class Paper:
    """Degrees to points of the picture."""

    def __init__(self, south: float, west: float, north: float, east: float) -> None:
        self.shrink = math.cos(math.radians((south + north) / 2))
        self.scale = min((WIDTH - 2 * MARGIN) / ((east - west) * self.shrink), (HEIGHT - 2 * MARGIN) / (north - south))
        self.west, self.north = west, north

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """x, y."""
        return MARGIN + (lon - self.west) * self.shrink * self.scale, MARGIN + (self.north - lat) * self.scale

    def line(self, points: Points) -> str:
        """SVG path data."""
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (self.at(lat, lon) for lat, lon in points))


def draw(zones_path: Path, tracks_path: Path, findings_path: Path) -> str:
    """The picture as SVG."""
    zones = list(read_zones(zones_path.read_bytes()).zones)
    index = ZoneIndex(zones)
    findings = [json.loads(text) for text in findings_path.read_text(encoding="utf-8").splitlines()]
    paper = Paper(48.28, 1.85, 49.42, 3.72)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Noto Sans, sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#f4f4f1"/>',
    ]
    for points in read_tracks(tracks_path).values():
        parts.append(f'<path d="{paper.line(points)}" fill="none" stroke="#7a8288" stroke-opacity=".45" stroke-width="1"/>')
    for zone in zones:
        for ring in zone.rings:
            outline = index.outline(zone.id) if ring.offset_m == 0 else index.offset_outline(zone.id, ring.offset_m)
            dash = "" if ring.offset_m == 0 else ' stroke-dasharray="5 5"'
            for line in outline:
                closed = paper.line([(float(a), float(b)) for a, b in line]) + "Z"
                fill = "#17212b" if ring.offset_m == 0 else "none"
                parts.append(f'<path d="{closed}" fill="{fill}" fill-opacity=".08" stroke="#17212b" stroke-width="2"{dash}/>')
        top = max(index.outline(zone.id)[0], key=lambda p: p[0])
        x, y = paper.at(float(top[0]), float(top[1]))
        parts.append(
            f'<text x="{x:.0f}" y="{y - 8:.0f}" text-anchor="middle" font-size="17" font-weight="600" fill="#17212b" '
            f'stroke="#f4f4f1" stroke-width="5" paint-order="stroke">{zone.name}</text>'
        )
    parts += [mark(paper, finding) for finding in sorted(findings, key=lambda f: f["event"] != "approach")]
    parts.append(legend(findings))
    return "\n".join([*parts, "</svg>"])


def mark(paper: Paper, finding: dict[str, object]) -> str:
    """One finding: filled where probable or certain, hollow where only possible."""
    x, y = paper.at(float(str(finding["lat"])), float(str(finding["lon"])))
    colour = COLOURS[str(finding["event"])]
    fill = "#f4f4f1" if finding["certainty"] == "possible" else colour
    radius = 3 if finding["event"] == "approach" else 5
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{colour}" stroke-width="1.8"/>'


def legend(findings: list[dict[str, object]]) -> str:
    """Counts of what is marked."""
    rows = []
    for i, (event, word) in enumerate(WORDS.items()):
        count = sum(f["event"] == event for f in findings)
        possible = sum(f["event"] == event and f["certainty"] == "possible" for f in findings)
        y = HEIGHT - 92 + 26 * i
        rows.append(f'<circle cx="{WIDTH - 424}" cy="{y}" r="6" fill="{COLOURS[event]}"/>')
        words = f"{word}: {count}, hollow where only possible: {possible}"
        rows.append(f'<text x="{WIDTH - 408}" y="{y + 5}" font-size="16" fill="#17212b">{words}</text>')
    box = f'<rect x="{WIDTH - 444}" y="{HEIGHT - 116}" width="420" height="96" fill="#f4f4f1" stroke="#c8ccce"/>'
    return box + "".join(rows)


if __name__ == "__main__":
    Path(sys.argv[4]).write_text(draw(*(Path(name) for name in sys.argv[1:4])), encoding="utf-8")
