"""The shared core of a conversation: what both parties hold of it alike, in bytes of which each computes the hash by itself.

    Rule 1  A core is made of messages alone, which both parties have; nothing of either side's notes can stand in it.
    Rule 2  It ends at two numbers: the last message of each party that it covers. What is said later changes it not.
    Rule 3  Who offers a core signs its hash; the other computes the same from its own record. Another hash is not agreed to.
    Rule 4  Agreement, refusal and silence are three things. A refusal is signed, like an agreement; silence is no answer.

R54. The bytes are those of docs/spec/line.md.
"""

from collections.abc import Iterable
from typing import Any, Final, Literal

import msgspec

from openline import seal
from openline.errors import Refused
from openline.line.message import Message, Ref, ref_of
from openline.line.names import line_of
from openline.record.entry import canonical

TYPE: Final = "countersign"
MESSAGES_MAX: Final = 200  # of one conversation; more is no call, and has no core
OFFERS_MAX: Final = 50
READ_MAX: Final = 4  # read-backs and results whose slots are kept, the newest
READ: Final = ("understood", "understood.result")

Verdict = Literal["same", "differs", "unknown"]
"""How a core that was offered stands to the own record; unknown: what would tell is not held any more."""
State = Literal["no answer", "agrees", "refuses"]


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a conversation, as far as a core needs it. `params` are the slots of a read-back or its result."""

    from_: str
    lane: int
    seq: int
    hash: bytes
    at_us: int
    type: str
    params: dict[str, str | int] | None = None


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A core that one party signed, and the other's answer to it. `upto` is the last number of each party that it covers."""

    by: str
    core: str
    upto: dict[str, int]
    at_us: int
    who: str
    role: str
    ref: Ref | None = None
    """The message it came in; None while ours waits for its number."""
    answer: Literal["", "agrees", "refuses"] = ""
    answered_us: int = 0
    answered_who: str = ""
    answered_role: str = ""
    why: str = ""

    @property
    def state(self) -> State:
        """How it stands."""
        return self.answer or "no answer"


def spoken(message: Message, digest: bytes) -> Spoken:
    """What a core needs of a message; `digest` is the SHA-256 of its payload."""
    return Spoken(
        from_=message.from_,
        lane=message.lane,
        seq=message.seq,
        hash=digest,
        at_us=message.at_us,
        type=message.type,
        params=dict(message.params) if message.type in READ else None,
    )


def with_one(held: tuple[Spoken, ...], one: Spoken) -> tuple[Spoken, ...]:
    """The messages held of a conversation with one more; one that is held changes nothing, one too many marks the end.

    Slots of old read-backs are let go of, so that nobody fills a memory with them.
    """
    if one.type == TYPE or len(held) > MESSAGES_MAX or any((one.from_, one.seq) == (two.from_, two.seq) for two in held):
        return held
    read = [place for place, two in enumerate(held) if two.params is not None]
    if one.params is not None and len(read) >= READ_MAX:
        old = msgspec.structs.replace(held[read[0]], params=None)
        held = (*held[: read[0]], old, *held[read[0] + 1 :])
    return (*held, one)


def numbers(held: Iterable[Spoken], parties: tuple[str, str]) -> dict[str, int]:
    """The last number of each party among the messages held; 0 where a party said nothing."""
    found = dict.fromkeys(parties, 0)
    for one in held:
        found[one.from_] = max(found[one.from_], one.seq)
    return found


def core_bytes(conv: str, text: dict[str, str], held: Iterable[Spoken], upto: dict[str, int]) -> bytes:
    """The core: canonical JSON. `text` is that of the message that began the conversation.

    Raises `Refused` where it cannot be told: too many messages, or the slots of a read-back are not held any more.
    """
    within = sorted((one for one in held if one.seq <= upto[one.from_]), key=lambda one: (one.from_, one.seq))
    if not within or len(within) > MESSAGES_MAX:
        raise Refused("core", len(within), f"a conversation of 1 to {MESSAGES_MAX} messages")
    one, other = upto
    body = {
        "v": 1,
        "line": line_of(one, other),
        "conv": conv,
        "messages": [
            {"at": one.at_us, "from": one.from_, "hash": seal.b64(one.hash), "lane": one.lane, "seq": one.seq, "type": one.type}
            for one in within
        ],
        "text": text,
        "read_back": _newest(within, "understood"),
        "result": _newest(within, "understood.result"),
    }
    return canonical(body, "core")


def _newest(within: list[Spoken], kind: str) -> dict[str, Any] | None:
    """The slots of the last message of a type; only one party can say each type, so the last has the highest number."""
    newest = max((one for one in within if one.type == kind), key=lambda one: one.seq, default=None)
    if newest is not None and newest.params is None:
        raise Refused("core", kind, "a core of which the read-back is still held: offer a newer one")
    return None if newest is None else newest.params


def core_of(conv: str, text: dict[str, str], held: Iterable[Spoken], upto: dict[str, int]) -> str:
    """SHA-256 of the core in hexadecimal. Raises `Refused`."""
    return seal.sha256(core_bytes(conv, text, held, upto)).hex()


def verdict(core: str, conv: str, text: dict[str, str], held: Iterable[Spoken], upto: dict[str, int]) -> Verdict:
    """An offered core held against the own record."""
    try:
        return "same" if core_of(conv, text, held, upto) == core else "differs"
    except Refused:
        return "unknown"


# ── From messages ────────────────────────────────────────────────────────────────────────────────────────────────────


Offers = tuple[Offer, ...]


def signed(offers: Offers, message: Message, opening: Ref | None, ref: Ref | None) -> tuple[Offers, Offer]:
    """The offers after a `countersign`, and the one it is or answers. `ref` is how others refer to it, None while unnumbered.

    Raises `Refused` for an offer that signs nothing, and for an answer to no offer, an own one, another core, or a second one.
    """
    if message.re == opening:
        made = _offer(message, ref)
        if len(offers) >= OFFERS_MAX:
            raise Refused("core", len(offers), f"at most {OFFERS_MAX} cores offered of one conversation")
        return (*offers, made), made
    for place, one in enumerate(offers):
        if one.ref is not None and one.ref == message.re and one.by == message.to and not one.answer:
            after = _answered(one, message)
            return (*offers[:place], after, *offers[place + 1 :]), after
    raise Refused("re", message.type, "the opening message, or a core that was offered and not answered")


def _offer(message: Message, ref: Ref | None) -> Offer:
    params = message.params
    if params.get("result") != "agrees":
        raise Refused("result", params.get("result"), "agrees: who offers a core signs it; a refusal answers an offer")
    ours, theirs = params.get("ours_number"), params.get("theirs_number")
    if type(ours) is not int or type(theirs) is not int or ours < 0 or theirs < 0:
        raise Refused("ours_number", (ours, theirs), "the last numbers of both parties that the core covers")
    return Offer(
        by=message.from_,
        core=str(params["core"]),
        upto={message.from_: ours, message.to: theirs},
        at_us=int(params["at_us"]),
        who=str(params["who"]),
        role=str(params["role"]),
        ref=ref,
    )


def _answered(offer: Offer, message: Message) -> Offer:
    params = message.params
    if params["core"] != offer.core:
        raise Refused("core", params["core"], f"the core that was offered, {offer.core}")
    reasons = (str(params.get("why", "")).replace("_", " "), str(params.get("reason_text", "")))
    return msgspec.structs.replace(
        offer,
        answer="agrees" if params["result"] == "agrees" else "refuses",
        answered_us=int(params["at_us"]),
        answered_who=str(params["who"]),
        answered_role=str(params["role"]),
        why=": ".join(one for one in reasons if one),
    )


def numbered(offers: Offers, message: Message, digest: bytes) -> Offers:
    """The offers once an own one that waited has its number."""
    ref = ref_of(message, digest)
    for place, one in enumerate(offers):
        if one.ref is None and one.by == message.from_ and one.core == message.params.get("core"):
            return (*offers[:place], msgspec.structs.replace(one, ref=ref), *offers[place + 1 :])
    return offers
