"""Rings ready made: the distances, outward from the boundary, that two published practices use (R6)."""

from typing import Final

from openline.units import M_PER_NMI, M_PER_YD
from openline.zones.zone import Ring

BOUNDARY: Final = Ring("boundary", 0.0, "boundary")

PRESETS: Final[dict[str, tuple[Ring, ...]]] = {
    "12/7 NM": (
        Ring("12 NM", 12 * M_PER_NMI, "contact_by", "make contact before this line"),
        Ring("7 NM", 7 * M_PER_NMI, "no_contact_no_entry", "without contact do not come nearer than this"),
        BOUNDARY,
    ),
    "500/100 yd": (
        Ring("500 yd", 500 * M_PER_YD, "contact_by", "slow down and make contact before this line"),
        Ring("100 yd", 100 * M_PER_YD, "no_contact_no_entry", "without contact do not come nearer than this"),
        BOUNDARY,
    ),
}
"""Name → rings. Each is a ring of its own, so crossing each is an event of its own."""
