"""What is sure of one visit, and what is only possible: first and last moment, deepest point and way inside, as ranges (R28).

Rules    a way between two fixes at most `gap_s` apart counts as straight and at constant speed; across a longer gap the mover
         may have gone anywhere that its speed allows. A position may be off by its accuracy. What a doubted track, a height
         not known or an error circle over the line leaves open only widens a range.
Sure     every range holds the single number that is given beside it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from openline.kernels.geodesic import inverse
from openline.watch.ranges import Lengths, Moments, Ranges
from openline.watch.rules import WatchRules
from openline.watch.spot import Leg, Spot

PIECE: Final = 20.0  # the way is measured in pieces so many times as long as a position may be off: a tenth is lost at most


@dataclass
class Extent:
    """The bounds of one visit, leg by leg."""

    first_ns: Moments = (None, None)
    touched: bool = False  # its error circle reached in before the position itself did
    left_ns: Moments = (None, None)
    sure_ns: int | None = None  # the newest fix at which it was surely inside
    least_deep_m: float = 0.0
    most_deep_m: float = 0.0
    least_way_m: float = 0.0  # of the pieces that are measured
    most_way_m: float = 0.0
    off_m: float = 0.0  # by how much any of its positions may be off
    anchor: Spot | None = None  # where the piece begins that is not measured yet
    anchor_off_m: float = 0.0
    piece_m: float = 0.0  # the way since then, as interpolated

    def touch(self, leg: Leg) -> None:
        """Outside, but the error circle reaches in: it may have been inside since the fix before."""
        if not self.touched and self.first_ns == (None, None):
            before_ns = leg.fix0.at_ns if leg.fix0 is not None else None
            self.first_ns = (leg.at_ns(leg.wide[-1][0]) if leg.wide else before_ns, None)
            self.touched = True
        self.most_deep_m = max(self.most_deep_m, leg.accuracy_m - leg.d1_m)
        self.most_way_m += 0.0 if leg.inside else _possible_m(leg)
        self.off_m = max(self.off_m, leg.accuracy_m)

    def begin(self, leg: Leg, start: float, interval: tuple[int, int] | None, was_out: bool) -> None:
        """It went in after a fraction of this leg; or it was in, with nobody having seen it go in."""
        start_ns, end_ns = interval if interval is not None else _entry(leg, start)
        if self.touched:
            start_ns = self.first_ns[0]
        self.first_ns = (start_ns, end_ns) if was_out else (None, leg.at_ns(start))

    def leave(self, leg: Leg, end: float, interval: tuple[int, int] | None) -> None:
        """It went out after a fraction of this leg, as far as can be said yet."""
        self.left_ns = interval if interval is not None else (None, _out_by(leg, end))

    def inside(self, leg: Leg, rules: WatchRules, sure: tuple[bool, bool]) -> None:
        """A leg that was inside, or partly. `sure`: of the leg, and of its being inside at fix 1."""
        blind = leg.interval(rules) is not None
        self.off_m = max(self.off_m, leg.accuracy_m)
        self._deep(leg, blind, sure[0])
        self._way(leg, blind, sure)
        if leg.narrow and not blind and _known(leg):
            self.sure_ns = leg.at_ns(leg.narrow[-1][1])
        if sure[1]:
            self.sure_ns = leg.fix1.at_ns
            if self.first_ns[1] is None:
                into = leg.narrow[-1][0] if leg.narrow and not blind else 1.0
                self.first_ns = (self.first_ns[0], leg.at_ns(into))

    def back(self) -> None:
        """It is in again, or still."""
        self.left_ns = (None, None)

    def away(self, leg: Leg) -> None:
        """A leg outside: where the whole of the error circle came out."""
        if self.left_ns[1] is None and leg.wide and leg.wide[0][0] <= 0.0 and leg.wide[0][1] < 1.0 and _known(leg):
            self.left_ns = (self.left_ns[0], leg.at_ns(leg.wide[0][1]))

    def last(self, at_ns: int, out_ns: int | None) -> Moments:
        """The last moment inside. `out_ns`: of a fix at which it was surely outside again, if there is one."""
        start_ns, end_ns = self.left_ns
        if start_ns is None:
            start_ns = self.first_ns[0] if self.sure_ns is None else self.sure_ns
        if end_ns is None and out_ns is not None:
            end_ns = max(out_ns, at_ns)
        return (start_ns, end_ns)

    def put_out(self, at_ns: int, sure: bool) -> Moments:
        """The last moment inside a zone that changed around it at a moment, or that it had left before."""
        if self.left_ns != (None, None) or not sure:
            return self.last(at_ns, at_ns)
        return (at_ns, at_ns)

    def so_far(self, deepest_m: float) -> Ranges:
        """Of a visit that goes on."""
        return Ranges(first_ns=self.first_ns, deepest_m=self._deepest(deepest_m))

    def ended(self, left: Spot, last_ns: Moments, deepest_m: float, path_m: float) -> Ranges:
        """Of a visit that is over. The single numbers are within, whatever the rounding."""
        least_m = self.least_way_m + self._piece_m(left, self.off_m)
        first_ns = self.first_ns if self.first_ns[1] is not None else (self.first_ns[0], last_ns[1])
        path = (min(least_m, path_m), max(self.most_way_m + 2.0 * self.off_m, path_m))
        return Ranges(first_ns=first_ns, last_ns=last_ns, deepest_m=self._deepest(deepest_m), path_m=path)

    def _deepest(self, deepest_m: float) -> Lengths:
        return (min(self.least_deep_m, deepest_m), max(self.most_deep_m, deepest_m))

    def _deep(self, leg: Leg, blind: bool, sure: bool) -> None:
        deepest_m = -leg.d1_m if leg.fix0 is None else leg.deepest_m
        most_m = deepest_m
        if blind:
            # It may have gone straight in and straight back: half of what the way may be longer than the two depths differ.
            deepest_m, most_m = -leg.d1_m, max(deepest_m, min(0.5 * (leg.most_m - leg.d0_m - leg.d1_m), leg.bottom_m))
        self.most_deep_m = max(self.most_deep_m, most_m + leg.accuracy_m)
        if sure:
            self.least_deep_m = max(self.least_deep_m, deepest_m - leg.accuracy_m)

    def _way(self, leg: Leg, blind: bool, sure: tuple[bool, bool]) -> None:
        """The way is as long as the straight lines from piece to piece, less what their ends may be off, or longer."""
        part_m = sum(end - start for start, end in leg.inside) * leg.step_m
        known = sure[0] and not blind
        self.most_way_m += part_m if known else max(leg.most_m, leg.step_m) if blind else _possible_m(leg)
        if not known or not leg.inside:
            self.anchor = leg.fix1 if sure[1] else None
            self.anchor_off_m, self.piece_m = leg.accuracy_m, 0.0
            return
        if self.anchor is not None and leg.inside[0] == (0.0, 1.0):
            self.piece_m += part_m
            if self.piece_m >= PIECE * leg.accuracy_m:
                self.least_way_m += self._piece_m(leg.fix1, leg.accuracy_m)
                self.anchor, self.anchor_off_m, self.piece_m = leg.fix1, leg.accuracy_m, 0.0
            return
        if self.anchor is not None and leg.inside[0][0] <= 0.0:
            self.least_way_m += self._piece_m(leg.spot(leg.inside[0][1]), leg.accuracy_m)
        start, end = leg.inside[-1]
        self.anchor = leg.spot(start) if end >= 1.0 else None
        self.anchor_off_m, self.piece_m = leg.accuracy_m, (end - start) * leg.step_m

    def _piece_m(self, here: Spot, off_m: float) -> float:
        if self.anchor is None:
            return 0.0
        ends = (np.array([v]) for v in (self.anchor.lat_deg, self.anchor.lon_deg, here.lat_deg, here.lon_deg))
        return max(0.0, float(inverse(*ends)[0][0]) - self.anchor_off_m - off_m)


def _entry(leg: Leg, start: float) -> Moments:
    """Between when and when it went in: from where the error circle first reached in, to where the whole of it was in."""
    if leg.fix0 is None or (start >= 1.0 and not leg.wide):
        before_ns = None if leg.fix0 is None else leg.fix0.at_ns
        return (before_ns, leg.fix1.at_ns if leg.d1_m <= -leg.accuracy_m and _known(leg) else None)
    if not _known(leg):
        return (leg.fix0.at_ns, None)
    early = min((one for one, end in leg.wide if one <= start <= end), default=start)
    late = min((max(one, start) for one, end in leg.narrow if end >= start), default=None)
    start_ns = leg.at_ns(early)
    if early <= 0.0 and leg.d0_m > leg.d1_m:  # nobody kept where the circle came in: as fast as it comes nearer now
        start_ns -= round((leg.accuracy_m - leg.d0_m) / (leg.d0_m - leg.d1_m) * (leg.fix1.at_ns - leg.fix0.at_ns))
    return (min(start_ns, leg.at_ns(start)), None if late is None else leg.at_ns(late))


def _out_by(leg: Leg, end: float) -> int | None:
    """Where the whole of the error circle came out, if it did on this leg."""
    if leg.fix0 is None or not _known(leg):
        return None
    late = max((last for one, last in leg.wide if one <= end <= last), default=end)
    return None if late >= 1.0 and leg.d1_m <= leg.accuracy_m else leg.at_ns(late)


def _possible_m(leg: Leg) -> float:
    """How much of a leg may have been inside."""
    return sum(end - start for start, end in leg.wide) * leg.step_m if leg.wide and _known(leg) else leg.step_m


def _known(leg: Leg) -> bool:
    return not leg.doubted and leg.vertical1 != "unsure"
