"""The types of messages: in which lane each may stand, what it speaks of, and which slots it has whatever its template.

Types are added, never changed; docs/spec/line.md has the same table. `seen`, `understood`, `passed_on` and `acted` are
statements of people through a node: none follows from another, and none from a receipt.
"""

from typing import Final, Literal

import msgspec

from openline.line.names import BULK, LANES, ROUTINE, URGENT

SPEAKS: Final = ("nothing", "may", "own", "theirs", "either")
"""Of which message `re` may speak: none; none or either's; the sender's own; the receiver's; either's, but always one."""
Speaks = Literal["nothing", "may", "own", "theirs", "either"]

PERSON: Final[dict[str, type]] = {"who": str, "role": str, "at_us": int}
"""Who stated it, in which role, and when: the slots of every statement of a person."""
READ_BACK: Final = "slot."
"""Before the name of a slot that is read back, so that it cannot be taken for a slot of the statement itself."""

CARRIED: Final = ("zone.notice", "reservation.notice", "movement.notice", "warning.relay", "hazard.keep_clear", "correction")
"""Types that are worth nothing until the last unit has them. What takes one of them back is carried to units like it."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One type of message. A message that speaks of another stands in that one's lane."""

    lanes: tuple[int, ...] = LANES
    re: Speaks = "nothing"
    template: bool = False  # whether it must name the template its text was written with
    slots: dict[str, type] = {}
    words: dict[str, tuple[str, ...]] = {}  # slots that hold one of these words


_NOTICE: Final = Kind(lanes=(URGENT, ROUTINE), re="may", template=True)
_URGENT: Final = Kind(lanes=(URGENT,), re="may", template=True)

TYPES: Final[dict[str, Kind]] = {
    "zone.notice": _NOTICE,
    "reservation.notice": _NOTICE,
    "movement.notice": _NOTICE,
    "warning.relay": _URGENT,
    "hazard.keep_clear": _URGENT,
    "question": Kind(lanes=(URGENT, ROUTINE), re="may"),
    "answer": Kind(lanes=(URGENT, ROUTINE), re="theirs", slots={"answer": str}),
    "correction": Kind(re="own"),
    "withdrawal": Kind(re="own", slots={"why": str}),
    "check": Kind(re="may"),
    "status": Kind(re="may"),
    "drill": Kind(re="may"),
    "seen": Kind(re="theirs", slots=PERSON),
    "understood": Kind(re="theirs", slots=PERSON),
    "understood.result": Kind(re="theirs", slots={"result": str}, words={"result": ("agrees", "differs")}),
    "passed_on": Kind(
        re="theirs", slots={**PERSON, "unit": str, "how": str, "result": str}, words={"result": ("passed", "stopped")}
    ),
    "acted": Kind(re="theirs", slots={**PERSON, "unit": str, "what": str}),
    "countersign": Kind(re="either", slots={**PERSON, "core": str, "result": str}, words={"result": ("agrees", "refuses")}),
    "keys": Kind(lanes=(URGENT,), slots={"manifest": str, "certificates": str}),
}
"""Type → what such a message must have."""

assert all(set(kind.lanes) <= {URGENT, ROUTINE, BULK} for kind in TYPES.values())
