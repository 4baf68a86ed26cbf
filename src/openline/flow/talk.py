"""One message of substance and everything that came of it: what was said, by whom it is held, what is due. Both sides have it.

Takes: the message, and what either side states of it. Gives: the states of docs/spec/line.md side by side, the custody chain,
and what should have come by now. Never: infers one state from another, or changes anything because nobody spoke.
"""

from typing import Any, Final

import msgspec

from openline.flow import statements as stated
from openline.flow.statements import Statement, Statements
from openline.line import conversation as conversations
from openline.line import custody, custody_after
from openline.line.conversation import Conversation, Said
from openline.line.countersign import Offer, Spoken, Verdict, spoken, verdict, with_one
from openline.line.custody import Chain
from openline.line.message import Message, Ref, ref_of
from openline.line.precedence import Timers
from openline.line.readback import Result
from openline.line.templates.writing import Comparison

FAR_US: Final = 2**53
CLOCKED: Final = ("lapse", "expire")
"""What the clock does by itself; all else that is due waits for people."""


class Raised(msgspec.Struct, frozen=True):
    """Something that should have come and has not: since when, when it was raised, who has acknowledged it here."""

    what: str
    since_us: int
    raised_us: int
    unit: str = ""
    acknowledged_by: str = ""


class Talk:
    """One message of substance on one line."""

    def __init__(
        self, conversation: Conversation, ours: bool, said: dict[str, Any], chain: Chain | None, marks: tuple[str, ...] = ()
    ) -> None:
        self.conversation = conversation
        self.ours = ours
        self.marks = marks  # what must be read beside a message that came, as it stood then
        self.said = said  # the fields of the message, place left out: it may not have a number yet
        self.chain = chain
        self.owed = () if chain is None else chain.units  # units that no list of our own takes off
        self.message: Message | None = None
        self.hash = b""
        self.timers: Timers | None = None  # as they were agreed when it began; None: those of the specification
        self.mover = ""  # of whom it speaks, in our picture
        self.checked: Comparison | None = None  # of a text that came: held against our own template
        self.unused = ""  # why the counterpart's node could not use it
        self.result: Result | None = None  # of the newest read-back, as this node computed it
        self.against = ""  # what our own result says against the counterpart's
        self.read_back: dict[str, Any] = {}
        self.found: dict[str, Any] = {}  # what the counterpart's node found of it: the slots of its `understood.result`
        self.read_back_re: Ref | None = None  # the counterpart's message that it came in
        self.spoken: tuple[Spoken, ...] = ()  # every message of it that has a number: what a shared core is made of
        self.offers: tuple[Offer, ...] = ()  # cores that either party signed, and the answers
        self.statements: Statements = ()  # every event of it in order, those that were taken back too
        self.raised: dict[str, Raised] = {}
        self.places: list[tuple[bool, int, int]] = []  # (ours, lane, number) of every message about it
        self.after = ""  # the talk that corrects or withdraws it
        self.next_us = 0  # nothing new can be due before
        self.version = 0  # counts its changes, so that screens are told of each

    @property
    def id(self) -> str:
        """The name of its conversation."""
        return self.conversation.id

    @property
    def conv(self) -> str:
        """The conversation as its messages name it."""
        return self.id.partition("+")[0]

    @property
    def said_us(self) -> int:
        """When it was queued, by its sender's clock."""
        return int(self.said["at_us"])

    @property
    def unseen(self) -> bool:
        """Whether it came, and nobody here has stated to have seen it: then it does not run out in silence."""
        return not self.ours and self.conversation.states["seen"] == "not seen"

    @property
    def re(self) -> Ref | None:
        """How another message refers to it; None while it has no number."""
        if self.message is None:
            return None
        return ref_of(self.message, self.hash)

    @property
    def over(self) -> bool:
        """Whether nothing more can be due."""
        return self.conversation.over and (self.chain is None or self.chain.closed_us is not None)

    @property
    def place(self) -> tuple[int, int] | None:
        """Lane and number of its message; None while it has none."""
        return None if self.message is None else (self.message.lane, self.message.seq)

    def placed(self, message: Message, digest: bytes) -> None:
        """It has its number now; `digest` is the SHA-256 of its payload."""
        self.version += 1
        self.message = message
        self.hash = digest
        self.says(message, digest)

    def says(self, message: Message, digest: bytes) -> None:
        """One more message of it, ours or theirs, that has its number."""
        self.spoken = with_one(self.spoken, spoken(message, digest))

    def unsaid(self, party: str, lane: int, seq: int) -> None:
        """The receiver's node could not use a message: it holds it and acted on nothing of it, so no core has it."""
        self.spoken = tuple(one for one in self.spoken if (one.from_, one.lane, one.seq) != (party, lane, seq))

    def holds(self, offer: Offer) -> Verdict:
        """An offered core against what this node holds of it now."""
        return verdict(offer.core, self.conv, self.said["text"], self.spoken, offer.upto)

    def step(self, said: Said, ref: Ref | None = None, of: Ref | None = None) -> None:
        """One event, and the message it came in. Raises `Refused`; nothing has changed then."""
        self.conversation = conversations.step(self.conversation, said)
        self.statements = (*self.statements, Statement(said=said, ref=ref, of=of))
        if self.conversation.over and self.chain is not None and self.chain.closed_us is None:
            self.chain = custody.close(self.chain, said.at_us, self.conversation.states["life"])
        self._changed()

    def hop(self, hop: custody.Hop) -> None:
        """One more statement of where it is. Raises `Refused`."""
        if self.chain is not None:
            self.chain = custody.add(self.chain, hop)
            self._changed()

    def drop(self, place: int, at_us: int, by: str, why: str, *, sent: bool = True) -> None:
        """Statement `place` is taken back, with all that rests on it; everything then is as the others alone say."""
        gone = stated.gone_with(self.statements, place)
        newest = max((nth for nth, one in enumerate(self.statements) if one.said.event == "read_back"), default=-1)
        if newest in gone:
            self.read_back, self.found, self.read_back_re, self.result, self.against = {}, {}, None, None, ""
        for nth in gone:
            one = self.statements[nth]
            for number in one.hops:
                self.drop_hop(number, at_us, by, why)
            after = msgspec.structs.replace(one, back_us=at_us, back_by=by, back_why=why, sent=sent)
            self.statements = (*self.statements[:nth], after, *self.statements[nth + 1 :])
        self.conversation = stated.standing(self.conversation, self.statements)
        self._changed()

    def drop_hop(self, number: int, at_us: int, by: str, why: str) -> None:
        """A statement of the custody chain is taken back; one that was already stays as it is."""
        if self.chain is not None and any(hop.number == number and hop.counts for hop in self.chain.hops):
            self.chain = custody.take_back(self.chain, number, at_us, by, why)
        self._changed()

    def stated_hop(self, hop: custody.Hop) -> None:
        """The same, of the newest statement: it goes when that is taken back. Raises `Refused`."""
        before = 0 if self.chain is None else len(self.chain.hops)
        self.hop(hop)
        if self.chain is not None and len(self.chain.hops) > before:
            newest = self.statements[-1]
            newest = msgspec.structs.replace(newest, hops=(*newest.hops, before + 1))
            self.statements = (*self.statements[:-1], newest)

    def name_units(self, units: list[str]) -> None:
        """Units of our own list, beside those that the message names. Raises `Refused`; nothing has changed then."""
        if self.chain is not None:
            own = custody.with_units(self.chain, tuple(units)).units
            self.chain = custody_after.with_own(self.chain, self.owed, own)
            self._changed()

    def _changed(self) -> None:
        """Something else may be due now, and screens are to be told."""
        self.next_us = 0
        self.version += 1

    def kept(self) -> dict[str, Any]:
        """Everything as it stands, to `put_back` where what was begun cannot be ended."""
        return dict(vars(self))

    def put_back(self, kept: dict[str, Any]) -> None:
        """As it stood; its version rises all the same, since a screen may have seen more."""
        vars(self).update(kept | {"version": self.version + 1})

    def turn(self, now_us: int) -> tuple[list[Raised], list[Raised], list[str]]:
        """(what is due now and was not raised yet, what was raised and is settled, events for the clock to fire)."""
        if now_us < self.next_us:
            return [], [], []
        found, fire = self._due(now_us)
        new = [one for key, one in found.items() if key not in self.raised]
        settled = [one for key, one in self.raised.items() if key not in found]
        self.raised = {key: self.raised.get(key, one) for key, one in found.items()}
        self.version += bool(new or settled)
        later, fires = self._due(FAR_US)
        waits = [one.since_us for key, one in later.items() if key not in found]
        self.next_us = min([FAR_US, *(one.since_us for one in fires), *waits])
        return new, settled, [one.what for one in fire]

    def _due(self, now_us: int) -> tuple[dict[str, Raised], list[conversations.Due]]:
        found: dict[str, Raised] = {}
        fire: list[conversations.Due] = []
        for one in conversations.due(self.conversation, now_us, self.timers):
            if one.what == "expire" and self.unseen:
                continue
            if one.what in CLOCKED:
                fire.append(one)
            elif one.what != "telephone" or self.ours:  # it is the issuer who calls
                found[f"{one.what} {one.step}"] = Raised(one.what, one.since_us, now_us)
        for two in custody.due(self.chain, now_us, self.timers) if self.chain is not None else ():
            if two.what.startswith("passed_on"):
                found[f"{two.what} {two.unit}"] = Raised(two.what, two.since_us, now_us, two.unit)
        return found, fire


def acknowledged(raised: Raised, who: str) -> Raised:
    """The same, with who acknowledged it here. It stays until what is missing comes."""
    return msgspec.structs.replace(raised, acknowledged_by=who)
