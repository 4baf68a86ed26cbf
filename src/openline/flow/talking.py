"""What parties say to each other, applied to the state: each message to what it speaks of, and what time alone makes due."""

from typing import Any, Final

from openline.clock import NS_PER_US
from openline.errors import OpenlineError, Refused
from openline.flow.comparing import NO_TEMPLATE, compared, weigh
from openline.flow.line import Line, contradicts, marks, send
from openline.flow.line_keys import put_manifest
from openline.flow.line_taking import take_frames
from openline.flow.line_talks import (
    begins,
    begun,
    count_notice,
    find,
    followed,
    forget,
    hops,
    keep,
    message_fields,
    say,
    say_hop,
    send_new,
    waits,
)
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.flow.statements import RESULTS, STATEMENTS_MAX, at_us_of
from openline.flow.talk import Talk
from openline.flow.unsaying import withdrawn
from openline.inbox import Frame
from openline.line import conversation as conversations
from openline.line import countersign, custody_words, readback
from openline.line.cleaning import clean
from openline.line.conversation import Said
from openline.line.message import Message, Ref, ref_of
from openline.line.message import Template as Named
from openline.line.names import ROUTINE, conversation
from openline.line.precedence import US_PER_S
from openline.line.serials import NOTICES, QUESTION, SLOT
from openline.line.templates import pack, sending, writing
from openline.line.templates.template import Template, read_back_params

PATH_CHARS_MAX: Final = 120
ASKED_WITHIN_S: Final = 900  # for an answer to our question after a notice that is missing
LANGUAGES: Final = ("en", "ar", "ru", "fr", "es")


def hear(state: State, frames: list[Frame], out: Outputs) -> None:
    """A run of envelopes of counterparts."""
    for line, message, digest in take_frames(state.lines, frames, bytes.fromhex(state.rules.line.boot), out):
        try:
            use(state, line, message, digest, out)
        except OpenlineError as wrong:
            say(line, None, "unused", out, conv=message.conv, type=message.type, seq=message.seq, says=wrong.message)


def use(state: State, line: Line, message: Message, digest: bytes, out: Outputs) -> None:
    """One message that came and can be used. Raises `Refused` where what it speaks of is not as it says."""
    now_us = out.now_ns // NS_PER_US
    subject = find(line, message.re)
    new = begins(message.type, line.party, subject)
    if subject is not None and not new:
        line.refer(subject, False, message.lane, message.seq, digest)
        subject.says(message, digest)
    if new:
        talk = incoming(line, message, digest, now_us, out, subject)
        line.refer(talk, False, message.lane, message.seq, digest)
        followed(line, subject, talk)
        said = {"type": message.type, "precedence": message.precedence, "said_us": message.at_us}
        if talk.marks:
            said["marks"] = list(talk.marks)
        say(line, talk, "heard", out, checked=_verdict(talk), **said)
        unask(state, line, count_notice(line, message, out), "it came meanwhile", out)
    if message.type == "keys":
        take_keys(line, message, out)
    if message.type == "status" and isinstance(message.params.get("other_path_text"), str):
        text = str(message.params["other_path_text"])[:PATH_CHARS_MAX]
        line.stated_path = clean(text, "other_path_text", 4 * PATH_CHARS_MAX, one_line=True)
        line.stated_us = message.at_us
    if waits(line, message, digest, out):
        return
    if message.re is not None and subject is None and not new:
        raise Refused("re", f"{message.re.from_} {message.re.lane}/{message.re.seq}", "a message that is held here")
    if subject is not None:
        stated(state, line, subject, message, line.party, out, digest)


def incoming(line: Line, message: Message, digest: bytes, now_us: int, out: Outputs, of: Talk | None = None) -> Talk:
    """The talk that a message of the counterpart begins. It takes no name that is ours to give. `of`: what it corrects."""
    free = message.conv not in line.talks and message.conv.startswith(f"{line.party}/")
    name = message.conv if free else f"{message.conv}+{message.lane}.{message.seq}"
    talk = begun(name, line.party, line.own, message_fields(message), now_us, ours=False, of=of, apart_us=line.apart_us)
    talk.placed(message, digest)
    talk.checked = writing.compare(message, pack.shipped())
    talk.marks = (*talk.marks, *marks(line, talk.said))
    talk.step(Said(event="stored", party=line.own, at_us=now_us, heard_us=now_us))
    if talk.chain is not None:
        talk.hop(custody_words.stored_hop(talk.chain, now_us, now_us, f"{message.lane}/{message.seq}"))
    keep(line, talk, out)
    return talk


# ── what is stated of a talk, by either side ─────────────────────────────────────────────────────────────────────────


def stated(state: State, line: Line, talk: Talk, message: Message, party: str, out: Outputs, digest: bytes = b"") -> None:
    """A statement about a talk, by the counterpart (it came, with its digest) or by us (it is being sent).

    Raises `Refused`; nothing has changed then.
    """
    if message.type == countersign.TYPE:
        _countersigned(line, talk, message, party, out, digest)
    event = conversations.event_of(message.type, message.params)
    if event is None:
        return
    if event == "withdraw" and message.re != talk.re:
        withdrawn(line, talk, message, out)
        return
    if event in ("agrees", "differs") and message.re != talk.read_back_re:
        raise Refused("re", message.type, "the newest read-back: another was entered since")
    kept, mark = talk.kept(), len(out.made)
    before = talk.against
    try:
        if event in ("agrees", "differs") and party != line.own:
            event = weigh(talk, message.params, state.rules.line.tolerance_m)
        _state(line, talk, message, party, event, out, digest)
    except Refused:
        talk.put_back(kept)
        del out.made[mark:]
        raise
    if event in ("agrees", "differs"):
        talk.found = dict(message.params)
        if talk.against not in ("", before, NO_TEMPLATE):
            says = f"{line.party}, of the read-back of {talk.id}: {talk.against}"
            contradicts(line, message.lane, f"read-back {talk.id}", says, out, message, seq=message.seq)
    if event == "read_back":
        talk.read_back, talk.found, talk.result, talk.against = dict(message.params), {}, None, ""
        if message.seq:
            talk.read_back_re = ref_of(message, digest)  # ours gets it with its number
    if event == "read_back" and talk.ours and party == line.party:
        compare(state, line, talk, out)


def _countersigned(line: Line, talk: Talk, message: Message, party: str, out: Outputs, digest: bytes) -> None:
    """A core was offered, agreed to or refused; what both computed of it is recorded at both ends."""
    ref = ref_of(message, digest) if message.seq else None
    talk.offers, one = countersign.signed(talk.offers, message, talk.re, ref)
    talk.version += 1
    held = talk.holds(one)
    what = {"": "core offered", "agrees": "core agreed to", "refuses": "core refused"}[one.answer]
    who = str(message.params["who"])
    say(line, talk, what, out, by=party, who=who, core=one.core, held=held, upto=one.upto, says=one.why)


def _state(
    line: Line, talk: Talk, message: Message, party: str, event: conversations.Event, out: Outputs, digest: bytes
) -> None:
    params = message.params
    if party == line.party and sum(one.said.party == party for one in talk.statements) >= STATEMENTS_MAX:
        raise Refused("statements", STATEMENTS_MAX, f"at most {STATEMENTS_MAX} statements over the line on one message")
    talk.step(
        Said(
            event=event,
            party=party,
            at_us=at_us_of(message),
            heard_us=out.now_ns // NS_PER_US,
            who=str(params.get("who", "")),
            role=str(params.get("role", "")),
            word=str(params.get("answer", params.get("what", params.get("why", "")))),
        ),
        ref_of(message, digest) if message.seq else None,
        message.re if event in RESULTS else None,
    )
    for hop in hops(talk, message, event, out.now_ns // NS_PER_US):
        talk.stated_hop(hop)
        say_hop(line, talk, out)
    say(line, talk, str(event), out, by=party, who=str(params.get("who", "")), says=message.text.get("en", ""))


def compare(state: State, line: Line, talk: Talk, out: Outputs) -> None:
    """Hold a read-back against what we said, and tell the counterpart what came of it: a machine's work, at once."""
    talk.result = compared(talk, state.rules.line.tolerance_m)
    if talk.result is None:
        return
    params = readback.result_params(talk.result, talk.id)
    tell(state, line, talk, "understood.result", params, out, whatever_stands=True)


def tell(
    state: State,
    line: Line,
    talk: Talk,
    kind: str,
    params: dict[str, Any],
    out: Outputs,
    template: str = "",
    *,
    whatever_stands: bool = False,
    re: Ref | None = None,
) -> None:
    """Send a statement about a talk, and take it into the talk as our own.

    Raises `Refused`, `OutOfTurn`; nothing has changed then.
    """
    if talk.re is None:
        raise Refused("talk", talk.id, "a message that has been sent: this one waits for the line")
    re = re or (talk.read_back_re if kind == "understood.result" else talk.re)
    said = statement(state, talk, kind, params, out.now_ns // NS_PER_US, template) | {"re": re}
    placed = Message(from_=line.own, to=line.party, lane=talk.re.lane, seq=0, prev=b"", **said)
    kept, mark = talk.kept(), len(out.made)
    try:
        stated(state, line, talk, placed, line.own, out)
        send(line, talk.re.lane, said, out, talk, whatever_stands=whatever_stands)
    except OpenlineError:
        talk.put_back(kept)
        del out.made[mark:]
        raise


def statement(state: State, talk: Talk, kind: str, params: dict[str, Any], now_us: int, template: str) -> dict[str, Any]:
    """The fields of a statement, written with its template."""
    said = written(
        state,
        template_for(kind, template),
        kind,
        params,
        str(talk.conversation.precedence),
        bool(talk.conversation.exercise),
        now_us,
    )
    return said | {"conv": talk.conv, "answers": (), "readback": ()}


def template_for(kind: str, template: str = "") -> Template:
    """The template named, or the first for this type. Raises `Refused`."""
    templates = pack.shipped()
    found = templates.newest(template) if template else next(iter(templates.of_type(kind)), None)
    if found is None or kind not in found.types:
        raise Refused("template", template or kind, ", ".join(one.id for one in templates.of_type(kind)) or "a known type")
    return found


def written(
    state: State, template: Template, kind: str, params: dict[str, Any], precedence: str, exercise: bool, now_us: int
) -> dict[str, Any]:
    """The fields that a template gives a message. Raises `Refused` for parameters that do not fill it."""
    texts = sending.texts_to_send(
        template,
        params,
        precedence,  # type: ignore[arg-type]
        state.rules.line.language,
        LANGUAGES,
        state.approvals,
        kind=kind,
        exercise=exercise,
    )
    return {
        "at_us": now_us,
        "type": kind,
        "precedence": precedence,
        "marker": template.marker,
        "ex": exercise,
        "valid_until_us": None,
        "answer_by_us": None,
        "answers": template.answers,
        "readback": read_back_params(template, params),
        "tpl": _named(template),
        "params": dict(params),
        "text": texts.text,
        "free": "",
    }


def texts(state: State, template: str, params: dict[str, Any], precedence: str, to: str = "") -> dict[str, Any]:
    """What a message would say, to whom it matters where it is a numbered notice, and which languages stay behind and why;
    nothing is sent. Raises `Refused`.
    """
    found = pack.shipped().newest(template)
    if found is None:
        raise Refused("template", template, ", ".join(one.id for one in pack.shipped()))
    if to in state.lines:
        params = numbered(found, params, state.lines[to].serials.given + 1)
    given = sending.texts_to_send(
        found,
        params,
        precedence,  # type: ignore[arg-type]
        state.rules.line.language,
        LANGUAGES,
        state.approvals,
        exercise=state.rules.line.exercise,
    )
    return {"text": given.text, "left_out": given.left_out, "slots": writing.slot_lines(found, params)}


def numbered(template: Template, params: dict[str, Any], number: int) -> dict[str, Any]:
    """The parameters of a notice with its number, which the node gives whatever was typed; of others as they are."""
    return params | {SLOT: number} if template.id in NOTICES else params


def take_keys(line: Line, message: Message, out: Outputs) -> None:
    """A newer manifest of the counterpart, in a message. Raises `Refused` or `BadRecord` for one that does not follow."""
    put_manifest(line, str(message.params["manifest"]), str(message.params["certificates"]), out)


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def tick_talks(state: State, now_ns: int, out: Outputs) -> None:
    """What is due by now on every line."""
    now_us = now_ns // NS_PER_US
    for line in state.lines.values():
        for number in line.serials.to_ask(now_us):
            ask_for(state, line, number, out)
        for talk in line.talks.values():
            if talk.over and not talk.raised:
                continue
            new, settled, fire = talk.turn(now_us)
            for one in new:
                say(line, talk, "due", out, due=one.what, unit=one.unit, since_us=one.since_us)
            for one in settled:
                say(line, talk, "settled", out, due=one.what, unit=one.unit)
            for event in fire:
                talk.step(Said(event=event, at_us=now_us, heard_us=now_us))  # type: ignore[arg-type]
                say(line, talk, event, out)


def ask_for(state: State, line: Line, number: int, out: Outputs) -> None:
    """Ask the counterpart for a notice of theirs that is missing here; it waits where the line does not let it go now."""
    now_us = out.now_ns // NS_PER_US
    params = {SLOT: number, "noticed_us": line.serials.missing[number].since_us}
    name = conversation(line.own, line.conversations + 1)
    try:
        template = template_for("question", QUESTION)
        said = written(state, template, "question", params, "priority", state.rules.line.exercise, now_us)
        said |= {"conv": name, "re": None, "answer_by_us": now_us + ASKED_WITHIN_S * US_PER_S}
        talk = begun(name, line.own, line.party, said, now_us, ours=True)
        send_new(line, ROUTINE, talk, out, whatever_stands=True)
    except OpenlineError:  # too much waits for the line already: later
        line.serials.asked(number, "", now_us)
        return
    line.serials.asked(number, name, now_us)
    say(line, talk, "queued", out, by="node", type="question", precedence="priority", number=number)


def unask(state: State, line: Line, asked: str, why: str, out: Outputs) -> None:
    """Take back our question after a notice that is here now; while it waits for the line it is not sent at all."""
    talk = line.talks.get(asked)
    if talk is None or talk.over or talk.conversation.states["answer"] == "answered":
        return
    if talk.re is None:
        line.held = [one for one in line.held if one[2] != asked]
        say(line, talk, "let go", out, says=why)
        forget(line, talk)
        return
    params = {"message_text": talk.id, "sent_us": talk.conversation.queued_us, "why": "over", "reason_text": why}
    try:
        tell(state, line, talk, "withdrawal", params, out)
    except OpenlineError as wrong:  # the notice is here all the same
        say(line, talk, "unused", out, says=wrong.message)


# ── small things ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _verdict(talk: Talk) -> str:
    return talk.checked.verdict if talk.checked is not None else ""


def _named(template: Template) -> Named:
    return Named(template.id, template.version, template.hash)
