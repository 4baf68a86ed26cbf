"""Two desks of the flow, south and north, joined by hand: what one sends is an envelope, and a test says when it arrives."""

from typing import Any

import msgspec

from openline.clock import NS_PER_US
from openline.errors import OpenlineError
from openline.flow import Output, State, step
from openline.flow.line import Line
from openline.flow.state import LineRules, Rules
from openline.flow.talk import Talk
from openline.inbox import Act, Frame, Intake, Tick
from openline.line import hello as hellos
from openline.line import message as messages
from openline.line import receipt as receipts
from openline.line.card import write_card
from openline.line.spoken import spoken
from openline.record.entry import canonical
from openline.record.envelope import wrap
from scripts.line_vectors import NORTH, SIGNERS, SOUTH, T0_US, card_of, keys_of

BOOTS = {SOUTH: b"s" * hellos.BOOT_BYTES, NORTH: b"n" * hellos.BOOT_BYTES}
TYPES = {"msg.out": ("message", messages.PAYLOAD_TYPE), "receipt.out": ("receipt", receipts.PAYLOAD_TYPE)}
Frames = list[tuple[str, bytes]]


class Desk:
    """One party's state, and what it gave to be sent."""

    def __init__(self, party: str) -> None:
        self.party = party
        self.other = NORTH if party == SOUTH else SOUTH
        self.now_ns = T0_US * NS_PER_US
        self.state = State()
        self.sent: Frames = []
        self.made: list[Output] = []
        rules = Rules(party=party, line=LineRules(boot=BOOTS[party].hex()))
        self.step(Act(0, self.now_ns, "node", "node", "node.rules", msgspec.to_builtins(rules)))

    @property
    def line(self) -> Line:
        """Its line with the other."""
        return self.state.lines[self.other]

    @property
    def talk(self) -> Talk:
        """Its newest talk."""
        return list(self.line.talks.values())[-1]

    def step(self, *given: Any) -> list[Output]:
        """Take inputs; what came of them is kept, and what goes out is signed."""
        self.now_ns += NS_PER_US
        self.made = step(self.state, list(given), self.now_ns)
        for one in self.made:
            if one.kind in TYPES:
                kind, payload_type = TYPES[one.kind]
                body = (
                    one.body | {"log": {"origin": f"{self.party}/openline/log/1", "size": 9}} if kind == "receipt" else one.body
                )
                self.sent.append((kind, wrap(payload_type, canonical(body, kind), [SIGNERS[self.party]["line"]])))
        return self.made

    def act(self, name: str, role: str = "operator", **body: Any) -> list[Output]:
        """An act; raises what it was refused with."""
        made = self.step(Act(1, self.now_ns, "Lt Ada", role, name, body))
        for one in made:
            if isinstance(one.thing, OpenlineError):
                raise one.thing
        return made

    def hear(self, frames: Frames) -> list[Output]:
        """Envelopes arrive."""
        return self.step(*(Frame(i, self.now_ns, self.other, kind, data) for i, (kind, data) in enumerate(frames)))

    def tick(self, seconds: float = 0.0) -> list[Output]:
        """The clock moves."""
        self.now_ns += round(seconds * 1e9)
        return self.step(Tick(2, self.now_ns))

    def note(self, state: str, why: str = "", source: str = "") -> list[Output]:
        """What the shell saw of the connection."""
        return self.step(Intake(3, source or f"line:{self.other}", self.now_ns, state, why))

    def meet(self) -> list[Output]:
        """First contact."""
        words = " ".join(spoken(keys_of(self.other).fingerprint))
        card = write_card(card_of(self.other)).decode()
        return self.act("counterpart.put", "administrator", card=card, words=words, how="telephone")

    def hello(self, of: "Desk", **says: Any) -> list[Output]:
        """The firm answer of the other side to a hello of ours."""
        asked = hellos.marks_of(self.line.lanes)
        made = {
            "from_": of.party,
            "to": self.party,
            "session": bytes(hellos.SESSION_BYTES),
            "boot": BOOTS[of.party],
            "heard": BOOTS[self.party],
            "keys_seq": 1,
            "lanes": hellos.marks_of(of.line.lanes) if self.party in of.state.lines else hellos.marks_of(self.line.lanes),
            "yours": asked,
            "checkpoint": "",
            "t1_us": self.now_ns // NS_PER_US,
            "t2_us": self.now_ns // NS_PER_US,
            "t3_us": self.now_ns // NS_PER_US,
        }
        payload = hellos.write_hello(hellos.Hello(**{**made, **says}))
        return self.hear([("hello", wrap(hellos.PAYLOAD_TYPE, payload, [SIGNERS[of.party]["line"]]))])

    def send(self, number: int = 1, **more: Any) -> Talk:
        """A check of the line."""
        params = {"check_number": number, "path_choice": "line", "sent_us": T0_US}
        self.act("line.send", to=self.other, template="check", params=params, **more)
        return self.talk

    def says(self, kind: str) -> list[dict[str, Any]]:
        """Bodies of what the last step gave of a kind."""
        return [one.body for one in self.made if one.kind == kind]


def met() -> tuple[Desk, Desk]:
    """Two desks that know each other and have heard each other's hello."""
    south, north = Desk(SOUTH), Desk(NORTH)
    for one in (south, north):
        one.meet()
    south.hello(north)
    north.hello(south)
    return south, north


def carry(one: Desk, other: Desk) -> None:
    """Everything under way arrives, both ways, until nothing is."""
    while one.sent or other.sent:
        going, one.sent = one.sent, []
        if going:
            other.hear(going)
        coming, other.sent = other.sent, []
        if coming:
            one.hear(coming)
