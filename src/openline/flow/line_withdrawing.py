"""An own message is taken back: whoever was told of it has to be told that it is no more so."""

from typing import Any

from openline.clock import NS_PER_US
from openline.errors import OpenlineError, OutOfTurn, Refused
from openline.flow.line import Line
from openline.flow.line_talks import WITHDRAWAL, begun, followed, say, send_new
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.flow.talk import Talk
from openline.flow.talking import stated, statement
from openline.line.message import Message
from openline.line.names import conversation


def withdraw(state: State, line: Line, talk: Talk, params: dict[str, Any], who: str, out: Outputs, template: str) -> None:
    """Take back what units may have been told of: a message that has to be seen, and passed on to every one of them."""
    if talk.conversation.type == WITHDRAWAL:
        raise OutOfTurn("What took a message back is not taken back: send that message again.", talk=talk.id)
    if talk.re is None:
        raise Refused("talk", talk.id, "a message that has been sent: this one waits for the line")
    now_us = out.now_ns // NS_PER_US
    said = statement(state, talk, WITHDRAWAL, params, now_us, template)
    said |= {"re": talk.re, "conv": conversation(line.own, line.conversations + 1)}
    new = begun(said["conv"], line.own, line.party, said, now_us, ours=True, of=talk)
    new.mover = talk.mover
    placed = Message(from_=line.own, to=line.party, lane=talk.re.lane, seq=0, prev=b"", **said)
    kept, mark = talk.kept(), len(out.made)
    try:
        stated(state, line, talk, placed, line.own, out)
        send_new(line, talk.re.lane, new, out)
    except OpenlineError:
        talk.put_back(kept)
        del out.made[mark:]
        raise
    followed(line, talk, new)
    say(line, new, "queued", out, by=who, type=WITHDRAWAL, precedence=new.conversation.precedence)
