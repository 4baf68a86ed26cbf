"""Shared cores in two bundles: signed by both, refused, or claimed by one alone; and whether the records give the same.

A core is computed here again from the messages that either bundle holds; that both signed one hash is proved by two signatures,
whatever else is missing.
"""

from openline.errors import Refused
from openline.line import countersign
from openline.line.countersign import Offer, Spoken, Verdict
from openline.line.judge_lanes import OneLane
from openline.line.judge_said import Core, CoreState
from openline.line.message import Message, ref_of
from openline.line.types import CARRIED

STATEMENTS = ("seen", "understood", "understood.result", "answer", "passed_on", "acted", "withdrawal", countersign.TYPE)
"""Types that only ever speak of another message; but what takes back a notice begins a conversation."""
RE_MAX = 4  # a result speaks of a read-back, which speaks of a message; an answer of an offer


def cores(lanes: list[OneLane]) -> tuple[Core, ...]:
    """Every core that was offered, in the order of the conversations."""
    held = messages_held(lanes)
    about: dict[bytes, list[bytes]] = {}
    for digest in held:
        opening = _opening(digest, held)
        if opening is not None:
            about.setdefault(opening, []).append(digest)
    return tuple(
        core
        for opening, digests in about.items()
        if any(held[one].type == countersign.TYPE for one in digests)
        for core in _of(opening, digests, held)
    )


def messages_held(lanes: list[OneLane]) -> dict[bytes, Message]:
    """Every message that its party signed and the other could use, by the SHA-256 of its payload."""
    held: dict[bytes, Message] = {}
    for lane in lanes:
        for row in lane.said.rows:
            if not row.refused:
                papers = lane.papers(row.seq).values()
                held |= {one.digest: one.said for one in papers if lane.way.good(one) and not one.said.unreadable}
    return held


def _opening(digest: bytes, held: dict[bytes, Message]) -> bytes | None:
    """The message that a message speaks of in the end; itself, where it begins a conversation."""
    for _ in range(RE_MAX):
        message = held.get(digest)
        if message is None:
            return None
        if message.type not in STATEMENTS or (message.type == "withdrawal" and _carried(message, held)):
            return digest
        digest = b"" if message.re is None else message.re.hash
    return None


def _carried(message: Message, held: dict[bytes, Message]) -> bool:
    """Whether it speaks in the end of what is carried to units: taking that back begins a conversation of its own."""
    for _ in range(RE_MAX):
        subject = None if message.re is None else held.get(message.re.hash)
        if subject is None or subject.type not in STATEMENTS:
            return subject is not None and subject.type in CARRIED
        message = subject
    return False


def _of(opening: bytes, digests: list[bytes], held: dict[bytes, Message]) -> list[Core]:
    begun = held[opening]
    spoken: tuple[Spoken, ...] = ()
    offers: tuple[Offer, ...] = ()
    signs = [one for one in digests if held[one].type == countersign.TYPE]
    for one in digests:
        spoken = countersign.with_one(spoken, countersign.spoken(held[one], one))
    offered = sorted((one for one in signs if held[one].re == ref_of(begun, opening)), key=lambda one: held[one].seq)
    for one in (*offered, *(one for one in signs if one not in offered)):
        try:
            offers, _ = countersign.signed(offers, held[one], ref_of(begun, opening), ref_of(held[one], one))
        except Refused:
            continue  # it signs nothing that was offered
    return [_core(begun, one, spoken) for one in offers]


def _core(begun: Message, offer: Offer, spoken: tuple[Spoken, ...]) -> Core:
    found = countersign.verdict(offer.core, begun.conv, begun.text, spoken, offer.upto)
    whole = all(not last or any((one.from_, one.seq) == (party, last) for one in spoken) for party, last in offer.upto.items())
    here: Verdict = found if whole else "unknown"
    state: CoreState = "claimed only"
    if offer.answer == "refuses":
        state = "refused"
    elif offer.answer == "agrees":
        state = "contradicted" if here == "differs" else "proved"
    return Core(
        conv=begun.conv,
        core=offer.core,
        state=state,
        here=here,
        by=offer.by,
        who=offer.who,
        at_us=offer.at_us,
        answered_by=offer.answered_who,
        answered_us=offer.answered_us or None,
        why=offer.why,
    )
