"""The picture: who is where as far as anyone told us; slots, names, lists, and what may never be thrown out."""

from collections import OrderedDict
from typing import Final

import msgspec
import numpy as np

from openline.feeds.report import MOVER_CLASSES, Report
from openline.tracks.asides import Aside
from openline.tracks.columns import (
    CLASS_INDEX,
    DISPUTED,
    FREE,
    LAST_KNOWN,
    LIVE,
    OWN,
    RESERVED,
    TWO_PLACES,
    Columns,
)
from openline.tracks.moves import TrackEvent
from openline.tracks.rules import TrackRules
from openline.tracks.trail import Trail
from openline.tracks.voices import Voice

ARCHIVED_CLAIMS_MAX: Final = 20_000  # movers in the archive whose claims are still here; of older ones they are in the record
GROW_ROWS: Final = 1024  # columns grow by at least this much, and by half


class Claim(msgspec.Struct, frozen=True, gc=False):
    """One thing somebody said a mover is (R21): a list of claims, never a verdict."""

    by: str
    what: str  # callsign, squawk, type, class
    value: str
    at_ns: int


class Archived(msgspec.Struct, frozen=True, gc=False):
    """What is kept of a mover nobody needs now."""

    mover: str
    callsign: str | None
    mover_class: str
    lat_deg: float
    lon_deg: float
    at_ns: int
    source: str
    reports: int


class Picture:
    """Slots and what hangs on them.

    Grows to `rules.movers_max`; at the limit an unbound mover makes room, or the new one waits.
    """

    def __init__(self, rules: TrackRules) -> None:
        self.rules = rules
        self.columns = Columns(GROW_ROWS)
        self.trail = Trail()
        self.mover: list[str | None] = [None] * GROW_ROWS
        self.callsign: list[str | None] = [None] * GROW_ROWS
        self.said: list[tuple[str | None, ...] | None] = [None] * GROW_ROWS  # what the last report claimed
        self.slot_of: dict[str, int] = {}
        self.free: list[int] = list(range(GROW_ROWS - 1, -1, -1))
        self.claims: dict[str, list[Claim]] = {}
        self.lists: dict[str, tuple[str, str]] = {}  # mover → (own | reserved, label)
        self.routes: dict[str, tuple[tuple[float, float], ...]] = {}
        self.archive: OrderedDict[str, Archived] = OrderedDict()
        self.archived_claims: OrderedDict[str, None] = OrderedDict()  # movers in the archive that have claims, oldest first
        self.archived_total = 0
        self.turned_away = 0  # reports of new movers refused because everything here is bound
        self.full = False  # that is so now, and was said
        self.places: dict[str, list[int]] = {}  # id → slots of its further places x#2, x#3, …, while there are any
        self.id_of: dict[int, str] = {}  # slot of a further place → the id it is of
        self.aside: dict[str, list[Aside]] = {}  # id → reports of it that are set aside and not yet settled
        self.voices: dict[int, dict[int, Voice]] = {}  # slot → who spoke of it lately, where more than one does
        self.passing: list[int] = []  # places that only one or two reports made: kept if the watch finds something of them
        self.crowded: dict[str, int] = {}  # id → reports not followed, as it has as many places as it may
        self.texts: list[str] = []  # sources and methods, by index
        self.text_index: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.slot_of)

    def text(self, word: str) -> int:
        """Index of a source or method word."""
        index = self.text_index.get(word)
        if index is None:
            index = self.text_index[word] = len(self.texts)
            self.texts.append(word)
        return index

    def slot(self, mover: str, now_ns: int, events: list[TrackEvent]) -> int:
        """Slot of a mover, taken if it has none; -1 when the picture is full of bound movers."""
        slot = self.slot_of.get(mover)
        if slot is not None:
            return slot
        if len(self.slot_of) >= self.rules.movers_max and not self._make_room(now_ns):
            self.turned_away += 1
            if not self.full:
                self.full = True
                limit = self.rules.movers_max
                says = (
                    f"The picture is full: {limit} movers, all bound. New movers are not followed. Close some, or"
                    f" raise the limit."
                )
                events.append(TrackEvent(mover, "limit", now_ns, says, "movers_max", str(limit), "a higher limit"))
            return -1
        if not self.free:
            self._grow()
        slot = self.free.pop()
        self.slot_of[mover] = slot
        self.mover[slot] = mover
        self.columns.state[slot] = LIVE
        listed = self.lists.get(mover)
        if listed:
            self.columns.bound[slot] |= OWN if listed[0] == "own" else RESERVED
        self.archive.pop(mover, None)
        self.archived_claims.pop(mover, None)
        return slot

    def slots_of(self, mover: str) -> list[int]:
        """Every place of an id, the first one first."""
        first = self.slot_of.get(mover)
        return [*([] if first is None else [first]), *self.places.get(mover, ())]

    def release(self, slot: int) -> None:
        """Give a slot back; the mover goes to the archive, where it is counted and can be searched."""
        mover = self.mover[slot]
        assert mover is not None
        columns = self.columns
        source = int(columns.source[slot])
        self.archive[mover] = Archived(
            mover,
            self.callsign[slot],
            MOVER_CLASSES[columns.mover_class[slot]],
            float(columns.lat_deg[slot]),
            float(columns.lon_deg[slot]),
            int(columns.at_ns[slot]),
            self.texts[source] if source >= 0 else "",
            int(columns.reports[slot]),
        )
        self.archived_total += 1
        while len(self.archive) > self.rules.archive_max:
            gone, _ = self.archive.popitem(last=False)
            self.claims.pop(gone, None)
            self.archived_claims.pop(gone, None)
        if mover in self.claims and mover in self.archive:
            self.archived_claims[mover] = None
            if len(self.archived_claims) > ARCHIVED_CLAIMS_MAX:
                gone, _ = self.archived_claims.popitem(last=False)
                self.claims.pop(gone, None)
        self._forget(slot, mover)

    def bind(self, slot: int, why: int) -> None:
        """Tie a mover to the picture for one more reason."""
        self.columns.bound[slot] |= why

    def loosen(self, slot: int, why: int) -> None:
        """Take one reason away."""
        self.columns.bound[slot] &= 0xFF ^ why

    def set_list(self, mover: str, name: str, label: str) -> None:
        """Put a mover on the own or reserved list, or on none."""
        slot = self.slot_of.get(mover)
        if name == "none":
            self.lists.pop(mover, None)
            if slot is not None:
                self.loosen(slot, OWN | RESERVED)
            return
        self.lists[mover] = (name, label)
        if slot is not None:
            self.loosen(slot, OWN | RESERVED)
            self.bind(slot, OWN if name == "own" else RESERVED)

    def called(self, slot: int) -> str | None:
        """What people call a mover: the name given with a list, else the callsign it claims."""
        _, label = self.lists.get(self.mover[slot] or "", ("", ""))
        return label or self.callsign[slot]

    def learn(self, slot: int, report: Report) -> None:
        """Keep what a report claims about who this is, when it is new (R21)."""
        mover = report.mover  # claims are of the id, wherever it is
        said = (mover, report.source, report.callsign, report.squawk, report.type_code, report.mover_class)
        if said == self.said[slot]:
            return
        self.said[slot] = said
        kept = self.claims.get(mover)
        if report.callsign:
            self.callsign[slot] = report.callsign
        for what, value in zip(("callsign", "squawk", "type"), said[2:5], strict=True):
            if not value:
                continue
            if kept is None:
                kept = self.claims[mover] = []
            if any(c.what == what and c.value == value and c.by == report.source for c in kept):
                continue
            kept.append(Claim(report.source, what, value, report.heard_ns))
            del kept[: -self.rules.claims_max]
        index = CLASS_INDEX[report.mover_class]
        if index != CLASS_INDEX["unknown"]:
            self.columns.mover_class[slot] = index

    def occupied(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Slots in use, in order."""
        return np.flatnonzero(self.columns.state != FREE)

    def bound_count(self) -> int:
        """How many movers may not be thrown out."""
        return int(np.count_nonzero((self.columns.bound != 0) & (self.columns.state != FREE)))

    def doubt(self, slot: int, doubts: int, at_ns: int) -> bool:
        """Doubt a mover at least until a moment; whether it was not doubted so before."""
        columns = self.columns
        new = not columns.doubts[slot] & doubts
        columns.doubts[slot] |= doubts
        columns.doubt_ns[slot] = max(int(columns.doubt_ns[slot]), at_ns)
        return bool(new)

    def lost(self, slot: int) -> bool:
        """The mover of this slot is LAST KNOWN."""
        return bool(self.columns.state[slot] == LAST_KNOWN)

    def close(self, mover: str) -> bool:
        """Close a LAST KNOWN track; False when there is no such lost track."""
        slot = self.slot_of.get(mover)
        if slot is None or self.columns.state[slot] != LAST_KNOWN:
            return False
        self.release(slot)
        return True

    def _forget(self, slot: int, mover: str) -> None:
        self.columns.clear(slot)
        self.trail.forget(slot)
        del self.slot_of[mover]
        self.mover[slot] = None
        self.callsign[slot] = self.said[slot] = None
        self.free.append(slot)
        self.voices.pop(slot, None)
        of = self.id_of.pop(slot, None)
        if of is None:
            return
        self.places[of].remove(slot)
        if not self.places[of]:
            del self.places[of]
            self.crowded.pop(of, None)
            first = self.slot_of.get(of)
            if first is not None:
                self.columns.doubts[first] &= 0xFF ^ (TWO_PLACES | DISPUTED)

    def _make_room(self, now_ns: int) -> bool:
        """Archive the unbound mover heard longest ago; False when every one is bound."""
        columns = self.columns
        open_slots = np.flatnonzero((columns.state != FREE) & (columns.bound == 0))
        if len(open_slots) == 0:
            return False
        self.release(int(open_slots[np.argmin(columns.heard_ns[open_slots])]))
        return True

    def _grow(self) -> None:
        old = self.columns
        rows = len(old.state)
        wanted = rows + max(GROW_ROWS, rows // 2)
        grown = Columns(wanted)
        for name, array in vars(old).items():
            getattr(grown, name)[:rows] = array
        self.columns = grown
        self.trail.grow(wanted)
        self.mover.extend([None] * (wanted - rows))
        self.callsign.extend([None] * (wanted - rows))
        self.said.extend([None] * (wanted - rows))
        self.free.extend(range(wanted - 1, rows - 1, -1))
