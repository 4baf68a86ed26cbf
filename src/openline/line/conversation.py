"""What became of one message: a table of states that does not know which side it is.

    Rule 1  Every state and every move is in `TABLES`. What is not in them cannot happen.
    Rule 2  The regions are independent: none of seen, read back, answered, passed on, acted follows from another, and each is
            moved only by a statement of its own. The screen shows them side by side, never one word for all (R46).
    Rule 3  No clock. `expire` and `lapse` are events that the flow makes when `due` says that their time has come; all they
            can do is end a message and write NO REPLY, which never turns into anything by itself (R11).
    Rule 4  Who may say what is in `SPEAKER`: the receiver that it has it, the sender whether a read-back agrees.

Both parties, and a judge with the record, run it over the same signed statements and reach the same state.
"""

from typing import Final, Literal, get_args

import msgspec

from openline.errors import Refused
from openline.line.lead import Lead
from openline.line.precedence import DEFAULTS, US_PER_S, Precedence, Timers
from openline.line.readback import confirms
from openline.line.templates.slots import Params

Region = Literal["life", "seen", "read_back", "answer", "passed_on", "acted", "reply"]
Heard = Literal["stored", "seen", "read_back", "standby", "answer", "passed", "stopped", "acted"]
Told = Literal["agrees", "differs", "withdraw", "supersede"]
Fired = Literal["expire", "lapse"]
Event = Heard | Told | Fired
Table = dict[str, dict[str, str]]

TABLES: Final[dict[Region, Table]] = {
    "life": {
        "queued": {"stored": "stored", "expire": "expired", "withdraw": "withdrawn", "supersede": "superseded"},
        "stored": {"stored": "stored", "expire": "expired", "withdraw": "withdrawn", "supersede": "superseded"},
        "expired": {"stored": "expired", "expire": "expired", "withdraw": "withdrawn", "supersede": "superseded"},
        "superseded": {"stored": "superseded", "expire": "superseded", "withdraw": "withdrawn", "supersede": "superseded"},
        "withdrawn": {"stored": "withdrawn", "expire": "withdrawn", "withdraw": "withdrawn", "supersede": "withdrawn"},
    },
    "seen": {"not seen": {"seen": "seen"}, "seen": {"seen": "seen"}},
    "read_back": {
        "not read back": {"read_back": "read back"},
        "read back": {"read_back": "read back", "agrees": "agrees", "differs": "differs"},
        "differs": {"read_back": "read back", "differs": "differs"},  # only another read-back makes it agree
        "agrees": {"read_back": "read back", "agrees": "agrees", "differs": "differs"},
    },
    "answer": {
        "not answered": {"standby": "standby", "answer": "answered"},
        "standby": {"standby": "standby", "answer": "answered"},
        "answered": {"standby": "answered", "answer": "answered"},
    },
    "passed_on": {
        "not passed on": {"passed": "passed on", "stopped": "stopped"},
        "stopped": {"passed": "passed on", "stopped": "stopped"},
        "passed on": {"passed": "passed on", "stopped": "passed on"},  # another branch stopped: the custody chain tells which
    },
    "acted": {"not reported": {"acted": "reported"}, "reported": {"acted": "reported"}},
    "reply": {
        "no reply yet": {"reply": "replied", "lapse": "no reply"},
        "no reply": {"reply": "replied late", "lapse": "no reply"},
        "replied": {"reply": "replied", "lapse": "replied"},
        "replied late": {"reply": "replied late", "lapse": "replied late"},
    },
}
START: Final[dict[Region, str]] = {region: next(iter(table)) for region, table in TABLES.items()}

MOVES: Final[dict[Event, tuple[tuple[Region, str], ...]]] = {
    "stored": (("life", "stored"),),
    "seen": (("seen", "seen"),),
    "read_back": (("read_back", "read_back"), ("reply", "reply")),
    "agrees": (("read_back", "agrees"),),
    "differs": (("read_back", "differs"),),
    "standby": (("answer", "standby"), ("reply", "reply")),  # somebody is there; the answer is still due
    "answer": (("answer", "answer"), ("reply", "reply")),
    "passed": (("passed_on", "passed"), ("reply", "reply")),
    "stopped": (("passed_on", "stopped"), ("reply", "reply")),
    "acted": (("acted", "acted"), ("reply", "reply")),
    "withdraw": (("life", "withdraw"),),
    "supersede": (("life", "supersede"),),
    "expire": (("life", "expire"), ("reply", "lapse")),  # what ran out unanswered had no reply, and keeps none
    "lapse": (("reply", "lapse"),),
}

Speaker = Literal["sender", "receiver", "clock"]
SPEAKER: Final[dict[str, Speaker]] = {
    **dict.fromkeys(get_args(Heard), "receiver"),
    **dict.fromkeys(get_args(Told), "sender"),
    **dict.fromkeys(get_args(Fired), "clock"),
}

OVER: Final = frozenset({"expired", "superseded", "withdrawn"})
WRONG: Final[tuple[tuple[Region, str], ...]] = (("read_back", "differs"), ("passed_on", "stopped"), ("reply", "no reply"))
FARTHEST: Final[tuple[tuple[Region, str, str], ...]] = (
    ("acted", "reported", "acted"),
    ("passed_on", "passed on", "passed on"),
    ("answer", "answered", "answered"),
    ("answer", "standby", "standby"),
    ("read_back", "agrees", "understood"),
    ("read_back", "read back", "read back"),
    ("seen", "seen", "seen"),
)
STANDBY: Final = "standby"

assert set(MOVES) == set(SPEAKER)
assert all(state in table for table in TABLES.values() for moves in table.values() for state in moves.values())


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One event: who made it (a party, empty for the clock), when by their clock, when we recorded it, and the person."""

    event: Event
    party: str = ""
    at_us: int
    heard_us: int
    who: str = ""
    role: str = ""
    word: str = ""
    """Of an answer, the word chosen; of `acted`, what was done; of a withdrawal, why."""


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """One message and what came of it. Of each kind of event the first and the newest are kept; all are in the record."""

    id: str
    type: str
    sender: str
    receiver: str
    precedence: Precedence
    queued_us: int
    answers: tuple[str, ...] = ()
    readback: tuple[str, ...] = ()
    valid_until_us: int | None = None
    answer_by_us: int | None = None
    exercise: bool = False
    notice: bool = False
    """Whether it is a notice, or corrects one: an officer's initials are due."""
    lead: Lead | None = None
    states: dict[Region, str] = msgspec.field(default_factory=lambda: dict(START))
    first: dict[Event, Said] = {}
    newest: dict[Event, Said] = {}

    @property
    def over(self) -> bool:
        """Whether it ran out, was replaced or taken back."""
        return self.states["life"] in OVER

    @property
    def expects_reply(self) -> bool:
        """Whether it asks for an answer or a read-back."""
        return bool(self.answers or self.readback)

    @property
    def confirmed(self) -> bool:
        """Whether it was read back and the sender's node found that all of it agrees."""
        return self.states["read_back"] == "agrees"


class Due(msgspec.Struct, frozen=True):
    """What should have come, or happened, by now; `since_us` is when its time was. `step` counts the alarms of one silence."""

    what: Literal["receipt", "seen", "telephone", "read_back", "differs", "answer", "no_reply", "lapse", "expire"]
    since_us: int
    step: int = 0


def step(conversation: Conversation, said: Said) -> Conversation:
    """The conversation after one event.

    Raises `Refused` where that party may not say it, the word is not one of the allowed answers, or no table has the move.
    """
    if said.event not in MOVES:
        raise Refused("event", said.event, ", ".join(MOVES))
    speaker = {"sender": conversation.sender, "receiver": conversation.receiver, "clock": ""}[SPEAKER[said.event]]
    if said.party != speaker:
        raise Refused(f"{said.event}.from", said.party, speaker or "nobody: the node's own clock")
    if said.event == "answer" and said.word not in conversation.answers:
        raise Refused("answer", said.word, ", ".join((*conversation.answers, STANDBY)))
    states = dict(conversation.states)
    for region, move in MOVES[said.event]:
        if move == "lapse" and not conversation.expects_reply:
            continue  # nothing was asked, so nothing is missing
        state = TABLES[region][states[region]].get(move)
        if state is None:
            raise Refused(said.event, states[region], f"after {' or '.join(_before(region, move))}")
        states[region] = state
    return msgspec.structs.replace(
        conversation,
        states=states,
        first={said.event: said, **conversation.first},
        newest={**conversation.newest, said.event: said},
    )


def _before(region: Region, move: str) -> list[str]:
    """The states of a region in which there is such a move."""
    return [state for state, moves in TABLES[region].items() if move in moves]


def answered(word: str) -> Event:
    """The event that a message of type `answer` is: `standby` is none of the answers."""
    return "standby" if word == STANDBY else "answer"


def event_of(kind: str, params: Params) -> Event | None:
    """The event that a message of this type is for the message in its `re`; None where it changes nothing there.

    A result that says agrees and gives reasons against it is a `differs`: neither end shows it as confirmed.
    """
    if kind == "understood.result":
        return "agrees" if confirms(params) else "differs"
    if kind == "answer":
        return answered(str(params.get("answer")))
    if kind == "passed_on":
        return "passed" if params.get("result") == "passed" else "stopped"
    plain: dict[str, Event] = {
        "seen": "seen",
        "understood": "read_back",
        "acted": "acted",
        "withdrawal": "withdraw",
        "correction": "supersede",
    }
    return plain.get(kind)


# ── What is shown ────────────────────────────────────────────────────────────────────────────────────────────────────


def five(conversation: Conversation) -> dict[str, Said | None]:
    """Received, seen, understood, passed on, acted: for each the statement there is, or None. Understood is a read-back that
    agrees; while it differs, or nobody compared it, nothing is understood.
    """
    first, newest = conversation.first, conversation.newest
    return {
        "received": first.get("stored"),
        "seen": first.get("seen"),
        "understood": newest.get("agrees") if conversation.confirmed else None,
        "passed_on": first.get("passed"),
        "acted": newest.get("acted"),
    }


def headline(conversation: Conversation) -> str:
    """One word for a list: taken back, else what went wrong, else run out, else the farthest that was stated."""
    states = conversation.states
    if states["life"] in ("withdrawn", "superseded"):
        return states["life"]
    for region, wrong in WRONG:
        if states[region] == wrong:
            return wrong
    if conversation.over:
        return states["life"]
    return next((said for region, state, said in FARTHEST if states[region] == state), states["life"])


# ── What is due ──────────────────────────────────────────────────────────────────────────────────────────────────────


def due(conversation: Conversation, now_us: int, timers: Timers | None = None) -> tuple[Due, ...]:
    """What should have come by `now_us` and has not, oldest first. It is the same at both ends, and changes nothing.

    `no_reply` comes once a step, three steps, each to be raised on every path. `lapse` and `expire` are for the flow to fire
    as events; after them they are no longer due.
    """
    if conversation.over:
        return ()
    limit = timers or DEFAULTS[conversation.precedence]
    items = [*_missing(conversation, limit), *_silence(conversation, limit)]
    if conversation.valid_until_us is not None:
        items.append(Due("expire", conversation.valid_until_us))
    return tuple(sorted((item for item in items if item.since_us <= now_us), key=lambda item: (item.since_us, item.step)))


def _missing(conversation: Conversation, limit: Timers) -> list[Due]:
    states, from_us = conversation.states, conversation.queued_us
    items = []
    if states["life"] == "queued":
        items.append(Due("receipt", from_us + limit.receipt_s * US_PER_S))
    if states["seen"] == "not seen":
        seen_us, telephone_us = seen_by(conversation, limit)
        items.append(Due("seen", seen_us))
        if telephone_us is not None:
            items.append(Due("telephone", telephone_us))
    if states["read_back"] == "differs":
        items.append(Due("differs", conversation.newest["differs"].heard_us))
    elif conversation.readback and not conversation.confirmed:
        items.append(Due("read_back", from_us + limit.readback_s * US_PER_S))
    if conversation.answers and states["answer"] != "answered":
        items.append(Due("answer", _answer_by_us(conversation, limit)))
    return items


def seen_by(conversation: Conversation, timers: Timers | None = None) -> tuple[int, int | None]:
    """By when a person must have seen it, and of a notice when the issuer is told to telephone: µs (R8)."""
    limit, from_us = timers or DEFAULTS[conversation.precedence], conversation.queued_us
    if not conversation.notice:
        return from_us + limit.seen_s * US_PER_S, None
    return from_us + limit.initials_s * US_PER_S, from_us + limit.telephone_s * US_PER_S


def _silence(conversation: Conversation, limit: Timers) -> list[Due]:
    """No reply to what asks for one; where nothing is asked, nobody who has seen it."""
    states = conversation.states
    replied = states["reply"] in ("replied", "replied late")
    if replied or (not conversation.expects_reply and states["seen"] == "seen"):
        return []
    steps = (limit.seen_s, limit.readback_s, limit.answer_s)
    items = [Due("no_reply", conversation.queued_us + after_s * US_PER_S, nth) for nth, after_s in enumerate(steps, 1)]
    if conversation.expects_reply and states["reply"] == "no reply yet":
        items.append(Due("lapse", _answer_by_us(conversation, limit)))
    return items


def _answer_by_us(conversation: Conversation, limit: Timers) -> int:
    """The sender's own time for the answer, else that of the precedence."""
    if conversation.answer_by_us is not None:
        return conversation.answer_by_us
    return conversation.queued_us + limit.answer_s * US_PER_S
