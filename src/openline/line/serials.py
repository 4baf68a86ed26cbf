"""The numbers of notices on one line: each issuer counts its own from 1, so that its reader finds one that is missing (R8).

A lane has no gaps, and still a notice can be missing: its reader's node held it and could not use it, or it was never sent.
A number is missing from the moment a higher one came, or it came and was of no use; it stays so until that notice comes, over
the line or by another way that a person names. Lanes do not wait for each other, so what was only overtaken is not asked for
at once. What a counterpart can make this node ask for is bounded.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from openline.line.precedence import US_PER_S
from openline.line.templates.slots import Value

NOTICES: Final = ("zone.notice", "reservation.notice", "movement.notice")
SLOT: Final = "serial_number"
QUESTION: Final = "question.serial"
"""The template that asks for one."""
SERIAL_MAX: Final = 1_000_000_000
JUMP_MAX: Final = 50  # a number further ahead is not believed: numbers are given one by one
MISSING_MAX: Final = 200
OVERTAKEN_US: Final = 30 * US_PER_S  # how long a skipped number may be under way in another lane before it is asked for
AGAIN_US: Final = 60 * US_PER_S  # after a question that could not be sent
SKIPPED: Final = "a later one came"


class Missing(msgspec.Struct, frozen=True):
    """A number that should be here: since when and why, when to ask for it, and the conversation in which it was."""

    since_us: int
    why: str
    ask_us: int
    asked: str = ""


class Taken(msgspec.Struct, frozen=True):
    """What one number showed: `found` was missing; `again` was had before; `odd` is not believed; these are now missing."""

    found: Missing | None = None
    again: bool = False
    odd: bool = False
    missing: tuple[int, ...] = ()


class Serials:
    """Of one line: the last number that was given here, and which of the counterpart's came."""

    def __init__(self) -> None:
        self.given = 0
        self.upto = 0  # the highest of theirs
        self.missing: dict[int, Missing] = {}
        self.odd = 0  # the newest that did not follow and was not believed

    def take(self, number: int, now_us: int, *, by_hand: bool = False) -> Taken:
        """A notice of theirs with this number can be used here. A person is believed wherever the count goes on."""
        found = self.missing.pop(number, None)
        if number <= self.upto:
            return Taken(found=found, again=found is None)
        if number > self.upto + JUMP_MAX and not by_hand:
            self.odd = number
            return Taken(odd=True)
        first = max(self.upto + 1, number - JUMP_MAX)
        fresh = [one for one in range(first, number) if self._lacks(one, Missing(now_us, SKIPPED, now_us + OVERTAKEN_US))]
        self.upto, self.odd = number, 0
        return Taken(found=found, missing=tuple(fresh))

    def unusable(self, number: int, why: str, now_us: int) -> bool:
        """A notice of theirs came and is of no use; True where its number is missing since now."""
        if number <= self.upto or number > self.upto + JUMP_MAX:
            return False
        return self._lacks(number, Missing(now_us, why, now_us))

    def to_ask(self, now_us: int) -> list[int]:
        """Numbers that are missing for long enough, and nobody was asked."""
        return [number for number, one in self.missing.items() if not one.asked and one.ask_us <= now_us]

    def asked(self, number: int, talk: str, now_us: int) -> None:
        """It was asked for in this conversation; with none, it is tried again later."""
        one = self.missing[number]
        self.missing[number] = msgspec.structs.replace(one, asked=talk, ask_us=one.ask_us if talk else now_us + AGAIN_US)

    def _lacks(self, number: int, one: Missing) -> bool:
        if number in self.missing or len(self.missing) >= MISSING_MAX:
            return False
        self.missing[number] = one
        return True


def serial_of(kind: str, params: Mapping[str, Value]) -> int | None:
    """The number of a notice, or of a correction that is one; None where it has none that can be counted."""
    number = params.get(SLOT)
    if kind not in (*NOTICES, "correction") or type(number) is not int or not 1 <= number <= SERIAL_MAX:
        return None
    return number
