"""What parties say to each other, applied to the state: each message to what it speaks of, and what time alone makes due."""

from typing import Any, Final

from openline.clock import NS_PER_US
from openline.errors import OpenlineError, Refused
from openline.flow.line import Line, send, take_frames
from openline.flow.outputs import Outputs
from openline.flow.state import State
from openline.flow.talk import CARRIED, Talk
from openline.inbox import Frame
from openline.kernels.geodesic import inverse
from openline.line import conversation as conversations
from openline.line import custody, custody_words, readback
from openline.line.conversation import Conversation, Said
from openline.line.message import Message, Ref, hash_of, write_message
from openline.line.message import Template as Named
from openline.line.templates import pack, sending, writing
from openline.line.templates.template import Template, read_back_params

SUBSTANCE: Final = (*CARRIED, "question", "check", "drill")
"""Types that begin a talk; the others speak of one, or of nothing that anybody has to answer."""
TALKS_MAX: Final = 5_000
LANGUAGES: Final = ("en", "ar", "ru", "fr", "es")


def hear(state: State, frames: list[Frame], out: Outputs) -> None:
    """A run of envelopes of counterparts."""
    for line, message in take_frames(state.lines, frames, bytes.fromhex(state.rules.line.boot), out):
        try:
            use(state, line, message, out)
        except OpenlineError as wrong:
            say(line, None, "unused", out, conv=message.conv, type=message.type, seq=message.seq, says=wrong.message)


def use(state: State, line: Line, message: Message, out: Outputs) -> None:
    """One message that came and can be used. Raises `Refused` where what it speaks of is not as it says."""
    now_us = out.now_ns // NS_PER_US
    subject = find(line, message.re)
    digest = hash_of(write_message(message))
    if subject is not None:
        line.theirs[message.lane, message.seq] = subject.id, digest
    if message.type in SUBSTANCE:
        talk = incoming(line, message, now_us)
        line.theirs[message.lane, message.seq] = talk.id, digest
        say(line, talk, "heard", out, type=message.type, precedence=message.precedence, checked=_verdict(talk))
    if message.type == "keys":
        take_keys(line, message, out)
    if message.re is not None and subject is None and message.type not in SUBSTANCE:
        raise Refused("re", f"{message.re.from_} {message.re.lane}/{message.re.seq}", "a message that is held here")
    if subject is not None:
        stated(state, line, subject, message, line.party, out)


def incoming(line: Line, message: Message, now_us: int) -> Talk:
    """The talk that a message of the counterpart begins."""
    name = message.conv if message.conv not in line.talks else f"{message.conv}+{message.lane}.{message.seq}"
    talk = begun(name, line.party, line.own, message_fields(message), now_us, ours=False)
    talk.placed(message)
    talk.checked = writing.compare(message, pack.shipped())
    talk.step(Said(event="stored", party=line.own, at_us=now_us, heard_us=now_us))
    if talk.chain is not None:
        talk.hop(custody_words.stored_hop(talk.chain, now_us, now_us, f"{message.lane}/{message.seq}"))
    keep(line, talk)
    return talk


def begun(name: str, sender: str, receiver: str, said: dict[str, Any], now_us: int, *, ours: bool) -> Talk:
    """A talk at its beginning: nobody has it, nobody is warned."""
    about = Conversation(
        id=name,
        type=said["type"],
        sender=sender,
        receiver=receiver,
        precedence=said["precedence"],
        queued_us=said["at_us"],
        answers=said["answers"],
        readback=said["readback"],
        valid_until_us=said["valid_until_us"],
        answer_by_us=said["answer_by_us"],
        exercise=said["ex"],
    )
    chain = None
    if said["type"] in CARRIED:
        starts_us = said["params"].get("start_us")
        starts = starts_us if isinstance(starts_us, int) and said["type"] in ("reservation.notice", "movement.notice") else None
        chain = custody.open_chain(name, sender, receiver, now_us, said["precedence"], (), starts)
    return Talk(about, ours, said, chain)


def keep(line: Line, talk: Talk) -> None:
    """Remember a talk; at the limit the oldest that is over gives way. Raises `Refused` where none is."""
    if len(line.talks) >= TALKS_MAX:
        over = next((name for name, one in line.talks.items() if one.over), None)
        if over is None:
            raise Refused("talks", len(line.talks), f"at most {TALKS_MAX} open messages on one line")
        del line.talks[over]
        for places in (line.mine, line.theirs):
            for place in [one for one, (name, _) in places.items() if name == over]:
                del places[place]
    line.talks[talk.id] = talk


def find(line: Line, re: Ref | None) -> Talk | None:
    """The talk that a reference means, by its first message or by a statement in it: number and hash must be those held."""
    if re is None:
        return None
    places = line.mine if re.from_ == line.own else line.theirs
    name, digest = places.get((re.lane, re.seq), ("", b""))
    return line.talks.get(name) if digest == re.hash else None


# ── what is stated of a talk, by either side ─────────────────────────────────────────────────────────────────────────


def stated(state: State, line: Line, talk: Talk, message: Message, party: str, out: Outputs) -> None:
    """A statement about a talk, by the counterpart (it came) or by us (it is being sent). Raises `Refused`."""
    event = conversations.event_of(message.type, message.params)
    if event is None:
        return
    params = message.params
    at_us = params.get("at_us", message.at_us)
    talk.step(
        Said(
            event=event,
            party=party,
            at_us=at_us if isinstance(at_us, int) else message.at_us,
            heard_us=out.now_ns // NS_PER_US,
            who=str(params.get("who", "")),
            role=str(params.get("role", "")),
            word=str(params.get("answer", params.get("what", params.get("why", "")))),
        )
    )
    if talk.chain is not None and message.type in custody_words.STATEMENTS:
        source = f"{message.from_} {message.type} {message.at_us}"
        for hop in custody_words.hops_of(talk.chain, message.type, params, out.now_ns // NS_PER_US, source):
            talk.hop(hop)
            say_hop(line, talk, out)
    if event == "agrees" and talk.chain is not None:
        agreed = custody_words.understood_hop(
            talk.chain, talk.read_back, params, out.now_ns // NS_PER_US, f"{message.from_} {message.type} {message.at_us}"
        )
        if agreed is not None:
            talk.hop(agreed)
            say_hop(line, talk, out)
    if event == "read_back":
        talk.read_back = dict(params)
        talk.read_back_re = _ref_to(message) if message.seq else None
    say(line, talk, str(event), out, by=party, who=str(params.get("who", "")), says=message.text.get("en", ""))
    if event == "read_back" and talk.ours and party == line.party:
        compare(state, line, talk, out)


def compare(state: State, line: Line, talk: Talk, out: Outputs) -> None:
    """Hold a read-back against what we said, and tell the counterpart what came of it: a machine's work, at once."""
    template = template_of(talk)
    if template is None:
        return
    talk.result = readback.compare(
        template, talk.said["params"], talk.conversation.readback, talk.read_back, between_m, state.rules.line.tolerance_m
    )
    params = readback.result_params(talk.result, talk.id)
    tell(state, line, talk, "understood.result", params, out)


def tell(state: State, line: Line, talk: Talk, kind: str, params: dict[str, Any], out: Outputs, template: str = "") -> None:
    """Send a statement about a talk, and take it into the talk as our own. Raises `Refused`, `OutOfTurn`."""
    if talk.re is None:
        raise Refused("talk", talk.id, "a message that has been sent: this one waits for the line")
    re = talk.read_back_re if kind == "understood.result" else talk.re
    said = statement(state, talk, kind, params, out.now_ns // NS_PER_US, template) | {"re": re}
    placed = Message(from_=line.own, to=line.party, lane=talk.re.lane, seq=0, prev=b"", **said)
    trial = (talk.conversation, talk.chain)
    stated(state, line, talk, placed, line.own, out)
    try:
        send(line, talk.re.lane, said, out)
    except OpenlineError:
        talk.conversation, talk.chain = trial
        raise


def statement(state: State, talk: Talk, kind: str, params: dict[str, Any], now_us: int, template: str) -> dict[str, Any]:
    """The fields of a statement, written with its template."""
    templates = pack.shipped()
    found = templates.newest(template) if template else next(iter(templates.of_type(kind)), None)
    if found is None or kind not in found.types:
        raise Refused("template", template or kind, ", ".join(one.id for one in templates.of_type(kind)) or "a known type")
    said = written(state, found, kind, params, str(talk.conversation.precedence), bool(talk.conversation.exercise), now_us)
    return said | {"conv": talk.id.partition("+")[0], "answers": (), "readback": ()}


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


def texts(state: State, template: str, params: dict[str, Any], precedence: str) -> dict[str, Any]:
    """What a message would say, and which languages stay behind and why; nothing is sent. Raises `Refused`."""
    found = pack.shipped().newest(template)
    if found is None:
        raise Refused("template", template, ", ".join(one.id for one in pack.shipped()))
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


def take_keys(line: Line, message: Message, out: Outputs) -> None:
    """A newer manifest of the counterpart. Raises `Refused` or `BadRecord` for one that does not follow."""
    manifest, certificates = str(message.params["manifest"]), str(message.params["certificates"])
    pems = [f"{one}-----END CERTIFICATE-----\n" for one in certificates.split("-----END CERTIFICATE-----\n") if one.strip()]
    line.counterpart = line.counterpart.put(manifest.encode(), pems)
    body = {"what": "manifest", "party": line.party, "seq": line.counterpart.manifest.seq, "by": line.party}
    out.add("key", body, line.ref, line)


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def tick_talks(state: State, now_ns: int, out: Outputs) -> None:
    """What is due by now on every line."""
    now_us = now_ns // NS_PER_US
    for line in state.lines.values():
        for talk in line.talks.values():
            new, settled, fire = talk.turn(now_us) if not talk.over else ([], [], [])
            for one in new:
                say(line, talk, "due", out, due=one.what, unit=one.unit, since_us=one.since_us)
            for one in settled:
                say(line, talk, "settled", out, due=one.what, unit=one.unit)
            for event in fire:
                talk.step(Said(event=event, at_us=now_us, heard_us=now_us))  # type: ignore[arg-type]
                say(line, talk, event, out)


# ── small things ─────────────────────────────────────────────────────────────────────────────────────────────────────


def say(line: Line, talk: Talk | None, what: str, out: Outputs, **more: Any) -> None:
    """An output about a talk."""
    body = {"line": line.name, "party": line.party, "what": what, "at_us": out.now_ns // NS_PER_US, **more}
    if talk is None:
        out.add("conversation", body, line.ref, line)
        return
    body |= {"talk": talk.id, "headline": conversations.headline(talk.conversation)}
    ref = (*line.ref, f"conv:{talk.id}", *((f"mover:{talk.mover}",) if talk.mover else ()))
    out.add("conversation", body, ref, (line, talk))


def say_hop(line: Line, talk: Talk, out: Outputs) -> None:
    """An output about the newest statement in a custody chain."""
    assert talk.chain is not None
    hop = talk.chain.hops[-1]
    now_us = out.now_ns // NS_PER_US
    body = {
        "line": line.name,
        "party": line.party,
        "talk": talk.id,
        "number": hop.number,
        "to": hop.to,
        "via": hop.via,
        "grade": hop.grade,
        "how": hop.how,
        "by": hop.by,
        "says": hop.says,
        "last": hop.last,
        "stopped": hop.stopped,
        "by_hand": hop.by_hand,
        "at_us": hop.at_us,
        "headline": custody_words.headline(talk.chain, line.own, now_us),
    }
    ref = (*line.ref, f"conv:{talk.id}", *((f"mover:{talk.mover}",) if talk.mover else ()))
    out.add("custody", body, ref, (line, talk))


def template_of(talk: Talk) -> Template | None:
    """Our own copy of the template its text was written with."""
    named = talk.said.get("tpl")
    found = None if named is None else pack.shipped().get(named.id, named.ver)
    return found if found is not None and named is not None and found.hash == named.hash else None


def _ref_to(message: Message) -> Ref:
    return Ref(message.from_, message.lane, message.seq, hash_of(write_message(message)))


def message_fields(message: Message) -> dict[str, Any]:
    """The fields of a message, place left out."""
    place = ("from_", "to", "lane", "seq", "prev", "unreadable")
    return {name: getattr(message, name) for name in message.__struct_fields__ if name not in place}


def between_m(lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float) -> float:
    """Metres along the WGS-84 geodesic."""
    return float(inverse([lat1_deg], [lon1_deg], [lat2_deg], [lon2_deg])[0][0])


def _verdict(talk: Talk) -> str:
    return talk.checked.verdict if talk.checked is not None else ""


def _named(template: Template) -> Named:
    return Named(template.id, template.version, template.hash)
