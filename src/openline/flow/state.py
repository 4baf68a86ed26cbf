"""Everything a step may know: the picture, the watch, the board, the book, the feeds, the notices."""

import msgspec

from openline.feeds import Decoder
from openline.feeds.report import Refusal, Report
from openline.flow.escalations import Escalations
from openline.flow.line import Line
from openline.inbox import Act, Bytes, Frame, Intake, Tick
from openline.incident.board import Board
from openline.kernels.routes import Route
from openline.line.escalation import Policy
from openline.line.notice import Notice
from openline.line.precedence import Timers
from openline.line.templates.sending import Approval
from openline.tracks.columns import NEVER_NS
from openline.tracks.conditions import Condition
from openline.tracks.picture import Picture
from openline.tracks.rules import TrackRules
from openline.watch.breach import BreachWatch
from openline.watch.rules import WatchRules
from openline.zones.book import Book


class FeedRules(msgspec.Struct, frozen=True):
    """One feed as the flow needs it: how to read it and when its silence means something."""

    source: str
    kind: str
    where: str = ""
    options: dict[str, msgspec.Raw | bool | int | float | str | None] = {}
    late_s: float = 15.0
    mover_class: str = "unknown"
    accuracy_m: float | None = None


class LineRules(msgspec.Struct, frozen=True):
    """What the agreement with counterparts says in numbers, and the language this desk speaks."""

    language: str = "en"
    tolerance_m: int = 500  # of a place read back without the sender's map
    handling_s: int = 900  # what a counterpart needs to pass a notice on
    notice_min_s: int = 3_600  # of notice that was agreed
    exercise: bool = False
    timers: dict[str, Timers] = {}  # by precedence, where they are others than those of the specification
    boot: str = ""  # of this start of the node, in hexadecimal: fresh random bytes


class Rules(msgspec.Struct, frozen=True):
    """All numbers of a node that findings depend on; an act of the node records them at every start."""

    party: str = ""
    tracks: TrackRules = TrackRules()
    watch: WatchRules = WatchRules()
    feeds: tuple[FeedRules, ...] = ()
    line: LineRules = LineRules()
    escalation: Policy = Policy()


class Reports(msgspec.Struct, frozen=True):
    """Reports already decoded: for audits of archives, where reading a file is not hearing a feed."""

    seq: int
    reports: list[Report]


Given = Bytes | Act | Intake | Frame | Tick | Reports


class FeedState:
    """What is known of one feed."""

    def __init__(self, rules: FeedRules, decoder: Decoder) -> None:
        self.rules = rules
        self.decoder = decoder
        self.state = "connecting"
        self.why = ""
        self.since_ns = NEVER_NS
        self.last_heard_ns = NEVER_NS
        self.taken_ns = NEVER_NS  # when a report of it was last accepted, or when it came up
        self.reports = 0
        self.refused = 0
        self.refused_since = 0  # refusals since then
        self.refusals: list[Refusal] = []  # the last ten
        self.recorded_minute = 0  # minute in which refusals are recorded in full ...
        self.recorded_count = 0  # ... and how many were
        self.unrecorded = 0  # refusals of that minute only counted


class Repeated(msgspec.Struct):
    """A mistake of ours that was recorded, and what of it was only counted since."""

    said_ns: int
    count: int = 0
    first: int = -1  # numbers of the first and last input it was only counted at
    last: int = -1


class State:
    """The state of one node. Changed only by `flow.step`."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.now_ns = NEVER_NS
        self.picture = Picture(self.rules.tracks)
        self.watch = BreachWatch(self.rules.watch)
        self.board = Board()
        self.book = Book()
        self.feeds: dict[str, FeedState] = {}
        self.notices: dict[str, Notice] = {}
        self.lines: dict[str, Line] = {}  # by counterpart
        self.ended: dict[str, Line] = {}  # lines that were ended: their numbering is kept
        self.escalations = Escalations()
        self.approvals: list[Approval] = []  # of translations, by people
        self.taken: dict[int, tuple[int, list[Refusal]]] = {}  # by number of a bytes input of this step: reports, refusals
        self.conditions: dict[str, Condition] = {}  # by what stands, one of a kind
        self.condition_count = 0
        self.mistakes: dict[tuple[str, str], Repeated] = {}  # by exception and module: said within the last minute
        self._routes: dict[str, Route] = {}

    def routes(self) -> dict[int, Route]:
        """Routes by slot, for movers that have one and are in the picture."""
        slot_of = self.picture.slot_of
        return {slot_of[mover]: route for mover, route in self._routes.items() if mover in slot_of}

    def routes_size(self, but: str) -> tuple[int, int]:
        """How many routes there are and of how many pieces, without that of one mover."""
        others = [route for mover, route in self._routes.items() if mover != but]
        return len(others), sum(route.pieces_count for route in others)

    def set_route(self, mover: str, line: tuple[tuple[float, float], ...] | None, route: Route | None = None) -> None:
        """The line an operator says a mover will follow, or none."""
        self.picture.routes.pop(mover, None)
        self._routes.pop(mover, None)
        if line:
            self._routes[mover] = route or Route([p[0] for p in line], [p[1] for p in line])
            self.picture.routes[mover] = line
