"""A desk with one line that is not heard, a policy, and a clock that a test moves."""

from types import SimpleNamespace
from typing import Any

from openline.clock import NS_PER_S
from openline.flow import Output, State, step
from openline.flow.line import Line
from openline.flow.state import LineRules, Rules
from openline.inbox import Act, Given, Intake, Tick
from openline.line.escalation import Path, Policy, Step
from tests.rooms.line.made import relay

SOUTH, NORTH = "south.example", "north.example"
T0_S = 1_795_348_800  # noon
MAIL, RADIO, HOOK = Path("mail", to="duty officer"), Path("radio", to="supervisor"), Path("hook", to="facilitator")
POLICY = Policy((Step(0, ("mail",), "Telephone: +000 111."), Step(60, ("radio",)), Step(300, ("hook",))), (MAIL, RADIO, HOOK))
CHECK = {"check_number": 1, "path_choice": "line", "sent_us": T0_S * 1_000_000}


class Told:
    """South's desk. `said` are the outputs of kind delivery since they were asked for last."""

    def __init__(self, policy: Policy = POLICY, exercise: bool = False) -> None:
        self.state = State()
        self.seq = 0
        self.now_s = T0_S
        self.outputs: list[Output] = []
        self.rules = Rules(party=SOUTH, line=LineRules(exercise=exercise, boot="00"), escalation=policy)
        self.state.rules = self.rules
        counterpart: Any = SimpleNamespace(party=NORTH, urls=())
        self.line = self.state.lines[NORTH] = Line(SOUTH, counterpart)
        self.link("up")

    def give(self, one: Given) -> list[Output]:
        """One input."""
        made = step(self.state, [one], self.now_s * NS_PER_S)
        self.outputs += [each for each in made if each.kind in ("delivery", "refusal", "mistake")]
        return made

    def next_seq(self) -> int:
        """The number of the next input."""
        self.seq += 1
        return self.seq

    def at(self, after_s: int) -> list[dict[str, Any]]:
        """The clock ticks, so many seconds after noon; what was said since."""
        self.now_s = max(self.now_s, T0_S + after_s)
        self.give(Tick(self.next_seq(), self.now_s * NS_PER_S))
        return self.said()

    def watch(self, until_s: int) -> list[dict[str, Any]]:
        """Tick each second."""
        said = []
        while self.now_s < T0_S + until_s:
            said += self.at(self.now_s + 1 - T0_S)
        return said

    def said(self) -> list[dict[str, Any]]:
        """What was said of deliveries since it was asked for last."""
        outputs, self.outputs = self.outputs, []
        return [one.body for one in outputs]

    def act(self, name: str, role: str = "operator", **body: Any) -> list[dict[str, Any]]:
        """Somebody does something."""
        self.give(Act(self.next_seq(), self.now_s * NS_PER_S, "Lt South", role, name, body))
        return self.said()

    def tell(self, source: str, state: str, why: str = "") -> list[dict[str, Any]]:
        """The shell says something."""
        self.give(Intake(self.next_seq(), source, self.now_s * NS_PER_S, state, why))
        return self.said()

    def link(self, state: str) -> None:
        """How the connection is."""
        self.tell(f"line:{NORTH}", state, "")

    def result(self, message: dict[str, Any], state: str, why: str = "because") -> list[dict[str, Any]]:
        """What became of a try."""
        return self.tell(f"delivery:{message['key']}#{message['attempt']}", state, why)

    def send(self, precedence: str = "flash") -> str:
        """A check of the line, which waits for the counterpart: its receipt will be missing. The name of its talk."""
        template = "check" if precedence == "routine" else "warning.relay"
        params = CHECK if precedence == "routine" else warning()
        self.act("line.send", to=NORTH, template=template, params=params, precedence=precedence)
        return next(reversed(self.line.talks))


def warning() -> dict[str, Any]:
    """A relay of a warning."""
    return relay(T0_S * 1_000_000)


def queued(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages that wait to go."""
    return [one for one in said if one["what"] == "queued"]


def keys(said: list[dict[str, Any]]) -> list[str]:
    """Their keys."""
    return [one["key"] for one in queued(said)]


def whats(said: list[dict[str, Any]]) -> list[str]:
    """What was said, in a word each."""
    return [one["what"] for one in said]
