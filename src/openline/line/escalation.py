"""Who must be told outside the console, and when, while something that is due is neither settled nor acknowledged.

    Rule 1  What is due now is a pure function of the policy, what is missing, since when, and the time now. A node that was off
            is a larger `now`: the step due now is taken, the steps missed are named, and none of them is made up for.
    Rule 2  Silence hours hold a message back and never drop it: it goes when they end, while its cause still stands.
    Rule 3  What nobody replies to goes to every path at once, each of its three times (R87).
    Rule 4  Only the settings say who is told. A path that cannot be used gives way to the next, never to nobody unsaid.

No address stands here: a path is a name, and only the shell knows what lies behind it.
"""

import re
from collections.abc import Collection
from typing import Final, Literal, get_args

import msgspec

from openline import seal
from openline.record.entry import canonical

Severity = Literal["critical", "warning", "advisory"]
Kind = Literal["smtp", "webhook", "apprise"]

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""Gravest first."""
AT_ONCE: Final = frozenset({"no_reply"})
"""What every path is told of at once, whichever step it stands in."""
GRAVE: Final = frozenset({"fork", "put_back", "passed_on_at_start"})
OF_PRECEDENCE: Final[dict[str, Severity]] = {
    "flash": "critical",
    "immediate": "critical",
    "priority": "warning",
    "routine": "advisory",
}
US_PER_S: Final = 1_000_000
US_PER_MINUTE: Final = 60 * US_PER_S
MINUTES_PER_DAY: Final = 1_440
BACK_OFF_S: Final = (10, 30, 90, 270)
"""Pauses after the first, second, third … try that failed for now or of which nobody knows; the last one repeats."""

_QUIET: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


class Path(msgspec.Struct, frozen=True):
    """One way of reaching somebody, as the settings name it. `quiet` is "22:00-06:00" in UTC, or empty."""

    name: str
    kind: Kind = "webhook"
    to: str = ""
    severities: tuple[Severity, ...] = SEVERITIES
    quiet: str = ""
    places: bool = False  # whether what goes there may hold coordinates


class Step(msgspec.Struct, frozen=True):
    """So many seconds after something became due, these paths are told; `say` goes with it (a telephone number, as a rule)."""

    after_s: int
    paths: tuple[str, ...]
    say: str = ""


class Policy(msgspec.Struct, frozen=True):
    """Steps in order of time, and the paths they name. Frozen for an escalation when it begins, and known by its hash."""

    steps: tuple[Step, ...] = ()
    paths: tuple[Path, ...] = ()
    again_s: int = 3_600  # after an acknowledgement, while its cause stands; 0: never again
    link_s: int = 60  # a line that is silent or down for this long is raised
    tries_max: int = 4  # of one message over one path

    @property
    def hash(self) -> str:
        """SHA-256 of its canonical JSON, in hexadecimal."""
        return seal.sha256(canonical(msgspec.to_builtins(self), "policy")).hex()

    def path(self, name: str) -> Path | None:
        """A path by name."""
        return next((one for one in self.paths if one.name == name), None)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is due. `name` is its own as long as it stands; `since_us` is when it was missing first, `due_us` when it
    became due: steps count from there. `place` is (lat, lon) in 1e-7 degrees.
    """

    name: str
    what: str
    severity: Severity
    since_us: int
    due_us: int
    line: str = ""
    party: str = ""
    talk: str = ""
    kind: str = ""
    precedence: str = ""
    ours: bool = True
    unit: str = ""
    sent_us: int | None = None
    why: str = ""
    exercise: bool = False
    place: tuple[int, int] | None = None

    @property
    def ref(self) -> tuple[str, ...]:
        """What entries about it refer to."""
        line = (f"line:{self.line}", f"party:{self.party}") if self.line else ()
        return (*line, f"conv:{self.talk}") if self.talk else line


class Due(msgspec.Struct, frozen=True):
    """The step that is due now, the paths of it that may be used now, the steps before it, and how late it is."""

    step: int
    paths: tuple[str, ...]
    earlier: tuple[int, ...]
    late_s: int


def due(policy: Policy, what: str, severity: Severity, since_us: int, now_us: int) -> Due | None:
    """What the policy wants now for something that is missing since `since_us`; None while its first step is not reached.

    Of the steps reached it is the last that has a path open now; where every path keeps silence hours it is the last one, with
    no path: it goes when they end. Steps without a path for this severity do not count.
    """
    reached = [one for one in _steps(policy, what, severity) if since_us + one[1] * US_PER_S <= now_us]
    if not reached:
        return None
    usable = {index: tuple(name for name in names if awake(policy, name, severity, now_us)) for index, _, names in reached}
    index, after_s, _ = next((one for one in reversed(reached) if usable[one[0]]), reached[-1])
    late_s = (now_us - since_us) // US_PER_S - after_s
    return Due(index, usable[index], tuple(one[0] for one in reached if one[0] < index), late_s)


def instead(policy: Policy, what: str, severity: Severity, failed: str, tried: Collection[str], now_us: int) -> str | None:
    """The path that takes the place of one that failed for good: the next of the policy that was not tried, in its order,
    beginning after the failed one; None where there is no other.
    """
    order = list(dict.fromkeys(name for _, _, names in _steps(policy, what, severity) for name in names))
    order += [one.name for one in policy.paths if severity in one.severities and one.name not in order]
    at = order.index(failed) + 1 if failed in order else 0
    untried = [name for name in (*order[at:], *order[:at]) if name not in tried and name != failed]
    return next((name for name in untried if awake(policy, name, severity, now_us)), next(iter(untried), None))


def _steps(policy: Policy, what: str, severity: Severity) -> list[tuple[int, int, tuple[str, ...]]]:
    """(index, after_s, paths) of the steps that have a path for this severity."""
    steps = [(index, one.after_s, one.paths) for index, one in enumerate(policy.steps)]
    if what in AT_ONCE and steps:
        steps = [(0, 0, tuple(dict.fromkeys(name for one in policy.steps for name in one.paths)))]
    found = [(index, after_s, _open_to(policy, names, severity)) for index, after_s, names in steps]
    return [one for one in found if one[2]]


def _open_to(policy: Policy, names: tuple[str, ...], severity: Severity) -> tuple[str, ...]:
    paths = {one.name: one for one in policy.paths}
    return tuple(dict.fromkeys(name for name in names if name in paths and severity in paths[name].severities))


def awake(policy: Policy, name: str, severity: Severity, now_us: int) -> bool:
    """Whether a path may be used now: what is critical keeps to no silence hours."""
    path = policy.path(name)
    return path is not None and (severity == "critical" or not silent(path.quiet, now_us))


def hours(quiet: str) -> tuple[int, int] | None:
    """Minutes of the day in UTC at which silence hours begin and end; None for what is no such text."""
    found = _QUIET.fullmatch(quiet)
    if found is None:
        return None
    begin_h, begin_m, end_h, end_m = (int(one) for one in found.groups())
    return begin_h * 60 + begin_m, end_h * 60 + end_m


def silent(quiet: str, now_us: int) -> bool:
    """Whether it is within silence hours; they may go over midnight."""
    span = hours(quiet) if quiet else None
    if span is None:
        return False
    begin, end = span
    minute = now_us // US_PER_MINUTE % MINUTES_PER_DAY
    return begin <= minute < end if begin <= end else minute >= begin or minute < end


def severity_of(what: str, precedence: str = "") -> Severity:
    """How grave it is: by the precedence of the message; what contradicts, and a unit not told at the start, always gravest."""
    if what in GRAVE:
        return "critical"
    if what == "passed_on_before_start" and precedence == "routine":
        return "warning"
    return OF_PRECEDENCE.get(precedence, "warning")


def pause_s(tries: int) -> int:
    """How long to wait after so many tries of one message over one path."""
    return BACK_OFF_S[min(max(tries, 1), len(BACK_OFF_S)) - 1]
