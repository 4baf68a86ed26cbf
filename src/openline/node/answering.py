"""Telling those who wait what became of their input, once it is durable and stepped."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from openline.errors import OpenlineError
from openline.feeds.report import Refusal
from openline.flow import Given, Output
from openline.inbox import Act, Bytes
from openline.node.doors.desk import Said, Taken
from openline.node.waiting import Item

REFUSALS_ANSWERED: Final = 10
TakenOf = Callable[[int], tuple[int, list[Refusal]] | None]


def answer(
    items: list[Item],
    given: list[Given],
    outputs: list[Output],
    taken_of: TakenOf,
    said: Callable[[list[Output]], Said],
    late_s: deque[float],
) -> None:
    """Answer every item of a batch; `late_s` gets how long each waited."""
    by_cause: dict[int, list[Output]] = {}
    for output in outputs:
        if output.cause >= 0:
            by_cause.setdefault(output.cause, []).append(output)
    done_s = time.perf_counter()
    for item, one in zip(items, given, strict=False):
        late_s.append(done_s - item.started_s)
        if item.answer is None or item.answer.done():
            continue
        if isinstance(one, Act):
            found = by_cause.get(one.seq, [])
            refused = next((output.thing for output in found if isinstance(output.thing, OpenlineError)), None)
            if refused is not None:
                item.answer.set_exception(refused)
            else:
                item.answer.set_result(said(found))
        elif isinstance(one, Bytes):
            accepted, refusals = taken_of(one.seq) or (0, [])
            item.answer.set_result(Taken(accepted, len(refusals), tuple(refusals[:REFUSALS_ANSWERED])))
        else:
            item.answer.set_result(None)
