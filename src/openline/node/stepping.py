"""The one place where a mistake of ours is caught: counted, recorded, shown, and the next input is taken.

Without it one input that trips a fault would stop the node, and stop it again at every start, because the record brings the
input back. The live loop, recovery and replay all step through here, so a mistake repeats at the same input and leaves the same
state.
"""

import logging
import traceback
from collections.abc import Iterator
from typing import Final

import msgspec

from openline import flow
from openline.clock import NS_PER_S
from openline.errors import Mistake, Refused
from openline.feeds.report import Refusal
from openline.flow import Given, Output, State
from openline.flow.state import Repeated
from openline.inbox import Act, Bytes, Frame
from openline.record.entry import canonical

KIND: Final = "mistake"
REFS_MAX: Final = 24  # a mover in more incidents than this is found by its own id; a header holds 4 KiB
REF_CHARS_MAX: Final = 140  # a line's name is that of two parties
AGAIN_NS: Final = 60 * NS_PER_S  # a mistake that repeats with every tick is counted so long before it is said again
DISTINCT_MAX: Final = 100  # mistakes told apart; more than there can be kinds of in a night, and each further one is recorded
log = logging.getLogger("openline.loop")


def stepped(state: State, given: list[Given], now_ns: int) -> list[Output]:
    """`flow.step`, group by group: bytes together, everything else by itself, so that a mistake costs as little as it can."""
    outputs: list[Output] = []
    taken: dict[int, tuple[int, list[Refusal]]] = {}
    for group in groups(given):
        try:
            made = flow.step(state, group, now_ns)
        except Exception as error:
            made = mistake(state, group, now_ns, type(error).__name__, module_of(error), error)
        for output in made:
            outputs += recordable(state, output, group, now_ns)
        taken |= state.taken
    state.taken = taken
    return outputs + counted(state, now_ns)


def recordable(state: State, output: Output, group: list[Given], now_ns: int) -> list[Output]:
    """The output as an entry can hold it: few references, a body in canonical JSON.

    What cannot be recorded is a mistake of ours.
    """
    if len(output.ref) > REFS_MAX:
        output = msgspec.structs.replace(output, ref=output.ref[:REFS_MAX])
    try:
        if any(not 1 <= len(one) <= REF_CHARS_MAX for one in output.ref):
            raise Refused("ref", output.ref, f"references of 1 to {REF_CHARS_MAX} characters")
        canonical(output.body, output.kind)
    except Refused as error:
        return mistake(state, group, now_ns, "Refused", f"what is recorded as {output.kind}", error)
    return [output]


def groups(given: list[Given]) -> Iterator[list[Given]]:
    """Runs of bytes, runs of frames, and everything else alone, in order."""
    run: list[Given] = []
    for one in given:
        if run and (type(one) is not type(run[0]) or not isinstance(one, (Bytes, Frame))):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def mistake(state: State, group: list[Given], now_ns: int, what: str, where: str, error: Exception) -> list[Output]:
    """What is recorded of a mistake: where in the code, and which inputs brought it out. No text of theirs, no coordinates.

    One that repeats is recorded once and then counted, once a minute at most; the caller of an act is told each time.
    """
    first, last = group[0].seq, group[-1].seq
    act = isinstance(group[0], Act)
    before = state.mistakes.get((what, where))
    if before is not None and not act:
        before.count += 1
        before.first, before.last = (first if before.first < 0 else before.first), last
        return []
    if before is None and len(state.mistakes) < DISTINCT_MAX:
        state.mistakes[what, where] = Repeated(now_ns)
    log.error("openline made a mistake at input %d", first, exc_info=error)
    says = (
        f"Openline made a mistake at inputs {first} to {last}; what they should have led to is missing. The inputs"
        f" are in the record."
    )
    body = {"what": what, "where": where, "first": first, "last": last, "says": says}
    return [Output(KIND, body, (f"input:{first}",), Mistake(), first if act else -1)]


def counted(state: State, now_ns: int) -> list[Output]:
    """The mistakes that were only counted and are due to be said; one that did not repeat is forgotten."""
    due = [key for key, one in state.mistakes.items() if now_ns - one.said_ns >= AGAIN_NS]
    outputs = []
    for what, where in due:
        one = state.mistakes.pop((what, where))
        if one.count:
            state.mistakes[what, where] = Repeated(now_ns)
            says = f"Openline made the same mistake {one.count} times more at inputs {one.first} to {one.last}."
            body = {"what": what, "where": where, "first": one.first, "last": one.last, "counted": one.count, "says": says}
            outputs.append(Output(KIND, body, (f"input:{one.first}",), Mistake()))
    return outputs


def module_of(error: Exception) -> str:
    """The innermost module of ours that an error passed: no line, which another version would have elsewhere."""
    names = (frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__))
    return next((name for name in reversed(list(names)) if name.startswith("openline.") and name != __name__), __name__)
