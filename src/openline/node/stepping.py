"""The one place where a mistake of ours is caught: counted, recorded, shown, and the next input is taken.

Without it one input that trips a fault would stop the node, and stop it again at every start, because the record brings the
input back. The live loop, recovery and replay all step through here, so a mistake repeats at the same input and leaves the same
state.
"""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from openline import flow
from openline.errors import Mistake, Refused
from openline.feeds.report import Refusal
from openline.flow import Given, Output, State
from openline.inbox import Act, Bytes
from openline.record.entry import canonical

KIND: Final = "mistake"
REFS_MAX: Final = 24  # a mover in more incidents than this is found by its own id; a header holds 4 KiB
REF_CHARS_MAX: Final = 120
log = logging.getLogger("openline.loop")


def stepped(state: State, given: list[Given], now_ns: int) -> list[Output]:
    """`flow.step`, group by group: bytes together, everything else by itself, so that a mistake costs as little as it can."""
    outputs: list[Output] = []
    taken: dict[int, tuple[int, list[Refusal]]] = {}
    for group in groups(given):
        try:
            outputs += flow.step(state, group, now_ns)
        except Exception as error:
            log.exception("openline made a mistake at input %d", group[0].seq)
            outputs.append(mistake(error, group))
        taken |= state.taken
    state.taken = taken
    return [recordable(output, given) for output in outputs]


def recordable(output: Output, given: list[Given]) -> Output:
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
        log.error("openline made an output that cannot be recorded: %s", output.kind)
        return mistake(error, given)
    return output


def groups(given: list[Given]) -> Iterator[list[Given]]:
    """Runs of bytes, and everything else alone, in order."""
    run: list[Given] = []
    for one in given:
        if isinstance(one, Bytes):
            run.append(one)
            continue
        if run:
            yield run
            run = []
        yield [one]
    if run:
        yield run


def mistake(error: Exception, group: list[Given]) -> Output:
    """What is recorded of a mistake: where in the code, and which inputs brought it out. No text of theirs, no coordinates."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    first, last = group[0].seq, group[-1].seq
    says = (
        f"Openline made a mistake at inputs {first} to {last}; what they should have led to is missing. The inputs"
        f" are in the record."
    )
    body = {"what": type(error).__name__, "where": where, "first": first, "last": last, "says": says}
    cause = group[0].seq if isinstance(group[0], Act) else -1
    return Output(KIND, body, (f"input:{first}",), Mistake(), cause)
