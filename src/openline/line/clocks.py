"""Two clocks that differ: how far is known, and what a time of the other side is by ours.

What is due of a message that came runs from when it was heard here, never from what its sender's clock said: a clock that is
wrong, or a sender that lies, neither silences an alarm nor makes one. Only times that the sender must give (until when it is
valid, by when to answer, when something begins) are judged by its clock, less how far that is known to be ahead of ours.
"""

from typing import Final

import msgspec

APART_US: Final = 5_000_000  # further apart than this, times on the two screens cannot be compared without a note
EXPIRED: Final = "expired on arrival by the sender's clock"


class Judged(msgspec.Struct, frozen=True):
    """Times of a message that came, by our clock, and what is to be said of them."""

    valid_until_us: int | None
    answer_by_us: int | None
    marks: tuple[str, ...]


def apart(offset_us: int, delay_us: int) -> int:
    """How far their clock is ahead of ours, where it is known to differ; else 0."""
    return offset_us if abs(offset_us) - max(0, delay_us) > APART_US else 0


def says(apart_us: int) -> str:
    """In words; empty where they are not known to differ."""
    if not apart_us:
        return ""
    return f"its clock is {abs(apart_us) // 1_000_000} s {'ahead of' if apart_us > 0 else 'behind'} ours"


def judge(valid_until_us: int | None, answer_by_us: int | None, apart_us: int, heard_us: int) -> Judged:
    """What is over when it comes is shown and due like any other; an answer is due when it is heard at the earliest."""
    until_us = None if valid_until_us is None else valid_until_us - apart_us
    by_us = None if answer_by_us is None else max(heard_us, answer_by_us - apart_us)
    expired = until_us is not None and until_us <= heard_us
    marks = (says(apart_us), EXPIRED if expired else "")
    return Judged(None if expired else until_us, by_us, tuple(one for one in marks if one))


def jumped(said_us: int, heard_us: int, offset_us: int | None, delay_us: int | None) -> bool:
    """Whether a time that they said just now does not go with how far apart the clocks were measured to be."""
    return offset_us is not None and abs(said_us - heard_us - offset_us) - max(0, delay_us or 0) > APART_US
