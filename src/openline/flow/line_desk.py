"""What a desk itself knows of its lines: the other paths to a counterpart, and the units it has to tell. None is sent."""

from typing import Any, Final

from openline.errors import OutOfTurn, Refused
from openline.flow.line_acts import line_of, talk_of
from openline.flow.line_talks import say
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.flow.talking import PATH_CHARS_MAX
from openline.inbox import Act
from openline.line.cleaning import clean

PATHS_MAX: Final = 6
GRANT_CHARS_MAX: Final = 200


def put_paths(state: State, act: Act, out: Outputs) -> None:
    """The telephone number, the frequency, the runner: what is left when the line is not. They take the place of what stood."""
    line = line_of(state, act.body)
    line.other_paths = _paths(act.body.get("paths"))
    body = {"line": line.name, "party": line.party, "state": "other paths", "paths": list(line.other_paths), "by": act.who}
    out.add("line", body, line.ref, line)


def put_units(state: State, act: Act, out: Outputs) -> None:
    """The units that this desk has to tell, beside those that the message itself names: of those none is taken off."""
    line = line_of(state, act.body)
    talk = talk_of(line, act.body.get("talk"))
    if talk.chain is None:
        raise Refused("talk", talk.id, "a notice or a warning: others are not passed on")
    talk.name_units(_texts("units", act.body.get("units"), "a list of the names of units that must be told"))
    say(line, talk, "units named", out, by=act.who, units=list(talk.chain.units))


def noted(state: State, act: Act, out: Outputs) -> None:
    """A person here knows that the counterpart was put back, and has recovered: the note of it goes."""
    line = line_of(state, act.body)
    if not line.fell_over_us:
        why = f"{line.party} has not shown that it has everything again." if line.fell_us else "nothing was put back."
        raise OutOfTurn(f"Not acknowledged: {why}", party=line.party)
    body = {"line": line.name, "party": line.party, "state": "noted", "was": line.fell, "by": act.who}
    line.fell_us = line.fell_over_us = 0
    out.add("line", body, line.ref, line)
    line.say(out)


def grant(state: State, act: Act, out: Outputs) -> None:
    """Whether a counterpart may instruct us: by an agreement that is named. What came before keeps the mark it came with."""
    line, granted = line_of(state, act.body), act.body.get("granted")
    if not isinstance(granted, bool):
        raise Refused("granted", granted, "true or false")
    reason = act.body.get("reason")
    cleaned = clean(reason, "reason", GRANT_CHARS_MAX, one_line=True) if isinstance(reason, str) else ""
    if not cleaned:
        raise Refused("reason", reason, "by which agreement, or why no longer")
    line.instructs = granted
    body = {"line": line.name, "party": line.party, "state": "granted", "marker": "INSTRUCTION", "granted": granted}
    out.add("line", body | {"by": act.who, "why": cleaned}, line.ref, line)


def _paths(given: object) -> tuple[str, ...]:
    texts = _texts("paths", given, "a list of texts, such as: telephone +000 111, duty officer")
    if len(texts) > PATHS_MAX:
        raise Refused("paths", len(texts), f"at most {PATHS_MAX}")
    cleaned = (clean(one, "paths", PATH_CHARS_MAX, one_line=True) for one in texts)
    return tuple(dict.fromkeys(one for one in cleaned if one))


def _texts(field: str, given: Any, accepted: str) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Refused(field, given, accepted)
    return given


ACTS: Final = {"counterpart.paths": put_paths, "line.units": put_units, "line.noted": noted, "line.grant": grant}
