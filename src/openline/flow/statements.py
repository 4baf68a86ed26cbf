"""What was stated of a talk, statement by statement, and a talk as it stands when one of them is taken back.

A statement that was taken back stays here, marked; what stands is found again from those that are left.
"""

from typing import Final

import msgspec

from openline.errors import Refused
from openline.line import conversation as conversations
from openline.line.conversation import Conversation, Said
from openline.line.message import Message, Ref, ref_of

STATEMENTS_MAX: Final = 400  # of the counterpart on one message, so that nobody fills a memory with them
TAKEN_BACK: Final = frozenset({"seen", "read_back", "standby", "answer", "passed", "stopped", "acted"})
"""Events that people state and may take back; the others are a machine's, or of the message itself."""
RESULTS: Final = ("agrees", "differs")


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a talk. `ref` is the message it came in, None while ours waits for its number and for what had none."""

    said: Said
    ref: Ref | None = None
    of: Ref | None = None
    """Of a result, the read-back that it is about."""
    hops: tuple[int, ...] = ()
    """Statements of the custody chain that it made."""
    back_us: int | None = None
    back_by: str = ""
    back_why: str = ""
    sent: bool = True
    """Whether it may be with the counterpart: one that was taken back while it waited never was."""

    @property
    def counts(self) -> bool:
        """Whether it still stands."""
        return self.back_us is None

    @property
    def may_go(self) -> bool:
        """Whether it can be taken back: people stated it, and it stands."""
        return self.counts and self.said.event in TAKEN_BACK


Statements = tuple[Statement, ...]


def at_us_of(message: Message) -> int:
    """When it was, as the statement says; else when its message was queued."""
    at_us = message.params.get("at_us", message.at_us)
    return at_us if isinstance(at_us, int) else message.at_us


def numbered(statements: Statements, message: Message, digest: bytes) -> Statements:
    """The statements once an own one that waited has its number."""
    event = conversations.event_of(message.type, message.params)
    for place, one in enumerate(statements):
        mine = one.ref is None and one.counts and one.said.party == message.from_
        if mine and one.said.event == event and one.said.at_us == at_us_of(message):
            ref = ref_of(message, digest)
            return (*statements[:place], msgspec.structs.replace(one, ref=ref), *statements[place + 1 :])
    return statements


def standing(conversation: Conversation, statements: Statements) -> Conversation:
    """A conversation as it is by the statements that still stand, as if the others had never come."""
    blank = msgspec.structs.replace(conversation, states=dict(conversations.START), first={}, newest={})
    for one in statements:
        if one.counts:
            try:
                blank = conversations.step(blank, one.said)
            except Refused:  # it said something of one that was taken back: without that it says nothing
                continue
    return blank


def gone_with(statements: Statements, place: int) -> tuple[int, ...]:
    """Which statements go when one is taken back. With a read-back go those that it replaced, and what was found of them:
    nobody is made to have understood by the taking back of something newer.
    """
    if statements[place].said.event != "read_back":
        return (place,)
    read = [nth for nth, one in enumerate(statements[: place + 1]) if one.said.event == "read_back" and one.counts]
    refs = [statements[nth].ref for nth in read if statements[nth].ref is not None]
    found = [nth for nth, one in enumerate(statements) if one.counts and one.said.event in RESULTS and one.of in refs]
    return (*read, *found)
