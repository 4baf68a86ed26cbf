"""How urgent a message is, by when something must have come back, and who is spoken before whom.

The last of the four times is the one that signal corps give the precedence: FLASH 10 minutes, IMMEDIATE 30 minutes, PRIORITY 3
hours, ROUTINE 6 hours [S70]. `seen`, `readback` and `answer` are also the three moments at which a message that nobody has
replied to is raised again, on every path: 2, 5 and 10 minutes for FLASH (the night of Kunduz, R87). The receipt is a
machine's and takes no person's time. A notice has two more (R8), those of the notice offices of civil aviation: the initials of
an officer within 15 minutes, and a telephone call where they did not come within 90.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from openline.errors import Refused

Precedence = Literal["flash", "immediate", "priority", "routine"]

PRECEDENCES: Final[tuple[Precedence, ...]] = ("flash", "immediate", "priority", "routine")
"""Most urgent first."""

WORDS_MAX: Final = 200  # of a FLASH or IMMEDIATE text in each language (R49)
SHORT: Final[frozenset[Precedence]] = frozenset({"flash", "immediate"})
TIMER_S_MAX: Final = 7 * 86_400
US_PER_S: Final = 1_000_000


class Timers(msgspec.Struct, frozen=True):
    """Seconds after a message was queued by when each must have come: stored there, seen by a person, read back, answered; of a
    notice, the initials of an officer, and when the issuer is told to telephone.
    """

    receipt_s: int
    seen_s: int
    readback_s: int
    answer_s: int
    initials_s: int = 900
    telephone_s: int = 5_400


DEFAULTS: Final[dict[Precedence, Timers]] = {
    "flash": Timers(receipt_s=30, seen_s=120, readback_s=300, answer_s=600, initials_s=120, telephone_s=600),
    "immediate": Timers(receipt_s=60, seen_s=600, readback_s=1_200, answer_s=1_800, initials_s=600, telephone_s=1_800),
    "priority": Timers(receipt_s=300, seen_s=3_600, readback_s=7_200, answer_s=10_800),
    "routine": Timers(receipt_s=900, seen_s=7_200, readback_s=14_400, answer_s=21_600),
}


def timers_of(settings: Mapping[str, Mapping[str, int]]) -> dict[Precedence, Timers]:
    """`DEFAULTS` with what an agreement sets otherwise: {"flash": {"seen_s": 60}}.

    Raises `Refused` for an unknown name, a time that is not 1 s to 7 days, or times out of order within one precedence.
    """
    timers = dict(DEFAULTS)
    for name, changes in settings.items():
        precedence = _named(name)
        for key, value in changes.items():
            if key not in Timers.__struct_fields__:
                raise Refused(f"{name}.{key}", value, ", ".join(Timers.__struct_fields__))
            if type(value) is not int or not 1 <= value <= TIMER_S_MAX:
                raise Refused(f"{name}.{key}", value, f"1 to {TIMER_S_MAX} seconds")
        changed = msgspec.structs.replace(timers[precedence], **dict(changes))
        if not changed.receipt_s <= changed.seen_s <= changed.readback_s <= changed.answer_s:
            raise Refused(name, dict(changes), "receipt, seen, readback and answer in this order of time")
        if changed.initials_s > changed.telephone_s:
            raise Refused(name, dict(changes), "initials before the telephone")
        timers[precedence] = changed
    return timers


def _named(name: str) -> Precedence:
    for precedence in PRECEDENCES:
        if name == precedence:
            return precedence
    raise Refused("precedence", name, ", ".join(PRECEDENCES))


def rank(precedence: Precedence) -> int:
    """0 for FLASH to 3 for ROUTINE."""
    return PRECEDENCES.index(precedence)


def queue_key(precedence: Precedence, queued_us: int, number: int) -> tuple[int, int, int]:
    """Sorts what waits to be spoken: more urgent first, then older, then the order in which it was put there."""
    return rank(precedence), queued_us, number


def interrupts(precedence: Precedence) -> bool:
    """Whether it is shown over whatever the operator is doing, and sent before what is half sent."""
    return precedence == "flash"


def urgent(precedence: Precedence) -> bool:
    """Whether it goes in lane 0, where the message's type leaves the choice."""
    return precedence in SHORT


def words(text: str) -> int:
    """Words of a text, as R49 counts them: what stands between spaces."""
    return len(text.split())


def too_long(precedence: Precedence, text: str) -> bool:
    """Whether a text has more words than its precedence allows."""
    return precedence in SHORT and words(text) > WORDS_MAX


def too_many(precedence: Precedence, texts: Mapping[str, str], free: str) -> int:
    """Words of the longest text with what the sender adds in own words, where that is more than its precedence allows; else 0.

    Free words are read with the text, so R49 counts them with it.
    """
    longest = max((words(one) for one in texts.values()), default=0) + words(free)
    return longest if precedence in SHORT and longest > WORDS_MAX else 0
