"""SBS-1 / BaseStation text over TCP, port 30003: one comma-separated message a line.

Source      Kinetic's socket description as kept by its users (woodair.net, "Socket Data"); dump1090, readsb and VRS write the
            same 22 cells
Lines       MSG with transmission types 1–8; SEL, ID, AIR, STA, CLK are counted and passed over
Units       feet, knots, feet per minute, degrees
Datum       altitude: pressure altitude (Mode C, 1013.25 hPa). A receiver set to send geometric heights here breaks that;
            nothing shows it
Time        date and time of generation, without a zone: the option `zone` says which (UTC unless set; `none` does not use
            them at all)
Accuracy    not sent, so not stated
Merging     a position comes in MSG 3 (airborne) or 2 (surface), speed in 4, callsign in 1, squawk in 6, altitude also in 5
            and 7. A report is made when a position comes; it takes what the same address said at most MOTION_S before (label:
            LABEL_S), never older
Quirks      on the ground −1 or 1 means yes, 0 no. An address that is not an ICAO one begins with ~
"""

from math import nan
from typing import Final

import msgspec

from openline.clock import NS_PER_S
from openline.errors import Refused
from openline.feeds import adsb, fields
from openline.feeds.framing import Lines, Piece
from openline.feeds.report import MoverClass, Refusal, Report
from openline.units import M_PER_FT, MPS_PER_FPM, MPS_PER_KT

LINE_BYTES_MAX: Final = 512  # the longest message is about 130 bytes; a longer line is another protocol on this port
CELLS: Final = 22
MOVERS_MAX: Final = 20_000  # remembered at once; the one silent longest is forgotten first
MOTION_S: Final = 10  # speed, vertical speed and height are sent about twice a second
LABEL_S: Final = 300  # a callsign is sent about every 5 s and does not change in flight

_OTHER_LINES: Final = (b"SEL,", b"ID,", b"AIR,", b"STA,", b"CLK,")


class SbsOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`zone`: UTC, an offset such as +02:00, or none when the sender's times are not to be used."""

    zone: str = "UTC"
    mover_class: MoverClass = "aircraft"


class _Known(msgspec.Struct):
    """What an address said last, and when (by the message's own time, else when it was heard)."""

    altitude_baro_m: float = nan
    altitude_at_ns: int = 0
    speed_mps: float = nan
    track_deg: float = nan
    vertical_mps: float = nan
    motion_at_ns: int = 0
    callsign: str | None = None
    callsign_at_ns: int = 0
    squawk: str | None = None
    squawk_at_ns: int = 0
    on_ground: bool | None = None
    ground_at_ns: int = 0


class SbsDecoder:
    """Lines of BaseStation text → reports, one for each position."""

    def __init__(self, source: str, options: SbsOptions) -> None:
        self.counted: dict[str, int] = {"without_position": 0, "other_lines": 0, "forgotten": 0}
        self._source = source
        self._options = options
        self._shift_ns = None if options.zone == "none" else fields.zone_shift_ns(options.zone)
        self._lines = Lines(LINE_BYTES_MAX)
        self._known: dict[str, _Known] = {}  # in the order of the last message

    def receive(self, data: bytes, heard_ns: int) -> list[Report | Refusal]:
        """Take whatever arrived."""
        return [given for piece in self._lines.take(data) for given in self._line(piece, heard_ns)]

    def finish(self, heard_ns: int) -> list[Report | Refusal]:
        """The last line, if it had no LF."""
        return [given for piece in self._lines.finish() for given in self._line(piece, heard_ns)]

    def _line(self, piece: Piece, heard_ns: int) -> list[Report | Refusal]:
        position = f"line {piece.number}"
        out: list[Report | Refusal] = []
        mover: str | None = None
        try:
            if piece.fault is not None:
                raise Refused("line", fields.plain(piece.data), piece.fault)
            if piece.data.startswith(_OTHER_LINES):
                self.counted["other_lines"] += 1
                return []
            if not piece.data.strip():
                return []
            cells = self._cells(piece.data)
            mover = adsb.mover_of_hex(cells[4])
            observed_ns = self._observed_ns(cells[6], cells[7])
            at_ns = heard_ns if observed_ns is None else observed_ns
            known = self._learn(cells, mover, at_ns, fields.Aside(self._source, heard_ns, position, mover, out))
            if not cells[14] or not cells[15]:
                self.counted["without_position"] += 1
                return out
            out.append(self._report(cells, mover, known, heard_ns, observed_ns))
        except Refused as no:
            out.append(fields.refusal(no, self._source, heard_ns, position, mover))
        return out

    def _cells(self, line: bytes) -> list[str]:
        try:
            cells = line.decode("ascii").split(",")
        except UnicodeDecodeError:
            raise Refused("line", fields.plain(line), "text in ASCII") from None
        if cells[0] != "MSG":
            raise Refused("line", fields.plain(line), "a line that begins with MSG, SEL, ID, AIR, STA or CLK")
        if len(cells) != CELLS:
            raise Refused("line", fields.plain(line), f"{CELLS} cells, not {len(cells)}")
        cells = [cell.strip() for cell in cells]
        if cells[1] not in ("1", "2", "3", "4", "5", "6", "7", "8"):
            raise Refused("transmission type", cells[1], "1 to 8")
        return cells

    def _learn(self, cells: list[str], mover: str, at_ns: int, aside: fields.Aside) -> _Known:
        """Keep what this message says, each with the moment it was said."""
        known = self._known.pop(mover, None) or _Known()
        self._known[mover] = known
        if len(self._known) > MOVERS_MAX:
            del self._known[next(iter(self._known))]
            self.counted["forgotten"] += 1
        if cells[10]:
            known.callsign, known.callsign_at_ns = adsb.callsign_of(cells[10]), at_ns
        if cells[11]:
            known.altitude_baro_m, known.altitude_at_ns = aside.read(fields.altitude, cells[11], "altitude", M_PER_FT), at_ns
        if cells[12] or cells[13] or cells[16]:
            known.speed_mps = aside.read(fields.speed, cells[12] or None, "ground speed", MPS_PER_KT)
            known.track_deg = aside.read(fields.track, cells[13] or None, "track")
            known.vertical_mps = aside.read(fields.vertical, cells[16] or None, "vertical rate", MPS_PER_FPM)
            known.motion_at_ns = at_ns
        if cells[17]:
            known.squawk, known.squawk_at_ns = adsb.squawk_of(cells[17]), at_ns
        if cells[21]:
            known.on_ground, known.ground_at_ns = {"0": False, "1": True, "-1": True}.get(cells[21]), at_ns
        return known

    def _report(self, cells: list[str], mover: str, known: _Known, heard_ns: int, observed_ns: int | None) -> Report:
        lat_deg, lon_deg = fields.latitude(cells[14]), fields.longitude(cells[15])
        at_ns = heard_ns if observed_ns is None else observed_ns
        motion_from_ns, label_from_ns = at_ns - MOTION_S * NS_PER_S, at_ns - LABEL_S * NS_PER_S
        moving = known.motion_at_ns >= motion_from_ns
        return Report(
            source=self._source,
            mover=mover,
            heard_ns=heard_ns,
            lat_deg=lat_deg,
            lon_deg=lon_deg,
            observed_ns=observed_ns,
            altitude_baro_m=known.altitude_baro_m if known.altitude_at_ns >= motion_from_ns else nan,
            speed_mps=known.speed_mps if moving else nan,
            track_deg=known.track_deg if moving else nan,
            vertical_mps=known.vertical_mps if moving else nan,
            on_ground=known.on_ground if known.ground_at_ns >= motion_from_ns else None,
            mover_class=self._options.mover_class,
            method="other",
            callsign=known.callsign if known.callsign_at_ns >= label_from_ns else None,
            squawk=known.squawk if known.squawk_at_ns >= label_from_ns else None,
        )

    def _observed_ns(self, day: str, hour: str) -> int | None:
        """The time of generation, in UTC. None when the sender left it out or the setting says not to use it."""
        if self._shift_ns is None or (not day and not hour):
            return None
        return fields.local_time(f"{day} {hour}", "date and time generated", self._shift_ns)
