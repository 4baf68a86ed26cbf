"""Who speaks of a mover: a source, and whether it says where it is itself or was observed there (R19)."""

import msgspec


class Voice(msgspec.Struct):
    """The last thing one voice said of one mover. `speed_mps` as stated, else worked out from its own reports alone."""

    at_ns: int
    lat_deg: float
    lon_deg: float
    accuracy_m: float  # as stated, else the default of the class
    speed_mps: float
