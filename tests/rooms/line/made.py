"""What the tests of the line share: the vectors' keys, whatever a message may say, and one byte changed."""

from typing import Any

from hypothesis import strategies as st

from openline.line.message import FIRST, Message, Ref, Template, hash_of
from openline.line.precedence import PRECEDENCES
from openline.line.types import PERSON
from scripts.line_vectors import NORTH, SOUTH, T0_US

HASH = hash_of(b"another message")
TEMPLATE = Template("zone.plain", 2, HASH)
SPOKEN_OF = Ref(NORTH, 0, 7, HASH)
WHO = {"who": "Capt. B. Officer", "role": "watch officer", "at_us": T0_US}

assert WHO.keys() == PERSON.keys()

LEAST: dict[str, dict[str, Any]] = {
    "zone.notice": {"tpl": TEMPLATE},
    "reservation.notice": {"tpl": TEMPLATE},
    "movement.notice": {"tpl": TEMPLATE},
    "warning.relay": {"tpl": TEMPLATE},
    "hazard.keep_clear": {"tpl": TEMPLATE},
    "question": {"answers": ("yes", "no")},
    "answer": {"re": SPOKEN_OF, "params": {"answer": "standby"}},
    "correction": {"re": Ref(SOUTH, 0, 1, HASH)},
    "withdrawal": {"re": Ref(SOUTH, 0, 1, HASH), "params": {"why": "an error"}},
    "check": {},
    "status": {},
    "drill": {"ex": True},
    "seen": {"re": SPOKEN_OF, "params": WHO},
    "understood": {"re": SPOKEN_OF, "params": {**WHO, "slot.floor_m": 300}},
    "understood.result": {"re": SPOKEN_OF, "params": {"result": "agrees"}},
    "passed_on": {"re": SPOKEN_OF, "params": {**WHO, "unit": "2nd platoon", "how": "radio", "result": "passed"}},
    "acted": {"re": SPOKEN_OF, "params": {**WHO, "unit": "2nd platoon", "what": "turned back"}},
    "countersign": {"re": SPOKEN_OF, "params": {**WHO, "core": "c2hhcmVk", "result": "refuses"}},
    "keys": {"params": {"manifest": "{}", "certificates": "-----"}},
}
"""Type → the least that a message of it must say, in lane 0 from south to north."""


def said(type_: str = "check", **changes: Any) -> dict[str, Any]:
    """The fields of a message without its place, as `LaneOut.queue` takes them."""
    fields = {"at_us": T0_US, "type": type_, "conv": "south.example/1", "marker": "INFORMATION"}
    return {**fields, **LEAST[type_], **changes}


def message(type_: str = "check", **changes: Any) -> Message:
    """One message of south."""
    return Message(**{"from_": SOUTH, "to": NORTH, "lane": 0, "seq": 1, "prev": FIRST, **said(type_, **changes)})


def changed(data: bytes, place: int, byte: int) -> bytes:
    """The bytes with one of them another."""
    place %= len(data)
    return data[:place] + bytes([byte if byte != data[place] else byte ^ 1]) + data[place + 1 :]


SPEECH = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
WORDS = st.from_regex(r"\A[a-z][a-z0-9_.-]{0,20}\Z")
TIMES = st.none() | st.integers(0, 2**53 - 1)
MESSAGES = st.builds(
    message,
    st.sampled_from(sorted(LEAST)),
    seq=st.integers(1, 2**53 - 1),
    prev=st.binary(min_size=32, max_size=32),
    at_us=st.integers(0, 2**53 - 1),
    precedence=st.sampled_from(PRECEDENCES),
    valid_until_us=TIMES,
    answer_by_us=TIMES,
    text=st.dictionaries(st.sampled_from(["en", "ar", "ru", "zh-Hant", "tr"]), SPEECH.filter(bool), max_size=5),
    free=SPEECH,
)
"""Messages that may be sent."""


def relay(now_us: int) -> dict[str, Any]:
    """The slots of a warning that is to be passed to a convoy near At-Tanf."""
    return {
        "mover_choice": "convoy",
        "mover_count": 4,
        "course_deg": 200,
        "looks_text": "four pickups",
        "mover_lat_1e7": 335_070_000,
        "mover_lon_1e7": 386_180_000,
        "seen_us": now_us,
        "side_choice": "outside",
        "distance_m": 27_000,
        "zone_text": "At-Tanf zone",
        "asked_choice": "turn_back",
        "by_us": now_us + 3_600_000_000,
        "contact_text": "123.45",
    }
