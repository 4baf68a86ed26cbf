"""One message: what stands in the payload of an envelope, written once and read strictly.

Reading is in two steps. What names its place (line, parties, lane, number, the hash before) must be right, or these bytes are
no message of this protocol and are not stored. All else is content: whatever is wrong there is kept in `unreadable` or said by
`usable`, the message is stored and receipted as refused, and so nothing well signed can ever block a lane.
"""

from typing import Any, Final

import msgspec

from openline import seal
from openline.errors import Refused
from openline.line import fields
from openline.line.names import CONVERSATION_CHARS_MAX, LANES, TAG, WORD, line_of, party, party_of
from openline.line.precedence import PRECEDENCES, WORDS_MAX, Precedence, too_long
from openline.line.types import TYPES as TYPES
from openline.line.types import Kind
from openline.record.entry import INT_LIMIT, canonical, parse_canonical

PAYLOAD_TYPE: Final = "application/vnd.openline.message+json"
PAYLOAD_BYTES_MAX: Final = 65_536
FIRST: Final = bytes(seal.HASH_BYTES)
"""`prev` of the first message of a lane."""
MARKERS: Final = ("INSTRUCTION", "ADVICE", "WARNING", "INFORMATION", "QUESTION", "ANSWER", "REQUEST", "INTENTION")
ANSWERS_COUNT_MAX: Final = 16
READBACK_COUNT_MAX: Final = 16
PARAMS_COUNT_MAX: Final = 64
LANGUAGES_COUNT_MAX: Final = 5
TEXT_CHARS_MAX: Final = 4_000
FREE_CHARS_MAX: Final = 2_000
WHY_CHARS_MAX: Final = 100

_PLACE: Final = ("from", "lane", "line", "prev", "seq", "to", "v")
_CONTENT: Final = (
    *("answer_by", "answers", "at", "conv", "ex", "free", "marker", "params", "precedence"),
    *("re", "readback", "text", "tpl", "type", "valid_until"),
)


class Ref(msgspec.Struct, frozen=True):
    """The message another speaks of: whose, its lane and number, and the SHA-256 of its payload."""

    from_: str
    lane: int
    seq: int
    hash: bytes


class Template(msgspec.Struct, frozen=True):
    """The template a text was written with: its id, version, and the SHA-256 of its definition."""

    id: str
    ver: int
    hash: bytes


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message. Times are µs since 1970 by the sender's clock. Where `unreadable` says why, only its place means anything."""

    from_: str
    to: str
    lane: int
    seq: int
    prev: bytes
    at_us: int = 0
    type: str = ""
    conv: str = ""
    re: Ref | None = None
    precedence: Precedence = "routine"
    marker: str = ""
    ex: bool = False
    valid_until_us: int | None = None
    answer_by_us: int | None = None
    answers: tuple[str, ...] = ()
    readback: tuple[str, ...] = ()
    tpl: Template | None = None
    params: dict[str, str | int] = {}
    text: dict[str, str] = {}
    free: str = ""
    unreadable: str = ""

    @property
    def line(self) -> str:
        """The line it stands on."""
        return line_of(self.from_, self.to)


def hash_of(payload: bytes) -> bytes:
    """What the next message of the lane names as `prev`, and what a receipt names: SHA-256 of the payload."""
    return seal.sha256(payload)


def ref_of(message: Message, digest: bytes) -> Ref:
    """How another message refers to one with this SHA-256 of its payload."""
    return Ref(message.from_, message.lane, message.seq, digest)


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_message(message: Message) -> bytes:
    """The payload. Raises `Refused` for what no reader would use: nothing goes out that the other side must refuse."""
    payload = canonical(_body(message), "message")
    again = read_message(payload)
    if again.unreadable or again != message:
        _content(parse_canonical(payload), again, "message")  # says which field
        raise Refused("message", message.type, "what reads back as it was written")
    _check(message, "message")
    return payload


def _body(message: Message) -> dict[str, Any]:
    re, tpl = message.re, message.tpl
    return {
        "v": 1,
        "line": message.line,
        "from": message.from_,
        "to": message.to,
        "lane": message.lane,
        "seq": message.seq,
        "prev": seal.b64(message.prev),
        "at": message.at_us,
        "type": message.type,
        "conv": message.conv,
        "re": None if re is None else {"from": re.from_, "lane": re.lane, "seq": re.seq, "hash": seal.b64(re.hash)},
        "precedence": message.precedence,
        "marker": message.marker,
        "ex": message.ex,
        "valid_until": message.valid_until_us,
        "answer_by": message.answer_by_us,
        "answers": list(message.answers),
        "readback": list(message.readback),
        "tpl": None if tpl is None else {"id": tpl.id, "ver": tpl.ver, "hash": seal.b64(tpl.hash)},
        "params": message.params,
        "text": message.text,
        "free": message.free,
    }


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_message(payload: bytes, field: str = "message") -> Message:
    """The message in a payload. Raises `Refused` where it is not this protocol's or does not say its place.

    What is wrong with the rest is in `unreadable`: such a message is stored, receipted and refused, and never acted on.
    """
    value = parse_canonical(payload, field, PAYLOAD_BYTES_MAX)
    placed = read_place(value, field)
    try:
        return _content(value, placed, field)
    except Refused as wrong:
        return msgspec.structs.replace(placed, unreadable=why(wrong, field))


def read_place(value: object, field: str) -> Message:
    """The place that parsed JSON names, as a message without content. Raises `Refused`."""
    if not isinstance(value, dict) or not value.keys() >= set(_PLACE):
        raise Refused(field, value, f"an object with the keys {' '.join(_PLACE)}")
    if value["v"] is True or value["v"] != 1:
        raise Refused(f"{field}.v", value["v"], "1; a later version needs later software")
    sender, to = party(value["from"], f"{field}.from"), party(value["to"], f"{field}.to")
    if sender == to:
        raise Refused(f"{field}.to", to, "another party than the sender")
    if value["line"] != line_of(sender, to):
        raise Refused(f"{field}.line", value["line"], line_of(sender, to))
    return Message(
        from_=sender,
        to=to,
        lane=fields.integer(value["lane"], f"{field}.lane", 0, LANES[-1]),
        seq=fields.integer(value["seq"], f"{field}.seq", 1),
        prev=fields.hashed(value["prev"], f"{field}.prev"),
    )


def _content(value: object, placed: Message, field: str) -> Message:
    body = fields.exactly(value, {*_PLACE, *_CONTENT}, field)
    params = _params(body["params"], f"{field}.params")
    return Message(
        from_=placed.from_,
        to=placed.to,
        lane=placed.lane,
        seq=placed.seq,
        prev=placed.prev,
        at_us=fields.integer(body["at"], f"{field}.at"),
        type=_word(body["type"], f"{field}.type"),
        conv=fields.text(body["conv"], f"{field}.conv", CONVERSATION_CHARS_MAX, 1),
        re=_ref(body["re"], f"{field}.re"),
        precedence=fields.one_of(body["precedence"], PRECEDENCES, f"{field}.precedence"),
        marker=fields.one_of(body["marker"], MARKERS, f"{field}.marker"),
        ex=fields.flag(body["ex"], f"{field}.ex"),
        valid_until_us=fields.moment(body["valid_until"], f"{field}.valid_until"),
        answer_by_us=fields.moment(body["answer_by"], f"{field}.answer_by"),
        answers=_words(body["answers"], ANSWERS_COUNT_MAX, f"{field}.answers"),
        readback=_words(body["readback"], READBACK_COUNT_MAX, f"{field}.readback"),
        tpl=_template(body["tpl"], f"{field}.tpl"),
        params=params,
        text=_texts(body["text"], f"{field}.text"),
        free=fields.straight(fields.text(body["free"], f"{field}.free", FREE_CHARS_MAX), f"{field}.free"),
    )


def _word(value: object, field: str) -> str:
    return fields.shaped(value, WORD, field, "a word: a to z, then up to 59 of a to z, 0 to 9, _ . -")


def _words(value: object, count_max: int, field: str) -> tuple[str, ...]:
    found = tuple(_word(one, field) for one in fields.listed(value, count_max, field))
    if len(set(found)) != len(found):
        raise Refused(field, value, "each word once")
    return found


def _ref(value: object, field: str) -> Ref | None:
    if value is None:
        return None
    body = fields.exactly(value, {"from", "lane", "seq", "hash"}, field)
    return Ref(
        party(body["from"], f"{field}.from"),
        fields.integer(body["lane"], f"{field}.lane", 0, LANES[-1]),
        fields.integer(body["seq"], f"{field}.seq", 1),
        fields.hashed(body["hash"], f"{field}.hash"),
    )


def _template(value: object, field: str) -> Template | None:
    if value is None:
        return None
    body = fields.exactly(value, {"id", "ver", "hash"}, field)
    version = fields.integer(body["ver"], f"{field}.ver", 1)
    return Template(_word(body["id"], f"{field}.id"), version, fields.hashed(body["hash"], f"{field}.hash"))


def _params(value: object, field: str) -> dict[str, str | int]:
    if not isinstance(value, dict) or len(value) > PARAMS_COUNT_MAX:
        raise Refused(field, value, f"an object of at most {PARAMS_COUNT_MAX} slots")
    found: dict[str, str | int] = {}
    for name, slot in value.items():
        where = f"{field}.{_word(name, field)}"
        if isinstance(slot, str):
            found[name] = fields.straight(fields.text(slot, where, PAYLOAD_BYTES_MAX), where)
        else:
            found[name] = fields.integer(slot, where, 1 - INT_LIMIT)
    return found


def _texts(value: object, field: str) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > LANGUAGES_COUNT_MAX:
        raise Refused(field, value, f"an object of at most {LANGUAGES_COUNT_MAX} languages")
    for tag, words in value.items():
        fields.shaped(tag, TAG, field, "language tags, such as en or zh-Hant")
        fields.text(words, f"{field}.{tag}", TEXT_CHARS_MAX, 1)
    return dict(value)


# ── What a message of its type must have ─────────────────────────────────────────────────────────────────────────────


def usable(message: Message) -> str | None:
    """None, or why nobody can use what a message says, in at most 100 characters: what its receipt says of it.

    What needs more than the message itself (is its template known, is `re` a message we have) is asked elsewhere.
    """
    if message.unreadable:
        return message.unreadable
    try:
        _check(message, "message")
    except Refused as wrong:
        return why(wrong, "message")
    return None


def why(wrong: Refused, field: str) -> str:
    """A refusal as a receipt says it: the field and what would be accepted, never what stood there."""
    return in_short(f"{wrong.field.removeprefix(f'{field}.')}: {wrong.accepted}")


def in_short(reason: str) -> str:
    """A reason as a receipt may hold it: never empty, never too long, and nothing in it that a reader refuses."""
    return "".join(char if char.isprintable() else "?" for char in reason)[:WHY_CHARS_MAX] or "?"


def _check(message: Message, field: str) -> None:
    kind = TYPES.get(message.type)
    if kind is None:
        raise Refused(f"{field}.type", message.type, "a type of version 1")
    if party_of(message.conv) not in (message.from_, message.to):
        raise Refused(f"{field}.conv", message.conv, "one of the two parties, a slash and a number")
    _check_re(message, kind, field)
    _check_slots(message, kind, field)
    for tag, words in message.text.items():
        if too_long(message.precedence, words):
            raise Refused(f"{field}.text.{tag}", f"{len(words.split())} words", f"at most {WORDS_MAX} words")
    if message.type == "drill" and not message.ex:
        raise Refused(f"{field}.ex", False, "true: a drill is an exercise")
    if message.type == "question" and not message.answers:
        raise Refused(f"{field}.answers", None, "the answers that are allowed")


def _check_re(message: Message, kind: Kind, field: str) -> None:
    re = message.re
    if message.lane not in kind.lanes:
        raise Refused(f"{field}.lane", message.lane, f"for {message.type}: {' '.join(map(str, kind.lanes))}")
    if re is None:
        if kind.re not in ("nothing", "may"):
            raise Refused(f"{field}.re", None, f"the message that {message.type} speaks of")
        return
    allowed = {"nothing": (), "own": (message.from_,), "theirs": (message.to,)}.get(kind.re, (message.from_, message.to))
    if re.from_ not in allowed:
        raise Refused(f"{field}.re.from", re.from_, " or ".join(allowed) or "null: it speaks of no message")
    if re.lane != message.lane:
        raise Refused(f"{field}.lane", message.lane, f"{re.lane}, the lane of the message in re")


def _check_slots(message: Message, kind: Kind, field: str) -> None:
    if kind.template and message.tpl is None:
        raise Refused(f"{field}.tpl", None, f"the template of a {message.type}")
    for name, sort in kind.slots.items():
        if type(message.params.get(name)) is not sort:
            raise Refused(f"{field}.params.{name}", message.params.get(name), "a text" if sort is str else "an integer")
    for name, words in kind.words.items():
        fields.one_of(message.params[name], words, f"{field}.params.{name}")
    if "answer" in kind.slots:
        _word(message.params["answer"], f"{field}.params.answer")
    for name, slot in message.params.items():
        if message.type != "keys" and isinstance(slot, str) and len(slot) > TEXT_CHARS_MAX:
            raise Refused(f"{field}.params.{name}", f"{len(slot)} characters", f"at most {TEXT_CHARS_MAX} characters")
    for name in message.readback:
        if name not in message.params:
            raise Refused(f"{field}.readback", name, "names of slots in params")
