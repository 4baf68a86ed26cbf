"""The lines in the words of docs/api.md: how each line is, every message of substance on it, and where each has got to."""

from collections.abc import Callable
from typing import Any, Final

from openline.clock import NS_PER_US, to_rfc3339
from openline.flow import line_talks
from openline.flow.line import Line
from openline.flow.statements import TAKEN_BACK, Statement
from openline.flow.talk import Talk
from openline.line import conversation as conversations
from openline.line import countersign, custody, lead, spoken
from openline.line.conversation import Said
from openline.line.names import LANES
from openline.line.serials import serial_of
from openline.line.templates import pack
from openline.line.templates.template import Template

TALKS_SHOWN: Final = 200  # newest last, and before them older ones of which something is due; the others are in the record
DUE_SHOWN: Final = 200
OFFERS_SHOWN: Final = 10
UNUSABLE_SHOWN: Final = 20
UNUSABLE: Final = "1 message stored that this node cannot use (lane {lane}, number {seq}: {why}): ask them on the other path"
STATEMENTS_SHOWN: Final = 50


class LineViews:
    """Tells screens what changed since they were told last."""

    def __init__(self) -> None:
        self.connections: Callable[[], dict[str, dict[str, object]]] = dict  # set by the switchboard once it is open
        self._told: dict[tuple[str, str], int] = {}
        self._lines: set[str] = set()

    def whole(self, lines: dict[str, Line], now_ns: int) -> list[dict[str, Any]]:
        """Every line with its newest talks."""
        seen, now_us = self.connections(), now_ns // NS_PER_US
        return [
            line_view(line, seen.get(party)) | {"talks": [talk_view(line, one, now_us) for one in shown(line)]}
            for party, line in lines.items()
        ]

    def frames(self, lines: dict[str, Line], now_ns: int) -> list[dict[str, Any]]:
        """`line` and `talk` frames: every line, one that was ended as `{"party", "gone": true}`, and the talks that changed."""
        seen, now_us = self.connections(), now_ns // NS_PER_US
        gone = {party for party, _ in self._told} - lines.keys() | (self._lines - lines.keys())
        self._told = {key: version for key, version in self._told.items() if key[0] not in gone}
        self._lines = set(lines)
        frames: list[dict[str, Any]] = [{"type": "line", "data": {"party": party, "gone": True}} for party in gone]
        frames += [{"type": "line", "data": line_view(line, seen.get(party))} for party, line in lines.items()]
        for party, line in lines.items():
            for talk in list(line.talks.values()):
                if self._told.get((party, talk.id)) != talk.version:
                    self._told[party, talk.id] = talk.version
                    frames.append({"type": "talk", "data": talk_view(line, talk, now_us)})
        return frames


def shown(line: Line) -> list[Talk]:
    """The newest talks, and older ones of which something is due: what nobody was told of must not fall off a list."""
    talks = list(line.talks.values())
    return [one for one in talks[:-TALKS_SHOWN] if one.raised][-DUE_SHOWN:] + talks[-TALKS_SHOWN:]


def line_view(line: Line, seen: dict[str, object] | None = None) -> dict[str, Any]:
    """One Line. `seen`: what only the connections know of it."""
    return {
        "party": line.party,
        "line": line.name,
        "fingerprint": line.counterpart.fingerprint,
        "words": " ".join(spoken.spoken(line.counterpart.fingerprint)),
        "state": line.state,
        "why": line.why,
        "since": None if not line.since_ns else to_rfc3339(line.since_ns),
        "stopped": line.stopped or None,
        "fell": line.fell or None,
        "unwitnessed": line.unshown or None,
        "unusable": unusable_view(line),
        "instructs": line.instructs,
        "notices": serials_view(line),
        "waiting": len(line.held) + sum(line.lanes.out[lane].next - 1 - line.lanes.out[lane].upto for lane in LANES),
        "of": len(line.talks),
        "other_paths": list(line.other_paths),
        "stated_path": None if not line.stated_path else {"text": line.stated_path, "at": when(line.stated_us)},
        "connection": seen,
    }


def unusable_view(line: Line) -> list[dict[str, Any]]:
    """Messages of theirs that are stored and of no use here, until somebody has seen them."""
    talks = [line.talks[name] for name in line.unusable]
    unseen = [one for one in talks if one.message is not None and one.conversation.states["seen"] == "not seen"]
    return [
        {
            "talk": one.id,
            "number": f"{one.message.lane}/{one.message.seq}",
            "why": one.unused,
            "since": when(one.conversation.queued_us),
            "says": UNUSABLE.format(lane=one.message.lane, seq=one.message.seq, why=one.unused),
        }
        for one in unseen[-UNUSABLE_SHOWN:]
        if one.message is not None
    ]


def serials_view(line: Line) -> dict[str, Any]:
    """The numbers of notices: the last given here, the highest that came, those of theirs that are missing."""
    missing = []
    for number, one in sorted(line.serials.missing.items()):
        question = line.talks.get(one.asked)
        said = None if question is None else question.conversation.newest.get("answer")
        missing.append(
            {
                "number": number,
                "since": when(one.since_us),
                "why": one.why,
                "asked": one.asked or None,
                "answer": None if said is None else said.word,
            }
        )
    return {"given": line.serials.given, "upto": line.serials.upto, "missing": missing, "odd": line.serials.odd or None}


def talk_view(line: Line, talk: Talk, now_us: int) -> dict[str, Any]:
    """One Talk: the message, the five things apart, the custody chain, what is due."""
    about, message, said = talk.conversation, talk.message, talk.said
    waits = not about.over and about.states["seen"] == "not seen"
    seen_us, telephone_us = conversations.seen_by(about, talk.timers)
    return {
        "id": talk.id,
        "party": line.party,
        "ours": talk.ours,
        "type": about.type,
        "template": None if said.get("tpl") is None else said["tpl"].id,
        "precedence": about.precedence,
        "marker": said["marker"],
        "exercise": about.exercise,
        "queued": when(talk.said_us),
        "valid_until": when(said["valid_until_us"]),
        "answer_by": when(said["answer_by_us"]),
        "number": None if message is None else f"{message.lane}/{message.seq}",
        "notice": serial_of(about.type, said["params"]),
        "seen_by": None if not waits else when(seen_us),
        "telephone_at": None if not waits else when(telephone_us),
        "text": said["text"],
        "free": said["free"],
        "params": said["params"],
        "answers": list(about.answers),
        "readback": list(about.readback),
        "checked": None if talk.checked is None else {"verdict": talk.checked.verdict, "why": talk.checked.why},
        "unused": talk.unused or None,
        "marks": list(talk.marks),
        "headline": conversations.headline(about),
        "states": dict(about.states),
        "five": {name: None if one is None else _said(one) for name, one in conversations.five(about).items()},
        "read_back": None if "read_back" not in about.newest else _said(about.newest["read_back"]),
        "answer": None if "answer" not in about.newest else _said(about.newest["answer"]),
        "result": _result(talk),
        "lead": None if about.lead is None else {"says": lead.sentence(about.lead), "too_late": about.lead.too_late},
        "mover": talk.mover or None,
        "statements": [_stated(line, one) for one in talk.statements if one.said.event in TAKEN_BACK][-STATEMENTS_SHOWN:],
        "custody": None if talk.chain is None else chain_view(line, talk, talk.chain, now_us),
        "core": core_view(line, talk),
        "due": [
            {
                "what": one.what,
                "unit": one.unit or None,
                "since": when(one.since_us),
                "acknowledged_by": one.acknowledged_by or None,
            }
            for one in talk.raised.values()
        ],
    }


def core_view(line: Line, talk: Talk) -> dict[str, Any]:
    """The shared core: how far one would reach now, what either side offered, and how each stands to what this node holds."""
    return {
        "upto": countersign.numbers(talk.spoken, (line.own, line.party)),
        "offers": [
            {
                "by": one.by,
                "core": one.core,
                "upto": dict(one.upto),
                "at": when(one.at_us),
                "who": one.who,
                "role": one.role,
                "held": talk.holds(one),
                "state": one.state,
                "answered": when(one.answered_us) if one.answer else None,
                "answered_by": one.answered_who or None,
                "why": one.why or None,
            }
            for one in talk.offers[-OFFERS_SHOWN:]
        ],
    }


def chain_view(line: Line, talk: Talk, chain: custody.Chain, now_us: int) -> dict[str, Any]:
    """One custody chain: the sentence, the tree, its ends, every statement."""
    ends = {end.station: end for end in custody.ends(chain, now_us, talk.timers)}
    return {
        "status": custody.status(chain),
        "headline": line_talks.headline(line, talk, now_us),
        "units": list(chain.units),
        "units_in_message": list(custody.units_of(talk.said["params"])),
        "not_told": [unit or None for unit in custody.not_told(chain)],
        "starts": when(_starts_us(talk, chain)),
        "closed": when(chain.closed_us),
        "after": talk.after or None,
        "stations": [
            {
                "name": one.name,
                "via": one.via or None,
                "last": one.last,
                "end": None if one.name not in ends else {"standing": ends[one.name].standing, "red": ends[one.name].red},
                "hops": [_hop(hop) for hop in one.hops],
            }
            for one in custody.stations(chain)
        ],
        "taken_back": [_hop(hop) | _back(hop) for hop in chain.hops if not hop.counts],
    }


def _starts_us(talk: Talk, chain: custody.Chain) -> int | None:
    """When it begins, as its sender said."""
    said_us = talk.said["params"].get("start_us")
    return said_us if chain.starts_us is not None and type(said_us) is int else chain.starts_us


def template_views() -> list[dict[str, Any]]:
    """What can be composed, slot by slot: the newest version of each."""
    return [_template(one) for one in pack.shipped().newest_of_each()]


def when(at_us: int | None) -> str | None:
    """RFC 3339 of µs, or null."""
    return None if at_us is None else to_rfc3339(at_us * NS_PER_US)


def _said(one: Said) -> dict[str, Any]:
    return {
        "at": when(one.at_us),
        "party": one.party,
        "who": one.who or None,
        "role": one.role or None,
        "word": one.word or None,
    }


def _hop(hop: custody.Hop) -> dict[str, Any]:
    return {
        "number": hop.number,
        "grade": hop.grade,
        "how": hop.how,
        "by": hop.by or None,
        "says": hop.says,
        "at": when(hop.at_us),
        "stopped": hop.stopped or None,
        "detail": hop.detail or None,
        "by_hand": hop.by_hand,
    }


def _back(hop: custody.Hop) -> dict[str, Any]:
    """Of a statement that was taken back: where it was said to be, and who took it back, when and why."""
    return {
        "to": hop.to,
        "taken_back": {"at": when(hop.taken_back_us), "by": hop.taken_back_by, "why": hop.taken_back_why or None},
    }


def _stated(line: Line, one: Statement) -> dict[str, Any]:
    """One statement over the line, and what became of it."""
    back = {"at": when(one.back_us), "by": one.back_by, "why": one.back_why or None, "sent": one.sent}
    return {
        "what": one.said.event,
        "number": None if one.ref is None else f"{one.ref.lane}/{one.ref.seq}",
        "ours": one.said.party == line.own,
        **_said(one.said),
        "hops": list(one.hops),
        "taken_back": None if one.counts else back,
    }


def _result(talk: Talk) -> dict[str, Any] | None:
    """What came of the newest read-back, as this node computed it; of a message of theirs, once they said what they found.

    `against` says where the two differ. It agrees only where both ends found so.
    """
    if talk.result is None and talk.found:
        found = talk.found
        return {
            "outcome": "agrees" if talk.conversation.confirmed else "differs",
            "against": talk.against or None,
            "differs": _names(found.get("fields")),
            "missing": _names(found.get("missing_text")),
            "offset_m": found.get("offset_m"),
            "tolerance_m": found.get("tolerance_m"),
        }
    if talk.result is None:
        return None
    blocked = talk.result.outcome == "agrees" and not talk.ours and not talk.conversation.confirmed
    return {
        "outcome": "differs" if blocked else talk.result.outcome,
        "against": talk.against or None,
        "differs": list(talk.result.differs),
        "missing": list(talk.result.missing),
        "offset_m": talk.result.offset_m,
        "tolerance_m": talk.result.tolerance_m,
    }


def _names(said: object) -> list[str]:
    return [] if not isinstance(said, str) else [one.strip() for one in said.split(",") if one.strip()]


def _template(one: Template) -> dict[str, Any]:
    words = one.words[one.source]
    return {
        "id": one.id,
        "version": one.version,
        "types": list(one.types),
        "marker": one.marker,
        "precedence": list(one.precedence),
        "answers": list(one.answers),
        "readback": list(one.readback),
        "describing": list(one.describing),
        "at_least": one.one_of_at_least,
        "slots": [
            {
                "name": slot.name,
                "kind": slot.kind,
                "optional": slot.optional,
                "least": slot.least,
                "most": slot.most,
                "grid_1e7": slot.grid_1e7,
                "choices": list(words.choices[slot.of]) if slot.of else None,
                "says": dict(words.choices[slot.of]) if slot.of else None,
            }
            for slot in one.slots
        ],
        "text": one.texts[one.source].text,
        "what_to_do": one.texts[one.source].what_to_do,
        "languages": sorted(one.texts),
    }
