"""What `/ws/tracks` carries: every mover as 28 bytes once a second, and its names as text when they change (docs/api.md)."""

import struct
from typing import Any, Final

import numpy as np

from openline.clock import NS_PER_US
from openline.feeds.report import MOVER_CLASSES
from openline.flow import State
from openline.tracks.ageing import age, uncertainty
from openline.tracks.columns import COASTING, LAST_KNOWN, OWN, RESERVED, STATE_WORDS, Bools, Floats, Ints

MAGIC: Final = 0x314B4C4F  # "OLK1"
HEADER: Final = struct.Struct("<IIqII")
RECORD: Final = np.dtype(
    [
        ("slot", "<u4"),
        ("lat", "<i4"),
        ("lon", "<i4"),
        ("altitude", "<i2"),
        ("speed", "<u2"),
        ("track", "<u2"),
        ("flags", "<u2"),
        ("age", "<u2"),
        ("uncertainty", "<u2"),
        ("vertical", "<i2"),
        ("reserved", "<u2"),
    ]
)
assert RECORD.itemsize == 28
UNKNOWN_U16: Final = 65_535
UNKNOWN_I16: Final = -32_768
# Which height is drawn when there are several: the altimeter's first, since bands and other movers are usually in it.
DATUM_ORDER: Final = (0, 1, 2, 3)

CLASS_CODE: Final = np.array(
    [("unknown", "aircraft", "vehicle", "vessel", "people").index(word) for word in MOVER_CLASSES], dtype=np.uint16
)

GONE_MAX: Final = 10_000  # slots that are free again, of which a browser may have to be told

View = tuple[float, float, float, float]


class TracksFrames:
    """Builds the frames; keeps what the last one said of names."""

    def __init__(self) -> None:
        self.number = 0
        self.names_at = 0  # counts changes of names; a browser asks for what changed since a number
        self._names: dict[int, tuple[int, str, str | None]] = {}  # by slot: class, list and state in one number, id, callsign
        self._changed: dict[int, int] = {}
        self._gone: list[tuple[int, int]] = []  # (number, slot)
        self._whole = b""

    def refresh(self, state: State) -> None:
        """At most once a second, and only while somebody looks: note which names changed, and forget the frame before."""
        self.number += 1
        self._whole = b""
        self.names_at += 1
        columns, picture, names = state.picture.columns, state.picture, self._names
        slots = picture.occupied()
        listed = columns.bound[slots] & (OWN | RESERVED)
        codes = columns.mover_class[slots].astype(np.int64) << 16 | listed.astype(np.int64) << 8 | columns.state[slots]
        occupied = slots.tolist()
        for slot, code in zip(occupied, codes.tolist(), strict=True):
            mover = picture.mover[slot]
            assert mover is not None
            name = (code, mover, picture.called(slot))
            if names.get(slot) != name:
                names[slot] = name
                self._changed[slot] = self.names_at
        if len(names) > len(occupied):
            for slot in names.keys() - set(occupied):
                del names[slot]
                self._changed.pop(slot, None)
                self._gone.append((self.names_at, slot))
            del self._gone[:-GONE_MAX]

    def names(self, since: int) -> dict[str, Any]:
        """What changed since the state numbered `since`."""
        names = {}
        for slot, at in self._changed.items():
            if at > since:
                code, mover, callsign = self._names[slot]
                names[str(slot)] = {
                    "mover": mover,
                    "callsign": callsign,
                    "mover_class": MOVER_CLASSES[code >> 16],
                    "list": "own" if code >> 8 & OWN else "reserved" if code >> 8 & RESERVED else "none",
                    "state": STATE_WORDS[code & 0xFF],
                }
        return {"names": names, "gone": [slot for at, slot in self._gone if at > since], "at": self.names_at}

    def frame(self, state: State, now_ns: int, view: View | None) -> bytes:
        """One binary frame; with a view, movers within it and every bound one."""
        if view is None and self._whole:
            return self._whole
        slots = state.picture.occupied()
        if view is not None and len(slots):
            slots = slots[_within(state, slots, view) | (state.picture.columns.bound[slots] != 0)]
        records = _records(state, slots, now_ns)
        data = HEADER.pack(MAGIC, len(records), now_ns // NS_PER_US, self.number, 0) + records.tobytes()
        if view is None:
            self._whole = data
        return data


def _within(state: State, slots: Ints, view: View) -> Bools:
    west, south, east, north = view
    lat, lon = state.picture.columns.lat_deg[slots], state.picture.columns.lon_deg[slots]
    across = (lon >= west) | (lon <= east) if west > east else (lon >= west) & (lon <= east)
    inside: Bools = (lat >= south) & (lat <= north) & across
    return inside


def _records(state: State, slots: Ints, now_ns: int) -> np.ndarray[Any, Any]:
    columns = state.picture.columns
    slots = slots[~np.isnan(columns.lat_deg[slots])]
    records = np.zeros(len(slots), dtype=RECORD)
    records["slot"] = slots
    records["lat"] = np.round(columns.lat_deg[slots] * 1e7)
    records["lon"] = np.round(columns.lon_deg[slots] * 1e7)
    altitude_m, datum = _shown_altitude(columns.altitude_m[slots])
    records["altitude"] = _scaled(altitude_m, 0.5, -32_767, 32_767, UNKNOWN_I16)
    records["speed"] = _scaled(columns.speed_mps[slots], 10, 0, 65_534, UNKNOWN_U16)
    records["track"] = _scaled(columns.track_deg[slots] % 360.0, 100, 0, 35_999, UNKNOWN_U16)
    records["vertical"] = _scaled(columns.vertical_mps[slots], 10, -32_767, 32_767, UNKNOWN_I16)
    records["age"] = np.minimum(age(state.picture, slots, now_ns) * 10, 65_535)
    records["uncertainty"] = np.minimum(uncertainty(state.picture, slots, now_ns) / 10, 65_535)
    alarmed = np.isin(
        slots, [state.picture.slot_of[a.mover] for a in state.board.alarms.values() if a.mover in state.picture.slot_of]
    )
    records["flags"] = (
        CLASS_CODE[columns.mover_class[slots]]
        | ((columns.bound[slots] & OWN) != 0) << 3
        | ((columns.bound[slots] & RESERVED) != 0) << 4
        | alarmed.astype(np.uint16) << 5
        | (columns.state[slots] == COASTING).astype(np.uint16) << 6
        | (columns.state[slots] == LAST_KNOWN).astype(np.uint16) << 7
        | np.isnan(columns.accuracy_m[slots]).astype(np.uint16) << 8
        | (columns.doubts[slots] != 0).astype(np.uint16) << 9
        | datum.astype(np.uint16) << 10
    )
    return records


def _shown_altitude(altitude_m: Floats) -> tuple[Floats, Ints]:
    shown = np.full(len(altitude_m), np.nan)
    datum = np.zeros(len(altitude_m), dtype=np.int64)
    for column in DATUM_ORDER:
        use = np.isnan(shown) & ~np.isnan(altitude_m[:, column])
        shown[use], datum[use] = altitude_m[use, column], column
    return shown, datum


def _scaled(values: Floats, factor: float, low: int, high: int, unknown: int) -> Ints:
    scaled = np.clip(np.round(np.nan_to_num(values) * factor), low, high).astype(np.int64)
    return np.where(np.isnan(values), unknown, scaled)
