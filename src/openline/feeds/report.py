"""The two nouns every feed gives: a Report of one mover at one moment, or a Refusal that says why not."""

from math import nan
from typing import Final, Literal

import msgspec

MoverClass = Literal["aircraft", "vehicle", "vessel", "people", "unknown"]
MOVER_CLASSES: Final[tuple[MoverClass, ...]] = ("aircraft", "vehicle", "vessel", "people", "unknown")

Method = Literal["adsb", "adsr", "tisb", "mlat", "uat", "mode_s", "gnss", "manual", "file", "other"]


class Report(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One position of one mover as one source gave it. NaN and None mean not stated; nothing is filled in.

    `mover` is namespaced by kind of identity: `icao:4ca7b3`, `~icao:…` (not a real ICAO address), `phone:truck-1`, `id:…`.
    The four heights are four datums and never one column. `accuracy_m` is a 95 % radius.
    """

    source: str
    mover: str
    heard_ns: int
    lat_deg: float
    lon_deg: float
    observed_ns: int | None = None
    altitude_baro_m: float = nan
    altitude_wgs84_m: float = nan
    altitude_amsl_m: float = nan
    altitude_agl_m: float = nan
    speed_mps: float = nan
    track_deg: float = nan
    vertical_mps: float = nan
    accuracy_m: float = nan
    vertical_accuracy_m: float = nan
    on_ground: bool | None = None
    mover_class: MoverClass = "unknown"
    method: Method = "other"
    callsign: str | None = None
    squawk: str | None = None
    type_code: str | None = None
    original_source: str | None = None  # where a feed passes on another source (a CSV column `source`)


class Refusal(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Something a feed did not accept: which field, what stood there (≤ 120 characters), what would be accepted."""

    source: str
    heard_ns: int
    field: str
    value: str
    accepted: str
    mover: str | None = None
    position: str | None = None  # where in the input: "line 17", "aircraft[3]", "byte 1024"
