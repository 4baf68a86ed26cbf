"""What a judge of two bundles says: what it found, on what evidence, message by message. Times are µs since 1970."""

from typing import Final, Literal, get_args

import msgspec

Grade = Literal["proved", "contradicted", "claimed", "untold", "unsaid"]
"""How a claim stands. `claimed`: one party alone says so. `untold`: what would tell is not here. `unsaid`: nobody says so."""

Topic = Literal[
    "log", "equivocation", "keys", "left_out", "receipt", "signature", "order", "hello", "message", "time", "object", "shown"
]
GRAVEST: Final[tuple[Topic, ...]] = get_args(Topic)
"""Topics, the gravest first: a record that was written again, two messages of one number, keys, what a record leaves out …"""
EVIDENCE_MAX: Final = 6
FROM: Final = {"from_": "from"}


class Evidence(msgspec.Struct, frozen=True):
    """A piece of evidence: in whose bundle, at which entry (or in which file), and what stands there."""

    bundle: str
    says: str
    entry: int | None = None
    file: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True, rename=FROM):
    """One thing that was found. `party` is who is contradicted or who claims it, empty where that cannot be told.

    `first` to `last` are the numbers of the messages of `from_` in `lane` that it is about, 0 where it is about none.
    """

    grade: Grade
    topic: Topic
    party: str
    says: str
    from_: str = ""
    lane: int | None = None
    first: int = 0
    last: int = 0
    evidence: tuple[Evidence, ...] = ()


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record has a message, and between which moments of the other party's clock.

    `after_us`: when the other last saw this log without the entry, at the earliest; `before_us`: when it first saw it with the
    entry, at the latest.
    """

    entry: int
    at_us: int
    after_us: int | None
    before_us: int | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One message: how it stands that it was sent, was stored, and is the same in both records.

    `at_us` is the sender's time of it, `stored_us` the receiver's time of the first receipt that covers it.
    """

    seq: int
    sha256: str = ""
    type: str = ""
    precedence: str = ""
    at_us: int | None = None
    sent: Grade
    stored: Grade
    same: Grade
    stored_us: int | None = None
    refused: str = ""
    by_sender: Logged | None = None
    by_receiver: Logged | None = None


class Lane(msgspec.Struct, frozen=True, kw_only=True, rename=FROM):
    """What one party sent the other in one lane. `order`: whether it is one chain without gaps."""

    from_: str
    to: str
    lane: int
    order: Grade
    rows: tuple[Row, ...]


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody stated through a party's node about a message: that it was said is proved, that it is so is its claim."""

    party: str
    type: str
    says: str
    at_us: int | None
    lane: int
    seq: int
    of: str  # the message it speaks of: `south.example 0/1`, empty for none
    taken_back: str = ""  # lane and number of the message by which the same party took it back


CoreState = Literal["proved", "refused", "claimed only", "contradicted"]
"""A shared core: both signed it; the other refused it; one alone signed it; both signed what the records here do not give."""


class Core(msgspec.Struct, frozen=True, kw_only=True):
    """A shared core that party `by` offered. `here`: whether the messages in the bundles give the same hash."""

    conv: str
    core: str
    state: CoreState
    here: Literal["same", "differs", "unknown"]
    by: str
    who: str
    at_us: int
    answered_by: str = ""
    answered_us: int | None = None
    why: str = ""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `about` is a line, or the origin of a log where both bundles are of one log."""

    about: str
    parties: tuple[str, str]
    contradicted: bool
    messages_count: int = 0
    receipts_count: int = 0
    checkpoints_count: int = 0
    findings: tuple[Finding, ...] = ()
    lanes: tuple[Lane, ...] = ()
    statements: tuple[Statement, ...] = ()
    cores: tuple[Core, ...] = ()


def sorted_out(findings: list[Finding]) -> tuple[Finding, ...]:
    """Findings with neighbouring numbers joined, the worst first."""
    grades: dict[Grade, int] = {"contradicted": 0, "claimed": 1, "untold": 2, "unsaid": 3, "proved": 4}

    def place(one: Finding) -> tuple[object, ...]:
        lane = -1 if one.lane is None else one.lane
        return grades[one.grade], GRAVEST.index(one.topic), one.party, one.from_, lane, one.says, one.first

    made: list[Finding] = []
    for one in sorted(findings, key=place):
        last = made[-1] if made else None
        if last is not None and one.first and place(one)[:-1] == place(last)[:-1] and one.first <= last.last + 1:
            made[-1] = msgspec.structs.replace(last, last=one.last, evidence=_joined(last.evidence, one.evidence))
        else:
            made.append(one)
    return tuple(made)


def _joined(held: tuple[Evidence, ...], more: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The evidence of the first numbers, and no endless list."""
    return held + tuple(one for one in more if one not in held)[: max(0, EVIDENCE_MAX - len(held))]
