"""A receipt: the receiver's node says that it has stored every message of a lane up to a number. It says nothing else.

Receipts are cumulative: the hash chain makes one for 1,750 a receipt for all before it. A message that is stored but of no use
is named in `refused` by every receipt of the next thousand messages, so that one lost receipt hides no refusal.
"""

from typing import Any, Final

import msgspec

from openline import seal
from openline.errors import Refused
from openline.line import fields
from openline.line.message import WHY_CHARS_MAX
from openline.line.names import LANES, line_of, party
from openline.record.entry import canonical, parse_canonical

PAYLOAD_TYPE: Final = "application/vnd.openline.receipt+json"
PAYLOAD_BYTES_MAX: Final = 65_536
REFUSED_COUNT_MAX: Final = 200
REFUSED_WITHIN: Final = 1_000
"""How far back of `upto` a receipt names what was refused."""
ORIGIN_CHARS_MAX: Final = 200
_KEYS: Final = ("at", "from", "hash", "lane", "line", "log", "refused", "to", "upto", "v")


class Unused(msgspec.Struct, frozen=True):
    """A message that is stored and cannot be used, and why, in at most 100 characters."""

    seq: int
    why: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """`from_` issues it; `hash` is that of the message `upto`; every entry up to it is within the first `size` of `origin`."""

    from_: str
    to: str
    lane: int
    upto: int
    hash: bytes
    origin: str
    size: int
    refused: tuple[Unused, ...] = ()
    at_us: int

    @property
    def line(self) -> str:
        """The line it stands on."""
        return line_of(self.from_, self.to)


def write_receipt(receipt: Receipt) -> bytes:
    """The payload of a receipt. Raises `Refused` for what no reader would take."""
    body: dict[str, Any] = {
        "v": 1,
        "line": receipt.line,
        "from": receipt.from_,
        "to": receipt.to,
        "lane": receipt.lane,
        "upto": receipt.upto,
        "hash": seal.b64(receipt.hash),
        "log": {"origin": receipt.origin, "size": receipt.size},
        "refused": [{"seq": one.seq, "why": one.why} for one in receipt.refused],
        "at": receipt.at_us,
    }
    payload = canonical(body, "receipt")
    read_receipt(payload)
    return payload


def read_receipt(payload: bytes, field: str = "receipt") -> Receipt:
    """The receipt in a payload. Raises `Refused`."""
    body = fields.exactly(parse_canonical(payload, field, PAYLOAD_BYTES_MAX), _KEYS, field)
    if body["v"] is True or body["v"] != 1:
        raise Refused(f"{field}.v", body["v"], "1; a later version needs later software")
    sender, to = party(body["from"], f"{field}.from"), party(body["to"], f"{field}.to")
    if sender == to or body["line"] != line_of(sender, to):
        raise Refused(f"{field}.line", body["line"], "the line between two parties")
    upto = fields.integer(body["upto"], f"{field}.upto", 1)
    log = fields.exactly(body["log"], {"origin", "size"}, f"{field}.log")
    return Receipt(
        from_=sender,
        to=to,
        lane=fields.integer(body["lane"], f"{field}.lane", 0, LANES[-1]),
        upto=upto,
        hash=fields.hashed(body["hash"], f"{field}.hash"),
        origin=fields.text(log["origin"], f"{field}.log.origin", ORIGIN_CHARS_MAX, 1),
        size=fields.integer(log["size"], f"{field}.log.size", 1),
        refused=_refused(body["refused"], upto, f"{field}.refused"),
        at_us=fields.integer(body["at"], f"{field}.at"),
    )


def _refused(value: object, upto: int, field: str) -> tuple[Unused, ...]:
    found: list[Unused] = []
    for one in fields.listed(value, REFUSED_COUNT_MAX, field):
        body = fields.exactly(one, {"seq", "why"}, field)
        least = found[-1].seq + 1 if found else max(1, upto - REFUSED_WITHIN + 1)
        seq = fields.integer(body["seq"], f"{field}.seq", least, upto)
        found.append(Unused(seq, fields.text(body["why"], f"{field}.why", WHY_CHARS_MAX, 1)))
    return tuple(found)
