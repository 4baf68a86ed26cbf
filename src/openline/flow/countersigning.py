"""What our people do with the shared core of a conversation: offer one, agree to theirs, or refuse it and say why."""

from typing import Any, Final

from openline.clock import NS_PER_US
from openline.errors import OutOfTurn, Refused
from openline.flow.line import Line
from openline.flow.line_acts import line_of, talk_of
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.flow.talk import Talk
from openline.flow.talking import tell
from openline.inbox import Act
from openline.line import countersign
from openline.line.cleaning import clean
from openline.line.countersign import Offer

OFFER: Final = "countersign"
ANSWER: Final = "countersign.answer"
REASONS: Final = ("not_held", "not_agreed", "not_authorised", "other")
REASON_CHARS_MAX: Final = 200


def offer(state: State, act: Act, out: Outputs) -> None:
    """Sign the core of a conversation as it stands here, and ask the counterpart to."""
    line, talk = _subject(state, act)
    upto = countersign.numbers(talk.spoken, (line.own, line.party))
    core = countersign.core_of(talk.conv, talk.said["text"], talk.spoken, upto)
    if any(one.by == line.own and one.core == core for one in talk.offers):
        raise OutOfTurn("This core was offered already; nothing was said since.", talk=talk.id)
    params = {"core": core, "ours_number": upto[line.own], "theirs_number": upto[line.party], "result": "agrees"}
    _tell(state, line, talk, params, OFFER, act, out)


def agree(state: State, act: Act, out: Outputs) -> None:
    """Sign the core that the counterpart offered, where this node computes the very same from its own record."""
    line, talk = _subject(state, act)
    offered = _offered(line, talk)
    found = talk.holds(offered)
    if found != "same":
        why = "this node computes another" if found == "differs" else "this node cannot compute it any more"
        raise Refused("core", offered.core, f"a core that both compute alike: {why}; it can be refused")
    _tell(state, line, talk, {"core": offered.core, "result": "agrees"}, ANSWER, act, out, offered)


def refuse(state: State, act: Act, out: Outputs) -> None:
    """Refuse the core that the counterpart offered, and say why: that is recorded at both ends, too."""
    line, talk = _subject(state, act)
    offered = _offered(line, talk)
    why, reason = act.body.get("why"), act.body.get("reason", "")
    if why not in REASONS:
        raise Refused("why", why, ", ".join(REASONS))
    params: dict[str, Any] = {"core": offered.core, "result": "refuses", "why": why}
    words = clean(str(reason), "reason", REASON_CHARS_MAX, one_line=True)
    if why == "other" and not words:
        raise Refused("reason", reason, "the reason in words, where it is another")
    _tell(state, line, talk, params | ({"reason_text": words} if words else {}), ANSWER, act, out, offered)


def _subject(state: State, act: Act) -> tuple[Line, Talk]:
    line = line_of(state, act.body)
    return line, talk_of(line, act.body.get("talk"))


def _offered(line: Line, talk: Talk) -> Offer:
    """The counterpart's newest core without an answer."""
    waiting = [one for one in talk.offers if one.by == line.party and not one.answer]
    if not waiting:
        raise OutOfTurn(f"{line.party} offers no core of this conversation that is not answered.", talk=talk.id)
    return waiting[-1]


def _tell(
    state: State, line: Line, talk: Talk, params: dict[str, Any], template: str, act: Act, out: Outputs, to: Offer | None = None
) -> None:
    person = {"message_text": talk.id, "who": act.who, "role": act.role, "at_us": out.now_ns // NS_PER_US}
    re = None if to is None else to.ref
    tell(state, line, talk, countersign.TYPE, params | person, out, template, re=re)


ACTS: Final = {"core.offer": offer, "core.agree": agree, "core.refuse": refuse}
