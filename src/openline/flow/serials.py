"""Numbers of notices in the flow: given as one is composed, counted as one comes, and what people do of a gap.

A gap is shown and asked for by the node itself, once. The issuer's officer sends that notice again with one act; a person here
may say that it came another way. Both are recorded, and neither says that anybody acted on the notice.
"""

from typing import Any, Final

from openline.clock import NS_PER_US
from openline.errors import NotThere, OutOfTurn, Refused
from openline.flow.line_acts import compose, line_of, text_of
from openline.flow.line_talks import say
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.flow.talk import Talk
from openline.flow.talking import tell, unask
from openline.inbox import Act
from openline.line.serials import QUESTION, SERIAL_MAX, SLOT, serial_of

TEXT_CHARS_MAX: Final = 120
REASON: Final = "sent again: the counterpart does not have it"


def resend(state: State, act: Act, out: Outputs) -> None:
    """Send the notice of this number again, as it was: a correction with the same number. The question after it is answered."""
    line, number = line_of(state, act.body), _number(act.body)
    talk = next((one for one in reversed(line.talks.values()) if one.ours and _serial(one) == number), None)
    if talk is None:
        raise NotThere(f"No notice of ours to {line.party} has the number {number}.")
    if talk.over:
        why = f"notice {number} ({talk.id}) is {talk.conversation.states['life']}: answer the question with no, and say so"
        raise OutOfTurn(why, talk=talk.id)
    _compose_again(state, act, talk, number, out)
    sent = next(reversed(line.talks))
    for question in [one for one in line.talks.values() if _asks(one, number)]:
        params = {"asked_text": question.id, "answer": "yes", "reason_text": f"sent again as {sent}"}
        tell(state, line, question, "answer", params, out)


def _compose_again(state: State, act: Act, talk: Talk, number: int, out: Outputs) -> None:
    body: dict[str, Any] = {
        "to": act.body["to"],
        "template": talk.said["tpl"].id,
        "params": talk.said["params"],
        "precedence": str(talk.conversation.precedence),
        "re": talk.id,
        "free": talk.said["free"],
        "mover": talk.mover,
        "reason": REASON,
        "units": None if talk.chain is None else list(talk.chain.units),
    }
    until_us = talk.conversation.valid_until_us
    if until_us is not None:
        body["valid_minutes"] = max(1, (until_us - out.now_ns // NS_PER_US) // 60_000_000)
    compose(state, Act(act.seq, act.at_ns, act.who, act.role, act.name, body), out, serial=number)


def had(state: State, act: Act, out: Outputs) -> None:
    """A notice of theirs came another way: its number, how, and who says so. Nothing more is inferred of it."""
    line, number = line_of(state, act.body), _number(act.body)
    says = text_of(act.body, "says", TEXT_CHARS_MAX, "who says so, and in which role")
    how = text_of(act.body, "how", TEXT_CHARS_MAX, "telephone, radio, a runner")
    now_us = out.now_ns // NS_PER_US
    taken = line.serials.take(number, now_us, by_hand=True)
    if taken.again:
        raise Refused("number", number, "the number of a notice that is not here: this one came")
    say(line, None, "notice had", out, number=number, missing=list(taken.missing), how=how, by=act.who, says=says)
    if taken.found is not None:
        unask(state, line, taken.found.asked, how, out)


# ── small things ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _serial(talk: Talk) -> int | None:
    return serial_of(talk.conversation.type, talk.said["params"])


def _asks(talk: Talk, number: int) -> bool:
    """Whether it is the counterpart's question after this number, and nobody answered it."""
    named, states = talk.said.get("tpl"), talk.conversation.states
    asked = named is not None and named.id == QUESTION and talk.said["params"].get(SLOT) == number
    return asked and not talk.ours and not talk.over and states["answer"] != "answered"


def _number(body: dict[str, Any]) -> int:
    number = body.get("number")
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= SERIAL_MAX:
        raise Refused("number", number, "the number of a notice: 1, 2, 3 …")
    return number


ACTS: Final = {"line.resend": resend, "line.had": had}
