"""One mover and one ring: from outside, through, and out again, with the exact moments and an honest grade (R26, R28, R29).

The moment of a crossing is the crossing's, not the next fix's. Hysteresis delays when an exit is said, never when it was.
"""

from dataclasses import dataclass, field

from openline.watch.extent import Extent
from openline.watch.finding import CERTAINTY_RANK, Certainty, Event
from openline.watch.ranges import Moments
from openline.watch.rules import WatchRules
from openline.watch.spot import Leg, Spot

NS_PER_S = 1_000_000_000


@dataclass
class Passage:
    """A mover in, or possibly in, a ring.

    `touch`: only the error circle reaches in, the position itself has not been inside.
    """

    id: str
    event: Event
    touch: bool
    certainty: Certainty
    entered: Spot
    interval: tuple[int, int] | None
    zone_version: int
    source: str
    ring: str = ""
    rule: str = "other"
    revision: int = 0
    presence: Certainty = "possible"  # of its being inside at the last fix, where `certainty` is of the entry
    surest: Certainty = "possible"  # the best `presence` so far: what an exit is an exit from
    left: Spot | None = None  # outside since then, not yet far or long enough to say so
    left_interval: tuple[int, int] | None = None
    last_inside: Spot | None = None
    deepest_m: float = 0.0
    deepest_ns: int | None = None
    path_m: float = 0.0
    extent: Extent = field(default_factory=Extent)


@dataclass(frozen=True)
class Said:
    """What a leg established of a passage."""

    event: Event
    spot: Spot
    certainty: Certainty
    interval: tuple[int, int] | None
    passage: Passage
    revision: int
    why: tuple[str, ...] = ()
    last_ns: Moments | None = None  # an exit: between when and when it was inside for the last time


class Ids:
    """Numbers findings in the order they are made, so that a replay numbers them the same."""

    def __init__(self) -> None:
        self.count = 0

    def new(self) -> str:
        """The next id."""
        self.count += 1
        return f"F{self.count:06d}"


class Walker:
    """Takes one passage over one leg after another."""

    def __init__(self, rules: WatchRules, ids: Ids) -> None:
        self.rules = rules
        self.ids = ids

    def advance(self, passage: Passage | None, leg: Leg, version: int, source: str) -> tuple[Passage | None, list[Said]]:
        """Take one leg. Gives the passage after it (None: outside) and what there is to say, in order of time."""
        said: list[Said] = []
        for start, end in leg.inside if leg.fix0 is not None else ():
            if passage is not None and not passage.touch and passage.left and self._stayed_out(passage.left, leg.spot(start)):
                said.append(self._exit(passage, leg))
                passage = None
            if passage is None or passage.touch:
                event: Event = "first_seen_inside" if leg.inside0 and passage is None and start <= 0.0 else "entry"
                passage = self._enter(passage, leg, start, event, version, source, said)
            passage.left = None if end >= 1.0 else leg.spot(end)
            passage.left_interval = None if end >= 1.0 else leg.interval(self.rules)
            if end < 1.0:
                passage.extent.leave(leg, end, passage.left_interval)
            else:
                passage.extent.back()
            passage.path_m += (end - start) * leg.step_m
        if leg.inside1 and (passage is None or passage.touch):
            event = "first_seen_inside" if (leg.fix0 is None or leg.jumped) and passage is None else "entry"
            passage = self._enter(passage, leg, 1.0, event, version, source, said)
        passage = self._touch(passage, leg, version, source, said)
        if passage is None:
            return None, said
        self._deepen(passage, leg)
        self._surer(passage, leg, said)
        if not leg.inside1 and self._out(passage, leg):
            said.append(self._exit(passage, leg))
            return None, said
        return passage, said

    def end(self, passage: Passage) -> list[Said]:
        """The reports end here: an exit that was waiting to be sure is said as possible."""
        if passage.left is None or passage.touch:
            return []
        last_ns = passage.extent.last(passage.left.at_ns, None)
        why = ("the reports end soon after",)
        return [Said("exit", passage.left, "possible", passage.left_interval, passage, 0, why, last_ns)]

    def _enter(
        self, passage: Passage | None, leg: Leg, start: float, event: Event, version: int, source: str, said: list[Said]
    ) -> Passage:
        interval = leg.interval(self.rules) if start < 1.0 or event == "entry" or leg.jumped else None
        grade = grade_of_entry(leg) if interval is None else "possible"
        spot = leg.spot(start)
        if passage is None:
            passage = Passage(self.ids.new(), event, False, grade, spot, interval, version, source)
        else:  # the error circle touched before; now the position itself went in: the same finding, said better
            passage.touch, passage.event, passage.certainty = False, event, grade
            passage.entered, passage.interval = spot, interval
            passage.revision += 1
        passage.presence = grade
        unseen = event == "first_seen_inside" and (leg.inside0 or leg.fix0 is None)
        passage.extent.begin(leg, start, interval, not unseen)
        said.append(Said(event, spot, grade, interval, passage, passage.revision))
        return passage

    def _touch(self, passage: Passage | None, leg: Leg, version: int, source: str, said: list[Said]) -> Passage | None:
        """The error circle reaches over the ring while the position does not: possible, and only where an accuracy was
        stated.
        """
        touches = leg.stated and not leg.inside1 and 0.0 < leg.d1_m <= leg.accuracy_m and leg.vertical1 != "out"
        if passage is None and touches:
            passage = Passage(self.ids.new(), "entry", True, "possible", leg.fix1, None, version, source)
            said.append(Said("entry", leg.fix1, "possible", None, passage, 0, ("the error circle reaches over the ring",)))
        elif passage is not None and passage.touch:
            passage.left = None if touches or leg.inside1 else passage.left or leg.fix1
        if passage is not None and not leg.inside1 and leg.d1_m <= leg.accuracy_m and leg.vertical1 != "out":
            passage.extent.touch(leg)
        return passage

    def _deepen(self, passage: Passage, leg: Leg) -> None:
        if not leg.inside and not leg.inside1:
            return
        deepest_m, spot = (-leg.d1_m, leg.fix1) if leg.fix0 is None else (leg.deepest_m, leg.spot(leg.deepest_at))
        sure = grade_of_entry(leg) != "possible", leg.inside1 and presence(leg) != "possible"
        passage.extent.inside(leg, self.rules, sure)
        passage.last_inside = leg.fix1 if leg.inside1 else leg.spot(leg.inside[-1][1])
        if deepest_m > passage.deepest_m:
            passage.deepest_m, passage.deepest_ns = deepest_m, spot.at_ns

    def _surer(self, passage: Passage, leg: Leg, said: list[Said]) -> None:
        """A better fix inside makes the entry surer, unless it was made in a gap: then its moment stays possible."""
        if not leg.inside1:
            return
        passage.presence = grade = presence(leg)
        if CERTAINTY_RANK[grade] > CERTAINTY_RANK[passage.surest]:
            passage.surest = grade
        if passage.interval is not None or CERTAINTY_RANK[grade] <= CERTAINTY_RANK[passage.certainty]:
            return
        passage.certainty = grade
        passage.revision += 1
        said.append(Said(passage.event, passage.entered, grade, None, passage, passage.revision))

    def _stayed_out(self, left: Spot, back: Spot) -> bool:
        """It was out so long before this re-entry that the exit should be said: two passages, not one."""
        return back.at_ns - left.at_ns > self.rules.exit_hold_s * NS_PER_S

    def _out(self, passage: Passage, leg: Leg) -> bool:
        if passage.left is not None and not leg.inside:
            passage.extent.away(leg)
        if passage.left is None:
            passage.left, passage.left_interval = leg.fix1, leg.interval(self.rules)
            passage.extent.leave(leg, 1.0, passage.left_interval)
        if leg.vertical1 == "out" or leg.d1_m > max(self.rules.exit_margin_m, leg.accuracy_m):
            return True
        straddles = leg.stated and leg.d1_m <= leg.accuracy_m
        return not straddles and leg.fix1.at_ns - passage.left.at_ns >= self.rules.exit_hold_s * NS_PER_S

    def _exit(self, passage: Passage, leg: Leg) -> Said:
        assert passage.left is not None
        clear = leg.vertical1 == "out" or leg.d1_m > leg.accuracy_m
        grade: Certainty = "possible"
        if clear and passage.left_interval is None and not leg.doubted and not passage.touch:
            grade = "certain" if leg.stated and passage.surest == "certain" else "probable"
        out_ns = leg.fix1.at_ns if clear and not leg.doubted else None
        last_ns = passage.extent.last(passage.left.at_ns, out_ns)
        return Said("exit", passage.left, grade, passage.left_interval, passage, 0, (), last_ns)


def presence(leg: Leg) -> Certainty:
    """How sure it is that the mover is inside at fix 1: certain with the whole stated error circle inside, probable with the
    assumed circle inside, possible when the circle straddles the ring, the height is not known well enough, or the track is
    doubted.
    """
    if leg.d1_m > -leg.accuracy_m or leg.vertical1 != "in" or leg.doubted:
        return "possible"
    return "certain" if leg.stated else "probable"


def grade_of_entry(leg: Leg) -> Certainty:
    """How sure an entry on this leg is; between two fixes outside nobody reported it, so the line between them is at best
    probable.
    """
    if leg.inside1:
        return presence(leg)
    if leg.doubted or leg.vertical1 == "unsure" or leg.deepest_m <= leg.accuracy_m:
        return "possible"
    return "probable"
