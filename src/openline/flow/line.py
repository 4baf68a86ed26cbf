"""One line in the flow: what waits to be sent, how the line stands, and what a person has decided of it.

Nothing is signed here and no socket is known. A message to be sent is an output whose body is the payload, number and `prev`
included; the shell signs it as it records it. After every start a line hears its counterpart's hello before a new message gets
a number: had this node been put back to an older state, the counterpart's marks would say so; no number is given twice.
"""

import json
from typing import Any, Final

from openline.clock import NS_PER_US, to_rfc3339
from openline.errors import OpenlineError, OutOfTurn
from openline.flow.outputs import Outputs
from openline.flow.statements import numbered
from openline.flow.talk import Talk
from openline.inbox import Intake
from openline.line import countersign
from openline.line import message as messages
from openline.line import receipt as receipts
from openline.line.counterpart import Counterpart
from openline.line.lanes import Lanes
from openline.line.message import FIRST, Message, ref_of, write_message
from openline.line.names import LANES
from openline.line.precedence import WORDS_MAX, Timers, too_many
from openline.line.receipt import Receipt
from openline.line.serials import Serials

HELD_MAX: Final = 20_000  # messages that wait for the first hello after a start
EVIDENCE_MAX: Final = 100  # statements of one lane that contradict others and are kept; more of them prove nothing more
SOURCE: Final = "line:"  # how an intake input names a line
UNSHOWN: Final = "let the whole line go on (`openline line settle`), and a new log begins, which it cosigns"
SHELL_KNOWS: Final = "the shell knows how long the log is"
STARTED: Final = "since this node started the counterpart has not been heard"
EARLY_MAX: Final = 1_000  # statements about lost messages of ours, kept until those are known again
NO_RIGHT: Final = "INSTRUCTION: they have no right to instruct us: shown as a request"
LATER: Final = "later version "
"""How an intake input says that a frame is of a later version: this, its lane, a slash and its number."""
LINKS: Final = ("never met", "down", "silent", "up")

Decided = tuple[str, int | None, str, int, bytes | None]
"""What a hello can say that a person then decides on: finding, lane, way, number, the hash they name."""
LOG_BACK: Final[Decided] = ("log", None, "log", 0, None)


class Line:
    """One line with one counterpart, as the record tells it."""

    def __init__(self, own: str, counterpart: Counterpart) -> None:
        self.counterpart = counterpart
        self.lanes = Lanes(own, counterpart.party)
        self.lanes.started()
        self.held: list[tuple[int, dict[str, Any], str]] = []  # (lane, fields, its talk), until the counterpart is heard
        self.stopped = ""  # why nothing more is signed for this line
        self.unwitnessed = ""  # why this counterpart is shown no checkpoint of ours any more
        self.link = LINKS[0]
        self.link_why = ""
        self.trouble: dict[str, str] = {}  # what contradicts, by what it is about, until a person settles it
        self.clock = ""  # what is wrong between their clock and ours
        self.apart_us = 0  # how far theirs is ahead, where they are known to differ
        self.other_paths: tuple[str, ...] = ()  # telephone, radio: as an administrator here entered them
        self.stated_path = ""  # as the counterpart said in a state of its desk, and when
        self.stated_us = 0
        self.since_ns = 0
        self.found: set[Decided] = set()  # what their last hello contradicted us in
        self.decided: set[Decided] = set()  # and what of it a person has settled
        self.claimed = [0, 0, 0]  # by lane, the highest number of ours that they ever claimed to hold and we did not know
        self.early: list[tuple[Message, bytes]] = []  # their statements about messages of ours that we lost and do not know yet
        self.ahead: dict[int, Receipt] = {}  # by lane, a receipt for what we do not know: a hello says which of us is wrong
        self.fell_us = 0  # when it was found that they were put back, until a person here has acknowledged it
        self.fell_over_us = 0  # and when they showed that they have everything again
        self.evidence = [0, 0, 0]  # by lane, statements kept that contradict others
        self.dated_us = [0, 0, 0]  # by lane, the latest `at` of what came
        self.instructs = False  # whether an administrator here recorded that this counterpart may instruct us
        self.unusable: dict[str, None] = {}  # names of talks that this node cannot use
        self.later: dict[int, tuple[int, str]] = {}  # by lane, the number that is of a later version, in words
        self.agreed: dict[str, Timers] = {}  # by precedence, timers that are others than those of the specification
        self.conversations = 0  # begun by us on this line
        self.serials = Serials()  # numbers of notices, ours and theirs
        self.talks: dict[str, Talk] = {}  # by name of the conversation, oldest first
        self.mine: dict[tuple[int, int], tuple[str, bytes]] = {}  # (lane, number) of our messages → their talk, their hash
        self.theirs: dict[tuple[int, int], tuple[str, bytes]] = {}
        self.crowds: dict[str, dict[str, None]] = {}  # names of talks, oldest first, by what may crowd out each other
        self._said: tuple[str, str, str] = (self.link, "", "")

    @property
    def own(self) -> str:
        """Our party."""
        return self.lanes.own

    @property
    def party(self) -> str:
        """The counterpart."""
        return self.lanes.party

    @property
    def name(self) -> str:
        """The line's name."""
        return self.lanes.line

    @property
    def ref(self) -> tuple[str, ...]:
        """What entries about it refer to."""
        return (f"line:{self.name}", f"party:{self.party}")

    @property
    def state(self) -> str:
        """In one word, the gravest first. What contradicts stays until a person settles it, whatever the connection does."""
        if self.stopped:
            return "put back"
        if any(not key.startswith("back") for key in self.trouble):
            return "fork"
        if self.trouble:
            return "they were put back"
        return "later version" if self.later else self.link

    @property
    def why(self) -> str:
        """The sentences to `state`, the connection's last."""
        ahead = [doubted(self.party, one) for one in self.ahead.values()]
        ahead += [says for _, says in self.later.values()]
        said = [self.stopped, *self.trouble.values(), *ahead, self.fell, self.unshown, self.clock, self.link_why]
        return "; ".join(dict.fromkeys(one for one in said if one))

    @property
    def fell(self) -> str:
        """That they were put back: it stays until a person here has acknowledged it, whatever the line does meanwhile."""
        if not self.fell_us:
            return ""
        over = f"recovered at {_moment(self.fell_over_us)}" if self.fell_over_us else "not recovered yet"
        return f"{self.party} was put back to an older state, found at {_moment(self.fell_us)}; {over}; not acknowledged"

    @property
    def unshown(self) -> str:
        """That this counterpart cosigns nothing of our log any more, and what to do."""
        if not self.unwitnessed:
            return ""
        return f"{self.party} cosigns nothing of our log, which was put back; {UNSHOWN}"

    @property
    def back(self) -> bool:
        """Whether this node may lack messages of its own: it was put back, or has yet to hear what they hold."""
        return bool(self.stopped) or any(out.put_back or out.unheard for out in self.lanes.out)

    def refer(self, talk: Talk, mine: bool, lane: int, seq: int, digest: bytes) -> None:
        """A message about a talk, by us or them, that later ones may refer to."""
        (self.mine if mine else self.theirs)[lane, seq] = talk.id, digest
        talk.places.append((mine, lane, seq))

    def say(self, out: Outputs) -> None:
        """An output about the line, if it is not as it was said last."""
        said = (self.state, self.why, self.link)
        if said == self._said:
            return
        if self.state != self._said[0]:
            self.since_ns = out.now_ns
        self._said = said
        body = {"line": self.name, "party": self.party, "state": self.state, "why": self.why, "link": self.link}
        out.add("line", body | {"at_us": out.now_ns // NS_PER_US}, self.ref, self)


def doubted(party: str, receipt: Receipt) -> str:
    """Of a receipt that runs ahead of what we know, while nobody can tell who is wrong."""
    place = f"lane {receipt.lane}, number {receipt.upto}"
    return f"{party} gave a receipt for a message that this node does not know ({place}): it was put back, or they are wrong"


def _moment(at_us: int) -> str:
    return to_rfc3339(at_us * NS_PER_US, 0)


def marks(line: Line, said: dict[str, Any]) -> tuple[str, ...]:
    """What must be read beside a message of the counterpart's: by its fields, and by what is granted now."""
    found = [NO_RIGHT] if said["marker"] == "INSTRUCTION" and not line.instructs else []
    longest = too_many(said["precedence"], said["text"], said["free"])
    if longest:
        found.append(f"TOO LONG for {said['precedence'].upper()}: {longest} words with their own; {WORDS_MAX} are allowed")
    return tuple(found)


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def send(
    line: Line, lane: int, said: dict[str, Any], out: Outputs, talk: Talk | None = None, *, whatever_stands: bool = False
) -> None:
    """Give a message its number, or hold it until the counterpart is heard. `said`: the fields of a `Message`, place left out.

    What stands against the lane (a fork, this node put back) refuses it, unless it is a machine's answer that must not be
    lost: `whatever_stands` holds that too. Raises `OutOfTurn`, `Refused`; nothing has changed then.
    """
    stands = line.lanes.out[lane].stopped
    if not whatever_stands and line.stopped:
        raise OutOfTurn(f"Nothing is sent to {line.party}: {line.stopped}", party=line.party)
    if not line.stopped and (stands is None or (stands == "fork" and not whatever_stands)):
        _number(line, lane, said, out, talk)
        return
    if len(line.held) >= HELD_MAX:
        raise OutOfTurn(f"{HELD_MAX} messages to {line.party} wait for the line already.", party=line.party)
    write_message(Message(from_=line.own, to=line.party, lane=lane, seq=1, prev=FIRST, **said))  # it must fit later, too
    line.held.append((lane, said, "" if talk is None else talk.id))


def release(line: Line, out: Outputs) -> None:
    """Number what waited for the counterpart, as far as nothing stands against it now."""
    waiting, line.held = line.held, []
    for lane, said, name in waiting:
        if line.stopped or line.lanes.out[lane].stopped is not None:
            line.held.append((lane, said, name))
            continue
        try:
            _number(line, lane, said, out, line.talks.get(name))
        except OpenlineError as wrong:
            body = {"line": line.name, "party": line.party, "what": "not sent", "lane": lane, "says": wrong.message}
            out.add("conversation", body | {"talk": name, "type": said["type"]}, line.ref, line)


def _number(line: Line, lane: int, said: dict[str, Any], out: Outputs, talk: Talk | None) -> None:
    payload = line.lanes.out[lane].queue(**said)
    message, digest = messages.read_message(payload), messages.hash_of(payload)
    if talk is not None:
        if talk.ours and talk.message is None and message.type == talk.conversation.type:
            talk.placed(message, digest)
        talk.statements = numbered(talk.statements, message, digest)
        if message.type == "understood":
            talk.read_back_re = ref_of(message, digest)
        if message.type == countersign.TYPE:
            talk.offers = countersign.numbered(talk.offers, message, digest)
        talk.says(message, digest)
        line.refer(talk, True, message.lane, message.seq, digest)
    out.add("msg.out", json.loads(payload), (*line.ref, f"conv:{message.conv}"), message)


def give_receipt(line: Line, lane: int, out: Outputs) -> None:
    """The receipt for everything taken in a lane; none while this node signs nothing for the line."""
    receipt = line.lanes.into[lane].receipt(SHELL_KNOWS, 1, out.now_ns // NS_PER_US)
    if receipt is not None and not line.stopped:
        out.add("receipt.out", json.loads(receipts.write_receipt(receipt)), line.ref, receipt)


# ── its state ────────────────────────────────────────────────────────────────────────────────────────────────────────


def note_line(lines: dict[str, Line], given: Intake, out: Outputs) -> None:
    """What the shell saw of a line: its connection, a contradiction in a log, or that the witness knows more than we do."""
    line = lines.get(given.source.removeprefix(SOURCE)) if given.source.startswith(SOURCE) else None
    if line is None:
        return
    if given.state == "put back":
        line.unwitnessed = given.why
        if LOG_BACK not in line.decided:
            line.stopped = given.why
            line.found.add(LOG_BACK)
    elif given.state == "new log":
        line.unwitnessed = ""
        line.decided.discard(LOG_BACK)
    elif given.state == "fork":
        line.trouble["log"] = given.why
    elif given.state.startswith(LATER):
        lane, _, seq = given.state.removeprefix(LATER).partition("/")
        line.later[int(lane)] = int(seq), given.why
    elif given.state in LINKS:
        line.link, line.link_why = given.state, given.why
    line.say(out)


def contradicts(line: Line, lane: int, about: str, says: str, out: Outputs, thing: object = None, **more: Any) -> None:
    """Two statements that cannot both be so: recorded, and an alarm until a person settles it."""
    line.evidence[lane] += 1
    line.trouble[f"{about} {lane}"] = says
    body = {"line": line.name, "party": line.party, "lane": lane, "says": says}
    out.add("fork", body | more, line.ref, thing)
    line.say(out)


def settle(line: Line, lane: int | None, out: Outputs) -> None:
    """A person decides that it goes on: one lane, or with None the whole line. The evidence stays, and so does the record."""
    for one in LANES if lane is None else (lane,):
        line.lanes.settle(one)
        line.evidence[one] = 0
        line.ahead.pop(one, None)
    line.decided |= {key for key in line.found if lane is None or key[1] == lane}
    line.found -= line.decided
    gone = list(line.trouble) if lane is None else [key for key in line.trouble if key.endswith(f" {lane}")]
    for key in gone:
        del line.trouble[key]
    was_stopped = line.stopped
    if lane is None:
        line.stopped = ""
        line.claimed = [0, 0, 0]
        line.fell_us = line.fell_over_us = 0
        for each in line.lanes.out:
            each.put_back = False
        for each_in in line.lanes.into:
            each_in.held = False
    if was_stopped and not line.stopped:
        for one in LANES:
            give_receipt(line, one, out)
    release(line, out)
    line.say(out)


def started(lines: dict[str, Line], out: Outputs) -> None:
    """A new run begins: every line has to hear its counterpart again before anything more is signed."""
    for line in lines.values():
        line.lanes.started()
        if line.link != LINKS[0]:
            line.link, line.link_why = "down", STARTED
        line.say(out)
