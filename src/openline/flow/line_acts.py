"""What our people do on the line: first contact, sending, stating, entering what happened outside it, acknowledging."""

from typing import Any, Final

import msgspec

from openline.clock import NS_PER_US
from openline.errors import NotThere, OutOfTurn, Refused
from openline.flow import line as lines
from openline.flow import talk as talks
from openline.flow.line import Line, send
from openline.flow.line_keys import named_of, put_manifest
from openline.flow.line_mending import give_up_early, relearn
from openline.flow.line_talks import WITHDRAWAL, begins, begun, followed, say, say_hop, send_new
from openline.flow.line_withdrawing import withdraw
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.flow.talk import Talk
from openline.flow.talking import numbered, stated, tell, template_for, written
from openline.inbox import Act
from openline.line import counterpart as counterparts
from openline.line import custody, lead, spoken
from openline.line.card import CARD_BYTES_MAX, read_card
from openline.line.cleaning import clean
from openline.line.counterpart import Counterpart
from openline.line.message import FREE_CHARS_MAX, Message
from openline.line.names import LANES, URGENT, conversation
from openline.line.precedence import PRECEDENCES, WORDS_MAX, too_many, urgent
from openline.line.readback import read_params
from openline.line.templates import pack
from openline.line.templates.sending import Approval
from openline.line.templates.slots import parameters
from openline.line.templates.template import Template
from openline.line.types import TYPES
from openline.record.keys import read_manifest

LINES_MAX: Final = 64
ENDED_MAX: Final = 256  # whose numbering is kept, in case they come back
MOVER_CHARS_MAX: Final = 110
AT_US_MAX: Final = 2**52
HOW_CHARS_MAX: Final = 200
APPROVALS_MAX: Final = 2_000
STATED: Final = ("seen", "understood", "passed_on", "acted", "answer", "withdrawal")
_US_PER_MINUTE: Final = 60_000_000


# ── counterparts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def put_counterpart(state: State, act: Act, out: Outputs) -> None:
    """First contact: a card, the words that its owner read aloud, and over which channel."""
    text = act.body.get("card")
    if not isinstance(text, str) or len(text) > CARD_BYTES_MAX:
        raise Refused("card", None, "the text of a counterpart's card")
    met = counterparts.meet(state.rules.party, read_card(text.encode()))
    words = act.body.get("words")
    if not isinstance(words, str) or not spoken.is_spoken(words.split(), met.fingerprint):
        raise Refused("words", words, "the sixteen words that the counterpart reads aloud from its own screen")
    how = text_of(act.body, "how", HOW_CHARS_MAX, "over which other channel the words were read, and with whom")
    line = state.lines.get(met.party)
    if line is not None:
        _follows(line, met)
    elif len(state.lines) >= LINES_MAX:
        raise Refused("card", met.party, f"at most {LINES_MAX} counterparts")
    else:
        # A line that was ended goes on where it was: a number that was given is never given again.
        ended = state.ended.pop(met.party) if met.party in state.ended else None
        line = state.lines[met.party] = Line(state.rules.party, met) if ended is None else ended
    line.counterpart, line.agreed = met, state.rules.line.timers
    body = {"what": "counterpart", "party": met.party, "fingerprint": met.fingerprint, "seq": met.manifest.seq, "by": act.who}
    out.add("key", body | {"how": how, "urls": list(met.urls)}, line.ref, line)


def _follows(line: Line, met: Counterpart) -> None:
    """Raises `Refused` for a card that may not take the place of the one in force."""
    standing = line.counterpart.standing(met.envelope, "card.manifest")
    if standing == "another_root":
        raise Refused("card", met.party, "a card of the root key that is known; another root needs counterpart.remove first")
    if standing not in ("same", "newer", "skips"):
        raise Refused("card", met.manifest.seq, counterparts.STANDINGS[standing])


def remove_counterpart(state: State, act: Act, out: Outputs) -> None:
    """The end of a line: nothing more is taken from or sent to this party. What was said stays in the record."""
    line = line_of(state, act.body)
    reason = text_of(act.body, "reason", HOW_CHARS_MAX, "why this line ends")
    if len(state.ended) >= ENDED_MAX:
        raise Refused("to", line.party, f"at most {ENDED_MAX} lines that ended")
    state.ended[line.party] = state.lines.pop(line.party)
    line.lanes.started()
    line.link, line.link_why = "down", f"ended by {act.who}"
    out.add("key", {"what": "removed", "party": line.party, "by": act.who, "reason": reason}, line.ref)


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def compose(state: State, act: Act, out: Outputs, serial: int | None = None) -> None:
    """Send a message of substance, written with a template. A notice gets the next number, or `serial`: it is sent again."""
    line, body = line_of(state, act.body), act.body
    template = pack.shipped().newest(str(body.get("template")))
    if template is None:
        raise Refused("template", body.get("template"), ", ".join(one.id for one in pack.shipped()))
    precedence = body.get("precedence", "routine")
    if precedence not in PRECEDENCES:
        raise Refused("precedence", precedence, ", ".join(PRECEDENCES))
    subject = talk_of(line, body["re"]) if body.get("re") is not None else None
    kind = "correction" if subject is not None and "correction" in template.types else template.types[0]
    params = body.get("params")
    if not isinstance(params, dict):
        raise Refused("params", params, f"the slots of {template.id}")
    params = _with_units(template, params, body.get("units"))
    params = numbered(template, params, serial or line.serials.given + 1)
    now_us = out.now_ns // NS_PER_US
    said = written(state, template, kind, params, precedence, state.rules.line.exercise, now_us)
    said |= {
        "conv": conversation(line.own, line.conversations + 1),
        "re": _re_of(subject),
        "valid_until_us": _until(body, "valid", now_us),
        "answer_by_us": _until(body, "answer", now_us),
        "free": clean(str(body.get("free", "")), "free", FREE_CHARS_MAX),
    }
    many = too_many(precedence, said["text"], said["free"])
    if many:
        raise Refused("free", f"{many} words with the text", f"at most {WORDS_MAX} words as {precedence}, the text included")
    talk = begun(said["conv"], line.own, line.party, said, now_us, ours=True, of=subject)
    talk.mover = str(body.get("mover") or "")[:MOVER_CHARS_MAX]
    if body.get("units"):
        talk.name_units(body["units"])
    _lead(state, talk, params, body, now_us)
    lane = subject.re.lane if subject is not None and subject.re is not None else _lane(kind, precedence, body.get("lane"))
    send_new(line, lane, talk, out)
    followed(line, subject, talk)
    if subject is not None:
        placed = Message(from_=line.own, to=line.party, lane=lane, seq=0, prev=b"", **said)
        stated(state, line, subject, placed, line.own, out)
    given = {} if talk.conversation.lead is None else {"lead": lead.sentence(talk.conversation.lead)}
    say(line, talk, "queued", out, by=act.who, type=kind, precedence=precedence, **given)


def _with_units(template: Template, params: dict[str, Any], units: object) -> dict[str, Any]:
    """The parameters with the units that must be told, where the template says them: the other desk begins with the same."""
    if units is None:
        return params
    if not isinstance(units, list) or not all(isinstance(one, str) for one in units):
        raise Refused("units", units, "a list of the names of units that must be told")
    slot = any(one.name == custody.UNITS_SLOT for one in template.slots)
    return params if not slot or not units or custody.UNITS_SLOT in params else params | {custody.UNITS_SLOT: ", ".join(units)}


def _lead(state: State, talk: Talk, params: dict[str, Any], body: dict[str, Any], now_us: int) -> None:
    """How much notice is given, for what begins at a time. Raises `Refused` where it is too little and nobody says why."""
    starts_us = params.get("start_us")
    if not isinstance(starts_us, int) or talk.chain is None:
        return  # when a shift began, or a check was sent, is no notice of anything
    rules = state.rules.line
    given = lead.lead(now_us, starts_us, rules.handling_s, rules.notice_min_s, str(body.get("reason", "")))
    lead.check_reason(given)
    talk.conversation = msgspec.structs.replace(talk.conversation, lead=given)


def _lane(kind: str, precedence: str, asked: object) -> int:
    """The lane of a message: as asked where its type may stand there, and what is urgent always in lane 0."""
    lanes = TYPES[kind].lanes
    chosen = lanes[0] if urgent(precedence) or len(lanes) == 1 else lanes[1]  # type: ignore[arg-type]
    if asked is None:
        return chosen
    allowed = [one for one in lanes if one == chosen or chosen != URGENT]
    if isinstance(asked, bool) or asked not in allowed:
        raise Refused("lane", asked, f"for a {precedence} {kind}: {', '.join(map(str, allowed))}")
    return int(asked)


# ── stating ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def state_of(state: State, act: Act, out: Outputs) -> None:
    """State something about a message: seen, read back, passed on, acted, an answer; or take an own one back."""
    line, body = line_of(state, act.body), act.body
    talk = talk_of(line, body.get("talk"))
    kind = body.get("what")
    if kind not in STATED:
        raise Refused("what", kind, ", ".join(STATED))
    params = body.get("params", {})
    if not isinstance(params, dict):
        raise Refused("params", params, "the slots of the statement")
    now_us = out.now_ns // NS_PER_US
    if kind == "understood":
        place = any(one.endswith("_lat_1e7") for one in talk.conversation.readback)
        most_m = state.rules.line.tolerance_m if place else None
        params = read_params(params.get("fields", {}), params.get("steps", {}), most_m)
    template = str(body.get("template", ""))
    # What the node knows stands over what was typed: nobody states in another's name, or at another time.
    knows = {"message_text": talk.id, "asked_text": talk.id, "who": act.who, "role": act.role, "at_us": now_us}
    knows["sent_us"] = talk.said_us
    slots = {name for slot in template_for(str(kind), template).slots for name in parameters(slot)}
    known = {name: value for name, value in knows.items() if name in slots}
    if kind == WITHDRAWAL and begins(WITHDRAWAL, line.own, talk):
        withdraw(state, line, talk, {**params, **known}, act.who, out, template)
    else:
        tell(state, line, talk, str(kind), {**params, **known}, out, template)


def hop(state: State, act: Act, out: Outputs) -> None:
    """Enter by hand what happened outside the line: radio, telephone, a runner. Whoever says so is named."""
    line, body = line_of(state, act.body), act.body
    talk = talk_of(line, body.get("talk"))
    if talk.chain is None:
        raise Refused("talk", talk.id, "a notice or a warning: others are not passed on")
    now_us = out.now_ns // NS_PER_US
    at_us = body.get("at_us", now_us)
    if isinstance(at_us, bool) or not isinstance(at_us, int) or not 0 <= at_us <= AT_US_MAX:
        raise Refused("at_us", at_us, "when that was, µs since 1970")
    given = custody.Hop(
        to=text_of(body, "unit", 80, "the unit or desk that has it"),
        via=str(body.get("via", "")),
        grade=body.get("grade", "passed_on"),
        how=body.get("how", "radio"),
        by=str(body.get("by", "")),
        says=text_of(body, "says", 160, "who says so, and in which role"),
        at_us=at_us,
        heard_us=now_us,
        last=bool(body.get("last", False)),
        stopped=str(body.get("stopped", "")),
        detail=str(body.get("detail", "")),
    )
    talk.hop(given)
    say_hop(line, talk, out)


def acknowledge(state: State, act: Act, out: Outputs) -> None:
    """Somebody here has taken notice of what is due. It is no answer to the counterpart, and stays until it comes."""
    line = line_of(state, act.body)
    talk = talk_of(line, act.body.get("talk"))
    if not talk.raised:
        raise OutOfTurn("Nothing of it is due.", talk=talk.id)
    talk.raised = {key: talks.acknowledged(one, one.acknowledged_by or act.who) for key, one in talk.raised.items()}
    talk.version += 1
    say(line, talk, "acknowledged", out, by=act.who)


def settle(state: State, act: Act, out: Outputs) -> None:
    """A person decides that what contradicts is known and it goes on: one lane, or with null the whole line."""
    line = line_of(state, act.body)
    lane = act.body.get("lane")
    if lane is not None and (isinstance(lane, bool) or lane not in LANES):
        raise Refused("lane", lane, "0 urgent, 1 routine, 2 bulk, or null for the whole line, this node's own state included")
    reason = text_of(act.body, "reason", HOW_CHARS_MAX, "why it goes on")
    body = {"line": line.name, "party": line.party, "state": "settled", "lane": lane, "by": act.who, "why": reason}
    out.add("line", body | {"was": line.why}, line.ref)
    lines.settle(line, None if lane is None else int(lane), out)
    give_up_early(state, line, out)


def send_keys(state: State, act: Act, out: Outputs) -> None:
    """Tell counterparts of a newer manifest of ours, by the key that they know; one of them, or all."""
    manifest, certificates = act.body.get("manifest"), act.body.get("certificates", "")
    if not isinstance(manifest, str) or not isinstance(certificates, str):
        raise Refused("manifest", manifest, "the text of our signed key manifest, and its new certificates as PEM")
    ours = read_manifest(manifest.encode(), "manifest")
    if ours.party != state.rules.party:
        raise Refused("manifest.party", ours.party, state.rules.party)
    to = [line_of(state, act.body)] if act.body.get("to") is not None else list(state.lines.values())
    for line in to:
        said = {
            "at_us": out.now_ns // NS_PER_US,
            "type": "keys",
            "conv": conversation(line.own, line.conversations + 1),
            "marker": "INFORMATION",
            "params": {"manifest": manifest, "certificates": certificates},
        }
        body = {"what": "told of our manifest", "party": line.party, "seq": ours.seq, "by": act.who}
        try:
            send(line, URGENT, said, out)
            line.conversations += 1
        except OutOfTurn as why:
            if len(to) == 1:
                raise
            body |= {"what": "not told of our manifest", "says": why.message}
        out.add("key", body, line.ref, line)


def take_manifests(state: State, act: Act, out: Outputs) -> None:
    """Manifests of a counterpart that the node itself fetched, because a hello named a newer one. Each speaks for itself."""
    if act.role != "node":
        raise Refused("act", act.name, "the node itself")
    line = line_of(state, act.body)
    for manifest in act.body["manifests"]:
        put_manifest(line, manifest, named_of(act.body["certificates"], manifest), out)


def approve(state: State, act: Act, out: Outputs) -> None:
    """A person who reads both languages says that a translation says what its source says."""
    template = pack.shipped().newest(str(act.body.get("template")))
    language = act.body.get("language")
    if template is None or language not in template.texts:
        raise Refused("template", act.body.get("template"), "a template and one of its languages")
    if len(state.approvals) >= APPROVALS_MAX:
        raise Refused("template", template.id, f"at most {APPROVALS_MAX} approvals")
    now_us = out.now_ns // NS_PER_US
    state.approvals.append(Approval(template_hash=template.hash, language=str(language), reviewer=act.who, at_us=now_us))
    body = {"what": "translation approved", "template": template.id, "version": template.version, "language": language}
    out.add("conversation", body | {"hash": template.hash.hex(), "by": act.who, "at_us": now_us}, (f"template:{template.id}",))


def recover(state: State, act: Act, out: Outputs) -> None:
    """Own messages that this node lost and the counterpart kept, signed by our own key: taken back in turn into our chain."""
    if act.role != "node":
        raise Refused("act", act.name, "the node itself")
    line = line_of(state, act.body)
    for frame in act.body["frames"]:
        relearn(state, line, int(act.body["lane"]), frame.encode(), out)
    line.say(out)


# ── small things ─────────────────────────────────────────────────────────────────────────────────────────────────────


def line_of(state: State, body: dict[str, Any]) -> Line:
    """The line an act speaks of. Raises `NotThere`."""
    found = state.lines.get(str(body.get("to")))
    if found is None:
        known = ", ".join(sorted(state.lines)) or "nobody yet: a counterpart is added with its card"
        raise NotThere(f"There is no line with {str(body.get('to'))[:80]!r}; there is one with {known}.")
    return found


def talk_of(line: Line, name: object) -> Talk:
    """The talk an act speaks of. Raises `NotThere`."""
    found = line.talks.get(str(name))
    if found is None:
        raise NotThere(f"There is no message {str(name)[:80]!r} on the line with {line.party}.")
    return found


def _re_of(subject: Talk | None) -> Any:
    if subject is None:
        return None
    if subject.re is None:
        raise Refused("re", subject.id, "a message that has been sent: this one waits for the line")
    return subject.re


def _until(body: dict[str, Any], field: str, now_us: int) -> int | None:
    """A time as it stands in `<field>_us`, or so many minutes from now."""
    at_us = body.get(f"{field}_us")
    if at_us is not None:
        if type(at_us) is not int or not now_us < at_us <= now_us + 60 * 24 * 366 * _US_PER_MINUTE:
            raise Refused(f"{field}_us", at_us, "a time to come, within a year, µs since 1970")
        return at_us
    minutes, field = body.get(f"{field}_minutes"), f"{field}_minutes"
    if minutes is None:
        return None
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= 60 * 24 * 366:
        raise Refused(field, minutes, "whole minutes, 1 to a year")
    return now_us + minutes * _US_PER_MINUTE


def text_of(body: dict[str, Any], field: str, chars_max: int, accepted: str) -> str:
    """Words that an act must have, without the space around them. Raises `Refused`."""
    value = body.get(field)
    if not isinstance(value, str) or not value.strip() or len(value) > chars_max:
        raise Refused(field, value, accepted)
    return value.strip()


ACTS: Final = {
    "counterpart.put": put_counterpart,
    "counterpart.remove": remove_counterpart,
    "line.send": compose,
    "line.state": state_of,
    "line.hop": hop,
    "line.acknowledge": acknowledge,
    "line.settle": settle,
    "line.keys": send_keys,
    "node.manifests": take_manifests,
    "node.recovered": recover,
    "template.approve": approve,
}
