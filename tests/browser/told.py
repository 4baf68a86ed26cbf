"""A node that tells people outside the console, and a screen before it."""

import json

import msgspec

from openline.inbox import Act
from openline.line.escalation import Path, Policy, Step
from openline.node.recording import recorded_json
from tests.browser.desks import Two

POLICY = Policy(
    steps=(Step(0, ("mail",)), Step(300, ("mail", "pager"), "Facilitator: +000 222.")),
    paths=(Path("mail", "smtp", "duty officer"), Path("pager", "webhook", "supervisor", ("critical",), "22:00-06:00")),
)
"""Paths that lead nowhere: every try of them fails, and that is shown."""


def tells(two: Two, policy: Policy) -> None:
    """The south's node goes on with these rules of escalation, as after a start with other settings."""
    loop = two.day.demo.node.loop
    rules = msgspec.structs.replace(loop.world.rules, escalation=policy)
    body = json.loads(recorded_json(msgspec.to_builtins(rules)))

    async def put() -> None:
        await loop._queue(lambda seq, now_ns: Act(seq, now_ns, "node", "node", "node.rules", body), 1_000)

    two.day.there(put())
    two.day.there(two.day.demo.line_settled())
