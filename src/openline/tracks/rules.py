"""The numbers tracks live by; a node records them at start, so a replay uses the same."""

from typing import Final

import msgspec

from openline.feeds.report import MOVER_CLASSES, MoverClass


class ClassRules(msgspec.Struct, frozen=True):
    """What one class of mover can do and how soon its silence means something."""

    coast_s: float  # without a fix for this long: coasting, its area grows
    lost_s: float  # without a fix for this long: LAST KNOWN
    speed_max_mps: float  # nothing of this class goes faster; a gate, not an estimate
    accuracy_default_m: float  # drawn and graded with this radius when a source states none (R17)
    horizon_s: float  # how far ahead an approach is predicted
    drift_mps: float  # an unseen mover's area grows at least this fast: what stood still may have set off


DEFAULTS: Final[dict[MoverClass, ClassRules]] = {
    "aircraft": ClassRules(
        coast_s=10.0, lost_s=60.0, speed_max_mps=1000.0, accuracy_default_m=100.0, horizon_s=120.0, drift_mps=30.0
    ),
    "vehicle": ClassRules(
        coast_s=90.0, lost_s=300.0, speed_max_mps=70.0, accuracy_default_m=100.0, horizon_s=600.0, drift_mps=10.0
    ),
    "vessel": ClassRules(
        coast_s=180.0, lost_s=600.0, speed_max_mps=50.0, accuracy_default_m=100.0, horizon_s=600.0, drift_mps=5.0
    ),
    "people": ClassRules(
        coast_s=180.0, lost_s=600.0, speed_max_mps=15.0, accuracy_default_m=100.0, horizon_s=1200.0, drift_mps=1.5
    ),
    "unknown": ClassRules(
        coast_s=30.0, lost_s=120.0, speed_max_mps=1000.0, accuracy_default_m=100.0, horizon_s=120.0, drift_mps=10.0
    ),
}


class TrackRules(msgspec.Struct, frozen=True):
    """Limits and gates of the picture; every one is a setting."""

    movers_max: int = 20_000
    archive_max: int = 200_000
    claims_max: int = 20  # identity claims kept per mover; older ones are in the record
    future_s: float = 2.0  # a report from further ahead than this is a wrong clock
    gap_s: float = 60.0  # a longer gap is never interpolated across silently
    velocity_gap_s: float = (
        600.0  # speed and climb nobody states are worked out across a gap up to this, and then only possible
    )
    jump_floor_m: float = 500.0  # conflict.md part 5: below this a jump is noise
    jump_margin_mps: float = 51.4  # 100 kt on top of 1.5 times the stated speed
    frozen_speed_mps: float = 25.0  # the same position twice at more than this is not a new measurement
    suspects_to_move: int = 3  # fixes that agree with each other but not with the track, before it moves there
    mass_jump_movers: int = 5  # this many movers jumping to one place ...
    mass_jump_radius_m: float = 2_000.0  # ... within this radius ...
    mass_jump_s: float = 60.0  # ... and this time is a GNSS disturbance, not a breach (R19)
    doubt_s: float = 60.0  # a doubt is shown this long after its last cause
    classes: dict[str, ClassRules] = msgspec.field(default_factory=lambda: {str(k): v for k, v in DEFAULTS.items()})

    def of_class(self, index: int) -> ClassRules:
        """Rules of a class by its index in `MOVER_CLASSES`."""
        return self.classes[MOVER_CLASSES[index]]
