"""A read-back computed once more, from the messages that both signed: a judge takes neither party's word that it agrees.

What counts as a distance is an argument, as in `readback`; without one a place cannot be held against another.
"""

from collections.abc import Mapping
from typing import Final

from openline.line import readback
from openline.line.judge_said import Evidence, Finding
from openline.line.message import Message
from openline.line.readback import Distance
from openline.line.templates import pack

UNTOLD: Final = "says that it agrees; not computed here: "


def result_of(said: Message, held: Mapping[bytes, Message], distance_m: Distance | None) -> tuple[str, bool]:
    """(what an `understood.result` says in words, whether the messages it speaks of contradict it)."""
    agrees = readback.confirms(said.params)
    read = None if said.re is None else held.get(said.re.hash)
    opening = None if read is None or read.re is None else held.get(read.re.hash)
    if read is None or opening is None:
        return (f"{UNTOLD}its messages are not here" if agrees else _differs(said)), False
    template = pack.shipped().named(opening.tpl)
    if template is None or distance_m is None:
        return (f"{UNTOLD}there is no such template here" if agrees else _differs(said)), False
    most_m = readback.tolerance(readback.TOLERANCE_M, read.params)
    if readback.ALLOWED in read.params:
        most_m = readback.tolerance(2**53, read.params, said.params)
    ours = readback.compare(template, opening.params, opening.readback, read.params, distance_m, most_m)
    against = readback.against(ours, said.params)
    if against:
        return f"{against}, by the messages here", True
    return ("the read-back agrees" if agrees else _differs(said)), False


def finding(said: Message, says: str, evidence: Evidence) -> Finding:
    """Who said what the messages contradict."""
    return Finding(
        grade="contradicted",
        topic="message",
        party=said.from_,
        says=f"its result of a read-back is not what the messages give: {says}",
        from_=said.from_,
        lane=said.lane,
        first=said.seq,
        last=said.seq,
        evidence=(evidence,),
    )


def _differs(said: Message) -> str:
    return f"the read-back differs: {said.params.get('fields', '')}"
