"""What a scenario promises of itself (`[[says]]`), held against what the node found. The test suite computes the same
without us.

breaches                      groups (or lone movers) that entered a boundary ring
closest GROUP PLACE           least distance of any mover of the group to a place, as the node's tracks had it, km
enters MOVER ZONE RING        when, in seconds after the start
"""

from math import inf
from typing import Any

import numpy as np

from openline.clock import NS_PER_S, from_rfc3339
from openline.errors import Refused
from openline.flow import State
from openline.kernels.geodesic import inverse
from openline.node.played.motion import Mover, Says, Scenario


class Closest:
    """Least distances between groups and places, taken from the node's own tracks while the story runs."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._asked = [tuple(one.what.split()[1:]) for one in scenario.says if one.what.startswith("closest ")]
        self.least_m: dict[tuple[str, ...], float] = dict.fromkeys(self._asked, inf)

    def look(self, state: State) -> None:
        """Take the tracks as they are now."""
        for asked in self._asked:
            group, place_id = asked
            place = next(one for one in self._scenario.places if one.id == place_id)
            names = [self._scenario.mover_name(one) for one in self._scenario.movers if group_of(one) == group]
            slots = [state.picture.slot_of[name] for name in names if name in state.picture.slot_of]
            if not slots:
                continue
            lat, lon = state.picture.columns.lat_deg[slots], state.picture.columns.lon_deg[slots]
            away_m, _, _ = inverse(lat, lon, np.full(len(slots), place.lat_deg), np.full(len(slots), place.lon_deg))
            self.least_m[asked] = min(self.least_m[asked], float(np.nanmin(away_m)))


def group_of(mover: Mover) -> str:
    """The group a mover belongs to, itself if none."""
    return mover.group or mover.id


def broken(scenario: Scenario, findings: list[dict[str, Any]], closest: Closest) -> tuple[list[str], list[str]]:
    """(every promise in words, those that are not kept in words)."""
    said, unkept = [], []
    for one in scenario.says:
        found = _found(scenario, one, findings, closest)
        kept = found is not None and abs(found - one.value) <= one.within
        shown = "nothing" if found is None else f"{found:.3f}".rstrip("0").rstrip(".")
        within = f" within {one.within:g}" if one.within else ""
        words = f"{one.what}: {shown} {one.unit}; the scenario says {one.value:g}{within}"
        said.append(f"{'agrees' if kept else 'BROKEN'}    {words}")
        if not kept:
            unkept.append(words)
    return said, unkept


def _found(scenario: Scenario, says: Says, findings: list[dict[str, Any]], closest: Closest) -> float | None:
    words = says.what.split()
    if words[0] == "breaches":
        by_name = {scenario.mover_name(mover): group_of(mover) for mover in scenario.movers}
        inside = [f for f in findings if f["ring"] == "boundary" and f["event"] in ("entry", "first_seen_inside")]
        return float(len({by_name.get(f["mover"], f["mover"]) for f in inside}))
    if words[0] == "closest":
        least_m = closest.least_m[tuple(words[1:])]
        return None if least_m == inf else least_m / 1000.0
    if words[0] == "enters":
        name = scenario.mover_name(next(mover for mover in scenario.movers if mover.id == words[1]))
        times = [
            f["time"] for f in findings if (f["mover"], f["zone"], f["ring"], f["event"]) == (name, words[2], words[3], "entry")
        ]
        return (from_rfc3339(times[0]) - scenario.start_ns) / NS_PER_S if times else None
    raise Refused("says.what", says.what, "breaches, closest GROUP PLACE, enters MOVER ZONE RING")
