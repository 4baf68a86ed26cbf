"""What a counterpart sent and this node stored but cannot use: shown to people with whatever words it has, and due to be seen.

Nothing of it is acted on: no answer, no read-back and no custody follow from it. A person asks on the other path.
"""

from typing import Any, Final

from openline.clock import NS_PER_US
from openline.errors import Refused
from openline.flow.line import Line, marks
from openline.flow.line_talks import begun, keep, say
from openline.flow.outputs import Outputs
from openline.line.cleaning import clean
from openline.line.conversation import Said
from openline.line.message import FREE_CHARS_MAX, LANGUAGES_COUNT_MAX, MARKERS, TEXT_CHARS_MAX, Message
from openline.line.names import TAG, URGENT, party_of
from openline.line.precedence import PRECEDENCES

TYPE: Final = "unusable"
CHARS_MAX: Final = 40_000


def show_unusable(line: Line, message: Message, digest: bytes, said: dict[str, Any], why: str, out: Outputs) -> None:
    """A message of which only the place is sure, `said` being its payload as it stands."""
    now_us = out.now_ns // NS_PER_US
    place = f"{message.lane}.{message.seq}"
    precedence = said.get("precedence")
    if precedence not in PRECEDENCES:
        precedence = "flash" if message.lane == URGENT else "routine"  # what cannot be read may be as urgent as its lane
    fields = {
        "at_us": now_us,  # theirs may be anything; what is due is due from now
        "type": TYPE,
        "precedence": precedence,
        "marker": said["marker"] if said.get("marker") in MARKERS else "",
        "ex": said.get("ex") is True,
        "valid_until_us": None,
        "answer_by_us": None,
        "answers": (),
        "readback": (),
        "tpl": None,
        "params": {},
        "text": _texts(said.get("text")),
        "free": _cleaned(said.get("free"), FREE_CHARS_MAX),
    }
    talk = begun(f"{_conv(line, message, said)}+{place}", line.party, line.own, fields, now_us, ours=False)
    talk.placed(message, digest)
    talk.unsaid(line.party, message.lane, message.seq)  # no core has what one end could not use
    talk.unused, talk.marks = why, marks(line, fields)
    talk.step(Said(event="stored", party=line.own, at_us=now_us, heard_us=now_us))
    keep(line, talk, out)
    line.refer(talk, False, message.lane, message.seq, digest)
    line.unusable[talk.id] = None
    says = f"message {message.seq} of lane {message.lane} is stored, and this node cannot use it: {why}"
    say(line, talk, "unusable", out, type=str(said.get("type"))[:60], precedence=precedence, says=says)


def _conv(line: Line, message: Message, said: dict[str, Any]) -> str:
    """The conversation it names; where it names none of this line, one of the counterpart's."""
    conv = said.get("conv")
    if isinstance(conv, str) and party_of(conv) in (line.own, line.party):
        return conv
    return f"{line.party}/{message.seq}"


def _texts(said: object) -> dict[str, str]:
    """Its texts, as far as they are texts."""
    if not isinstance(said, dict):
        return {}
    whole = {tag: _cleaned(words, TEXT_CHARS_MAX) for tag, words in said.items() if TAG.fullmatch(tag)}
    return {tag: words for tag, words in list(whole.items())[:LANGUAGES_COUNT_MAX] if words}


def _cleaned(said: object, chars_max: int) -> str:
    """Words of somebody whose message is wrong: without what could turn or hide letters, and cut where they are too long."""
    if not isinstance(said, str):
        return ""
    try:
        return clean(said[:chars_max], "text", CHARS_MAX)
    except Refused:
        return clean(" ".join(said[:chars_max].split()), "text", CHARS_MAX, one_line=True)
