"""What the author of a scenario promises of it, beside what it comes to. Imports nothing of Openline."""

import math
import sys
from typing import Any

from geographiclib.geodesic import Geodesic

Table = dict[str, Any]


def says(table: Table, one: Table, rows: list[Table], breaches: set[tuple[str, str]], tracks: dict[str, list[Any]]) -> Table:
    """One promise of the author beside what it comes to."""
    word, *rest = one["what"].split()
    if word == "breaches":
        found = float(len(breaches))
    elif word == "closest":
        to = next(place for place in table["place"] if place["id"] == rest[1])
        fixes = (fix for mover in table["mover"] if mover["group"] == rest[0] for fix in tracks[mover["id"]])
        found = min(Geodesic.WGS84.Inverse(to["lat"], to["lon"], fix.lat, fix.lon)["s12"] for fix in fixes) / 1000.0
    elif word == "enters":
        hits = [row["t_s"] for row in rows if [row["mover"], row["zone"], row["ring"]] == rest and row["event"] != "exit"]
        found = hits[0] if hits else math.nan
    else:
        sys.exit(f"says: this program does not know {one['what']!r}")
    return {"what": one["what"], "value": one["value"], "found": found, "kept": abs(found - one["value"]) <= one["within"]}
